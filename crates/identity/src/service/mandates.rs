//! Naming and ending those who act for an enterprise.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, Date, Role, SubjectId, SubjectKind, city_date};
use serde_json::json;

use super::{Identity, permit, subjects::object};
use crate::{IdentityError, Mandate, MandateRole, store};

impl Identity {
    /// Gives a person a mandate for an enterprise. The legal representative names everybody else; an administrator
    /// names handling agents.
    ///
    /// # Errors
    /// [`IdentityError::NoMandate`] when it does not join a person and an enterprise; [`IdentityError::MandateDates`];
    /// [`IdentityError::MandateThere`]; [`IdentityError::NotAllowed`].
    pub async fn add_mandate(&self, act: &Act, tx: &mut Tx, mandate: &Mandate) -> Result<(), IdentityError> {
        self.may_name(act, tx, mandate).await?;
        mandate.check()?;
        let enterprise = store::subject(tx, mandate.enterprise).await?;
        let enterprise = enterprise.ok_or(IdentityError::NoSubject(mandate.enterprise))?;
        let person = store::subject(tx, mandate.person).await?.ok_or(IdentityError::NoSubject(mandate.person))?;
        if enterprise.kind != SubjectKind::Enterprise || person.kind != SubjectKind::Person {
            return Err(IdentityError::NoMandate);
        }
        if !store::add_mandate(tx, mandate).await? {
            return Err(IdentityError::MandateThere);
        }
        self.tell(act, tx, mandate, "identity.mandate_added").await
    }

    /// Ends a mandate before its last day. Sessions of logins that rest on it end with their next request.
    ///
    /// # Errors
    /// [`IdentityError::NoMandate`] when there is none to end; [`IdentityError::NotAllowed`].
    pub async fn end_mandate(&self, act: &Act, tx: &mut Tx, mandate: &Mandate) -> Result<(), IdentityError> {
        self.may_name(act, tx, mandate).await?;
        if !store::end_mandate(tx, mandate, act.at).await? {
            return Err(IdentityError::NoMandate);
        }
        self.tell(act, tx, mandate, "identity.mandate_ended").await
    }

    /// Mandates of an enterprise that are in force on `day`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mandates(&self, tx: &mut Tx, enterprise: SubjectId, day: Date) -> Result<Vec<Mandate>, IdentityError> {
        let mut mandates = store::mandates(tx, enterprise).await?;
        mandates.retain(|mandate| mandate.in_force(day));
        Ok(mandates)
    }

    /// Whether this person may act for this enterprise on `day`, under any of the roles.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn represents(
        &self,
        tx: &mut Tx,
        person: SubjectId,
        enterprise: SubjectId,
        day: Date,
    ) -> Result<bool, IdentityError> {
        let mandates = store::mandates_of(tx, enterprise, person).await?;
        Ok(mandates.iter().any(|mandate| mandate.in_force(day)))
    }

    async fn may_name(&self, act: &Act, tx: &mut Tx, mandate: &Mandate) -> Result<(), IdentityError> {
        let person = match &act.actor {
            Actor::Person { subject, .. } => *subject,
            Actor::Agent { person: Some(person), .. } => *person,
            _ => return permit(act, &[Role::Window]),
        };
        let held = store::mandates_of(tx, mandate.enterprise, person).await?;
        let holds = |role| held.iter().any(|m| m.role == role && m.in_force(city_date(act.at)));
        let allowed = match mandate.role {
            MandateRole::LegalRepresentative => false,
            MandateRole::HandlingAgent => holds(MandateRole::LegalRepresentative) || holds(MandateRole::Administrator),
            MandateRole::Administrator | MandateRole::SealKeeper => holds(MandateRole::LegalRepresentative),
        };
        if allowed { Ok(()) } else { Err(IdentityError::NotAllowed) }
    }

    async fn tell(&self, act: &Act, tx: &mut Tx, mandate: &Mandate, event: &'static str) -> Result<(), IdentityError> {
        let detail = json!({
            "person": mandate.person, "role": mandate.role, "since": mandate.since.to_string(),
            "until": mandate.until.map(|day| day.to_string()),
        });
        audit::record(act, tx, Entry::new(event, &object(mandate.enterprise)).with(detail)).await?;
        Ok(())
    }
}
