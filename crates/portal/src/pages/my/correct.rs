//! Correction in place, and materials handed in later: only what is asked, each with why and what would be right.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button_link_quiet, button_quiet_saying, button_saying, notice},
        forms::{
            Choice, Control, TextKind, area, checks, date, error_summary, files, hidden, once_field, select, text, tick,
        },
    },
};

use super::Deadline;
use crate::pages::my::acts::Of;

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CorrectPage {
    pub(crate) of: Of,
    /// `correct` or `supply`.
    pub(crate) act: &'static str,
    pub(crate) heading: String,
    pub(crate) lead: String,
    pub(crate) deadline: Option<Deadline>,
    /// The notice that asked for it.
    pub(crate) notice: Option<String>,
    pub(crate) fields: Vec<FieldDefect>,
    pub(crate) materials: Vec<MaterialDefect>,
    pub(crate) errors: Vec<(String, String)>,
    /// Something was kept from before.
    pub(crate) kept: bool,
    pub(crate) saved: bool,
}

/// Why something is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) problem: String,
    pub(crate) requirement: String,
    pub(crate) basis: Option<String>,
}

/// Which control a field gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Line,
    Number,
    Phone,
    Code,
    Long,
    Day,
    One(Vec<(String, String)>),
    Many(Vec<(String, String)>),
}

/// A field that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FieldDefect {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) values: Vec<String>,
    /// As handed in.
    pub(crate) before: String,
    pub(crate) why: Why,
}

/// A material that is wrong or still to come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MaterialDefect {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) why: Why,
    /// Files as handed in.
    pub(crate) before: Vec<(String, String)>,
    /// Files taken in for this correction: id, name, where to look at it.
    pub(crate) taken: Vec<(String, String, String)>,
    /// Name of a certificate of the applicant that can take its place, and whether it shall.
    pub(crate) certificate: Option<(String, bool)>,
}

/// Kinds of file that the browser offers: photos first, so that a phone turns its own formats into JPEG.
const ACCEPT: &str = "image/jpeg,image/png,image/webp,.pdf,.ofd,.docx,.xlsx";

/// Places the page.
pub(crate) fn correct(page: &CorrectPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, &page.heading);
    let path = format!("/my/cases/{}/{}", page.of.number, page.act);
    let errors: Vec<(&str, String)> = page.errors.iter().map(|(f, t)| (f.as_str(), t.clone())).collect();
    frame(
        around,
        html! {
            (error_summary(&errors))
            @if page.saved { (notice(Tone::Success, "已经存下，还没有提交", html! { p { "换一台设备登录也能接着改。改完记得点“提交”。" } })) }
            p.overline { (page.of.item) }
            h1.mine-head { (page.heading) }
            p.lead { (page.lead) }
            @if let Some(deadline) = &page.deadline { section.card { (super::deadline(deadline)) } }
            @if let Some(href) = &page.notice { p { a href=(href) { "查看通知书原文" } } }
            @if page.kept && !page.saved { (notice(Tone::Info, "上次没有提交的内容还在", html! { p { "可以接着改。" } })) }
            form.form method="post" action=(path) enctype="multipart/form-data" data-once {
                (once_field())
                // The first button of a form is the one that the enter key presses: keeping, never sending.
                button.visually-hidden type="submit" name="go" value="save" tabindex="-1" aria-hidden="true" { "存下" }
                @for field in &page.fields { (field_defect(field, page)) }
                @for material in &page.materials { (material_defect(material, page)) }
                (hidden("whole", "yes"))
                div.actions {
                    (button_saying("核对无误，提交", "go", "send"))
                    (button_quiet_saying("先存下，以后再改", "go", "save"))
                    (button_link_quiet("返回办件", &format!("/my/cases/{}", page.of.number)))
                }
                p.hint { "提交以后不能再改，请一次补齐。" }
            }
        },
    )
}

fn why(why: &Why) -> Markup {
    html! {
        dl.defect-why {
            @if !why.problem.is_empty() { div { dt { "哪里不对" } dd { (why.problem) } } }
            div {
                dt { "怎样才对" }
                dd { (why.requirement) @if let Some(basis) = &why.basis { p.hint { "依据：" (basis) } } }
            }
        }
    }
}

fn error<'a>(page: &'a CorrectPage, name: &str) -> Option<&'a str> {
    page.errors.iter().find(|(field, _)| field == name).map(|(_, text)| text.as_str())
}

fn field_defect(field: &FieldDefect, page: &CorrectPage) -> Markup {
    let control = Control {
        name: &field.name,
        label: "改成",
        hint: field.hint.as_deref(),
        error: error(page, &field.name),
        optional: false,
    };
    let value = field.values.first().map_or("", String::as_str);

    html! {
        section.defect {
            h2 { (field.label) }
            (why(&field.why))
            p { "原来填的：" @if field.before.is_empty() { span.soft { "（没有填）" } } @else { span.typed { (field.before) } } }
            @match &field.kind {
                Kind::Line => (text(&control, TextKind::Text, value)),
                Kind::Number => (text(&control, TextKind::Decimal, value)),
                Kind::Phone => (text(&control, TextKind::Tel, value)),
                Kind::Code => (text(&control, TextKind::Code, value)),
                Kind::Long => (area(&control, 4, value)),
                Kind::Day => (date(&control, value)),
                Kind::One(options) => {
                    @let options: Vec<Choice<'_>> = options.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
                    (select(&control, &options, value))
                },
                Kind::Many(options) => {
                    @let chosen: Vec<&str> = field.values.iter().map(String::as_str).collect();
                    @let options: Vec<Choice<'_>> = options.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
                    (checks(&control, &options, &chosen))
                },
            }
        }
    }
}

fn material_defect(material: &MaterialDefect, page: &CorrectPage) -> Markup {
    let label = if material.taken.is_empty() { "上传" } else { "再加一个文件" };
    let control = Control {
        name: &material.name,
        label,
        hint: Some("拍照或者选文件，可以选多个；每个不超过 20 MB。"),
        error: error(page, &material.name),
        optional: !material.taken.is_empty(),
    };
    let certificate = format!("{}.certificate", material.name);
    html! {
        section.defect {
            h2 { (material.label) }
            (why(&material.why))
            @if !material.before.is_empty() {
                p { "原来交的：" @for (name, href) in &material.before { a href=(href) { (name) } " " } }
            }
            @if !material.taken.is_empty() {
                ul.documents {
                    @for (id, name, href) in &material.taken {
                        li {
                            a href=(href) { (name) } " "
                            (button_quiet_saying("去掉", "go", &format!("remove:{}:{id}", material.name)))
                        }
                    }
                }
            }
            @if let Some((name, chosen)) = &material.certificate {
                @let label = format!("用我的电子证照“{name}”代替，不用上传");
                (tick(&Control { name: &certificate, label: &label, ..Control::default() }, *chosen))
            }
            (files(&control, ACCEPT, true, true))
        }
    }
}
