//! Course, messages and progress for programs.

use axum::{extract::State, http::StatusCode};
use kernel::{Date, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Answer, By, Json, Page, Path, Problem, Query};

use crate::{
    Cases, NoProgress,
    domain::{
        course::{Course, CourseEntry, Doer, Holder, Mark},
        voice::Said,
    },
};

/// One entry of the time line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CourseEntryView {
    /// Place in the history; none for what is now or to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    /// What.
    title: String,
    /// When, or since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// By when it will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    by_day: Option<Date>,
    /// `applicant`, `office` or `platform`.
    by: &'static str,
    /// Key of the department.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// More.
    text: Vec<String>,
    /// `done`, `now`, `coming` or `trouble`.
    mark: &'static str,
}

impl CourseEntryView {
    fn of(entry: CourseEntry) -> Self {
        let (by, department) = match entry.doer {
            Doer::Applicant => ("applicant", None),
            Doer::Office { department, .. } => ("office", department),
            Doer::Platform => ("platform", None),
        };
        Self {
            seq: entry.seq,
            title: entry.title,
            at: entry.at.map(rfc3339),
            by_day: entry.by_day,
            by,
            department,
            text: entry.text,
            mark: match entry.mark {
                Mark::Done => "done",
                Mark::Now => "now",
                Mark::Coming => "coming",
                Mark::Trouble => "trouble",
            },
        }
    }
}

/// Where a case has been, is, and goes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CourseView {
    /// What the state means.
    meaning: String,
    /// `applicant`, `office` or `nobody`.
    holder: &'static str,
    /// Key of the department that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// The step, or what is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    /// Since when.
    since: String,
    /// The day that counts next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    due: Option<Date>,
    /// The time line, oldest first.
    entries: Vec<CourseEntryView>,
}

impl CourseView {
    fn of(course: Course) -> Self {
        let (holder, department, step, since) = match course.holder {
            Holder::Applicant { act, since } => ("applicant", None, Some(act.label().to_owned()), since),
            Holder::Office { department, step, since, .. } => ("office", Some(department), Some(step), since),
            Holder::Nobody { since } => ("nobody", None, None, since),
        };
        Self {
            meaning: course.meaning,
            holder,
            department,
            step,
            since: rfc3339(since),
            due: course.next.map(|c| c.deadline),
            entries: course.entries.into_iter().map(CourseEntryView::of).collect(),
        }
    }
}

/// 办件进度：在哪里、谁在办、什么时候
#[utoipa::path(get, path = "/api/v1/cases/{number}/course", tag = "办件",
    params(("number" = String, Path, description = "办件编号")),
    responses((status = 200, body = CourseView), (status = 404)))]
pub(super) async fn case_course(
    State(cases): State<Cases>,
    By(act): By,
    Path(number): Path<String>,
) -> Answer<Json<CourseView>> {
    let (seen, course) = cases.course(&act, &mut *cases.db.read().await?, &number).await?;
    cases.record_look(&act, &seen, "course").await?;
    Ok(Json(CourseView::of(course)))
}

/// A message in a case.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaidView {
    /// Place in the history.
    seq: i64,
    /// When.
    at: String,
    /// `applicant` or `office`.
    side: &'static str,
    /// Key of the writer's department.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// The words.
    text: String,
    /// Files with it.
    files: Vec<String>,
}

impl From<Said> for SaidView {
    fn from(said: Said) -> Self {
        Self {
            seq: said.seq,
            at: rfc3339(said.at),
            side: said.side.as_str(),
            department: said.department,
            text: said.text,
            files: said.files.iter().map(ToString::to_string).collect(),
        }
    }
}

/// 办件留言；留言以 `say` 命令发送
#[utoipa::path(get, path = "/api/v1/cases/{number}/messages", tag = "办件",
    params(("number" = String, Path, description = "办件编号")),
    responses((status = 200, body = Page<SaidView>), (status = 404)))]
pub(super) async fn case_talk(
    State(cases): State<Cases>,
    By(act): By,
    Path(number): Path<String>,
) -> Answer<Json<Page<SaidView>>> {
    let (seen, talk) = cases.talk(&act, &mut *cases.db.read().await?, &number).await?;
    cases.record_look(&act, &seen, "messages").await?;
    Ok(Json(Page { items: talk.into_iter().map(SaidView::from).collect(), next: None }))
}

/// 把对方的留言标为已看
#[utoipa::path(post, path = "/api/v1/cases/{number}/messages/seen", tag = "办件",
    params(("number" = String, Path, description = "办件编号")), responses((status = 204), (status = 404)))]
pub(super) async fn talk_seen(
    State(cases): State<Cases>,
    By(act): By,
    Path(number): Path<String>,
) -> Answer<StatusCode> {
    let db = cases.db.clone();
    db.write((cases, act, number), |tx, (cases, act, number)| Box::pin(cases.mark_talk_seen(act, tx, number))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Number and code of a receipt.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgressQuery {
    /// 办件编号.
    #[serde(default)]
    number: String,
    /// 凭证上的查询码.
    #[serde(default)]
    code: String,
}

/// Progress without an account: nothing personal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProgressView {
    /// Number.
    number: String,
    /// Name of the item.
    item: String,
    /// State.
    state: &'static str,
    /// In Chinese.
    state_label: &'static str,
    /// When it was handed in.
    submitted_at: String,
    /// What the applicant is asked for: `correct`, `pay`, `supply` or `answer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<&'static str>,
    /// Where it is and by when.
    course: CourseView,
}

/// 凭办件编号和查询码查进度，不需要登录
#[utoipa::path(get, path = "/api/v1/progress", tag = "办件", params(ProgressQuery),
    responses((status = 200, body = ProgressView), (status = 404), (status = 429)))]
pub(super) async fn progress(
    State(cases): State<Cases>,
    By(act): By,
    Query(query): Query<ProgressQuery>,
) -> Answer<Json<ProgressView>> {
    let db = cases.db.clone();
    let found = db
        .write((cases, act, query), |tx, (cases, act, query)| {
            Box::pin(cases.progress(act, tx, &query.number, &query.code))
        })
        .await?;
    match found {
        Ok(p) => Ok(Json(ProgressView {
            number: p.number,
            item: p.item,
            state: p.state.as_str(),
            state_label: p.state.label(),
            submitted_at: rfc3339(p.submitted_at),
            asked: p.asked.map(crate::domain::course::OwnAct::as_str),
            course: CourseView::of(p.course),
        })),
        Err(why) => Err(no_progress(why)),
    }
}

/// Why progress is not shown, and what to do.
fn no_progress(why: NoProgress) -> Problem {
    match why {
        NoProgress::Unknown => Problem::new(
            StatusCode::NOT_FOUND,
            "cases.no-progress",
            "办件编号和查询码对不上。请照收件凭证或通知书上印的重新输入。",
        ),
        NoProgress::TooMany => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "cases.progress-misses",
            "输错的次数太多，请一小时后再试，或者登录后在“我的办件”里查看。",
        ),
    }
}
