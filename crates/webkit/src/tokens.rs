//! Names that travel with a request.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::Problem;

kernel::typed_id!(
    /// Number of one request (请求编号): in the log line, in the header `x-request-id` and on every error page.
    RequestId
);

/// The caller's `Idempotency-Key`, when it sent one: 1 to 100 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > 100 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Problem::bad_request(
                "request.idempotency-key",
                "Idempotency-Key 应为 1 至 100 个可见的英文字符。",
            ));
        }
        Ok(Self(Some(key.to_owned())))
    }
}
