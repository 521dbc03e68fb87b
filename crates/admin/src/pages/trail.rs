//! The trail, for the auditor.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, button_quiet, empty, notice, pagination, table},
        forms::{Control, TextKind, text},
    },
};

use super::{Errors, around};

/// One record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RecordLine {
    pub(crate) seq: i64,
    pub(crate) at: String,
    pub(crate) event: String,
    pub(crate) object: String,
    pub(crate) reason: String,
    pub(crate) address: String,
    pub(crate) request: String,
}

/// What a check of all chains found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) chains: u64,
    pub(crate) records: u64,
    pub(crate) broken: Vec<String>,
    pub(crate) digest: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TrailPage {
    pub(crate) username: String,
    pub(crate) found: bool,
    pub(crate) records: Vec<RecordLine>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) checked: Option<Checked>,
}

/// Places the page.
pub(crate) fn trail(page: &TrailPage, frame_: PageFrame) -> Markup {
    let rows: Vec<Vec<Markup>> = page
        .records
        .iter()
        .map(|r| {
            vec![
                html! { (r.seq) },
                html! { (r.at) },
                html! { (r.event) },
                html! { (r.object) },
                html! { (r.reason) },
                html! { (r.address) },
                html! { code { (r.request) } },
            ]
        })
        .collect();
    frame(
        around(frame_, &[], "审计记录", &Errors::new()),
        html! {
            h1 { "审计记录" }
            p.lead { "每次登录、每次查看个人信息、每个有后果的操作都有一条记录，前后相扣，改动、删减和插入都会被发现。" }
            @if let Some(checked) = &page.checked { (report(checked)) }
            form.narrow method="get" action="/admin/audit" {
                (text(&Control {
                    name: "username", label: "用户名", hint: Some("查看一个账户做过什么，从最早的开始。"), error: None, optional: false,
                }, TextKind::Username, &page.username))
                (button("查看"))
            }
            form method="post" action="/admin/audit/verify" data-once { (button_quiet("检查全部记录是否完整")) }
            @if !page.username.is_empty() {
                section.band {
                    div.band-head { h2 { (page.username) } }
                    @if !page.found { (empty("没有这个账户", html! { p { "请核对用户名。" } }, None)) }
                    @else if rows.is_empty() { (empty("没有记录", html! { p { "这个账户还没有做过什么，或者已经看到最后。" } }, None)) }
                    @else {
                        (table("记录", &["序号", "时间", "事件", "对象", "理由", "来源地址", "请求编号"], &rows))
                        (pagination(page.first.as_deref(), page.next.as_deref()))
                    }
                }
            }
        },
    )
}

fn report(checked: &Checked) -> Markup {
    let body = html! {
        p { "检查了 " (checked.chains) " 条链上的 " (checked.records) " 条记录。" }
        @if !checked.broken.is_empty() { ul { @for line in &checked.broken { li { (line) } } } }
        p { "全部链尾的摘要（SM3），请另行抄录保存：" code { (checked.digest) } }
    };
    if checked.broken.is_empty() {
        notice(Tone::Success, "记录完整", body)
    } else {
        notice(Tone::Error, "记录有损坏", body)
    }
}
