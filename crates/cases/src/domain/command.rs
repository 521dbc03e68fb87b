//! What people and the platform ask of a case.

use std::collections::BTreeMap;

use catalogue::domain::SpecialKind;
use kernel::FileId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    avoidance::{Part, Relation},
    event::{Defect, DeliveryProof, Handed, NonAcceptanceGround, Recommendation, TerminationCause},
    voice::{ComplaintKind, RatingAspect},
};

/// One command, as `POST /cases/{number}/commands` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// 预审通过: complete at first look.
    PassPreReview {},
    /// 预审退回, with the complete list (items of depth 2).
    ReturnPreReview {
        /// All defects.
        #[schema(value_type = Vec<Object>)]
        defects: Vec<Defect>,
    },
    /// 一次性告知补正, with all defects.
    AskCorrection {
        /// All defects.
        #[schema(value_type = Vec<Object>)]
        defects: Vec<Defect>,
    },
    /// 补正: the applicant (or a clerk for them at the counter) supplies what was asked.
    Supplement {
        /// Answers that change; the others stay.
        #[serde(default)]
        #[schema(value_type = Object)]
        form: Map<String, Value>,
        /// Materials handed in now: `{key: {"file": id} | {"certificate": id} | "paper"}`.
        #[serde(default)]
        #[schema(value_type = Object)]
        materials: BTreeMap<String, Handed>,
    },
    /// Paper originals taken at the counter.
    TakePaper {
        /// Keys of the materials.
        materials: Vec<String>,
    },
    /// 受理.
    Accept {},
    /// 容缺受理: deferrable materials may follow within `days` working days.
    AcceptDeferred {
        /// Working days to supply, 1–30.
        days: u32,
    },
    /// Propose not to take the application; an approver confirms.
    ProposeNonAcceptance {
        /// Ground of law.
        #[schema(value_type = String)]
        ground: NonAcceptanceGround,
        /// Reasons in words.
        reason: String,
        /// The competent body.
        #[serde(default)]
        competent_body: Option<String>,
    },
    /// Propose a special procedure that the process does not plan; an approver confirms.
    ProposeSpecial {
        /// Which.
        #[schema(value_type = String)]
        kind: SpecialKind,
        /// Planned length, working days.
        days: u32,
        /// Law that requires it.
        basis: String,
    },
    /// Confirm the pending proposal (four eyes).
    Confirm {},
    /// Turn the pending proposal down.
    Dismiss {
        /// Why.
        reason: String,
    },
    /// Take a task of one's department.
    Claim {
        /// Key of the task.
        task: String,
    },
    /// Give a task back to the queue.
    Release {
        /// Key of the task.
        task: String,
    },
    /// Hand a task to a colleague.
    HandOver {
        /// Key of the task.
        task: String,
        /// The colleague's account.
        #[schema(value_type = String)]
        to: kernel::AccountId,
        /// The colleague's name; filled by the platform.
        #[serde(skip)]
        name: String,
    },
    /// Finish a review step with an opinion.
    Complete {
        /// Key of the step.
        step: String,
        /// Opinion.
        opinion: String,
        /// Recommendation.
        #[schema(value_type = String)]
        recommend: Recommendation,
    },
    /// Begin a planned special step.
    BeginSpecial {
        /// Key of the step.
        step: String,
        /// Planned length, working days, at most the step's longest.
        days: u32,
    },
    /// Record the result of a special procedure.
    EndSpecial {
        /// Key of the planned step; none for one ordered for this case.
        #[serde(default)]
        step: Option<String>,
        /// Result.
        result: String,
    },
    /// 延长期限, once, before the deadline.
    Extend {
        /// Working days, 1–10 (joint handling up to 15).
        days: u32,
        /// Reason told to the applicant.
        reason: String,
    },
    /// Fix the fee of this case.
    AssessFee {
        /// Fen.
        amount_cents: i64,
        /// Basis.
        basis: String,
    },
    /// Record a payment.
    RecordPayment {
        /// Key of the step.
        step: String,
        /// Number of the receipt.
        receipt: String,
    },
    /// Tell the applicant that refusal is intended, with the right to answer.
    IntendRefusal {
        /// Reasons.
        reasons: String,
        /// Basis.
        basis: String,
    },
    /// 陈述申辩.
    StateDefence {
        /// In the applicant's words.
        text: String,
    },
    /// 要求听证: the applicant, within five working days of the notice of the intended refusal.
    RequestHearing {},
    /// 通知听证: at least seven working days before, within twenty working days of the request.
    ArrangeHearing {
        /// The day, `YYYY-MM-DD`.
        #[schema(value_type = String)]
        day: kernel::Date,
        /// The hour, such as `9:30`.
        time: String,
        /// The place.
        place: String,
        /// Who presides; nobody who reviewed this case.
        chair: String,
    },
    /// 登记听证笔录: the decision rests on it.
    RecordHearing {
        /// The minutes in words.
        record: String,
        /// Who signed them.
        signed_by: Vec<String>,
    },
    /// 申报回避: whoever has to stay away says so; the task goes back to the queue and never to him.
    Recuse {
        /// How he stands to the applicant or to who acts for him.
        relation: Relation,
        /// In words.
        reason: String,
    },
    /// 申请回避: the applicant asks that somebody stay away.
    AskAvoidance {
        /// Whom.
        part: Part,
        /// Why, in words.
        reason: String,
    },
    /// 决定回避申请: an approver who is not meant decides.
    DecideAvoidance {
        /// Whether somebody stays away.
        upheld: bool,
        /// Who does, when it is a member of staff.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        account: Option<kernel::AccountId>,
        /// His name; filled by the platform.
        #[serde(skip)]
        name: String,
        /// Who presides over the hearing instead, when its chair stays away.
        #[serde(default)]
        chair: Option<String>,
        /// Reasons told to the applicant.
        reason: String,
    },
    /// Propose to void what staff entered wrongly (作废); an approver confirms.
    ProposeVoid {
        /// What was wrong.
        reason: String,
    },
    /// 准予.
    Grant {
        /// Opinion.
        #[serde(default)]
        opinion: Option<String>,
    },
    /// 不予准予, with reasons.
    Refuse {
        /// Reasons.
        reasons: String,
        /// Basis.
        basis: String,
    },
    /// 制证.
    Produce {},
    /// 送达.
    Deliver {
        /// Proof.
        #[schema(value_type = Object)]
        proof: DeliveryProof,
    },
    /// Hand in deferred materials.
    SupplyDeferred {
        /// Materials.
        #[schema(value_type = Object)]
        materials: BTreeMap<String, Handed>,
    },
    /// 撤回.
    Withdraw {
        /// Reason, if any.
        #[serde(default)]
        reason: Option<String>,
    },
    /// 终止.
    Terminate {
        /// Cause.
        #[schema(value_type = String)]
        cause: TerminationCause,
        /// In words.
        reason: String,
    },
    /// 归档.
    Archive {},
    /// 评价.
    Rate {
        /// 1 very dissatisfied … 5 very satisfied.
        score: u8,
        /// What it is about.
        #[serde(default)]
        aspects: Vec<RatingAspect>,
        /// In words, up to 500 characters.
        #[serde(default)]
        comment: Option<String>,
    },
    /// 追加评价, once; the first stays visible.
    FollowUpRating {
        /// 1 very dissatisfied … 5 very satisfied.
        score: u8,
        /// What it is about.
        #[serde(default)]
        aspects: Vec<RatingAspect>,
        /// In words, up to 500 characters.
        #[serde(default)]
        comment: Option<String>,
    },
    /// 留言 between applicant and office.
    Say {
        /// Up to 500 characters.
        text: String,
        /// Files with it, uploaded by the writer.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        files: Vec<FileId>,
    },
    /// 投诉.
    Complain {
        /// What it is about.
        kind: ComplaintKind,
        /// In words, up to 2000 characters.
        text: String,
    },
}

impl Command {
    /// Files that the command brings in.
    #[must_use]
    pub fn materials(&self) -> Option<&BTreeMap<String, Handed>> {
        match self {
            Self::Supplement { materials, .. } | Self::SupplyDeferred { materials } => Some(materials),
            _ => None,
        }
    }

    /// Files of a message.
    #[must_use]
    pub fn files(&self) -> &[FileId] {
        match self {
            Self::Say { files, .. } => files,
            _ => &[],
        }
    }

    /// The words of the act, in Chinese.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::PassPreReview {} => "预审通过",
            Self::ReturnPreReview { .. } => "预审退回",
            Self::AskCorrection { .. } => "一次性告知补正",
            Self::Supplement { .. } => "补正",
            Self::TakePaper { .. } => "收取纸质材料",
            Self::Accept {} => "受理",
            Self::AcceptDeferred { .. } => "容缺受理",
            Self::ProposeNonAcceptance { .. } => "提请不予受理",
            Self::ProposeSpecial { .. } => "提请特别程序",
            Self::Confirm {} => "同意提请",
            Self::Dismiss { .. } => "退回提请",
            Self::Claim { .. } => "认领",
            Self::Release { .. } => "退回任务",
            Self::HandOver { .. } => "转交",
            Self::Complete { .. } => "完成审查",
            Self::BeginSpecial { .. } => "开始特别程序",
            Self::EndSpecial { .. } => "结束特别程序",
            Self::Extend { .. } => "延长期限",
            Self::AssessFee { .. } => "核定费用",
            Self::RecordPayment { .. } => "登记缴费",
            Self::IntendRefusal { .. } => "告知拟不予准予",
            Self::StateDefence { .. } => "陈述申辩",
            Self::RequestHearing {} => "要求听证",
            Self::ArrangeHearing { .. } => "通知听证",
            Self::RecordHearing { .. } => "登记听证笔录",
            Self::Recuse { .. } => "申报回避",
            Self::AskAvoidance { .. } => "申请回避",
            Self::DecideAvoidance { .. } => "决定回避申请",
            Self::ProposeVoid { .. } => "提请作废",
            Self::Grant { .. } => "准予",
            Self::Refuse { .. } => "不予准予",
            Self::Produce {} => "制证",
            Self::Deliver { .. } => "送达",
            Self::SupplyDeferred { .. } => "补交容缺材料",
            Self::Withdraw { .. } => "撤回",
            Self::Terminate { .. } => "终止",
            Self::Archive {} => "归档",
            Self::Rate { .. } => "评价",
            Self::FollowUpRating { .. } => "追加评价",
            Self::Say { .. } => "留言",
            Self::Complain { .. } => "投诉",
        }
    }
}
