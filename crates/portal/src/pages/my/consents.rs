//! What I allowed others to do with my certificates (授权记录): who, what for, until when; taking it back.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button_quiet, definitions, disclosure, empty, notice, pagination, tag},
        forms::once_field,
    },
};

/// One consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ConsentLine {
    /// What for: the item.
    pub(crate) purpose: String,
    pub(crate) status: String,
    pub(crate) active: bool,
    /// Who may use them.
    pub(crate) department: String,
    /// Names of the certificates.
    pub(crate) certificates: Vec<String>,
    pub(crate) case: Option<String>,
    /// Until when, in a sentence.
    pub(crate) until: String,
    /// When and how it was given.
    pub(crate) given: String,
    /// When it ended.
    pub(crate) ended: Option<String>,
    /// Where it is taken back; none when it does not hold any more.
    pub(crate) revoke: Option<String>,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ConsentsPage {
    /// One was just taken back.
    pub(crate) revoked: bool,
    pub(crate) consents: Vec<ConsentLine>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// Places the list.
pub(crate) fn consents(page: &ConsentsPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的账户", "/my/account"), Crumb::here("我的授权")];
    frame(
        around,
        html! {
            h1 { "我的授权" }
            p.lead { "您同意过哪些部门用您的哪些电子证照、办什么事、用到什么时候，都记在这里。可以随时撤回，撤回后不能再用；已经依法用过的不受影响。" }
            @if page.revoked { (notice(Tone::Success, "已撤回", html! { p { "从现在起，这个部门不能再据此使用您的证照。" } })) }
            @if page.consents.is_empty() {
                (empty("还没有授权记录", html! { p { "办事时用电子证照代替材料，会先请您同意，然后记在这里。" } }, None))
            }
            @for consent in &page.consents { (one(consent)) }
            (pagination(page.first.as_deref(), page.next.as_deref()))
            p.hint { "办理机关依法核对自己颁发的证照，不需要您授权，但同样留下记录，在每份证照的“谁在什么时候用过”里可以看到。" }
        },
    )
}

fn one(consent: &ConsentLine) -> Markup {
    let mut facts = vec![
        ("授权给", html! { (consent.department) }),
        ("可以使用", html! { (consent.certificates.join("、")) }),
        ("用到什么时候", html! { (consent.until) }),
        ("什么时候同意的", html! { (consent.given) }),
    ];
    if let Some(number) = &consent.case {
        facts.insert(1, ("用于办件", html! { a.mono href={ "/my/cases/" (number) } { (number) } }));
    }
    if let Some(ended) = &consent.ended {
        facts.push(("什么时候终止的", html! { (ended) }));
    }
    html! {
        section.card {
            h2 { (consent.purpose) }
            p { @if consent.active { (tag(&consent.status)) } @else { span.soft { (consent.status) } } }
            (definitions(facts))
            @if let Some(action) = &consent.revoke {
                (disclosure("撤回这项授权", html! {
                    p { "撤回后，" (consent.department) "不能再用这些证照办这件事，可能请您改交纸质材料；已经用过的不受影响。" }
                    form method="post" action=(action) data-once { (once_field()) (button_quiet("确认撤回")) }
                }))
            }
        }
    }
}
