//! Links and redirects that stay on this site.

use std::fmt::Write as _;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The path to go on to after signing in, or `/` when `next` does not lead to a page of this site.
#[must_use]
pub fn safe_next(next: &str) -> &str {
    here_or(next, "/")
}

/// `next` when it is a path of this site, else `otherwise`. Another host, another scheme and everything that a browser
/// could take for one (`//host`, `/\host`, control characters) is refused.
#[must_use]
pub fn here_or<'a>(next: &'a str, otherwise: &'a str) -> &'a str {
    let mut chars = next.chars();
    let rooted = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let plain = !next.chars().any(|c| c.is_control() || c == '\\' || c.is_whitespace());
    if rooted && plain && next.len() <= 2000 { next } else { otherwise }
}

/// Answers 303 to a path of this site, so that reloading the next page is harmless.
#[must_use]
pub fn see_other(path: &str) -> Response {
    let ascii: String = here_or(path, "/")
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { url_encode(c.encode_utf8(&mut [0; 4])) })
        .collect();
    let location = HeaderValue::from_str(&ascii).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Percent-encodes a value for a query or one path segment (RFC 3986 unreserved characters stay).
#[must_use]
pub fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Writes `?a=1&b=2`, leaving out empty values; an empty string when nothing is left.
#[must_use]
pub fn query_string(pairs: &[(&str, &str)]) -> String {
    let written: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", url_encode(value)))
        .collect();
    if written.is_empty() { String::new() } else { format!("?{}", written.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        assert_eq!(safe_next("/items?q=%E8%BA%AB"), "/items?q=%E8%BA%AB");
        for bad in [
            "",
            "items",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nx: y",
            "/\t/evil.example",
            "/a b",
        ] {
            assert_eq!(safe_next(bad), "/", "{bad:?}");
        }
        assert_eq!(see_other("//evil.example").headers()["location"], "/");
        assert_eq!(see_other("/items?q=身").headers()["location"], "/items?q=%E8%BA%AB");
    }

    #[test]
    fn a_query_leaves_out_what_is_empty() {
        assert_eq!(query_string(&[("q", "身份证 a&b"), ("theme", "")]), "?q=%E8%BA%AB%E4%BB%BD%E8%AF%81%20a%26b");
        assert_eq!(query_string(&[("q", "")]), "");
    }
}
