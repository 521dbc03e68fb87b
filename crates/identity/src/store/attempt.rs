//! Rows of failed sign-ins.

use db::{DbError, Row, Tx, args};
use kernel::Timestamp;

use super::sql;
use crate::domain::attempts::Attempts;

pub(crate) async fn attempts(tx: &mut Tx, name: &str) -> Result<Attempts, DbError> {
    let row = tx.row(sql::ATTEMPTS, args![name]).await?;
    row.as_ref().map_or_else(|| Ok(Attempts::default()), attempts_of)
}

/// Reads failures and holds their row, so that two at once are both counted.
pub(crate) async fn hold_attempts(tx: &mut Tx, name: &str, at: Timestamp) -> Result<Attempts, DbError> {
    let row = tx.row(sql::HOLD_ATTEMPTS, args![name, at]).await?;
    row.as_ref().map_or_else(|| Ok(Attempts::default()), attempts_of)
}

pub(crate) async fn set_attempts(tx: &mut Tx, name: &str, attempts: &Attempts) -> Result<(), DbError> {
    let recent = serde_json::json!(attempts.recent).to_string();
    tx.exec(sql::SET_ATTEMPTS, args![name, recent, attempts.locked_until]).await?;
    Ok(())
}

pub(crate) async fn sweep_attempts(tx: &mut Tx, before: Timestamp, now: Timestamp) -> Result<u64, DbError> {
    tx.exec(sql::SWEEP_ATTEMPTS, args![before, now]).await
}

fn attempts_of(row: &Row) -> Result<Attempts, DbError> {
    let recent: String = row.get("recent")?;
    let recent =
        serde_json::from_str(&recent).map_err(|_| DbError::corrupt("identity_attempt.recent", "it is no list"))?;
    Ok(Attempts { recent, locked_until: row.get("locked_until")? })
}
