//! The only place that knows the tables `seal_*`.

use std::collections::BTreeSet;

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, Timestamp};

use crate::{NewUse, PutOn, Seal, SealEvent, SealId, SealUse, Unusual, error::SealError};

db::statements! {
    /// A seal that is asked for.
    INSERT = "INSERT INTO seal_record (seal_id, number, department, kind, name, line, uses_allowed, daily_quota, state, \
        renews, applied_by, applied_at, valid_from, valid_to, structure, signer, uses, head, version) \
        VALUES ($1, '', $2, $3, $4, $5, $6, $7, 'applied', $8, $9, $10, 0, 0, $11, $11, 0, $12, 1)";
    /// One seal.
    FIND = "SELECT seal_id, number, department, kind, name, line, uses_allowed, daily_quota, state, renews, applied_by, \
        applied_at, valid_from, valid_to, structure, signer, uses, version FROM seal_record WHERE seal_id = $1";
    /// A page of the seals of one department.
    OF_DEPARTMENT = "SELECT seal_id, number, department, kind, name, line, uses_allowed, daily_quota, state, renews, \
        applied_by, applied_at, valid_from, valid_to, structure, signer, uses, version FROM seal_record \
        WHERE department = $1 AND seal_id > $2 ORDER BY seal_id LIMIT $3";
    /// Seals in use of one department, newest first.
    ACTIVE = "SELECT seal_id, number, department, kind, name, line, uses_allowed, daily_quota, state, renews, \
        applied_by, applied_at, valid_from, valid_to, structure, signer, uses, version FROM seal_record \
        WHERE department = $1 AND state = 'active' ORDER BY seal_id DESC LIMIT 20";
    /// A page of all seals.
    PAGE = "SELECT seal_id, number, department, kind, name, line, uses_allowed, daily_quota, state, renews, applied_by, \
        applied_at, valid_from, valid_to, structure, signer, uses, version FROM seal_record \
        WHERE seal_id > $1 ORDER BY seal_id LIMIT $2";
    /// Moves a seal on; no row changed means that it was changed meanwhile.
    MOVE = "UPDATE seal_record SET state = $3, version = version + 1 WHERE seal_id = $1 AND version = $2";
    /// Keeps what making a seal brings forth.
    MADE = "UPDATE seal_record SET number = $2, valid_from = $3, valid_to = $4, structure = $5, signer = $6 \
        WHERE seal_id = $1";
    /// A page of all seals in use: the public register.
    REGISTER = "SELECT seal_id, number, department, kind, name, line, uses_allowed, daily_quota, state, renews, \
        applied_by, applied_at, valid_from, valid_to, structure, signer, uses, version FROM seal_record \
        WHERE state = 'active' AND seal_id > $1 ORDER BY seal_id LIMIT $2";
    /// How many events a seal has.
    EVENTS = "SELECT count(*) AS n FROM seal_event WHERE seal_id = $1";
    /// An event of a seal.
    ADD_EVENT = "INSERT INTO seal_event (seal_id, seq, at, step, account_id, actor, reason) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// A seal's history, oldest first.
    HISTORY = "SELECT seq, at, step, account_id, actor, reason FROM seal_event WHERE seal_id = $1 ORDER BY seq";
    /// Takes the next place among the uses of an active seal, which holds its row until the end of the transaction.
    NEXT_USE = "UPDATE seal_record SET uses = uses + 1 WHERE seal_id = $1 AND state = 'active'";
    /// The place taken and the chain so far.
    HEAD = "SELECT uses, head FROM seal_record WHERE seal_id = $1";
    /// Moves the chain on.
    SET_HEAD = "UPDATE seal_record SET head = $2 WHERE seal_id = $1";
    /// Uses since an instant.
    SINCE = "SELECT count(*) AS n FROM seal_use WHERE seal_id = $1 AND at >= $2";
    /// A use.
    ADD_USE = "INSERT INTO seal_use (seal_id, seq, at, account_id, actor, confirmed_by, put_on, case_number, document, \
        digest, reason, unusual, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// Uses of a seal, newest first, a page of them.
    USES = "SELECT seal_id, seq, at, account_id, actor, confirmed_by, put_on, case_number, document, digest, reason, \
        unusual, chain FROM seal_use WHERE seal_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    /// Uses of a seal, oldest first, for the check of the chain.
    CHAIN = "SELECT seal_id, seq, at, account_id, actor, confirmed_by, put_on, case_number, document, digest, reason, \
        unusual, chain FROM seal_use WHERE seal_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    /// What is unusual, newest first.
    UNUSUAL = "SELECT seal_id, seq, at, account_id, actor, confirmed_by, put_on, case_number, document, digest, reason, \
        unusual, chain FROM seal_use WHERE unusual > '' AND at < $1 ORDER BY at DESC, seal_id, seq LIMIT $2";
}

fn list<T: std::str::FromStr + Ord>(text: &str, what: &'static str) -> Result<Vec<T>, SealError> {
    text.split(',').filter(|w| !w.is_empty()).map(|w| w.parse().map_err(|_| SealError::Damaged(what))).collect()
}

fn word<T: std::str::FromStr>(row: &Row, column: &'static str) -> Result<T, SealError> {
    row.get::<String>(column)?.parse().map_err(|_| SealError::Damaged(column))
}

fn account(id: i64) -> Option<AccountId> {
    (id != 0).then(|| AccountId::from(id))
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn read(row: &Row) -> Result<Seal, SealError> {
    let put_on: BTreeSet<PutOn> = list(&row.get::<String>("uses_allowed")?, "uses_allowed")?.into_iter().collect();
    let (first, last): (Timestamp, Timestamp) = (row.get("valid_from")?, row.get("valid_to")?);
    let renews: i64 = row.get("renews")?;
    Ok(Seal {
        id: SealId::from(row.get::<i64>("seal_id")?),
        number: row.get("number")?,
        department: row.get("department")?,
        kind: word(row, "kind")?,
        name: row.get("name")?,
        line: row.get("line")?,
        put_on,
        daily_quota: row.get("daily_quota")?,
        decided: word(row, "state")?,
        renews: (renews != 0).then(|| SealId::from(renews)),
        applied_by: account(row.get("applied_by")?),
        applied_at: row.get("applied_at")?,
        valid: (last.as_millisecond() != 0).then_some((first, last)),
        structure: row.get("structure")?,
        signer: row.get("signer")?,
        uses: row.get("uses")?,
        version: row.get("version")?,
    })
}

fn read_use(row: &Row) -> Result<SealUse, SealError> {
    Ok(SealUse {
        seal: SealId::from(row.get::<i64>("seal_id")?),
        seq: row.get("seq")?,
        at: row.get("at")?,
        account: account(row.get("account_id")?),
        actor: row.get("actor")?,
        of: NewUse {
            put_on: word(row, "put_on")?,
            case_number: some(row.get("case_number")?),
            document: row.get("document")?,
            digest: row.get("digest")?,
            confirmed_by: some(row.get("confirmed_by")?),
            reason: row.get("reason")?,
        },
        unusual: list(&row.get::<String>("unusual")?, "unusual")?,
        chain: row.get("chain")?,
    })
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(",")
}

pub(crate) async fn insert(tx: &mut Tx, seal: &Seal) -> Result<(), DbError> {
    tx.exec(
        INSERT,
        args![
            seal.id.get(),
            &seal.department,
            seal.kind.as_str(),
            &seal.name,
            &seal.line,
            joined(seal.put_on.iter().map(|p| p.as_str())),
            seal.daily_quota,
            seal.renews.map_or(0, SealId::get),
            seal.applied_by.map_or(0, AccountId::get),
            seal.applied_at,
            Vec::<u8>::new(),
            gm::Chain::start().head_hex(),
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: SealId) -> Result<Option<Seal>, SealError> {
    tx.row(FIND, args![id.get()]).await?.map(|row| read(&row)).transpose()
}

pub(crate) async fn of_department(
    tx: &mut Tx,
    department: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Seal>, SealError> {
    tx.rows(OF_DEPARTMENT, args![department, after, limit]).await?.iter().map(read).collect()
}

pub(crate) async fn active(tx: &mut Tx, department: &str) -> Result<Vec<Seal>, SealError> {
    tx.rows(ACTIVE, args![department]).await?.iter().map(read).collect()
}

pub(crate) async fn page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Seal>, SealError> {
    tx.rows(PAGE, args![after, limit]).await?.iter().map(read).collect()
}

/// `false`: it was changed meanwhile.
pub(crate) async fn advance(tx: &mut Tx, seal: &Seal, state: &str) -> Result<bool, DbError> {
    Ok(tx.exec(MOVE, args![seal.id.get(), seal.version, state]).await? == 1)
}

/// What making a seal brings forth.
pub(crate) struct Made<'a> {
    pub(crate) number: &'a str,
    pub(crate) valid: (Timestamp, Timestamp),
    pub(crate) structure: &'a [u8],
    pub(crate) signer: &'a [u8],
}

pub(crate) async fn made(tx: &mut Tx, id: SealId, made: &Made<'_>) -> Result<(), DbError> {
    tx.exec(
        MADE,
        args![id.get(), made.number, made.valid.0, made.valid.1, made.structure.to_vec(), made.signer.to_vec()],
    )
    .await?;
    Ok(())
}

pub(crate) async fn register(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Seal>, SealError> {
    tx.rows(REGISTER, args![after, limit]).await?.iter().map(read).collect()
}

pub(crate) async fn add_event(tx: &mut Tx, id: SealId, event: &SealEvent) -> Result<(), DbError> {
    let before: i64 = tx.row(EVENTS, args![id.get()]).await?.map_or(Ok(0), |row| row.get("n"))?;
    tx.exec(
        ADD_EVENT,
        args![
            id.get(),
            before + 1,
            event.at,
            event.step.as_str(),
            event.account.map_or(0, AccountId::get),
            &event.actor,
            &event.reason
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn history(tx: &mut Tx, id: SealId) -> Result<Vec<SealEvent>, SealError> {
    let rows = tx.rows(HISTORY, args![id.get()]).await?;
    rows.iter()
        .map(|row| {
            Ok(SealEvent {
                seq: row.get("seq")?,
                at: row.get("at")?,
                step: word(row, "step")?,
                account: account(row.get("account_id")?),
                actor: row.get("actor")?,
                reason: row.get("reason")?,
            })
        })
        .collect()
}

/// The next place among the uses and the chain so far; none when the seal is not in use.
pub(crate) async fn next_use(tx: &mut Tx, id: SealId) -> Result<Option<(i64, String)>, DbError> {
    if tx.exec(NEXT_USE, args![id.get()]).await? != 1 {
        return Ok(None);
    }
    let Some(row) = tx.row(HEAD, args![id.get()]).await? else { return Ok(None) };
    Ok(Some((row.get("uses")?, row.get("head")?)))
}

pub(crate) async fn head(tx: &mut Tx, id: SealId) -> Result<Option<(i64, String)>, DbError> {
    let Some(row) = tx.row(HEAD, args![id.get()]).await? else { return Ok(None) };
    Ok(Some((row.get("uses")?, row.get("head")?)))
}

pub(crate) async fn used_since(tx: &mut Tx, id: SealId, at: Timestamp) -> Result<i64, DbError> {
    tx.row(SINCE, args![id.get(), at]).await?.map_or(Ok(0), |row| row.get("n"))
}

pub(crate) async fn add_use(tx: &mut Tx, used: &SealUse) -> Result<(), DbError> {
    let of = &used.of;
    tx.exec(
        ADD_USE,
        args![
            used.seal.get(),
            used.seq,
            used.at,
            used.account.map_or(0, AccountId::get),
            &used.actor,
            of.confirmed_by.as_deref().unwrap_or_default(),
            of.put_on.as_str(),
            of.case_number.as_deref().unwrap_or_default(),
            &of.document,
            &of.digest,
            &of.reason,
            joined(used.unusual.iter().map(|u: &Unusual| u.as_str())),
            &used.chain
        ],
    )
    .await?;
    tx.exec(SET_HEAD, args![used.seal.get(), &used.chain]).await?;
    Ok(())
}

pub(crate) async fn uses(tx: &mut Tx, id: SealId, before: i64, limit: i64) -> Result<Vec<SealUse>, SealError> {
    tx.rows(USES, args![id.get(), before, limit]).await?.iter().map(read_use).collect()
}

pub(crate) async fn chain(tx: &mut Tx, id: SealId, after: i64, limit: i64) -> Result<Vec<SealUse>, SealError> {
    tx.rows(CHAIN, args![id.get(), after, limit]).await?.iter().map(read_use).collect()
}

pub(crate) async fn unusual(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<SealUse>, SealError> {
    tx.rows(UNUSUAL, args![before, limit]).await?.iter().map(read_use).collect()
}
