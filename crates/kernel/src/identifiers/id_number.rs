//! 公民身份号码 (GB 11643—1999).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::normalise;
use crate::words;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";
/// First two digits in use: provinces, autonomous regions, municipalities, and 71, 81, 82, 83; 91 for foreigners.
const PROVINCES: [u32; 36] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83, 91,
];

words!(
    /// Sex as the citizen number tells it.
    Sex { Male = "male" / "男", Female = "female" / "女" }
);

/// A valid citizen number, normalised: 17 digits and a check character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdNumber(String);

/// Why a text is no citizen number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Not 18 characters.
    #[error("a citizen number has 18 characters")]
    Length,
    /// Not 17 digits and a digit or X.
    #[error("a citizen number is 17 digits and a digit or X")]
    Characters,
    /// No such day, or one to come.
    #[error("the birth date is no day of the past")]
    BirthDate,
    /// The check character is another.
    #[error("the check character does not fit")]
    Check,
    /// No such province.
    #[error("the first two digits are no province")]
    Province,
}

impl IdNumberError {
    /// What to do, in Chinese.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Length => "公民身份号码应为18位，请核对是否少填或多填。",
            Self::Characters => "公民身份号码前17位应为数字，最后一位为数字或字母X。",
            Self::BirthDate => "公民身份号码中的出生日期不存在或在今天之后，请核对第7至14位。",
            Self::Check => "公民身份号码校验不正确，请逐位核对。",
            Self::Province => "公民身份号码前两位不是有效的地区代码，请核对。",
        }
    }
}

fn check_of(digits: &[u8]) -> u8 {
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(w, d)| w * u32::from(d - b'0')).sum();
    CHECKS[(sum % 11) as usize]
}

impl IdNumber {
    /// Normalises and checks, in this order: length, characters, birth date not after `today`, check character, province.
    /// The county code is not looked at: many are abolished and live on in people's numbers.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdNumberError> {
        let text = normalise(text);
        if text.chars().count() != 18 {
            return Err(IdNumberError::Length);
        }
        let b = text.as_bytes();
        if b.len() != 18 || !b[..17].iter().all(u8::is_ascii_digit) || !(b[17].is_ascii_digit() || b[17] == b'X') {
            return Err(IdNumberError::Characters);
        }
        let number = Self(text);
        let birth = number.read_birth_date().filter(|d| *d <= today).ok_or(IdNumberError::BirthDate)?;
        debug_assert!(birth <= today);
        let b = number.0.as_bytes();
        if check_of(&b[..17]) != b[17] {
            return Err(IdNumberError::Check);
        }
        if !PROVINCES.contains(&(u32::from(b[0] - b'0') * 10 + u32::from(b[1] - b'0'))) {
            return Err(IdNumberError::Province);
        }
        Ok(number)
    }

    /// A made number with the right check character, for synthetic people. `sequence`: odd male, even female.
    #[must_use]
    pub fn synthetic(region: u32, birth: Date, sequence: u32) -> Self {
        let body = format!(
            "{:06}{:04}{:02}{:02}{:03}",
            region % 1_000_000,
            birth.year(),
            birth.month(),
            birth.day(),
            sequence % 1000
        );
        let check = check_of(body.as_bytes()) as char;
        Self(format!("{body}{check}"))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read_birth_date(&self) -> Option<Date> {
        let year = self.0.get(6..10)?.parse().ok()?;
        let month = self.0.get(10..12)?.parse().ok()?;
        let day = self.0.get(12..14)?.parse().ok()?;
        Date::new(year, month, day).ok()
    }

    /// Day of birth.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        self.read_birth_date().unwrap_or(Date::MIN)
    }

    /// Sex, from the 17th digit.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.0.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Code of the district where the number was assigned, in force then.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0[..6]
    }

    /// Years completed on `day`: the age goes up on the birthday itself; a birthday on 29 February counts as 1 March in
    /// common years.
    #[must_use]
    pub fn age_on(&self, day: Date) -> i64 {
        let birth = self.birth_date();
        let years = i64::from(day.year()) - i64::from(birth.year());
        let had = (day.month(), day.day()) >= (birth.month(), birth.day());
        (if had { years } else { years - 1 }).max(0)
    }
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 3, 2);

    #[test]
    fn the_handbooks_numbers() {
        for number in [
            "11010519491231002X",
            "520102199003071017",
            "520103198511120024",
            "520121200506156033",
            "520102200002290037",
            "520102202603020015",
            "520114198810053318",
            "520181197001010006",
            "52252419900101001X",
            "52010219900307101７",
            "11010519491231002x",
        ] {
            assert!(IdNumber::parse(number, TODAY).is_ok(), "{number}");
        }
        for (number, error) in [
            ("520111197802290010", IdNumberError::BirthDate),
            ("520102199003071016", IdNumberError::Check),
            ("52010220990101001X", IdNumberError::BirthDate),
            ("52010219900307101", IdNumberError::Length),
            ("5201021990030710１Ａ", IdNumberError::Characters),
            ("", IdNumberError::Length),
        ] {
            assert_eq!(IdNumber::parse(number, TODAY), Err(error), "{number}");
        }
        let b = IdNumber::parse("520121200506156033", TODAY).unwrap();
        assert_eq!((b.age_on(TODAY), b.sex(), b.birth_date()), (20, Sex::Male, date(2005, 6, 15)));
        assert_eq!(IdNumber::parse("11010519491231002X", TODAY).unwrap().sex(), Sex::Female);
    }

    #[test]
    fn a_birthday_on_the_29th_of_february_is_the_first_of_march_in_common_years() {
        let leap = IdNumber::parse("520102200002290037", TODAY).unwrap();
        assert_eq!(leap.age_on(date(2026, 2, 28)), 25);
        assert_eq!(leap.age_on(date(2026, 3, 1)), 26);
        assert_eq!(leap.age_on(date(2024, 2, 29)), 24);
    }

    #[test]
    fn the_published_list_of_numbers() {
        let list = include_str!("../../../../data/test-vectors/resident_id.csv");
        let mut seen = 0;
        let heading: Vec<&str> = list.lines().next().unwrap().split(',').collect();
        let (number, valid) = (
            heading.iter().position(|h| *h == "number").unwrap(),
            heading.iter().position(|h| *h == "valid").unwrap(),
        );
        for line in list.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let expected = matches!(cells[valid], "1" | "true" | "yes");
            assert_eq!(IdNumber::parse(cells[number], date(2026, 11, 23)).is_ok(), expected, "{line}");
            seen += 1;
        }
        assert!(seen > 30);
    }

    proptest! {
        #[test]
        fn every_change_of_one_digit_is_noticed(year in 1930_i16..2020, n in 0_u32..1000, place in 0_usize..17, by in 1_u8..10) {
            let good = IdNumber::synthetic(520_102, date(year, 5, 17), n);
            prop_assert!(IdNumber::parse(good.as_str(), TODAY).is_ok());
            let mut bytes = good.as_str().as_bytes().to_vec();
            bytes[place] = b'0' + (bytes[place] - b'0' + by) % 10;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert!(IdNumber::parse(&changed, TODAY).is_err(), "{} became {}", good, changed);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = IdNumber::parse(&text, TODAY);
        }
    }
}
