//! One database handle over embedded SQLite and PostgreSQL: transactions, migrations, outbox, leases.
//!
//! SQL is written once, in the portable subset that README.md lists, and registered with [`statements!`]. Nothing above
//! this crate asks which engine it runs on.

mod error;
mod kit;
mod migrate;
mod postgres;
mod schema;
mod sqlite;
mod statement;
mod tx;
mod value;

pub mod counter;
pub mod idempotency;
pub mod lease;
pub mod outbox;

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

pub use error::DbError;
pub use kit::SCHEMA;
pub use migrate::MigrationReport;
pub use schema::{Home, Migration, Schema, check_homes, columns, prepare_all};
pub use statement::Sql;
pub use tx::{BUCKETS, Ran, Tx};
pub use value::{Arg, Args, Column, Row};

/// A boxed future that may be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Which engine a handle talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A server.
    Postgres,
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections to a server, or readers of the embedded file.
    pub connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 16 }
    }
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Handle);

#[derive(Clone)]
enum Handle {
    Sqlite {
        engine: Arc<sqlite::Sqlite>,
        path: PathBuf,
    },
    /// Connections for reading and for writing apart: who holds one for reading can always write, because those who write
    /// wait for nobody. With one pool, as many readers as there are connections that all write would wait for ever.
    Postgres {
        readers: deadpool_postgres::Pool,
        writers: deadpool_postgres::Pool,
    },
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.engine()).finish()
    }
}

/// A consistent reading handle; on the embedded engine a snapshot, on a server each statement sees what is committed.
pub struct Reader {
    tx: Tx,
    lent: Option<sqlite::Lent>,
}

impl Deref for Reader {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}
impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
impl Drop for Reader {
    fn drop(&mut self) {
        if let (Some(lent), tx::Inner::Sqlite(connection)) =
            (&self.lent, std::mem::replace(&mut self.tx.inner, tx::Inner::Gone))
        {
            lent.give_back(connection);
        }
    }
}

impl Db {
    /// Opens `sqlite:PATH` (or a bare path) or `postgres://…`. Nothing is written yet.
    ///
    /// # Errors
    /// When the file cannot be opened or the address cannot be read. A server is first called at the first statement.
    pub async fn open(url: &str, options: Options) -> Result<Self, DbError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let writers = (options.connections / 2).max(1);
            let readers = options.connections.saturating_sub(writers).max(1);
            return Ok(Self(Handle::Postgres {
                readers: postgres::connect(url, readers)?,
                writers: postgres::connect(url, writers)?,
            }));
        }
        let path = PathBuf::from(url.strip_prefix("sqlite:").unwrap_or(url));
        let engine = Arc::new(sqlite::Sqlite::open(&path, options.connections)?);
        Ok(Self(Handle::Sqlite { engine, path }))
    }

    /// Which engine this is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.0 {
            Handle::Sqlite { .. } => Engine::Sqlite,
            Handle::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Brings the schema up to date and takes a node number for this process's ids.
    ///
    /// # Errors
    /// When a migration fails or one that was applied has been edited since.
    pub async fn migrate(&self, schemas: &[Schema], now: kernel::Timestamp) -> Result<MigrationReport, DbError> {
        let report = migrate::run(self, schemas, now).await?;
        lease::take_node(self, now).await?;
        Ok(report)
    }

    /// Runs `f` in one write transaction and commits when it answers `Ok`.
    ///
    /// `f` may run several times (a transaction that lost against another is tried again), so it must have no effect but
    /// through `tx`, and must await nothing else.
    ///
    /// # Errors
    /// What `f` answered, or [`DbError`] turned into its error type.
    pub async fn write<A, T, E, F>(&self, args: A, f: F) -> Result<T, E>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        match &self.0 {
            Handle::Sqlite { engine, .. } => engine.write(Arc::new(args), Arc::new(f)).await,
            Handle::Postgres { writers, .. } => postgres::write(writers.clone(), Arc::new(args), Arc::new(f)).await,
        }
    }

    /// A reading handle.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Reader, DbError> {
        match &self.0 {
            Handle::Sqlite { engine, .. } => {
                let mut lent = engine.read().await?;
                let connection = lent.take().ok_or_else(|| DbError::Unavailable("no reader is free".to_owned()))?;
                Ok(Reader { tx: Tx::new(tx::Inner::Sqlite(connection)), lent: Some(lent) })
            }
            Handle::Postgres { readers, .. } => {
                Ok(Reader { tx: Tx::new(tx::Inner::Postgres(readers.get().await?)), lent: None })
            }
        }
    }

    /// Copies an embedded database, as it stands at one instant, into the file `to` while writing goes on. A server has
    /// `pg_dump`.
    ///
    /// # Errors
    /// When this is a server, or the copy cannot be written.
    pub fn backup_to(&self, to: &Path) -> Result<(), DbError> {
        let Handle::Sqlite { path, .. } = &self.0 else {
            return Err(DbError::Unavailable("use pg_dump for a server".to_owned()));
        };
        let from = sqlite::connect(path, sqlite::READER_KIB)?;
        let mut copy = rusqlite::Connection::open(to)?;
        let backup = rusqlite::backup::Backup::new(&from, &mut copy)?;
        // All pages in one step: a copy in several begins anew with every write of another process, and would never end
        // under load. Writers are not held up, for the log of writes keeps what the copy reads.
        match backup.step(-1)? {
            rusqlite::backup::StepResult::Done => Ok(()),
            other => Err(DbError::Unavailable(format!("the copy was not finished: {other:?}"))),
        }
    }
}
