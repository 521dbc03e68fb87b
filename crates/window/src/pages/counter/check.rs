//! The last look before handing in: the visitor reads it along with the clerk.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{SummaryRow, Tone, button_quiet_saying, button_saying, notice, summary_list},
        forms::{Control, error_summary, hidden, once_field, tick},
    },
};

use super::{Visitor, head, visitor_box};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CheckPage {
    pub(crate) visitor: Visitor,
    pub(crate) item: String,
    pub(crate) action: String,
    /// Heading and the rows under it: name and value.
    pub(crate) groups: Vec<(String, Vec<(String, String)>)>,
    /// Materials that were not brought and that nobody deferred.
    pub(crate) lacking: Vec<String>,
    /// Rules that do not hold.
    pub(crate) broken: Vec<String>,
    /// What the applicant answers for.
    pub(crate) declaration: String,
    /// What follows.
    pub(crate) next: String,
    /// Everything the form held, to be sent once more.
    pub(crate) carried: Vec<(String, String)>,
    pub(crate) errors: Vec<(String, String)>,
    pub(crate) declared: bool,
    pub(crate) by_person: bool,
    /// Certificates of other bodies that stand in: name and who issued it.
    pub(crate) uses: Vec<(String, String)>,
    /// The words by which their use is allowed.
    pub(crate) consent_text: String,
    pub(crate) consented: bool,
}

impl CheckPage {
    fn tick(&self, name: &str, label: &str, checked: bool) -> Markup {
        let error = self.errors.iter().find(|(on, _)| on == name).map(|(_, text)| text.as_str());
        tick(&Control { name, label, error, hint: None, optional: false }, checked)
    }
}

/// Places the page.
pub(crate) fn check(page: &CheckPage, mut around: PageFrame) -> Markup {
    let head = head(&mut around, "核对提交", 3);
    let errors: Vec<(&str, String)> = page.errors.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    frame(
        around,
        html! {
            (head)
            (error_summary(&errors))
            div.desk-columns.desk-search {
                div.desk-main.apply {
                    p { strong { (page.item) } "：请把屏幕转向申请人，一起核对。" }
                    @for (title, rows) in &page.groups {
                        section {
                            h2 { (title) }
                            (summary_list(&rows.iter().map(|(name, value)| SummaryRow {
                                name: name.clone(),
                                value: html! { @if value.is_empty() { "（没有填）" } @else { (value) } },
                                note: None,
                                change: None,
                            }).collect::<Vec<_>>()))
                        }
                    }
                    @if !page.lacking.is_empty() {
                        (notice(Tone::Warning, "材料不齐", html! {
                            ul { @for name in &page.lacking { li { (name) } } }
                            p { "可以先收件，受理岗会在 5 个工作日内一次性告知申请人补齐；也可以返回修改。" }
                        }))
                    }
                    @if !page.broken.is_empty() {
                        (notice(Tone::Warning, "按现有信息暂不符合办理条件", html! {
                            ul { @for text in &page.broken { li { (text) } } }
                        }))
                    }
                    p { (page.next) }
                    form.apply-form method="post" action=(page.action) enctype="multipart/form-data" data-once {
                        @for (name, value) in &page.carried { (hidden(name, value)) }
                        (once_field())
                        @if !page.broken.is_empty() {
                            (page.tick("by_person", "申请人仍要申请，由工作人员核对后决定", page.by_person))
                        }
                        @if !page.uses.is_empty() {
                            p { "办理时要使用申请人的电子证照，请念给申请人听：" }
                            ul { @for (name, issuer) in &page.uses { li { (name) "（" (issuer) "颁发）" } } }
                            p.desk-sub { (page.consent_text) }
                            (page.tick("consent", "申请人当面同意使用上面的电子证照", page.consented))
                        }
                        p.desk-sub { (page.declaration) }
                        (page.tick("declare", "申请人已看过以上内容，确认属实", page.declared))
                        div.actions {
                            (button_saying("提交并出回执", "go", "submit"))
                            (button_quiet_saying("返回修改", "go", "back"))
                        }
                    }
                }
                (visitor_box(&page.visitor))
            }
        },
    )
}
