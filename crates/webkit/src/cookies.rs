//! The session cookie of pages. Interfaces for programs never read it.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

use crate::Problem;

/// Longest token worth looking up.
const TOKEN_MAX_BYTES: usize = 512;

/// How the session cookie is called and written here. An extractor: handlers that sign people in or out ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionCookie {
    secure: bool,
    /// Which cookie beside the session's; none: the session's own.
    beside: Option<&'static str>,
}

impl SessionCookie {
    /// `secure`: the site is reached over TLS, so that the cookie bears the `__Host-` prefix.
    #[must_use]
    pub const fn new(secure: bool) -> Self {
        Self { secure, beside: None }
    }

    /// Another cookie kept in the same manner, for what must last from one page to the next without a session. Its name
    /// ends in `what`.
    #[must_use]
    pub const fn beside(self, what: &'static str) -> Self {
        Self { beside: Some(what), ..self }
    }

    /// Whether the site is reached over TLS.
    pub(crate) const fn secure(self) -> bool {
        self.secure
    }

    fn name(self) -> String {
        let name = if self.secure { "__Host-tongban" } else { "tongban" };
        self.beside.map_or_else(|| name.to_owned(), |what| format!("{name}-{what}"))
    }

    /// Value of the `Set-Cookie` header that keeps `token` for `seconds`.
    #[must_use]
    pub fn keep(self, token: &str, seconds: i64) -> HeaderValue {
        self.write(token, seconds)
    }

    /// Value of the `Set-Cookie` header that ends the session in the browser.
    #[must_use]
    pub fn forget(self) -> HeaderValue {
        self.write("", 0)
    }

    fn write(self, token: &str, seconds: i64) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.name());
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("tongban=; Path=/; Max-Age=0"))
    }

    /// The token that an answer keeps in the browser; none when it keeps or ends nothing.
    pub(crate) fn set_by(self, answer: &HeaderMap) -> Option<&str> {
        let set = answer.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = set.filter_map(|value| value.split(';').next()?.split_once('='));
        pairs.filter(|(name, token)| *name == self.name() && sane(token)).map(|(_, token)| token).next_back()
    }

    /// The token in the request's cookies.
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        let own = self.name();
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == own)
            .map(|(_, token)| token)
            .filter(|token| sane(token))
    }
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && sane(token)).then_some(token)
}

fn sane(token: &str) -> bool {
    !token.is_empty() && token.len() <= TOKEN_MAX_BYTES && token.bytes().all(|b| b.is_ascii_graphic())
}

impl<S: Send + Sync> FromRequestParts<S> for SessionCookie {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get().copied().ok_or_else(Problem::outside_a_site)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secure_cookie_bears_the_host_prefix() {
        let written = SessionCookie::new(true).keep("abc", 60);
        assert_eq!(written, "__Host-tongban=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        assert_eq!(SessionCookie::new(false).forget(), "tongban=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn a_cookie_beside_the_session_is_another_one() {
        let step = SessionCookie::new(true).beside("step");
        assert!(step.keep("abc", 60).to_str().unwrap().starts_with("__Host-tongban-step=abc; Path=/; HttpOnly"));
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("tongban-step=one; tongban=two"));
        assert_eq!(SessionCookie::new(false).read(&headers), Some("two"));
        assert_eq!(SessionCookie::new(false).beside("step").read(&headers), Some("one"));
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; tongban=tok; b=2"));
        assert_eq!(SessionCookie::new(false).read(&headers), Some("tok"));
        assert_eq!(SessionCookie::new(true).read(&headers), None);
    }

    #[test]
    fn only_a_sane_bearer_token_is_taken() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc"), Some("abc".to_owned()));
        assert_eq!(read("bearer abc"), Some("abc".to_owned()));
        assert_eq!(read("Basic abc"), None);
        assert_eq!(read("Bearer "), None);
        assert_eq!(read(&format!("Bearer {}", "x".repeat(513))), None);
    }
}
