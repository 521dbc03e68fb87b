//! Everything once more before it is handed in.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{SummaryRow, Tone, button, notice, summary_list},
        forms::{Control, hidden, once_field, tick},
    },
};

use super::{Around, crumbs, foot, head};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CheckPage {
    pub(crate) around: Around,
    pub(crate) action: String,
    /// Version of the draft that is shown.
    pub(crate) version: String,
    /// In whose name.
    pub(crate) applicant: String,
    /// The draft was changed elsewhere since the page was opened.
    pub(crate) changed: bool,
    pub(crate) groups: Vec<Answers>,
    /// What is still missing: text, and where it is filled in.
    pub(crate) missing: Vec<(String, String)>,
    /// Rules that do not hold, or cannot be told yet.
    pub(crate) broken: Vec<String>,
    pub(crate) by_person: bool,
    pub(crate) declared: bool,
    /// What the applicant answers for.
    pub(crate) declaration: String,
    /// What follows after handing in.
    pub(crate) next: String,
    /// Certificates of other bodies that stand in: name and who issued it.
    pub(crate) uses: Vec<(String, String)>,
    /// Certificates that the deciding body issued itself.
    pub(crate) own: Vec<String>,
    /// Who decides.
    pub(crate) department: String,
    /// The words by which their use is allowed.
    pub(crate) consent_text: String,
    pub(crate) consented: bool,
    /// Where paper is chosen instead.
    pub(crate) materials: String,
}

/// One group of answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) title: String,
    pub(crate) rows: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) name: String,
    /// What was answered; empty when nothing was.
    pub(crate) value: String,
    pub(crate) note: String,
    /// It is wrong or missing.
    pub(crate) wrong: bool,
    /// Where it is changed; empty where it follows from another answer.
    pub(crate) change: String,
}

/// Places the page.
pub(crate) fn check(page: &CheckPage, mut around: PageFrame) -> Markup {
    crumbs(&mut around, &page.around);
    frame(
        around,
        html! {
            div.apply {
                (head(&page.around, "核对并提交"))
                @if page.changed {
                    (notice(Tone::Warning, "内容刚刚改过", html! { p { "您打开这一页以后，内容在别处改过。还没有提交，请再核对一遍。" } }))
                }
                @if !page.missing.is_empty() {
                    (notice(Tone::Warning, "还差这些才能提交", html! {
                        ul { @for (text, href) in &page.missing { li { a href=(href) { (text) } } } }
                    }))
                }
                p { "申请人：" strong { (page.applicant) } }
                @for group in &page.groups {
                    section {
                        h2 { (group.title) }
                        (summary_list(&group.rows.iter().map(row).collect::<Vec<_>>()))
                    }
                }
                @if page.missing.is_empty() { (submit(page)) }
                (foot(&page.around))
            }
        },
    )
}

fn row(answer: &Answer) -> SummaryRow {
    let note = html! { span.apply-wrong[answer.wrong] { (answer.note) } };
    SummaryRow {
        name: answer.name.clone(),
        value: html! { @if answer.value.is_empty() { span.hint { "没有填" } } @else { span.apply-said { (answer.value) } } },
        note: (!answer.note.is_empty()).then_some(note),
        change: (!answer.change.is_empty()).then(|| (answer.change.clone(), "修改".to_owned())),
    }
}

fn submit(page: &CheckPage) -> Markup {
    let error = |name: &str| page.around.errors.iter().find(|(id, _)| id == name).map(|(_, text)| text.as_str());
    html! {
        form.apply-form method="post" action=(page.action) novalidate data-once {
            (once_field())
            (hidden("version", &page.version))
            @if !page.broken.is_empty() {
                (notice(Tone::Warning, "系统初步判断，还不能直接通过", html! {
                    ul { @for text in &page.broken { li { (text) } } }
                    p { "系统不会因此拒绝您。确认填写无误的，可以由工作人员核对后决定；填错了的，请先修改。" }
                }))
                (tick(&Control { name: "by_person", label: "填写无误，请由工作人员核对", hint: None, error: error("by_person"), optional: false }, page.by_person))
            }
            (consent(page, error("consent")))
            section.apply-declare.card {
                h2 { "声明" }
                p { (page.declaration) }
                (tick(&Control { name: "declare", label: "我已核对，所填内容和材料真实", hint: None, error: error("declare"), optional: false }, page.declared))
            }
            p { (page.next) }
            div.actions { (button("提交申请")) }
        }
    }
}

/// The use of certificates: what is used on the applicant's word, which is never ticked beforehand, and what on the law's.
fn consent(page: &CheckPage, error: Option<&str>) -> Markup {
    html! {
        @if !page.uses.is_empty() {
            section.apply-declare.card {
                h2 { "使用电子证照" }
                p { (page.department) "办理时要使用您的：" }
                ul { @for (name, issuer) in &page.uses { li { (name) "（" (issuer) "颁发）" } } }
                p { (page.consent_text) }
                (tick(&Control { name: "consent", label: "我同意使用上面的电子证照", hint: None, error, optional: false }, page.consented))
                p.hint { a href=(page.materials) { "不同意，改为自己上传" } }
            }
        }
        @if !page.own.is_empty() {
            p.hint { (page.own.join("、")) "由" (page.department) "颁发，依法直接核对，不用您授权；核对记录可以在“我的证照”里看到。" }
        }
    }
}
