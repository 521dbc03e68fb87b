//! Asks why somebody looks at a case in which nothing waits for his department.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::button,
        forms::{Control, TextKind, text},
    },
};

/// Places the question. `given`: what was typed and is no reason.
pub(crate) fn why(title: &str, given: &str, around: PageFrame) -> Markup {
    let error = (!given.is_empty()).then_some("请用2至200个字说明理由。");
    let control = Control {
        name: "reason",
        label: "查看理由",
        hint: Some("例如：答复申请人来电、复核已办结的办件"),
        error,
        optional: false,
    };
    frame(
        around,
        html! {
            div.desk-act {
                h1 { "查看" (title) }
                p { "这个办件现在没有等您部门办理的任务。确需查看的，请先说明理由；您的姓名、理由和查看时间会被记录。" }
                form.desk-form method="get" {
                    (text(&control, TextKind::Text, given))
                    div.actions { (button("记录并查看")) a.button.quiet href="/desk" { "回到工作台" } }
                }
            }
        },
    )
}
