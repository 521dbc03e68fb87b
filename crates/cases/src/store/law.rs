//! What law asks of the platform beside the case itself: promises not kept, the order of acceptance.

use db::{DbError, Tx, args};
use kernel::{Date, SubjectId};

use super::{
    lists::word,
    statements::{AHEAD, BAD_ENTRIES, INSERT_CREDIT, LEAVE_LINE, TAKE_PLACE, TAKEN, UPSERT_LINE},
};
use crate::{
    domain::{
        case::{Case, CaseId},
        decide::BadCause,
    },
    error::CaseError,
};

/// Keeps that a promise was not kept.
pub(crate) async fn keep_credit(tx: &mut Tx, case: &Case, cause: BadCause, on: Date) -> Result<(), DbError> {
    tx.later(INSERT_CREDIT, args![case.subject.get(), case.id.get(), &case.number, cause.as_str(), on]).await
}

/// The newest promises that somebody has not kept since `day`: number, cause, day.
pub(crate) async fn bad_entries(
    tx: &mut Tx,
    subject: SubjectId,
    day: Date,
) -> Result<Vec<(String, BadCause, Date)>, CaseError> {
    let rows = tx.rows(BAD_ENTRIES, args![subject.get(), day, 1_i64]).await?;
    rows.iter().map(|row| Ok((row.get("number")?, word(row, "cause")?, row.get("happened_on")?))).collect()
}

/// Puts an accepted application in line.
pub(crate) async fn stand_in_line(tx: &mut Tx, item: &str, case: CaseId, accepted_at: i64) -> Result<(), DbError> {
    tx.later(UPSERT_LINE, args![item, case.get(), accepted_at]).await
}

/// Takes an application out of the line.
pub(crate) async fn leave_line(tx: &mut Tx, item: &str, case: CaseId) -> Result<(), DbError> {
    tx.later(LEAVE_LINE, args![item, case.get()]).await
}

/// How many wait before `accepted_at` and `case`.
pub(crate) async fn ahead(tx: &mut Tx, item: &str, accepted_at: i64, case: CaseId) -> Result<u32, CaseError> {
    let row = tx.row(AHEAD, args![item, accepted_at, case.get()]).await?;
    let n: i64 = row.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// How many were granted in a period.
pub(crate) async fn taken(tx: &mut Tx, item: &str, period: &str) -> Result<u32, CaseError> {
    let row = tx.row(TAKEN, args![item, period]).await?;
    let n: i64 = row.map(|row| row.get("taken")).transpose()?.unwrap_or(0);
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// One more is granted where `seen` were. False: somebody else granted one meanwhile.
pub(crate) async fn take_place(tx: &mut Tx, item: &str, period: &str, seen: u32) -> Result<bool, DbError> {
    Ok(tx.row(TAKE_PLACE, args![item, period, i64::from(seen)]).await?.is_some())
}
