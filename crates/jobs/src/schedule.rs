//! Functions that run every so often, on one process of all.

use std::{sync::Arc, time::Duration};

use db::DbError;

use crate::{
    Done, Inner,
    deliver::later,
    listener::{BoxError, Outcome},
};

/// Wait after a failure.
const RETRY: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Schedule {
    pub(crate) name: &'static str,
    every: Duration,
    run: Arc<dyn Fn() -> Outcome + Send + Sync>,
}

impl Schedule {
    pub(crate) fn new<F, R>(name: &'static str, every: Duration, run: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        Self { name, every, run: Arc::new(move || Box::pin(run())) }
    }
}

/// Runs every schedule whose lease can be had. The lease is not given up afterwards: it ends when the next run is due.
pub(crate) async fn run_due(inner: &Inner) -> Result<Done, DbError> {
    let mut done = Done::default();
    for schedule in &inner.schedules {
        let now = inner.clock.now();
        let lease = format!("schedule:{}", schedule.name);
        // Each run is an owner of its own: one's own lease could be taken again before its end.
        let owner = format!("{}-{:x}", inner.owner, kernel::next_id(now));
        if !hold(inner, &lease, &owner, schedule.every).await? {
            continue;
        }
        let outcome = match tokio::spawn((schedule.run)()).await {
            Ok(outcome) => outcome,
            Err(ended) => Err(BoxError::from(format!("it did not end well: {ended}"))),
        };
        match outcome {
            Ok(()) => done.scheduled += 1,
            Err(error) => {
                tracing::error!(
                    schedule = schedule.name,
                    error = error.as_ref() as &dyn std::error::Error,
                    "scheduled {} failed",
                    schedule.name
                );
                done.schedule_failed += 1;
                hold(inner, &lease, &owner, RETRY.min(schedule.every)).await?;
            }
        }
    }
    Ok(done)
}

async fn hold(inner: &Inner, lease: &str, owner: &str, length: Duration) -> Result<bool, DbError> {
    let now = inner.clock.now();
    // A lease is free from the instant after its end; the run is due at its end.
    let until = later(now, length.saturating_sub(Duration::from_millis(1)));
    inner
        .db
        .write((lease.to_owned(), owner.to_owned(), until, now), |tx, (lease, owner, until, now)| {
            Box::pin(db::lease::take(tx, lease, owner, *until, *now))
        })
        .await
}
