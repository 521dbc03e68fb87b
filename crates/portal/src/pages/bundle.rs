//! One life event (一件事): its items in the order in which they are done.

use maud::{Markup, html};
use webkit::{Crumb, PageFrame, frame};

use super::{ItemLink, tags};

/// What the page of a life event shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BundlePage {
    pub(crate) name: String,
    pub(crate) summary: String,
    /// Items of one stage run side by side; a stage starts when the one before has closed.
    pub(crate) stages: Vec<Vec<ItemLink>>,
    /// Questions that decide which items are needed, each with the names of those items.
    pub(crate) questions: Vec<(String, Vec<String>)>,
    /// How many answers are given once for several items.
    pub(crate) shared_answers: usize,
}

/// Places the page of a life event.
pub(crate) fn bundle(page: &BundlePage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("事项", "/items"), Crumb::here(page.name.clone())];
    around.description.clone_from(&page.summary);
    let items: usize = page.stages.iter().map(Vec::len).sum();
    frame(
        around,
        html! {
            article.bundle-page {
                p.overline { "一件事一次办" }
                h1 { (page.name) }
                p.lead { (page.summary) }
                p.bundle-figures {
                    span { "合办 " strong { (items) } " 个事项" }
                    span { "分 " strong { (page.stages.len()) } " 步走完" }
                    @if page.shared_answers > 0 { span { strong { (page.shared_answers) } " 项内容只填一次" } }
                }
                @if !page.questions.is_empty() {
                    section {
                        h2 { "先看您需要哪几样" }
                        ul.questions {
                            @for (question, needs) in &page.questions {
                                li { span { (question) } span.hint { "选“是”才需要：" (needs.join("、")) } }
                            }
                        }
                    }
                }
                section {
                    h2 { "怎么走" }
                    ol.stages {
                        @for stage in &page.stages {
                            li {
                                @if stage.len() > 1 { p.hint { "下面 " (stage.len()) " 项同时办" } }
                                ul.item-grid {
                                    @for item in stage {
                                        li.item-card {
                                            a.item-name href=(item.href) { (item.name) }
                                            p.item-from { (item.department) }
                                            (tags(item))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}
