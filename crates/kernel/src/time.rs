//! Instants in UTC, shown in Asia/Shanghai, which has been UTC+08:00 without summer time since 1992.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{Timestamp, civil::Date, tz::Offset};

const CITY: Offset = jiff::tz::offset(8);

/// Where the time comes from. Everything that needs an instant is handed one that was read here, once per act.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    /// Milliseconds since 1970, set by hand.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }
    /// A clock that stands at `at` until [`Clock::set`] moves it: for tests, replays and made histories.
    #[must_use]
    pub fn standing(at: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(at.as_millisecond()))))
    }
    /// The present instant, to the millisecond.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        let ms = match &self.0 {
            Source::System => Timestamp::now().as_millisecond(),
            Source::Set(ms) => ms.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
    }
    /// Moves a standing clock. The system clock cannot be set: `false`.
    pub fn set(&self, at: Timestamp) -> bool {
        match &self.0 {
            Source::System => false,
            Source::Set(ms) => {
                ms.store(at.as_millisecond(), Ordering::SeqCst);
                true
            }
        }
    }
}

/// The day in the city at this instant.
#[must_use]
pub fn city_date(at: Timestamp) -> Date {
    CITY.to_datetime(at).date()
}

/// The instant at which `day` begins in the city.
#[must_use]
pub fn city_midnight(day: Date) -> Timestamp {
    CITY.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// Alias of [`city_date`] that reads better where a day is counted from.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    city_date(at)
}

/// `2026-11-23T09:05:00+08:00`, the form of the API.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    let t = CITY.to_datetime(at);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+08:00", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second())
}

/// `2026年11月23日`, the form of pages and documents.
#[must_use]
pub fn show_date(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// `2026年11月23日 09:05`, the form of pages and documents.
#[must_use]
pub fn show_time(at: Timestamp) -> String {
    let t = CITY.to_datetime(at);
    format!("{} {:02}:{:02}", show_date(t.date()), t.hour(), t.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_day_begins_eight_hours_before_utc() {
        let late: Timestamp = "2026-12-31T15:59:59.999Z".parse().unwrap();
        let midnight: Timestamp = "2026-12-31T16:00:00Z".parse().unwrap();
        assert_eq!(city_date(late), jiff::civil::date(2026, 12, 31));
        assert_eq!(city_date(midnight), jiff::civil::date(2027, 1, 1));
        assert_eq!(city_midnight(jiff::civil::date(2027, 1, 1)), midnight);
        assert_eq!(rfc3339(midnight), "2027-01-01T00:00:00+08:00");
        assert_eq!(show_time(late), "2026年12月31日 23:59");
    }

    #[test]
    fn a_standing_clock_moves_only_by_hand() {
        let at: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
        let clock = Clock::standing(at);
        assert_eq!(clock.clone().now(), at);
        let later: Timestamp = "2026-03-03T01:00:00Z".parse().unwrap();
        assert!(clock.set(later));
        assert_eq!(clock.now(), later);
        assert!(!Clock::system().set(later));
    }
}
