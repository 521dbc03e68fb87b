//! A transaction, or a reading handle, on either engine.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use kernel::Timestamp;
use serde::Serialize;
use tokio_postgres::types::ToSql;

use crate::{
    Args, DbError, Engine, Row, Sql,
    error::sqlstate,
    kit::INSERT_FACT,
    value::{Arg, Inner as RowInner},
};

/// What statements are run on.
pub struct Tx {
    pub(crate) inner: Inner,
    /// A statement failed in a way that another try may cure (40001, 40P01).
    pub(crate) retry: bool,
    /// A statement was refused, so that nothing of this transaction may be kept: a server commits nothing of it, and the
    /// embedded engine does as the server would.
    pub(crate) refused: bool,
    /// Statements so far.
    pub(crate) statements: u64,
    /// What is run, kept for whoever asked for it.
    pub(crate) kept: Option<Vec<Ran>>,
    /// Statements for a server that nobody waits for, not sent yet.
    pub(crate) waiting: Vec<Ran>,
}

/// Statements that go out together at most.
const TOGETHER: usize = 24;

/// A statement that was run, with its values: for measuring against the same statements run by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// Which.
    pub sql: Sql,
    /// Its values, in order.
    pub args: Vec<Arg<'static>>,
}

impl Ran {
    /// Whether it changes nothing.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.sql.text().starts_with("SELECT")
    }
}

pub(crate) enum Inner {
    Sqlite(rusqlite::Connection),
    Postgres(deadpool_postgres::Object),
    /// Being moved.
    Gone,
}

/// Facts of one home fall into this many buckets.
pub const BUCKETS: i64 = 64;

impl Tx {
    pub(crate) const fn new(inner: Inner) -> Self {
        Self { inner, retry: false, refused: false, statements: 0, kept: None, waiting: Vec::new() }
    }

    /// Keeps every statement from here on, until [`Tx::kept`] takes them.
    pub fn keep(&mut self) {
        self.kept = Some(Vec::new());
    }

    /// The statements since [`Tx::keep`]; nothing more is kept.
    pub fn kept(&mut self) -> Vec<Ran> {
        self.kept.take().unwrap_or_default()
    }

    fn begun(&mut self, sql: Sql, args: Args<'_>) -> Result<(), DbError> {
        self.statements += 1;
        if let Some(kept) = &mut self.kept {
            kept.push(Ran { sql, args: args.iter().map(Arg::to_owned).collect() });
        }
        storable(args)
    }

    /// Which engine it runs on.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.inner {
            Inner::Postgres(_) => Engine::Postgres,
            Inner::Sqlite(_) | Inner::Gone => Engine::Sqlite,
        }
    }

    /// Statements run so far.
    #[must_use]
    pub const fn statements(&self) -> u64 {
        self.statements
    }

    /// On the embedded engine: refuses what would no longer run inside the transaction, and notes a refused statement.
    fn embedded<T>(&mut self, f: impl FnOnce(&rusqlite::Connection) -> Result<T, DbError>) -> Result<T, DbError> {
        let Inner::Sqlite(c) = &self.inner else {
            return Err(DbError::Unavailable("the transaction is over".to_owned()));
        };
        if self.refused && c.is_autocommit() {
            return Err(DbError::Unavailable("the engine has given the transaction up".to_owned()));
        }
        let done = f(c);
        self.refused |= done.is_err();
        done
    }

    fn failed(&mut self, error: tokio_postgres::Error) -> DbError {
        self.refused = true;
        self.retry |= matches!(sqlstate(&error), "40001" | "40P01");
        error.into()
    }

    /// Runs a statement; answers how many rows it changed.
    ///
    /// # Errors
    /// When the engine refuses it. On PostgreSQL the transaction can only be given up then.
    pub async fn exec(&mut self, sql: Sql, args: Args<'_>) -> Result<u64, DbError> {
        self.send().await?;
        self.begun(sql, args)?;
        match &mut self.inner {
            Inner::Sqlite(_) => self.embedded(|c| {
                let mut statement = c.prepare_cached(sql.text())?;
                let shape = Shape::of(sql, &statement)?;
                bind(&mut statement, &shape, args)?;
                Ok(statement.raw_execute()? as u64)
            }),
            Inner::Postgres(c) => {
                let result = match c.prepare_cached(sql.text()).await {
                    Ok(statement) => c.execute(&statement, &bound(args)).await,
                    Err(e) => Err(e),
                };
                result.map_err(|e| self.failed(e))
            }
            Inner::Gone => Err(DbError::Unavailable("the transaction is over".to_owned())),
        }
    }

    /// Runs a statement whose outcome nobody waits for: in its place before every later statement, and before the commit.
    /// A server gets several of them in one go, so that a transaction does not wait for each; the embedded engine runs it
    /// at once. An error shows here, at the next statement, or at the commit.
    ///
    /// # Errors
    /// When the engine refuses it or one before it.
    pub async fn later(&mut self, sql: Sql, args: Args<'_>) -> Result<(), DbError> {
        if !matches!(self.inner, Inner::Postgres(_)) {
            return self.exec(sql, args).await.map(|_| ());
        }
        self.begun(sql, args)?;
        self.waiting.push(Ran { sql, args: args.iter().map(Arg::to_owned).collect() });
        if self.waiting.len() >= TOGETHER { self.send().await } else { Ok(()) }
    }

    /// Sends what waits, in order, and hears all answers.
    pub(crate) async fn send(&mut self) -> Result<(), DbError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let Inner::Postgres(c) = &mut self.inner else { return Ok(()) };
        let c = &*c;
        let sent = async {
            let mut prepared = Vec::with_capacity(waiting.len());
            for ran in &waiting {
                prepared.push(c.prepare_cached(ran.sql.text()).await?);
            }
            // Polled in order for the first time, they go out in order; the server answers in the same.
            let running = waiting.iter().zip(&prepared).map(|(ran, statement)| async move {
                let args = bound(&ran.args);
                c.execute(statement, &args).await
            });
            futures_util::future::join_all(running).await.into_iter().collect::<Result<Vec<u64>, _>>()
        };
        let sent = sent.await;
        sent.map(|_| ()).map_err(|e| self.failed(e))
    }

    /// All rows of an answer.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub async fn rows(&mut self, sql: Sql, args: Args<'_>) -> Result<Vec<Row>, DbError> {
        self.send().await?;
        self.begun(sql, args)?;
        match &mut self.inner {
            Inner::Sqlite(_) => self.embedded(|c| {
                let mut statement = c.prepare_cached(sql.text())?;
                let shape = Shape::of(sql, &statement)?;
                sqlite_rows(&mut statement, &shape, args)
            }),
            Inner::Postgres(c) => {
                let result = match c.prepare_cached(sql.text()).await {
                    Ok(statement) => c.query(&statement, &bound(args)).await,
                    Err(e) => Err(e),
                };
                let rows = result.map_err(|e| self.failed(e))?;
                Ok(rows.into_iter().map(|r| Row(RowInner::Postgres(r))).collect())
            }
            Inner::Gone => Err(DbError::Unavailable("the transaction is over".to_owned())),
        }
    }

    /// The first row of an answer, if any.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub async fn row(&mut self, sql: Sql, args: Args<'_>) -> Result<Option<Row>, DbError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Tells a fact to whoever listens: it commits with the change. `home` is the home key of what changed; facts of one
    /// home reach a listener in the order in which they were told.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn tell(
        &mut self,
        home: i64,
        topic: &'static str,
        body: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let body = serde_json::to_string(body).map_err(|e| DbError::corrupt("db_outbox.body", e))?;
        let id = kernel::next_id(now);
        self.later(INSERT_FACT, crate::args![home, id, home.rem_euclid(BUCKETS), topic, body, now]).await?;
        Ok(())
    }

    /// Says that what this transaction read was changed by another meanwhile: once it has answered an error, the engine
    /// runs it anew, so that it decides on what is there now. After many tries the error stands.
    pub const fn again(&mut self) {
        self.retry = true;
    }

    /// Runs a text that is no registered statement: migrations and checks of the schema.
    pub(crate) async fn raw(&mut self, sql: &str) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Sqlite(c) => Ok(c.execute_batch(sql)?),
            Inner::Postgres(c) => Ok(c.batch_execute(sql).await?),
            Inner::Gone => Err(DbError::Unavailable("the transaction is over".to_owned())),
        }
    }

    /// Rows of a text that is no registered statement.
    pub(crate) async fn raw_rows(&mut self, sql: &str, args: Args<'_>) -> Result<Vec<Row>, DbError> {
        match &mut self.inner {
            Inner::Sqlite(c) => {
                let mut statement = c.prepare(sql)?;
                let shape = Shape::read(&statement)?;
                sqlite_rows(&mut statement, &shape, args)
            }
            Inner::Postgres(c) => {
                Ok(c.query(sql, &bound(args)).await?.into_iter().map(|r| Row(RowInner::Postgres(r))).collect())
            }
            Inner::Gone => Err(DbError::Unavailable("the transaction is over".to_owned())),
        }
    }

    /// Prepares a text; the engine's complaint when it cannot.
    pub(crate) async fn prepare(&mut self, sql: &str) -> Result<(), String> {
        match &mut self.inner {
            Inner::Sqlite(c) => c.prepare(sql).map(|_| ()).map_err(|e| e.to_string()),
            Inner::Postgres(c) => c.prepare(sql).await.map(|_| ()).map_err(|e| match e.as_db_error() {
                Some(db) => db.message().to_owned(),
                None => e.to_string(),
            }),
            Inner::Gone => Err("the transaction is over".to_owned()),
        }
    }
}

/// PostgreSQL keeps no NUL in a text, SQLite would: neither gets one.
fn storable(args: Args<'_>) -> Result<(), DbError> {
    let nul = args.iter().any(|a| matches!(a, Arg::Text(text) if text.contains('\0')));
    if nul { Err(DbError::Unstorable) } else { Ok(()) }
}

fn bound<'a>(args: &'a [Arg<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter().map(|a| a as &(dyn ToSql + Sync)).collect()
}

/// What a prepared statement is like, the same for every connection.
struct Shape {
    /// Names of the columns of its answer.
    columns: Arc<[String]>,
    /// Which of the values stands at each of its places. To SQLite `$1` is a name, numbered by where it first stands in
    /// the text, so each place is asked once for the name it bears.
    values: Box<[usize]>,
}

/// Shapes by where the text of a registered statement lies, which is for ever in one place, and how long it is.
type Shapes = HashMap<(usize, usize), Arc<Shape>>;
static SHAPES: LazyLock<RwLock<Shapes>> = LazyLock::new(RwLock::default);

impl Shape {
    /// The shape of a registered statement, read when it is first run.
    fn of(sql: Sql, statement: &rusqlite::Statement<'_>) -> Result<Arc<Self>, DbError> {
        let place = (sql.text().as_ptr().addr(), sql.text().len());
        if let Some(shape) = SHAPES.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return Ok(Arc::clone(shape));
        }
        let shape = Arc::new(Self::read(statement)?);
        SHAPES.write().unwrap_or_else(PoisonError::into_inner).insert(place, Arc::clone(&shape));
        Ok(shape)
    }

    fn read(statement: &rusqlite::Statement<'_>) -> Result<Self, DbError> {
        let value = |place: usize| {
            let number = statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
            let value = number.and_then(|number| number.checked_sub(1));
            value.ok_or_else(|| DbError::Refused(format!("parameter {place} has no number").into()))
        };
        let values = (1..=statement.parameter_count()).map(value).collect::<Result<_, _>>()?;
        Ok(Self { columns: statement.column_names().map(str::to_owned).collect(), values })
    }
}

/// Binds `$n` to the n-th value.
fn bind(statement: &mut rusqlite::Statement<'_>, shape: &Shape, args: &[Arg<'_>]) -> Result<(), DbError> {
    let places = shape.values.len();
    if places != args.len() {
        return Err(DbError::Refused(format!("{} values were bound to {places} parameters", args.len()).into()));
    }
    for (place, value) in (1..).zip(&shape.values) {
        let arg = args.get(*value);
        let arg = arg.ok_or_else(|| DbError::Refused(format!("parameter {place} is none of the values").into()))?;
        statement.raw_bind_parameter(place, arg)?;
    }
    Ok(())
}

fn sqlite_rows(statement: &mut rusqlite::Statement<'_>, shape: &Shape, args: &[Arg<'_>]) -> Result<Vec<Row>, DbError> {
    bind(statement, shape, args)?;
    let columns = &shape.columns;
    let mut rows = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..columns.len()).map(|i| row.get(i)).collect::<Result<Vec<_>, _>>()?;
        out.push(Row(RowInner::Sqlite { columns: Arc::clone(columns), values }));
    }
    Ok(out)
}
