//! The first answer to a request that bears a key, kept in the transaction that did the work.

use kernel::{AccountId, Timestamp};

use crate::{
    DbError, Tx, args,
    kit::{FIND_ANSWER, INSERT_ANSWER, SWEEP_ANSWERS},
};

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SM3 of the request, hexadecimal.
    pub digest: String,
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: String,
}

/// The answer kept for this key.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, account: AccountId, key: &str) -> Result<Option<Kept>, DbError> {
    let Some(row) = tx.row(FIND_ANSWER, args![account.get(), key]).await? else { return Ok(None) };
    let status: i64 = row.get("status")?;
    Ok(Some(Kept {
        digest: row.get("digest")?,
        status: u16::try_from(status).map_err(|e| DbError::corrupt("db_idempotency.status", e))?,
        body: row.get("body")?,
    }))
}

/// Keeps the answer.
///
/// # Errors
/// [`DbError::Taken`] when another request with this key was faster.
pub async fn keep(tx: &mut Tx, account: AccountId, key: &str, kept: &Kept, now: Timestamp) -> Result<(), DbError> {
    tx.exec(INSERT_ANSWER, args![account.get(), key, &kept.digest, kept.status, &kept.body, now]).await?;
    Ok(())
}

/// Forgets answers from before `before`; answers how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, DbError> {
    tx.exec(SWEEP_ANSWERS, args![before]).await
}
