//! The dry run, handing in, drafts.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use kernel::{FileId, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Keyed, Page, Path, etag, if_match, once};

use super::views::CaseView;
use crate::{Application, Cases, Check, Draft, KeptDraft, error::CaseError};

/// What a dry run answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Checked {
    /// Version of the item it was checked against.
    version: i64,
    /// It can be handed in as it is.
    can_submit: bool,
    /// Fields, materials, rules and faults.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    assessment: catalogue::domain::Assessment,
}

/// 试算：预填、应填项、所需材料及原因、规则结果，不留存任何内容
#[utoipa::path(post, path = "/api/v1/items/{slug}/check", tag = "办件", request_body = Check,
    params(("slug" = String, Path, description = "事项")),
    responses((status = 200, body = Checked), (status = 404), (status = 422)))]
pub(super) async fn check_application(
    State(cases): State<Cases>,
    By(act): By,
    Path(slug): Path<String>,
    Json(asked): Json<Check>,
) -> Answer<Json<Checked>> {
    let mut tx = cases.db.read().await?;
    let found = cases.check(&act, &mut tx, &slug, &asked).await?;
    let (version, assessment) = (found.procedure.version, found.assessment);
    Ok(Json(Checked { version, can_submit: assessment.can_submit(), assessment }))
}

/// 提交申请
#[utoipa::path(post, path = "/api/v1/cases", tag = "办件", request_body = Application,
    params(("Idempotency-Key" = Option<String>, Header, description = "同一键重复提交返回第一次的结果")),
    responses((status = 201, body = CaseView), (status = 404), (status = 422)))]
pub(super) async fn submit_case(
    State(cases): State<Cases>,
    By(act): By,
    Keyed { value, asked }: Keyed<Application>,
) -> Answer<Response> {
    let db = cases.db.clone();
    once(&db, &act.clone(), &asked, (cases, act, value), |tx, (cases, act, application)| {
        Box::pin(async move {
            let case = cases.submit(act, tx, application).await?;
            let seen = cases.sighted(act, tx, case).await?;
            Ok::<_, CaseError>((StatusCode::CREATED, CaseView::of(&seen, kernel::city_date(act.at)).without_answers()))
        })
    })
    .await
}

/// A draft.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftView {
    /// Id.
    id: String,
    /// Name of the item.
    item_name: String,
    /// Changed last.
    changed_at: String,
    /// Goes up with every change; also the ETag.
    version: i64,
    /// Item, form and materials.
    #[serde(flatten)]
    draft: Draft,
}

impl From<KeptDraft> for DraftView {
    fn from(kept: KeptDraft) -> Self {
        Self {
            id: kept.id.to_string(),
            item_name: kept.item_name,
            changed_at: rfc3339(kept.changed_at),
            version: kept.version,
            draft: kept.draft,
        }
    }
}

/// 我的草稿
#[utoipa::path(get, path = "/api/v1/drafts", tag = "草稿", responses((status = 200, body = Page<DraftView>)))]
pub(super) async fn list_drafts(State(cases): State<Cases>, By(act): By) -> Answer<Json<Page<DraftView>>> {
    let drafts = cases.drafts(&act, &mut *cases.db.read().await?).await?;
    Ok(Json(Page { items: drafts.into_iter().map(DraftView::from).collect(), next: None }))
}

/// 草稿内容
#[utoipa::path(get, path = "/api/v1/drafts/{id}", tag = "草稿", params(("id" = String, Path, description = "草稿编号")),
    responses((status = 200, body = DraftView), (status = 404)))]
pub(super) async fn get_draft(State(cases): State<Cases>, By(act): By, Path(id): Path<FileId>) -> Answer<Response> {
    let kept = cases.draft(&act, &mut *cases.db.read().await?, id).await?;
    Ok(([etag(kept.version)], Json(DraftView::from(kept))).into_response())
}

/// What keeping a draft answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftKept {
    /// Id.
    id: String,
    /// Version now.
    version: i64,
}

/// 保存草稿（编号由客户端生成，13位；可带 If-Match 防止覆盖另一设备的修改）
#[utoipa::path(put, path = "/api/v1/drafts/{id}", tag = "草稿", request_body = Draft,
    params(("id" = String, Path, description = "草稿编号")),
    responses((status = 200, body = DraftKept), (status = 404), (status = 409), (status = 412)))]
pub(super) async fn put_draft(
    State(cases): State<Cases>,
    By(act): By,
    Path(id): Path<FileId>,
    headers: HeaderMap,
    Json(draft): Json<Draft>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let db = cases.db.clone();
    let version = db
        .write((cases, act, draft), move |tx, (cases, act, draft)| {
            Box::pin(async move {
                match expected {
                    Some(expected) => cases.keep_draft_at(act, tx, id, draft, expected).await,
                    None => cases.keep_draft(act, tx, id, draft).await,
                }
            })
        })
        .await?;
    Ok(([etag(version)], Json(DraftKept { id: id.to_string(), version })).into_response())
}

/// 删除草稿
#[utoipa::path(delete, path = "/api/v1/drafts/{id}", tag = "草稿", params(("id" = String, Path, description = "草稿编号")),
    responses((status = 204), (status = 404)))]
pub(super) async fn delete_draft(
    State(cases): State<Cases>,
    By(act): By,
    Path(id): Path<FileId>,
) -> Answer<StatusCode> {
    let db = cases.db.clone();
    db.write((cases, act), move |tx, (cases, act)| Box::pin(cases.drop_draft(act, tx, id))).await?;
    Ok(StatusCode::NO_CONTENT)
}
