//! The working days: what is loaded, and taking over a newly published year.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, button_link_quiet, definitions, disclosure, notice, table},
        forms::{Control, area, hidden, once_field},
    },
};

use super::{Errors, around, done, reason_field, summary, wrong};

/// One year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Year {
    pub(crate) year: i16,
    pub(crate) working_days: usize,
    /// Days off by notice, and weekend days that are worked: day, weekday and name.
    pub(crate) days: Vec<(String, String)>,
}

/// One version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct VersionLine {
    pub(crate) version: i64,
    pub(crate) valid_from: String,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) reason: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CalendarPage {
    pub(crate) years: Vec<Year>,
    pub(crate) versions: Vec<VersionLine>,
    /// The next year is not loaded: deadlines into it are provisional.
    pub(crate) missing: Option<i16>,
    pub(crate) csv: String,
    pub(crate) reason: String,
    pub(crate) errors: Errors,
    pub(crate) done: String,
}

/// Places the page.
pub(crate) fn calendar(page: &CalendarPage, frame_: PageFrame) -> Markup {
    let versions: Vec<Vec<Markup>> = page
        .versions
        .iter()
        .map(|v| {
            vec![
                html! { "第 " (v.version) " 版" },
                html! { (v.valid_from) },
                html! { (v.by) },
                html! { (v.at) },
                html! { (v.reason) },
            ]
        })
        .collect();
    frame(
        around(frame_, &[], "工作日历", &page.errors),
        html! {
            (summary(&page.errors))
            h1 { "工作日历" }
            @if !page.done.is_empty() { (done(&page.done)) }
            @if let Some(year) = page.missing {
                (notice(Tone::Warning, &format!("{year}年的放假安排还没有导入"), html! {
                    p { "算到" (year) "年的期限都是暂定的，不亮红灯。国务院办公厅公布后请尽快导入。" }
                }))
            }
            section.band {
                div.band-head { h2 { "已导入的年份" } }
                @for year in &page.years {
                    (disclosure(html! { (year.year) "年，" (year.working_days) " 个工作日" }, html! {
                        (definitions(year.days.iter().map(|(day, what)| (day.as_str(), html! { (what) }))))
                    }))
                }
            }
            section.band {
                div.band-head { h2 { "导入新的安排" } }
                form.narrow method="post" action="/admin/calendar" novalidate {
                    (area(&Control {
                        name: "csv", label: "放假和调休上班的日期",
                        hint: Some("每行一天：日期,类型,名称,是否调休。第一行是 date,kind,name,in_lieu；类型是 holiday（放假）或 workday（周末上班）。"),
                        error: wrong(&page.errors, "csv"), optional: false,
                    }, 10, &page.csv))
                    (reason_field(&page.errors, &page.reason))
                    div.actions { (button("核对变化")) }
                }
            }
            @if !page.versions.is_empty() {
                section.band { div.band-head { h2 { "导入记录" } } (table("导入记录", &["版本", "生效日期", "导入人", "导入时间", "依据"], &versions)) }
            }
        },
    )
}

/// What would change, before it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PreviewPage {
    /// Day, before, after.
    pub(crate) days: Vec<(String, String, String)>,
    pub(crate) csv: String,
    pub(crate) reason: String,
}

/// Places the preview.
pub(crate) fn preview(page: &PreviewPage, frame_: PageFrame) -> Markup {
    let rows: Vec<Vec<Markup>> = page
        .days
        .iter()
        .map(|(day, before, after)| vec![html! { (day) }, html! { (before) }, html! { (after) }])
        .collect();
    frame(
        around(frame_, &[("工作日历", "/admin/calendar")], "核对变化", &Errors::new()),
        html! {
            h1 { "核对变化" }
            p.lead { "有 " (page.days.len()) " 天会变。从明天起生效，正在计算的期限随后重新计算；已经过去的日子不变。" }
            (table("变化的日子", &["日期", "现在", "导入后"], &rows))
            form method="post" action="/admin/calendar/load" data-once {
                (once_field())
                (hidden("csv", &page.csv))
                (hidden("reason", &page.reason))
                div.actions { (button("确认导入")) (button_link_quiet("返回修改", "/admin/calendar")) }
            }
        },
    )
}
