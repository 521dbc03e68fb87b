//! Opening and closing logins.

use audit::Entry;
use db::Tx;
use kernel::{AccountId, Act, Role, SubjectKind, city_date};
use serde_json::json;

use super::{Identity, permit};
use crate::{
    Account, AccountKind, AccountState, DocumentKind, Holder, IdentityError, Phc, Staff, Subject,
    domain::account::{check_username, normal_username},
    store,
};

/// A login to be opened for a person or an enterprise.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Name for signing in.
    pub username: String,
    /// The hash of the password, made before the transaction by [`Identity::hash_password`]. Demonstration logins share
    /// one.
    pub password: Phc,
    /// To whom it belongs.
    pub holder: Holder,
}

impl Identity {
    /// Opens a login for a person or an enterprise.
    ///
    /// # Errors
    /// [`IdentityError::UsernameTaken`]; [`IdentityError::Invalid`] for an unlawful username;
    /// [`IdentityError::NoSubject`]; [`IdentityError::NoMandate`] when the holder is of the wrong kind or the acting
    /// person has no mandate.
    pub async fn open_account(&self, act: &Act, tx: &mut Tx, new: &NewAccount) -> Result<AccountId, IdentityError> {
        permit(act, &[Role::Window])?;
        self.open_for(act, tx, new).await
    }

    /// Opens a login whose right to exist was proven another way than by a post.
    pub(super) async fn open_for(&self, act: &Act, tx: &mut Tx, new: &NewAccount) -> Result<AccountId, IdentityError> {
        let (kind, subject, person) = match new.holder {
            Holder::Person(subject) => (AccountKind::Person, subject, None),
            Holder::Enterprise { enterprise, person } => (AccountKind::Enterprise, enterprise, person),
        };
        let owner = store::subject(tx, subject).await?.ok_or(IdentityError::NoSubject(subject))?;
        let expected = if kind == AccountKind::Person { SubjectKind::Person } else { SubjectKind::Enterprise };
        if owner.kind != expected {
            return Err(IdentityError::NoMandate);
        }
        if let Some(person) = person
            && !self.represents(tx, person, subject, city_date(act.at)).await?
        {
            return Err(IdentityError::NoMandate);
        }
        let account = Account {
            account: AccountId::fresh(act.at),
            kind,
            username: normal_username(&new.username),
            name: owner.name,
            subject: Some(subject),
            person,
            state: AccountState::Active,
            opened_at: act.at,
        };
        self.open(act, tx, &account, &new.password).await?;
        if kind == AccountKind::Person {
            // The first login is the one that is found by the person's number.
            store::add_personal(tx, subject, account.account).await?;
        }
        Ok(account.account)
    }

    pub(super) async fn open(
        &self,
        act: &Act,
        tx: &mut Tx,
        account: &Account,
        password: &Phc,
    ) -> Result<(), IdentityError> {
        check_username(&account.username).map_err(|fault| IdentityError::Invalid(vec![fault]))?;
        if !store::add_username(tx, &account.username, account.account).await? {
            return Err(IdentityError::UsernameTaken);
        }
        store::add_account(tx, account, password).await?;
        let detail = json!({"kind": account.kind, "subject": account.subject, "person": account.person});
        audit::record(act, tx, Entry::new("identity.account_opened", &object(account.account)).with(detail)).await?;
        Ok(())
    }

    /// Closes a login for good and ends its sessions. It is never deleted, since the trail refers to it.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`] when there is none that could be closed; [`IdentityError::NotAllowed`].
    pub async fn close_account(&self, act: &Act, tx: &mut Tx, account: AccountId) -> Result<(), IdentityError> {
        permit(act, &[Role::SystemAdmin])?;
        if !store::set_state(tx, account, AccountState::Closed).await? {
            return Err(IdentityError::NoAccount(account));
        }
        store::end_personal(tx, account).await?;
        let ended = store::end_others(tx, account, None).await?;
        let detail = json!({"sessions_ended": ended});
        audit::record(act, tx, Entry::new("identity.account_closed", &object(account)).with(detail)).await?;
        Ok(())
    }

    /// One login.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`].
    pub async fn account(&self, tx: &mut Tx, account: AccountId) -> Result<Account, IdentityError> {
        let row = store::account(tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
        Ok(row.account)
    }

    /// A login with its post or its subject, for its own holder.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`].
    pub async fn me(&self, account: AccountId) -> Result<(Account, Option<Staff>, Option<Subject>), IdentityError> {
        let mut tx = self.db.read().await?;
        let row = store::account(&mut tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
        let subject = match row.account.subject {
            Some(subject) => Some(self.subject(&mut tx, subject).await?),
            None => None,
        };
        Ok((row.account, row.staff, subject))
    }

    /// The login with this username, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_account(&self, tx: &mut Tx, username: &str) -> Result<Option<AccountId>, IdentityError> {
        Ok(store::account_of_username(tx, &normal_username(username)).await?)
    }
}

impl Identity {
    /// The login somebody means by what he typed at the door: a username, or the number of his document.
    pub(super) async fn login_of(&self, tx: &mut Tx, typed: &str) -> Result<Option<AccountId>, IdentityError> {
        if let Some(account) = store::account_of_username(tx, &normal_username(typed)).await? {
            return Ok(Some(account));
        }
        self.personal_login_of(tx, typed).await
    }

    /// The personal login of whoever has a document with this number.
    pub(super) async fn personal_login_of(
        &self,
        tx: &mut Tx,
        number: &str,
    ) -> Result<Option<AccountId>, IdentityError> {
        for kind in DocumentKind::ALL.iter().filter(|kind| **kind != DocumentKind::Uscc) {
            if let Some(subject) = self.find_by_key(tx, *kind, number).await?
                && let Some(account) = store::personal(tx, subject).await?
            {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }
}

/// A login as the trail names it.
pub(super) fn object(account: AccountId) -> String {
    format!("account:{account}")
}
