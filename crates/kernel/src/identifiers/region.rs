//! 行政区划代码 (GB/T 2260, and the statistical codes of townships and villages below it).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{checked, digits, normalise, province, refusals};
use crate::words;

/// GB/T 2260 for the whole country, the region of national bodies.
const NATION: &str = "100000";

words!(
    /// Level of a division.
    RegionLevel {
        Nation = "nation" / "国家",
        Province = "province" / "省（自治区、直辖市）",
        City = "city" / "市（州）",
        County = "county" / "县（市、区）",
        Township = "township" / "乡镇（街道）",
        Village = "village" / "村（社区）",
    }
);

refusals!(
    /// Why a text is no division code.
    RegionCodeError {
        /// Not 6, 9 or 12 digits.
        Form = "form" / "a division code has 6, 9 or 12 digits" / "区划代码应为6位、9位或12位数字，请从列表中选择地区。",
        /// No such province.
        Province = "province" / "the first two digits are no province" / "区划代码前两位不是有效的省级代码，请从列表中选择地区。",
    }
);

/// A division code: 6, 9 or 12 digits as given. Whether there is such a division, only the list of divisions says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct RegionCode(String);

impl RegionCode {
    /// Checks form and province. Whoever wants to say what is wrong uses [`str::parse`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// The code as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first six digits: the county, or the city, province or nation itself.
    #[must_use]
    pub fn county(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }

    /// All twelve digits, those missing at the end being 0.
    #[must_use]
    pub fn padded(&self) -> String {
        format!("{:0<12}", self.0)
    }

    /// Which level, from the zeros at the end: `520100` and `520100000000` are the same city.
    #[must_use]
    pub fn level(&self) -> RegionLevel {
        if self.county() == NATION {
            return RegionLevel::Nation;
        }
        match self.significant().len() {
            2 => RegionLevel::Province,
            4 => RegionLevel::City,
            6 => RegionLevel::County,
            9 => RegionLevel::Township,
            _ => RegionLevel::Village,
        }
    }

    /// Whether `other` is this division or lies in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.level() == RegionLevel::Nation || other.0.starts_with(self.significant())
    }

    /// The digits without the groups of zeros at the end: 2, 4, 6, 9 or 12.
    fn significant(&self) -> &str {
        let filled = |end: usize| {
            let group = if end > 6 { end - 3 } else { end - 2 };
            self.0.get(group..end).is_some_and(|digits| digits.bytes().any(|digit| digit != b'0'))
        };
        let end = [12, 9, 6, 4].into_iter().find(|end| filled(*end)).unwrap_or(2);
        self.0.get(..end).unwrap_or_default()
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for RegionCode {
    type Err = RegionCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = normalise(text);
        if !matches!(text.len(), 6 | 9 | 12) || !digits(&text) {
            return Err(RegionCodeError::Form);
        }
        if !province(&text) && !text.starts_with(NATION) {
            return Err(RegionCodeError::Province);
        }
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        text.parse().unwrap()
    }

    #[test]
    fn the_level_follows_from_the_zeros() {
        for (text, level) in [
            ("100000", RegionLevel::Nation),
            ("520000", RegionLevel::Province),
            ("520100", RegionLevel::City),
            ("520100000000", RegionLevel::City),
            ("520102", RegionLevel::County),
            ("520114", RegionLevel::County),
            ("520181", RegionLevel::County),
            ("520171", RegionLevel::County),
            ("520102000000", RegionLevel::County),
            ("520102016", RegionLevel::Township),
            ("520102016000", RegionLevel::Township),
            ("520102016001", RegionLevel::Village),
            ("520110", RegionLevel::County),
            ("520102010", RegionLevel::Township),
        ] {
            assert_eq!(code(text).level(), level, "{text}");
        }
        assert_eq!(code("520115001000").county(), "520115");
        assert_eq!(code("520115").padded(), "520115000000");
        assert_eq!(code("５２０１１５").as_str(), "520115");
    }

    #[test]
    fn a_division_contains_itself_and_what_is_below() {
        for (outer, inner, yes) in [
            ("520100", "520102", true),
            ("520100000000", "520102016001", true),
            ("520102", "520102000000", true),
            ("520102000000", "520102", true),
            ("520102", "520103", false),
            ("520102", "520100", false),
            ("100000", "520102", true),
            ("520000", "520100", true),
        ] {
            assert_eq!(code(outer).contains(&code(inner)), yes, "{outer} {inner}");
        }
    }

    #[test]
    fn others_are_refused() {
        for (text, error) in [
            ("5201", RegionCodeError::Form),
            ("52010a", RegionCodeError::Form),
            ("", RegionCodeError::Form),
            ("南明", RegionCodeError::Form),
            ("990102", RegionCodeError::Province),
        ] {
            assert_eq!(text.parse::<RegionCode>(), Err(error), "{text}");
            assert_eq!(RegionCode::parse(text), None);
        }
    }
}
