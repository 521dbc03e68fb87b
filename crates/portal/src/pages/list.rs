//! The list of items: found by words, theme, department and audience.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame, query_string,
    ui::{components::pagination, forms::select_field},
};

use super::{ItemLink, tags};

/// What the list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListPage {
    /// Words that were searched for.
    pub(crate) query: String,
    /// 个人办事, 生育收养, … or 全部事项.
    pub(crate) heading: String,
    /// Items found in all.
    pub(crate) total: usize,
    /// First and last number shown, from 1.
    pub(crate) shown: (usize, usize),
    pub(crate) audience: Choice,
    pub(crate) theme: Choice,
    pub(crate) department: Choice,
    /// Life events that the words name, with their addresses.
    pub(crate) events: Vec<(String, String)>,
    pub(crate) found: Vec<Found>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// A filter: values with their labels, and the one chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) options: Vec<(String, String)>,
    pub(crate) chosen: String,
}

/// One item found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) item: ItemLink,
    pub(crate) summary: String,
    /// Why it was found, such as 也叫“驾照到期换证”.
    pub(crate) why: Option<String>,
}

/// Places the list.
pub(crate) fn list(page: &ListPage, mut around: PageFrame) -> Markup {
    around.query.clone_from(&page.query);
    around.own_search = true;
    around.crumbs = vec![Crumb::here("事项")];
    frame(
        around,
        html! {
            h1 { @if page.query.is_empty() { (page.heading) } @else { "搜索“" (page.query) "”" } }
            (filters(page))
            @if !page.events.is_empty() {
                p.events {
                    "一件事一次办："
                    @for (name, href) in &page.events { a href=(href) { (name) } }
                }
            }
            @if page.found.is_empty() { (nothing(page)) } @else { (found(page)) }
        },
    )
}

fn filters(page: &ListPage) -> Markup {
    let filtered = [&page.audience, &page.theme, &page.department].iter().any(|choice| !choice.chosen.is_empty());
    html! {
        form.filters action="/items" method="get" role="search" {
            div.filters-words {
                label.visually-hidden for="q" { "要办的事" }
                input #q type="search" name="q" value=(page.query) placeholder="按平常的说法搜，例如：孩子上户口" autocomplete="off";
                button.button type="submit" { "搜索" }
            }
            details.filters-more open[filtered] {
                summary { "按对象、主题、部门筛选" }
                div.filters-row {
                    (select_field("audience", "办事对象", &page.audience.options, &page.audience.chosen))
                    (select_field("theme", "主题", &page.theme.options, &page.theme.chosen))
                    (select_field("department", "部门", &page.department.options, &page.department.chosen))
                    button.button.quiet type="submit" { "筛选" }
                }
            }
        }
    }
}

fn found(page: &ListPage) -> Markup {
    html! {
        p.hint role="status" { "共 " (page.total) " 个事项，这里是第 " (page.shown.0) " 至 " (page.shown.1) " 个。" }
        ol.results start=(page.shown.0) {
            @for one in &page.found {
                li.result {
                    h2 { a href=(one.item.href) { (one.item.name) } }
                    p.result-summary { (one.summary) }
                    @if let Some(why) = &one.why { p.result-why { (why) } }
                    div.result-foot { span.item-from { (one.item.department) } (tags(&one.item)) }
                }
            }
        }
        (pagination(page.first.as_deref(), page.next.as_deref()))
    }
}

fn nothing(page: &ListPage) -> Markup {
    html! {
        div.nothing {
            h2 { "没有找到合适的事项" }
            @if page.query.is_empty() {
                p { "这样筛选没有结果。去掉一两个条件再试。" }
            } @else {
                p { "换一种说法再试，例如只写最关键的几个字。也可以输入拼音或拼音首字母。" }
            }
            p {
                a href="/items" { "查看全部事项" } "，"
                a href={ "/feedback" (query_string(&[("about", page.query.as_str())])) } { "写下来问我们" } "，或者拨打 12345。"
            }
        }
    }
}
