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

use rusqlite::{ErrorCode, ffi};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{
    BoxFuture, DbError,
    error::SWALLOWED,
    tx::{Inner, Tx},
};

/// Transactions that one commit takes at most.
const GROUP: usize = 64;
/// Transactions that may wait; more are told to come back later.
const QUEUE: usize = 4096;

type Reply = Box<dyn FnOnce(Result<(), Lost>) + Send>;
type Job = Box<dyn FnOnce(&mut Tx) -> (bool, Reply) + Send>;

pub(crate) struct Sqlite {
    queue: SyncSender<Job>,
    readers: Mutex<Vec<rusqlite::Connection>>,
    free: Arc<Semaphore>,
}

/// Pages that the writer keeps, in KiB.
const WRITER_KIB: u32 = 32 << 10;
/// Pages that each reader keeps, in KiB. There are many readers, and the system keeps the file's pages for all of them.
pub(crate) const READER_KIB: u32 = 4 << 10;

pub(crate) fn connect(path: &Path, keeps_kib: u32) -> Result<rusqlite::Connection, DbError> {
    let c = rusqlite::Connection::open(path)?;
    c.execute_batch(&format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; \
         PRAGMA cache_size=-{keeps_kib}; PRAGMA temp_store=MEMORY;",
    ))?;
    c.set_prepared_statement_cache_capacity(256);
    Ok(c)
}

impl Sqlite {
    pub(crate) fn open(path: &Path, readers: usize) -> Result<Self, DbError> {
        let writer = connect(path, WRITER_KIB)?;
        let pool = (0..readers).map(|_| connect(path, READER_KIB)).collect::<Result<Vec<_>, _>>()?;
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
            let result = match result {
                // As on a server: nothing is kept of a transaction one of whose statements was refused.
                Ok(_) if tx.refused => Err(DbError::Refused(SWALLOWED.into()).into()),
                result => result,
            };
            let keep = result.is_ok();
            let reply: Reply = Box::new(move |committed| {
                let _gone = answer.send(match (result, committed) {
                    (Ok(_), Err(lost)) => Err(DbError::from(lost).into()),
                    (result, _) => result,
                });
            });
            (keep, reply)
        });
        self.queue.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => DbError::Unavailable("too many transactions are waiting".to_owned()),
            TrySendError::Disconnected(_) => DbError::Unavailable("the writer has stopped".to_owned()),
        })?;
        answered.await.map_err(|_| DbError::Unavailable("the writer could not take it".to_owned()))?
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

/// Why a transaction that had gone well was not written after all. Told to everybody in the same commit.
#[derive(Debug, Clone)]
enum Lost {
    Full(String),
    Unwritable(String),
    /// It was written, but perhaps not to the disk.
    Unknown(String),
    Other(String),
}

impl Lost {
    fn at_commit(error: &rusqlite::Error) -> Self {
        let why = error.to_string();
        match error.sqlite_error() {
            Some(e) if e.code == ErrorCode::DiskFull => Self::Full(why),
            Some(e) if matches!(e.extended_code, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC) => {
                Self::Unknown(why)
            }
            Some(e) if e.code == ErrorCode::SystemIoFailure => Self::Unwritable(why),
            _ => Self::Other(why),
        }
    }
}

impl From<Lost> for DbError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Full(why) => Self::Full(why.into()),
            Lost::Unwritable(why) => Self::Unwritable(why.into()),
            Lost::Unknown(why) => Self::OutcomeUnknown(why),
            Lost::Other(why) => Self::Unavailable(format!("the commit failed: {why}")),
        }
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

fn run(tx: &Tx, sql: &str) -> rusqlite::Result<()> {
    match &tx.inner {
        Inner::Sqlite(c) => c.prepare_cached(sql)?.execute([]).map(drop),
        _ => Err(rusqlite::Error::InvalidQuery),
    }
}

/// The engine has given the whole transaction up by itself, as it does on a full disk.
fn given_up(tx: &Tx) -> bool {
    matches!(&tx.inner, Inner::Sqlite(c) if c.is_autocommit())
}

/// Ends a transaction that cannot be committed.
fn roll_back(tx: &Tx) {
    if !given_up(tx)
        && let Err(why) = run(tx, "ROLLBACK")
    {
        tracing::error!(%why, "the failed transaction could not be rolled back");
    }
}

/// Runs waiting transactions as savepoints of one. Whoever is answered `Ok` is on the disk.
fn write_batch(tx: &mut Tx, batch: Vec<Job>) {
    let mut done: Vec<Reply> = Vec::new();
    let mut open = false;
    for job in batch {
        if !open {
            if let Err(why) = run(tx, "BEGIN IMMEDIATE") {
                // This job and those behind it are dropped unrun: their callers hear that the writer has not taken them.
                tracing::error!(%why, "a write transaction could not begin");
                return;
            }
            open = true;
        }
        if let Err(why) = run(tx, "SAVEPOINT job") {
            tracing::error!(%why, "a savepoint could not be set");
            drop(job);
            continue;
        }
        tx.refused = false;
        let (keep, reply) = job(tx);
        tx.refused = false;
        let ended = if given_up(tx) {
            Err(Lost::Full("the engine gave the transaction up, as it does when the disk is full".to_owned()))
        } else {
            let undone = if keep { Ok(()) } else { run(tx, "ROLLBACK TO job") };
            undone.and_then(|()| run(tx, "RELEASE job")).map_err(|error| Lost::at_commit(&error))
        };
        match ended {
            Ok(()) => done.push(reply),
            Err(lost) => {
                // What stands half done in the one transaction cannot be told apart: nothing of it is kept.
                tracing::error!(?lost, "{} transactions were given up", done.len() + 1);
                roll_back(tx);
                for earlier in done.drain(..) {
                    earlier(Err(lost.clone()));
                }
                reply(Err(lost));
                open = false;
            }
        }
    }
    if !open {
        return;
    }
    let committed = run(tx, "COMMIT").map_err(|error| Lost::at_commit(&error));
    if let Err(lost) = &committed {
        tracing::error!(?lost, "a commit of {} transactions failed", done.len());
        roll_back(tx);
    }
    for reply in done {
        reply(committed.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, Options, counter};

    async fn filled(db: &Db) -> i64 {
        let mut tx = db.read().await.unwrap();
        let rows = tx.raw_rows("SELECT count(*) AS n FROM db_counter", crate::args![]).await.unwrap();
        rows[0].get("n").unwrap()
    }

    /// Limits the pages of the writer's connection, which makes it fail as a full disk does.
    fn limit(writer: &mut Tx, pages: u32) {
        if let Inner::Sqlite(c) = &writer.inner {
            c.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
        }
    }

    /// One transaction that writes `bytes` bytes, and where its answer comes.
    fn job(bytes: usize) -> (Job, oneshot::Receiver<Result<(), DbError>>) {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            let name = "x".repeat(bytes);
            let result = poll_once(Box::pin(async { counter::next(tx, &name).await }));
            let result = result.unwrap_or(Err(DbError::AwaitedOutside)).map(drop);
            let keep = result.is_ok();
            let reply: Reply = Box::new(move |committed| {
                let _gone = answer.send(result.and_then(|()| committed.map_err(DbError::from)));
            });
            (keep, reply)
        });
        (job, answered)
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_so_and_the_others_of_the_same_commit_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.db");
        let db = Db::open(&path.display().to_string(), Options { connections: 2 }).await.unwrap();
        db.migrate(&[], kernel::Timestamp::UNIX_EPOCH).await.unwrap();
        let mut writer = Tx::new(Inner::Sqlite(connect(&path, WRITER_KIB).unwrap()));
        limit(&mut writer, 150);

        let ((small, first), (large, second), (after, third)) = (job(10), job(1 << 20), job(20));
        write_batch(&mut writer, vec![small, large, after]);
        first.await.unwrap().unwrap();
        assert!(matches!(second.await.unwrap(), Err(DbError::Full(_))));
        third.await.unwrap().unwrap();
        assert_eq!(filled(&db).await, 2, "exactly those that were told so are there");

        limit(&mut writer, 100_000);
        let (again, answered) = job(1 << 20);
        write_batch(&mut writer, vec![again]);
        answered.await.unwrap().unwrap();
        assert_eq!(filled(&db).await, 3);
        let next: Result<i64, DbError> = db.write((), |tx, ()| Box::pin(async { counter::next(tx, "n").await })).await;
        assert_eq!(next.unwrap(), 1);
    }

    #[test]
    fn what_a_failed_commit_means_depends_on_where_it_failed() {
        let failed =
            |code: i32| DbError::from(Lost::at_commit(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)));
        assert!(matches!(failed(ffi::SQLITE_FULL), DbError::Full(_)));
        assert!(matches!(failed(ffi::SQLITE_IOERR_WRITE), DbError::Unwritable(_)));
        assert!(matches!(failed(ffi::SQLITE_IOERR_FSYNC), DbError::OutcomeUnknown(_)));
        assert!(matches!(failed(ffi::SQLITE_BUSY), DbError::Unavailable(_)));
    }
}
