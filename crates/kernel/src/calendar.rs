//! The city's working days (工作日): Monday to Friday, without statutory holidays, with the weekend days on which work is
//! made up. Days are data by year; a year without data gives provisional answers, never a guess taken for certain.
//!
//! Law: 行政许可法 第八十二条 (working days, statutory holidays left out); 民法典 第二百零一条 (the first day is not
//! counted); 全国年节及纪念日放假办法.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// Why a calendar could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A line is not `date,kind,name,in_lieu`.
    #[error("line {line}: {reason}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A day already past would change its kind.
    #[error("{0} is past: its kind cannot be changed any more")]
    Past(Date),
}

impl CalendarError {
    /// What to do, in Chinese.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Line { line, .. } => format!("日历文件第{line}行有误，请按“日期,类型,名称,是否调休”改正后重新导入。"),
            Self::Past(day) => format!("{}已经过去，不能再改动。", crate::show_date(*day)),
        }
    }
}

/// What a day is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// An ordinary working day.
    Working,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// A day off by the yearly notice.
    Holiday(String),
    /// A weekend day on which work is made up (调休上班).
    MakeUp(String),
}

impl DayKind {
    /// Whether it counts.
    #[must_use]
    pub const fn is_working(&self) -> bool {
        matches!(self, Self::Working | Self::MakeUp(_))
    }
}

/// A last day, and whether it rests on published data alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The day.
    pub date: Date,
    /// A day on the way lies in a year without data: by weekday rule only, to be computed again.
    pub provisional: bool,
}

/// One day of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNote {
    /// The day.
    pub date: Date,
    /// The how-many-th day it counts as; none when it is left out.
    pub counted: Option<u32>,
    /// Why, in Chinese.
    pub reason: String,
}

/// The working days of the city.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    days: BTreeMap<Date, DayKind>,
    years: BTreeSet<i16>,
}

impl WorkingCalendar {
    /// Reads `date,kind,name,in_lieu` lines under a heading; kind is `holiday` or `workday`. A year is known when the text
    /// holds at least one of its days.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(csv: &str) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        for (i, text) in csv.lines().enumerate().skip(1).filter(|(_, t)| !t.trim().is_empty()) {
            let wrong = |reason: String| CalendarError::Line { line: i + 1, reason };
            let mut parts = text.split(',').map(str::trim);
            let (Some(date), Some(kind), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(wrong("fewer than three columns".to_owned()));
            };
            let date: Date = date.parse().map_err(|e: jiff::Error| wrong(e.to_string()))?;
            let kind = match kind {
                "holiday" => DayKind::Holiday(name.to_owned()),
                "workday" => DayKind::MakeUp(name.to_owned()),
                other => return Err(wrong(format!("unknown kind {other:?}"))),
            };
            calendar.years.insert(date.year());
            if calendar.days.insert(date, kind).is_some() {
                return Err(wrong(format!("{date} stands there twice")));
            }
        }
        Ok(calendar)
    }

    /// Takes over the days of another file, such as a newly published year.
    ///
    /// # Errors
    /// When a day before `today` would become another kind.
    pub fn amend(&mut self, other: &Self, today: Date) -> Result<(), CalendarError> {
        let changed = self
            .days
            .keys()
            .chain(other.days.keys())
            .filter(|d| other.years.contains(&d.year()) && self.years.contains(&d.year()) && **d < today)
            .find(|d| self.day(**d) != other.day(**d));
        if let Some(day) = changed {
            return Err(CalendarError::Past(*day));
        }
        self.days.retain(|d, _| !other.years.contains(&d.year()));
        self.days.extend(other.days.iter().map(|(d, k)| (*d, k.clone())));
        self.years.extend(&other.years);
        Ok(())
    }

    /// Whether the holidays of `year` are published.
    #[must_use]
    pub fn known(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// What `date` is; by weekday alone in a year without data.
    #[must_use]
    pub fn day(&self, date: Date) -> DayKind {
        self.days.get(&date).cloned().unwrap_or_else(|| {
            if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) { DayKind::Weekend } else { DayKind::Working }
        })
    }

    /// Whether `date` counts.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        match self.days.get(&date) {
            Some(kind) => kind.is_working(),
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The n-th working day after `start`, which is itself not counted; `start` for n = 0.
    #[must_use]
    pub fn deadline(&self, start: Date, n: u32) -> Deadline {
        self.deadline_excluding(start, n, &[])
    }

    /// As [`Self::deadline`], leaving out the days of every period `(from, until]`. Overlapping periods count once.
    #[must_use]
    pub fn deadline_excluding(&self, start: Date, n: u32, pauses: &[(Date, Date)]) -> Deadline {
        let mut end = Deadline { date: start, provisional: false };
        let mut left = n;
        while left > 0 {
            let Some(next) = step(end.date) else { return Deadline { date: end.date, provisional: true } };
            end.date = next;
            end.provisional |= !self.known(next.year());
            if self.is_working(next) && !paused(next, pauses) {
                left -= 1;
            }
        }
        end
    }

    /// Working days in `(start, today]`: how many have been used.
    #[must_use]
    pub fn used(&self, start: Date, today: Date) -> u32 {
        let mut day = start;
        let mut used = 0;
        while day < today {
            let Some(next) = step(day) else { break };
            day = next;
            used += u32::from(self.is_working(day));
        }
        used
    }

    /// The first working day after `date`.
    #[must_use]
    pub fn next_working(&self, date: Date) -> Date {
        self.deadline(date, 1).date
    }

    /// Every day from the one after `start` to the deadline of `n` working days, counted or not, and why.
    #[must_use]
    pub fn explain(&self, start: Date, n: u32, pauses: &[(Date, Date)]) -> Vec<DayNote> {
        let mut notes = Vec::new();
        let mut day = start;
        let mut k = 0;
        while k < n {
            let Some(next) = step(day) else { break };
            day = next;
            let (counts, mut reason) = match self.day(day) {
                DayKind::Working => (true, weekday(day).to_owned()),
                DayKind::Weekend => (false, weekday(day).to_owned()),
                DayKind::Holiday(name) => (false, format!("{name}放假")),
                DayKind::MakeUp(name) => (true, format!("{}，{name}调休上班", weekday(day))),
            };
            if !self.known(day.year()) {
                reason.push_str("（当年节假日安排尚未公布，暂按周末推算）");
            }
            let counted = counts && !paused(day, pauses);
            if counts && !counted {
                reason.push_str("，特别程序期间不计");
            }
            if counted {
                k += 1;
            }
            notes.push(DayNote { date: day, counted: counted.then_some(k), reason });
        }
        notes
    }
}

fn step(day: Date) -> Option<Date> {
    day.checked_add(1.day()).ok()
}

fn paused(day: Date, pauses: &[(Date, Date)]) -> bool {
    pauses.iter().any(|(from, until)| *from < day && day <= *until)
}

/// 周一 … 周日.
#[must_use]
pub fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn city() -> WorkingCalendar {
        WorkingCalendar::parse(include_str!("../../../data/calendar/china_holidays_2015_2026.csv")).unwrap()
    }

    fn d(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// The handbook's table of deadlines, row by row.
    #[test]
    fn the_published_table_of_deadlines() {
        let city = city();
        for (start, n, end) in [
            ("2019-04-26", 5, "2019-05-06"),
            ("2019-04-26", 20, "2019-05-27"),
            ("2019-04-27", 5, "2019-05-06"),
            ("2019-04-28", 5, "2019-05-07"),
            ("2019-01-31", 5, "2019-02-12"),
            ("2019-01-30", 20, "2019-03-04"),
            ("2019-06-03", 20, "2019-07-02"),
            ("2019-06-06", 10, "2019-06-21"),
            ("2019-09-26", 5, "2019-10-09"),
            ("2019-09-30", 1, "2019-10-08"),
            ("2019-12-20", 20, "2020-01-19"),
            ("2026-01-04", 5, "2026-01-09"),
            ("2026-02-10", 20, "2026-03-16"),
            ("2026-02-13", 5, "2026-02-27"),
            ("2026-02-14", 1, "2026-02-24"),
            ("2026-03-02", 10, "2026-03-16"),
            ("2026-03-02", 20, "2026-03-30"),
            ("2026-03-02", 30, "2026-04-14"),
            ("2026-03-02", 45, "2026-05-08"),
            ("2026-03-02", 60, "2026-05-28"),
            ("2026-04-29", 20, "2026-05-29"),
            ("2026-04-29", 10, "2026-05-15"),
            ("2026-04-30", 10, "2026-05-18"),
            ("2026-05-02", 5, "2026-05-11"),
            ("2026-05-02", 20, "2026-06-01"),
            ("2026-06-18", 1, "2026-06-22"),
            ("2026-09-18", 5, "2026-09-24"),
            ("2026-09-24", 20, "2026-10-29"),
            ("2026-09-25", 10, "2026-10-15"),
            ("2026-09-30", 10, "2026-10-20"),
            ("2026-03-02", 5, "2026-03-09"),
            ("2026-03-06", 20, "2026-04-03"),
        ] {
            assert_eq!(city.deadline(d(start), n), Deadline { date: d(end), provisional: false }, "{start} + {n}");
        }
        assert!(city.deadline(d("2026-12-10"), 20).provisional);
        assert_eq!(city.deadline(d("2026-05-02"), 0).date, d("2026-05-02"));
    }

    #[test]
    fn the_years_2019_and_2026_have_as_many_working_days_as_published() {
        let city = city();
        assert_eq!(city.used(d("2018-12-31"), d("2019-12-31")), 250);
        assert_eq!(city.used(d("2025-12-31"), d("2026-12-31")), 248);
    }

    #[test]
    fn a_special_procedure_moves_the_deadline_by_its_working_days() {
        let city = city();
        let review = (d("2026-03-09"), d("2026-03-20"));
        assert_eq!(city.used(review.0, review.1), 9);
        assert_eq!(city.deadline_excluding(d("2026-03-02"), 20, &[review]).date, d("2026-04-13"));
        assert_eq!(city.deadline_excluding(d("2026-03-02"), 10, &[review]).date, d("2026-03-27"));
        let overlapping = [review, (d("2026-03-12"), d("2026-03-18"))];
        assert_eq!(city.deadline_excluding(d("2026-03-02"), 20, &overlapping).date, d("2026-04-13"), "the union counts");
    }

    #[test]
    fn the_explanation_names_every_day() {
        let notes = city().explain(d("2026-04-30"), 3, &[]);
        let first = &notes[0];
        assert_eq!((first.date, first.counted), (d("2026-05-01"), None));
        assert!(first.reason.contains("劳动节"), "{}", first.reason);
        let last = notes.last().unwrap();
        assert_eq!((last.date, last.counted), (d("2026-05-08"), Some(3)));
        let made_up = city().explain(d("2026-05-08"), 1, &[]);
        assert!(made_up[0].reason.contains("调休上班"), "{:?}", made_up[0]);
    }

    #[test]
    fn a_wrong_line_is_named_and_a_past_day_cannot_change() {
        assert!(matches!(
            WorkingCalendar::parse("date,kind,name,in_lieu\n2026-13-01,holiday,x,0"),
            Err(CalendarError::Line { line: 2, .. })
        ));
        assert!(matches!(
            WorkingCalendar::parse("date,kind,name,in_lieu\n2026-01-01,feast,x,0"),
            Err(CalendarError::Line { line: 2, .. })
        ));
        let mut city = city();
        let next = WorkingCalendar::parse("date,kind,name,in_lieu\n2027-01-01,holiday,元旦,0").unwrap();
        city.amend(&next, d("2026-12-01")).unwrap();
        assert!(!city.deadline(d("2026-12-10"), 20).provisional);
        let forged = WorkingCalendar::parse("date,kind,name,in_lieu\n2026-03-02,holiday,x,0").unwrap();
        assert!(matches!(city.amend(&forged, d("2026-12-01")), Err(CalendarError::Past(_))));
    }

    proptest! {
        #[test]
        fn a_deadline_is_a_working_day_and_uses_exactly_its_days(offset in 0_i32..3900, n in 1_u32..120) {
            let city = city();
            let start = d("2015-01-01").checked_add(offset.days()).unwrap();
            let end = city.deadline(start, n).date;
            prop_assert!(city.is_working(end));
            prop_assert_eq!(city.used(start, end), n);
            prop_assert!(city.deadline(start, n + 1).date > end);
            let later = start.checked_add(1.day()).unwrap();
            prop_assert!(city.deadline(later, n).date >= end);
        }
    }
}
