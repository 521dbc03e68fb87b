//! Pages as structs of ready-to-show values, each with a function that only places them.

pub(crate) mod accounts;
pub(crate) mod calendar;
pub(crate) mod departments;
pub(crate) mod home;
pub(crate) mod notices;
pub(crate) mod rules;
pub(crate) mod staff;
pub(crate) mod trail;

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame,
    ui::{
        components::{Tone, notice},
        forms::{Control, TextKind, error_summary, text},
    },
};

/// What is wrong in a form: field and words.
pub(crate) type Errors = Vec<(String, String)>;

/// The words for one field.
pub(crate) fn wrong<'a>(errors: &'a Errors, name: &str) -> Option<&'a str> {
    errors.iter().find(|(field, _)| field == name).map(|(_, words)| words.as_str())
}

/// The summary on top.
pub(crate) fn summary(errors: &Errors) -> Markup {
    let list: Vec<(&str, String)> = errors.iter().map(|(field, words)| (field.as_str(), words.clone())).collect();
    error_summary(&list)
}

/// The field that asks why.
pub(crate) fn reason_field(errors: &Errors, value: &str) -> Markup {
    let control = Control {
        name: "reason",
        label: "修改理由或者依据",
        hint: Some("例如文件名称和文号。会记入审计记录。"),
        error: wrong(errors, "reason"),
        optional: false,
    };
    text(&control, TextKind::Text, value)
}

/// What was done, on the page that follows.
pub(crate) fn done(words: &str) -> Markup {
    html! { @if !words.is_empty() { (notice(Tone::Success, words, html! {})) } }
}

/// The frame of an administrator's page.
pub(crate) fn around(mut frame: PageFrame, below: &[(&str, &str)], here: &str, errors: &Errors) -> PageFrame {
    frame.crumbs = std::iter::once(Crumb::link("管理", "/admin"))
        .chain(below.iter().map(|(label, href)| Crumb::link(*label, *href)))
        .chain(std::iter::once(Crumb::here(here)))
        .collect();
    frame.own_search = true;
    frame.wide = true;
    frame.title = if errors.is_empty() { here.to_owned() } else { format!("有误：{here}") };
    frame
}
