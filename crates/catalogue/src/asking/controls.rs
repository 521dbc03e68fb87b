//! A question as it stands on a page.

use maud::{Markup, html};
use webkit::ui::forms::{Choice, Control, TextKind, area, checks, date, radios, select, text, text_in};

/// One question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Name of its controls: the key of the field.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// What stands behind the control; empty for none.
    pub unit: String,
    /// Help; empty for none.
    pub hint: String,
    /// Where the offered answer comes from.
    pub origin: String,
    /// What is wrong; empty for nothing.
    pub error: String,
    /// May be left out.
    pub optional: bool,
    /// Its control.
    pub kind: Kind,
    /// What stands in it: one text, or one for each chosen option.
    pub values: Vec<String>,
    /// Value and label of each option.
    pub options: Vec<(String, String)>,
    /// Name and value of the answer that makes it appear, where the page can follow that.
    pub when: Option<(String, String)>,
    /// When it is to be answered, in words.
    pub when_said: String,
    /// What stands there by another window.
    pub other: Option<String>,
}

/// Which control a question gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    /// One line.
    Text,
    /// Somebody's name.
    Name,
    /// A phone number.
    Phone,
    /// An address for electronic mail.
    Email,
    /// Where somebody lives or something stands.
    Address,
    /// A whole number.
    Whole,
    /// A number.
    Decimal,
    /// Letters and digits.
    Code,
    /// Several lines.
    Long,
    /// A day.
    Day,
    /// One of a few answers.
    Radios,
    /// One of many answers.
    List,
    /// Any number of answers.
    Checks,
    /// A list of regions with a field for places that are not in it.
    Region,
}

/// Places a question.
#[must_use]
pub fn question(one: &Question) -> Markup {
    let when = one.when.as_ref().map(|(name, value)| format!("{name}={value}"));
    html! {
        div.question.known[!one.origin.is_empty()] data-when=[when] {
            (control(one))
            @if let Some(other) = &one.other {
                p.apply-other { "另一处填的是：" @if other.is_empty() { "（没有填）" } @else { strong { (other) } } }
            }
        }
    }
}

fn control(one: &Question) -> Markup {
    let mut hints: Vec<&str> = Vec::new();
    for hint in [&one.when_said, &one.hint, &one.origin] {
        if !hint.is_empty() {
            hints.push(hint);
        }
    }
    let hint = hints.join(" ");
    let control = Control {
        name: &one.name,
        label: &one.label,
        hint: Some(hint.as_str()).filter(|hint| !hint.is_empty()),
        error: Some(one.error.as_str()).filter(|error| !error.is_empty()),
        optional: one.optional,
    };
    let value = one.values.first().map_or("", String::as_str);
    let choices: Vec<Choice<'_>> =
        one.options.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    match one.kind {
        Kind::Text => text_in(&control, TextKind::Text, value, &one.unit),
        // Browsers offer the name, phone and address of whoever types; the question may be about somebody else.
        Kind::Name => text(&control, TextKind::Text, value),
        Kind::Phone => text(&control, TextKind::Tel, value),
        Kind::Email => text(&control, TextKind::Email, value),
        Kind::Address => text(&control, TextKind::Text, value),
        Kind::Whole => text_in(&control, TextKind::Number, value, &one.unit),
        Kind::Decimal => text_in(&control, TextKind::Decimal, value, &one.unit),
        Kind::Code => text(&control, TextKind::Code, value),
        Kind::Long => area(&control, 4, value),
        // A day that is none yet would not stand in a date picker, and what was typed would be lost.
        Kind::Day if !value.is_empty() && value.parse::<kernel::Date>().is_err() => {
            text(&control, TextKind::Text, value)
        }
        Kind::Day => date(&control, value),
        Kind::Radios => radios(&control, &choices, value),
        Kind::List => select(&control, &choices, value),
        Kind::Checks => {
            let chosen: Vec<&str> = one.values.iter().map(String::as_str).collect();
            checks(&control, &choices, &chosen)
        }
        Kind::Region => region(one, &control, &choices, value),
    }
}

fn region(one: &Question, control: &Control<'_>, choices: &[Choice<'_>], value: &str) -> Markup {
    let listed = choices.iter().any(|choice| choice.value == value);
    let name = super::answers::elsewhere(&one.name);
    let other = Control { name: &name, label: "外地的省、市、县名称", ..Control::default() };
    let when = format!("{}={}", one.name, super::answers::ELSEWHERE);
    html! {
        (select(control, choices, if listed || value.is_empty() { value } else { super::answers::ELSEWHERE }))
        div.apply-elsewhere data-when=(when) {
            (text(&Control { hint: Some("选“贵阳市以外”时填写"), ..other }, TextKind::Text, if listed { "" } else { value }))
        }
    }
}
