//! Staff: the list, one member, a new one.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{
            Tone, button, button_danger, button_link, button_link_quiet, definitions, disclosure, empty, filter_bar,
            notice, pagination, table, tag, tag_strong,
        },
        forms::{Choice, Control, TextKind, checks, once_field, select, select_field, text},
    },
};

use super::{Errors, around, done, summary, wrong};

/// One line of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StaffLine {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) department: String,
    pub(crate) post: String,
    pub(crate) roles: String,
    /// Something waits for the security administrator.
    pub(crate) asked: bool,
    pub(crate) closed: bool,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StaffList {
    /// Key and name.
    pub(crate) departments: Vec<(String, String)>,
    pub(crate) department: String,
    pub(crate) lines: Vec<StaffLine>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    /// The viewer may register somebody.
    pub(crate) may_add: bool,
    pub(crate) done: &'static str,
}

/// Places the list.
pub(crate) fn list(page: &StaffList, frame_: PageFrame) -> Markup {
    let mut departments = vec![(String::new(), "全部部门".to_owned())];
    departments.extend(page.departments.iter().cloned());
    let rows: Vec<Vec<Markup>> = page
        .lines
        .iter()
        .map(|line| {
            vec![
                html! { a href=(line.href) { (line.name) } },
                html! { (line.username) },
                html! { (line.department) },
                html! { (line.post) },
                html! { (line.roles) },
                html! {
                    @if line.asked { (tag_strong("待授权")) }
                    @if line.closed { (tag("已停用")) }
                },
            ]
        })
        .collect();
    frame(
        around(frame_, &[], "工作人员", &Errors::new()),
        html! {
            h1 { "工作人员" }
            (done(page.done))
            (filter_bar("/admin/staff", select_field("department", "部门", &departments, &page.department)))
            @if page.may_add { div.actions { (button_link("登记工作人员", "/admin/staff/new")) } }
            @if page.lines.is_empty() {
                (empty("没有工作人员", html! { p { "换一个部门看看。" } }, None))
            } @else {
                (table("工作人员", &["姓名", "用户名", "部门", "岗位", "权限", "状态"], &rows))
                (pagination(page.first.as_deref(), page.next.as_deref()))
            }
        },
    )
}

/// One member of staff.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StaffPage {
    pub(crate) base: String,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) department: String,
    pub(crate) region: String,
    pub(crate) post: String,
    pub(crate) roles: Vec<&'static str>,
    /// Roles asked for and not granted yet.
    pub(crate) asked: Option<Vec<&'static str>>,
    pub(crate) closed: bool,
    /// All roles a member of staff can hold: word, label.
    pub(crate) choices: Vec<(&'static str, &'static str)>,
    /// Words chosen in the form.
    pub(crate) chosen: Vec<String>,
    /// The viewer registers and asks.
    pub(crate) may_ask: bool,
    /// The viewer grants.
    pub(crate) may_grant: bool,
    pub(crate) errors: Errors,
    pub(crate) done: &'static str,
}

/// Places one member of staff.
pub(crate) fn one(page: &StaffPage, frame_: PageFrame) -> Markup {
    let roles = if page.roles.is_empty() { "还没有".to_owned() } else { page.roles.join("、") };
    frame(
        around(frame_, &[("工作人员", "/admin/staff")], &page.name, &page.errors),
        html! {
            (summary(&page.errors))
            h1 { (page.name) }
            (done(page.done))
            @if page.closed { (notice(Tone::Warning, "这个账户已经停用", html! { p { "不能再登录，历史记录保留。" } })) }
            (definitions([
                ("用户名", html! { (page.username) }),
                ("部门", html! { (page.department) }),
                ("区域", html! { (page.region) }),
                ("岗位", html! { (page.post) }),
                ("现有权限", html! { (roles) }),
            ]))
            @if let Some(asked) = &page.asked {
                @let words = if asked.is_empty() { "收回全部权限".to_owned() } else { asked.join("、") };
                (notice(Tone::Info, "等待安全管理员授权", html! { p { "申请的权限：" (words) "。授权后原有会话立即结束，重新登录生效。" } }))
                @if page.may_grant && !page.closed {
                    form method="post" action={ (page.base) "/grant" } data-once {
                        (once_field())
                        (button("同意授权"))
                    }
                }
            }
            @if page.may_ask && !page.closed { (asking(page)) }
        },
    )
}

fn asking(page: &StaffPage) -> Markup {
    let choices: Vec<Choice<'_>> =
        page.choices.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    let chosen: Vec<&str> = page.chosen.iter().map(String::as_str).collect();
    html! {
        section.band {
            div.band-head { h2 { "申请权限" } }
            form method="post" action={ (page.base) "/roles" } data-once {
                (once_field())
                (checks(&Control {
                    name: "roles", label: "岗位需要的权限", hint: Some("管理员的权限不能与其他权限同时持有。"),
                    error: wrong(&page.errors, "roles"), optional: false,
                }, &choices, &chosen))
                div.actions { (button("提交申请")) }
            }
            (disclosure("停用账户", html! {
                p { "停用后不能再登录，也不能恢复；他办过的记录都保留。手上的任务请先转交。" }
                form method="post" action={ (page.base) "/close" } data-once {
                    (once_field())
                    (button_danger("停用"))
                }
            }))
        }
    }
}

/// A new member of staff.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NewStaffPage {
    pub(crate) departments: Vec<(String, String)>,
    pub(crate) regions: Vec<(String, String)>,
    pub(crate) choices: Vec<(&'static str, &'static str)>,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) region: String,
    pub(crate) post: String,
    pub(crate) roles: Vec<String>,
    pub(crate) errors: Errors,
}

/// Places the form.
pub(crate) fn new(page: &NewStaffPage, frame_: PageFrame) -> Markup {
    let control = |name: &'static str, label: &'static str, hint: Option<&'static str>, optional: bool| Control {
        name,
        label,
        hint,
        error: wrong(&page.errors, name),
        optional,
    };
    let options = |list: &'_ [(String, String)]| -> Vec<(String, String)> { list.to_vec() };
    let (departments, regions) = (options(&page.departments), options(&page.regions));
    let departments: Vec<Choice<'_>> = std::iter::once(Choice { value: "", label: "请选择", hint: None })
        .chain(departments.iter().map(|(value, label)| Choice { value, label, hint: None }))
        .collect();
    let regions: Vec<Choice<'_>> = std::iter::once(Choice { value: "", label: "全市（市级部门）", hint: None })
        .chain(regions.iter().map(|(value, label)| Choice { value, label, hint: None }))
        .collect();
    let roles: Vec<Choice<'_>> =
        page.choices.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    let chosen: Vec<&str> = page.roles.iter().map(String::as_str).collect();
    frame(
        around(frame_, &[("工作人员", "/admin/staff")], "登记工作人员", &page.errors),
        html! {
            (summary(&page.errors))
            h1 { "登记工作人员" }
            p.lead { "登记后先没有权限；安全管理员授权后才能办理业务。" }
            form.narrow method="post" action="/admin/staff/new" novalidate data-once {
                (once_field())
                (text(&control("name", "姓名", None, false), TextKind::Name, &page.name))
                (text(&control("username", "用户名", Some("3 至 40 个小写字母、数字、点、横线或下划线，以字母开头。"), false), TextKind::Username, &page.username))
                (text(&control("password", "初始密码", Some("至少 10 个字符。请当面告知本人，并让他登录后修改。"), false), TextKind::NewPassword, ""))
                (select(&control("department", "部门", None, false), &departments, &page.department))
                (select(&control("region", "区域", Some("只办理一个区县的业务时选择。"), true), &regions, &page.region))
                (text(&control("post", "岗位", Some("例如：综合窗口受理岗。"), false), TextKind::Text, &page.post))
                (checks(&control("roles", "岗位需要的权限", Some("管理员的权限不能与其他权限同时持有。"), true), &roles, &chosen))
                div.actions { (button("登记")) (button_link_quiet("取消", "/admin/staff")) }
            }
        },
    )
}
