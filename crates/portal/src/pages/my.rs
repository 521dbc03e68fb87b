//! Pages of what belongs to whoever is signed in: matters, certificates.

pub(crate) mod acts;
pub(crate) mod case;
pub(crate) mod certificates;
pub(crate) mod consents;
pub(crate) mod correct;
pub(crate) mod overview;
pub(crate) mod talk;

use maud::{Markup, html};
use webkit::{
    Crumb,
    ui::components::{Light, light},
};

/// The way to the pages of one case.
pub(crate) fn way(number: &str, here: &str) -> Vec<Crumb> {
    vec![
        Crumb::link("我的", "/my"),
        Crumb::link("办件", "/my/cases"),
        Crumb::link(number, format!("/my/cases/{number}")),
        Crumb::here(here),
    ]
}

/// A day and why it is the one: every day from the start, counted or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Deadline {
    /// What has to be done by then, such as 承诺办结期限.
    pub(crate) name: String,
    /// The day.
    pub(crate) day: String,
    /// Days left in words, such as 还有 3 个工作日.
    pub(crate) left: String,
    /// Red, yellow or green.
    pub(crate) light: &'static str,
    /// How the count begins.
    pub(crate) begins: String,
    /// Each day: the day, its place in the count (empty when left out), why.
    pub(crate) days: Vec<(String, String, String)>,
    /// The holidays of some day are not published yet.
    pub(crate) provisional: bool,
}

/// Places a deadline with its explanation.
pub(crate) fn deadline(page: &Deadline) -> Markup {
    let tone = match page.light {
        "red" => Light::Red,
        "yellow" => Light::Yellow,
        "green" => Light::Green,
        _ => Light::Grey,
    };
    html! {
        div.deadline {
            p.deadline-day {
                span.deadline-name { (page.name) }
                strong { (page.day) }
                (light(tone, &page.left))
            }
            @if page.provisional { p.hint { "这一天跨到节假日安排还没有公布的年份，公布后可能调整。" } }
            @if !page.days.is_empty() {
                details.disclosure.why {
                    summary { "为什么是这一天" }
                    div.disclosure-body {
                        p { (page.begins) }
                        table.days {
                            caption.visually-hidden { "逐日计算" }
                            thead { tr { th scope="col" { "日期" } th scope="col" { "第几天" } th scope="col" { "说明" } } }
                            tbody {
                                @for (day, nth, reason) in &page.days {
                                    tr.off[nth.is_empty()] {
                                        th scope="row" { (day) }
                                        td { @if nth.is_empty() { "不计" } @else { (nth) } }
                                        td { (reason) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
