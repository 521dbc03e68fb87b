//! The words of notices.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, disclosure, notice},
        forms::{Control, area, once_field},
    },
};

use super::{Errors, around, done, reason_field, summary, wrong};

/// One document and the city's closing sentence for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Closing {
    /// `closing-` and the word of the document.
    pub(crate) name: String,
    pub(crate) title: &'static str,
    pub(crate) text: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NoticesPage {
    pub(crate) remedies: String,
    pub(crate) closing: Vec<Closing>,
    pub(crate) reason: String,
    /// Something set already that counts from a coming day.
    pub(crate) coming: Option<String>,
    pub(crate) errors: Errors,
    pub(crate) done: &'static str,
}

/// Places the page.
pub(crate) fn notices(page: &NoticesPage, frame_: PageFrame) -> Markup {
    frame(
        around(frame_, &[], "文书用语", &page.errors),
        html! {
            (summary(&page.errors))
            h1 { "文书用语" }
            (done(page.done))
            p.lead { "文书的事实、日期和期限由系统按办件写，不能改。这里可以改救济途径的表述，并给每种文书加一段结尾。" }
            @if let Some(coming) = &page.coming {
                (notice(Tone::Info, "已有修改等待生效", html! { p { "下面显示的是" (coming) "起生效的内容。" } }))
            }
            form.narrow method="post" action="/admin/notices" novalidate data-once {
                (once_field())
                (area(&Control {
                    name: "remedies", label: "不利决定的救济途径",
                    hint: Some("留空使用系统的标准表述。须写明向{government}申请行政复议（六十日）和提起行政诉讼（六个月）。"),
                    error: wrong(&page.errors, "remedies"), optional: true,
                }, 4, &page.remedies))
                div.band-head { h2 { "结尾" } }
                @for closing in &page.closing {
                    @let control = Control {
                        name: &closing.name, label: closing.title, hint: None, error: wrong(&page.errors, &closing.name), optional: true,
                    };
                    @if closing.text.is_empty() && control.error.is_none() {
                        (disclosure(closing.title, area(&control, 3, &closing.text)))
                    } @else { (area(&control, 3, &closing.text)) }
                }
                (reason_field(&page.errors, &page.reason))
                p.hint { "保存后从明天起生效，今天已经出具的文书不变。" }
                div.actions { (button("保存")) }
            }
        },
    )
}
