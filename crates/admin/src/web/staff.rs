//! Staff: list, one, new, roles.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use identity::{AccountState, Identity, IdentityError, NewStaff, PasswordContext, Staff};
use kernel::{AccountId, Role};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Markup, Page, Paging, Path, Query, once_page, query_string};

use super::{Admin, After, Shown, again, errors, last, missing, shown_in_form};
use crate::pages::{
    self, Errors,
    staff::{NewStaffPage, StaffLine, StaffList, StaffPage},
};

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    department: String,
    after: Option<String>,
    done: String,
}

/// Roles that members of staff hold.
fn choices() -> Vec<(&'static str, &'static str)> {
    Role::ALL
        .iter()
        .filter(|role| !matches!(role, Role::Citizen | Role::Enterprise))
        .map(|role| (role.as_str(), role.label()))
        .collect()
}

fn said(word: &str) -> &'static str {
    match word {
        "added" => "已登记。安全管理员授权后生效。",
        "asked" => "已提交申请，等待安全管理员授权。",
        "granted" => "已授权。原有会话已结束，重新登录后生效。",
        "closed" => "账户已停用。",
        _ => "",
    }
}

pub(super) async fn list(State(admin): State<Admin>, look: Look, Query(wanted): Query<Wanted>) -> Answer<Markup> {
    let paging = Paging { after: wanted.after.clone(), limit: None };
    let after: Option<AccountId> = paging.start()?;
    let department = Some(wanted.department.as_str()).filter(|d| !d.is_empty());
    let staff = admin.identity.list_staff(department, after, paging.limit_and_one()).await?;
    let page = Page::cut(staff, &paging, |staff| staff.account);
    let here =
        |after: &str| format!("/admin/staff{}", query_string(&[("department", &wanted.department), ("after", after)]));
    let lines = page.items.iter().map(|staff| line(&admin, staff)).collect();
    let list = StaffList {
        departments: admin.departments(),
        department: wanted.department.clone(),
        lines,
        first: wanted.after.as_ref().map(|_| here("")),
        next: page.next.as_deref().map(here),
        may_add: look.act.is(Role::SystemAdmin),
        done: said(&wanted.done),
    };
    Ok(pages::staff::list(&list, look.frame("工作人员", Vec::new())))
}

fn department(admin: &Admin, key: &str) -> String {
    admin.vocabulary.department(key).map_or_else(|| key.to_owned(), |d| d.name.clone())
}

fn line(admin: &Admin, staff: &Staff) -> StaffLine {
    StaffLine {
        href: format!("/admin/staff/{}", staff.account),
        name: staff.name.clone(),
        username: staff.username.clone(),
        department: department(admin, &staff.department),
        post: staff.post.clone(),
        roles: staff.roles.iter().map(|role| role.label()).collect::<Vec<_>>().join("、"),
        asked: staff.requested_roles.is_some() && staff.state == AccountState::Active,
        closed: staff.state == AccountState::Closed,
    }
}

async fn page_of(admin: &Admin, look: &Look, account: AccountId) -> Answer<StaffPage> {
    let staff = admin.identity.staff_of(&mut *admin.db.read().await?, account).await?;
    let held = staff.requested_roles.as_ref().unwrap_or(&staff.roles);
    Ok(StaffPage {
        base: format!("/admin/staff/{account}"),
        name: staff.name.clone(),
        username: staff.username.clone(),
        department: department(admin, &staff.department),
        region: staff
            .region
            .as_deref()
            .map_or_else(|| "全市".to_owned(), |code| admin.vocabulary.region_name(code).unwrap_or(code).to_owned()),
        post: staff.post.clone(),
        roles: staff.roles.iter().map(|role| role.label()).collect(),
        asked: staff.requested_roles.as_ref().map(|roles| roles.iter().map(|role| role.label()).collect()),
        closed: staff.state == AccountState::Closed,
        choices: choices(),
        chosen: held.iter().map(|role| role.as_str().to_owned()).collect(),
        may_ask: look.act.is(Role::SystemAdmin),
        may_grant: look.act.is(Role::SecurityAdmin),
        errors: Errors::new(),
        done: "",
    })
}

pub(super) async fn one(
    State(admin): State<Admin>,
    look: Look,
    Path(account): Path<AccountId>,
    Query(after): Query<After>,
) -> Answer<Markup> {
    let mut page = page_of(&admin, &look, account).await?;
    page.done = said(&after.done);
    Ok(pages::staff::one(&page, look.frame("工作人员", Vec::new())))
}

/// The roles that were ticked; words that are none are not looked at.
fn ticked(fields: &Fields) -> Vec<Role> {
    fields.all("roles").filter_map(|word| word.parse().ok()).collect()
}

pub(super) async fn request(
    State(admin): State<Admin>,
    look: Look,
    Path(account): Path<AccountId>,
    fields: Fields,
) -> Shown {
    let path = format!("/admin/staff/{account}/roles");
    let args = (admin.identity.clone(), look.act.clone(), account, ticked(&fields));
    let asked = once_page(&admin.db, &look.act, &fields, &path, args, |tx, (me, act, account, roles)| {
        Box::pin(async move {
            me.request_roles(act, tx, *account, roles).await?;
            Ok::<_, IdentityError>(format!("/admin/staff/{account}?done=asked"))
        })
    });
    refused(&admin, &look, account, asked.await, |page| {
        page.chosen = fields.all("roles").map(str::to_owned).collect();
    })
    .await
}

/// The member's page once more when the form can show what is wrong.
async fn refused(
    admin: &Admin,
    look: &Look,
    account: AccountId,
    answer: Shown,
    keep: impl FnOnce(&mut StaffPage),
) -> Shown {
    match answer {
        Err(problem) if shown_in_form(&problem) => {
            let mut page = page_of(admin, look, account).await?;
            keep(&mut page);
            page.errors = errors(&problem, "roles", last);
            Ok(again(&problem, pages::staff::one(&page, look.frame("工作人员", Vec::new()))))
        }
        other => other,
    }
}

pub(super) async fn grant(
    State(admin): State<Admin>,
    look: Look,
    Path(account): Path<AccountId>,
    fields: Fields,
) -> Shown {
    let args = (admin.identity.clone(), look.act.clone(), account);
    let path = format!("/admin/staff/{account}/grant");
    once_page(&admin.db, &look.act, &fields, &path, args, |tx, (me, act, account)| {
        Box::pin(async move {
            me.grant_roles(act, tx, *account).await?;
            Ok::<_, IdentityError>(format!("/admin/staff/{account}?done=granted"))
        })
    })
    .await
}

pub(super) async fn close(
    State(admin): State<Admin>,
    look: Look,
    Path(account): Path<AccountId>,
    fields: Fields,
) -> Shown {
    let args = (admin.identity.clone(), look.act.clone(), account);
    let path = format!("/admin/staff/{account}/close");
    once_page(&admin.db, &look.act, &fields, &path, args, |tx, (me, act, account)| {
        Box::pin(async move {
            me.staff_of(tx, *account).await?;
            me.close_account(act, tx, *account).await?;
            Ok::<_, IdentityError>(format!("/admin/staff/{account}?done=closed"))
        })
    })
    .await
}

fn blank(admin: &Admin) -> NewStaffPage {
    NewStaffPage {
        departments: admin.departments(),
        regions: admin.vocabulary.regions().into_iter().map(|r| (r.code, r.name)).collect(),
        choices: choices(),
        ..NewStaffPage::default()
    }
}

pub(super) async fn ask(State(admin): State<Admin>, look: Look) -> Response {
    pages::staff::new(&blank(&admin), look.frame("登记工作人员", Vec::new())).into_response()
}

/// Reads the form: what must be there and is not is told before anything is done.
fn read(admin: &Admin, fields: &Fields) -> Answer<(String, String, Option<String>)> {
    let (department, region) = (fields.one("department").to_owned(), fields.one("region").to_owned());
    if admin.vocabulary.department(&department).is_none() {
        return Err(missing("department", "请选择部门。"));
    }
    if !region.is_empty() && !admin.vocabulary.regions().iter().any(|r| r.code == region) {
        return Err(missing("region", "请从列表里选择区域。"));
    }
    let post = fields.one("post").trim().to_owned();
    if post.is_empty() {
        return Err(missing("post", "请填写岗位名称。"));
    }
    Ok((department, post, Some(region).filter(|r| !r.is_empty())))
}

async fn register(admin: &Admin, look: &Look, fields: &Fields) -> Shown {
    let (department, post, region) = read(admin, fields)?;
    let context = PasswordContext { known: vec![fields.one("username").to_owned(), fields.one("name").to_owned()] };
    let password = admin.identity.hash_password(fields.one("password"), &context).await?;
    let new = NewStaff {
        username: fields.one("username").to_owned(),
        password,
        name: fields.one("name").to_owned(),
        department,
        region,
        post,
        roles: ticked(fields),
    };
    let args: (Identity, _, NewStaff) = (admin.identity.clone(), look.act.clone(), new);
    once_page(&admin.db, &look.act, fields, "/admin/staff/new", args, |tx, (me, act, new)| {
        Box::pin(async move {
            let account = me.add_staff(act, tx, new).await?;
            Ok::<_, IdentityError>(format!("/admin/staff/{account}?done=added"))
        })
    })
    .await
}

pub(super) async fn add(State(admin): State<Admin>, look: Look, fields: Fields) -> Shown {
    match register(&admin, &look, &fields).await {
        Err(problem) if shown_in_form(&problem) => {
            let first = if problem.code().contains("username") { "username" } else { "roles" };
            let page = NewStaffPage {
                username: fields.one("username").to_owned(),
                name: fields.one("name").to_owned(),
                department: fields.one("department").to_owned(),
                region: fields.one("region").to_owned(),
                post: fields.one("post").to_owned(),
                roles: fields.all("roles").map(str::to_owned).collect(),
                errors: errors(&problem, first, last),
                ..blank(&admin)
            };
            Ok(again(&problem, pages::staff::new(&page, look.frame("登记工作人员", Vec::new()))))
        }
        other => other,
    }
}
