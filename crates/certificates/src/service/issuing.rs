//! Issuing: first versions, and new ones that take the place of old ones.

use audit::Entry;
use db::{Tx, counter};
use identity::Subject;
use kernel::{Act, Date, SubjectId, city_date};
use vocab::CertificateType;

use super::{Certificates, facts, object};
use crate::{
    Certificate, CertificateError, CertificateId, ChangeKind, ISSUED, NewCertificate, Reissue, ReissueKind, Status,
    domain::{
        certificate::{check, replaces},
        validity::{RESIDENT_ID, last_day},
    },
    store,
};

/// Types whose number is the holder's citizen number.
const CITIZEN_NUMBERED: &[&str] = &[RESIDENT_ID, "social-security-card"];
/// Types whose number is the holder's credit code.
const USCC_NUMBERED: &[&str] =
    &["business-licence", "private-nonprofit-certificate", "social-organisation-certificate"];

impl Certificates {
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
        let change = if earlier.is_some() { ChangeKind::Renewed } else { ChangeKind::Issued };
        self.make(act, tx, kind, holder, new, expires_on, earlier.as_ref(), change, None).await
    }

    /// Makes a new version that takes the place of the present one in the same moment: 变更, 换发, 补发. Number and serial
    /// stay, the version goes up. A change and a replacement keep the last day, a renewal begins a new period.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`] for all but clerks of the issuing body, [`CertificateError::NotUsable`] when it has
    /// ended or is suspended, [`CertificateError::Invalid`] when the data do not fit the type or the kind.
    pub async fn reissue(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        asked: &Reissue,
    ) -> Result<Certificate, CertificateError> {
        let old = self.own(act, tx, holder, id).await?;
        let today = city_date(act.at);
        match old.status_on(today) {
            Status::Effective => {}
            // What is over can be renewed, never changed.
            Status::Expired if asked.kind == ReissueKind::Renewed => {}
            status => return Err(CertificateError::NotUsable { id, status }),
        }
        let kind = self.kind(&old.certificate_type)?;
        let mut data = old.data.clone();
        data.extend(asked.data.iter().map(|(field, value)| (field.clone(), value.trim().to_owned())));
        data.retain(|_, value| !value.is_empty());
        let new = NewCertificate {
            holder,
            certificate_type: old.certificate_type.clone(),
            name: old.name.clone(),
            data,
            issued_on: today,
            case_number: None,
            department: old.department.clone(),
        };
        let mut faults = check(kind, &new);
        let changes = new.data != old.data;
        let fault = |pointer: &str, text: &str| kernel::Fault::new(pointer, "required", text);
        if !(4..=500).contains(&asked.reason.trim().chars().count()) {
            faults.push(fault("/reason", "请写明理由，4 至 500 个字。"));
        }
        match asked.kind {
            ReissueKind::Changed if !changes => faults.push(fault("/data", "没有任何内容变更，请填写变更后的内容。")),
            ReissueKind::Replaced if changes => faults.push(fault("/data", "补发不改变内容；内容有变的，请办理变更。")),
            _ => {}
        }
        if !faults.is_empty() {
            return Err(CertificateError::Invalid(faults));
        }
        let subject = self.identity.subject(tx, holder).await?;
        let expires_on = match asked.kind {
            ReissueKind::Renewed => {
                last_day(kind, today, age_on_issue(&subject, &new)).map_err(|_| CertificateError::BirthDateUnknown)?
            }
            ReissueKind::Changed | ReissueKind::Replaced => old.expires_on,
        };
        let change = asked.kind.change();
        self.make(act, tx, kind, subject, &new, expires_on, Some(&old), change, Some(asked.reason.trim())).await
    }

    /// Makes one version: the first, or the next behind `earlier`.
    #[expect(clippy::too_many_arguments, reason = "one private step behind two doors, each argument of its own kind")]
    async fn make(
        &self,
        act: &Act,
        tx: &mut Tx,
        kind: &CertificateType,
        holder: Subject,
        new: &NewCertificate,
        expires_on: Option<Date>,
        earlier: Option<&Certificate>,
        change: ChangeKind,
        reason: Option<&str>,
    ) -> Result<Certificate, CertificateError> {
        if let Some(earlier) = earlier {
            self.end_record(act, tx, earlier, Status::Superseded, change.label()).await?;
            self.note(act, tx, earlier, ChangeKind::Superseded, None).await?;
        }
        // The counter's row is held until the transaction ends, so it comes after everything that may wait.
        let (number, serial, version) = match earlier {
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
            suspended: None,
            serial,
        };
        self.keep(act, tx, &certificate, change, reason).await?;
        Ok(certificate)
    }

    /// Writes a version down: its number, its record, the first entry of its history, the trail, the fact for others.
    pub(super) async fn keep(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        change: ChangeKind,
        reason: Option<&str>,
    ) -> Result<(), CertificateError> {
        let key = self.number_key(&certificate.certificate_type, &certificate.number);
        if !store::take_number(tx, &key, certificate.holder, certificate.id).await? {
            return Err(CertificateError::NumberTaken);
        }
        store::insert(tx, &self.seal(certificate), act.at).await?;
        store::expect(tx, certificate.holder, certificate.id, act.at).await?;
        self.note(act, tx, certificate, change, reason).await?;
        audit::record(act, tx, Entry::new("certificates.issued", &object(certificate.id)).with(facts(certificate)))
            .await?;
        tx.tell(certificate.holder.get(), ISSUED, &facts(certificate), act.at).await?;
        Ok(())
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
