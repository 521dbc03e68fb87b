//! One page of questions.

pub(crate) use catalogue::asking::controls::Question;
use catalogue::asking::controls::question;
use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, notice},
        forms::hidden,
    },
};

use super::{Around, crumbs, foot, head};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormPage {
    pub(crate) around: Around,
    pub(crate) title: String,
    /// Where the form is sent; where drafts of it are kept while typing.
    pub(crate) action: String,
    pub(crate) autosave: String,
    /// Word of the step.
    pub(crate) step: String,
    /// Names this opened page, so that another window is told from it.
    pub(crate) writer: String,
    /// What the answers were when it was opened.
    pub(crate) seen: String,
    /// Something was known already.
    pub(crate) known: bool,
    /// Questions came up by what was answered.
    pub(crate) more: bool,
    /// The same page was changed in another window: when.
    pub(crate) conflict: Option<String>,
    pub(crate) questions: Vec<Question>,
    /// Label of the button.
    pub(crate) go: String,
}

/// Places the page.
pub(crate) fn form(page: &FormPage, mut around: PageFrame) -> Markup {
    crumbs(&mut around, &page.around);
    frame(
        around,
        html! {
            div.apply {
                (head(&page.around, &page.title))
                @if let Some(when) = &page.conflict {
                    (notice(Tone::Warning, "这一页刚在别的窗口或者设备上改过", html! {
                        p { "那边保存于 " (when) "。两边的内容都还在：您这边填的在框里，那边填的写在框的下面。改成您要的，再点“" (page.go) "”。" }
                    }))
                }
                @if page.more {
                    (notice(Tone::Info, "还有几项要填", html! { p { "根据您刚才的回答，下面多了要填的内容。" } }))
                }
                @if page.known && page.conflict.is_none() {
                    p.apply-known { "标有“来自”的内容是替您带出的。请看看是否仍然正确，不对就直接改。" }
                }
                form.apply-form method="post" action=(page.action) novalidate data-autosave=(page.autosave) {
                    (hidden("step", &page.step))
                    (hidden("writer", &page.writer))
                    (hidden("seen", &page.seen))
                    @for one in &page.questions { (hidden("asked", &one.name)) (question(one)) }
                    div.actions { (button(&page.go)) }
                }
                (foot(&page.around))
            }
        },
    )
}
