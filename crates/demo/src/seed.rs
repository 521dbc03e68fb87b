//! Cases in bulk, for measuring: made by the case engine itself, spread over a year, all items and all applicants.

use cases::{Cases, domain::case::State};
use db::{Tx, counter};
use jiff::Span;
use kernel::city_date;

pub use crate::orders::SeedError;
use crate::orders::{Entry, Fate, Order, Orders};

/// Days of a year on which cases are made, evenly apart.
const DAYS: usize = 24;
/// Natural days from one to the next.
const APART: i64 = 15;
/// Cases in one transaction.
const BATCH: usize = 50;
/// The counter of the cases made so far: it moves in the transactions that make them.
const MADE: &str = "demo:cases";

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct SeedReport {
    /// Cases that an earlier run had made.
    pub before: usize,
    /// Cases handed in now.
    pub made: usize,
    /// Of these, accepted by a member of staff.
    pub accepted: usize,
    /// Of these, withdrawn.
    pub withdrawn: usize,
    /// Of these, closed by rule on the spot.
    pub closed: usize,
}

/// Makes cases over the year before now until there are `count` made cases, and tells `progress` how many there are after
/// each batch. What was broken off is completed by the next run; a larger count adds to it, on the later days.
///
/// # Errors
/// When the city has not been founded, no item can be applied for, or the platform fails. What was made before stays.
pub async fn seed(cases: &Cases, count: usize, mut progress: impl FnMut(usize)) -> Result<SeedReport, SeedError> {
    let before = cases.db.write((), |tx, ()| Box::pin(made_in_all(tx, 0))).await?;
    let mut plan = Orders::from(cases, before).await?;
    let today = city_date(cases.clock.now());
    let mut report = SeedReport { before, ..SeedReport::default() };
    for place in 0..DAYS {
        let quota = (count * (place + 1) / DAYS).saturating_sub(report.there());
        if quota == 0 {
            continue;
        }
        let back = APART * i64::try_from(DAYS - place).unwrap_or(1);
        plan.turn_to(cases, today.saturating_sub(Span::new().days(back))).await?;
        let mut made = 0;
        let mut batch = plan.next(BATCH.min(quota))?;
        while !batch.is_empty() {
            let ordered = batch.len();
            let args = (cases.clone(), batch);
            let writing = cases.db.write(args, |tx, (cases, batch)| Box::pin(hand_in(cases, tx, batch)));
            // The next batch is thought out while this one is written.
            let thinking = async {
                let open = quota - made - ordered;
                if open == 0 { Ok(Vec::new()) } else { plan.next(BATCH.min(open)) }
            };
            let (written, next) = futures_util::future::join(writing, thinking).await;
            let (done, refused) = written?;
            made += done.made;
            report.add(done);
            progress(report.there());
            batch = next?;
            if !refused.is_empty() {
                batch.retain(|order| !refused.contains(&order.entry()));
                plan.forget(refused);
            }
            if batch.is_empty() && made < quota {
                batch = plan.next(BATCH.min(quota - made))?;
            }
        }
    }
    Ok(report)
}

impl SeedReport {
    /// Made cases in all.
    #[must_use]
    pub const fn there(&self) -> usize {
        self.before + self.made
    }

    const fn add(&mut self, more: Self) {
        self.made += more.made;
        self.accepted += more.accepted;
        self.withdrawn += more.withdrawn;
        self.closed += more.closed;
    }
}

/// Counts `more` made cases, and answers how many there are.
async fn made_in_all(tx: &mut Tx, more: usize) -> Result<usize, SeedError> {
    let there = counter::reserve(tx, MADE, i64::try_from(more).unwrap_or(i64::MAX)).await?;
    Ok(usize::try_from(there).unwrap_or_default())
}

/// Hands a batch in, within one transaction. Also answers the entries that the engine turned away.
async fn hand_in(cases: &Cases, tx: &mut Tx, batch: &[Order]) -> Result<(SeedReport, Vec<Entry>), SeedError> {
    let mut report = SeedReport::default();
    let mut refused = Vec::new();
    for order in batch {
        let Some(case) = order.submit(cases, tx).await? else {
            refused.push(order.entry());
            continue;
        };
        report.made += 1;
        report.closed += usize::from(case.state() == State::Closed);
        if let Some((act, command)) = order.follow(&case) {
            cases.command(&act, tx, &case.number, &command, None).await?;
            match order.fate {
                Fate::Accepted => report.accepted += 1,
                Fate::Withdrawn => report.withdrawn += 1,
                Fate::Left => {}
            }
        }
    }
    made_in_all(tx, report.made).await?;
    Ok((report, refused))
}
