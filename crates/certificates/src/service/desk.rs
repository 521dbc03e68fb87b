//! The desk of the certificate clerk: finding a certificate of one's own body, and looking at it with a reason.

use audit::Entry;
use db::Tx;
use identity::DocumentKind;
use kernel::{Act, Fault, SubjectId, city_date};
use serde_json::json;

use super::Certificates;
use crate::{
    Certificate, CertificateError, CertificateId, Change, NewUse, Proposal, Report, UseGround, UseKind, store,
};

/// By what a clerk looks for a certificate: its identifier, its type and number, or its holder's number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Electronic certificate identifier.
    pub identifier: String,
    /// Key of a type, with `number`.
    pub certificate_type: String,
    /// Certificate number.
    pub number: String,
    /// Citizen number or credit code of the holder.
    pub holder: String,
}

/// A certificate as a clerk looks at it.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The certificate.
    pub certificate: Certificate,
    /// Its history, oldest first.
    pub history: Vec<Change>,
    /// All its versions, newest first.
    pub versions: Vec<Certificate>,
    /// What waits for a second person.
    pub proposals: Vec<Proposal>,
    /// What its holder reported.
    pub reports: Vec<Report>,
}

/// Most certificates that one search finds.
const MOST: i64 = 50;

impl Certificates {
    /// Finds certificates that the caller's own body issued. Who searches says why, and the search is recorded.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`]; [`CertificateError::ReasonNeeded`]; [`CertificateError::Invalid`] when nothing
    /// is asked for.
    pub async fn search(&self, act: &Act, tx: &mut Tx, asked: &Search) -> Result<Vec<Certificate>, CertificateError> {
        let department = self.clerk(act)?.to_owned();
        let reason = act.reason.as_deref().ok_or(CertificateError::ReasonNeeded)?;
        let (by, mut found) = if !asked.identifier.trim().is_empty() {
            let place = store::find_identifier(tx, asked.identifier.trim()).await?;
            ("identifier", self.at_place(tx, place).await?)
        } else if !asked.number.trim().is_empty() {
            if self.vocabulary.certificate_type(&asked.certificate_type).is_none() {
                let fault = Fault::new("/certificate_type", "required", "按编号查找时，请选择证照类型。");
                return Err(CertificateError::Invalid(vec![fault]));
            }
            let found = self.find_by_number(tx, &asked.certificate_type, &asked.number).await?;
            ("number", found.into_iter().collect())
        } else if !asked.holder.trim().is_empty() {
            let number = asked.holder.trim();
            if number.chars().count() != 18 {
                let fault = Fault::new("/holder", "invalid", "号码应为 18 位，请核对是否完整。");
                return Err(CertificateError::Invalid(vec![fault]));
            }
            // A credit code of a registered body begins with 1, 5, 9 or Y; a citizen number with its region, 11 to 82. Both
            // can begin with 1 or 5, so the check characters tell: only one of the two readings is a number at all.
            let mut subject = None;
            for kind in [DocumentKind::ResidentId, DocumentKind::Uscc] {
                if subject.is_none() {
                    subject = self.identity.find_by_key(tx, kind, number).await?;
                }
            }
            let found = match subject {
                Some(subject) => self.all(tx, subject, None, MOST).await?,
                None => Vec::new(),
            };
            ("holder", found)
        } else {
            let fault = Fault::new("/number", "required", "请填写证照编号、证照标识或者持证人号码。");
            return Err(CertificateError::Invalid(vec![fault]));
        };
        found.retain(|certificate| certificate.department == department);
        let entry = Entry { reason: Some(reason), ..Entry::new("certificates.searched", "certificates") };
        audit::record(act, tx, entry.with(json!({ "by": by, "found": found.len() }))).await?;
        Ok(found)
    }

    async fn at_place(
        &self,
        tx: &mut Tx,
        place: Option<(SubjectId, CertificateId)>,
    ) -> Result<Vec<Certificate>, CertificateError> {
        match place {
            Some((holder, id)) => Ok(vec![self.find(tx, holder, id).await?]),
            None => Ok(Vec::new()),
        }
    }

    /// Looks at one certificate of the caller's own body. The look is recorded with its reason, and the holder sees it.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`]; [`CertificateError::ReasonNeeded`]; [`CertificateError::NotFound`], also for
    /// other bodies' certificates.
    pub async fn look(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Looked, CertificateError> {
        let certificate = self.own(act, tx, holder, id).await?;
        let reason = act.reason.clone().ok_or(CertificateError::ReasonNeeded)?;
        let new = NewUse {
            holder,
            certificate: id,
            case_number: "",
            item: "",
            purpose: &reason,
            ground: UseGround::Duty,
            consent: None,
        };
        self.record_use(act, tx, &certificate, &new, UseKind::Looked, None).await?;
        Ok(Looked {
            history: self.history(tx, holder, id).await?,
            versions: self.versions(tx, holder, id).await?,
            proposals: self.proposals_of(act, tx, holder, id).await?,
            reports: self.reports_of(tx, holder, id).await?,
            certificate,
        })
    }

    /// What the clerks of the caller's body have to do: proposals of others to confirm, reports to answer.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`].
    pub async fn waiting(&self, act: &Act, tx: &mut Tx) -> Result<(Vec<Proposal>, Vec<Report>), CertificateError> {
        Ok((self.proposals(act, tx, None, MOST).await?, self.open_reports(act, tx, None, MOST).await?))
    }

    /// Whether a certificate can be used on the day of the act, for those who have it before them.
    #[must_use]
    pub fn usable(&self, act: &Act, certificate: &Certificate) -> bool {
        certificate.valid_on(city_date(act.at))
    }
}
