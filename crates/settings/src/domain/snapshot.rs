//! What counts on a day.

use std::sync::Arc;

use kernel::{Date, calendar::WorkingCalendar};

use super::{notices::NoticeTexts, offices::Offices, rules::Rules};

/// Every version of every topic, read once. Each list is in the order of the versions.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) calendars: Vec<(Date, i64, Arc<WorkingCalendar>)>,
    pub(crate) notices: Vec<(Date, Arc<NoticeTexts>)>,
    pub(crate) offices: Vec<(Date, Arc<Offices>)>,
    pub(crate) rules: Vec<(Date, Arc<Rules>)>,
    pub(crate) published: Arc<WorkingCalendar>,
}

impl Snapshot {
    /// The working days as they counted on `day`: the newest version whose first day had come.
    #[must_use]
    pub fn calendar_on(&self, day: Date) -> Arc<WorkingCalendar> {
        let found = self.calendars.iter().rev().find(|(from, ..)| *from <= day);
        found.map_or_else(|| Arc::clone(&self.published), |(_, _, calendar)| Arc::clone(calendar))
    }

    /// The version of the calendar that counted on `day`; 0: the one published with the program.
    #[must_use]
    pub fn calendar_version_on(&self, day: Date) -> i64 {
        self.calendars.iter().rev().find(|(from, ..)| *from <= day).map_or(0, |(_, version, _)| *version)
    }

    /// The newest calendar, in force or not yet: what a new one is laid over.
    #[must_use]
    pub fn newest_calendar(&self) -> Arc<WorkingCalendar> {
        self.calendars.last().map_or_else(|| Arc::clone(&self.published), |(_, _, calendar)| Arc::clone(calendar))
    }

    /// The words of notices on `day`.
    #[must_use]
    pub fn notices_on(&self, day: Date) -> Arc<NoticeTexts> {
        self.notices.iter().rev().find(|(from, _)| *from <= day).map(|(_, n)| Arc::clone(n)).unwrap_or_default()
    }

    /// The rules of handling on `day`.
    #[must_use]
    pub fn rules_on(&self, day: Date) -> Arc<Rules> {
        self.rules.iter().rev().find(|(from, _)| *from <= day).map(|(_, r)| Arc::clone(r)).unwrap_or_default()
    }

    /// How departments are reached on `day`.
    #[must_use]
    pub fn offices_on(&self, day: Date) -> Arc<Offices> {
        self.offices.iter().rev().find(|(from, _)| *from <= day).map(|(_, o)| Arc::clone(o)).unwrap_or_default()
    }
}
