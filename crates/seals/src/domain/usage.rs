//! Uses of a seal: what is kept of each, how they are chained, what is unusual.

use jiff::civil::Time;
use kernel::{AccountId, Timestamp};
use serde_json::json;

use super::seal::{PutOn, SealId};

/// Which document a seal was put on, and on whose authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUse {
    /// Kind of document.
    pub put_on: PutOn,
    /// Number of the case; none for documents of departments' own systems.
    pub case_number: Option<String>,
    /// Identifier or number of the document.
    pub document: String,
    /// SM3 of the sealed file, hex.
    pub digest: String,
    /// Name of the second person, where the item asks for two.
    pub confirmed_by: Option<String>,
    /// Why.
    pub reason: String,
}

kernel::words!(
    /// What is unusual about a use.
    Unusual {
        OffHours = "off-hours" / "非工作时间用印",
        OverQuota = "over-quota" / "超过每日用印数",
    }
);

/// One use of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealUse {
    /// Which seal.
    pub seal: SealId,
    /// 1, 2, 3 … within the seal.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Login of who used it; none for the platform.
    pub account: Option<AccountId>,
    /// Name of who used it.
    pub actor: String,
    /// On what and why.
    pub of: NewUse,
    /// What is unusual about it.
    pub unusual: Vec<Unusual>,
    /// SM3 over the entry before and this one, hex.
    pub chain: String,
}

impl SealUse {
    /// The link that follows `head` (64 hex digits) with this entry; none when `head` is no link.
    #[must_use]
    pub fn link(&self, head: &str) -> Option<String> {
        let mut chain = gm::Chain::from_hex(head)?;
        let entry = json!({
            "seal": self.seal.get(),
            "seq": self.seq,
            "at": self.at.as_millisecond(),
            "account": self.account.map_or(0, AccountId::get),
            "actor": self.actor,
            "confirmed_by": self.of.confirmed_by,
            "put_on": self.of.put_on.as_str(),
            "case_number": self.of.case_number,
            "document": self.of.document,
            "digest": self.of.digest,
            "reason": self.of.reason,
        });
        Some(gm::hex(&chain.push(gm::canonical(&entry).as_bytes())))
    }
}

/// Office hours of the city's bodies: from 8:30 to 18:00 of a working day.
const HOURS: (Time, Time) = (Time::constant(8, 30, 0, 0), Time::constant(18, 0, 0, 0));

/// What is unusual about a use by a person at `time` of a day on which offices are open or not, as the `today`-th use of
/// that day. The platform itself works at any hour.
#[must_use]
pub(crate) fn unusual(by_person: bool, time: Time, working_day: bool, today: i64, quota: i64) -> Vec<Unusual> {
    let mut found = Vec::new();
    if by_person && (!working_day || time < HOURS.0 || time >= HOURS.1) {
        found.push(Unusual::OffHours);
    }
    if quota > 0 && today > quota {
        found.push(Unusual::OverQuota);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_and_the_quota_say_what_is_unusual() {
        let time = |h, m| Time::constant(h, m, 0, 0);
        assert_eq!(unusual(true, time(8, 29), true, 1, 0), [Unusual::OffHours]);
        assert_eq!(unusual(true, time(8, 30), true, 1, 0), []);
        assert_eq!(unusual(true, time(17, 59), true, 5, 5), []);
        assert_eq!(unusual(true, time(18, 0), true, 6, 5), [Unusual::OffHours, Unusual::OverQuota]);
        assert_eq!(unusual(true, time(12, 0), false, 1, 0), [Unusual::OffHours]);
        assert_eq!(unusual(false, time(3, 0), false, 1, 0), [], "a machine has no hours");
    }

    #[test]
    fn each_field_of_a_use_is_held_by_its_link() {
        let one = SealUse {
            seal: SealId::from(7),
            seq: 1,
            at: Timestamp::from_millisecond(1000).unwrap(),
            account: Some(AccountId::from(3)),
            actor: "王审批".into(),
            of: NewUse {
                put_on: PutOn::Decision,
                case_number: Some("520100202603020000011".into()),
                document: "准予〔2026〕1号".into(),
                digest: "ab".into(),
                confirmed_by: None,
                reason: "决定书用印".into(),
            },
            unusual: Vec::new(),
            chain: String::new(),
        };
        let start = gm::Chain::start().head_hex();
        let link = one.link(&start).unwrap();
        let changed = [
            SealUse { seal: SealId::from(8), ..one.clone() },
            SealUse { seq: 2, ..one.clone() },
            SealUse { at: Timestamp::from_millisecond(1001).unwrap(), ..one.clone() },
            SealUse { account: None, ..one.clone() },
            SealUse { actor: "李".into(), ..one.clone() },
            SealUse { of: NewUse { put_on: PutOn::Notice, ..one.of.clone() }, ..one.clone() },
            SealUse { of: NewUse { case_number: None, ..one.of.clone() }, ..one.clone() },
            SealUse { of: NewUse { document: "x".into(), ..one.of.clone() }, ..one.clone() },
            SealUse { of: NewUse { digest: "ac".into(), ..one.of.clone() }, ..one.clone() },
            SealUse { of: NewUse { confirmed_by: Some("李".into()), ..one.of.clone() }, ..one.clone() },
            SealUse { of: NewUse { reason: "x".into(), ..one.of.clone() }, ..one.clone() },
        ];
        for other in changed {
            assert_ne!(other.link(&start), Some(link.clone()), "{other:?}");
        }
        assert_eq!(one.link("no link"), None);
    }
}
