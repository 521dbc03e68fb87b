//! Registering in four pages: who one is, the phone, the code, the password.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use identity::{Applicant, DocumentKind, FlowView, IdentityError, Purpose};
use serde::Deserialize;
use webkit::{Answer, Crumb, Form, Look, Markup, Query, SessionCookie, safe_next, see_other};

use super::{
    sign_in::Onward,
    ticket::{WRONG, again, agent, begun, day, entered, told, under_way},
};
use crate::{
    Portal,
    pages::{
        self,
        register::{PhonePage, WhoPage},
        step::{CodePage, PasswordPage},
    },
};

/// What was typed on the first page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Who {
    name: String,
    document: String,
    number: String,
    birth_date: String,
    next: String,
}

pub(super) async fn ask(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Query(onward): Query<Onward>,
) -> Answer<Response> {
    if look.act.account().is_some() {
        return Ok(see_other(safe_next(&onward.next)));
    }
    let mut page = WhoPage { next: safe_next(&onward.next).to_owned(), ..WhoPage::default() };
    if let Some((_, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Register).await? {
        page = WhoPage {
            name: flow.name,
            document: flow.document.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
            number: flow.number,
            birth_date: if flow.document == Some(DocumentKind::ResidentId) { String::new() } else { flow.birth_date },
            next: if onward.next.is_empty() { flow.next } else { page.next },
            errors: Vec::new(),
        };
    }
    Ok(pages::register::who(&page, look.frame("注册", Vec::new())).into_response())
}

pub(super) async fn begin(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    Form(who): Form<Who>,
) -> Answer<Response> {
    let next = safe_next(&who.next).to_owned();
    let typed = who.birth_date.trim();
    let birth_date = day(typed);
    let applicant = Applicant {
        name: who.name.clone(),
        document: who.document.parse().unwrap_or(DocumentKind::ResidentId),
        number: who.number.clone(),
        birth_date,
    };
    let unreadable = birth_date.is_none() && !typed.is_empty() && applicant.document != DocumentKind::ResidentId;
    match portal.identity.begin_registration(&look.act, &applicant, &next).await {
        Ok(ticket) if !unreadable => Ok(begun("/register/phone", cookie, &ticket)),
        outcome => {
            let (status, mut errors) = match outcome {
                Ok(_) => (WRONG, Vec::new()),
                Err(error) => told(error, &["name", "document", "number", "birth_date"])?,
            };
            if unreadable && !errors.iter().any(|(field, _)| *field == "birth_date") {
                errors.push(("birth_date", "请按年-月-日填写出生日期，例如 1990-03-07。".to_owned()));
            }
            let Who { name, document, number, birth_date, .. } = who;
            let page = WhoPage { name, document, number, birth_date, next, errors };
            Ok(again(status, pages::register::who(&page, look.frame("注册", Vec::new()))))
        }
    }
}

/// What was typed on the page of the phone.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Phone {
    phone: String,
}

/// What was typed on the page of the code.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Code {
    pub(super) code: String,
}

/// What was typed on the page of the password.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Password {
    pub(super) old: String,
    pub(super) password: String,
    /// `yes` or `no`: only show or hide what is typed.
    pub(super) show: String,
}

/// Whether the page was led to after something was done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    pub(super) done: String,
}

fn crumbs(look: &Look, title: &str) -> webkit::PageFrame {
    look.frame(title, vec![Crumb::link("注册", "/register"), Crumb::here(title)])
}

fn phone_page(look: &Look, page: PhonePage) -> Markup {
    let page = PhonePage {
        overline: "第 2 步，共 4 步",
        heading: "您的手机号",
        lead: "我们发一条验证码给您，今后办事进度也发到这里。",
        action: "/register/phone",
        back: "/register",
        ..page
    };
    pages::register::phone(&page, crumbs(look, "手机号"))
}

pub(super) async fn phone(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    let Some((_, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Register).await? else {
        return Ok(see_other("/register"));
    };
    Ok(phone_page(&look, PhonePage { phone: flow.phone, ..PhonePage::default() }).into_response())
}

pub(super) async fn send(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Phone>,
) -> Answer<Response> {
    let Some((ticket, _)) = under_way(&portal, &look, cookie, &headers, Purpose::Register).await? else {
        return Ok(see_other("/register"));
    };
    match portal.identity.registration_phone(&look.act, &ticket, &typed.phone).await {
        Ok(()) => Ok(see_other("/register/code")),
        Err(error) => {
            let (status, errors) = told(error, &["phone"])?;
            Ok(again(status, phone_page(&look, PhonePage { phone: typed.phone, errors, ..PhonePage::default() })))
        }
    }
}

fn code_page(look: &Look, flow: &FlowView, page: CodePage) -> Markup {
    let page = CodePage {
        overline: "第 3 步，共 4 步",
        action: "/register/code",
        again: "/register/code/again",
        back: "/register/phone",
        phone: kernel::masking::phone(&flow.phone),
        help: "请核对手机号；如果这个证件号码以前注册过，请直接登录。",
        message: flow.message.clone().filter(|_| look.demo),
        button: "下一步",
        ..page
    };
    pages::step::code(&page, crumbs(look, "验证码"))
}

pub(super) async fn code(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Answer<Response> {
    match under_way(&portal, &look, cookie, &headers, Purpose::Register).await? {
        Some((_, flow)) if flow.asked => {
            let page = CodePage { sent_again: done.done == "sent", ..CodePage::default() };
            Ok(code_page(&look, &flow, page).into_response())
        }
        Some(_) => Ok(see_other("/register/phone")),
        None => Ok(see_other("/register")),
    }
}

pub(super) async fn enter(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Code>,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Register).await? else {
        return Ok(see_other("/register"));
    };
    match portal.identity.enter_code(&look.act, &ticket, Purpose::Register, &typed.code).await {
        Ok(()) => Ok(see_other("/register/password")),
        Err(error) => {
            let (status, errors) = told(error, &["code"])?;
            Ok(again(status, code_page(&look, &flow, CodePage { errors, ..CodePage::default() })))
        }
    }
}

pub(super) async fn send_again(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Register).await? else {
        return Ok(see_other("/register"));
    };
    match portal.identity.send_again(&look.act, &ticket, Purpose::Register).await {
        Ok(()) => Ok(see_other("/register/code?done=sent")),
        Err(error) => {
            let (status, errors) = told(error, &["code"])?;
            Ok(again(status, code_page(&look, &flow, CodePage { errors, ..CodePage::default() })))
        }
    }
}

fn password_page(look: &Look, page: PasswordPage) -> Markup {
    let page = PasswordPage {
        overline: "第 4 步，共 4 步",
        heading: "设置密码",
        lead: "今后用证件号码和这个密码登录，也可以用短信验证码登录。",
        action: "/register/password",
        button: "完成注册",
        ..page
    };
    pages::step::password(&page, crumbs(look, "密码"))
}

pub(super) async fn password(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    match under_way(&portal, &look, cookie, &headers, Purpose::Register).await? {
        Some((_, flow)) if flow.proven => Ok(password_page(&look, PasswordPage::default()).into_response()),
        Some(_) => Ok(see_other("/register/code")),
        None => Ok(see_other("/register")),
    }
}

pub(super) async fn finish(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Password>,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Register).await? else {
        return Ok(see_other("/register"));
    };
    if !typed.show.is_empty() {
        let page = PasswordPage { shown: typed.show == "yes", password: typed.password, ..PasswordPage::default() };
        return Ok(password_page(&look, page).into_response());
    }
    match portal.identity.finish_registration(&look.act, &ticket, &typed.password, agent(&headers)).await {
        Ok(new) => entered(&portal, &look, cookie, &headers, &new, safe_next(&flow.next)).await,
        Err(IdentityError::NoFlow) => Ok(see_other("/register/code")),
        Err(error) => {
            let (status, errors) = told(error, &["password"])?;
            Ok(again(status, password_page(&look, PasswordPage { errors, ..PasswordPage::default() })))
        }
    }
}
