//! Search over cases.

use cases::domain::case::State;
use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{button, button_quiet, empty, tag},
        forms::{Choice, Control, TextKind, error_summary, select, text},
    },
};

use super::{desk_nav, tasks::Pick};

/// One line of the result.
#[derive(Debug, Clone)]
pub(crate) struct FoundRow {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) applicant: String,
    pub(crate) region: String,
    pub(crate) state: &'static str,
    pub(crate) submitted: String,
    pub(crate) due: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct SearchPage {
    /// What was typed, by field.
    pub(crate) typed: Vec<(&'static str, String)>,
    pub(crate) errors: Vec<(&'static str, String)>,
    /// Looks on and does not search by name.
    pub(crate) supervisor: bool,
    pub(crate) items: Vec<Pick>,
    /// A search was made.
    pub(crate) started: bool,
    pub(crate) rows: Vec<FoundRow>,
    /// The next page by address.
    pub(crate) next: Option<String>,
    /// The next page by form, when the search names somebody.
    pub(crate) more_by_form: Option<String>,
}

impl SearchPage {
    fn typed(&self, name: &str) -> &str {
        self.typed.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v)
    }
    fn control<'a>(&'a self, name: &'a str, label: &'a str, hint: Option<&'a str>) -> Control<'a> {
        let error = self.errors.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str());
        Control { name, label, hint, error, optional: true }
    }
}

/// Places the page.
pub(crate) fn search(page: &SearchPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("工作台", "/desk"), Crumb::here("查找办件")];
    around.wide = true;
    let mut items = vec![Choice { value: "", label: "全部", hint: None }];
    items.extend(page.items.iter().map(|i| Choice { value: &i.value, label: &i.label, hint: None }));
    let mut states = vec![Choice { value: "", label: "全部", hint: None }];
    states.extend(State::ALL.iter().map(|s| Choice { value: s.as_str(), label: s.label(), hint: None }));
    let field = |name, label, kind, hint| text(&page.control(name, label, hint), kind, page.typed(name));
    frame(
        around,
        html! {
            div.desk-head { div { h1 { "查找办件" } p.desk-sub { "只查得到您有权查看的办件" } } (desk_nav("/desk/cases")) }
            (error_summary(&page.errors.iter().map(|(n, t)| (*n, t.clone())).collect::<Vec<_>>()))
            div.desk-columns.desk-search {
                div.desk-main {
                    @if !page.started {
                        (empty("填写任意一项条件开始查找", html! { p { "知道编号最快；按申请人查找会留下记录。" } }, None))
                    } @else if page.rows.is_empty() {
                        (empty("没有找到", html! { p { "请核对编号或号码是否完整，或减少条件再试。不属于您部门的办件查不到。" } }, None))
                    } @else { (results(page)) }
                }
                aside.desk-side aria-label="查找条件" {
                    form.desk-form action="/desk/cases" method="post" {
                        (field("number", "办件编号", TextKind::Code, Some("21位数字，填了编号就不看其他条件")))
                        @if !page.supervisor {
                            fieldset.desk-set {
                                legend { "按申请人" }
                                (field("name", "姓名或名称", TextKind::Text, Some("至少两个字，可以只写一部分")))
                                (field("identity", "身份证号或统一社会信用代码", TextKind::Code, Some("写完整")))
                                (field("reason", "查找原因", TextKind::Text, Some("按申请人查找时必填，会记入审计")))
                            }
                        }
                        @if !page.supervisor { (select(&page.control("item", "事项", None), &items, page.typed("item"))) }
                        (select(&page.control("state", "状态", None), &states, page.typed("state")))
                        (field("from", "提交日期从", TextKind::Text, Some("如 2026-03-02")))
                        (field("to", "到", TextKind::Text, None))
                        div.actions { (button("查找")) }
                    }
                }
            }
        },
    )
}

fn results(page: &SearchPage) -> Markup {
    html! {
        table.cards.desk-table {
            caption.visually-hidden { "找到的办件" }
            thead { tr {
                th scope="col" { "办件编号" } th scope="col" { "事项" } th scope="col" { "申请人" } th scope="col" { "状态" }
                th scope="col" { "提交时间" } th scope="col" { "应办日期" }
            } }
            tbody {
                @for row in &page.rows {
                    tr {
                        th scope="row" data-name="办件编号" { a.desk-number href={ "/desk/cases/" (row.number) } { (row.number) } }
                        td data-name="事项" { (row.item) @if !row.region.is_empty() { span.desk-sub { (row.region) } } }
                        td data-name="申请人" { (row.applicant) }
                        td data-name="状态" { (tag(row.state)) }
                        td data-name="提交时间" { (row.submitted) }
                        td data-name="应办日期" { @if row.due.is_empty() { "—" } @else { (row.due) } }
                    }
                }
            }
        }
        @if let Some(next) = &page.next {
            nav.pagination aria-label="翻页" { a.button.quiet rel="next" href=(next) { "下一页" } }
        }
        @if let Some(after) = &page.more_by_form {
            form.pagination action="/desk/cases" method="post" {
                @for (name, value) in &page.typed { input type="hidden" name=(name) value=(value); }
                input type="hidden" name="after" value=(after);
                (button_quiet("下一页"))
            }
        }
    }
}
