//! Logins: found by their username; unlocked, given a new password, closed.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{button, button_danger, button_quiet, definitions, disclosure, empty},
        forms::{Control, TextKind, once_field, text},
    },
};

use super::{Errors, around, done, summary, wrong};

/// One login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) base: String,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) kind: &'static str,
    pub(crate) state: &'static str,
    pub(crate) opened: String,
    pub(crate) sessions: usize,
    pub(crate) closed: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccountsPage {
    pub(crate) asked: String,
    pub(crate) login: Option<Login>,
    /// The viewer may change something.
    pub(crate) may_change: bool,
    pub(crate) errors: Errors,
    pub(crate) done: &'static str,
}

/// Places the page.
pub(crate) fn accounts(page: &AccountsPage, frame_: PageFrame) -> Markup {
    frame(
        around(frame_, &[], "账户", &page.errors),
        html! {
            (summary(&page.errors))
            h1 { "账户" }
            (done(page.done))
            form.narrow method="get" action="/admin/accounts" {
                (text(&Control {
                    name: "username", label: "用户名", hint: Some("输入完整的用户名查找一个账户。"), error: None, optional: false,
                }, TextKind::Username, &page.asked))
                (button("查找"))
            }
            @match &page.login {
                Some(login) => { (one(page, login)) }
                None if !page.asked.is_empty() => {
                    (empty("没有这个账户", html! { p { "请核对用户名，大小写不限。" } }, None))
                }
                None => {}
            }
        },
    )
}

fn one(page: &AccountsPage, login: &Login) -> Markup {
    html! {
        section.band {
            div.band-head { h2 { (login.name) } }
            (definitions([
                ("用户名", html! { (login.username) }),
                ("类型", html! { (login.kind) }),
                ("状态", html! { (login.state) }),
                ("开立时间", html! { (login.opened) }),
                ("正在使用的会话", html! { (login.sessions) " 个" }),
            ]))
            @if page.may_change && !login.closed {
                form method="post" action={ (login.base) "/unlock" } data-once {
                    (once_field())
                    p.hint { "多次输错密码会锁定一段时间；核实本人身份后可以提前解除。" }
                    (button_quiet("解除锁定"))
                }
                (disclosure("重设密码", html! {
                    form.narrow method="post" action={ (login.base) "/password" } novalidate data-once {
                        (once_field())
                        (text(&Control {
                            name: "password", label: "新的初始密码", hint: Some("核实本人身份后当面告知，并让他登录后修改。"),
                            error: wrong(&page.errors, "password"), optional: false,
                        }, TextKind::NewPassword, ""))
                        (button("重设"))
                    }
                }))
                (disclosure("停用账户", html! {
                    p { "停用后不能再登录，也不能恢复；历史记录保留。" }
                    form method="post" action={ (login.base) "/close" } data-once { (once_field()) (button_danger("停用")) }
                }))
            }
        }
    }
}
