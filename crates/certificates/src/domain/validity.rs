//! How long a certificate is valid.

use jiff::{Span, ToSpan as _};
use kernel::Date;
use vocab::CertificateType;

/// The identity card, whose validity goes by the holder's age.
pub(crate) const RESIDENT_ID: &str = "resident-id";

/// Years for which an identity card is valid when issued at this age; none = no expiry (居民身份证法 第五条).
#[must_use]
pub const fn resident_id_years(age: i64) -> Option<i64> {
    match age {
        ..16 => Some(5),
        16..=25 => Some(10),
        26..=45 => Some(20),
        46.. => None,
    }
}

/// Last valid day of a certificate issued on `issued_on`: the day before the same day after the type's years, or none.
/// An identity card is valid through the same day, as is printed on it. `age` is that of the holder on the day of issue,
/// and asked for identity cards alone: `Err` when it is not known.
///
/// # Errors
/// When the type is the identity card and `age` is none.
pub fn last_day(kind: &CertificateType, issued_on: Date, age: Option<i64>) -> Result<Option<Date>, AgeUnknown> {
    if kind.key == RESIDENT_ID {
        let years = resident_id_years(age.ok_or(AgeUnknown)?);
        return Ok(years.and_then(|years| after(issued_on, years.years())));
    }
    if kind.validity_years == 0 {
        return Ok(None);
    }
    let same_day = after(issued_on, i64::from(kind.validity_years).years());
    // Without such a day (29 February) the last day of the month is already the day before.
    Ok(same_day.map(|day| if day.day() < issued_on.day() { day } else { day.yesterday().unwrap_or(day) }))
}

fn after(day: Date, span: Span) -> Option<Date> {
    day.checked_add(span).ok()
}

/// The age is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the holder's age is not known")]
pub struct AgeUnknown;

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kernel::SubjectKind;

    use super::*;

    fn kind(key: &str, years: u32) -> CertificateType {
        CertificateType {
            key: key.into(),
            name: "证".into(),
            holder: SubjectKind::Person,
            issuer: "public-security".into(),
            validity_years: years,
            fields: Vec::new(),
        }
    }

    #[test]
    fn an_identity_card_goes_by_age() {
        let card = kind(RESIDENT_ID, 20);
        let on = date(2026, 3, 2);
        for (age, last) in [
            (0, Some(date(2031, 3, 2))),
            (15, Some(date(2031, 3, 2))),
            (16, Some(date(2036, 3, 2))),
            (25, Some(date(2036, 3, 2))),
            (26, Some(date(2046, 3, 2))),
            (45, Some(date(2046, 3, 2))),
            (46, None),
            (99, None),
        ] {
            assert_eq!(last_day(&card, on, Some(age)), Ok(last), "{age}");
        }
        assert_eq!(last_day(&card, on, None), Err(AgeUnknown));
    }

    #[test]
    fn other_certificates_end_the_day_before() {
        assert_eq!(last_day(&kind("x", 5), date(2026, 3, 2), None), Ok(Some(date(2031, 3, 1))));
        assert_eq!(last_day(&kind("x", 1), date(2026, 1, 1), None), Ok(Some(date(2026, 12, 31))));
        assert_eq!(last_day(&kind("x", 5), date(2024, 2, 29), None), Ok(Some(date(2029, 2, 28))));
        assert_eq!(last_day(&kind("x", 4), date(2024, 2, 29), None), Ok(Some(date(2028, 2, 28))));
        assert_eq!(last_day(&kind("x", 0), date(2024, 2, 29), None), Ok(None));
    }
}
