//! The public confirmation of a document: whoever holds a paper can see that the platform made it, and whether it
//! still holds.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{Tone, definitions, notice},
};

/// What the confirmation page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ConfirmPage {
    /// Title of the document, such as 受理通知书.
    pub(crate) title: String,
    /// Whether it still holds.
    pub(crate) in_force: bool,
    /// Why it no longer does, and what took its place.
    pub(crate) ended: String,
    /// What may be shown to everybody, masked where it names people.
    pub(crate) facts: Vec<(String, String)>,
}

/// Places the confirmation page.
pub(crate) fn confirm(page: &ConfirmPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("核对文书")];
    frame(
        around,
        html! {
            article.confirm {
                p.overline { "核对文书" }
                h1 { (page.title) }
                @if page.in_force {
                    (notice(Tone::Success, "这份文书由本平台作出，现行有效", html! { p { "请核对下列内容是否与您手中的一致。不一致的，以这里显示的为准。" } }))
                } @else {
                    (notice(Tone::Warning, "这份文书由本平台作出，但已不再有效", html! { p { (page.ended) } }))
                }
                (definitions(page.facts.iter().map(|(name, value)| (name.as_str(), html! { (value) }))))
                p.hint { "姓名和号码只显示一部分，以保护当事人。对文书有疑问，请拨打文书上的联系电话或者 12345。" }
            }
        },
    )
}
