//! The receipt that the visitor takes home.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::components::{Tone, button_link, button_link_quiet, definitions, notice},
};

use super::head;

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReceiptPage {
    pub(crate) item: String,
    pub(crate) department: String,
    pub(crate) applicant: String,
    pub(crate) number: String,
    /// With it and the number anybody follows the case.
    pub(crate) code: String,
    pub(crate) at: String,
    pub(crate) clerk: String,
    pub(crate) state: &'static str,
    /// Name of each material and how it was handed in.
    pub(crate) materials: Vec<(String, String)>,
    /// What happens next, by whom and by when.
    pub(crate) next: Vec<String>,
    /// What the applicant still has to do.
    pub(crate) yours: Vec<String>,
    /// Path of the case, where the caller may open it.
    pub(crate) case: Option<String>,
    /// Path of the receipt as a numbered document, where the caller may open it.
    pub(crate) document: Option<String>,
}

/// Places the page.
pub(crate) fn receipt(page: &ReceiptPage, mut around: PageFrame) -> Markup {
    let head = head(&mut around, "收件回执", 4);
    frame(
        around,
        html! {
            (head)
            div.counter-narrow {
                (notice(Tone::Success, page.state, html! { p { "请打印回执交给申请人，再请下一位。" } }))
                section.counter-slip aria-label="回执" {
                    (definitions([
                        ("事项", html! { (page.item) }),
                        ("办理机关", html! { (page.department) }),
                        ("申请人", html! { (page.applicant) }),
                        ("办件编号", html! { strong.desk-number { (page.number) } }),
                        ("进度查询码", html! { strong.desk-number { (page.code) } }),
                        ("收件时间", html! { (page.at) }),
                        ("收件人", html! { (page.clerk) }),
                    ]))
                    @if !page.materials.is_empty() {
                        h2 { "收到的材料" }
                        ul { @for (name, how) in &page.materials { li { (name) "：" (how) } } }
                    }
                    h2 { "接下来" }
                    ol.receipt-next { @for text in &page.next { li { (text) } } }
                    @if !page.yours.is_empty() {
                        h2 { "还需要您做" }
                        ul { @for text in &page.yours { li { (text) } } }
                    }
                    p.desk-sub { "不用登录也能查进度：在网站“查进度”里输入办件编号和进度查询码。" }
                }
                div.actions.no-print {
                    button.button type="button" data-print hidden data-shortcut="p" { "打印 " kbd { "p" } }
                    (button_link("下一位", "/desk/counter"))
                    @if let Some(case) = &page.case { (button_link_quiet("打开办件", case)) }
                    @if let Some(document) = &page.document { (button_link_quiet("收件凭证", document)) }
                }
            }
        },
    )
}
