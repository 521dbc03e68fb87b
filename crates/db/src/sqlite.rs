//! The embedded engine: one writer thread that takes waiting transactions into one commit, and a pool of readers.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    task::{Context, Poll, Waker},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{
    BoxFuture, DbError,
    tx::{Inner, Tx},
};

/// Transactions that one commit takes at most.
const GROUP: usize = 64;
/// Transactions that may wait; more are told to come back later.
const QUEUE: usize = 4096;

type Reply = Box<dyn FnOnce(Result<(), String>) + Send>;
type Job = Box<dyn FnOnce(&mut Tx) -> (bool, Reply) + Send>;

pub(crate) struct Sqlite {
    queue: SyncSender<Job>,
    readers: Mutex<Vec<rusqlite::Connection>>,
    free: Arc<Semaphore>,
}

pub(crate) fn connect(path: &Path) -> Result<rusqlite::Connection, DbError> {
    let c = rusqlite::Connection::open(path)?;
    c.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; \
         PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;",
    )?;
    c.set_prepared_statement_cache_capacity(256);
    Ok(c)
}

impl Sqlite {
    pub(crate) fn open(path: &Path, readers: usize) -> Result<Self, DbError> {
        let writer = connect(path)?;
        let pool = (0..readers).map(|_| connect(path)).collect::<Result<Vec<_>, _>>()?;
        let (queue, waiting) = sync_channel::<Job>(QUEUE);
        std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || write_loop(writer, &waiting))
            .map_err(|e| DbError::Unavailable(e.to_string()))?;
        Ok(Self { queue, readers: Mutex::new(pool), free: Arc::new(Semaphore::new(readers)) })
    }

    pub(crate) async fn write<A, T, E, F>(&self, args: Arc<A>, f: Arc<F>) -> Result<T, E>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, E>>();
        let job: Job = Box::new(move |tx| {
            let result = catch_unwind(AssertUnwindSafe(|| poll_once(f(tx, &args))));
            let result = match result {
                Ok(Some(result)) => result,
                Ok(None) => Err(DbError::AwaitedOutside.into()),
                Err(panic) => Err(DbError::Panicked(words(&*panic)).into()),
            };
            let keep = result.is_ok();
            let reply: Reply = Box::new(move |committed| {
                let _gone = answer.send(match (result, committed) {
                    (Ok(_), Err(why)) => Err(lost(&why).into()),
                    (result, _) => result,
                });
            });
            (keep, reply)
        });
        self.queue.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => DbError::Unavailable("too many transactions are waiting".to_owned()),
            TrySendError::Disconnected(_) => DbError::Unavailable("the writer has stopped".to_owned()),
        })?;
        answered.await.map_err(|_| DbError::Unavailable("the writer has stopped".to_owned()))?
    }

    pub(crate) async fn read(self: &Arc<Self>) -> Result<Lent, DbError> {
        let permit = Arc::clone(&self.free)
            .acquire_owned()
            .await
            .map_err(|_| DbError::Unavailable("the readers are closed".to_owned()))?;
        let connection = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = connection.ok_or_else(|| DbError::Unavailable("no reader is free".to_owned()))?;
        let lent = Lent { connection: Some(connection), home: Arc::clone(self), _permit: permit };
        if let Some(c) = &lent.connection {
            c.execute_batch("BEGIN")?;
        }
        Ok(lent)
    }
}

/// A reader, given back when dropped.
pub(crate) struct Lent {
    connection: Option<rusqlite::Connection>,
    home: Arc<Sqlite>,
    _permit: OwnedSemaphorePermit,
}

impl Lent {
    pub(crate) fn take(&mut self) -> Option<rusqlite::Connection> {
        self.connection.take()
    }
    pub(crate) fn give_back(&self, connection: rusqlite::Connection) {
        // A reading transaction has nothing to lose; a connection that cannot end it is not lent again.
        if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() {
            self.home.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        } else {
            tracing::error!("a reader could not end its transaction and was closed");
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.give_back(connection);
        }
    }
}

fn lost(why: &str) -> DbError {
    if why.contains("full") {
        DbError::Full(why.to_owned().into())
    } else {
        DbError::Unavailable(format!("the commit failed: {why}"))
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

/// Polls a future that only awaits its own transaction, which is ready at once. `None`: it awaited something else.
fn poll_once<T>(mut future: BoxFuture<'_, T>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Runs on the writer thread until the last handle is gone.
fn write_loop(writer: rusqlite::Connection, waiting: &Receiver<Job>) {
    let mut tx = Tx::new(Inner::Sqlite(writer));
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        while batch.len() < GROUP
            && let Ok(job) = waiting.try_recv()
        {
            batch.push(job);
        }
        write_batch(&mut tx, batch);
    }
}

fn run(tx: &Tx, sql: &str) -> Result<(), String> {
    match &tx.inner {
        Inner::Sqlite(c) => c.execute_batch(sql).map_err(|e| e.to_string()),
        _ => Err("not the embedded engine".to_owned()),
    }
}

/// The engine has given the whole transaction up by itself, as it does on a full disk.
fn given_up(tx: &Tx) -> bool {
    matches!(&tx.inner, Inner::Sqlite(c) if c.is_autocommit())
}

fn write_batch(tx: &mut Tx, batch: Vec<Job>) {
    let mut done: Vec<Reply> = Vec::new();
    let mut open = false;
    for job in batch {
        if !open {
            if let Err(why) = run(tx, "BEGIN IMMEDIATE") {
                // The job is dropped unrun: its caller hears that the writer could not take it.
                tracing::error!(why, "a write transaction could not begin");
                drop(job);
                continue;
            }
            open = true;
        }
        if let Err(why) = run(tx, "SAVEPOINT job") {
            tracing::error!(why, "a savepoint could not be set");
            drop(job);
            continue;
        }
        let (keep, reply) = job(tx);
        if given_up(tx) {
            let why = "the engine gave the transaction up, as it does when the disk is full";
            tracing::error!("{why}");
            for earlier in done.drain(..) {
                earlier(Err(why.to_owned()));
            }
            reply(Err(why.to_owned()));
            open = false;
            continue;
        }
        let end = if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
        match run(tx, end) {
            Ok(()) => done.push(reply),
            Err(why) => reply(Err(why)),
        }
    }
    if !open {
        return;
    }
    let committed = run(tx, "COMMIT");
    if let Err(why) = &committed {
        tracing::error!(why, "a commit of {} transactions failed", done.len());
        if !given_up(tx)
            && let Err(why) = run(tx, "ROLLBACK")
        {
            tracing::error!(why, "the failed transaction could not be rolled back");
        }
    }
    for reply in done {
        reply(committed.clone());
    }
}
