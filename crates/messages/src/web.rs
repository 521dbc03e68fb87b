//! The programming interface: one's own messages, and how one wants to be told.

use axum::{
    extract::State,
    http::Method,
    routing::{get, post},
};
use kernel::{Act, Role, SubjectId, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use webkit::{Access, Answer, By, Json, Page, Paging, Path, Problem, Query, Routes};

use crate::{Message, MessageId, Messages, Preferences, inbox, pages};

/// Those who get messages.
const ADDRESSEES: &[Role] = &[Role::Citizen, Role::Enterprise];

/// Routes of messages, each with who may call it.
#[must_use]
pub fn routes(messages: Messages) -> Routes {
    Routes::new(messages)
        .api(Access::Roles(ADDRESSEES), routes!(list))
        .api(Access::Roles(ADDRESSEES), routes!(unread))
        .api(Access::Roles(ADDRESSEES), routes!(read))
        .api(Access::Roles(ADDRESSEES), routes!(preferences, set_preferences))
        .page(Access::Roles(ADDRESSEES), Method::GET, "/my/messages", get(inbox::list))
        .page(Access::Roles(ADDRESSEES), Method::GET, "/my/account/notices", get(pages::show))
        .page(Access::Roles(ADDRESSEES), Method::POST, "/my/account/notices", post(pages::save))
        .done()
}

/// 一条消息。
#[derive(Serialize, ToSchema)]
struct MessageView {
    /// 编号。
    id: String,
    /// 发生了什么，例如 `case.accepted`。
    event: String,
    /// 办件编号。
    case_number: String,
    /// 事项名称。
    item_name: String,
    /// 标题。
    title: String,
    /// 内容和下一步。
    text: String,
    /// 时间。
    at: String,
    /// 第一次阅读的时间；未读为空。
    read_at: Option<String>,
}

impl From<Message> for MessageView {
    fn from(m: Message) -> Self {
        Self {
            id: m.id.to_string(),
            event: m.event,
            case_number: m.case_number,
            item_name: m.item_name,
            title: m.title,
            text: m.text,
            at: rfc3339(m.at),
            read_at: m.read_at.map(rfc3339),
        }
    }
}

/// 未读消息的条数。
#[derive(Serialize, ToSchema)]
struct Unread {
    /// 条数。
    unread: i64,
}

/// 通知方式。
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreferencesView {
    /// 接收通知的电子邮箱；不填则不发邮件。
    #[serde(default)]
    email: Option<String>,
    /// 是否向登记的手机号发送短信。
    sms: bool,
}

impl From<Preferences> for PreferencesView {
    fn from(p: Preferences) -> Self {
        Self { email: p.email, sms: p.sms }
    }
}

pub(crate) fn subject(act: &Act) -> Result<SubjectId, Problem> {
    act.subject().ok_or_else(Problem::forbidden)
}

/// 列出自己的消息，新的在前。
#[utoipa::path(
    get, path = "/api/v1/messages", tag = "消息", operation_id = "messages_list", params(Paging),
    responses((status = 200, description = "自己的消息", body = Page<MessageView>))
)]
async fn list(
    State(messages): State<Messages>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<MessageView>>> {
    let before = paging.start::<MessageId>()?;
    let mut tx = messages.db().read().await?;
    let found = messages.list(&mut tx, subject(&act)?, before, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(found, &paging, |m| m.id).map(MessageView::from)))
}

/// 查看有几条未读消息。
#[utoipa::path(
    get, path = "/api/v1/messages/unread", tag = "消息", operation_id = "messages_unread",
    responses((status = 200, description = "未读条数", body = Unread))
)]
async fn unread(State(messages): State<Messages>, By(act): By) -> Answer<Json<Unread>> {
    let mut tx = messages.db().read().await?;
    let unread = messages.unread(&mut tx, subject(&act)?).await?;
    Ok(Json(Unread { unread }))
}

/// 把一条消息标为已读。
#[utoipa::path(
    post, path = "/api/v1/messages/{id}/read", tag = "消息", operation_id = "messages_read",
    params(("id" = String, Path, description = "消息的 id")),
    responses((status = 200, description = "这条消息", body = MessageView), (status = 404, description = "没有这条消息"))
)]
async fn read(State(messages): State<Messages>, By(act): By, Path(id): Path<MessageId>) -> Answer<Json<MessageView>> {
    let args = (messages.clone(), subject(&act)?, act, id);
    let read =
        messages.db().write(args, |tx, (me, subject, act, id)| Box::pin(me.read(act, tx, *subject, *id))).await?;
    Ok(Json(read.into()))
}

/// 查看自己的通知方式。
#[utoipa::path(
    get, path = "/api/v1/messages/preferences", tag = "消息", operation_id = "messages_preferences",
    responses((status = 200, description = "通知方式", body = PreferencesView))
)]
async fn preferences(State(messages): State<Messages>, By(act): By) -> Answer<Json<PreferencesView>> {
    let mut tx = messages.db().read().await?;
    let found = messages.preferences(&mut tx, subject(&act)?).await?;
    Ok(Json(found.into()))
}

/// 修改自己的通知方式。
#[utoipa::path(
    put, path = "/api/v1/messages/preferences", tag = "消息", operation_id = "messages_set_preferences",
    request_body = PreferencesView,
    responses((status = 200, description = "修改后的通知方式", body = PreferencesView), (status = 422, description = "邮箱不正确"))
)]
async fn set_preferences(
    State(messages): State<Messages>,
    By(act): By,
    Json(wanted): Json<PreferencesView>,
) -> Answer<Json<PreferencesView>> {
    let wanted = Preferences { email: wanted.email, sms: wanted.sms };
    let args = (messages.clone(), subject(&act)?, act, wanted);
    let set = messages
        .db()
        .write(args, |tx, (me, subject, act, wanted)| Box::pin(me.set_preferences(act, tx, *subject, wanted)))
        .await?;
    Ok(Json(set.into()))
}
