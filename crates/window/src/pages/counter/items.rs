//! What the visitor came for.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{button, empty, tag},
        forms::{Control, TextKind, hidden, text},
    },
};

use super::{Visitor, head, visitor_box};

/// One item to pick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ItemRow {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) department: String,
    /// How long it takes.
    pub(crate) time: String,
    /// Why it was found, where the name does not say it.
    pub(crate) why: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ItemsPage {
    pub(crate) visitor: Visitor,
    /// Person or enterprise, in words.
    pub(crate) audience: &'static str,
    pub(crate) query: String,
    /// Where the search is sent, with what it carries on.
    pub(crate) action: String,
    pub(crate) agent: String,
    pub(crate) rows: Vec<ItemRow>,
}

/// Places the page.
pub(crate) fn items(page: &ItemsPage, mut around: PageFrame) -> Markup {
    around.own_search = true;
    let head = head(&mut around, "选择事项", 1);
    let control = Control {
        name: "q",
        label: "要办什么",
        hint: Some("可以照申请人的话写，如“开饭店”"),
        optional: true,
        ..Control::default()
    };
    frame(
        around,
        html! {
            (head)
            div.desk-columns.desk-search {
                div.desk-main {
                    form.counter-find action=(page.action) method="get" role="search" {
                        @if !page.agent.is_empty() { (hidden("agent", &page.agent)) }
                        (text(&control, TextKind::Text, &page.query))
                        (button("查找"))
                    }
                    @if page.rows.is_empty() {
                        (empty("没有找到", html! {
                            p { "换个说法再查，或者清空后从本部门的事项里选。只列出" (page.audience) "可以申请的事项。" }
                        }, None))
                    } @else {
                        h2 { @if page.query.is_empty() { "本部门的事项" } @else { "找到 " (page.rows.len()) " 个事项" } }
                        ul.counter-items {
                            @for row in &page.rows {
                                li {
                                    a href=(row.href) { (row.name) }
                                    " " (tag(&row.time))
                                    span.desk-sub { (row.department) @if !row.why.is_empty() { " · " (row.why) } }
                                }
                            }
                        }
                    }
                }
                (visitor_box(&page.visitor))
            }
        },
    )
}
