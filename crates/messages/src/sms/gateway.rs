//! Short messages over a city's gateway.
//!
//! # The shape
//! A municipal SMS gateway hides the operators' own binary protocols (CMPP, SGIP, SMGP) behind HTTPS with JSON. There is no
//! national standard for that side. What the offers of operators and clouds have in common was taken, and nothing that only
//! one of them has: an account with a secret; one call that takes number, text and the registered signature of the sender
//! (签名, which the operators demand in front of or behind every text); a sender's own reference that makes a repetition
//! harmless; an answer with a code in words; a second call that tells what became of messages (状态报告, with the codes of
//! the networks, such as `DELIVRD`). Requests are signed over method, path, time, nonce and digest of the body, as clouds do
//! with HMAC-SHA256; here with HMAC-SM3, since GB/T 39786 asks a platform of level three for the national algorithms. A
//! gateway with another dialect gets another implementation of [`SmsPort`].
//!
//! ```text
//! POST {base}/v1/messages   Idempotency-Key: REF   {"reference":REF,"phone":"138…","sign":"贵阳政务服务","text":"…"}
//!   200 {"code":"OK","id":"…"}      else {"code":"INVALID_PHONE","message":"…"}
//! POST {base}/v1/receipts   {"references":[REF,…]}
//!   200 {"receipts":[{"reference":REF,"status":"delivered"|"failed"|"pending","code":"DELIVRD"},…]}
//! ```

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use kernel::Timestamp;
use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::{Receipt, SmsPort, sign};
use crate::{BoxFuture, SendError, SetupError, trust};

/// The gateway and our account there.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsConfig {
    /// Where it is: `https://host[:port][/path]`; without TLS only on this machine.
    pub url: String,
    /// Our account.
    pub app: String,
    /// Its secret; signs requests and is never sent.
    pub secret: String,
    /// The registered signature that stands with every text (签名), without brackets.
    pub sign: String,
    /// PEM file with the authorities that may have issued the gateway's certificate; those of this machine when left out.
    pub authorities: Option<PathBuf>,
    /// Longest time for one call, from connecting to the last byte.
    pub timeout: Duration,
}

impl std::fmt::Debug for SmsConfig {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsConfig").field("url", &self.url).field("app", &self.app).finish_non_exhaustive()
    }
}

/// Largest answer that is read, bytes.
const ANSWER_BYTES: usize = 256 * 1024;

/// Short messages over HTTPS, one connection per call.
#[derive(Clone)]
pub struct SmsGateway {
    config: SmsConfig,
    host: String,
    port: u16,
    base: String,
    tls: Option<(Arc<rustls::ClientConfig>, ServerName<'static>)>,
}

impl std::fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.config.fmt(f)
    }
}

#[derive(Serialize)]
struct Outgoing<'a> {
    reference: &'a str,
    phone: &'a str,
    sign: &'a str,
    text: &'a str,
}

#[derive(Deserialize)]
struct Answered {
    code: String,
}

#[derive(Deserialize)]
struct Told {
    receipts: Vec<ToldOne>,
}

#[derive(Deserialize)]
struct ToldOne {
    reference: String,
    status: String,
    #[serde(default)]
    code: String,
}

/// Codes after which the same message is never taken: whatever is wrong is wrong with the message or the number.
const NEVER: [&str; 5] =
    ["INVALID_PHONE", "PHONE_BLOCKED", "CONTENT_REFUSED", "SIGN_NOT_REGISTERED_FOR_PHONE", "REFERENCE_TAKEN"];

impl SmsGateway {
    /// The gateway; nothing is connected yet.
    ///
    /// # Errors
    /// When the address is none, is open (`http`) beyond this machine, or the authorities cannot be read.
    pub fn new(config: SmsConfig) -> Result<Self, SetupError> {
        let refused = |why| SetupError::Gateway { url: config.url.clone(), why };
        let uri: Uri = config.url.parse().map_err(|_| refused("it is no address"))?;
        let host = uri.host().ok_or_else(|| refused("it names no host"))?.trim_matches(['[', ']']).to_owned();
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if here(&host) => false,
            Some("http") => return Err(refused("phone numbers and codes go over https only")),
            _ => return Err(refused("it must begin with https://")),
        };
        if config.secret.len() < 16 {
            return Err(refused("its secret must have at least 16 characters"));
        }
        let name = ServerName::try_from(host.clone()).map_err(|_| refused("its host is no name"))?;
        let tls = if secure { Some((trust::client(config.authorities.as_deref())?, name)) } else { None };
        Ok(Self {
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            base: uri.path().trim_end_matches('/').to_owned(),
            host,
            tls,
            config,
        })
    }

    async fn call(
        &self,
        what: &str,
        body: &impl Serialize,
        key: Option<&str>,
        at: Timestamp,
    ) -> Result<(StatusCode, Bytes), SendError> {
        match tokio::time::timeout(self.config.timeout, self.talk(what, body, key, at)).await {
            Ok(answered) => answered,
            Err(_elapsed) => Err(later("time-out")),
        }
    }

    async fn talk(
        &self,
        what: &str,
        body: &impl Serialize,
        key: Option<&str>,
        at: Timestamp,
    ) -> Result<(StatusCode, Bytes), SendError> {
        let body =
            serde_json::to_vec(body).map_err(|_| SendError::Never("the message cannot be written".to_owned()))?;
        let path = format!("{}{what}", self.base);
        let (time, nonce) = (at.as_second(), gm::hex(&gm::random::<16>()));
        let signature = sign::sign(&self.config.secret, &path, time, &nonce, &body);
        let mut request = Request::post(&path)
            .header(header::HOST, self.authority())
            .header(header::CONTENT_TYPE, "application/json")
            .header(sign::APP, &self.config.app)
            .header(sign::TIME, time)
            .header(sign::NONCE, nonce)
            .header(sign::SIGNATURE, signature);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| SendError::Never("the request cannot be written".to_owned()))?;
        let line =
            TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|_| later("the gateway is away"))?;
        match &self.tls {
            None => exchange(line, request).await,
            Some((config, name)) => {
                let connector = tokio_rustls::TlsConnector::from(Arc::clone(config));
                let line = connector.connect(name.clone(), line).await.map_err(|error| {
                    later(&trust::complaint(&error).unwrap_or_else(|| "the gateway broke off the TLS".to_owned()))
                })?;
                exchange(line, request).await
            }
        }
    }

    fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// One request and its answer on a fresh line.
async fn exchange<L>(line: L, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), SendError>
where
    L: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_| later("the gateway broke off");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(line)).await.map_err(broken)?;
    let driving = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(broken)?;
    let status = answer.status();
    let read = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await;
    drop(sender);
    driving.abort();
    let body = read.map_err(|_| later("the gateway's answer broke off or is too long"))?;
    Ok((status, body.to_bytes()))
}

fn later(why: &str) -> SendError {
    SendError::NotNow(why.to_owned())
}

/// Whether a host is this machine.
fn here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A code is kept in the log and the table, so only what looks like one is.
fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.:".contains(*c)).take(40).collect()
}

/// What an answer to a message means.
fn taken(status: StatusCode, body: &[u8]) -> Result<(), SendError> {
    let code = serde_json::from_slice::<Answered>(body).map(|answered| answered.code).unwrap_or_default();
    let said = format!("the gateway answers {} {}", status.as_u16(), plain(&code)).trim_end().to_owned();
    if NEVER.contains(&code.as_str()) {
        return Err(SendError::Never(said));
    }
    // A wrong signature, an empty account, too many at once, a fault over there: all of it passes or is mended.
    if status.is_success() && code == "OK" { Ok(()) } else { Err(SendError::NotNow(said)) }
}

fn told(status: StatusCode, body: &[u8]) -> Result<Vec<Receipt>, SendError> {
    let said = || later(&format!("the gateway answers {} when asked what became of messages", status.as_u16()));
    if !status.is_success() {
        return Err(said());
    }
    let told: Told = serde_json::from_slice(body).map_err(|_| said())?;
    let ended = |one: &ToldOne| match one.status.as_str() {
        "delivered" => Some(true),
        "failed" => Some(false),
        _ => None,
    };
    Ok(told
        .receipts
        .iter()
        .filter_map(|one| {
            let delivered = ended(one)?;
            Some(Receipt { reference: one.reference.clone(), delivered, code: plain(&one.code) })
        })
        .collect())
}

impl SmsPort for SmsGateway {
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let body = Outgoing { reference, phone, sign: &self.config.sign, text };
            let (status, body) = self.call("/v1/messages", &body, Some(reference), at).await?;
            taken(status, &body)
        })
    }

    fn receipts<'a>(
        &'a self,
        references: &'a [String],
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Vec<Receipt>>, SendError>> {
        Box::pin(async move {
            let body: Value = json!({ "references": references });
            let (status, body) = self.call("/v1/receipts", &body, None, at).await?;
            told(status, &body).map(Some)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> SmsConfig {
        SmsConfig {
            url: url.to_owned(),
            app: "tongban".to_owned(),
            secret: "a secret of the tests".to_owned(),
            sign: "贵阳政务服务".to_owned(),
            authorities: None,
            timeout: Duration::from_secs(10),
        }
    }

    #[test]
    fn numbers_and_codes_leave_this_machine_over_tls_only() {
        for good in [
            "https://sms.example.org",
            "https://sms.example.org:8443/city/",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
        ] {
            assert!(SmsGateway::new(config(good)).is_ok(), "{good}");
        }
        for bad in ["http://sms.example.org", "ftp://sms.example.org", "sms.example.org", "", "https://"] {
            let error = SmsGateway::new(config(bad)).unwrap_err().to_string();
            assert!(error.contains(bad), "{error}");
        }
        let short = SmsConfig { secret: "short".to_owned(), ..config("https://sms.example.org") };
        assert!(!format!("{short:?}").contains("short"));
        assert!(SmsGateway::new(short).is_err());
    }

    #[test]
    fn an_answer_says_whether_to_try_again() {
        let answer = |status: u16, body: &str| taken(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        assert_eq!(answer(200, r#"{"code":"OK","id":"1"}"#), Ok(()));
        for code in NEVER {
            let body = json!({ "code": code }).to_string();
            assert!(matches!(answer(422, &body), Err(SendError::Never(_))), "{code}");
            assert!(matches!(answer(200, &body), Err(SendError::Never(_))), "{code}");
        }
        for (status, body) in [
            (200, r#"{"code":"NO_QUOTA"}"#),
            (200, "not json"),
            (302, ""),
            (401, r#"{"code":"BAD_SIGNATURE"}"#),
            (404, "<html>"),
            (429, r#"{"code":"TOO_MANY"}"#),
            (500, ""),
            (503, r#"{"code":"OK"}"#),
        ] {
            assert!(matches!(answer(status, body), Err(SendError::NotNow(_))), "{status} {body}");
        }
        let Err(SendError::NotNow(said)) = answer(500, r#"{"code":"to 13800003210: <b>BUSY</b> 错误"}"#) else {
            panic!()
        };
        assert!(said.is_ascii(), "{said}");
    }

    #[test]
    fn receipts_are_read_and_those_under_way_left_out() {
        let body = json!({"receipts": [
            {"reference": "a", "status": "delivered", "code": "DELIVRD"},
            {"reference": "b", "status": "failed", "code": "UNDELIV"},
            {"reference": "c", "status": "pending"},
        ]});
        let read = told(StatusCode::OK, body.to_string().as_bytes()).unwrap();
        assert_eq!(
            read.iter().map(|r| (r.reference.as_str(), r.delivered)).collect::<Vec<_>>(),
            [("a", true), ("b", false)]
        );
        assert!(told(StatusCode::SERVICE_UNAVAILABLE, b"").is_err());
        assert!(told(StatusCode::OK, b"[]").is_err());
    }
}
