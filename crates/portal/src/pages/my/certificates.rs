//! My certificates: what I hold, what it says, who used it when.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button_quiet, definitions, disclosure, empty, notice, pagination, tag, tag_strong},
        forms::{Control, area, error_summary, once_field},
    },
};

/// One certificate in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CertificateLine {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) department: String,
    pub(crate) validity: String,
    pub(crate) status: String,
    pub(crate) effective: bool,
    pub(crate) href: String,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CertificatesPage {
    pub(crate) certificates: Vec<CertificateLine>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// Places the list.
pub(crate) fn certificates(page: &CertificatesPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的", "/my"), Crumb::here("证照")];
    frame(
        around,
        html! {
            h1 { "我的电子证照" }
            p.lead { "办事时直接用这里的证照，不用再交复印件。每一次使用都记在证照下面。" }
            @if page.certificates.is_empty() {
                (empty("还没有电子证照", html! { p { "办结的证照会自动存到这里。以前发的纸质证照，由发证机关补录。" } }, None))
            }
            ul.certificates {
                @for certificate in &page.certificates {
                    li.certificate.ended[!certificate.effective] {
                        a.matter-name href=(certificate.href) { (certificate.name) }
                        @if certificate.effective { (tag(&certificate.status)) } @else { (tag_strong(&certificate.status)) }
                        p { (certificate.validity) }
                        p.hint { (certificate.department) " · " span.mono { (certificate.number) } }
                    }
                }
            }
            (pagination(page.first.as_deref(), page.next.as_deref()))
        },
    )
}

/// How a sealed document stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum DocumentState {
    /// None is made: from before documents were made, or ended first.
    #[default]
    None,
    /// It is being made.
    Waiting,
    /// It can be fetched.
    Ready,
}

/// One certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CertificatePage {
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) effective: bool,
    /// Why it cannot be used any more.
    pub(crate) ended: Option<String>,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) data: Vec<(String, String)>,
    /// How its sealed document stands.
    pub(crate) document: DocumentState,
    /// Where others check it.
    pub(crate) check: String,
    /// Path of the certificate.
    pub(crate) path: String,
    /// Case it came out of.
    pub(crate) case: Option<String>,
    /// Uses: when, who, for which case and what.
    pub(crate) uses: Vec<(String, String, String)>,
    pub(crate) more_uses: Option<String>,
    /// What happened to it: when, what, and on which ground.
    pub(crate) history: Vec<(String, String, String)>,
    /// Other versions: which, how it stands, where.
    pub(crate) versions: Vec<(String, String, String)>,
    /// Errors reported before: when, what, the answer or by when it comes.
    pub(crate) reports: Vec<(String, String, String)>,
    /// Where an error is reported; none while one waits for its answer.
    pub(crate) report: Option<String>,
    /// What was typed, and what is wrong with it.
    pub(crate) typed: String,
    pub(crate) error: Option<String>,
    /// A report was just sent.
    pub(crate) reported: bool,
}

/// Places one certificate.
pub(crate) fn certificate(page: &CertificatePage, mut around: PageFrame) -> Markup {
    around.crumbs =
        vec![Crumb::link("我的", "/my"), Crumb::link("证照", "/my/certificates"), Crumb::here(page.name.clone())];
    let pairs = |pairs: &'_ [(String, String)]| {
        definitions(pairs.iter().map(|(name, value)| (name.as_str(), html! { (value) })))
    };
    frame(
        around,
        html! {
            (error_summary(&page.error.iter().map(|text| ("words", text.clone())).collect::<Vec<_>>()))
            h1.mine-head { (page.name) }
            p { @if page.effective { (tag(&page.status)) } @else { (tag_strong(&page.status)) } }
            @if let Some(ended) = &page.ended { (notice(Tone::Warning, "这份证照现在不能使用", html! { p { (ended) } })) }
            section.card { (pairs(&page.facts)) }
            @if !page.data.is_empty() { section { h2 { "证照内容" } (pairs(&page.data)) } }
            (document(page))
            @if let Some(number) = &page.case { p { "来自办件 " a.mono href={ "/my/cases/" (number) } { (number) } } }
            section aria-labelledby="uses" {
                h2 #uses { "谁在什么时候用过" }
                @if page.uses.is_empty() { p.soft { "还没有人用过。" } }
                ol.records { @for (at, who, what) in &page.uses { li { span.soft { (at) } " " (who) " " span.soft { (what) } } } }
                @if let Some(href) = &page.more_uses { p { a href=(href) { "更早的使用记录" } } }
                p.hint { "您同意过的使用，可以在" a href="/my/consents" { "我的授权" } "里撤回。没有您的办件或者法律规定，任何单位不能查看您的证照。发现不该有的使用，请" a href="/feedback?about=certificate" { "告诉我们" } "。" }
            }
            section aria-labelledby="history" {
                h2 #history { "这份证照的历史" }
                ol.records { @for (at, what, why) in &page.history { li { span.soft { (at) } " " (what) @if !why.is_empty() { " " span.soft { (why) } } } } }
                @if !page.versions.is_empty() {
                    p { "其他版本：" }
                    ul { @for (name, status, href) in &page.versions { li { a href=(href) { (name) } " " span.soft { (status) } } } }
                }
            }
            (reporting(page))
        },
    )
}

/// The sealed document, and the page for others.
fn document(page: &CertificatePage) -> Markup {
    html! {
        @match page.document {
            DocumentState::None => {}
            DocumentState::Waiting => section { h2 { "证照文件" } p { "正在制作并加盖电子印章，通常一分钟内完成，请稍后刷新。" } }
            DocumentState::Ready => section {
                h2 { "证照文件" }
                p { "加盖了电子印章，与纸质证照有同等效力。" }
                div.actions {
                    a.button href={ (page.path) "/file" } download { "下载 OFD 文件" }
                    a.button.quiet href={ (page.path) "/pdf" } download { "下载 PDF（阅读和打印）" }
                }
                p { a href=(page.check) { "别人扫码时看到的查验页" } }
            }
        }
    }
}

/// What is wrong in it, said by its holder, and what the issuing body answered.
fn reporting(page: &CertificatePage) -> Markup {
    html! {
        section aria-labelledby="report-head" {
            h2 #report-head { "内容有误" }
            @if page.reported { (notice(Tone::Success, "已提交", html! { p { "发证机关会在 5 个工作日内答复，结果写在这里。" } })) }
            @if !page.reports.is_empty() {
                ol.records { @for (at, words, answer) in &page.reports { li { span.soft { (at) } " “" (words) "” " (answer) } } }
            }
            @if let Some(action) = &page.report {
                (disclosure("申请更正", html! {
                    form method="post" action=(action) data-once {
                        (once_field())
                        (area(&Control {
                            name: "words", label: "哪里有误，应当是什么", error: page.error.as_deref(), optional: false,
                            hint: Some("4 至 500 个字。发证机关按档案核实，确有错误的免费换发，5 个工作日内答复。"),
                        }, 3, &page.typed))
                        (button_quiet("提交给发证机关"))
                    }
                }))
            }
        }
    }
}
