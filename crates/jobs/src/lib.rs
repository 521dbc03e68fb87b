//! Workers over the outbox and over schedules.
//!
//! Owns no table: facts, marks and leases are the `db` kit's. Any number of processes may run the same jobs on one
//! database; each fact is worked on by one of them at a time.

mod deliver;
mod listener;
mod schedule;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use db::{Db, DbError, outbox::Lag};
use kernel::Clock;
use tokio::sync::Notify;

pub use db::outbox::Fact;
pub use deliver::{DEAD_AFTER_TRIES, DeadLetter};
pub use listener::{BoxError, Delivery};

use listener::Listener;
use schedule::Schedule;

/// Longest wait between two looks at the database, when no hint came.
const POLL: Duration = Duration::from_secs(1);

/// Listeners and schedules of one process. Built once, then run.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    /// Name of this process in leases.
    pub(crate) owner: String,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) stopping: Arc<AtomicBool>,
    hint: Hint,
}

/// Wakes the worker of this process, so that a fact just committed need not wait for the next look. Only a hint: without
/// it everything happens a second later.
#[derive(Debug, Clone, Default)]
pub struct Hint(Arc<Notify>);

impl Hint {
    /// Something may be waiting.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Facts that every listener has had.
    pub delivered: u64,
    /// Facts that a listener could not take; they are tried again later.
    pub failed: u64,
    /// Scheduled functions that ran well.
    pub scheduled: u64,
    /// Scheduled functions that failed.
    pub schedule_failed: u64,
}

impl Done {
    fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.scheduled += other.scheduled;
        self.schedule_failed += other.schedule_failed;
    }
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs")
            .field("owner", &self.0.owner)
            .field("listeners", &self.0.listeners.iter().map(|l| l.name).collect::<Vec<_>>())
            .field("schedules", &self.0.schedules.iter().map(|s| s.name).collect::<Vec<_>>())
            .finish()
    }
}

impl Jobs {
    /// No listeners, no schedules yet.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let owner = format!("{}-{:x}", std::process::id(), kernel::next_id(clock.now()));
        Self(Arc::new(Inner {
            db,
            clock,
            owner,
            listeners: Vec::new(),
            schedules: Vec::new(),
            stopping: Arc::default(),
            hint: Hint::default(),
        }))
    }

    /// Adds a listener: `handler` is called with every fact of these topics. A topic that ends in `.*` stands for all
    /// topics that begin so.
    ///
    /// The handler may be called again with a fact it has had, after a failure or a stop: it makes that harmless with
    /// [`Delivery::first`], or by looking at the present state. Facts of one home come in the order in which they were
    /// told: one that failed holds back the later ones of its home, until it is a dead letter after
    /// [`DEAD_AFTER_TRIES`] failures. Every process on one database must have the same listeners, for a fact is removed
    /// when all listeners of the process that works on it have had it.
    ///
    /// # Panics
    /// When the name is taken: marks are kept by it.
    #[must_use]
    pub fn listen<F, R>(mut self, name: &'static str, topics: &'static [&'static str], handler: F) -> Self
    where
        F: Fn(Delivery) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let inner = Arc::make_mut(&mut self.0);
        assert!(inner.listeners.iter().all(|l| l.name != name), "two listeners are called {name}");
        inner.listeners.push(Listener::new(name, topics, handler));
        self
    }

    /// Adds a function that runs once in every `every`, on one process of all. `every` should be longer than a run
    /// takes. A run that fails is tried again after a minute, or after `every` if that is shorter.
    ///
    /// # Panics
    /// When the name is taken: the lease is kept by it.
    #[must_use]
    pub fn every<F, R>(mut self, name: &'static str, every: Duration, run: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let inner = Arc::make_mut(&mut self.0);
        assert!(inner.schedules.iter().all(|s| s.name != name), "two schedules are called {name}");
        inner.schedules.push(Schedule::new(name, every, run));
        self
    }

    /// What wakes this process's worker.
    #[must_use]
    pub fn hint(&self) -> Hint {
        self.0.hint.clone()
    }

    /// Works until `stop` is done; then finishes the facts in hand and returns. Sleeps while nothing is waiting.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let inner = &self.0;
        tracing::info!(owner = inner.owner, "jobs are running");
        loop {
            let round = self.run_once();
            tokio::pin!(round);
            let (result, stopped) = tokio::select! {
                result = &mut round => (result, false),
                () = &mut stop => {
                    inner.stopping.store(true, Ordering::SeqCst);
                    (round.await, true)
                }
            };
            if let Err(error) = result {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a round of jobs could not be worked; trying again"
                );
            }
            if stopped {
                break;
            }
            tokio::select! {
                () = inner.hint.0.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = &mut stop => break,
            }
        }
        tracing::info!(owner = inner.owner, "jobs have stopped");
    }

    /// Runs what is scheduled and due, then delivers facts until none is due.
    ///
    /// # Errors
    /// When the database fails; a handler that fails is no error here.
    pub async fn run_once(&self) -> Result<Done, DbError> {
        let mut done = schedule::run_due(&self.0).await?;
        while !self.0.stopping.load(Ordering::SeqCst) {
            let round = deliver::round(&self.0).await?;
            done.add(round);
            if round.delivered == 0 {
                break;
            }
        }
        Ok(done)
    }

    /// How the outbox stands; `stuck` counts dead letters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lag(&self) -> Result<Lag, DbError> {
        db::outbox::lag(&mut *self.0.db.read().await?, DEAD_AFTER_TRIES).await
    }

    /// Facts that could not be delivered many times: somebody must look. They are still tried once a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, DbError> {
        deliver::dead_letters(&self.0.db).await
    }

    /// Makes every dead letter due now; answers how many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_dead_letters(&self) -> Result<u64, DbError> {
        deliver::retry_dead_letters(&self.0.db, self.0.clock.now()).await
    }
}
