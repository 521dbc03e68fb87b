//! Rows of steps that rest on a one-time code.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, SubjectId, Timestamp};

use super::{sql, word};
use crate::domain::code::Purpose;

/// A step under way, with its sealed body.
#[derive(Debug, Clone)]
pub(crate) struct FlowRow {
    pub(crate) purpose: Purpose,
    pub(crate) body: String,
    /// Instant the present code ends, milliseconds; 0: none was sent.
    pub(crate) code_until: i64,
    pub(crate) proven_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn add_flow(
    tx: &mut Tx,
    digest: &str,
    purpose: Purpose,
    body: &str,
    until: Timestamp,
) -> Result<(), DbError> {
    tx.exec(sql::ADD_FLOW, args![digest, purpose.as_str(), body, until]).await?;
    Ok(())
}

/// A step that has not reached its end at `at`.
pub(crate) async fn flow(tx: &mut Tx, digest: &str, at: Timestamp) -> Result<Option<FlowRow>, DbError> {
    let row = tx.row(sql::FLOW, args![digest]).await?;
    let flow = row.as_ref().map(flow_of).transpose()?;
    Ok(flow.filter(|flow| at < flow.expires_at))
}

/// Puts a new code, with what is known by now; tries begin anew and what was proven before counts no more.
pub(crate) async fn put_code(
    tx: &mut Tx,
    digest: &str,
    body: &str,
    code: &str,
    until: Timestamp,
) -> Result<(), DbError> {
    tx.exec(sql::PUT_CODE, args![digest, body, code, until]).await?;
    Ok(())
}

/// Counts a try and gives the digest of the code it is to be held against; none when there is no code, its time is over
/// or its tries are used up.
pub(crate) async fn try_code(
    tx: &mut Tx,
    digest: &str,
    purpose: Purpose,
    most: i64,
    at: Timestamp,
) -> Result<Option<String>, DbError> {
    tx.row(sql::TRY_CODE, args![digest, purpose.as_str(), most, at]).await?.map(|row| row.get("code")).transpose()
}

/// The code was right: it is worth nothing from now on.
pub(crate) async fn prove_flow(tx: &mut Tx, digest: &str, at: Timestamp) -> Result<(), DbError> {
    tx.exec(sql::PROVE_FLOW, args![digest, at]).await?;
    Ok(())
}

/// Ends a step; `false`: somebody else ended it.
pub(crate) async fn end_flow(tx: &mut Tx, digest: &str) -> Result<bool, DbError> {
    Ok(tx.exec(sql::END_FLOW, args![digest]).await? == 1)
}

pub(crate) async fn sweep_flows(tx: &mut Tx, at: Timestamp) -> Result<u64, DbError> {
    tx.exec(sql::SWEEP_FLOWS, args![at]).await
}

/// The personal login of a person.
pub(crate) async fn personal(tx: &mut Tx, subject: SubjectId) -> Result<Option<AccountId>, DbError> {
    tx.row(sql::PERSONAL, args![subject.get()]).await?.map(|row| row.id("account_id")).transpose()
}

/// `false`: the person has a login already.
pub(crate) async fn add_personal(tx: &mut Tx, subject: SubjectId, account: AccountId) -> Result<bool, DbError> {
    Ok(tx.row(sql::ADD_PERSONAL, args![subject.get(), account.get()]).await?.is_some())
}

/// A closed login makes room for another.
pub(crate) async fn end_personal(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    tx.exec(sql::END_PERSONAL, args![account.get()]).await?;
    Ok(())
}

fn flow_of(row: &Row) -> Result<FlowRow, DbError> {
    Ok(FlowRow {
        purpose: word(row, "identity_flow", "purpose")?,
        body: row.get("body")?,
        code_until: row.get("code_until")?,
        proven_at: row.get("proven_at")?,
        expires_at: row.get("expires_at")?,
    })
}
