//! Pages as structs of ready-to-show values, each with a function that only places them.

pub(crate) mod account;
pub(crate) mod act_for;
pub(crate) mod apply;
pub(crate) mod bundle;
pub(crate) mod confirm;
pub(crate) mod guide;
pub(crate) mod help;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod my;
pub(crate) mod open;
pub(crate) mod progress;
pub(crate) mod register;
pub(crate) mod sign_in;
pub(crate) mod step;
pub(crate) mod verify;

use maud::{Markup, html};
use webkit::ui::components::{tag, tag_strong};

/// One item in a list of links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ItemLink {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) department: String,
    /// Plain tags, such as 承诺件 5 个工作日.
    pub(crate) tags: Vec<String>,
    /// Tags that stand out, such as 零跑动.
    pub(crate) strong: Vec<String>,
}

/// The tags of an item.
pub(crate) fn tags(item: &ItemLink) -> Markup {
    html! {
        @if !item.tags.is_empty() || !item.strong.is_empty() {
            p.tags {
                @for text in &item.strong { (tag_strong(text)) }
                @for text in &item.tags { (tag(text)) }
            }
        }
    }
}

#[cfg(test)]
mod my_samples;
#[cfg(test)]
mod samples;
