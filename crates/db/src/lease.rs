//! Leases: what only one process may do at a time, and the node number of its ids.

use kernel::Timestamp;

use crate::{
    Db, DbError, Tx, args,
    kit::{COUNT_NODES, DROP_LEASE, INSERT_NODE, OLDEST_NODE, RETAKE_NODE, TAKE_LEASE},
};

/// Takes or renews the lease `name` for `owner` until `until`. `false`: somebody else holds it.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, name: &str, owner: &str, until: Timestamp, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.row(TAKE_LEASE, args![name, owner, until, now]).await?.is_some())
}

/// Gives a lease up, so that another need not wait for its end.
///
/// # Errors
/// When the database fails.
pub async fn give_up(tx: &mut Tx, name: &str, owner: &str) -> Result<(), DbError> {
    tx.exec(DROP_LEASE, args![name, owner]).await?;
    Ok(())
}

/// Node numbers there are.
const NODES: i64 = 1024;

/// Takes the node number that has been unused for longest and makes this process's ids bear it.
pub(crate) async fn take_node(db: &Db, now: Timestamp) -> Result<(), DbError> {
    for _ in 0..64 {
        let node = db.write(now, |tx, now| Box::pin(try_node(tx, *now))).await?;
        if let Some(node) = node.and_then(|n| u16::try_from(n).ok()) {
            kernel::use_node(node);
            return Ok(());
        }
    }
    Err(DbError::Unavailable("no node number could be had".to_owned()))
}

async fn try_node(tx: &mut Tx, now: Timestamp) -> Result<Option<i64>, DbError> {
    let taken: i64 = match tx.row(COUNT_NODES, args![]).await? {
        Some(row) => row.get("n")?,
        None => 0,
    };
    if taken < NODES {
        return Ok((tx.exec(INSERT_NODE, args![taken, now]).await? == 1).then_some(taken));
    }
    let Some(row) = tx.row(OLDEST_NODE, args![]).await? else { return Ok(None) };
    let (node, before): (i64, i64) = (row.get("node")?, row.get("taken_at")?);
    let after = now.as_millisecond().max(before + 1);
    Ok((tx.exec(RETAKE_NODE, args![node, after, before]).await? == 1).then_some(node))
}
