//! Seals and their life.

use std::collections::BTreeSet;

use kernel::{AccountId, Fault, Timestamp};

kernel::typed_id!(
    /// An electronic seal (电子印章).
    SealId
);

kernel::words!(
    /// Which kind of seal.
    SealKind {
        Body = "body" / "单位公章",
        Approval = "approval" / "行政审批专用章",
        Certificate = "certificate" / "电子证照专用章",
    }
);

kernel::words!(
    /// What a seal is put on.
    PutOn {
        Decision = "decision" / "决定书",
        Notice = "notice" / "通知书",
        Certificate = "certificate" / "电子证照",
        Document = "document" / "部门系统的公文",
    }
);

kernel::words!(
    /// How a seal stands. That its time is over is computed, the rest is decided.
    SealState {
        Applied = "applied" / "待批准",
        Refused = "refused" / "未批准",
        Approved = "approved" / "待制作",
        Made = "made" / "待启用",
        Active = "active" / "使用中",
        Suspended = "suspended" / "停用",
        Expired = "expired" / "已过有效期",
        Renewed = "renewed" / "已换章",
        Revoked = "revoked" / "已注销",
    }
);

kernel::words!(
    /// A step in a seal's life.
    SealStep {
        Apply = "apply" / "申请",
        Approve = "approve" / "批准",
        Refuse = "refuse" / "不批准",
        Make = "make" / "制作",
        Activate = "activate" / "启用",
        Suspend = "suspend" / "停用",
        Restore = "restore" / "恢复使用",
        Renew = "renew" / "换章",
        Revoke = "revoke" / "注销",
    }
);

impl SealState {
    /// The state after a step; none when the step is not open in this state.
    #[must_use]
    pub const fn after(self, step: SealStep) -> Option<Self> {
        Some(match (self, step) {
            (Self::Applied, SealStep::Approve) => Self::Approved,
            (Self::Applied, SealStep::Refuse) => Self::Refused,
            (Self::Approved, SealStep::Make) => Self::Made,
            (Self::Made, SealStep::Activate) | (Self::Suspended, SealStep::Restore) => Self::Active,
            (Self::Active, SealStep::Suspend) => Self::Suspended,
            (Self::Active | Self::Suspended, SealStep::Renew) => Self::Renewed,
            (Self::Approved | Self::Made | Self::Active | Self::Suspended, SealStep::Revoke) => Self::Revoked,
            _ => return None,
        })
    }
}

/// Longest words in the ring of a seal, characters: more cannot be read at its size.
pub(crate) const NAME_CHARS: usize = 24;
/// Longest words below the star, characters.
pub(crate) const LINE_CHARS: usize = 10;

/// A seal that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeal {
    /// Key of the department it belongs to.
    pub department: String,
    /// Which kind.
    pub kind: SealKind,
    /// Words in the ring: the body's full name.
    pub name: String,
    /// Words below the star: the purpose of a special seal; empty for the body's own.
    pub line: String,
    /// What it may be put on; not empty.
    pub put_on: BTreeSet<PutOn>,
    /// Uses a day from which supervision is told; 0 = none.
    pub daily_quota: i64,
    /// Why it is needed.
    pub reason: String,
}

impl NewSeal {
    /// Everything that is wrong with it, at its field.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let (name, line) = (self.name.trim().chars().count(), self.line.trim().chars().count());
        if name == 0 || name > NAME_CHARS {
            faults.push(Fault::new("/name", "name", format!("请填写单位全称，最多 {NAME_CHARS} 个字。")));
        }
        if line > LINE_CHARS {
            faults.push(Fault::new("/line", "too-long", format!("章面用途最多 {LINE_CHARS} 个字。")));
        }
        if self.kind != SealKind::Body && line == 0 {
            faults.push(Fault::new("/line", "required", "专用章要写明用途，例如“行政审批专用章”。"));
        }
        if self.put_on.is_empty() {
            faults.push(Fault::new("/put_on", "required", "请至少选择一种用途。"));
        }
        if !(0..=1_000_000).contains(&self.daily_quota) {
            faults.push(Fault::new("/daily_quota", "range", "每日用印数请填 0 到 1000000，0 表示不设。"));
        }
        let reason = self.reason.trim().chars().count();
        if reason == 0 || reason > 200 {
            faults.push(Fault::new("/reason", "required", "请写明申请理由，最多 200 个字。"));
        }
        faults
    }
}

/// A seal as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Seal {
    /// Its id.
    pub id: SealId,
    /// Number inside its structure (esID), 14 digits; empty until it is made.
    pub number: String,
    /// Key of the department.
    pub department: String,
    /// Which kind.
    pub kind: SealKind,
    /// Words in the ring.
    pub name: String,
    /// Words below the star.
    pub line: String,
    /// What it may be put on.
    pub put_on: BTreeSet<PutOn>,
    /// Uses a day from which supervision is told; 0 = none.
    pub daily_quota: i64,
    /// What was decided; [`Seal::state_at`] knows the end of its time too.
    pub decided: SealState,
    /// The seal whose place it takes.
    pub renews: Option<SealId>,
    /// Login that applied; none for the platform.
    pub applied_by: Option<AccountId>,
    /// When it was asked for.
    pub applied_at: Timestamp,
    /// From when to when it may be used; none until it is made.
    pub valid: Option<(Timestamp, Timestamp)>,
    /// SESeal of GB/T 38540—2020, DER; empty until it is made.
    pub structure: Vec<u8>,
    /// Certificate of its signer, DER; empty until it is made.
    pub signer: Vec<u8>,
    /// How often it was used.
    pub uses: i64,
    pub(crate) version: i64,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("decided", &self.decided)
            .finish_non_exhaustive()
    }
}

impl Seal {
    /// How it stands at an instant.
    #[must_use]
    pub fn state_at(&self, at: Timestamp) -> SealState {
        match (self.decided, self.valid) {
            (SealState::Active, Some((_, last))) if last < at => SealState::Expired,
            (decided, _) => decided,
        }
    }
    /// Whether it may be put on this kind of document at an instant.
    #[must_use]
    pub fn may_be_put_on(&self, what: PutOn, at: Timestamp) -> bool {
        self.state_at(at) == SealState::Active
            && self.put_on.contains(&what)
            && self.valid.is_some_and(|(first, _)| first <= at)
    }
    /// Name of the seal: the body and, where it has one, the purpose.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}{}", self.name, self.line)
    }
    /// SM3 of its structure, hex: what the public register shows. None until it is made.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        (!self.structure.is_empty()).then(|| gm::digest_hex(&self.structure))
    }
}

/// What happened to a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealEvent {
    /// 1, 2, 3 … within the seal.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Which step.
    pub step: SealStep,
    /// Login of who took it; none for the platform.
    pub account: Option<AccountId>,
    /// Name of who took it.
    pub actor: String,
    /// Why.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn seal(decided: SealState) -> Seal {
        Seal {
            id: SealId::from(1),
            number: String::new(),
            department: "health".into(),
            kind: SealKind::Approval,
            name: "贵阳市卫生健康局".into(),
            line: "行政审批专用章".into(),
            put_on: [PutOn::Decision].into(),
            daily_quota: 0,
            decided,
            renews: None,
            applied_by: None,
            applied_at: at(0),
            valid: Some((at(1000), at(2000))),
            structure: Vec::new(),
            signer: Vec::new(),
            uses: 0,
            version: 1,
        }
    }

    #[test]
    fn no_way_leads_out_of_the_end_or_past_approval() {
        for end in [SealState::Refused, SealState::Renewed, SealState::Revoked, SealState::Expired] {
            for step in SealStep::ALL {
                assert_eq!(end.after(*step), None, "{end} {step}");
            }
        }
        let ways_to_active: Vec<SealState> = SealState::ALL
            .iter()
            .copied()
            .filter(|s| SealStep::ALL.iter().any(|t| s.after(*t) == Some(SealState::Active)))
            .collect();
        assert_eq!(ways_to_active, [SealState::Made, SealState::Suspended]);
        let ways_to_made: Vec<SealState> =
            SealState::ALL.iter().copied().filter(|s| s.after(SealStep::Make).is_some()).collect();
        assert_eq!(ways_to_made, [SealState::Approved]);
    }

    #[test]
    fn only_an_active_seal_within_its_time_and_uses_may_be_put_on() {
        let active = seal(SealState::Active);
        assert!(active.may_be_put_on(PutOn::Decision, at(1000)));
        assert!(active.may_be_put_on(PutOn::Decision, at(2000)));
        assert!(!active.may_be_put_on(PutOn::Decision, at(999)), "not before its time");
        assert!(!active.may_be_put_on(PutOn::Decision, at(2001)), "not after its time");
        assert_eq!(active.state_at(at(2001)), SealState::Expired);
        assert!(!active.may_be_put_on(PutOn::Certificate, at(1500)), "not on what it was not made for");
        for state in SealState::ALL.iter().filter(|s| **s != SealState::Active) {
            assert!(!seal(*state).may_be_put_on(PutOn::Decision, at(1500)), "{state}");
        }
    }

    #[test]
    fn an_application_tells_all_its_faults() {
        let empty = NewSeal {
            department: "health".into(),
            kind: SealKind::Approval,
            name: "局".repeat(25),
            line: String::new(),
            put_on: BTreeSet::new(),
            daily_quota: -1,
            reason: " ".into(),
        };
        let at: Vec<String> = empty.faults().into_iter().map(|f| f.pointer).collect();
        assert_eq!(at, ["/name", "/line", "/put_on", "/daily_quota", "/reason"]);
    }
}
