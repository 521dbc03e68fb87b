//! Phone numbers of the mainland.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{checked, digits, normalise, refusals};
use crate::masking;

refusals!(
    /// Why a text is no phone number.
    PhoneError {
        /// Neither a mobile number nor a fixed line with its area code.
        Form = "form" / "neither a mobile number nor a fixed line"
            / "请填写11位手机号码，或带区号的固定电话，如0851-81234567。",
        /// A fixed line without area code.
        AreaCode = "area-code" / "a fixed line without area code"
            / "固定电话请加上区号，如0851-81234567。",
    }
);

/// A phone number, normalised: 11 digits of a mobile, or a fixed line such as `0851-81234567`. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// A mobile number: 11 digits beginning with 13 to 19. Country code, blanks and hyphens are taken away.
    #[must_use]
    pub fn mobile(text: &str) -> Option<Self> {
        let number = plain(text);
        let fits = number.len() == 11
            && digits(&number)
            && number.starts_with('1')
            && matches!(number.as_bytes().get(1), Some(b'3'..=b'9'));
        fits.then_some(Self(number))
    }

    /// A fixed line: area code (010, 02x, or four digits beginning with 03 to 09) and seven or eight digits, however
    /// they are set apart.
    #[must_use]
    pub fn landline(text: &str) -> Option<Self> {
        let number = plain(text);
        let area = match number.as_bytes() {
            [b'0', b'1', b'0', ..] | [b'0', b'2', b'0'..=b'9', ..] => 3,
            [b'0', b'3'..=b'9', _, _, ..] => 4,
            _ => return None,
        };
        let (area, line) = (number.get(..area)?, number.get(area..)?);
        let fits = matches!(line.len(), 7 | 8)
            && digits(area)
            && digits(line)
            && matches!(line.as_bytes().first(), Some(b'1'..=b'9'));
        fits.then(|| Self(format!("{area}-{line}")))
    }

    /// A mobile number or a fixed line. Whoever wants to say what is wrong uses [`str::parse`], which gives a
    /// [`PhoneError`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// Whether a text message can reach it.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        !self.0.starts_with('0')
    }

    /// The number in full. Who shows or logs it masks it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Half-width; blanks, hyphens, brackets and the country code away.
fn plain(text: &str) -> String {
    let text: String = normalise(text)
        .chars()
        .filter(|c| !matches!(c, '-' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
        .collect();
    match text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")) {
        // Behind the country code an area code goes without its 0.
        Some(rest) if rest.starts_with('0') || rest.starts_with('1') && rest.len() == 11 => rest.to_owned(),
        Some(rest) => format!("0{rest}"),
        None => text,
    }
}

impl std::str::FromStr for Phone {
    type Err = PhoneError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(mobile) = Self::mobile(text) {
            return Ok(mobile);
        }
        let number = plain(text);
        if matches!(number.len(), 7 | 8) && digits(&number) {
            return Err(PhoneError::AreaCode);
        }
        Self::landline(text).ok_or(PhoneError::Form)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", masking::phone(&self.0))
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_every_usual_spelling() {
        for (text, number) in [
            ("13800003210", "13800003210"),
            ("+86 138-0000-3210", "13800003210"),
            ("008613800003210", "13800003210"),
            ("１３８００００３２１０", "13800003210"),
            ("138 0000 3210", "13800003210"),
            ("19900003210", "19900003210"),
            ("0851-81234567", "0851-81234567"),
            ("085181234567", "0851-81234567"),
            ("（0851）81234567", "0851-81234567"),
            ("0851—8123456", "0851-8123456"),
            ("+86 851 81234567", "0851-81234567"),
            ("+86-10-62345678", "010-62345678"),
            ("010-62345678", "010-62345678"),
            ("02062345678", "020-62345678"),
        ] {
            assert_eq!(Phone::parse(text).map(|phone| phone.0).as_deref(), Some(number), "{text}");
        }
        assert!(Phone::parse("13800003210").unwrap().is_mobile());
        assert!(!Phone::parse("0851-81234567").unwrap().is_mobile());
        assert_eq!(Phone::mobile("0851-81234567"), None);
        assert_eq!(Phone::landline("13800003210"), None);
    }

    #[test]
    fn others_are_refused_with_a_way_out() {
        for (text, error) in [
            ("12800003210", PhoneError::Form),
            ("1380000321", PhoneError::Form),
            ("138000032100", PhoneError::Form),
            ("0851", PhoneError::Form),
            ("0851-01234567", PhoneError::Form),
            ("8888-1234567", PhoneError::Form),
            ("abc", PhoneError::Form),
            ("", PhoneError::Form),
            ("电话号码", PhoneError::Form),
            ("81234567", PhoneError::AreaCode),
        ] {
            assert_eq!(text.parse::<Phone>(), Err(error), "{text}");
        }
    }

    #[test]
    fn debugging_shows_no_number() {
        assert_eq!(format!("{:?}", Phone::parse("13800003210").unwrap()), "Phone(138****3210)");
        assert!(serde_json::from_str::<Phone>("\"12\"").is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_the_same_again(text in "[0-9+() -]{0,16}|\\PC*") {
            if let Some(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Some(phone.clone()));
            }
        }
    }
}
