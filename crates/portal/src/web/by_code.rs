//! Signing in by code, and setting a forgotten password anew: both begin with a code to the phone on file.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use identity::{FlowView, IdentityError, Purpose};
use serde::Deserialize;
use webkit::{Answer, Crumb, Form, Look, Markup, Query, SessionCookie, safe_next, see_other};

use super::{
    register::{Code, Done, Password},
    sign_in::Onward,
    ticket::{WRONG, again, agent, begun, entered, told, under_way},
};
use crate::{
    Portal,
    pages::{
        self,
        sign_in::ByCodePage,
        step::{CodePage, PasswordPage},
    },
};

/// One of the two ways, with its paths and words.
struct Way {
    purpose: Purpose,
    heading: &'static str,
    lead: &'static str,
    label: &'static str,
    empty: &'static str,
    first: &'static str,
    enter: &'static str,
    sent: &'static str,
    again: &'static str,
    button: &'static str,
}

const SIGN_IN: Way = Way {
    purpose: Purpose::SignIn,
    heading: "用短信验证码登录",
    lead: "不用记密码。第 1 步，填写证件号码；第 2 步，填写收到的验证码。",
    label: "证件号码或用户名",
    empty: "请填写证件号码或用户名。",
    first: "/sign-in/code",
    enter: "/sign-in/code/enter",
    sent: "/sign-in/code/enter?done=sent",
    again: "/sign-in/code/again",
    button: "登录",
};

const FORGOTTEN: Way = Way {
    purpose: Purpose::Forgotten,
    heading: "重设密码",
    lead: "填写证件号码，我们把验证码发到您登记的手机上，核对后就可以设置新密码。",
    label: "证件号码",
    empty: "请填写证件号码。",
    first: "/forgotten",
    enter: "/forgotten/code",
    sent: "/forgotten/code?done=sent",
    again: "/forgotten/code/again",
    button: "下一步",
};

/// What was typed on the first page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    name: String,
    next: String,
}

impl Way {
    fn first_page(&self, look: &Look, page: ByCodePage) -> Markup {
        let Self { heading, lead, label, first, .. } = *self;
        pages::sign_in::by_code(
            &ByCodePage { heading, lead, label, action: first, ..page },
            look.frame(heading, Vec::new()),
        )
    }

    fn code_page(&self, look: &Look, flow: &FlowView, page: CodePage) -> Markup {
        let page = CodePage {
            action: self.enter,
            again: self.again,
            back: self.first,
            help: "请核对证件号码；还没有注册的，请先注册；手机号已经不用的，请带证件到窗口更换。",
            message: flow.message.clone().filter(|_| look.demo),
            button: self.button,
            ..page
        };
        let crumbs =
            vec![Crumb::link("登录", "/sign-in"), Crumb::link(self.heading, self.first), Crumb::here("验证码")];
        pages::step::code(&page, look.frame("验证码", crumbs))
    }

    fn ask(&self, look: &Look, onward: &Onward) -> Response {
        let next = safe_next(&onward.next).to_owned();
        if look.act.account().is_some() {
            return see_other(&next);
        }
        self.first_page(look, ByCodePage { next, ..ByCodePage::default() }).into_response()
    }

    async fn begin(&self, portal: &Portal, look: &Look, cookie: SessionCookie, typed: Named) -> Answer<Response> {
        let next = safe_next(&typed.next).to_owned();
        let name = typed.name.trim().to_owned();
        let (status, errors) = if name.is_empty() {
            (WRONG, vec![("name", self.empty.to_owned())])
        } else {
            match portal.identity.begin_by_code(&look.act, self.purpose, &name, &next).await {
                Ok(ticket) => return Ok(begun(self.enter, cookie, &ticket)),
                Err(error) => told(error, &["name"])?,
            }
        };
        Ok(again(status, self.first_page(look, ByCodePage { name, next, errors, ..ByCodePage::default() })))
    }

    async fn code(
        &self,
        portal: &Portal,
        look: &Look,
        cookie: SessionCookie,
        headers: &HeaderMap,
        done: &Done,
    ) -> Answer<Response> {
        let Some((_, flow)) = under_way(portal, look, cookie, headers, self.purpose).await? else {
            return Ok(see_other(self.first));
        };
        let page = CodePage { sent_again: done.done == "sent", ..CodePage::default() };
        Ok(self.code_page(look, &flow, page).into_response())
    }

    async fn send_again(
        &self,
        portal: &Portal,
        look: &Look,
        cookie: SessionCookie,
        headers: &HeaderMap,
    ) -> Answer<Response> {
        let Some((ticket, flow)) = under_way(portal, look, cookie, headers, self.purpose).await? else {
            return Ok(see_other(self.first));
        };
        match portal.identity.send_again(&look.act, &ticket, self.purpose).await {
            Ok(()) => Ok(see_other(self.sent)),
            Err(error) => self.wrong(look, &flow, error),
        }
    }

    fn wrong(&self, look: &Look, flow: &FlowView, error: IdentityError) -> Answer<Response> {
        let (status, errors) = told(error, &["code"])?;
        Ok(again(status, self.code_page(look, flow, CodePage { errors, ..CodePage::default() })))
    }
}

pub(super) async fn ask(look: Look, Query(onward): Query<Onward>) -> Response {
    SIGN_IN.ask(&look, &onward)
}

pub(super) async fn begin(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    Form(typed): Form<Named>,
) -> Answer<Response> {
    SIGN_IN.begin(&portal, &look, cookie, typed).await
}

pub(super) async fn code(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Answer<Response> {
    SIGN_IN.code(&portal, &look, cookie, &headers, &done).await
}

pub(super) async fn send_again(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    SIGN_IN.send_again(&portal, &look, cookie, &headers).await
}

pub(super) async fn enter(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Code>,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::SignIn).await? else {
        return Ok(see_other(SIGN_IN.first));
    };
    match portal.identity.sign_in_by_code(&look.act, &ticket, &typed.code, agent(&headers)).await {
        Ok(new) => entered(&portal, &look, cookie, &headers, &new, safe_next(&flow.next)).await,
        Err(error) => SIGN_IN.wrong(&look, &flow, error),
    }
}

pub(super) async fn forgotten(look: Look, Query(onward): Query<Onward>) -> Response {
    FORGOTTEN.ask(&look, &onward)
}

pub(super) async fn begin_forgotten(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    Form(typed): Form<Named>,
) -> Answer<Response> {
    FORGOTTEN.begin(&portal, &look, cookie, typed).await
}

pub(super) async fn forgotten_code(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Answer<Response> {
    FORGOTTEN.code(&portal, &look, cookie, &headers, &done).await
}

pub(super) async fn forgotten_again(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    FORGOTTEN.send_again(&portal, &look, cookie, &headers).await
}

pub(super) async fn enter_forgotten(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Code>,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Forgotten).await? else {
        return Ok(see_other(FORGOTTEN.first));
    };
    match portal.identity.enter_code(&look.act, &ticket, Purpose::Forgotten, &typed.code).await {
        Ok(()) => Ok(see_other("/forgotten/password")),
        Err(error) => FORGOTTEN.wrong(&look, &flow, error),
    }
}

fn password_page(look: &Look, page: PasswordPage) -> Markup {
    let page = PasswordPage {
        heading: "设置新密码",
        lead: "设好以后，其他设备上的登录会全部退出。",
        action: "/forgotten/password",
        button: "设置并登录",
        ..page
    };
    let crumbs = vec![Crumb::link("登录", "/sign-in"), Crumb::here("设置新密码")];
    pages::step::password(&page, look.frame("设置新密码", crumbs))
}

pub(super) async fn new_password(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    match under_way(&portal, &look, cookie, &headers, Purpose::Forgotten).await? {
        Some((_, flow)) if flow.proven => Ok(password_page(&look, PasswordPage::default()).into_response()),
        Some(_) => Ok(see_other(FORGOTTEN.enter)),
        None => Ok(see_other(FORGOTTEN.first)),
    }
}

pub(super) async fn set_password(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(typed): Form<Password>,
) -> Answer<Response> {
    let Some((ticket, flow)) = under_way(&portal, &look, cookie, &headers, Purpose::Forgotten).await? else {
        return Ok(see_other(FORGOTTEN.first));
    };
    if !typed.show.is_empty() {
        let page = PasswordPage { shown: typed.show == "yes", password: typed.password, ..PasswordPage::default() };
        return Ok(password_page(&look, page).into_response());
    }
    match portal.identity.renew_password(&look.act, &ticket, &typed.password, agent(&headers)).await {
        Ok(new) => entered(&portal, &look, cookie, &headers, &new, safe_next(&flow.next)).await,
        Err(IdentityError::NoFlow) => Ok(see_other(FORGOTTEN.enter)),
        Err(error) => {
            let (status, errors) = told(error, &["password"])?;
            Ok(again(status, password_page(&look, PasswordPage { errors, ..PasswordPage::default() })))
        }
    }
}
