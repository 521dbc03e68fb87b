//! Signing in: the same answer and the same work for a wrong password and an unknown name, and a lock after five
//! failures.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, Timestamp, city_date};
use serde_json::json;

use super::{Identity, accounts::object, sessions::NewSession};
use crate::{
    Account, AccountKind, AccountState, IdentityError, Session, SessionId, SessionKind,
    domain::{
        account::normal_username,
        attempts::{Attempts, counts},
        password::{NOBODY, STAFF_DAYS},
    },
    store::{self, AccountRow},
};

/// Longest name of a program worth keeping, characters.
const AGENT_MAX: usize = 200;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What a try came to. Every one of them is written down, so none may be an error of the transaction.
#[derive(Debug)]
enum Outcome {
    In(Box<(Session, Account)>),
    Wrong,
    Locked(Timestamp),
    NoMandate,
}

/// Under which names failures are counted.
#[derive(Debug, Clone)]
pub(super) struct Counters {
    pub(super) account: String,
    pub(super) address: Option<String>,
}

/// What one transaction needs to finish a try.
#[derive(Debug, Clone)]
pub(super) struct Try {
    pub(super) act: Act,
    pub(super) counters: Counters,
    /// The login, when name and password belong together.
    pub(super) right: Option<AccountRow>,
    /// The login's number, when the name exists.
    pub(super) known: Option<kernel::AccountId>,
    pub(super) digest: String,
    pub(super) agent: Option<String>,
}

impl Identity {
    /// Signs somebody in who comes from `address` with the program `agent`.
    ///
    /// # Errors
    /// [`IdentityError::WrongCredentials`] alike for an unknown name, a wrong password and a closed login;
    /// [`IdentityError::Locked`] after too many failures; [`IdentityError::NoMandate`] for an agent whose mandate ended.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
        address: Option<&str>,
        agent: Option<&str>,
    ) -> Result<NewSession, IdentityError> {
        let mut act = Act::new(Actor::Stranger, self.now());
        act.address = address.map(str::to_owned);
        self.sign_in_on(&act, username, password, agent).await
    }

    /// Signs somebody in on a request that is under way.
    ///
    /// # Errors
    /// As [`Identity::sign_in`].
    pub async fn sign_in_on(
        &self,
        act: &Act,
        username: &str,
        password: &str,
        agent: Option<&str>,
    ) -> Result<NewSession, IdentityError> {
        let stranger = Act { actor: Actor::Stranger, ..act.clone() };
        let username = normal_username(username);
        let (row, counters, locked) = {
            let mut tx = self.db.read().await?;
            let row = match self.login_of(&mut tx, &username).await? {
                Some(account) => store::account(&mut tx, account).await?,
                None => None,
            };
            // Failures count for the login, by whichever of its names it was called.
            let name = row.as_ref().map_or(&username, |row| &row.account.username);
            let counters = self.counters(&stranger, name);
            let locked = locked_until(&mut tx, &counters, act.at, false).await?;
            (row.filter(|_| locked.is_none()), counters, locked)
        };
        if let Some(until) = locked {
            let args = (stranger, counters);
            self.db.write(args, |tx, (act, counters)| Box::pin(refused(tx, act, counters))).await?;
            return Err(locked_error(until, act.at));
        }
        let phc = row.as_ref().map_or(NOBODY, |row| row.password.as_str());
        let right = self.verify_password(password, phc).await?;
        let known = row.as_ref().map(|row| row.account.account);
        let right = row.filter(|row| right && row.account.state == AccountState::Active);
        let password_expired = right.as_ref().is_some_and(|row| expired(row, act.at));
        let token = gm::token();
        let try_ = Try {
            act: stranger,
            counters,
            right,
            known,
            digest: gm::token_digest(&token),
            agent: agent.map(str::to_owned),
        };
        let outcome = self.db.write((self.clone(), try_), |tx, (me, try_)| Box::pin(me.finish(tx, try_))).await?;
        match outcome {
            Outcome::In(entered) => {
                let (session, account) = *entered;
                Ok(NewSession {
                    token,
                    expires_at: session.expires_at,
                    session: session.session,
                    account,
                    password_expired,
                })
            }
            Outcome::Wrong => Err(IdentityError::WrongCredentials),
            Outcome::Locked(until) => Err(locked_error(until, act.at)),
            Outcome::NoMandate => Err(IdentityError::NoMandate),
        }
    }

    /// Holds somebody who is signed in to the present password before a delicate step. Failures count and lock as at
    /// the door.
    pub(super) async fn guard_password(
        &self,
        act: &Act,
        account: &Account,
        password: &str,
        phc: &str,
    ) -> Result<(), IdentityError> {
        let counters = self.counters(act, &account.username);
        let locked = locked_until(&mut *self.db.read().await?, &counters, act.at, false).await?;
        if let Some(until) = locked {
            return Err(locked_error(until, act.at));
        }
        if self.verify_password(password, phc).await? {
            return Ok(());
        }
        let try_ = Try {
            act: act.clone(),
            counters,
            right: None,
            known: Some(account.account),
            digest: String::new(),
            agent: None,
        };
        match self.db.write((self.clone(), try_), |tx, (me, try_)| Box::pin(me.finish(tx, try_))).await? {
            Outcome::Locked(until) => Err(locked_error(until, act.at)),
            _ => Err(IdentityError::WrongCredentials),
        }
    }

    async fn finish(&self, tx: &mut Tx, try_: &Try) -> Result<Outcome, IdentityError> {
        // Tries that ran at the same time are counted one after the other here: a guess that was right but came after
        // the lock does not get in.
        if let Some(until) = locked_until(tx, &try_.counters, try_.act.at, true).await? {
            refused(tx, &try_.act, &try_.counters).await?;
            return Ok(Outcome::Locked(until));
        }
        match &try_.right {
            None => {
                self.count_failure(tx, try_).await?;
                Ok(Outcome::Wrong)
            }
            Some(row) => {
                let actor = actor_of(row);
                let act = Act { actor, ..try_.act.clone() };
                if !self.mandate_holds(tx, &row.account, act.at).await? {
                    let detail = json!({"why": "no_mandate"});
                    let object = object(row.account.account);
                    audit::record(&try_.act, tx, Entry::new("identity.sign_in_failed", &object).with(detail)).await?;
                    return Ok(Outcome::NoMandate);
                }
                store::set_attempts(tx, &try_.counters.account, &Attempts::default()).await?;
                let session = self.let_in(&act, tx, row, &try_.digest, try_.agent.clone(), "password").await?;
                Ok(Outcome::In(Box::new((session, row.account.clone()))))
            }
        }
    }

    /// Begins the session of somebody who proved by `means` who he is.
    pub(super) async fn let_in(
        &self,
        act: &Act,
        tx: &mut Tx,
        row: &AccountRow,
        digest: &str,
        agent: Option<String>,
        means: &'static str,
    ) -> Result<Session, IdentityError> {
        let act = Act { actor: actor_of(row), ..act.clone() };
        let session = self.new_session(&act, &row.account, SessionKind::Session, None, agent);
        store::add_session(tx, digest, &session).await?;
        let detail = json!({"session": session.session, "agent": session.agent, "means": means});
        audit::record(&act, tx, Entry::new("identity.sign_in", &object(row.account.account)).with(detail)).await?;
        Ok(session)
    }

    pub(super) async fn count_failure(&self, tx: &mut Tx, try_: &Try) -> Result<(), IdentityError> {
        // A name that does not exist is named by its keyed digest: people type phones and passwords into that field.
        let object = try_.known.map_or_else(|| try_.counters.account.clone(), object);
        audit::record(&try_.act, tx, Entry::new("identity.sign_in_failed", &object)).await?;
        for (name, by) in [(Some(&try_.counters.account), "account"), (try_.counters.address.as_ref(), "address")] {
            let Some(name) = name else { continue };
            let mut attempts = store::hold_attempts(tx, name, try_.act.at).await?;
            let locks = attempts.fail(try_.act.at, self.rules.lock);
            store::set_attempts(tx, name, &attempts).await?;
            if locks {
                tracing::warn!(
                    by,
                    minutes = self.rules.lock.lock_ms / 60_000,
                    "sign-in is locked by {by} after too many failures"
                );
                let locked = if by == "account" { object.as_str() } else { name.as_str() };
                let detail = json!({"by": by, "minutes": self.rules.lock.lock_ms / 60_000});
                audit::record(&try_.act, tx, Entry::new("identity.locked", locked).with(detail)).await?;
            }
        }
        Ok(())
    }

    /// Ends the lock of a login after too many failures; a lock of an address stays.
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] for anybody but the platform and the system administrator;
    /// [`IdentityError::NoAccount`].
    pub async fn unlock(&self, act: &Act, tx: &mut Tx, account: kernel::AccountId) -> Result<(), IdentityError> {
        super::permit(act, &[kernel::Role::SystemAdmin])?;
        let row = store::account(tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
        self.forgive(tx, &row.account.username).await?;
        audit::record(act, tx, Entry::new("identity.unlocked", &object(account))).await?;
        Ok(())
    }

    /// Forgets the failures counted under a username.
    pub(super) async fn forgive(&self, tx: &mut Tx, username: &str) -> Result<(), IdentityError> {
        let name = format!("account:{}", self.keys.blind("username", username));
        store::set_attempts(tx, &name, &crate::domain::attempts::Attempts::default()).await?;
        Ok(())
    }

    pub(super) fn counters(&self, act: &Act, username: &str) -> Counters {
        let address =
            act.address.as_deref().filter(|address| counts(address)).map(|address| format!("address:{address}"));
        Counters { account: format!("account:{}", self.keys.blind("username", username)), address }
    }

    /// A session of a login that begins now.
    pub(super) fn new_session(
        &self,
        act: &Act,
        account: &Account,
        kind: SessionKind,
        label: Option<String>,
        agent: Option<String>,
    ) -> Session {
        let limits = &self.rules.sessions;
        Session {
            session: SessionId::fresh(act.at),
            account: account.account,
            kind,
            label,
            created_at: act.at,
            last_seen_at: act.at,
            expires_at: later(act.at, limits.absolute_ms),
            idle_ms: limits.idle_ms(account.kind, kind),
            address: act.address.clone(),
            agent: agent.map(|agent| agent.chars().filter(|c| !c.is_control()).take(AGENT_MAX).collect()),
            acting_for: None,
        }
    }

    /// Whether the person behind an enterprise's login still has a mandate.
    pub(super) async fn mandate_holds(
        &self,
        tx: &mut Tx,
        account: &Account,
        at: Timestamp,
    ) -> Result<bool, IdentityError> {
        match (account.kind, account.subject, account.person) {
            (AccountKind::Enterprise, Some(enterprise), Some(person)) => {
                self.represents(tx, person, enterprise, city_date(at)).await
            }
            _ => Ok(true),
        }
    }
}

/// The actor behind a login.
pub(super) fn actor_of(row: &AccountRow) -> Actor {
    let Account { account, kind, name, subject, person, .. } = row.account.clone();
    match (kind, subject, &row.staff) {
        (AccountKind::Person, Some(subject), _) => Actor::Person { account, subject, name },
        (AccountKind::Enterprise, Some(subject), _) => Actor::Agent { account, subject, person, name },
        (AccountKind::Staff, _, Some(staff)) => Actor::Staff {
            account,
            name,
            department: staff.department.clone(),
            region: staff.region.clone(),
            roles: staff.roles.clone(),
        },
        // A row without its other half lets nobody in as anybody.
        _ => Actor::Stranger,
    }
}

/// Until when the name or the address is locked. `hold` keeps both rows until the transaction ends.
pub(super) async fn locked_until(
    tx: &mut Tx,
    counters: &Counters,
    at: Timestamp,
    hold: bool,
) -> Result<Option<Timestamp>, IdentityError> {
    let mut until = None;
    for name in [Some(&counters.account), counters.address.as_ref()].into_iter().flatten() {
        let attempts = if hold { store::hold_attempts(tx, name, at).await? } else { store::attempts(tx, name).await? };
        until = until.max(attempts.locked(at));
    }
    Ok(until)
}

pub(super) async fn refused(tx: &mut Tx, act: &Act, counters: &Counters) -> Result<(), IdentityError> {
    audit::record(act, tx, Entry::new("identity.sign_in_refused", &counters.account)).await?;
    Ok(())
}

pub(super) fn locked_error(until: Timestamp, at: Timestamp) -> IdentityError {
    let ms = until.as_millisecond() - at.as_millisecond();
    IdentityError::Locked { minutes: (ms + 59_999).div_euclid(60_000).max(1) }
}

/// Whether a member of staff has had his password too long.
fn expired(row: &AccountRow, at: Timestamp) -> bool {
    row.account.kind == AccountKind::Staff
        && at.as_millisecond() - row.password_at.as_millisecond() > STAFF_DAYS * DAY_MS
}

/// `ms` after `at`.
pub(super) fn later(at: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond() + ms).unwrap_or(Timestamp::MAX)
}
