//! Messages with the office in a case.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, empty, notice},
        forms::{Control, area, error_summary, files, once_field},
    },
};

/// One message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TalkLine {
    /// 我, or the name of the body.
    pub(crate) who: String,
    pub(crate) mine: bool,
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) files: Vec<(String, String)>,
}

/// The page of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TalkPage {
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) department: String,
    pub(crate) lines: Vec<TalkLine>,
    /// Why nothing can be written any more.
    pub(crate) closed: Option<String>,
    pub(crate) text: String,
    pub(crate) errors: Vec<(&'static str, String)>,
    pub(crate) sent: bool,
}

/// Messages, oldest first.
pub(crate) fn lines(lines: &[TalkLine]) -> Markup {
    html! {
        ol.talk {
            @for line in lines {
                li.mine[line.mine] {
                    p.talk-who { strong { (line.who) } " " span.soft { (line.at) } }
                    p.typed { (line.text) }
                    @for (name, href) in &line.files { p { a href=(href) { "附件：" (name) } } }
                }
            }
        }
    }
}

/// Places the page.
pub(crate) fn talk(page: &TalkPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.number, "留言");
    let error = |name: &str| page.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str());
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            @if page.sent { (notice(Tone::Success, "留言已发出", html! { p { (page.department) "的办理人员会在这里答复，并通知您。" } })) }
            p.overline { (page.item) }
            h1 { "和办理机关的留言" }
            @if page.lines.is_empty() {
                (empty("还没有留言", html! { p { "写下您的问题，" (page.department) "的办理人员会在这里答复。" } }, None))
            } @else { (lines(&page.lines)) }
            @if let Some(closed) = &page.closed {
                (notice(Tone::Info, "留言已经关闭", html! { p { (closed) } }))
            } @else {
                form.form method="post" action={ "/my/cases/" (page.number) "/messages" } enctype="multipart/form-data" data-once {
                    (once_field())
                    (area(&Control {
                        name: "text", label: "写留言", optional: false, error: error("text"),
                        hint: Some("最多 500 字。不要写银行卡号、密码。留言记入办件，双方都能看到，不能删除。"),
                    }, 4, &page.text))
                    (files(&Control {
                        name: "files", label: "附件", optional: true, error: error("files"),
                        hint: Some("最多 5 个，每个不超过 20 MB：图片、PDF、OFD、Word、Excel。补正材料请到“补正”页提交。"),
                    }, "image/*,.pdf,.ofd,.docx,.xlsx", false, true))
                    (button("发送"))
                }
            }
        },
    )
}
