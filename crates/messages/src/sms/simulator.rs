//! A simulator of the city's SMS gateway: speaks its protocol, keeps what it got, and can be told to refuse, to be slow and
//! to report. For development and tests; no message leaves it.

use std::{
    collections::{HashMap, HashSet},
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post, put},
};
use kernel::{Clock, identifiers::Phone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::sign;

/// The gateway that is none.
#[derive(Clone)]
pub struct SmsSimulator {
    app: String,
    secret: String,
    clock: Clock,
    /// File that gets each message as a JSON line.
    keep: Option<PathBuf>,
    inside: Arc<Mutex<Inside>>,
}

impl std::fmt::Debug for SmsSimulator {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsSimulator").field("app", &self.app).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Inside {
    messages: Vec<Kept>,
    at: HashMap<String, usize>,
    nonces: HashSet<String>,
    behaviour: Behaviour,
}

/// A message as it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    reference: String,
    phone: String,
    sign: String,
    text: String,
}

/// How the next requests are answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Behaviour {
    /// HTTP status with which messages are refused; 200 takes them.
    status: u16,
    /// The code that goes with a refusal.
    code: String,
    /// How long every answer takes, milliseconds.
    delay_ms: u64,
    /// What receipts say: `delivered`, `failed` or `pending`.
    receipt: String,
    /// Whether a message is kept before it is refused: an answer that got lost on the way.
    keep_refused: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self { status: 200, code: "OK".to_owned(), delay_ms: 0, receipt: "delivered".to_owned(), keep_refused: false }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    references: Vec<String>,
}

impl SmsSimulator {
    /// A gateway with one account.
    #[must_use]
    pub fn new(app: impl Into<String>, secret: impl Into<String>, clock: Clock, keep: Option<PathBuf>) -> Self {
        Self { app: app.into(), secret: secret.into(), clock, keep, inside: Arc::default() }
    }

    /// The gateway's two calls, and beside them `GET /simulator/messages` and `PUT /simulator/behaviour` for whoever watches.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/messages", post(take))
            .route("/v1/receipts", post(tell))
            .route("/simulator/messages", get(kept))
            .route("/simulator/behaviour", put(behave))
            .with_state(self.clone())
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request is ours, of now, and the first of its kind.
    fn signed(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> bool {
        let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
        let (Some(app), Some(time), Some(nonce), Some(given)) =
            (text(sign::APP), text(sign::TIME), text(sign::NONCE), text(sign::SIGNATURE))
        else {
            return false;
        };
        let Ok(time) = time.parse::<i64>() else { return false };
        app == self.app
            && sign::holds(&self.secret, path, self.clock.now(), time, nonce, body, given)
            && self.inside().nonces.insert(nonce.to_owned())
    }

    /// Keeps a message once; `None` when its reference is another message's.
    fn keep(&self, message: Kept) -> std::io::Result<Option<usize>> {
        let mut inside = self.inside();
        if let Some(at) = inside.at.get(&message.reference) {
            return Ok((inside.messages[*at] == message).then_some(*at));
        }
        if let Some(file) = &self.keep {
            let mut options = std::fs::OpenOptions::new();
            options.create(true).append(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let line = serde_json::to_string(&message).unwrap_or_default();
            writeln!(options.open(file)?, "{line}")?;
        }
        let at = inside.messages.len();
        inside.at.insert(message.reference.clone(), at);
        inside.messages.push(message);
        Ok(Some(at))
    }
}

fn refuse(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "code": code, "message": "refused" }))).into_response()
}

async fn slowly(simulator: &SmsSimulator) -> Behaviour {
    let behaviour = simulator.inside().behaviour.clone();
    tokio::time::sleep(Duration::from_millis(behaviour.delay_ms)).await;
    behaviour
}

async fn take(State(simulator): State<SmsSimulator>, headers: HeaderMap, body: Bytes) -> Response {
    let behaviour = slowly(&simulator).await;
    if !simulator.signed("/v1/messages", &headers, &body) {
        return refuse(StatusCode::UNAUTHORIZED, "BAD_SIGNATURE");
    }
    let Ok(message) = serde_json::from_slice::<Kept>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "MALFORMED");
    };
    if headers.get("idempotency-key").is_none_or(|key| key != message.reference.as_str()) {
        return refuse(StatusCode::BAD_REQUEST, "MALFORMED");
    }
    let refusal = StatusCode::from_u16(behaviour.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !refusal.is_success() && !behaviour.keep_refused {
        return refuse(refusal, &behaviour.code);
    }
    if Phone::mobile(&message.phone).is_none() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_PHONE");
    }
    if message.sign.is_empty() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "CONTENT_REFUSED");
    }
    match simulator.keep(message) {
        Ok(Some(_)) if !refusal.is_success() => refuse(refusal, &behaviour.code),
        Ok(Some(at)) => Json(json!({ "code": "OK", "id": format!("{at:08}") })).into_response(),
        Ok(None) => refuse(StatusCode::CONFLICT, "REFERENCE_TAKEN"),
        Err(error) => {
            tracing::error!(%error, "a message could not be kept");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "BUSY")
        }
    }
}

async fn tell(State(simulator): State<SmsSimulator>, headers: HeaderMap, body: Bytes) -> Response {
    let behaviour = slowly(&simulator).await;
    if !simulator.signed("/v1/receipts", &headers, &body) {
        return refuse(StatusCode::UNAUTHORIZED, "BAD_SIGNATURE");
    }
    let Ok(asked) = serde_json::from_slice::<Asked>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "MALFORMED");
    };
    if !(200..300).contains(&behaviour.status) {
        let status = StatusCode::from_u16(behaviour.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return refuse(status, &behaviour.code);
    }
    let code = match behaviour.receipt.as_str() {
        "delivered" => "DELIVRD",
        "failed" => "UNDELIV",
        _ => "",
    };
    let inside = simulator.inside();
    let known = asked.references.iter().filter(|reference| inside.at.contains_key(*reference));
    let receipts: Vec<Value> =
        known.map(|reference| json!({ "reference": reference, "status": behaviour.receipt, "code": code })).collect();
    Json(json!({ "receipts": receipts })).into_response()
}

async fn kept(State(simulator): State<SmsSimulator>) -> Response {
    let messages = simulator.inside().messages.clone();
    Json(json!({ "messages": messages })).into_response()
}

async fn behave(State(simulator): State<SmsSimulator>, Json(wanted): Json<Behaviour>) -> StatusCode {
    simulator.inside().behaviour = wanted;
    StatusCode::NO_CONTENT
}
