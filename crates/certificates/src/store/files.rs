//! Rows of sealed documents.

use db::{DbError, Row, Tx, args};
use kernel::{FileId, SubjectId, Timestamp};

use super::{sql, word};
use crate::{CertificateFile, CertificateId};

/// A document that is to be made.
pub(crate) async fn expect(tx: &mut Tx, holder: SubjectId, id: CertificateId, at: Timestamp) -> Result<(), DbError> {
    tx.later(sql::EXPECT_FILE, args![holder.get(), id.get(), at]).await
}

pub(crate) async fn file(
    tx: &mut Tx,
    holder: SubjectId,
    id: CertificateId,
) -> Result<Option<CertificateFile>, DbError> {
    tx.row(sql::FILE, args![holder.get(), id.get()]).await?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<CertificateFile, DbError> {
    Ok(CertificateFile {
        state: word(row, "certificate_file", "state")?,
        file: row.get::<Option<i64>>("file_id")?.map(FileId::from),
        digest: row.get("digest")?,
        sealed_at: row.get("sealed_at")?,
        waits_for: row.get("waits_for")?,
    })
}

/// Documents that wait and are due at `at`.
pub(crate) async fn waiting(
    tx: &mut Tx,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<(SubjectId, CertificateId)>, DbError> {
    let rows = tx.rows(sql::WAITING_FILES, args![at, limit]).await?;
    rows.iter().map(|row| Ok((row.id("subject_id")?, row.id("certificate_id")?))).collect()
}

/// What sealing brought forth.
pub(crate) struct SealedFile<'a> {
    pub(crate) file: FileId,
    pub(crate) digest: &'a str,
    pub(crate) seal: i64,
    pub(crate) at: Timestamp,
}

/// `false`: it is sealed or dropped already.
pub(crate) async fn sealed(
    tx: &mut Tx,
    holder: SubjectId,
    id: CertificateId,
    of: &SealedFile<'_>,
) -> Result<bool, DbError> {
    let args = args![holder.get(), id.get(), of.file.get(), of.digest, of.seal, of.at];
    Ok(tx.exec(sql::SEALED_FILE, args).await? == 1)
}

pub(crate) async fn seal_use(tx: &mut Tx, holder: SubjectId, id: CertificateId, seq: i64) -> Result<(), DbError> {
    tx.exec(sql::FILE_USE, args![holder.get(), id.get(), seq]).await?;
    Ok(())
}

pub(crate) async fn drop_file(tx: &mut Tx, holder: SubjectId, id: CertificateId, at: Timestamp) -> Result<(), DbError> {
    tx.exec(sql::DROP_FILE, args![holder.get(), id.get(), at]).await?;
    Ok(())
}

/// Tries again from `due` on.
pub(crate) async fn postpone(
    tx: &mut Tx,
    holder: SubjectId,
    id: CertificateId,
    waits_for: &str,
    due: Timestamp,
) -> Result<(), DbError> {
    tx.exec(sql::POSTPONE_FILE, args![holder.get(), id.get(), waits_for, due]).await?;
    Ok(())
}
