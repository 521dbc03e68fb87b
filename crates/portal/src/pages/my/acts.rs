//! What an applicant does with a case on a page of its own: pay, answer, withdraw, rate, complain.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button, button_danger, button_link_quiet, definitions, notice},
        forms::{Choice, Control, area, checks, error_summary, once_field, radios},
    },
};

/// Of which case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Of {
    pub(crate) number: String,
    pub(crate) item: String,
}

impl Of {
    fn path(&self, act: &str) -> String {
        format!("/my/cases/{}/{act}", self.number)
    }
    fn back(&self) -> String {
        format!("/my/cases/{}", self.number)
    }
}

type Errors = Vec<(&'static str, String)>;

fn error<'a>(errors: &'a Errors, name: &str) -> Option<&'a str> {
    errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str())
}

/// Before withdrawing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WithdrawPage {
    pub(crate) of: Of,
    pub(crate) reason: String,
    pub(crate) errors: Errors,
}

/// Places the page that asks whether to withdraw.
pub(crate) fn withdraw(page: &WithdrawPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "撤回申请");
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            p.overline { (page.of.item) }
            h1 { "要撤回这个申请吗？" }
            ul.plain-list {
                li { "撤回后办理立即停止，不能恢复。" }
                li { "以后还可以重新申请，不受影响；填过的内容和材料可以再用。" }
                li { "已经缴纳的费用，对已完成的工作不退。" }
                li { "撤回会出具《撤回申请确认书》，可以在办件里查看。" }
            }
            form.form method="post" action=(page.of.path("withdraw")) data-once {
                (once_field())
                (area(&Control {
                    name: "reason", label: "说明", hint: Some("不需要理由；愿意写的话，有助于改进服务。"), error: error(&page.errors, "reason"),
                    optional: true,
                }, 3, &page.reason))
                div.actions { (button_danger("确认撤回")) (button_link_quiet("不撤回，返回办件", &page.of.back())) }
            }
        },
    )
}

/// Before somebody is asked to stay away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChallengePage {
    pub(crate) of: Of,
    /// Whom: word and label.
    pub(crate) parts: Vec<(String, String)>,
    pub(crate) part: String,
    pub(crate) reason: String,
    pub(crate) errors: Errors,
}

/// Places the page on which the applicant asks that somebody stay away.
pub(crate) fn challenge(page: &ChallengePage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "申请回避");
    let parts: Vec<Choice<'_>> = page.parts.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            p.overline { (page.of.item) }
            h1 { "申请办理人员回避" }
            p.lead { "办理人员是您的亲属、与本件有利害关系，或者有其他可能影响公正的关系的，您可以申请其回避。" }
            ul.plain-list {
                li { "由其他审批人员决定，理由会书面告诉您；决定以前不会作出办理决定。" }
                li { "决定回避的，由其他人员办理，已作的审查重新进行。" }
            }
            form.form method="post" action=(page.of.path("challenge")) data-once {
                (once_field())
                (radios(&Control { name: "part", label: "申请谁回避", error: error(&page.errors, "part"), ..Control::default() }, &parts, &page.part))
                (area(&Control {
                    name: "reason", label: "理由", hint: Some("写明是谁、有什么关系。加密保存，只给决定的人看。"),
                    error: error(&page.errors, "reason"), optional: false,
                }, 6, &page.reason))
                div.actions { (button("提交申请")) (button_link_quiet("返回办件", &page.of.back())) }
            }
        },
    )
}

/// How to pay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PayPage {
    pub(crate) of: Of,
    pub(crate) amount: String,
    /// Fees with their basis.
    pub(crate) fees: Vec<(String, String)>,
    pub(crate) department: String,
    pub(crate) windows: String,
    pub(crate) notice: Option<String>,
}

/// Places the page that tells how to pay.
pub(crate) fn pay(page: &PayPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "缴费");
    frame(
        around,
        html! {
            p.overline { (page.of.item) }
            h1 { "缴费 " (page.amount) }
            (definitions(page.fees.iter().map(|(name, basis)| (name.as_str(), html! { (basis) }))))
            h2 { "怎么缴" }
            ol.plain-list {
                li { "带上或者记下办件编号 " strong.mono { (page.of.number) } "。" }
                li { "到" (page.department) @if !page.windows.is_empty() { "（" (page.windows) "）" } "的窗口缴纳，现金、银行卡、扫码都可以。" }
                li { "窗口登记后，这里马上显示“已缴费”和票据号，办理自动继续。" }
            }
            (notice(Tone::Warning, "防止受骗", html! { p { "不会有人打电话或发短信要您转账到个人账户。缴费依据写在缴费通知书里，超出的可以拒绝并投诉。" } }))
            div.actions {
                @if let Some(href) = &page.notice { (button_link_quiet("查看缴费通知书", href)) }
                (button_link_quiet("返回办件", &page.of.back()))
            }
        },
    )
}

/// Statement and defence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AnswerPage {
    pub(crate) of: Of,
    pub(crate) reasons: String,
    pub(crate) basis: String,
    pub(crate) due: String,
    pub(crate) notice: Option<String>,
    /// Whether a hearing can be asked for as well.
    pub(crate) hearing: bool,
    pub(crate) text: String,
    pub(crate) kept: bool,
    pub(crate) errors: Errors,
}

/// Places the page on which an intended refusal is answered.
pub(crate) fn answer(page: &AnswerPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "陈述、申辩");
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            p.overline { (page.of.item) }
            h1 { "对拟作出的不予准予说明您的意见" }
            p.lead { "还没有作出决定。您可以说明情况、提出理由；办理机关必须先复核您的意见，再作决定。不写也可以。" }
            (definitions([
                ("办理机关的理由", html! { (page.reasons) }),
                ("依据", html! { (page.basis) }),
                ("最晚", html! { strong { (page.due) } }),
            ]))
            @if let Some(href) = &page.notice { p { a href=(href) { "查看告知书" } } }
            @if page.hearing { p { "想当面说明、质证的，还可以" a href=(page.of.path("hearing")) { "要求听证" } "，期限相同。" } }
            form.form method="post" action=(page.of.path("answer")) data-once data-autosave=(page.of.path("answer/save")) {
                (once_field())
                @if page.kept { (notice(Tone::Info, "上次没有发出的内容还在", html! { p { "可以接着写。" } })) }
                (area(&Control {
                    name: "text", label: "您的陈述和申辩", hint: Some("最多 2000 字，只能提交一次。要补充证据的，提交后在留言里附上。"),
                    error: error(&page.errors, "text"), optional: false,
                }, 10, &page.text))
                div.actions {
                    (button("提交"))
                    button.button.quiet type="submit" formaction=(page.of.path("answer/save")) { "先存下，以后再写" }
                    (button_link_quiet("返回办件", &page.of.back()))
                }
            }
        },
    )
}

/// Before a hearing is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HearingPage {
    pub(crate) of: Of,
    pub(crate) reasons: String,
    pub(crate) due: String,
}

/// Places the page on which a hearing is asked for (行政许可法 第四十六条至第四十八条).
pub(crate) fn hearing(page: &HearingPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "要求听证");
    frame(
        around,
        html! {
            p.overline { (page.of.item) }
            h1 { "要求听证" }
            p.lead { "还没有作出决定。听证会上，审查人员要提供证据和理由，您可以当面申辩、质证；决定根据听证笔录作出。" }
            (definitions([
                ("拟不予准予的理由", html! { (page.reasons) }),
                ("最晚提出", html! { strong { (page.due) } }),
                ("什么时候举行", html! { "您提出后二十个工作日内，时间、地点至少提前七个工作日书面通知您。" }),
                ("谁来主持", html! { "没有审查过本件的人员；认为与本件有直接利害关系的，可以申请回避。" }),
                ("费用", html! { "不收费。" }),
                ("办理期限", html! { "听证所需时间不计入。" }),
            ]))
            form.form method="post" action=(page.of.path("hearing")) data-once {
                (once_field())
                div.actions { (button("要求听证")) (button_link_quiet("返回办件", &page.of.back())) }
            }
        },
    )
}

/// Rating.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RatePage {
    pub(crate) of: Of,
    /// The first rating in words; this is the follow-up then.
    pub(crate) first: Option<String>,
    /// Level and words, in the order of the handbook.
    pub(crate) levels: Vec<(String, String)>,
    pub(crate) aspects: Vec<(String, String)>,
    pub(crate) score: String,
    pub(crate) chosen: Vec<String>,
    pub(crate) comment: String,
    pub(crate) errors: Errors,
}

/// Places the rating: five levels of the same size and weight, none chosen before.
pub(crate) fn rate(page: &RatePage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, if page.first.is_some() { "追加评价" } else { "评价" });
    let aspects: Vec<Choice<'_>> =
        page.aspects.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    let chosen: Vec<&str> = page.chosen.iter().map(String::as_str).collect();
    let wrong = error(&page.errors, "score");
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            p.overline { (page.of.item) }
            h1 { @if page.first.is_some() { "追加评价" } @else { "这次服务怎么样？" } }
            @if let Some(first) = &page.first { p { "第一次评价：" strong { (first) } "，会一直保留。追加评价只有一次。" } }
            p.hint { "办理人员看不到是谁评的。差评由办理人员以外的人核实，不会影响您以后办事。" }
            form.form method="post" action=(page.of.path("rate")) data-once {
                (once_field())
                fieldset.field.levels.wrong[wrong.is_some()] {
                    legend { "请选一档" }
                    @if let Some(wrong) = wrong { p.field-error #score-error { (wrong) } }
                    div.levels-row {
                        @for (place, (value, label)) in page.levels.iter().enumerate() {
                            @let id = if place == 0 { "score".to_owned() } else { format!("score-{place}") };
                            input.visually-hidden id=(id) name="score" type="radio" value=(value) checked[page.score == *value];
                            label for=(id) { (label) }
                        }
                    }
                }
                (checks(&Control { name: "aspects", label: "和哪些方面有关？", optional: true, ..Control::default() }, &aspects, &chosen))
                (area(&Control {
                    name: "comment", label: "想说的话", hint: Some("最多 500 字。"), error: error(&page.errors, "comment"), optional: true,
                }, 4, &page.comment))
                div.actions { (button("提交评价")) (button_link_quiet("返回办件", &page.of.back())) }
            }
        },
    )
}

/// Complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ComplainPage {
    pub(crate) of: Of,
    pub(crate) kinds: Vec<(String, String)>,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) errors: Errors,
}

/// Places the complaint form.
pub(crate) fn complain(page: &ComplainPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "投诉");
    let kinds: Vec<Choice<'_>> = page.kinds.iter().map(|(value, label)| Choice { value, label, hint: None }).collect();
    frame(
        around,
        html! {
            (error_summary(&page.errors))
            p.overline { (page.of.item) }
            h1 { "投诉" }
            p { "投诉由被投诉部门以外的人处理：5 个工作日内告诉您是否受理，15 个工作日内答复。被投诉的人员看不到投诉内容。" }
            p.hint { "反映工作人员违纪违法的，请走纪检监察的举报渠道 12388，那里单独保密。" }
            form.form method="post" action=(page.of.path("complain")) data-once {
                (once_field())
                (radios(&Control {
                    name: "kind", label: "投诉什么？", error: error(&page.errors, "kind"), ..Control::default()
                }, &kinds, &page.kind))
                (area(&Control {
                    name: "text", label: "经过", hint: Some("什么时候、在哪里、发生了什么、希望怎样解决。最多 2000 字。"),
                    error: error(&page.errors, "text"), optional: false,
                }, 8, &page.text))
                div.actions { (button("提交投诉")) (button_link_quiet("返回办件", &page.of.back())) }
            }
        },
    )
}

/// After a complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ComplainedPage {
    pub(crate) of: Of,
    pub(crate) complaint: String,
    pub(crate) take_up_by: String,
    pub(crate) answer_by: String,
}

/// Places the confirmation of a complaint.
pub(crate) fn complained(page: &ComplainedPage, mut around: PageFrame) -> Markup {
    around.crumbs = super::way(&page.of.number, "投诉已提交");
    frame(
        around,
        html! {
            (webkit::ui::components::panel("投诉已提交", html! { p { "投诉编号 " strong.mono { (page.complaint) } } }))
            h2 { "接下来" }
            ol.plain-list {
                li { "最晚 " strong { (page.take_up_by) } "，告诉您是否受理。" }
                li { "最晚 " strong { (page.answer_by) } "，答复您处理结果。" }
                li { "都会在“消息”里通知您；急事请拨打 12345，报投诉编号。" }
            }
            div.actions { (button_link_quiet("返回办件", &page.of.back())) }
        },
    )
}
