//! Lists, queues, documents.

use db::{Arg, DbError, Row, Sql, Tx, args};
use gm::Keys;
use kernel::{AccountId, Date, FileId, SubjectId, Timestamp};

use super::statements::{
    CASES_OF_FILE, DOCUMENTS_OF, FIND_DOCUMENT, INSERT_DOCUMENT, INSERT_DOCUMENT_CODE, INSERT_FILE, LISTS, OWN_LISTS,
    QUEUES, WAKING,
};
use crate::{
    domain::{
        case::{CaseId, State},
        documents::Document,
    },
    error::CaseError,
};

pub(super) fn word<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, CaseError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| CaseError::Corrupt { what: column.to_owned(), reason: format!("unknown word {text:?}") })
}

/// Which cases a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) department: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) state: Option<State>,
    pub(crate) item: Option<String>,
    /// Behind this submission, newest first.
    pub(crate) after: Option<(i64, i64)>,
    pub(crate) limit: i64,
}

impl Filter {
    fn after(&self) -> (i64, i64) {
        self.after.unwrap_or((i64::MAX, i64::MAX))
    }
}

/// The rows of the statement of `statements` that is narrowed by those of `by` which are there. Narrowing is the
/// statement's work and is never done to its rows: a page would be short.
async fn narrowed(
    tx: &mut Tx,
    statements: &[Sql],
    mut values: Vec<Arg<'_>>,
    by: impl IntoIterator<Item = Option<Arg<'_>>>,
) -> Result<Vec<Row>, DbError> {
    let mut place = 0;
    for (bit, value) in by.into_iter().enumerate() {
        if let Some(value) = value {
            place |= 1 << bit;
            values.push(value);
        }
    }
    match statements.get(place) {
        Some(sql) => tx.rows(*sql, &values).await,
        None => Ok(Vec::new()),
    }
}

/// One line of "my matters".
#[derive(Debug, Clone)]
pub(crate) struct PersonCaseRow {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) item_name: String,
    pub(crate) state: State,
    pub(crate) submitted_at: Timestamp,
    pub(crate) due: Option<Date>,
}

/// A person's cases, newest first. The filter's department and region are not looked at.
pub(crate) async fn cases_of_subject(
    tx: &mut Tx,
    subject: SubjectId,
    filter: &Filter,
) -> Result<Vec<PersonCaseRow>, CaseError> {
    let (at, id) = filter.after();
    let by = [filter.state.map(|s| s.as_str().into()), filter.item.as_deref().map(Arg::from)];
    let rows = narrowed(tx, &OWN_LISTS, args![subject.get(), at, id, filter.limit].to_vec(), by).await?;
    rows.iter()
        .map(|row| {
            Ok(PersonCaseRow {
                id: row.id("case_id")?,
                number: row.get("number")?,
                item: row.get("item")?,
                item_name: row.get("item_name")?,
                state: word(row, "state")?,
                submitted_at: row.get("submitted_at")?,
                due: row.get("due")?,
            })
        })
        .collect()
}

/// One line of a list for staff.
#[derive(Debug, Clone)]
pub(crate) struct CaseRow {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) item_name: String,
    pub(crate) department: String,
    pub(crate) region: String,
    pub(crate) applicant: String,
    pub(crate) state: State,
    pub(crate) submitted_at: Timestamp,
    pub(crate) promised_due: Option<Date>,
    pub(crate) statutory_due: Option<Date>,
    pub(crate) provisional: bool,
}

/// Cases for staff, newest first.
pub(crate) async fn cases_for_staff(tx: &mut Tx, filter: &Filter) -> Result<Vec<CaseRow>, CaseError> {
    let (at, id) = filter.after();
    let by = [
        filter.department.as_deref().map(Arg::from),
        filter.region.as_deref().map(Arg::from),
        filter.state.map(|s| s.as_str().into()),
        filter.item.as_deref().map(Arg::from),
    ];
    let rows = narrowed(tx, &LISTS, args![at, id, filter.limit].to_vec(), by).await?;
    rows.iter()
        .map(|row| {
            Ok(CaseRow {
                id: row.id("case_id")?,
                number: row.get("number")?,
                item: row.get("item")?,
                item_name: row.get("item_name")?,
                department: row.get("department")?,
                region: row.get("region")?,
                applicant: row.get("applicant")?,
                state: word(row, "state")?,
                submitted_at: row.get("submitted_at")?,
                promised_due: row.get("promised_due")?,
                statutory_due: row.get("statutory_due")?,
                provisional: row.get("provisional")?,
            })
        })
        .collect()
}

/// One entry of a queue.
#[derive(Debug, Clone)]
pub(crate) struct TaskRow {
    pub(crate) id: CaseId,
    pub(crate) task: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) region: String,
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) item_name: String,
    pub(crate) applicant: String,
    pub(crate) since: Timestamp,
    pub(crate) due: Date,
    pub(crate) claimed_by: i64,
    pub(crate) claimed_name: String,
}

/// A department's queue by deadline, of one district where one is given, or what one account holds of it. `after`: due
/// day, case and task of the last entry seen.
pub(crate) async fn tasks_of(
    tx: &mut Tx,
    department: &str,
    region: Option<&str>,
    account: Option<AccountId>,
    after: Option<(Date, i64, String)>,
    limit: i64,
) -> Result<Vec<TaskRow>, CaseError> {
    let (due, id, task) = after.unwrap_or((jiff::civil::date(1, 1, 1), 0, String::new()));
    let by = [region.map(Arg::from), account.map(|a| a.get().into())];
    let rows = narrowed(tx, &QUEUES, args![department, due, id, task, limit].to_vec(), by).await?;
    rows.iter()
        .map(|row| {
            Ok(TaskRow {
                id: row.id("case_id")?,
                task: row.get("task")?,
                name: row.get("name")?,
                role: row.get("role")?,
                region: row.get("region")?,
                number: row.get("number")?,
                item: row.get("item")?,
                item_name: row.get("item_name")?,
                applicant: row.get("applicant")?,
                since: row.get("since")?,
                due: row.get("due")?,
                claimed_by: row.get("claimed_by")?,
                claimed_name: row.get("claimed_name")?,
            })
        })
        .collect()
}

/// A document as kept.
#[derive(Debug, Clone)]
pub struct KeptDocument {
    /// Its id, also the code of the public confirmation page.
    pub id: FileId,
    /// The entry it is about.
    pub seq: i64,
    /// When it was issued.
    pub at: Timestamp,
    /// SM3 of the kept text, hexadecimal.
    pub digest: String,
    /// The text still has the digest it was kept with.
    pub intact: bool,
    /// The document.
    pub document: Document,
}

/// The key under which the text of a document is sealed: it cannot be moved to another document.
fn place_of(document: i64) -> String {
    format!("case_document.sealed:{document}")
}

fn kept_document(row: &Row, keys: &Keys) -> Result<KeptDocument, CaseError> {
    let body = match row.get::<Option<String>>("sealed")? {
        Some(sealed) => String::from_utf8(keys.open(&place_of(row.get("document_id")?), &sealed)?)
            .map_err(|e| CaseError::corrupt("case_document.sealed", &e))?,
        None => row.get("body")?,
    };
    let digest: String = row.get("digest")?;
    Ok(KeptDocument {
        id: row.id("document_id")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        intact: gm::digest_hex(body.as_bytes()) == digest,
        digest,
        document: serde_json::from_str(&body).map_err(|e| CaseError::corrupt("case_document.body", &e))?,
    })
}

/// A document to keep.
pub(crate) struct NewDocument {
    pub(crate) id: i64,
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    pub(crate) document: Document,
}

/// Keeps a document with its digest and code. One that repeats what people said is sealed.
pub(crate) async fn keep_document(tx: &mut Tx, keys: &Keys, case: CaseId, new: &NewDocument) -> Result<(), CaseError> {
    let body = serde_json::to_string(&new.document).map_err(|e| CaseError::corrupt("document", &e))?;
    let digest = gm::digest_hex(body.as_bytes());
    let sealed = new.document.kind.repeats_words().then(|| keys.seal(&place_of(new.id), body.as_bytes()));
    let open = if sealed.is_some() { String::new() } else { body };
    let kind = new.document.kind.as_str();
    tx.later(
        INSERT_DOCUMENT,
        args![case.get(), new.id, new.seq, kind, &new.document.number, new.at, open, digest, sealed],
    )
    .await?;
    tx.later(INSERT_DOCUMENT_CODE, args![new.id, case.get()]).await?;
    Ok(())
}

/// A case's documents, oldest first.
pub(crate) async fn documents(tx: &mut Tx, keys: &Keys, case: CaseId) -> Result<Vec<KeptDocument>, CaseError> {
    tx.rows(DOCUMENTS_OF, args![case.get()]).await?.iter().map(|row| kept_document(row, keys)).collect()
}

/// One document.
pub(crate) async fn document(
    tx: &mut Tx,
    keys: &Keys,
    case: CaseId,
    id: i64,
) -> Result<Option<KeptDocument>, CaseError> {
    tx.row(FIND_DOCUMENT, args![case.get(), id]).await?.as_ref().map(|row| kept_document(row, keys)).transpose()
}

/// Ties a file to the case it was handed in with.
pub(crate) async fn keep_file(tx: &mut Tx, file: FileId, case: CaseId) -> Result<(), DbError> {
    tx.later(INSERT_FILE, args![file.get(), case.get()]).await?;
    Ok(())
}

/// Cases a file was handed in with.
pub(crate) async fn cases_of_file(tx: &mut Tx, file: FileId) -> Result<Vec<CaseId>, DbError> {
    tx.rows(CASES_OF_FILE, args![file.get()]).await?.iter().map(|row| row.id("case_id")).collect()
}

/// Cases for which the platform has something to do by `today`.
pub(crate) async fn waking(tx: &mut Tx, today: Date, limit: i64) -> Result<Vec<CaseId>, DbError> {
    tx.rows(WAKING, args![today, limit]).await?.iter().map(|row| row.id("case_id")).collect()
}
