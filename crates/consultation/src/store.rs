//! The only place that knows the table of feedback.

use db::{DbError, Row, Tx, args};
use gm::Keys;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ConsultationError, Feedback,
    domain::{Answered, State},
};

db::statements! {
    /// Keeps something that was said.
    INSERT = "INSERT INTO consultation_feedback (receipt, kind, about, sealed, account_id, who, at, state) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'open')";
    /// How much came from one address since an instant.
    SINCE = "SELECT count(*) AS n FROM consultation_feedback WHERE who = $1 AND at > $2";
    /// How one stands.
    STATE = "SELECT state FROM consultation_feedback WHERE receipt = $1";
    /// Open ones, oldest first.
    OPEN = "SELECT receipt, kind, about, sealed, at, answer, answered_by, answered_at FROM consultation_feedback \
        WHERE state = 'open' AND (at, receipt) > ($1, $2) ORDER BY at, receipt LIMIT $3";
    /// Answered ones, newest first.
    ANSWERED = "SELECT receipt, kind, about, sealed, at, answer, answered_by, answered_at FROM consultation_feedback \
        WHERE state = 'answered' AND (at, receipt) < ($1, $2) ORDER BY at DESC, receipt DESC LIMIT $3";
    /// Answers one; no row changed means that it was answered before.
    ANSWER = "UPDATE consultation_feedback SET state = 'answered', answer = $2, answered_by = $3, answered_at = $4 \
        WHERE receipt = $1 AND state = 'open'";
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Words {
    text: String,
    contact: String,
}

fn place(receipt: &str, column: &str) -> String {
    format!("consultation_feedback.{column}:{receipt}")
}

pub(crate) async fn insert(
    tx: &mut Tx,
    keys: &Keys,
    new: &Feedback,
    account: i64,
    who: &str,
) -> Result<(), ConsultationError> {
    let words = Words { text: new.text.clone(), contact: new.contact.clone() };
    let words = serde_json::to_string(&words).map_err(|_| ConsultationError::Damaged("sealed"))?;
    let sealed = keys.seal(&place(&new.receipt, "sealed"), words.as_bytes());
    tx.exec(INSERT, args![&new.receipt, new.kind.as_str(), &new.about, sealed, account, who, new.at]).await?;
    Ok(())
}

pub(crate) async fn since(tx: &mut Tx, who: &str, at: i64) -> Result<i64, DbError> {
    tx.row(SINCE, args![who, at]).await?.map_or(Ok(0), |row| row.get("n"))
}

pub(crate) async fn state(tx: &mut Tx, receipt: &str) -> Result<Option<State>, ConsultationError> {
    let Some(row) = tx.row(STATE, args![receipt]).await? else { return Ok(None) };
    let word: String = row.get("state")?;
    word.parse().map(Some).map_err(|_| ConsultationError::Damaged("state"))
}

fn read(row: &Row, keys: &Keys) -> Result<Feedback, ConsultationError> {
    let receipt: String = row.get("receipt")?;
    let kind: String = row.get("kind")?;
    let sealed: String = row.get("sealed")?;
    let words = keys.open_text(&place(&receipt, "sealed"), &sealed)?;
    let words: Words = serde_json::from_str(&words).map_err(|_| ConsultationError::Damaged("sealed"))?;
    let answer: Option<String> = row.get("answer")?;
    let answered = match answer {
        Some(answer) => Some(Answered {
            text: keys.open_text(&place(&receipt, "answer"), &answer)?,
            by: row.get::<Option<String>>("answered_by")?.unwrap_or_default(),
            at: row.get::<Option<Timestamp>>("answered_at")?.ok_or(ConsultationError::Damaged("answered_at"))?,
        }),
        None => None,
    };
    Ok(Feedback {
        kind: kind.parse().map_err(|_| ConsultationError::Damaged("kind"))?,
        about: row.get("about")?,
        text: words.text,
        contact: words.contact,
        at: row.get("at")?,
        answered,
        receipt,
    })
}

pub(crate) async fn list(
    tx: &mut Tx,
    keys: &Keys,
    state: State,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<Feedback>, ConsultationError> {
    let rows = match state {
        State::Open => {
            let (at, receipt) = after.unwrap_or((i64::MIN, String::new()));
            tx.rows(OPEN, args![at, receipt, limit]).await?
        }
        State::Answered => {
            let (at, receipt) = after.unwrap_or((i64::MAX, String::new()));
            tx.rows(ANSWERED, args![at, receipt, limit]).await?
        }
    };
    rows.iter().map(|row| read(row, keys)).collect()
}

pub(crate) async fn answer(
    tx: &mut Tx,
    keys: &Keys,
    receipt: &str,
    words: &str,
    by: &str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sealed = keys.seal(&place(receipt, "answer"), words.as_bytes());
    Ok(tx.exec(ANSWER, args![receipt, sealed, by, at]).await? == 1)
}
