//! The only place that knows the tables `certificate_*`.

use db::{DbError, Row, Tx, args};
use kernel::{Date, SubjectId, Timestamp};

use crate::{CertificateId, CertificateUse, Status};

db::statements! {
    /// A new version of a certificate.
    INSERT = "INSERT INTO certificate_record (subject_id, id, certificate_type, name, number, serial, version, identifier, \
        holder_name, data, department, case_number, issued_on, expires_on, status, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// One certificate of a holder.
    FIND = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at \
        FROM certificate_record WHERE subject_id = $1 AND id = $2";
    /// Effective certificates of a holder.
    EFFECTIVE = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at \
        FROM certificate_record WHERE subject_id = $1 AND status = 'effective' \
        ORDER BY certificate_type, issued_on DESC, id DESC";
    /// All certificates of a holder, newest first, a page of them.
    PAGE = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at \
        FROM certificate_record WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// What a case has issued already.
    OF_CASE = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at \
        FROM certificate_record WHERE subject_id = $1 AND case_number = $2 AND certificate_type = $3";
    /// Ends an effective certificate; no row changed means it has ended meanwhile.
    END = "UPDATE certificate_record SET status = $3, ended_at = $4, ended_reason = $5 \
        WHERE subject_id = $1 AND id = $2 AND status = 'effective'";
    /// Gives a number to a holder's certificate; no row changed means that another holder has it.
    TAKE_NUMBER = "INSERT INTO certificate_number (number_key, subject_id, certificate_id) VALUES ($1, $2, $3) \
        ON CONFLICT (number_key) DO UPDATE SET certificate_id = excluded.certificate_id \
        WHERE certificate_number.subject_id = excluded.subject_id";
    /// Whose a number is.
    FIND_NUMBER = "SELECT subject_id, certificate_id FROM certificate_number WHERE number_key = $1";
    /// A use.
    INSERT_USE = "INSERT INTO certificate_use (subject_id, id, certificate_id, at, used_by, department, case_number, purpose) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Uses of a certificate, newest first, a page of them.
    USES = "SELECT id, certificate_id, at, used_by, department, case_number, purpose FROM certificate_use \
        WHERE subject_id = $1 AND certificate_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
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
}

pub(crate) async fn insert(tx: &mut Tx, r: &Record, at: Timestamp) -> Result<(), DbError> {
    tx.exec(
        INSERT,
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
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<Option<Record>, DbError> {
    tx.row(FIND, args![holder.get(), id.get()]).await?.map(|row| read(&row)).transpose()
}

pub(crate) async fn effective(tx: &mut Tx, holder: SubjectId) -> Result<Vec<Record>, DbError> {
    tx.rows(EFFECTIVE, args![holder.get()]).await?.iter().map(read).collect()
}

pub(crate) async fn page(tx: &mut Tx, holder: SubjectId, before: i64, limit: i64) -> Result<Vec<Record>, DbError> {
    tx.rows(PAGE, args![holder.get(), before, limit]).await?.iter().map(read).collect()
}

pub(crate) async fn of_case(tx: &mut Tx, holder: SubjectId, case: &str, kind: &str) -> Result<Option<Record>, DbError> {
    tx.row(OF_CASE, args![holder.get(), case, kind]).await?.map(|row| read(&row)).transpose()
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
    Ok(tx.exec(END, args![holder.get(), id.get(), status.as_str(), at, reason]).await? == 1)
}

/// `false`: another holder has this number.
pub(crate) async fn take_number(tx: &mut Tx, key: &str, holder: SubjectId, id: CertificateId) -> Result<bool, DbError> {
    Ok(tx.exec(TAKE_NUMBER, args![key, holder.get(), id.get()]).await? == 1)
}

pub(crate) async fn find_number(tx: &mut Tx, key: &str) -> Result<Option<(SubjectId, CertificateId)>, DbError> {
    let row = tx.row(FIND_NUMBER, args![key]).await?;
    row.map(|row| Ok((row.id("subject_id")?, row.id("certificate_id")?))).transpose()
}

pub(crate) async fn insert_use(tx: &mut Tx, holder: SubjectId, used: &CertificateUse) -> Result<(), DbError> {
    tx.later(
        INSERT_USE,
        args![
            holder.get(),
            used.id,
            used.certificate.get(),
            used.at,
            &used.used_by,
            &used.department,
            &used.case_number,
            &used.purpose
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
    let rows = tx.rows(USES, args![holder.get(), id.get(), before, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(CertificateUse {
                id: row.get("id")?,
                certificate: row.id("certificate_id")?,
                at: row.get("at")?,
                used_by: row.get("used_by")?,
                department: row.get("department")?,
                case_number: row.get("case_number")?,
                purpose: row.get("purpose")?,
            })
        })
        .collect()
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
        status: row
            .get::<String>("status")?
            .parse()
            .map_err(|error| DbError::corrupt("certificate_record.status", error))?,
        ended_at: row.get("ended_at")?,
    })
}
