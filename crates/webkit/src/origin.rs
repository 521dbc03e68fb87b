//! The address of this site: as it was set, else as the caller reached it.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use crate::{Answer, Problem, site::Manner};

/// Where the site is reached, such as `https://zwfw.example`, for links that leave it: codes on paper. What was set in
/// `SiteConfig::public_url` counts; where nothing was, scheme and host of the request. Empty when that names no host that
/// could be one, so that such links stay paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(pub String);

/// A name or address with an optional port; nothing that could end the host and begin something else.
fn is_host(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !text.is_empty() && text.len() <= 255 && text.chars().all(plain)
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Answer<Self> {
        let manner = parts.extensions.get::<Arc<Manner>>().ok_or_else(Problem::outside_a_site)?;
        if !manner.public_url.is_empty() {
            return Ok(Self(manner.public_url.clone()));
        }
        let scheme = if manner.secure { "https" } else { "http" };
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
        Ok(Self(host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn a_host_is_a_name_or_an_address_and_nothing_more() {
        for host in ["zwfw.example", "127.0.0.1:8080", "[::1]:8080", "localhost"] {
            assert!(is_host(host), "{host}");
        }
        for none in ["", "a/b", "user@host", "host?x", "host#x", "ho st", "host\\x", "例子"] {
            assert!(!is_host(none), "{none}");
        }
    }
}
