//! `/api/v1/sessions` and `/api/v1/tokens`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use kernel::rfc3339;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Page, Paging, Path, Problem, Query};

use super::{agent, bearer};
use crate::{Identity, NewSession, Session, SessionId, SessionKind};

/// 登录信息。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// 用户名。
    #[schema(example = "citizen1")]
    username: String,
    /// 密码。
    password: String,
}

/// 新会话或新令牌。令牌只显示这一次。
#[derive(Serialize, ToSchema)]
pub(super) struct Opened {
    /// 编号，用于列出和结束。
    id: String,
    /// 令牌，放在请求头 `Authorization: Bearer …` 中。
    token: String,
    /// 最迟到期时间；会话闲置过久会提前结束。
    expires_at: String,
    /// 工作人员密码已超过 90 天，应当修改。
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    password_expired: bool,
}

impl From<NewSession> for Opened {
    fn from(new: NewSession) -> Self {
        let NewSession { token, expires_at, session, password_expired, .. } = new;
        Self { id: session.to_string(), token, expires_at: rfc3339(expires_at), password_expired }
    }
}

/// 一个会话或令牌。
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// 编号。
    id: String,
    /// 名称，生成令牌时填写。
    label: Option<String>,
    /// 建立时间。
    created_at: String,
    /// 最近使用时间，误差不超过半分钟。
    last_seen_at: String,
    /// 最迟到期时间。
    expires_at: String,
    /// 闲置多少秒后结束；无则只看到期时间。
    idle_seconds: Option<i64>,
    /// 建立时的网络地址。
    address: Option<String>,
    /// 建立时使用的程序。
    agent: Option<String>,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            id: session.session.to_string(),
            label: session.label,
            created_at: rfc3339(session.created_at),
            last_seen_at: rfc3339(session.last_seen_at),
            expires_at: rfc3339(session.expires_at),
            idle_seconds: session.idle_ms.map(|ms| ms / 1000),
            address: session.address,
            agent: session.agent,
        }
    }
}

/// 登录，建立会话。
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "身份", operation_id = "sessions_begin", request_body = Credentials,
    responses(
        (status = 201, description = "登录成功", body = Opened),
        (status = 401, description = "用户名或密码不正确"),
        (status = 429, description = "失败次数过多，暂时锁定"),
    )
)]
pub(super) async fn begin(
    State(identity): State<Identity>,
    By(act): By,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> Answer<(StatusCode, Json<Opened>)> {
    let new = identity.sign_in_on(&act, &credentials.username, &credentials.password, agent(&headers)).await?;
    Ok((StatusCode::CREATED, Json(new.into())))
}

/// 列出自己的会话。
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "身份", operation_id = "sessions_list", params(Paging),
    responses((status = 200, description = "会话列表，新的在前", body = Page<SessionView>))
)]
pub(super) async fn list(
    State(identity): State<Identity>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<SessionView>>> {
    page(&identity, &act, SessionKind::Session, &paging).await
}

/// 退出登录，结束当前会话。
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "身份", operation_id = "sessions_end_this",
    responses((status = 204, description = "已退出"))
)]
pub(super) async fn end_this(State(identity): State<Identity>, By(act): By, headers: HeaderMap) -> Answer<StatusCode> {
    identity.sign_out(&act, bearer(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 结束自己的某个会话。
#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}", tag = "身份", operation_id = "sessions_end_one",
    params(("id" = String, Path, description = "会话编号")),
    responses((status = 204, description = "已结束"), (status = 404, description = "没有这个会话"))
)]
pub(super) async fn end_one(
    State(identity): State<Identity>,
    By(act): By,
    Path(id): Path<SessionId>,
) -> Answer<StatusCode> {
    identity.end_session(&act, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 令牌的名称。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenRequest {
    /// 名称，方便自己辨认，最多 60 个字。
    #[serde(default)]
    label: Option<String>,
}

/// 生成供程序使用的令牌，8 小时后到期。须以会话登录，不能用令牌再生成令牌。
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "身份", operation_id = "tokens_make", request_body = TokenRequest,
    responses((status = 201, description = "已生成", body = Opened), (status = 403, description = "不是以会话登录"))
)]
pub(super) async fn make_token(
    State(identity): State<Identity>,
    By(act): By,
    headers: HeaderMap,
    Json(request): Json<TokenRequest>,
) -> Answer<(StatusCode, Json<Opened>)> {
    let new = identity.make_token(&act, bearer(&headers)?, request.label.as_deref(), agent(&headers)).await?;
    Ok((StatusCode::CREATED, Json(new.into())))
}

/// 列出自己的令牌。
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "身份", operation_id = "tokens_list", params(Paging),
    responses((status = 200, description = "令牌列表，新的在前", body = Page<SessionView>))
)]
pub(super) async fn tokens(
    State(identity): State<Identity>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<SessionView>>> {
    page(&identity, &act, SessionKind::Api, &paging).await
}

/// 作废自己的某个令牌。
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "身份", operation_id = "tokens_end",
    params(("id" = String, Path, description = "令牌编号")),
    responses((status = 204, description = "已作废"), (status = 404, description = "没有这个令牌"))
)]
pub(super) async fn end_token(
    State(identity): State<Identity>,
    By(act): By,
    Path(id): Path<SessionId>,
) -> Answer<StatusCode> {
    identity.end_session(&act, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn page(
    identity: &Identity,
    act: &kernel::Act,
    kind: SessionKind,
    paging: &Paging,
) -> Answer<Json<Page<SessionView>>> {
    let account = act.account().ok_or_else(Problem::sign_in_first)?;
    let before: Option<SessionId> = paging.start()?;
    let sessions = identity.sessions(account, kind, before, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(sessions, paging, |session| session.session).map(SessionView::from)))
}
