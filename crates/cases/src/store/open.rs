//! Decisions open to the public.

use db::{DbError, Row, Tx, args};
use kernel::{Date, Timestamp};

use super::statements::{
    COMPLETE_OPEN, FIND_OPEN, INSERT_OPEN, OPEN, OPEN_C, OPEN_D, OPENED_SINCE, UNOPENED, WITHDRAW_OPEN,
};
use crate::{domain::case::CaseId, error::CaseError};

/// Behind every day that is written in four digits.
const LAST_DAY: Date = jiff::civil::date(9999, 12, 31);

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

/// Which open decisions are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenWanted<'a> {
    /// Empty: all.
    pub(crate) department: &'a str,
    /// Credit code; empty: all.
    pub(crate) code: &'a str,
    pub(crate) from: Date,
    pub(crate) to: Date,
}

/// Open decisions behind `after`, newest first.
pub(crate) async fn open_decisions(
    tx: &mut Tx,
    wanted: OpenWanted<'_>,
    after: Option<(Date, i64)>,
    limit: i64,
) -> Result<Vec<OpenRow>, CaseError> {
    let OpenWanted { department, code, from, to } = wanted;
    let (day, case) = after.unwrap_or((LAST_DAY, i64::MAX));
    let rows = if !code.is_empty() {
        tx.rows(OPEN_C, args![day, case, limit, from, to, code, department]).await?
    } else if !department.is_empty() {
        tx.rows(OPEN_D, args![day, case, limit, from, to, department]).await?
    } else {
        tx.rows(OPEN, args![day, case, limit, from, to]).await?
    };
    rows.iter().map(open_row).collect()
}

/// The certificate came out after the decision was opened.
pub(crate) async fn complete_open(tx: &mut Tx, row: &OpenRow) -> Result<(), DbError> {
    tx.later(COMPLETE_OPEN, args![row.case.get(), &row.certificate_number, row.valid_until]).await
}

/// A decision is no longer open. False: it was not, or is not any more.
pub(crate) async fn withdraw_open(tx: &mut Tx, case: CaseId, day: Date, why: &str) -> Result<bool, DbError> {
    Ok(tx.exec(WITHDRAW_OPEN, args![case.get(), day, why]).await? == 1)
}

/// A case that was granted and whose decision is not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnopenedRow {
    pub(crate) case: CaseId,
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) version: i64,
    pub(crate) item_name: String,
    pub(crate) department: String,
    pub(crate) decided_at: Timestamp,
}

/// Cases granted and not opened behind `after`, the oldest decisions first.
pub(crate) async fn unopened(tx: &mut Tx, after: (Timestamp, i64), limit: i64) -> Result<Vec<UnopenedRow>, CaseError> {
    let rows = tx.rows(UNOPENED, args![after.0, after.1, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(UnopenedRow {
                case: row.id("case_id")?,
                number: row.get("number")?,
                item: row.get("item")?,
                version: row.get("version")?,
                item_name: row.get("item_name")?,
                department: row.get("department")?,
                decided_at: row.get("decided_at")?,
            })
        })
        .collect()
}

/// Decisions opened since `day` on another day than they were made, newest first.
pub(crate) async fn opened_since(tx: &mut Tx, day: Date, limit: i64) -> Result<Vec<OpenRow>, CaseError> {
    tx.rows(OPENED_SINCE, args![day, limit]).await?.iter().map(open_row).collect()
}
