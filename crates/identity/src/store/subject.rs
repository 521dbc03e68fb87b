//! Rows of persons, enterprises, their numbers and mandates.

use db::{DbError, Row, Tx, args};
use kernel::{Date, SubjectId, SubjectKind, Timestamp, identifiers::Sex};

use super::{sql, word, word_or_none};
use crate::domain::{
    document::DocumentKind,
    mandate::{Mandate, MandateRole},
    subject::VerifiedBy,
};

/// A subject as its row holds it: with sealed fields.
#[derive(Debug, Clone)]
pub(crate) struct SubjectRow {
    pub(crate) subject: SubjectId,
    pub(crate) kind: SubjectKind,
    pub(crate) document: DocumentKind,
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) phone: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) birth_date: Option<Date>,
    pub(crate) sex: Option<Sex>,
    pub(crate) region: Option<String>,
    pub(crate) legal_representative: Option<String>,
    pub(crate) level: i64,
    pub(crate) verified_by: VerifiedBy,
    pub(crate) version: i64,
}

pub(crate) async fn add_subject(tx: &mut Tx, s: &SubjectRow, at: Timestamp) -> Result<(), DbError> {
    let args = args![
        s.subject.get(),
        s.kind.as_str(),
        s.document.as_str(),
        &s.number,
        &s.name,
        s.phone.as_deref(),
        s.address.as_deref(),
        s.birth_date,
        s.sex.map(Sex::as_str),
        s.region.as_deref(),
        s.legal_representative.as_deref(),
        s.level,
        s.verified_by.as_str(),
        at
    ];
    tx.exec(sql::ADD_SUBJECT, args).await?;
    Ok(())
}

pub(crate) async fn subject(tx: &mut Tx, subject: SubjectId) -> Result<Option<SubjectRow>, DbError> {
    tx.row(sql::SUBJECT, args![subject.get()]).await?.as_ref().map(subject_of).transpose()
}

pub(crate) async fn subjects_after(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<SubjectRow>, DbError> {
    tx.rows(sql::SUBJECTS_AFTER, args![after, limit]).await?.iter().map(subject_of).collect()
}

/// `false`: somebody changed it meanwhile.
pub(crate) async fn reseal_subject(tx: &mut Tx, s: &SubjectRow) -> Result<bool, DbError> {
    let args = args![s.subject.get(), s.version, &s.number, s.phone.as_deref(), s.address.as_deref()];
    Ok(tx.exec(sql::RESEAL_SUBJECT, args).await? == 1)
}

/// `false`: somebody changed it meanwhile.
pub(crate) async fn set_phone(tx: &mut Tx, subject: SubjectId, version: i64, sealed: &str) -> Result<bool, DbError> {
    Ok(tx.exec(sql::SET_PHONE, args![subject.get(), version, sealed]).await? == 1)
}

fn subject_of(row: &Row) -> Result<SubjectRow, DbError> {
    const TABLE: &str = "identity_subject";
    Ok(SubjectRow {
        subject: row.id("subject_id")?,
        kind: word(row, TABLE, "kind")?,
        document: word(row, TABLE, "document_kind")?,
        number: row.get("document_number")?,
        name: row.get("name")?,
        phone: row.get("phone")?,
        address: row.get("address")?,
        birth_date: row.get("birth_date")?,
        sex: word_or_none(row, TABLE, "sex")?,
        region: row.get("region")?,
        legal_representative: row.get("legal_representative")?,
        level: row.get("level")?,
        verified_by: word(row, TABLE, "verified_by")?,
        version: row.get("version")?,
    })
}

/// `false`: another subject has this number.
pub(crate) async fn add_key(tx: &mut Tx, blind: &str, subject: SubjectId) -> Result<bool, DbError> {
    Ok(tx.row(sql::ADD_KEY, args![blind, subject.get()]).await?.is_some())
}

pub(crate) async fn key(tx: &mut Tx, blind: &str) -> Result<Option<SubjectId>, DbError> {
    tx.row(sql::KEY, args![blind]).await?.map(|row| row.id("subject_id")).transpose()
}

/// `false`: it is there already.
pub(crate) async fn add_mandate(tx: &mut Tx, m: &Mandate) -> Result<bool, DbError> {
    let args = args![m.enterprise.get(), m.person.get(), m.role.as_str(), m.since, m.until];
    Ok(tx.row(sql::ADD_MANDATE, args).await?.is_some())
}

/// `false`: there is no such mandate, or it ended before.
pub(crate) async fn end_mandate(tx: &mut Tx, m: &Mandate, at: Timestamp) -> Result<bool, DbError> {
    let args = args![m.enterprise.get(), m.person.get(), m.role.as_str(), m.since, at];
    Ok(tx.exec(sql::END_MANDATE, args).await? == 1)
}

pub(crate) async fn mandates(tx: &mut Tx, enterprise: SubjectId) -> Result<Vec<Mandate>, DbError> {
    tx.rows(sql::MANDATES, args![enterprise.get()]).await?.iter().map(mandate_of).collect()
}

pub(crate) async fn mandates_of(
    tx: &mut Tx,
    enterprise: SubjectId,
    person: SubjectId,
) -> Result<Vec<Mandate>, DbError> {
    tx.rows(sql::MANDATES_OF, args![enterprise.get(), person.get()]).await?.iter().map(mandate_of).collect()
}

/// Mandates of one person, for whichever enterprise.
pub(crate) async fn mandates_for(tx: &mut Tx, person: SubjectId) -> Result<Vec<Mandate>, DbError> {
    tx.rows(sql::MANDATES_FOR, args![person.get()]).await?.iter().map(mandate_of).collect()
}

fn mandate_of(row: &Row) -> Result<Mandate, DbError> {
    let role: MandateRole = word(row, "identity_mandate", "role")?;
    let since: Option<Date> = row.get("since")?;
    Ok(Mandate {
        enterprise: row.id("subject_id")?,
        person: row.id("person_id")?,
        role,
        since: since.ok_or_else(|| DbError::corrupt("identity_mandate.since", "it is empty"))?,
        until: row.get("until")?,
    })
}
