//! What can happen to a certificate after it was issued: who may bring it about, on which ground, with which effect.

use kernel::{AccountId, Date, Fault, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CertificateId, Status};

kernel::words!(
    /// One kind of entry in the history of a certificate.
    ChangeKind {
        Issued = "issued" / "颁发",
        Imported = "imported" / "归集入库",
        Changed = "changed" / "变更",
        Renewed = "renewed" / "换发",
        Replaced = "replaced" / "补发",
        Superseded = "superseded" / "由新版本代替",
        Suspended = "suspended" / "暂扣",
        Restored = "restored" / "恢复",
        Cancelled = "cancelled" / "注销",
        Annulled = "annulled" / "撤销",
        Revoked = "revoked" / "吊销",
        Withdrawn = "withdrawn" / "撤回",
    }
);

kernel::words!(
    /// A step that the issuing body can take with a certificate.
    OrderKind {
        Suspend = "suspend" / "暂扣",
        Restore = "restore" / "恢复",
        Cancel = "cancel" / "注销",
        Annul = "annul" / "撤销",
        Revoke = "revoke" / "吊销",
        Withdraw = "withdraw" / "撤回",
    }
);

kernel::words!(
    /// Why a new version takes the place of an old one.
    ReissueKind {
        Changed = "changed" / "变更",
        Renewed = "renewed" / "换发",
        Replaced = "replaced" / "补发",
    }
);

/// A ground of law for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// Stable key.
    pub key: &'static str,
    /// In words.
    pub label: &'static str,
    /// Article.
    pub article: &'static str,
}

const fn ground(key: &'static str, label: &'static str, article: &'static str) -> Ground {
    Ground { key, label, article }
}

const SUSPEND: &[Ground] = &[
    ground("penalty", "行政处罚：暂扣许可证件", "行政处罚法 第九条第三项"),
    ground("dispute", "证照所载内容有争议，正在依法核查", "行政许可法 第六十一条"),
];
const RESTORE: &[Ground] = &[
    ground("lifted", "暂扣或者核查的原因已经消除", "行政处罚法 第九条第三项"),
    ground("corrected", "暂扣有误，予以纠正", "行政许可法 第七十二条"),
];
const CANCEL: &[Ground] = &[
    ground("not-renewed", "有效期届满未延续", "行政许可法 第七十条第一项"),
    ground("holder-died", "持证人死亡或者丧失行为能力", "行政许可法 第七十条第二项"),
    ground("holder-dissolved", "法人或者其他组织依法终止", "行政许可法 第七十条第三项"),
    ground("right-ended", "许可依法被撤销、撤回，或者许可证件依法被吊销", "行政许可法 第七十条第四项"),
    ground("impossible", "因不可抗力，许可事项无法实施", "行政许可法 第七十条第五项"),
    ground("on-request", "持证人申请注销", "行政许可法 第七十条第六项"),
];
const ANNUL: &[Ground] = &[
    ground("abuse", "工作人员滥用职权、玩忽职守作出准予决定", "行政许可法 第六十九条第一款第一项"),
    ground("beyond-powers", "超越法定职权作出准予决定", "行政许可法 第六十九条第一款第二项"),
    ground("procedure", "违反法定程序作出准予决定", "行政许可法 第六十九条第一款第三项"),
    ground("not-qualified", "申请人不具备申请资格或者不符合法定条件", "行政许可法 第六十九条第一款第四项"),
    ground("fraud", "以欺骗、贿赂等不正当手段取得", "行政许可法 第六十九条第二款"),
];
const REVOKE: &[Ground] = &[ground("penalty", "行政处罚：吊销许可证件", "行政处罚法 第九条第三项")];
const WITHDRAW: &[Ground] = &[
    ground("law-changed", "所依据的法律、法规、规章修改或者废止", "行政许可法 第八条第二款"),
    ground("circumstances", "准予所依据的客观情况发生重大变化", "行政许可法 第八条第二款"),
];

impl OrderKind {
    /// The grounds of law for it.
    #[must_use]
    pub const fn grounds(self) -> &'static [Ground] {
        match self {
            Self::Suspend => SUSPEND,
            Self::Restore => RESTORE,
            Self::Cancel => CANCEL,
            Self::Annul => ANNUL,
            Self::Revoke => REVOKE,
            Self::Withdraw => WITHDRAW,
        }
    }

    /// One of its grounds by key.
    #[must_use]
    pub fn ground(self, key: &str) -> Option<Ground> {
        self.grounds().iter().find(|ground| ground.key == key).copied()
    }

    /// Whether it goes against the holder, so that a second person confirms it.
    #[must_use]
    pub const fn adverse(self) -> bool {
        !matches!(self, Self::Restore)
    }

    /// Whether it carries out a penalty, whose decision on paper has a number.
    fn needs_document(self, ground: &str) -> bool {
        matches!(self, Self::Suspend | Self::Revoke) && ground == "penalty"
    }

    /// How the certificate stands afterwards.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Suspend => Status::Suspended,
            Self::Restore => Status::Effective,
            Self::Cancel => Status::Cancelled,
            Self::Annul => Status::Annulled,
            Self::Revoke => Status::Revoked,
            Self::Withdraw => Status::Withdrawn,
        }
    }

    /// Its entry in the history.
    #[must_use]
    pub const fn change(self) -> ChangeKind {
        match self {
            Self::Suspend => ChangeKind::Suspended,
            Self::Restore => ChangeKind::Restored,
            Self::Cancel => ChangeKind::Cancelled,
            Self::Annul => ChangeKind::Annulled,
            Self::Revoke => ChangeKind::Revoked,
            Self::Withdraw => ChangeKind::Withdrawn,
        }
    }

    /// From when it has effect, in words.
    #[must_use]
    pub const fn effect(self) -> &'static str {
        match self {
            Self::Suspend => "暂扣期间不能使用，期满自动恢复",
            Self::Restore => "自恢复之日起可以使用",
            Self::Cancel | Self::Withdraw => "自决定之日起失效",
            Self::Annul => "自始无效，记录保留",
            Self::Revoke => "自处罚决定生效之日起失效",
        }
    }
}

impl ReissueKind {
    /// Its entry in the history.
    #[must_use]
    pub const fn change(self) -> ChangeKind {
        match self {
            Self::Changed => ChangeKind::Changed,
            Self::Renewed => ChangeKind::Renewed,
            Self::Replaced => ChangeKind::Replaced,
        }
    }
}

/// A step that is to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Which: `suspend`, `restore`, `cancel`, `annul`, `revoke` or `withdraw`.
    #[schema(value_type = String)]
    pub kind: OrderKind,
    /// Key of the ground of law.
    pub ground: String,
    /// Number of the decision on paper; needed for a penalty.
    #[serde(default)]
    pub document: Option<String>,
    /// Reason in words.
    pub reason: String,
    /// First day of a suspension; today when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub from: Option<Date>,
    /// Last day of a suspension; until it is lifted when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub to: Option<Date>,
}

impl Order {
    /// What is wrong with it on `today`.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.kind.ground(&self.ground).is_none() {
            faults.push(Fault::new("/ground", "unknown", "请选择法律依据。"));
        }
        if !(4..=500).contains(&self.reason.trim().chars().count()) {
            faults.push(Fault::new("/reason", "required", "请写明理由，4 至 500 个字。"));
        }
        let document = self.document.as_deref().map(str::trim).unwrap_or_default();
        if document.is_empty() && self.kind.needs_document(&self.ground) {
            faults.push(Fault::new("/document", "required", "请填写处罚决定书的文号。"));
        }
        if document.chars().count() > 60 {
            faults.push(Fault::new("/document", "too-long", "文号不能超过 60 个字。"));
        }
        if self.kind == OrderKind::Suspend {
            let from = self.from.unwrap_or(today);
            if from < today {
                faults.push(Fault::new("/from", "past", "暂扣不能从过去的日期开始。"));
            }
            if self.to.is_some_and(|to| to < from) {
                faults.push(Fault::new("/to", "before-from", "截止日期不能早于开始日期。"));
            }
        } else if self.from.is_some() || self.to.is_some() {
            faults.push(Fault::new("/from", "unexpected", "只有暂扣才有起止日期。"));
        }
        faults
    }
}

/// A new version that is to take the place of the present one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reissue {
    /// Why: `changed`, `renewed` or `replaced`.
    #[schema(value_type = String)]
    pub kind: ReissueKind,
    /// Data that change; the others stay. A replacement changes none.
    #[serde(default)]
    pub data: std::collections::BTreeMap<String, String>,
    /// Reason in words.
    pub reason: String,
}

/// One entry in the history of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place, ordered by time.
    pub id: i64,
    /// The version it happened to.
    pub certificate: CertificateId,
    /// What.
    pub kind: ChangeKind,
    /// When it was entered.
    pub at: Timestamp,
    /// Day from which it has effect; of an annulment the day of issue.
    pub effective_from: Date,
    /// Last day of a suspension.
    pub effective_to: Option<Date>,
    /// Department that did it; none: the platform by itself.
    pub department: Option<String>,
    /// Login of whoever did or proposed it.
    pub account: Option<AccountId>,
    /// Login of the second person.
    pub confirmed_by: Option<AccountId>,
    /// Key of the ground of law.
    pub ground: Option<String>,
    /// Number of the decision on paper.
    pub document: Option<String>,
    /// Reason in words.
    pub reason: Option<String>,
}

impl Change {
    /// The ground of law, where it is one of the known.
    #[must_use]
    pub fn ground_of_law(&self) -> Option<Ground> {
        let order = OrderKind::ALL.iter().find(|kind| kind.change() == self.kind)?;
        order.ground(self.ground.as_deref()?)
    }
}

kernel::typed_id!(
    /// A step that waits for a second person.
    ProposalId
);

kernel::words!(
    /// How a proposal stands.
    ProposalState {
        Open = "open" / "待复核",
        Confirmed = "confirmed" / "已复核通过",
        Dismissed = "dismissed" / "已退回",
    }
);

/// A step that waits, or waited, for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// The holder.
    pub holder: kernel::SubjectId,
    /// The certificate.
    pub certificate: CertificateId,
    /// Department that issued it.
    pub department: String,
    /// What is proposed.
    pub order: Order,
    /// When.
    pub proposed_at: Timestamp,
    /// By which login.
    pub proposed_by: AccountId,
    /// Name, for the second person.
    pub proposed_name: String,
    /// How it stands.
    pub state: ProposalState,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(kind: OrderKind, ground: &str) -> Order {
        Order { kind, ground: ground.into(), document: None, reason: "核查属实".into(), from: None, to: None }
    }

    fn pointers(order: &Order) -> Vec<String> {
        order.faults("2026-03-02".parse().unwrap()).into_iter().map(|f| f.pointer).collect()
    }

    #[test]
    fn each_step_has_its_grounds_and_no_others() {
        for kind in OrderKind::ALL {
            let grounds = kind.grounds();
            assert!(!grounds.is_empty(), "{kind}");
            for (at, one) in grounds.iter().enumerate() {
                assert!(grounds[at + 1..].iter().all(|other| other.key != one.key), "{kind} {}", one.key);
                let mut right = order(*kind, one.key);
                right.document = Some("筑市监罚〔2026〕1号".into());
                assert_eq!(pointers(&right), Vec::<String>::new(), "{kind} {}", one.key);
            }
            assert_eq!(pointers(&order(*kind, "mood")), ["/ground"], "{kind}");
        }
    }

    #[test]
    fn a_penalty_names_its_decision_and_every_step_its_reason() {
        assert_eq!(pointers(&order(OrderKind::Revoke, "penalty")), ["/document"]);
        assert_eq!(pointers(&order(OrderKind::Suspend, "penalty")), ["/document"]);
        assert_eq!(pointers(&order(OrderKind::Suspend, "dispute")), Vec::<String>::new());
        let silent = Order { reason: " ".into(), ..order(OrderKind::Annul, "fraud") };
        assert_eq!(pointers(&silent), ["/reason"]);
    }

    #[test]
    fn only_a_suspension_has_days_and_never_past_ones() {
        let days = |from: &str, to: &str| Order {
            from: from.parse().ok(),
            to: to.parse().ok(),
            ..order(OrderKind::Suspend, "dispute")
        };
        assert_eq!(pointers(&days("2026-03-02", "2026-03-02")), Vec::<String>::new());
        assert_eq!(pointers(&days("2026-03-01", "2026-03-02")), ["/from"]);
        assert_eq!(pointers(&days("2026-03-05", "2026-03-04")), ["/to"]);
        let odd = Order { kind: OrderKind::Annul, ground: "fraud".into(), ..days("2026-03-05", "") };
        assert_eq!(pointers(&odd), ["/from"]);
    }

    #[test]
    fn what_goes_against_the_holder_needs_two() {
        let alone: Vec<_> = OrderKind::ALL.iter().filter(|kind| !kind.adverse()).collect();
        assert_eq!(alone, [&OrderKind::Restore]);
    }
}
