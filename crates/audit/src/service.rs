//! Writing, reading and checking the trail.

use std::collections::BTreeSet;

use db::{Db, DbError, Tx};
use gm::Chain;
use kernel::{AccountId, Act, Actor};
use serde_json::{Value, json};

use crate::{
    domain::{Broken, NO_LOGIN_CHAINS, Record, Report, Walk},
    store,
};

/// What is to be recorded. Who, when and from where come from the act.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Which kind of event, such as `identity.sign_in`.
    pub event: &'static str,
    /// To what it was done, as `kind:id`, such as `case:520100202603020000011`. No personal data.
    pub object: &'a str,
    /// Why; when absent, the act's own reason counts.
    pub reason: Option<&'a str>,
    /// More about it. Personal data only masked; no secrets.
    pub detail: Value,
}

impl<'a> Entry<'a> {
    /// An entry without further detail.
    #[must_use]
    pub fn new(event: &'static str, object: &'a str) -> Self {
        Self { event, object, reason: None, detail: json!({}) }
    }
    /// The same with detail.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// The chain on which an act is recorded: that of the login, or one of the few for acts without a login.
#[must_use]
pub fn chain_of(act: &Act, object: &str) -> i64 {
    match act.account() {
        Some(account) => account.get(),
        None => i64::from(gm::sm3(object.as_bytes())[0]) % NO_LOGIN_CHAINS,
    }
}

/// Adds a record to the trail, in the transaction of the act itself.
///
/// # Errors
/// When the trail cannot be written. The caller must let its transaction fail then: what cannot be recorded is not
/// done (GB/T 22239—2019 8.1.4.3).
pub async fn record(act: &Act, tx: &mut Tx, entry: Entry<'_>) -> Result<(), DbError> {
    let chain = chain_of(act, entry.object);
    let (seq, prev) = store::next(tx, chain, &Chain::start().head_hex()).await?;
    let mut record = Record {
        chain,
        seq,
        at: act.at,
        actor: gm::canonical(&actor(&act.actor)),
        act: entry.event.to_owned(),
        object: entry.object.to_owned(),
        reason: entry.reason.or(act.reason.as_deref()).map(str::to_owned),
        address: act.address.clone(),
        request: act.request.clone(),
        detail: gm::canonical(&entry.detail),
        prev,
        hash: String::new(),
    };
    record.hash = record
        .link(&record.prev)
        .ok_or_else(|| DbError::corrupt("audit_head.hash", format!("chain {chain} has no link at {seq}")))?;
    store::add(tx, &record).await
}

/// The actor without names: login, subject, department and roles say enough.
fn actor(actor: &Actor) -> Value {
    match actor {
        Actor::Stranger => json!({"kind": "stranger"}),
        Actor::System => json!({"kind": "system"}),
        Actor::Person { account, subject, .. } => json!({"kind": "person", "account": account, "subject": subject}),
        Actor::Agent { account, subject, person, .. } => {
            json!({"kind": "agent", "account": account, "subject": subject, "person": person})
        }
        Actor::Staff { account, department, region, roles, .. } => json!({
            "kind": "staff", "account": account, "department": department, "region": region, "roles": roles,
        }),
    }
}

/// Records of one login after the place `after`, oldest first.
///
/// # Errors
/// When the trail cannot be read.
pub async fn records_of(tx: &mut Tx, account: AccountId, after: i64, limit: i64) -> Result<Vec<Record>, DbError> {
    store::of_chain(tx, account.get(), after, limit.clamp(1, store::PAGE)).await
}

/// Records of one kind of event about one object, the newest first.
///
/// # Errors
/// When the trail cannot be read.
pub async fn records_about(tx: &mut Tx, object: &str, event: &str, limit: i64) -> Result<Vec<Record>, DbError> {
    store::about(tx, object, event, limit.clamp(1, store::PAGE)).await
}

/// Computes every link of every chain again and names the first broken place of each.
///
/// Safe to run while others write: what is added meanwhile is either checked or left for the next time.
///
/// # Errors
/// When the trail cannot be read.
pub async fn verify(db: &Db) -> Result<Report, DbError> {
    let mut tx = db.read().await?;
    let mut chains = BTreeSet::new();
    for from_heads in [true, false] {
        let mut after = i64::MIN;
        loop {
            let page = store::chains(&mut tx, from_heads, after).await?;
            let Some(last) = page.last() else { break };
            after = *last;
            chains.extend(page);
        }
    }
    let mut report = Report::default();
    let mut heads = gm::Hasher::new();
    for chain in chains {
        let mut walk = Walk::new(chain);
        let outcome = follow(&mut tx, &mut walk).await?;
        report.chains += 1;
        report.records += walk.seq().unsigned_abs();
        report.broken.extend(outcome.err());
        heads.update(walk.end().as_bytes());
    }
    report.digest = heads.finish_hex();
    Ok(report)
}

async fn follow(tx: &mut Tx, walk: &mut Walk) -> Result<Result<(), Broken>, DbError> {
    loop {
        let page = store::of_chain(tx, walk.chain(), walk.seq(), store::PAGE).await?;
        if page.is_empty() {
            break;
        }
        for record in &page {
            if let Err(broken) = walk.step(record) {
                return Ok(Err(broken));
            }
        }
    }
    // The head is read last: whatever was seen above was committed together with its head. What came in between is
    // followed before it is judged.
    let head = store::head(tx, walk.chain()).await?;
    if let Some((seq, _)) = &head
        && *seq > walk.seq()
    {
        for record in &store::of_chain(tx, walk.chain(), walk.seq(), *seq - walk.seq()).await? {
            if let Err(broken) = walk.step(record) {
                return Ok(Err(broken));
            }
        }
    }
    Ok(walk.finish(head.as_ref().map(|(seq, hash)| (*seq, hash.as_str()))))
}
