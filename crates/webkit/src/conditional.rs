//! Conditional requests (RFC 9110 §13): a version is shown as `ETag` and demanded back as `If-Match`.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{Answer, Problem};

/// The `ETag` of a thing in its `version`.
#[must_use]
pub fn etag(version: i64) -> (header::HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(&format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    (header::ETAG, value)
}

/// The version the caller's change is based on; none when it did not say or said `*`.
///
/// Errors: 412 when the header names something that was never an `ETag` of ours.
pub fn if_match(headers: &HeaderMap) -> Answer<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    read(text).map(Some).ok_or_else(|| {
        Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "request.if-match",
            "If-Match 不是本系统给出的版本标识，请重新读取后再提交。",
        )
    })
}

/// Like [`if_match`], but the caller must say it: 428 when it did not.
pub fn require_match(headers: &HeaderMap) -> Answer<i64> {
    if_match(headers)?.ok_or_else(|| {
        Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "request.if-match-required",
            "请先读取最新内容，并在 If-Match 中带上读取时得到的版本标识。",
        )
    })
}

/// Whether the caller already holds `version` (`If-None-Match`), so that 304 is the answer.
#[must_use]
pub fn if_none_match(headers: &HeaderMap, version: i64) -> bool {
    let Some(value) = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else { return false };
    value.split(',').any(|tag| tag.trim() == "*" || read(tag.trim().trim_start_matches("W/")) == Some(version))
}

fn read(tag: &str) -> Option<i64> {
    let digits = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_version_comes_back_as_it_was_given() {
        let (name, value) = etag(7);
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("etag", "\"v7\""));
        assert_eq!(if_match(&headers(header::IF_MATCH, "\"v7\"")).unwrap(), Some(7));
        assert_eq!(if_match(&headers(header::IF_MATCH, "*")).unwrap(), None);
        assert_eq!(if_match(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn a_foreign_tag_is_412_and_a_missing_one_428() {
        for foreign in ["7", "\"7\"", "\"v\"", "\"v-7\"", "W/\"v7\""] {
            let problem = if_match(&headers(header::IF_MATCH, foreign)).unwrap_err();
            assert_eq!(problem.status(), StatusCode::PRECONDITION_FAILED, "{foreign}");
        }
        assert_eq!(require_match(&HeaderMap::new()).unwrap_err().status(), StatusCode::PRECONDITION_REQUIRED);
    }

    #[test]
    fn what_the_caller_already_holds_is_not_sent_again() {
        let held = headers(header::IF_NONE_MATCH, "\"v1\", W/\"v2\"");
        assert!(if_none_match(&held, 2));
        assert!(!if_none_match(&held, 3));
        assert!(!if_none_match(&HeaderMap::new(), 1));
    }
}
