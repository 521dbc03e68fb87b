//! Why a deadline is the day it is, day by day.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::{Entry, Mark, WorkingCalendar, counting::pause_end, step};

/// Days an explanation lists at most; only a pause of many years reaches it.
const EXPLAINED_DAYS: usize = 4_000;

/// One day of an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayNote {
    /// The day.
    pub date: Date,
    /// The how-many-th day it counts as, from 1; none when it is left out.
    pub counted: Option<u32>,
    /// Why, in Chinese.
    pub reason: String,
}

impl WorkingCalendar {
    /// Every day from the one after `start` to the deadline of `n` working days, counted or left out, and why. The last
    /// one is the day [`Self::deadline_excluding`] gives; at most 4,000 days are listed.
    #[must_use]
    pub fn explain(&self, start: Date, n: u32, pauses: &[(Date, Date)]) -> Vec<DayNote> {
        let mut notes = Vec::new();
        let mut k = 0;
        let mut day = start;
        while k < n && notes.len() < EXPLAINED_DAYS {
            let Some(next) = step(day) else { break };
            day = next;
            let working = self.is_working(day);
            let paused = pause_end(day, pauses).is_some();
            let mut reason = self.reason(day);
            if working && paused {
                reason.push_str("，计时暂停期间，不计入");
            }
            let counts = working && !paused;
            k += u32::from(counts);
            notes.push(DayNote { date: day, counted: counts.then_some(k), reason });
        }
        notes
    }

    /// What `day` is, in a few Chinese words: 周二 · 周六 · 国庆节放假 · 周日，国庆节调休上班.
    #[must_use]
    pub fn reason(&self, day: Date) -> String {
        let mut reason = match self.days.get(&day) {
            Some(Entry { mark: Mark::Holiday, name, in_lieu: false }) => format!("{name}放假"),
            Some(Entry { mark: Mark::Holiday, name, in_lieu: true }) => format!("{name}放假（调休）"),
            Some(Entry { mark: Mark::Workday, name, .. }) => format!("{}，{name}调休上班", weekday(day)),
            None => weekday(day).to_owned(),
        };
        if !self.known(day.year()) {
            reason.push_str(&format!("（{}年放假安排尚未公布，暂按周一至周五上班推算）", day.year()));
        }
        reason
    }
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
