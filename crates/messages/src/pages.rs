//! The page on which somebody chooses how he is told.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use webkit::{
    Answer, Crumb, Form, Look, PageFrame, Query, frame, see_other,
    ui::{
        components::{Tone, button, notice},
        forms::{Control, TextKind, error_summary, text, tick},
    },
};

use crate::{MessageError, Messages, Preferences, web::subject};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct NoticesPage {
    email: String,
    sms: bool,
    error: Option<String>,
    saved: bool,
}

fn place(page: &NoticesPage, mut around: PageFrame) -> Markup {
    if page.error.is_some() {
        around.title = format!("有误：{}", around.title);
    }
    let errors: Vec<(&str, String)> = page.error.iter().map(|text| ("email", text.clone())).collect();
    frame(
        around,
        html! {
            div.sign-in-page {
                (error_summary(&errors))
                h1 { "通知方式" }
                @if page.saved { (notice(Tone::Success, "已保存", html! {})) }
                p.lead { "办事进度总能在“消息”里看到。短信和邮件只提醒您来看，不写姓名和结果。" }
                form.card.sign-in-form method="post" action="/my/account/notices" novalidate {
                    (tick(&Control { name: "sms", label: "发短信到我登记的手机", ..Control::default() }, page.sms))
                    (text(&Control {
                        name: "email", label: "电子邮箱", hint: Some("填写后同时发邮件；不填就不发。"), optional: true,
                        error: page.error.as_deref(),
                    }, TextKind::Email, &page.email))
                    (button("保存"))
                }
            }
        },
    )
}

fn around(look: &Look) -> PageFrame {
    look.frame("通知方式", vec![Crumb::link("我的账户", "/my/account"), Crumb::here("通知方式")])
}

/// Whether the page was led to after it was saved.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

pub(crate) async fn show(State(messages): State<Messages>, look: Look, Query(done): Query<Done>) -> Answer<Markup> {
    let mut tx = messages.db().read().await?;
    let held = messages.preferences(&mut tx, subject(&look.act)?).await?;
    let saved = done.done == "saved";
    let page = NoticesPage { email: held.email.unwrap_or_default(), sms: held.sms, error: None, saved };
    Ok(place(&page, around(&look)))
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    email: String,
    /// Anything: ticked.
    sms: String,
}

pub(crate) async fn save(State(messages): State<Messages>, look: Look, Form(typed): Form<Typed>) -> Answer<Response> {
    let sms = !typed.sms.is_empty();
    let wanted = Preferences { email: Some(typed.email.clone()), sms };
    let args = (messages.clone(), subject(&look.act)?, look.act.clone(), wanted);
    let set = messages
        .db()
        .write(args, |tx, (me, subject, act, wanted)| Box::pin(me.set_preferences(act, tx, *subject, wanted)))
        .await;
    match set {
        Ok(_) => Ok(see_other("/my/account/notices?done=saved")),
        Err(MessageError::Email) => {
            let error = Some("请填写完整的邮箱地址，例如 name@example.cn。".to_owned());
            let page = NoticesPage { email: typed.email, sms, error, saved: false };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, place(&page, around(&look))).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
