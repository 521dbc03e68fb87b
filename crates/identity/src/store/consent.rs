//! Rows of consents.

use db::{DbError, Row, Tx, args};
use kernel::{Date, SubjectId, Timestamp};

use super::{sql, word};
use crate::domain::consent::{Consent, ConsentId, ConsentStatus, NewConsent};

fn list(text: &str, column: &str) -> Result<Vec<String>, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::corrupt(column, error))
}

fn consent_of(row: &Row) -> Result<Consent, DbError> {
    let types: String = row.get("certificate_types")?;
    let fields: String = row.get("fields")?;
    let until: Option<Date> = row.get("until")?;
    let account: Option<i64> = row.get("account_id")?;
    Ok(Consent {
        id: row.id("id")?,
        given: NewConsent {
            grantor: row.id("subject_id")?,
            grantee: row.get("grantee")?,
            certificate_types: list(&types, "identity_consent.certificate_types")?,
            fields: list(&fields, "identity_consent.fields")?,
            purpose: row.get("purpose")?,
            purpose_name: row.get("purpose_name")?,
            case_number: row.get("case_number")?,
            scope: word(row, "identity_consent", "scope")?,
            until,
            method: word(row, "identity_consent", "method")?,
            text_version: row.get("text_version")?,
        },
        granted_at: row.get("granted_at")?,
        account: account.map(Into::into),
        decided: word(row, "identity_consent", "status")?,
        ended_at: row.get("ended_at")?,
    })
}

pub(crate) async fn add_consent(tx: &mut Tx, c: &Consent) -> Result<(), DbError> {
    let g = &c.given;
    let args = args![
        g.grantor.get(),
        c.id.get(),
        &g.grantee,
        serde_json::json!(g.certificate_types).to_string(),
        serde_json::json!(g.fields).to_string(),
        &g.purpose,
        &g.purpose_name,
        &g.case_number,
        g.scope.as_str(),
        g.until,
        c.granted_at,
        g.method.as_str(),
        c.account.map(|account| account.get()),
        &g.text_version,
        c.decided.as_str()
    ];
    tx.later(sql::ADD_CONSENT, args).await?;
    Ok(())
}

pub(crate) async fn consent(tx: &mut Tx, subject: SubjectId, id: ConsentId) -> Result<Option<Consent>, DbError> {
    tx.row(sql::CONSENT, args![subject.get(), id.get()]).await?.as_ref().map(consent_of).transpose()
}

pub(crate) async fn consents(
    tx: &mut Tx,
    subject: SubjectId,
    before: i64,
    limit: i64,
) -> Result<Vec<Consent>, DbError> {
    tx.rows(sql::CONSENTS, args![subject.get(), before, limit]).await?.iter().map(consent_of).collect()
}

pub(crate) async fn active_consents(tx: &mut Tx, subject: SubjectId, grantee: &str) -> Result<Vec<Consent>, DbError> {
    tx.rows(sql::ACTIVE_CONSENTS, args![subject.get(), grantee]).await?.iter().map(consent_of).collect()
}

/// `false`: it did not hold any more.
pub(crate) async fn end_consent(
    tx: &mut Tx,
    subject: SubjectId,
    id: ConsentId,
    status: ConsentStatus,
    at: Timestamp,
) -> Result<bool, DbError> {
    Ok(tx.exec(sql::END_CONSENT, args![subject.get(), id.get(), status.as_str(), at]).await? == 1)
}

pub(crate) async fn close_consents(tx: &mut Tx, subject: SubjectId, case: &str, at: Timestamp) -> Result<u64, DbError> {
    tx.exec(sql::CLOSE_CONSENTS, args![subject.get(), case, at]).await
}
