//! Who has to do something now: derived from the case and its procedure, never stored as a truth of its own.

use catalogue::domain::{Procedure, Step, StepKind, StepRole};
use kernel::{Role, Timestamp, words};

use super::{
    case::{Case, Stage, StepState},
    decide::undecided_at_the_end,
    event::Proposal,
};

/// Key of the department whose approvers speak for the head of the government.
pub const GOVERNMENT: &str = "government";
/// Key of the acceptance task.
pub const INTAKE: &str = "intake";
/// Key of the task to confirm a proposal.
pub const CONFIRM: &str = "confirm";
/// Key of the decision task of a process that has no decide step of its own.
pub const DECIDE: &str = "decide";
/// Key of the task to hold the hearing that the applicant asked for.
pub const HEARING: &str = "hearing";
/// Key of the task to decide whether somebody stays away, as the applicant asked.
pub const AVOIDANCE: &str = "avoidance";
/// Key of the delivery task of a process that has no deliver step of its own.
pub const DELIVER: &str = "deliver";

/// Key of the task of one step.
#[must_use]
pub fn step_key(step: usize) -> String {
    format!("step:{step}")
}

words!(
    /// What kind of work a task is (环节): what queues are filtered by.
    TaskKind {
        Accept = "accept" / "受理",
        Review = "review" / "审查",
        Special = "special" / "特别程序",
        Hearing = "hearing" / "听证",
        Pay = "pay" / "缴费",
        Decide = "decide" / "决定",
        Confirm = "confirm" / "审核提请",
        Avoidance = "avoidance" / "决定回避",
        Issue = "issue" / "制证",
        Deliver = "deliver" / "送达",
    }
);

impl From<StepKind> for TaskKind {
    fn from(kind: StepKind) -> Self {
        match kind {
            StepKind::Accept => Self::Accept,
            StepKind::Review => Self::Review,
            StepKind::Special => Self::Special,
            StepKind::Decide => Self::Decide,
            StepKind::Issue => Self::Issue,
            StepKind::Deliver => Self::Deliver,
            StepKind::Pay => Self::Pay,
        }
    }
}

/// Something that one member of staff has to do now (任务).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Unique within the case: `intake`, `step:3`, `hearing`, `confirm`, `avoidance`, `decide`, `deliver`.
    pub key: String,
    /// What kind of work it is.
    pub kind: TaskKind,
    /// What is to be done, in Chinese.
    pub name: String,
    /// The step it belongs to.
    pub step: Option<usize>,
    /// Who may do it.
    pub role: Role,
    /// Whose queue it is in.
    pub department: String,
    /// Since when.
    pub since: Timestamp,
}

/// The person who carries a step out: a system step that its rule did not complete goes to the person of its kind.
#[must_use]
pub fn human_role(step: &Step) -> Role {
    match step.role {
        StepRole::Window => Role::Window,
        StepRole::Reviewer => Role::Reviewer,
        StepRole::Approver => Role::Approver,
        StepRole::CertificateClerk => Role::CertificateClerk,
        StepRole::System => match step.kind {
            StepKind::Accept | StepKind::Deliver | StepKind::Pay => Role::Window,
            StepKind::Review | StepKind::Special => Role::Reviewer,
            StepKind::Decide => Role::Approver,
            StepKind::Issue => Role::CertificateClerk,
        },
    }
}

/// The department that carries a step out.
#[must_use]
pub fn step_department<'a>(procedure: &'a Procedure, step: &'a Step) -> &'a str {
    step.department.as_deref().unwrap_or(&procedure.item.department)
}

/// All tasks open now, in the order of the process.
#[must_use]
pub fn tasks(case: &Case, procedure: &Procedure) -> Vec<Task> {
    let mut tasks = Vec::new();
    let own = &procedure.item.department;
    let (intake_department, intake_name) = procedure
        .item
        .steps
        .iter()
        .find(|s| s.kind == StepKind::Accept)
        .map_or((own.as_str(), "受理"), |s| (step_department(procedure, s), s.name.as_str()));
    match &case.stage {
        Stage::Submitted | Stage::Received => tasks.push(Task {
            key: INTAKE.to_owned(),
            kind: TaskKind::Accept,
            name: if matches!(case.stage, Stage::Submitted) { "预审".to_owned() } else { intake_name.to_owned() },
            step: None,
            role: Role::Window,
            department: intake_department.to_owned(),
            since: case.received_at,
        }),
        Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_) | Stage::Granted(..) => {
            for (index, state) in case.steps.iter().enumerate() {
                if let (StepState::Active { since }, Some(step)) = (state, procedure.item.steps.get(index)) {
                    tasks.push(Task {
                        key: step_key(index),
                        kind: step.kind.into(),
                        name: step.name.clone(),
                        step: Some(index),
                        role: human_role(step),
                        department: step_department(procedure, step).to_owned(),
                        since: *since,
                    });
                }
            }
            if let Some(since) = undecided_at_the_end(case, procedure) {
                tasks.push(Task {
                    key: DECIDE.to_owned(),
                    kind: TaskKind::Decide,
                    name: "审查决定".to_owned(),
                    step: None,
                    role: Role::Approver,
                    department: own.clone(),
                    since,
                });
            }
            if let Stage::Granted(_, decision) = &case.stage
                && tasks.is_empty()
                && case.delivered.is_none()
            {
                tasks.push(deliver_task(own, decision.at));
            }
        }
        Stage::Refused(_, decision) if case.delivered.is_none() => tasks.push(deliver_task(own, decision.at)),
        _ => {}
    }
    if let Some(hearing) = case.hearing.as_ref().filter(|h| h.held.is_none())
        && !case.state().is_decided()
    {
        tasks.push(Task {
            key: HEARING.to_owned(),
            kind: TaskKind::Hearing,
            name: if hearing.day.is_none() {
                "组织听证".to_owned()
            } else {
                "举行听证并登记笔录".to_owned()
            },
            step: None,
            role: Role::Reviewer,
            department: own.clone(),
            since: hearing.requested,
        });
    }
    if let Some(pending) = &case.pending {
        let extension = matches!(pending.proposal, Proposal::Extension { .. });
        tasks.push(Task {
            key: CONFIRM.to_owned(),
            kind: TaskKind::Confirm,
            name: if extension { "批准延长办理期限".to_owned() } else { "审核提请事项".to_owned() },
            step: None,
            role: Role::Approver,
            department: if extension { GOVERNMENT.to_owned() } else { own.clone() },
            since: pending.at,
        });
    }
    if let Some(challenge) = &case.challenge {
        tasks.push(Task {
            key: AVOIDANCE.to_owned(),
            kind: TaskKind::Avoidance,
            name: "决定回避申请".to_owned(),
            step: None,
            role: Role::Approver,
            department: own.clone(),
            since: challenge.at,
        });
    }
    tasks
}

/// The applicant did what the office waited for, and the task is at work on that: a correction or deferred material was
/// supplied, or a statement in defence was made.
#[must_use]
pub fn came_back(case: &Case, task: &Task) -> bool {
    match task.kind {
        TaskKind::Accept => case.corrections.last().is_some_and(|c| c.supplied.is_some()),
        TaskKind::Review | TaskKind::Decide => {
            case.intended_refusal.as_ref().is_some_and(|r| r.defence.is_some())
                || case.deferred.values().any(|d| d.supplied.is_some_and(|at| at >= task.since))
        }
        _ => false,
    }
}

fn deliver_task(department: &str, since: Timestamp) -> Task {
    Task {
        key: DELIVER.to_owned(),
        kind: TaskKind::Deliver,
        name: "送达".to_owned(),
        step: None,
        role: Role::Window,
        department: department.to_owned(),
        since,
    }
}
