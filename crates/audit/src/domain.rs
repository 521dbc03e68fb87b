//! What a record is, how it is hashed, and what can be wrong with a chain.

use gm::Chain;
use kernel::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// Chains of acts without a login: 0 to 15, by the object they touch. Logins have far larger numbers.
pub const NO_LOGIN_CHAINS: i64 = 16;

/// One kind of event in the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EventKind {
    /// Stable word, `slice.act`.
    pub code: &'static str,
    /// What people read.
    pub label: &'static str,
}

macro_rules! events {
    ($($code:literal / $label:literal),+ $(,)?) => { &[$(EventKind { code: $code, label: $label }),+] };
}

/// Event kinds that every platform must record (GB/T 22239—2019 8.1.4.3: every user, important acts, security events).
/// A slice may record kinds of its own beside these; their words begin with the slice's name.
pub const EVENTS: &[EventKind] = events![
    "identity.sign_in" / "登录",
    "identity.sign_in_failed" / "登录失败",
    "identity.sign_in_refused" / "锁定期间尝试登录",
    "identity.locked" / "登录锁定",
    "identity.unlocked" / "解除登录锁定",
    "identity.sign_out" / "退出登录",
    "identity.session_ended" / "结束会话",
    "identity.token_made" / "生成接口令牌",
    "identity.password_changed" / "修改密码",
    "identity.code_asked" / "获取验证码",
    "identity.phone_changed" / "更换手机号",
    "identity.acting_began" / "开始代表企业办理",
    "identity.acting_ended" / "切换回个人",
    "identity.person_registered" / "登记自然人",
    "identity.enterprise_registered" / "登记企业",
    "identity.mandate_added" / "登记企业授权",
    "identity.mandate_ended" / "终止企业授权",
    "identity.account_opened" / "开立账户",
    "identity.account_closed" / "停用账户",
    "identity.staff_added" / "登记工作人员",
    "identity.roles_requested" / "申请岗位权限",
    "identity.roles_granted" / "授予岗位权限",
    "identity.subject_seen" / "查看身份信息",
    "catalogue.imported" / "导入事项目录",
    "catalogue.published" / "发布事项版本",
    "settings.set" / "修改城市设置",
    "cases.submitted" / "提交申请",
    "cases.moved" / "办件流转",
    "cases.seen" / "查看办件",
    "cases.searched" / "查找办件",
    "cases.printed" / "打印文书",
    "cases.exported" / "导出办件",
    "files.uploaded" / "上传文件",
    "files.downloaded" / "下载文件",
    "certificates.issued" / "签发证照",
    "certificates.used" / "使用证照",
    "keys.rotated" / "轮换密钥",
    "settings.changed" / "变更参数",
    "audit.read" / "查阅审计记录",
    "audit.verified" / "校验审计链",
];

/// One record as it stands in the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The chain: the acting login, or one of the chains of acts without a login.
    pub chain: i64,
    /// Place within the chain, from 1.
    pub seq: i64,
    /// Instant of the act.
    pub at: Timestamp,
    /// Who, as JSON text.
    pub actor: String,
    /// Which kind of event.
    pub act: String,
    /// To what, as `kind:id`.
    pub object: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// Network address.
    pub address: Option<String>,
    /// Number of the request.
    pub request: String,
    /// More about it, as JSON text.
    pub detail: String,
    /// Link of the record before, hexadecimal.
    pub prev: String,
    /// This record's link, hexadecimal.
    pub hash: String,
}

impl Record {
    /// The text that is hashed: every column but the two links, so that no column can be changed unnoticed.
    pub(crate) fn canonical(&self) -> String {
        let value: Value = json!({
            "chain": self.chain, "seq": self.seq, "at": self.at.as_millisecond(), "actor": self.actor,
            "act": self.act, "object": self.object, "reason": self.reason, "address": self.address,
            "request": self.request, "detail": self.detail,
        });
        gm::canonical(&value)
    }
    /// The link this record must carry after `prev`; none when `prev` is no link at all.
    pub(crate) fn link(&self, prev: &str) -> Option<String> {
        let mut chain = Chain::from_hex(prev)?;
        chain.push(self.canonical().as_bytes());
        Some(chain.head_hex())
    }
}

/// What is wrong with a chain at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// The record of this place is not there.
    Missing,
    /// The record's content does not give its link: a column was changed, or records changed places.
    Changed,
    /// The record does not follow the one before it: something was put in between or taken away with care.
    Unlinked,
    /// The record stands behind the end of its chain: it was put there by hand.
    Surplus,
    /// The stored end of the chain is not the link of its last record.
    Head,
}

/// The first place at which a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The chain.
    pub chain: i64,
    /// Place of the first broken record.
    pub seq: i64,
    /// What is wrong there.
    pub damage: Damage,
}

/// The outcome of a check of all chains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Chains looked at.
    pub chains: u64,
    /// Records whose links were computed again.
    pub records: u64,
    /// The first broken place of each broken chain, by chain.
    pub broken: Vec<Broken>,
    /// SM3 over the ends of all chains, hexadecimal. Noted down elsewhere, it holds even against somebody who rewrites
    /// whole chains.
    pub digest: String,
}

impl Report {
    /// Whether every chain is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Follows one chain record by record, in order of `seq`.
#[derive(Debug)]
pub(crate) struct Walk {
    chain: i64,
    next: i64,
    link: String,
}

impl Walk {
    pub(crate) fn new(chain: i64) -> Self {
        Self { chain, next: 1, link: Chain::start().head_hex() }
    }
    /// Takes the next record; an error is the first broken place.
    pub(crate) fn step(&mut self, record: &Record) -> Result<(), Broken> {
        let broken = |seq, damage| Err(Broken { chain: self.chain, seq, damage });
        if record.seq != self.next {
            return if record.seq > self.next {
                broken(self.next, Damage::Missing)
            } else {
                broken(record.seq, Damage::Unlinked)
            };
        }
        // The content first: a record whose own columns were changed is named as such, whatever its links say.
        if record.link(&record.prev).as_deref() != Some(record.hash.as_str()) {
            return broken(record.seq, Damage::Changed);
        }
        if record.prev != self.link {
            return broken(record.seq, Damage::Unlinked);
        }
        self.link.clone_from(&record.hash);
        self.next += 1;
        Ok(())
    }
    pub(crate) fn chain(&self) -> i64 {
        self.chain
    }
    /// The chain and its last link, for the digest over all chains.
    pub(crate) fn end(&self) -> String {
        format!("{}:{}:{}\n", self.chain, self.seq(), self.link)
    }
    /// How far it came.
    pub(crate) fn seq(&self) -> i64 {
        self.next - 1
    }
    /// The chain ends here by its stored head.
    pub(crate) fn finish(&self, head: Option<(i64, &str)>) -> Result<(), Broken> {
        let broken = |seq, damage| Err(Broken { chain: self.chain, seq, damage });
        match head {
            None if self.seq() > 0 => broken(1, Damage::Surplus),
            None => Ok(()),
            Some((seq, _)) if seq > self.seq() => broken(self.next, Damage::Missing),
            Some((seq, _)) if seq < self.seq() => broken(seq + 1, Damage::Surplus),
            Some((seq, hash)) if hash != self.link => broken(seq, Damage::Head),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn event_kinds_are_unique_and_named_after_a_slice() {
        let codes: HashSet<_> = EVENTS.iter().map(|e| e.code).collect();
        assert_eq!(codes.len(), EVENTS.len());
        for event in EVENTS {
            let (slice, act) = event.code.split_once('.').unwrap();
            assert!(!slice.is_empty() && !act.is_empty() && !event.label.is_empty(), "{event:?}");
        }
    }

    fn records(n: i64) -> Vec<Record> {
        let mut link = Chain::start().head_hex();
        (1..=n)
            .map(|seq| {
                let mut record = Record {
                    chain: 9,
                    seq,
                    at: Timestamp::from_millisecond(1_000 + seq).unwrap(),
                    actor: "{}".into(),
                    act: "identity.sign_in".into(),
                    object: "account:x".into(),
                    reason: None,
                    address: Some("192.0.2.1".into()),
                    request: String::new(),
                    detail: "{}".into(),
                    prev: link.clone(),
                    hash: String::new(),
                };
                record.hash = record.link(&link).unwrap();
                link.clone_from(&record.hash);
                record
            })
            .collect()
    }

    fn walk(records: &[Record], head: Option<(i64, &str)>) -> Result<(), Broken> {
        let mut walk = Walk::new(9);
        records.iter().try_for_each(|record| walk.step(record))?;
        walk.finish(head)
    }

    #[test]
    fn every_column_is_under_the_link() {
        let whole = records(1).remove(0);
        let changes: [fn(&mut Record); 9] = [
            |r| r.chain += 1,
            |r| r.at = Timestamp::UNIX_EPOCH,
            |r| r.actor.push('x'),
            |r| r.act.push('x'),
            |r| r.object.push('x'),
            |r| r.reason = Some(String::new()),
            |r| r.address = None,
            |r| r.request.push('x'),
            |r| r.detail.push('x'),
        ];
        for change in changes {
            let mut record = whole.clone();
            change(&mut record);
            let broken = walk(&[record], Some((1, &whole.hash))).unwrap_err();
            assert_eq!((broken.seq, broken.damage), (1, Damage::Changed));
        }
    }

    #[test]
    fn a_whole_chain_ends_in_its_head() {
        let all = records(3);
        assert_eq!(walk(&all, Some((3, &all[2].hash))), Ok(()));
        assert_eq!(walk(&[], None), Ok(()));
        let at = |result: Result<(), Broken>| result.map_err(|b| (b.seq, b.damage)).unwrap_err();
        assert_eq!(at(walk(&all, Some((3, &all[1].hash)))), (3, Damage::Head));
        assert_eq!(at(walk(&all, Some((4, &all[2].hash)))), (4, Damage::Missing));
        assert_eq!(at(walk(&all, Some((2, &all[1].hash)))), (3, Damage::Surplus));
        assert_eq!(at(walk(&all, None)), (1, Damage::Surplus));
    }

    #[test]
    fn a_careful_forger_is_found_at_the_seam() {
        let all = records(3);
        let mut forged = all.clone();
        forged[1].object = "account:y".into();
        forged[1].hash = forged[1].link(&forged[1].prev.clone()).unwrap();
        let broken = walk(&forged, Some((3, &all[2].hash))).unwrap_err();
        assert_eq!((broken.seq, broken.damage), (3, Damage::Unlinked), "the first record that does not follow");
    }
}
