//! 电子证照标识 (GB/T 36904—2018).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Uscc, checked, digits, hybrid, refusals};

const PREFIX: &str = "1.2.156.3005.2.";

refusals!(
    /// Why a text is no certificate identifier.
    CertificateIdentifierError {
        /// A part is missing, too long or of other characters.
        Form = "form" / "not a certificate identifier" / "电子证照标识格式不正确，应以1.2.156.3005.2.开头，请核对。",
        /// The check character is another.
        Check = "check" / "the check character does not fit" / "电子证照标识校验不正确，可能有字符填错，请核对。",
    }
);

/// 电子证照标识: behind a fixed prefix and joined by dots the type code (21: credit code of the body that defines the type and
/// three digits), the issuer's credit code (18), the serial number, the version (3) and a check character (ISO 7064
/// MOD 37,36 over the four parts without dots).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CertificateIdentifier(String);

fn check_of(parts: &[&str]) -> Option<char> {
    let values: Option<Vec<u32>> = parts.iter().flat_map(|part| part.chars()).map(hybrid::value).collect();
    Some(hybrid::character(hybrid::check(values?.into_iter(), 36)))
}

/// A credit code and three digits.
fn type_code_fits(code: &str) -> bool {
    matches!((code.get(..18), code.get(18..)), (Some(definer), Some(number))
        if number.len() == 3 && digits(number) && Uscc::parse(definer).is_ok_and(|uscc| uscc.as_str() == definer))
}

impl CertificateIdentifier {
    /// Makes the identifier of a certificate this platform issues. None when the type code is no credit code with three
    /// digits, the issuer no credit code, the serial number empty or not of digits and capital letters, or the version
    /// not 1 to 999.
    #[must_use]
    pub fn new(type_code: &str, issuer: &str, serial: &str, version: u32) -> Option<Self> {
        let issuer_fits = Uscc::parse(issuer).is_ok_and(|uscc| uscc.as_str() == issuer);
        if !type_code_fits(type_code) || !issuer_fits || serial.is_empty() || !(1..=999).contains(&version) {
            return None;
        }
        let version = format!("{version:03}");
        let check = check_of(&[type_code, issuer, serial, &version])?;
        Some(Self(format!("{PREFIX}{type_code}.{issuer}.{serial}.{version}.{check}")))
    }

    /// Reads and checks an identifier. An issuer of six digits, as some bodies write it, is taken when it comes from
    /// outside; it is never made here.
    ///
    /// # Errors
    /// When a part has another form, or the check character does not fit.
    pub fn parse(text: &str) -> Result<Self, CertificateIdentifierError> {
        let text = super::normalise(text);
        let rest = text.strip_prefix(PREFIX).ok_or(CertificateIdentifierError::Form)?;
        let parts: Vec<&str> = rest.split('.').collect();
        let [type_code, issuer, serial, version, check] = parts[..] else {
            return Err(CertificateIdentifierError::Form);
        };
        let right = check_of(&[type_code, issuer, serial, version]).ok_or(CertificateIdentifierError::Form)?;
        let fits = type_code.len() == 21
            && (issuer.len() == 18 || issuer.len() == 6 && digits(issuer))
            && !serial.is_empty()
            && version.len() == 3
            && digits(version)
            && check.chars().count() == 1;
        if !fits {
            return Err(CertificateIdentifierError::Form);
        }
        if !check.starts_with(right) || !type_code_fits(type_code) || issuer.len() == 18 && Uscc::parse(issuer).is_err()
        {
            return Err(CertificateIdentifierError::Check);
        }
        Ok(Self(text))
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Type of the certificate: credit code of the body that defines it, and its number there.
    #[must_use]
    pub fn type_code(&self) -> &str {
        self.part(0)
    }

    /// The issuing body: a credit code, on some identifiers from outside a division code.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.part(1)
    }

    /// Serial number, by the rule of the body that defines the type.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.part(2)
    }

    /// Version: 1 on first issue, one more each time it is issued again with other content.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.part(3).parse().unwrap_or(0)
    }

    /// The identifier of the same certificate issued again. None after version 999, and for identifiers that could not be
    /// made here.
    #[must_use]
    pub fn next_version(&self) -> Option<Self> {
        Self::new(self.type_code(), self.issuer(), self.serial(), self.version() + 1)
    }

    fn part(&self, n: usize) -> &str {
        self.0.get(PREFIX.len()..).and_then(|rest| rest.split('.').nth(n)).unwrap_or_default()
    }
}

impl fmt::Display for CertificateIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for CertificateIdentifier {
    type Err = CertificateIdentifierError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for CertificateIdentifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SYNTHETIC: &str = "1.2.156.3005.2.12520100MB0A00018G001.11520100MB1B00029G.520100202603020000175.001.Q";

    #[test]
    fn identifiers_known_to_be_right() {
        for identifier in [
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
            "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
            "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
            "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
            "1.2.156.3005.2.11100000000013338W011.11520100009501047G.2026030200001.001.E",
            SYNTHETIC,
            "1.2.156.3005.2.12520100MB0A00018G001.11520100MB1B00029G.520100202603020000175.002.O",
        ] {
            assert_eq!(CertificateIdentifier::parse(identifier).unwrap().as_str(), identifier);
        }
    }

    #[test]
    fn what_is_made_is_read_part_by_part() {
        let made =
            CertificateIdentifier::new("12520100MB0A00018G001", "11520100MB1B00029G", "520100202603020000175", 1)
                .unwrap();
        assert_eq!(made.as_str(), SYNTHETIC);
        assert_eq!(made.type_code(), "12520100MB0A00018G001");
        assert_eq!(made.issuer(), "11520100MB1B00029G");
        assert_eq!((made.serial(), made.version()), ("520100202603020000175", 1));
        let again = made.next_version().unwrap();
        assert!(again.as_str().ends_with(".002.O"), "{again}");
        let small = CertificateIdentifier::parse(&SYNTHETIC.to_lowercase()).unwrap();
        assert_eq!(small, made);
    }

    #[test]
    fn nothing_wrong_is_ever_made() {
        let new = CertificateIdentifier::new;
        let (kind, issuer) = ("12520100MB0A00018G001", "11520100MB1B00029G");
        assert!(new(kind, issuer, "1", 999).is_some_and(|last| last.next_version().is_none()));
        for (kind, issuer, serial, version) in [
            (kind, "520100", "1", 1),
            (kind, "11520100MB1B00029F", "1", 1),
            ("12520100MB0A00018G01", issuer, "1", 1),
            ("12520100MB0A00018F001", issuer, "1", 1),
            ("12520100MB0A00018G0A1", issuer, "1", 1),
            (kind, issuer, "", 1),
            (kind, issuer, "a", 1),
            (kind, issuer, "1.2", 1),
            (kind, issuer, "1", 0),
            (kind, issuer, "1", 1000),
        ] {
            assert_eq!(new(kind, issuer, serial, version), None, "{kind} {issuer} {serial} {version}");
        }
    }

    #[test]
    fn each_thing_wrong_is_told() {
        use CertificateIdentifierError::{Check, Form};
        for (text, error) in [
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V", Check),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001", Form),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L..001.U", Form),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023.01.U", Form),
            ("1.2.156.3005.2.11100000000013338W011.1143.20230000403.001.U", Form),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.证照.001.U", Form),
            ("1.2.3", Form),
            ("", Form),
        ] {
            assert_eq!(CertificateIdentifier::parse(text), Err(error), "{text}");
        }
        // The check fits what stands there, but the issuer's code does not check.
        let parts = ["11100000000013338W011", "11430000006122244M", "20230000403", "001"];
        let forged = format!("{PREFIX}{}.{}", parts.join("."), check_of(&parts).unwrap());
        assert_eq!(CertificateIdentifier::parse(&forged), Err(Check));
        assert!(serde_json::from_str::<CertificateIdentifier>("\"1.2.3\"").is_err());
    }

    proptest! {
        #[test]
        fn every_change_of_one_character_is_noticed(serial in "[0-9A-Z]{1,32}", version in 1_u32..1000, place in 15_usize..60, to in "[0-9A-Z]") {
            let good = CertificateIdentifier::new("12520100MB0A00018G001", "11520100MB1B00029G", &serial, version).unwrap();
            prop_assert_eq!(CertificateIdentifier::parse(good.as_str()), Ok(good.clone()));
            let mut changed = good.as_str().to_owned();
            let place = place.min(changed.len() - 1);
            changed.replace_range(place..=place, &to);
            prop_assert_eq!(CertificateIdentifier::parse(&changed).is_ok(), changed == good.as_str(), "{}", changed);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", rest in "[0-9A-Z.]{0,80}") {
            let _ = CertificateIdentifier::parse(&text);
            let _ = CertificateIdentifier::parse(&format!("{PREFIX}{rest}"));
        }
    }
}
