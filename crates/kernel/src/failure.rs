//! What a caller can do about a failure: a few kinds for everybody, one stable code each, advice in Chinese.

use serde::Serialize;

/// What a caller may do about it. `webkit` alone turns kinds into HTTP answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 401: nobody is signed in, or the session has ended.
    Unauthenticated,
    /// 403: seen, but not permitted.
    Forbidden,
    /// 404: not there, or not for your eyes.
    NotFound,
    /// 409: the state of things does not allow it now.
    Conflict,
    /// 412: the caller's version is not the present one.
    Stale,
    /// 413: more bytes than allowed.
    TooLarge,
    /// 415: a kind of file or body that is not accepted.
    Unsupported,
    /// 422: the input is wrong; `faults` says where.
    Invalid,
    /// 429: too often; try later.
    TooMany,
    /// 503: cannot be done just now; trying again is right.
    Unavailable,
    /// 500: our fault; the cause is in the log.
    Internal,
}

/// One thing wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the request body, such as `/form/phone`.
    pub pointer: String,
    /// Stable word for programs, such as `required`.
    pub code: String,
    /// What is wrong and what would be right, in Chinese.
    pub detail: String,
}

impl Fault {
    /// A fault at `pointer`.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), detail: detail.into() }
    }
}

/// Every slice's error enum says this of itself. `Display` is English and for the log; `advice` is Chinese and for
/// people, and says what to do next. Neither may hold personal data.
pub trait Failure: std::error::Error + Send + Sync + 'static {
    /// What a caller may do about it.
    fn kind(&self) -> Kind;
    /// Stable code, `slice.reason`, such as `cases.stale`.
    fn code(&self) -> &'static str;
    /// What happened and what to do, in Chinese.
    fn advice(&self) -> String;
    /// Where the input is wrong, for [`Kind::Invalid`].
    fn faults(&self) -> Vec<Fault> {
        Vec::new()
    }
    /// Seconds after which it may be tried again, where that is known ([`Kind::TooMany`]); at least 1.
    fn retry_after_s(&self) -> Option<i64> {
        None
    }
}
