//! Cases, their histories and clocks, commands, queues, the calendar.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use kernel::{Date, Fault, city_date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Answer, By, Json, Keyed, Page, Paging, Path, Problem, Query, etag, if_match, once};

use super::views::{CaseLine, CaseView, ClockView, EventView, TaskLine};
use crate::{
    CaseList, Cases, QueueScope,
    domain::{case::State as CaseState, command::Command},
    error::CaseError,
    store::Filter,
};

/// Filters of a list of cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseQuery {
    /// 状态，如 accepted
    #[serde(default)]
    state: Option<String>,
    /// 事项的 slug
    #[serde(default)]
    item: Option<String>,
    /// 部门：工作人员只能填本部门，督查人员可填任一部门
    #[serde(default)]
    department: Option<String>,
    /// 区划代码（六位）：区（市、县）的工作人员只能填本区
    #[serde(default)]
    region: Option<String>,
    /// Cursor.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1–100.
    #[serde(default)]
    limit: Option<String>,
}

fn paging(after: Option<String>, limit: Option<&String>) -> Answer<Paging> {
    let limit = match limit.filter(|l| !l.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| wrong("/limit", "limit 应为1至100的整数。"))?),
    };
    Ok(Paging { after, limit })
}

fn wrong(pointer: &str, detail: &str) -> Problem {
    Problem::invalid("request.query", vec![Fault::new(pointer, "invalid", detail)])
}

/// 办件列表：本人（本企业）的；工作人员看本部门（本区）的；督查人员看全市（本区）的。可按状态、事项、部门、区划筛选
#[utoipa::path(get, path = "/api/v1/cases", tag = "办件", params(CaseQuery),
    responses((status = 200, body = Page<CaseLine>), (status = 403), (status = 422)))]
pub(super) async fn list_cases(
    State(cases): State<Cases>,
    By(act): By,
    Query(query): Query<CaseQuery>,
) -> Answer<Json<Page<CaseLine>>> {
    let state = match query.state.as_deref().filter(|s| !s.is_empty()) {
        None => None,
        Some(word) => Some(word.parse::<CaseState>().map_err(|_| wrong("/state", "没有这个状态。"))?),
    };
    let paging = paging(query.after, query.limit.as_ref())?;
    if act.department().is_none()
        && let Some(pointer) = [("/department", &query.department), ("/region", &query.region)]
            .iter()
            .find_map(|(pointer, value)| value.as_deref().filter(|v| !v.is_empty()).map(|_| *pointer))
    {
        return Err(wrong(pointer, "只有工作人员可以按部门和区划筛选，请去掉这个条件。"));
    }
    let given = |value: Option<String>| value.filter(|v| !v.is_empty());
    let filter = Filter {
        department: given(query.department),
        region: given(query.region),
        state,
        item: given(query.item),
        after: paging.start()?,
        limit: paging.limit_and_one(),
    };
    let mut tx = cases.db.read().await?;
    Ok(Json(match cases.list(&act, &mut tx, &filter).await? {
        CaseList::Own(rows) => {
            Page::cut(rows, &paging, |r| (r.submitted_at.as_millisecond(), r.id.get())).map(|r| CaseLine::from(&r))
        }
        CaseList::Office(rows) => {
            Page::cut(rows, &paging, |r| (r.submitted_at.as_millisecond(), r.id.get())).map(|r| CaseLine::from(&r))
        }
    }))
}

/// 办件详情
#[utoipa::path(get, path = "/api/v1/cases/{number}", tag = "办件",
    params(("number" = String, Path, description = "办件编号"),
        ("X-Access-Reason" = Option<String>, Header, description = "查看理由：UTF-8，百分号编码，2至200字；本部门没有待办任务时必填")),
    responses((status = 200, body = CaseView), (status = 403), (status = 404)))]
pub(super) async fn get_case(State(cases): State<Cases>, By(act): By, Path(number): Path<String>) -> Answer<Response> {
    let seen = cases.see(&act, &mut *cases.db.read().await?, &number).await?;
    cases.record_look(&act, &seen, "case").await?;
    let view = CaseView::of(&seen, city_date(act.at));
    Ok(([etag(view.seq)], Json(view)).into_response())
}

/// 办件全过程记录
#[utoipa::path(get, path = "/api/v1/cases/{number}/events", tag = "办件",
    params(("number" = String, Path, description = "办件编号"),
        ("X-Access-Reason" = Option<String>, Header, description = "查看理由：UTF-8，百分号编码，2至200字；本部门没有待办任务时必填")),
    responses((status = 200, body = Page<EventView>), (status = 403), (status = 404)))]
pub(super) async fn case_events(
    State(cases): State<Cases>,
    By(act): By,
    Path(number): Path<String>,
) -> Answer<Json<Page<EventView>>> {
    let (seen, entries) = cases.history(&act, &mut *cases.db.read().await?, &number).await?;
    cases.record_look(&act, &seen, "events").await?;
    Ok(Json(Page { items: entries.iter().map(|e| EventView::of(e, seen.sight)).collect(), next: None }))
}

/// 办件时限，逐日说明
#[utoipa::path(get, path = "/api/v1/cases/{number}/clocks", tag = "办件",
    params(("number" = String, Path, description = "办件编号")),
    responses((status = 200, body = Page<ClockView>), (status = 404)))]
pub(super) async fn case_clocks(
    State(cases): State<Cases>,
    By(act): By,
    Path(number): Path<String>,
) -> Answer<Json<Page<ClockView>>> {
    let seen = cases.see(&act, &mut *cases.db.read().await?, &number).await?;
    let today = city_date(act.at);
    let calendar = cases.calendar(act.at);
    let items = seen.clocks.iter().map(|c| ClockView::of(c, today, Some(&calendar))).collect();
    Ok(Json(Page { items, next: None }))
}

/// 办理：受理、补正、审查、决定、送达、撤回、评价等
#[utoipa::path(post, path = "/api/v1/cases/{number}/commands", tag = "办件", request_body = Command,
    params(("number" = String, Path, description = "办件编号"),
        ("If-Match" = Option<String>, Header, description = "看到的版本，不一致时不执行"),
        ("Idempotency-Key" = Option<String>, Header, description = "同一键重复提交返回第一次的结果")),
    responses((status = 200, body = CaseView), (status = 403), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub(super) async fn command_case(
    State(cases): State<Cases>,
    By(act): By,
    Path(number): Path<String>,
    headers: HeaderMap,
    Keyed { value, asked }: Keyed<Command>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let db = cases.db.clone();
    once(&db, &act.clone(), &asked, (cases, act, number, value), move |tx, (cases, act, number, command)| {
        Box::pin(async move {
            let case = cases.command(act, tx, number, command, expected).await?;
            let seen = cases.sighted(act, tx, case).await?;
            Ok::<_, CaseError>((StatusCode::OK, CaseView::of(&seen, city_date(act.at)).without_answers()))
        })
    })
    .await
}

/// Which queue.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskQuery {
    /// `mine` or `department`.
    #[serde(default)]
    scope: Option<String>,
    /// Cursor.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1–100.
    #[serde(default)]
    limit: Option<String>,
}

/// 待办：我认领的，或本部门的，按期限排列
#[utoipa::path(get, path = "/api/v1/tasks", tag = "待办", params(TaskQuery),
    responses((status = 200, body = Page<TaskLine>), (status = 422)))]
pub(super) async fn list_tasks(
    State(cases): State<Cases>,
    By(act): By,
    Query(query): Query<TaskQuery>,
) -> Answer<Json<Page<TaskLine>>> {
    let scope = match query.scope.as_deref() {
        None | Some("" | "department") => QueueScope::Department,
        Some("mine") => QueueScope::Mine,
        Some(_) => return Err(wrong("/scope", "scope 应为 mine 或 department。")),
    };
    let paging = paging(query.after, query.limit.as_ref())?;
    let after: Option<(Date, i64, String)> = paging.start()?;
    let rows = cases.queue(&act, &mut *cases.db.read().await?, scope, after, paging.limit_and_one()).await?;
    let today = city_date(act.at);
    let calendar = cases.calendar(act.at);
    let page = Page::cut(rows, &paging, |r| (r.due, r.id.get(), r.task.clone()));
    Ok(Json(page.map(|r| TaskLine::of(&r, today, &calendar))))
}

/// A period to compute.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DeadlineQuery {
    /// Day of the event, `YYYY-MM-DD`, itself not counted.
    start: String,
    /// Working days, 0–3650.
    days: String,
}

/// A deadline and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadlineView {
    /// Day of the event.
    #[schema(value_type = String)]
    start: Date,
    /// Working days.
    days: u32,
    /// Last day.
    #[schema(value_type = String)]
    deadline: Date,
    /// Rests on a year whose holidays are not published.
    provisional: bool,
    /// Every day and why it counts or not.
    #[schema(value_type = Vec<Object>)]
    explanation: Vec<serde_json::Value>,
}

/// 工作日推算
#[utoipa::path(get, path = "/api/v1/calendar/deadline", tag = "日历", params(DeadlineQuery),
    responses((status = 200, body = DeadlineView), (status = 422)))]
pub(super) async fn calendar_deadline(
    State(cases): State<Cases>,
    Query(query): Query<DeadlineQuery>,
) -> Answer<Json<DeadlineView>> {
    let start: Date = query.start.parse().map_err(|_| wrong("/start", "start 应为日期，如 2026-03-02。"))?;
    if !(1900..=2200).contains(&start.year()) {
        return Err(wrong("/start", "start 应在1900年至2200年之间。"));
    }
    let days: u32 =
        query.days.parse().ok().filter(|d| *d <= 3650).ok_or_else(|| wrong("/days", "days 应为0至3650的整数。"))?;
    let calendar = cases.calendar(cases.clock.now());
    let deadline = calendar.deadline(start, days);
    let explanation = calendar
        .explain(start, days, &[])
        .into_iter()
        .map(|n| serde_json::json!({ "date": n.date, "counted": n.counted, "reason": n.reason }))
        .collect();
    Ok(Json(DeadlineView { start, days, deadline: deadline.date, provisional: deadline.provisional, explanation }))
}
