//! Calendar files: reading one, writing one, taking over a newly published year.

use std::fmt;

use jiff::civil::Date;

use super::{Entry, Mark, WorkingCalendar, weekend};
use crate::{Failure, Fault, Kind, show_date};

const HEADING: &str = "date,kind,name,in_lieu";

/// What is wrong with a line of a calendar file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// Not four columns.
    Columns,
    /// Not a date `YYYY-MM-DD`.
    Date,
    /// Neither `holiday` nor `workday`.
    Kind,
    /// No name.
    Name,
    /// Neither 0 nor 1.
    InLieu,
    /// A day from Monday to Friday is listed as worked instead of another.
    NoWeekend,
    /// The day was listed before.
    Twice,
}

impl LineFault {
    const fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Columns => ("not four columns", "应有四列：日期、类型、名称、是否调休"),
            Self::Date => ("no such date", "日期应写成2027-01-01的样式，且确有这一天"),
            Self::Kind => ("neither holiday nor workday", "类型只能是holiday（放假）或workday（上班）"),
            Self::Name => ("no name", "缺少节日名称"),
            Self::InLieu => ("in_lieu is neither 0 nor 1", "是否调休只能填0或1"),
            Self::NoWeekend => ("a made-up working day is no weekend day", "调休上班日应是周六或周日"),
            Self::Twice => ("the day is listed twice", "同一天列了两次"),
        }
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().0)
    }
}

/// Why a calendar could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The first line is not the heading.
    #[error("the first line is not {HEADING:?}")]
    Heading,
    /// A line is wrong.
    #[error("line {line}: {fault}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        fault: LineFault,
    },
    /// No day is listed.
    #[error("no day is listed")]
    Empty,
    /// A day already past, of a known year, would become something else.
    #[error("{0} is past and cannot be changed any more")]
    Past(Date),
}

impl CalendarError {
    /// What to do, in Chinese.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Heading => format!("日历文件第1行应为“{HEADING}”，请改正后重新导入。"),
            Self::Line { line, fault } => format!("日历文件第{line}行有误：{}。请改正后重新导入。", fault.text().1),
            Self::Empty => "日历文件没有列出任何一天，请检查后重新导入。".to_owned(),
            Self::Past(day) => format!("{}已经过去，不能再改动。请只导入今天及以后的安排。", show_date(*day)),
        }
    }
}

impl Failure for CalendarError {
    fn kind(&self) -> Kind {
        match self {
            Self::Past(_) => Kind::Conflict,
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Heading => "calendar.heading",
            Self::Line { .. } => "calendar.line",
            Self::Empty => "calendar.empty",
            Self::Past(_) => "calendar.past",
        }
    }
    fn advice(&self) -> String {
        Self::advice(self)
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Line { line, fault } => vec![Fault::new(format!("/{line}"), "line", fault.text().1)],
            _ => Vec::new(),
        }
    }
}

impl WorkingCalendar {
    /// Reads lines of `date,kind,name,in_lieu` under that heading. `kind` is `holiday` (off) or `workday` (a Saturday or
    /// Sunday worked instead); `in_lieu` is 1 for a weekday that is off only because another day is worked.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(csv: &str) -> Result<Self, CalendarError> {
        let mut lines = csv.trim_start_matches('\u{feff}').lines();
        if lines.next().map(str::trim) != Some(HEADING) {
            return Err(CalendarError::Heading);
        }
        let mut calendar = Self::default();
        for (i, text) in lines.enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            let wrong = |fault| CalendarError::Line { line: i + 2, fault };
            let (day, entry) = entry(text).map_err(wrong)?;
            if calendar.days.insert(day, entry).is_some() {
                return Err(wrong(LineFault::Twice));
            }
        }
        if calendar.days.is_empty() {
            return Err(CalendarError::Empty);
        }
        calendar.learn_years();
        Ok(calendar)
    }

    /// The listed days as [`Self::parse`] reads them, in order.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = format!("{HEADING}\n");
        for (day, Entry { mark, name, in_lieu }) in &self.days {
            let kind = match mark {
                Mark::Holiday => "holiday",
                Mark::Workday => "workday",
            };
            csv.push_str(&format!("{day},{kind},{name},{}\n", u8::from(*in_lieu)));
        }
        csv
    }

    /// Takes over another file, such as a newly published year: the years it knows are replaced as a whole, single days of
    /// other years are laid over. Tells which days became something else, in order; deadlines that ran over them, and
    /// provisional ones, are to be computed again.
    ///
    /// # Errors
    /// When a day before `today` would become something else; nothing is changed then. Days of a year that was not known
    /// so far may be learnt late.
    pub fn amend(&mut self, other: &Self, today: Date) -> Result<Vec<Date>, CalendarError> {
        let mut next = self.clone();
        next.days.retain(|day, _| !other.known(day.year()));
        next.days.extend(other.days.iter().map(|(day, entry)| (*day, entry.clone())));
        next.learn_years();
        let mut changed: Vec<Date> = self.days.keys().chain(other.days.keys()).copied().collect();
        changed.retain(|day| self.days.get(day) != next.days.get(day));
        changed.sort_unstable();
        changed.dedup();
        if let Some(past) = changed.iter().find(|day| **day < today && self.known(day.year())) {
            return Err(CalendarError::Past(*past));
        }
        *self = next;
        Ok(changed)
    }
}

fn entry(text: &str) -> Result<(Date, Entry), LineFault> {
    let cells: Vec<&str> = text.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
    let [day, kind, name, in_lieu] = cells[..] else { return Err(LineFault::Columns) };
    let day: Date = day.parse().ok().filter(|_| day.len() == 10).ok_or(LineFault::Date)?;
    let mark = match kind {
        "holiday" => Mark::Holiday,
        "workday" if !weekend(day) => return Err(LineFault::NoWeekend),
        "workday" => Mark::Workday,
        _ => return Err(LineFault::Kind),
    };
    let in_lieu = match in_lieu {
        "0" => false,
        "1" => true,
        _ => return Err(LineFault::InLieu),
    };
    if name.is_empty() {
        return Err(LineFault::Name);
    }
    Ok((day, Entry { mark, name: name.to_owned(), in_lieu }))
}
