//! The words of notices (文书用语) that the city may set: how an adverse act can be fought, and closing sentences.

use std::collections::BTreeMap;

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Documents that may bear a closing sentence of the city's own: word of the document and its title.
pub const NOTICES: &[(&str, &str)] = &[
    ("intake_receipt", "收件凭证"),
    ("correction_notice", "补正材料一次性告知书"),
    ("acceptance_notice", "受理通知书"),
    ("deferred_notice", "容缺受理通知书"),
    ("commitment", "承诺书"),
    ("non_acceptance_notice", "不予受理通知书"),
    ("special_notice", "特别程序告知书"),
    ("extension_notice", "延期办理通知书"),
    ("interested_party_notice", "拟不予准予告知书"),
    ("hearing_notice", "听证通知书"),
    ("hearing_record", "听证笔录"),
    ("avoidance_decision", "回避决定书"),
    ("payment_notice", "缴费通知书"),
    ("grant_decision", "准予决定书"),
    ("deemed_renewal", "视为准予延续通知书"),
    ("refusal_decision", "不予准予决定书"),
    ("delivery_receipt", "送达回证"),
    ("termination_notice", "终止办理通知书"),
    ("return_notice", "退件通知书"),
    ("withdrawal_receipt", "撤回申请确认书"),
    ("closing_notice", "办结通知"),
];

/// Stands in the remedy for the government that hears reviews.
const GOVERNMENT: &str = "{government}";
/// Longest text, characters.
const TEXT_MAX: usize = 600;

/// The words set by the city. Empty: the platform's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeTexts {
    /// How an adverse act can be fought; `{government}` stands for the body that hears reviews.
    pub remedies: String,
    /// A closing sentence by word of the document.
    pub closing: BTreeMap<String, String>,
}

impl NoticeTexts {
    /// Trims what was typed and leaves out what is empty.
    #[must_use]
    pub fn tidy(self) -> Self {
        let closing = self.closing.into_iter().map(|(k, v)| (k, v.trim().to_owned())).filter(|(_, v)| !v.is_empty());
        Self { remedies: self.remedies.trim().to_owned(), closing: closing.collect() }
    }

    /// What is wrong, with pointers. A remedy must name both ways and both periods: review within 60 days, suit within
    /// six months (行政复议法 第二十条, 行政诉讼法 第四十六条); a notice without them is a defect of the act.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !self.remedies.is_empty() {
            let missing: Vec<&str> = [
                (GOVERNMENT, "复议机关（写作{government}）"),
                ("行政复议", "“行政复议”"),
                ("六十日", "“六十日”"),
                ("行政诉讼", "“行政诉讼”"),
                ("六个月", "“六个月”"),
            ]
            .into_iter()
            .filter(|(needle, _)| !self.remedies.contains(needle))
            .map(|(_, name)| name)
            .collect();
            if !missing.is_empty() {
                let advice = format!("救济途径里还缺{}。", missing.join("、"));
                faults.push(Fault::new("/remedies", "settings.remedies", advice));
            }
        }
        let texts = self.closing.iter().map(|(key, text)| (format!("/closing/{key}"), Some(key), text));
        for (pointer, key, text) in std::iter::once(("/remedies".to_owned(), None, &self.remedies)).chain(texts) {
            if key.is_some_and(|key| NOTICES.iter().all(|(known, _)| known != key)) {
                faults.push(Fault::new(pointer.clone(), "settings.notice", "没有这种文书。"));
            }
            if text.chars().count() > TEXT_MAX {
                faults.push(Fault::new(pointer.clone(), "settings.long", format!("请写在{TEXT_MAX}个字以内。")));
            }
            if text.chars().any(|c| c.is_control() && c != '\n') {
                faults.push(Fault::new(pointer, "settings.control", "文字里有看不见的控制字符，请重新输入。"));
            }
        }
        faults
    }

    /// How to fight an adverse act before `government`; none: the platform's own words.
    #[must_use]
    pub fn remedies(&self, government: &str) -> Option<String> {
        (!self.remedies.is_empty()).then(|| self.remedies.replace(GOVERNMENT, government))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_names_both_ways_and_both_periods() {
        let of = |text: &str| NoticeTexts { remedies: text.to_owned(), ..NoticeTexts::default() };
        let whole = "可在六十日内向{government}申请行政复议，或者在六个月内提起行政诉讼。";
        assert_eq!(of(whole).faults(), []);
        assert_eq!(of(whole).remedies("贵阳市人民政府").unwrap().matches("贵阳市人民政府").count(), 1);
        assert!(of("可以申请行政复议。").faults()[0].detail.contains("六个月"));
        assert_eq!(of("").remedies("x"), None);
    }

    #[test]
    fn unknown_documents_long_and_hidden_text_are_named() {
        let closing = [
            ("no_such", "x".to_owned()),
            ("closing_notice", "长".repeat(601)),
            ("grant_decision", "a\u{7}".to_owned()),
        ];
        let texts = NoticeTexts { closing: closing.map(|(k, v)| (k.to_owned(), v)).into(), ..NoticeTexts::default() };
        let pointers: Vec<String> = texts.faults().into_iter().map(|f| f.pointer).collect();
        assert_eq!(pointers, ["/closing/closing_notice", "/closing/grant_decision", "/closing/no_such"]);
        assert!(
            NoticeTexts { closing: [("grant_decision".to_owned(), "  ".to_owned())].into(), ..NoticeTexts::default() }
                .tidy()
                .closing
                .is_empty()
        );
    }
}
