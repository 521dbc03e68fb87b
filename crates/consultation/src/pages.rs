//! The form, the receipt, and the list for those who answer.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tab, Tone, button, button_link_quiet, button_quiet, empty, notice, pagination, panel, tabs, tag},
        forms::{Choice, Control, TextKind, area, error_summary, hidden, once_field, radios, text},
    },
};

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FeedbackPage {
    /// Value and label of each kind.
    pub(crate) kinds: Vec<(String, String)>,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) text: String,
    pub(crate) contact: String,
    pub(crate) errors: Vec<(&'static str, String)>,
}

/// Places the form.
pub(crate) fn feedback(page: &FeedbackPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("意见和咨询")];
    let error = |name: &str| page.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str());
    let kinds: Vec<Choice<'_>> = page.kinds.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            h1 { "有什么要问、要说的？" }
            p.lead { "不用登录，不用写姓名。留了联系方式的，2 个工作日内答复。" }
            p.hint { "已经申请了的事，请在" a href="/my/cases" { "办件" } "里直接留言或者投诉，办理机关答复得更快。" }
            form.form method="post" action="/feedback" data-once {
                (once_field())
                (hidden("about", &page.about))
                (radios(&Control { name: "kind", label: "是哪一类？", error: error("kind"), ..Control::default() }, &kinds, &page.kind))
                (area(&Control {
                    name: "text", label: "您要说的", optional: false, error: error("text"),
                    hint: Some("最多 1000 字。请不要写身份证号、银行卡号。"),
                }, 6, &page.text))
                (text(&Control {
                    name: "contact", label: "联系方式", optional: true, error: error("contact"),
                    hint: Some("手机号或者邮箱，只用来答复您。"),
                }, TextKind::Text, &page.contact))
                (button("提交"))
            }
        },
    )
}

/// Places the receipt.
pub(crate) fn receipt(number: &str, state: &str, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("意见和咨询", "/feedback"), Crumb::here("回执")];
    frame(
        around,
        html! {
            (panel("已经收到", html! { p { "回执编号 " strong { (number) } } }))
            p { "现在的状态：" strong { (state) } "。" }
            h2 { "接下来" }
            p { "由政务服务中心的工作人员处理。留了联系方式的，2 个工作日内答复您；没有留的，可以凭回执编号回到这一页看状态，或者拨打 12345 询问。" }
            p.actions { (button_link_quiet("返回首页", "/")) }
        },
    )
}

/// One entry of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FeedbackLine {
    pub(crate) receipt: String,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) text: String,
    pub(crate) contact: String,
    pub(crate) at: String,
    /// What was done, by whom, when.
    pub(crate) answer: Option<(String, String)>,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListPage {
    pub(crate) lines: Vec<FeedbackLine>,
    pub(crate) answered: bool,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) done: bool,
    /// Receipt, what was typed for it, what is wrong.
    pub(crate) wrong: Option<(String, String, String)>,
}

/// Places the list.
pub(crate) fn list(page: &ListPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("意见和咨询")];
    let tab = |label: &str, href: &str, current| Tab { label: label.into(), href: href.into(), count: None, current };
    frame(
        around,
        html! {
            @if let Some((receipt, _, wrong)) = &page.wrong {
                (error_summary(&[(&format!("text-{receipt}"), wrong.clone())]))
            }
            @if page.done { (notice(Tone::Success, "答复已经记下", html! {})) }
            h1 { "意见和咨询" }
            (tabs("分类", &[
                tab("待答复", "/desk/feedback", !page.answered),
                tab("已答复", "/desk/feedback?state=answered", page.answered),
            ]))
            @if page.lines.is_empty() { (empty("这里没有", html! { p { "新的意见会按时间排在这里，先来的在前。" } }, None)) }
            ul.matters {
                @for line in &page.lines {
                    li.matter {
                        p.matter-head { strong.mono { (line.receipt) } (tag(&line.kind)) span.soft { (line.at) } }
                        @if !line.about.is_empty() { p.hint { "关于：" (line.about) } }
                        p.typed { (line.text) }
                        p.hint { @if line.contact.is_empty() { "没有留联系方式" } @else { "联系方式：" (line.contact) } }
                        @if let Some((text, by)) = &line.answer {
                            p.typed { strong { "答复：" } (text) } p.hint { (by) }
                        } @else {
                            @let typed = page.wrong.as_ref().filter(|(receipt, ..)| *receipt == line.receipt);
                            @let name = format!("text-{}", line.receipt);
                            form method="post" action={ "/desk/feedback/" (line.receipt) } data-once {
                                (area(&Control {
                                    name: &name, label: "怎样处理、怎样答复的", error: typed.map(|(_, _, wrong)| wrong.as_str()), ..Control::default()
                                }, 2, typed.map_or("", |(_, text, _)| text.as_str())))
                                (button_quiet("记下答复"))
                            }
                        }
                    }
                }
            }
            (pagination(page.first.as_deref(), page.next.as_deref()))
        },
    )
}
