//! One answer: read by the type of its field, normalised, held against its bounds.
//!
//! Normalising is kind to what people type and programs send: full-width letters and digits, spaces around, days written
//! with 年月日, numbers sent as text. What is kept reads back as itself.

use jiff::civil::Date;
use regex::Regex;
use serde_json::{Number, Value};

use super::{explain, identify};
use crate::domain::expr::Given;
use crate::domain::{Field, FieldType};

/// Largest number of either sign: beyond it a double no longer holds every integer.
const LARGEST: f64 = 9_007_199_254_740_991.0;
/// Years a day may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1850..=2200;

/// What an answer is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// Nothing, blank, or an empty list.
    Absent,
    /// Right: the normalised answer, and its value for expressions.
    Valid(Value, Given),
    /// Wrong: a stable word and a Chinese sentence.
    Faulty(&'static str, String),
}

type Fault = (&'static str, String);
type Valid = (Value, Given);

/// Reads the answer `value` of `field`.
pub(super) fn read(field: &Field, pattern: Option<&Regex>, value: &Value, today: Date) -> Reading {
    let read = match field.field_type {
        _ if is_blank(value) => return Reading::Absent,
        FieldType::Bool => truth(field, value),
        FieldType::Integer | FieldType::Money => integer(field, value),
        FieldType::Decimal => decimal(field, value),
        FieldType::Date => day(field, value),
        FieldType::Choice => choice(field, value),
        FieldType::Choices => choices(field, value),
        _ => written(field, pattern, value, today),
    };
    match read {
        Ok((value, given)) => Reading::Valid(value, given),
        Err((code, detail)) => Reading::Faulty(code, detail),
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => clean(text).is_empty(),
        Value::Array(list) => list.iter().all(is_blank),
        _ => false,
    }
}

fn wrong_type(field: &Field) -> Fault {
    let wanted = match field.field_type {
        FieldType::Bool => "应选择“是”或“否”",
        FieldType::Integer => "应填写整数",
        FieldType::Money => "应填写金额",
        FieldType::Decimal => "应填写数字",
        FieldType::Date => "应填写日期，如 2026-03-02",
        FieldType::Choice | FieldType::Choices => "请从列出的选项中选择",
        _ => "应填写文字",
    };
    ("type", format!("“{}”{wanted}", field.label))
}

fn truth(field: &Field, value: &Value) -> Result<Valid, Fault> {
    let truth = match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => match clean(text).to_ascii_lowercase().as_str() {
            "true" | "是" | "on" | "yes" | "1" => true,
            "false" | "否" | "off" | "no" | "0" => false,
            _ => return Err(wrong_type(field)),
        },
        _ => return Err(wrong_type(field)),
    };
    Ok((Value::Bool(truth), Given::Bool(truth)))
}

/// The number in a JSON number or a text; thousands separators are dropped.
fn number(field: &Field, value: &Value) -> Result<f64, Fault> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text = half_width(&clean(text)).replace([',', ' '], "");
            let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
            text.parse().ok().filter(|_| plain)
        }
        _ => None,
    };
    let number = number.filter(|number| number.is_finite()).ok_or_else(|| wrong_type(field))?;
    if number.abs() > LARGEST {
        return Err(("too-large", format!("“{}”的数值过大，请核对", field.label)));
    }
    Ok(number)
}

fn bounds(field: &Field, number: f64) -> Result<(), Fault> {
    let money = field.field_type == FieldType::Money;
    let show = |bound: f64| if money { format!("{}元", bound / 100.0) } else { bound.to_string() };
    let least = field.min.or(money.then_some(0.0));
    if let Some(least) = least.filter(|least| number < *least) {
        return Err(("too-small", format!("“{}”不能小于{}", field.label, show(least))));
    }
    if let Some(most) = field.max.filter(|most| number > *most) {
        return Err(("too-large", format!("“{}”不能大于{}", field.label, show(most))));
    }
    Ok(())
}

fn integer(field: &Field, value: &Value) -> Result<Valid, Fault> {
    let number = number(field, value)?;
    if number.fract() != 0.0 {
        let unit = if field.field_type == FieldType::Money { "金额应精确到分" } else { "应填写整数" };
        return Err(("type", format!("“{}”{unit}", field.label)));
    }
    bounds(field, number)?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±(2^53-1)")]
    let whole = number as i64;
    Ok((Value::from(whole), Given::Int(whole)))
}

fn decimal(field: &Field, value: &Value) -> Result<Valid, Fault> {
    // Minus zero reads back as zero.
    let number = number(field, value)? + 0.0;
    bounds(field, number)?;
    let value = Number::from_f64(number).ok_or_else(|| wrong_type(field))?;
    Ok((Value::Number(value), Given::Double(number)))
}

fn day(field: &Field, value: &Value) -> Result<Valid, Fault> {
    let Value::String(text) = value else { return Err(wrong_type(field)) };
    let day = parse_day(&half_width(&clean(text))).ok_or_else(|| wrong_type(field))?;
    if !YEARS.contains(&day.year()) {
        return Err(("out-of-range", format!("“{}”的年份不对，请核对", field.label)));
    }
    Ok((Value::String(day.to_string()), Given::Day(day)))
}

/// `2026-03-02`, `2026/3/2`, `2026.3.2`, `2026年3月2日` or `20260302`.
fn parse_day(text: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if text.len() == 8 && digits(text) {
        return Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let text = text.replace(['/', '.', '年', '月'], "-");
    let mut parts = text.trim_end_matches('日').split('-').map(str::trim);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = parts.next().is_none() && year.len() == 4 && digits(year) && digits(month) && digits(day);
    if !plain {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn no_option(field: &Field, text: &str) -> Fault {
    ("option", format!("“{}”没有“{}”这个选项，请从列出的选项中选择", field.label, super::shown(text)))
}

/// The option that was meant.
fn option<'a>(field: &'a Field, text: &str) -> Result<&'a str, Fault> {
    let wanted = clean(text);
    let exact = field.options.iter().find(|option| **option == *text || **option == wanted);
    exact.map(String::as_str).ok_or_else(|| no_option(field, text))
}

fn choice(field: &Field, value: &Value) -> Result<Valid, Fault> {
    let Value::String(text) = value else { return Err(wrong_type(field)) };
    let chosen = option(field, text)?;
    Ok((Value::from(chosen), Given::Text(chosen.to_owned())))
}

/// Each option once, in the item's order.
fn choices(field: &Field, value: &Value) -> Result<Valid, Fault> {
    let given = match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut chosen = Vec::new();
    for value in given.iter().filter(|value| !is_blank(value)) {
        let Value::String(text) = value else { return Err(wrong_type(field)) };
        chosen.push(option(field, text)?);
    }
    let kept: Vec<String> = field.options.iter().filter(|option| chosen.contains(&option.as_str())).cloned().collect();
    Ok((Value::from(kept.clone()), Given::Texts(kept)))
}

fn written(field: &Field, pattern: Option<&Regex>, value: &Value, today: Date) -> Result<Valid, Fault> {
    let Value::String(text) = value else { return Err(wrong_type(field)) };
    let long = field.field_type == FieldType::Longtext;
    let mut text = clean(text);
    if text.chars().any(|c| c.is_control() && !(long && c == '\n')) {
        return Err(("characters", format!("“{}”含有无法识别的字符，请重新填写", field.label)));
    }
    text = identify::normalise(field, text, today)?;
    length(field, &text)?;
    if let Some(pattern) = pattern
        && !pattern.is_match(&text)
    {
        // Numbers on documents are often typed in lower case or full width.
        let plain = half_width(&text).replace(' ', "").to_uppercase();
        if !pattern.is_match(&plain) {
            let help = field.help.as_deref().map(|help| format!("：{help}")).unwrap_or_default();
            return Err(("pattern", format!("“{}”格式不对，请核对{help}", field.label)));
        }
        text = plain;
    }
    Ok((Value::String(text.clone()), Given::Text(text)))
}

fn length(field: &Field, text: &str) -> Result<(), Fault> {
    let most = field.max_length.unwrap_or(match field.field_type {
        FieldType::Longtext => 2_000,
        FieldType::PersonName => 80,
        _ => 200,
    });
    let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if let Some(least) = field.min_length.filter(|least| count < *least) {
        return Err(("too-short", format!("“{}”至少填写{least}个字", field.label)));
    }
    if count > most {
        return Err(("too-long", format!("“{}”最多填写{most}个字，现有{count}个字", field.label)));
    }
    if count == 0 {
        return Err(("required", explain::please_answer(field)));
    }
    Ok(())
}

/// Trimmed, with one kind of line end and without characters that cannot be seen.
fn clean(text: &str) -> String {
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let text: String = text.chars().filter(|c| !unseen(*c)).collect();
    text.trim().to_owned()
}

/// Full-width letters, digits and marks as their ASCII forms, and the wide space.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '—' | '–' | '−' => '-',
        c => kernel::identifiers::half_width(c),
    };
    text.chars().map(narrow).collect()
}
