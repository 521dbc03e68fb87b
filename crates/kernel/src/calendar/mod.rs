//! The city's working days (工作日): Monday to Friday, without statutory holidays, with the weekend days on which work is
//! made up. Days are data by year; a year without data gives provisional answers, never a guess taken for certain.
//!
//! Law: 行政许可法 第八十二条 (periods are working days, statutory holidays left out); 民法典 第二百零一条 (the day of the
//! event is not counted, counting begins the day after); 全国年节及纪念日放假办法 and the yearly notices of the State
//! Council office (which days).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
};
use serde::{Deserialize, Serialize};

mod counting;
mod explain;
mod file;
#[cfg(test)]
mod tests;

pub use explain::{DayNote, weekday};
pub use file::{CalendarError, LineFault};

/// What a day is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DayKind {
    /// An ordinary working day.
    Working,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// A day off by the yearly notice; weekend days inside a holiday belong to it.
    Holiday {
        /// Of which holiday, such as 国庆节.
        name: String,
    },
    /// A Saturday or Sunday on which work is made up (调休上班).
    MakeUpWorkday {
        /// For which holiday.
        name: String,
    },
}

impl DayKind {
    /// Whether the day counts.
    #[must_use]
    pub const fn is_working(&self) -> bool {
        matches!(self, Self::Working | Self::MakeUpWorkday { .. })
    }
}

/// A last day, and whether it rests on published data alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deadline {
    /// The last day of the period; it ends with the day, at 24:00.
    pub date: Date,
    /// A day on the way lies in a year without data: computed by weekdays alone, to be computed again once the year is
    /// published, and no ground for a red light.
    pub provisional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Holiday,
    Workday,
}

/// One listed day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    mark: Mark,
    name: String,
    /// A weekday that is off only because another day is worked.
    in_lieu: bool,
}

/// The working days of the city. The default calendar knows no year and goes by weekdays alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    /// The listed days; all others go by their weekday.
    days: BTreeMap<Date, Entry>,
    /// Years whose notice is in `days`.
    years: BTreeSet<i16>,
}

impl WorkingCalendar {
    /// Whether the holidays of `year` are published and loaded: New Year's Day and National Day are listed. A notice that
    /// merely touches the December before it, or a file cut short, does not make a year known.
    #[must_use]
    pub fn known(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// The known years, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> + '_ {
        self.years.iter().copied()
    }

    /// What `date` is; by weekday alone when it is not listed.
    #[must_use]
    pub fn day(&self, date: Date) -> DayKind {
        match self.days.get(&date) {
            Some(Entry { mark: Mark::Holiday, name, .. }) => DayKind::Holiday { name: name.clone() },
            Some(Entry { mark: Mark::Workday, name, .. }) => DayKind::MakeUpWorkday { name: name.clone() },
            None if weekend(date) => DayKind::Weekend,
            None => DayKind::Working,
        }
    }

    /// Whether `date` counts; by weekday alone when it is not listed.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        self.days.get(&date).map_or_else(|| !weekend(date), |entry| entry.mark == Mark::Workday)
    }

    fn learn_years(&mut self) {
        let listed = |day| self.days.contains_key(&day);
        let years: BTreeSet<i16> = self.days.keys().map(|day| day.year()).collect();
        self.years = years.into_iter().filter(|year| listed(date(*year, 1, 1)) && listed(date(*year, 10, 1))).collect();
    }
}

fn weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day after; none after the last day there is.
fn step(day: Date) -> Option<Date> {
    day.checked_add(1.day()).ok()
}
