//! Applying for an item, page by page.

pub(crate) mod check;
pub(crate) mod delivery;
pub(crate) mod drafts;
pub(crate) mod form;
pub(crate) mod materials;
pub(crate) mod receipt;
pub(crate) mod start;

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame,
    ui::{components::step_bar, forms::error_summary},
};

/// What stands around every step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// Name of the item.
    pub(crate) item: String,
    /// Path of the item's guide.
    pub(crate) guide: String,
    /// Names of all steps.
    pub(crate) steps: Vec<String>,
    /// Which of them this is.
    pub(crate) current: usize,
    /// Where 返回 leads.
    pub(crate) back: String,
    /// When the draft was last kept, ready to show.
    pub(crate) kept: String,
    /// What is wrong, by the id of the control it leads to.
    pub(crate) errors: Vec<(String, String)>,
}

/// The way that led to a step.
fn crumbs(frame: &mut PageFrame, around: &Around) {
    frame.crumbs = vec![
        Crumb::link("事项", "/items"),
        Crumb::link(around.item.clone(), around.guide.clone()),
        Crumb::here("在线申请"),
    ];
}

/// The head of a step: back, where one is, what is wrong, the heading.
fn head(around: &Around, title: &str) -> Markup {
    let steps: Vec<&str> = around.steps.iter().map(String::as_str).collect();
    let errors: Vec<(&str, String)> = around.errors.iter().map(|(id, text)| (id.as_str(), text.clone())).collect();
    html! {
        p.apply-back { a href=(around.back) { "‹ 返回上一步" } }
        (step_bar(&steps, around.current))
        (error_summary(&errors))
        p.overline { (around.item) }
        h1 { (title) }
    }
}

/// What stands under a step: that nothing is lost.
fn foot(around: &Around) -> Markup {
    html! {
        p.apply-kept {
            @if !around.kept.is_empty() { "草稿保存于 " (around.kept) "。" }
            "填写的内容会自动保存，可以随时离开，到“"
            a href="/my/drafts" { "我的草稿" }
            "”里接着填。"
        }
    }
}

#[cfg(test)]
mod samples;
