//! Commands of the case engine beside the same rows written by hand.
//!
//! The engine runs orders once and every statement it sends is kept with its values. Then rounds follow: the engine
//! carries out fresh orders of the same kind on its database, and hand-written code sends the kept statements to copies
//! of that database as it was. Both write the same tables with rows of the same sizes in as many statements, at the same
//! time of the same run, with as many workers and connections.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use cases::{CaseError, Cases, domain::case::Case};
use db::{Db, Engine, Ran};
use demo::orders::{Entry, Order, Orders};
use kernel::{Act, Failure as _, Kind};
use serde::Serialize;

use crate::{
    BenchError, Scratch,
    error::While,
    figures::{Latency, Spread, table},
    hand::{Hand, Written},
};

/// Transactions that the hand-written code takes into one commit on the embedded engine, as the platform does.
const GROUP: usize = 64;
/// The ratio to be reached: commands of the engine to the same rows written by hand.
pub const AIM: f64 = 0.7;

/// What is measured.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many act at once, one measurement for each.
    pub workers: Vec<usize>,
    /// Rounds of each measurement.
    pub rounds: usize,
    /// Cases of one round.
    pub cases: usize,
    /// Connections to a server, for either side.
    pub connections: usize,
}

/// One side of a measurement.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// Who: `engine`, or a way of writing by hand.
    pub who: &'static str,
    /// Transactions a second, over the rounds.
    pub per_second: Spread,
    /// How long one transaction takes, of all rounds.
    pub latency: Latency,
    /// Engine to this side in the same round; none for the engine itself.
    pub engine_to_this: Option<Spread>,
}

/// One measurement.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// How many act at once.
    pub workers: usize,
    /// The engine first.
    pub sides: Vec<Side>,
    /// Applications of the engine's rounds that it turned away, as somebody else was faster or a rule said no.
    pub turned_away: usize,
}

/// Everything measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// Rounds of each measurement.
    pub rounds: usize,
    /// Cases of one round.
    pub cases: usize,
    /// Statements of one command, on average.
    pub statements: f64,
    /// Of these, statements that change rows.
    pub writing: f64,
    /// The ratio to be reached.
    pub aim: f64,
    /// One for each number of workers.
    pub measured: Vec<Measured>,
}

impl Report {
    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let head = ["workers", "side", "commands/s", "p50 ms", "p99 ms", "engine to this"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for measured in &self.measured {
            for side in &measured.sides {
                rows.push(vec![
                    measured.workers.to_string(),
                    side.who.to_owned(),
                    side.per_second.show(0),
                    format!("{:.2}", side.latency.p50_ms),
                    format!("{:.2}", side.latency.p99_ms),
                    side.engine_to_this.map_or_else(|| "-".to_owned(), |ratio| ratio.show(2)),
                ]);
            }
        }
        let away: usize = self.measured.iter().map(|m| m.turned_away).sum();
        format!(
            "{}: {} rounds of {} cases; a command sends {:.1} statements, {:.1} of them change rows; {away} applications \
             were turned away\n{}aim: engine to rows by hand at least {}\n",
            self.database,
            self.rounds,
            self.cases,
            self.statements,
            self.writing,
            table(&rows),
            self.aim,
        )
    }
}

/// How the hand-written code writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Only what changes rows, several transactions in one commit where the engine does.
    Rows,
    /// Every statement, readings too.
    All,
    /// Only what changes rows, one commit each.
    RowsAlone,
}

impl Way {
    const fn who(self) -> &'static str {
        match self {
            Self::Rows => "rows by hand",
            Self::All => "all statements by hand",
            Self::RowsAlone => "rows by hand, a commit each",
        }
    }

    fn of(self, kept: &[Ran]) -> Written {
        kept.iter().filter(|ran| self == Self::All || !ran.only_reads()).cloned().collect()
    }
}

/// What the kept transactions of one case are.
type Kept = Vec<Vec<Ran>>;

/// Measures on a founded city in `scratch`. `said` is told what goes on.
///
/// # Errors
/// When the platform or a statement by hand fails.
pub async fn run(
    cases: &Cases,
    scratch: &Scratch,
    options: &Options,
    mut said: impl FnMut(&str),
) -> Result<Report, BenchError> {
    let mut orders = Orders::new(cases).await.doing("no applications can be made")?;
    let engine = cases.db.engine();
    let ways: &[Way] =
        if engine == Engine::Sqlite { &[Way::Rows, Way::All, Way::RowsAlone] } else { &[Way::Rows, Way::All] };
    let mut twins = Vec::new();
    for _ in ways {
        twins.push(scratch.twin(&cases.db).await?);
    }
    let outcome = measure(cases, &mut orders, ways, &twins, options, &mut said).await;
    for twin in twins {
        twin.remove().await?;
    }
    outcome
}

async fn measure(
    cases: &Cases,
    orders: &mut Orders,
    ways: &[Way],
    twins: &[Scratch],
    options: &Options,
    said: &mut impl FnMut(&str),
) -> Result<Report, BenchError> {
    let engine = cases.db.engine();
    let mut hands = Vec::new();
    for (way, twin) in ways.iter().zip(twins) {
        hands.push(match engine {
            Engine::Sqlite => Hand::on_file(twin, if *way == Way::RowsAlone { 1 } else { GROUP })?,
            Engine::Postgres => Hand::on_server(twin, options.connections).await?,
        });
    }
    let mut report = Report {
        database: if engine == Engine::Sqlite { "sqlite" } else { "postgres" },
        rounds: options.rounds,
        cases: options.cases,
        statements: 0.0,
        writing: 0.0,
        aim: AIM,
        measured: Vec::new(),
    };
    let (mut commands, mut statements, mut writing) = (0_usize, 0_usize, 0_usize);
    for &workers in &options.workers {
        let mut rounds: Vec<Vec<Round>> = vec![Vec::new(); ways.len() + 1];
        for round in 0..options.rounds {
            said(&format!("{workers} at once, round {} of {}", round + 1, options.rounds));
            let kept = keep(cases, orders, options.cases).await?;
            let all = || kept.iter().flatten();
            commands += all().count();
            statements += all().map(Vec::len).sum::<usize>();
            writing += all().flatten().filter(|ran| !ran.only_reads()).count();
            let fresh = orders.next(options.cases).doing("no applications can be made")?;
            // Who goes first changes from round to round.
            let sides = ways.len() + 1;
            for place in 0..sides {
                let side = (place + round) % sides;
                let ran = match side.checked_sub(1).and_then(|way| Some((ways.get(way)?, hands.get(way)?))) {
                    None => by_engine(cases, fresh.clone(), workers).await?,
                    Some((way, hand)) => {
                        let written = kept.iter().map(|case| case.iter().map(|ran| way.of(ran)).collect()).collect();
                        by_hand(hand, written, workers).await?
                    }
                };
                if side == 0 {
                    orders.forget(ran.refused.clone());
                }
                if let Some(rounds) = rounds.get_mut(side) {
                    rounds.push(ran);
                }
            }
        }
        report.measured.push(summed(workers, ways, &rounds)?);
    }
    report.statements = ratio(statements, commands);
    report.writing = ratio(writing, commands);
    Ok(report)
}

#[expect(clippy::cast_precision_loss, reason = "counts of statements are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn summed(workers: usize, ways: &[Way], rounds: &[Vec<Round>]) -> Result<Measured, BenchError> {
    let nothing = || BenchError::Missing("nothing was measured: ask for at least one round and one case".to_owned());
    let engine = rounds.first().ok_or_else(nothing)?;
    let names = std::iter::once("engine").chain(ways.iter().map(|way| way.who()));
    let mut sides = Vec::new();
    for (place, (who, ran)) in names.zip(rounds).enumerate() {
        let speeds: Vec<f64> = ran.iter().map(Round::per_second).collect();
        let times: Vec<Duration> = ran.iter().flat_map(|round| round.times.iter().copied()).collect();
        let ratios: Vec<f64> = engine.iter().zip(ran).map(|(e, h)| e.per_second() / h.per_second()).collect();
        sides.push(Side {
            who,
            per_second: Spread::of(&speeds).ok_or_else(nothing)?,
            latency: Latency::of(&times).ok_or_else(nothing)?,
            engine_to_this: (place > 0).then(|| Spread::of(&ratios)).flatten(),
        });
    }
    Ok(Measured { workers, sides, turned_away: engine.iter().map(|round| round.refused.len() + round.lost).sum() })
}

/// One round of one side.
#[derive(Clone, Default)]
struct Round {
    took: Duration,
    times: Vec<Duration>,
    refused: Vec<Entry>,
    lost: usize,
}

impl Round {
    fn per_second(&self) -> f64 {
        ratio(self.times.len(), 1) / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// One application: the case, and what was run for it. `None`: turned away.
async fn submit(db: &Db, cases: &Cases, order: &Order, keep: bool) -> Result<Option<(Case, Vec<Ran>)>, CaseError> {
    let args = (cases.clone(), order.clone(), keep);
    db.write(args, |tx, (cases, order, keep)| {
        Box::pin(async move {
            if *keep {
                tx.keep();
            }
            let submitted = order.submit(cases, tx).await;
            let kept = tx.kept();
            Ok(submitted?.map(|case| (case, kept)))
        })
    })
    .await
}

async fn follow(
    db: &Db,
    cases: &Cases,
    case: &Case,
    step: (Act, cases::domain::command::Command),
    keep: bool,
) -> Result<Vec<Ran>, CaseError> {
    let args = (cases.clone(), case.number.clone(), step, keep);
    db.write(args, |tx, (cases, number, (act, command), keep)| {
        Box::pin(async move {
            if *keep {
                tx.keep();
            }
            let done = cases.command(act, tx, number, command, None).await;
            let kept = tx.kept();
            done.map(|_| kept)
        })
    })
    .await
}

/// Has the engine make `count` cases, one after the other, and keeps what it runs.
async fn keep(cases: &Cases, orders: &mut Orders, count: usize) -> Result<Vec<Kept>, BenchError> {
    let mut kept = Vec::new();
    while kept.len() < count {
        for order in orders.next(count - kept.len()).doing("no applications can be made")? {
            let submitted = submit(&cases.db, cases, &order, true).await.doing("the engine could not submit")?;
            let Some((case, first)) = submitted else {
                orders.forget([order.entry()]);
                continue;
            };
            let mut transactions = vec![first];
            if let Some(step) = order.follow(&case) {
                transactions.push(follow(&cases.db, cases, &case, step, true).await.doing("a command failed")?);
            }
            kept.push(transactions);
        }
    }
    Ok(kept)
}

/// Takes from a list that several workers share.
fn take<T>(list: &Mutex<std::vec::IntoIter<T>>) -> Option<T> {
    list.lock().unwrap_or_else(PoisonError::into_inner).next()
}

async fn by_engine(cases: &Cases, orders: Vec<Order>, workers: usize) -> Result<Round, BenchError> {
    let list = Arc::new(Mutex::new(orders.into_iter()));
    let started = Instant::now();
    let work = (0..workers).map(|_| {
        let (list, cases) = (Arc::clone(&list), cases.clone());
        tokio::spawn(async move {
            let mut round = Round::default();
            while let Some(order) = take(&list) {
                let begun = Instant::now();
                let case = match submit(&cases.db, &cases, &order, false).await {
                    Ok(Some((case, _))) => case,
                    // Somebody else changed what the applicant holds at the same moment: he would try again.
                    Err(error) if error.kind() == Kind::Conflict => {
                        round.lost += 1;
                        continue;
                    }
                    Ok(None) => {
                        round.refused.push(order.entry());
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                round.times.push(begun.elapsed());
                if let Some(step) = order.follow(&case) {
                    let begun = Instant::now();
                    follow(&cases.db, &cases, &case, step, false).await?;
                    round.times.push(begun.elapsed());
                }
            }
            Ok(round)
        })
    });
    let work: Vec<_> = work.collect();
    let mut all = Round::default();
    for worker in work {
        let round = worker.await.doing("a worker broke off")?.doing("the engine failed")?;
        all.times.extend(round.times);
        all.refused.extend(round.refused);
        all.lost += round.lost;
    }
    all.took = started.elapsed();
    Ok(all)
}

async fn by_hand(hand: &Hand, written: Vec<Vec<Written>>, workers: usize) -> Result<Round, BenchError> {
    let list = Arc::new(Mutex::new(written.into_iter()));
    let started = Instant::now();
    let work = (0..workers).map(|_| {
        let (list, hand) = (Arc::clone(&list), hand.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            while let Some(case) = take(&list) {
                for transaction in case {
                    let begun = Instant::now();
                    hand.run(transaction).await?;
                    times.push(begun.elapsed());
                }
            }
            Ok::<_, BenchError>(times)
        })
    });
    let work: Vec<_> = work.collect();
    let mut all = Round::default();
    for worker in work {
        all.times.extend(worker.await.doing("a worker broke off")??);
    }
    all.took = started.elapsed();
    Ok(all)
}
