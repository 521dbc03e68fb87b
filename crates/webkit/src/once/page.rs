//! Forms of pages that are sent twice: by a second tap, by going back, by loading again.

use std::sync::Arc;

use axum::{http::StatusCode, response::Response};
use db::{BoxFuture, Db, DbError, Tx};
use kernel::{AccountId, Act};

use super::{Call, Settled, settle};
use crate::{Answer, Fields, Problem, links::here_or, see_other, ui::forms::ONCE};

/// Shortest key looked at: as long as [`crate::ui::forms::once_field`] makes them, so that nobody guesses a stranger's.
const KEY_MIN_BYTES: usize = 32;
/// Longest key looked at.
const KEY_MAX_BYTES: usize = 100;

/// Runs `f` in one write transaction; it answers the path to go on to. The form's hidden field
/// ([`crate::ui::forms::once_field`]) makes sure that it happens once: the same form sent again to `path` is led to the
/// same place without running `f`. Refusals are not kept, so a corrected form may bear the same key. A form without
/// the field is done each time.
///
/// Strangers share one drawer; the random key alone leads to what is kept there.
///
/// # Errors
/// What `f` answered; 409 `form.sent-before` when the form was already sent with other content.
pub async fn once_page<A, E, F>(db: &Db, act: &Act, fields: &Fields, path: &str, args: A, f: F) -> Answer<Response>
where
    A: Clone + Send + Sync + 'static,
    E: From<DbError> + Into<Problem> + Send + 'static,
    F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<String, E>> + Send + Sync + 'static,
{
    let key = Some(fields.one(ONCE)).filter(|key| sane(key)).map(str::to_owned);
    let kept_for = key.map(|key| (act.account().unwrap_or(AccountId::from(0)), key));
    let digest = gm::digest_hex(format!("POST {path}\n{}", fields.encode()).as_bytes());
    let args = (args, Arc::new(f));
    let call = Call { args, f: located::<A, E, F>, kept_for, digest, at: act.at };
    match settle(db, call).await? {
        Settled::Done { kept, .. } => Ok(see_other(&location(&kept.body))),
        Settled::Reused(kept) => Err(sent_before(&location(&kept.body))),
        Settled::Busy => {
            let detail = "同一份表单正在处理，请稍后刷新页面查看结果，不要重复提交。";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "form.busy", detail))
        }
    }
}

type Once<'a, E> = BoxFuture<'a, Result<(StatusCode, String), E>>;

fn located<'a, A, E, F>(tx: &'a mut Tx, (args, f): &'a (A, Arc<F>)) -> Once<'a, E>
where
    A: Send + Sync + 'static,
    E: 'static,
    F: for<'b> Fn(&'b mut Tx, &'b A) -> BoxFuture<'b, Result<String, E>> + Send + Sync + 'static,
{
    Box::pin(async move { f(tx, args).await.map(|location| (StatusCode::SEE_OTHER, location)) })
}

fn sane(key: &str) -> bool {
    (KEY_MIN_BYTES..=KEY_MAX_BYTES).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
}

/// The kept path, which stands there as a JSON string.
fn location(body: &str) -> String {
    let path: String = serde_json::from_str(body).unwrap_or_default();
    here_or(&path, "/").to_owned()
}

fn sent_before(location: &str) -> Problem {
    let detail = "这份表单已经提交过，后来的改动没有再次提交。请先查看已提交的结果；要再办一次，请重新打开表单填写。";
    Problem::new(StatusCode::CONFLICT, "form.sent-before", detail).leading_to(location, "查看已提交的结果")
}
