//! Rows of logins and their passwords.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, Timestamp};

use super::{sql, staff, word};
use crate::domain::{
    account::{Account, AccountState},
    password::Phc,
    staff::Staff,
};

/// A login with everything needed to let somebody in.
#[derive(Debug, Clone)]
pub(crate) struct AccountRow {
    pub(crate) account: Account,
    pub(crate) password: String,
    pub(crate) password_at: Timestamp,
    pub(crate) version: i64,
    /// The post, for staff.
    pub(crate) staff: Option<Staff>,
}

pub(crate) async fn add_account(tx: &mut Tx, a: &Account, password: &Phc) -> Result<(), DbError> {
    let args = args![
        a.account.get(),
        a.kind.as_str(),
        &a.username,
        &a.name,
        a.subject.map(|s| s.get()),
        a.person.map(|p| p.get()),
        password.as_str(),
        a.opened_at
    ];
    tx.exec(sql::ADD_ACCOUNT, args).await?;
    Ok(())
}

/// `false`: the username is taken.
pub(crate) async fn add_username(tx: &mut Tx, username: &str, account: AccountId) -> Result<bool, DbError> {
    Ok(tx.row(sql::ADD_USERNAME, args![username, account.get()]).await?.is_some())
}

pub(crate) async fn account_of_username(tx: &mut Tx, username: &str) -> Result<Option<AccountId>, DbError> {
    tx.row(sql::USERNAME, args![username]).await?.map(|row| row.id("account_id")).transpose()
}

pub(crate) async fn account(tx: &mut Tx, account: AccountId) -> Result<Option<AccountRow>, DbError> {
    tx.row(sql::ACCOUNT, args![account.get()]).await?.as_ref().map(account_row).transpose()
}

fn account_row(row: &Row) -> Result<AccountRow, DbError> {
    const TABLE: &str = "identity_account";
    let subject: Option<i64> = row.get("subject_id")?;
    let person: Option<i64> = row.get("person_id")?;
    let department: Option<String> = row.get("department")?;
    Ok(AccountRow {
        account: Account {
            account: row.id("account_id")?,
            kind: word(row, TABLE, "kind")?,
            username: row.get("username")?,
            name: row.get("name")?,
            subject: subject.map(Into::into),
            person: person.map(Into::into),
            state: word(row, TABLE, "state")?,
            opened_at: row.get("opened_at")?,
        },
        password: row.get("password")?,
        password_at: row.get("password_at")?,
        version: row.get("version")?,
        staff: department.is_some().then(|| staff::staff_of(row)).transpose()?,
    })
}

/// `false`: it was in that state already, or there is no such login.
pub(crate) async fn set_state(tx: &mut Tx, account: AccountId, state: AccountState) -> Result<bool, DbError> {
    Ok(tx.exec(sql::SET_STATE, args![account.get(), state.as_str()]).await? == 1)
}

/// `false`: somebody changed the login meanwhile.
pub(crate) async fn set_password(tx: &mut Tx, a: &AccountRow, password: &Phc, at: Timestamp) -> Result<bool, DbError> {
    let account = a.account.account.get();
    if tx.exec(sql::SET_PASSWORD, args![account, a.version, password.as_str(), at]).await? != 1 {
        return Ok(false);
    }
    tx.exec(sql::KEEP_PASSWORD, args![account, at, &a.password]).await?;
    Ok(true)
}

/// Passwords the login had before, newest first.
pub(crate) async fn earlier_passwords(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<String>, DbError> {
    tx.rows(sql::PASSWORDS, args![account.get(), limit]).await?.iter().map(|row| row.get("password")).collect()
}
