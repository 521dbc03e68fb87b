//! Documents as data, and as printable pages.

use axum::extract::State;
use kernel::{FileId, rfc3339};
use maud::html;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Answer, Crumb, Json, Look, Markup, Origin, Page, Path, Query, frame, plain_reason, ui};

use super::page::{Paper, paper};
use crate::{CaseSight, Cases, KeptDocument, Sight, error::CaseError};

/// A document issued.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentView {
    /// Id; also the code of the public confirmation page.
    id: String,
    /// When.
    at: String,
    /// The printable page.
    page: String,
    /// The public confirmation page.
    confirm: String,
    /// SM3 of the kept text.
    digest: String,
    /// The kept text still has this digest.
    intact: bool,
    /// The document as data.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    document: crate::domain::documents::Document,
}

impl DocumentView {
    fn of(number: &str, kept: KeptDocument) -> Self {
        Self {
            id: kept.id.to_string(),
            at: rfc3339(kept.at),
            page: format!("/cases/{number}/documents/{}", kept.id),
            confirm: format!("/confirm/{}", kept.id),
            digest: kept.digest,
            intact: kept.intact,
            document: kept.document,
        }
    }
}

/// 办件文书
#[utoipa::path(get, path = "/api/v1/cases/{number}/documents", tag = "办件",
    params(("number" = String, Path, description = "办件编号"),
        ("X-Access-Reason" = Option<String>, Header, description = "查看理由：UTF-8，百分号编码，2至200字；本部门没有待办任务时必填")),
    responses((status = 200, body = Page<DocumentView>), (status = 403), (status = 404)))]
pub(super) async fn case_documents(
    State(cases): State<Cases>,
    webkit::By(act): webkit::By,
    Path(number): Path<String>,
) -> Answer<Json<Page<DocumentView>>> {
    let (seen, kept) = cases.documents(&act, &mut *cases.db.read().await?, &number).await?;
    cases.record_look(&act, &seen, "documents").await?;
    let items = kept.into_iter().map(|k| DocumentView::of(&number, k)).collect();
    Ok(Json(Page { items, next: None }))
}

/// Why somebody looks at a document.
#[derive(Debug, Deserialize)]
pub(super) struct WhyQuery {
    #[serde(default)]
    reason: Option<String>,
}

/// Asks staff in whose department nothing waits in the case why they look; `given`: what was given and is no reason.
fn why(title: &str, given: Option<&str>) -> Markup {
    let error = given.map(|_| "请用2至200个字说明理由。".to_owned());
    html! {
        h1 { "查看" (title) }
        p { "这个办件现在没有等本部门办理的任务。确需查看的，请先说明理由；您的姓名、理由和查看时间会被记录。" }
        form method="get" {
            (ui::forms::text_field(&ui::forms::TextField {
                name: "reason",
                label: "查看理由",
                hint: Some("例如：答复申请人来电、复核已办结的办件"),
                value: given.unwrap_or_default(),
                error: error.as_deref(),
                ..ui::forms::TextField::default()
            }))
            (ui::components::button("记录并查看"))
        }
    }
}

/// 文书打印页
pub(super) async fn show_document(
    State(cases): State<Cases>,
    look: Look,
    origin: Origin,
    Path((number, id)): Path<(String, FileId)>,
    Query(asked): Query<WhyQuery>,
) -> Answer<Markup> {
    let (seen, kept) = cases.document(&look.act, &mut *cases.db.read().await?, &number, id).await?;
    let title = kept.document.title.clone();
    let mut act = look.act.clone();
    act.reason = act.reason.or_else(|| asked.reason.as_deref().and_then(plain_reason));
    match cases.record_look(&act, &seen, "document").await {
        Ok(()) => {}
        Err(CaseError::ReasonNeeded) => {
            let around = look.frame(title.clone(), vec![Crumb::here(title.clone())]);
            return Ok(frame(around, why(&title, asked.reason.as_deref())));
        }
        Err(error) => return Err(error.into()),
    }
    let around = look.frame(title.clone(), vec![Crumb::here(title)]);
    Ok(frame(around, cases.print(&seen, kept, &origin.0, look.demo)))
}

impl Cases {
    /// A document of a case as a paper to print: the applicant's own bears the whole number, others see it masked.
    /// `origin`: where this site is reached, for the code of the paper; `demo`: the paper says that it is a
    /// demonstration. Whoever shows it records the look first.
    #[must_use]
    pub fn print(&self, seen: &CaseSight, mut kept: KeptDocument, origin: &str, demo: bool) -> Markup {
        let item = &seen.procedure.item;
        for defect in &mut kept.document.defects {
            let name = match defect.target.strip_prefix("form.") {
                Some(field) => item.fields.iter().find(|f| f.key == field).map(|f| &f.label),
                None => item.materials.iter().find(|m| m.key == defect.target).map(|m| &m.name),
            };
            if let Some(name) = name {
                defect.target.clone_from(name);
            }
        }
        let department = self.vocabulary.department(&kept.document.department).map(|d| d.name.clone());
        let facts = &seen.case.private.applicant;
        let number_of_applicant = facts.uscc.clone().or_else(|| {
            let number = facts.id_number.as_deref()?;
            Some(match seen.sight {
                Sight::Own => number.to_owned(),
                Sight::Office => kernel::masking::id_number(number),
                Sight::Course => kernel::masking::id_number_public(number),
            })
        });
        let code = (seen.sight == Sight::Own).then(|| self.query_code(&seen.case.number));
        paper(&Paper::of(&kept, department.unwrap_or_default(), number_of_applicant, code, origin, demo))
    }
}
