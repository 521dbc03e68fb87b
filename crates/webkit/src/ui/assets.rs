//! The style sheet and the icon, served under names that change with their content.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const STYLE: &str = concat!(
    include_str!("../../assets/site.css"),
    include_str!("../../assets/controls.css"),
    include_str!("../../assets/pages.css"),
    include_str!("../../assets/apply.css"),
    include_str!("../../assets/my.css"),
    include_str!("../../assets/desk.css"),
    include_str!("../../assets/print.css")
);
const ICON: &str = include_str!("../../assets/icon.svg");

/// Path of the style sheet; the digest in it changes with every change of the sheet.
pub(crate) const STYLE_PATH: &str = match std::str::from_utf8(&STYLE_PATH_BYTES) {
    Ok(path) => path,
    Err(_) => "/assets/site.css",
};

const STYLE_PATH_BYTES: [u8; 29] = named(fnv1a(STYLE.as_bytes()));

/// FNV-1a, 64 bits: tells versions of our own files apart, nothing more.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// `/assets/site-<12 hex digits>.css`
const fn named(digest: u64) -> [u8; 29] {
    let mut path = *b"/assets/site-000000000000.css";
    let mut i = 0;
    while i < 12 {
        path[13 + i] = b"0123456789abcdef"[((digest >> (60 - 4 * i)) & 15) as usize];
        i += 1;
    }
    path
}

pub(crate) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, STYLE).into_response()
}

pub(crate) async fn icon() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, ICON).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The colours of the first block after `from`.
    fn colours(from: &str) -> HashMap<&'static str, [f64; 3]> {
        let block = &STYLE[STYLE.find(from).unwrap()..];
        let block = &block[..block.find('}').unwrap()];
        block
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--")?.trim_end_matches(';').split_once(": #"))
            .filter(|(_, hex)| hex.len() == 6)
            .map(|(name, hex)| {
                (name, [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0))
            })
            .collect()
    }

    /// Contrast of two colours (WCAG 2.2, 1.4.3).
    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let [r, g, b] = colour.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_in_light_and_dark() {
        let mut looks = vec![("light", colours(":root {"))];
        let mut dark = looks[0].1.clone();
        dark.extend(colours("@media (prefers-color-scheme: dark)"));
        looks.push(("dark", dark));
        let grounds = |text: &str| match text {
            "on-brand" => vec!["brand", "brand-deep"],
            "warm" => vec!["warm-soft", "paper", "card"],
            "good" => vec!["good-soft", "card"],
            "bad" => vec!["bad-soft", "card", "paper"],
            _ => vec!["paper", "card", "brand-soft"],
        };
        for (look, colours) in looks {
            for text in ["ink", "ink-soft", "brand", "link", "link-over", "on-brand", "warm", "good", "bad"] {
                for ground in grounds(text) {
                    let ratio = contrast(colours[text], colours[ground]);
                    assert!(ratio >= 4.5, "{look}: {text} on {ground} is {ratio:.2}");
                }
            }
            let edge = contrast(colours["line-strong"], colours["card"]);
            assert!(edge >= 3.0, "{look}: the edge of a field is {edge:.2}");
        }
    }

    #[test]
    fn the_name_of_the_sheet_follows_its_content() {
        assert!(STYLE_PATH.starts_with("/assets/site-") && STYLE_PATH.ends_with(".css"));
        assert_ne!(fnv1a(b"a{}"), fnv1a(b"b{}"));
        assert_eq!(std::str::from_utf8(&named(0x0123_4567_89ab_cdef)), Ok("/assets/site-0123456789ab.css"));
    }
}
