//! The only place that knows the tables of the audit trail.

use db::{DbError, Row, Tx, args};

use crate::domain::Record;

db::statements! {
    /// Takes the next place of a chain and locks its head until the transaction ends.
    NEXT = "INSERT INTO audit_head (chain, seq, hash) VALUES ($1, 1, $2)
            ON CONFLICT (chain) DO UPDATE SET seq = audit_head.seq + 1 RETURNING seq, hash";
    /// Adds a record.
    ADD = "INSERT INTO audit_record (chain, seq, at, actor, act, object, reason, address, request, detail, prev, hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// Moves the head to the record just added.
    MOVE_HEAD = "UPDATE audit_head SET hash = $3 WHERE chain = $1 AND seq = $2";
    /// A part of one chain, in order.
    OF_CHAIN = "SELECT chain, seq, at, actor, act, object, reason, address, request, detail, prev, hash
                FROM audit_record WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    /// Records of one kind about one object, the newest first.
    ABOUT = "SELECT chain, seq, at, actor, act, object, reason, address, request, detail, prev, hash
             FROM audit_record WHERE object = $1 AND act = $2 ORDER BY at DESC, chain, seq DESC LIMIT $3";
    /// Head of one chain.
    HEAD = "SELECT seq, hash FROM audit_head WHERE chain = $1";
    /// Chains that have a head.
    HEADS = "SELECT chain FROM audit_head WHERE chain > $1 ORDER BY chain LIMIT $2";
    /// Chains that have a record.
    CHAINS = "SELECT DISTINCT chain FROM audit_record WHERE chain > $1 ORDER BY chain LIMIT $2";
}

/// Rows read at once.
pub(crate) const PAGE: i64 = 500;

/// Takes the next place of `chain`: its number and the link before it. `start` is the link before the first record.
pub(crate) async fn next(tx: &mut Tx, chain: i64, start: &str) -> Result<(i64, String), DbError> {
    let row = tx.row(NEXT, args![chain, start]).await?;
    let row = row.ok_or_else(|| DbError::corrupt("audit_head", "an upsert gave no row"))?;
    Ok((row.get("seq")?, row.get("hash")?))
}

pub(crate) async fn add(tx: &mut Tx, r: &Record) -> Result<(), DbError> {
    let args = args![
        r.chain,
        r.seq,
        r.at,
        &r.actor,
        &r.act,
        &r.object,
        r.reason.as_deref(),
        r.address.as_deref(),
        &r.request,
        &r.detail,
        &r.prev,
        &r.hash
    ];
    tx.later(ADD, args).await?;
    tx.later(MOVE_HEAD, args![r.chain, r.seq, &r.hash]).await?;
    Ok(())
}

pub(crate) async fn of_chain(tx: &mut Tx, chain: i64, after: i64, limit: i64) -> Result<Vec<Record>, DbError> {
    tx.rows(OF_CHAIN, args![chain, after, limit]).await?.iter().map(record).collect()
}

pub(crate) async fn about(tx: &mut Tx, object: &str, act: &str, limit: i64) -> Result<Vec<Record>, DbError> {
    tx.rows(ABOUT, args![object, act, limit]).await?.iter().map(record).collect()
}

pub(crate) async fn head(tx: &mut Tx, chain: i64) -> Result<Option<(i64, String)>, DbError> {
    tx.row(HEAD, args![chain]).await?.map(|row| Ok((row.get("seq")?, row.get("hash")?))).transpose()
}

/// Numbers of chains above `after`, from heads or from records, so that a chain without its head is seen too.
pub(crate) async fn chains(tx: &mut Tx, from_heads: bool, after: i64) -> Result<Vec<i64>, DbError> {
    let sql = if from_heads { HEADS } else { CHAINS };
    tx.rows(sql, args![after, PAGE]).await?.iter().map(|row| row.get("chain")).collect()
}

fn record(row: &Row) -> Result<Record, DbError> {
    Ok(Record {
        chain: row.get("chain")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        act: row.get("act")?,
        object: row.get("object")?,
        reason: row.get("reason")?,
        address: row.get("address")?,
        request: row.get("request")?,
        detail: row.get("detail")?,
        prev: row.get("prev")?,
        hash: row.get("hash")?,
    })
}
