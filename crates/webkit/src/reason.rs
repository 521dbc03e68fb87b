//! Why somebody looks at data of another person: given by the caller, recorded in the trail.

use axum::http::HeaderMap;
use kernel::Fault;

use crate::{Answer, Problem};

/// The header that gives the reason: UTF-8, percent-encoded (RFC 3986), 2 to 200 characters.
pub const ACCESS_REASON: &str = "x-access-reason";
/// Fewest characters that say anything.
const FEWEST: usize = 2;
/// Most characters that are kept.
const MOST: usize = 200;

/// A reason as it may be recorded: without blanks around it, 2 to 200 characters, no control characters. None: it is not
/// one.
#[must_use]
pub fn plain_reason(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (FEWEST..=MOST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// The reason given with a request; none when none was.
///
/// Errors: 422 when it is no text of the right length.
pub(crate) fn access_reason(headers: &HeaderMap) -> Answer<Option<String>> {
    let Some(value) = headers.get(ACCESS_REASON) else { return Ok(None) };
    value.to_str().ok().and_then(percent_decoded).as_deref().and_then(plain_reason).map(Some).ok_or_else(|| {
        let detail = "查看理由应为2至200个字，以UTF-8百分号编码填写在 X-Access-Reason 中。";
        Problem::invalid("request.reason", vec![Fault::new("/X-Access-Reason", "reason", detail)])
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::url_encode;

    fn given(value: &str) -> Answer<Option<String>> {
        access_reason(&HeaderMap::from_iter([(ACCESS_REASON.parse().unwrap(), HeaderValue::from_str(value).unwrap())]))
    }

    #[test]
    fn a_reason_is_decoded_and_trimmed() {
        assert_eq!(access_reason(&HeaderMap::new()).unwrap(), None);
        assert_eq!(given("audit 2026").unwrap().as_deref(), Some("audit 2026"));
        assert_eq!(given(&url_encode(" 信访答复 ")).unwrap().as_deref(), Some("信访答复"));
        assert_eq!(given(&url_encode(&"核".repeat(200))).unwrap().unwrap().chars().count(), 200);
    }

    #[test]
    fn what_is_no_reason_is_refused() {
        let long = url_encode(&"核".repeat(201));
        for wrong in ["", " ", "x", "%", "%E", "%zz", "%ff%fe", "%E6%A0", "a%00b", "a%0Ab", long.as_str()] {
            let problem = given(wrong).unwrap_err();
            assert_eq!(problem.status().as_u16(), 422, "{wrong}");
        }
    }
}
