//! One version of one topic.

use jiff::ToSpan;
use kernel::{Date, Timestamp, city_date, words};

words!(
    /// What is set.
    Topic {
        Calendar = "calendar" / "工作日历",
        Notices = "notices" / "文书用语",
        Offices = "offices" / "部门联系方式",
        Rules = "rules" / "办理规则",
    }
);

/// One version as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Of what.
    pub topic: Topic,
    /// From 1.
    pub version: i64,
    /// First day in force.
    pub valid_from: Date,
    /// The text: CSV of a calendar, JSON of the others.
    pub body: String,
    /// SM3 of the text, hexadecimal.
    pub digest: String,
    /// Why.
    pub reason: String,
    /// By whom, as shown.
    pub by: String,
    /// When it was made.
    pub at: Timestamp,
    /// When running deadlines had been computed by it.
    pub applied_at: Option<Timestamp>,
}

/// Milliseconds that every process has to learn of a version before its first day begins.
const NOTICE_MS: i64 = 10 * 60_000;

/// The first day on which a version made at `at` can count: tomorrow, or the day after in the last minutes of a day.
#[must_use]
pub(crate) fn first_day(at: Timestamp) -> Date {
    let later = Timestamp::from_millisecond(at.as_millisecond().saturating_add(NOTICE_MS)).unwrap_or(at);
    city_date(later).checked_add(1.day()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_counts_from_tomorrow_and_never_from_a_day_about_to_begin() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(first_day(at("2026-03-02T09:00:00+08:00")), day("2026-03-03"));
        assert_eq!(first_day(at("2026-03-02T23:49:59+08:00")), day("2026-03-03"));
        assert_eq!(first_day(at("2026-03-02T23:55:00+08:00")), day("2026-03-04"));
    }
}
