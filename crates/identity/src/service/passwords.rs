//! Passwords: hashing off the runtime's threads, and changing them.

use audit::Entry;
use kernel::Act;
use serde_json::json;

use super::{Identity, accounts::object, sessions::NewSession};
use crate::{
    Account, AccountKind, IdentityError, PasswordContext, Phc,
    domain::password::{self, MAX_CHARS, STAFF_HISTORY},
    store::{self, AccountRow},
};

impl Identity {
    /// Checks a new password and hashes it, before and outside every transaction.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] with everything that is wrong with it; [`IdentityError::Hashing`].
    pub async fn hash_password(&self, password: &str, context: &PasswordContext) -> Result<Phc, IdentityError> {
        let faults = password::check(password, context);
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        self.hash_unchecked(password).await
    }

    /// Hashes a password that was set from outside, such as that of the demonstration, without judging it.
    ///
    /// # Errors
    /// [`IdentityError::Hashing`].
    pub async fn hash_unchecked(&self, password: &str) -> Result<Phc, IdentityError> {
        let password = password.to_owned();
        self.off_thread(move || password::hash(&password)).await?.ok_or(IdentityError::Hashing)
    }

    /// Whether the password belongs to the hash. Over-long input is never hashed, but costs the same work.
    pub(super) async fn verify_password(&self, password: &str, phc: &str) -> Result<bool, IdentityError> {
        let fits = password.chars().count() <= MAX_CHARS;
        let password = if fits { password.to_owned() } else { String::new() };
        let phc = phc.to_owned();
        Ok(self.off_thread(move || password::verify(&password, &phc)).await? && fits)
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, IdentityError> {
        let _turn = self.hashing.acquire().await.map_err(|_| IdentityError::Hashing)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| IdentityError::Hashing)
    }

    /// Changes the password of whoever is signed in with `token`: all other sessions and tokens end, and this session
    /// goes on under a new token.
    ///
    /// # Errors
    /// [`IdentityError::WrongCredentials`] when the present password is wrong; [`IdentityError::Locked`];
    /// [`IdentityError::Invalid`] with everything wrong with the new one.
    pub async fn change_password(
        &self,
        act: &Act,
        token: &str,
        old: &str,
        new: &str,
    ) -> Result<NewSession, IdentityError> {
        let account = act.account().ok_or(IdentityError::NotAllowed)?;
        let (row, earlier, context) = {
            let mut tx = self.db.read().await?;
            let row = store::account(&mut tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
            let earlier = store::earlier_passwords(&mut tx, account, STAFF_HISTORY - 1).await?;
            let context = self.password_context(&mut tx, &row.account).await?;
            (row, earlier, context)
        };
        self.guard_password(act, &row.account, old, &row.password).await?;
        if row.account.kind == AccountKind::Staff {
            for phc in earlier.iter().chain([&row.password]) {
                if self.verify_password(new, phc).await? {
                    let fault = kernel::Fault::new("/password", "used_before", "不能使用最近五次用过的密码。");
                    return Err(IdentityError::Invalid(vec![fault]));
                }
            }
        }
        let phc = self.hash_password(new, &context).await?;
        let fresh = gm::token();
        let args = (self.clone(), act.clone(), row, phc, token.to_owned(), fresh.clone());
        let session = self
            .db
            .write(args, |tx, (me, act, row, phc, token, fresh)| {
                Box::pin(me.commit_password(tx, act, row, phc, token, fresh))
            })
            .await?;
        Ok(NewSession { token: fresh, ..session })
    }

    /// Whether `password` is that of the login.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`]; [`IdentityError::Hashing`].
    pub async fn password_fits(&self, account: kernel::AccountId, password: &str) -> Result<bool, IdentityError> {
        let row = {
            let mut tx = self.db.read().await?;
            store::account(&mut tx, account).await?.ok_or(IdentityError::NoAccount(account))?
        };
        self.verify_password(password, &row.password).await
    }

    /// Sets the password of a login anew, for somebody who lost it; its sessions, tokens and lock end.
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] for anybody but the platform and the system administrator;
    /// [`IdentityError::NoAccount`]; [`IdentityError::Stale`] when somebody changed the login meanwhile.
    pub async fn reset_password(
        &self,
        act: &Act,
        tx: &mut db::Tx,
        account: kernel::AccountId,
        password: &Phc,
    ) -> Result<(), IdentityError> {
        super::permit(act, &[kernel::Role::SystemAdmin])?;
        let row = store::account(tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
        if !store::set_password(tx, &row, password, act.at).await? {
            return Err(IdentityError::Stale);
        }
        let ended = store::end_others(tx, account, None).await?;
        self.forgive(tx, &row.account.username).await?;
        let detail = json!({"sessions_ended": ended, "reset": true});
        audit::record(act, tx, Entry::new("identity.password_changed", &object(account)).with(detail)).await?;
        Ok(())
    }

    /// What the password of a login must not contain.
    pub(super) async fn password_context(
        &self,
        tx: &mut db::Tx,
        account: &Account,
    ) -> Result<PasswordContext, IdentityError> {
        let mut context = PasswordContext::default();
        if let Some(subject) = account.person.or(account.subject) {
            let subject = self.subject(tx, subject).await?;
            let birth_date = subject.birth_date.map(|day| day.to_string().replace('-', ""));
            context.known.extend([subject.name, subject.number].into_iter().chain(subject.phone).chain(birth_date));
        }
        context.known.extend([account.username.clone(), account.name.clone()]);
        Ok(context)
    }

    async fn commit_password(
        &self,
        tx: &mut db::Tx,
        act: &Act,
        row: &AccountRow,
        phc: &Phc,
        token: &str,
        fresh: &str,
    ) -> Result<NewSession, IdentityError> {
        if !store::set_password(tx, row, phc, act.at).await? {
            return Err(IdentityError::Stale);
        }
        let session = self.move_session(tx, token, fresh, act.at).await?;
        let ended = store::end_others(tx, row.account.account, Some(session.session)).await?;
        let detail = json!({"sessions_ended": ended});
        audit::record(act, tx, Entry::new("identity.password_changed", &object(row.account.account)).with(detail))
            .await?;
        Ok(NewSession {
            token: String::new(),
            expires_at: session.expires_at,
            session: session.session,
            account: row.account.clone(),
            password_expired: false,
        })
    }
}
