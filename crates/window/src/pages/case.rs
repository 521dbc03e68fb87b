//! The page of a case.

mod sides;

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{TimelineEntry, Tone, button_quiet, definitions, notice, table, tag, timeline},
        forms::{Control, area, once_field},
    },
};

pub(crate) use sides::{AnswerLine, FileBox, Judged, MaterialBox, RuleLine, Sides};

use super::desk_nav;

/// What was just done, and where to go on.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) label: String,
    /// Next task: name and address.
    pub(crate) next: Option<(String, String)>,
    /// Small: the work on the case goes on.
    pub(crate) quiet: bool,
}

/// One message between applicant and office.
#[derive(Debug, Clone)]
pub(crate) struct TalkLine {
    /// The office wrote it.
    pub(crate) mine: bool,
    pub(crate) who: String,
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) files: Vec<String>,
}

/// A task that is open.
#[derive(Debug, Clone)]
pub(crate) struct TaskBox {
    pub(crate) name: String,
    pub(crate) who: String,
    pub(crate) holder: Option<String>,
    pub(crate) mine: bool,
    pub(crate) since: String,
}

/// A move that may be made now.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) label: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) href: String,
    /// Done by the button itself, without a form of its own.
    pub(crate) at_once: bool,
    pub(crate) seen: i64,
    pub(crate) shortcut: Option<&'static str>,
    pub(crate) main: bool,
}

/// A move that is closed, and why.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    pub(crate) label: String,
    pub(crate) why: String,
}

/// A clock with its days.
#[derive(Debug, Clone)]
pub(crate) struct ClockBox {
    pub(crate) name: String,
    pub(crate) deadline: Markup,
    pub(crate) state: &'static str,
    pub(crate) used: String,
    pub(crate) start: String,
    pub(crate) ended: Option<String>,
    pub(crate) pauses: Vec<String>,
    pub(crate) days: Vec<DayLine>,
    pub(crate) last: String,
    pub(crate) provisional: bool,
}

/// One day of an explanation.
#[derive(Debug, Clone)]
pub(crate) struct DayLine {
    pub(crate) date: String,
    pub(crate) counted: Option<u32>,
    pub(crate) reason: String,
}

/// A paper that was issued.
#[derive(Debug, Clone)]
pub(crate) struct PaperLink {
    pub(crate) title: String,
    pub(crate) number: String,
    pub(crate) at: String,
    pub(crate) href: String,
    pub(crate) intact: bool,
}

/// One entry of the history.
#[derive(Debug, Clone)]
pub(crate) struct HistoryLine {
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) label: &'static str,
    pub(crate) words: String,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct CasePage {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) applicant: String,
    pub(crate) state: &'static str,
    pub(crate) deadline: Option<Markup>,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) done: Option<Done>,
    /// Works on it; otherwise only looks on.
    pub(crate) office: bool,
    /// Numbers of people are shown whole.
    pub(crate) reveal: bool,
    pub(crate) tasks: Vec<TaskBox>,
    pub(crate) actions: Vec<Action>,
    pub(crate) closed: Vec<Closed>,
    pub(crate) others: Vec<Closed>,
    pub(crate) alerts: Vec<(String, String)>,
    /// Form and materials; none for supervision.
    pub(crate) sides: Option<Sides>,
    /// The state in a sentence.
    pub(crate) meaning: String,
    pub(crate) course: Vec<TimelineEntry>,
    pub(crate) talk: Vec<TalkLine>,
    /// A message that was not sent, and why.
    pub(crate) said: Option<(String, String)>,
    pub(crate) clocks: Vec<ClockBox>,
    pub(crate) papers: Vec<PaperLink>,
    pub(crate) history: Vec<HistoryLine>,
}

/// Places the page.
pub(crate) fn case_page(page: &CasePage, mut around: PageFrame) -> Markup {
    around.crumbs =
        vec![Crumb::link("工作台", "/desk"), Crumb::link("任务", "/desk/tasks"), Crumb::here(page.number.clone())];
    around.wide = true;
    frame(
        around,
        html! {
            div.desk-head {
                div {
                    p.overline { (page.item) }
                    h1 { (page.applicant) " " (tag(page.state)) }
                    p.desk-sub {
                        span.desk-number { (page.number) }
                        @if let Some(deadline) = &page.deadline { " " span.desk-deadline { (deadline) } }
                    }
                }
                (desk_nav(""))
            }
            @if let Some(done) = &page.done { (done_notice(done)) }
            @for (title, text) in &page.alerts { (notice(Tone::Warning, title, html! { p { (text) } })) }
            div.desk-case.course[page.sides.is_none()] {
                aside.desk-case-side aria-label="办理" {
                    @if page.office { (moves(page)) }
                    (who(page))
                    section.desk-box { h2 { "办理过程" } p.desk-sub { (page.meaning) } (timeline(&page.course)) }
                }
                @if let Some(sides) = &page.sides { (sides::sides(page, sides)) }
                div.desk-case-more {
                    (talk(page))
                    (clocks(page))
                    (papers(page))
                    (history(page))
                }
            }
        },
    )
}

fn done_notice(done: &Done) -> Markup {
    notice(
        Tone::Success,
        &done.label,
        match &done.next {
            Some((name, href)) => html! {
                div.actions {
                    a.button href=(href) data-shortcut="n" { "办完了，下一件 " kbd { "n" } }
                    span.desk-sub { (name) }
                }
            },
            None if done.quiet => html! {},
            None => html! { p { "没有其他待办任务了。" a href="/desk" { "回到工作台" } } },
        },
    )
}

fn moves(page: &CasePage) -> Markup {
    html! {
        section.desk-box.desk-moves {
            h2 { "我现在可以做什么" }
            @if page.actions.is_empty() { p.desk-sub { "现在没有您可以办的操作。原因见下面。" } }
            ul.desk-move-list {
                @for action in &page.actions {
                    li {
                        @if action.at_once {
                            form action=(action.href) method="post" data-once {
                                (once_field())
                                input type="hidden" name="seen" value=(action.seen);
                                button.button.quiet[!action.main] type="submit" data-shortcut=[action.shortcut] { (face(action)) }
                            }
                        } @else {
                            a.button.quiet[!action.main] href=(action.href) data-shortcut=[action.shortcut] { (face(action)) }
                        }
                    }
                }
            }
            @if !page.closed.is_empty() {
                details { summary { "现在不能做的（" (page.closed.len()) "）和原因" }
                    dl.desk-closed { @for c in &page.closed { dt { (c.label) } dd { (c.why) } } }
                }
            }
            @if !page.others.is_empty() {
                details { summary { "由其他人做的（" (page.others.len()) "）" }
                    dl.desk-closed { @for c in &page.others { dt { (c.label) } dd { (c.why) } } }
                }
            }
        }
    }
}

fn face(action: &Action) -> Markup {
    html! {
        span { (action.label) @if let Some(name) = &action.name { "：" (name) } }
        @if let Some(key) = action.shortcut { " " kbd { (key) } }
    }
}

fn who(page: &CasePage) -> Markup {
    html! {
        section.desk-box {
            h2 { "谁在办" }
            @if page.tasks.is_empty() { p.desk-sub { "现在没有要办的任务。" } }
            ul.desk-tasks {
                @for task in &page.tasks {
                    li {
                        strong { (task.name) }
                        p.desk-sub { (task.who) }
                        p {
                            @match &task.holder {
                                Some(_) if task.mine => { "我在办" }
                                Some(name) => { (name) " 在办" }
                                None => { "待认领" }
                            }
                            span.desk-sub { " · " (task.since) " 起" }
                        }
                    }
                }
            }
            (definitions(page.facts.iter().map(|(name, value)| (*name, html! { (value) }))))
        }
    }
}

fn talk(page: &CasePage) -> Markup {
    let (text, error) = page.said.as_ref().map_or(("", None), |(t, e)| (t.as_str(), Some(e.as_str())));
    html! {
        section.desk-box #talk {
            h2 { "与申请人留言" }
            @if page.talk.is_empty() { p.desk-sub { "还没有留言。" } }
            ol.desk-talk {
                @for line in &page.talk {
                    li.mine[line.mine] {
                        p.desk-sub { (line.who) " · " (line.at) }
                        p.desk-words { (line.text) }
                        @for (place, file) in line.files.iter().enumerate() {
                            a href=(file) target="_blank" rel="noopener" { "附件 " (place + 1) } " "
                        }
                    }
                }
            }
            @if page.office {
                form.desk-form action={ "/desk/cases/" (page.number) "/talk" } method="post" data-once {
                    (once_field())
                    (area(&Control {
                        name: "text",
                        label: "写给申请人",
                        hint: Some("500字以内。要求补材料请用“一次性告知补正”，不要在留言里提。"),
                        error,
                        optional: false,
                    }, 2, text))
                    div.actions { (button_quiet("发送")) }
                }
            }
        }
    }
}

fn clocks(page: &CasePage) -> Markup {
    html! {
        section.desk-box #clocks {
            h2 { "时限" }
            @for clock in &page.clocks {
                details.desk-clock {
                    summary {
                        strong { (clock.name) } " " span.desk-deadline { (clock.deadline) } " "
                        span.desk-sub { (clock.used) @if clock.ended.is_none() { " · " (clock.state) } }
                    }
                    p {
                        "从" (clock.start) "的次日起算，最后一天是" strong { (clock.last) }
                        @if clock.provisional { "（节假日安排公布后可能调整）" } "。"
                        @if let Some(ended) = &clock.ended { (ended) "结束。" }
                    }
                    @if !clock.pauses.is_empty() { p { "不计入：" (clock.pauses.join("；")) "。" } }
                    ol.desk-days {
                        @for day in &clock.days {
                            li.off[day.counted.is_none()] {
                                span { (day.date) }
                                span { @match day.counted { Some(n) => { "第" (n) "天" }, None => "不计" } }
                                span.desk-sub { (day.reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn papers(page: &CasePage) -> Markup {
    let rows: Vec<Vec<Markup>> = page
        .papers
        .iter()
        .map(|p| {
            vec![
                html! { a href=(p.href) { (p.title) } @if !p.intact { " " (tag("内容与出具时不一致")) } },
                html! { (p.number) },
                html! { (p.at) },
                html! { a href=(p.href) { "查看和打印" } },
            ]
        })
        .collect();
    html! {
        section.desk-box #papers {
            h2 { "文书" }
            @if rows.is_empty() { p.desk-sub { "还没有出具文书。" } }
            @else { (table("已出具的文书", &["文书", "编号", "出具时间", "打印"], &rows)) }
        }
    }
}

fn history(page: &CasePage) -> Markup {
    html! {
        section.desk-box #history {
            h2 { "全过程记录" }
            p.desk-sub { "每一步都留痕，不能修改。最近的在最上面。" }
            ol.desk-history {
                @for line in &page.history {
                    li {
                        span.desk-sub { (line.at) }
                        span { strong { (line.label) } @if !line.words.is_empty() { "　" (line.words) } span.desk-sub { " · " (line.by) } }
                    }
                }
            }
        }
    }
}
