//! What was begun and not handed in.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button_danger, button_link, button_link_quiet, empty, notice},
        forms::once_field,
    },
};

/// What the list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DraftsPage {
    /// One was just removed.
    pub(crate) removed: bool,
    pub(crate) drafts: Vec<Draft>,
    /// Days after which a draft goes.
    pub(crate) days: i64,
}

/// One draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) item: String,
    pub(crate) changed: String,
    /// The day on which it goes if it is left alone.
    pub(crate) kept_until: String,
    /// What is still missing, in one sentence.
    pub(crate) missing: String,
    pub(crate) href: String,
    pub(crate) remove: String,
}

/// Places the list.
pub(crate) fn drafts(page: &DraftsPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的", "/my"), Crumb::here("我的草稿")];
    frame(
        around,
        html! {
            div.apply {
                h1 { "我的草稿" }
                @if page.removed { (notice(Tone::Success, "草稿已经删除", html! {})) }
                @if page.drafts.is_empty() {
                    (empty("没有草稿", html! { p { "填到一半离开的申请会自动保存在这里。" } }, Some(button_link("去找事项", "/items"))))
                } @else {
                    p { "填到一半的申请保存在这里，换一台设备登录也能接着填。" (page.days) " 天不改动的草稿会自动删除。" }
                    ul.apply-drafts {
                        @for draft in &page.drafts {
                            li.card {
                                h2 { (draft.item) }
                                p { "最后修改：" (draft.changed) "。" (draft.missing) }
                                p.hint { "不再改动的话，保留到 " (draft.kept_until) "。" }
                                div.actions {
                                    (button_link("继续填写", &draft.href))
                                    (button_link_quiet("删除", &draft.remove))
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// Asks once more before a draft goes.
pub(crate) fn remove(draft: &Draft, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的", "/my"), Crumb::link("我的草稿", "/my/drafts"), Crumb::here("删除草稿")];
    frame(
        around,
        html! {
            div.apply {
                h1 { "删除这份草稿？" }
                p { "“" (draft.item) "”，最后修改：" (draft.changed) "。" }
                p { "删除以后，填写的内容和上传的文件都不能恢复。" }
                form.actions method="post" action=(draft.remove) {
                    (once_field())
                    (button_danger("删除草稿"))
                    (button_link_quiet("不删除，返回", "/my/drafts"))
                }
            }
        },
    )
}
