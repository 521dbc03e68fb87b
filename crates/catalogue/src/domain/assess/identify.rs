//! Answers with rules of their own: names, phones, citizen numbers, credit codes.

use jiff::civil::Date;

use super::reading::half_width;
use crate::domain::{Field, FieldType};

/// The normal form of a written answer, by the type of its field.
pub(super) fn normalise(field: &Field, text: String, today: Date) -> Result<String, (&'static str, String)> {
    let _ = today;
    let plain = || half_width(&text).replace(' ', "");
    Ok(match field.field_type {
        FieldType::PersonName => name(field, &text)?,
        FieldType::IdNumber | FieldType::Uscc => plain().to_uppercase(),
        FieldType::Phone | FieldType::Email => plain(),
        _ => text,
    })
}

/// A name of a person or body: single spaces, one kind of middle dot.
fn name(field: &Field, text: &str) -> Result<String, (&'static str, String)> {
    let text: String = text.chars().map(|c| if matches!(c, '•' | '・' | '‧' | '∙' | '．') { '·' } else { c }).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = |c: char| c.is_alphanumeric() || "· .-'’（）()&、".contains(c);
    if text.chars().all(fits) && text.chars().any(char::is_alphabetic) {
        return Ok(text);
    }
    Err(("characters", format!("“{}”应与证件上的姓名一致，不要填写其他符号", field.label)))
}
