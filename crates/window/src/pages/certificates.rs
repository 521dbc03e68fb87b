//! The desk of the certificate clerk: what waits, finding, one certificate with its history, steps with it.

use certificates::{OrderKind, ReissueKind};
use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{
            Tone, button, button_quiet, button_quiet_saying, button_saying, definitions, disclosure, empty, notice,
            table, tag, tag_strong,
        },
        forms::{Choice, Control, TextKind, area, date, error_summary, hidden, once_field, select, text},
    },
};

use super::{desk_nav, tasks::Pick};

/// A proposal that waits for a second person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProposalBox {
    /// What is proposed, with its ground.
    pub(crate) what: String,
    pub(crate) reason: String,
    pub(crate) by: String,
    /// Where it is decided.
    pub(crate) action: String,
    /// Where the certificate is looked at for this.
    pub(crate) certificate: String,
    /// Proposed by whoever looks: somebody else confirms.
    pub(crate) mine: bool,
}

/// A report that waits for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReportBox {
    pub(crate) words: String,
    pub(crate) at: String,
    pub(crate) due: String,
    pub(crate) action: String,
    pub(crate) certificate: String,
}

/// One certificate that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FoundRow {
    pub(crate) name: String,
    pub(crate) holder: String,
    pub(crate) number: String,
    pub(crate) validity: String,
    pub(crate) status: String,
    pub(crate) href: String,
}

/// What the first page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeskPage {
    pub(crate) proposals: Vec<ProposalBox>,
    pub(crate) reports: Vec<ReportBox>,
    pub(crate) types: Vec<Pick>,
    /// What was typed, by field.
    pub(crate) typed: Vec<(&'static str, String)>,
    pub(crate) errors: Vec<(String, String)>,
    /// A search was made.
    pub(crate) searched: bool,
    pub(crate) rows: Vec<FoundRow>,
    /// What was just done.
    pub(crate) done: Option<String>,
}

fn error<'a>(errors: &'a [(String, String)], name: &str) -> Option<&'a str> {
    errors.iter().find(|(on, _)| on == name).map(|(_, text)| text.as_str())
}

fn summary(errors: &[(String, String)]) -> Markup {
    error_summary(&errors.iter().map(|(name, text)| (name.as_str(), text.clone())).collect::<Vec<_>>())
}

/// Places the first page.
pub(crate) fn desk(page: &DeskPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("工作台", "/desk"), Crumb::here("证照")];
    around.wide = true;
    let typed = |name: &str| page.typed.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v.as_str());
    let field = |name: &'static str, label: &'static str, hint: &'static str, optional: bool| {
        let control = Control { name, label, hint: Some(hint), error: error(&page.errors, name), optional };
        text(&control, TextKind::Code, typed(name))
    };
    let types: Vec<Choice<'_>> =
        page.types.iter().map(|t| Choice { value: &t.value, label: &t.label, hint: None }).collect();
    frame(
        around,
        html! {
            div.desk-head { div { h1 { "证照管理" } p.desk-sub { "只有本部门颁发的证照" } } (desk_nav("/desk/certificates")) }
            @if let Some(done) = &page.done { (notice(Tone::Success, done, html! {})) }
            (summary(&page.errors))
            div.desk-columns.desk-search {
                div.desk-main {
                    @if page.searched {
                        h2 { "找到的证照" }
                        @if page.rows.is_empty() {
                            (empty("没有找到", html! { p { "请核对号码；其他部门颁发的证照查不到。" } }, None))
                        } @else { (found(&page.rows)) }
                    }
                    h2 { "待复核 " span.count { (page.proposals.len()) } }
                    @if page.proposals.is_empty() { p.soft { "没有等待复核的提请。" } }
                    @for one in &page.proposals { (proposal(one, &page.errors)) }
                    h2 { "纠错申请 " span.count { (page.reports.len()) } }
                    @if page.reports.is_empty() { p.soft { "没有等待答复的纠错申请。" } }
                    @for one in &page.reports {
                        section.card {
                            p { "“" (one.words) "”" }
                            p.desk-sub { (one.at) "提交，最晚" (one.due) "答复" }
                            p { a href=(one.certificate) { "核对证照并答复" } }
                        }
                    }
                }
                aside.desk-side aria-label="查找证照" {
                    form.desk-form action="/desk/certificates" method="post" {
                        h2 { "查找证照" }
                        (field("identifier", "证照标识", "填了标识就不看其他条件", true))
                        (select(&Control { name: "certificate_type", label: "证照类型", hint: None, error: error(&page.errors, "certificate_type"), optional: true },
                            &types, typed("certificate_type")))
                        (field("number", "证照编号", "与证照类型一起填", true))
                        (field("holder", "持证人号码", "身份证号或统一社会信用代码，写完整", true))
                        (text(&Control { name: "reason", label: "查找原因", hint: Some("会记入审计"), error: error(&page.errors, "reason"), optional: false },
                            TextKind::Text, typed("reason")))
                        div.actions { (button("查找")) }
                    }
                }
            }
        },
    )
}

fn found(rows: &[FoundRow]) -> Markup {
    let rows: Vec<Vec<Markup>> = rows
        .iter()
        .map(|row| {
            vec![
                html! { a href=(row.href) { (row.name) } },
                html! { (row.holder) },
                html! { span.mono { (row.number) } },
                html! { (row.validity) },
                html! { (tag(&row.status)) },
            ]
        })
        .collect();
    table("找到的证照", &["证照", "持证人", "编号", "有效期", "状态"], &rows)
}

fn proposal(one: &ProposalBox, errors: &[(String, String)]) -> Markup {
    html! {
        section.card {
            p { strong { (one.what) } }
            p { (one.reason) }
            p.desk-sub { (one.by) "提请" }
            p { a href=(one.certificate) { "查看证照" } }
            @if one.mine {
                p.hint { "您提请的，须由本部门另一位同事复核。" }
            } @else {
                @let name = answer_name(&one.action);
                form method="post" action=(one.action) data-once {
                    (once_field())
                    (area(&Control { name: &name, label: "退回的理由", hint: Some("同意的不用填"), error: error(errors, &name), optional: true }, 2, ""))
                    div.actions { (button_saying("同意，立即生效", "go", "confirm")) (button_quiet_saying("退回", "go", "dismiss")) }
                }
            }
        }
    }
}

/// Name of the field of words that belongs to one proposal or report, told by the last part of its action: several may
/// stand on one page.
pub(crate) fn answer_name(action: &str) -> String {
    format!("answer-{}", action.rsplit('/').next().unwrap_or_default())
}

/// What the page of one certificate shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct CertificatePage {
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) effective: bool,
    pub(crate) facts: Vec<(String, String)>,
    /// Data by field: key, name, value.
    pub(crate) data: Vec<(String, String, String)>,
    /// When, what, why.
    pub(crate) history: Vec<(String, String, String)>,
    /// Other versions: name, status, where.
    pub(crate) versions: Vec<(String, String, String)>,
    pub(crate) proposals: Vec<ProposalBox>,
    pub(crate) reports: Vec<ReportBox>,
    /// Path of the certificate at the desk.
    pub(crate) path: String,
    /// Why it is looked at, carried along.
    pub(crate) reason: String,
    /// It has not ended: steps can be taken.
    pub(crate) open: bool,
    pub(crate) suspended: bool,
    /// The form that could not be carried out, by its action.
    pub(crate) wrong: String,
    pub(crate) typed: Vec<(String, String)>,
    pub(crate) errors: Vec<(String, String)>,
    pub(crate) done: Option<String>,
}

impl CertificatePage {
    fn typed(&self, form: &str, name: &str) -> &str {
        let mine = self.wrong == form;
        self.typed.iter().find(|(on, _)| mine && on == name).map_or("", |(_, value)| value)
    }
    fn control<'a>(&'a self, form: &str, name: &'a str, label: &'a str, hint: Option<&'a str>) -> Control<'a> {
        let error = error(&self.errors, name).filter(|_| self.wrong == form);
        Control { name, label, hint, error, optional: false }
    }
}

/// Places the page of one certificate.
pub(crate) fn certificate(page: &CertificatePage, mut around: PageFrame) -> Markup {
    around.crumbs =
        vec![Crumb::link("工作台", "/desk"), Crumb::link("证照", "/desk/certificates"), Crumb::here(page.name.clone())];
    frame(
        around,
        html! {
            @if let Some(done) = &page.done { (notice(Tone::Success, done, html! {})) }
            (summary(&page.errors))
            h1 { (page.name) }
            p { @if page.effective { (tag(&page.status)) } @else { (tag_strong(&page.status)) } }
            section.card { (definitions(page.facts.iter().map(|(name, value)| (name.as_str(), html! { (value) })))) }
            @if !page.data.is_empty() {
                section { h2 { "证照内容" }
                    (definitions(page.data.iter().map(|(_, name, value)| (name.as_str(), html! { (value) }))))
                }
            }
            section {
                h2 { "历史" }
                ol.records { @for (at, what, why) in &page.history { li { span.soft { (at) } " " (what) @if !why.is_empty() { " " span.soft { (why) } } } } }
                @if !page.versions.is_empty() {
                    p { "其他版本：" }
                    ul { @for (name, status, href) in &page.versions { li { a href=(href) { (name) } " " span.soft { (status) } } } }
                }
            }
            @if !page.proposals.is_empty() {
                section { h2 { "待复核" } @for one in &page.proposals { (proposal(one, &page.errors)) } }
            }
            @for one in &page.reports { (report(page, one)) }
            @if page.open && page.proposals.is_empty() { (order(page)) (version(page)) }
        },
    )
}

fn carried(page: &CertificatePage) -> Markup {
    html! { (once_field()) (hidden("why", &page.reason)) }
}

fn report(page: &CertificatePage, one: &ReportBox) -> Markup {
    let name = answer_name(&one.action);
    html! {
        section.card {
            h2 { "纠错申请" }
            p { "持证人：“" (one.words) "”" }
            p.desk-sub { (one.at) "提交，最晚" (one.due) "答复" }
            form.desk-form method="post" action=(one.action) data-once {
                (carried(page))
                p.hint { "确有错误的，把下面的内容改正，会换发新版本；核实无误的，不要改动。" }
                (data_fields(page, &one.action))
                (area(&page.control(&one.action, &name, "答复", Some("持证人会看到这段话，4 至 500 个字")), 3, page.typed(&one.action, &name)))
                div.actions { (button("答复持证人")) }
            }
        }
    }
}

/// Name of the field of a form's certificate data: `form` is the last part of its action.
pub(crate) fn data_name(action: &str, key: &str) -> String {
    format!("{}.{key}", action.rsplit('/').next().unwrap_or_default())
}

fn data_fields(page: &CertificatePage, form: &str) -> Markup {
    html! {
        @for (key, label, value) in &page.data {
            @let name = data_name(form, key);
            @let now = if page.wrong == form { page.typed(form, &name) } else { value.as_str() };
            (text(&Control { optional: true, ..page.control(form, &name, label, None) }, TextKind::Text, now))
        }
    }
}

fn order(page: &CertificatePage) -> Markup {
    let action = format!("{}/orders", page.path);
    let kinds = OrderKind::ALL.iter().filter(|kind| match kind {
        OrderKind::Restore => page.suspended,
        OrderKind::Suspend => !page.suspended,
        _ => true,
    });
    let grounds: Vec<(String, String)> = kinds
        .flat_map(|kind| {
            kind.grounds().iter().map(|g| {
                (format!("{}:{}", kind.as_str(), g.key), format!("{}：{}（{}）", kind.label(), g.label, g.article))
            })
        })
        .collect();
    let choices: Vec<Choice<'_>> = grounds.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    html! {
        (disclosure("暂扣、恢复、注销、撤销、吊销、撤回", html! {
            p { "对持证人不利的，由本部门另一位同事复核后生效；恢复即时生效。证照失效后，用过它的办件会逐一复查。" }
            form.desk-form method="post" action=(action) data-once {
                (carried(page))
                (select(&page.control(&action, "ground", "办理什么，依据哪一条", None), &choices, page.typed(&action, "ground")))
                (text(&optional(page.control(&action, "document", "决定书文号", Some("行政处罚须填"))), TextKind::Text, page.typed(&action, "document")))
                (date(&optional(page.control(&action, "from", "暂扣从哪天起", Some("只有暂扣才填；不填从生效当天起"))), page.typed(&action, "from")))
                (date(&optional(page.control(&action, "to", "暂扣到哪天止", Some("不填则到恢复为止"))), page.typed(&action, "to")))
                (area(&page.control(&action, "reason", "理由", Some("4 至 500 个字，持证人看得到")), 3, page.typed(&action, "reason")))
                div.actions { (button("提请复核")) }
            }
        }))
    }
}

fn version(page: &CertificatePage) -> Markup {
    let action = format!("{}/versions", page.path);
    let kinds: Vec<Choice<'_>> = ReissueKind::ALL
        .iter()
        .map(|kind| Choice {
            value: kind.as_str(),
            label: kind.label(),
            hint: Some(match kind {
                ReissueKind::Changed => "内容有变，有效期不变",
                ReissueKind::Renewed => "从今天起重新计算有效期",
                ReissueKind::Replaced => "遗失、损毁，内容和有效期都不变",
            }),
        })
        .collect();
    html! {
        (disclosure("变更、换发、补发", html! {
            p { "编号不变，版本加 1，旧版本同时失效。" }
            form.desk-form method="post" action=(action) data-once {
                (carried(page))
                (webkit::ui::forms::radios(&page.control(&action, "kind", "办理什么", None), &kinds, page.typed(&action, "kind")))
                (data_fields(page, &action))
                (area(&page.control(&action, "version-reason", "理由", Some("4 至 500 个字")), 2, page.typed(&action, "version-reason")))
                div.actions { (button_quiet("生成新版本")) }
            }
        }))
    }
}

fn optional(control: Control<'_>) -> Control<'_> {
    Control { optional: true, ..control }
}

/// Asks why a certificate is looked at.
pub(crate) fn why(given: &str, mut around: PageFrame) -> Markup {
    around.crumbs =
        vec![Crumb::link("工作台", "/desk"), Crumb::link("证照", "/desk/certificates"), Crumb::here("查看证照")];
    let error = (!given.is_empty()).then_some("请用2至200个字说明理由。");
    let hint = Some("例如：核查举报、办理持证人来窗口的申请");
    frame(
        around,
        html! {
            div.desk-act {
                h1 { "查看证照" }
                p { "查看他人的证照须先说明理由；您的部门、理由和查看时间会被记录，持证人看得到。" }
                form.desk-form method="get" {
                    (text(&Control { name: "reason", label: "查看理由", hint, error, optional: false }, TextKind::Text, given))
                    div.actions { (button("记录并查看")) a.button.quiet href="/desk/certificates" { "回到证照管理" } }
                }
            }
        },
    )
}
