//! The decider of the case engine: what may follow from where a case stands. Pure.
//!
//! [`decide`] answers a person's command, [`next`] what the platform does by itself, [`run`] plays both out to the point
//! where somebody has to act. Law: 行政许可法 第二十九条至第五十条; 个人信息保护法 第二十四条 (a machine may grant, never
//! refuse).

use std::collections::BTreeMap;

use catalogue::domain::{Assessment, Delivery, ItemType, Procedure, ResultKind, Step, StepKind, StepRole};
use kernel::{AccountId, Actor, Channel, Fault, Kind, Role, Timestamp, calendar::WorkingCalendar, city_date};

use super::{
    case::{Case, Pending, Stage, State, StepState},
    clocks::{CORRECTION_DAYS, DEFENCE_DAYS, REMINDER_DAYS, acceptance_deadline, add_days},
    command::Command,
    event::{
        By, ClosingResult, Defect, DeliveryProof, Event, Handed, Private, Proposal, Recommendation, Recorded,
        TerminationCause,
    },
    tasks::{self, Task, human_role, step_department, step_key},
};

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
    fn conflict(code: &'static str, advice: impl Into<String>) -> Self {
        Self { kind: Kind::Conflict, code, advice: advice.into(), faults: Vec::new() }
    }
    fn forbidden(code: &'static str, advice: impl Into<String>) -> Self {
        Self { kind: Kind::Forbidden, code, advice: advice.into(), faults: Vec::new() }
    }
    /// Input that is wrong at the places named.
    #[must_use]
    pub fn invalid(code: &'static str, advice: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self { kind: Kind::Invalid, code, advice: advice.into(), faults }
    }
    fn one(code: &'static str, pointer: &str, advice: impl Into<String>) -> Self {
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
        Command::Grant { opinion } => d.grant(opinion.as_deref()),
        Command::Refuse { reasons, basis } => d.refuse(reasons, basis),
        Command::Produce {} => d.produce(),
        Command::Deliver { proof } => d.deliver(proof),
        Command::SupplyDeferred { materials } => d.supply_deferred(materials),
        Command::Withdraw { reason } => d.withdraw(reason.as_deref()),
        Command::Terminate { cause, reason } => d.terminate(*cause, reason),
        Command::Archive {} => d.archive(),
        Command::Rate { score, comment } => d.rate(*score, comment.as_deref()),
    }
}

fn text(pointer: &str, words: &str) -> Result<(), Rejection> {
    let length = words.trim().chars().count();
    if length == 0 {
        Err(Rejection::one("cases.text_missing", pointer, "请写明内容，不能为空。"))
    } else if length > 2000 {
        Err(Rejection::one("cases.text_too_long", pointer, "内容过长，请控制在2000字以内。"))
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
    fn account(&self) -> Option<AccountId> {
        match self.actor {
            Actor::Person { account, .. } | Actor::Agent { account, .. } | Actor::Staff { account, .. } => Some(*account),
            Actor::Stranger | Actor::System => None,
        }
    }

    fn is_applicant(&self) -> bool {
        matches!(self.actor, Actor::Person { subject, .. } | Actor::Agent { subject, .. } if *subject == self.case.subject)
    }

    fn staff(&self, role: Role, department: &str) -> bool {
        matches!(self.actor, Actor::Staff { roles, department: own, .. } if own == department && roles.contains(&role))
    }

    fn not_now(&self, what: &str) -> Rejection {
        Rejection::conflict("cases.not_now", format!("办件现在是“{}”，不能{what}。请刷新后查看最新进度。", self.case.state().label()))
    }

    fn applicant_only(&self) -> Result<(), Rejection> {
        if self.is_applicant() {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.applicant_only", "只有申请人本人或其经办人可以这样做。"))
        }
    }

    /// The applicant, or a window clerk for them at the counter.
    fn applicant_or_window(&self) -> Result<(), Rejection> {
        let department = &self.setting.procedure.item.department;
        if self.is_applicant() || self.staff(Role::Window, department) {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.applicant_or_window", "由申请人办理，或由本部门窗口人员代为录入。"))
        }
    }

    fn approver(&self) -> Result<(), Rejection> {
        if self.staff(Role::Approver, &self.setting.procedure.item.department) {
            Ok(())
        } else {
            Err(Rejection::forbidden("cases.approver_only", "需由本部门审批人员办理。"))
        }
    }

    fn task(&self, key: &str) -> Option<Task> {
        tasks::tasks(self.case, self.setting.procedure).into_iter().find(|t| t.key == key)
    }

    /// The open task `key`, which the actor may do and nobody else holds.
    fn hold(&self, key: &str) -> Result<Task, Rejection> {
        let task = self.task(key).ok_or_else(|| self.not_now("办理这项任务"))?;
        let instead = matches!(task.role, Role::Reviewer) && self.deciding_step(&task);
        if !self.staff(task.role, &task.department) && !(instead && self.staff(Role::Approver, &task.department)) {
            return Err(Rejection::forbidden(
                "cases.not_your_task",
                format!("“{}”由{}的{}办理。", task.name, task.department, task.role.label()),
            ));
        }
        if let Some(claim) = self.case.claims.get(key)
            && Some(claim.account) != self.account()
        {
            return Err(Rejection::conflict("cases.claimed", format!("这项任务已由{}认领，需要时请对方转交。", claim.name)));
        }
        Ok(task)
    }

    fn deciding_step(&self, task: &Task) -> bool {
        task.step.and_then(|i| self.setting.procedure.item.steps.get(i)).is_some_and(|s| s.kind == StepKind::Decide)
    }

    fn held_by_me(&self, key: &str) -> Result<(), Rejection> {
        self.hold(key)?;
        if self.case.claims.contains_key(key) {
            Ok(())
        } else {
            Err(Rejection::conflict("cases.not_claimed", "这项任务还没有人认领。"))
        }
    }

    /// A reviewer or approver with a part in the review that is now under way.
    fn reviewing(&self) -> Result<(), Rejection> {
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
        if part { Ok(()) } else { Err(Rejection::forbidden("cases.reviewer_only", "需由参与本件审查的人员办理。")) }
    }

    fn assessment(&self) -> Assessment {
        self.setting.procedure.assess(&self.case.facts())
    }

    fn step_by_key(&self, key: &str) -> Result<(usize, &Step), Rejection> {
        let found = self.setting.procedure.item.steps.iter().enumerate().find(|(_, s)| s.key == key);
        found.ok_or_else(|| Rejection::one("cases.unknown_step", "/step", "流程中没有这个环节，请刷新页面后重试。"))
    }

    fn active_step(&self, key: &str, kind: StepKind) -> Result<(usize, &Step), Rejection> {
        let (index, step) = self.step_by_key(key)?;
        if step.kind != kind {
            return Err(Rejection::one("cases.wrong_step", "/step", format!("“{}”不是{}环节。", step.name, kind.label())));
        }
        if !self.case.steps.get(index).is_some_and(StepState::is_active) {
            return Err(self.not_now(&format!("办理“{}”", step.name)));
        }
        self.hold(&step_key(index))?;
        Ok((index, step))
    }

    fn take_up(&self) -> Vec<Event> {
        if matches!(self.case.stage, Stage::Accepted(_)) { vec![Event::TakenUp] } else { Vec::new() }
    }

    // ---- intake -------------------------------------------------------------------------------------------------

    fn pass_pre_review(&self) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted) {
            return Err(self.not_now("预审"));
        }
        Ok(vec![Event::Received])
    }

    fn return_pre_review(&self, defects: &[Defect]) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted) {
            return Err(self.not_now("预审退回"));
        }
        if self.setting.procedure.item.online_depth > 2 {
            return Err(Rejection::conflict(
                "cases.no_pre_review",
                "网上可受理的事项没有预审退回：材料有问题的，请出具补正材料一次性告知书。",
            ));
        }
        self.check_defects(defects)?;
        Ok(vec![Event::PreReviewReturned { defects: defects.to_vec() }])
    }

    /// A demand may only name published materials or the form's own fields (行政许可法 第三十条、第三十一条).
    fn check_defects(&self, defects: &[Defect]) -> Result<(), Rejection> {
        let item = &self.setting.procedure.item;
        let mut faults = Vec::new();
        if defects.is_empty() {
            faults.push(Fault::new("/defects", "cases.no_defect", "请至少列出一项需要补正的内容。"));
        }
        for (i, defect) in defects.iter().enumerate() {
            let known = match defect.target.strip_prefix("form.") {
                Some(field) => item.fields.iter().any(|f| f.key == field),
                None => item.materials.iter().any(|m| m.key == defect.target),
            };
            if !known {
                faults.push(Fault::new(
                    format!("/defects/{i}/target"),
                    "cases.unpublished_demand",
                    "只能要求办事指南公布的材料或申请表中的内容，不得另加。",
                ));
            }
            for (place, words) in [("problem", &defect.problem), ("requirement", &defect.requirement)] {
                if words.trim().is_empty() {
                    faults.push(Fault::new(
                        format!("/defects/{i}/{place}"),
                        "cases.text_missing",
                        "请写明问题和应当怎样补正。",
                    ));
                }
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Rejection::invalid("cases.defects_invalid", "补正内容填写不完整，请逐项改正。", faults))
        }
    }

    fn ask_correction(&self, defects: &[Defect]) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted | Stage::Received) {
            return Err(self.not_now("要求补正"));
        }
        self.check_defects(defects)?;
        let told: Vec<&str> =
            self.case.corrections.iter().flat_map(|c| c.defects.iter().map(|d| d.target.as_str())).collect();
        let second = !told.is_empty();
        if second && let Some(new) = defects.iter().find(|d| !told.contains(&d.target.as_str())) {
            return Err(Rejection::one(
                "cases.told_once",
                "/defects",
                format!(
                    "补正内容应当一次性告知：“{}”在上次告知时已可发现，不得再次提出；材料已按告知补齐的应当受理。",
                    self.target_name(&new.target)
                ),
            ));
        }
        let due = add_days(city_date(self.setting.now), CORRECTION_DAYS);
        Ok(vec![Event::CorrectionAsked { defects: defects.to_vec(), due, second }])
    }

    fn target_name(&self, target: &str) -> String {
        let item = &self.setting.procedure.item;
        match target.strip_prefix("form.") {
            Some(field) => item.fields.iter().find(|f| f.key == field).map(|f| f.label.clone()),
            None => item.materials.iter().find(|m| m.key == target).map(|m| m.name.clone()),
        }
        .unwrap_or_else(|| target.to_owned())
    }

    fn supplement(
        &self,
        form: &serde_json::Map<String, serde_json::Value>,
        materials: &BTreeMap<String, Handed>,
    ) -> Decision {
        self.applicant_or_window()?;
        let (Stage::Correction | Stage::ReturnedPre, Some(round)) = (&self.case.stage, self.case.open_correction()) else {
            return Err(self.not_now("补正"));
        };
        let mut faults: Vec<Fault> = round
            .defects
            .iter()
            .filter(|d| match d.target.strip_prefix("form.") {
                Some(field) => !form.contains_key(field),
                None => !matches!(
                    materials.get(&d.target),
                    Some(Handed::File(_) | Handed::Paper | Handed::Certificate(_))
                ),
            })
            .map(|d| {
                let pointer = match d.target.strip_prefix("form.") {
                    Some(field) => format!("/form/{field}"),
                    None => format!("/materials/{}", d.target),
                };
                Fault::new(
                    pointer,
                    "cases.still_missing",
                    format!("“{}”还没有补正：{}", self.target_name(&d.target), d.requirement),
                )
            })
            .collect();
        let mut private: Private = self.case.private.clone();
        private.form.extend(form.clone());
        let mut facts = self.case.facts();
        facts.form.clone_from(&private.form);
        facts.materials.extend(materials.iter().map(|(k, h)| (k.clone(), h.provided())));
        let assessment = self.setting.procedure.assess(&facts);
        faults.extend(
            assessment.faults.iter().filter(|f| form.keys().any(|key| f.pointer == format!("/form/{key}"))).cloned(),
        );
        faults.extend(
            materials
                .keys()
                .filter(|key| !self.setting.procedure.item.materials.iter().any(|m| m.key == **key))
                .map(|key| Fault::new(format!("/materials/{key}"), "cases.unknown_material", "事项没有这项材料。")),
        );
        if !faults.is_empty() {
            return Err(Rejection::invalid("cases.supplement_incomplete", "还有内容没有按告知书补正。", faults));
        }
        private.form = assessment.form;
        Ok(vec![Event::Supplemented { materials: materials.clone(), private }])
    }

    fn take_paper(&self, materials: &[String]) -> Decision {
        self.hold(tasks::INTAKE)?;
        let known = &self.setting.procedure.item.materials;
        let faults: Vec<Fault> = materials
            .iter()
            .enumerate()
            .filter(|(_, key)| !known.iter().any(|m| m.key == **key))
            .map(|(i, _)| Fault::new(format!("/materials/{i}"), "cases.unknown_material", "事项没有这项材料。"))
            .collect();
        if materials.is_empty() || !faults.is_empty() {
            return Err(Rejection::invalid("cases.paper_invalid", "请选择收到的材料，只能选事项公布的材料。", faults));
        }
        Ok(vec![Event::PaperTaken { materials: materials.iter().map(|k| (k.clone(), Handed::Paper)).collect() }])
    }

    fn accept(&self, deferred_days: Option<u32>) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted | Stage::Received) {
            return Err(self.not_now("受理"));
        }
        let missing: Vec<Fault> = self
            .assessment()
            .materials
            .iter()
            .filter(|m| m.missing)
            .map(|m| {
                Fault::new(
                    format!("/materials/{}", m.key),
                    "cases.material_missing",
                    format!("缺少“{}”", self.target_name(&m.key)),
                )
            })
            .collect();
        if !missing.is_empty() {
            return Err(Rejection::invalid(
                "cases.materials_missing",
                "材料不齐，不能受理：请出具补正材料一次性告知书，或在窗口收取纸质材料后受理。",
                missing,
            ));
        }
        let deferred: Vec<&String> =
            self.case.materials.iter().filter(|(_, h)| **h == Handed::Deferred).map(|(k, _)| k).collect();
        let today = city_date(self.setting.now);
        let due = match (deferred_days, deferred.is_empty()) {
            (None, false) => {
                return Err(Rejection::conflict("cases.deferred_present", "申请人选择了容缺材料，请使用“容缺受理”。"));
            }
            (Some(_), true) => {
                return Err(Rejection::conflict("cases.nothing_deferred", "没有容缺材料，请直接受理。"));
            }
            (Some(days), false) if days == 0 || days > 30 => {
                return Err(Rejection::one("cases.days", "/days", "容缺补交期限应为1至30个工作日。"));
            }
            (Some(days), false) => self.setting.calendar.deadline(today, days).date,
            (None, true) => today,
        };
        let mut events = if matches!(self.case.stage, Stage::Submitted) { vec![Event::Received] } else { Vec::new() };
        events.extend(accepted(
            self.setting.procedure,
            Event::Accepted {
                dated: today,
                deemed: false,
                deferred: deferred.into_iter().map(|k| (k.clone(), due)).collect(),
            },
        ));
        Ok(events)
    }

    // ---- four eyes ----------------------------------------------------------------------------------------------

    fn propose(&self, proposal: Proposal) -> Decision {
        if self.case.pending.is_some() {
            return Err(Rejection::conflict("cases.already_proposed", "已有一项提请等待审批，请先等它有结果。"));
        }
        Ok(vec![Event::Proposed { proposal }])
    }

    fn pending_for_second_person(&self) -> Result<&Pending, Rejection> {
        let pending = self.case.pending.as_ref().ok_or_else(|| self.not_now("审批提请"))?;
        self.approver()?;
        if pending.by.account == self.account() {
            return Err(Rejection::forbidden("cases.four_eyes", "提请人不能自己审批，请由另一名审批人员办理。"));
        }
        Ok(pending)
    }

    fn confirm(&self) -> Decision {
        let pending = self.pending_for_second_person()?;
        Ok(match &pending.proposal {
            Proposal::NonAcceptance { ground, reason, competent_body } => vec![Event::NotAccepted {
                ground: *ground,
                reason: reason.clone(),
                competent_body: competent_body.clone(),
            }],
            Proposal::Special { kind, days, basis } => vec![Event::SpecialBegun {
                step: None,
                kind: *kind,
                days: *days,
                stops_clock: kind.stops_the_statutory_clock(),
                basis: basis.clone(),
            }],
        })
    }

    // ---- tasks --------------------------------------------------------------------------------------------------

    fn claim(&self, key: &str) -> Decision {
        let task = self.hold(key)?;
        if self.case.claims.contains_key(key) {
            return Ok(Vec::new());
        }
        let Some(account) = self.account() else { return Err(self.not_now("认领")) };
        let name = match self.actor {
            Actor::Staff { name, .. } => name.clone(),
            _ => String::new(),
        };
        let mut events = vec![Event::TaskClaimed { task: key.to_owned(), account, name }];
        if task.step.is_some() && matches!(task.role, Role::Reviewer | Role::Approver) {
            events.extend(self.take_up());
        }
        Ok(events)
    }

    // ---- review -------------------------------------------------------------------------------------------------

    fn complete(&self, step: &str, opinion: &str, recommend: Recommendation) -> Decision {
        let (index, _) = self.active_step(step, StepKind::Review)?;
        text("/opinion", opinion)?;
        let mut events = self.take_up();
        events.push(Event::StepCompleted {
            step: index,
            opinion: Some(opinion.to_owned()),
            recommend: Some(recommend),
        });
        Ok(events)
    }

    fn begin_special(&self, step: &str, days: u32) -> Decision {
        let (index, step) = self.active_step(step, StepKind::Special)?;
        if self.case.specials.iter().any(|s| s.step == Some(index)) {
            return Err(self.not_now("再次开始这个程序"));
        }
        let longest = step.max_days.unwrap_or(step.days).max(1);
        if days == 0 || days > longest {
            return Err(Rejection::one("cases.days", "/days", format!("这个程序所需时间应为1至{longest}个工作日。")));
        }
        Ok(vec![special_begun(self.setting.procedure, index, step, days)])
    }

    fn end_special(&self, step: Option<&str>, result: &str) -> Decision {
        text("/result", result)?;
        let index = match step {
            Some(key) => {
                let (index, step) = self.step_by_key(key)?;
                if !self.staff(human_role(step), step_department(self.setting.procedure, step)) {
                    return Err(Rejection::forbidden("cases.not_your_task", "由办理这个程序的人员登记结果。"));
                }
                Some(index)
            }
            None => {
                self.reviewing()?;
                None
            }
        };
        if !self.case.open_specials().any(|s| s.step == index) {
            return Err(self.not_now("结束这个程序"));
        }
        let mut events = vec![Event::SpecialEnded { step: index, result: result.to_owned(), expired: false }];
        if let Some(step) = index {
            events.push(Event::StepCompleted { step, opinion: Some(result.to_owned()), recommend: None });
        }
        Ok(events)
    }

    fn extend(&self, days: u32, reason: &str) -> Decision {
        self.approver()?;
        text("/reason", reason)?;
        let Some(acceptance) = self.case.stage.acceptance().filter(|_| !self.case.state().is_decided()) else {
            return Err(self.not_now("延长期限"));
        };
        if self.case.extension.is_some() {
            return Err(Rejection::conflict("cases.extended_once", "办理期限只能延长一次（行政许可法第四十二条）。"));
        }
        let item = &self.setting.procedure.item;
        let most = if item.steps.iter().any(|s| s.parallel.is_some()) { 15 } else { 10 };
        if days == 0 || days > most {
            return Err(Rejection::one("cases.days", "/days", format!("最多延长{most}个工作日（行政许可法第四十二条）。")));
        }
        let pauses = self.case.pauses(|from, n| self.setting.calendar.deadline(from, n).date);
        let today = city_date(self.setting.now);
        let deadline = match item.statutory_days_kind {
            catalogue::domain::DayUnit::Working => {
                self.setting.calendar.deadline_excluding(acceptance.dated, item.statutory_days, &pauses).date
            }
            catalogue::domain::DayUnit::Calendar => add_days(acceptance.dated, item.statutory_days),
        };
        if today > deadline {
            return Err(Rejection::conflict("cases.too_late_to_extend", "法定期限已过，不能再延长，请尽快作出决定。"));
        }
        Ok(vec![Event::Extended { days, reason: reason.to_owned() }])
    }

    // ---- payment ------------------------------------------------------------------------------------------------

    fn assess_fee(&self, amount_cents: i64, basis: &str) -> Decision {
        text("/basis", basis)?;
        let active = self.active_pay_step().ok_or_else(|| self.not_now("核定费用"))?;
        self.hold(&step_key(active))?;
        if !self.setting.procedure.item.fees.iter().any(|f| f.assessed) {
            return Err(Rejection::conflict("cases.fixed_fee", "本事项的费用是固定的，不需要核定。"));
        }
        if !(0..=1_000_000_000_00).contains(&amount_cents) {
            return Err(Rejection::one("cases.amount", "/amount_cents", "金额应为不小于零的整数（单位：分）。"));
        }
        if self.case.payments.contains_key(&active) {
            return Err(self.not_now("再次核定费用"));
        }
        Ok(vec![Event::FeeAssessed { amount_cents, basis: basis.to_owned() }])
    }

    fn active_pay_step(&self) -> Option<usize> {
        self.setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Pay && self.case.steps.get(*i).is_some_and(StepState::is_active))
            .map(|(i, _)| i)
    }

    fn record_payment(&self, step: &str, receipt: &str) -> Decision {
        let (index, _) = self.active_step(step, StepKind::Pay)?;
        text("/receipt", receipt)?;
        let Some(payment) = self.case.payments.get(&index) else {
            return Err(Rejection::conflict("cases.fee_open", "费用还没有核定，请先核定费用。"));
        };
        Ok(vec![
            Event::Paid { step: index, amount_cents: payment.amount_cents, receipt: receipt.to_owned() },
            Event::StepCompleted { step: index, opinion: None, recommend: None },
        ])
    }

    // ---- decision -----------------------------------------------------------------------------------------------

    fn intend_refusal(&self, reasons: &str, basis: &str) -> Decision {
        self.reviewing()?;
        text("/reasons", reasons)?;
        text("/basis", basis)?;
        if self.case.intended_refusal.is_some() {
            return Err(self.not_now("再次告知"));
        }
        let due = self.setting.calendar.deadline(city_date(self.setting.now), DEFENCE_DAYS).date;
        let mut events = self.take_up();
        events.push(Event::RefusalIntended { reasons: reasons.to_owned(), basis: basis.to_owned(), due });
        Ok(events)
    }

    fn state_defence(&self, words: &str) -> Decision {
        self.applicant_only()?;
        text("/text", words)?;
        match &self.case.intended_refusal {
            Some(intended) if intended.defence.is_none() && !self.case.state().is_decided() => {
                Ok(vec![Event::DefenceStated { text: words.to_owned() }])
            }
            _ => Err(self.not_now("陈述申辩")),
        }
    }

    /// The open decision: the active decide step, or the decision that a process without one still needs.
    fn open_decision(&self) -> Result<Option<usize>, Rejection> {
        let active = self
            .setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Decide && self.case.steps.get(*i).is_some_and(StepState::is_active));
        if let Some((index, _)) = active {
            self.hold(&step_key(index))?;
            return Ok(Some(index));
        }
        self.hold(tasks::DECIDE)?;
        Ok(None)
    }

    /// Who decides has not reviewed (行政许可法 第三十四条; 一窗 separation of duties).
    fn separate_from_review(&self) -> Result<(), Rejection> {
        let me = self.account();
        let reviewed = self.case.steps.iter().zip(&self.setting.procedure.item.steps).any(|(state, step)| {
            matches!(state, StepState::Done { by, .. } if step.kind == StepKind::Review && by.account.is_some() && by.account == me)
        });
        if reviewed {
            Err(Rejection::forbidden("cases.separation", "审查和决定应由不同的人办理，请由另一名审批人员决定。"))
        } else {
            Ok(())
        }
    }

    fn others_in_group_done(&self, index: Option<usize>) -> Result<(), Rejection> {
        let items = &self.setting.procedure.item.steps;
        let group = index.and_then(|i| items.get(i)).and_then(|s| s.parallel.as_deref());
        let waiting = items.iter().enumerate().find(|(i, s)| {
            Some(*i) != index
                && group.is_some()
                && s.parallel.as_deref() == group
                && !self.case.steps.get(*i).is_some_and(StepState::is_over)
        });
        match waiting {
            Some((_, step)) => {
                Err(Rejection::conflict("cases.joint_open", format!("并联环节“{}”还没有完成，不能作出决定。", step.name)))
            }
            None if self.case.open_specials().next().is_some() => {
                Err(Rejection::conflict("cases.special_open", "特别程序还没有结束，不能作出决定。"))
            }
            None => Ok(()),
        }
    }

    fn grant(&self, opinion: Option<&str>) -> Decision {
        let step = self.open_decision()?;
        self.separate_from_review()?;
        self.others_in_group_done(step)?;
        let open: Vec<Fault> = self
            .case
            .deferred
            .iter()
            .filter(|(_, d)| d.supplied.is_none())
            .map(|(key, _)| {
                Fault::new(
                    format!("/materials/{key}"),
                    "cases.deferred_open",
                    format!("容缺材料“{}”还没有补交", self.target_name(key)),
                )
            })
            .collect();
        if !open.is_empty() {
            return Err(Rejection {
                kind: Kind::Conflict,
                code: "cases.deferred_open",
                advice: "容缺材料补齐前不能准予。".to_owned(),
                faults: open,
            });
        }
        let mut events = self.take_up();
        events.push(Event::Decided {
            step,
            granted: true,
            reasons: opinion.unwrap_or("经审查，符合法定条件和标准。").to_owned(),
            basis: basis_of(self.setting.procedure),
            automated: false,
        });
        Ok(events)
    }

    fn refuse(&self, reasons: &str, basis: &str) -> Decision {
        let step = self.open_decision()?;
        self.approver()?;
        self.separate_from_review()?;
        self.others_in_group_done(step)?;
        text("/reasons", reasons)?;
        text("/basis", basis)?;
        let today = city_date(self.setting.now);
        match &self.case.intended_refusal {
            Some(told) if told.defence.is_some() || today > told.due => {}
            Some(told) => {
                return Err(Rejection::conflict(
                    "cases.defence_open",
                    format!("申请人可在{}前陈述申辩，期满或收到陈述后才能决定。", kernel::show_date(told.due)),
                ));
            }
            None => {
                return Err(Rejection::conflict(
                    "cases.not_heard",
                    "作出不予准予决定前，应先告知申请人理由和依据，听取陈述申辩（行政许可法第三十六条）。",
                ));
            }
        }
        let mut events = self.take_up();
        events.push(Event::Decided {
            step,
            granted: false,
            reasons: reasons.to_owned(),
            basis: basis.to_owned(),
            automated: false,
        });
        Ok(events)
    }

    fn produce(&self) -> Decision {
        let index = self
            .setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Issue && self.case.steps.get(*i).is_some_and(StepState::is_active))
            .map(|(i, _)| i)
            .ok_or_else(|| self.not_now("制证"))?;
        self.hold(&step_key(index))?;
        if !matches!(self.case.stage, Stage::Granted(..)) {
            return Err(self.not_now("制证"));
        }
        Ok(vec![Event::CertificateProduced { step: Some(index), certificate: None }])
    }

    fn deliver(&self, proof: &DeliveryProof) -> Decision {
        text("/proof/taken_by", &proof.taken_by)?;
        let active = self
            .setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Deliver && self.case.steps.get(*i).is_some_and(StepState::is_active))
            .map(|(i, _)| i);
        match active {
            Some(index) => self.hold(&step_key(index))?,
            None => self.hold(tasks::DELIVER)?,
        };
        if !matches!(self.case.stage, Stage::Granted(..) | Stage::Refused(..)) {
            return Err(self.not_now("送达"));
        }
        let mut events = vec![Event::Delivered { proof: proof.clone() }];
        events.extend(active.map(|step| Event::StepCompleted { step, opinion: None, recommend: None }));
        Ok(events)
    }

    fn supply_deferred(&self, materials: &BTreeMap<String, Handed>) -> Decision {
        self.applicant_or_window()?;
        if self.case.state().is_decided() || self.case.deferred.is_empty() {
            return Err(self.not_now("补交容缺材料"));
        }
        let mut faults: Vec<Fault> = materials
            .iter()
            .filter(|(key, handed)| {
                **handed == Handed::Deferred || !self.case.deferred.get(*key).is_some_and(|d| d.supplied.is_none())
            })
            .map(|(key, _)| {
                Fault::new(format!("/materials/{key}"), "cases.not_deferred", "这项材料不在待补交的容缺材料中。")
            })
            .collect();
        if materials.is_empty() {
            faults.push(Fault::new("/materials", "cases.materials_missing", "请提供要补交的材料。"));
        }
        if faults.is_empty() {
            Ok(vec![Event::DeferredSupplied { materials: materials.clone() }])
        } else {
            Err(Rejection::invalid("cases.deferred_invalid", "补交的材料有误。", faults))
        }
    }

    // ---- ends ---------------------------------------------------------------------------------------------------

    fn withdraw(&self, reason: Option<&str>) -> Decision {
        self.applicant_only()?;
        if self.case.state().is_decided() {
            return Err(self.not_now("撤回"));
        }
        Ok(vec![Event::Withdrawn { reason: reason.map(str::to_owned) }])
    }

    fn terminate(&self, cause: TerminationCause, reason: &str) -> Decision {
        self.approver()?;
        text("/reason", reason)?;
        if self.case.state().is_decided() {
            return Err(self.not_now("终止"));
        }
        let today = city_date(self.setting.now);
        if cause == TerminationCause::DeferredNotSupplied
            && !self.case.deferred.values().any(|d| d.supplied.is_none() && today > d.due)
        {
            return Err(Rejection::conflict("cases.deferred_not_over", "容缺补交期限未过或材料已补齐，不能以此终止。"));
        }
        if cause == TerminationCause::NotCorrected
            && !self.case.open_correction().is_some_and(|c| c.reminded && today > c.due)
        {
            return Err(Rejection::conflict("cases.correction_not_over", "补正期限未过，不能退件。"));
        }
        Ok(vec![Event::Terminated { cause, reason: reason.to_owned() }])
    }

    fn archive(&self) -> Decision {
        let department = &self.setting.procedure.item.department;
        if !(self.staff(Role::Window, department) || self.staff(Role::CertificateClerk, department)) {
            return Err(Rejection::forbidden("cases.archive_staff", "由本部门窗口或制证人员归档。"));
        }
        if !self.case.state().is_over() || self.case.state() == State::Archived {
            return Err(self.not_now("归档"));
        }
        Ok(vec![Event::Archived])
    }

    fn rate(&self, score: u8, comment: Option<&str>) -> Decision {
        self.applicant_only()?;
        if !(1..=5).contains(&score) {
            return Err(Rejection::one("cases.score", "/score", "评价分为1至5五档：1非常不满意，5非常满意。"));
        }
        if let Some(comment) = comment {
            text("/comment", comment)?;
        }
        if !self.case.state().is_over() {
            return Err(self.not_now("评价"));
        }
        if self.case.rating.is_some() {
            return Err(Rejection::conflict("cases.rated", "这个办件已经评价过。"));
        }
        Ok(vec![Event::Rated { score, comment: comment.map(str::to_owned) }])
    }
}

/// The laws the item names, for decisions and notices.
#[must_use]
pub fn basis_of(procedure: &Procedure) -> String {
    procedure.item.legal_basis.iter().map(|b| format!("{}{}", b.law, b.article)).collect::<Vec<_>>().join("；")
}

fn accept_step(procedure: &Procedure) -> Option<usize> {
    procedure.item.steps.iter().position(|s| s.kind == StepKind::Accept)
}

/// The acceptance together with its step of the process.
fn accepted(procedure: &Procedure, acceptance: Event) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(step) = accept_step(procedure) {
        events.push(Event::StepStarted { step });
        events.push(Event::StepCompleted { step, opinion: None, recommend: None });
    }
    events.push(acceptance);
    events
}

fn special_begun(procedure: &Procedure, index: usize, step: &Step, days: u32) -> Event {
    let kind = step.special_kind.unwrap_or(catalogue::domain::SpecialKind::Other);
    let lawful = procedure.item.item_type != ItemType::Licensing || kind.stops_the_statutory_clock();
    Event::SpecialBegun {
        step: Some(index),
        kind,
        days,
        stops_clock: step.stops_clock && lawful,
        basis: basis_of(procedure),
    }
}

/// Since when a decision is due that no step of the process makes: reviews are over, the rest only produces and
/// delivers, and a reviewer recommends refusal, so that neither rule nor reviewer may close the matter.
#[must_use]
pub fn undecided_at_the_end(case: &Case, procedure: &Procedure) -> Option<Timestamp> {
    if !needs_own_decision(case, procedure) || !case.refusal_recommended() {
        return None;
    }
    case.steps
        .iter()
        .filter_map(|s| if let StepState::Done { at, .. } = s { Some(*at) } else { None })
        .max()
        .or_else(|| case.stage.acceptance().map(|a| a.at))
}

/// Nothing but producing and delivering is left and nobody has decided.
fn needs_own_decision(case: &Case, procedure: &Procedure) -> bool {
    matches!(case.stage, Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_))
        && case.open_specials().next().is_none()
        && procedure.item.steps.iter().zip(&case.steps).all(|(step, state)| {
            state.is_over()
                || (matches!(state, StepState::Waiting) && matches!(step.kind, StepKind::Issue | StepKind::Deliver))
        })
}

/// What the platform does next by itself, if anything: one entry or several that belong together. It never refuses,
/// never asks for a correction and never turns an application away.
#[must_use]
pub fn next(case: &Case, setting: &Setting<'_>) -> Vec<(By, Event)> {
    let system = |events: Vec<Event>| events.into_iter().map(|e| (By::system(), e)).collect::<Vec<_>>();
    let today = city_date(setting.now);
    match &case.stage {
        Stage::Submitted | Stage::Received => system(next_at_intake(case, setting)),
        Stage::Correction => {
            let Some(round) = case.open_correction() else { return Vec::new() };
            if round.reminded && today > round.due {
                system(vec![Event::Terminated {
                    cause: TerminationCause::NotCorrected,
                    reason: "告知的补正期限已过，提醒后仍未补正；可以重新申请。".to_owned(),
                }])
            } else if !round.reminded && today >= add_days(city_date(round.at), REMINDER_DAYS) {
                system(vec![Event::CorrectionReminded])
            } else {
                Vec::new()
            }
        }
        Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_) | Stage::Granted(..) => next_in_process(case, setting),
        Stage::Refused(..) if case.delivered.is_some() => system(vec![Event::Closed { result: ClosingResult::Refused }]),
        Stage::Refused(..) if case.channel != Channel::Window => system(vec![delivered_to_space()]),
        stage if stage.state().is_over() && !matches!(stage, Stage::Archived(_)) => match stage.ending() {
            Some(end) if today >= setting.calendar.deadline(city_date(end.at), super::clocks::ARCHIVE_DAYS).date => {
                system(vec![Event::Archived])
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn delivered_to_space() -> Event {
    Event::Delivered {
        proof: DeliveryProof {
            way: Delivery::Electronic,
            taken_by: "申请人专属空间".to_owned(),
            relation: None,
            proof: None,
        },
    }
}

fn next_at_intake(case: &Case, setting: &Setting<'_>) -> Vec<Event> {
    let procedure = setting.procedure;
    let (deadline, provisional) = acceptance_deadline(case, setting.calendar);
    let silent = city_date(setting.now) > deadline && !provisional;
    if silent && procedure.item.item_type == ItemType::Licensing {
        // Silence for five working days is acceptance as of the day of receipt (第三十二条第二款).
        let mut events = if matches!(case.stage, Stage::Submitted) { vec![Event::Received] } else { Vec::new() };
        events.extend(accepted(
            procedure,
            Event::Accepted { dated: city_date(case.received_at), deemed: true, deferred: BTreeMap::new() },
        ));
        return events;
    }
    if matches!(case.stage, Stage::Submitted) && case.channel == Channel::Window {
        return vec![Event::Received];
    }
    if case.by_person || case.pending.is_some() {
        return Vec::new();
    }
    let assessment = procedure.assess(&case.facts());
    let complete = assessment.faults.is_empty() && !assessment.materials.iter().any(|m| m.missing) && assessment.rules_ok;
    if matches!(case.stage, Stage::Submitted) {
        return if complete { vec![Event::Received] } else { Vec::new() };
    }
    let auto = accept_step(procedure).is_some_and(|step| procedure.step_auto(step, &case.facts()));
    let claimed = case.claims.contains_key(tasks::INTAKE);
    if complete && auto && assessment.materials_complete && !claimed {
        accepted(
            procedure,
            Event::Accepted { dated: city_date(setting.now), deemed: false, deferred: BTreeMap::new() },
        )
    } else {
        Vec::new()
    }
}

fn next_in_process(case: &Case, setting: &Setting<'_>) -> Vec<(By, Event)> {
    let procedure = setting.procedure;
    let facts = case.facts();
    let mut group: Option<&Option<String>> = None;
    for (index, step) in procedure.item.steps.iter().enumerate() {
        let Some(state) = case.steps.get(index) else { break };
        if state.is_over() {
            continue;
        }
        // Only the first unfinished step is at work, and its neighbours of the same parallel group.
        match group {
            None => group = Some(&step.parallel),
            Some(first) if first.is_some() && *first == step.parallel => {}
            Some(_) => return Vec::new(),
        }
        let system = |event: Event| vec![(By::system(), event)];
        match state {
            StepState::Waiting => {
                if !procedure.step_applies(index, &facts) {
                    let why = format!("不符合该环节的适用条件：{}", step.when.as_deref().unwrap_or_default());
                    return system(Event::StepSkipped { step: index, why });
                }
                match step.kind {
                    StepKind::Issue | StepKind::Deliver if case.stage.decision().is_none() => {
                        return own_decision(case, procedure);
                    }
                    StepKind::Decide if case.stage.decision().is_some() => {
                        return system(Event::StepSkipped { step: index, why: "已经作出决定".to_owned() });
                    }
                    StepKind::Pay if procedure.item.fees.is_empty() => {
                        return system(Event::StepSkipped { step: index, why: "本事项不收费".to_owned() });
                    }
                    _ => return system(Event::StepStarted { step: index }),
                }
            }
            StepState::Active { .. } => {
                let events = next_of_step(case, setting, index, step);
                if !events.is_empty() {
                    return events.into_iter().map(|e| (By::system(), e)).collect();
                }
            }
            StepState::Done { .. } | StepState::Skipped { .. } => {}
        }
    }
    if group.is_some() {
        return Vec::new();
    }
    if case.stage.decision().is_none() {
        return own_decision(case, procedure);
    }
    let system = |event: Event| vec![(By::system(), event)];
    if case.produced.is_none() && procedure.item.result.kind == ResultKind::Certificate {
        return system(Event::CertificateProduced { step: None, certificate: None });
    }
    if case.delivered.is_some() {
        system(Event::Closed { result: ClosingResult::Granted })
    } else if case.delivery == Delivery::Electronic || procedure.item.result.kind == ResultKind::None {
        system(delivered_to_space())
    } else {
        Vec::new()
    }
}

/// The decision of a process that has no decide step: made by whoever reviewed last, or by rule when no person did.
/// A recommendation to refuse leaves it to an approver.
fn own_decision(case: &Case, procedure: &Procedure) -> Vec<(By, Event)> {
    if case.refusal_recommended() || !needs_own_decision(case, procedure) {
        return Vec::new();
    }
    let open = case.deferred.values().any(|d| d.supplied.is_none());
    if open {
        return Vec::new();
    }
    let reviewer = case
        .steps
        .iter()
        .zip(&procedure.item.steps)
        .filter_map(|(state, step)| match state {
            StepState::Done { by, at, .. } if step.kind == StepKind::Review && !by.is_system() => Some((at, by)),
            _ => None,
        })
        .max_by_key(|(at, _)| **at)
        .map(|(_, by)| by.clone());
    let acceptor = case
        .steps
        .iter()
        .filter_map(|s| if let StepState::Done { by, .. } = s { Some(by) } else { None })
        .find(|by| !by.is_system());
    let automated = reviewer.is_none() && acceptor.is_none();
    let by = reviewer.or_else(|| acceptor.cloned()).unwrap_or_else(By::system);
    let event = Event::Decided {
        step: None,
        granted: true,
        reasons: if automated {
            format!("经系统按事项第{}版规则核验，符合法定条件和标准。", procedure.version)
        } else {
            "经审查，符合法定条件和标准。".to_owned()
        },
        basis: basis_of(procedure),
        automated,
    };
    vec![(by, event)]
}

/// What the platform does for one step under way.
fn next_of_step(case: &Case, setting: &Setting<'_>, index: usize, step: &Step) -> Vec<Event> {
    let procedure = setting.procedure;
    let auto = || !case.by_person && procedure.step_auto(index, &case.facts());
    let take_up = || if matches!(case.stage, Stage::Accepted(_)) { vec![Event::TakenUp] } else { Vec::new() };
    let claimed = case.claims.contains_key(&step_key(index));
    match step.kind {
        StepKind::Accept => vec![Event::StepCompleted { step: index, opinion: None, recommend: None }],
        StepKind::Review if !claimed && auto() && !case.refusal_recommended() => {
            let mut events = take_up();
            events.push(Event::StepCompleted {
                step: index,
                opinion: Some(format!("系统按规则核验通过：{}", step.auto.as_deref().unwrap_or_default())),
                recommend: Some(Recommendation::Grant),
            });
            events
        }
        StepKind::Special => next_of_special(case, setting, index, step),
        StepKind::Pay => {
            let fixed: Option<i64> = procedure.item.fees.iter().map(|f| f.amount_cents).sum();
            match case.payments.get(&index) {
                None => match case.assessed_cents.or(fixed) {
                    Some(0) => vec![Event::StepSkipped { step: index, why: "经核定无需缴费".to_owned() }],
                    Some(amount_cents) => vec![Event::PaymentAsked { step: index, amount_cents }],
                    None => Vec::new(),
                },
                Some(_) => Vec::new(),
            }
        }
        StepKind::Decide if !claimed && auto() && !case.refusal_recommended() && group_over(case, procedure, index) => {
            let mut events = take_up();
            events.push(Event::Decided {
                step: Some(index),
                granted: true,
                reasons: format!("经系统按事项第{}版规则核验，符合法定条件和标准。", procedure.version),
                basis: basis_of(procedure),
                automated: true,
            });
            events
        }
        StepKind::Issue if case.produced.is_some() => {
            vec![Event::StepCompleted { step: index, opinion: None, recommend: None }]
        }
        StepKind::Issue if !claimed && matches!(case.stage, Stage::Granted(..)) => {
            if procedure.item.result.kind == ResultKind::None && step.role == StepRole::System || auto() {
                vec![Event::CertificateProduced { step: Some(index), certificate: None }]
            } else {
                Vec::new()
            }
        }
        StepKind::Deliver if case.delivered.is_none() && (case.delivery == Delivery::Electronic || auto()) => {
            vec![delivered_to_space(), Event::StepCompleted { step: index, opinion: None, recommend: None }]
        }
        StepKind::Deliver if case.delivered.is_some() => {
            vec![Event::StepCompleted { step: index, opinion: None, recommend: None }]
        }
        _ => Vec::new(),
    }
}

fn group_over(case: &Case, procedure: &Procedure, index: usize) -> bool {
    let group = procedure.item.steps.get(index).and_then(|s| s.parallel.as_deref());
    case.open_specials().next().is_none()
        && procedure.item.steps.iter().zip(&case.steps).enumerate().all(|(i, (step, state))| {
            i == index || group.is_none() || step.parallel.as_deref() != group || state.is_over()
        })
}

fn next_of_special(case: &Case, setting: &Setting<'_>, index: usize, step: &Step) -> Vec<Event> {
    let today = city_date(setting.now);
    let longest = step.max_days.unwrap_or(step.days).max(1);
    match case.specials.iter().find(|s| s.step == Some(index)) {
        None if step.role == StepRole::System => {
            vec![special_begun(setting.procedure, index, step, longest)]
        }
        None => Vec::new(),
        Some(special) if special.until.is_none() => {
            if today > setting.calendar.deadline(city_date(special.from), longest).date {
                vec![
                    Event::SpecialEnded { step: Some(index), result: "已满最长期限，程序结束。".to_owned(), expired: true },
                    Event::StepCompleted { step: index, opinion: None, recommend: None },
                ]
            } else {
                Vec::new()
            }
        }
        Some(_) => vec![Event::StepCompleted { step: index, opinion: None, recommend: None }],
    }
}

/// A process that would go on forever by itself: a fault of the item, not of the applicant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The platform's own entry could not be applied.
    #[error(transparent)]
    Impossible(#[from] super::case::ImpossibleHistory),
    /// More automatic entries than any process has.
    #[error("the process of {0} does not come to rest")]
    Endless(String),
}

/// Appends `first` to the case and then whatever the platform does by itself, until somebody has to act.
///
/// Returns the entries appended, in order; `case` stands after the last of them.
///
/// # Errors
/// When an entry cannot be applied (a fault of the engine or the item).
pub fn run(case: &mut Case, setting: &Setting<'_>, first: Vec<(By, Event)>) -> Result<Vec<Recorded>, RunError> {
    let mut appended = Vec::new();
    let mut turn = first;
    for _ in 0..500 {
        for (by, event) in turn {
            let entry = Recorded { seq: case.seq + 1, at: setting.now, by, event };
            case.apply(&entry)?;
            appended.push(entry);
        }
        turn = next(case, setting);
        if turn.is_empty() {
            return Ok(appended);
        }
    }
    Err(RunError::Endless(case.item.clone()))
}
