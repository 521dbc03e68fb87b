//! What somebody may do with a case now, and why not the rest: every command is put to [`decide`] with input that could
//! not be refused for itself, so that a page which shows the answer can never differ from the engine.

use std::collections::BTreeMap;

use catalogue::domain::{Delivery, SpecialKind, StepKind};
use kernel::{Actor, Kind, words};

use super::{
    avoidance::Relation,
    case::Case,
    command::Command,
    decide::{Rejection, Setting, decide},
    event::{Defect, DeliveryProof, Handed, NonAcceptanceGround, Recommendation, TerminationCause},
    tasks::{TaskKind, tasks},
};

words!(
    /// Something that staff do with a case, as pages name it in addresses.
    Move {
        Claim = "claim" / "认领",
        Release = "release" / "退回任务",
        HandOver = "hand-over" / "转交",
        PassPreReview = "pass-pre-review" / "预审通过",
        ReturnPreReview = "return-pre-review" / "预审退回",
        TakePaper = "take-paper" / "收取纸质材料",
        Accept = "accept" / "受理",
        AcceptDeferred = "accept-deferred" / "容缺受理",
        AskCorrection = "ask-correction" / "一次性告知补正",
        ProposeNonAcceptance = "propose-non-acceptance" / "提请不予受理",
        Confirm = "confirm" / "同意提请",
        Dismiss = "dismiss" / "退回提请",
        SupplyDeferred = "supply-deferred" / "补交容缺材料",
        Complete = "complete" / "提出审查意见",
        BeginSpecial = "begin-special" / "开始特别程序",
        EndSpecial = "end-special" / "结束特别程序",
        ProposeSpecial = "propose-special" / "提请特别程序",
        Extend = "extend" / "延长期限",
        AssessFee = "assess-fee" / "核定费用",
        RecordPayment = "record-payment" / "登记缴费",
        IntendRefusal = "intend-refusal" / "告知拟不予准予",
        ArrangeHearing = "arrange-hearing" / "通知听证",
        RecordHearing = "record-hearing" / "登记听证笔录",
        Recuse = "recuse" / "申报回避",
        DecideAvoidance = "decide-avoidance" / "决定回避申请",
        Grant = "grant" / "准予",
        Refuse = "refuse" / "不予准予",
        Produce = "produce" / "制证",
        Deliver = "deliver" / "登记送达",
        Terminate = "terminate" / "终止办理",
        ProposeVoid = "propose-void" / "提请作废",
        Archive = "archive" / "归档",
    }
);

/// How a move stands for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub step: Move,
    /// The task or the step it is about, by its key; none for what concerns the whole case.
    pub of: Option<String>,
    /// Name of that task or step.
    pub name: Option<String>,
    /// Why it is closed; none when it may be done now.
    pub closed: Option<Rejection>,
}

impl Standing {
    /// It may be done now.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.closed.is_none()
    }
    /// Closed because of who asks and not because of the case.
    #[must_use]
    pub fn is_for_others(&self) -> bool {
        self.closed.as_ref().is_some_and(|r| r.kind == Kind::Forbidden)
    }
}

struct Probe {
    step: Move,
    of: Option<String>,
    name: Option<String>,
    command: Command,
}

fn whole(step: Move, command: Command) -> Probe {
    Probe { step, of: None, name: None, command }
}

/// Every move, in the order of a case's life, with its standing for `actor`. What time alone has brought about should
/// have been applied to `case` before.
#[must_use]
pub fn lawful(case: &Case, setting: &Setting<'_>, actor: &Actor) -> Vec<Standing> {
    probes(case, setting)
        .into_iter()
        .map(|p| Standing {
            step: p.step,
            of: p.of,
            name: p.name,
            closed: decide(case, setting, actor, &p.command).err(),
        })
        .collect()
}

fn probes(case: &Case, setting: &Setting<'_>) -> Vec<Probe> {
    let item = &setting.procedure.item;
    let words = || "理由".to_owned();
    let mut probes = Vec::new();
    for task in tasks(case, setting.procedure) {
        let of = |step: Move, command: Command| Probe {
            step,
            of: Some(task.key.clone()),
            name: Some(task.name.clone()),
            command,
        };
        if case.claims.contains_key(&task.key) {
            probes.push(of(Move::Release, Command::Release { task: task.key.clone() }));
            let to = kernel::AccountId::from(0);
            let name = String::new();
            probes.push(of(Move::HandOver, Command::HandOver { task: task.key.clone(), to, name }));
        } else {
            probes.push(of(Move::Claim, Command::Claim { task: task.key.clone() }));
        }
    }
    let told = case.corrections.iter().flat_map(|c| c.defects.iter().map(|d| d.target.clone())).next();
    let target = told
        .or_else(|| item.materials.first().map(|m| m.key.clone()))
        .or_else(|| item.fields.first().map(|f| format!("form.{}", f.key)))
        .unwrap_or_default();
    let defects = vec![Defect {
        target: target.clone(),
        problem: words(),
        requirement: words(),
        basis: None,
        certificate_refusal: None,
    }];
    probes.push(whole(Move::PassPreReview, Command::PassPreReview {}));
    probes.push(whole(Move::ReturnPreReview, Command::ReturnPreReview { defects: defects.clone() }));
    let paper = item.materials.first().map(|m| m.key.clone()).into_iter().collect();
    probes.push(whole(Move::TakePaper, Command::TakePaper { materials: paper }));
    probes.push(whole(Move::Accept, Command::Accept {}));
    probes.push(whole(Move::AcceptDeferred, Command::AcceptDeferred { days: 1 }));
    probes.push(whole(Move::AskCorrection, Command::AskCorrection { defects }));
    let (ground, reason) = (NonAcceptanceGround::NotCompetent, words());
    let turned = Command::ProposeNonAcceptance { ground, reason, competent_body: None };
    probes.push(whole(Move::ProposeNonAcceptance, turned));
    if case.pending.is_some() {
        probes.push(whole(Move::Confirm, Command::Confirm {}));
        probes.push(whole(Move::Dismiss, Command::Dismiss { reason: words() }));
    }
    if let Some((key, _)) = case.deferred.iter().find(|(_, d)| d.supplied.is_none()) {
        let materials = BTreeMap::from([(key.clone(), Handed::Paper)]);
        probes.push(whole(Move::SupplyDeferred, Command::SupplyDeferred { materials }));
    }
    probes.extend(step_probes(case, setting));
    probes.push(whole(Move::EndSpecial, Command::EndSpecial { step: None, result: words() }));
    let (kind, basis) = (SpecialKind::Testing, words());
    probes.push(whole(Move::ProposeSpecial, Command::ProposeSpecial { kind, days: 1, basis }));
    probes.push(whole(Move::Extend, Command::Extend { days: 1, reason: words() }));
    if item.fees.iter().any(|f| f.assessed) {
        probes.push(whole(Move::AssessFee, Command::AssessFee { amount_cents: 1, basis: words() }));
    }
    probes.push(whole(Move::IntendRefusal, Command::IntendRefusal { reasons: words(), basis: words() }));
    if let Some(hearing) = &case.hearing {
        let arranged =
            Command::ArrangeHearing { day: hearing.until, time: "9:30".to_owned(), place: words(), chair: words() };
        probes.push(whole(Move::ArrangeHearing, arranged));
        let minutes = Command::RecordHearing { record: words(), signed_by: vec![words()] };
        probes.push(whole(Move::RecordHearing, minutes));
    }
    let relation = Relation::Other;
    probes.push(whole(Move::Recuse, Command::Recuse { relation, reason: words() }));
    if case.challenge.is_some() {
        let (account, name, chair) = (Some(kernel::AccountId::from(0)), String::new(), Some(words()));
        let decided = Command::DecideAvoidance { upheld: true, account, name, chair, reason: words() };
        probes.push(whole(Move::DecideAvoidance, decided));
    }
    probes.push(whole(Move::Grant, Command::Grant { opinion: None }));
    probes.push(whole(Move::Refuse, Command::Refuse { reasons: words(), basis: words() }));
    if item.steps.iter().any(|s| s.kind == StepKind::Issue) {
        probes.push(whole(Move::Produce, Command::Produce {}));
    }
    let proof = DeliveryProof { way: Delivery::Pickup, taken_by: words(), relation: None, proof: None };
    probes.push(whole(Move::Deliver, Command::Deliver { proof }));
    let cause = TerminationCause::Duplicate;
    probes.push(whole(Move::Terminate, Command::Terminate { cause, reason: words() }));
    probes.push(whole(Move::ProposeVoid, Command::ProposeVoid { reason: words() }));
    probes.push(whole(Move::Archive, Command::Archive {}));
    probes
}

/// The moves of each step that is under way.
fn step_probes(case: &Case, setting: &Setting<'_>) -> Vec<Probe> {
    let item = &setting.procedure.item;
    let mut probes = Vec::new();
    for task in tasks(case, setting.procedure) {
        let Some(step) = task.step.and_then(|i| item.steps.get(i)) else { continue };
        let key = step.key.clone();
        let words = "理由".to_owned();
        let (step_of, command) = match task.kind {
            TaskKind::Review => {
                let recommend = Recommendation::Grant;
                (Move::Complete, Command::Complete { step: key, opinion: words, recommend })
            }
            TaskKind::Special if case.specials.iter().any(|s| s.step == task.step && s.until.is_none()) => {
                (Move::EndSpecial, Command::EndSpecial { step: Some(key), result: words })
            }
            TaskKind::Special => (Move::BeginSpecial, Command::BeginSpecial { step: key, days: 1 }),
            TaskKind::Pay => (Move::RecordPayment, Command::RecordPayment { step: key, receipt: words }),
            _ => continue,
        };
        let of = Some(step.key.clone());
        probes.push(Probe { step: step_of, of, name: Some(step.name.clone()), command });
    }
    probes
}
