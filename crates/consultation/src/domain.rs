//! What can be said, and how it stands. Pure.

use kernel::{Fault, Timestamp};

kernel::words!(
    /// What somebody wants.
    Kind {
        Question = "question" / "咨询：怎么办、找谁办",
        Suggestion = "suggestion" / "建议：哪里可以更好",
        Trouble = "trouble" / "网站出错、打不开、看不懂",
        Accessibility = "accessibility" / "无障碍：用不了键盘、读屏、大字",
        Certificate = "certificate" / "证照内容或使用不对",
    }
);

kernel::words!(
    /// How it stands.
    State { Open = "open" / "待答复", Answered = "answered" / "已答复" }
);

/// Longest words, characters.
pub(crate) const TEXT_CHARS: usize = 1000;
/// Longest contact, characters.
pub(crate) const CONTACT_CHARS: usize = 100;
/// Most from one address within an hour.
pub(crate) const PER_HOUR: i64 = 10;

/// Something said, as it comes in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewFeedback {
    /// Word of a [`Kind`].
    pub kind: String,
    /// What it is about, from the page that led here.
    pub about: String,
    /// In words.
    pub text: String,
    /// Where an answer goes: phone or mail address; may be empty.
    pub contact: String,
}

impl NewFeedback {
    /// The kind, and the words without space around them.
    ///
    /// # Errors
    /// Everything that is wrong, at its field.
    pub(crate) fn checked(&self) -> Result<(Kind, String, String), Vec<Fault>> {
        let mut faults = Vec::new();
        let kind = self.kind.parse::<Kind>();
        if kind.is_err() {
            faults.push(Fault::new("/kind", "required", "请选择是哪一类。"));
        }
        let (text, contact) = (self.text.trim(), self.contact.trim());
        let length = text.chars().count();
        if length == 0 {
            faults.push(Fault::new("/text", "required", "请写下您要说的。"));
        } else if length > TEXT_CHARS {
            let words = format!("内容有 {length} 个字，请控制在 {TEXT_CHARS} 字以内。");
            faults.push(Fault::new("/text", "too-long", words));
        }
        if contact.chars().count() > CONTACT_CHARS {
            faults.push(Fault::new("/contact", "too-long", "联系方式太长，写一个手机号或者邮箱就可以。"));
        }
        match kind {
            Ok(kind) if faults.is_empty() => Ok((kind, text.to_owned(), contact.to_owned())),
            _ => Err(faults),
        }
    }
}

/// Something said, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Number of the receipt.
    pub receipt: String,
    /// What is wanted.
    pub kind: Kind,
    /// What it is about.
    pub about: String,
    /// In words.
    pub text: String,
    /// Where an answer goes; may be empty.
    pub contact: String,
    /// When.
    pub at: Timestamp,
    /// The answer, once there is one.
    pub answered: Option<Answered>,
}

/// What was done about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
    /// In words.
    pub text: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_told_at_once() {
        let wrong = NewFeedback { contact: "1".repeat(101), ..NewFeedback::default() };
        let faults = wrong.checked().unwrap_err();
        assert_eq!(faults.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/kind", "/text", "/contact"]);
        let long = NewFeedback { kind: "trouble".into(), text: "字".repeat(1001), ..NewFeedback::default() };
        assert_eq!(long.checked().unwrap_err().len(), 1);
        let right = NewFeedback { kind: "trouble".into(), text: " 打不开 ".into(), ..NewFeedback::default() };
        assert_eq!(right.checked().unwrap(), (Kind::Trouble, "打不开".to_owned(), String::new()));
    }
}
