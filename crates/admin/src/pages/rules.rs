//! The rules of handling.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, notice},
        forms::{Control, TextKind, once_field, text_in},
    },
};

use super::{Errors, around, done, reason_field, summary, wrong};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RulesPage {
    pub(crate) deferral_closed_days: String,
    pub(crate) reason: String,
    /// Something set already that counts from a coming day.
    pub(crate) coming: Option<String>,
    pub(crate) errors: Errors,
    pub(crate) done: &'static str,
}

/// Places the page.
pub(crate) fn rules(page: &RulesPage, frame_: PageFrame) -> Markup {
    frame(
        around(frame_, &[], "办理规则", &page.errors),
        html! {
            (summary(&page.errors))
            h1 { "办理规则" }
            (done(page.done))
            @if let Some(coming) = &page.coming {
                (notice(Tone::Info, "已有修改等待生效", html! { p { "下面显示的是" (coming) "起生效的内容。" } }))
            }
            form.narrow method="post" action="/admin/rules" novalidate data-once {
                (once_field())
                (text_in(&Control {
                    name: "deferral_closed_days", label: "容缺承诺没有履行的，多久不能再容缺",
                    hint: Some("容缺材料逾期没有补交、提供虚假材料而终止的办件，在这么多天内不再容缺受理。0 表示不限制。"),
                    error: wrong(&page.errors, "deferral_closed_days"), optional: false,
                }, TextKind::Decimal, &page.deferral_closed_days, "天"))
                (reason_field(&page.errors, &page.reason))
                p.hint { "保存后从明天起生效。" }
                div.actions { (button("保存")) }
            }
        },
    )
}
