//! What happened to a case: append only, chained, the one source of every list, clock, notice and figure.

use std::collections::BTreeMap;

use catalogue::domain::{ApplicantFacts, CertificateFacts, Delivery, Provided, SpecialKind};
use certificates::{Evidence, RefusalReason};
use kernel::{AccountId, Actor, Channel, Date, FileId, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    avoidance::{Part, Relation},
    documents::DocumentKind,
    voice::{ComplaintKind, RatingAspect, Remark, Side},
};

/// One entry of a case's history: who, when, what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Place in the history, from 1 without holes: the optimistic lock.
    pub seq: i64,
    /// Instant of the act.
    pub at: Timestamp,
    /// Who, on whose authority.
    pub by: By,
    /// What.
    pub event: Event,
}

/// Who did it, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// `person`, `agent`, `staff` or `system`.
    pub kind: String,
    /// The login; none for the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Name as shown in the history.
    pub name: String,
    /// Department of a member of staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

impl By {
    /// The history's view of an actor.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        let (kind, account, name, department) = match actor {
            Actor::Person { account, name, .. } => ("person", Some(*account), name.clone(), None),
            Actor::Agent { account, name, .. } => ("agent", Some(*account), name.clone(), None),
            Actor::Staff { account, name, department, .. } => {
                ("staff", Some(*account), name.clone(), Some(department.clone()))
            }
            Actor::System => ("system", None, "系统".to_owned(), None),
            Actor::Stranger => ("stranger", None, "访客".to_owned(), None),
        };
        Self { kind: kind.to_owned(), account, name, department }
    }
    /// The platform by itself.
    #[must_use]
    pub fn system() -> Self {
        Self::of(&Actor::System)
    }
    /// Whether the platform did it by itself.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.kind == "system"
    }
}

/// Most files of one material.
pub const MOST_FILES: usize = 20;

/// How one material was handed in. On the wire: `{"file": id}`, `{"files": [id, …]}`, `{"certificate": id}`,
/// `{"deferred": true}` or `{"paper": true}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "HandedOnTheWire", into = "HandedOnTheWire")]
pub enum Handed {
    /// Uploaded file.
    File(FileId),
    /// Several uploaded files that make up one material, such as the pages of a contract, in their order: one to
    /// [`MOST_FILES`].
    Files(Vec<FileId>),
    /// A certificate of the library stands in for it (13-character id).
    Certificate(String),
    /// To be handed in after acceptance (容缺).
    Deferred,
    /// Paper taken at the counter.
    Paper,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandedOnTheWire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<FileId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deferred: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paper: Option<bool>,
}

impl From<Handed> for HandedOnTheWire {
    fn from(handed: Handed) -> Self {
        match handed {
            Handed::File(id) => Self { file: Some(id), ..Self::default() },
            Handed::Files(ids) => Self { files: Some(ids), ..Self::default() },
            Handed::Certificate(id) => Self { certificate: Some(id), ..Self::default() },
            Handed::Deferred => Self { deferred: Some(true), ..Self::default() },
            Handed::Paper => Self { paper: Some(true), ..Self::default() },
        }
    }
}

impl TryFrom<HandedOnTheWire> for Handed {
    type Error = &'static str;
    fn try_from(wire: HandedOnTheWire) -> Result<Self, Self::Error> {
        match wire {
            HandedOnTheWire { file: Some(id), files: None, certificate: None, deferred: None, paper: None } => {
                Ok(Self::File(id))
            }
            HandedOnTheWire { file: None, files: Some(ids), certificate: None, deferred: None, paper: None } => {
                if ids.is_empty() || ids.len() > MOST_FILES {
                    return Err("one to twenty files are expected");
                }
                Ok(Self::Files(ids))
            }
            HandedOnTheWire { file: None, files: None, certificate: Some(id), deferred: None, paper: None } => {
                Ok(Self::Certificate(id))
            }
            HandedOnTheWire { file: None, files: None, certificate: None, deferred: Some(true), paper: None } => {
                Ok(Self::Deferred)
            }
            HandedOnTheWire { file: None, files: None, certificate: None, deferred: None, paper: Some(true) } => {
                Ok(Self::Paper)
            }
            _ => Err("exactly one of file, files, certificate, deferred, paper is expected"),
        }
    }
}

impl Handed {
    /// The view rules and expressions have.
    #[must_use]
    pub fn provided(&self) -> Provided {
        match self {
            Self::File(_) | Self::Files(_) => Provided::File,
            Self::Certificate(id) => Provided::Certificate(id.clone()),
            Self::Deferred => Provided::Deferred,
            Self::Paper => Provided::Paper,
        }
    }

    /// The uploaded files, in their order; none when it was handed in another way.
    #[must_use]
    pub fn files(&self) -> &[FileId] {
        match self {
            Self::File(id) => std::slice::from_ref(id),
            Self::Files(ids) => ids,
            Self::Certificate(_) | Self::Deferred | Self::Paper => &[],
        }
    }

    /// These files as one material; none when there is no file.
    #[must_use]
    pub fn of_files(ids: Vec<FileId>) -> Option<Self> {
        match ids.as_slice() {
            [] => None,
            [one] => Some(Self::File(*one)),
            _ => Some(Self::Files(ids)),
        }
    }
}

/// Where the applicant is reached, and where the result goes when it is not delivered electronically.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Receiving {
    /// Phone for questions about this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Who takes it, when it is posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Where it is posted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Code of the district at whose hall it is fetched; none for the city's hall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hall: Option<String>,
}

impl Receiving {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What only the applicant and the clerks in charge may see; kept sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Private {
    /// Answers of the form.
    pub form: Map<String, Value>,
    /// The applicant as known on that day.
    pub applicant: ApplicantFacts,
    /// The certificates the rules saw.
    pub certificates: Vec<CertificateFacts>,
    /// Where the applicant is reached and where the result goes.
    #[serde(default, skip_serializing_if = "Receiving::is_empty")]
    pub receiving: Receiving,
}

/// Minutes of a hearing (听证笔录), kept sealed: they hold what people said and their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// The minutes in words.
    pub record: String,
    /// Who signed them.
    pub signed_by: Vec<String>,
}

/// One defect of a one-time notice (一次性告知).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// Key of a published material, or `form.<field>`.
    pub target: String,
    /// What is wrong.
    pub problem: String,
    /// What would be right, and how to supply it.
    pub requirement: String,
    /// Basis of the demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Why a valid certificate that stood in for the material is not taken; needed then, and for nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_refusal: Option<RefusalReason>,
}

kernel::words!(
    /// When a certificate that stands in for a material is held against the library.
    Occasion {
        Use = "use" / "使用时",
        Acceptance = "acceptance" / "受理时",
    }
);

/// What the library said of the certificates of a case; kept sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// By material.
    pub materials: BTreeMap<String, Evidence>,
}

/// Why an application is not taken (行政许可法 第三十二条第一款第一、二项).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NonAcceptanceGround {
    /// 依法不需要取得行政许可.
    NotNeeded,
    /// 不属于本机关职权范围.
    NotCompetent,
}

/// What one person proposes and another confirms (four eyes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Proposal {
    /// Not to take the application.
    NonAcceptance {
        /// Ground of law.
        ground: NonAcceptanceGround,
        /// Reasons in words.
        reason: String,
        /// The body that is competent, where another is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competent_body: Option<String>,
    },
    /// A special procedure that the item's process does not plan.
    Special {
        /// Which procedure.
        kind: SpecialKind,
        /// Planned length, working days.
        days: u32,
        /// Law that requires it.
        basis: String,
    },
    /// To extend the limit of a joint item: the head of the government approves it (行政许可法 第四十二条第二款).
    Extension {
        /// Working days.
        days: u32,
        /// Reason told to the applicant.
        reason: String,
    },
    /// To void what staff entered wrongly (作废); the number stays.
    Void {
        /// What was wrong.
        reason: String,
    },
}

/// What a reviewer recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recommendation {
    /// The conditions are met.
    Grant,
    /// They are not.
    Refuse,
}

/// Closing result (办结结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosingResult {
    /// 0 出证办结.
    Granted,
    /// 1 不予许可.
    Refused,
    /// 2 作废办结.
    Voided,
    /// 5 退件.
    Returned,
    /// 6 不予受理.
    NotAccepted,
}

/// Why a case is terminated (终止).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TerminationCause {
    /// The applicant died or was dissolved and the right is personal.
    ApplicantGone,
    /// The law changed so that the licence has become impossible.
    LawChanged,
    /// Deferred material was not supplied in time.
    DeferredNotSupplied,
    /// The statutory fee was not paid after a reminder.
    NotPaid,
    /// A required test was not made possible after a reminder.
    NotCooperating,
    /// The same application is already being handled.
    Duplicate,
    /// False material.
    FalseMaterial,
    /// Correction was not supplied in the period told (退件).
    NotCorrected,
    /// Entered wrongly by staff (作废).
    EnteredWrongly,
}

/// How and to whom the result was delivered (送达回证).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryProof {
    /// The way.
    pub way: Delivery,
    /// Who took it; the applicant's space when electronic.
    pub taken_by: String,
    /// Relation to the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Carrier's number or other proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// The certificate that came out of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProducedCertificate {
    /// Id in the library, 13 characters.
    pub id: String,
    /// Type in the library.
    pub certificate_type: String,
    /// Number.
    pub number: String,
    /// Last valid day; none = no expiry.
    pub expires_on: Option<Date>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Everything that can happen to a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Event {
    /// The application entered the platform (提交). From now the acceptance clock runs.
    Submitted {
        /// The public number.
        number: String,
        /// The item applied for.
        item: String,
        /// Its version, kept for the whole case.
        version: i64,
        /// In whose name.
        subject: SubjectId,
        /// The applicant's name, for lists.
        applicant: String,
        /// District that handles it, when the item is decided below the city.
        region: Option<String>,
        /// How it came in.
        channel: Channel,
        /// How the result shall be delivered.
        delivery: Delivery,
        /// Materials handed in.
        materials: BTreeMap<String, Handed>,
        /// The applicant asks that a person judge it although the rules say no.
        by_person: bool,
        /// Steps of the process, so that a case can be read without its catalogue.
        steps: Vec<String>,
        /// Answers and identity, sealed at rest.
        private: Private,
    },
    /// Complete at first look (收件).
    Received,
    /// Returned at pre-review (预审退回); counts as the one-time notice.
    PreReviewReturned {
        /// The complete list.
        defects: Vec<Defect>,
    },
    /// The one-time notice (一次性告知).
    CorrectionAsked {
        /// The complete list.
        defects: Vec<Defect>,
        /// Last day to supply, natural days.
        due: Date,
        /// A second notice for something already visible the first time: a violation that supervision sees.
        second: bool,
    },
    /// The applicant was reminded of the open correction.
    CorrectionReminded,
    /// The applicant supplied what the notice asked (补正).
    Supplemented {
        /// Materials handed in now.
        materials: BTreeMap<String, Handed>,
        /// The whole form as it now stands, sealed at rest.
        private: Private,
    },
    /// Deferred materials were handed in (容缺补交).
    DeferredSupplied {
        /// Materials handed in now.
        materials: BTreeMap<String, Handed>,
    },
    /// Paper was taken at the counter.
    PaperTaken {
        /// Materials handed in now.
        materials: BTreeMap<String, Handed>,
    },
    /// Accepted (受理): the statutory and promised clocks count from `dated`.
    Accepted {
        /// Day from which the limits count: today, or the day of receipt when deemed.
        dated: Date,
        /// Silence for the acceptance period (视为受理).
        deemed: bool,
        /// Materials that may follow, and by when.
        deferred: BTreeMap<String, Date>,
    },
    /// One person proposes what another must confirm.
    Proposed {
        /// What.
        proposal: Proposal,
    },
    /// The proposal was turned down.
    ProposalDismissed {
        /// Why.
        reason: String,
    },
    /// Not accepted (不予受理).
    NotAccepted {
        /// Ground of law.
        ground: NonAcceptanceGround,
        /// Reasons.
        reason: String,
        /// Where to go instead.
        competent_body: Option<String>,
    },
    /// A task was taken by one person.
    TaskClaimed {
        /// Key of the task.
        task: String,
        /// By whom.
        account: AccountId,
        /// Name.
        name: String,
    },
    /// A task went back to the department's queue.
    TaskReleased {
        /// Key of the task.
        task: String,
    },
    /// A step began.
    StepStarted {
        /// Index in the process.
        step: usize,
    },
    /// A step does not apply to this case.
    StepSkipped {
        /// Index in the process.
        step: usize,
        /// Why, in Chinese.
        why: String,
    },
    /// A step is done.
    StepCompleted {
        /// Index in the process.
        step: usize,
        /// Opinion in words.
        opinion: Option<String>,
        /// What the reviewer recommends.
        recommend: Option<Recommendation>,
    },
    /// Somebody (or a rule) took the case up for review (审查).
    TakenUp,
    /// A special procedure began (特别程序).
    SpecialBegun {
        /// The planned step, or none when ordered for this case.
        step: Option<usize>,
        /// Which procedure.
        kind: SpecialKind,
        /// Planned length, working days.
        days: u32,
        /// Whether the limits stand still meanwhile.
        stops_clock: bool,
        /// Law or rule.
        basis: String,
    },
    /// It ended.
    SpecialEnded {
        /// The planned step, or none when ordered for this case.
        step: Option<usize>,
        /// Its result in words.
        result: String,
        /// Ended because the longest duration was over.
        expired: bool,
    },
    /// The limit was extended once (延期).
    Extended {
        /// Working days added.
        days: u32,
        /// Reason told to the applicant.
        reason: String,
    },
    /// The fee was fixed for this case.
    FeeAssessed {
        /// Fen.
        amount_cents: i64,
        /// Basis.
        basis: String,
    },
    /// The applicant is asked to pay (缴费通知).
    PaymentAsked {
        /// The step.
        step: usize,
        /// Fen.
        amount_cents: i64,
    },
    /// Paid.
    Paid {
        /// The step.
        step: usize,
        /// Fen.
        amount_cents: i64,
        /// Number of the receipt.
        receipt: String,
    },
    /// The applicant was told that refusal is intended (拟不予许可告知): statement and defence may follow (第三十六条).
    RefusalIntended {
        /// Reasons.
        reasons: String,
        /// Basis.
        basis: String,
        /// Last day to answer.
        due: Date,
    },
    /// The applicant's statement and defence (陈述、申辩).
    DefenceStated {
        /// The words of entries that were written before they were sealed; empty since.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
        /// In the applicant's words, sealed at rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        private: Option<Remark>,
    },
    /// The applicant asks for a hearing (第四十七条).
    HearingRequested {
        /// Last day to hold it: twenty working days after the request.
        until: Date,
    },
    /// Time and place of the hearing were told, at least seven working days before (第四十八条).
    HearingArranged {
        /// The day.
        day: Date,
        /// The hour, in words.
        time: String,
        /// The place.
        place: String,
        /// Who presides; nobody who reviewed.
        chair: String,
    },
    /// The hearing was held; the decision rests on its minutes (第四十八条第二款).
    HearingHeld {
        /// The minutes of entries that were written before they were sealed; empty since.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        record: String,
        /// Who signed those.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signed_by: Vec<String>,
        /// The minutes and who signed them, sealed at rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        private: Option<Minutes>,
    },
    /// A member of staff declares that he has to stay away (自行回避): he has no part in the case from now on.
    Recused {
        /// Who.
        account: AccountId,
        /// Name.
        name: String,
        /// How he stands to the applicant or to who acts for him.
        relation: Relation,
        /// In his words, sealed at rest.
        private: Remark,
    },
    /// The applicant asks that somebody stay away (申请回避): nothing is decided until this is.
    AvoidanceAsked {
        /// Whom.
        part: Part,
        /// Why, in the applicant's words, sealed at rest.
        private: Remark,
    },
    /// An approver decided about it (决定回避).
    AvoidanceDecided {
        /// Whether somebody stays away.
        upheld: bool,
        /// Who does; none when nobody does, or who presides over the hearing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
        /// His name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Who presides over the hearing instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chair: Option<String>,
        /// Reasons, sealed at rest: they speak of people.
        private: Remark,
    },
    /// Decided (决定).
    Decided {
        /// The decide step; none when the process has none of its own.
        step: Option<usize>,
        /// Granted or refused.
        granted: bool,
        /// Reasons (required for a refusal).
        reasons: String,
        /// Basis.
        basis: String,
        /// Decided by rule of this item version; the applicant may ask for review by a person (个人信息保护法 第二十四条).
        automated: bool,
        /// Nobody decided before the licence to be renewed ended: the law deems the renewal granted (行政许可法 第五十条).
        #[serde(default, skip_serializing_if = "is_false")]
        deemed: bool,
    },
    /// The granting decision was opened to the public (行政许可法 第四十条).
    Published,
    /// The certificate was made (制证).
    CertificateProduced {
        /// The issue step; none when the process has none of its own.
        step: Option<usize>,
        /// The record in the library; none when the result is a document only.
        certificate: Option<ProducedCertificate>,
    },
    /// Delivered (送达).
    Delivered {
        /// Proof.
        proof: DeliveryProof,
    },
    /// Closed (办结).
    Closed {
        /// Result.
        result: ClosingResult,
    },
    /// Withdrawn by the applicant (撤回).
    Withdrawn {
        /// Reason, if the applicant gave one.
        reason: Option<String>,
    },
    /// Terminated (终止).
    Terminated {
        /// Cause.
        cause: TerminationCause,
        /// In words.
        reason: String,
    },
    /// Filed (归档).
    Archived,
    /// Rated by the applicant (好差评): 1 very dissatisfied … 5 very satisfied.
    Rated {
        /// 1–5, all equally easy to give.
        score: u8,
        /// What it is about.
        #[serde(default)]
        aspects: Vec<RatingAspect>,
        /// In the applicant's words, sealed at rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        private: Option<Remark>,
    },
    /// Rated once more (追加评价); the first rating stays.
    FollowedUp {
        /// 1–5.
        score: u8,
        /// What it is about.
        #[serde(default)]
        aspects: Vec<RatingAspect>,
        /// In the applicant's words, sealed at rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        private: Option<Remark>,
    },
    /// A message between applicant and office (留言).
    Said {
        /// Who wrote.
        side: Side,
        /// Files with it.
        #[serde(default)]
        files: Vec<FileId>,
        /// The words, sealed at rest.
        private: Remark,
    },
    /// A complaint of the applicant (投诉).
    Complained {
        /// Its number.
        number: String,
        /// What it is about.
        kind: ComplaintKind,
        /// Last day to decide whether it is taken up, 5 working days.
        take_up_by: Date,
        /// Last day to answer, 15 working days.
        answer_by: Date,
        /// The words, sealed at rest.
        private: Remark,
    },
    /// Certificates that stand in for materials were held against the library: what each was and how it stood, as evidence
    /// that later changes of a certificate leave as it is.
    CertificatesChecked {
        /// When.
        occasion: Occasion,
        /// Materials whose certificate could not be used then.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unusable: Vec<String>,
        /// The evidence by material, sealed at rest.
        private: Checked,
    },
    /// A document was issued about the entry before it.
    DocumentIssued {
        /// Which document.
        document: DocumentKind,
        /// 13 characters; also the code of the public confirmation page.
        id: String,
        /// Official number.
        number: String,
    },
}

impl Event {
    /// The applicant's statement and defence, of sealed and of older entries alike.
    #[must_use]
    pub fn defence(&self) -> Option<&str> {
        match self {
            Self::DefenceStated { text, private } => Some(private.as_ref().map_or(text, |p| &p.text)),
            _ => None,
        }
    }

    /// The minutes of the hearing and who signed them, of sealed and of older entries alike.
    #[must_use]
    pub fn minutes(&self) -> Option<(&str, &[String])> {
        match self {
            Self::HearingHeld { private: Some(minutes), .. } => Some((&minutes.record, &minutes.signed_by)),
            Self::HearingHeld { record, signed_by, private: None } => Some((record, signed_by)),
            _ => None,
        }
    }

    /// The topic of the outbox fact, such as `case.accepted`.
    #[must_use]
    pub const fn topic(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "case.submitted",
            Self::Received => "case.received",
            Self::PreReviewReturned { .. } => "case.returned",
            Self::CorrectionAsked { .. } => "case.correction-asked",
            Self::CorrectionReminded => "case.correction-reminded",
            Self::Supplemented { .. } => "case.supplemented",
            Self::DeferredSupplied { .. } => "case.deferred-supplied",
            Self::PaperTaken { .. } => "case.paper-taken",
            Self::Accepted { .. } => "case.accepted",
            Self::Proposed { .. } => "case.proposed",
            Self::ProposalDismissed { .. } => "case.proposal-dismissed",
            Self::NotAccepted { .. } => "case.not-accepted",
            Self::TaskClaimed { .. } => "case.task-claimed",
            Self::TaskReleased { .. } => "case.task-released",
            Self::StepStarted { .. } => "case.step-started",
            Self::StepSkipped { .. } => "case.step-skipped",
            Self::StepCompleted { .. } => "case.step-completed",
            Self::TakenUp => "case.taken-up",
            Self::SpecialBegun { .. } => "case.special-begun",
            Self::SpecialEnded { .. } => "case.special-ended",
            Self::Extended { .. } => "case.extended",
            Self::FeeAssessed { .. } => "case.fee-assessed",
            Self::PaymentAsked { .. } => "case.payment-asked",
            Self::Paid { .. } => "case.paid",
            Self::RefusalIntended { .. } => "case.refusal-intended",
            Self::DefenceStated { .. } => "case.defence-stated",
            Self::HearingRequested { .. } => "case.hearing-requested",
            Self::HearingArranged { .. } => "case.hearing-arranged",
            Self::HearingHeld { .. } => "case.hearing-held",
            Self::Recused { .. } => "case.recused",
            Self::AvoidanceAsked { .. } => "case.avoidance-asked",
            Self::AvoidanceDecided { .. } => "case.avoidance-decided",
            Self::Decided { .. } => "case.decided",
            Self::Published => "case.published",
            Self::CertificateProduced { .. } => "case.certificate-produced",
            Self::Delivered { .. } => "case.delivered",
            Self::Closed { .. } => "case.closed",
            Self::Withdrawn { .. } => "case.withdrawn",
            Self::Terminated { .. } => "case.terminated",
            Self::Archived => "case.archived",
            Self::Rated { .. } => "case.rated",
            Self::FollowedUp { .. } => "case.rating-followed-up",
            Self::Said { side: Side::Applicant, .. } => "case.applicant-wrote",
            Self::Said { side: Side::Office, .. } => "case.office-wrote",
            Self::Complained { .. } => "case.complained",
            Self::CertificatesChecked { .. } => "case.certificates-checked",
            Self::DocumentIssued { .. } => "case.document-issued",
        }
    }

    /// One line of the history, in Chinese.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "提交申请",
            Self::Received => "收件",
            Self::PreReviewReturned { .. } => "预审退回",
            Self::CorrectionAsked { .. } => "一次性告知补正",
            Self::CorrectionReminded => "提醒补正",
            Self::Supplemented { .. } => "补正材料",
            Self::DeferredSupplied { .. } => "补交容缺材料",
            Self::PaperTaken { .. } => "收取纸质材料",
            Self::Accepted { deemed: true, .. } => "视为受理",
            Self::Accepted { .. } => "受理",
            Self::Proposed { .. } => "提请审批",
            Self::ProposalDismissed { .. } => "退回提请",
            Self::NotAccepted { .. } => "不予受理",
            Self::TaskClaimed { .. } => "认领任务",
            Self::TaskReleased { .. } => "退回任务",
            Self::StepStarted { .. } => "环节开始",
            Self::StepSkipped { .. } => "环节不适用",
            Self::StepCompleted { .. } => "环节完成",
            Self::TakenUp => "进入审查",
            Self::SpecialBegun { .. } => "特别程序开始",
            Self::SpecialEnded { .. } => "特别程序结束",
            Self::Extended { .. } => "延长办理期限",
            Self::FeeAssessed { .. } => "核定费用",
            Self::PaymentAsked { .. } => "通知缴费",
            Self::Paid { .. } => "缴费",
            Self::RefusalIntended { .. } => "告知拟不予准予",
            Self::DefenceStated { .. } => "陈述申辩",
            Self::HearingRequested { .. } => "要求听证",
            Self::HearingArranged { .. } => "通知听证",
            Self::HearingHeld { .. } => "举行听证",
            Self::Recused { .. } => "自行回避",
            Self::AvoidanceAsked { .. } => "申请回避",
            Self::AvoidanceDecided { upheld: true, .. } => "决定回避",
            Self::AvoidanceDecided { .. } => "决定不予回避",
            Self::Decided { deemed: true, .. } => "视为准予延续",
            Self::Decided { granted: true, .. } => "准予",
            Self::Decided { .. } => "不予准予",
            Self::Published => "决定公开",
            Self::CertificateProduced { .. } => "制证",
            Self::Delivered { .. } => "送达",
            Self::Closed { .. } => "办结",
            Self::Withdrawn { .. } => "撤回",
            Self::Terminated { .. } => "终止",
            Self::Archived => "归档",
            Self::Rated { .. } => "评价",
            Self::FollowedUp { .. } => "追加评价",
            Self::Said { side: Side::Applicant, .. } => "申请人留言",
            Self::Said { side: Side::Office, .. } => "办理机关留言",
            Self::Complained { .. } => "投诉",
            Self::CertificatesChecked { .. } => "核验电子证照",
            Self::DocumentIssued { .. } => "出具文书",
        }
    }
}
