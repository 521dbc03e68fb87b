//! Rows of posts.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, Role};

use super::{sql, word};
use crate::domain::staff::Staff;

/// Roles as their column holds them.
fn roles_text(roles: &[Role]) -> String {
    serde_json::json!(roles).to_string()
}

fn roles_of(text: &str) -> Result<Vec<Role>, DbError> {
    serde_json::from_str(text).map_err(|_| DbError::corrupt("identity_staff.roles", "it is no list of roles"))
}

pub(crate) async fn add_staff(tx: &mut Tx, s: &Staff) -> Result<(), DbError> {
    let args = args![s.account.get(), &s.department, s.region.as_deref(), &s.post, roles_text(&s.roles)];
    tx.exec(sql::ADD_STAFF, args).await?;
    Ok(())
}

pub(crate) async fn request_roles(tx: &mut Tx, account: AccountId, roles: &[Role]) -> Result<bool, DbError> {
    Ok(tx.exec(sql::REQUEST_ROLES, args![account.get(), roles_text(roles)]).await? == 1)
}

/// `false`: something else is asked for by now.
pub(crate) async fn grant_roles(tx: &mut Tx, account: AccountId, roles: &[Role]) -> Result<bool, DbError> {
    Ok(tx.exec(sql::GRANT_ROLES, args![account.get(), roles_text(roles)]).await? == 1)
}

pub(crate) async fn staff(
    tx: &mut Tx,
    department: Option<&str>,
    after: i64,
    limit: i64,
) -> Result<Vec<Staff>, DbError> {
    tx.rows(sql::STAFF, args![department, after, limit]).await?.iter().map(staff_of).collect()
}

pub(super) fn staff_of(row: &Row) -> Result<Staff, DbError> {
    let requested: Option<String> = row.get("requested_roles")?;
    Ok(Staff {
        account: row.id("account_id")?,
        username: row.get("username")?,
        name: row.get("name")?,
        state: word(row, "identity_account", "state")?,
        department: row.get("department")?,
        region: row.get("region")?,
        post: row.get("post")?,
        roles: roles_of(&row.get::<String>("roles")?)?,
        requested_roles: requested.as_deref().map(roles_of).transpose()?,
    })
}
