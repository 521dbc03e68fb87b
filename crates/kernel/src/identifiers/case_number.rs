//! 办件编号: the public number of a case. There is no national structure; this one is the platform's own and begins with
//! the division code, as the rating upload expects.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::{checked, digits, hybrid, normalise, refusals};

refusals!(
    /// Why a text is no case number.
    CaseNumberError {
        /// Not 21 digits (a bundle: B and 21 digits).
        Form = "form" / "a case number has 21 digits" / "办件编号应为21位数字，请对照收件凭证核对。",
        /// The check digit is another.
        Check = "check" / "the check digit does not fit" / "办件编号有误，可能有数字填错，请对照收件凭证逐位核对。",
        /// The day or the sequence inside cannot be.
        Content = "content" / "the number holds no such day or sequence" / "办件编号有误，请对照收件凭证逐位核对。",
    }
);

/// 办件编号: division 6, day of submission 8, daily sequence 6 and a check digit (ISO 7064 MOD 11,10): 21 digits. Given once
/// on submission, never changed, never used again. It can be guessed and opens nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CaseNumber(String);

fn check_of(body: &str) -> char {
    hybrid::character(hybrid::check(body.chars().filter_map(hybrid::value), 10))
}

fn day(number: &str) -> Option<Date> {
    let part = |from: usize, to: usize| number.get(from..to);
    Date::new(part(6, 10)?.parse().ok()?, part(10, 12)?.parse().ok()?, part(12, 14)?.parse().ok()?).ok()
}

impl CaseNumber {
    /// The number of the `sequence`-th case (1 to 999,999) of `date` in `region` (six digits). None when one of them
    /// cannot be.
    #[must_use]
    pub fn new(region: &str, date: Date, sequence: u32) -> Option<Self> {
        let fits = region.len() == 6 && digits(region) && (1..=999_999).contains(&sequence) && date.year() >= 0;
        let body = format!("{region}{:04}{:02}{:02}{sequence:06}", date.year(), date.month(), date.day());
        fits.then(|| Self(format!("{body}{}", check_of(&body))))
    }

    /// Normalises, reads and checks a number.
    ///
    /// # Errors
    /// When it is not 21 digits, its check digit does not fit, or it holds no day or sequence that can be.
    pub fn parse(text: &str) -> Result<Self, CaseNumberError> {
        let text = normalise(text);
        if text.len() != 21 || !digits(&text) {
            return Err(CaseNumberError::Form);
        }
        let (body, check) = text.split_at(20);
        if !check.starts_with(check_of(body)) {
            return Err(CaseNumberError::Check);
        }
        if day(&text).is_none() || body.ends_with("000000") {
            return Err(CaseNumberError::Content);
        }
        Ok(Self(text))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Division that took the application.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }

    /// Day of submission.
    #[must_use]
    pub fn date(&self) -> Date {
        day(&self.0).unwrap_or(Date::MIN)
    }

    /// The how-many-th of that day and division, from 1.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        self.0.get(14..20).and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for CaseNumber {
    type Err = CaseNumberError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, Self::parse)
    }
}

/// Number of a joint case (一件事): `B` and the digits of a case number of its own; each item in it has its case number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BundleNumber(CaseNumber);

impl BundleNumber {
    /// As [`CaseNumber::new`], out of the sequence of bundles.
    #[must_use]
    pub fn new(region: &str, date: Date, sequence: u32) -> Option<Self> {
        CaseNumber::new(region, date, sequence).map(Self)
    }

    /// Normalises, reads and checks a number.
    ///
    /// # Errors
    /// When the B is missing, or as [`CaseNumber::parse`].
    pub fn parse(text: &str) -> Result<Self, CaseNumberError> {
        let text = normalise(text);
        CaseNumber::parse(text.strip_prefix('B').ok_or(CaseNumberError::Form)?).map(Self)
    }
}

impl fmt::Display for BundleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B{}", self.0)
    }
}

impl std::str::FromStr for BundleNumber {
    type Err = CaseNumberError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for BundleNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BundleNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_worked_out_by_hand() {
        for (region, day, n, number) in [
            ("520100", date(2026, 3, 2), 1, "520100202603020000011"),
            ("520100", date(2026, 3, 2), 2, "520100202603020000020"),
            ("520100", date(2026, 3, 2), 17, "520100202603020000175"),
            ("520100", date(2026, 3, 2), 123, "520100202603020001233"),
            ("520115", date(2019, 6, 3), 1, "520115201906030000019"),
        ] {
            let made = CaseNumber::new(region, day, n).unwrap();
            assert_eq!(made.as_str(), number);
            let read = CaseNumber::parse(number).unwrap();
            assert_eq!((read.region(), read.date(), read.sequence()), (region, day, n));
            let bundle = BundleNumber::new(region, day, n).unwrap();
            assert_eq!(bundle.to_string(), format!("B{number}"));
            assert_eq!(format!("b{number}").parse(), Ok(bundle));
        }
        assert_eq!(CaseNumber::parse("５２０１００ 20260302 0000011").unwrap().as_str(), "520100202603020000011");
    }

    #[test]
    fn each_thing_wrong_is_told() {
        for (text, error) in [
            ("520100202603020000012", CaseNumberError::Check),
            ("5201", CaseNumberError::Form),
            ("", CaseNumberError::Form),
            ("B520100202603020000011", CaseNumberError::Form),
            ("52010020260302000001X", CaseNumberError::Form),
            ("办件编号办件编号", CaseNumberError::Form),
        ] {
            assert_eq!(CaseNumber::parse(text), Err(error), "{text}");
        }
        let with_check = |body: &str| format!("{body}{}", check_of(body));
        assert_eq!(
            CaseNumber::parse(&with_check("52010020260230000001")),
            Err(CaseNumberError::Content),
            "30 February"
        );
        assert_eq!(CaseNumber::parse(&with_check("52010020260302000000")), Err(CaseNumberError::Content), "from 1");
        assert_eq!(BundleNumber::parse("520100202603020000011"), Err(CaseNumberError::Form));
        for (region, n) in [("520100", 0), ("520100", 1_000_000), ("5201", 1), ("52010A", 1)] {
            assert_eq!(CaseNumber::new(region, date(2026, 3, 2), n), None, "{region} {n}");
        }
        assert!(serde_json::from_str::<CaseNumber>("\"520100202603020000012\"").is_err());
        let bundle = BundleNumber::parse("B520100202603020000011").unwrap();
        assert_eq!(serde_json::to_string(&bundle).unwrap(), "\"B520100202603020000011\"");
    }

    proptest! {
        #[test]
        fn every_change_of_one_digit_is_noticed(n in 1_u32..1_000_000, place in 0_usize..21, to in "[0-9]") {
            let good = CaseNumber::new("520102", date(2026, 3, 2), n).unwrap();
            prop_assert_eq!(CaseNumber::parse(good.as_str()), Ok(good.clone()));
            let mut changed = good.as_str().to_owned();
            changed.replace_range(place..=place, &to);
            prop_assert_eq!(CaseNumber::parse(&changed).is_ok(), changed == good.as_str(), "{}", changed);
        }

        #[test]
        fn numbers_of_one_day_sort_by_their_sequence(a in 1_u32..1_000_000, b in 1_u32..1_000_000) {
            let number = |n| CaseNumber::new("520102", date(2026, 3, 2), n).unwrap();
            prop_assert_eq!(number(a).cmp(&number(b)), a.cmp(&b));
        }
    }
}
