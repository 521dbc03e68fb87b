//! My account: what is held of me, the phone, the password, the sessions, who looked.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use identity::{
    AccountKind, DocumentKind, FlowView, IdentityError, Purpose, Session, SessionKind, Subject, VerifiedBy,
};
use kernel::{Timestamp, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Crumb, Form, Look, Markup, Problem, Query, SessionCookie, see_other};

use super::{
    register::{Code, Done, Password},
    ticket::{WRONG, again, begun, told, under_way},
};
use crate::{
    Portal,
    pages::{
        self,
        account::{AccessLine, AccountPage, SessionLine},
        register::PhonePage,
        step::{CodePage, PasswordPage},
    },
};

/// Sessions shown at most. Whoever has more ends the others.
const MOST_SESSIONS: i64 = 20;
/// Looks shown at most.
const MOST_LOOKS: i64 = 100;

/// What is asked of the account page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `number`: in full.
    show: String,
    /// What was just done.
    done: String,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Answer<Markup> {
    let account = look.act.account().ok_or_else(Problem::sign_in_first)?;
    let (account, staff, subject) = portal.identity.me(account).await?;
    let here = match cookie.read(&headers) {
        Some(token) => Some(portal.identity.session_of(&look.act, token).await?.session),
        None => None,
    };
    let sessions = portal.identity.sessions(account.account, SessionKind::Session, None, MOST_SESSIONS).await?;
    let person = account.kind == AccountKind::Person;
    let full = asked.show == "number";
    let mut page = AccountPage {
        name: account.name.clone(),
        kind: account.kind.label(),
        username: match &subject {
            // People who registered by themselves never saw a username: they sign in by the number.
            Some(_) if person => format!("证件号码，或者用户名 {}", account.username),
            _ => account.username.clone(),
        },
        can_change_phone: person,
        person,
        notices: account.kind != AccountKind::Staff,
        sessions: sessions.into_iter().map(|session| line(&session, here == Some(session.session))).collect(),
        done: done(&asked.done),
        ..AccountPage::default()
    };
    page.held = vec![("姓名或者名称", account.name), ("账户种类", page.kind.to_owned())];
    if let Some(staff) = staff {
        page.held.push(("岗位", staff.post));
    }
    if let Some(subject) = subject {
        let uscc = subject.document == DocumentKind::Uscc;
        page.show_number = (!full && !uscc).then_some("/my/account?show=number");
        hold(&mut page, &subject, full);
    }
    Ok(pages::account::account(&page, look.frame("我的账户", Vec::new())))
}

fn hold(page: &mut AccountPage, subject: &Subject, full: bool) {
    let none = || "没有登记".to_owned();
    let number = if full { subject.number.clone() } else { subject.document.masked(&subject.number) };
    page.held.push(("证件类型", subject.document.label().to_owned()));
    page.held.push(("证件号码", number));
    page.held.push(("手机号", subject.phone.as_deref().map_or_else(none, kernel::masking::phone)));
    if let Some(address) = &subject.address {
        page.held.push(("地址", if full { address.clone() } else { kernel::masking::address(address) }));
    }
    if let Some(born) = subject.birth_date {
        page.held.push(("出生日期", show_date(born)));
    }
    if let Some(representative) = &subject.legal_representative {
        page.held.push(("法定代表人", representative.clone()));
    }
    page.level = match subject.level {
        0 => "0 级：尚未核验".to_owned(),
        1 => "1 级：已核验手机号".to_owned(),
        2 => "2 级：姓名和证件号码已核验".to_owned(),
        3 => "3 级：已核验是本人".to_owned(),
        _ => "4 级：持有数字证书".to_owned(),
    };
    page.unconfirmed =
        matches!(subject.verified_by, VerifiedBy::Nobody | VerifiedBy::Demo).then(|| subject.verified_by.label());
    page.level_help = match subject.level {
        ..=1 => "可以查询、预约、准备申请。要提交申请，请带证件原件到任一政务大厅窗口核验，当场升到 3 级。",
        2 => "可以办理大多数事项。领取证照、授权他人的，请带证件原件到任一政务大厅窗口核验，当场升到 3 级。",
        _ => "可以办理全部个人事项。",
    };
}

fn done(word: &str) -> Option<&'static str> {
    match word {
        "phone" => Some("手机号已更换，今后的验证码发到新号码"),
        "password" => Some("密码已修改，其他设备上的登录已全部退出"),
        "ended" => Some("那台设备已退出登录"),
        "others" => Some("其他设备已全部退出登录"),
        _ => None,
    }
}

fn line(session: &Session, here: bool) -> SessionLine {
    SessionLine {
        id: session.session.to_string(),
        device: device(session.agent.as_deref().unwrap_or_default()),
        address: session.address.clone().unwrap_or_default(),
        since: show_time(session.created_at),
        last_seen: show_time(session.last_seen_at),
        here,
    }
}

/// What kind of browser it is, in words that people know; programs by their own name.
fn device(agent: &str) -> String {
    let found =
        |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let system = found(&[
        ("iPhone", "苹果手机"),
        ("iPad", "苹果平板"),
        ("HarmonyOS", "鸿蒙设备"),
        ("Android", "安卓手机"),
        ("Windows", "Windows 电脑"),
        ("Mac OS", "苹果电脑"),
        ("Linux", "Linux 电脑"),
    ]);
    let browser = found(&[
        ("MicroMessenger", "微信"),
        ("Edg", "Edge 浏览器"),
        ("Firefox", "Firefox 浏览器"),
        ("Chrome", "Chrome 浏览器"),
        ("Safari", "Safari 浏览器"),
    ]);
    match (system, browser) {
        (Some(system), Some(browser)) => format!("{system}，{browser}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "未知设备".to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

fn crumbs(look: &Look, title: &str) -> webkit::PageFrame {
    look.frame(title, vec![Crumb::link("我的账户", "/my/account"), Crumb::here(title)])
}

fn phone_page(look: &Look, page: PhonePage) -> Markup {
    let page = PhonePage {
        heading: "更换手机号",
        lead: "验证码发到新手机。更换后，旧手机会收到一条提醒。",
        action: "/my/account/phone",
        back: "/my/account",
        with_password: true,
        ..page
    };
    pages::register::phone(&page, crumbs(look, "更换手机号"))
}

/// Only a person's own login has a phone to be changed here.
fn person(kind: AccountKind) -> Answer<()> {
    if kind == AccountKind::Person { Ok(()) } else { Err(IdentityError::NotAllowed.into()) }
}

pub(super) async fn phone(State(portal): State<Portal>, look: Look) -> Answer<Markup> {
    let account = look.act.account().ok_or_else(Problem::sign_in_first)?;
    person(portal.identity.me(account).await?.0.kind)?;
    Ok(phone_page(&look, PhonePage::default()))
}

/// What was typed on the page of the phone.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewPhone {
    phone: String,
    password: String,
}

pub(super) async fn send(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    Form(typed): Form<NewPhone>,
) -> Answer<Response> {
    match portal.identity.begin_phone_change(&look.act, &typed.password, &typed.phone).await {
        Ok(ticket) => Ok(begun("/my/account/phone/code", cookie, &ticket)),
        Err(error) => {
            let errors = match error {
                IdentityError::WrongCredentials => (WRONG, vec![("password", "密码不正确，请重新输入。".to_owned())]),
                error => told(error, &["phone"])?,
            };
            let (status, errors) = errors;
            Ok(again(status, phone_page(&look, PhonePage { phone: typed.phone, errors, ..PhonePage::default() })))
        }
    }
}

fn code_page(look: &Look, flow: &FlowView, page: CodePage) -> Markup {
    let page = CodePage {
        action: "/my/account/phone/code",
        again: "/my/account/phone/again",
        back: "/my/account/phone",
        phone: kernel::masking::phone(&flow.phone),
        help: "请核对手机号。",
        message: flow.message.clone().filter(|_| look.demo),
        button: "更换手机号",
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
    let Some((_, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Phone).await? else {
        return Ok(see_other("/my/account/phone"));
    };
    let page = CodePage { sent_again: done.done == "sent", ..CodePage::default() };
    Ok(code_page(&look, &flow, page).into_response())
}

pub(super) async fn enter(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Code>,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Phone).await? else {
        return Ok(see_other("/my/account/phone"));
    };
    match portal.identity.change_phone(&look.act, &ticket, &typed.code).await {
        Ok(()) => Ok(see_other("/my/account?done=phone")),
        Err(error) => wrong(&look, &flow, error),
    }
}

pub(super) async fn send_again(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Phone).await? else {
        return Ok(see_other("/my/account/phone"));
    };
    match portal.identity.send_again(&look.act, &ticket, Purpose::Phone).await {
        Ok(()) => Ok(see_other("/my/account/phone/code?done=sent")),
        Err(error) => wrong(&look, &flow, error),
    }
}

fn wrong(look: &Look, flow: &FlowView, error: IdentityError) -> Answer<Response> {
    if matches!(error, IdentityError::NoFlow) {
        return Ok(see_other("/my/account/phone"));
    }
    let (status, errors) = told(error, &["code"])?;
    Ok(again(status, code_page(look, flow, CodePage { errors, ..CodePage::default() })))
}

fn password_page(look: &Look, page: PasswordPage) -> Markup {
    let page = PasswordPage {
        heading: "修改密码",
        lead: "改好以后，其他设备上的登录会全部退出。",
        action: "/my/account/password",
        button: "修改密码",
        with_old: true,
        ..page
    };
    pages::step::password(&page, crumbs(look, "修改密码"))
}

pub(super) async fn password(look: Look) -> Markup {
    password_page(&look, PasswordPage::default())
}

pub(super) async fn change_password(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Password>,
) -> Answer<Response> {
    let token = cookie.read(&headers).ok_or_else(Problem::sign_in_first)?;
    if !typed.show.is_empty() {
        let page = PasswordPage { shown: typed.show == "yes", password: typed.password, ..PasswordPage::default() };
        return Ok(password_page(&look, page).into_response());
    }
    match portal.identity.change_password(&look.act, token, &typed.old, &typed.password).await {
        Ok(new) => {
            let seconds = (new.expires_at.as_millisecond() - look.act.at.as_millisecond()) / 1000;
            let mut response = see_other("/my/account?done=password");
            let kept = cookie.keep(&new.token, seconds.max(0));
            response.headers_mut().append(axum::http::header::SET_COOKIE, kept);
            Ok(response)
        }
        Err(error) => {
            let (status, errors) = match error {
                IdentityError::WrongCredentials => (WRONG, vec![("old", "现在的密码不正确，请重新输入。".to_owned())]),
                error @ IdentityError::Locked { .. } => told(error, &["old"])?,
                error => told(error, &["password"])?,
            };
            Ok(again(status, password_page(&look, PasswordPage { errors, ..PasswordPage::default() })))
        }
    }
}

/// The session to be ended.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Ended {
    session: String,
}

pub(super) async fn end_session(
    State(portal): State<Portal>,
    look: Look,
    Form(ended): Form<Ended>,
) -> Answer<Response> {
    let session = ended.session.parse().map_err(|_| Problem::not_found())?;
    portal.identity.end_session(&look.act, session).await?;
    Ok(see_other("/my/account?done=ended#sessions"))
}

pub(super) async fn end_others(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    let token = cookie.read(&headers).ok_or_else(Problem::sign_in_first)?;
    portal.identity.end_other_sessions(&look.act, token).await?;
    Ok(see_other("/my/account?done=others#sessions"))
}

pub(super) async fn access(State(portal): State<Portal>, look: Look) -> Answer<Markup> {
    let shelf = portal.shelves.shelf().await?;
    let mut lines: Vec<(Timestamp, AccessLine)> = Vec::new();
    for seen in portal.identity.who_looked(&look.act, MOST_LOOKS).await? {
        let by = shelf.names.department(&seen.department);
        let what = "登记信息".to_owned();
        lines.push((seen.at, AccessLine { at: show_time(seen.at), by, what, why: seen.reason, case: None }));
    }
    if let Some(mine) = &portal.mine {
        lines.extend(mine.looks(&look, MOST_LOOKS).await?);
    }
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let most = usize::try_from(MOST_LOOKS).unwrap_or_default();
    let lines: Vec<AccessLine> = lines.into_iter().take(most).map(|(_, line)| line).collect();
    Ok(pages::account::access(&lines, look.frame("谁看过我的信息", Vec::new())))
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_is_called_by_a_name_people_know() {
        let phone = "Mozilla/5.0 (Linux; Android 14; V2301A) AppleWebKit/537.36 Chrome/120.0 Mobile MicroMessenger/8.0";
        assert_eq!(device(phone), "安卓手机，微信");
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15";
        assert_eq!(device(mac), "苹果电脑，Safari 浏览器");
        assert_eq!(device("story/1"), "story/1");
        assert_eq!(device(""), "未知设备");
    }
}
