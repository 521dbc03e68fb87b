//! Pages as structs of ready-to-show values, each with a function that only places them.

pub(crate) mod acting;
pub(crate) mod bulk;
pub(crate) mod case;
pub(crate) mod certificates;
pub(crate) mod counter;
pub(crate) mod openings;
pub(crate) mod relations;
pub(crate) mod seals;
pub(crate) mod search;
pub(crate) mod tasks;
pub(crate) mod why;
pub(crate) mod workbench;

use maud::{Markup, html};
use webkit::ui::components::tag;

use crate::showing::TaskRow;

/// Rows of a queue as a table; `select`: each with a box to choose it by.
pub(crate) fn task_table(caption: &str, rows: &[TaskRow], select: bool) -> Markup {
    html! {
        table.cards.desk-table {
            caption.visually-hidden { (caption) }
            thead {
                tr {
                    @if select { th.desk-pick scope="col" { span.visually-hidden { "选择" } } }
                    th scope="col" { "期限" }
                    th scope="col" { "要办的事" }
                    th scope="col" { "事项" }
                    th scope="col" { "申请人" }
                    th scope="col" { "办件编号" }
                    th scope="col" { "谁在办" }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        @if select {
                            td.desk-pick data-name="选择" {
                                label {
                                    input type="checkbox" name="row" value=(row.value);
                                    span.visually-hidden { "选择 " (row.number) " " (row.name) }
                                }
                            }
                        }
                        td data-name="期限" { span.desk-deadline { (row.deadline) } }
                        th scope="row" data-name="要办的事" {
                            a href=(row.href) { (row.name) }
                            @if row.came_back { " " (tag("申请人已回复")) }
                        }
                        td data-name="事项" { (row.item) @if !row.region.is_empty() { span.desk-sub { (row.region) } } }
                        td data-name="申请人" { (row.applicant) }
                        td data-name="办件编号" { span.desk-number { (row.number) } span.desk-sub { (row.since) } }
                        td data-name="谁在办" {
                            @if row.holder.is_empty() { span.desk-sub { "待认领 · " (row.role) } }
                            @else if row.mine { strong { "我" } }
                            @else { (row.holder) }
                        }
                    }
                }
            }
        }
    }
}

/// Links between the pages of the desk, with the keys that lead there.
pub(crate) fn desk_nav(here: &str) -> Markup {
    let links = [("/desk", "工作台", "g"), ("/desk/tasks", "任务", "t"), ("/desk/cases", "查找办件", "f")];
    html! {
        nav.desk-nav aria-label="快捷键" {
            @for (href, label, key) in links {
                a href=(href) aria-current=[(href == here).then_some("page")] data-shortcut=(key) {
                    (label) " " kbd { (key) }
                }
            }
        }
    }
}

#[cfg(test)]
mod certificate_samples;
#[cfg(test)]
mod counter_samples;
#[cfg(test)]
mod samples;
