//! Queues under filters, with rows to choose for a bulk action.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tab, Tone, button_link, button_quiet, empty, filter_bar, notice, tabs},
        forms::{Choice, Control, select},
    },
};

use super::{desk_nav, task_table};
use crate::showing::TaskRow;

/// One answer of a filter.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    pub(crate) value: String,
    pub(crate) label: String,
}

/// What the page of queues shows.
#[derive(Debug, Clone)]
pub(crate) struct TasksPage {
    pub(crate) scope: &'static str,
    pub(crate) tabs: Vec<Tab>,
    /// Entries that the filters leave.
    pub(crate) total: u64,
    pub(crate) items: Vec<Pick>,
    pub(crate) lights: Vec<Pick>,
    pub(crate) steps: Vec<Pick>,
    pub(crate) item: String,
    pub(crate) light: String,
    pub(crate) step: String,
    pub(crate) due_today: bool,
    pub(crate) came_back: bool,
    /// Some filter is set.
    pub(crate) filtered: bool,
    /// The same queue without filters.
    pub(crate) all: String,
    pub(crate) rows: Vec<TaskRow>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// This page, to come back to.
    pub(crate) here: String,
    /// A bulk action was just done.
    pub(crate) done: bool,
    /// Colleagues a task can be handed to: account and name.
    pub(crate) colleagues: Vec<Pick>,
}

/// Bulk actions: word and label.
pub(crate) const BULK: [(&str, &str); 5] =
    [("claim", "认领"), ("release", "退回任务"), ("hand-over", "转交同事"), ("accept", "受理"), ("produce", "制证")];

fn narrow(name: &str, label: &str, options: &[Pick], chosen: &str) -> Markup {
    let mut choices = vec![Choice { value: "", label: "全部", hint: None }];
    choices.extend(options.iter().map(|o| Choice { value: &o.value, label: &o.label, hint: None }));
    select(&Control { name, label, optional: false, ..Control::default() }, &choices, chosen)
}

/// Places the page.
pub(crate) fn tasks(page: &TasksPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("工作台", "/desk"), Crumb::here("任务")];
    around.wide = true;
    frame(
        around,
        html! {
            div.desk-head {
                div { h1 { "任务" } p.desk-sub { "按期限从近到远，共 " (page.total) " 件" } }
                (desk_nav("/desk/tasks"))
            }
            @if page.done { (notice(Tone::Success, "已办理", html! { p { "下面是现在的任务。" } })) }
            (tabs("哪些任务", &page.tabs))
            (filter_bar("/desk/tasks", html! {
                input type="hidden" name="scope" value=(page.scope);
                (narrow("item", "事项", &page.items, &page.item))
                (narrow("light", "红黄灯", &page.lights, &page.light))
                (narrow("step", "环节", &page.steps, &page.step))
                div.desk-ticks {
                    label { input type="checkbox" name="due" value="today" checked[page.due_today]; " 今天到期" }
                    label { input type="checkbox" name="back" value="1" checked[page.came_back]; " 申请人已回复" }
                }
            }))
            @if page.filtered { p.desk-clear { a href=(page.all) { "清除筛选" } } }
            @if page.rows.is_empty() {
                (nothing(page))
            } @else {
                form.desk-bulk action="/desk/tasks/preview" method="post" {
                    input type="hidden" name="back" value=(page.here);
                    (task_table("任务", &page.rows, true))
                    div.desk-bulk-bar {
                        label.desk-select-all { input type="checkbox" data-select-all="row"; " 全选本页" }
                        (bulk_choice())
                        div data-when="action=hand-over" { (colleague_choice(&page.colleagues)) }
                        (button_quiet("预览批量办理"))
                    }
                    p.desk-sub { "先预览每一件会怎样、哪些不能办，确认后才办理。" }
                }
            }
            @if page.previous.is_some() || page.next.is_some() {
                nav.pagination aria-label="翻页" {
                    @if let Some(previous) = &page.previous { a.button.quiet rel="prev" href=(previous) data-shortcut="p" { "上一页 " kbd { "p" } } }
                    @if let Some(next) = &page.next { a.button.quiet rel="next" href=(next) data-shortcut="n" { "下一页 " kbd { "n" } } }
                }
            }
        },
    )
}

fn bulk_choice() -> Markup {
    let choices: Vec<Choice<'_>> = BULK.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    select(&Control { name: "action", label: "对选中的", ..Control::default() }, &choices, "claim")
}

fn colleague_choice(colleagues: &[Pick]) -> Markup {
    let choices: Vec<Choice<'_>> =
        colleagues.iter().map(|c| Choice { value: &c.value, label: &c.label, hint: None }).collect();
    select(&Control { name: "to", label: "转交给", optional: true, ..Control::default() }, &choices, "")
}

fn nothing(page: &TasksPage) -> Markup {
    if page.filtered {
        empty(
            "没有符合条件的任务",
            html! { p { "换个条件，或者看全部任务。" } },
            Some(button_link("清除筛选", &page.all)),
        )
    } else if page.scope == "mine" {
        let action = button_link("看看可以认领的", "/desk/tasks?scope=waiting");
        empty("手上没有任务", html! { p { "认领以后，任务会出现在这里。" } }, Some(action))
    } else {
        empty("没有任务", html! { p { "新的办件提交后会出现在这里。" } }, None)
    }
}
