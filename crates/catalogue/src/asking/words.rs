//! What there is to say beside a question.

use kernel::show_date;

use super::condition::in_words;
use crate::domain::{Item, ItemType, Prefill};

/// Who reads a page of questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reader {
    /// Whoever applies.
    #[default]
    Applicant,
    /// A clerk who writes down what a visitor says.
    Clerk,
}

/// When a condition applies, in words; what cannot be said plainly depends on the answers.
#[must_use]
pub fn when(item: &Item, source: &str) -> String {
    let label = |key: &str| item.fields.iter().find(|field| field.key == key).map(|field| field.label.as_str());
    in_words(source, label).map_or_else(|| "看填写的情况".to_owned(), |words| format!("{words}时"))
}

/// Where a known answer comes from: `来自：居民身份证，2024年3月1日登记`.
#[must_use]
pub fn origin(prefill: &Prefill, reader: Reader) -> String {
    let from = prefill.origin.trim_start_matches("来自").trim_matches(['“', '”']);
    let (whose, ask) = match reader {
        Reader::Applicant => ("您的", "是否仍然正确？"),
        Reader::Clerk => ("申请人的", "请与申请人核对。"),
    };
    match prefill.since {
        Some(day) => format!("来自：{from}，{}登记。{ask}", show_date(day)),
        None => format!("来自：{whose}{from}。{ask}"),
    }
}

/// What the applicant answers for. The licensing law binds licensing alone, so only there it is named.
#[must_use]
pub fn declaration(item: &Item) -> &'static str {
    if item.item_type == ItemType::Licensing {
        "申请人对所填内容和所交材料的真实性负责。隐瞒有关情况或者提供虚假材料的，不予受理或者不予许可，并给予警告（《行政许可法》第三十一条、第七十八条）。"
    } else {
        "申请人对所填内容和所交材料的真实性负责。提供虚假内容或者材料的，不予办理，并依法承担责任。"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn known_answers_say_where_they_come_from_and_since_when() {
        let mut known = Prefill { value: json!("x"), origin: "来自“居民身份证”".to_owned(), since: None };
        known.since = Some(kernel::Date::constant(2024, 3, 1));
        assert_eq!(origin(&known, Reader::Applicant), "来自：居民身份证，2024年3月1日登记。是否仍然正确？");
        assert_eq!(origin(&known, Reader::Clerk), "来自：居民身份证，2024年3月1日登记。请与申请人核对。");
        let account = Prefill { value: json!("x"), origin: "来自账户信息".to_owned(), since: None };
        assert_eq!(origin(&account, Reader::Applicant), "来自：您的账户信息。是否仍然正确？");
        assert_eq!(origin(&account, Reader::Clerk), "来自：申请人的账户信息。请与申请人核对。");
    }
}
