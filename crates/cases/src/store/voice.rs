//! Messages, own cases with what they wait for, supplements begun, wrong query codes.

use db::{DbError, Row, Tx, args};
use gm::Keys;
use kernel::{SubjectId, Timestamp};

use super::statements::{
    COUNT_MINE, DELETE_MISSES, DELETE_SUPPLEMENT, FIND_SUPPLEMENT, MINE_ALL, MINE_ASKED, MINE_OPEN, MINE_OVER, MISSES,
    SEEN_BY_APPLICANT, SEEN_BY_OFFICE, UNREAD_OF, UNSEEN_BY_OFFICE, UPSERT_MISS, UPSERT_SUPPLEMENT,
};
use crate::{MyCase, MyCases, MyCounts, UnseenTalk, domain::case::CaseId, error::CaseError};

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The applicant has seen the first `n` messages of the office.
pub(crate) async fn seen_by_applicant(tx: &mut Tx, subject: SubjectId, case: CaseId, n: usize) -> Result<(), DbError> {
    tx.exec(SEEN_BY_APPLICANT, args![subject.get(), case.get(), count(n)]).await?;
    Ok(())
}

/// The office has seen the first `n` messages of the applicant.
pub(crate) async fn seen_by_office(tx: &mut Tx, case: CaseId, n: usize) -> Result<(), DbError> {
    tx.exec(SEEN_BY_OFFICE, args![case.get(), count(n)]).await?;
    Ok(())
}

/// Messages of the office in one case that the applicant has not seen.
pub(crate) async fn unread_of(tx: &mut Tx, subject: SubjectId, case: CaseId) -> Result<i64, DbError> {
    tx.row(UNREAD_OF, args![subject.get(), case.get()]).await?.map_or(Ok(0), |row| row.get("unread"))
}

/// Cases of a department with unseen messages; those of one district where `region` says.
pub(crate) async fn unseen_by_office(
    tx: &mut Tx,
    department: &str,
    region: Option<&str>,
    limit: i64,
) -> Result<Vec<UnseenTalk>, CaseError> {
    let rows = tx.rows(UNSEEN_BY_OFFICE, args![department, region.unwrap_or("*"), limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(UnseenTalk {
                number: row.get("number")?,
                item_name: row.get("item_name")?,
                unseen: row.get("unseen")?,
                changed_at: row.get("changed_at")?,
            })
        })
        .collect()
}

fn mine(row: &Row) -> Result<MyCase, CaseError> {
    let asked: String = row.get("asked")?;
    Ok(MyCase {
        id: row.id("case_id")?,
        number: row.get("number")?,
        item: row.get("item")?,
        item_name: row.get("item_name")?,
        department: row.get("department")?,
        state: super::lists::word(row, "state")?,
        submitted_at: row.get("submitted_at")?,
        due: row.get("due")?,
        asked: asked.parse().ok(),
        asked_due: row.get("asked_due")?,
        unread: row.get("unread")?,
    })
}

/// A person's cases of one group, newest first.
pub(crate) async fn my_cases(
    tx: &mut Tx,
    subject: SubjectId,
    which: MyCases,
    after: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<MyCase>, CaseError> {
    let (at, id) = after.unwrap_or((i64::MAX, i64::MAX));
    let statement = match which {
        MyCases::All => MINE_ALL,
        MyCases::Asked => MINE_ASKED,
        MyCases::Open => MINE_OPEN,
        MyCases::Over => MINE_OVER,
    };
    tx.rows(statement, args![subject.get(), at, id, limit]).await?.iter().map(mine).collect()
}

/// How many cases a person has in each group.
pub(crate) async fn my_counts(tx: &mut Tx, subject: SubjectId) -> Result<MyCounts, DbError> {
    let Some(row) = tx.row(COUNT_MINE, args![subject.get()]).await? else { return Ok(MyCounts::default()) };
    Ok(MyCounts {
        all: row.get("every")?,
        asked: row.get("asked")?,
        open: row.get("running")?,
        unread: row.get::<Option<i64>>("unread")?.unwrap_or(0),
    })
}

fn place(case: CaseId) -> String {
    format!("case_supplement_draft.sealed:{case}")
}

/// Keeps what was typed of a supplement.
pub(crate) async fn keep_supplement(
    tx: &mut Tx,
    keys: &Keys,
    case: CaseId,
    content: &str,
    at: Timestamp,
) -> Result<(), CaseError> {
    let sealed = keys.seal(&place(case), content.as_bytes());
    tx.exec(UPSERT_SUPPLEMENT, args![case.get(), sealed, at]).await?;
    Ok(())
}

/// What was typed of a supplement.
pub(crate) async fn kept_supplement(tx: &mut Tx, keys: &Keys, case: CaseId) -> Result<Option<String>, CaseError> {
    let Some(row) = tx.row(FIND_SUPPLEMENT, args![case.get()]).await? else { return Ok(None) };
    let sealed: String = row.get("sealed")?;
    Ok(Some(keys.open_text(&place(case), &sealed)?))
}

/// Forgets it.
pub(crate) async fn drop_supplement(tx: &mut Tx, case: CaseId) -> Result<(), DbError> {
    tx.exec(DELETE_SUPPLEMENT, args![case.get()]).await?;
    Ok(())
}

/// Wrong codes from one address in one hour.
pub(crate) async fn misses(tx: &mut Tx, who: &str, hour: i64) -> Result<i64, DbError> {
    tx.row(MISSES, args![who, hour]).await?.map_or(Ok(0), |row| row.get("misses"))
}

/// Forgets the hours before `hour`.
pub(crate) async fn forget_misses(tx: &mut Tx, hour: i64) -> Result<(), DbError> {
    tx.exec(DELETE_MISSES, args![hour]).await?;
    Ok(())
}

/// One more.
pub(crate) async fn miss(tx: &mut Tx, who: &str, hour: i64) -> Result<(), DbError> {
    tx.exec(UPSERT_MISS, args![who, hour]).await?;
    Ok(())
}
