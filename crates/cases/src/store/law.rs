//! What law asks of the platform beside the case itself: promises not kept, the order of acceptance, open decisions.

use db::{DbError, Row, Tx, args};
use kernel::{Date, SubjectId};

use super::{
    lists::word,
    statements::{
        AHEAD, BAD_ENTRIES, FIND_OPEN, INSERT_CREDIT, INSERT_OPEN, LEAVE_LINE, OPEN, OPEN_D, TAKE_PLACE, TAKEN,
        UPSERT_LINE,
    },
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

/// One granting decision as everybody may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenRow {
    pub(crate) case: CaseId,
    pub(crate) item: String,
    pub(crate) item_name: String,
    pub(crate) department: String,
    pub(crate) applicant: String,
    pub(crate) code: String,
    pub(crate) decision_number: String,
    pub(crate) certificate_name: String,
    pub(crate) certificate_number: String,
    pub(crate) valid_until: Option<Date>,
    pub(crate) decided_on: Date,
    pub(crate) published_on: Date,
}

/// Opens a decision to the public.
pub(crate) async fn publish(tx: &mut Tx, row: &OpenRow) -> Result<(), DbError> {
    tx.later(
        INSERT_OPEN,
        args![
            row.case.get(),
            &row.item,
            &row.item_name,
            &row.department,
            &row.applicant,
            &row.code,
            &row.decision_number,
            &row.certificate_name,
            &row.certificate_number,
            row.valid_until,
            row.decided_on,
            row.published_on
        ],
    )
    .await
}

/// Whether the decision of a case is open to the public.
pub(crate) async fn is_open(tx: &mut Tx, case: CaseId) -> Result<bool, DbError> {
    Ok(tx.row(FIND_OPEN, args![case.get()]).await?.is_some())
}

fn open_row(row: &Row) -> Result<OpenRow, CaseError> {
    Ok(OpenRow {
        case: row.id("case_id")?,
        item: row.get("item")?,
        item_name: row.get("item_name")?,
        department: row.get("department")?,
        applicant: row.get("applicant")?,
        code: row.get("code")?,
        decision_number: row.get("decision_number")?,
        certificate_name: row.get("certificate_name")?,
        certificate_number: row.get("certificate_number")?,
        valid_until: row.get("valid_until")?,
        decided_on: row.get("decided_on")?,
        published_on: row.get("published_on")?,
    })
}

/// Open decisions behind `after`, newest first; of one department where one is given.
pub(crate) async fn open_decisions(
    tx: &mut Tx,
    department: Option<&str>,
    after: Option<(Date, i64)>,
    limit: i64,
) -> Result<Vec<OpenRow>, CaseError> {
    let (day, case) = after.unwrap_or((jiff::civil::date(9999, 12, 31), i64::MAX));
    let rows = match department {
        Some(department) => tx.rows(OPEN_D, args![day, case, limit, department]).await?,
        None => tx.rows(OPEN, args![day, case, limit]).await?,
    };
    rows.iter().map(open_row).collect()
}
