//! How the result comes to the applicant, and the phone for questions.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, definitions, notice},
        forms::{Choice, Control, TextKind, hidden, radios, select, text},
    },
};

use super::{Around, crumbs, foot, head};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DeliveryPage {
    pub(crate) around: Around,
    pub(crate) action: String,
    pub(crate) autosave: String,
    pub(crate) writer: String,
    /// What the page was opened with.
    pub(crate) seen: String,
    /// The same page was changed in another window: when, and what was said there (name and value).
    pub(crate) conflict: Option<(String, Vec<(String, String)>)>,
    /// Word, label and remark of each way.
    pub(crate) ways: Vec<(String, String, String)>,
    pub(crate) way: String,
    pub(crate) recipient: String,
    pub(crate) address: String,
    /// Code and name of each hall.
    pub(crate) halls: Vec<(String, String)>,
    pub(crate) hall: String,
    pub(crate) phone: String,
    /// Where the phone comes from.
    pub(crate) phone_origin: String,
    pub(crate) go: String,
}

/// Places the page.
pub(crate) fn delivery(page: &DeliveryPage, mut around: PageFrame) -> Markup {
    crumbs(&mut around, &page.around);
    let error = |name: &str| page.around.errors.iter().find(|(id, _)| id == name).map(|(_, text)| text.as_str());
    let choices: Vec<Choice<'_>> = page
        .ways
        .iter()
        .map(|(value, label, hint)| Choice { value, label, hint: Some(hint.as_str()).filter(|hint| !hint.is_empty()) })
        .collect();
    let halls: Vec<Choice<'_>> = page.halls.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    let offers = |way: &str| page.ways.iter().any(|(word, _, _)| word == way);
    let control = |name: &'static str, label: &'static str, hint: Option<&'static str>| Control {
        name,
        label,
        hint,
        error: error(name),
        optional: false,
    };
    let origin = Some(page.phone_origin.as_str()).filter(|origin| !origin.is_empty());
    frame(
        around,
        html! {
            div.apply {
                (head(&page.around, "领取方式"))
                @if let Some((when, theirs)) = &page.conflict {
                    (notice(Tone::Warning, "这一页刚在别的窗口或者设备上改过", html! {
                        p { "那边保存于 " (when) "，还没有被覆盖。您这边填的在下面的框里，那边填的是：" }
                        (definitions(theirs.iter().map(|(name, value)| (name.as_str(), html! { (value) }))))
                        p { "改成您要的，再点“" (page.go) "”。" }
                    }))
                }
                form.apply-form method="post" action=(page.action) novalidate data-autosave=(page.autosave) {
                    (hidden("step", "delivery"))
                    (hidden("writer", &page.writer))
                    (hidden("seen", &page.seen))
                    (radios(&control("way", "办好以后怎么拿到结果", None), &choices, &page.way))
                    @if offers("post") {
                        div.question data-when="way=post" {
                            (text(&control("recipient", "收件人姓名", Some("选邮寄时填写")), TextKind::Name, &page.recipient))
                            (text(&control("address", "收件地址", Some("选邮寄时填写，写到门牌号")), TextKind::Address, &page.address))
                        }
                    }
                    @if offers("pickup") {
                        div.question data-when="way=pickup" {
                            (select(&control("hall", "在哪里领取", Some("选窗口领取时选择")), &halls, &page.hall))
                        }
                    }
                    (text(&Control { hint: origin, ..control("phone", "联系电话", None) }, TextKind::Tel, &page.phone))
                    div.actions { (button(&page.go)) }
                }
                (foot(&page.around))
            }
        },
    )
}
