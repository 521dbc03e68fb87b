//! Headers under which a stored file is handed out: it is saved, never shown or run inside our origin.

use std::fmt::Write as _;

use crate::service::FileMeta;

/// Headers of a download: attachment under its own name (RFC 6266, RFC 8187), no sniffing, no scripts, no cache.
#[must_use]
pub fn headers(meta: &FileMeta) -> [(&'static str, String); 7] {
    [
        ("content-type", meta.media_type.as_str().to_owned()),
        ("content-length", meta.size.to_string()),
        ("content-disposition", disposition(&meta.name, meta.media_type.extension())),
        ("x-content-type-options", "nosniff".to_owned()),
        ("content-security-policy", "default-src 'none'; sandbox".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("cache-control", "private, no-store".to_owned()),
    ]
}

/// `attachment` with a plain name for old readers and the true name percent-encoded as UTF-8.
fn disposition(name: &str, extension: &str) -> String {
    let mut out = format!("attachment; filename=\"file.{extension}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let d = disposition("营业\"执照\r\nX: y;.pdf", "pdf");
        assert_eq!(
            d,
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E8%90%A5%E4%B8%9A%22%E6%89%A7%E7%85%A7%0D%0AX%3A%20y%3B.pdf"
        );
    }
}
