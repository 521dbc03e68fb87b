//! The form of one move, with its preview.

use certificates::RefusalReason;
use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button, button_danger, button_link_quiet, button_quiet_saying, button_saying, notice, tag},
        forms::{Choice, Control, TextKind, area, checks, error_summary, once_field, radios, select, text, text_in},
    },
};

use crate::asking::{DefectRow, Kind, Question};

/// What a move would bring about.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    pub(crate) happens: Vec<String>,
    pub(crate) state: &'static str,
    /// Titles and papers.
    pub(crate) papers: Vec<(String, Markup)>,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct ActingPage {
    pub(crate) number: String,
    pub(crate) home: String,
    pub(crate) title: String,
    pub(crate) button: &'static str,
    pub(crate) about: String,
    pub(crate) action: String,
    /// Version of the case that the form was made for.
    pub(crate) seen: i64,
    pub(crate) closed: Option<String>,
    pub(crate) consequence: Option<String>,
    /// Ends the matter for the applicant.
    pub(crate) grave: bool,
    /// Goes to the applicant as a paper that can be looked at first.
    pub(crate) notice: bool,
    pub(crate) questions: Vec<Question>,
    /// What is wrong, by field.
    pub(crate) errors: Vec<(String, String)>,
    /// Why it was not done, when that is about no field.
    pub(crate) refusal: Option<String>,
    /// What others did meanwhile.
    pub(crate) meanwhile: Vec<String>,
    pub(crate) preview: Option<Preview>,
    /// What was typed, to carry through a preview.
    pub(crate) typed: Vec<(String, String)>,
}

/// Places the page.
pub(crate) fn acting(page: &ActingPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![
        Crumb::link("工作台", "/desk"),
        Crumb::link(page.number.clone(), page.home.clone()),
        Crumb::here(page.button),
    ];
    around.wide = page.questions.iter().any(|q| matches!(q.kind, Kind::Defects(_)));
    let confirming = page.preview.is_some() && !page.typed.is_empty();
    frame(
        around,
        html! {
            div.desk-act {
                p.overline { (page.about) }
                h1 { (page.title) }
                (error_summary(&page.errors.iter().map(|(n, t)| (n.as_str(), t.clone())).collect::<Vec<_>>()))
                @if !page.meanwhile.is_empty() { (meanwhile(page)) }
                @if let Some(refusal) = &page.refusal {
                    (notice(Tone::Error, "没有办理", html! { p { (refusal) } p { "您填写的内容都还在下面。" } }))
                }
                @if let Some(consequence) = &page.consequence { (notice(Tone::Info, "请先看", html! { p { (consequence) } })) }
                @if let Some(why) = &page.closed {
                    @if page.refusal.is_none() { (notice(Tone::Warning, "现在不能办理", html! { p { (why) } })) }
                    @if !page.typed.is_empty() { (kept(page)) }
                    div.actions { (button_link_quiet("回到办件", &page.home)) }
                } @else if confirming {
                    (previewed(page))
                } @else {
                    (form(page))
                }
            }
        },
    )
}

fn meanwhile(page: &ActingPage) -> Markup {
    notice(
        Tone::Warning,
        "您填写期间，别人刚刚办理了这个办件",
        html! {
            ul { @for line in &page.meanwhile { li { (line) } } }
            p { "您的操作没有执行，填写的内容都还在。请看过上面的变化，再决定是否继续。" }
        },
    )
}

/// What was typed, when the form can no longer be sent.
fn kept(page: &ActingPage) -> Markup {
    html! {
        section.desk-kept {
            h2 { "您填写的内容" }
            dl.facts {
                @for question in &page.questions {
                    @let text = question.values.join("、");
                    @if !text.is_empty() { div { dt { (question.label) } dd { (text) } } }
                }
            }
        }
    }
}

fn form(page: &ActingPage) -> Markup {
    html! {
        @if let Some(preview) = &page.preview { (outlook(preview)) }
        form.desk-form action=(page.action) method="post" data-once {
            (once_field())
            input type="hidden" name="seen" value=(page.seen);
            @for question in &page.questions { (place(page, question)) }
            div.actions {
                @if page.notice {
                    (button_saying("预览申请人看到的文书", "go", "preview"))
                } @else if page.grave {
                    (button_danger(&format!("确认{}", page.button)))
                } @else {
                    (button(&format!("确认{}", page.button)))
                }
                (button_link_quiet("返回，不办理", &page.home))
            }
        }
    }
}

fn previewed(page: &ActingPage) -> Markup {
    let hidden = |skip: &[&str]| {
        html! {
            @for (name, value) in page.typed.iter().filter(|(n, _)| !skip.contains(&n.as_str())) {
                input type="hidden" name=(name) value=(value);
            }
        }
    };
    html! {
        p.lead { "请核对：送出后申请人会收到下面的文书，不能撤回。" }
        @if let Some(preview) = &page.preview {
            (outlook(preview))
            @for (title, paper) in &preview.papers {
                section.desk-paper aria-label=(title) { (paper) }
            }
        }
        div.actions {
            form action=(page.action) method="post" data-once {
                (hidden(&["go", "seen"]))
                input type="hidden" name="seen" value=(page.seen);
                input type="hidden" name="go" value="send";
                @if page.grave { (button_danger(&format!("确认{}并送出", page.button))) }
                @else { (button(&format!("确认{}并送出", page.button))) }
            }
            form action=(page.action) method="post" {
                (hidden(&["go"]))
                (button_quiet_saying("返回修改", "go", "edit"))
            }
        }
    }
}

fn outlook(preview: &Preview) -> Markup {
    html! {
        section.desk-outlook {
            h2 { "办理后" }
            ol { @for step in &preview.happens { li { (step) } } }
            p { "办件会变为“" strong { (preview.state) } "”。"
                @if !preview.papers.is_empty() {
                    "会出具：" (preview.papers.iter().map(|(t, _)| format!("《{t}》")).collect::<Vec<_>>().join("、")) "。"
                }
            }
        }
    }
}

fn place(page: &ActingPage, question: &Question) -> Markup {
    let error = page.errors.iter().find(|(n, _)| n == question.name).map(|(_, text)| text.as_str());
    let control = Control {
        name: question.name,
        label: &question.label,
        hint: question.hint.as_deref(),
        error,
        optional: question.optional,
    };
    let value = question.values.first().map_or("", String::as_str);
    let choices = |picks: &'_ [crate::pages::tasks::Pick]| -> Vec<(String, String)> {
        picks.iter().map(|p| (p.value.clone(), p.label.clone())).collect()
    };
    let with = |picks: &[crate::pages::tasks::Pick], place: &dyn Fn(&[Choice<'_>]) -> Markup| {
        let pairs = choices(picks);
        let all: Vec<Choice<'_>> = pairs.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
        place(&all)
    };
    match &question.kind {
        Kind::Line => text(&control, TextKind::Text, value),
        Kind::Number(unit) => text_in(&control, TextKind::Decimal, value, unit),
        Kind::Area(rows) => area(&control, *rows, value),
        Kind::Select(picks) => with(picks, &|all| select(&control, all, value)),
        Kind::Radios(picks) => with(picks, &|all| radios(&control, all, value)),
        Kind::Checks(picks) => {
            let chosen: Vec<&str> = question.values.iter().map(String::as_str).collect();
            with(picks, &|all| checks(&control, all, &chosen))
        }
        Kind::Defects(rows) => defects(page, rows, error),
    }
}

fn defects(page: &ActingPage, rows: &[DefectRow], error: Option<&str>) -> Markup {
    let (form, materials): (Vec<&DefectRow>, Vec<&DefectRow>) = rows.iter().partition(|r| r.of_form);
    html! {
        fieldset.field.desk-defects.wrong[error.is_some()] {
            legend { "需要补正的内容" }
            p.hint { "勾选的内容会写进告知书，必须一次列全：告知以后，已经能看出的问题不能再提。" }
            @if let Some(error) = error { p.field-error #want { (error) } }
            @for row in materials { (defect(page, row)) }
            @if !form.is_empty() {
                details open[form.iter().any(|r| r.want)] {
                    summary { "申请表中的内容（" (form.len()) " 项）" }
                    @for row in form { (defect(page, row)) }
                }
            }
        }
    }
}

/// Why a valid certificate is not taken: it is as good as paper, so there must be a reason.
fn refusal(page: &ActingPage, row: &DefectRow) -> Markup {
    let name = format!("certificate_refusal.{}", row.target);
    let error = page.errors.iter().find(|(n, _)| *n == name).map(|(_, t)| t.as_str());
    let choices: Vec<Choice<'_>> =
        RefusalReason::ALL.iter().map(|r| Choice { value: r.as_str(), label: r.label(), hint: None }).collect();
    let hint = Some(
        "申请人用电子证照代替了这项材料。有效的电子证照与纸质材料效力相同，不采用的理由会记录、统计，申请人看得到。",
    );
    select(
        &Control { name: &name, label: "为什么不采用电子证照", hint, error, optional: false },
        &choices,
        &row.refusal,
    )
}

fn defect(page: &ActingPage, row: &DefectRow) -> Markup {
    let names = (format!("problem.{}", row.target), format!("requirement.{}", row.target));
    let error = |name: &str| page.errors.iter().find(|(n, _)| n == name).map(|(_, t)| t.as_str());
    let field = |name: &str, label: &str, value: &str| {
        area(&Control { name, label, error: error(name), ..Control::default() }, 2, value)
    };
    html! {
        div.desk-defect {
            label.desk-defect-name {
                input type="checkbox" name="want" value=(row.target) checked[row.want];
                " " (row.name) @if !row.mark.is_empty() { " " (tag(row.mark)) }
            }
            div.desk-defect-words data-when={ "want=" (row.target) } {
                (field(&names.0, "问题", &row.problem))
                (field(&names.1, "怎样补正", &row.requirement))
                @if row.by_certificate { (refusal(page, row)) }
            }
        }
    }
}
