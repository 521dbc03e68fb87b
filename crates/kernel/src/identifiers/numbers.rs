//! Numbers of cases, certificates and items.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Uscc, normalise};

/// Why a text is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Wrong length or characters.
    #[error("the number has another form")]
    Form,
    /// The check character is another.
    #[error("the check character does not fit")]
    Check,
}

/// ISO 7064 hybrid check over an alphabet of `m` characters (MOD m+1, m).
fn hybrid_check(values: impl Iterator<Item = u32>, m: u32) -> u32 {
    let p = values.fold(m, |p, v| {
        let s = (p + v) % m;
        (if s == 0 { m } else { s }) * 2 % (m + 1)
    });
    (m + 1 - p) % m
}

/// 办件编号: region 6, date 8, sequence 6 and a check digit (ISO 7064 MOD 11,10): 21 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// The number of the `sequence`-th case of `date` in `region`. None when the region is not six digits or the day has
    /// had 999,999 cases.
    #[must_use]
    pub fn new(region: &str, date: Date, sequence: u32) -> Option<Self> {
        if region.len() != 6 || !region.bytes().all(|c| c.is_ascii_digit()) || sequence > 999_999 {
            return None;
        }
        let body = format!("{region}{:04}{:02}{:02}{sequence:06}", date.year(), date.month(), date.day());
        let check = hybrid_check(body.bytes().map(|c| u32::from(c - b'0')), 10);
        Some(Self(format!("{body}{check}")))
    }

    /// Reads and checks a number.
    ///
    /// # Errors
    /// When it is not 21 digits or its check digit does not fit.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = normalise(text);
        if text.len() != 21 || !text.bytes().all(|c| c.is_ascii_digit()) {
            return Err(NumberError::Form);
        }
        let (body, check) = text.split_at(20);
        let right = hybrid_check(body.bytes().map(|c| u32::from(c - b'0')), 10);
        if check == right.to_string() { Ok(Self(text)) } else { Err(NumberError::Check) }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 电子证照标识 (GB/T 36904—2018): type code 21, issuer, serial, version 3, check, behind a fixed prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertificateIdentifier(String);

const PREFIX: &str = "1.2.156.3005.2.";

fn letter_value(c: char) -> Option<u32> {
    c.to_digit(36).filter(|_| !c.is_ascii_lowercase())
}

fn letter(value: u32) -> char {
    char::from_digit(value, 36).unwrap_or('0').to_ascii_uppercase()
}

fn certificate_check(parts: &[&str]) -> Option<char> {
    let values: Option<Vec<u32>> = parts.iter().flat_map(|p| p.chars()).map(letter_value).collect();
    Some(letter(hybrid_check(values?.into_iter(), 36)))
}

impl CertificateIdentifier {
    /// Makes the identifier. None when a part is not of capital letters and digits or the type code not of 21 characters.
    #[must_use]
    pub fn new(type_code: &str, issuer: &str, serial: &str, version: u32) -> Option<Self> {
        if type_code.len() != 21 || issuer.is_empty() || serial.is_empty() || version > 999 {
            return None;
        }
        let version = format!("{version:03}");
        let check = certificate_check(&[type_code, issuer, serial, &version])?;
        Some(Self(format!("{PREFIX}{type_code}.{issuer}.{serial}.{version}.{check}")))
    }

    /// Reads and checks an identifier.
    ///
    /// # Errors
    /// When a part is missing or the check character does not fit.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let rest = text.trim().strip_prefix(PREFIX).ok_or(NumberError::Form)?;
        let parts: Vec<&str> = rest.split('.').collect();
        let [type_code, issuer, serial, version, check] = parts[..] else { return Err(NumberError::Form) };
        if type_code.len() != 21 || version.len() != 3 || check.chars().count() != 1 {
            return Err(NumberError::Form);
        }
        let right = certificate_check(&[type_code, issuer, serial, version]).ok_or(NumberError::Form)?;
        if check.starts_with(right) { Ok(Self(text.trim().to_owned())) } else { Err(NumberError::Check) }
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A service item code of the national platform: base code 12, implementation code 31, handling item code 33.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemCode {
    /// 基本编码.
    Base(String),
    /// 实施编码.
    Implementation {
        /// The implementing body.
        body: Uscc,
        /// Exercise level 1–7.
        level: u8,
        /// 基本编码.
        base: String,
        /// 业务办理项 sequence, when split.
        handling: Option<String>,
    },
}

impl ItemCode {
    /// Reads a code of 12, 31 or 33 characters.
    ///
    /// # Errors
    /// When length, type digits or level are others, or the body's code does not check.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = normalise(text);
        if !text.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
            return Err(NumberError::Form);
        }
        let base = |code: &str| {
            let item_type = code.get(2..4).and_then(|t| t.parse::<u8>().ok());
            let known = matches!(item_type, Some(1..=10 | 20..=29));
            if known { Ok(code.to_owned()) } else { Err(NumberError::Form) }
        };
        match text.len() {
            12 => base(&text).map(Self::Base),
            31 | 33 => {
                let body = Uscc::parse(&text[..18]).map_err(|_| NumberError::Check)?;
                let level = text.as_bytes()[18];
                if !(b'1'..=b'7').contains(&level) {
                    return Err(NumberError::Form);
                }
                Ok(Self::Implementation {
                    body,
                    level: level - b'0',
                    base: base(&text[19..31])?,
                    handling: text.get(31..).filter(|s| !s.is_empty()).map(str::to_owned),
                })
            }
            _ => Err(NumberError::Form),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_handbooks_case_numbers() {
        for (region, day, n, number) in [
            ("520100", date(2026, 3, 2), 1, "520100202603020000011"),
            ("520100", date(2026, 3, 2), 2, "520100202603020000020"),
            ("520100", date(2026, 3, 2), 17, "520100202603020000175"),
            ("520100", date(2026, 3, 2), 123, "520100202603020001233"),
            ("520115", date(2019, 6, 3), 1, "520115201906030000019"),
        ] {
            let made = CaseNumber::new(region, day, n).unwrap();
            assert_eq!(made.as_str(), number);
            assert_eq!(CaseNumber::parse(number), Ok(made));
        }
        assert_eq!(CaseNumber::parse("520100202603020000012"), Err(NumberError::Check));
        assert_eq!(CaseNumber::parse("5201"), Err(NumberError::Form));
        assert!(CaseNumber::new("520100", date(2026, 3, 2), 1_000_000).is_none());
    }

    #[test]
    fn the_handbooks_certificate_identifiers() {
        for good in [
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
            "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
            "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
            "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
            "1.2.156.3005.2.11100000000013338W011.11520100009501047G.2026030200001.001.E",
            "1.2.156.3005.2.12520100MB0A00018G001.11520100MB1B00029G.520100202603020000175.001.Q",
            "1.2.156.3005.2.12520100MB0A00018G001.11520100MB1B00029G.520100202603020000175.002.O",
        ] {
            assert!(CertificateIdentifier::parse(good).is_ok(), "{good}");
        }
        let made = CertificateIdentifier::new("12520100MB0A00018G001", "11520100MB1B00029G", "520100202603020000175", 1);
        assert!(made.unwrap().as_str().ends_with(".001.Q"));
        assert_eq!(
            CertificateIdentifier::parse(
                "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V"
            ),
            Err(NumberError::Check)
        );
        assert_eq!(CertificateIdentifier::parse("1.2.3"), Err(NumberError::Form));
    }

    #[test]
    fn the_handbooks_item_codes() {
        let ItemCode::Implementation { body, level, base, handling } =
            ItemCode::parse("11370800MB285591843370117002011").unwrap()
        else {
            panic!("31 characters are an implementation code")
        };
        assert_eq!((body.as_str(), level, base.as_str(), handling), ("11370800MB28559184", 3, "370117002011", None));
        assert!(ItemCode::parse("12441500196720244T3442199806003").is_ok());
        assert!(matches!(ItemCode::parse("000131001000"), Ok(ItemCode::Base(_))));
        assert!(ItemCode::parse("11520100MB1B00029G3000131001000").is_ok());
        assert!(matches!(
            ItemCode::parse("11520100MB1B00029G300013100100001"),
            Ok(ItemCode::Implementation { handling: Some(h), .. }) if h == "01"
        ));
        assert!(ItemCode::parse("11520100MB1B00029G9000131001000").is_err());
    }

    proptest! {
        #[test]
        fn every_change_of_one_digit_of_a_case_number_is_noticed(n in 0_u32..1_000_000, place in 0_usize..21, by in 1_u8..10) {
            let good = CaseNumber::new("520102", date(2026, 3, 2), n).unwrap();
            let mut bytes = good.as_str().as_bytes().to_vec();
            bytes[place] = b'0' + (bytes[place] - b'0' + by) % 10;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert!(CaseNumber::parse(&changed).is_err());
        }
    }
}
