//! 统一社会信用代码 (GB 32100—2015).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::normalise;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A valid unified social credit code, normalised: 18 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uscc(String);

/// Why a text is no credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("a credit code has 18 characters")]
    Length,
    /// A character outside the alphabet (I, O, S, V, Z are not in it).
    #[error("a character is not in the alphabet")]
    Characters,
    /// The check character is another.
    #[error("the check character does not fit")]
    Check,
}

impl UsccError {
    /// What to do, in Chinese.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Length => "统一社会信用代码应为18位，请核对是否少填或多填。",
            Self::Characters => "统一社会信用代码由数字和大写字母组成，不含I、O、S、V、Z，请核对。",
            Self::Check => "统一社会信用代码校验不正确，请对照营业执照逐位核对。",
        }
    }
}

fn value(c: u8) -> Option<usize> {
    ALPHABET.iter().position(|a| *a == c)
}

fn check_of(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (weight, c) in WEIGHTS.iter().zip(body) {
        sum += weight * value(*c)?;
    }
    Some(ALPHABET[(31 - sum % 31) % 31])
}

/// Check of the organisation code (GB 11714) at places 9–16.
fn organisation_check(code: &[u8]) -> u8 {
    let number = |c: u8| if c.is_ascii_digit() { u32::from(c - b'0') } else { u32::from(c - b'A') + 10 };
    let sum: u32 = ORGANISATION_WEIGHTS.iter().zip(code).map(|(w, c)| w * number(*c)).sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        n => b'0' + u8::try_from(n).unwrap_or(0),
    }
}

impl Uscc {
    /// Normalises and checks length, alphabet and the last character.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let text = normalise(text);
        if text.chars().count() != 18 {
            return Err(UsccError::Length);
        }
        let b = text.as_bytes();
        if b.len() != 18 || !b.iter().all(|c| value(*c).is_some()) {
            return Err(UsccError::Characters);
        }
        if check_of(&b[..17]) != Some(b[17]) {
            return Err(UsccError::Check);
        }
        Ok(Self(text))
    }

    /// A made code with right check characters: `kind` such as `91`, the region of registration, eight characters.
    /// None when a character is outside the alphabet.
    #[must_use]
    pub fn synthetic(kind: &str, region: u32, organisation: &str) -> Option<Self> {
        let organisation = organisation.as_bytes();
        if organisation.len() != 8 || !organisation.iter().all(|c| value(*c).is_some()) || kind.len() != 2 {
            return None;
        }
        let mut body = format!("{kind}{region:06}").into_bytes();
        body.extend_from_slice(organisation);
        body.push(organisation_check(organisation));
        body.push(check_of(&body)?);
        String::from_utf8(body).ok().map(Self)
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Department of registration and kind, such as `91` (enterprise) or `92` (sole trader).
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.0[..2]
    }

    /// District of registration.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0[2..8]
    }

    /// The organisation code inside has another check character: a warning only, since codes of old registers break it.
    #[must_use]
    pub fn organisation_code_warning(&self) -> bool {
        let b = self.0.as_bytes();
        organisation_check(&b[8..16]) != b[16]
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_handbooks_codes() {
        for code in [
            "11100000000013338W",
            "11430000006122244L",
            "11330105002500287C",
            "11370800MB28559184",
            "12441500196720244T",
            "91330106MA2CE71F65",
            "12520100MB0A00018G",
            "11520100MB1B00029G",
            "11520100009501047G",
            "91520102MA6G0007X2",
            "92520115MA6H00089F",
            "51520100MJ0D00095L",
        ] {
            let parsed = Uscc::parse(code).unwrap();
            assert!(!parsed.organisation_code_warning(), "{code}");
        }
        assert_eq!(Uscc::parse("91500106MA2CE71F65"), Err(UsccError::Check));
        assert_eq!(Uscc::parse("9150010807MGZHI002"), Err(UsccError::Characters));
        assert_eq!(Uscc::parse("915001080"), Err(UsccError::Length));
        assert_eq!(Uscc::parse("９１５２０１０２MA6G0007X2").unwrap().kind(), "91");
    }

    #[test]
    fn the_published_list_of_codes() {
        let list = include_str!("../../../../data/test-vectors/uscc.csv");
        let heading: Vec<&str> = list.lines().next().unwrap().split(',').collect();
        let (code, valid) = (
            heading.iter().position(|h| *h == "code" || *h == "uscc").unwrap(),
            heading.iter().position(|h| *h == "valid").unwrap(),
        );
        for line in list.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let expected = matches!(cells[valid], "1" | "true" | "yes");
            assert_eq!(Uscc::parse(cells[code]).is_ok(), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn made_codes_are_valid(organisation in "[0-9A-HJ-NP-RT-UW-Y]{8}", region in 520_102_u32..520_124) {
            if let Some(made) = Uscc::synthetic("91", region, &organisation) {
                prop_assert_eq!(Uscc::parse(made.as_str()), Ok(made.clone()));
                prop_assert!(!made.organisation_code_warning());
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = Uscc::parse(&text);
        }
    }
}
