//! Sessions and tokens: who stands behind one, listing and ending them.

use audit::Entry;
use db::Tx;
use kernel::{AccountId, Act, Actor, Timestamp};
use serde_json::json;

use super::{Identity, accounts::object, sign_in::actor_of};
use crate::{
    Account, AccountState, IdentityError, Session, SessionId, SessionKind, domain::account::check_line, store,
};

/// A session or token that was just made. The token is shown once and is nowhere stored.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The secret that stands for the session.
    pub token: String,
    /// When it ends at the latest; a session at rest ends sooner.
    pub expires_at: Timestamp,
    /// Its number.
    pub session: SessionId,
    /// The login.
    pub account: Account,
    /// A member of staff has had his password for more than 90 days and must change it.
    pub password_expired: bool,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("session", &self.session)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Longest label of a token, characters.
const LABEL_MAX: usize = 60;
/// Failures older than this are forgotten, milliseconds.
const ATTEMPT_MEMORY_MS: i64 = 24 * 3_600_000;

impl Identity {
    /// Who stands behind a token at `at`; none when it is unknown or ended, its login closed, or the agent's mandate
    /// over. Its use is written down every half minute.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn act_of(
        &self,
        token: &str,
        at: Timestamp,
        address: Option<&str>,
    ) -> Result<Option<Act>, IdentityError> {
        let digest = gm::token_digest(token);
        let (session, actor, on_behalf) = {
            let mut tx = self.db.read().await?;
            let Some(session) = store::session(&mut tx, &digest).await?.filter(|session| session.holds(at)) else {
                return Ok(None);
            };
            let row = store::account(&mut tx, session.account).await?;
            let Some(row) = row.filter(|row| row.account.state == AccountState::Active) else { return Ok(None) };
            if !self.mandate_holds(&mut tx, &row.account, at).await? {
                return Ok(None);
            }
            match session.acting_for {
                None => (session, actor_of(&row), None),
                Some(enterprise) => match self.agent_of(&mut tx, &row, enterprise, at).await? {
                    Some(agent) => (session, agent, Some(row.account.name)),
                    // A mandate that ended ends the session that rests on it: what was begun for the enterprise must
                    // not go on in the person's own name.
                    None => return Ok(None),
                },
            }
        };
        if matches!(actor, Actor::Stranger) {
            return Ok(None);
        }
        if session.worth_touching(at) {
            // A use that cannot be written down only lets the session end sooner; reading must go on without writing.
            let touched = self.db.write((digest, at), |tx, (digest, at)| Box::pin(store::touch(tx, digest, *at))).await;
            if let Err(error) = touched {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(session.id = %session.session, error, "the use of a session could not be written down");
            }
        }
        let session_ends = (session.kind == SessionKind::Session).then(|| session.ends_at(at));
        Ok(Some(Act { address: address.map(str::to_owned), on_behalf, session_ends, ..Act::new(actor, at) }))
    }

    /// Signs out: the session behind this token ends at once. Signing out twice is no error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, act: &Act, token: &str) -> Result<(), IdentityError> {
        let args = (act.clone(), gm::token_digest(token));
        self.db
            .write(args, |tx, (act, digest)| {
                Box::pin(async move {
                    if let (Some(session), Some(account)) = (store::end_digest(tx, digest).await?, act.account()) {
                        let detail = json!({"session": session});
                        audit::record(act, tx, Entry::new("identity.sign_out", &object(account)).with(detail)).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Sessions of a login that have not reached their end, newest first; those at rest for too long are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        account: AccountId,
        kind: SessionKind,
        before: Option<SessionId>,
        limit: i64,
    ) -> Result<Vec<Session>, IdentityError> {
        let at = self.now();
        let mut tx = self.db.read().await?;
        Ok(store::sessions(&mut tx, account, kind, at, before.map_or(i64::MAX, SessionId::get), limit).await?)
    }

    /// Ends one session or token of one's own.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], also for sessions of others.
    pub async fn end_session(&self, act: &Act, session: SessionId) -> Result<(), IdentityError> {
        let account = act.account().ok_or(IdentityError::NoSession)?;
        self.db
            .write((act.clone(), account, session), |tx, (act, account, session)| {
                Box::pin(async move {
                    if !store::end_session(tx, *account, *session).await? {
                        return Err(IdentityError::NoSession);
                    }
                    let detail = json!({"session": session});
                    audit::record(act, tx, Entry::new("identity.session_ended", &object(*account)).with(detail))
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends all sessions and tokens of one's own login but the one behind `token`. How many.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] when `token` is no session of this login.
    pub async fn end_other_sessions(&self, act: &Act, token: &str) -> Result<u64, IdentityError> {
        let account = act.account().ok_or(IdentityError::NoSession)?;
        self.db
            .write((act.clone(), account, gm::token_digest(token)), |tx, (act, account, digest)| {
                Box::pin(async move {
                    let present = store::session(tx, digest).await?.filter(|session| session.account == *account);
                    let present = present.ok_or(IdentityError::NoSession)?;
                    let ended = store::end_others(tx, *account, Some(present.session)).await?;
                    let detail = json!({"others": ended});
                    audit::record(act, tx, Entry::new("identity.session_ended", &object(*account)).with(detail))
                        .await?;
                    Ok(ended)
                })
            })
            .await
    }

    /// The session behind a token, for its own holder.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] when there is none of this login.
    pub async fn session_of(&self, act: &Act, token: &str) -> Result<Session, IdentityError> {
        let mut tx = self.db.read().await?;
        let session = store::session(&mut tx, &gm::token_digest(token)).await?;
        session.filter(|session| Some(session.account) == act.account()).ok_or(IdentityError::NoSession)
    }

    /// Makes a token for a program of one's own. Only a session may do so, not another token: else tokens would renew
    /// each other for ever.
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] when `token` is not a session of this login; [`IdentityError::Invalid`] for a
    /// label that is too long.
    pub async fn make_token(
        &self,
        act: &Act,
        token: &str,
        label: Option<&str>,
        agent: Option<&str>,
    ) -> Result<NewSession, IdentityError> {
        let label = label.map(str::trim).filter(|label| !label.is_empty());
        if let Some(fault) = label.and_then(|label| check_line("/label", label, LABEL_MAX)) {
            return Err(IdentityError::Invalid(vec![fault]));
        }
        let account = act.account().ok_or(IdentityError::NotAllowed)?;
        let account = {
            let mut tx = self.db.read().await?;
            let present = store::session(&mut tx, &gm::token_digest(token)).await?;
            if !present.is_some_and(|session| session.account == account && session.kind == SessionKind::Session) {
                return Err(IdentityError::NotAllowed);
            }
            self.account(&mut tx, account).await?
        };
        let session =
            self.new_session(act, &account, SessionKind::Api, label.map(str::to_owned), agent.map(str::to_owned));
        let token = gm::token();
        let args = (act.clone(), session.clone(), gm::token_digest(&token));
        self.db
            .write(args, |tx, (act, session, digest)| {
                Box::pin(async move {
                    store::add_session(tx, digest, session).await?;
                    let detail = json!({"session": session.session, "label": session.label});
                    audit::record(act, tx, Entry::new("identity.token_made", &object(session.account)).with(detail))
                        .await
                })
            })
            .await?;
        Ok(NewSession {
            token,
            expires_at: session.expires_at,
            session: session.session,
            account,
            password_expired: false,
        })
    }

    /// Gives the session behind `token` a new token and a new number, as after every change of level; the old token
    /// ends. Its end at the latest stays.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] when there is none.
    pub async fn rotate_session(&self, token: &str, at: Timestamp) -> Result<NewSession, IdentityError> {
        let fresh = gm::token();
        let args = (self.clone(), token.to_owned(), fresh.clone(), at);
        let (session, account) = self
            .db
            .write(args, |tx, (me, token, fresh, at)| {
                Box::pin(async move {
                    let session = me.move_session(tx, token, fresh, *at).await?;
                    let account = me.account(tx, session.account).await?;
                    Ok::<_, IdentityError>((session, account))
                })
            })
            .await?;
        Ok(NewSession {
            token: fresh,
            expires_at: session.expires_at,
            session: session.session,
            account,
            password_expired: false,
        })
    }

    pub(super) async fn move_session(
        &self,
        tx: &mut Tx,
        token: &str,
        fresh: &str,
        at: Timestamp,
    ) -> Result<Session, IdentityError> {
        let old = gm::token_digest(token);
        let session =
            store::session(tx, &old).await?.filter(|session| session.holds(at)).ok_or(IdentityError::NoSession)?;
        store::end_digest(tx, &old).await?;
        let moved = Session { session: SessionId::fresh(at), last_seen_at: at, ..session };
        store::add_session(tx, &gm::token_digest(fresh), &moved).await?;
        Ok(moved)
    }

    /// Forgets sessions that reached their end and failures of long ago. A duty of the night, harmless at any time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<u64, IdentityError> {
        let at = self.now();
        let long_ago =
            Timestamp::from_millisecond(at.as_millisecond() - ATTEMPT_MEMORY_MS).unwrap_or(Timestamp::UNIX_EPOCH);
        self.db
            .write((at, long_ago), |tx, (at, long_ago)| {
                Box::pin(async move {
                    let sessions = store::sweep_sessions(tx, *at).await?;
                    let flows = store::sweep_flows(tx, *at).await?;
                    Ok(sessions + flows + store::sweep_attempts(tx, *long_ago, *at).await?)
                })
            })
            .await
    }
}

impl webkit::Authenticator for Identity {
    fn act<'a>(
        &'a self,
        token: &'a str,
        at: Timestamp,
        address: Option<&'a str>,
    ) -> db::BoxFuture<'a, webkit::Answer<Option<Act>>> {
        Box::pin(async move { Ok(self.act_of(token, at, address).await?) })
    }
}
