//! Uses: which seal may be put on a document, the record of each use, the check of their chain.

use audit::Entry;
use db::Tx;
use jiff::civil::Time;
use kernel::{Act, Actor, Timestamp, city_date, city_midnight};
use serde_json::json;

use super::Seals;
use crate::{NewUse, PutOn, Seal, SealError, SealId, SealUse, domain::usage::unusual, store};

/// Uses read at once when a chain is checked.
const AT_ONCE: i64 = 500;

/// What the check of a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many uses were read.
    pub uses: i64,
    /// Place of the first that was changed, taken out or put in.
    pub broken_at: Option<i64>,
}

impl Seals {
    /// Whether offices are open on the day of `at`.
    fn is_working_day(&self, at: Timestamp) -> bool {
        let day = city_date(at);
        self.settings.calendar_on(day).is_working(day)
    }

    /// The seal that a body puts on a document of this kind: the special one before its own, the newest first.
    ///
    /// # Errors
    /// [`SealError::NoSeal`].
    pub async fn for_use(&self, tx: &mut Tx, department: &str, what: PutOn, at: Timestamp) -> Result<Seal, SealError> {
        let fit = store::active(tx, department).await?;
        fit.into_iter()
            .filter(|seal| seal.may_be_put_on(what, at))
            .min_by_key(|seal| (seal.put_on.len(), std::cmp::Reverse(seal.id)))
            .ok_or_else(|| SealError::NoSeal(department.to_owned(), what))
    }

    /// Records one use: who, on which document and case, with what authority. It holds the seal's row until the end of
    /// the transaction, so it comes last in it. A seal that was suspended since it was looked up is refused.
    ///
    /// # Errors
    /// [`SealError::NoSeal`] when it is no longer in use.
    pub async fn record_use(&self, act: &Act, tx: &mut Tx, seal: &Seal, of: NewUse) -> Result<SealUse, SealError> {
        let gone = || SealError::NoSeal(seal.department.clone(), of.put_on);
        if !seal.may_be_put_on(of.put_on, act.at) {
            return Err(gone());
        }
        let Some((seq, head)) = store::next_use(tx, seal.id).await? else { return Err(gone()) };
        let today = match seal.daily_quota {
            0 => 0,
            _ => store::used_since(tx, seal.id, city_midnight(city_date(act.at))).await? + 1,
        };
        let by_person = !matches!(act.actor, Actor::System);
        let mut used = SealUse {
            seal: seal.id,
            seq,
            at: act.at,
            account: act.account(),
            actor: act.name().to_owned(),
            unusual: unusual(by_person, city_time(act.at), self.is_working_day(act.at), today, seal.daily_quota),
            of,
            chain: String::new(),
        };
        used.chain = used.link(&head).ok_or(SealError::Damaged("head"))?;
        store::add_use(tx, &used).await?;
        let object = format!("seal:{}", seal.id);
        let detail = json!({
            "seq": seq, "put_on": used.of.put_on, "case_number": used.of.case_number, "document": used.of.document,
            "digest": used.of.digest, "unusual": used.unusual,
        });
        audit::record(act, tx, Entry::new("seals.used", &object).with(detail)).await?;
        Ok(used)
    }

    /// Uses of a seal, newest first, with places below `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uses(
        &self,
        tx: &mut Tx,
        id: SealId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<SealUse>, SealError> {
        store::uses(tx, id, before.unwrap_or(i64::MAX), limit).await
    }

    /// Unusual uses of all seals, newest first: at hours when offices are shut, beyond the quota of a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unusual(&self, tx: &mut Tx, before: Option<Timestamp>, limit: i64) -> Result<Vec<SealUse>, SealError> {
        store::unusual(tx, before.unwrap_or(Timestamp::MAX), limit).await
    }

    /// Follows the newest part of the chain, `count` entries of it, to the head that the seal keeps: for pages, which cannot
    /// wait for the whole of a seal that is used every day ([`Seals::check_chain`]).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_newest(&self, tx: &mut Tx, id: SealId, count: i64) -> Result<ChainReport, SealError> {
        let (uses, head) = store::head(tx, id).await?.ok_or(SealError::NotFound(id))?;
        let mut newest = store::uses(tx, id, i64::MAX, count + 1).await?;
        newest.reverse();
        let mut follows = uses - i64::try_from(newest.len()).unwrap_or(i64::MAX) + 1;
        // The first of all follows the start, any other the one before it.
        let mut before = (follows == 1).then(|| gm::Chain::start().head_hex());
        for used in &newest {
            let linked = before.as_ref().is_none_or(|head| used.link(head).as_deref() == Some(used.chain.as_str()));
            if used.seq != follows || !linked {
                return Ok(ChainReport { uses, broken_at: Some(follows) });
            }
            (before, follows) = (Some(used.chain.clone()), follows + 1);
        }
        let ends = before.unwrap_or_else(|| gm::Chain::start().head_hex());
        Ok(ChainReport { uses, broken_at: (ends != head).then_some(follows) })
    }

    /// Follows the chains of all seals; answers how many there are, and the broken ones with the place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_chains(&self) -> Result<(usize, Vec<(String, i64)>), SealError> {
        let (mut seals, mut broken, mut after) = (0, Vec::new(), None);
        loop {
            let mut tx = self.db.read().await?;
            let part = self.page(&mut tx, after, AT_ONCE).await?;
            let Some(last) = part.last().map(|seal| seal.id) else { return Ok((seals, broken)) };
            for seal in &part {
                let report = self.check_chain(&mut tx, seal.id).await?;
                broken.extend(report.broken_at.map(|place| (seal.id.to_string(), place)));
            }
            (seals, after) = (seals + part.len(), Some(last));
        }
    }

    /// Follows the chain of a seal's uses from the first to the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_chain(&self, tx: &mut Tx, id: SealId) -> Result<ChainReport, SealError> {
        let (count, last) = store::head(tx, id).await?.ok_or(SealError::NotFound(id))?;
        let mut head = gm::Chain::start().head_hex();
        let mut seen = 0;
        loop {
            let part = store::chain(tx, id, seen, AT_ONCE).await?;
            let Some(end) = part.last().map(|used| used.seq) else { break };
            for used in &part {
                if used.seq != seen + 1 || used.link(&head).as_deref() != Some(used.chain.as_str()) {
                    return Ok(ChainReport { uses: seen, broken_at: Some(used.seq) });
                }
                (seen, head) = (used.seq, used.chain.clone());
            }
            debug_assert_eq!(seen, end, "a part ends where its last entry stands");
        }
        let whole = seen == count && head == last;
        Ok(ChainReport { uses: seen, broken_at: (!whole).then_some(seen + 1) })
    }
}

/// The time of day in the city.
fn city_time(at: Timestamp) -> Time {
    let since_midnight = at.as_second() - city_midnight(city_date(at)).as_second();
    // Less than a day, so the parts are in range.
    let (hour, minute) = (since_midnight / 3600, since_midnight / 60 % 60);
    Time::new(i8::try_from(hour).unwrap_or(0), i8::try_from(minute).unwrap_or(0), 0, 0).unwrap_or(Time::MIN)
}
