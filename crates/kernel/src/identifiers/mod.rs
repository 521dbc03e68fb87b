//! Identifiers of people, organisations, places, items, cases and certificates, with their check characters.
//!
//! Normalise, validate, store normalised, compare normalised. A valid number says "well formed", never "this person
//! exists": that only the population or legal-entity base can say.

mod contact;
mod id_number;
mod numbers;
mod uscc;

pub use contact::{Email, Phone, RegionCode, person_name};
pub use id_number::{IdNumber, IdNumberError, Sex};
pub use numbers::{CaseNumber, CertificateIdentifier, ItemCode, NumberError};
pub use uscc::{Uscc, UsccError};

/// Full-width letters and digits to half-width, letters to upper case, white space away.
#[must_use]
pub fn normalise(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(half_width)
        .flat_map(char::to_uppercase)
        .collect()
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
