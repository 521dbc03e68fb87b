//! Who came to the counter.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tab, Tone, button, button_saying, notice, tabs},
        forms::{Choice, Control, TextKind, date, error_summary, hidden, select, text, tick},
    },
};

use super::head;

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentifyPage {
    /// An enterprise came, by an agent.
    pub(crate) enterprise: bool,
    /// Word and label of each kind of document.
    pub(crate) documents: Vec<(String, String)>,
    /// What was typed, by field.
    pub(crate) typed: Vec<(String, String)>,
    /// What is wrong, by field.
    pub(crate) errors: Vec<(String, String)>,
    /// Nobody is registered under the number: what is to be registered, in words.
    pub(crate) unknown: Option<String>,
}

impl IdentifyPage {
    fn typed(&self, name: &str) -> &str {
        self.typed.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    fn control<'a>(&'a self, name: &'a str, label: &'a str, hint: Option<&'a str>) -> Control<'a> {
        let error = self.errors.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str());
        Control { name, label, hint, error, optional: false }
    }

    fn line(&self, name: &'static str, label: &'static str, kind: TextKind, hint: Option<&'static str>) -> Markup {
        text(&self.control(name, label, hint), kind, self.typed(name))
    }

    fn may(&self, name: &'static str, label: &'static str, kind: TextKind, hint: Option<&'static str>) -> Markup {
        text(&Control { optional: true, ..self.control(name, label, hint) }, kind, self.typed(name))
    }

    fn confirmed(&self, name: &'static str, label: &'static str) -> Markup {
        tick(&self.control(name, label, None), self.typed(name) == "yes")
    }

    fn document(&self) -> Markup {
        let kinds: Vec<Choice<'_>> =
            self.documents.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
        let chosen = match self.typed("kind") {
            "" => self.documents.first().map_or("", |(word, _)| word),
            word => word,
        };
        html! {
            (select(&self.control("kind", "证件类型", None), &kinds, chosen))
            (self.line("number", "证件号码", TextKind::Code, Some("照证件原件填写；身份证末位可能是 X")))
            (self.line("name", "姓名", TextKind::Text, Some("照证件原件填写")))
        }
    }
}

/// Places the page.
pub(crate) fn identify(page: &IdentifyPage, mut around: PageFrame) -> Markup {
    let head = head(&mut around, "窗口受理", 0);
    let kinds = [
        Tab { label: "个人".into(), href: "/desk/counter".into(), count: None, current: !page.enterprise },
        Tab {
            label: "企业或其他单位".into(),
            href: "/desk/counter?for=enterprise".into(),
            count: None,
            current: page.enterprise,
        },
    ];
    let errors: Vec<(&str, String)> = page.errors.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    frame(
        around,
        html! {
            (head)
            (error_summary(&errors))
            div.counter-narrow {
                p { "请申请人出示证件原件，核验后填写。按号码查到的信息只用于这次办理，查看会记入审计。" }
                (tabs("谁来办理", &kinds))
                @if let Some(unknown) = &page.unknown {
                    (notice(Tone::Info, "还没有登记", html! {
                        p { (unknown) "请再对照一次证件原件；没有写错的，补充下面的信息后点“登记并继续”。" }
                    }))
                }
                form.desk-form action="/desk/counter" method="post" novalidate data-once {
                    (hidden("for", if page.enterprise { "enterprise" } else { "person" }))
                    @if page.enterprise {
                        fieldset.desk-set {
                            legend { "单位" }
                            (page.line("uscc", "统一社会信用代码", TextKind::Code, Some("18 位，照营业执照或登记证书填写")))
                            (page.line("org", "单位名称", TextKind::Text, Some("照营业执照或登记证书填写")))
                            @if page.unknown.is_some() {
                                (page.may("legal", "法定代表人（负责人）", TextKind::Text, None))
                            }
                        }
                        fieldset.desk-set {
                            legend { "到场的经办人" }
                            (page.document())
                        }
                        (page.confirmed("authorised", "已核验授权委托书（经办人已在平台登记授权的不用勾）"))
                    } @else {
                        (page.document())
                    }
                    @if page.unknown.is_some() {
                        fieldset.desk-set {
                            legend { "登记信息" }
                            (page.may("phone", "手机号码", TextKind::Tel, Some("用来通知办理进展")))
                            (page.may("address", "住址（单位填注册地址）", TextKind::Text, None))
                            @if !page.enterprise {
                                (date(&Control { optional: true, ..page.control("born", "出生日期", Some("居民身份证不用填")) }, page.typed("born")))
                            }
                        }
                    }
                    (page.confirmed("original", "我已看过证件原件，人与证件一致"))
                    div.actions {
                        @if page.unknown.is_some() {
                            (button_saying("登记并继续", "go", "register"))
                        } @else {
                            (button("核验并继续"))
                        }
                    }
                }
            }
        },
    )
}
