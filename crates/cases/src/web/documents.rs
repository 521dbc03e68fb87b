//! Documents as data, and as printable pages.

use axum::extract::State;
use kernel::{FileId, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;
use webkit::{Answer, Crumb, Json, Look, Markup, Page, Path, frame};

use super::page::{Paper, paper};
use crate::{Cases, KeptDocument, Sight};

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
    params(("number" = String, Path, description = "办件编号")),
    responses((status = 200, body = Page<DocumentView>), (status = 404)))]
pub(super) async fn case_documents(
    State(cases): State<Cases>,
    webkit::By(act): webkit::By,
    Path(number): Path<String>,
) -> Answer<Json<Page<DocumentView>>> {
    let kept = cases.documents(&act, &mut *cases.db.read().await?, &number).await?;
    let items = kept.into_iter().map(|k| DocumentView::of(&number, k)).collect();
    Ok(Json(Page { items, next: None }))
}

/// 文书打印页
pub(super) async fn show_document(
    State(cases): State<Cases>,
    look: Look,
    Path((number, id)): Path<(String, FileId)>,
) -> Answer<Markup> {
    let (seen, kept) = cases.document(&look.act, &mut *cases.db.read().await?, &number, id).await?;
    let title = kept.document.title.clone();
    let department = cases.vocabulary.department(&kept.document.department).map(|d| d.name.clone());
    // The applicant's own document bears the whole number; others see it masked.
    let facts = &seen.case.private.applicant;
    let number_of_applicant = facts.uscc.clone().or_else(|| {
        let number = facts.id_number.as_deref()?;
        Some(match seen.sight {
            Sight::Own => number.to_owned(),
            Sight::Office => kernel::masking::id_number(number),
            Sight::Course => kernel::masking::id_number_public(number),
        })
    });
    let page = Paper::of(&kept, department.unwrap_or_default(), number_of_applicant, look.demo);
    let around = look.frame(title.clone(), vec![Crumb::here(title)]);
    Ok(frame(around, paper(&page)))
}
