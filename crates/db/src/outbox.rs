//! Reading the outbox: for the `jobs` kit. Facts are written by [`Tx::tell`].

use kernel::Timestamp;

use crate::{
    DbError, Row, Tx, args,
    kit::{
        DEAD_FACTS, DELETE_FACT, DELIVERED_TO, DUE_BUCKETS, FORGET_DELIVERIES, LAG, MARK_DELIVERED, POSTPONE_FACT,
        WAITING_FACTS,
    },
};

/// A fact told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Home key of what it is about.
    pub home: i64,
    /// Its id, ordered by time within a home.
    pub id: i64,
    /// What it is, such as `case.accepted`.
    pub topic: String,
    /// JSON.
    pub body: String,
    /// When it was told.
    pub at: Timestamp,
    /// How often delivery failed.
    pub tries: i64,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// How the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Facts waiting.
    pub waiting: i64,
    /// The oldest of them.
    pub oldest: Option<Timestamp>,
    /// Facts tried too often.
    pub stuck: i64,
}

/// Buckets in which [`waiting`] has something.
///
/// # Errors
/// When the database fails.
pub async fn due_buckets(tx: &mut Tx, now: Timestamp, dead: i64) -> Result<Vec<i64>, DbError> {
    tx.rows(DUE_BUCKETS, args![now, dead]).await?.iter().map(|row| row.get("bucket")).collect()
}

/// Facts of `bucket` that are due, in the order in which they were told. The caller holds the bucket's lease.
///
/// A fact that waits to be tried again holds back the later ones of its home, until it has been tried `dead` times.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx, bucket: i64, now: Timestamp, limit: i64, dead: i64) -> Result<Vec<Fact>, DbError> {
    tx.rows(WAITING_FACTS, args![bucket, now, limit, dead]).await?.iter().map(fact).collect()
}

/// Facts that were tried at least `tries` times.
///
/// # Errors
/// When the database fails.
pub async fn dead(tx: &mut Tx, tries: i64) -> Result<Vec<Fact>, DbError> {
    tx.rows(DEAD_FACTS, args![tries]).await?.iter().map(fact).collect()
}

fn fact(row: &Row) -> Result<Fact, DbError> {
    Ok(Fact {
        home: row.get("home")?,
        id: row.get("id")?,
        topic: row.get("topic")?,
        body: row.get("body")?,
        at: row.get("at")?,
        tries: row.get("tries")?,
        last_error: row.get("last_error")?,
    })
}

/// Marks that `listener` has had the fact. `false`: it had it before, and must do nothing now.
///
/// # Errors
/// When the database fails.
pub async fn deliver_once(tx: &mut Tx, home: i64, id: i64, listener: &str) -> Result<bool, DbError> {
    Ok(tx.exec(MARK_DELIVERED, args![home, id, listener]).await? == 1)
}

/// Listeners that have had the fact.
///
/// # Errors
/// When the database fails.
pub async fn delivered(tx: &mut Tx, home: i64, id: i64) -> Result<Vec<String>, DbError> {
    tx.rows(DELIVERED_TO, args![home, id]).await?.iter().map(|row| row.get("listener")).collect()
}

/// Removes a fact that everybody has had, with its marks.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, home: i64, id: i64) -> Result<(), DbError> {
    tx.exec(DELETE_FACT, args![home, id]).await?;
    tx.exec(FORGET_DELIVERIES, args![home, id]).await?;
    Ok(())
}

/// Puts a fact off until `due`, with the reason.
///
/// # Errors
/// When the database fails.
pub async fn postpone(tx: &mut Tx, home: i64, id: i64, due: Timestamp, error: &str) -> Result<(), DbError> {
    tx.exec(POSTPONE_FACT, args![home, id, due, error]).await?;
    Ok(())
}

/// How the outbox stands; `stuck` counts facts tried at least `tries` times.
///
/// # Errors
/// When the database fails.
pub async fn lag(tx: &mut Tx, tries: i64) -> Result<Lag, DbError> {
    match tx.row(LAG, args![tries]).await? {
        Some(row) => Ok(Lag { waiting: row.get("waiting")?, oldest: row.get("oldest")?, stuck: row.get("stuck")? }),
        None => Ok(Lag { waiting: 0, oldest: None, stuck: 0 }),
    }
}
