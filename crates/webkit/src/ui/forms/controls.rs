//! The controls of forms, one function for each kind.

use maud::{Markup, html};

/// What every control has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Control<'a> {
    /// Name of the field; also the id of the control's first focusable element.
    pub name: &'a str,
    /// Label, or the question that a group asks.
    pub label: &'a str,
    /// Help under the label.
    pub hint: Option<&'a str>,
    /// What is wrong and what would be right.
    pub error: Option<&'a str>,
    /// May stay empty; the label says so.
    pub optional: bool,
}

/// One of the answers of a choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What the form sends.
    pub value: &'a str,
    /// What people read.
    pub label: &'a str,
    /// Help beside it.
    pub hint: Option<&'a str>,
}

/// What is typed into a field of one line: it chooses the keyboard of a phone and what the browser offers to fill in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Words.
    #[default]
    Text,
    /// The name of the person who types.
    Name,
    /// A phone number.
    Tel,
    /// A mail address.
    Email,
    /// A postal address.
    Address,
    /// A whole number.
    Number,
    /// An amount with decimals.
    Decimal,
    /// A number of a certificate: digits and letters, nothing corrected by the keyboard.
    Code,
    /// A user name.
    Username,
    /// The password one has.
    Password,
    /// A password that is being chosen.
    NewPassword,
    /// A code that was just sent.
    OneTimeCode,
    /// Words to look for.
    Search,
}

/// Attributes of an input: type, inputmode, autocomplete, whether the keyboard leaves it alone, and its width.
struct Typed {
    kind: &'static str,
    mode: Option<&'static str>,
    complete: Option<&'static str>,
    exact: bool,
    short: bool,
}

impl TextKind {
    const fn typed(self) -> Typed {
        let plain = Typed { kind: "text", mode: None, complete: None, exact: false, short: false };
        match self {
            Self::Text => plain,
            Self::Name => Typed { complete: Some("name"), ..plain },
            Self::Tel => Typed { kind: "tel", complete: Some("tel"), short: true, ..plain },
            Self::Email => Typed { kind: "email", complete: Some("email"), ..plain },
            Self::Address => Typed { complete: Some("address-line1"), ..plain },
            Self::Number => Typed { mode: Some("numeric"), short: true, ..plain },
            Self::Decimal => Typed { mode: Some("decimal"), short: true, ..plain },
            Self::Code => Typed { exact: true, ..plain },
            Self::Username => Typed { complete: Some("username"), exact: true, ..plain },
            Self::Password => Typed { kind: "password", complete: Some("current-password"), exact: true, ..plain },
            Self::NewPassword => Typed { kind: "password", complete: Some("new-password"), exact: true, ..plain },
            Self::OneTimeCode => {
                Typed { mode: Some("numeric"), complete: Some("one-time-code"), exact: true, short: true, ..plain }
            }
            Self::Search => Typed { kind: "search", ..plain },
        }
    }
}

impl Control<'_> {
    /// Ids of hint and error, for `aria-describedby`.
    fn described(&self) -> Option<String> {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.name));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.name));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    fn label_text(&self) -> Markup {
        html! { (self.label) @if self.optional { span.optional { "（选填）" } } }
    }

    /// Hint and error, between label and control.
    fn notes(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
            @if let Some(error) = self.error {
                p.field-error id={ (self.name) "-error" } { span.visually-hidden { "错误：" } (error) }
            }
        }
    }

    /// A control of one element under its label.
    fn around(&self, control: Markup) -> Markup {
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(self.name) { (self.label_text()) }
                (self.notes())
                (control)
            }
        }
    }

    /// A group of elements under its question.
    fn group(&self, elements: Markup) -> Markup {
        html! {
            fieldset.field.wrong[self.error.is_some()] aria-describedby=[self.described()] {
                legend { (self.label_text()) }
                (self.notes())
                (elements)
            }
        }
    }

    /// Id of the element at `place`: the first bears the control's name.
    fn id(&self, place: usize) -> String {
        if place == 0 { self.name.to_owned() } else { format!("{}-{}", self.name, place + 1) }
    }
}

/// A field of one line.
#[must_use]
pub fn text(control: &Control<'_>, kind: TextKind, value: &str) -> Markup {
    text_in(control, kind, value, "")
}

/// A field of one line with the unit of what is typed behind it, such as 元 or 平方米.
#[must_use]
pub fn text_in(control: &Control<'_>, kind: TextKind, value: &str, unit: &str) -> Markup {
    let typed = kind.typed();
    let unit_id = (!unit.is_empty()).then(|| format!("{}-unit", control.name));
    let described = match (control.described(), &unit_id) {
        (Some(ids), Some(unit)) => Some(format!("{ids} {unit}")),
        (ids, unit) => ids.or_else(|| unit.clone()),
    };
    let exact = |value| typed.exact.then_some(value);
    let input = html! {
        input.short[typed.short] id=(control.name) name=(control.name) type=(typed.kind) value=(value) inputmode=[typed.mode]
            autocomplete=[typed.complete] autocapitalize=[exact("none")] spellcheck=[exact("false")]
            aria-describedby=[described] aria-invalid=[control.invalid()]
            aria-required=[(!control.optional).then_some("true")];
    };
    control.around(match &unit_id {
        None => input,
        Some(id) => html! { div.with-unit { (input) span.unit id=(id) { (unit) } } },
    })
}

/// A field of several lines.
#[must_use]
pub fn area(control: &Control<'_>, rows: u32, value: &str) -> Markup {
    control.around(html! {
        textarea id=(control.name) name=(control.name) rows=(rows) aria-describedby=[control.described()]
            aria-invalid=[control.invalid()] aria-required=[(!control.optional).then_some("true")] {
            // The first line break after the tag is dropped by browsers.
            "\n" (value)
        }
    })
}

/// A choice from a list that folds. Where none of `choices` is empty, 请选择 stands first.
#[must_use]
pub fn select(control: &Control<'_>, choices: &[Choice<'_>], chosen: &str) -> Markup {
    let open = choices.iter().all(|choice| !choice.value.is_empty());
    control.around(html! {
        select id=(control.name) name=(control.name) aria-describedby=[control.described()]
            aria-invalid=[control.invalid()] aria-required=[(!control.optional).then_some("true")] {
            @if open { option value="" selected[chosen.is_empty()] { "请选择" } }
            @for choice in choices { option value=(choice.value) selected[choice.value == chosen] { (choice.label) } }
        }
    })
}

/// One answer of several that all stand there.
#[must_use]
pub fn radios(control: &Control<'_>, choices: &[Choice<'_>], chosen: &str) -> Markup {
    control.group(options(control, "radio", choices, &|value| value == chosen))
}

/// Any number of answers.
#[must_use]
pub fn checks(control: &Control<'_>, choices: &[Choice<'_>], chosen: &[&str]) -> Markup {
    control.group(options(control, "checkbox", choices, &|value| chosen.contains(&value)))
}

fn options(control: &Control<'_>, kind: &str, choices: &[Choice<'_>], chosen: &dyn Fn(&str) -> bool) -> Markup {
    html! {
        @for (place, choice) in choices.iter().enumerate() {
            @let id = control.id(place);
            @let hint_id = choice.hint.map(|_| format!("{id}-about"));
            div.option {
                input id=(id) name=(control.name) type=(kind) value=(choice.value) checked[chosen(choice.value)]
                    aria-describedby=[&hint_id];
                label for=(id) { (choice.label) }
                @if let (Some(hint), Some(hint_id)) = (choice.hint, &hint_id) { p.hint id=(hint_id) { (hint) } }
            }
        }
    }
}

/// One declaration to agree to; sends `yes`.
#[must_use]
pub fn tick(control: &Control<'_>, checked: bool) -> Markup {
    html! {
        div.field.wrong[control.error.is_some()] {
            (control.notes())
            div.option {
                input id=(control.name) name=(control.name) type="checkbox" value="yes" checked[checked]
                    aria-describedby=[control.described()] aria-invalid=[control.invalid()];
                label for=(control.name) { (control.label_text()) }
            }
        }
    }
}

/// A day as `YYYY-MM-DD`, picked or typed.
#[must_use]
pub fn date(control: &Control<'_>, value: &str) -> Markup {
    control.around(html! {
        input.short id=(control.name) name=(control.name) type="date" value=(value) min="1900-01-01" max="2199-12-31"
            aria-describedby=[control.described()] aria-invalid=[control.invalid()]
            aria-required=[(!control.optional).then_some("true")];
    })
}

/// Files to hand in. `accept` is the list of kinds (`image/*,.pdf`). With `camera` a second button of the same name takes
/// a photo at once where there is a camera at hand (a touch screen), so that the part that was not used comes empty and is
/// skipped by the handler. With the script, what was chosen is listed, large photos are made smaller, and the browser's own
/// button, which speaks the browser's language, gives way to one in the page's.
#[must_use]
pub fn files(control: &Control<'_>, accept: &str, camera: bool, multiple: bool) -> Markup {
    let photo = format!("{}-photo", control.name);
    html! {
        div.field.upload.wrong[control.error.is_some()] {
            label for=(control.name) { (control.label_text()) }
            (control.notes())
            div.pick {
                input id=(control.name) name=(control.name) type="file" accept=(accept) multiple[multiple]
                    aria-describedby=[control.described()] aria-invalid=[control.invalid()] data-preview data-shrink;
                span.pick-button aria-hidden="true" { "选择文件" }
            }
            @if camera {
                div.pick.photo {
                    label.pick-or for=(photo) { "或者现在拍照" }
                    input id=(photo) name=(control.name) type="file" accept="image/*" capture="environment" data-preview
                        data-shrink;
                    span.pick-button aria-hidden="true" { "拍照" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRONG: Control<'_> =
        Control {
            name: "phone", label: "手机号码", hint: Some("11 位"), error: Some("少了一位。"), optional: true
        };
    const CHOICES: [Choice<'_>; 2] =
        [Choice { value: "a", label: "甲", hint: Some("先来") }, Choice { value: "b", label: "乙", hint: None }];

    /// Every control in its worst state: what describes it exists, the first element bears the name, ids are unique.
    #[test]
    fn labels_hints_and_errors_are_tied_to_their_control() {
        let all = [
            text(&WRONG, TextKind::Tel, "<b>"),
            text_in(&WRONG, TextKind::Decimal, "1", "元"),
            area(&WRONG, 3, "\n<i>"),
            select(&WRONG, &CHOICES, "b"),
            radios(&WRONG, &CHOICES, "b"),
            checks(&WRONG, &CHOICES, &["a", "b"]),
            tick(&WRONG, true),
            date(&WRONG, "2026-11-23"),
            files(&WRONG, "image/*", true, true),
        ];
        for control in all {
            let text = control.into_string();
            assert_eq!(text.matches(" id=\"phone\"").count(), 1, "{text}");
            assert!(text.contains("phone-hint\"") && text.contains("id=\"phone-error\""), "{text}");
            assert!(text.contains("aria-describedby=\"phone-hint phone-error"), "{text}");
            assert!(!text.contains("<b>") && !text.contains("<i>"), "{text}");
            for named in text.split(" for=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
                assert_eq!(text.matches(&format!(" id=\"{named}\"")).count(), 1, "{named}: {text}");
            }
        }
    }

    #[test]
    fn a_list_begins_with_a_question_unless_it_has_an_empty_answer() {
        assert!(select(&WRONG, &CHOICES, "").into_string().contains("请选择"));
        let all = [Choice { value: "", label: "全部", hint: None }];
        assert!(!select(&WRONG, &all, "").into_string().contains("请选择"));
        assert_eq!(select(&WRONG, &CHOICES, "b").into_string().matches(" selected").count(), 1);
    }

    #[test]
    fn a_line_break_at_the_beginning_survives() {
        assert!(area(&Control::default(), 3, "\na").into_string().contains(">\n\na<"));
    }
}
