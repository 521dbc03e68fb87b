//! After handing in: that it is done, its number, what follows.

use maud::{Markup, PreEscaped, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{Tone, button_link, button_link_quiet, definitions, notice, panel},
};

/// What was decided at once: title, text, and the papers that came out (label and path).
pub(crate) type OnTheSpot = (String, String, Vec<(String, String)>);

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReceiptPage {
    pub(crate) item: String,
    pub(crate) number: String,
    /// Path of the case.
    pub(crate) case: String,
    /// When it entered the platform.
    pub(crate) at: String,
    pub(crate) applicant: String,
    pub(crate) department: String,
    /// 已提交, or that it is done already.
    pub(crate) title: String,
    /// What was decided at once: title, text and the papers that came out (label and path).
    pub(crate) result: Option<OnTheSpot>,
    /// What happens next, by whom and by when, one sentence each.
    pub(crate) next: Vec<String>,
    /// What the applicant still has to do.
    pub(crate) yours: Vec<String>,
    /// Path of the receipt as a document, and the public address that confirms it.
    pub(crate) document: Option<(String, String)>,
    /// That address as a drawing (SVG).
    pub(crate) code: String,
    /// With the number, shows the progress to whoever holds the receipt.
    pub(crate) query_code: String,
}

/// Places the page.
pub(crate) fn receipt(page: &ReceiptPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![
        Crumb::link("我的办件", "/my/cases"),
        Crumb::link(page.number.clone(), page.case.clone()),
        Crumb::here("提交回执"),
    ];
    frame(
        around,
        html! {
            div.apply.receipt {
                (panel(&page.title, html! {
                    p { (page.item) }
                    p { "办件编号" }
                    p.receipt-number { (page.number) }
                    p { (page.at) " 提交" }
                }))
                @if let Some((title, text, papers)) = &page.result {
                    (notice(Tone::Success, title, html! {
                        p { (text) }
                        @if !papers.is_empty() { ul { @for (label, href) in papers { li { a href=(href) { (label) } } } } }
                    }))
                }
                @if !page.yours.is_empty() {
                    (notice(Tone::Warning, "还需要您做", html! { ul { @for text in &page.yours { li { (text) } } } }))
                }
                section {
                    h2 { "接下来" }
                    ol.receipt-next { @for text in &page.next { li { (text) } } }
                }
                section {
                    h2 { "回执" }
                    div.receipt-slip {
                        (definitions([
                            ("事项", html! { (page.item) }),
                            ("申请人", html! { (page.applicant) }),
                            ("办理机关", html! { (page.department) }),
                            ("办件编号", html! { (page.number) }),
                            ("进度查询码", html! { span.mono { (page.query_code) } }),
                            ("提交时间", html! { (page.at) }),
                        ]))
                        @if let Some((_, confirm)) = &page.document {
                            div.receipt-code {
                                (PreEscaped(&page.code))
                                p.hint { "扫码核对回执" br; (confirm) }
                            }
                        }
                    }
                    p.hint { "不登录也能查进度：在" a href={ "/progress?number=" (page.number) } { "查办理进度" } "填办件编号和进度查询码。" }
                }
                div.actions.no-print {
                    (button_link("查看办理进度", &page.case))
                    @if let Some((document, _)) = &page.document { (button_link_quiet("打开收件凭证", document)) }
                    button.button.quiet type="button" data-print hidden { "打印本页" }
                }
            }
        },
    )
}
