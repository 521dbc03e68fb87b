//! Signing in.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, query_string,
    ui::{
        components::{button, button_link_quiet},
        forms::{Control, TextKind, text},
    },
};

use super::step::{Card, Errors, card, error_of};

/// What the sign-in page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SignInPage {
    /// What was typed last time.
    pub(crate) username: String,
    /// Where to go on to; a path of this site.
    pub(crate) next: String,
    /// What is wrong with the user name field.
    pub(crate) username_error: Option<String>,
    /// What is wrong with the password field.
    pub(crate) password_error: Option<String>,
    /// Why the sign-in was refused, without telling which of the two was wrong.
    pub(crate) refused: Option<String>,
}

/// Places the sign-in page.
pub(crate) fn sign_in(page: &SignInPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("登录")];
    let mut errors: Errors = Vec::new();
    errors.extend(page.refused.clone().map(|text| ("username", text)));
    errors.extend(page.username_error.clone().map(|text| ("username", text)));
    errors.extend(page.password_error.clone().map(|text| ("password", text)));
    let (demo, carried) = (around.demo, around.carried_fields());
    let onward = query_string(&[("next", if page.next == "/" { "" } else { &page.next })]);
    let head =
        Card { overline: "", heading: "登录", lead: "个人、企业经办人和工作人员都从这里登录。" };
    card(
        &head,
        &errors,
        around,
        html! {
            form.card.sign-in-form method="post" action="/sign-in" novalidate {
                input type="hidden" name="next" value=(page.next);
                (carried)
                (text(&Control {
                    name: "username", label: "证件号码或用户名", error: page.username_error.as_deref(), ..Control::default()
                }, TextKind::Username, &page.username))
                (text(&Control {
                    name: "password", label: "密码", error: page.password_error.as_deref(), ..Control::default()
                }, TextKind::Password, ""))
                (button("登录"))
                p { a href={ "/forgotten" (onward) } { "忘记密码" } }
            }
            (other_ways(&onward))
            @if demo { p.hint { "演示账户的用户名是角色加编号，例如 citizen1、enterprise1、window1；密码在启动时显示。也可以点“注册”，用虚构的姓名和号码试一遍。" } }
            p.hint { "不登录也可以查事项、看指南和核对文书。" }
        },
    )
}

fn other_ways(onward: &str) -> Markup {
    html! {
        div.other-ways {
            (button_link_quiet("用短信验证码登录", &format!("/sign-in/code{onward}")))
            (button_link_quiet("没有账户，去注册", &format!("/register{onward}")))
        }
    }
}

/// The page that asks who wants a code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ByCodePage {
    pub(crate) heading: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) label: &'static str,
    pub(crate) action: &'static str,
    pub(crate) name: String,
    pub(crate) next: String,
    pub(crate) errors: Errors,
}

/// Places the page that asks who wants a code.
pub(crate) fn by_code(page: &ByCodePage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("登录", "/sign-in"), Crumb::here(page.heading)];
    let head = Card { overline: "", heading: page.heading, lead: page.lead };
    card(
        &head,
        &page.errors,
        around,
        html! {
            form.card.sign-in-form.one-thing method="post" action=(page.action) novalidate {
                input type="hidden" name="next" value=(page.next);
                (text(&Control {
                    name: "name", label: page.label, error: error_of(&page.errors, "name"), ..Control::default()
                }, TextKind::Username, &page.name))
                (button("获取验证码"))
            }
            p.hint { "验证码发到您注册时登记的手机上。手机号已经不用了？请带证件原件到任一政务大厅窗口更换。" }
            p { a href="/sign-in" { "用密码登录" } }
        },
    )
}
