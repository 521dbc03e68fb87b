//! A bulk action: what will happen to each row, then what happened.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button, button_link, button_link_quiet, notice, tag, tag_strong},
        forms::once_field,
    },
};

/// What happens to one row.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It will happen.
    Will(String),
    /// Nothing would change.
    Nothing,
    /// It cannot be, and why.
    Cannot(String),
    /// It happened; the case now stands so.
    Done(&'static str),
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct BulkRow {
    /// What the confirmation names it by.
    pub(crate) value: String,
    pub(crate) number: String,
    pub(crate) about: String,
    pub(crate) fate: Fate,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct BulkPage {
    pub(crate) action: String,
    pub(crate) label: &'static str,
    pub(crate) to: String,
    pub(crate) back: String,
    pub(crate) rows: Vec<BulkRow>,
    /// It was carried out; otherwise this is the preview.
    pub(crate) done: bool,
    pub(crate) error: Option<String>,
}

/// Places the page.
pub(crate) fn bulk(page: &BulkPage, mut around: PageFrame) -> Markup {
    let title = around.title.clone();
    around.crumbs = vec![Crumb::link("工作台", "/desk"), Crumb::link("任务", &page.back), Crumb::here(&title)];
    around.wide = true;
    let can = page.rows.iter().filter(|r| matches!(r.fate, Fate::Will(_))).count();
    let did = page.rows.iter().filter(|r| matches!(r.fate, Fate::Done(_))).count();
    let not = page.rows.iter().filter(|r| matches!(r.fate, Fate::Cannot(_))).count();
    frame(
        around,
        html! {
            h1 { (title) }
            @if let Some(error) = &page.error {
                (notice(Tone::Error, "还不能办理", html! { p { (error) } }))
            } @else if page.done {
                (notice(if not == 0 { Tone::Success } else { Tone::Warning },
                    &format!("已办 {did} 件，未办 {not} 件"),
                    html! { p { "每一件单独办理：未办的没有任何变化，原因见下表。" } }))
            } @else {
                p.lead { "选中 " (page.rows.len()) " 件：可以办 " strong { (can) } " 件，不能办 " strong { (not) } " 件。确认前不会有任何变化。" }
            }
            @if !page.rows.is_empty() {
                table.cards.desk-table {
                    caption.visually-hidden { (title) }
                    thead { tr {
                        th scope="col" { "办件编号" } th scope="col" { "事项 · 申请人" }
                        th scope="col" { @if page.done { "结果" } @else { "办理后" } }
                    } }
                    tbody {
                        @for row in &page.rows {
                            tr {
                                th scope="row" data-name="办件编号" { a href={ "/desk/cases/" (row.number) } { (row.number) } }
                                td data-name="事项 · 申请人" { (row.about) }
                                td data-name=(if page.done { "结果" } else { "办理后" }) {
                                    @match &row.fate {
                                        Fate::Will(text) => { (tag_strong("可以办")) " " (text) }
                                        Fate::Nothing => { (tag("无变化")) " 已经是这样了，不需要再办。" }
                                        Fate::Cannot(why) => { (tag(if page.done { "未办" } else { "不能办" })) " " (why) }
                                        Fate::Done(state) => { (tag_strong("已办")) " 现在是“" (state) "”" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            div.actions {
                @if !page.done && can > 0 && page.error.is_none() {
                    form action="/desk/tasks/bulk" method="post" data-once {
                        (once_field())
                        input type="hidden" name="action" value=(page.action);
                        input type="hidden" name="to" value=(page.to);
                        input type="hidden" name="back" value=(page.back);
                        @for row in page.rows.iter().filter(|r| matches!(r.fate, Fate::Will(_))) {
                            input type="hidden" name="row" value=(row.value);
                        }
                        (button(&format!("确认{}（{can} 件）", page.label)))
                    }
                    (button_link_quiet("返回，不办理", &page.back))
                } @else { (button_link("回到任务", &page.back)) }
            }
        },
    )
}
