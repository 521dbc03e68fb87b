//! Pieces that tell how a matter stands.

use maud::{Markup, Render, html};

/// One answer on a check-your-answers page.
#[derive(Debug, Clone)]
pub struct SummaryRow {
    /// What was asked.
    pub name: String,
    /// What was answered.
    pub value: Markup,
    /// Where it comes from, what is amiss with it.
    pub note: Option<Markup>,
    /// Where it is changed: path and label, such as `修改`.
    pub change: Option<(String, String)>,
}

/// Questions and answers, each with its way to be changed.
#[must_use]
pub fn summary_list(rows: &[SummaryRow]) -> Markup {
    html! {
        dl.summary {
            @for row in rows {
                div {
                    dt { (row.name) }
                    dd { (row.value) @if let Some(note) = &row.note { div.hint { (note) } } }
                    @if let Some((href, label)) = &row.change {
                        dd.summary-change { a href=(href) { (label) span.visually-hidden { (row.name) } } }
                    }
                }
            }
        }
    }
}

/// The steps of a task with the one at `current` (from 0); those before it are done.
#[must_use]
pub fn step_bar(steps: &[&str], current: usize) -> Markup {
    html! {
        div.steps role="group" aria-label="步骤" {
            p.steps-now {
                "第 " (steps.len().min(current + 1)) " 步，共 " (steps.len()) " 步"
                @if let Some(name) = steps.get(current) { "：" (name) }
            }
            ol {
                @for (place, name) in steps.iter().enumerate() {
                    li.done[place < current].now[place == current] aria-current=[(place == current).then_some("step")] {
                        span { (name) }
                        @if place < current { span.visually-hidden { "（已完成）" } }
                    }
                }
            }
        }
    }
}

/// How far an entry of a time line has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It happened.
    Done,
    /// It is here now.
    Now,
    /// It is still to come.
    Coming,
    /// It needs somebody to do something.
    Trouble,
}

impl Mark {
    const fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::Coming => "coming",
            Self::Trouble => "trouble",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Done => "已完成",
            Self::Now => "进行中",
            Self::Coming => "待进行",
            Self::Trouble => "需处理",
        }
    }
}

/// One entry of a time line.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// What happens.
    pub title: String,
    /// When, ready to show; may be empty.
    pub at: String,
    /// Who does it; may be empty.
    pub by: String,
    /// More about it.
    pub body: Markup,
    /// How far it has come.
    pub mark: Mark,
}

/// What happened, what happens now and what comes next.
#[must_use]
pub fn timeline(entries: &[TimelineEntry]) -> Markup {
    html! {
        ol.timeline {
            @for entry in entries {
                li class=(entry.mark.class()) aria-current=[(entry.mark == Mark::Now).then_some("step")] {
                    p.timeline-title { (entry.title) span.visually-hidden { "（" (entry.mark.word()) "）" } }
                    @if !entry.at.is_empty() || !entry.by.is_empty() {
                        p.timeline-meta {
                            @if !entry.at.is_empty() { span { (entry.at) } }
                            @if !entry.by.is_empty() { span { (entry.by) } }
                        }
                    }
                    @if !entry.body.0.is_empty() { div.timeline-body { (entry.body) } }
                }
            }
        }
    }
}

/// How near a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// In time.
    Green,
    /// Soon due.
    Yellow,
    /// Past.
    Red,
    /// No clock runs.
    Grey,
}

/// A deadline's light, said in words too.
#[must_use]
pub fn light(light: Light, text: &str) -> Markup {
    let (class, word) = match light {
        Light::Green => ("green", "绿灯"),
        Light::Yellow => ("yellow", "黄灯"),
        Light::Red => ("red", "红灯"),
        Light::Grey => ("grey", "不计时"),
    };
    html! { span class={ "light " (class) } { span.visually-hidden { (word) "：" } (text) } }
}

/// The large confirmation at the end of a task. Its title is the page's main heading.
#[must_use]
pub fn panel(title: &str, body: impl Render) -> Markup {
    html! { div.panel { h1 { (title) } div.panel-body { (body) } } }
}
