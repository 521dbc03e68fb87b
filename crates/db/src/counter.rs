//! Running numbers without holes: a number taken in a transaction that is given up is not used up.

use crate::{DbError, Tx, args, kit::NEXT_NUMBERS};

/// Takes the next number of `name`, from 1.
///
/// The counter's row is held until the transaction ends: take counters last, and in the order of their names.
///
/// # Errors
/// When the database fails.
pub async fn next(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    reserve(tx, name, 1).await
}

/// Takes `n` numbers at once and answers the last: `last - n + 1 ..= last` are the caller's.
///
/// # Errors
/// When the database fails.
pub async fn reserve(tx: &mut Tx, name: &str, n: i64) -> Result<i64, DbError> {
    let row = tx.row(NEXT_NUMBERS, args![name, n]).await?;
    row.ok_or_else(|| DbError::corrupt("db_counter.value", "no row came back"))?.get("value")
}
