//! Signing in.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::button,
        forms::{TextField, error_summary, text_field},
    },
};

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
    around.own_search = true;
    let mut errors: Vec<(&str, String)> = Vec::new();
    errors.extend(page.refused.clone().map(|text| ("username", text)));
    errors.extend(page.username_error.clone().map(|text| ("username", text)));
    errors.extend(page.password_error.clone().map(|text| ("password", text)));
    if !errors.is_empty() {
        around.title = format!("有误：{}", around.title);
    }
    let demo = around.demo;
    frame(
        around,
        html! {
            div.sign-in-page {
                (error_summary(&errors))
                h1 { "登录" }
                p.lead { "个人、企业经办人和工作人员都从这里登录。" }
                form.card.sign-in-form method="post" action="/sign-in" novalidate {
                    input type="hidden" name="next" value=(page.next);
                    (text_field(&TextField {
                        name: "username", label: "用户名", value: &page.username, error: page.username_error.as_deref(),
                        autocomplete: Some("username"), ..TextField::default()
                    }))
                    (text_field(&TextField {
                        name: "password", label: "密码", kind: "password", error: page.password_error.as_deref(),
                        autocomplete: Some("current-password"), ..TextField::default()
                    }))
                    (button("登录"))
                }
                @if demo { p.hint { "演示账户的用户名是角色加编号，例如 citizen1、enterprise1、window1；密码在启动时显示。" } }
                p.hint { "不登录也可以查事项、看指南和核对文书。" }
            }
        },
    )
}
