//! Staff: added without rights, which one administrator asks for and another one grants.

use audit::Entry;
use db::Tx;
use kernel::{AccountId, Act, Fault, Role};
use serde_json::json;

use super::{Identity, accounts::object, permit};
use crate::{
    Account, AccountKind, AccountState, IdentityError, Phc, Staff,
    domain::{
        account::{check_line, normal_username},
        staff::check_roles,
        subject::normal_person_name,
    },
    store,
};

/// Longest department, region or post, characters.
const LINE_MAX: usize = 60;

/// A member of staff to be added.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Name for signing in.
    pub username: String,
    /// The hash of the password, made before the transaction by [`Identity::hash_password`].
    pub password: Phc,
    /// Name as shown in the history of cases.
    pub name: String,
    /// Key of the department.
    pub department: String,
    /// District code, or none for the city's own bodies.
    pub region: Option<String>,
    /// What the post is called.
    pub post: String,
    /// Roles. Only the platform itself (first start, demonstration) may give them at once; administrators ask for them.
    pub roles: Vec<Role>,
}

impl Identity {
    /// Adds a member of staff and his login. An administrator adds him without rights: the roles are kept as asked for
    /// until the security administrator grants them (GB/T 22239—2019 8.1.4.2).
    ///
    /// # Errors
    /// [`IdentityError::RolesConflict`]; [`IdentityError::UsernameTaken`]; [`IdentityError::Invalid`];
    /// [`IdentityError::NotAllowed`].
    pub async fn add_staff(&self, act: &Act, tx: &mut Tx, new: &NewStaff) -> Result<AccountId, IdentityError> {
        permit(act, &[Role::SystemAdmin])?;
        check_roles(&new.roles)?;
        let lines =
            [("/department", Some(&new.department)), ("/region", new.region.as_ref()), ("/post", Some(&new.post))];
        let mut faults: Vec<Fault> =
            lines.iter().filter_map(|(pointer, text)| check_line(pointer, text.as_ref()?, LINE_MAX)).collect();
        let name = normal_person_name(&new.name).unwrap_or_default();
        if name.is_empty() {
            faults.push(Fault::new("/name", "name", "请填写姓名，最多 50 个字，不含数字和符号。"));
        }
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        let at_once = matches!(act.actor, kernel::Actor::System);
        let account = Account {
            account: AccountId::fresh(act.at),
            kind: AccountKind::Staff,
            username: normal_username(&new.username),
            name,
            subject: None,
            person: None,
            state: AccountState::Active,
            opened_at: act.at,
        };
        let staff = Staff {
            account: account.account,
            username: account.username.clone(),
            name: account.name.clone(),
            state: AccountState::Active,
            department: new.department.clone(),
            region: new.region.clone(),
            post: new.post.clone(),
            roles: if at_once { new.roles.clone() } else { Vec::new() },
            requested_roles: None,
        };
        self.open(act, tx, &account, &new.password).await?;
        store::add_staff(tx, &staff).await?;
        if !at_once && !new.roles.is_empty() {
            store::request_roles(tx, account.account, &new.roles).await?;
        }
        let detail =
            json!({"department": new.department, "region": new.region, "roles": staff.roles, "requested": new.roles});
        audit::record(act, tx, Entry::new("identity.staff_added", &object(account.account)).with(detail)).await?;
        Ok(account.account)
    }

    /// Asks for roles of a member of staff; they hold once the security administrator grants them.
    ///
    /// # Errors
    /// [`IdentityError::RolesConflict`]; [`IdentityError::NoAccount`] when it is no login of staff;
    /// [`IdentityError::NotAllowed`].
    pub async fn request_roles(
        &self,
        act: &Act,
        tx: &mut Tx,
        account: AccountId,
        roles: &[Role],
    ) -> Result<(), IdentityError> {
        permit(act, &[Role::SystemAdmin])?;
        check_roles(roles)?;
        if !store::request_roles(tx, account, roles).await? {
            return Err(IdentityError::NoAccount(account));
        }
        let detail = json!({"roles": roles});
        audit::record(act, tx, Entry::new("identity.roles_requested", &object(account)).with(detail)).await?;
        Ok(())
    }

    /// Grants the roles that were asked for. Sessions of that login end, so that nobody works on with old rights.
    ///
    /// # Errors
    /// [`IdentityError::NothingRequested`]; [`IdentityError::Stale`] when something else is asked for by now;
    /// [`IdentityError::NoAccount`]; [`IdentityError::NotAllowed`], also for one's own login.
    pub async fn grant_roles(&self, act: &Act, tx: &mut Tx, account: AccountId) -> Result<Vec<Role>, IdentityError> {
        permit(act, &[Role::SecurityAdmin])?;
        if act.account() == Some(account) {
            return Err(IdentityError::NotAllowed);
        }
        let row = store::account(tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
        let staff = row.staff.ok_or(IdentityError::NoAccount(account))?;
        let roles = staff.requested_roles.ok_or(IdentityError::NothingRequested)?;
        check_roles(&roles)?;
        if !store::grant_roles(tx, account, &roles).await? {
            return Err(IdentityError::Stale);
        }
        store::end_others(tx, account, None).await?;
        let detail = json!({"before": staff.roles, "roles": roles});
        audit::record(act, tx, Entry::new("identity.roles_granted", &object(account)).with(detail)).await?;
        Ok(roles)
    }

    /// Staff of one department, or of all, after the login `after`, in order of their opening.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn staff(
        &self,
        tx: &mut Tx,
        department: Option<&str>,
        after: Option<AccountId>,
        limit: i64,
    ) -> Result<Vec<Staff>, IdentityError> {
        if department.is_some_and(|department| check_line("/department", department, LINE_MAX).is_some()) {
            return Ok(Vec::new());
        }
        Ok(store::staff(tx, department, after.map_or(i64::MIN, AccountId::get), limit).await?)
    }

    /// One member of staff.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`] when it is no login of staff.
    pub async fn staff_of(&self, tx: &mut Tx, account: AccountId) -> Result<Staff, IdentityError> {
        let row = store::account(tx, account).await?;
        row.and_then(|row| row.staff).ok_or(IdentityError::NoAccount(account))
    }

    /// Staff as [`Identity::staff`], in a reading of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_staff(
        &self,
        department: Option<&str>,
        after: Option<AccountId>,
        limit: i64,
    ) -> Result<Vec<Staff>, IdentityError> {
        let mut tx = self.db.read().await?;
        self.staff(&mut tx, department, after, limit).await
    }
}
