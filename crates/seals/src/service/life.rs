//! A seal's life: apply, approve by a second person, make, activate, suspend, restore, renew, revoke.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, Role};
use serde_json::json;

use super::Seals;
use crate::{NewSeal, Seal, SealError, SealEvent, SealId, SealState, SealStep, store};

/// Who may take a step, besides the platform itself where it founds a demonstration city. Keepers and approvers act for
/// their own body; the security administrator, who holds no other role, for all of them.
const fn roles(step: SealStep) -> &'static [Role] {
    match step {
        SealStep::Apply | SealStep::Activate | SealStep::Renew => &[Role::CertificateClerk],
        SealStep::Approve | SealStep::Refuse | SealStep::Restore => &[Role::Approver],
        SealStep::Make => &[Role::SecurityAdmin],
        SealStep::Suspend | SealStep::Revoke => &[Role::CertificateClerk, Role::Approver, Role::SecurityAdmin],
    }
}

/// Whether `act` may take `step` with a seal of `department`. Renewing is asked for by a keeper as an application, and
/// approving is never for who applied: both are looked at when the step is taken.
#[must_use]
pub fn may(act: &Act, step: SealStep, department: &str) -> bool {
    if matches!(act.actor, Actor::System) {
        return true;
    }
    roles(step).iter().any(|role| {
        act.is(*role) && (*role == Role::SecurityAdmin || act.department().is_some_and(|own| own == department))
    })
}

/// The body whose seals somebody sees; none: all of them.
fn body_of(act: &Act) -> Option<&str> {
    let all = act.is(Role::SecurityAdmin) || act.is(Role::Supervisor);
    if all { None } else { Some(act.department().unwrap_or_default()) }
}

/// The reason, without space around it.
fn reason_of(reason: &str) -> Result<&str, SealError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 200 { Err(SealError::ReasonNeeded) } else { Ok(reason) }
}

impl Seals {
    /// Asks for a seal of one's own body.
    ///
    /// # Errors
    /// [`SealError::Invalid`] with everything that is wrong, [`SealError::UnknownDepartment`],
    /// [`SealError::NotAllowed`].
    pub async fn apply(&self, act: &Act, tx: &mut Tx, new: &NewSeal) -> Result<Seal, SealError> {
        self.ask(act, tx, new, None).await
    }

    /// Asks for the seal that takes the place of one in use: the same words, a new key, certificate and number. The
    /// earlier one ends when the new one is put to use.
    ///
    /// # Errors
    /// As [`Seals::apply`]; [`SealError::NotFound`] and [`SealError::NotOpen`] for the earlier one.
    pub async fn renew(&self, act: &Act, tx: &mut Tx, id: SealId, reason: &str) -> Result<Seal, SealError> {
        let earlier = self.find(tx, id).await?;
        if earlier.decided.after(SealStep::Renew).is_none() {
            return Err(SealError::NotOpen(earlier.decided, SealStep::Renew));
        }
        let new = NewSeal {
            department: earlier.department,
            kind: earlier.kind,
            name: earlier.name,
            line: earlier.line,
            put_on: earlier.put_on,
            daily_quota: earlier.daily_quota,
            reason: reason.to_owned(),
        };
        self.ask(act, tx, &new, Some(id)).await
    }

    async fn ask(&self, act: &Act, tx: &mut Tx, new: &NewSeal, renews: Option<SealId>) -> Result<Seal, SealError> {
        if self.vocabulary.department(&new.department).is_none() {
            return Err(SealError::UnknownDepartment(new.department.clone()));
        }
        if !may(act, SealStep::Apply, &new.department) {
            return Err(SealError::NotAllowed(SealStep::Apply));
        }
        let faults = new.faults();
        if !faults.is_empty() {
            return Err(SealError::Invalid(faults));
        }
        let seal = Seal {
            id: SealId::fresh(act.at),
            number: String::new(),
            department: new.department.clone(),
            kind: new.kind,
            name: new.name.trim().to_owned(),
            line: new.line.trim().to_owned(),
            put_on: new.put_on.clone(),
            daily_quota: new.daily_quota,
            decided: SealState::Applied,
            renews,
            applied_by: act.account(),
            applied_at: act.at,
            valid: None,
            structure: Vec::new(),
            signer: Vec::new(),
            uses: 0,
            version: 1,
        };
        store::insert(tx, &seal).await?;
        self.note(act, tx, &seal, SealStep::Apply, new.reason.trim()).await?;
        Ok(seal)
    }

    /// Approves an application, or refuses it. Never who applied.
    ///
    /// # Errors
    /// [`SealError::SecondPerson`], [`SealError::NotOpen`], [`SealError::NotAllowed`], [`SealError::ReasonNeeded`].
    pub async fn decide(
        &self,
        act: &Act,
        tx: &mut Tx,
        id: SealId,
        approve: bool,
        reason: &str,
    ) -> Result<Seal, SealError> {
        let seal = self.find(tx, id).await?;
        let step = if approve { SealStep::Approve } else { SealStep::Refuse };
        if !may(act, step, &seal.department) {
            return Err(SealError::NotAllowed(step));
        }
        if act.account().is_some() && act.account() == seal.applied_by {
            return Err(SealError::SecondPerson);
        }
        self.take(act, tx, seal, step, reason).await
    }

    /// Puts a made seal to use; one whose place it takes ends in the same moment.
    ///
    /// # Errors
    /// As [`Seals::step`].
    pub async fn activate(&self, act: &Act, tx: &mut Tx, id: SealId, reason: &str) -> Result<Seal, SealError> {
        let seal = self.step(act, tx, id, SealStep::Activate, reason).await?;
        if let Some(earlier) = seal.renews {
            let earlier = self.find(tx, earlier).await?;
            // One that was revoked meanwhile has ended already.
            if earlier.decided.after(SealStep::Renew).is_some() {
                self.take(act, tx, earlier, SealStep::Renew, reason).await?;
            }
        }
        Ok(seal)
    }

    /// Suspends, restores or revokes a seal.
    ///
    /// # Errors
    /// [`SealError::NotFound`], [`SealError::NotAllowed`], [`SealError::NotOpen`], [`SealError::ReasonNeeded`],
    /// [`SealError::Stale`].
    pub async fn step(
        &self,
        act: &Act,
        tx: &mut Tx,
        id: SealId,
        step: SealStep,
        reason: &str,
    ) -> Result<Seal, SealError> {
        let seal = self.find(tx, id).await?;
        if !may(act, step, &seal.department) {
            return Err(SealError::NotAllowed(step));
        }
        self.take(act, tx, seal, step, reason).await
    }

    /// Carries out any step, each in a transaction of its own: for desks, which name the step. Renewing answers the new
    /// application.
    ///
    /// # Errors
    /// As the steps themselves; [`SealError::NotOpen`] for [`SealStep::Apply`], which is no step of a seal that is there.
    pub async fn carry_out(&self, act: &Act, id: SealId, step: SealStep, reason: &str) -> Result<Seal, SealError> {
        if step == SealStep::Make {
            return self.make(act, id, reason).await;
        }
        let args = (self.clone(), act.clone(), reason.to_owned());
        self.db
            .write(args, move |tx, (seals, act, reason)| {
                Box::pin(async move {
                    match step {
                        SealStep::Approve => seals.decide(act, tx, id, true, reason).await,
                        SealStep::Refuse => seals.decide(act, tx, id, false, reason).await,
                        SealStep::Activate => seals.activate(act, tx, id, reason).await,
                        SealStep::Renew => seals.renew(act, tx, id, reason).await,
                        _ => seals.step(act, tx, id, step, reason).await,
                    }
                })
            })
            .await
    }

    pub(super) async fn take(
        &self,
        act: &Act,
        tx: &mut Tx,
        seal: Seal,
        step: SealStep,
        reason: &str,
    ) -> Result<Seal, SealError> {
        let reason = reason_of(reason)?;
        let next = seal.decided.after(step).ok_or(SealError::NotOpen(seal.state_at(act.at), step))?;
        if !store::advance(tx, &seal, next.as_str()).await? {
            return Err(SealError::Stale(seal.id));
        }
        self.note(act, tx, &seal, step, reason).await?;
        Ok(Seal { decided: next, version: seal.version + 1, ..seal })
    }

    async fn note(&self, act: &Act, tx: &mut Tx, seal: &Seal, step: SealStep, reason: &str) -> Result<(), SealError> {
        let event = SealEvent {
            seq: 0,
            at: act.at,
            step,
            account: act.account(),
            actor: act.name().to_owned(),
            reason: reason.to_owned(),
        };
        store::add_event(tx, seal.id, &event).await?;
        let object = format!("seal:{}", seal.id);
        let detail = json!({ "step": step, "department": seal.department, "kind": seal.kind });
        audit::record(act, tx, Entry { reason: Some(reason), ..Entry::new("seals.step", &object) }.with(detail))
            .await?;
        Ok(())
    }

    /// One seal.
    ///
    /// # Errors
    /// [`SealError::NotFound`].
    pub async fn find(&self, tx: &mut Tx, id: SealId) -> Result<Seal, SealError> {
        store::find(tx, id).await?.ok_or(SealError::NotFound(id))
    }

    /// The seals of one body from `after` on, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_department(
        &self,
        tx: &mut Tx,
        department: &str,
        after: Option<SealId>,
        limit: i64,
    ) -> Result<Vec<Seal>, SealError> {
        store::of_department(tx, department, after.map_or(0, SealId::get), limit).await
    }

    /// All seals from `after` on, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(&self, tx: &mut Tx, after: Option<SealId>, limit: i64) -> Result<Vec<Seal>, SealError> {
        store::page(tx, after.map_or(0, SealId::get), limit).await
    }

    /// The seals that somebody may see, from `after` on: of his body, or all of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visible(
        &self,
        act: &Act,
        tx: &mut Tx,
        after: Option<SealId>,
        limit: i64,
    ) -> Result<Vec<Seal>, SealError> {
        match body_of(act) {
            Some(own) => self.of_department(tx, own, after, limit).await,
            None => self.page(tx, after, limit).await,
        }
    }

    /// A seal that somebody may see; of others he is not told that they are there.
    ///
    /// # Errors
    /// [`SealError::NotFound`].
    pub async fn seen(&self, act: &Act, id: SealId) -> Result<Seal, SealError> {
        let seal = self.find(&mut *self.db.read().await?, id).await?;
        match body_of(act) {
            Some(own) if own != seal.department => Err(SealError::NotFound(id)),
            _ => Ok(seal),
        }
    }

    /// What happened to a seal, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, tx: &mut Tx, id: SealId) -> Result<Vec<SealEvent>, SealError> {
        store::history(tx, id).await
    }
}
