//! Decisions open to the public.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{empty, pagination, table},
        forms::{Control, TextKind, error_summary, select_field, text},
    },
};

use super::list::Choice;

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OpenPage {
    pub(crate) department: Choice,
    pub(crate) code: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) errors: Vec<(&'static str, String)>,
    pub(crate) lines: Vec<OpenLine>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    /// Addresses of the same list for tables and for programs.
    pub(crate) csv: String,
    pub(crate) json: String,
}

/// One decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OpenLine {
    pub(crate) applicant: String,
    /// Empty for people.
    pub(crate) code: String,
    pub(crate) item: String,
    pub(crate) department: String,
    pub(crate) decision: String,
    pub(crate) certificate: String,
    /// Empty for people.
    pub(crate) certificate_number: String,
    pub(crate) decided: String,
    pub(crate) valid: String,
}

/// Places the page.
pub(crate) fn open(page: &OpenPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("行政许可决定公开")];
    around.wide = true;
    frame(
        around,
        html! {
            h1 { "行政许可决定公开" }
            p.lead { "准予行政许可的决定，自作出之日起 7 个工作日内在这里公开，任何人都可以查阅。个人只列隐去部分文字的姓名，不列证件号码。" }
            (error_summary(&page.errors))
            (filters(page))
            @if page.errors.is_empty() {
                @if page.lines.is_empty() {
                    (empty("没有符合条件的决定", html! { p { "去掉一两个条件再试。许可被撤销、吊销、撤回的，不再列出。" } }, None))
                } @else {
                    (lines(page))
                }
                p.hint {
                    "同样的内容：" a href=(page.csv) { "下载表格（CSV）" } "，"
                    a href=(page.json) { "程序接口（JSON）" } "。内容有误的，请拨打 12345。"
                }
            }
        },
    )
}

fn filters(page: &OpenPage) -> Markup {
    let field = |name, label, hint, kind, value: &str| {
        let error = page.errors.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str());
        text(&Control { name, label, hint, error, optional: true }, kind, value)
    };
    let narrowed = [&page.department.chosen, &page.code, &page.from, &page.to].iter().any(|value| !value.is_empty());
    html! {
        form.filters action="/open/decisions" method="get" {
            details.filters-more open[narrowed] {
                summary { "按许可机关、企业、日期筛选" }
                div.filters-row {
                    (select_field("department", "许可机关", &page.department.options, &page.department.chosen))
                    (field("code", "统一社会信用代码", Some("18 位，写完整"), TextKind::Code, &page.code))
                    (field("from", "决定日期从", Some("如 2026-03-02"), TextKind::Text, &page.from))
                    (field("to", "决定日期到", Some("如 2026-03-31"), TextKind::Text, &page.to))
                    button.button.quiet type="submit" { "筛选" }
                }
            }
        }
    }
}

fn lines(page: &OpenPage) -> Markup {
    let or_none = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
    let rows: Vec<Vec<Markup>> = page
        .lines
        .iter()
        .map(|line| {
            vec![
                html! { (line.applicant) @if !line.code.is_empty() { br; span.hint { (line.code) } } },
                html! { (line.item) },
                html! { (line.decision) },
                html! { (or_none(&line.certificate)) @if !line.certificate_number.is_empty() { br; span.hint { (line.certificate_number) } } },
                html! { (line.decided) },
                html! { (line.valid) },
                html! { (line.department) },
            ]
        })
        .collect();
    let columns = ["行政相对人", "许可事项", "决定文书号", "许可证书", "决定日期", "有效期至", "许可机关"];
    html! {
        (table("行政许可决定", &columns, &rows))
        (pagination(page.first.as_deref(), page.next.as_deref()))
    }
}
