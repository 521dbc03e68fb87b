//! Identifiers of people, organisations, places, items, cases and certificates, with their check characters.
//!
//! Normalise, validate, store normalised, compare normalised. A valid number says "well formed", never "this person
//! exists": only a comparison with the population or legal-entity base says that.

use std::borrow::Cow;

mod case_number;
mod certificate;
mod email;
mod hybrid;
mod id_number;
mod item_code;
mod person_name;
mod phone;
mod region;
mod uscc;

pub use case_number::{BundleNumber, CaseNumber, CaseNumberError};
pub use certificate::{CertificateIdentifier, CertificateIdentifierError};
pub use email::{Email, EmailError};
pub use id_number::{IdNumber, IdNumberError, Sex};
pub use item_code::{ItemCode, ItemCodeError, ItemCodeScheme};
pub use person_name::person_name;
pub use phone::{Phone, PhoneError};
pub use region::{RegionCode, RegionCodeError, RegionLevel};
pub use uscc::{Uscc, UsccError, UsccKind};

/// Full-width letters and digits to half-width, letters to upper case, white space and invisible characters away.
#[must_use]
pub fn normalise(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !invisible(*c)).map(half_width).flat_map(char::to_uppercase).collect()
}

/// Full-width ASCII to half-width; everything else as it is.
#[must_use]
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Characters without width or shape that come along when text is copied.
const fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{00ad}')
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// Whether the first two digits are a province-level division of GB/T 2260.
fn province(code: &str) -> bool {
    const PROVINCES: [&str; 34] = [
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
        "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
    ];
    code.get(..2).is_some_and(|first| PROVINCES.contains(&first))
}

/// Declares the ways in which an identifier can be wrong: a stable code, English for the log, advice in Chinese.
macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal / $english:literal / $chinese:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum $name { $($(#[$vdoc])* #[error($english)] $variant),+ }

        impl $name {
            /// Stable word for programs.
            #[must_use]
            pub const fn code(&self) -> &'static str { match self { $(Self::$variant => $code),+ } }
            /// What is wrong and what to do, in Chinese.
            #[must_use]
            pub const fn advice(&self) -> &'static str { match self { $(Self::$variant => $chinese),+ } }
        }
        impl $crate::Failure for $name {
            fn kind(&self) -> $crate::Kind { $crate::Kind::Invalid }
            fn code(&self) -> &'static str { Self::code(self) }
            fn advice(&self) -> String { Self::advice(self).to_owned() }
        }
    };
}
use refusals;

/// Deserialises through a check, so that no malformed value ever comes in from storage or a request.
fn checked<'de, T, E, D>(deserializer: D, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    E: std::error::Error,
    D: serde::Deserializer<'de>,
{
    let text = <Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
    read(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_way_it_is_typed_it_is_one_text() {
        assert_eq!(normalise(" 5201 ０２ｘ\u{3000}\u{feff}\u{200b}"), "520102X");
        assert_eq!(half_width('（'), '(');
        assert_eq!(half_width('。'), '。');
    }
}
