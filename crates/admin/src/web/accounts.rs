//! Logins.

use axum::{extract::State, response::IntoResponse};
use identity::{AccountState, IdentityError, PasswordContext, SessionKind};
use kernel::{AccountId, Role, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Path, Problem, Query, once_page, query_string};

use super::{Admin, Shown, again, errors, last, shown_in_form};
use crate::pages::{
    self,
    accounts::{AccountsPage, Login},
};

/// Which login, and what was done to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    username: String,
    done: String,
}

fn said(word: &str) -> &'static str {
    match word {
        "unlocked" => "已解除锁定。",
        "password" => "密码已重设，原有会话已结束。请当面告知本人。",
        "closed" => "账户已停用。",
        _ => "",
    }
}

async fn page_of(admin: &Admin, look: &Look, username: &str) -> Answer<AccountsPage> {
    let mut page = AccountsPage {
        asked: username.trim().to_owned(),
        may_change: look.act.is(Role::SystemAdmin),
        ..AccountsPage::default()
    };
    if page.asked.is_empty() {
        return Ok(page);
    }
    let found = {
        let mut tx = admin.db.read().await?;
        match admin.identity.find_account(&mut tx, &page.asked).await? {
            Some(account) => Some(admin.identity.account(&mut tx, account).await?),
            None => None,
        }
    };
    if let Some(account) = found {
        let sessions = admin.identity.sessions(account.account, SessionKind::Session, None, 100).await?.len();
        page.login = Some(Login {
            base: format!("/admin/accounts/{}", webkit::url_encode(&account.username)),
            name: account.name.clone(),
            username: account.username.clone(),
            kind: account.kind.label(),
            state: account.state.label(),
            opened: show_time(account.opened_at),
            sessions,
            closed: account.state == AccountState::Closed,
        });
    }
    Ok(page)
}

pub(super) async fn find(State(admin): State<Admin>, look: Look, Query(wanted): Query<Wanted>) -> Shown {
    let mut page = page_of(&admin, &look, &wanted.username).await?;
    page.done = said(&wanted.done);
    Ok(pages::accounts::accounts(&page, look.frame("账户", Vec::new())).into_response())
}

async fn account_of(admin: &Admin, username: &str) -> Answer<AccountId> {
    let mut tx = admin.db.read().await?;
    admin.identity.find_account(&mut tx, username).await?.ok_or_else(Problem::not_found)
}

fn onward(username: &str, word: &str) -> String {
    format!("/admin/accounts{}", query_string(&[("username", username), ("done", word)]))
}

pub(super) async fn unlock(
    State(admin): State<Admin>,
    look: Look,
    Path(username): Path<String>,
    fields: Fields,
) -> Shown {
    let account = account_of(&admin, &username).await?;
    let args = (admin.identity.clone(), look.act.clone(), account, onward(&username, "unlocked"));
    once_page(&admin.db, &look.act, &fields, "/admin/accounts/unlock", args, |tx, (me, act, account, to)| {
        Box::pin(async move {
            me.unlock(act, tx, *account).await?;
            Ok::<_, IdentityError>(to.clone())
        })
    })
    .await
}

pub(super) async fn close(
    State(admin): State<Admin>,
    look: Look,
    Path(username): Path<String>,
    fields: Fields,
) -> Shown {
    let account = account_of(&admin, &username).await?;
    let args = (admin.identity.clone(), look.act.clone(), account, onward(&username, "closed"));
    once_page(&admin.db, &look.act, &fields, "/admin/accounts/close", args, |tx, (me, act, account, to)| {
        Box::pin(async move {
            me.close_account(act, tx, *account).await?;
            Ok::<_, IdentityError>(to.clone())
        })
    })
    .await
}

pub(super) async fn password(
    State(admin): State<Admin>,
    look: Look,
    Path(username): Path<String>,
    fields: Fields,
) -> Shown {
    let account = account_of(&admin, &username).await?;
    let context = PasswordContext { known: vec![username.clone()] };
    let hashed = admin.identity.hash_password(fields.one("password"), &context).await;
    let answer = match hashed {
        Err(error) => Err(Problem::from(error)),
        Ok(hash) => {
            let args = (admin.identity.clone(), look.act.clone(), account, hash, onward(&username, "password"));
            let path = "/admin/accounts/password";
            once_page(&admin.db, &look.act, &fields, path, args, |tx, (me, act, account, hash, to)| {
                Box::pin(async move {
                    me.reset_password(act, tx, *account, hash).await?;
                    Ok::<_, IdentityError>(to.clone())
                })
            })
            .await
        }
    };
    match answer {
        Err(problem) if shown_in_form(&problem) => {
            let mut page = page_of(&admin, &look, &username).await?;
            page.errors = errors(&problem, "password", last);
            Ok(again(&problem, pages::accounts::accounts(&page, look.frame("账户", Vec::new()))))
        }
        other => other,
    }
}
