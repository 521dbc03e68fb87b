//! PostgreSQL: a pool of connections; each write is retried when it lost against another.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use crate::{
    BoxFuture, DbError,
    error::{SWALLOWED, sqlstate},
    tx::{Inner, Tx},
};

/// How often a write is tried that loses against others.
const TRIES: u32 = 12;
/// How often a write is tried on another connection when one broke before COMMIT. Several in the pool may be broken.
const CONNECTIONS: u32 = 3;

pub(crate) fn connect(url: &str, connections: usize) -> Result<Pool, DbError> {
    let mut config: tokio_postgres::Config = url
        .parse()
        .map_err(|e: tokio_postgres::Error| DbError::Unavailable(format!("the address of the database: {e}")))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    config.application_name("tongban");
    let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Pool::builder(manager)
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(Duration::from_secs(10)))
        .create_timeout(Some(Duration::from_secs(10)))
        .build()
        .map_err(|e| DbError::Unavailable(e.to_string()))
}

/// A connection in a transaction: if nobody ends it, it never returns to the pool.
struct Open(Option<Object>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

enum Round<T, E> {
    Over(Result<T, E>),
    /// It lost against another.
    Again(E),
    /// The connection broke before COMMIT was sent: nothing was written.
    Broken(E),
}

/// Whether the connection is gone for good.
fn broken(open: &Open) -> bool {
    open.0.as_ref().is_none_or(|object| object.is_closed())
}

/// Whether an error at COMMIT leaves open what became of the transaction. Only an error that the server tells about the
/// transaction itself says that it was rolled back; a server that ends the connection (class 57) may have committed.
fn outcome_unknown(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_none() || sqlstate(error).starts_with("57") || sqlstate(error).starts_with("08")
}

async fn attempt<A, T, E, F>(pool: &Pool, args: &A, f: &F) -> Round<T, E>
where
    E: From<DbError>,
    F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<T, E>>,
{
    let object = match pool.get().await {
        Ok(object) => object,
        Err(e) => return Round::Over(Err(DbError::from(e).into())),
    };
    let mut open = Open(Some(object));
    if let Some(object) = &open.0
        && let Err(e) = object.batch_execute("BEGIN").await
    {
        let error = DbError::from(e);
        return if broken(&open) { Round::Broken(error.into()) } else { Round::Over(Err(error.into())) };
    }
    // The transaction holds the connection while `f` runs; `Open` above is empty meanwhile, so the guard moves along.
    let Some(object) = open.0.take() else { return Round::Over(Err(DbError::AwaitedOutside.into())) };
    let mut tx = Guarded(Tx::new(Inner::Postgres(object)));
    let mut result = f(&mut tx.0, args).await;
    if result.is_ok()
        && let Err(error) = tx.0.send().await
    {
        result = Err(error.into());
    }
    let (retry, refused) = (tx.0.retry, tx.0.refused);
    let Inner::Postgres(object) = std::mem::replace(&mut tx.0.inner, Inner::Gone) else {
        return Round::Over(Err(DbError::AwaitedOutside.into()));
    };
    open.0 = Some(object);
    let Some(connection) = &open.0 else { return Round::Over(Err(DbError::AwaitedOutside.into())) };
    match result {
        // The server has given the transaction up and would answer COMMIT with a rollback, and no error.
        Ok(_) if refused => Round::Over(Err(DbError::Refused(SWALLOWED.into()).into())),
        Ok(value) => match connection.batch_execute("COMMIT").await {
            Ok(()) => {
                drop(open.0.take());
                Round::Over(Ok(value))
            }
            Err(e) if matches!(sqlstate(&e), "40001" | "40P01") => Round::Again(DbError::from(e).into()),
            Err(e) if outcome_unknown(&e) => Round::Over(Err(DbError::OutcomeUnknown(e.to_string()).into())),
            Err(e) => Round::Over(Err(DbError::from(e).into())),
        },
        Err(error) if broken(&open) => Round::Broken(error),
        Err(error) => {
            if connection.batch_execute("ROLLBACK").await.is_ok() {
                drop(open.0.take());
            }
            if retry { Round::Again(error) } else { Round::Over(Err(error)) }
        }
    }
}

/// A transaction whose connection is thrown away if it is dropped in the middle.
struct Guarded(Tx);

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Inner::Postgres(object) = std::mem::replace(&mut self.0.inner, Inner::Gone) {
            drop(Object::take(object));
        }
    }
}

pub(crate) async fn write<A, T, E, F>(pool: Pool, args: Arc<A>, f: Arc<F>) -> Result<T, E>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    F: for<'a> Fn(&'a mut Tx, &'a A) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
{
    // On a task of its own: a caller that goes away does not leave a transaction half done.
    let task = tokio::spawn(async move {
        let (mut tries, mut connections) = (0, 0);
        loop {
            match attempt(&pool, &*args, &*f).await {
                Round::Over(result) => return result,
                Round::Again(error) if tries >= TRIES => return Err(error),
                Round::Broken(error) if connections >= CONNECTIONS => return Err(error),
                Round::Broken(_) => connections += 1,
                Round::Again(_) => {
                    tries += 1;
                    let spread = kernel::next_id(kernel::Timestamp::UNIX_EPOCH).rem_euclid(7).unsigned_abs();
                    tokio::time::sleep(Duration::from_millis(u64::from(tries) * 3 + spread)).await;
                }
            }
        }
    });
    match task.await {
        Ok(result) => result,
        Err(e) if e.is_panic() => Err(DbError::Panicked(e.to_string()).into()),
        Err(e) => Err(DbError::Unavailable(e.to_string()).into()),
    }
}
