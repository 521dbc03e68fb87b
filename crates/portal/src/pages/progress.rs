//! Progress without an account: number and query code of a receipt.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{TimelineEntry, Tone, button, definitions, notice, tag, timeline},
        forms::{Control, TextKind, error_summary, text},
    },
};

use super::my::{Deadline, deadline};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProgressPage {
    pub(crate) number: String,
    pub(crate) code: String,
    pub(crate) errors: Vec<(&'static str, String)>,
    pub(crate) found: Option<Found>,
}

/// A case that was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) state: String,
    pub(crate) meaning: String,
    pub(crate) asked: Option<String>,
    pub(crate) holder: Vec<(&'static str, String)>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) course: Vec<TimelineEntry>,
}

/// Places the page.
pub(crate) fn progress(page: &ProgressPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("查进度")];
    around.description = "凭办件编号和查询码查进度，不需要登录。".to_owned();
    let error = |name: &str| page.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str());
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            h1 { "查进度" }
            @if let Some(found) = &page.found { (result(found)) }
            @else { p.lead { "不需要登录。编号和查询码印在收件凭证和每一份通知书上。" } }
            form.form action="/progress" method="post" {
                (text(&Control {
                    name: "number", label: "办件编号", hint: Some("21 位数字，例如 520100202603020000011"), error: error("number"), optional: false,
                }, TextKind::Code, &page.number))
                (text(&Control {
                    name: "code", label: "查询码", hint: Some("8 位字母和数字，不分大小写，例如 7K3M-XQ9A"), error: error("code"), optional: false,
                }, TextKind::Code, &page.code))
                (button("查询"))
            }
            p { "是您自己的办件？" a href="/my/cases" { "登录后" } "可以看到全部内容、补正、留言和撤回。" }
        },
    )
}

fn result(found: &Found) -> Markup {
    html! {
        article.card {
            p.overline { "办件编号 " span.mono { (found.number) } }
            h2 { (found.item) }
            p.case-state { (tag(&found.state)) span { (found.meaning) } }
            @if let Some(asked) = &found.asked {
                (notice(Tone::Warning, asked, html! { p { "请申请人" a href={ "/my/cases/" (found.number) } { "登录办理" } "。" } }))
            }
            (definitions(found.holder.iter().map(|(name, value)| (*name, html! { (value) }))))
            @if let Some(day) = &found.deadline { (deadline(day)) }
            h3 { "进度" }
            (timeline(&found.course))
        }
    }
}
