//! Phones, e-mail addresses, divisions, names.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{half_width, normalise};

/// A phone number: a mainland mobile, or a fixed line with its area code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// A mobile number: 11 digits beginning with 13 to 19. `+86`, blanks and hyphens are taken away.
    #[must_use]
    pub fn mobile(text: &str) -> Option<Self> {
        let digits: String = normalise(text).chars().filter(|c| *c != '-').collect();
        let digits = digits.strip_prefix("+86").unwrap_or(&digits);
        let b = digits.as_bytes();
        let fits = b.len() == 11 && b.iter().all(u8::is_ascii_digit) && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]);
        fits.then(|| Self(digits.to_owned()))
    }

    /// A mobile number, or a fixed line such as `0851-81234567`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::mobile(text).or_else(|| {
            let text = normalise(text);
            let (area, line) = text.split_once('-')?;
            let digits = |s: &str| s.bytes().all(|c| c.is_ascii_digit());
            let fits = area.starts_with('0')
                && (3..=4).contains(&area.len())
                && (7..=8).contains(&line.len())
                && digits(area)
                && digits(line);
            fits.then_some(Self(text))
        })
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address that looks like one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// One `@`, something before it, a domain with a dot behind it, no blanks, at most 254 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().map(half_width).collect();
        let (local, domain) = text.split_once('@')?;
        let label = |l: &str| {
            !l.is_empty()
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let fits = !local.is_empty()
            && local.len() <= 64
            && text.len() <= 254
            && local.chars().all(|c| c.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(c))
            && domain.contains('.')
            && domain.split('.').all(label);
        fits.then_some(Self(text))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A division code (GB/T 2260 and below): 6, 9 or 12 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionCode(String);

impl RegionCode {
    /// Checks the form alone: whether there is such a division the vocabulary knows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = normalise(text);
        let fits = matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|c| c.is_ascii_digit());
        fits.then_some(Self(text))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first six digits.
    #[must_use]
    pub fn county(&self) -> &str {
        &self.0[..6]
    }
}

/// A person's name as it is stored: the middle dot of minority names is `·`, blanks inside Chinese names go away, 1 to 50
/// characters without digits and control characters. None when it cannot be a name.
#[must_use]
pub fn person_name(text: &str) -> Option<String> {
    let dotted: String = text
        .trim()
        .chars()
        .map(half_width)
        .map(|c| match c {
            '•' | '・' | '．' | '‧' | '∙' | '●' => '·',
            '.' if !text.is_ascii() => '·',
            other => other,
        })
        .collect();
    let latin = dotted.is_ascii();
    let name: String = dotted.chars().filter(|c| latin || !c.is_whitespace()).collect();
    let length = name.chars().count();
    let fits = (1..=50).contains(&length)
        && !name.chars().any(|c| c.is_control() || c.is_ascii_digit() || "<>\"{}[]()@#$%^&*=+|\\/;:?!_~`".contains(c))
        && name.chars().any(char::is_alphabetic);
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        for good in ["13800003210", "+86 138-0000-3210", "１３８００００３２１０", "0851-81234567", "010-12345678"] {
            assert!(Phone::parse(good).is_some(), "{good}");
        }
        for bad in ["12800003210", "1380000321", "138000032100", "0851", "abc", "", "8888-1234567"] {
            assert!(Phone::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Phone::parse("+86 138-0000-3210").unwrap().as_str(), "13800003210");
        assert!(Phone::mobile("0851-81234567").is_none());
    }

    #[test]
    fn mail_addresses() {
        for good in ["z@example.org", "a.b+c@mail.example.cn"] {
            assert!(Email::parse(good).is_some(), "{good}");
        }
        for bad in ["z", "@example.org", "z@", "z@example", "a b@example.org", "z@-x.org", "z@x..org", "a@b@c.org"] {
            assert!(Email::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn divisions() {
        assert_eq!(RegionCode::parse("520115001000").unwrap().county(), "520115");
        assert!(RegionCode::parse("5201").is_none());
        assert!(RegionCode::parse("52010a").is_none());
    }

    #[test]
    fn names_keep_rare_characters_and_one_kind_of_dot() {
        assert_eq!(person_name("阿卜杜拉•买买提").as_deref(), Some("阿卜杜拉·买买提"));
        assert_eq!(person_name("王 𬭎").as_deref(), Some("王𬭎"));
        assert_eq!(person_name("Mary Ann Smith").as_deref(), Some("Mary Ann Smith"));
        assert_eq!(person_name("<script>"), None);
        assert_eq!(person_name("张3"), None);
        assert_eq!(person_name("  "), None);
    }
}
