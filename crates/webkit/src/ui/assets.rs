//! The style sheet and the icon, served under names that change with their content.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const STYLE: &str = concat!(
    include_str!("../../assets/site.css"),
    include_str!("../../assets/pages.css"),
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
