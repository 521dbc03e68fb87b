//! A person acts in the name of an enterprise: choosing it, going back to himself, and naming those who may.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, Date, Fault, SubjectId, Timestamp, city_date};
use serde_json::json;

use super::{Identity, accounts::object};
use crate::{
    AccountKind, DocumentKind, IdentityError, Mandate, MandateRole, SessionKind, Subject,
    domain::subject::normal_person_name,
    store::{self, AccountRow},
};

/// An enterprise for which somebody may act today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Represented {
    /// The enterprise.
    pub enterprise: SubjectId,
    /// Its name.
    pub name: String,
    /// Its credit code, which is public.
    pub uscc: String,
    /// Under which mandates.
    pub roles: Vec<MandateRole>,
    /// Last day of the longest of them; none: until ended.
    pub until: Option<Date>,
}

impl Represented {
    /// Whether he may name and end handling agents.
    #[must_use]
    pub fn manages(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, MandateRole::LegalRepresentative | MandateRole::Administrator))
    }
}

impl Identity {
    /// The enterprises for which the person behind `act` may act today, by the order of their registration.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn represented(&self, act: &Act) -> Result<Vec<Represented>, IdentityError> {
        let Some(person) = person_of(act) else { return Ok(Vec::new()) };
        let mut tx = self.db.read().await?;
        let mut found: Vec<Represented> = Vec::new();
        for mandate in store::mandates_for(&mut tx, person).await? {
            if !mandate.in_force(city_date(act.at)) {
                continue;
            }
            if let Some(there) = found.iter_mut().find(|there| there.enterprise == mandate.enterprise) {
                there.until = match (there.until, mandate.until) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
                there.roles.push(mandate.role);
                continue;
            }
            let enterprise = self.subject(&mut tx, mandate.enterprise).await?;
            found.push(Represented {
                enterprise: mandate.enterprise,
                name: enterprise.name,
                uscc: enterprise.number,
                roles: vec![mandate.role],
                until: mandate.until,
            });
        }
        Ok(found)
    }

    /// From the next request on the session behind `token` acts for this enterprise, or with none for the person
    /// himself again. The mandate is looked at anew on every request; the session ends with it.
    ///
    /// # Errors
    /// [`IdentityError::NoSubject`] for an enterprise that he may not act for, whether it is there or not;
    /// [`IdentityError::NotAllowed`] for logins that are no person's, and for tokens of programs.
    pub async fn act_for(&self, act: &Act, token: &str, enterprise: Option<SubjectId>) -> Result<(), IdentityError> {
        let args = (self.clone(), act.clone(), gm::token_digest(token), enterprise);
        self.db
            .write(args, |tx, (me, act, digest, enterprise)| {
                Box::pin(async move {
                    let session = store::session(tx, digest).await?.filter(|session| session.holds(act.at));
                    let session = session.ok_or(IdentityError::NoSession)?;
                    let row = store::account(tx, session.account).await?;
                    let row = row.filter(|row| row.account.kind == AccountKind::Person);
                    let row = row.ok_or(IdentityError::NotAllowed)?;
                    if session.kind != SessionKind::Session || act.account() != Some(session.account) {
                        return Err(IdentityError::NotAllowed);
                    }
                    if let Some(enterprise) = enterprise
                        && me.agent_of(tx, &row, *enterprise, act.at).await?.is_none()
                    {
                        return Err(IdentityError::NoSubject(*enterprise));
                    }
                    store::set_acting(tx, digest, *enterprise).await?;
                    let event = if enterprise.is_some() { "identity.acting_began" } else { "identity.acting_ended" };
                    let detail = json!({
                        "session": session.session, "enterprise": enterprise, "before": session.acting_for,
                    });
                    audit::record(act, tx, Entry::new(event, &object(session.account)).with(detail)).await?;
                    Ok(())
                })
            })
            .await
    }

    /// The person behind a login as agent of an enterprise; none without a mandate in force.
    pub(super) async fn agent_of(
        &self,
        tx: &mut Tx,
        row: &AccountRow,
        enterprise: SubjectId,
        at: Timestamp,
    ) -> Result<Option<Actor>, IdentityError> {
        let (AccountKind::Person, Some(person)) = (row.account.kind, row.account.subject) else { return Ok(None) };
        if !self.represents(tx, person, enterprise, city_date(at)).await? {
            return Ok(None);
        }
        let name = store::subject(tx, enterprise).await?.map(|enterprise| enterprise.name);
        Ok(name.map(|name| Actor::Agent {
            account: row.account.account,
            subject: enterprise,
            person: Some(person),
            name,
        }))
    }

    /// Everybody who may act for an enterprise today, with his mandate; for those who name agents there.
    ///
    /// # Errors
    /// [`IdentityError::NoSubject`] for everybody else.
    pub async fn agents(&self, act: &Act, enterprise: SubjectId) -> Result<Vec<(Mandate, Subject)>, IdentityError> {
        let mut tx = self.db.read().await?;
        self.manages(act, &mut tx, enterprise).await?;
        let mut agents = Vec::new();
        for mandate in self.mandates(&mut tx, enterprise, city_date(act.at)).await? {
            let person = self.subject(&mut tx, mandate.person).await?;
            agents.push((mandate, person));
        }
        Ok(agents)
    }

    /// Names a handling agent by his name and the number of his document, from today to a last day at most a year away.
    ///
    /// # Errors
    /// [`IdentityError::NoSubject`] when one may not; [`IdentityError::Invalid`] when there is nobody of that name and
    /// number here, or the day is not lawful; [`IdentityError::MandateThere`].
    pub async fn name_agent(
        &self,
        act: &Act,
        enterprise: SubjectId,
        name: &str,
        number: &str,
        until: Option<Date>,
    ) -> Result<(), IdentityError> {
        let args = (self.clone(), act.clone(), enterprise, name.to_owned(), number.to_owned(), until);
        self.db
            .write(args, |tx, (me, act, enterprise, name, number, until)| {
                Box::pin(async move {
                    me.manages(act, tx, *enterprise).await?;
                    let mut faults = Vec::new();
                    let person = me.person_called(tx, name, number).await?;
                    if person.is_none() {
                        let advice = "没有找到这个姓名和证件号码的注册用户。请核对；对方还没有注册的，请他先注册。";
                        faults.push(Fault::new("/number", "nobody", advice));
                    }
                    let since = city_date(act.at);
                    let person_id = person.unwrap_or(*enterprise);
                    let role = MandateRole::HandlingAgent;
                    let mandate = Mandate { enterprise: *enterprise, person: person_id, role, since, until: *until };
                    if mandate.check().is_err() {
                        let advice = "请填写授权截止日期：不早于今天，最长一年。";
                        faults.push(Fault::new("/until", "mandate_dates", advice));
                    }
                    if !faults.is_empty() {
                        return Err(IdentityError::Invalid(faults));
                    }
                    let there = store::mandates_of(tx, *enterprise, person_id).await?;
                    if there.iter().any(|m| m.role == role && m.in_force(since)) {
                        return Err(IdentityError::MandateThere);
                    }
                    me.add_mandate(act, tx, &mandate).await
                })
            })
            .await
    }

    /// Ends a handling agent's mandate. His sessions for the enterprise end with their next request.
    ///
    /// # Errors
    /// [`IdentityError::NoSubject`] when one may not; [`IdentityError::NoMandate`] when there is none.
    pub async fn dismiss_agent(
        &self,
        act: &Act,
        enterprise: SubjectId,
        person: SubjectId,
    ) -> Result<(), IdentityError> {
        self.db
            .write((self.clone(), act.clone(), enterprise, person), |tx, (me, act, enterprise, person)| {
                Box::pin(async move {
                    me.manages(act, tx, *enterprise).await?;
                    let held = store::mandates_of(tx, *enterprise, *person).await?;
                    let mut ended = false;
                    for mandate in held.iter().filter(|mandate| mandate.role == MandateRole::HandlingAgent) {
                        me.end_mandate(act, tx, mandate).await?;
                        ended = true;
                    }
                    if ended { Ok(()) } else { Err(IdentityError::NoMandate) }
                })
            })
            .await
    }

    /// Whether the person behind `act` names agents of this enterprise; an enterprise of others is not there for him.
    async fn manages(&self, act: &Act, tx: &mut Tx, enterprise: SubjectId) -> Result<(), IdentityError> {
        let Some(person) = person_of(act) else { return Err(IdentityError::NoSubject(enterprise)) };
        let held = store::mandates_of(tx, enterprise, person).await?;
        let names = |role| matches!(role, MandateRole::LegalRepresentative | MandateRole::Administrator);
        let allowed = held.iter().any(|mandate| names(mandate.role) && mandate.in_force(city_date(act.at)));
        if allowed { Ok(()) } else { Err(IdentityError::NoSubject(enterprise)) }
    }

    /// The registered person with this name and a document with this number.
    async fn person_called(&self, tx: &mut Tx, name: &str, number: &str) -> Result<Option<SubjectId>, IdentityError> {
        let Some(name) = normal_person_name(name) else { return Ok(None) };
        for kind in DocumentKind::ALL.iter().filter(|kind| **kind != DocumentKind::Uscc) {
            let Some(subject) = self.find_by_key(tx, *kind, number).await? else { continue };
            if store::subject(tx, subject).await?.is_some_and(|person| person.name == name) {
                return Ok(Some(subject));
            }
        }
        Ok(None)
    }
}

/// The natural person behind an act, whether he acts for himself or for an enterprise.
pub(super) fn person_of(act: &Act) -> Option<SubjectId> {
    match &act.actor {
        Actor::Person { subject, .. } => Some(*subject),
        Actor::Agent { person, .. } => *person,
        _ => None,
    }
}
