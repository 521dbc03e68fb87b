//! The course of a case (进度): one time line for applicant, clerk, approver and supervisor, so that all see the same
//! holder and the same date.
//!
//! [`course`] folds the history into entries in plain words, says who holds the case now and which day counts next, and
//! lists what is still to come. [`open_to_applicant`] says what the applicant can do now.

use catalogue::domain::{Procedure, Step, StepKind};
use kernel::{Date, Role, Timestamp, calendar::WorkingCalendar, city_date, show_date, words};

use super::{
    case::{Case, Stage, State, StepState},
    clocks::{Clock, ClockKind, add_days, clocks},
    documents::DocumentKind,
    event::{Event, Proposal, Recommendation, Recorded},
    tasks::{step_department, tasks},
    voice::{RATING_DAYS, Side, TALK_DAYS},
};

words!(
    /// Something the applicant can do now.
    OwnAct {
        Correct = "correct" / "补正材料",
        Pay = "pay" / "缴费",
        Supply = "supply" / "补交容缺材料",
        Answer = "answer" / "陈述、申辩",
        Rate = "rate" / "评价",
        FollowUp = "follow-up" / "追加评价",
        Write = "write" / "给办理机关留言",
        Withdraw = "withdraw" / "撤回申请",
        Complain = "complain" / "投诉",
        Challenge = "challenge" / "申请回避",
    }
);

impl OwnAct {
    /// The case waits for it, or a right is lost when it is left undone.
    #[must_use]
    pub const fn is_asked(self) -> bool {
        matches!(self, Self::Correct | Self::Pay | Self::Supply | Self::Answer)
    }
}

/// Something the applicant can do now, with its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAct {
    /// What.
    pub act: OwnAct,
    /// Last day, where there is one.
    pub due: Option<Date>,
    /// The fee to pay, fen.
    pub amount_cents: Option<i64>,
}

/// Everything the applicant can do now: first what the case waits for, then what is only offered.
#[must_use]
pub fn open_to_applicant(case: &Case, today: Date) -> Vec<OpenAct> {
    let mut open = Vec::new();
    let mut add = |act, due, amount_cents| open.push(OpenAct { act, due, amount_cents });
    if let (Stage::Correction | Stage::ReturnedPre, Some(round)) = (&case.stage, case.open_correction()) {
        add(OwnAct::Correct, Some(round.due).filter(|d| *d != Date::MAX), None);
    }
    let decided = case.state().is_decided();
    if let Some(intended) = case.intended_refusal.as_ref().filter(|r| r.defence.is_none() && !decided) {
        add(OwnAct::Answer, Some(intended.due), None);
    }
    if !case.state().is_over() {
        for payment in case.payments.values().filter(|p| p.receipt.is_none()) {
            add(OwnAct::Pay, None, Some(payment.amount_cents));
        }
    }
    let deferred = case.deferred.values().filter(|d| d.supplied.is_none()).map(|d| d.due).min();
    if let Some(due) = deferred.filter(|_| !decided) {
        add(OwnAct::Supply, Some(due), None);
    }
    let ended = case.stage.ending().map(|e| city_date(e.at));
    match (&case.rating, &case.follow_up) {
        (None, _) => {
            if let Some(until) = ended.map(|day| add_days(day, RATING_DAYS)).filter(|until| today <= *until) {
                add(OwnAct::Rate, Some(until), None);
            }
        }
        (Some(first), None) => {
            let until = add_days(city_date(first.at), RATING_DAYS);
            if today <= until {
                add(OwnAct::FollowUp, Some(until), None);
            }
        }
        (Some(_), Some(_)) => {}
    }
    if ended.is_none_or(|day| today <= add_days(day, TALK_DAYS)) {
        add(OwnAct::Write, ended.map(|day| add_days(day, TALK_DAYS)), None);
    }
    if !decided {
        if case.challenge.is_none() && case.challenges < super::avoidance::MOST_CHALLENGES {
            add(OwnAct::Challenge, None, None);
        }
        add(OwnAct::Withdraw, None, None);
    }
    add(OwnAct::Complain, None, None);
    open
}

/// Who has the next move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The applicant, and with what.
    Applicant {
        /// What is waited for.
        act: OwnAct,
        /// Since when.
        since: Timestamp,
    },
    /// A department, at a step.
    Office {
        /// Key of the department.
        department: String,
        /// Name of the step.
        step: String,
        /// Who may do it.
        role: Role,
        /// Since when.
        since: Timestamp,
        /// Name of the member of staff who took it; for the office's eyes.
        claimed_by: Option<String>,
    },
    /// Nobody: the case is over, since when.
    Nobody {
        /// The end.
        since: Timestamp,
    },
}

/// What an entry of the time line says at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Done.
    Done,
    /// Where it stands.
    Now,
    /// Still to come.
    Coming,
    /// Something went against the applicant or stands still.
    Trouble,
}

/// Who did something, for the pages to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doer {
    /// The applicant, or who acts for the enterprise.
    Applicant,
    /// A member of staff: key of the department, name for the office's eyes.
    Office {
        /// Key of the department.
        department: Option<String>,
        /// Name.
        name: String,
    },
    /// The platform by rule.
    Platform,
}

/// One entry of the time line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseEntry {
    /// Place in the history; none for what is now or still to come.
    pub seq: Option<i64>,
    /// What, in a few words.
    pub title: String,
    /// When it happened, or since when it is so.
    pub at: Option<Timestamp>,
    /// By when it will be, where a clock says so.
    pub by_day: Option<Date>,
    /// Who; for coming entries who will.
    pub doer: Doer,
    /// More, sentence by sentence.
    pub text: Vec<String>,
    /// The document issued about it: kind, id, number.
    pub document: Option<(DocumentKind, String, String)>,
    /// At a glance.
    pub mark: Mark,
}

/// Where a case has been, is, and goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// What happened, oldest first, then the present, then what is to come.
    pub entries: Vec<CourseEntry>,
    /// Who has the next move.
    pub holder: Holder,
    /// The clock whose deadline counts next; none when nothing runs.
    pub next: Option<Clock>,
    /// The state in a sentence: what it means.
    pub meaning: String,
}

/// Whose eyes the time line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The applicant: everything of his own.
    Applicant,
    /// The office: nothing of ratings and complaints, so that nobody is made to feel them.
    Office,
    /// Supervision: everything but words.
    Supervision,
}

/// The course of a case as of `today`.
#[must_use]
pub fn course(
    case: &Case,
    procedure: &Procedure,
    calendar: &WorkingCalendar,
    history: &[Recorded],
    today: Date,
    reader: Reader,
) -> Course {
    let holder = holder(case, procedure);
    let clocks = clocks(case, procedure, calendar, today);
    let next = next_clock(case, &clocks).cloned();
    let mut entries = past(procedure, history, reader);
    if !case.state().is_over() {
        entries.push(present(case, procedure, &holder, next.as_ref()));
        entries.extend(coming(case, procedure, next.as_ref()));
    }
    Course { entries, meaning: meaning(case, next.as_ref()), holder, next }
}

/// Who has the next move.
#[must_use]
pub fn holder(case: &Case, procedure: &Procedure) -> Holder {
    if let Some(ending) = case.stage.ending() {
        return Holder::Nobody { since: ending.at };
    }
    if let (Stage::Correction | Stage::ReturnedPre, Some(round)) = (&case.stage, case.open_correction()) {
        return Holder::Applicant { act: OwnAct::Correct, since: round.at };
    }
    let tasks = tasks(case, procedure);
    let pay = |index: &usize| case.payments.get(index).is_some_and(|p| p.receipt.is_none());
    if let Some((index, since)) = case.steps.iter().enumerate().find_map(|(index, state)| match state {
        StepState::Active { since } if pay(&index) => Some((index, *since)),
        _ => None,
    }) && tasks.iter().all(|t| t.step == Some(index))
    {
        return Holder::Applicant { act: OwnAct::Pay, since };
    }
    // What is to be confirmed keeps the rest waiting.
    let task = tasks.iter().find(|t| t.key == super::tasks::CONFIRM).or_else(|| tasks.first());
    match task {
        Some(task) => Holder::Office {
            department: task.department.clone(),
            step: task.name.clone(),
            role: task.role,
            since: task.since,
            claimed_by: case.claims.get(&task.key).map(|c| c.name.clone()),
        },
        None => Holder::Office {
            department: procedure.item.department.clone(),
            step: case.state().label().to_owned(),
            role: Role::Window,
            since: case.stage.acceptance().map_or(case.received_at, |a| a.at),
            claimed_by: None,
        },
    }
}

/// The clock that says by when the holder has to move.
fn next_clock<'a>(case: &Case, clocks: &'a [Clock]) -> Option<&'a Clock> {
    let running = |kind: ClockKind| clocks.iter().find(|c| c.kind == kind && c.ended.is_none());
    match case.stage {
        Stage::Submitted | Stage::Received => running(ClockKind::Acceptance),
        Stage::Correction => running(ClockKind::Correction),
        Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_) => {
            let promised = running(ClockKind::Promised).or_else(|| running(ClockKind::Statutory));
            promised.into_iter().chain(running(ClockKind::RenewalExpiry)).min_by_key(|c| c.deadline)
        }
        Stage::Granted(..) | Stage::Refused(..) => running(ClockKind::Issue),
        _ => None,
    }
}

/// The state in a sentence: what it means for the applicant.
fn meaning(case: &Case, next: Option<&Clock>) -> String {
    let by = next.map_or_else(String::new, |c| format!("，最晚{}", show_date(c.deadline)));
    match case.state() {
        State::Submitted | State::Received => format!("材料已经收到，办理机关正在核对{by}告诉您是否受理或者缺什么。"),
        State::ReturnedPre => "材料需要修改。改好再次提交后，办理机关继续核对。".to_owned(),
        State::Correction => "有内容需要您补正。补正期间不计入办理期限；按告知补齐的，必须受理。".to_owned(),
        State::NotAccepted => "这次申请没有被受理，理由和救济途径写在通知书里。".to_owned(),
        State::Accepted => format!("申请已经受理，等待审查{by}作出决定。"),
        State::InReview if case.intended_refusal.as_ref().is_some_and(|r| r.defence.is_none()) => {
            "办理机关拟不予准予，正在听取您的意见；还没有作出决定。".to_owned()
        }
        State::InReview => format!("办理机关正在审查{by}作出决定。"),
        State::Special => match next {
            Some(clock) if !clock.pauses.is_empty() => {
                "正在进行特别程序，这段时间不计入办理期限，结束后继续审查。".to_owned()
            }
            _ => format!("正在进行特别程序，不影响办理期限{by}作出决定。"),
        },
        State::Granted => format!("已经准予，正在制证、送达{by}送到。"),
        State::Refused => format!("作出了不予准予的决定，正在送达{by}送到。"),
        State::Closed | State::Archived => match case.stage.decision() {
            Some(decision) if decision.granted => "办结：准予，结果已经送达。".to_owned(),
            Some(_) => "办结：不予准予，理由和救济途径写在决定书里。".to_owned(),
            None => "已经结束并归档。".to_owned(),
        },
        State::Withdrawn => "您撤回了申请，不再办理；之后可以重新申请。".to_owned(),
        State::Terminated => "办理已经终止，理由和救济途径写在通知书里。".to_owned(),
    }
}

fn doer(entry: &Recorded) -> Doer {
    match entry.by.kind.as_str() {
        "staff" => Doer::Office { department: entry.by.department.clone(), name: entry.by.name.clone() },
        "system" => Doer::Platform,
        _ => Doer::Applicant,
    }
}

/// What happened, in plain words; work inside the office is left out.
fn past(procedure: &Procedure, history: &[Recorded], reader: Reader) -> Vec<CourseEntry> {
    let mut entries: Vec<CourseEntry> = Vec::new();
    for entry in history {
        if let Event::DocumentIssued { document, id, number } = &entry.event {
            if let Some(last) = entries.last_mut() {
                last.document = Some((*document, id.clone(), number.clone()));
            }
            continue;
        }
        let Some((title, text, mark)) = told(procedure, &entry.event, reader) else { continue };
        entries.push(CourseEntry {
            seq: Some(entry.seq),
            title,
            at: Some(entry.at),
            by_day: None,
            doer: doer(entry),
            text,
            document: None,
            mark,
        });
    }
    entries
}

fn step_name(procedure: &Procedure, step: usize) -> &str {
    procedure.item.steps.get(step).map_or("环节", |s| s.name.as_str())
}

fn target_name(procedure: &Procedure, target: &str) -> String {
    let item = &procedure.item;
    match target.strip_prefix("form.") {
        Some(field) => item.fields.iter().find(|f| f.key == field).map(|f| f.label.clone()),
        None => item.materials.iter().find(|m| m.key == target).map(|m| m.name.clone()),
    }
    .unwrap_or_else(|| target.to_owned())
}

type Told = (String, Vec<String>, Mark);

/// An entry in plain words; none for what the time line leaves out.
fn told(procedure: &Procedure, event: &Event, reader: Reader) -> Option<Told> {
    let title = event.label().to_owned();
    let office_only =
        |title: String, text: Vec<String>| (reader != Reader::Applicant).then_some((title, text, Mark::Done));
    let name = |key: &String| target_name(procedure, key);
    Some(match event {
        Event::Submitted { .. } => (title, vec!["申请进入平台，从次日起计算受理期限。".to_owned()], Mark::Done),
        Event::Received => (title, vec!["初步核对，材料齐全。".to_owned()], Mark::Done),
        Event::PreReviewReturned { defects } | Event::CorrectionAsked { defects, .. } => {
            let mut text: Vec<String> =
                defects.iter().map(|d| format!("{}：{}", target_name(procedure, &d.target), d.problem)).collect();
            if let Event::CorrectionAsked { due, .. } = event {
                text.push(format!("最晚{}补正。", show_date(*due)));
            }
            (title, text, Mark::Trouble)
        }
        Event::Supplemented { .. } => (title, vec!["补正已经收到，重新计算受理期限。".to_owned()], Mark::Done),
        Event::DeferredSupplied { materials } | Event::PaperTaken { materials } => {
            (title, vec![format!("收到：{}。", materials.keys().map(name).collect::<Vec<_>>().join("、"))], Mark::Done)
        }
        Event::Accepted { dated, deemed, deferred } => {
            let mut text = vec![format!("受理日期{}，办理期限从次日起计算。", show_date(*dated))];
            if *deemed {
                text.insert(0, "办理机关五个工作日内没有告知，依法自收到之日起即为受理。".to_owned());
            }
            text.extend(deferred.iter().map(|(key, due)| format!("{}可以后补，最晚{}。", name(key), show_date(*due))));
            (title, text, Mark::Done)
        }
        Event::Proposed { proposal } => {
            let what = match proposal {
                Proposal::NonAcceptance { .. } => "提请不予受理，等待另一名审批人员审核。".to_owned(),
                Proposal::Extension { days, reason } => format!("提请本级人民政府批准延长{days}个工作日：{reason}"),
                Proposal::Void { reason } => format!("提请作废，等待另一名审批人员审核：{reason}"),
                Proposal::Special { kind, days, .. } => format!("提请{}，{days}个工作日，等待审核。", kind.label()),
            };
            return office_only(title, vec![what]);
        }
        Event::ProposalDismissed { reason } => return office_only(title, vec![reason.clone()]),
        Event::NotAccepted { reason, competent_body, .. } => {
            let mut text = vec![reason.clone()];
            text.extend(competent_body.as_ref().map(|body| format!("应当向{body}申请。")));
            (title, text, Mark::Trouble)
        }
        Event::StepCompleted { step, opinion, recommend } => {
            if matches!(
                procedure.item.steps.get(*step).map(|s| s.kind),
                None | Some(StepKind::Accept | StepKind::Deliver)
            ) {
                return None;
            }
            // Opinions are the office's own until the decision gives its reasons.
            let text = match (reader, opinion, recommend) {
                (Reader::Applicant, ..) | (_, None, None) => Vec::new(),
                (_, opinion, recommend) => {
                    let word = recommend.map(|r| match r {
                        Recommendation::Grant => "建议准予。",
                        Recommendation::Refuse => "建议不予准予。",
                    });
                    word.map(str::to_owned).into_iter().chain(opinion.clone()).collect()
                }
            };
            (format!("“{}”完成", step_name(procedure, *step)), text, Mark::Done)
        }
        Event::StepSkipped { step, why } if reader != Reader::Applicant => {
            (format!("“{}”不适用", step_name(procedure, *step)), vec![why.clone()], Mark::Done)
        }
        Event::TakenUp => (title, Vec::new(), Mark::Done),
        Event::SpecialBegun { kind, days, stops_clock, .. } => {
            let counted = if *stops_clock { "不计入办理期限" } else { "不影响办理期限" };
            (format!("{}开始", kind.label()), vec![format!("预计{days}个工作日，{counted}。")], Mark::Done)
        }
        Event::SpecialEnded { result, expired, .. } => {
            let text = if *expired {
                "规定的时间已到，办理期限继续计算。".to_owned()
            } else {
                result.clone()
            };
            (title, vec![text], Mark::Done)
        }
        Event::Extended { days, reason } => (title, vec![format!("延长{days}个工作日：{reason}")], Mark::Trouble),
        Event::FeeAssessed { amount_cents, .. } => (title, vec![yuan(*amount_cents)], Mark::Done),
        Event::PaymentAsked { amount_cents, .. } => (title, vec![format!("应缴{}。", yuan(*amount_cents))], Mark::Done),
        Event::Paid { amount_cents, receipt, .. } => {
            (title, vec![format!("{}，票据号{receipt}。", yuan(*amount_cents))], Mark::Done)
        }
        Event::RefusalIntended { reasons, due, .. } => {
            (title, vec![reasons.clone(), format!("最晚{}可以陈述、申辩。", show_date(*due))], Mark::Trouble)
        }
        Event::DefenceStated { .. } => (title, vec!["意见已经收到，决定前必须复核。".to_owned()], Mark::Done),
        Event::HearingRequested { until } => {
            (title, vec![format!("办理机关最晚{}举行听证，会提前七个工作日通知。", show_date(*until))], Mark::Done)
        }
        Event::HearingArranged { day, time, place, chair } => {
            (title, vec![format!("{}{time}，{place}，{chair}主持。", show_date(*day))], Mark::Done)
        }
        Event::HearingHeld { .. } => (title, vec!["决定根据听证笔录作出。".to_owned()], Mark::Done),
        Event::Recused { name, .. } => {
            return office_only(title, vec![format!("{name}不再办理本件。")]);
        }
        Event::AvoidanceAsked { part, .. } => {
            (title, vec![format!("申请{}回避；决定以前不作出办理决定。", part.label())], Mark::Done)
        }
        Event::AvoidanceDecided { upheld, chair, .. } => {
            let text = match (upheld, chair) {
                (true, Some(chair)) => format!("听证改由{chair}主持。"),
                (true, None) => "该人员不再办理本件，已作的审查重新进行。".to_owned(),
                (false, _) => "理由写在回避决定书里。".to_owned(),
            };
            (title, vec![text], Mark::Done)
        }
        Event::Published => (title, vec!["决定已经向社会公开，公众可以查阅。".to_owned()], Mark::Done),
        Event::CertificatesChecked { occasion, unusable, private } => {
            let mut lines = vec![format!("{}核验了{}份电子证照。", occasion.label(), private.materials.len())];
            if !unusable.is_empty() {
                lines.push(format!("其中{}份当时不能使用。", unusable.len()));
            }
            return office_only(title, lines);
        }
        Event::Decided { granted, reasons, automated, deemed, .. } => {
            let mut text = Vec::new();
            if !reasons.is_empty() {
                text.push(reasons.clone());
            }
            if *automated && !deemed {
                text.push("由系统按公布的规则自动作出；有异议可以要求人工复核。".to_owned());
            }
            (title, text, if *granted { Mark::Done } else { Mark::Trouble })
        }
        Event::CertificateProduced { certificate, .. } => {
            (title, certificate.iter().map(|c| format!("证照编号{}。", c.number)).collect(), Mark::Done)
        }
        Event::Delivered { proof } => (title, vec![format!("{}送达。", proof.way.label())], Mark::Done),
        Event::Withdrawn { .. } | Event::Closed { .. } | Event::Archived => (title, Vec::new(), Mark::Done),
        Event::Terminated { reason, .. } => (title, vec![reason.clone()], Mark::Trouble),
        Event::Rated { score, .. } | Event::FollowedUp { score, .. } if reader != Reader::Office => {
            (title, vec![format!("{}。", super::voice::level(*score))], Mark::Done)
        }
        Event::Complained { number, kind, answer_by, .. } if reader != Reader::Office => {
            let text = format!("投诉编号{number}，{}；最晚{}答复。", kind.label(), show_date(*answer_by));
            (title, vec![text], Mark::Done)
        }
        Event::CorrectionReminded => (title, Vec::new(), Mark::Done),
        Event::Said { side: Side::Applicant | Side::Office, .. }
        | Event::StepSkipped { .. }
        | Event::TaskClaimed { .. }
        | Event::TaskReleased { .. }
        | Event::StepStarted { .. }
        | Event::Rated { .. }
        | Event::FollowedUp { .. }
        | Event::Complained { .. }
        | Event::DocumentIssued { .. } => return None,
    })
}

/// Fen as `12.30元`.
#[must_use]
pub fn yuan(cents: i64) -> String {
    format!("{}.{:02}元", cents / 100, cents % 100)
}

fn present(case: &Case, procedure: &Procedure, holder: &Holder, next: Option<&Clock>) -> CourseEntry {
    let (title, doer, since) = match holder {
        Holder::Applicant { act: OwnAct::Pay, since } => ("等待缴费".to_owned(), Doer::Applicant, *since),
        Holder::Applicant { since, .. } => ("等待申请人补正".to_owned(), Doer::Applicant, *since),
        Holder::Office { department, step, since, claimed_by, .. } => (
            format!("正在“{step}”"),
            Doer::Office { department: Some(department.clone()), name: claimed_by.clone().unwrap_or_default() },
            *since,
        ),
        Holder::Nobody { since } => (case.state().label().to_owned(), Doer::Platform, *since),
    };
    let others: Vec<String> = case
        .steps
        .iter()
        .enumerate()
        .filter(|(_, s)| s.is_active())
        .filter_map(|(i, _)| procedure.item.steps.get(i))
        .filter(|s| !title.contains(s.name.as_str()))
        .map(|s| format!("“{}”", s.name))
        .collect();
    let text = if others.is_empty() { Vec::new() } else { vec![format!("同时进行：{}。", others.join("、"))] };
    CourseEntry {
        seq: None,
        title,
        at: Some(since),
        by_day: next.map(|c| c.deadline),
        doer,
        text,
        document: None,
        mark: Mark::Now,
    }
}

/// What is still to come: acceptance, the steps that wait, and the end.
fn coming(case: &Case, procedure: &Procedure, next: Option<&Clock>) -> Vec<CourseEntry> {
    let entry = |title: &str, department: &str, by_day| CourseEntry {
        seq: None,
        title: title.to_owned(),
        at: None,
        by_day,
        doer: Doer::Office { department: Some(department.to_owned()), name: String::new() },
        text: Vec::new(),
        document: None,
        mark: Mark::Coming,
    };
    let item = &procedure.item;
    let mut entries = Vec::new();
    if matches!(case.stage, Stage::Correction | Stage::ReturnedPre) {
        entries.push(entry("受理", &item.department, None));
    }
    let decided = case.stage.decision().is_some();
    let promised = next.filter(|c| c.kind == ClockKind::Promised).map(|c| c.deadline);
    let waits = |step: &Step, state: &StepState| {
        matches!(state, StepState::Waiting) && step.kind != StepKind::Accept && step.when.is_none()
    };
    for (step, _) in item.steps.iter().zip(&case.steps).filter(|(step, state)| waits(step, state)) {
        let day = promised.filter(|_| step.kind == StepKind::Decide && !decided);
        entries.push(entry(&step.name, step_department(procedure, step), day));
    }
    let day = next.filter(|c| c.kind == ClockKind::Issue).map(|c| c.deadline);
    entries.push(entry("办结", &item.department, day));
    entries
}
