//! How the duty to open decisions to the public is kept.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{Tone, notice, table},
};

/// One decision.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpeningRow {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) department: String,
    pub(crate) decided: String,
    pub(crate) due: String,
    /// Empty: not yet.
    pub(crate) opened: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpeningsPage {
    pub(crate) late: Vec<OpeningRow>,
    pub(crate) waiting: Vec<OpeningRow>,
    pub(crate) opened_late: Vec<OpeningRow>,
}

/// Places the page.
pub(crate) fn openings(page: &OpeningsPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("许可公开")];
    around.wide = true;
    frame(
        around,
        html! {
            h1 { "许可公开" }
            p.lead { "准予许可的决定应当自作出之日起 7 个工作日内公开。到最后一天还没有制证的，平台当天先公开决定。" }
            p { a href="/open/decisions" { "查看已经公开的决定" } }
            @if page.late.is_empty() && page.opened_late.is_empty() {
                (notice(Tone::Success, "没有超期", html! { p { "没有超期未公开的决定，最近 90 天也没有超期公开的。" } }))
            }
            @if !page.late.is_empty() {
                (notice(Tone::Error, "有决定超期未公开", html! { p { "平台会自动公开；仍列在这里的，请联系系统管理员检查后台任务。" } }))
                (open_list("超期未公开", &page.late))
            }
            @if !page.opened_late.is_empty() {
                @let rows: Vec<Vec<Markup>> = page.opened_late.iter().map(|row| {
                    let mut cells = cells(row);
                    cells.push(html! { (row.opened) });
                    cells
                }).collect();
                (table("最近 90 天超期公开", &["文书号", "事项", "许可机关", "决定日期", "最晚公开", "公开日期"], &rows))
            }
            @if !page.waiting.is_empty() { (open_list("待公开，未到期", &page.waiting)) }
        },
    )
}

fn open_list(caption: &str, rows: &[OpeningRow]) -> Markup {
    let rows: Vec<Vec<Markup>> = rows
        .iter()
        .map(|row| {
            let mut cells = cells(row);
            cells[0] = html! { a href={ "/desk/cases/" (row.number) } { (row.number) } };
            cells
        })
        .collect();
    table(caption, &["办件编号", "事项", "许可机关", "决定日期", "最晚公开"], &rows)
}

fn cells(row: &OpeningRow) -> Vec<Markup> {
    [&row.number, &row.item, &row.department, &row.decided, &row.due].map(|text| html! { (text) }).to_vec()
}
