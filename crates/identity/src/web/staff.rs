//! `/api/v1/staff`: staff are added by the system administrator and get their rights from the security administrator.

use axum::{extract::State, http::StatusCode};
use kernel::{AccountId, Act, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Answer, By, Json, Page, Paging, Path, Query};

use crate::{Identity, IdentityError, NewStaff, PasswordContext, Staff};

/// 工作人员。
#[derive(Serialize, ToSchema)]
pub(super) struct StaffView {
    /// 账户编号。
    id: String,
    /// 用户名。
    username: String,
    /// 姓名。
    name: String,
    /// 账户状态：`active` 或 `closed`。
    state: &'static str,
    /// 部门。
    department: String,
    /// 区划代码；市级部门为空。
    region: Option<String>,
    /// 岗位名称。
    post: String,
    /// 已授予的岗位权限。
    roles: Vec<&'static str>,
    /// 已申请、待批准的岗位权限。
    requested_roles: Option<Vec<&'static str>>,
}

impl From<Staff> for StaffView {
    fn from(staff: Staff) -> Self {
        let words = |roles: Vec<Role>| roles.into_iter().map(Role::as_str).collect();
        Self {
            id: staff.account.to_string(),
            username: staff.username,
            name: staff.name,
            state: staff.state.as_str(),
            department: staff.department,
            region: staff.region,
            post: staff.post,
            roles: words(staff.roles),
            requested_roles: staff.requested_roles.map(words),
        }
    }
}

/// 查询条件。
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StaffQuery {
    /// 只看这个部门。
    department: Option<String>,
    /// 上一页返回的 `next`；不填则从头开始。
    after: Option<String>,
    /// 每页条数，1 至 100，默认 20。
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// 列出工作人员。
#[utoipa::path(
    get, path = "/api/v1/staff", tag = "身份", operation_id = "staff_list", params(StaffQuery),
    responses((status = 200, description = "工作人员列表", body = Page<StaffView>))
)]
pub(super) async fn list(
    State(identity): State<Identity>,
    Query(query): Query<StaffQuery>,
) -> Answer<Json<Page<StaffView>>> {
    let paging = Paging { after: query.after, limit: query.limit };
    let after: Option<AccountId> = paging.start()?;
    let staff = identity.list_staff(query.department.as_deref(), after, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(staff, &paging, |staff| staff.account).map(StaffView::from)))
}

/// 新工作人员。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StaffRequest {
    /// 用户名，以字母开头。
    username: String,
    /// 初始密码。
    password: String,
    /// 姓名。
    name: String,
    /// 部门。
    department: String,
    /// 区划代码；市级部门不填。
    #[serde(default)]
    region: Option<String>,
    /// 岗位名称。
    post: String,
    /// 申请的岗位权限，由安全管理员批准后生效。
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
}

/// 新账户的编号。
#[derive(Serialize, ToSchema)]
pub(super) struct StaffAdded {
    /// 账户编号。
    id: String,
}

/// 登记工作人员。权限须由安全管理员批准后生效。
#[utoipa::path(
    post, path = "/api/v1/staff", tag = "身份", operation_id = "staff_add", request_body = StaffRequest,
    responses((status = 201, description = "已登记", body = StaffAdded), (status = 409, description = "用户名已被使用"))
)]
pub(super) async fn add(
    State(identity): State<Identity>,
    By(act): By,
    Json(request): Json<StaffRequest>,
) -> Answer<(StatusCode, Json<StaffAdded>)> {
    let context = PasswordContext { known: vec![request.username.clone(), request.name.clone()] };
    let password = identity.hash_password(&request.password, &context).await?;
    let new = NewStaff {
        username: request.username,
        password,
        name: request.name,
        department: request.department,
        region: request.region,
        post: request.post,
        roles: request.roles,
    };
    let account = identity.in_write(&act, new, |me, act, tx, new| Box::pin(me.add_staff(act, tx, new))).await?;
    Ok((StatusCode::CREATED, Json(StaffAdded { id: account.to_string() })))
}

/// 岗位权限。
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesBody {
    /// 岗位权限的代码。
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
}

/// 为工作人员申请岗位权限，替换之前的申请。
#[utoipa::path(
    put, path = "/api/v1/staff/{id}/requested-roles", tag = "身份", operation_id = "staff_request_roles", request_body = RolesBody,
    params(("id" = String, Path, description = "账户编号")),
    responses((status = 204, description = "已申请"), (status = 404, description = "没有这个工作人员"))
)]
pub(super) async fn request_roles(
    State(identity): State<Identity>,
    By(act): By,
    Path(id): Path<AccountId>,
    Json(body): Json<RolesBody>,
) -> Answer<StatusCode> {
    identity
        .in_write(&act, (id, body.roles), |me, act, tx, (id, roles)| Box::pin(me.request_roles(act, tx, *id, roles)))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 批准已申请的岗位权限。该工作人员的会话随即结束。
#[utoipa::path(
    post, path = "/api/v1/staff/{id}/grant", tag = "身份", operation_id = "staff_grant_roles",
    params(("id" = String, Path, description = "账户编号")),
    responses((status = 200, description = "已批准", body = RolesBody), (status = 409, description = "没有待批准的申请"))
)]
pub(super) async fn grant_roles(
    State(identity): State<Identity>,
    By(act): By,
    Path(id): Path<AccountId>,
) -> Answer<Json<RolesBody>> {
    let roles = identity.in_write(&act, id, |me, act, tx, id| Box::pin(me.grant_roles(act, tx, *id))).await?;
    Ok(Json(RolesBody { roles }))
}

/// 停用工作人员的账户，其会话随即结束。
#[utoipa::path(
    delete, path = "/api/v1/staff/{id}", tag = "身份", operation_id = "staff_close",
    params(("id" = String, Path, description = "账户编号")),
    responses((status = 204, description = "已停用"), (status = 404, description = "没有这个工作人员"))
)]
pub(super) async fn close(
    State(identity): State<Identity>,
    By(act): By,
    Path(id): Path<AccountId>,
) -> Answer<StatusCode> {
    identity
        .in_write(&act, id, |me, act: &Act, tx, id| {
            Box::pin(async move {
                me.staff_of(tx, *id).await?;
                me.close_account(act, tx, *id).await?;
                Ok::<_, IdentityError>(())
            })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
