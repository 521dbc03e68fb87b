//! Acting on a case: the form of a move, its preview, carrying it out.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{
    CaseError, CaseSight, Sight,
    domain::{
        case::Case,
        command::Command,
        event::Recorded,
        lawful::{Move, Standing},
    },
    draft_paper,
};
use db::Tx;
use identity::Staff;
use kernel::{Act, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Path, Problem, Query, once_page, url_encode};

use super::Window;
use crate::{
    asking::{Asking, command, consequence, field_of, target_name},
    pages::{
        acting::{ActingPage, Preview, acting},
        tasks::Pick,
    },
};

/// What a move is about, in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct About {
    of: String,
}

/// Colleagues of the caller's department who work on cases: account and name.
pub(super) async fn colleagues(window: &Window, act: &Act, tx: &mut Tx) -> Answer<Vec<Pick>> {
    let Some(department) = act.department() else { return Ok(Vec::new()) };
    let staff = window.cases.identity.staff(tx, Some(department), None, 200).await?;
    let works = |s: &Staff| {
        Some(s.account) != act.account()
            && s.state == identity::AccountState::Active
            && s.roles.iter().any(|r| cases::DESK_ROLES.contains(r))
    };
    Ok(staff
        .into_iter()
        .filter(works)
        .map(|s| {
            let roles = s.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join("、");
            Pick { value: s.account.to_string(), label: format!("{}（{roles}）", s.name) }
        })
        .collect())
}

/// Those of them who hold the role of the task.
async fn takers(window: &Window, act: &Act, seen: &CaseSight, task: &str) -> Answer<Vec<Pick>> {
    let Some(task) = seen.tasks.iter().find(|t| t.key == task) else { return Ok(Vec::new()) };
    let staff = window.cases.identity.list_staff(Some(&task.department), None, 200).await?;
    let fits = |s: &Staff| {
        Some(s.account) != act.account()
            && s.state == identity::AccountState::Active
            && s.roles.contains(&task.role)
            && (s.region.is_none() || s.region == seen.case.region)
    };
    Ok(staff.into_iter().filter(fits).map(|s| Pick { value: s.account.to_string(), label: s.name }).collect())
}

/// Where a case's page is.
fn home(number: &str) -> String {
    format!("/desk/cases/{number}")
}

struct Ground {
    seen: CaseSight,
    standing: Standing,
    page: ActingPage,
}

/// Loads the case and makes the form, with what was typed in it.
async fn ground(
    window: &Window,
    act: &Act,
    number: &str,
    step: &str,
    of: &str,
    typed: Option<&Fields>,
) -> Answer<Ground> {
    let step: Move = step.parse().map_err(|_| Problem::not_found())?;
    let mut tx = window.cases.db.read().await?;
    let seen = window.cases.see(act, &mut tx, number).await?;
    if seen.sight != Sight::Office {
        return Err(Problem::forbidden());
    }
    let mut recorded = act.clone();
    recorded.reason = recorded.reason.take().or_else(|| Some(format!("办理“{}”", step.label())));
    window.cases.record_look(&recorded, &seen, "form of a step").await?;
    let all = window.cases.lawful(act, &mut tx, number).await?;
    let matching = |s: &&Standing| s.step == step && (of.is_empty() || s.of.as_deref() == Some(of));
    let standing = match all.iter().filter(matching).max_by_key(|s| s.is_open()) {
        Some(standing) => standing.clone(),
        // The task is gone, or the move is none of this case's: the page says so and keeps what was typed.
        None => Standing {
            step,
            of: None,
            name: None,
            closed: Some(cases::domain::decide::Rejection::invalid(
                "cases.not-now",
                format!("办件现在是“{}”，这项操作已经不需要了。", seen.case.state().label()),
                Vec::new(),
            )),
        },
    };
    let verdicts = window.cases.verdicts(act, &mut tx, number).await?;
    drop(tx);
    let colleagues = match step {
        Move::HandOver => takers(window, act, &seen, of).await?,
        Move::DecideAvoidance => colleagues(window, act, &mut *window.cases.db.read().await?).await?,
        _ => Vec::new(),
    };
    let asking = Asking { seen: &seen, standing: &standing, verdicts: &verdicts, colleagues, typed };
    let questions = asking.questions();
    let action = match &standing.of {
        Some(of) => format!("{}/do/{step}?of={}", home(number), url_encode(of)),
        None => format!("{}/do/{step}", home(number)),
    };
    let page = ActingPage {
        number: number.to_owned(),
        home: home(number),
        title: standing.name.as_ref().map_or_else(|| step.label().to_owned(), |n| format!("{}：{n}", step.label())),
        button: step.label(),
        about: format!("{} · {}", seen.procedure.item.name, seen.case.applicant),
        action,
        seen: seen.case.seq,
        closed: standing.closed.as_ref().map(why),
        consequence: consequence(step, &seen),
        grave: matches!(step, Move::Refuse | Move::Terminate | Move::Confirm),
        notice: matches!(
            step,
            Move::AskCorrection
                | Move::ReturnPreReview
                | Move::IntendRefusal
                | Move::Refuse
                | Move::ArrangeHearing
                | Move::DecideAvoidance
        ),
        questions,
        errors: Vec::new(),
        refusal: None,
        meanwhile: Vec::new(),
        preview: None,
        typed: Vec::new(),
    };
    Ok(Ground { seen, standing, page })
}

/// Why a move is closed, in the engine's own words.
pub(super) fn why(rejection: &cases::domain::decide::Rejection) -> String {
    let faults: Vec<&str> =
        rejection.faults.iter().map(|f| f.detail.as_str()).filter(|d| *d != rejection.advice).collect();
    if faults.is_empty() {
        rejection.advice.clone()
    } else {
        format!("{}（{}）", rejection.advice, faults.join("；"))
    }
}

pub(super) async fn ask(
    State(window): State<Window>,
    look: Look,
    Path((number, step)): Path<(String, String)>,
    Query(about): Query<About>,
) -> Answer<Response> {
    let mut ground = ground(&window, &look.act, &number, &step, &about.of, None).await?;
    if ground.standing.is_open() && ground.page.questions.is_empty() {
        let command = command(ground.standing.step, ground.standing.of.as_deref(), &Fields::default());
        if let Ok(command) = command {
            ground.page.preview = preview(&window, &look.act, &ground.seen, &command).await.ok();
        }
    }
    let frame = look.frame(ground.page.title.clone(), Vec::new());
    Ok(acting(&ground.page, frame).into_response())
}

/// What the command would bring about: what happens, and the papers as the applicant will read them.
async fn preview(window: &Window, act: &Act, seen: &CaseSight, command: &Command) -> Result<Preview, CaseError> {
    let mut tx = window.cases.db.read().await?;
    let outlook = window.cases.try_out(act, &mut tx, &seen.case.number, command).await?;
    let department = window.department(&seen.procedure.item.department);
    let mut happens: Vec<String> = outlook.events.iter().map(|e| e.label().to_owned()).collect();
    happens.dedup();
    Ok(Preview {
        happens,
        state: outlook.case.state().label(),
        papers: outlook
            .documents
            .iter()
            .map(|d| (d.title.clone(), draft_paper(d, &department, |t| target_name(&seen.procedure, t))))
            .collect(),
    })
}

pub(super) async fn carry_out(
    State(window): State<Window>,
    look: Look,
    Path((number, step)): Path<(String, String)>,
    Query(about): Query<About>,
    fields: Fields,
) -> Answer<Response> {
    let act = &look.act;
    let mut ground = ground(&window, act, &number, &step, &about.of, Some(&fields)).await?;
    ground.page.typed = fields.pairs().to_vec();
    let of = Some(about.of.as_str()).filter(|o| !o.is_empty()).or(ground.standing.of.as_deref());
    let made = match command(ground.standing.step, of, &fields) {
        Ok(command) => command,
        Err(unchosen) => {
            ground.page.errors.push(unchosen);
            return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, &look, &ground.page));
        }
    };
    let seen: Option<i64> = fields.one("seen").parse().ok();
    let stale = seen.is_some_and(|s| s != ground.seen.case.seq);
    if fields.one("go") == "preview" && !stale {
        return Ok(match preview(&window, act, &ground.seen, &made).await {
            Ok(preview) => {
                ground.page.preview = Some(preview);
                again(StatusCode::OK, &look, &ground.page)
            }
            Err(error) => told(&window, &look, ground, &fields, error.into(), seen).await?,
        });
    }
    let path = format!("{}/do/{step}", home(&number));
    let onward = format!("{}?done={}", home(&number), ground.standing.step);
    let args = (window.cases.clone(), act.clone(), number.clone(), made);
    let done = once_page(&window.cases.db, act, &fields, &path, args, move |tx, (cases, act, number, command)| {
        let onward = onward.clone();
        Box::pin(async move {
            let _: Case = cases.command(act, tx, number, command, seen).await?;
            Ok::<_, CaseError>(onward)
        })
    })
    .await;
    match done {
        Ok(response) => Ok(response),
        Err(problem) if problem.code() == "form.sent-before" => Err(problem),
        Err(problem) if problem.status().is_client_error() && problem.status() != StatusCode::NOT_FOUND => {
            told(&window, &look, ground, &fields, problem, seen).await
        }
        Err(problem) => Err(problem),
    }
}

/// The form once more with what stood in the way; what was typed stays.
async fn told(
    window: &Window,
    look: &Look,
    mut ground: Ground,
    fields: &Fields,
    problem: Problem,
    seen: Option<i64>,
) -> Answer<Response> {
    let page = &mut ground.page;
    for fault in problem.faults() {
        if let Some(field) = field_of(&fault.pointer, fields) {
            page.errors.push((field, fault.detail.clone()));
        }
    }
    if page.errors.is_empty() {
        let details: Vec<&str> =
            problem.faults().iter().map(|f| f.detail.as_str()).filter(|d| *d != problem.detail()).collect();
        page.refusal = Some(if details.is_empty() {
            problem.detail().to_owned()
        } else {
            format!("{}（{}）", problem.detail(), details.join("；"))
        });
    }
    if let Some(seen) = seen.filter(|s| *s != page.seen) {
        let (_, history) = window.cases.history(&look.act, &mut *window.cases.db.read().await?, &page.number).await?;
        page.meanwhile = history.iter().filter(|e| e.seq > seen).map(line).collect();
        page.refusal = None;
    }
    let status = problem.status();
    Ok(again(status, look, page))
}

fn line(entry: &Recorded) -> String {
    format!("{} {} {}", show_time(entry.at), entry.by.name, entry.event.label())
}

fn again(status: StatusCode, look: &Look, page: &ActingPage) -> Response {
    (status, acting(page, look.frame(page.title.clone(), Vec::new()))).into_response()
}
