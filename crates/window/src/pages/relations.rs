//! Whom the member of staff is close to: declared once, so that cases in that name are never his.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button, button_quiet, notice},
        forms::{Choice, Control, TextKind, error_summary, once_field, radios, select, text},
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct RelationsPage {
    /// Where it is ended, how he stands, to whom, since when.
    pub(crate) declared: Vec<(String, &'static str, String, String)>,
    /// Kinds of relations.
    pub(crate) relations: Vec<(String, String)>,
    /// Kinds of identity documents.
    pub(crate) kinds: Vec<(String, String)>,
    pub(crate) relation: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) errors: Vec<(&'static str, String)>,
    pub(crate) done: Option<&'static str>,
}

fn choices(pairs: &[(String, String)]) -> Vec<Choice<'_>> {
    pairs.iter().map(|(value, label)| Choice { value, label, hint: None }).collect()
}

/// Places the page.
pub(crate) fn relations(page: &RelationsPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("工作台", "/desk"), Crumb::here("回避登记")];
    let error = |name: &str| page.errors.iter().find(|(n, _)| *n == name).map(|(_, t)| t.as_str());
    let control = |name: &'static str, label: &'static str, hint: Option<&'static str>| Control {
        name,
        label,
        hint,
        error: error(name),
        optional: false,
    };
    frame(
        around,
        html! {
            div.desk-act {
                h1 { "回避登记" }
                @if let Some(done) = page.done { (notice(Tone::Success, done, html! {})) }
                (error_summary(&page.errors.iter().map(|(n, t)| (*n, t.clone())).collect::<Vec<_>>()))
                p { "登记您本人、配偶、近亲属和有利害关系的单位。以他们的名义申请、经办的办件，系统不会交给您办理（公务员法第七十六条）。" }
                p.hint { "证件号码只保存加密摘要，名称加密保存，只有您自己看得到这个名单；为什么不能办理某一件，也只告诉您。" }
                @if page.declared.is_empty() {
                    p { "还没有登记。" }
                } @else {
                    ul.documents {
                        @for (end, relation, name, since) in &page.declared {
                            li {
                                (name) p.hint { (relation) " · " (since) }
                                form method="post" action=(end) data-once { (once_field()) (button_quiet("删除登记")) }
                            }
                        }
                    }
                }
                h2 { "新增登记" }
                form.desk-form method="post" action="/desk/relations" data-once {
                    (once_field())
                    (radios(&control("relation", "关系", None), &choices(&page.relations), &page.relation))
                    (text(&control("name", "姓名或者单位名称", None), TextKind::Text, &page.name))
                    (select(&control("kind", "证件种类", None), &choices(&page.kinds), &page.kind))
                    (text(&control("number", "证件号码", Some("办件里的申请人、经办人按号码核对。")), TextKind::Text, &page.number))
                    div.actions { (button("登记")) a.button.quiet href="/desk" { "回到工作台" } }
                }
            }
        },
    )
}
