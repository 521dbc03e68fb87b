//! Drafts.

use db::{DbError, Row, Tx, args};
use gm::Keys;
use kernel::{SubjectId, Timestamp};

use super::statements::{
    DELETE_DRAFT, DELETE_STALE_DRAFT, DRAFTS_OF, FIND_DRAFT, INSERT_DRAFT, STALE_DRAFTS, UPDATE_DRAFT, UPSERT_DRAFT,
};
use crate::error::CaseError;

/// A draft as kept.
#[derive(Debug, Clone)]
pub(crate) struct DraftRow {
    pub(crate) id: i64,
    pub(crate) item_name: String,
    pub(crate) content: String,
    pub(crate) changed_at: Timestamp,
    pub(crate) version: i64,
}

fn draft_place(subject: SubjectId, draft: i64) -> String {
    format!("case_draft.sealed:{subject}:{draft}")
}

fn draft_row(row: &Row, keys: &Keys, subject: SubjectId) -> Result<DraftRow, CaseError> {
    let id: i64 = row.get("draft_id")?;
    let sealed: String = row.get("sealed")?;
    let content = keys.open(&draft_place(subject, id), &sealed)?;
    Ok(DraftRow {
        id,
        item_name: row.get("item_name")?,
        content: String::from_utf8(content).map_err(|e| CaseError::corrupt("case_draft.sealed", &e))?,
        changed_at: row.get("changed_at")?,
        version: row.get("version")?,
    })
}

/// Keeps a draft; answers its new version, or `None` when the draft is one of another item.
pub(crate) async fn keep_draft(
    tx: &mut Tx,
    keys: &Keys,
    subject: SubjectId,
    draft: i64,
    item: (&str, &str),
    content: &str,
    now: Timestamp,
) -> Result<Option<i64>, CaseError> {
    let sealed = keys.seal(&draft_place(subject, draft), content.as_bytes());
    let row = tx.row(UPSERT_DRAFT, args![subject.get(), draft, item.0, item.1, sealed, now]).await?;
    Ok(row.map(|row| row.get("version")).transpose()?)
}

/// One draft of a person.
pub(crate) async fn draft(
    tx: &mut Tx,
    keys: &Keys,
    subject: SubjectId,
    draft: i64,
) -> Result<Option<DraftRow>, CaseError> {
    tx.row(FIND_DRAFT, args![subject.get(), draft]).await?.map(|row| draft_row(&row, keys, subject)).transpose()
}

/// A person's drafts, newest first, at most 100.
pub(crate) async fn drafts(tx: &mut Tx, keys: &Keys, subject: SubjectId) -> Result<Vec<DraftRow>, CaseError> {
    tx.rows(DRAFTS_OF, args![subject.get()]).await?.iter().map(|row| draft_row(row, keys, subject)).collect()
}

/// Removes a draft; `false` when there was none.
pub(crate) async fn drop_draft(tx: &mut Tx, subject: SubjectId, draft: i64) -> Result<bool, DbError> {
    Ok(tx.exec(DELETE_DRAFT, args![subject.get(), draft]).await? > 0)
}

/// Keeps a draft that was not there before; `false` when its id is taken.
pub(crate) async fn new_draft(
    tx: &mut Tx,
    keys: &Keys,
    subject: SubjectId,
    draft: i64,
    item: (&str, &str),
    content: &str,
    now: Timestamp,
) -> Result<bool, CaseError> {
    let sealed = keys.seal(&draft_place(subject, draft), content.as_bytes());
    Ok(tx.exec(INSERT_DRAFT, args![subject.get(), draft, item.0, item.1, sealed, now]).await? == 1)
}

/// Changes the draft of version `seen`; answers its new version, or `None` when that version no longer stands.
pub(crate) async fn change_draft(
    tx: &mut Tx,
    keys: &Keys,
    subject: SubjectId,
    draft: i64,
    seen: i64,
    content: &str,
    now: Timestamp,
) -> Result<Option<i64>, CaseError> {
    let sealed = keys.seal(&draft_place(subject, draft), content.as_bytes());
    let row = tx.row(UPDATE_DRAFT, args![subject.get(), draft, seen, sealed, now]).await?;
    Ok(row.map(|row| row.get("version")).transpose()?)
}

/// Drafts that were last changed before `than`, oldest first.
pub(crate) async fn stale_drafts(
    tx: &mut Tx,
    keys: &Keys,
    than: Timestamp,
    limit: i64,
) -> Result<Vec<(SubjectId, DraftRow)>, CaseError> {
    let rows = tx.rows(STALE_DRAFTS, args![than, limit]).await?;
    let read = |row: &Row| {
        let subject: SubjectId = row.id("subject_id")?;
        Ok((subject, draft_row(row, keys, subject)?))
    };
    rows.iter().map(read).collect()
}

/// Removes a draft that stands as it was found; `false` when it was changed or removed meanwhile.
pub(crate) async fn drop_stale_draft(
    tx: &mut Tx,
    subject: SubjectId,
    draft: i64,
    version: i64,
) -> Result<bool, DbError> {
    Ok(tx.exec(DELETE_STALE_DRAFT, args![subject.get(), draft, version]).await? > 0)
}
