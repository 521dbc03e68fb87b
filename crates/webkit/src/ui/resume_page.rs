//! The pages on the way of a form through the sign-in.

use maud::{Markup, html};

use super::{
    components::{Tone, disclosure, notice},
    forms::{Control, TextKind, hidden, text},
    frame::frame,
};
use crate::{Carried, Crumb, Look};

/// The session ended while a form was filled in: says so, signs in, and carries the form along. Without `carried` the
/// form was too long for that.
pub(crate) fn ended_page(look: &Look, carried: Option<&Carried>) -> Markup {
    let mut page = look.frame("请重新登录", vec![Crumb::here("登录")]);
    page.own_search = true;
    let control = |name, label| Control { name, label, ..Control::default() };
    frame(
        page,
        html! {
            div.sign-in-page {
                h1 { "请重新登录，再继续提交" }
                @match carried {
                    Some(_) => p.lead { "登录已经结束，刚才的内容还没有提交。填写的内容都还在，登录后点一下就能接着提交。" },
                    None => p.lead { "登录已经结束，刚才的内容还没有提交。内容太长，无法带到下一页：请先在新窗口登录，再用浏览器的“返回”回到填写页重新提交。" },
                }
                @if carried.is_some_and(Carried::had_files) { (files_again()) }
                form.card.sign-in-form method="post" action="/sign-in" novalidate {
                    (hidden("next", &look.path))
                    @if let Some(carried) = carried { (carried.hidden_fields()) }
                    (text(&control("username", "证件号码或用户名"), TextKind::Username, ""))
                    (text(&control("password", "密码"), TextKind::Password, ""))
                    button.button type="submit" { "登录" }
                }
                @if let Some(carried) = carried {
                    (disclosure("用短信验证码等其他方式登录", html! {
                        ol.stack {
                            li { a href="/sign-in" target="_blank" { "在新窗口打开登录页" } "，登录好以后回到这里。" }
                            li { "回到这一页后点下面的按钮。" }
                        }
                        div.actions { (carried.form("已经登录，继续提交")) }
                    }))
                }
                p.hint { "为了您的信息安全，一段时间不用会自动退出登录。" }
            }
        },
    )
}

/// Signed in again: one button sends the same form to the same place.
pub(crate) fn resume_page(look: &Look, carried: &Carried) -> Markup {
    let page = look.frame("继续提交", vec![Crumb::here("继续提交")]);
    frame(
        page,
        html! {
            div.narrow {
                h1 { "已经登录，请继续提交" }
                p.lead {
                    "刚才填写的内容还没有提交，点下面的按钮就会提交。"
                    @if let Some(who) = look.who() { "现在以“" (who) "”的身份办理。" }
                }
                @if carried.had_files() { (files_again()) }
                div.actions { (carried.form("继续提交")) a href=(look.path) { "不提交，回到刚才的页面" } }
            }
        },
    )
}

fn files_again() -> Markup {
    notice(
        Tone::Warning,
        "文件需要重新选择",
        html! { p { "文字都带过来了。照片和文件没有上传成功，继续提交后请在原来的位置重新选择。" } },
    )
}
