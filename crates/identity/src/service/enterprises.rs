//! A legal representative registers his enterprise himself, when the business register confirms him.

use kernel::{Act, Actor, Fault, SubjectId, city_date};

use super::Identity;
use crate::{
    DocumentKind, EnterpriseClaim, IdentityError, Mandate, MandateRole, NewEnterprise, PersonClaim, Subject, Verdict,
    VerifiedBy,
    domain::{account::check_line, document, subject::normal_name},
    store,
};

/// Least level of the person who registers an enterprise.
const LEAST_LEVEL: i64 = 2;
/// Level of an enterprise that the business register confirmed with its legal representative.
const LEVEL: i64 = 2;

impl Identity {
    /// Registers the enterprise of the person behind `act`, who becomes its legal representative here. An enterprise
    /// that is registered already is only handed to him when an authority confirms him, never a simulator.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] at `/uscc` and `/name`; [`IdentityError::LevelTooLow`];
    /// [`IdentityError::NotConfirmed`]; [`IdentityError::NoRegister`]; [`IdentityError::MandateThere`] when he is its
    /// legal representative already; [`IdentityError::NotAllowed`] for anybody but a person for himself.
    pub async fn register_own_enterprise(&self, act: &Act, uscc: &str, name: &str) -> Result<SubjectId, IdentityError> {
        let Actor::Person { subject, .. } = act.actor else { return Err(IdentityError::NotAllowed) };
        let claim = {
            let mut tx = self.db.read().await?;
            let person = self.subject(&mut tx, subject).await?;
            check(act, &person, uscc, name)?
        };
        let register = self.ports.register.as_ref().ok_or(IdentityError::NoRegister)?;
        let verdict = register.check(&claim).await.map_err(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the business register could not be asked");
            IdentityError::NoRegister
        })?;
        let Verdict::Confirmed(by) = verdict else { return Err(IdentityError::NotConfirmed) };
        self.db
            .write((self.clone(), act.clone(), subject, claim, by), |tx, (me, act, person, claim, by)| {
                Box::pin(me.take_over(act, tx, *person, claim, *by))
            })
            .await
    }

    async fn take_over(
        &self,
        act: &Act,
        tx: &mut db::Tx,
        person: SubjectId,
        claim: &EnterpriseClaim,
        by: VerifiedBy,
    ) -> Result<SubjectId, IdentityError> {
        let today = city_date(act.at);
        let enterprise = match self.find_by_key(tx, DocumentKind::Uscc, &claim.uscc).await? {
            Some(there) => {
                let held = store::mandates_of(tx, there, person).await?;
                let leads = |m: &Mandate| m.role == MandateRole::LegalRepresentative && m.in_force(today);
                if held.iter().any(leads) {
                    return Err(IdentityError::MandateThere);
                }
                if by != VerifiedBy::Authority {
                    return Err(IdentityError::NotConfirmed);
                }
                there
            }
            None => {
                let new = NewEnterprise {
                    name: claim.name.clone(),
                    uscc: claim.uscc.clone(),
                    legal_representative: Some(claim.representative.name.clone()),
                    phone: None,
                    address: None,
                    region: None,
                    level: LEVEL,
                    verified_by: by,
                };
                self.enrol_enterprise(act, tx, &new).await?
            }
        };
        let role = MandateRole::LegalRepresentative;
        let mandate = Mandate { enterprise, person, role, since: today, until: None };
        // The register names him, not he himself.
        self.add_mandate(&Act { actor: Actor::System, ..act.clone() }, tx, &mandate).await?;
        Ok(enterprise)
    }
}

fn check(act: &Act, person: &Subject, uscc: &str, name: &str) -> Result<EnterpriseClaim, IdentityError> {
    if person.level < LEAST_LEVEL {
        return Err(IdentityError::LevelTooLow);
    }
    let mut faults = Vec::new();
    let code = match document::read(DocumentKind::Uscc, uscc, city_date(act.at)) {
        Ok(read) => read.number,
        Err(fault) => {
            faults.push(Fault { pointer: "/uscc".to_owned(), ..fault });
            String::new()
        }
    };
    let name = normal_name(name);
    if check_line("/name", &name, 100).is_some() {
        faults.push(Fault::new("/name", "name", "请填写营业执照或登记证书上的名称，最多 100 个字。"));
    }
    if !faults.is_empty() {
        return Err(IdentityError::Invalid(faults));
    }
    let representative =
        PersonClaim { name: person.name.clone(), document: person.document, number: person.number.clone() };
    Ok(EnterpriseClaim { uscc: code, name, representative })
}
