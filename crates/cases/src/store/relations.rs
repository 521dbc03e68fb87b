//! Whom staff have declared to be close to.

use db::{Tx, args};
use gm::Keys;
use kernel::{AccountId, FileId, Timestamp};

use super::{
    lists::word,
    statements::{DELETE_RELATION, INSERT_RELATION, RELATIONS_OF},
};
use crate::{domain::avoidance::Relation, error::CaseError};

/// One declaration.
pub(crate) struct RelationRow {
    pub(crate) id: FileId,
    pub(crate) blind: String,
    pub(crate) relation: Relation,
    /// Name of whom, for the declarer's own eyes.
    pub(crate) name: String,
    pub(crate) declared_at: Timestamp,
}

fn place(account: AccountId, id: FileId) -> String {
    format!("case_relation.sealed:{account}:{id}")
}

/// Keeps a declaration.
pub(crate) async fn keep_relation(
    tx: &mut Tx,
    keys: &Keys,
    account: AccountId,
    row: &RelationRow,
) -> Result<(), CaseError> {
    let sealed = keys.seal(&place(account, row.id), row.name.as_bytes());
    let all = args![account.get(), row.id.get(), &row.blind, row.relation.as_str(), sealed, row.declared_at];
    tx.exec(INSERT_RELATION, all).await?;
    Ok(())
}

/// Takes a declaration back; false when there is none.
pub(crate) async fn drop_relation(tx: &mut Tx, account: AccountId, id: FileId) -> Result<bool, CaseError> {
    Ok(tx.exec(DELETE_RELATION, args![account.get(), id.get()]).await? > 0)
}

/// What one account has declared, oldest first.
pub(crate) async fn relations_of(tx: &mut Tx, keys: &Keys, account: AccountId) -> Result<Vec<RelationRow>, CaseError> {
    let rows = tx.rows(RELATIONS_OF, args![account.get()]).await?;
    rows.iter()
        .map(|row| {
            let id = row.id("relation_id")?;
            Ok(RelationRow {
                id,
                blind: row.get("blind")?,
                relation: word(row, "relation")?,
                name: keys.open_text(&place(account, id), &row.get::<String>("sealed")?)?,
                declared_at: row.get("declared_at")?,
            })
        })
        .collect()
}
