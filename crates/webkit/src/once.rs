//! `Idempotency-Key`: a request that is sent again gets the first answer, and nothing is done twice.

mod page;

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::{
    BoxFuture, Db, DbError, Tx,
    idempotency::{Kept, find, keep},
};
use kernel::{AccountId, Act, Fault, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

pub use self::page::once_page;
use crate::{Answer, IdempotencyKey, Json, Problem};

/// How often a race for the same key is run again before the caller is asked to come back.
const TRIES: usize = 3;

/// What tells a repeated request from another one: the caller's key, and the digest of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    key: Option<String>,
    digest: String,
}

impl Asked {
    /// `what` is method and path, `body` the bytes as they came.
    #[must_use]
    pub fn new(key: IdempotencyKey, what: &str, body: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(what.len() + 1 + body.len());
        bytes.extend_from_slice(what.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        Self { key: key.0, digest: gm::digest_hex(&bytes) }
    }
}

/// A JSON body together with what tells its repetition: the extractor of handlers that call [`once`].
#[derive(Debug, Clone)]
pub struct Keyed<T> {
    /// The body.
    pub value: T,
    /// Handed to [`once`].
    pub asked: Asked,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Keyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let (mut parts, body) = request.into_parts();
        let key = IdempotencyKey::from_request_parts(&mut parts, state).await?;
        let what = format!("{} {}", parts.method, parts.uri.path());
        let bytes: Bytes = crate::extract::json_bytes(Request::from_parts(parts, body), state).await?;
        let Json(value) = Json::read(&bytes)?;
        Ok(Self { value, asked: Asked::new(key, &what, &bytes) })
    }
}

/// Why a keyed request was not carried out.
enum Stopped<E> {
    /// The key stands for another request, which was answered so.
    Reused(Kept),
    /// A twin of this request was faster and its answer is kept by now.
    Raced,
    Failed(E),
}

impl<E: From<DbError>> From<DbError> for Stopped<E> {
    fn from(error: DbError) -> Self {
        Self::Failed(E::from(error))
    }
}

/// What became of a keyed request.
enum Settled {
    /// It was answered so, now or (`replayed`) before.
    Done { kept: Kept, replayed: bool },
    /// The key stands for another request, which was answered so.
    Reused(Kept),
    /// Twins of it keep each other from being done.
    Busy,
}

struct Call<A, F> {
    args: A,
    f: F,
    kept_for: Option<(AccountId, String)>,
    digest: String,
    at: Timestamp,
}

/// Runs `f` in one write transaction like [`Db::write`] and answers with its status and body as JSON. When the caller
/// sent an `Idempotency-Key`, the answer is kept in the same transaction, and the same request sent again gets it with
/// `Idempotency-Replayed: true` without running `f`. Refusals are not kept: they may be tried again.
///
/// Strangers have no account to keep an answer for, so their key is not looked at.
///
/// # Errors
/// What `f` answered; 422 `idempotency.reused` when the key stands for another request.
pub async fn once<A, T, E, F>(db: &Db, act: &Act, asked: &Asked, args: A, f: F) -> Answer<Response>
where
    A: Clone + Send + Sync + 'static,
    T: Serialize + Send + 'static,
    E: From<DbError> + Into<Problem> + Send + 'static,
    F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<(StatusCode, T), E>> + Send + Sync + 'static,
{
    let kept_for = act.account().zip(asked.key.clone());
    match settle(db, Call { args, f, kept_for, digest: asked.digest.clone(), at: act.at }).await? {
        Settled::Done { kept, replayed } => Ok(answer(kept, replayed)),
        Settled::Reused(_) => Err(reused()),
        Settled::Busy => {
            let detail = "同一请求正在处理，请稍后用同一个键重试。";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "idempotency.busy", detail))
        }
    }
}

async fn settle<A, T, E, F>(db: &Db, call: Call<A, F>) -> Answer<Settled>
where
    A: Send + Sync + 'static,
    T: Serialize + Send + 'static,
    E: From<DbError> + Into<Problem> + Send + 'static,
    F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<(StatusCode, T), E>> + Send + Sync + 'static,
{
    let call = Arc::new(call);
    for _ in 0..TRIES {
        let done = db.write(Arc::clone(&call), |tx, call| Box::pin(run(tx, call))).await;
        match done {
            Ok((kept, replayed)) => return Ok(Settled::Done { kept, replayed }),
            // A twin may have done the work in between; then its answer is the right one and not the refusal. A
            // database that cannot tell must not hide why the work failed: it may even have been done.
            Err(Stopped::Failed(error)) => {
                return match kept_by_twin(db, &call).await {
                    Ok(Some(kept)) => Ok(Settled::Done { kept, replayed: true }),
                    Ok(None) | Err(_) => Err(error.into()),
                };
            }
            Err(Stopped::Reused(kept)) => return Ok(Settled::Reused(kept)),
            Err(Stopped::Raced) => {}
        }
    }
    Ok(Settled::Busy)
}

/// The answer that the same request got meanwhile, when there is one.
async fn kept_by_twin<A, F>(db: &Db, call: &Call<A, F>) -> Answer<Option<Kept>> {
    let Some((account, key)) = &call.kept_for else { return Ok(None) };
    let mut tx = db.read().await?;
    let kept = find(&mut tx, *account, key).await?;
    Ok(kept.filter(|kept| kept.digest == call.digest))
}

async fn run<A, T, E, F>(tx: &mut Tx, call: &Call<A, F>) -> Result<(Kept, bool), Stopped<E>>
where
    T: Serialize,
    E: From<DbError>,
    F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<(StatusCode, T), E>>,
{
    if let Some((account, key)) = &call.kept_for
        && let Some(kept) = find(tx, *account, key).await?
    {
        return if kept.digest == call.digest { Ok((kept, true)) } else { Err(Stopped::Reused(kept)) };
    }
    let (status, value) = (call.f)(tx, &call.args).await.map_err(Stopped::Failed)?;
    let body = serde_json::to_string(&value).map_err(|error| DbError::corrupt("an answer", error))?;
    let kept = Kept { digest: call.digest.clone(), status: status.as_u16(), body };
    if let Some((account, key)) = &call.kept_for {
        match keep(tx, *account, key, &kept, call.at).await {
            Err(DbError::Taken { .. }) => return Err(Stopped::Raced),
            other => other?,
        }
    }
    Ok((kept, false))
}

fn answer(kept: Kept, replayed: bool) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

fn reused() -> Problem {
    let fault = Fault::new("", "reused", "这个 Idempotency-Key 已经用于另一个请求，请换一个。");
    Problem::invalid("idempotency.reused", vec![fault])
}
