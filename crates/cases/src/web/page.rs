//! A document on paper: title, number, facts, what follows, remedies, seal line, and the code to confirm it by.

use kernel::{Date, Timestamp, city_date, show_date, show_time};
use maud::{Markup, PreEscaped, html};

use crate::{
    KeptDocument,
    domain::{documents::Document, event::Defect},
};

/// What the printable page of a document shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paper {
    title: String,
    number: String,
    facts: Vec<(String, String)>,
    defects: Vec<Defect>,
    paragraphs: Vec<String>,
    remedies: Option<String>,
    department: String,
    clerk: Option<String>,
    contact: Option<String>,
    date: String,
    /// None on a draft.
    confirm: Option<String>,
    digest: String,
    intact: bool,
    demo: bool,
}

impl Paper {
    /// `origin`: address of this site, such as `https://zwfw.example`, so that the code leads to it from any phone.
    pub(crate) fn of(
        kept: &KeptDocument,
        department: String,
        applicant_number: Option<String>,
        query_code: Option<String>,
        origin: &str,
        demo: bool,
    ) -> Self {
        let document = &kept.document;
        Self {
            title: document.title.clone(),
            number: document.number.clone(),
            facts: facts_of(document, applicant_number, query_code),
            defects: document.defects.clone(),
            paragraphs: document.paragraphs.clone(),
            remedies: document.remedies.clone(),
            department,
            clerk: document.clerk.clone(),
            contact: document.contact.clone(),
            date: dated(document.date, kept.at),
            confirm: Some(format!("{origin}/confirm/{}", kept.id)),
            digest: kept.digest.clone(),
            intact: kept.intact,
            demo,
        }
    }
}

/// The day of the act, with the time of issue; both days where the paper was issued on a later one.
fn dated(day: Date, issued: Timestamp) -> String {
    if city_date(issued) == day {
        show_time(issued)
    } else {
        format!("{}（{}出具）", show_date(day), show_time(issued))
    }
}

/// A document that is about to be issued, as its reader will see it: without number and code, which it gets when it goes
/// out. `department`: name of the issuing body; `target` gives the name of what a defect is about.
#[must_use]
pub fn draft_paper(document: &Document, department: &str, target: impl Fn(&str) -> String) -> Markup {
    let mut defects = document.defects.clone();
    for defect in &mut defects {
        defect.target = target(&defect.target);
    }
    paper(&Paper {
        title: document.title.clone(),
        number: "（文书编号在送出时生成）".to_owned(),
        facts: facts_of(document, None, None),
        defects,
        paragraphs: document.paragraphs.clone(),
        remedies: document.remedies.clone(),
        department: department.to_owned(),
        clerk: document.clerk.clone(),
        contact: document.contact.clone(),
        date: show_date(document.date),
        confirm: None,
        digest: String::new(),
        intact: true,
        demo: false,
    })
}

fn facts_of(
    document: &Document,
    applicant_number: Option<String>,
    query_code: Option<String>,
) -> Vec<(String, String)> {
    let mut facts = vec![("申请人".to_owned(), document.applicant.clone())];
    facts.extend(applicant_number.map(|n| ("证件号码".to_owned(), n)));
    facts.push(("办理事项".to_owned(), document.item.clone()));
    facts.push(("办件编号".to_owned(), document.case_number.clone()));
    // Whoever holds the paper may follow the case without an account.
    facts.extend(query_code.map(|code| ("进度查询码".to_owned(), code)));
    facts.extend(document.lines.iter().map(|l| (l.label.clone(), l.text.clone())));
    facts
}

/// Places the document.
pub(crate) fn paper(page: &Paper) -> Markup {
    html! {
        article.paper {
            @if page.demo { p.paper-demo { "演示环境 · 不产生法律效力" } }
            @if !page.intact {
                p.paper-damaged role="alert" { "这份文书的留存内容与出具时不一致，不能使用，请联系办理机关。" }
            }
            h1 { (page.title) }
            p.paper-number { (page.number) }
            dl.paper-facts {
                @for (label, text) in &page.facts { dt { (label) } dd { (text) } }
            }
            @if !page.defects.is_empty() {
                table.paper-defects {
                    caption { "需要补正的内容" }
                    thead { tr { th scope="col" { "项目" } th scope="col" { "问题" } th scope="col" { "补正要求" } } }
                    tbody {
                        @for defect in &page.defects {
                            tr { td { (defect.target) } td { (defect.problem) } td { (defect.requirement) } }
                        }
                    }
                }
            }
            @for paragraph in &page.paragraphs { p { (paragraph) } }
            @if let Some(remedies) = &page.remedies { p.paper-remedies { (remedies) } }
            footer.paper-foot {
                div.paper-sign {
                    p { (page.department) }
                    p { (page.date) }
                    @if let Some(clerk) = &page.clerk { p { "经办人：" (clerk) } }
                    @if let Some(contact) = &page.contact { p { (contact) } }
                }
                @if let Some(confirm) = &page.confirm {
                    div.paper-code {
                        @if let Some(drawing) = webkit::ui::code::code(confirm, 120) { (PreEscaped(drawing)) }
                        p { "扫码或访问" br; (confirm) br; "核对真伪" }
                        p.paper-digest { "SM3 " (page.digest) }
                    }
                }
            }
        }
    }
}
