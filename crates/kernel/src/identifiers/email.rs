//! E-mail addresses.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{checked, half_width, invisible, refusals};
use crate::masking;

refusals!(
    /// Why a text is no e-mail address.
    EmailError {
        /// It does not look like one.
        Form = "form" / "not an e-mail address" / "请填写完整的电子邮箱地址，如name@example.cn。",
    }
);

/// An e-mail address that looks like one; its domain in lower case. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// One `@`, up to 64 usual characters before it, a domain of at least two labels behind it, no blanks, at most 254
    /// characters. Whether mail arrives only a mail tells. Whoever wants to say what is wrong uses [`str::parse`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().filter(|c| !invisible(*c)).map(half_width).collect();
        let (local, domain) = text.split_once('@')?;
        let domain = domain.replace('。', ".").to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let fits = (1..=64).contains(&local.len())
            && local.chars().all(|c| c.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.split('.').all(label)
            && domain
                .rsplit_once('.')
                .is_some_and(|(_, top)| top.len() > 1 && !top.starts_with(|c: char| c.is_ascii_digit()));
        let address = format!("{local}@{domain}");
        (fits && address.len() <= 254).then_some(Self(address))
    }

    /// The address in full. Who shows or logs it masks it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Email {
    type Err = EmailError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or(EmailError::Form)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", masking::email(&self.0))
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_brought_into_one_form() {
        for (text, address) in [
            ("z@example.org", "z@example.org"),
            (" a.b+c@Mail.Example.CN ", "a.b+c@mail.example.cn"),
            ("Zhang.San@example.org", "Zhang.San@example.org"),
            ("zhang＠example．org", "zhang@example.org"),
            ("zhang@example。org", "zhang@example.org"),
        ] {
            assert_eq!(Email::parse(text).map(|email| email.0).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn others_are_refused() {
        let long = format!("{}@example.org", "z".repeat(65));
        for text in [
            "",
            "z",
            "@example.org",
            "z@",
            "z@example",
            "a b@example.org",
            "z@-x.org",
            "z@x..org",
            "a@b@c.org",
            ".z@example.org",
            "z..y@example.org",
            "z.@example.org",
            "z@example.1",
            "z@example.c",
            "张三@example.org",
            "z@例子.org",
            "\"z\"@example.org",
            &long,
        ] {
            assert_eq!(text.parse::<Email>(), Err(EmailError::Form), "{text}");
        }
    }

    #[test]
    fn debugging_shows_no_address() {
        assert_eq!(format!("{:?}", Email::parse("zhang@example.org").unwrap()), "Email(z***@example.org)");
        assert!(serde_json::from_str::<Email>("\"z\"").is_err());
    }
}
