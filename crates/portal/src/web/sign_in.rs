//! Signing in and out on pages.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use identity::IdentityError;
use kernel::{Act, Failure};
use serde::Deserialize;
use webkit::{Answer, By, Form, Look, Query, SessionCookie, safe_next, see_other};

use super::ticket::{agent, entered};
use crate::{
    Portal,
    pages::{self, sign_in::SignInPage},
};

/// Where to go on to after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Onward {
    pub(super) next: String,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    username: String,
    password: String,
    next: String,
}

pub(super) async fn ask(look: Look, Query(onward): Query<Onward>) -> Response {
    let next = safe_next(&onward.next).to_owned();
    if look.act.account().is_some() {
        return see_other(&next);
    }
    let page = SignInPage { next, ..SignInPage::default() };
    pages::sign_in::sign_in(&page, look.frame("登录", Vec::new())).into_response()
}

pub(super) async fn enter(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Answer<Response> {
    let username = entry.username.trim().to_owned();
    let next = safe_next(&entry.next).to_owned();
    let mut page = SignInPage { username: username.clone(), next: next.clone(), ..SignInPage::default() };
    if username.is_empty() {
        page.username_error = Some("请输入证件号码或用户名。".to_owned());
    }
    if entry.password.is_empty() {
        page.password_error = Some("请输入密码。".to_owned());
    }
    if page.username_error.is_some() || page.password_error.is_some() {
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, &page, &look));
    }
    match portal.identity.sign_in_on(&look.act, &username, &entry.password, agent(&headers)).await {
        Ok(session) => entered(&portal, &look, cookie, &headers, &session, &next).await,
        Err(error @ (IdentityError::WrongCredentials | IdentityError::NoMandate)) => {
            page.refused = Some(error.advice());
            Ok(again(StatusCode::UNPROCESSABLE_ENTITY, &page, &look))
        }
        Err(error @ IdentityError::Locked { .. }) => {
            page.refused = Some(error.advice());
            let mut response = again(StatusCode::TOO_MANY_REQUESTS, &page, &look);
            if let Some(seconds) = error.retry_after_s() {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

/// The page once more, with what is wrong; the password is never sent back.
fn again(status: StatusCode, page: &SignInPage, look: &Look) -> Response {
    let mut around = look.frame("登录", Vec::new());
    around.path.clone_from(&page.next);
    (status, pages::sign_in::sign_in(page, around)).into_response()
}

pub(super) async fn leave(
    State(portal): State<Portal>,
    By(act): By,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    end(&portal, &act, cookie, &headers).await?;
    let mut response = see_other("/");
    response.headers_mut().append(header::SET_COOKIE, cookie.forget());
    Ok(response)
}

async fn end(portal: &Portal, act: &Act, cookie: SessionCookie, headers: &HeaderMap) -> Answer<()> {
    if let Some(token) = cookie.read(headers) {
        portal.identity.sign_out(act, token).await?;
    }
    Ok(())
}
