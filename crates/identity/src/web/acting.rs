//! `/api/v1/sessions/acting` and `/api/v1/me/enterprises`: acting for an enterprise in one's own session.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use kernel::SubjectId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Problem};

use super::bearer;
use crate::{Identity, Represented};

/// 可以代表的一家企业。
#[derive(Serialize, ToSchema)]
pub(super) struct RepresentedView {
    /// 企业编号，用于切换。
    id: String,
    /// 企业名称。
    name: String,
    /// 统一社会信用代码。
    uscc: String,
    /// 授权：`legal_representative`、`administrator`、`handling_agent`、`seal_keeper`。
    roles: Vec<&'static str>,
    /// 授权截止日期；没有则至终止时为止。
    until: Option<String>,
}

impl From<Represented> for RepresentedView {
    fn from(one: Represented) -> Self {
        Self {
            id: one.enterprise.to_string(),
            name: one.name,
            uscc: one.uscc,
            roles: one.roles.into_iter().map(crate::MandateRole::as_str).collect(),
            until: one.until.map(|day| day.to_string()),
        }
    }
}

/// 可以代表的企业。
#[derive(Serialize, ToSchema)]
pub(super) struct RepresentedList {
    /// 今天可以代表的企业。
    items: Vec<RepresentedView>,
}

/// 列出自己可以代表的企业。
#[utoipa::path(
    get, path = "/api/v1/me/enterprises", tag = "身份", operation_id = "me_enterprises",
    responses((status = 200, description = "今天有有效授权的企业", body = RepresentedList))
)]
pub(super) async fn list(State(identity): State<Identity>, By(act): By) -> Answer<Json<RepresentedList>> {
    let items = identity.represented(&act).await?.into_iter().map(RepresentedView::from).collect();
    Ok(Json(RepresentedList { items }))
}

/// 要代表的企业。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActingRequest {
    /// 企业编号。
    enterprise: String,
}

/// 当前会话开始代表一家企业办理。须以个人登录会话切换；授权在每次请求时核对，授权终止，会话随即结束。
#[utoipa::path(
    post, path = "/api/v1/sessions/acting", tag = "身份", operation_id = "sessions_act_for", request_body = ActingRequest,
    responses(
        (status = 204, description = "已切换，下一个请求起生效"),
        (status = 403, description = "不是个人登录会话"),
        (status = 404, description = "没有这家企业，或者没有它的有效授权"),
    )
)]
pub(super) async fn begin(
    State(identity): State<Identity>,
    By(act): By,
    headers: HeaderMap,
    Json(request): Json<ActingRequest>,
) -> Answer<StatusCode> {
    let enterprise: SubjectId = request.enterprise.parse().map_err(|_| Problem::not_found())?;
    identity.act_for(&act, bearer(&headers)?, Some(enterprise)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 当前会话切换回个人。
#[utoipa::path(
    delete, path = "/api/v1/sessions/acting", tag = "身份", operation_id = "sessions_act_for_oneself",
    responses((status = 204, description = "已切换回个人"), (status = 403, description = "不是个人登录会话"))
)]
pub(super) async fn end(State(identity): State<Identity>, By(act): By, headers: HeaderMap) -> Answer<StatusCode> {
    identity.act_for(&act, bearer(&headers)?, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
