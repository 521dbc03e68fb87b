//! 统一社会信用代码 (GB 32100—2015).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{checked, digits, normalise, refusals};
use crate::words;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

words!(
    /// What kind of body a code was given to, from its first two characters.
    UsccKind {
        Government = "government" / "机关",
        Institution = "institution" / "事业单位",
        MassOrganisation = "mass-organisation" / "群众团体",
        SocialOrganisation = "social-organisation" / "社会团体",
        PrivateNonEnterprise = "private-non-enterprise" / "民办非企业单位",
        Foundation = "foundation" / "基金会",
        Company = "company" / "企业",
        SoleTrader = "sole-trader" / "个体工商户",
        Cooperative = "cooperative" / "农民专业合作社",
        Other = "other" / "其他组织",
    }
);

refusals!(
    /// Why a text is no credit code.
    UsccError {
        /// Not 18 characters.
        Length = "length" / "a credit code has 18 characters"
            / "统一社会信用代码应为18位，请核对是否少填或多填。",
        /// A character outside the alphabet.
        Characters = "characters" / "a character is not in the alphabet of credit codes"
            / "统一社会信用代码由数字和大写字母组成，不含I、O、S、V、Z，请核对是否把数字1、0、5、2看成了字母。",
        /// Places 3 to 8 are not digits.
        Region = "region" / "the region of registration is not six digits"
            / "统一社会信用代码第3至8位应为数字，请对照证照核对。",
        /// The check character is another.
        Check = "check" / "the check character does not fit"
            / "统一社会信用代码校验不正确，可能有字符填错，请对照营业执照或法人证书逐位核对。",
    }
);

/// A valid unified social credit code, normalised: 18 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Uscc(String);

fn value(c: u8) -> Option<usize> {
    ALPHABET.iter().position(|a| *a == c)
}

/// Check of place 18 over the 17 before it; none when one is outside the alphabet.
fn check_of(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (weight, c) in WEIGHTS.iter().zip(body) {
        sum += weight * value(*c)?;
    }
    Some(ALPHABET[(31 - sum % 31) % 31])
}

/// Check of the organisation code (GB 11714) over its first eight characters, places 9 to 16.
fn organisation_check(code: &[u8]) -> u8 {
    let number = |c: u8| char::from(c).to_digit(36).unwrap_or(0);
    let sum: u32 = ORGANISATION_WEIGHTS.iter().zip(code).map(|(weight, c)| weight * number(*c)).sum();
    b"0X987654321"[(sum % 11) as usize]
}

impl Uscc {
    /// Normalises and checks length, alphabet, region and the last character.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let text = normalise(text);
        if text.chars().count() != 18 {
            return Err(UsccError::Length);
        }
        if !text.bytes().all(|c| value(c).is_some()) {
            return Err(UsccError::Characters);
        }
        let (body, check) = text.as_bytes().split_at(17);
        if !text.get(2..8).is_some_and(digits) {
            return Err(UsccError::Region);
        }
        if check_of(body).as_slice() != check {
            return Err(UsccError::Check);
        }
        Ok(Self(text))
    }

    /// A made code with right check characters: `kind` such as `91`, the region of registration cut to six digits, the
    /// eight characters of the organisation. None when a character is outside the alphabet.
    #[must_use]
    pub fn synthetic(kind: &str, region: u32, organisation: &str) -> Option<Self> {
        if kind.len() != 2 || organisation.len() != 8 {
            return None;
        }
        let mut code = format!("{kind}{:06}{organisation}", region % 1_000_000);
        code.push(char::from(organisation_check(organisation.as_bytes())));
        code.push(char::from(check_of(code.as_bytes())?));
        Some(Self(code))
    }

    /// The code. It is public and not masked.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Registering department and kind as written: `91` for an enterprise, `92` for a sole trader.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// What kind of body it is. Pairs that are not in the list are [`UsccKind::Other`], never refused.
    #[must_use]
    pub fn kind(&self) -> UsccKind {
        match self.prefix() {
            "11" => UsccKind::Government,
            "12" => UsccKind::Institution,
            "13" => UsccKind::MassOrganisation,
            "51" => UsccKind::SocialOrganisation,
            "52" => UsccKind::PrivateNonEnterprise,
            "53" => UsccKind::Foundation,
            "91" => UsccKind::Company,
            "92" => UsccKind::SoleTrader,
            "93" => UsccKind::Cooperative,
            _ => UsccKind::Other,
        }
    }

    /// Region of registration; `100000` for national bodies.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }

    /// The organisation code (GB 11714), places 9 to 17.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }

    /// The check character of the organisation code inside is another. A warning only: codes taken over from old
    /// registers may break it.
    #[must_use]
    pub fn organisation_code_warning(&self) -> bool {
        let code = self.organisation_code().as_bytes();
        code.split_last().is_none_or(|(check, body)| organisation_check(body) != *check)
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Uscc {
    type Err = UsccError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Uscc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_known_to_be_right() {
        for (code, kind) in [
            ("11100000000013338W", UsccKind::Government),
            ("11430000006122244L", UsccKind::Government),
            ("11330105002500287C", UsccKind::Government),
            ("11370800MB28559184", UsccKind::Government),
            ("12441500196720244T", UsccKind::Institution),
            ("91330106MA2CE71F65", UsccKind::Company),
            ("12520100MB0A00018G", UsccKind::Institution),
            ("11520100MB1B00029G", UsccKind::Government),
            ("11520100009501047G", UsccKind::Government),
            ("91520102MA6G0007X2", UsccKind::Company),
            ("92520115MA6H00089F", UsccKind::SoleTrader),
            ("51520100MJ0D00095L", UsccKind::SocialOrganisation),
        ] {
            let read = Uscc::parse(code).unwrap();
            assert_eq!((read.as_str(), read.kind()), (code, kind));
            assert!(!read.organisation_code_warning(), "{code}");
        }
        let read = Uscc::parse("９１５２０１０２ma6g0007x2 ").unwrap();
        assert_eq!((read.prefix(), read.region(), read.organisation_code()), ("91", "520102", "MA6G0007X"));
    }

    #[test]
    fn each_thing_wrong_is_told_by_its_own_words() {
        for (code, error) in [
            ("91500106MA2CE71F65", UsccError::Check),
            ("91330106MA2CE71F66", UsccError::Check),
            ("9150010807MGZHI002", UsccError::Characters),
            ("91520102MA6G0007X２３", UsccError::Length),
            ("915001080", UsccError::Length),
            ("", UsccError::Length),
            ("贵州省贵阳市南明区市场监督管理局办公室", UsccError::Length),
            ("贵州省贵阳市南明区市场监督管理局办公", UsccError::Characters),
            ("9152O102MA6G0007X2", UsccError::Characters),
            ("9152A102MA6G0007X2", UsccError::Region),
        ] {
            assert_eq!(Uscc::parse(code), Err(error), "{code}");
        }
        assert!(UsccError::Check.advice().contains("校验不正确"));
    }

    #[test]
    fn examples_can_be_made_anew() {
        for (kind, region, organisation, code) in [
            ("12", 520_100, "MB0A0001", "12520100MB0A00018G"),
            ("11", 520_100, "00950104", "11520100009501047G"),
            ("91", 520_102, "MA6G0007", "91520102MA6G0007X2"),
            ("92", 520_115, "MA6H0008", "92520115MA6H00089F"),
            ("51", 520_100, "MJ0D0009", "51520100MJ0D00095L"),
        ] {
            assert_eq!(Uscc::synthetic(kind, region, organisation).unwrap().as_str(), code);
        }
        assert_eq!(Uscc::synthetic("91", 520_100, "MA6G000I"), None);
        assert_eq!(Uscc::synthetic("9", 520_100, "MA6G0007"), None);
        assert_eq!(Uscc::synthetic("91", 520_100, "号码"), None);
    }

    #[test]
    fn a_strange_organisation_check_is_only_a_warning() {
        let mut odd = String::from("91520102MA6G00071");
        odd.push(char::from(check_of(odd.as_bytes()).unwrap()));
        let read = Uscc::parse(&odd).unwrap();
        assert!(read.organisation_code_warning());
        assert!(serde_json::from_str::<Uscc>("\"91520102MA6G0007X3\"").is_err());
    }

    #[test]
    fn the_list_of_good_and_bad_codes() {
        let list = include_str!("../../../../data/test-vectors/uscc.csv");
        let mut lines = list.lines();
        assert_eq!(lines.next(), Some("code,valid,why"));
        let mut seen = 0;
        for line in lines {
            let [code, valid, why] = line.split(',').collect::<Vec<_>>()[..] else { panic!("three columns: {line}") };
            let read = Uscc::parse(code);
            assert_eq!(read.is_ok(), valid == "1", "{line}");
            assert_eq!(read == Err(UsccError::Length), why == "17 characters", "{line}");
            seen += 1;
        }
        assert_eq!(seen, 27);
    }

    proptest! {
        #[test]
        fn made_codes_are_right(kind in "(1[12359]|5[1239]|9[123]|Y1)", organisation in "[0-9A-HJ-NPQRTUWXY]{8}", region in 110_000_u32..820_000) {
            let made = Uscc::synthetic(&kind, region, &organisation).unwrap();
            prop_assert_eq!(Uscc::parse(made.as_str()), Ok(made.clone()));
            prop_assert!(!made.organisation_code_warning());
        }

        #[test]
        fn every_change_of_one_character_is_noticed(organisation in "[0-9A-HJ-NPQRTUWXY]{8}", place in 0_usize..18, to in "[0-9A-Z]") {
            let good = Uscc::synthetic("91", 520_102, &organisation).unwrap();
            let mut changed = good.as_str().to_owned();
            changed.replace_range(place..=place, &to);
            prop_assert_eq!(Uscc::parse(&changed).is_ok(), changed == good.as_str(), "{}", changed);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", more in "\\PC{18}") {
            let _ = (Uscc::parse(&text), Uscc::parse(&more), Uscc::synthetic(&text, 1, &more));
        }
    }
}
