//! Form and materials side by side.

use maud::{Markup, html};
use webkit::ui::{
    components::{tag, tag_strong},
    forms::{Control, area},
};

use super::CasePage;

/// One answer of the form.
#[derive(Debug, Clone)]
pub(crate) struct AnswerLine {
    pub(crate) label: String,
    pub(crate) value: String,
    /// Where the platform knows it from, or that it differs from there.
    pub(crate) origin: Option<String>,
    pub(crate) differs: bool,
    /// What stood there before the correction.
    pub(crate) was: Option<String>,
    /// What the item's own check finds wrong.
    pub(crate) fault: Option<String>,
    /// What the office finds wrong.
    pub(crate) wrong: Option<String>,
}

/// A file that was handed in.
#[derive(Debug, Clone)]
pub(crate) struct FileBox {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) size: String,
    pub(crate) image: bool,
    pub(crate) pdf: bool,
}

/// How a material was judged.
#[derive(Debug, Clone)]
pub(crate) enum Judged {
    Unseen,
    /// By whom and when.
    Fits(String),
    /// What is wrong, by whom.
    Wrong(String),
    /// Judged before it was handed in anew.
    Outdated(String),
}

/// One material.
#[derive(Debug, Clone)]
pub(crate) struct MaterialBox {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) how: &'static str,
    pub(crate) missing: bool,
    /// Why it is asked for.
    pub(crate) why: String,
    /// What the reviewer looks at.
    pub(crate) note: String,
    pub(crate) certificate: Option<Vec<(String, String)>>,
    /// In their order.
    pub(crate) files: Vec<FileBox>,
    /// When a correction or the counter brought it.
    pub(crate) new_since: Option<String>,
    /// The files it replaced.
    pub(crate) previous: Vec<String>,
    pub(crate) judged: Judged,
    pub(crate) problem: String,
    pub(crate) requirement: String,
    /// Why the verdict was not kept.
    pub(crate) slip: Option<String>,
}

/// One of the item's rules.
#[derive(Debug, Clone)]
pub(crate) struct RuleLine {
    pub(crate) message: String,
    /// None: it cannot be told.
    pub(crate) holds: Option<bool>,
}

/// Both sides.
#[derive(Debug, Clone)]
pub(crate) struct Sides {
    pub(crate) answers: Vec<AnswerLine>,
    pub(crate) materials: Vec<MaterialBox>,
    pub(crate) rules: Vec<RuleLine>,
    /// Verdicts can still be given.
    pub(crate) judging: bool,
}

pub(super) fn sides(page: &CasePage, sides: &Sides) -> Markup {
    html! {
        section.desk-box.desk-case-form #form {
            div.desk-part-head {
                h2 { "申请表" }
                @if page.reveal { a href={ "/desk/cases/" (page.number) } { "隐藏号码" } }
                @else { a href={ "/desk/cases/" (page.number) "?reveal=1" } { "显示完整号码（留痕）" } }
            }
            dl.desk-answers {
                @for line in &sides.answers {
                    div.changed[line.was.is_some()].wrong[line.wrong.is_some() || line.fault.is_some()] {
                        dt { (line.label) }
                        dd {
                            span { (line.value) }
                            @if let Some(was) = &line.was { p.desk-was { (tag_strong("已补正")) " 原来是：" (was) } }
                            @if let Some(origin) = &line.origin {
                                p.desk-sub.differs[line.differs] { (origin) }
                            }
                            @if let Some(fault) = &line.fault { p.field-error { (fault) } }
                            @if let Some(wrong) = &line.wrong { p.field-error { "不符合：" (wrong) } }
                        }
                    }
                }
            }
            @if !sides.rules.is_empty() {
                h3 { "规则核验" }
                ul.desk-rules {
                    @for rule in &sides.rules {
                        li {
                            @match rule.holds {
                                Some(true) => { (tag("符合")) }
                                Some(false) => { (tag_strong("不符合")) }
                                None => { (tag("需人工看")) }
                            }
                            " " (rule.message)
                        }
                    }
                }
            }
        }
        section.desk-box.desk-case-materials #materials {
            h2 { "材料（" (sides.materials.len()) " 份）" }
            @for material in &sides.materials { (one(page, sides, material)) }
        }
    }
}

fn one(page: &CasePage, sides: &Sides, m: &MaterialBox) -> Markup {
    html! {
        article.desk-material.missing[m.missing] id={ "m-" (m.key) } {
            div.desk-part-head {
                h3 { (m.name) }
                span { @if m.missing { (tag_strong(m.how)) } @else { (tag(m.how)) } " " (judged(&m.judged)) }
            }
            @if !m.note.is_empty() { p.desk-sub { "看什么：" (m.note) } }
            @if !m.why.is_empty() { p.desk-sub { (m.why) } }
            @if let Some(at) = &m.new_since {
                p.desk-was { (tag_strong("新交")) " " (at) @for previous in &m.previous { "，" a href=(previous) target="_blank" rel="noopener" { "看原来的" } } }
            }
            @if let Some(lines) = &m.certificate {
                dl.facts { @for (name, value) in lines { div { dt { (name) } dd { (value) } } } }
            }
            @for file in &m.files { (preview(file)) }
            @if sides.judging { (judge(page, m)) }
        }
    }
}

fn judged(judged: &Judged) -> Markup {
    html! {
        @match judged {
            Judged::Unseen => { (tag("未看")) }
            Judged::Fits(by) => { span.desk-fits title=(by) { "✓ 符合" } }
            Judged::Wrong(what) => { span.desk-wrong { "✗ 不符合：" (what) } }
            Judged::Outdated(by) => { (tag_strong("已换新，请重看")) span.desk-sub { " 原由" (by) "核对" } }
        }
    }
}

fn preview(file: &FileBox) -> Markup {
    html! {
        figure.desk-file {
            @if file.image {
                a href=(file.href) target="_blank" rel="noopener" { img src=(file.href) alt=(file.name) loading="lazy"; }
            }
            figcaption {
                a href=(file.href) target="_blank" rel="noopener" {
                    (if file.pdf { "打开 PDF" } else if file.image { "看大图" } else { "下载" })
                }
                span.desk-sub { " " (file.name) " · " (file.size) }
            }
        }
    }
}

fn judge(page: &CasePage, m: &MaterialBox) -> Markup {
    let names = (format!("problem-{}", m.key), format!("requirement-{}", m.key));
    html! {
        form.desk-judge action={ "/desk/cases/" (page.number) "/verdicts" } method="post" {
            input type="hidden" name="target" value=(m.key);
            button.button.quiet type="submit" name="verdict" value="fits" { "符合" }
            @if !matches!(m.judged, Judged::Unseen) {
                button.plain type="submit" name="verdict" value="none" { "撤回核对" }
            }
        }
        details.desk-judge-wrong open[m.slip.is_some()] {
            summary { "不符合…" }
            form.desk-form action={ "/desk/cases/" (page.number) "/verdicts" } method="post" {
                input type="hidden" name="target" value=(m.key);
                (words(&names.0, "problem", "问题", &m.problem, m.slip.as_deref()))
                (words(&names.1, "requirement", "怎样补正", &m.requirement, None))
                button.button.quiet type="submit" name="verdict" value="wrong" { "记为不符合" }
            }
        }
    }
}

/// A field whose id is its own although many forms of the page have one of its name.
fn words(id: &str, name: &str, label: &str, value: &str, error: Option<&str>) -> Markup {
    let markup = area(&Control { name: id, label, error, ..Control::default() }, 2, value).into_string();
    maud::PreEscaped(markup.replacen(&format!(" name=\"{id}\""), &format!(" name=\"{name}\""), 1))
}
