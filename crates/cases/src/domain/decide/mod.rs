//! The decider of the case engine: what may follow from where a case stands. Pure.
//!
//! [`decide`] answers a person's command, [`next`] what the platform does by itself, [`run`] plays both out to the point
//! where somebody has to act. Law: 行政许可法 第二十九条至第五十条; 个人信息保护法 第二十四条 (a machine may grant, never
//! refuse).

mod automatic;
mod avoidance;
mod ending;
mod hearing;
mod intake;
mod review;
mod voice;

use std::collections::BTreeMap;

use catalogue::domain::{Assessment, Delivery, ItemType, Procedure, ResultKind, Step, StepKind, StepRole};
use kernel::{AccountId, Actor, Channel, Fault, Kind, Role, Timestamp, calendar::WorkingCalendar, city_date};

use super::{
    avoidance::{Part, Related, Relation},
    case::{Case, Pending, Stage, State, StepState},
    clocks::{CORRECTION_DAYS, DEFENCE_DAYS, REMINDER_DAYS, acceptance_deadline, add_days, last_day_to_open},
    command::Command,
    event::{
        By, ClosingResult, Defect, DeliveryProof, Event, Handed, Minutes, Private, Proposal, Recommendation, Recorded,
        TerminationCause,
    },
    tasks::{self, Task, human_role, step_department, step_key},
};

pub use automatic::{RunError, basis_of, next, run, undecided_at_the_end};
use automatic::{accepted, special_begun};

/// Why a command was not carried out. The case is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Rejection {
    /// What the caller can do about it.
    pub kind: Kind,
    /// Stable code.
    pub code: &'static str,
    /// What to do, in Chinese.
    pub advice: String,
    /// Where the input is wrong.
    pub faults: Vec<Fault>,
}

impl Rejection {
    pub(crate) fn conflict(code: &'static str, advice: impl Into<String>) -> Self {
        Self { kind: Kind::Conflict, code, advice: advice.into(), faults: Vec::new() }
    }
    pub(crate) fn forbidden(code: &'static str, advice: impl Into<String>) -> Self {
        Self { kind: Kind::Forbidden, code, advice: advice.into(), faults: Vec::new() }
    }
    /// Input that is wrong at the places named.
    #[must_use]
    pub fn invalid(code: &'static str, advice: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self { kind: Kind::Invalid, code, advice: advice.into(), faults }
    }
    pub(crate) fn one(code: &'static str, pointer: &str, advice: impl Into<String>) -> Self {
        let advice = advice.into();
        Self::invalid(code, advice.clone(), vec![Fault::new(pointer, code, advice)])
    }
}

/// Everything a decision depends on beside the case itself.
pub struct Setting<'a> {
    /// The version of the item the case was filed under.
    pub procedure: &'a Procedure,
    /// The city's working days.
    pub calendar: &'a WorkingCalendar,
    /// The instant of the act.
    pub now: Timestamp,
    /// Of the demonstration city, where a publication may be ended before its last day so that a case can be walked through
    /// in one sitting; the history then says so.
    pub demo: bool,
    /// What the platform's records say around the case.
    pub around: Around,
}

/// What the platform's records say around a case, looked up before something is decided. Nothing known: the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// How whoever acts stands to the applicant, by his own declaration.
    pub related: Option<Related>,
    /// What is left of a limited number; none when the item has no limit.
    pub quota: Option<Quota>,
    /// What closes deferral to the applicant; none when nothing does.
    pub bad_credit: Option<BadCredit>,
}

/// What is left of a limited number of licences (行政许可法 第五十七条), in the period that counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many may be granted.
    pub limit: u32,
    /// How many were.
    pub taken: u32,
    /// Applications accepted before this one that are not decided.
    pub ahead: u32,
}

impl Quota {
    /// How many can still be granted.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.limit.saturating_sub(self.taken)
    }
}

/// An entry of the platform's own record that closes deferral (容缺受理): promised and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCredit {
    /// The case in which it happened.
    pub number: String,
    /// What happened.
    pub cause: BadCause,
    /// When.
    pub on: kernel::Date,
    /// Last day on which it counts.
    pub until: kernel::Date,
}

kernel::words!(
    /// What closes deferral.
    BadCause {
        NotSupplied = "deferred-not-supplied" / "容缺材料逾期没有补交",
        Broken = "commitment-broken" / "提供虚假材料，违反承诺",
    }
);

impl BadCredit {
    /// Why deferral is closed and until when, for the applicant and the clerk.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{}办件{}{}，{}前不能容缺受理，请一次交齐材料。",
            kernel::show_date(self.on),
            self.number,
            self.cause.label(),
            kernel::show_date(add_days(self.until, 1))
        )
    }
}

type Decision = Result<Vec<Event>, Rejection>;

/// Decides one command of `actor`. The events are those of the command alone; [`run`] adds what follows by itself.
///
/// # Errors
/// When law, process, rights or input do not allow it; the rejection says what would.
pub fn decide(case: &Case, setting: &Setting<'_>, actor: &Actor, command: &Command) -> Decision {
    let d = Decider { case, setting, actor };
    match command {
        Command::PassPreReview {} => d.pass_pre_review(),
        Command::ReturnPreReview { defects } => d.return_pre_review(defects),
        Command::AskCorrection { defects } => d.ask_correction(defects),
        Command::Supplement { form, materials } => d.supplement(form, materials),
        Command::TakePaper { materials } => d.take_paper(materials),
        Command::Accept {} => d.accept(None),
        Command::AcceptDeferred { days } => d.accept(Some(*days)),
        Command::ProposeNonAcceptance { ground, reason, competent_body } => {
            d.hold(tasks::INTAKE)?;
            text("/reason", reason)?;
            d.propose(Proposal::NonAcceptance {
                ground: *ground,
                reason: reason.clone(),
                competent_body: competent_body.clone(),
            })
        }
        Command::ProposeSpecial { kind, days, basis } => {
            d.reviewing()?;
            text("/basis", basis)?;
            if *days == 0 || *days > 90 {
                return Err(Rejection::one("cases.days", "/days", "特别程序所需时间应为1至90个工作日。"));
            }
            d.propose(Proposal::Special { kind: *kind, days: *days, basis: basis.clone() })
        }
        Command::Confirm {} => d.confirm(),
        Command::Dismiss { reason } => {
            d.pending_for_second_person()?;
            text("/reason", reason)?;
            Ok(vec![Event::ProposalDismissed { reason: reason.clone() }])
        }
        Command::Claim { task } => d.claim(task),
        Command::Release { task } => {
            d.held_by_me(task)?;
            Ok(vec![Event::TaskReleased { task: task.clone() }])
        }
        Command::HandOver { task, to, name } => {
            d.held_by_me(task)?;
            if case.avoided.contains_key(to) {
                return Err(Rejection::one(
                    "cases.colleague-avoids",
                    "/to",
                    "这位同事已经回避本件，请转交给其他同事。",
                ));
            }
            Ok(vec![Event::TaskClaimed { task: task.clone(), account: *to, name: name.clone() }])
        }
        Command::Complete { step, opinion, recommend } => d.complete(step, opinion, *recommend),
        Command::BeginSpecial { step, days } => d.begin_special(step, *days),
        Command::EndSpecial { step, result } => d.end_special(step.as_deref(), result),
        Command::Extend { days, reason } => d.extend(*days, reason),
        Command::AssessFee { amount_cents, basis } => d.assess_fee(*amount_cents, basis),
        Command::RecordPayment { step, receipt } => d.record_payment(step, receipt),
        Command::IntendRefusal { reasons, basis } => d.intend_refusal(reasons, basis),
        Command::StateDefence { text: words } => d.state_defence(words),
        Command::RequestHearing {} => d.request_hearing(),
        Command::ArrangeHearing { day, time, place, chair } => d.arrange_hearing(*day, time, place, chair),
        Command::RecordHearing { record, signed_by } => d.record_hearing(record, signed_by),
        Command::Recuse { relation, reason } => d.recuse(*relation, reason),
        Command::AskAvoidance { part, reason } => d.ask_avoidance(*part, reason),
        Command::DecideAvoidance { upheld, account, name, chair, reason } => {
            d.decide_avoidance(*upheld, account.map(|a| (a, name.as_str())), chair.as_deref(), reason)
        }
        Command::ProposeVoid { reason } => d.propose_void(reason),
        Command::Grant { opinion } => d.grant(opinion.as_deref()),
        Command::Refuse { reasons, basis } => d.refuse(reasons, basis),
        Command::Produce {} => d.produce(),
        Command::Deliver { proof } => d.deliver(proof),
        Command::SupplyDeferred { materials } => d.supply_deferred(materials),
        Command::Withdraw { reason } => d.withdraw(reason.as_deref()),
        Command::Terminate { cause, reason } => d.terminate(*cause, reason),
        Command::Archive {} => d.archive(),
        Command::Rate { score, aspects, comment } => d.rate(*score, aspects, comment.as_deref()),
        Command::FollowUpRating { score, aspects, comment } => d.follow_up_rating(*score, aspects, comment.as_deref()),
        Command::Say { text, files } => d.say(text, files),
        Command::Complain { kind, text } => d.complain(*kind, text),
    }
}

fn text(pointer: &str, words: &str) -> Result<(), Rejection> {
    let length = words.trim().chars().count();
    if length == 0 {
        Err(Rejection::one("cases.text-missing", pointer, "请写明内容，不能为空。"))
    } else if length > 2000 {
        Err(Rejection::one("cases.text-too-long", pointer, "内容过长，请控制在2000字以内。"))
    } else {
        Ok(())
    }
}

struct Decider<'a> {
    case: &'a Case,
    setting: &'a Setting<'a>,
    actor: &'a Actor,
}

impl Decider<'_> {
    pub(super) fn account(&self) -> Option<AccountId> {
        match self.actor {
            Actor::Person { account, .. } | Actor::Agent { account, .. } | Actor::Staff { account, .. } => {
                Some(*account)
            }
            Actor::Stranger | Actor::System => None,
        }
    }

    pub(super) fn is_applicant(&self) -> bool {
        matches!(self.actor, Actor::Person { subject, .. } | Actor::Agent { subject, .. } if *subject == self.case.subject)
    }

    pub(super) fn staff(&self, role: Role, department: &str) -> bool {
        matches!(self.actor, Actor::Staff { roles, department: own, .. } if own == department && roles.contains(&role))
    }

    pub(super) fn not_now(&self, what: &str) -> Rejection {
        Rejection::conflict(
            "cases.not-now",
            format!("办件现在是“{}”，不能{what}。请刷新后查看最新进度。", self.case.state().label()),
        )
    }

    pub(super) fn applicant_only(&self) -> Result<(), Rejection> {
        if self.is_applicant() {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.applicant-only", "只有申请人本人或其经办人可以这样做。"))
        }
    }

    /// The applicant, or a window clerk for them at the counter.
    pub(super) fn applicant_or_window(&self) -> Result<(), Rejection> {
        let department = &self.setting.procedure.item.department;
        if self.is_applicant() || self.staff(Role::Window, department) {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.applicant-or-window", "由申请人办理，或由本部门窗口人员代为录入。"))
        }
    }

    pub(super) fn approver(&self) -> Result<(), Rejection> {
        self.unbiased()?;
        if self.staff(Role::Approver, &self.setting.procedure.item.department) {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.approver-only", "需由本部门审批人员办理。"))
        }
    }

    pub(super) fn task(&self, key: &str) -> Option<Task> {
        tasks::tasks(self.case, self.setting.procedure).into_iter().find(|t| t.key == key)
    }

    /// The open task `key`, which the actor may do and nobody else holds.
    pub(super) fn hold(&self, key: &str) -> Result<Task, Rejection> {
        self.unbiased()?;
        let task = self.task(key).ok_or_else(|| self.not_now("办理这项任务"))?;
        let instead = matches!(task.role, Role::Reviewer) && self.deciding_step(&task);
        let mine = self.staff(task.role, &task.department) || (instead && self.staff(Role::Approver, &task.department));
        if !mine {
            return Err(Rejection::forbidden(
                "cases.not-your-task",
                format!("“{}”由{}的{}办理。", task.name, task.department, task.role.label()),
            ));
        }
        if let Some(claim) = self.case.claims.get(key)
            && Some(claim.account) != self.account()
        {
            return Err(Rejection::conflict(
                "cases.claimed",
                format!("这项任务已由{}认领，需要时请对方转交。", claim.name),
            ));
        }
        Ok(task)
    }

    pub(super) fn deciding_step(&self, task: &Task) -> bool {
        task.step.and_then(|i| self.setting.procedure.item.steps.get(i)).is_some_and(|s| s.kind == StepKind::Decide)
    }

    pub(super) fn held_by_me(&self, key: &str) -> Result<(), Rejection> {
        self.hold(key)?;
        if self.case.claims.contains_key(key) {
            Ok(())
        } else {
            Err(Rejection::conflict("cases.not-claimed", "这项任务还没有人认领。"))
        }
    }

    /// A reviewer or approver with a part in the review that is now under way.
    pub(super) fn reviewing(&self) -> Result<(), Rejection> {
        self.unbiased()?;
        if !matches!(self.case.stage, Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_)) {
            return Err(self.not_now("进行审查中的操作"));
        }
        let procedure = self.setting.procedure;
        let part = self.staff(Role::Approver, &procedure.item.department)
            || self.staff(Role::Reviewer, &procedure.item.department)
            || procedure.item.steps.iter().any(|s| {
                matches!(s.kind, StepKind::Review | StepKind::Special | StepKind::Decide)
                    && self.staff(human_role(s), step_department(procedure, s))
            });
        if part {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.reviewer-only", "需由参与本件审查的人员办理。"))
        }
    }

    pub(super) fn assessment(&self) -> Assessment {
        self.setting.procedure.assess(&self.case.facts())
    }

    pub(super) fn step_by_key(&self, key: &str) -> Result<(usize, &Step), Rejection> {
        let found = self.setting.procedure.item.steps.iter().enumerate().find(|(_, s)| s.key == key);
        found.ok_or_else(|| Rejection::one("cases.unknown-step", "/step", "流程中没有这个环节，请刷新页面后重试。"))
    }

    pub(super) fn active_step(&self, key: &str, kind: StepKind) -> Result<(usize, &Step), Rejection> {
        let (index, step) = self.step_by_key(key)?;
        if step.kind != kind {
            return Err(Rejection::one(
                "cases.wrong-step",
                "/step",
                format!("“{}”不是{}环节。", step.name, kind.label()),
            ));
        }
        if !self.case.steps.get(index).is_some_and(StepState::is_active) {
            return Err(self.not_now(&format!("办理“{}”", step.name)));
        }
        self.hold(&step_key(index))?;
        Ok((index, step))
    }

    pub(super) fn take_up(&self) -> Vec<Event> {
        if matches!(self.case.stage, Stage::Accepted(_)) { vec![Event::TakenUp] } else { Vec::new() }
    }
}
