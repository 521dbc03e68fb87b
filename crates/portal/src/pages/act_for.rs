//! Acting for an enterprise: choosing one, registering one, and its handling agents.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button, button_link_quiet, button_quiet, empty, notice, tag, tag_strong},
        forms::{Control, TextKind, date, error_summary, hidden, text},
    },
};

use super::step::{Card, Errors, card, error_of};

/// One enterprise to act for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EnterpriseLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) uscc: String,
    /// Under which mandates, such as 法定代表人.
    pub(crate) roles: Vec<&'static str>,
    /// Until when, in words.
    pub(crate) until: String,
    /// Whether agents are named by the one who looks.
    pub(crate) manages: bool,
    /// The one that is acted for now.
    pub(crate) here: bool,
}

/// What the page of choosing shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChoosePage {
    pub(crate) enterprises: Vec<EnterpriseLine>,
    /// Name of the person to go back to, while he acts for an enterprise.
    pub(crate) back_to: Option<String>,
    /// The login belongs to an enterprise itself: there is nothing to choose.
    pub(crate) fixed: bool,
    pub(crate) next: String,
    pub(crate) done: Option<&'static str>,
}

/// Places the page of choosing.
pub(crate) fn choose(page: &ChoosePage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("代表企业办事")];
    frame(
        around,
        html! {
            div.people {
                h1 { "我可以代表的企业" }
                @if let Some(done) = page.done { (notice(Tone::Success, done, html! {})) }
                p.lead { "选一家企业，接下来办的事都以它的名义办理，页面上方一直有提示，可以随时切换回来。" }
                @if let Some(name) = &page.back_to {
                    form.switch-back method="post" action="/act-for/self" { (button(&format!("切换回个人（{name}）"))) }
                }
                @if page.fixed {
                    (notice(Tone::Info, "您用企业自己的账户登录", html! { p { "这个账户只办本企业的事。要代表别的企业，请用您的个人账户登录。" } }))
                } @else if page.enterprises.is_empty() {
                    (empty("还没有可以代表的企业", "法定代表人可以在这里登记自己的企业；经办人请法定代表人在“经办人”里添加您。", None))
                } @else {
                    ul.enterprise-list {
                        @for one in &page.enterprises { li.card { (line(one, &page.next)) } }
                    }
                }
                @if !page.fixed { p { (button_link_quiet("登记我的企业", "/act-for/register")) } }
            }
        },
    )
}

fn line(one: &EnterpriseLine, next: &str) -> Markup {
    html! {
        h2 { (one.name) }
        p.tags { @for role in &one.roles { (tag(role)) } @if one.here { (tag_strong("正在代表")) } }
        p.hint { "统一社会信用代码 " (one.uscc) "，" (one.until) }
        div.actions {
            @if !one.here {
                form method="post" action="/act-for" {
                    (hidden("enterprise", &one.id))
                    (hidden("next", next))
                    button.button type="submit" { "代表它办事" span.visually-hidden { "：" (one.name) } }
                }
            }
            @if one.manages { (button_link_quiet("经办人", &format!("/act-for/{}", one.id))) }
        }
    }
}

/// What the page of registering an enterprise shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RegisterPage {
    pub(crate) uscc: String,
    pub(crate) name: String,
    pub(crate) errors: Errors,
}

/// Places the page of registering an enterprise.
pub(crate) fn register(page: &RegisterPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("代表企业办事", "/act-for"), Crumb::here("登记企业")];
    let demo = around.demo;
    let head = Card {
        overline: "",
        heading: "登记我的企业",
        lead: "由法定代表人本人登记。我们与企业登记信息核对，核对一致的当场登记好。",
    };
    card(
        &head,
        &page.errors,
        around,
        html! {
            @if demo { (notice(Tone::Info, "演示环境", html! { p { "没有接通企业登记信息：核对由模拟器代替，登记结果标明“未经权威核验”。" } })) }
            form.card.sign-in-form method="post" action="/act-for/register" novalidate {
                (text(&Control {
                    name: "uscc", label: "统一社会信用代码", hint: Some("营业执照上的 18 位代码。个体工商户也有。"),
                    error: error_of(&page.errors, "uscc"), ..Control::default()
                }, TextKind::Code, &page.uscc))
                (text(&Control {
                    name: "name", label: "企业名称", hint: Some("与营业执照上的一致。"),
                    error: error_of(&page.errors, "name"), ..Control::default()
                }, TextKind::Text, &page.name))
                (button("核对并登记"))
            }
        },
    )
}

/// One person who may act for the enterprise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AgentLine {
    pub(crate) person: String,
    pub(crate) name: String,
    /// Masked number of the document.
    pub(crate) number: String,
    pub(crate) role: &'static str,
    pub(crate) until: String,
    /// Whether the mandate can be ended here.
    pub(crate) endable: bool,
}

/// What the page of agents shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AgentsPage {
    pub(crate) enterprise: String,
    pub(crate) enterprise_name: String,
    pub(crate) agents: Vec<AgentLine>,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) until: String,
    /// The last lawful day, in words.
    pub(crate) latest: String,
    pub(crate) done: Option<&'static str>,
    pub(crate) errors: Errors,
}

/// Places the page of agents.
pub(crate) fn agents(page: &AgentsPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("代表企业办事", "/act-for"), Crumb::here("经办人")];
    if !page.errors.is_empty() {
        around.title = format!("有误：{}", around.title);
    }
    let base = format!("/act-for/{}/agents", page.enterprise);
    let until_hint = format!("从今天起算，最晚 {}。到期自动失效，可以重新添加。", page.latest);
    frame(
        around,
        html! {
            div.people {
                (error_summary(&page.errors))
                p.overline { (page.enterprise_name) }
                h1 { "经办人" }
                @if let Some(done) = page.done { (notice(Tone::Success, done, html! {})) }
                p.lead { "经办人用自己的账户登录，替企业办事。终止后立即失效，正在办的页面也会退出。" }
                ul.enterprise-list {
                    @for agent in &page.agents {
                        li.card {
                            h2 { (agent.name) }
                            p.tags { (tag(agent.role)) }
                            p.hint { (agent.number) "，" (agent.until) }
                            @if agent.endable {
                                form method="post" action={ (base) "/" (agent.person) "/end" } {
                                    button.button.quiet type="submit" { "终止授权" span.visually-hidden { "：" (agent.name) } }
                                }
                            }
                        }
                    }
                }
                section aria-labelledby="add" {
                    h2 #add { "添加经办人" }
                    form.card.sign-in-form method="post" action=(base) novalidate {
                        (text(&Control {
                            name: "name", label: "姓名", error: error_of(&page.errors, "name"), ..Control::default()
                        }, TextKind::Text, &page.name))
                        (text(&Control {
                            name: "number", label: "证件号码", hint: Some("对方须已注册；姓名和号码都要一致。"),
                            error: error_of(&page.errors, "number"), ..Control::default()
                        }, TextKind::Code, &page.number))
                        (date(&Control {
                            name: "until", label: "授权截止日期", hint: Some(&until_hint),
                            error: error_of(&page.errors, "until"), ..Control::default()
                        }, &page.until))
                        (button_quiet("添加"))
                    }
                }
            }
        },
    )
}
