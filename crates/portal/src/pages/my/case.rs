//! One case as its applicant sees it: what is asked of him, who holds it, by when and why, what happened.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{TimelineEntry, Tone, button_link, definitions, disclosure, notice, tag, timeline},
};

use super::{Deadline, deadline, talk::TalkLine};

/// What the page of a case shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct CasePage {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) item_href: String,
    pub(crate) state: String,
    /// What the state means, in a sentence.
    pub(crate) meaning: String,
    /// A word of confirmation after something was done.
    pub(crate) done: Option<&'static str>,
    /// What the case waits for, first of all.
    pub(crate) asks: Vec<Ask>,
    /// Why there is nothing to do.
    pub(crate) calm: String,
    /// Who holds it: department, step, since when.
    pub(crate) holder: Vec<(&'static str, String)>,
    pub(crate) deadline: Option<Deadline>,
    /// Other limits with their days.
    pub(crate) limits: Vec<Deadline>,
    pub(crate) course: Vec<TimelineEntry>,
    pub(crate) talk: Vec<TalkLine>,
    pub(crate) talk_count: usize,
    pub(crate) unread: usize,
    pub(crate) may_write: bool,
    pub(crate) result: Option<ResultBox>,
    pub(crate) documents: Vec<DocumentLine>,
    /// Answers as handed in.
    pub(crate) answers: Vec<(String, String)>,
    pub(crate) materials: Vec<MaterialLine>,
    /// What else can be done: label, where, what it means.
    pub(crate) more: Vec<(&'static str, String, String)>,
    /// Every entry of the history: when, what, who.
    pub(crate) history: Vec<(String, String, String)>,
    /// By which others follow the case.
    pub(crate) code: String,
    /// Ratings and complaints already given, in words.
    pub(crate) voiced: Vec<String>,
}

/// Something the case waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) due: Option<String>,
    pub(crate) label: String,
    pub(crate) href: String,
    /// A right or an offer, not a duty.
    pub(crate) offer: bool,
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ResultBox {
    pub(crate) granted: bool,
    pub(crate) text: String,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) links: Vec<(String, String)>,
}

/// One document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DocumentLine {
    pub(crate) title: String,
    pub(crate) number: String,
    pub(crate) at: String,
    pub(crate) href: String,
    pub(crate) confirm: String,
}

/// One material as handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MaterialLine {
    pub(crate) name: String,
    pub(crate) how: String,
    pub(crate) files: Vec<(String, String)>,
}

/// Places the page.
pub(crate) fn case(page: &CasePage, mut around: PageFrame) -> Markup {
    around.crumbs =
        vec![Crumb::link("我的", "/my"), Crumb::link("办件", "/my/cases"), Crumb::here(page.number.clone())];
    frame(
        around,
        html! {
            @if let Some(done) = page.done { (notice(Tone::Success, done, html! {})) }
            header.case-head {
                p.overline { "办件编号 " span.mono { (page.number) } }
                h1 { a.quiet-link href=(page.item_href) { (page.item) } }
                p.case-state { (tag(&page.state)) span { (page.meaning) } }
            }
            (asks(page))
            section.card aria-labelledby="who" {
                h2 #who { "现在谁在办、什么时候" }
                (definitions(page.holder.iter().map(|(name, value)| (*name, html! { (value) }))))
                @if let Some(day) = &page.deadline { (deadline(day)) }
                @if !page.limits.is_empty() {
                    (disclosure("其他期限", html! { @for limit in &page.limits { (deadline(limit)) } }))
                }
            }
            @if let Some(result) = &page.result { (outcome(result)) }
            section aria-labelledby="course" { h2 #course { "进度" } (timeline(&page.course)) }
            (conversation(page))
            (documents(&page.documents))
            section aria-labelledby="handed-in" {
                h2 #handed-in { "我提交的内容" }
                (handed_in(page))
            }
            section aria-labelledby="more" {
                h2 #more { "还可以做什么" }
                ul.choices {
                    @for (label, href, about) in &page.more {
                        li { a href=(href) { (label) } @if !about.is_empty() { p.hint { (about) } } }
                    }
                }
                @for voiced in &page.voiced { p.hint { (voiced) } }
                p.hint {
                    "不登录也能查进度：在" a href="/progress" { "查进度" } "页输入办件编号和查询码 "
                    strong.mono { (page.code) } "。查询码只告诉您信任的人。"
                }
            }
            (disclosure("全部记录", html! {
                ol.records { @for (at, what, who) in &page.history { li { span.soft { (at) } " " (what) " " span.soft { (who) } } } }
            }))
        },
    )
}

fn asks(page: &CasePage) -> Markup {
    html! {
        section.now aria-labelledby="now" {
            h2 #now { @if page.asks.iter().any(|a| !a.offer) { "需要您做的" } @else { "现在不需要您做什么" } }
            @if !page.asks.iter().any(|a| !a.offer) { p { (page.calm) } }
            @for ask in &page.asks {
                div.ask.offer[ask.offer] {
                    h3 { (ask.title) }
                    p { (ask.text) }
                    @if let Some(due) = &ask.due { p.due { "最晚 " strong { (due) } } }
                    p.actions { (button_link(&ask.label, &ask.href)) }
                }
            }
        }
    }
}

fn outcome(result: &ResultBox) -> Markup {
    html! {
        section.outcome.granted[result.granted] aria-labelledby="result" {
            h2 #result { "结果" }
            p.outcome-text { (result.text) }
            (definitions(result.facts.iter().map(|(name, value)| (name.as_str(), html! { (value) }))))
            p.actions { @for (label, href) in &result.links { a.button.quiet href=(href) { (label) } } }
        }
    }
}

fn conversation(page: &CasePage) -> Markup {
    let href = format!("/my/cases/{}/messages", page.number);
    html! {
        section aria-labelledby="talk" {
            h2 #talk { "和办理机关的留言" @if page.unread > 0 { " " span.count { (page.unread) " 条未看" } } }
            @if page.talk.is_empty() {
                p.soft { "还没有留言。有不清楚的，直接在这里问，不用打电话；办理人员会在这里答复，并通知您。" }
            } @else {
                (super::talk::lines(&page.talk))
            }
            p.actions {
                @if page.may_write { a.button.quiet href=(href) { "写留言" } }
                @if page.talk_count > page.talk.len() { a href=(href) { "查看全部 " (page.talk_count) " 条" } }
            }
        }
    }
}

fn documents(documents: &[DocumentLine]) -> Markup {
    html! {
        section aria-labelledby="documents" {
            h2 #documents { "文书" }
            ul.documents {
                @for document in documents {
                    li {
                        a href=(document.href) { (document.title) }
                        p.hint { (document.number) " · " (document.at) }
                        p.hint { a href=(document.href) { "查看、打印" } " · " a href=(document.confirm) { "核对真伪" } }
                    }
                }
            }
        }
    }
}

fn handed_in(page: &CasePage) -> Markup {
    html! {
        (disclosure("申请表", definitions(page.answers.iter().map(|(name, value)| (name.as_str(), html! { span.typed { (value) } })))))
        (disclosure("材料", html! {
            ul.documents {
                @for material in &page.materials {
                    li {
                        (material.name)
                        p.hint { (material.how) }
                        @for (name, href) in &material.files { p { a href=(href) { (name) } } }
                    }
                }
            }
        }))
    }
}
