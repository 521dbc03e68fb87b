//! My account: what is held of me, how I sign in, where I am signed in.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{
            SummaryRow, Tone, button_danger, button_link_quiet, button_quiet, notice, summary_list, tag_strong,
        },
        forms::hidden,
    },
};

/// One session as its owner sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionLine {
    /// Number to end it by.
    pub(crate) id: String,
    /// The browser and the system it runs on, in a few words.
    pub(crate) device: String,
    pub(crate) address: String,
    pub(crate) since: String,
    pub(crate) last_seen: String,
    /// The one that looks.
    pub(crate) here: bool,
}

/// What the account page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccountPage {
    pub(crate) name: String,
    /// What kind of login it is.
    pub(crate) kind: &'static str,
    pub(crate) username: String,
    /// Names and values of what is held, ready to show.
    pub(crate) held: Vec<(&'static str, String)>,
    /// Where the full number is shown, while it is masked.
    pub(crate) show_number: Option<&'static str>,
    /// Name of the phone's row in `held` is followed by a link when it can be changed here.
    pub(crate) can_change_phone: bool,
    /// The real-name level in words; empty for logins without one.
    pub(crate) level: String,
    /// Whether no authority confirmed it.
    pub(crate) unconfirmed: Option<&'static str>,
    pub(crate) level_help: &'static str,
    /// Links to enterprises are shown to people alone.
    pub(crate) person: bool,
    /// Messages about cases come to this login.
    pub(crate) notices: bool,
    pub(crate) sessions: Vec<SessionLine>,
    /// What was just done.
    pub(crate) done: Option<&'static str>,
}

/// Places the account page.
pub(crate) fn account(page: &AccountPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("我的账户")];
    let rows: Vec<SummaryRow> = page.held.iter().map(|(name, value)| row(page, name, value)).collect();
    frame(
        around,
        html! {
            div.people {
                h1 { "我的账户" }
                @if let Some(done) = page.done { (notice(Tone::Success, done, html! {})) }
                section aria-labelledby="held" {
                    h2 #held { "登记信息" }
                    (summary_list(&rows))
                    @if page.person { p.hint { "姓名或者证件号码有误，请带证件原件到任一政务大厅窗口更正，当场办好。" } }
                }
                @if !page.level.is_empty() {
                    section aria-labelledby="level" {
                        h2 #level { "实名等级" }
                        p { strong { (page.level) } @if let Some(by) = page.unconfirmed { " " (tag_strong(by)) } }
                        p.hint { (page.level_help) }
                    }
                }
                section aria-labelledby="login" {
                    h2 #login { "登录和安全" }
                    (summary_list(&[
                        SummaryRow {
                            name: "登录名".into(), value: html! { (page.username) }, note: None, change: None,
                        },
                        SummaryRow {
                            name: "密码".into(), value: html! { "已设置" }, note: None,
                            change: Some(("/my/account/password".into(), "修改".into())),
                        },
                    ]))
                    @if page.notices { p { (button_link_quiet("通知方式：短信和邮件", "/my/account/notices")) } }
                }
                (sessions(&page.sessions))
                @if page.person {
                    section aria-labelledby="others" {
                        h2 #others { "代表企业办事" }
                        p { "您是企业的法定代表人或者经办人的，可以用这个账户替企业办事。" }
                        p { (button_link_quiet("我可以代表的企业", "/act-for")) }
                    }
                }
                section aria-labelledby="looked" {
                    h2 #looked { "谁看过我的信息" }
                    p { "工作人员每次查看您的信息都要说明理由，并留下记录。" }
                    p.actions {
                        (button_link_quiet("查看记录", "/my/account/access"))
                        @if page.notices { (button_link_quiet("我的授权：谁可以用我的证照", "/my/consents")) }
                    }
                }
            }
        },
    )
}

fn row(page: &AccountPage, name: &str, value: &str) -> SummaryRow {
    let change = match name {
        "手机号" if page.can_change_phone => Some(("/my/account/phone".to_owned(), "更换".to_owned())),
        "证件号码" => page.show_number.map(|href| (href.to_owned(), "显示完整号码".to_owned())),
        _ => None,
    };
    SummaryRow { name: name.to_owned(), value: html! { (value) }, note: None, change }
}

fn sessions(sessions: &[SessionLine]) -> Markup {
    html! {
        section aria-labelledby="sessions" {
            h2 #sessions { "登录的设备" }
            p.hint { "不认识的，请立即退出它，并修改密码。" }
            ul.session-list {
                @for session in sessions {
                    li {
                        div {
                            p { strong { (session.device) } @if session.here { " " (tag_strong("现在这台")) } }
                            p.hint { "登录于 " (session.since) "，最近使用 " (session.last_seen) @if !session.address.is_empty() { "，网络地址 " (session.address) } }
                        }
                        @if !session.here {
                            form method="post" action="/my/account/sessions/end" {
                                (hidden("session", &session.id))
                                button.button.quiet type="submit" { "退出这台" span.visually-hidden { "：" (session.device) "，登录于 " (session.since) } }
                            }
                        }
                    }
                }
            }
            div.actions {
                @if sessions.len() > 1 {
                    form method="post" action="/my/account/sessions/end-others" { (button_danger("退出其他所有设备")) }
                }
                form method="post" action="/sign-out" { (button_quiet("退出登录")) }
            }
        }
    }
}

/// One look at the data of a person by somebody else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccessLine {
    pub(crate) at: String,
    /// Department, never the name of the one who looked.
    pub(crate) by: String,
    pub(crate) what: String,
    pub(crate) why: String,
    /// Number of the case it belongs to.
    pub(crate) case: Option<String>,
}

/// Places the list of who looked.
pub(crate) fn access(lines: &[AccessLine], mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("我的账户", "/my/account"), Crumb::here("谁看过我的信息")];
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let what = html! {
                @match &line.case {
                    Some(number) => a href={ "/my/cases/" (number) } { (line.what) },
                    None => (line.what),
                }
            };
            vec![html! { (line.at) }, html! { (line.by) }, what, html! { (line.why) }]
        })
        .collect();
    frame(
        around,
        html! {
            h1 { "谁看过我的信息" }
            p.lead { "工作人员查看您的登记信息、办件、材料文件和证照的记录，最近的在前。您认为不该看的，请拨打 12345 投诉，五个工作日内答复是否受理。" }
            @if rows.is_empty() {
                (webkit::ui::components::empty("还没有记录", "还没有工作人员查看过您的信息。", None))
            } @else {
                (webkit::ui::components::table("查看记录", &["时间", "单位", "查看了什么", "理由"], &rows))
            }
        },
    )
}
