//! The history: sealed, chained, append only.

use db::{DbError, Row, Tx, args};
use gm::Keys;
use kernel::Timestamp;

use super::statements::{
    ALL_CASES, EVENTS_OF, FIND_DOCUMENT_CODE, FIND_NUMBER, FIND_RECORD, INSERT_EVENT, INSERT_NUMBER, RUNNING_CASES,
};
use crate::{
    domain::{
        case::{Case, CaseId},
        event::Recorded,
    },
    error::CaseError,
};

/// Place and hash of a case's last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: [u8; 32],
}

impl Head {
    /// Before the first entry.
    pub(crate) const START: Self = Self { seq: 0, hash: gm::START };
}

/// The key under which the private part of an entry is sealed: it cannot be moved to another case or place.
fn place(case: CaseId, seq: i64) -> String {
    format!("case_event.sealed:{case}:{seq}")
}

/// Open part and private part of an entry. The private part is the member `private`, wherever an event has one.
fn split(entry: &Recorded) -> Result<(String, Option<String>), CaseError> {
    let mut open = serde_json::to_value(entry).map_err(|e| CaseError::corrupt("entry", &e))?;
    let private = open.get_mut("event").and_then(|e| e.as_object_mut()).and_then(|e| e.remove("private"));
    let private =
        private.map(|p| serde_json::to_string(&p)).transpose().map_err(|e| CaseError::corrupt("entry", &e))?;
    let open = serde_json::to_string(&open).map_err(|e| CaseError::corrupt("entry", &e))?;
    Ok((open, private))
}

/// What is chained: the open part and, behind a separator that JSON text cannot hold, the private part in clear.
fn record(open: &str, private: Option<&str>) -> Vec<u8> {
    let mut bytes = open.as_bytes().to_vec();
    if let Some(private) = private {
        bytes.push(0);
        bytes.extend_from_slice(private.as_bytes());
    }
    bytes
}

/// An entry made ready to be appended: its text, and its place in the chain.
pub(crate) struct Chained<'a> {
    entry: &'a Recorded,
    open: String,
    private: Option<String>,
    hash: [u8; 32],
}

/// Chains entries behind `head`; answers them and the new head. Nothing is written.
pub(crate) fn chain(mut head: Head, entries: &[Recorded]) -> Result<(Vec<Chained<'_>>, Head), CaseError> {
    let mut chained = Vec::with_capacity(entries.len());
    for entry in entries {
        let (open, private) = split(entry)?;
        let hash = gm::chain(&head.hash, &record(&open, private.as_deref()));
        head = Head { seq: entry.seq, hash };
        chained.push(Chained { entry, open, private, hash });
    }
    Ok((chained, head))
}

/// Appends chained entries. The caller has moved the case row's `seq` first.
pub(crate) async fn append(tx: &mut Tx, keys: &Keys, case: CaseId, chained: Vec<Chained<'_>>) -> Result<(), CaseError> {
    for Chained { entry, open, private, hash } in chained {
        let sealed = private.as_ref().map(|p| keys.seal(&place(case, entry.seq), p.as_bytes()));
        tx.later(
            INSERT_EVENT,
            args![case.get(), entry.seq, entry.at, entry.event.topic(), open, sealed, gm::hex(&hash)],
        )
        .await?;
    }
    Ok(())
}

/// The hash that the chain has after `entries`.
pub(crate) fn head_after(head: Head, entries: &[Recorded]) -> Result<Head, CaseError> {
    Ok(chain(head, entries)?.1)
}

/// One stored entry, opened.
pub(crate) struct Stored {
    pub(crate) entry: Recorded,
    open: String,
    private: Option<String>,
    hash: String,
}

fn read(row: &Row, keys: &Keys, case: CaseId) -> Result<Stored, CaseError> {
    let seq: i64 = row.get("seq")?;
    let open: String = row.get("body")?;
    let sealed: Option<String> = row.get("sealed")?;
    let private = sealed
        .map(|s| keys.open(&place(case, seq), &s))
        .transpose()?
        .map(String::from_utf8)
        .transpose()
        .map_err(|e| CaseError::corrupt("case_event.sealed", &e))?;
    let mut value: serde_json::Value =
        serde_json::from_str(&open).map_err(|e| CaseError::corrupt("case_event.body", &e))?;
    if let (Some(private), Some(event)) = (&private, value.get_mut("event").and_then(|e| e.as_object_mut())) {
        let private = serde_json::from_str(private).map_err(|e| CaseError::corrupt("case_event.sealed", &e))?;
        event.insert("private".to_owned(), private);
    }
    let entry: Recorded = serde_json::from_value(value).map_err(|e| CaseError::corrupt("case_event.body", &e))?;
    Ok(Stored { entry, open, private, hash: row.get("hash")? })
}

/// All entries of a case, oldest first.
pub(crate) async fn entries(tx: &mut Tx, keys: &Keys, case: CaseId) -> Result<Vec<Stored>, CaseError> {
    let rows = tx.rows(EVENTS_OF, args![case.get()]).await?;
    rows.iter().map(|row| read(row, keys, case)).collect()
}

/// The case as its history tells it, and the head of its chain. `None`: no such case.
pub(crate) async fn load(tx: &mut Tx, keys: &Keys, id: CaseId) -> Result<Option<(Case, Head)>, CaseError> {
    let stored = entries(tx, keys, id).await?;
    let Some(last) = stored.last() else { return Ok(None) };
    let mut hash = [0; 32];
    hex_into(&last.hash, &mut hash).ok_or_else(|| CaseError::damaged(id, last.entry.seq))?;
    let head = Head { seq: last.entry.seq, hash };
    let case = Case::fold(id, stored.into_iter().map(|s| s.entry))?;
    Ok(case.map(|case| (case, head)))
}

fn hex_into(text: &str, out: &mut [u8; 32]) -> Option<()> {
    let bytes = hex::decode(text).ok()?;
    out.copy_from_slice(bytes.get(..32).filter(|_| bytes.len() == 32)?);
    Some(())
}

/// Checks one case's chain: every entry in its place, every hash right, the row at its head. `Some(seq)` names the first
/// entry that is wrong; a missing tail is named by the place behind the last entry.
pub(crate) async fn verify(tx: &mut Tx, keys: &Keys, id: CaseId) -> Result<Option<i64>, CaseError> {
    let rows = tx.rows(EVENTS_OF, args![id.get()]).await?;
    let mut head = Head::START;
    for row in &rows {
        let expected = head.seq + 1;
        let Ok(stored) = read(row, keys, id) else { return Ok(Some(expected)) };
        let hash = gm::chain(&head.hash, &record(&stored.open, stored.private.as_deref()));
        if stored.entry.seq != expected || gm::hex(&hash) != stored.hash {
            return Ok(Some(expected));
        }
        head = Head { seq: expected, hash };
    }
    let at_head = match tx.row(FIND_RECORD, args![id.get()]).await? {
        Some(row) => row.get::<i64>("seq")? == head.seq && row.get::<String>("head")? == gm::hex(&head.hash),
        None => head.seq == 0,
    };
    Ok((!at_head).then_some(head.seq + 1))
}

/// Takes the public number for a case.
pub(crate) async fn open_number(tx: &mut Tx, number: &str, case: CaseId) -> Result<(), DbError> {
    tx.later(INSERT_NUMBER, args![number, case.get()]).await?;
    Ok(())
}

/// The case behind a public number.
pub(crate) async fn case_of_number(tx: &mut Tx, number: &str) -> Result<Option<CaseId>, DbError> {
    tx.row(FIND_NUMBER, args![number]).await?.map(|row| row.id("case_id")).transpose()
}

/// The case of a document.
pub(crate) async fn case_of_document(tx: &mut Tx, document: i64) -> Result<Option<CaseId>, DbError> {
    tx.row(FIND_DOCUMENT_CODE, args![document]).await?.map(|row| row.id("case_id")).transpose()
}

/// Up to `limit` cases behind `after`, in order of their ids.
pub(crate) async fn all_cases(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<CaseId>, DbError> {
    tx.rows(ALL_CASES, args![after, limit]).await?.iter().map(|row| row.id("case_id")).collect()
}

/// Up to `limit` cases behind `after` that have not ended, in order of their ids.
pub(crate) async fn running_cases(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<CaseId>, DbError> {
    tx.rows(RUNNING_CASES, args![after, limit]).await?.iter().map(|row| row.id("case_id")).collect()
}

/// When a case was changed last, as its row says.
pub(crate) async fn changed_at(tx: &mut Tx, case: CaseId) -> Result<Option<Timestamp>, DbError> {
    tx.row(FIND_RECORD, args![case.get()]).await?.map(|row| row.get("changed_at")).transpose()
}
