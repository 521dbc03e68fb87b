//! My overview, and the list of my cases.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{Tab, button_link, empty, figure_tiles, pagination, tabs, tag, tag_strong},
};

/// One case in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CaseLine {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) state: String,
    /// What the applicant is asked to do, with the day: 补正材料，最晚 2026年3月2日.
    pub(crate) asked: Option<String>,
    /// Who has it and by when, when nothing is asked.
    pub(crate) waits: String,
    pub(crate) submitted: String,
    pub(crate) unread: i64,
}

/// Cases as a list of links; what is asked of the applicant stands out.
pub(crate) fn lines(cases: &[CaseLine]) -> Markup {
    html! {
        ul.matters {
            @for case in cases {
                li.matter.asked[case.asked.is_some()] {
                    p.matter-head {
                        a.matter-name href={ "/my/cases/" (case.number) } { (case.item) }
                        @if case.asked.is_some() { (tag_strong("等您办")) } @else { (tag(&case.state)) }
                        @if case.unread > 0 { span.count { (case.unread) " 条新留言" } }
                    }
                    @if let Some(asked) = &case.asked { p.matter-asked { (asked) } } @else { p { (case.waits) } }
                    p.hint { span.mono { (case.number) } " · " (case.submitted) " 提交" }
                }
            }
        }
    }
}

/// What the overview shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OverviewPage {
    pub(crate) name: String,
    /// Waiting for the applicant, first.
    pub(crate) asked: Vec<CaseLine>,
    /// Other open ones.
    pub(crate) open: Vec<CaseLine>,
    pub(crate) all_count: i64,
    pub(crate) unread: i64,
    pub(crate) certificates: usize,
    /// Certificates that end soon: name, when, where.
    pub(crate) ending: Vec<(String, String, String)>,
    pub(crate) drafts: usize,
}

/// Places the overview.
pub(crate) fn overview(page: &OverviewPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("我的")];
    let tile = |n: String, label: &str, href: &str| (n, label.to_owned(), Some(href.to_owned()));
    frame(
        around,
        html! {
            h1.mine-head { (page.name) "，您好" }
            @if page.asked.is_empty() && page.open.is_empty() {
                (empty("没有正在办的事", html! { p { "需要办什么，按平常的说法搜就行。" } }, Some(button_link("去办事", "/items"))))
            }
            @if !page.asked.is_empty() {
                section aria-labelledby="asked" { h2 #asked { "等您办的" } (lines(&page.asked)) }
            }
            @if !page.open.is_empty() {
                section aria-labelledby="open" {
                    h2 #open { "办理机关在办的" }
                    (lines(&page.open))
                }
            }
            (figure_tiles(&[
                tile(page.all_count.to_string(), "全部办件", "/my/cases"),
                tile(page.drafts.to_string(), "没提交的草稿", "/my/drafts"),
                tile(page.certificates.to_string(), "电子证照", "/my/certificates"),
                tile(page.unread.to_string(), "没看的留言", "/my/cases?show=open"),
            ]))
            @if !page.ending.is_empty() {
                section aria-labelledby="ending" {
                    h2 #ending { "快到期的证照" }
                    ul.documents { @for (name, when, href) in &page.ending { li { a href=(href) { (name) } p.hint { (when) } } } }
                }
            }
        },
    )
}

/// What the list of cases shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CasesPage {
    pub(crate) tabs: Vec<Tab>,
    pub(crate) cases: Vec<CaseLine>,
    /// Why there are none here.
    pub(crate) none: &'static str,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// Places the list of cases.
pub(crate) fn cases(page: &CasesPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的", "/my"), Crumb::here("办件")];
    frame(
        around,
        html! {
            h1 { "我的办件" }
            (tabs("办件分类", &page.tabs))
            @if page.cases.is_empty() {
                (empty(page.none, html! { p { "用别的账号或者在窗口办的，请确认登录的是同一个人或同一家企业。" } }, Some(button_link("去办事", "/items"))))
            } @else { (lines(&page.cases)) }
            (pagination(page.first.as_deref(), page.next.as_deref()))
        },
    )
}
