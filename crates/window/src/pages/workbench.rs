//! The workbench.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{Tone, button_link, empty, notice},
};

use super::{desk_nav, task_table};
use crate::showing::TaskRow;

/// A number with what it counts and where it leads.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) label: String,
    pub(crate) count: u64,
    pub(crate) href: String,
}

/// One list of the workbench.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) href: String,
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) rows: Vec<TaskRow>,
}

/// What the workbench shows.
#[derive(Debug, Clone)]
pub(crate) struct WorkbenchPage {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) roles: String,
    pub(crate) today: String,
    /// Works on cases; otherwise only looks on.
    pub(crate) works: bool,
    pub(crate) lights: Vec<Count>,
    pub(crate) kinds: Vec<Count>,
    pub(crate) items: Vec<Count>,
    pub(crate) parts: Vec<Part>,
    /// Cases with messages of the applicant that nobody has read: number, item, how many.
    pub(crate) talk: Vec<(String, String, i64)>,
}

/// Items named before the rest folds.
const ITEMS_SHOWN: usize = 8;

fn counts(title: &str, counts: &[Count]) -> Markup {
    let (first, rest) = counts.split_at(counts.len().min(ITEMS_SHOWN));
    let line = |c: &Count| html! { li { a href=(c.href) { span { (c.label) } strong { (c.count) } } } };
    html! {
        section.desk-counts {
            h2 { (title) }
            @if counts.is_empty() { p.desk-sub { "没有待办。" } }
            ul { @for c in first { (line(c)) } }
            @if !rest.is_empty() {
                details { summary { "其余 " (rest.len()) " 项" } ul { @for c in rest { (line(c)) } } }
            }
        }
    }
}

/// Places the workbench.
pub(crate) fn workbench(page: &WorkbenchPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("工作台")];
    around.wide = true;
    frame(
        around,
        html! {
            div.desk-head {
                div {
                    h1 { "工作台" }
                    p.desk-sub { (page.name) " · " (page.department) " · " (page.roles) " · " (page.today) }
                }
                (desk_nav("/desk"))
            }
            @if page.works {
                ul.tiles.desk-tiles {
                    @for part in &page.parts {
                        li {
                            a.tile href=(part.href) {
                                span.tile-number { (part.count) } span.tile-label { (part.title) }
                            }
                        }
                    }
                }
                div.desk-columns {
                    div.desk-main {
                        @for (place, part) in page.parts.iter().enumerate() {
                            @if place < 2 || !part.rows.is_empty() {
                                section.desk-part {
                                    div.desk-part-head {
                                        h2 { (part.title) " " span.count { (part.count) } }
                                        @if part.count as usize > part.rows.len() { a href=(part.href) { "全部 " (part.count) " 件" } }
                                    }
                                    @if part.rows.is_empty() {
                                        (empty(if place == 0 { "手上没有任务" } else { "没有等人认领的任务" }, html! { p { (part.about) } },
                                            (place == 0).then(|| button_link("去认领", "/desk/tasks?scope=waiting"))))
                                    } @else {
                                        p.desk-sub { (part.about) }
                                        (task_table(&part.title, &part.rows, false))
                                    }
                                }
                            }
                        }
                    }
                    aside.desk-side aria-label="本部门待办统计" {
                        @if !page.talk.is_empty() {
                            section.desk-counts {
                                h2 { "申请人留言" }
                                ul {
                                    @for (number, item, unseen) in &page.talk {
                                        li { a href={ "/desk/cases/" (number) "#talk" } { span { (item) } strong { (unseen) " 条" } } }
                                    }
                                }
                            }
                        }
                        (counts("本部门 · 红黄灯", &page.lights))
                        (counts("本部门 · 环节", &page.kinds))
                        (counts("本部门 · 事项", &page.items))
                        p.desk-sub { a href="/desk/relations" { "回避登记" } "：有亲属、利害关系的办件不交给您。" }
                    }
                }
            } @else {
                (notice(Tone::Info, "您可以查看办件的办理过程", html! {
                    p { "督查人员看得到每个办件的进度、时限和文书，看不到申请表和材料。" }
                }))
                div.actions { (button_link("查找办件", "/desk/cases")) }
            }
        },
    )
}
