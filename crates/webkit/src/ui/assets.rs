//! The style sheet and the icon, served under names that change with their content.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// Tokens of a look, under each condition in which it holds: chosen, or asked for by the device and nothing chosen.
const STYLE: &str = concat!(
    include_str!("../../assets/looks/tokens.css"),
    "@media (prefers-color-scheme: dark) {\nhtml:not([data-theme=\"light\"]) {\n",
    include_str!("../../assets/looks/dark.css"),
    "}\n}\nhtml[data-theme=\"dark\"] {\n",
    include_str!("../../assets/looks/dark.css"),
    "}\n@media (prefers-contrast: more) {\nhtml:not([data-contrast=\"normal\"]) {\n",
    include_str!("../../assets/looks/high.css"),
    "}\n}\nhtml[data-contrast=\"high\"] {\n",
    include_str!("../../assets/looks/high.css"),
    "}\n@media (prefers-color-scheme: dark) {\nhtml[data-contrast=\"high\"]:not([data-theme=\"light\"]) {\n",
    include_str!("../../assets/looks/high-dark.css"),
    "}\n}\n@media (prefers-contrast: more) {\nhtml[data-theme=\"dark\"]:not([data-contrast=\"normal\"]) {\n",
    include_str!("../../assets/looks/high-dark.css"),
    "}\n}\n@media (prefers-color-scheme: dark) and (prefers-contrast: more) {\n\
     html:not([data-theme=\"light\"]):not([data-contrast=\"normal\"]) {\n",
    include_str!("../../assets/looks/high-dark.css"),
    "}\n}\nhtml[data-theme=\"dark\"][data-contrast=\"high\"] {\n",
    include_str!("../../assets/looks/high-dark.css"),
    "}\n",
    include_str!("../../assets/site.css"),
    include_str!("../../assets/controls.css"),
    include_str!("../../assets/pages.css"),
    include_str!("../../assets/apply.css"),
    include_str!("../../assets/my.css"),
    include_str!("../../assets/desk.css"),
    include_str!("../../assets/looks/large.css"),
    include_str!("../../assets/print.css")
);
const SCRIPT: &str = include_str!("../../assets/site.js");
const ICON: &str = include_str!("../../assets/icon.svg");

/// The tokens as they are declared, for the page that shows them.
pub(crate) const LOOKS: [(&str, &str); 4] = [
    ("浅色", include_str!("../../assets/looks/tokens.css")),
    ("深色", include_str!("../../assets/looks/dark.css")),
    ("高对比", include_str!("../../assets/looks/high.css")),
    ("高对比深色", include_str!("../../assets/looks/high-dark.css")),
];

/// Path of the style sheet; the digest in it changes with every change of the sheet.
pub(crate) const STYLE_PATH: &str = path_of(&STYLE_NAME);
/// Path of the script, likewise.
pub(crate) const SCRIPT_PATH: &str = path_of(&SCRIPT_NAME);

const STYLE_NAME: [u8; 29] = named(*b"/assets/site-000000000000.css", fnv1a(STYLE.as_bytes()));
const SCRIPT_NAME: [u8; 28] = named(*b"/assets/site-000000000000.js", fnv1a(SCRIPT.as_bytes()));

const fn path_of(name: &'static [u8]) -> &'static str {
    match std::str::from_utf8(name) {
        Ok(path) => path,
        Err(_) => "/assets/unnamed",
    }
}

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

/// Writes 12 hex digits of the digest into the name, from its 14th byte on.
const fn named<const N: usize>(mut name: [u8; N], digest: u64) -> [u8; N] {
    let mut i = 0;
    while i < 12 {
        name[13 + i] = b"0123456789abcdef"[((digest >> (60 - 4 * i)) & 15) as usize];
        i += 1;
    }
    name
}

const FOREVER: &str = "public, max-age=31536000, immutable";

pub(crate) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, FOREVER)];
    (headers, STYLE).into_response()
}

pub(crate) async fn script() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, FOREVER)];
    (headers, SCRIPT).into_response()
}

pub(crate) async fn icon() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, ICON).into_response()
}

/// One colour of a look: its name and its red, green and blue from 0 to 1.
pub(crate) type Colour = (&'static str, [f64; 3]);

/// The colours that a look declares.
pub(crate) fn colours(look: &'static str) -> Vec<Colour> {
    let lines = look.lines().filter_map(|line| line.trim().strip_prefix("--")?.trim_end_matches(';').split_once(": #"));
    lines
        .filter_map(|(name, hex)| {
            let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
            let (red, green, blue) = (part(0)?, part(2)?, part(4)?);
            (hex.len() == 6).then(|| (name, [red, green, blue].map(|c| f64::from(c) / 255.0)))
        })
        .collect()
}

/// Contrast of two colours, from 1 to 21 (WCAG 2.2, 1.4.3).
pub(crate) fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [r, g, b] = colour.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The grounds on which a colour of text may stand.
    fn grounds(text: &str) -> &'static [&'static str] {
        match text {
            "on-brand" => &["brand", "brand-deep"],
            "on-head" | "on-head-soft" => &["head", "head-over", "hero-top", "hero-mid", "hero-low"],
            "warm" => &["warm-soft", "paper", "card"],
            "good" => &["good-soft", "card"],
            "bad" => &["bad-soft", "card", "paper"],
            _ => &["paper", "card", "brand-soft"],
        }
    }

    const TEXTS: [&str; 11] =
        ["ink", "ink-soft", "brand", "link", "link-over", "on-brand", "on-head", "on-head-soft", "warm", "good", "bad"];

    /// WCAG 2.2: 1.4.3 for the ordinary looks, 1.4.6 for those of high contrast, 1.4.11 for edges.
    #[test]
    fn text_can_be_read_in_every_look() {
        let light: HashMap<_, _> = colours(LOOKS[0].1).into_iter().collect();
        for (place, (look, declared)) in LOOKS.iter().enumerate() {
            let mut colour = light.clone();
            colour.extend(colours(declared));
            let (text_least, edge_least) = if place < 2 { (4.5, 3.0) } else { (7.0, 4.5) };
            for text in TEXTS {
                for ground in grounds(text) {
                    let ratio = contrast(colour[text], colour[ground]);
                    assert!(ratio >= text_least, "{look}: {text} on {ground} is {ratio:.2}");
                }
            }
            for ground in ["card", "paper"] {
                let edge = contrast(colour["line-strong"], colour[ground]);
                assert!(edge >= edge_least, "{look}: the edge of a field on {ground} is {edge:.2}");
            }
            let seen = contrast(colour["focus"], colour["focus-ink"]);
            assert!(seen >= 4.5, "{look}: the two rings of the focus differ by {seen:.2}");
        }
    }

    /// A look that forgot a colour would show the light one.
    #[test]
    fn every_look_declares_every_colour() {
        let names = |look| colours(look).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        for (look, declared) in &LOOKS[1..] {
            let theirs = names(declared);
            for name in names(LOOKS[0].1).iter().filter(|name| !name.starts_with("focus")) {
                assert!(theirs.contains(name), "{look} has no --{name}");
            }
        }
    }

    #[test]
    fn the_names_of_sheet_and_script_follow_their_content() {
        assert!(STYLE_PATH.starts_with("/assets/site-") && STYLE_PATH.ends_with(".css"));
        assert!(SCRIPT_PATH.starts_with("/assets/site-") && SCRIPT_PATH.ends_with(".js"));
        assert_ne!(fnv1a(b"a{}"), fnv1a(b"b{}"));
        let name = named(*b"/assets/site-000000000000.css", 0x0123_4567_89ab_cdef);
        assert_eq!(std::str::from_utf8(&name), Ok("/assets/site-0123456789ab.css"));
    }

    #[test]
    fn braces_of_the_sheet_close() {
        let mut depth = 0_i32;
        for (place, line) in STYLE.lines().enumerate() {
            depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
            assert!(depth >= 0, "line {place}: {line}");
        }
        assert_eq!(depth, 0);
    }

    /// The whole script stays small, and the policy of the site forbids what is looked for here.
    #[test]
    fn the_script_is_small_and_plain() {
        assert!(SCRIPT.len() < 10_000, "{} bytes", SCRIPT.len());
        for word in [
            "eval",
            "new Function",
            "innerHTML",
            "document.write",
            "import(",
            "http:",
            "https:",
            "localStorage.setItem('t",
        ] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            assert_eq!(SCRIPT.matches(open).count(), SCRIPT.matches(close).count(), "{open}{close}");
        }
    }
}
