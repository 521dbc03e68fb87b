//! `/api/v1/me`: who am I.

use axum::{extract::State, http::HeaderMap};
use kernel::{Actor, Role, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Problem};

use super::bearer;
use crate::{AccountKind, Identity, Subject};

/// 当前登录的账户。
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// 账户编号。
    account: String,
    /// 账户种类：`person`、`enterprise` 或 `staff`。
    kind: &'static str,
    /// 用户名。
    username: String,
    /// 姓名或名称。
    name: String,
    /// 岗位权限；正在代表企业办理时为 `enterprise`。
    roles: Vec<&'static str>,
    /// 正在代表的企业；为本人办理时没有此项。
    #[serde(skip_serializing_if = "Option::is_none")]
    acting: Option<Acting>,
    /// 部门（工作人员）。
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// 区划代码（工作人员）。
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// 岗位名称（工作人员）。
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<String>,
    /// 本人或本企业的登记信息，敏感内容已遮盖。
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectView>,
}

/// 正在代表的企业。
#[derive(Serialize, ToSchema)]
pub(super) struct Acting {
    /// 企业编号。
    id: String,
    /// 企业名称。
    name: String,
}

/// 登记信息，敏感内容已遮盖。
#[derive(Serialize, ToSchema)]
pub(super) struct SubjectView {
    /// 编号。
    id: String,
    /// 证件种类。
    document: &'static str,
    /// 证件号码，已遮盖；统一社会信用代码不遮盖。
    number: String,
    /// 手机号，已遮盖。
    phone: Option<String>,
    /// 地址，已遮盖。
    address: Option<String>,
    /// 法定代表人（企业）。
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_representative: Option<String>,
    /// 实名等级，0 至 4。
    level: i64,
    /// 实名等级的核验方式。
    verified_by: &'static str,
    /// 核验方式的说明。
    verified_by_label: &'static str,
}

impl From<Subject> for SubjectView {
    fn from(subject: Subject) -> Self {
        Self {
            id: subject.subject.to_string(),
            document: subject.document.as_str(),
            number: subject.document.masked(&subject.number),
            phone: subject.phone.as_deref().map(kernel::masking::phone),
            address: subject.address.as_deref().map(kernel::masking::address),
            legal_representative: subject.legal_representative,
            level: subject.level,
            verified_by: subject.verified_by.as_str(),
            verified_by_label: subject.verified_by.label(),
        }
    }
}

/// 查看当前登录的账户。
#[utoipa::path(
    get, path = "/api/v1/me", tag = "身份", operation_id = "me_show",
    responses((status = 200, description = "当前账户", body = Me))
)]
pub(super) async fn show(State(identity): State<Identity>, By(act): By) -> Answer<Json<Me>> {
    let account = act.account().ok_or_else(Problem::sign_in_first)?;
    let acting = match (&act.actor, &act.on_behalf) {
        (Actor::Agent { subject, name, .. }, Some(_)) => Some(Acting { id: subject.to_string(), name: name.clone() }),
        _ => None,
    };
    let (account, staff, subject) = identity.me(account).await?;
    let roles: Vec<Role> = match (account.kind, &staff) {
        (AccountKind::Person, _) if acting.is_some() => vec![Role::Enterprise],
        (AccountKind::Person, _) => vec![Role::Citizen],
        (AccountKind::Enterprise, _) => vec![Role::Enterprise],
        (AccountKind::Staff, staff) => staff.as_ref().map(|staff| staff.roles.clone()).unwrap_or_default(),
    };
    let (department, region, post) = match staff {
        Some(staff) => (Some(staff.department), staff.region, Some(staff.post)),
        None => (None, None, None),
    };
    Ok(Json(Me {
        account: account.account.to_string(),
        kind: account.kind.as_str(),
        username: account.username,
        name: account.name,
        roles: roles.into_iter().map(Role::as_str).collect(),
        acting,
        department,
        region,
        post,
        subject: subject.map(SubjectView::from),
    }))
}

/// 修改密码。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// 现在的密码。
    old: String,
    /// 新密码：至少 10 个字符，含大写字母、小写字母、数字、符号中的三种。
    #[serde(rename = "password")]
    new: String,
}

/// 修改密码后继续使用的令牌。
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordChanged {
    /// 新令牌，原令牌已失效。
    token: String,
    /// 最迟到期时间。
    expires_at: String,
}

/// 修改自己的密码。其他会话和令牌全部结束。
#[utoipa::path(
    put, path = "/api/v1/me/password", tag = "身份", operation_id = "me_change_password", request_body = PasswordChange,
    responses(
        (status = 200, description = "已修改", body = PasswordChanged),
        (status = 401, description = "现在的密码不正确"),
        (status = 422, description = "新密码不符合要求"),
    )
)]
pub(super) async fn change_password(
    State(identity): State<Identity>,
    By(act): By,
    headers: HeaderMap,
    Json(change): Json<PasswordChange>,
) -> Answer<Json<PasswordChanged>> {
    let new = identity.change_password(&act, bearer(&headers)?, &change.old, &change.new).await?;
    Ok(Json(PasswordChanged { token: new.token, expires_at: rfc3339(new.expires_at) }))
}
