//! Between what people type into pages and the answers that are kept.
//!
//! An answer is kept as it was typed, right or wrong, so that nothing is ever lost. Only amounts change their shape: pages
//! speak of 元, the form holds whole fen. What cannot be read as an amount stays as typed, and the item's own check
//! refuses it.

use std::collections::BTreeMap;

use crate::domain::{Field, FieldType};
use kernel::{Date, show_date};
use serde_json::{Map, Value};
use vocab::Vocabulary;
use webkit::Fields;

/// What the list of regions sends for a place outside the city.
pub const ELSEWHERE: &str = "other";

/// Name of the field in which a place outside the city is typed.
#[must_use]
pub fn elsewhere(key: &str) -> String {
    format!("{key}.other")
}

/// The answer typed for `field`; none when nothing was typed.
#[must_use]
pub fn typed(field: &Field, fields: &Fields) -> Option<Value> {
    let one = fields.one(&field.key);
    match field.field_type {
        FieldType::Choices => {
            let chosen: Vec<&str> = fields.all(&field.key).filter(|value| !value.is_empty()).collect();
            (!chosen.is_empty()).then(|| Value::from(chosen))
        }
        FieldType::Bool => match one {
            "" => None,
            "是" => Some(Value::Bool(true)),
            "否" => Some(Value::Bool(false)),
            other => Some(Value::from(other)),
        },
        FieldType::Money if !one.trim().is_empty() => Some(fen(one).map_or_else(|| Value::from(one), Value::from)),
        FieldType::Region if one == ELSEWHERE => {
            let place = fields.one(&elsewhere(&field.key));
            (!place.trim().is_empty()).then(|| Value::from(place))
        }
        _ if one.trim().is_empty() => None,
        _ => Some(Value::from(one.replace("\r\n", "\n"))),
    }
}

/// Whole fen of an amount in yuan such as `1,234.5`, `１２元` or `-3`; none when it is no amount of yuan and fen.
fn fen(text: &str) -> Option<i64> {
    let text: String = text.trim().chars().map(kernel::identifiers::half_width).collect();
    let text = text.trim_start_matches(['¥', '￥']).trim().trim_end_matches('元').trim();
    let text = text.replace([',', '，', ' '], "");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + part.len() == 0 || !plain(whole) || !plain(part) {
        return None;
    }
    let part = part.trim_end_matches('0');
    let cents = match part.len() {
        0 => 0,
        1 => part.parse::<i64>().ok()? * 10,
        2 => part.parse().ok()?,
        _ => return None,
    };
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fen = whole.checked_mul(100)?.checked_add(cents)?;
    Some(if negative { -fen } else { fen })
}

/// An amount of fen as people type it: `1234.50`, without zeros that say nothing.
fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let (whole, cents) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    if cents == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{cents:02}") }
}

/// What stands in the controls of `field` for a kept answer: one text, or one for each chosen option.
#[must_use]
pub fn shown(field: &Field, value: Option<&Value>) -> Vec<String> {
    match (field.field_type, value) {
        (_, None | Some(Value::Null)) => Vec::new(),
        (_, Some(Value::Bool(truth))) => vec![if *truth { "是" } else { "否" }.to_owned()],
        (_, Some(Value::Array(list))) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        (FieldType::Money, Some(Value::Number(number))) => {
            vec![number.as_i64().map_or_else(|| number.to_string(), yuan)]
        }
        (_, Some(Value::String(text))) => vec![text.clone()],
        (_, Some(other)) => vec![other.to_string()],
    }
}

/// An answer in words, for reading: days as 2026年11月23日, amounts with 元, regions by name. Line breaks stay.
#[must_use]
pub fn said(field: &Field, value: &Value, vocabulary: &Vocabulary) -> String {
    let texts = shown(field, Some(value));
    match field.field_type {
        FieldType::Choices => texts.join("、"),
        FieldType::Money if value.is_number() => format!("{} 元", texts.concat()),
        FieldType::Date => {
            let text = texts.concat();
            text.parse::<Date>().map_or(text, show_date)
        }
        FieldType::Region => {
            let text = texts.concat();
            vocabulary.region_name(&text).map_or(text.clone(), str::to_owned)
        }
        _ => texts.concat(),
    }
}

/// The answers of one page laid over those kept before: each field that the page asked is replaced, also by nothing.
#[must_use]
pub fn laid_over(kept: &Map<String, Value>, asked: &[&Field], fields: &Fields) -> Map<String, Value> {
    let mut form = kept.clone();
    for field in asked {
        match typed(field, fields) {
            Some(value) => form.insert(field.key.clone(), value),
            None => form.remove(&field.key),
        };
    }
    form
}

/// What tells whether the answers of a page were changed elsewhere since it was opened.
#[must_use]
pub fn state_of(kept: &Map<String, Value>, asked: &[&Field]) -> String {
    let answers: BTreeMap<&str, Option<&Value>> =
        asked.iter().map(|field| (field.key.as_str(), kept.get(&field.key))).collect();
    let text = serde_json::to_string(&answers).unwrap_or_default();
    gm::digest_hex(text.as_bytes()).get(..24).unwrap_or_default().to_owned()
}

/// The unit in a label such as `面积（平方米）`, where it stands at the end in brackets.
#[must_use]
pub fn unit(label: &str) -> Option<(&str, &str)> {
    let inner = label.strip_suffix('）')?;
    let (name, unit) = inner.rsplit_once('（')?;
    let units = [
        "元",
        "万元",
        "平方米",
        "立方米",
        "米",
        "人",
        "年",
        "月",
        "个月",
        "天",
        "日",
        "辆",
        "台",
        "份",
        "套",
        "间",
        "%",
        "公斤",
        "千克",
        "吨",
        "千伏",
        "千瓦",
        "千伏安",
        "公里",
        "小时",
        "张",
        "户",
        "亩",
        "公顷",
        "岁",
        "次",
    ];
    (units.contains(&unit) && !name.is_empty()).then_some((name, unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn field(kind: &str) -> Field {
        let options = json!(["甲", "乙", "丙"]);
        serde_json::from_value(
            json!({ "key": "x", "label": "某项", "type": kind, "required": true, "options": options }),
        )
        .unwrap()
    }

    fn sent(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn amounts_are_typed_in_yuan_and_kept_in_fen() {
        let read = |text: &str| typed(&field("money"), &sent(&[("x", text)]));
        for (text, fen) in [
            ("1", 100),
            ("1.5", 150),
            ("1.50", 150),
            ("1.500", 150),
            ("1,234.56", 123_456),
            ("１２元", 1_200),
            ("¥ 3", 300),
            (".5", 50),
            ("5.", 500),
            ("-3", -300),
            ("+3", 300),
            ("0", 0),
            ("1 000", 100_000),
        ] {
            assert_eq!(read(text), Some(json!(fen)), "{text}");
        }
        for text in ["1.234", "abc", "1e3", "--1", ".", "1.2.3", "99999999999999999999"] {
            assert_eq!(read(text), Some(json!(text)), "{text}");
        }
        assert_eq!(read("  "), None);
        assert_eq!(shown(&field("money"), Some(&json!(150))), ["1.50"]);
        assert_eq!(shown(&field("money"), Some(&json!(-5))), ["-0.05"]);
        assert_eq!(shown(&field("money"), Some(&json!(12_300))), ["123"]);
        assert_eq!(said(&field("money"), &json!(150), &Vocabulary::guiyang()), "1.50 元");
    }

    #[test]
    fn each_kind_is_kept_as_typed() {
        assert_eq!(typed(&field("bool"), &sent(&[("x", "是")])), Some(json!(true)));
        assert_eq!(typed(&field("bool"), &sent(&[("x", "也许")])), Some(json!("也许")));
        assert_eq!(typed(&field("bool"), &sent(&[])), None);
        let chosen = sent(&[("x", "甲"), ("x", ""), ("x", "丙"), ("y", "乙")]);
        assert_eq!(typed(&field("choices"), &chosen), Some(json!(["甲", "丙"])));
        assert_eq!(typed(&field("longtext"), &sent(&[("x", "一\r\n二")])), Some(json!("一\n二")));
        assert_eq!(typed(&field("region"), &sent(&[("x", "520103")])), Some(json!("520103")));
        assert_eq!(typed(&field("region"), &sent(&[("x", "other"), ("x.other", "遵义市")])), Some(json!("遵义市")));
        assert_eq!(typed(&field("region"), &sent(&[("x", "other"), ("x.other", " ")])), None);
        assert_eq!(typed(&field("integer"), &sent(&[("x", "十二")])), Some(json!("十二")));
    }

    #[test]
    fn answers_are_said_in_words() {
        let said = |kind: &str, value: Value| said(&field(kind), &value, &Vocabulary::guiyang());
        assert_eq!(said("date", json!("2026-03-02")), "2026年3月2日");
        assert_eq!(said("date", json!("三月")), "三月");
        assert_eq!(said("choices", json!(["甲", "丙"])), "甲、丙");
        assert_eq!(said("bool", json!(false)), "否");
        assert_eq!(said("region", json!("520103")), "云岩区");
        assert_eq!(said("region", json!("遵义市")), "遵义市");
        assert_eq!(said("decimal", json!(1.5)), "1.5");
    }

    #[test]
    fn a_page_changes_only_what_it_asked() {
        let kept = json!({"x": "旧", "y": "别页"}).as_object().unwrap().clone();
        let one = field("text");
        let laid = laid_over(&kept, &[&one], &sent(&[("x", "新"), ("y", "改")]));
        assert_eq!(Value::from(laid.clone()), json!({"x": "新", "y": "别页"}));
        assert_eq!(Value::from(laid_over(&kept, &[&one], &sent(&[]))), json!({"y": "别页"}));
        assert_ne!(state_of(&kept, &[&one]), state_of(&laid, &[&one]));
        assert_eq!(state_of(&kept, &[]), state_of(&laid, &[]));
    }

    #[test]
    fn a_unit_stands_behind_the_field_instead_of_in_its_label() {
        assert_eq!(unit("占地面积（平方米）"), Some(("占地面积", "平方米")));
        assert_eq!(unit("法定代表人（负责人）"), None);
        assert_eq!(unit("（元）"), None);
    }

    proptest! {
        /// Whatever is typed comes back into its control, and what is no amount is never taken for one.
        #[test]
        fn nothing_typed_is_lost(text in "\\PC{0,40}") {
            for kind in ["text", "longtext", "integer", "decimal", "date", "phone", "id-number", "address"] {
                let field = field(kind);
                let kept = typed(&field, &sent(&[("x", &text)]));
                let back = shown(&field, kept.as_ref()).concat();
                let same = back == text || text.trim().is_empty();
                prop_assert!(same, "{}: {:?} -> {:?}", kind, text, back);
            }
            let money = field("money");
            if let Some(Value::String(kept)) = typed(&money, &sent(&[("x", &text)])) {
                prop_assert_eq!(&kept, &text);
                // The item's check reads texts as numbers too: it must not read this one as fen.
                let plain = kept.replace([',', ' '], "");
                let number = plain.parse::<f64>().ok().filter(|n| n.is_finite() && n.fract() == 0.0);
                let ascii = plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
                prop_assert!(number.is_none() || !ascii || number.is_some_and(|n| n.abs() > 9e15), "{:?}", text);
            }
        }
    }
}
