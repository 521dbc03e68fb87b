//! Pieces that the steps of registering, signing in and the account share.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, button_quiet, notice},
        forms::{Control, TextKind, error_summary, text},
    },
};

/// What is wrong with a form: field and text, in the order of the form.
pub(crate) type Errors = Vec<(&'static str, String)>;

/// What is wrong with one field.
pub(crate) fn error_of<'a>(errors: &'a Errors, field: &str) -> Option<&'a str> {
    errors.iter().find(|(name, _)| *name == field).map(|(_, text)| text.as_str())
}

/// A page with one card: errors on top, heading, what it is about, the form.
pub(crate) struct Card<'a> {
    /// Above the heading, such as 第 1 步，共 4 步.
    pub(crate) overline: &'a str,
    pub(crate) heading: &'a str,
    pub(crate) lead: &'a str,
}

/// Places a narrow page.
pub(crate) fn card(card: &Card<'_>, errors: &Errors, mut around: PageFrame, body: Markup) -> Markup {
    around.own_search = true;
    if !errors.is_empty() {
        around.title = format!("有误：{}", around.title);
    }
    frame(
        around,
        html! {
            div.sign-in-page {
                (error_summary(errors))
                @if !card.overline.is_empty() { p.overline { (card.overline) } }
                h1 { (card.heading) }
                @if !card.lead.is_empty() { p.lead { (card.lead) } }
                (body)
            }
        },
    )
}

/// Entering a code that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CodePage {
    pub(crate) overline: &'static str,
    /// Where the form goes.
    pub(crate) action: &'static str,
    /// Where another code is asked for.
    pub(crate) again: &'static str,
    /// Where the step before is.
    pub(crate) back: &'static str,
    /// The phone in masked form, where it was typed by the one who looks.
    pub(crate) phone: String,
    /// What may be the reason when nothing comes.
    pub(crate) help: &'static str,
    /// The message itself, in a demonstration alone.
    pub(crate) message: Option<String>,
    /// A code was sent once more.
    pub(crate) sent_again: bool,
    pub(crate) button: &'static str,
    pub(crate) errors: Errors,
}

/// Places the page on which a code is entered.
pub(crate) fn code(page: &CodePage, around: PageFrame) -> Markup {
    let lead = if page.phone.is_empty() {
        "如果您已经注册，验证码已发到您登记的手机上。请在 5 分钟内输入。".to_owned()
    } else {
        format!("验证码已发到 {}，请在 5 分钟内输入。", page.phone)
    };
    let demo = around.demo;
    let head = Card { overline: page.overline, heading: "输入短信验证码", lead: &lead };
    card(
        &head,
        &page.errors,
        around,
        html! {
            @if page.sent_again && page.errors.is_empty() {
                (notice(Tone::Success, "验证码已重新发送", html! { p { "请输入最新一条短信里的验证码，以前的已经失效。" } }))
            }
            @if demo {
                (notice(Tone::Info, "演示环境：这里代替手机短信", html! {
                    @if let Some(message) = &page.message { p.sms { (message) } }
                    @else { p { "没有发出短信：这个号码没有注册，或者刚刚发过。" } }
                }))
            }
            form.card.sign-in-form.one-thing method="post" action=(page.action) novalidate {
                (text(&Control {
                    name: "code", label: "6 位验证码", error: error_of(&page.errors, "code"), ..Control::default()
                }, TextKind::OneTimeCode, ""))
                (button(page.button))
            }
            form.resend method="post" action=(page.again) {
                p.hint { "一分钟后还没有收到？" (page.help) }
                (button_quiet("重新发送验证码"))
            }
            p { a href=(page.back) { "返回上一步修改" } }
        },
    )
}

/// Choosing a password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PasswordPage {
    pub(crate) overline: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) action: &'static str,
    pub(crate) button: &'static str,
    /// Whether the present password is asked for too.
    pub(crate) with_old: bool,
    /// Whether what is typed is shown.
    pub(crate) shown: bool,
    /// What was typed, sent back only to whoever asked to see it.
    pub(crate) password: String,
    pub(crate) errors: Errors,
}

/// Places the page on which a password is chosen.
pub(crate) fn password(page: &PasswordPage, around: PageFrame) -> Markup {
    let head = Card { overline: page.overline, heading: page.heading, lead: page.lead };
    let hint = "至少 10 个字符，含大写字母、小写字母、数字、符号中的三种。不要含姓名、手机号、证件号码和常见词语。";
    let kind = if page.shown { TextKind::Code } else { TextKind::NewPassword };
    card(
        &head,
        &page.errors,
        around,
        html! {
            form.card.sign-in-form method="post" action=(page.action) novalidate {
                @if page.with_old {
                    (text(&Control {
                        name: "old", label: "现在的密码", error: error_of(&page.errors, "old"), ..Control::default()
                    }, TextKind::Password, ""))
                }
                (text(&Control {
                    name: "password", label: "新密码", hint: Some(hint), error: error_of(&page.errors, "password"),
                    ..Control::default()
                }, kind, if page.shown { &page.password } else { "" }))
                div.actions {
                    (button(page.button))
                    @if page.shown {
                        button.button.quiet type="submit" name="show" value="no" { "隐藏密码" }
                    } @else {
                        button.button.quiet type="submit" name="show" value="yes" { "显示密码" }
                    }
                }
            }
        },
    )
}
