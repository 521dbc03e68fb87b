//! The only place that knows the tables `certificate_*`.

mod files;
mod life;
mod sql;

use std::str::FromStr;

use db::{DbError, Row, Tx, args};
use kernel::{Date, SubjectId, Timestamp};

pub(crate) use files::*;
pub(crate) use life::*;
pub(crate) use sql::STATEMENTS;

use crate::{CertificateId, CertificateUse, Status};

/// A word column as its enumeration; any other word is a damaged row.
fn word<T: FromStr>(row: &Row, table: &'static str, column: &'static str) -> Result<T, DbError> {
    let word: String = row.get(column)?;
    word.parse().map_err(|_| DbError::corrupt(&format!("{table}.{column}"), format!("{word:?} is no known word")))
}

/// A row, with its sealed fields closed.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) holder: SubjectId,
    pub(crate) id: CertificateId,
    pub(crate) certificate_type: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) serial: String,
    pub(crate) version: i64,
    pub(crate) identifier: String,
    pub(crate) holder_name: String,
    pub(crate) data: String,
    pub(crate) department: String,
    pub(crate) case_number: Option<String>,
    pub(crate) issued_on: Date,
    pub(crate) expires_on: Option<Date>,
    pub(crate) status: Status,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) suspended: Option<(Date, Option<Date>)>,
}

pub(crate) async fn insert(tx: &mut Tx, r: &Record, at: Timestamp) -> Result<(), DbError> {
    tx.exec(
        sql::INSERT,
        args![
            r.holder.get(),
            r.id.get(),
            &r.certificate_type,
            &r.name,
            &r.number,
            &r.serial,
            r.version,
            &r.identifier,
            &r.holder_name,
            &r.data,
            &r.department,
            &r.case_number,
            r.issued_on,
            r.expires_on,
            r.status.as_str(),
            at
        ],
    )
    .await?;
    tx.exec(sql::INSERT_IDENTIFIER, args![&r.identifier, r.holder.get(), r.id.get()]).await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<Option<Record>, DbError> {
    tx.row(sql::FIND, args![holder.get(), id.get()]).await?.map(|row| read(&row)).transpose()
}

pub(crate) async fn effective(tx: &mut Tx, holder: SubjectId) -> Result<Vec<Record>, DbError> {
    tx.rows(sql::EFFECTIVE, args![holder.get()]).await?.iter().map(read).collect()
}

pub(crate) async fn page(tx: &mut Tx, holder: SubjectId, before: i64, limit: i64) -> Result<Vec<Record>, DbError> {
    tx.rows(sql::PAGE, args![holder.get(), before, limit]).await?.iter().map(read).collect()
}

pub(crate) async fn of_case(tx: &mut Tx, holder: SubjectId, case: &str, kind: &str) -> Result<Option<Record>, DbError> {
    tx.row(sql::OF_CASE, args![holder.get(), case, kind]).await?.map(|row| read(&row)).transpose()
}

/// `false`: it has ended meanwhile.
pub(crate) async fn end(
    tx: &mut Tx,
    holder: SubjectId,
    id: CertificateId,
    status: Status,
    at: Timestamp,
    reason: &str,
) -> Result<bool, DbError> {
    Ok(tx.exec(sql::END, args![holder.get(), id.get(), status.as_str(), at, reason]).await? == 1)
}

/// `false`: another holder has this number.
pub(crate) async fn take_number(tx: &mut Tx, key: &str, holder: SubjectId, id: CertificateId) -> Result<bool, DbError> {
    Ok(tx.exec(sql::TAKE_NUMBER, args![key, holder.get(), id.get()]).await? == 1)
}

pub(crate) async fn find_number(tx: &mut Tx, key: &str) -> Result<Option<(SubjectId, CertificateId)>, DbError> {
    let row = tx.row(sql::FIND_NUMBER, args![key]).await?;
    row.map(|row| Ok((row.id("subject_id")?, row.id("certificate_id")?))).transpose()
}

/// `false`: it has ended or is suspended already.
pub(crate) async fn suspend(
    tx: &mut Tx,
    holder: SubjectId,
    id: CertificateId,
    days: (Date, Option<Date>),
    today: Date,
) -> Result<bool, DbError> {
    Ok(tx.exec(sql::SUSPEND, args![holder.get(), id.get(), days.0, days.1, today]).await? == 1)
}

/// `false`: it has ended or is not suspended.
pub(crate) async fn restore(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<bool, DbError> {
    Ok(tx.exec(sql::RESTORE, args![holder.get(), id.get()]).await? == 1)
}

/// All versions of one certificate, newest first.
pub(crate) async fn versions(tx: &mut Tx, holder: SubjectId, kind: &str, serial: &str) -> Result<Vec<Record>, DbError> {
    tx.rows(sql::VERSIONS, args![holder.get(), kind, serial]).await?.iter().map(read).collect()
}

pub(crate) async fn find_identifier(
    tx: &mut Tx,
    identifier: &str,
) -> Result<Option<(SubjectId, CertificateId)>, DbError> {
    let row = tx.row(sql::FIND_IDENTIFIER, args![identifier]).await?;
    row.map(|row| Ok((row.id("subject_id")?, row.id("certificate_id")?))).transpose()
}

/// Numbers of the cases that relied on a certificate.
pub(crate) async fn relied_on(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<Vec<String>, DbError> {
    tx.rows(sql::RELIED_ON, args![holder.get(), id.get()]).await?.iter().map(|row| row.get("case_number")).collect()
}

pub(crate) async fn insert_use(tx: &mut Tx, holder: SubjectId, used: &CertificateUse) -> Result<(), DbError> {
    tx.later(
        sql::INSERT_USE,
        args![
            holder.get(),
            used.id,
            used.certificate.get(),
            used.at,
            &used.used_by,
            &used.department,
            &used.case_number,
            &used.purpose,
            used.kind.as_str(),
            used.ground.map(|ground| ground.as_str()),
            used.consent.map(identity::ConsentId::get),
            &used.certificate_type,
            &used.item,
            &used.outcome
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn uses(
    tx: &mut Tx,
    holder: SubjectId,
    id: CertificateId,
    before: i64,
    limit: i64,
) -> Result<Vec<CertificateUse>, DbError> {
    tx.rows(sql::USES, args![holder.get(), id.get(), before, limit]).await?.iter().map(used).collect()
}

/// Uses of every certificate of a holder, newest first.
pub(crate) async fn uses_of_holder(tx: &mut Tx, holder: SubjectId, limit: i64) -> Result<Vec<CertificateUse>, DbError> {
    tx.rows(sql::USES_OF_HOLDER, args![holder.get(), limit]).await?.iter().map(used).collect()
}

fn used(row: &Row) -> Result<CertificateUse, DbError> {
    Ok(CertificateUse {
        id: row.get("id")?,
        certificate: row.id("certificate_id")?,
        at: row.get("at")?,
        used_by: row.get("used_by")?,
        department: row.get("department")?,
        case_number: row.get("case_number")?,
        purpose: row.get("purpose")?,
        kind: word(row, "certificate_use", "kind")?,
        ground: {
            let word: Option<String> = row.get("ground")?;
            let read = word.map(|word| word.parse()).transpose();
            read.map_err(|error| DbError::corrupt("certificate_use.ground", error))?
        },
        consent: {
            let id: Option<i64> = row.get("consent_id")?;
            id.map(Into::into)
        },
        certificate_type: row.get("certificate_type")?,
        item: row.get("item")?,
        outcome: row.get("outcome")?,
    })
}

fn read(row: &Row) -> Result<Record, DbError> {
    Ok(Record {
        holder: row.id("subject_id")?,
        id: row.id("id")?,
        certificate_type: row.get("certificate_type")?,
        name: row.get("name")?,
        number: row.get("number")?,
        serial: row.get("serial")?,
        version: row.get("version")?,
        identifier: row.get("identifier")?,
        holder_name: row.get("holder_name")?,
        data: row.get("data")?,
        department: row.get("department")?,
        case_number: row.get("case_number")?,
        issued_on: row.get("issued_on")?,
        expires_on: row.get("expires_on")?,
        status: word(row, "certificate_record", "status")?,
        ended_at: row.get("ended_at")?,
        suspended: {
            let (from, to): (Option<Date>, Option<Date>) = (row.get("suspended_from")?, row.get("suspended_to")?);
            from.map(|from| (from, to))
        },
    })
}
