//! Certificates in place of paper: the applicant's consent, the evidence that is kept, refusals with their reasons.

use std::collections::BTreeMap;

use catalogue::domain::{Assessment, Procedure, Provided};
use certificates::{Certificate, CertificateError, CertificateId, Evidence, NewUse, UseGround};
use db::Tx;
use identity::{CONSENT_TEXT_VERSION, ConsentMethod, ConsentNeed, ConsentScope, NewConsent, Subject};
use kernel::{Act, Actor, Fault, Kind, SubjectId, city_date};

use super::{Cases, settle::Draft, submit::Application};
use crate::{
    domain::{
        case::Case,
        command::Command,
        decide::Rejection,
        event::{By, Checked, Defect, Event, Handed, Occasion},
    },
    error::CaseError,
};

/// Ids of the certificates among `materials`, by material.
fn certificates_in(materials: &BTreeMap<String, Handed>) -> impl Iterator<Item = (&String, CertificateId)> {
    materials.iter().filter_map(|(key, handed)| match handed {
        Handed::Certificate(id) => Some((key, id.parse().ok()?)),
        Handed::File(_) | Handed::Files(_) | Handed::Deferred | Handed::Paper => None,
    })
}

fn missing_consent() -> CaseError {
    let text = "使用其他部门颁发的电子证照，须由申请人本人同意（consent）；不同意的，请改为上传材料。";
    Rejection::invalid("cases.consent-missing", text, vec![Fault::new("/consent", "cases.consent-missing", text)])
        .into()
}

impl Cases {
    /// Certificates of other bodies that would stand in for materials under this assessment: their use needs the
    /// applicant's consent. What the deciding body issued itself it uses by its duty.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn consent_asked(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        procedure: &Procedure,
        assessment: &Assessment,
    ) -> Result<Vec<Certificate>, CaseError> {
        let used = assessment.materials.iter().filter(|view| view.asked).filter_map(|view| match &view.provided {
            Some(Provided::Certificate(id)) => Some((view.key.clone(), Handed::Certificate(id.clone()))),
            _ => None,
        });
        self.of_others(tx, subject, procedure, &used.collect()).await
    }

    async fn of_others(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        procedure: &Procedure,
        materials: &BTreeMap<String, Handed>,
    ) -> Result<Vec<Certificate>, CaseError> {
        let mut found: Vec<Certificate> = Vec::new();
        for (_, id) in certificates_in(materials) {
            let certificate = self.certificates.find(tx, subject, id).await?;
            let ground = self.certificates.ground_for(&certificate, &procedure.item.department);
            if ground == UseGround::Consent && found.iter().all(|other| other.id != certificate.id) {
                found.push(certificate);
            }
        }
        Ok(found)
    }

    /// Keeps the applicant's consent to the use of these certificates in this case.
    async fn keep_consent(
        &self,
        act: &Act,
        tx: &mut Tx,
        procedure: &Procedure,
        subject: SubjectId,
        number: &str,
        certificates: &[Certificate],
    ) -> Result<(), CaseError> {
        let mut types: Vec<String> = certificates.iter().map(|c| c.certificate_type.clone()).collect();
        types.sort();
        types.dedup();
        let at_counter = matches!(act.actor, Actor::Staff { .. });
        let consent = NewConsent {
            grantor: subject,
            grantee: procedure.item.department.clone(),
            certificate_types: types,
            fields: Vec::new(),
            purpose: procedure.item.slug.clone(),
            purpose_name: procedure.item.name.chars().take(100).collect(),
            case_number: Some(number.to_owned()),
            scope: ConsentScope::Case,
            until: None,
            method: if at_counter { ConsentMethod::Counter } else { ConsentMethod::Click },
            text_version: CONSENT_TEXT_VERSION.to_owned(),
        };
        self.identity.grant_consent(act, tx, &consent).await?;
        Ok(())
    }

    /// Where certificates of other bodies stand in, the applicant must have allowed it in this application.
    #[expect(clippy::too_many_arguments, reason = "one private step of handing in, each argument of its own kind")]
    pub(super) async fn consent_to(
        &self,
        act: &Act,
        tx: &mut Tx,
        procedure: &Procedure,
        application: &Application,
        subject: &Subject,
        number: &str,
        materials: &BTreeMap<String, Handed>,
    ) -> Result<(), CaseError> {
        let asked = self.of_others(tx, subject.subject, procedure, materials).await?;
        if asked.is_empty() {
            return Ok(());
        }
        if application.consent.as_deref() != Some(CONSENT_TEXT_VERSION) {
            return Err(missing_consent());
        }
        self.keep_consent(act, tx, procedure, subject.subject, number, &asked).await
    }

    /// Naming a certificate in place of paper in a later step is the act by which its use is allowed.
    pub(super) async fn allow_use(
        &self,
        act: &Act,
        tx: &mut Tx,
        case: &Case,
        procedure: &Procedure,
        materials: &BTreeMap<String, Handed>,
    ) -> Result<(), CaseError> {
        let asked = self.of_others(tx, case.subject, procedure, materials).await?;
        if asked.is_empty() {
            return Ok(());
        }
        self.keep_consent(act, tx, procedure, case.subject, &case.number, &asked).await
    }

    /// A demand for a material that a valid certificate stands in for says why the certificate is not taken.
    pub(super) async fn refusals_have_reasons(
        &self,
        act: &Act,
        tx: &mut Tx,
        case: &Case,
        command: &Command,
    ) -> Result<(), CaseError> {
        let mut faults = Vec::new();
        for (place, defect) in defects(command).iter().enumerate() {
            let Some(certificate) = self.refused(tx, case, defect).await? else {
                if defect.certificate_refusal.is_some() {
                    let text = "这项材料没有用电子证照代替，不用填写不采用证照的理由。";
                    faults.push(Fault::new(
                        format!("/defects/{place}/certificate_refusal"),
                        "cases.refusal-unexpected",
                        text,
                    ));
                }
                continue;
            };
            if certificate.valid_on(city_date(act.at)) && defect.certificate_refusal.is_none() {
                let text = "申请人已用有效的电子证照代替这项材料，不采用的请选择理由。";
                faults.push(Fault::new(format!("/defects/{place}/certificate_refusal"), "cases.refusal-reason", text));
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        let text = "有效的电子证照与纸质材料效力相同，不采用须有理由。";
        Err(Rejection::invalid("cases.refusal-reason", text, faults).into())
    }

    async fn refused(&self, tx: &mut Tx, case: &Case, defect: &Defect) -> Result<Option<Certificate>, CaseError> {
        let Some(Handed::Certificate(id)) = case.materials.get(&defect.target) else { return Ok(None) };
        let Ok(id) = id.parse() else { return Ok(None) };
        match self.certificates.find(tx, case.subject, id).await {
            Ok(found) => Ok(Some(found)),
            Err(CertificateError::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Records each refusal of a valid certificate: the holder sees it, and it is counted.
    pub(super) async fn note_refusals(
        &self,
        act: &Act,
        tx: &mut Tx,
        case: &Case,
        procedure: &Procedure,
        command: &Command,
    ) -> Result<(), CaseError> {
        for defect in defects(command) {
            let Some(reason) = defect.certificate_refusal else { continue };
            let Some(certificate) = self.refused(tx, case, defect).await? else { continue };
            let new = NewUse {
                holder: case.subject,
                certificate: certificate.id,
                case_number: &case.number,
                item: &case.item,
                purpose: &defect.target,
                ground: self.certificates.ground_for(&certificate, &procedure.item.department),
                consent: None,
            };
            self.certificates.record_refusal(act, tx, &new, reason).await?;
        }
        Ok(())
    }
}

fn defects(command: &Command) -> &[Defect] {
    match command {
        Command::AskCorrection { defects } | Command::ReturnPreReview { defects } => defects,
        _ => &[],
    }
}

impl Draft<'_> {
    /// Uses the certificates among `materials`: each is valid, each use has its ground and is recorded, and what the
    /// certificate was stays with the case.
    pub(super) async fn use_certificates(
        &mut self,
        tx: &mut Tx,
        materials: &BTreeMap<String, Handed>,
    ) -> Result<(), CaseError> {
        let (cases, act) = (self.cases, self.act);
        let department = self.procedure.item.department.as_str();
        let mut checked = BTreeMap::new();
        for (key, id) in certificates_in(materials) {
            let case = &self.case;
            let certificate = cases.certificates.find(tx, case.subject, id).await?;
            let ground = cases.certificates.ground_for(&certificate, department);
            let consent = match ground {
                UseGround::Consent => {
                    let need = ConsentNeed {
                        grantee: department,
                        certificate_type: &certificate.certificate_type,
                        purpose: &case.item,
                        case: Some(&case.number),
                    };
                    let found = cases.identity.use_consent(act, tx, case.subject, &need).await?;
                    Some(found.ok_or_else(missing_consent)?.id)
                }
                UseGround::Duty | UseGround::Own => None,
            };
            let new = NewUse {
                holder: case.subject,
                certificate: id,
                case_number: &case.number,
                item: &case.item,
                purpose: key,
                ground,
                consent,
            };
            checked.insert(key.clone(), cases.certificates.use_for(act, tx, &new).await?);
        }
        self.keep_evidence(Occasion::Use, checked)
    }

    /// Asks the library again on acceptance. A person does not accept on a certificate that has ended meanwhile; what the law
    /// accepts by silence, or a rule, stands, and the evidence says how the certificate stood.
    pub(super) async fn examine_certificates(&mut self, tx: &mut Tx, by_itself: bool) -> Result<(), CaseError> {
        let mut checked = BTreeMap::new();
        for (key, id) in certificates_in(&self.case.materials) {
            let used = self.case.evidence.get(key).and_then(|all| all.iter().rev().find(|(_, e)| e.certificate == id));
            // Cases from before evidence was kept have none.
            let Some((_, used)) = used else { continue };
            let now = self.cases.certificates.examine(self.act, tx, self.case.subject, used).await?;
            checked.insert(key.clone(), now);
        }
        if let Some((key, evidence)) = checked.iter().find(|(_, evidence)| !evidence.valid())
            && !by_itself
        {
            let name = self.procedure.item.materials.iter().find(|m| m.key == *key).map_or(key.as_str(), |m| &m.name);
            return Err(Rejection {
                kind: Kind::Conflict,
                code: "cases.certificate-ended",
                advice: format!(
                    "代替“{name}”的电子证照{}，不能据以受理。请一次性告知申请人补正。",
                    evidence.status.label()
                ),
                faults: Vec::new(),
            }
            .into());
        }
        self.keep_evidence(Occasion::Acceptance, checked)
    }

    fn keep_evidence(&mut self, occasion: Occasion, materials: BTreeMap<String, Evidence>) -> Result<(), CaseError> {
        if materials.is_empty() {
            return Ok(());
        }
        let unusable = materials.iter().filter(|(_, e)| !e.valid()).map(|(key, _)| key.clone()).collect();
        self.push(By::system(), Event::CertificatesChecked { occasion, unusable, private: Checked { materials } })?;
        Ok(())
    }
}
