//! The steps: issue, look up, use, end.

use std::collections::BTreeMap;

use audit::Entry;
use db::{Db, Tx, counter};
use gm::Keys;
use identity::{Identity, Subject};
use kernel::{Act, Actor, Clock, Date, Role, SubjectId, city_date};
use serde_json::json;
use vocab::{CertificateType, Vocabulary};

use crate::{
    Certificate, CertificateError, CertificateId, CertificateUse, Codes, ENDED, ISSUED, NewCertificate, Status,
    domain::{
        certificate::{check, replaces},
        validity::{RESIDENT_ID, last_day},
    },
    store::{self, Record},
};

/// Types whose number is the holder's citizen number.
const CITIZEN_NUMBERED: &[&str] = &[RESIDENT_ID, "social-security-card"];
/// Types whose number is the holder's credit code.
const USCC_NUMBERED: &[&str] =
    &["business-licence", "private-nonprofit-certificate", "social-organisation-certificate"];

/// The certificate library. Cheap to clone.
#[derive(Clone)]
pub struct Certificates {
    db: Db,
    clock: Clock,
    keys: Keys,
    vocabulary: Vocabulary,
    identity: Identity,
    codes: Codes,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Certificates {
    /// The library over a database, with synthetic codes in the identifiers of new certificates.
    #[must_use]
    pub fn new(db: Db, clock: Clock, keys: Keys, vocabulary: Vocabulary) -> Self {
        let identity = Identity::new(db.clone(), clock.clone(), keys.clone());
        let codes = Codes::synthetic(&vocabulary);
        Self { db, clock, keys, vocabulary, identity, codes }
    }

    /// The same library with a city's registered codes.
    #[must_use]
    pub fn with_codes(self, codes: Codes) -> Self {
        Self { codes, ..self }
    }

    /// The database, for handlers.
    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// The clock, for handlers.
    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The vocabulary, for handlers.
    pub(crate) const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Issues a certificate; one of the same holder, type and thing that is still effective is superseded by a new
    /// version of it, in the same moment. A case that asks again gets what it got.
    ///
    /// # Errors
    /// [`CertificateError::Invalid`] when the data do not fit the type,
    /// [`CertificateError::NumberTaken`], and [`CertificateError::Stale`] when the earlier one was ended meanwhile.
    pub async fn issue(&self, act: &Act, tx: &mut Tx, new: &NewCertificate) -> Result<Certificate, CertificateError> {
        let kind = self.kind(&new.certificate_type)?;
        if self.vocabulary.department(&new.department).is_none() {
            return Err(CertificateError::UnknownDepartment(new.department.clone()));
        }
        if let Some(case) = &new.case_number
            && let Some(there) = store::of_case(tx, new.holder, case, &kind.key).await?
        {
            return self.open(there);
        }
        let faults = check(kind, new);
        if !faults.is_empty() {
            return Err(CertificateError::Invalid(faults));
        }
        let holder = self.identity.subject(tx, new.holder).await?;
        let age = age_on_issue(&holder, new);
        let expires_on = last_day(kind, new.issued_on, age).map_err(|_| CertificateError::BirthDateUnknown)?;
        let earlier = self.earlier(tx, kind, new).await?;
        if let Some(earlier) = &earlier {
            self.end_record(act, tx, earlier, Status::Superseded, "换发").await?;
        }
        // The counter's row is held until the transaction ends, so it comes after everything that may wait.
        let (number, serial, version) = match &earlier {
            Some(earlier) => (earlier.number.clone(), earlier.serial.clone(), earlier.version + 1),
            None => {
                let (made, serial) = self.next_number(tx, kind, new.issued_on).await?;
                (own_number(kind, &holder).unwrap_or(made), serial, 1)
            }
        };
        let identifier = self
            .codes
            .identifier(&kind.key, &new.department, &serial, version)
            .ok_or_else(|| CertificateError::UnknownType(kind.key.clone()))?;
        let certificate = Certificate {
            id: CertificateId::fresh(act.at),
            holder: new.holder,
            holder_name: holder.name,
            certificate_type: kind.key.clone(),
            name: new.name.trim().to_owned(),
            number,
            version,
            identifier: identifier.as_str().to_owned(),
            data: new.data.clone(),
            department: new.department.clone(),
            case_number: new.case_number.clone(),
            issued_on: new.issued_on,
            expires_on,
            decided: Status::Effective,
            ended_at: None,
            serial,
        };
        if !store::take_number(tx, &self.number_key(&kind.key, &certificate.number), new.holder, certificate.id).await?
        {
            return Err(CertificateError::NumberTaken);
        }
        store::insert(tx, &self.seal(&certificate), act.at).await?;
        audit::record(act, tx, Entry::new("certificates.issued", &object(certificate.id)).with(facts(&certificate)))
            .await?;
        tx.tell(new.holder.get(), ISSUED, &facts(&certificate), act.at).await?;
        Ok(certificate)
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

    /// Uses a certificate for a case: it must be valid on the day of the act, and the use is recorded for its holder and
    /// in the audit trail (one use, one record). `purpose` is the material it stands in for, or words.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`] and [`CertificateError::NotUsable`].
    pub async fn use_for(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        case_number: &str,
        purpose: &str,
    ) -> Result<Certificate, CertificateError> {
        let certificate = self.find(tx, holder, id).await?;
        let status = certificate.status_on(city_date(act.at));
        if status != Status::Effective {
            return Err(CertificateError::NotUsable { id, status });
        }
        let used_by = match &act.actor {
            Actor::Person { .. } | Actor::Agent { .. } | Actor::Stranger => "holder",
            Actor::Staff { .. } => "staff",
            Actor::System => "system",
        };
        let used = CertificateUse {
            id: kernel::next_id(act.at),
            certificate: id,
            at: act.at,
            used_by: used_by.to_owned(),
            department: act.department().map(str::to_owned),
            case_number: case_number.to_owned(),
            purpose: purpose.to_owned(),
        };
        store::insert_use(tx, holder, &used).await?;
        let detail = json!({
            "certificate_type": certificate.certificate_type, "case_number": case_number, "purpose": purpose,
        });
        audit::record(act, tx, Entry::new("certificates.used", &object(id)).with(detail)).await?;
        Ok(certificate)
    }

    /// Who used a certificate, newest first, with places below `before`.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`] when it is not this holder's.
    pub async fn uses(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<CertificateUse>, CertificateError> {
        if store::find(tx, holder, id).await?.is_none() {
            return Err(CertificateError::NotFound(id));
        }
        Ok(store::uses(tx, holder, id, before.unwrap_or(i64::MAX), limit).await?)
    }

    /// Annuls a certificate that should not have been granted (撤销, 行政许可法 第六十九条).
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`], [`CertificateError::NotFound`], and [`CertificateError::NotUsable`] when it has
    /// ended already.
    pub async fn annul(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        reason: &str,
    ) -> Result<Certificate, CertificateError> {
        self.end(act, tx, holder, id, Status::Annulled, reason).await
    }

    /// Cancels a certificate: not renewed, the holder gone, or impossible to use (注销, 行政许可法 第七十条).
    ///
    /// # Errors
    /// As [`Certificates::annul`].
    pub async fn cancel(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        reason: &str,
    ) -> Result<Certificate, CertificateError> {
        self.end(act, tx, holder, id, Status::Cancelled, reason).await
    }

    async fn end(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        status: Status,
        reason: &str,
    ) -> Result<Certificate, CertificateError> {
        let issuer = act.is(Role::Approver) || act.is(Role::CertificateClerk);
        if !(issuer || matches!(act.actor, Actor::System)) {
            return Err(CertificateError::NotAllowed);
        }
        let certificate = self.find(tx, holder, id).await?;
        // A department ends what it issued itself.
        if act.department().is_some_and(|department| department != certificate.department) {
            return Err(CertificateError::NotAllowed);
        }
        if certificate.decided != Status::Effective {
            return Err(CertificateError::NotUsable { id, status: certificate.decided });
        }
        self.end_record(act, tx, &certificate, status, reason).await?;
        Ok(Certificate { decided: status, ended_at: Some(act.at), ..certificate })
    }

    async fn end_record(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        status: Status,
        reason: &str,
    ) -> Result<(), CertificateError> {
        if !store::end(tx, certificate.holder, certificate.id, status, act.at, reason).await? {
            return Err(CertificateError::Stale(certificate.id));
        }
        let mut told = facts(certificate);
        told["status"] = json!(status);
        let object = object(certificate.id);
        let entry = Entry { reason: Some(reason), ..Entry::new("certificates.ended", &object) };
        audit::record(act, tx, entry.with(told.clone())).await?;
        tx.tell(certificate.holder.get(), ENDED, &told, act.at).await?;
        Ok(())
    }

    fn kind(&self, key: &str) -> Result<&CertificateType, CertificateError> {
        self.vocabulary.certificate_type(key).ok_or_else(|| CertificateError::UnknownType(key.to_owned()))
    }

    /// The effective certificate that a new one takes the place of.
    async fn earlier(
        &self,
        tx: &mut Tx,
        kind: &CertificateType,
        new: &NewCertificate,
    ) -> Result<Option<Certificate>, CertificateError> {
        for record in store::effective(tx, new.holder).await? {
            if record.certificate_type != kind.key {
                continue;
            }
            let certificate = self.open(record)?;
            if replaces(kind, &new.data, &certificate.data) {
                return Ok(Some(certificate));
            }
        }
        Ok(None)
    }

    /// The next number of this type and year, and the serial part of its identifier.
    async fn next_number(
        &self,
        tx: &mut Tx,
        kind: &CertificateType,
        issued_on: Date,
    ) -> Result<(String, String), CertificateError> {
        let (year, code) = (issued_on.year(), self.codes.type_number(&kind.key));
        let code = code.ok_or_else(|| CertificateError::UnknownType(kind.key.clone()))?;
        let next = counter::next(tx, &format!("certificate:{}:{year}", kind.key)).await?;
        Ok((format!("5201-{code}-{year}-{next:06}"), format!("{year}{code}{next:06}")))
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
        }
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

/// The number that the law gives the certificate: the holder's own.
fn own_number(kind: &CertificateType, holder: &Subject) -> Option<String> {
    if CITIZEN_NUMBERED.contains(&kind.key.as_str()) {
        holder.id_number().map(str::to_owned)
    } else if USCC_NUMBERED.contains(&kind.key.as_str()) {
        holder.uscc().map(str::to_owned)
    } else {
        None
    }
}

/// Age on the day of issue: by the registered day of birth, else by that among the data.
fn age_on_issue(holder: &Subject, new: &NewCertificate) -> Option<i64> {
    let born = || new.data.get("birth_date")?.parse::<Date>().ok();
    let mut holder = holder.clone();
    holder.birth_date = holder.birth_date.or_else(born);
    holder.age_on(new.issued_on)
}
