//! Acceptance at the counter: who came, for what, the form, the last look, the receipt.

pub(crate) mod check;
pub(crate) mod form;
pub(crate) mod identify;
pub(crate) mod items;
pub(crate) mod receipt;

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame,
    ui::components::{definitions, step_bar},
};

const STEPS: [&str; 5] = ["核验身份", "选择事项", "填写和收材料", "核对提交", "打印回执"];

/// Whom the counter serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// Path of the visitor's page of items.
    pub(crate) items: String,
    pub(crate) name: String,
    /// Kind and number of the document, the number in part.
    pub(crate) document: String,
    /// How the identity was checked.
    pub(crate) verified: String,
    /// Who came for an enterprise: name and number in part.
    pub(crate) agent: Option<String>,
}

/// What stands above every page of the counter. `step`: place in the row of steps.
fn head(around: &mut PageFrame, title: &str, step: usize) -> Markup {
    around.crumbs = vec![Crumb::link("工作台", "/desk")];
    if step == 0 {
        around.crumbs.push(Crumb::here("窗口受理"));
    } else {
        around.crumbs.push(Crumb::link("窗口受理", "/desk/counter"));
        around.crumbs.push(Crumb::here(title.to_owned()));
    }
    around.wide = true;
    html! {
        div.no-print { (step_bar(&STEPS, step)) }
        div.desk-head { h1 { (title) } }
    }
}

/// Who stands at the counter, beside what is done for him.
fn visitor_box(visitor: &Visitor) -> Markup {
    let mut facts = vec![
        ("申请人", html! { (visitor.name) }),
        ("证件", html! { (visitor.document) }),
        ("身份核验", html! { (visitor.verified) }),
    ];
    if let Some(agent) = &visitor.agent {
        facts.push(("到场经办人", html! { (agent) }));
    }
    html! {
        aside.desk-side.counter-visitor aria-label="正在为谁办理" {
            h2 { "正在为谁办理" }
            (definitions(facts))
            p { a href="/desk/counter" data-shortcut="n" { "换一位申请人 " kbd { "n" } } }
        }
    }
}
