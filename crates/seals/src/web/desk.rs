//! `/api/v1/desk/seals`: those who keep seals, and those who watch their use.

use std::collections::BTreeSet;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Page, Paging, Path, Query};

use super::views::{EventView, SealView, UseView};
use crate::{ChainReport, NewSeal, PutOn, Seal, SealError, SealId, SealKind, SealStep, Seals};

/// 印章的申请。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSealRequest {
    /// 种类：`body` 单位公章、`approval` 行政审批专用章、`certificate` 电子证照专用章。
    #[schema(value_type = String)]
    kind: SealKind,
    /// 章面的单位全称，最多 24 个字。
    name: String,
    /// 章面用途，最多 10 个字；专用章必填。
    #[serde(default)]
    line: String,
    /// 可用于：`decision`、`notice`、`certificate`、`document`。
    #[schema(value_type = Vec<String>)]
    put_on: BTreeSet<PutOn>,
    /// 每日用印数，超过则提示督查；0 表示不设。
    #[serde(default)]
    daily_quota: i64,
    /// 理由，最多 200 个字。
    reason: String,
}

/// 印章及其经历。
#[derive(Serialize, ToSchema)]
pub(super) struct SealWhole {
    /// 印章。
    seal: SealView,
    /// 经历，从早到晚。
    history: Vec<EventView>,
}

/// 印章的一步。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepRequest {
    /// `approve`、`refuse`、`make`、`activate`、`suspend`、`restore`、`renew`、`revoke`。
    #[schema(value_type = String)]
    step: SealStep,
    /// 理由，最多 200 个字。
    reason: String,
}

/// 用印记录。
#[derive(Serialize, ToSchema)]
pub(super) struct UseList {
    /// 用印总数与链是否完整。
    uses: i64,
    /// 最近一段中第一个被改动、增加或删去的序号；没有就是完整的。
    broken_at: Option<i64>,
    /// 新的在前。
    items: Vec<UseView>,
}

/// 列出印章：保管人员看本单位的，安全管理员和督查人员看全部。
#[utoipa::path(
    get, path = "/api/v1/desk/seals", tag = "印章", operation_id = "desk_seals", params(Paging),
    responses((status = 200, description = "印章", body = Page<SealView>))
)]
pub(super) async fn list(
    State(seals): State<Seals>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<SealView>>> {
    let after = paging.start::<SealId>()?;
    let mut tx = seals.db().read().await?;
    let found = seals.visible(&act, &mut tx, after, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(found, &paging, |seal| seal.id).map(|seal| seals.view(&seal, act.at))))
}

/// 申请本单位的印章；由本单位另一位审批人员批准。
#[utoipa::path(
    post, path = "/api/v1/desk/seals", tag = "印章", operation_id = "desk_seals_apply", request_body = NewSealRequest,
    responses(
        (status = 201, description = "已申请", body = SealView),
        (status = 403, description = "岗位不能申请：seals.not-allowed"),
        (status = 422, description = "填写有误：seals.invalid"),
    )
)]
pub(super) async fn apply(
    State(seals): State<Seals>,
    By(act): By,
    Json(asked): Json<NewSealRequest>,
) -> Answer<(StatusCode, Json<SealView>)> {
    let NewSealRequest { kind, name, line, put_on, daily_quota, reason } = asked;
    let department = act.department().unwrap_or_default().to_owned();
    let new = NewSeal { department, kind, name, line, put_on, daily_quota, reason };
    let at = act.at;
    let made: Result<Seal, SealError> =
        seals.db().write((seals.clone(), act, new), |tx, (seals, act, new)| Box::pin(seals.apply(act, tx, new))).await;
    Ok((StatusCode::CREATED, Json(seals.view(&made?, at))))
}

/// 查看一枚印章及其经历。
#[utoipa::path(
    get, path = "/api/v1/desk/seals/{id}", tag = "印章", operation_id = "desk_seals_show",
    params(("id" = String, Path, description = "印章的 id")),
    responses((status = 200, description = "印章", body = SealWhole), (status = 404, description = "没有这枚印章，或者不是本单位的"))
)]
pub(super) async fn show(State(seals): State<Seals>, By(act): By, Path(id): Path<SealId>) -> Answer<Json<SealWhole>> {
    let seal = seals.seen(&act, id).await?;
    let history = seals.history(&mut *seals.db().read().await?, id).await?;
    Ok(Json(SealWhole { seal: seals.view(&seal, act.at), history: history.into_iter().map(Into::into).collect() }))
}

/// 办理印章的一步：批准、制作、启用、停用、恢复、换章、注销。换章会生成一份新的申请。
#[utoipa::path(
    post, path = "/api/v1/desk/seals/{id}/steps", tag = "印章", operation_id = "desk_seals_step",
    params(("id" = String, Path, description = "印章的 id")), request_body = StepRequest,
    responses(
        (status = 200, description = "办理后的印章；换章时是新的申请", body = SealView),
        (status = 403, description = "岗位不能办理，或者须另一人批准：seals.not-allowed、seals.second-person"),
        (status = 404, description = "没有这枚印章，或者不是本单位的"),
        (status = 409, description = "现在不能办这一步：seals.not-open、seals.stale、seals.no-keys"),
        (status = 422, description = "没有写明理由：seals.reason-needed"),
    )
)]
pub(super) async fn step(
    State(seals): State<Seals>,
    By(act): By,
    Path(id): Path<SealId>,
    Json(asked): Json<StepRequest>,
) -> Answer<Json<SealView>> {
    seals.seen(&act, id).await?;
    let next = seals.carry_out(&act, id, asked.step, &asked.reason).await?;
    Ok(Json(seals.view(&next, act.at)))
}

/// 一枚印章的用印记录，新的在前，并核对用印链最近的一段；整条链由 `tongban audit verify` 核对。
#[utoipa::path(
    get, path = "/api/v1/desk/seals/{id}/uses", tag = "印章", operation_id = "desk_seals_uses",
    params(("id" = String, Path, description = "印章的 id"), Paging),
    responses((status = 200, description = "用印记录", body = UseList), (status = 404, description = "没有这枚印章，或者不是本单位的"))
)]
pub(super) async fn uses(
    State(seals): State<Seals>,
    By(act): By,
    Path(id): Path<SealId>,
    Query(paging): Query<Paging>,
) -> Answer<Json<UseList>> {
    seals.seen(&act, id).await?;
    let before = paging.start::<i64>()?;
    let mut tx = seals.db().read().await?;
    let ChainReport { uses, broken_at } = seals.check_newest(&mut tx, id, paging.limit().into()).await?;
    let found = seals.uses(&mut tx, id, before, paging.limit().into()).await?;
    Ok(Json(UseList { uses, broken_at, items: found.into_iter().map(Into::into).collect() }))
}

/// 异常用印：非工作时间的、超过每日用印数的，新的在前，最多 200 条。
#[utoipa::path(
    get, path = "/api/v1/desk/seal-uses/unusual", tag = "印章", operation_id = "desk_seals_unusual",
    responses((status = 200, description = "异常用印", body = Vec<UseView>))
)]
pub(super) async fn unusual(State(seals): State<Seals>, By(_act): By) -> Answer<Json<Vec<UseView>>> {
    let found = seals.unusual(&mut *seals.db().read().await?, None, 200).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}
