//! Uses: recorded for the holder and in the trail, one use, one record.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, SubjectId, city_date};
use serde_json::json;

use super::{Certificates, object};
use crate::{
    Certificate, CertificateError, CertificateId, CertificateUse, Evidence, NewUse, RefusalReason, Status, UseGround,
    UseKind, store,
};

/// Who uses it, as the holder reads it.
pub(super) fn used_by(act: &Act) -> &'static str {
    match &act.actor {
        Actor::Person { .. } | Actor::Agent { .. } => "holder",
        Actor::Stranger => "stranger",
        Actor::Staff { .. } => "staff",
        Actor::System => "system",
    }
}

impl Certificates {
    /// Uses a certificate for a case: it must be valid on the day of the act, and the use is recorded for its holder and
    /// in the audit trail. What it was and how it stood is answered as evidence for the case.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`] and [`CertificateError::NotUsable`].
    pub async fn use_for(&self, act: &Act, tx: &mut Tx, new: &NewUse<'_>) -> Result<Evidence, CertificateError> {
        let certificate = self.find(tx, new.holder, new.certificate).await?;
        let status = certificate.status_on(city_date(act.at));
        if status != Status::Effective {
            return Err(CertificateError::NotUsable { id: new.certificate, status });
        }
        self.record_use(act, tx, &certificate, new, UseKind::Used, None).await?;
        Ok(Evidence::of(&certificate, act.at, new.ground, new.consent))
    }

    /// How a certificate that was used before stands now, for the same case. Nothing is recorded as a new use.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`].
    pub async fn examine(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        used: &Evidence,
    ) -> Result<Evidence, CertificateError> {
        let certificate = self.find(tx, holder, used.certificate).await?;
        Ok(Evidence::of(&certificate, act.at, used.ground, used.consent))
    }

    /// Records that a valid certificate was not taken in place of paper, and why. The holder sees it, and it is counted.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`].
    pub async fn record_refusal(
        &self,
        act: &Act,
        tx: &mut Tx,
        new: &NewUse<'_>,
        reason: RefusalReason,
    ) -> Result<(), CertificateError> {
        let certificate = self.find(tx, new.holder, new.certificate).await?;
        self.record_use(act, tx, &certificate, new, UseKind::Refused, Some(reason.as_str())).await
    }

    pub(super) async fn record_use(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        new: &NewUse<'_>,
        kind: UseKind,
        outcome: Option<&str>,
    ) -> Result<(), CertificateError> {
        let used = CertificateUse {
            id: kernel::next_id(act.at),
            certificate: certificate.id,
            at: act.at,
            used_by: used_by(act).to_owned(),
            department: act.department().map(str::to_owned),
            case_number: new.case_number.to_owned(),
            purpose: new.purpose.to_owned(),
            kind,
            ground: Some(new.ground),
            consent: new.consent,
            certificate_type: certificate.certificate_type.clone(),
            item: Some(new.item.to_owned()).filter(|item| !item.is_empty()),
            outcome: outcome.map(str::to_owned),
        };
        store::insert_use(tx, certificate.holder, &used).await?;
        let event = match kind {
            UseKind::Used => "certificates.used",
            UseKind::Looked => "certificates.looked",
            UseKind::Shown => "certificates.shown",
            UseKind::Refused => "certificates.refused",
        };
        let detail = json!({
            "certificate_type": certificate.certificate_type, "case_number": new.case_number, "purpose": new.purpose,
            "ground": new.ground, "outcome": outcome,
        });
        let object = object(certificate.id);
        let entry = Entry { reason: act.reason.as_deref(), ..Entry::new(event, &object) };
        audit::record(act, tx, entry.with(detail)).await?;
        Ok(())
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

    /// Uses of every certificate of a holder, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uses_of_holder(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        limit: i64,
    ) -> Result<Vec<CertificateUse>, CertificateError> {
        Ok(store::uses_of_holder(tx, holder, limit).await?)
    }

    /// Numbers of the cases in which this version stood in for a material.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn relied_on(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Vec<String>, CertificateError> {
        Ok(store::relied_on(tx, holder, id).await?)
    }

    /// On what a use by `department` rests: its own certificates it has by its duty, those of other bodies by the
    /// holder's consent.
    #[must_use]
    pub fn ground_for(&self, certificate: &Certificate, department: &str) -> UseGround {
        if certificate.department == department { UseGround::Duty } else { UseGround::Consent }
    }
}
