//! The form of the item as the clerk fills it in, with what was brought.

use catalogue::asking::controls::{Question, question};
use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button_saying, notice},
        forms::{Choice, Control, TextKind, error_summary, files, hidden, radios, select, text},
    },
};

use super::{Visitor, head, visitor_box};

/// A file that was taken in already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A material that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    pub(crate) key: String,
    pub(crate) name: String,
    /// Why it is asked for.
    pub(crate) why: String,
    /// Word, label and remark of each way to hand it in.
    pub(crate) ways: Vec<(&'static str, &'static str, String)>,
    pub(crate) way: String,
    pub(crate) scans: Vec<Scan>,
    pub(crate) error: String,
}

/// How the result reaches the applicant, where the form does not ask it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Receiving {
    /// Word and label of each way.
    pub(crate) ways: Vec<(String, String)>,
    pub(crate) way: String,
    pub(crate) recipient: String,
    pub(crate) address: String,
    /// Code and name of each hall.
    pub(crate) halls: Vec<(String, String)>,
    pub(crate) hall: String,
    pub(crate) phone: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormPage {
    pub(crate) visitor: Visitor,
    pub(crate) item: String,
    pub(crate) action: String,
    /// Questions under their headings.
    pub(crate) groups: Vec<(String, Vec<Question>)>,
    pub(crate) materials: Vec<Brought>,
    pub(crate) receiving: Option<Receiving>,
    /// What is wrong, by control.
    pub(crate) errors: Vec<(String, String)>,
    /// Questions came up by what was answered.
    pub(crate) more: bool,
}

impl FormPage {
    fn control<'a>(&'a self, name: &'a str, label: &'a str, hint: Option<&'a str>) -> Control<'a> {
        let error = self.errors.iter().find(|(on, _)| on == name).map(|(_, text)| text.as_str());
        Control { name, label, hint, error, optional: false }
    }
}

/// Places the page.
pub(crate) fn form(page: &FormPage, mut around: PageFrame) -> Markup {
    let head = head(&mut around, &page.item, 2);
    let errors: Vec<(&str, String)> = page.errors.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let known = page.groups.iter().flat_map(|(_, questions)| questions).any(|one| !one.origin.is_empty());
    frame(
        around,
        html! {
            (head)
            (error_summary(&errors))
            @if page.more {
                (notice(Tone::Info, "还有几项要填", html! { p { "根据刚才的回答，多了要填的内容。" } }))
            }
            div.desk-columns.desk-search {
                div.desk-main.apply {
                    form.apply-form method="post" action=(page.action) enctype="multipart/form-data" novalidate {
                        @if known { p.apply-known { "标有“来自”的内容是平台已有的，请与申请人核对，不对就直接改。" } }
                        @for (title, questions) in &page.groups {
                            section {
                                h2 { (title) }
                                @for one in questions { (hidden("asked", &one.name)) (question(one)) }
                            }
                        }
                        @if !page.materials.is_empty() {
                            section {
                                h2 { "材料" }
                                @for material in &page.materials { (brought(material)) }
                            }
                        }
                        @if let Some(receiving) = &page.receiving { (receive(page, receiving)) }
                        div.actions { (button_saying("核对", "go", "check")) }
                    }
                }
                (visitor_box(&page.visitor))
            }
        },
    )
}

fn brought(material: &Brought) -> Markup {
    let name = format!("m_{}", material.key);
    let file = format!("f_{}", material.key);
    let control = Control {
        name: &name,
        label: &material.name,
        hint: Some(&material.why),
        error: Some(material.error.as_str()).filter(|error| !error.is_empty()),
        optional: false,
    };
    let choices: Vec<Choice<'_>> = material
        .ways
        .iter()
        .map(|(value, label, hint)| Choice { value, label, hint: Some(hint.as_str()).filter(|hint| !hint.is_empty()) })
        .collect();
    html! {
        div.counter-material {
            (hidden("wanted", &material.key))
            (radios(&control, &choices, &material.way))
            @if !material.scans.is_empty() {
                ul.counter-scans {
                    @for scan in &material.scans {
                        li {
                            (hidden(&format!("h_{}", material.key), &scan.id))
                            (scan.name) " "
                            label { input type="checkbox" name="drop" value=(scan.id); " 不要这个文件" }
                        }
                    }
                }
            }
            div data-when={ (name) "=scan" } {
                (files(&Control { name: &file, label: "扫描件或者照片", hint: Some("选“扫描上传”时用，可以选多个"), optional: true, ..Control::default() },
                    "image/jpeg,image/png,image/webp,.pdf,.ofd,.docx,.xlsx", false, true))
            }
        }
    }
}

fn receive(page: &FormPage, receiving: &Receiving) -> Markup {
    let ways: Vec<Choice<'_>> =
        receiving.ways.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    let halls: Vec<Choice<'_>> =
        receiving.halls.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    let offers = |way: &str| receiving.ways.iter().any(|(word, _)| word == way);
    html! {
        section {
            h2 { "领取结果" }
            (radios(&page.control("way", "怎么拿到结果", None), &ways, &receiving.way))
            @if offers("post") {
                div data-when="way=post" {
                    (text(&page.control("recipient", "收件人姓名", Some("选邮寄时填写")), TextKind::Text, &receiving.recipient))
                    (text(&page.control("address", "收件地址", Some("选邮寄时填写，写到门牌号")), TextKind::Text, &receiving.address))
                }
            }
            @if offers("pickup") {
                div data-when="way=pickup" {
                    (select(&page.control("hall", "领取大厅", Some("选到窗口领取时填写")), &halls, &receiving.hall))
                }
            }
            (text(&page.control("phone", "联系电话", Some("办理中有问题时联系")), TextKind::Tel, &receiving.phone))
        }
    }
}
