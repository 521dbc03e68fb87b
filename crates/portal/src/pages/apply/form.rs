//! One page of questions.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, notice},
        forms::{Choice, Control, TextKind, area, checks, date, hidden, radios, select, text, text_in},
    },
};

use super::{Around, crumbs, foot, head};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormPage {
    pub(crate) around: Around,
    pub(crate) title: String,
    /// Where the form is sent; where drafts of it are kept while typing.
    pub(crate) action: String,
    pub(crate) autosave: String,
    /// Word of the step.
    pub(crate) step: String,
    /// Names this opened page, so that another window is told from it.
    pub(crate) writer: String,
    /// What the answers were when it was opened.
    pub(crate) seen: String,
    /// Something was known already.
    pub(crate) known: bool,
    /// Questions came up by what was answered.
    pub(crate) more: bool,
    /// The same page was changed in another window: when.
    pub(crate) conflict: Option<String>,
    pub(crate) questions: Vec<Question>,
    /// Label of the button.
    pub(crate) go: String,
}

/// One question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) unit: String,
    pub(crate) hint: String,
    /// Where the offered answer comes from.
    pub(crate) origin: String,
    pub(crate) error: String,
    pub(crate) optional: bool,
    pub(crate) kind: Kind,
    /// What stands in it: one text, or one for each chosen option.
    pub(crate) values: Vec<String>,
    /// Value and label of each option.
    pub(crate) options: Vec<(String, String)>,
    /// Name and value of the answer that makes it appear, where the page can follow that.
    pub(crate) when: Option<(String, String)>,
    /// When it is to be answered, in words.
    pub(crate) when_said: String,
    /// What stands there by another window.
    pub(crate) other: Option<String>,
}

/// Which control a question gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Text,
    Name,
    Phone,
    Email,
    Address,
    Whole,
    Decimal,
    Code,
    Long,
    Day,
    Radios,
    List,
    Checks,
    /// A list of regions with a field for places that are not in it.
    Region,
}

/// Places the page.
pub(crate) fn form(page: &FormPage, mut around: PageFrame) -> Markup {
    crumbs(&mut around, &page.around);
    frame(
        around,
        html! {
            div.apply {
                (head(&page.around, &page.title))
                @if let Some(when) = &page.conflict {
                    (notice(Tone::Warning, "这一页刚在别的窗口或者设备上改过", html! {
                        p { "那边保存于 " (when) "。两边的内容都还在：您这边填的在框里，那边填的写在框的下面。改成您要的，再点“" (page.go) "”。" }
                    }))
                }
                @if page.more {
                    (notice(Tone::Info, "还有几项要填", html! { p { "根据您刚才的回答，下面多了要填的内容。" } }))
                }
                @if page.known && page.conflict.is_none() {
                    p.apply-known { "标有“来自”的内容是替您带出的。请看看是否仍然正确，不对就直接改。" }
                }
                form.apply-form method="post" action=(page.action) novalidate data-autosave=(page.autosave) {
                    (hidden("step", &page.step))
                    (hidden("writer", &page.writer))
                    (hidden("seen", &page.seen))
                    @for one in &page.questions { (hidden("asked", &one.name)) (question(one)) }
                    div.actions { (button(&page.go)) }
                }
                (foot(&page.around))
            }
        },
    )
}

fn question(one: &Question) -> Markup {
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
    let name = crate::apply::answers::elsewhere(&one.name);
    let other = Control { name: &name, label: "外地的省、市、县名称", ..Control::default() };
    let when = format!("{}={}", one.name, crate::apply::answers::ELSEWHERE);
    html! {
        (select(control, choices, if listed || value.is_empty() { value } else { crate::apply::answers::ELSEWHERE }))
        div.apply-elsewhere data-when=(when) {
            (text(&Control { hint: Some("选“贵阳市以外”时填写"), ..other }, TextKind::Text, if listed { "" } else { value }))
        }
    }
}
