//! Departments and how they are reached.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, button_link_quiet, notice, table},
        forms::{Control, TextKind, once_field, text},
    },
};

use super::{Errors, around, done, reason_field, summary, wrong};

/// One department of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DepartmentLine {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) phone: String,
    pub(crate) address: String,
}

/// Places the list.
pub(crate) fn list(lines: &[DepartmentLine], said: &'static str, frame_: PageFrame) -> Markup {
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            vec![
                html! { a href=(line.href) { (line.name) } },
                html! { (line.kind) },
                html! { @if line.phone.is_empty() { span.soft { "未填写" } } @else { (line.phone) } },
                html! { (line.address) },
            ]
        })
        .collect();
    frame(
        around(frame_, &[], "部门", &Errors::new()),
        html! {
            h1 { "部门" }
            (done(said))
            p.lead { "名称和层级来自公布的部门目录；联系方式在这里填写，印在部门出具的每一份文书上。" }
            (table("部门", &["名称", "性质", "咨询电话", "办理地点"], &rows))
        },
    )
}

/// How one department is reached, as it is being edited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DepartmentPage {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) complaint_phone: String,
    pub(crate) address: String,
    pub(crate) hours: String,
    pub(crate) reason: String,
    /// Something set already that counts from a coming day.
    pub(crate) coming: Option<String>,
    pub(crate) errors: Errors,
}

/// Places the form.
pub(crate) fn one(page: &DepartmentPage, frame_: PageFrame) -> Markup {
    let control = |name: &'static str, label: &'static str, hint: &'static str| Control {
        name,
        label,
        hint: Some(hint),
        error: wrong(&page.errors, name),
        optional: true,
    };
    frame(
        around(frame_, &[("部门", "/admin/departments")], &page.name, &page.errors),
        html! {
            (summary(&page.errors))
            h1 { (page.name) }
            @if let Some(coming) = &page.coming {
                (notice(Tone::Info, "已有修改等待生效", html! { p { "下面显示的是" (coming) "起生效的内容。" } }))
            }
            form.narrow method="post" action={ "/admin/departments/" (page.key) } novalidate data-once {
                (once_field())
                (text(&control("phone", "咨询电话", "例如 0851-87987000。"), TextKind::Tel, &page.phone))
                (text(&control("complaint_phone", "监督投诉电话", "例如 12345。"), TextKind::Tel, &page.complaint_phone))
                (text(&control("address", "办理地点", "群众能找到的地址。"), TextKind::Address, &page.address))
                (text(&control("hours", "办公时间", "例如 周一至周五 9:00—17:00。"), TextKind::Text, &page.hours))
                (reason_field(&page.errors, &page.reason))
                p.hint { "保存后从明天起生效，今天已经出具的文书不变。" }
                div.actions { (button("保存")) (button_link_quiet("取消", "/admin/departments")) }
            }
        },
    )
}
