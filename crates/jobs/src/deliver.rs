//! Facts on their way to their listeners: bucket by bucket, under a lease.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use db::{
    Db, DbError,
    outbox::{self, Fact},
};
use kernel::Timestamp;
use tokio::task::JoinSet;

use crate::{
    Done, Inner,
    listener::{BoxError, Delivery},
};

/// Failures after which a fact counts as a dead letter: about six hours after it was told.
pub const DEAD_AFTER_TRIES: i64 = 12;

/// Wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// Longest wait of a fact that is no dead letter.
const LONGEST_WAIT: Duration = Duration::from_secs(3600 * 4);
/// Wait of a dead letter.
const DEAD_WAIT: Duration = Duration::from_secs(3600 * 24);
/// How long a bucket is held at a time.
const LEASE: Duration = Duration::from_secs(60);
/// Buckets worked on at one time.
const AT_ONCE: usize = 4;
/// Facts read at one time.
const BATCH: i64 = 50;

/// A fact that could not be delivered many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The fact, with the number of tries and the last failure.
    pub fact: Fact,
    /// Listeners that have had it.
    pub delivered_to: Vec<String>,
}

/// Goes once over all buckets in which something is due.
pub(crate) async fn round(inner: &Arc<Inner>) -> Result<Done, DbError> {
    let now = inner.clock.now();
    let due = outbox::due_buckets(&mut *inner.db.read().await?, now, DEAD_AFTER_TRIES).await?;
    let mut done = Done::default();
    let mut working = JoinSet::new();
    let mut first_error = None;
    for bucket in due {
        while working.len() >= AT_ONCE
            && let Some(ended) = working.join_next().await
        {
            gather(ended, &mut done, &mut first_error);
        }
        if inner.stopping.load(Ordering::SeqCst) {
            break;
        }
        working.spawn(work(Arc::clone(inner), bucket));
    }
    while let Some(ended) = working.join_next().await {
        gather(ended, &mut done, &mut first_error);
    }
    first_error.map_or(Ok(done), Err)
}

fn gather(
    ended: Result<Result<Done, DbError>, tokio::task::JoinError>,
    done: &mut Done,
    first_error: &mut Option<DbError>,
) {
    match ended {
        Ok(Ok(part)) => done.add(part),
        Ok(Err(error)) => {
            first_error.get_or_insert(error);
        }
        Err(error) => {
            first_error.get_or_insert(DbError::Panicked(error.to_string()));
        }
    }
}

/// Works off the due facts of one bucket, if its lease can be had.
async fn work(inner: Arc<Inner>, bucket: i64) -> Result<Done, DbError> {
    let lease = format!("outbox:{bucket}");
    let mut done = Done::default();
    let Some(mut held_until) = take(&inner, &lease).await? else { return Ok(done) };
    let now = inner.clock.now();
    let facts = outbox::waiting(&mut *inner.db.read().await?, bucket, now, BATCH, DEAD_AFTER_TRIES).await?;
    let mut held_back = BTreeSet::new();
    for fact in facts {
        if held_back.contains(&fact.home) {
            continue;
        }
        if inner.stopping.load(Ordering::SeqCst) {
            break;
        }
        if later(inner.clock.now(), LEASE / 2) > held_until {
            match take(&inner, &lease).await? {
                Some(until) => held_until = until,
                // Somebody else has gone on with this bucket.
                None => return Ok(done),
            }
        }
        let (home, tries) = (fact.home, fact.tries + 1);
        if deliver(&inner, Arc::new(fact)).await? {
            done.delivered += 1;
        } else {
            done.failed += 1;
            if tries < DEAD_AFTER_TRIES {
                held_back.insert(home);
            }
        }
    }
    inner
        .db
        .write((lease, inner.owner.clone()), |tx, (lease, owner)| Box::pin(db::lease::give_up(tx, lease, owner)))
        .await?;
    Ok(done)
}

/// Takes or renews a lease; answers until when it is held.
async fn take(inner: &Inner, lease: &str) -> Result<Option<Timestamp>, DbError> {
    let now = inner.clock.now();
    let until = later(now, LEASE);
    let taken = inner
        .db
        .write((lease.to_owned(), inner.owner.clone(), until, now), |tx, (lease, owner, until, now)| {
            Box::pin(db::lease::take(tx, lease, owner, *until, *now))
        })
        .await?;
    Ok(taken.then_some(until))
}

/// Hands one fact to every listener that has not had it. `false`: one of them failed, and the fact waits.
async fn deliver(inner: &Inner, fact: Arc<Fact>) -> Result<bool, DbError> {
    let (home, id) = (fact.home, fact.id);
    let had = outbox::delivered(&mut *inner.db.read().await?, home, id).await?;
    let mut failures: Vec<String> = Vec::new();
    for listener in inner.listeners.iter().filter(|l| l.hears(&fact.topic) && !had.iter().any(|name| name == l.name)) {
        let delivery = Delivery { fact: Arc::clone(&fact), listener: listener.name, at: inner.clock.now() };
        // In a task of its own, so that a panic is a failure like any other.
        let outcome = match tokio::spawn((listener.handler)(delivery)).await {
            Ok(outcome) => outcome,
            Err(ended) => Err(BoxError::from(format!("the handler did not end well: {ended}"))),
        };
        match outcome {
            Ok(()) => {
                inner
                    .db
                    .write((home, id, listener.name), |tx, (home, id, name)| {
                        Box::pin(outbox::deliver_once(tx, *home, *id, name))
                    })
                    .await?;
            }
            Err(error) => {
                tracing::warn!(
                    listener = listener.name,
                    topic = fact.topic,
                    fact.id = id,
                    tries = fact.tries + 1,
                    error = error.as_ref() as &dyn std::error::Error,
                    "{} could not take fact {id}",
                    listener.name
                );
                failures.push(format!("{}: {error}", listener.name));
            }
        }
    }
    if failures.is_empty() {
        inner.db.write((home, id), |tx, (home, id)| Box::pin(outbox::finish(tx, *home, *id))).await?;
        return Ok(true);
    }
    let tries = fact.tries + 1;
    if tries == DEAD_AFTER_TRIES {
        tracing::error!(topic = fact.topic, fact.id = id, "fact {id} is a dead letter: it was tried {tries} times");
    }
    let due = later(inner.clock.now(), wait_after(tries));
    inner
        .db
        .write((home, id, due, failures.join("; ")), |tx, (home, id, due, why)| {
            Box::pin(outbox::postpone(tx, *home, *id, *due, why))
        })
        .await?;
    Ok(false)
}

/// How long a fact waits after `tries` failures.
fn wait_after(tries: i64) -> Duration {
    if tries >= DEAD_AFTER_TRIES {
        return DEAD_WAIT;
    }
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or_default();
    FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT)
}

pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

pub(crate) async fn dead_letters(db: &Db) -> Result<Vec<DeadLetter>, DbError> {
    let mut found = Vec::new();
    let mut tx = db.read().await?;
    for fact in outbox::dead(&mut tx, DEAD_AFTER_TRIES).await? {
        let delivered_to = outbox::delivered(&mut tx, fact.home, fact.id).await?;
        found.push(DeadLetter { fact, delivered_to });
    }
    Ok(found)
}

pub(crate) async fn retry_dead_letters(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let dead = dead_letters(db).await?;
    let count = dead.len() as u64;
    for DeadLetter { fact, .. } in dead {
        db.write((fact, now), |tx, (fact, now)| {
            Box::pin(outbox::postpone(tx, fact.home, fact.id, *now, fact.last_error.as_deref().unwrap_or_default()))
        })
        .await?;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_in_a_day() {
        assert_eq!(wait_after(1), Duration::from_secs(10));
        assert_eq!(wait_after(2), Duration::from_secs(20));
        assert_eq!(wait_after(11), Duration::from_secs(10_240));
        assert_eq!(wait_after(DEAD_AFTER_TRIES), DEAD_WAIT);
        let before_dead: Duration = (1..DEAD_AFTER_TRIES).map(wait_after).sum();
        assert!(before_dead > Duration::from_secs(3600 * 5) && before_dead < DEAD_WAIT);
        assert!((1..100).all(|n| wait_after(n) <= wait_after(n + 1)));
    }
}
