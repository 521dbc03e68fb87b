//! Figures: percentiles, spreads over rounds, tables.

use std::time::Duration;

use serde::Serialize;

/// A figure over several rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The middle round; of an even number the mean of the two middle ones.
    pub median: f64,
    /// The lowest round.
    pub least: f64,
    /// The highest round.
    pub most: f64,
}

impl Spread {
    /// Over these rounds. `None`: there was none.
    #[must_use]
    pub fn of(rounds: &[f64]) -> Option<Self> {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 {
            *sorted.get(middle)?
        } else {
            f64::midpoint(*sorted.get(middle - 1)?, *sorted.get(middle)?)
        };
        Some(Self { median, least, most })
    }

    /// `median [least–most]` with so many decimals.
    #[must_use]
    pub fn show(&self, decimals: usize) -> String {
        format!("{:.decimals$} [{:.decimals$}–{:.decimals$}]", self.median, self.least, self.most)
    }
}

/// How long many of the same took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// How many.
    pub count: usize,
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// Of a hundred, ninety-nine took no longer.
    pub p99_ms: f64,
}

impl Latency {
    /// Of these. `None`: there was none.
    #[must_use]
    pub fn of(times: &[Duration]) -> Option<Self> {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        Some(Self { count: sorted.len(), p50_ms: at(&sorted, 50)?, p99_ms: at(&sorted, 99)? })
    }
}

/// The smallest of the sorted times that `percent` of them do not exceed, in milliseconds.
fn at(sorted: &[Duration], percent: usize) -> Option<f64> {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map(|time| time.as_secs_f64() * 1000.0)
}

/// A table of text: the first row is its head, columns are as wide as they must be.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let wide: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (place, cell) in row.iter().enumerate() {
            let gap = wide.get(place).copied().unwrap_or(0).saturating_sub(cell.chars().count());
            // Names stand left, figures right.
            let (before, after) = if place == 0 { (0, gap) } else { (gap, 0) };
            line.push_str(&" ".repeat(before));
            line.push_str(cell);
            line.push_str(&" ".repeat(after));
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_ends_are_the_ends() {
        let spread = Spread::of(&[3.0, 1.0, 2.0]).unwrap();
        assert_eq!((spread.median, spread.least, spread.most), (2.0, 1.0, 3.0));
        assert_eq!(Spread::of(&[1.0, 2.0]).unwrap().median, 1.5);
        assert_eq!(Spread::of(&[]), None);
        assert_eq!(spread.show(1), "2.0 [1.0–3.0]");
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(Latency::of(&times), Some(Latency { count: 200, p50_ms: 100.0, p99_ms: 198.0 }));
        let one = Latency::of(&[Duration::from_millis(7)]).unwrap();
        assert_eq!((one.p50_ms, one.p99_ms), (7.0, 7.0));
        assert_eq!(Latency::of(&[]), None);
    }

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [vec!["list".to_owned(), "p50".to_owned()], vec!["我的办件".to_owned(), "12.5".to_owned()]];
        assert_eq!(table(&rows), "list   p50\n我的办件  12.5\n");
    }
}
