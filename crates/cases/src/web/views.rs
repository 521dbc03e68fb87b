//! What answers look like.

use catalogue::domain::Procedure;
use kernel::{Date, rfc3339};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    CaseSight, Sight,
    domain::{
        case::{Case, StepState},
        clocks::Clock,
        event::{Defect, Event, Handed, Receiving, Recorded},
        tasks::Task,
    },
    store::{CaseRow, PersonCaseRow, TaskRow},
};

/// One line of a list of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseLine {
    /// Public number.
    number: String,
    /// Item.
    item: String,
    /// Name of the item.
    item_name: String,
    /// State.
    state: &'static str,
    /// State in Chinese.
    state_label: &'static str,
    /// Applicant, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    applicant: Option<String>,
    /// Department, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// District, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// When it entered the platform.
    submitted_at: String,
    /// Day by which the office promised or has to act next.
    #[schema(value_type = Option<String>)]
    due: Option<Date>,
    /// Legal limit, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    statutory_due: Option<Date>,
    /// A day behind these dates has no published calendar yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    provisional: Option<bool>,
}

impl From<&PersonCaseRow> for CaseLine {
    fn from(row: &PersonCaseRow) -> Self {
        Self {
            number: row.number.clone(),
            item: row.item.clone(),
            item_name: row.item_name.clone(),
            state: row.state.as_str(),
            state_label: row.state.label(),
            applicant: None,
            department: None,
            region: None,
            submitted_at: rfc3339(row.submitted_at),
            due: row.due,
            statutory_due: None,
            provisional: None,
        }
    }
}

impl From<&CaseRow> for CaseLine {
    fn from(row: &CaseRow) -> Self {
        Self {
            number: row.number.clone(),
            item: row.item.clone(),
            item_name: row.item_name.clone(),
            state: row.state.as_str(),
            state_label: row.state.label(),
            applicant: Some(row.applicant.clone()),
            department: Some(row.department.clone()),
            region: Some(row.region.clone()).filter(|r| !r.is_empty()),
            submitted_at: rfc3339(row.submitted_at),
            due: row.promised_due,
            statutory_due: row.statutory_due,
            provisional: Some(row.provisional),
        }
    }
}

/// One entry of a queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskLine {
    /// Case.
    number: String,
    /// Item.
    item: String,
    /// Name of the item.
    item_name: String,
    /// Applicant.
    applicant: String,
    /// Key of the task.
    task: String,
    /// What is to be done.
    name: String,
    /// Who may.
    role: String,
    /// District.
    #[serde(skip_serializing_if = "String::is_empty")]
    region: String,
    /// Since when.
    since: String,
    /// Last day; none when nothing runs.
    #[schema(value_type = Option<String>)]
    due: Option<Date>,
    /// `green`, `yellow` or `red`.
    light: &'static str,
    /// Who holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<String>,
}

impl TaskLine {
    pub(crate) fn of(row: &TaskRow, today: Date, calendar: &kernel::calendar::WorkingCalendar) -> Self {
        let due = Some(row.due).filter(|d| d.year() < 9999);
        let light = match due {
            // A day that rests on a year without published holidays blames nobody.
            Some(day) if today > day && !calendar.known(day.year()) => "yellow",
            Some(day) if today > day => "red",
            Some(day) if today == day => "yellow",
            _ => "green",
        };
        Self {
            number: row.number.clone(),
            item: row.item.clone(),
            item_name: row.item_name.clone(),
            applicant: row.applicant.clone(),
            task: row.task.clone(),
            name: row.name.clone(),
            role: row.role.clone(),
            region: row.region.clone(),
            since: rfc3339(row.since),
            due,
            light,
            claimed_by: (row.claimed_by != 0).then(|| row.claimed_name.clone()),
        }
    }
}

/// A step of the process as it stands in a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StepView {
    /// Key.
    key: String,
    /// Name.
    name: String,
    /// Kind.
    kind: &'static str,
    /// Department.
    department: String,
    /// `waiting`, `active`, `done` or `skipped`.
    state: &'static str,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Why it was skipped, or the opinion.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A task open in a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskView {
    /// Key.
    key: String,
    /// What is to be done.
    name: String,
    /// Who may.
    role: &'static str,
    /// Whose queue.
    department: String,
    /// Key of the step.
    step: Option<String>,
    /// Kind of the step.
    kind: Option<&'static str>,
    /// Since when.
    since: String,
    /// Who holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<String>,
}

/// One day of an explanation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayView {
    /// The day.
    #[schema(value_type = String)]
    date: Date,
    /// The how-many-th day it counts as.
    counted: Option<u32>,
    /// Why, in Chinese.
    reason: String,
}

/// A clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClockView {
    /// Which.
    kind: &'static str,
    /// Name.
    name: String,
    /// Task or material it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// Day of the event, itself not counted.
    #[schema(value_type = String)]
    start: Date,
    /// Days allowed.
    limit: u32,
    /// `working` or `calendar`.
    unit: &'static str,
    /// Last day.
    #[schema(value_type = String)]
    deadline: Date,
    /// Rests on a year whose holidays are not published.
    provisional: bool,
    /// `running`, `paused`, `met` or `missed`.
    state: &'static str,
    /// Days used.
    used: u32,
    /// `green`, `yellow` or `red`.
    light: &'static str,
    /// Every day and why it counts or not; on `/clocks` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<Vec<DayView>>,
}

impl ClockView {
    pub(crate) fn of(clock: &Clock, today: Date, calendar: Option<&kernel::calendar::WorkingCalendar>) -> Self {
        Self {
            kind: clock.kind.as_str(),
            name: clock.name.clone(),
            of: clock.of.clone(),
            start: clock.start,
            limit: clock.limit,
            unit: clock.unit.as_str(),
            deadline: clock.deadline,
            provisional: clock.provisional,
            state: clock.state.as_str(),
            used: clock.used,
            light: clock.light(today).as_str(),
            days: calendar.map(|calendar| {
                let notes = clock.explain(calendar);
                notes.into_iter().map(|n| DayView { date: n.date, counted: n.counted, reason: n.reason }).collect()
            }),
        }
    }
}

/// A special procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpecialView {
    /// Key of the step; none when ordered for this case.
    step: Option<String>,
    /// Which.
    kind: &'static str,
    /// Name.
    name: &'static str,
    /// Begun.
    from: String,
    /// Planned, working days.
    days: u32,
    /// Limits stand still.
    stops_clock: bool,
    /// Not ended yet.
    open: bool,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// Public number.
    number: String,
    /// Entries so far; also the ETag.
    pub(crate) seq: i64,
    /// Item.
    item: String,
    /// Name of the item.
    item_name: String,
    /// Version it was filed under.
    version: i64,
    /// Department.
    department: String,
    /// State.
    state: &'static str,
    /// State in Chinese.
    state_label: &'static str,
    /// Closing result.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    result: Option<crate::domain::event::ClosingResult>,
    /// Applicant.
    applicant: String,
    /// District.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// Channel.
    channel: &'static str,
    /// Delivery.
    delivery: &'static str,
    /// When it entered the platform.
    submitted_at: String,
    /// The process.
    steps: Vec<StepView>,
    /// Who has to do something now.
    tasks: Vec<TaskView>,
    /// Clocks.
    clocks: Vec<ClockView>,
    /// Special procedures.
    specials: Vec<SpecialView>,
    /// What the applicant still has to correct.
    #[schema(value_type = Vec<Object>)]
    corrections: Vec<Defect>,
    /// Deferred materials still open, and by when.
    #[schema(value_type = Object)]
    deferred: std::collections::BTreeMap<String, Date>,
    /// Materials, for the applicant and the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    materials: Option<std::collections::BTreeMap<String, Handed>>,
    /// Answers, for the applicant and the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    form: Option<serde_json::Map<String, Value>>,
    /// Where the applicant is reached and where the result goes, for the applicant and the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    receiving: Option<Receiving>,
    /// Intended refusal the applicant may answer: reasons and last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    intended_refusal: Option<Value>,
    /// Decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    decision: Option<Value>,
    /// Certificate made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    certificate: Option<crate::domain::event::ProducedCertificate>,
    /// Rating 1–5.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<u8>,
}

fn step_view(procedure: &Procedure, case: &Case, index: usize) -> Option<StepView> {
    let step = procedure.item.steps.get(index)?;
    let mut view = StepView {
        key: step.key.clone(),
        name: step.name.clone(),
        kind: step.kind.as_str(),
        department: crate::domain::tasks::step_department(procedure, step).to_owned(),
        state: "waiting",
        since: None,
        ended: None,
        by: None,
        note: None,
    };
    match case.steps.get(index)? {
        StepState::Waiting => {}
        StepState::Active { since } => {
            view.state = "active";
            view.since = Some(rfc3339(*since));
        }
        StepState::Done { since, at, by, opinion, .. } => {
            view.state = "done";
            view.since = Some(rfc3339(*since));
            view.ended = Some(rfc3339(*at));
            view.by = Some(by.name.clone());
            view.note.clone_from(opinion);
        }
        StepState::Skipped { at, why } => {
            view.state = "skipped";
            view.ended = Some(rfc3339(*at));
            view.note = Some(why.clone());
        }
    }
    Some(view)
}

fn task_view(procedure: &Procedure, case: &Case, task: &Task) -> TaskView {
    let step = task.step.and_then(|i| procedure.item.steps.get(i));
    TaskView {
        key: task.key.clone(),
        name: task.name.clone(),
        role: task.role.as_str(),
        department: task.department.clone(),
        step: step.map(|s| s.key.clone()),
        kind: step.map(|s| s.kind.as_str()),
        since: rfc3339(task.since),
        claimed_by: case.claims.get(&task.key).map(|c| c.name.clone()),
    }
}

impl CaseView {
    pub(crate) fn of(seen: &CaseSight, today: Date) -> Self {
        let CaseSight { case, procedure, sight, tasks, clocks } = seen;
        let whole = matches!(sight, Sight::Own | Sight::Office);
        let item = &procedure.item;
        Self {
            number: case.number.clone(),
            seq: case.seq,
            item: case.item.clone(),
            item_name: item.name.clone(),
            version: case.version,
            department: item.department.clone(),
            state: case.state().as_str(),
            state_label: case.state().label(),
            result: case.stage.ending().and_then(|e| e.result),
            applicant: if whole { case.applicant.clone() } else { kernel::masking::name(&case.applicant) },
            region: case.region.clone(),
            channel: case.channel.as_str(),
            delivery: case.delivery.as_str(),
            submitted_at: rfc3339(case.submitted_at),
            steps: (0..case.steps.len()).filter_map(|i| step_view(procedure, case, i)).collect(),
            tasks: tasks.iter().map(|t| task_view(procedure, case, t)).collect(),
            clocks: clocks.iter().map(|c| ClockView::of(c, today, None)).collect(),
            specials: case
                .specials
                .iter()
                .map(|s| SpecialView {
                    step: s.step.and_then(|i| item.steps.get(i)).map(|s| s.key.clone()),
                    kind: s.kind.as_str(),
                    name: s.kind.label(),
                    from: rfc3339(s.from),
                    days: s.days,
                    stops_clock: s.stops_clock,
                    open: s.until.is_none(),
                })
                .collect(),
            corrections: case.open_correction().filter(|_| whole).map(|c| c.defects.clone()).unwrap_or_default(),
            deferred: case.deferred.iter().filter(|(_, d)| d.supplied.is_none()).map(|(k, d)| (k.clone(), d.due)).collect(),
            materials: whole.then(|| case.materials.clone()),
            form: whole.then(|| case.private.form.clone()),
            receiving: whole.then(|| case.private.receiving.clone()).filter(|r| !r.is_empty()),
            intended_refusal: case.intended_refusal.as_ref().filter(|_| whole).map(|r| {
                serde_json::json!({ "reasons": r.reasons, "basis": r.basis, "due": r.due, "defence": r.defence })
            }),
            decision: case.stage.decision().map(|d| {
                serde_json::json!({
                    "granted": d.granted, "at": rfc3339(d.at), "reasons": d.reasons, "automated": d.automated, "by": d.by.name,
                })
            }),
            certificate: case.produced.clone().flatten(),
            // Who is rated does not learn of it from the case.
            rating: case.rating.as_ref().filter(|_| *sight != Sight::Office).map(|r| r.score),
        }
    }
}

impl CaseView {
    /// Without the answers: kept first answers to repeated requests stand unsealed, so they bear no personal data.
    pub(crate) fn without_answers(mut self) -> Self {
        self.form = None;
        if let Some(told) = self.intended_refusal.as_mut().and_then(Value::as_object_mut) {
            told.remove("defence");
        }
        self
    }
}

/// One entry of a history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// Place.
    seq: i64,
    /// When.
    at: String,
    /// Who.
    by: String,
    /// Department.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// Kind, such as `case.accepted`.
    event: &'static str,
    /// In Chinese.
    label: &'static str,
    /// Facts, without the private part.
    #[schema(value_type = Object)]
    facts: Value,
}

impl EventView {
    pub(crate) fn of(entry: &Recorded, sight: Sight) -> Self {
        let mut facts = serde_json::to_value(&entry.event).unwrap_or_default();
        if let Some(facts) = facts.as_object_mut() {
            facts.remove("private");
            facts.remove("type");
            // Words that older entries hold in their open part are as private as sealed ones.
            if matches!(entry.event, Event::DefenceStated { .. } | Event::HearingHeld { .. }) {
                facts.clear();
            }
            if sight == Sight::Course {
                facts.remove("applicant");
            }
            // Colleagues' logins are the office's own business.
            if sight != Sight::Office {
                facts.remove("account");
            }
        }
        // The applicant deals with the office, not with a name, except where a decision bears one.
        let named = sight != Sight::Own || entry.by.kind != "staff" || matches!(entry.event, Event::Decided { .. });
        Self {
            seq: entry.seq,
            at: rfc3339(entry.at),
            by: match (named, sight, entry.by.kind.as_str()) {
                (true, Sight::Course, "person" | "agent") => kernel::masking::name(&entry.by.name),
                (true, ..) => entry.by.name.clone(),
                (false, ..) => "工作人员".to_owned(),
            },
            department: entry.by.department.clone(),
            event: entry.event.topic(),
            label: entry.event.label(),
            facts,
        }
    }
}
