//! Search over cases. What names a person is sent in the body of a form and never stands in an address.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{CaseSearch, FoundCase, domain::case::State as CaseState};
use kernel::{Act, Date, Role, city_date, show_time};
use webkit::{Answer, Fields, Look, Problem, Query, cursor, query_string};

use super::Window;
use crate::{
    pages::{
        search::{FoundRow, SearchPage, search},
        tasks::Pick,
    },
    showing::short_date,
};

/// Rows of a page.
const PAGE: usize = 20;

/// Answers of the search form, by name.
pub(super) const FIELDS: [&str; 8] = ["number", "name", "identity", "reason", "item", "state", "from", "to"];

pub(super) async fn ask(
    State(window): State<Window>,
    look: Look,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer<Response> {
    // Whatever names somebody is not read from an address.
    let asked = asked.into_iter().filter(|(name, _)| !matches!(name.as_str(), "name" | "identity")).collect();
    answer(&window, &look, &Fields::of(asked)).await
}

pub(super) async fn ask_by_name(State(window): State<Window>, look: Look, fields: Fields) -> Answer<Response> {
    answer(&window, &look, &fields).await
}

fn day(fields: &Fields, name: &'static str, errors: &mut Vec<(&'static str, String)>) -> Option<Date> {
    let text = fields.one(name).trim();
    if text.is_empty() {
        return None;
    }
    let day = text.parse().ok();
    if day.is_none() {
        errors.push((name, "日期请写成 2026-03-02 这样。".to_owned()));
    }
    day
}

fn read(fields: &Fields, errors: &mut Vec<(&'static str, String)>) -> CaseSearch {
    let one = |name: &str| fields.one(name).trim().to_owned();
    let state = match fields.one("state") {
        "" => None,
        word => word.parse::<CaseState>().map_err(|_| errors.push(("state", "没有这个状态。".to_owned()))).ok(),
    };
    let (from, to) = (day(fields, "from", errors), day(fields, "to", errors));
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        errors.push(("to", "结束日期不能早于开始日期。".to_owned()));
    }
    CaseSearch {
        number: one("number"),
        name: one("name"),
        identity: one("identity"),
        item: one("item"),
        state,
        from,
        to,
    }
}

async fn answer(window: &Window, look: &Look, fields: &Fields) -> Answer<Response> {
    let act = &look.act;
    let mut errors = Vec::new();
    let asked = read(fields, &mut errors);
    let started = FIELDS.iter().any(|name| *name != "reason" && !fields.one(name).trim().is_empty());
    let after: Option<(i64, i64)> = match fields.one("after") {
        "" => None,
        text => Some(cursor::read(text)?),
    };
    let mut found = Vec::new();
    if started && errors.is_empty() {
        let act = Act { reason: Some(fields.one("reason").trim().to_owned()).filter(|r| !r.is_empty()), ..act.clone() };
        match find(window, act, asked.clone(), after).await {
            Ok(rows) => found = rows,
            Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY && !problem.faults().is_empty() => {
                for fault in problem.faults() {
                    let name = FIELDS.iter().find(|n| fault.pointer == format!("/{n}")).copied().unwrap_or("number");
                    errors.push((name, fault.detail.clone()));
                }
            }
            Err(problem) => return Err(problem),
        }
    }
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|r| cursor::write(&(r.submitted_at.as_millisecond(), r.id.get())));
    let today = city_date(act.at);
    let items = window.cases.desk_items(act, &mut *window.cases.db.read().await?).await?;
    let typed = FIELDS.map(|name| (name, fields.one(name).to_owned()));
    let names = asked.names_somebody();
    let next_link = next.as_ref().filter(|_| !names).map(|next| {
        let mut pairs: Vec<(&str, &str)> = typed.iter().map(|(n, v)| (*n, v.as_str())).collect();
        pairs.push(("after", next));
        format!("/desk/cases{}", query_string(&pairs))
    });
    let page = SearchPage {
        typed: typed.to_vec(),
        errors: errors.clone(),
        supervisor: !cases::DESK_ROLES.iter().any(|r| act.is(*r)) && act.is(Role::Supervisor),
        items: items.into_iter().map(|(value, label)| Pick { value, label }).collect(),
        started: started && errors.is_empty(),
        more_by_form: next.filter(|_| names),
        next: next_link,
        rows: found.iter().map(|r| row(window, r, today)).collect(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, search(&page, look.frame("查找办件", Vec::new()))).into_response())
}

fn row(window: &Window, found: &FoundCase, today: Date) -> FoundRow {
    FoundRow {
        number: found.number.clone(),
        item: found.item_name.clone(),
        applicant: found.applicant.clone(),
        region: window.region(&found.region),
        state: found.state.label(),
        submitted: show_time(found.submitted_at),
        due: found.due.map(|d| short_date(d, today)).unwrap_or_default(),
    }
}

/// Searches and records it in one transaction: what cannot be recorded is not shown.
async fn find(window: &Window, act: Act, asked: CaseSearch, after: Option<(i64, i64)>) -> Answer<Vec<FoundCase>> {
    let limit = PAGE as i64 + 1;
    if !asked.names_somebody() {
        return Ok(window.cases.search(&act, &mut *window.cases.db.read().await?, &asked, after, limit).await?);
    }
    let args = (window.cases.clone(), act, asked);
    let found = window
        .cases
        .db
        .write(args, move |tx, (cases, act, asked)| {
            Box::pin(async move { cases.search(act, tx, asked, after, limit).await })
        })
        .await;
    found.map_err(Problem::from)
}
