//! Rows of sessions and tokens.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, SubjectId, Timestamp};

use super::{sql, word};
use crate::domain::session::{Session, SessionId, SessionKind};

pub(crate) async fn add_session(tx: &mut Tx, digest: &str, s: &Session) -> Result<(), DbError> {
    let args = args![
        digest,
        s.session.get(),
        s.account.get(),
        s.kind.as_str(),
        s.label.as_deref(),
        s.created_at,
        s.last_seen_at,
        s.expires_at,
        s.idle_ms,
        s.address.as_deref(),
        s.agent.as_deref(),
        s.acting_for.map(|enterprise| enterprise.get())
    ];
    tx.exec(sql::ADD_SESSION, args).await?;
    Ok(())
}

pub(crate) async fn session(tx: &mut Tx, digest: &str) -> Result<Option<Session>, DbError> {
    tx.row(sql::SESSION, args![digest]).await?.as_ref().map(session_of).transpose()
}

pub(crate) async fn touch(tx: &mut Tx, digest: &str, at: Timestamp) -> Result<(), DbError> {
    tx.exec(sql::TOUCH, args![digest, at]).await?;
    Ok(())
}

/// Sessions of a login below the number `before`, newest first, that still hold at `at`.
pub(crate) async fn sessions(
    tx: &mut Tx,
    account: AccountId,
    kind: SessionKind,
    at: Timestamp,
    before: i64,
    limit: i64,
) -> Result<Vec<Session>, DbError> {
    let args = args![account.get(), kind.as_str(), at, before, limit];
    tx.rows(sql::SESSIONS, args).await?.iter().map(session_of).collect()
}

pub(crate) async fn end_digest(tx: &mut Tx, digest: &str) -> Result<Option<SessionId>, DbError> {
    tx.row(sql::END_DIGEST, args![digest]).await?.map(|row| row.id("session_id")).transpose()
}

pub(crate) async fn end_session(tx: &mut Tx, account: AccountId, session: SessionId) -> Result<bool, DbError> {
    Ok(tx.exec(sql::END_SESSION, args![account.get(), session.get()]).await? == 1)
}

/// Ends all sessions of a login, but for `keep`. How many.
pub(crate) async fn end_others(tx: &mut Tx, account: AccountId, keep: Option<SessionId>) -> Result<u64, DbError> {
    tx.exec(sql::END_OTHERS, args![account.get(), keep.map_or(-1, SessionId::get)]).await
}

pub(crate) async fn sweep_sessions(tx: &mut Tx, at: Timestamp) -> Result<u64, DbError> {
    tx.exec(sql::SWEEP_SESSIONS, args![at]).await
}

/// Changes for whom a person acts in a session; `false`: there is no such session.
pub(crate) async fn set_acting(tx: &mut Tx, digest: &str, enterprise: Option<SubjectId>) -> Result<bool, DbError> {
    Ok(tx.exec(sql::SET_ACTING, args![digest, enterprise.map(|e| e.get())]).await? == 1)
}

fn session_of(row: &Row) -> Result<Session, DbError> {
    let acting_for: Option<i64> = row.get("acting_for")?;
    Ok(Session {
        session: row.id("session_id")?,
        account: row.id("account_id")?,
        kind: word::<SessionKind>(row, "identity_session", "kind")?,
        label: row.get("label")?,
        created_at: row.get("created_at")?,
        last_seen_at: row.get("last_seen_at")?,
        expires_at: row.get("expires_at")?,
        idle_ms: row.get("idle_ms")?,
        address: row.get("address")?,
        agent: row.get("agent")?,
        acting_for: acting_for.map(Into::into),
    })
}
