//! How the walker reaches the platform: over HTTP, or in the same process. Both send the same requests.

use std::{convert::Infallible, fmt::Display, future::Future, pin::Pin};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use kernel::Timestamp;
use serde_json::Value;
use tower::{Service, ServiceExt as _};

/// Between the parts of an upload. No file that the walker makes holds it.
const BOUNDARY: &str = "----tongban-walk-e9b1c7a2";

/// Why the walker looks at cases, for the trail: 演示走查, percent-encoded.
const REASON: (&str, &str) = ("x-access-reason", "%E6%BC%94%E7%A4%BA%E8%B5%B0%E6%9F%A5");

/// Why there is no answer at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The address cannot be used.
    #[error("{0:?} is no address: http://HOST:PORT is expected")]
    Address(String),
    /// Nobody answers there, or the connection broke.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The answer is not JSON.
    #[error("status {status}, and the body is not JSON: {start}")]
    NotJson {
        /// HTTP status.
        status: u16,
        /// How the body begins.
        start: String,
    },
}

/// What is sent along.
#[derive(Debug, Clone, Copy)]
pub enum Sent<'a> {
    /// Nothing.
    Nothing,
    /// A JSON body.
    Json(&'a Value),
    /// A file, as the multipart field `file`.
    File {
        /// Its name.
        name: &'a str,
        /// Its bytes.
        bytes: &'a [u8],
    },
}

/// One request.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Method.
    pub method: Method,
    /// Path and query, beginning with `/`.
    pub path: &'a str,
    /// Bearer token.
    pub token: Option<&'a str>,
    /// Body.
    pub sent: Sent<'a>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body; null when there is none, or when it is a file.
    pub body: Value,
    /// The bytes of the body.
    pub bytes: Bytes,
    /// The platform's time, where the answer says it.
    pub date: Option<Timestamp>,
}

/// An answer to come.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Reply, ApiError>> + Send + 'a>>;

/// A way to the platform.
pub trait Api: Send + Sync {
    /// Sends one request.
    fn call<'a>(&'a self, call: Call<'a>) -> Answering<'a>;
}

/// The platform at an address, over HTTP/1.
#[derive(Debug, Clone)]
pub struct Http {
    base: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Http {
    /// The platform at `base`, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When that is no such address. Whether somebody answers shows with the first request.
    pub fn new(base: &str) -> Result<Self, ApiError> {
        let base = base.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| ApiError::Address(base.clone()))?;
        if uri.scheme_str() != Some("http") || uri.authority().is_none() {
            return Err(ApiError::Address(base));
        }
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { base, client })
    }
}

impl Api for Http {
    fn call<'a>(&'a self, call: Call<'a>) -> Answering<'a> {
        Box::pin(async move {
            let response = self.client.request(request(&self.base, &call)?).await;
            reply(response.map_err(|error| ApiError::Unreachable(causes(&error)))?).await
        })
    }
}

/// The platform in this process: any service that answers HTTP requests, such as an axum router.
#[derive(Debug, Clone)]
pub struct InProcess<S>(pub S);

impl<S, B> Api for InProcess<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync,
    S::Future: Send,
    B: hyper::body::Body<Data = Bytes> + Send,
    B::Error: Display,
{
    fn call<'a>(&'a self, call: Call<'a>) -> Answering<'a> {
        Box::pin(async move {
            let Ok(response) = self.0.clone().oneshot(request("http://localhost", &call)?).await;
            reply(response).await
        })
    }
}

/// An error with all its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

fn request(base: &str, call: &Call<'_>) -> Result<Request<Full<Bytes>>, ApiError> {
    let address = format!("{base}{}", call.path);
    let host = base.trim_start_matches("http://");
    let mut request = Request::builder().method(call.method.clone()).uri(&address).header(HOST, host);
    if let Some(token) = call.token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}")).header(REASON.0, REASON.1);
    }
    let body = match call.sent {
        Sent::Nothing => Bytes::new(),
        Sent::Json(value) => {
            request = request.header(CONTENT_TYPE, "application/json");
            value.to_string().into()
        }
        Sent::File { name, bytes } => {
            request = request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
            upload(name, bytes)
        }
    };
    request.body(Full::new(body)).map_err(|_| ApiError::Address(address))
}

fn upload(name: &str, bytes: &[u8]) -> Bytes {
    let name = name.replace(['"', '\r', '\n'], "_");
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body.into()
}

async fn reply<B>(response: Response<B>) -> Result<Reply, ApiError>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Display,
{
    let (parts, body) = response.into_parts();
    let date = parts.headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(instant);
    let collected = body.collect().await.map_err(|error| ApiError::Unreachable(error.to_string()))?;
    let bytes = collected.to_bytes();
    let status = parts.status.as_u16();
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A file is no JSON and need not be; an answer that is neither file nor JSON comes from somebody else.
    let file = parts.status.is_success() && !kind.contains("json") && !kind.starts_with("text/");
    let body = if bytes.is_empty() || file {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).map_err(|_| ApiError::NotJson {
            status,
            start: String::from_utf8_lossy(&bytes).chars().take(200).collect(),
        })?
    };
    Ok(Reply { status, body, bytes, date })
}

/// Reads `Tue, 03 Mar 2026 01:00:00 GMT`.
fn instant(text: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_http_are_taken() {
        assert!(Http::new("http://127.0.0.1:8080/").is_ok());
        for wrong in ["", "127.0.0.1:8080", "https://example.org", "http://", "/path"] {
            assert!(matches!(Http::new(wrong), Err(ApiError::Address(_))), "{wrong:?}");
        }
    }

    #[test]
    fn a_file_is_sent_as_one_part_named_file() {
        let call = Call {
            method: Method::POST,
            path: "/api/v1/files",
            token: Some("t"),
            sent: Sent::File { name: "a\"b.pdf", bytes: b"%PDF-" },
        };
        let request = request("http://localhost:1", &call).unwrap();
        assert_eq!(request.headers()[HOST], "localhost:1");
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer t");
        let body = upload("a\"b.pdf", b"%PDF-");
        let text = std::str::from_utf8(&body).unwrap();
        assert!(text.contains("name=\"file\"; filename=\"a_b.pdf\"") && text.contains("\r\n\r\n%PDF-\r\n--"), "{text}");
    }

    #[test]
    fn the_platforms_time_is_read_from_its_answer() {
        let read = instant("Tue, 03 Mar 2026 01:00:00 GMT").unwrap();
        assert_eq!(kernel::rfc3339(read), "2026-03-03T09:00:00+08:00");
        assert_eq!(instant("soon"), None);
    }

    #[tokio::test]
    async fn where_nobody_listens_there_is_no_answer() {
        let api = Http::new("http://127.0.0.1:1").unwrap();
        let call = Call { method: Method::GET, path: "/", token: None, sent: Sent::Nothing };
        assert!(matches!(api.call(call).await, Err(ApiError::Unreachable(_))));
    }
}
