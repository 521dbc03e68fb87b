//! Answers with rules of their own: names, phones, addresses of mail, citizen numbers, credit codes, divisions.

use jiff::civil::Date;
use kernel::identifiers::{Email, IdNumber, Phone, RegionCode, Uscc, person_name};

use crate::domain::{Field, FieldType};

/// The normal form of a written answer, by the type of its field.
pub(super) fn normalise(field: &Field, text: String, today: Date) -> Result<String, (&'static str, String)> {
    let label = &field.label;
    let wrong = |code: &'static str, what: &str| (code, format!("“{label}”{what}"));
    match field.field_type {
        FieldType::PersonName => {
            person_name(&text).ok_or_else(|| wrong("person-name", "应与证件上的姓名一致，不要填写数字和符号"))
        }
        FieldType::Phone => {
            let phone = Phone::parse(&text).map(|phone| phone.as_str().to_owned());
            phone.ok_or_else(|| wrong("phone", "应为11位手机号码，或带区号的固定电话，如 0851-81234567"))
        }
        FieldType::Email => {
            let email = Email::parse(&text).map(|email| email.as_str().to_owned());
            email.ok_or_else(|| wrong("email", "应为电子邮箱地址，如 name@example.com"))
        }
        FieldType::IdNumber => {
            let number = IdNumber::parse(&text, today).map(|number| number.as_str().to_owned());
            number.map_err(|error| wrong("id-number", &sentence(error.advice())))
        }
        FieldType::Uscc => {
            let code = Uscc::parse(&text).map(|code| code.as_str().to_owned());
            code.map_err(|error| wrong("uscc", &sentence(error.advice())))
        }
        FieldType::Region => region(text).ok_or_else(|| wrong("region", "应从列出的区县中选择")),
        _ => Ok(text),
    }
}

/// Advice as the second half of a sentence that begins with the label.
fn sentence(advice: &str) -> String {
    format!("有误：{}", advice.trim_end_matches('。'))
}

/// A division code, or the name of a place outside the city that has no code here.
fn region(text: String) -> Option<String> {
    match RegionCode::parse(&text) {
        Some(code) => Some(code.as_str().to_owned()),
        None => (text.chars().count() <= 40 && !text.chars().any(char::is_numeric)).then_some(text),
    }
}
