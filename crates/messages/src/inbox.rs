//! The page of one's messages.

use axum::extract::State;
use kernel::show_time;
use maud::{Markup, html};
use serde::Deserialize;
use webkit::{
    Answer, Crumb, Look, Page, PageFrame, Paging, Query, frame,
    ui::components::{button_link_quiet, empty, pagination, tag_strong},
};

use crate::{MessageError, MessageId, Messages, Preferences, web::subject};

/// One message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct MessageLine {
    title: String,
    text: String,
    at: String,
    /// Case it is about.
    number: String,
    /// Not seen before.
    new: bool,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct MessagesPage {
    messages: Vec<MessageLine>,
    first: Option<String>,
    next: Option<String>,
    /// How mail and SMS are sent now, in words.
    ways: String,
}

/// Places the list.
fn place(page: &MessagesPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的", "/my"), Crumb::here("消息")];
    frame(
        around,
        html! {
            h1 { "消息" }
            p.soft { (page.ways) " " a href="/my/account/notices" { "修改" } }
            @if page.messages.is_empty() {
                (empty("还没有消息", html! { p { "办件有进展，会在这里告诉您。" } }, Some(button_link_quiet("我的办件", "/my/cases"))))
            }
            ul.matters {
                @for message in &page.messages {
                    li.matter.asked[message.new] {
                        p.matter-head {
                            a.matter-name href={ "/my/cases/" (message.number) } { (message.title) }
                            @if message.new { (tag_strong("新")) }
                        }
                        p { (message.text) }
                        p.hint { (message.at) }
                    }
                }
            }
            (pagination(page.first.as_deref(), page.next.as_deref()))
        },
    )
}

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    after: Option<String>,
}

fn in_words(ways: &Preferences) -> String {
    match (ways.sms, &ways.email) {
        (true, Some(_)) => "重要消息同时发短信和邮件。",
        (true, None) => "重要消息同时发短信。",
        (false, Some(_)) => "重要消息同时发邮件。",
        (false, None) => "消息只在这里，不发短信和邮件。",
    }
    .to_owned()
}

/// The list. What is shown here has been read.
pub(crate) async fn list(State(messages): State<Messages>, look: Look, Query(wanted): Query<Wanted>) -> Answer<Markup> {
    let subject = subject(&look.act)?;
    let paging = Paging { after: wanted.after, limit: None };
    let before = paging.start::<MessageId>()?;
    let (found, ways) = {
        let mut tx = messages.db().read().await?;
        let found = messages.list(&mut tx, subject, before, paging.limit_and_one()).await?;
        (found, messages.preferences(&mut tx, subject).await?)
    };
    let page = Page::cut(found, &paging, |m| m.id);
    let new: Vec<MessageId> = page.items.iter().filter(|m| m.read_at.is_none()).map(|m| m.id).collect();
    if !new.is_empty() {
        let job = (messages.clone(), look.act.clone(), subject, new);
        messages
            .db()
            .write(job, |tx, (me, act, subject, new)| {
                Box::pin(async move {
                    for id in new {
                        me.read(act, tx, *subject, *id).await?;
                    }
                    Ok::<_, MessageError>(())
                })
            })
            .await?;
    }
    let page = MessagesPage {
        messages: page
            .items
            .iter()
            .map(|m| MessageLine {
                title: m.title.clone(),
                text: m.text.clone(),
                at: show_time(m.at),
                number: m.case_number.clone(),
                new: m.read_at.is_none(),
            })
            .collect(),
        first: before.is_some().then(|| "/my/messages".to_owned()),
        next: page.next.map(|next| format!("/my/messages?after={next}")),
        ways: in_words(&ways),
    };
    Ok(place(&page, look.frame("消息", Vec::new())))
}
