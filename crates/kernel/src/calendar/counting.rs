//! Counting: deadlines forwards, days used so far.

use jiff::{Span, civil::Date};

use super::{Deadline, WorkingCalendar, step};

impl WorkingCalendar {
    /// The `n`-th working day after `start`, which is itself not counted even when it is one (民法典 第二百零一条); `start`
    /// for n = 0. A start on a day off gives the same as the last working day before it.
    #[must_use]
    pub fn deadline(&self, start: Date, n: u32) -> Deadline {
        self.deadline_excluding(start, n, &[])
    }

    /// As [`Self::deadline`], leaving out the working days of every pause `(from, until]` (行政许可法 第四十五条): the day on
    /// which a pause begins still counts, the day on which it ends does not. Days of several pauses are left out once.
    /// A pause without end gives the last day there is, provisional.
    #[must_use]
    pub fn deadline_excluding(&self, start: Date, n: u32, pauses: &[(Date, Date)]) -> Deadline {
        let mut end = Deadline { date: start, provisional: false };
        let mut left = n;
        while left > 0 {
            let Some(next) = step(end.date) else { return Deadline { provisional: true, ..end } };
            if let Some(until) = pause_end(next, pauses) {
                end.date = until;
                continue;
            }
            end.date = next;
            end.provisional |= !self.known(next.year());
            left -= u32::from(self.is_working(next));
        }
        end
    }

    /// Working days in `(start, today]`: how many of a period have been used. None when `today` is not after `start`.
    #[must_use]
    pub fn used(&self, start: Date, today: Date) -> u32 {
        self.used_excluding(start, today, &[])
    }

    /// As [`Self::used`], leaving out the working days of every pause `(from, until]`.
    #[must_use]
    pub fn used_excluding(&self, start: Date, today: Date, pauses: &[(Date, Date)]) -> u32 {
        let days = self.working_days_in(start, today).filter(|day| pause_end(*day, pauses).is_none());
        u32::try_from(days.count()).unwrap_or(u32::MAX)
    }

    /// The working days of `(start, end]`, in order.
    pub fn working_days_in(&self, start: Date, end: Date) -> impl Iterator<Item = Date> + '_ {
        std::iter::successors(step(start), |day| step(*day))
            .take_while(move |day| *day <= end)
            .filter(|day| self.is_working(*day))
    }

    /// The first working day after `date`: where a period in natural days goes on when the law lets it end on a working day
    /// only (民法典 第二百零三条), and where work on something that came in on a day off begins.
    #[must_use]
    pub fn next_working(&self, date: Date) -> Date {
        self.deadline(date, 1).date
    }

    /// The last of `n` natural days (自然日) after `start`, which is not counted. Such periods never go through working
    /// days, whatever day they end on.
    #[must_use]
    pub fn calendar_deadline(&self, start: Date, n: u32) -> Date {
        Span::new().try_days(i64::from(n)).and_then(|span| start.checked_add(span)).unwrap_or(Date::MAX)
    }
}

/// Whether `day` is in a pause, and when the longest one it is in ends.
pub(super) fn pause_end(day: Date, pauses: &[(Date, Date)]) -> Option<Date> {
    pauses.iter().filter(|(from, until)| *from < day && day <= *until).map(|(_, until)| *until).max()
}
