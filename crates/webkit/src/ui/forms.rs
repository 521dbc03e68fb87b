//! Form fields: a label, a hint, an error beside the field, and a summary of all errors on top.
//!
//! Every control's first focusable element bears the control's name as its id, so that [`error_summary`] leads to it.

mod controls;

use maud::{Markup, html};

pub use self::controls::{Choice, Control, TextKind, area, checks, date, files, radios, select, text, text_in, tick};

/// Name of the hidden field that tells a form sent twice from two forms.
pub(crate) const ONCE: &str = "once";

/// The hidden field that tells a form sent twice from two forms, with a fresh key: see [`crate::once_page`].
#[must_use]
pub fn once_field() -> Markup {
    html! { input type="hidden" name=(ONCE) value=(gm::token()); }
}

/// A hidden field.
#[must_use]
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// One field with what was typed and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextField<'a> {
    /// Name and id.
    pub name: &'a str,
    /// Label.
    pub label: &'a str,
    /// What stands in it.
    pub value: &'a str,
    /// Help under the label.
    pub hint: Option<&'a str>,
    /// What is wrong and what would be right.
    pub error: Option<&'a str>,
    /// `text`, `password`, `tel`, …; `text` when empty.
    pub kind: &'a str,
    /// For browsers that fill in (`autocomplete`).
    pub autocomplete: Option<&'a str>,
    /// May stay empty; the label says so.
    pub optional: bool,
}

/// A field of one line.
#[must_use]
pub fn text_field(field: &TextField<'_>) -> Markup {
    let (hint_id, error_id) = (format!("{}-hint", field.name), format!("{}-error", field.name));
    let mut described = Vec::new();
    if field.hint.is_some() {
        described.push(hint_id.as_str());
    }
    if field.error.is_some() {
        described.push(error_id.as_str());
    }
    let described = (!described.is_empty()).then(|| described.join(" "));
    html! {
        div.field.wrong[field.error.is_some()] {
            label for=(field.name) { (field.label) @if field.optional { span.optional { "（选填）" } } }
            @if let Some(hint) = field.hint { p.hint id=(hint_id) { (hint) } }
            @if let Some(error) = field.error { p.field-error id=(error_id) { span.visually-hidden { "错误：" } (error) } }
            input id=(field.name) name=(field.name) value=(field.value) type=(if field.kind.is_empty() { "text" } else { field.kind })
                autocomplete=[field.autocomplete] aria-describedby=[described] aria-invalid=[field.error.map(|_| "true")]
                required[!field.optional];
        }
    }
}

/// All errors of a form on top of it, each linked to its field. Nothing when there is none.
#[must_use]
pub fn error_summary(errors: &[(&str, String)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.error-summary role="alert" tabindex="-1" aria-labelledby="error-summary-title" {
                h2 #error-summary-title { "请改正下面 " (errors.len()) " 处" }
                ul { @for (field, text) in errors { li { a href={ "#" (field) } { (text) } } } }
            }
        }
    }
}

/// A choice from a list. `options` are value and label; the empty value stands for "all".
#[must_use]
pub fn select_field(name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}
