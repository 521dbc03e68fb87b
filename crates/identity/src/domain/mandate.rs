//! Who may act for an enterprise (企业授权).

use kernel::{Date, SubjectId};

use crate::IdentityError;

kernel::words!(
    /// What a person may do for an enterprise.
    MandateRole {
        LegalRepresentative = "legal_representative" / "法定代表人",
        Administrator = "administrator" / "企业管理员",
        HandlingAgent = "handling_agent" / "经办人",
        SealKeeper = "seal_keeper" / "印章管理员",
    }
);

/// A person's mandate for an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// The enterprise.
    pub enterprise: SubjectId,
    /// The person.
    pub person: SubjectId,
    /// What he may do.
    pub role: MandateRole,
    /// First day.
    pub since: Date,
    /// Last day; none: until ended. Only the legal representative has no last day.
    pub until: Option<Date>,
}

impl Mandate {
    /// Whether it holds on `day`, both its first and its last day included.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.since <= day && self.until.is_none_or(|until| day <= until)
    }
    /// Whether its dates are lawful: named mandates end, and after a year at the latest they are renewed.
    pub(crate) fn check(&self) -> Result<(), IdentityError> {
        let lawful = match (self.role, self.until) {
            (MandateRole::LegalRepresentative, None) => true,
            (_, None) => false,
            (_, Some(until)) => {
                until >= self.since
                    && (self.role == MandateRole::LegalRepresentative || within_a_year(self.since, until))
            }
        };
        if lawful { Ok(()) } else { Err(IdentityError::MandateDates) }
    }
}

/// Whether `until` is at most the day of the same date a year after `since`.
fn within_a_year(since: Date, until: Date) -> bool {
    (until.year(), until.month(), until.day()) <= (since.year() + 1, since.month(), since.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn mandate(role: MandateRole, since: &str, until: Option<&str>) -> Mandate {
        Mandate {
            enterprise: SubjectId::from(1),
            person: SubjectId::from(2),
            role,
            since: day(since),
            until: until.map(day),
        }
    }

    #[test]
    fn a_mandate_holds_from_its_first_to_its_last_day() {
        let agent = mandate(MandateRole::HandlingAgent, "2026-03-02", Some("2026-06-30"));
        for (on, holds) in [("2026-03-01", false), ("2026-03-02", true), ("2026-06-30", true), ("2026-07-01", false)] {
            assert_eq!(agent.in_force(day(on)), holds, "{on}");
        }
        assert!(mandate(MandateRole::LegalRepresentative, "2020-01-01", None).in_force(day("2060-01-01")));
    }

    #[test]
    fn only_the_legal_representative_stays_without_end() {
        assert!(mandate(MandateRole::LegalRepresentative, "2026-03-02", None).check().is_ok());
        assert!(mandate(MandateRole::LegalRepresentative, "2026-03-02", Some("2030-01-01")).check().is_ok());
        for role in [MandateRole::Administrator, MandateRole::HandlingAgent, MandateRole::SealKeeper] {
            assert!(mandate(role, "2026-03-02", Some("2027-03-02")).check().is_ok());
            for until in [None, Some("2027-03-03"), Some("2026-03-01")] {
                assert!(
                    matches!(mandate(role, "2026-03-02", until).check(), Err(IdentityError::MandateDates)),
                    "{until:?}"
                );
            }
        }
        assert!(mandate(MandateRole::HandlingAgent, "2028-02-29", Some("2029-02-28")).check().is_ok());
    }
}
