//! Registering: who one is, and the phone.

use identity::DocumentKind;
use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame,
    ui::{
        components::{button, disclosure},
        forms::{Choice, Control, TextKind, select, text},
    },
};

use super::step::{Card, Errors, card, error_of};

/// The first page of registering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WhoPage {
    pub(crate) name: String,
    /// Word of the kind of document.
    pub(crate) document: String,
    pub(crate) number: String,
    /// As it was typed.
    pub(crate) birth_date: String,
    /// Where to go on to at the end.
    pub(crate) next: String,
    pub(crate) errors: Errors,
}

/// Documents of people, in the order of the list.
pub(crate) fn documents() -> Vec<Choice<'static>> {
    let people = DocumentKind::ALL.iter().filter(|kind| **kind != DocumentKind::Uscc);
    people.map(|kind| Choice { value: kind.as_str(), label: kind.label(), hint: None }).collect()
}

/// Places the first page of registering.
pub(crate) fn who(page: &WhoPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("注册")];
    let head = Card {
        overline: "第 1 步，共 4 步",
        heading: "注册：您是谁",
        lead: "大约两分钟。请准备好证件和能收短信的手机。",
    };
    let chosen = if page.document.is_empty() { DocumentKind::ResidentId.as_str() } else { &page.document };
    card(
        &head,
        &page.errors,
        around,
        html! {
            form.card.sign-in-form method="post" action="/register" novalidate {
                input type="hidden" name="next" value=(page.next);
                (text(&Control {
                    name: "name", label: "姓名", hint: Some("与证件上的一致；生僻字照原样填写。"),
                    error: error_of(&page.errors, "name"), ..Control::default()
                }, TextKind::Name, &page.name))
                (select(&Control {
                    name: "document", label: "证件类型", error: error_of(&page.errors, "document"), ..Control::default()
                }, &documents(), chosen))
                (text(&Control {
                    name: "number", label: "证件号码", error: error_of(&page.errors, "number"), ..Control::default()
                }, TextKind::Code, &page.number))
                (text(&Control {
                    name: "birth_date", label: "出生日期", optional: true,
                    hint: Some("身份证不用填。护照和通行证请填写，例如 1990-03-07。"),
                    error: error_of(&page.errors, "birth_date"),
                }, TextKind::Code, &page.birth_date))
                (button("下一步"))
            }
            (disclosure("我们怎样使用这些信息", html! {
                p { "姓名、证件号码和手机号由贵阳市政务服务管理部门收集，用来确认是您本人、预填申请表和通知您办理进度，加密保存。不用于其他目的，也不提供给无关的人。" }
                p { "您可以随时在“我的账户”里查看、更正，并看到谁看过您的信息。对此有疑问，请拨打 12345。依据《个人信息保护法》第十三条、第十七条、第三十五条。" }
                p { "未满 14 周岁的，由父母或者其他监护人到窗口办理；14 至 18 周岁可以自己注册，超出年龄和智力状况的事项须监护人同意。" }
            }))
            p { "已经注册过？" a href="/sign-in" { "直接登录" } }
        },
    )
}

/// The second page of registering, and the page on which the phone is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PhonePage {
    pub(crate) overline: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) action: &'static str,
    pub(crate) back: &'static str,
    pub(crate) phone: String,
    /// Whether the present password is asked for too.
    pub(crate) with_password: bool,
    pub(crate) errors: Errors,
}

/// Places the page on which a phone is given.
pub(crate) fn phone(page: &PhonePage, around: PageFrame) -> Markup {
    let head = Card { overline: page.overline, heading: page.heading, lead: page.lead };
    card(
        &head,
        &page.errors,
        around,
        html! {
            form.card.sign-in-form method="post" action=(page.action) novalidate {
                (text(&Control {
                    name: "phone", label: "手机号", hint: Some("11 位，能收短信。家人共用一个手机也可以。"),
                    error: error_of(&page.errors, "phone"), ..Control::default()
                }, TextKind::Tel, &page.phone))
                @if page.with_password {
                    (text(&Control {
                        name: "password", label: "登录密码", hint: Some("确认是您本人在更换。"),
                        error: error_of(&page.errors, "password"), ..Control::default()
                    }, TextKind::Password, ""))
                }
                (button("获取验证码"))
            }
            p { a href=(page.back) { "返回上一步" } }
        },
    )
}
