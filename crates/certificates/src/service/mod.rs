//! The steps: issue, look up, use, change, end, correct.

mod changes;
mod desk;
mod files;
mod issuing;
mod reports;
mod uses;

use std::collections::BTreeMap;

use db::{Db, Tx};
use gm::Keys;
use identity::Identity;
use kernel::{Act, Clock, Date, Role, SubjectId};
use serde_json::json;
use settings::Settings;
use vocab::{CertificateType, Vocabulary};

use crate::{
    Certificate, CertificateError, CertificateId, Codes,
    store::{self, Record},
};

pub use changes::Ordered;
pub use desk::{Looked, Search};
pub use files::PublicView;

/// Who of an issuing body works on its certificates.
pub const CLERKS: &[Role] = &[Role::CertificateClerk, Role::Approver];

/// The certificate library. Cheap to clone.
#[derive(Clone)]
pub struct Certificates {
    db: Db,
    clock: Clock,
    keys: Keys,
    vocabulary: Vocabulary,
    identity: Identity,
    settings: Settings,
    codes: Codes,
    press: Option<files::Press>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Certificates {
    /// The library over a database, with synthetic codes in the identifiers of new certificates.
    #[must_use]
    pub fn new(db: Db, clock: Clock, keys: Keys, vocabulary: Vocabulary, settings: Settings) -> Self {
        let identity = Identity::new(db.clone(), clock.clone(), keys.clone());
        let codes = Codes::synthetic(&vocabulary);
        Self { db, clock, keys, vocabulary, identity, settings, codes, press: None }
    }

    /// The same library with a city's registered codes.
    #[must_use]
    pub fn with_codes(self, codes: Codes) -> Self {
        Self { codes, ..self }
    }

    /// The database, for handlers.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// The clock, for handlers.
    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Types and departments.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The effective certificates of a holder, by type and newest first. Those whose time is over on `today` are among
    /// them, so that rules can say "expired" instead of "none": ask [`Certificate::valid_on`].
    ///
    /// # Errors
    /// When the database fails or a field was changed in it.
    pub async fn held(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        today: Date,
    ) -> Result<Vec<Certificate>, CertificateError> {
        let mut held: Vec<Certificate> =
            store::effective(tx, holder).await?.into_iter().map(|r| self.open(r)).collect::<Result<_, _>>()?;
        // Within a type a valid one comes before an expired one.
        held.sort_by_key(|c| (c.certificate_type.clone(), !c.valid_on(today)));
        Ok(held)
    }

    /// One certificate of a holder, whatever its status.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`], also when it is another holder's.
    pub async fn find(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Certificate, CertificateError> {
        self.open(store::find(tx, holder, id).await?.ok_or(CertificateError::NotFound(id))?)
    }

    /// The newest version of the certificate with this type and number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_by_number(
        &self,
        tx: &mut Tx,
        certificate_type: &str,
        number: &str,
    ) -> Result<Option<Certificate>, CertificateError> {
        let key = self.number_key(certificate_type, number.trim());
        let Some((holder, id)) = store::find_number(tx, &key).await? else { return Ok(None) };
        self.find(tx, holder, id).await.map(Some)
    }

    /// A holder's certificates of every status, newest first, with ids below `before`.
    ///
    /// # Errors
    /// When the database fails or a field was changed in it.
    pub async fn all(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        before: Option<CertificateId>,
        limit: i64,
    ) -> Result<Vec<Certificate>, CertificateError> {
        let before = before.map_or(i64::MAX, CertificateId::get);
        store::page(tx, holder, before, limit).await?.into_iter().map(|r| self.open(r)).collect()
    }

    fn kind(&self, key: &str) -> Result<&CertificateType, CertificateError> {
        self.vocabulary.certificate_type(key).ok_or_else(|| CertificateError::UnknownType(key.to_owned()))
    }

    fn number_key(&self, certificate_type: &str, number: &str) -> String {
        self.keys.blind("certificate-number", &format!("{certificate_type}:{number}"))
    }

    fn seal(&self, c: &Certificate) -> Record {
        let sealed = |field: &str, plain: &str| self.keys.seal(&aad(field, c.id), plain.as_bytes());
        Record {
            holder: c.holder,
            id: c.id,
            certificate_type: c.certificate_type.clone(),
            name: c.name.clone(),
            number: sealed("number", &c.number),
            serial: c.serial.clone(),
            version: c.version,
            identifier: c.identifier.clone(),
            holder_name: sealed("holder_name", &c.holder_name),
            data: sealed("data", &json!(c.data).to_string()),
            department: c.department.clone(),
            case_number: c.case_number.clone(),
            issued_on: c.issued_on,
            expires_on: c.expires_on,
            status: c.decided,
            ended_at: c.ended_at,
            suspended: c.suspended,
        }
    }

    /// The department of a clerk of certificates.
    fn clerk<'a>(&self, act: &'a Act) -> Result<&'a str, CertificateError> {
        let department = act.department().filter(|_| CLERKS.iter().any(|role| act.is(*role)));
        department.ok_or(CertificateError::NotAllowed)
    }

    /// The issuing body's own certificate, for a clerk of it.
    async fn own(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Certificate, CertificateError> {
        let department = self.clerk(act)?;
        let certificate = self.find(tx, holder, id).await?;
        // A department works on what it issued itself; of others it is not told that they are there.
        if certificate.department == department { Ok(certificate) } else { Err(CertificateError::NotFound(id)) }
    }

    fn seal_words(&self, what: &str, id: i64, words: &str) -> String {
        self.keys.seal(&format!("{what}:{id}"), words.as_bytes())
    }

    fn open_words(&self, what: &str, id: i64, of: CertificateId, sealed: &str) -> Result<String, CertificateError> {
        self.keys.open_text(&format!("{what}:{id}"), sealed).map_err(|error| CertificateError::Sealed(of, error))
    }

    fn open(&self, r: Record) -> Result<Certificate, CertificateError> {
        let opened = |field: &str, sealed: &str| {
            self.keys.open_text(&aad(field, r.id), sealed).map_err(|error| CertificateError::Sealed(r.id, error))
        };
        let (number, holder_name) = (opened("number", &r.number)?, opened("holder_name", &r.holder_name)?);
        let data: BTreeMap<String, String> = serde_json::from_str(&opened("data", &r.data)?)
            .map_err(|error| db::DbError::corrupt("certificate_record.data", error))?;
        Ok(Certificate {
            id: r.id,
            holder: r.holder,
            holder_name,
            certificate_type: r.certificate_type,
            name: r.name,
            number,
            version: r.version,
            identifier: r.identifier,
            data,
            department: r.department,
            case_number: r.case_number,
            issued_on: r.issued_on,
            expires_on: r.expires_on,
            decided: r.status,
            ended_at: r.ended_at,
            suspended: r.suspended,
            serial: r.serial,
        })
    }
}

/// What a sealed field is bound to, so that it cannot be moved to another row.
fn aad(field: &str, id: CertificateId) -> String {
    format!("certificate_record.{field}:{id}")
}

fn object(id: CertificateId) -> String {
    format!("certificate:{id}")
}

/// What others are told: nothing personal.
fn facts(c: &Certificate) -> serde_json::Value {
    json!({
        "id": c.id, "subject_id": c.holder, "certificate_type": c.certificate_type, "version": c.version,
        "case_number": c.case_number,
    })
}
