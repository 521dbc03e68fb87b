//! Before anything is filled in: who may apply, what it costs, how long it takes, what is needed from you.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button, button_link, button_link_quiet, button_quiet_saying, definitions, notice},
        forms::once_field,
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StartPage {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) guide: String,
    /// Where the form that begins a draft is sent.
    pub(crate) action: String,
    /// Why nobody, or not this visitor, can begin here, and the ways out.
    pub(crate) closed: Option<Closed>,
    /// Signed in: 您.
    pub(crate) known: bool,
    /// Where to sign in first, for strangers.
    pub(crate) sign_in: String,
    pub(crate) who: String,
    pub(crate) conditions: Vec<String>,
    /// Rules that already say no, and what they rest on.
    pub(crate) doubts: Vec<String>,
    pub(crate) cost: Vec<String>,
    pub(crate) time: String,
    /// By when, if it is handed in today.
    pub(crate) by: Option<String>,
    pub(crate) visit: String,
    pub(crate) result: String,
    /// What has to be handed in, each with a remark.
    pub(crate) needed: Vec<(String, String)>,
    /// Needed in some cases only, with when.
    pub(crate) perhaps: Vec<(String, String)>,
    /// Papers that a certificate stands in for: paper, certificate, whether the visitor holds it.
    pub(crate) spared: Vec<(String, String, bool)>,
    /// How many questions there are, and how many of them are answered already.
    pub(crate) questions: (usize, usize),
    /// Drafts of this item: where each goes on, and when it was kept.
    pub(crate) drafts: Vec<(String, String)>,
    /// Cases of this item under way: path, number and how it stands.
    pub(crate) running: Vec<(String, String, String)>,
}

/// Why it cannot be begun here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) title: String,
    pub(crate) text: String,
    /// Label and path of each way out.
    pub(crate) ways: Vec<(String, String)>,
}

/// Places the page.
pub(crate) fn start(page: &StartPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![
        Crumb::link("事项", "/items"),
        Crumb::link(page.name.clone(), page.guide.clone()),
        Crumb::here("在线申请"),
    ];
    frame(
        around,
        html! {
            div.apply {
                p.overline { (page.department) }
                h1 { "申请：" (page.name) }
                @if let Some(closed) = &page.closed {
                    (notice(Tone::Warning, &closed.title, html! { p { (closed.text) } }))
                    div.actions.apply-go {
                        @for (place, (label, href)) in closed.ways.iter().enumerate() {
                            @if place == 0 { (button_link(label, href)) } @else { (button_link_quiet(label, href)) }
                        }
                    }
                } @else {
                    (before(page))
                    (go(page))
                }
                (what(page))
                @if page.closed.is_none() { (go_again(page)) }
            }
        },
    )
}

/// What there is already.
fn before(page: &StartPage) -> Markup {
    html! {
        @for (href, number, stands) in &page.running {
            (notice(Tone::Info, "您已经有一件同样的申请在办理", html! {
                p { "编号 " a href=(href) { (number) } "，" (stands) "。要看进度或者补材料，请点编号进去；不用重新申请。" }
            }))
        }
        @if !page.doubts.is_empty() {
            (notice(Tone::Warning, "按现有信息，您可能还不符合条件", html! {
                ul { @for doubt in &page.doubts { li { (doubt) } } }
                p { "可以先填写；提交前您能选择由工作人员核对。" }
            }))
        }
    }
}

fn go(page: &StartPage) -> Markup {
    html! {
        @if let Some((href, kept)) = page.drafts.first() {
            (notice(Tone::Info, "您有没填完的草稿", html! { p { "保存于 " (kept) "。" } }))
            div.actions.apply-go {
                (button_link("继续填写草稿", href))
                form method="post" action=(page.action) {
                    (once_field())
                    (button_quiet_saying("另外重新填一份", "anew", "yes"))
                }
            }
            @if page.drafts.len() > 1 {
                p.hint { "还有 " (page.drafts.len() - 1) " 份更早的草稿，见“" a href="/my/drafts" { "我的草稿" } "”。" }
            }
        } @else if page.known {
            form.apply-go method="post" action=(page.action) data-once {
                (once_field())
                @if page.running.is_empty() { (button("开始填写")) }
                @else { (button_quiet_saying("仍要再申请一件", "anew", "yes")) }
            }
        } @else {
            div.actions.apply-go { (button_link("登录后开始填写", &page.sign_in)) }
            p.hint { "登录后可以自动带出您已有的信息和电子证照。" }
        }
    }
}

/// The same button under a long page, for whoever has read it.
fn go_again(page: &StartPage) -> Markup {
    html! {
        @if page.drafts.is_empty() && page.running.is_empty() { (go(page)) }
    }
}

fn what(page: &StartPage) -> Markup {
    let (asked, known) = page.questions;
    let rest = asked.saturating_sub(known);
    html! {
        div.apply-figures.card {
            (definitions([
                ("多久办好", html! {
                    strong { (page.time) }
                    @if let Some(by) = &page.by { p.hint { (by) } }
                }),
                ("收费", html! { @for line in &page.cost { p { (line) } } }),
                ("要跑几趟", html! { (page.visit) }),
                ("办好得到", html! { (page.result) }),
            ]))
        }
        section aria-labelledby="who" {
            h2 #who { "谁可以申请" }
            p { (page.who) }
            @if !page.conditions.is_empty() { ul.ticks { @for one in &page.conditions { li { (one) } } } }
        }
        section aria-labelledby="needed" {
            h2 #needed { @if page.known { "需要您提供" } @else { "需要提供" } }
            @if asked > 0 {
                p {
                    @if page.known && known > 0 {
                        "约 " (asked) " 项信息，其中 " strong { (known) " 项已经替您带出" } "，您核对一下，再填 " (rest) " 项。"
                    } @else {
                        "约 " (asked) " 项信息。"
                    }
                }
            }
            @if page.needed.is_empty() && page.perhaps.is_empty() {
                p { "不用交材料。" }
            }
            @if !page.needed.is_empty() {
                ul.apply-papers {
                    @for (name, note) in &page.needed { li { strong { (name) } @if !note.is_empty() { p.hint { (note) } } } }
                }
            }
            @if !page.perhaps.is_empty() {
                h3 { "有的情形才要" }
                ul.apply-papers {
                    @for (name, when) in &page.perhaps { li { (name) p.hint { (when) } } }
                }
            }
            @if !page.spared.is_empty() {
                h3 { "不用交纸质的" }
                ul.ticks {
                    @for (paper, certificate, held) in &page.spared {
                        li {
                            (paper) "："
                            @if *held { "用您的电子证照“" (certificate) "”代替" }
                            @else if page.known { "没有查到您的电子证照“" (certificate) "”，要上传照片" }
                            @else { "名下有电子证照“" (certificate) "”的自动代替" }
                        }
                    }
                }
            }
        }
        p { a href=(page.guide) { "查看完整的办事指南" } }
    }
}
