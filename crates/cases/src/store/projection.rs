//! The read models of a case, computed from the case alone, so that a replay finds the same.

use catalogue::domain::Procedure;
use db::{DbError, Tx, args};
use kernel::{Date, calendar::WorkingCalendar, city_date};

use super::{
    history::Head,
    statements::{
        DELETE_TASK, DOCUMENTS_OF, FIND_PERSON, FIND_RECORD, FIND_SAID, INSERT_RECORD, SEARCH_ROWS_OF_CASE, SET_SAID,
        TASKS_OF_CASE, UPDATE_RECORD, UPSERT_PERSON, UPSERT_SEARCH, UPSERT_TASK,
    },
};
use crate::domain::{
    case::{Case, State},
    clocks::{Clock, ClockKind, clocks, next_automatic_day},
    course::{OpenAct, open_to_applicant},
    tasks::{Task, came_back, step_department, tasks},
    voice::Side,
};

/// What the tables say of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Projection {
    record: Record,
    tasks: Vec<QueueEntry>,
    asked: Option<OpenAct>,
    said_by_office: i64,
    said_by_applicant: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    seq: i64,
    head: String,
    state: String,
    changed_at: i64,
    accepted_on: Option<Date>,
    promised_due: Option<Date>,
    statutory_due: Option<Date>,
    provisional: bool,
    decided_at: Option<i64>,
    closed_at: Option<i64>,
    result: Option<String>,
    score: Option<i64>,
    wake_on: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct QueueEntry {
    task: Task,
    due: Date,
    yellow_on: Date,
    provisional: bool,
    came_back: bool,
    claimed_by: i64,
    claimed_name: String,
}

/// The day a list shows for a queue entry without a running clock.
const NO_DAY: Date = jiff::civil::date(9999, 12, 31);

fn running(clocks: &[Clock], kind: ClockKind) -> Option<&Clock> {
    clocks.iter().find(|c| c.kind == kind)
}

impl Projection {
    pub(crate) fn of(
        case: &Case,
        head: Head,
        changed: kernel::Timestamp,
        procedure: &Procedure,
        calendar: &WorkingCalendar,
    ) -> Self {
        let day = city_date(changed);
        let clocks = clocks(case, procedure, calendar, day);
        let promised = running(&clocks, ClockKind::Promised);
        let statutory = running(&clocks, ClockKind::Statutory);
        let acceptance = running(&clocks, ClockKind::Acceptance);
        let issue = running(&clocks, ClockKind::Issue);
        let renewal = running(&clocks, ClockKind::RenewalExpiry).filter(|c| c.ended.is_none());
        let step_due = |key: &str| clocks.iter().find(|c| c.kind == ClockKind::Step && c.of.as_deref() == Some(key));
        let tasks = tasks(case, procedure)
            .into_iter()
            .map(|task| {
                let clock = match case.state() {
                    State::Submitted | State::Received => acceptance,
                    State::Granted | State::Refused => step_due(&task.key).or(issue),
                    _ => [step_due(&task.key).or(promised), renewal].into_iter().flatten().min_by_key(|c| c.deadline),
                };
                let claim = case.claims.get(&task.key);
                QueueEntry {
                    due: clock.map_or(NO_DAY, |c| c.deadline),
                    yellow_on: clock.and_then(|c| c.yellow_from(calendar, day)).unwrap_or(NO_DAY),
                    provisional: clock.is_some_and(|c| c.provisional),
                    came_back: came_back(case, &task),
                    claimed_by: claim.map_or(0, |c| c.account.get()),
                    claimed_name: claim.map_or_else(String::new, |c| c.name.clone()),
                    task,
                }
            })
            .collect();
        let record = Record {
            seq: head.seq,
            head: gm::hex(&head.hash),
            state: case.state().as_str().to_owned(),
            changed_at: changed.as_millisecond(),
            accepted_on: case.stage.acceptance().map(|a| a.dated),
            promised_due: promised.map(|c| c.deadline),
            statutory_due: statutory.map(|c| c.deadline),
            provisional: clocks.iter().any(|c| c.provisional && c.ended.is_none()),
            decided_at: case.stage.decision().map(|d| d.at.as_millisecond()),
            closed_at: case.stage.ending().map(|e| e.at.as_millisecond()),
            result: case
                .stage
                .ending()
                .and_then(|e| e.result)
                .and_then(|r| serde_json::to_value(r).ok())
                .and_then(|v| v.as_str().map(str::to_owned)),
            score: case.rating.as_ref().map(|r| i64::from(r.score)),
            wake_on: next_automatic_day(case, procedure, calendar),
        };
        let asked = open_to_applicant(case, city_date(changed)).into_iter().find(|open| open.act.is_asked());
        let said = |side: Side| i64::try_from(case.talk.iter().filter(|s| s.side == side).count()).unwrap_or(i64::MAX);
        Self { record, tasks, asked, said_by_office: said(Side::Office), said_by_applicant: said(Side::Applicant) }
    }

    fn asked_word(&self) -> &'static str {
        self.asked.as_ref().map_or("", |a| a.act.as_str())
    }

    fn due(&self) -> Option<Date> {
        self.record.promised_due.or_else(|| self.tasks.first().map(|t| t.due)).filter(|d| *d != NO_DAY)
    }
}

/// Writes the read models of `case`. `before`: how it stood when it was loaded, none for a new one. `false`: somebody
/// else was faster, nothing was written.
pub(crate) async fn project(
    tx: &mut Tx,
    before: Option<(&Case, i64)>,
    case: &Case,
    projection: &Projection,
    procedure: &Procedure,
) -> Result<bool, DbError> {
    let r = &projection.record;
    let id = case.id.get();
    let region = case.region.as_deref().unwrap_or_default();
    let item = &procedure.item;
    match before {
        None => {
            tx.later(
                INSERT_RECORD,
                args![
                    id,
                    r.seq,
                    &r.head,
                    &case.number,
                    &case.item,
                    case.version,
                    &item.name,
                    &item.department,
                    region,
                    case.subject.get(),
                    &case.applicant,
                    case.channel.as_str(),
                    &r.state,
                    case.submitted_at,
                    r.changed_at,
                    r.accepted_on,
                    r.promised_due,
                    r.statutory_due,
                    r.provisional,
                    r.decided_at,
                    r.closed_at,
                    &r.result,
                    r.score,
                    r.wake_on
                ],
            )
            .await?;
        }
        Some((_, seq)) => {
            let changed = tx
                .exec(
                    UPDATE_RECORD,
                    args![
                        id,
                        seq,
                        r.seq,
                        &r.head,
                        &r.state,
                        r.changed_at,
                        r.accepted_on,
                        r.promised_due,
                        r.statutory_due,
                        r.provisional,
                        r.decided_at,
                        r.closed_at,
                        &r.result,
                        r.score,
                        r.wake_on
                    ],
                )
                .await?;
            if changed == 0 {
                return Ok(false);
            }
        }
    }
    tx.later(
        UPSERT_PERSON,
        args![
            case.subject.get(),
            id,
            &case.number,
            &case.item,
            &item.name,
            &r.state,
            case.submitted_at,
            projection.due(),
            &item.department,
            projection.asked_word(),
            projection.asked.as_ref().and_then(|a| a.due),
            projection.said_by_office
        ],
    )
    .await?;
    if projection.said_by_applicant > 0 {
        tx.exec(SET_SAID, args![id, projection.said_by_applicant]).await?;
    }
    if let Some((before, _)) = before {
        for old in tasks(before, procedure) {
            let stays = projection.tasks.iter().any(|t| t.task.key == old.key && t.task.department == old.department);
            if !stays {
                tx.later(DELETE_TASK, args![&old.department, id, &old.key]).await?;
            }
        }
    }
    write_tasks(tx, case, projection, procedure).await?;
    write_search(tx, case, projection, procedure).await?;
    Ok(true)
}

async fn write_tasks(tx: &mut Tx, case: &Case, projection: &Projection, procedure: &Procedure) -> Result<(), DbError> {
    let (id, item) = (case.id.get(), &procedure.item);
    let region = case.region.as_deref().unwrap_or_default();
    for entry in &projection.tasks {
        tx.later(
            UPSERT_TASK,
            args![
                &entry.task.department,
                id,
                &entry.task.key,
                &entry.task.name,
                entry.task.role.as_str(),
                region,
                &case.number,
                &case.item,
                &item.name,
                &case.applicant,
                entry.task.since,
                entry.due,
                entry.claimed_by,
                &entry.claimed_name,
                entry.task.kind.as_str(),
                entry.yellow_on,
                entry.provisional,
                entry.came_back
            ],
        )
        .await?;
    }
    Ok(())
}

/// Departments with a part in the case: the one that decides it, and those of its steps.
fn departments(procedure: &Procedure) -> std::collections::BTreeSet<&str> {
    let own = procedure.item.department.as_str();
    procedure.item.steps.iter().map(|s| step_department(procedure, s)).chain([own]).collect()
}

async fn write_search(tx: &mut Tx, case: &Case, projection: &Projection, procedure: &Procedure) -> Result<(), DbError> {
    let item = &procedure.item;
    for department in departments(procedure) {
        tx.exec(
            UPSERT_SEARCH,
            args![
                department,
                case.id.get(),
                department == item.department,
                case.subject.get(),
                &case.number,
                &case.item,
                &item.name,
                case.region.as_deref().unwrap_or_default(),
                &case.applicant,
                case.state().as_str(),
                case.submitted_at,
                projection.due()
            ],
        )
        .await?;
    }
    Ok(())
}

/// Writes the rows that desks read (queues, search) anew from the history: for rows that an older version wrote.
pub(crate) async fn rewrite_desk(
    tx: &mut Tx,
    case: &Case,
    projection: &Projection,
    procedure: &Procedure,
) -> Result<(), DbError> {
    write_tasks(tx, case, projection, procedure).await?;
    write_search(tx, case, projection, procedure).await
}

/// Compares the tables with what a replay computed; each difference in words.
pub(crate) async fn projection_differs(
    tx: &mut Tx,
    case: &Case,
    projection: &Projection,
    procedure: &Procedure,
    documents: usize,
) -> Result<Vec<String>, DbError> {
    let mut differences = Vec::new();
    let id = case.id.get();
    let Some(row) = tx.row(FIND_RECORD, args![id]).await? else {
        return Ok(vec![format!("case {}: no row in case_record", case.number)]);
    };
    let found = Record {
        seq: row.get("seq")?,
        head: row.get("head")?,
        state: row.get("state")?,
        changed_at: row.get("changed_at")?,
        accepted_on: row.get("accepted_on")?,
        promised_due: row.get("promised_due")?,
        statutory_due: row.get("statutory_due")?,
        provisional: row.get("provisional")?,
        decided_at: row.get("decided_at")?,
        closed_at: row.get("closed_at")?,
        result: row.get("result")?,
        score: row.get("score")?,
        wake_on: row.get("wake_on")?,
    };
    if found != projection.record {
        differences
            .push(format!("case {}: case_record is {found:?}, its history says {:?}", case.number, projection.record));
    }
    match tx.row(FIND_PERSON, args![case.subject.get(), id]).await? {
        Some(row) => {
            let state: String = row.get("state")?;
            let due: Option<Date> = row.get("due")?;
            let asked: String = row.get("asked")?;
            let said: i64 = row.get("said_by_office")?;
            if state != projection.record.state
                || due != projection.due()
                || asked != projection.asked_word()
                || said != projection.said_by_office
            {
                differences.push(format!("case {}: case_person differs", case.number));
            }
        }
        None => differences.push(format!("case {}: no row in case_person", case.number)),
    }
    if let Some(row) = tx.row(FIND_SAID, args![id]).await?
        && row.get::<i64>("said_by_applicant")? != projection.said_by_applicant
    {
        differences.push(format!("case {}: messages of the applicant are miscounted", case.number));
    }
    let mut found = Vec::new();
    for row in tx.rows(TASKS_OF_CASE, args![id]).await? {
        found.push((
            row.get::<String>("department")?,
            row.get::<String>("task")?,
            row.get::<String>("role")?,
            row.get::<Date>("due")?,
            row.get::<i64>("claimed_by")?,
            (
                row.get::<String>("kind")?,
                row.get::<Date>("yellow_on")?,
                row.get::<bool>("provisional")?,
                row.get::<bool>("came_back")?,
            ),
        ));
    }
    let mut expected: Vec<_> = projection
        .tasks
        .iter()
        .map(|t| {
            let turns = (t.task.kind.as_str().to_owned(), t.yellow_on, t.provisional, t.came_back);
            let role = t.task.role.as_str().to_owned();
            (t.task.department.clone(), t.task.key.clone(), role, t.due, t.claimed_by, turns)
        })
        .collect();
    expected.sort();
    found.sort();
    if found != expected {
        differences.push(format!("case {}: case_worklist is {found:?}, its history says {expected:?}", case.number));
    }
    let mut found = Vec::new();
    for row in tx.rows(SEARCH_ROWS_OF_CASE, args![id]).await? {
        found.push((
            row.get::<String>("department")?,
            row.get::<bool>("own")?,
            row.get::<i64>("subject_id")?,
            row.get::<String>("state")?,
            row.get::<Option<Date>>("due")?,
        ));
    }
    let expected: Vec<_> = departments(procedure)
        .into_iter()
        .map(|d| {
            let own = d == procedure.item.department;
            (d.to_owned(), own, case.subject.get(), projection.record.state.clone(), projection.due())
        })
        .collect();
    if found != expected {
        differences.push(format!("case {}: case_search is {found:?}, its history says {expected:?}", case.number));
    }
    if super::open::is_open(tx, case.id).await? != case.published.is_some() {
        differences.push(format!("case {}: case_open_decision differs", case.number));
    }
    let kept = tx.rows(DOCUMENTS_OF, args![id]).await?.len();
    if kept != documents {
        differences.push(format!("case {}: {kept} documents kept, {documents} issued", case.number));
    }
    Ok(differences)
}
