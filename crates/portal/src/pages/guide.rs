//! The service guide (办事指南) of an item: everything somebody must know before applying.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::components::{button_link, definitions, disclosure, table, tag, tag_strong},
};

/// What the guide shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GuidePage {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) summary: String,
    /// Where it is applied for, when that can be done here.
    pub(crate) apply: Option<String>,
    /// How people say it.
    pub(crate) aliases: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) strong: Vec<String>,
    /// The four or five figures people ask for first.
    pub(crate) figures: Vec<Figure>,
    pub(crate) conditions: Vec<String>,
    pub(crate) materials: Vec<MaterialRow>,
    /// How many papers are spared, in one sentence.
    pub(crate) materials_note: String,
    /// The process; steps of one stage run side by side.
    pub(crate) stages: Vec<Vec<StepView>>,
    pub(crate) fees: Vec<FeeRow>,
    pub(crate) result: Option<ResultView>,
    /// Labels of the form's questions, and whether the platform fills them in.
    pub(crate) fields: Vec<(String, bool)>,
    /// What the platform checks by itself.
    pub(crate) checks: Vec<String>,
    /// Law and article.
    pub(crate) legal_basis: Vec<(String, String)>,
    /// All other elements, name and value.
    pub(crate) elements: Vec<(String, String)>,
    /// Question and answer.
    pub(crate) faqs: Vec<(String, String)>,
    /// Which version this is, for whoever quotes it.
    pub(crate) version: String,
}

/// One figure: 10 个工作日.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) unit: String,
    pub(crate) note: String,
}

/// One material.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MaterialRow {
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) form: String,
    /// 电子证照 that stands in for the paper.
    pub(crate) certificate: Option<String>,
    /// 必须, 不用交, or when it is needed.
    pub(crate) needed: String,
    pub(crate) spared: bool,
    pub(crate) deferrable: bool,
    pub(crate) note: String,
}

/// One step of the process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StepView {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) who: String,
    pub(crate) time: String,
    /// When it applies, where it does not always.
    pub(crate) when: Option<String>,
    /// The platform can do it by itself.
    pub(crate) auto: bool,
    /// Its time is not counted.
    pub(crate) stops_clock: bool,
}

/// One fee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FeeRow {
    pub(crate) name: String,
    pub(crate) amount: String,
    pub(crate) basis: String,
}

/// What comes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ResultView {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) delivery: String,
    /// The library holds it, so that it replaces paper later.
    pub(crate) reusable: bool,
}

/// Places the guide.
pub(crate) fn guide(page: &GuidePage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("事项", "/items"), Crumb::here(page.name.clone())];
    around.description.clone_from(&page.summary);
    frame(
        around,
        html! {
            article.guide {
                header.guide-head {
                    p.overline { (page.department) }
                    h1 { (page.name) }
                    p.lead { (page.summary) }
                    p.tags {
                        @for text in &page.strong { (tag_strong(text)) }
                        @for text in &page.tags { (tag(text)) }
                    }
                    @if let Some(apply) = &page.apply {
                        div.actions.no-print { (button_link("在线申请", apply)) }
                    }
                }
                dl.figures.card {
                    @for figure in &page.figures {
                        div {
                            dt { (figure.label) }
                            dd {
                                span.figure-value { (figure.value) } span.figure-unit { (figure.unit) }
                                @if !figure.note.is_empty() { span.figure-note { (figure.note) } }
                            }
                        }
                    }
                }
                div.guide-body {
                    (contents(page))
                    div.guide-text {
                        @if !page.conditions.is_empty() { (conditions(&page.conditions)) }
                        (materials(page))
                        (process(&page.stages))
                        (fees(&page.fees))
                        @if let Some(result) = &page.result { (result_section(result)) }
                        (form_section(page))
                        @if !page.faqs.is_empty() { (faqs(&page.faqs)) }
                        (basis(page))
                    }
                }
            }
        },
    )
}

fn contents(page: &GuidePage) -> Markup {
    html! {
        nav.contents.no-print aria-label="本页内容" {
            p { "本页内容" }
            ul {
                @if !page.conditions.is_empty() { li { a href="#conditions" { "受理条件" } } }
                li { a href="#materials" { "申请材料" } }
                li { a href="#process" { "办理流程" } }
                li { a href="#fees" { "收费" } }
                @if page.result.is_some() { li { a href="#result" { "办理结果" } } }
                @if !page.fields.is_empty() { li { a href="#form" { "要填的内容" } } }
                @if !page.faqs.is_empty() { li { a href="#faqs" { "常见问题" } } }
                li { a href="#basis" { "依据与要素" } }
            }
        }
    }
}

fn conditions(conditions: &[String]) -> Markup {
    html! {
        section #conditions {
            h2 { "受理条件" }
            ul.ticks { @for condition in conditions { li { (condition) } } }
        }
    }
}

fn materials(page: &GuidePage) -> Markup {
    let rows: Vec<Vec<Markup>> = page.materials.iter().map(material).collect();
    html! {
        section #materials {
            h2 { "申请材料" }
            @if rows.is_empty() {
                p { "不需要提交材料。" }
            } @else {
                @if !page.materials_note.is_empty() { p.spared { (page.materials_note) } }
                (table("材料清单", &["材料", "是否要交", "来源", "形式", "说明"], &rows))
            }
        }
    }
}

fn material(row: &MaterialRow) -> Vec<Markup> {
    vec![
        html! {
            span.material-name { (row.name) }
            @if row.certificate.is_some() || row.deferrable {
                span.tags {
                    @if let Some(certificate) = &row.certificate { (tag(&format!("可用电子证照：{certificate}"))) }
                    @if row.deferrable { (tag_strong("可容缺后补")) }
                }
            }
        },
        html! { span.soft[row.spared] { (row.needed) } },
        html! { (row.origin) },
        html! { (row.form) },
        html! { (row.note) },
    ]
}

fn process(stages: &[Vec<StepView>]) -> Markup {
    html! {
        section #process {
            h2 { "办理流程" }
            ol.flow {
                li.flow-end { span.flow-dot aria-hidden="true" {} "提交申请" }
                @for stage in stages {
                    @if let [step] = stage.as_slice() {
                        li.flow-stage { span.flow-dot aria-hidden="true" {} (flow_step(step)) }
                    } @else {
                        li.flow-stage.side-by-side {
                            span.flow-dot aria-hidden="true" {}
                            p.flow-note { "以下 " (stage.len()) " 个环节同时进行" }
                            ul { @for step in stage { li { (flow_step(step)) } } }
                        }
                    }
                }
                li.flow-end { span.flow-dot aria-hidden="true" {} "办结" }
            }
        }
    }
}

fn flow_step(step: &StepView) -> Markup {
    html! {
        div.flow-step.conditional[step.when.is_some()] {
            p.flow-name { (step.name) @if !step.time.is_empty() { span.flow-time { (step.time) } } }
            p.flow-who { (step.kind) " · " (step.who) }
            @if step.auto || step.stops_clock || step.when.is_some() {
                p.tags {
                    @if step.auto { (tag("可自动办理")) }
                    @if step.stops_clock { (tag("不计入办理时限")) }
                    @if let Some(when) = &step.when { (tag(when)) }
                }
            }
        }
    }
}

fn fees(fees: &[FeeRow]) -> Markup {
    html! {
        section #fees {
            h2 { "收费" }
            @if fees.is_empty() {
                p { "不收费。" }
            } @else {
                (table("收费项目", &["项目", "金额", "依据"], &fees.iter()
                    .map(|fee| vec![html! { (fee.name) }, html! { (fee.amount) }, html! { (fee.basis) }])
                    .collect::<Vec<_>>()))
            }
        }
    }
}

fn result_section(result: &ResultView) -> Markup {
    html! {
        section #result {
            h2 { "办理结果" }
            (definitions([
                ("结果", html! { (result.name) @if result.reusable { " " (tag("进入您的电子证照库，以后办事免交")) } }),
                ("类型", html! { (result.kind) }),
                ("怎么拿", html! { (result.delivery) }),
            ]))
        }
    }
}

fn form_section(page: &GuidePage) -> Markup {
    let prefilled = page.fields.iter().filter(|(_, prefilled)| *prefilled).count();
    html! {
        @if !page.fields.is_empty() {
            section #form {
                h2 { "要填的内容" }
                p {
                    "共 " (page.fields.len()) " 项"
                    @if prefilled > 0 { "，其中带 " span.auto-mark { "✓" } " 的 " (prefilled) " 项由系统代填，您核对就行" }
                    "。"
                }
                ul.field-list {
                    @for (label, prefilled) in &page.fields {
                        li { (label) @if *prefilled { span.auto-mark aria-hidden="true" { "✓" } span.visually-hidden { "（系统代填）" } } }
                    }
                }
                @if !page.checks.is_empty() {
                    h3 { "提交时系统会自动核对" }
                    ul.ticks { @for check in &page.checks { li { (check) } } }
                }
            }
        }
    }
}

fn faqs(faqs: &[(String, String)]) -> Markup {
    html! {
        section #faqs {
            h2 { "常见问题" }
            @for (question, answer) in faqs { (disclosure(question, html! { p { (answer) } })) }
        }
    }
}

fn basis(page: &GuidePage) -> Markup {
    html! {
        section #basis {
            h2 { "依据与要素" }
            @if !page.legal_basis.is_empty() {
                h3 { "设定依据" }
                ul.laws { @for (law, article) in &page.legal_basis { li { (law) " " span.soft { (article) } } } }
            }
            h3 { "事项要素" }
            (definitions(page.elements.iter().map(|(name, value)| (name.as_str(), html! { (value) }))))
            @if !page.aliases.is_empty() { p.hint { "也有人这样叫：" (page.aliases.join("、")) "。" } }
            @if !page.version.is_empty() { p.hint { (page.version) } }
        }
    }
}
