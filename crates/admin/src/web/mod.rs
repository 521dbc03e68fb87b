//! The administrators' pages by path.

mod accounts;
mod calendar;
mod departments;
mod notices;
mod rules;
mod staff;
mod trail;

use axum::{
    extract::State,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::Db;
use identity::Identity;
use kernel::{Fault, Role};
use serde::Deserialize;
use settings::Settings;
use vocab::Vocabulary;
use webkit::{Access, Answer, Look, Markup, Problem, Routes};

use crate::pages::{
    self, Errors,
    home::{Duty, HomePage},
};

/// What the pages stand on. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Admin {
    pub(crate) db: Db,
    pub(crate) identity: Identity,
    pub(crate) settings: Settings,
    pub(crate) vocabulary: Vocabulary,
}

impl Admin {
    /// Pages over these records.
    #[must_use]
    pub fn new(db: Db, identity: Identity, settings: Settings, vocabulary: Vocabulary) -> Self {
        Self { db, identity, settings, vocabulary }
    }

    /// Key and name of each department.
    fn departments(&self) -> Vec<(String, String)> {
        self.vocabulary.departments().iter().map(|d| (d.key.clone(), d.name.clone())).collect()
    }
}

/// Which word a page bears after something was done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct After {
    done: String,
}

const ALL_THREE: Access = Access::Roles(&[Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor]);
const SYSTEM: Access = Access::Roles(&[Role::SystemAdmin]);
const SECURITY: Access = Access::Roles(&[Role::SecurityAdmin]);
const BOTH: Access = Access::Roles(&[Role::SystemAdmin, Role::SecurityAdmin]);
const AUDITOR: Access = Access::Roles(&[Role::Auditor]);

/// All pages, each for the administrators it belongs to.
#[must_use]
pub fn routes(admin: Admin) -> Routes {
    Routes::new(admin)
        .page(ALL_THREE, Method::GET, "/admin", get(home))
        .page(ALL_THREE, Method::GET, "/admin/staff", get(staff::list))
        .page(SYSTEM, Method::GET, "/admin/staff/new", get(staff::ask))
        .page(SYSTEM, Method::POST, "/admin/staff/new", post(staff::add))
        .page(ALL_THREE, Method::GET, "/admin/staff/{account}", get(staff::one))
        .page(SYSTEM, Method::POST, "/admin/staff/{account}/roles", post(staff::request))
        .page(SECURITY, Method::POST, "/admin/staff/{account}/grant", post(staff::grant))
        .page(SYSTEM, Method::POST, "/admin/staff/{account}/close", post(staff::close))
        .page(BOTH, Method::GET, "/admin/accounts", get(accounts::find))
        .page(SYSTEM, Method::POST, "/admin/accounts/{username}/unlock", post(accounts::unlock))
        .page(SYSTEM, Method::POST, "/admin/accounts/{username}/password", post(accounts::password))
        .page(SYSTEM, Method::POST, "/admin/accounts/{username}/close", post(accounts::close))
        .page(SYSTEM, Method::GET, "/admin/departments", get(departments::list))
        .page(SYSTEM, Method::GET, "/admin/departments/{key}", get(departments::one))
        .page(SYSTEM, Method::POST, "/admin/departments/{key}", post(departments::set))
        .page(SYSTEM, Method::GET, "/admin/calendar", get(calendar::show))
        .page(SYSTEM, Method::POST, "/admin/calendar", post(calendar::preview))
        .page(SYSTEM, Method::POST, "/admin/calendar/load", post(calendar::load))
        .page(SYSTEM, Method::GET, "/admin/notices", get(notices::show))
        .page(SYSTEM, Method::POST, "/admin/notices", post(notices::set))
        .page(SYSTEM, Method::GET, "/admin/rules", get(rules::show))
        .page(SYSTEM, Method::POST, "/admin/rules", post(rules::set))
        .page(AUDITOR, Method::GET, "/admin/audit", get(trail::show))
        .page(AUDITOR, Method::POST, "/admin/audit/verify", post(trail::verify))
        .done()
}

async fn home(State(_): State<Admin>, look: Look) -> Markup {
    let duty = |label, href, about| Duty { label, href, about };
    let staff = duty("工作人员", "/admin/staff", "查看岗位和权限");
    let (role, duties) = if look.act.is(Role::SystemAdmin) {
        (
            Role::SystemAdmin.label(),
            vec![
                duty("工作人员", "/admin/staff", "登记、申请权限、停用"),
                duty("账户", "/admin/accounts", "解除锁定、重设密码、停用"),
                duty("部门", "/admin/departments", "咨询电话、投诉电话、地点、时间"),
                duty("工作日历", "/admin/calendar", "导入放假和调休安排"),
                duty("办理规则", "/admin/rules", "容缺承诺没有履行的后果"),
                duty("文书用语", "/admin/notices", "救济途径和文书结尾"),
            ],
        )
    } else if look.act.is(Role::SecurityAdmin) {
        (
            Role::SecurityAdmin.label(),
            vec![duty("工作人员", "/admin/staff", "审核并授予权限"), duty("账户", "/admin/accounts", "查看账户的状态")],
        )
    } else {
        (Role::Auditor.label(), vec![staff, duty("审计记录", "/admin/audit", "查看记录，检查是否完整")])
    };
    pages::home::home(&HomePage { role, duties }, look.frame("管理", Vec::new()))
}

/// Faults by the field of the form they belong to; what belongs to none stands on top, linked to `first`.
fn errors(problem: &Problem, first: &str, field_of: impl Fn(&str) -> Option<String>) -> Errors {
    if problem.faults().is_empty() {
        return vec![(first.to_owned(), problem.detail().to_owned())];
    }
    problem
        .faults()
        .iter()
        .map(|fault| (field_of(&fault.pointer).unwrap_or_else(|| first.to_owned()), fault.detail.clone()))
        .collect()
}

/// The last part of a pointer, which is the field's name.
fn last(pointer: &str) -> Option<String> {
    pointer.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Whether a refusal is one that the form itself can show: the rest goes to the problem page.
fn shown_in_form(problem: &Problem) -> bool {
    matches!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT)
}

/// The form once more, with what is wrong in it.
fn again(problem: &Problem, page: Markup) -> Response {
    (problem.status(), page).into_response()
}

/// A fault of a field that only the form knows.
fn missing(name: &str, words: &str) -> Problem {
    Problem::invalid("admin.form", vec![Fault::new(format!("/{name}"), "required", words)])
}

/// An answer that is a page.
type Shown = Answer<Response>;
