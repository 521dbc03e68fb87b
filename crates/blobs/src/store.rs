//! The only place that knows the table `blob_file`.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, FileId, SubjectId, Timestamp};

use crate::domain::{MediaType, Origin, State};

db::statements! {
    /// A new file.
    INSERT = "INSERT INTO blob_file (id, account_id, subject_id, origin, name, media_type, size, sm3, state, reason, at, gone) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE)";
    /// One file.
    FIND = "SELECT id, account_id, subject_id, origin, name, media_type, size, sm3, state, at FROM blob_file WHERE id = $1";
    /// Something refers to it from now on.
    ATTACH = "UPDATE blob_file SET state = 'used', used_at = coalesce(used_at, $2) \
        WHERE id = $1 AND state IN ('stored', 'used')";
    /// Nothing refers to it any more.
    RELEASE = "UPDATE blob_file SET state = 'stored', used_at = NULL WHERE id = $1 AND state = 'used'";
    /// Files of a state that are older than an instant.
    OLDER = "SELECT id, at FROM blob_file WHERE state = $1 AND gone = FALSE AND at < $2 ORDER BY at, id LIMIT $3";
    /// Gives up the bytes, unless its state has changed meanwhile.
    REMOVE = "UPDATE blob_file SET state = 'removed', name = '', removed_at = $3 WHERE id = $1 AND state = $2";
    /// The bytes are gone.
    GONE = "UPDATE blob_file SET gone = TRUE WHERE id = $1 AND state = 'removed'";
}

/// A row, with its name still sealed.
#[derive(Debug, Clone)]
pub(crate) struct FileRow {
    pub(crate) id: FileId,
    pub(crate) account: Option<AccountId>,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) origin: Origin,
    pub(crate) name: String,
    pub(crate) media_type: MediaType,
    pub(crate) size: i64,
    pub(crate) sm3: String,
    pub(crate) state: State,
    pub(crate) reason: Option<&'static str>,
    pub(crate) at: Timestamp,
}

pub(crate) async fn insert(tx: &mut Tx, row: &FileRow) -> Result<(), DbError> {
    tx.exec(
        INSERT,
        args![
            row.id.get(),
            row.account.map(AccountId::get),
            row.subject.map(SubjectId::get),
            row.origin.as_str(),
            &row.name,
            row.media_type.as_str(),
            row.size,
            &row.sm3,
            row.state.as_str(),
            row.reason,
            row.at
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: FileId) -> Result<Option<FileRow>, DbError> {
    let found = tx.row(FIND, args![id.get()]).await?;
    found.map(|row| read(&row)).transpose()
}

/// `false`: there is no such file to refer to.
pub(crate) async fn attach(tx: &mut Tx, id: FileId, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.exec(ATTACH, args![id.get(), now]).await? == 1)
}

pub(crate) async fn release(tx: &mut Tx, id: FileId) -> Result<(), DbError> {
    tx.exec(RELEASE, args![id.get()]).await?;
    Ok(())
}

pub(crate) async fn older(
    tx: &mut Tx,
    state: State,
    than: Timestamp,
    limit: i64,
) -> Result<Vec<(FileId, Timestamp)>, DbError> {
    let rows = tx.rows(OLDER, args![state.as_str(), than, limit]).await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.get("at")?))).collect()
}

/// `false`: its state is no longer `state`.
pub(crate) async fn remove(tx: &mut Tx, id: FileId, state: State, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.exec(REMOVE, args![id.get(), state.as_str(), now]).await? == 1)
}

pub(crate) async fn gone(tx: &mut Tx, id: FileId) -> Result<(), DbError> {
    tx.exec(GONE, args![id.get()]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<FileRow, DbError> {
    Ok(FileRow {
        id: row.id("id")?,
        account: row.get::<Option<i64>>("account_id")?.map(AccountId::from),
        subject: row.get::<Option<i64>>("subject_id")?.map(SubjectId::from),
        origin: word(row, "origin")?,
        name: row.get("name")?,
        media_type: word(row, "media_type")?,
        size: row.get("size")?,
        sm3: row.get("sm3")?,
        state: word(row, "state")?,
        reason: None,
        at: row.get("at")?,
    })
}

fn word<T: std::str::FromStr<Err = kernel::ParseWordError>>(row: &Row, column: &'static str) -> Result<T, DbError> {
    row.get::<String>(column)?.parse().map_err(|e: kernel::ParseWordError| DbError::corrupt(column, e))
}
