//! The caller's drafts.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use cases::{CaseError, DRAFT_DAYS, KeptDraft};
use kernel::{FileId, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Path, Query, once_page};

use super::{
    Applying,
    course::{CHECK, Course},
};
use crate::pages::apply::drafts::{Draft, DraftsPage, drafts, remove as ask_page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

fn line(kept: &KeptDraft, missing: String) -> Draft {
    let until = city_date(kept.changed_at).saturating_add(jiff::Span::new().days(DRAFT_DAYS));
    Draft {
        item: kept.item_name.clone(),
        changed: show_time(kept.changed_at),
        kept_until: show_date(until),
        missing,
        href: format!("/apply/{}/{}", kept.draft.item, kept.id),
        remove: format!("/my/drafts/{}/delete", kept.id),
    }
}

/// What is still to be done, in one sentence.
fn left(course: &Course) -> String {
    let steps = course.steps();
    let open = course.first_open();
    let here = steps.iter().position(|(key, _)| *key == open).unwrap_or_default();
    match steps.get(here) {
        Some((key, _)) if key == CHECK => "已经填完，还没有提交。".to_owned(),
        Some((_, name)) => format!("还差：{name}（第 {} 步，共 {} 步）。", here + 1, steps.len()),
        None => String::new(),
    }
}

pub(super) async fn list(State(applying): State<Applying>, look: Look, Query(done): Query<Done>) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let mut page = DraftsPage { removed: done.done == "removed", days: DRAFT_DAYS, ..DraftsPage::default() };
    for kept in applying.cases.drafts(&look.act, &mut tx).await? {
        let missing = match Course::of(&applying, &look.act, &mut tx, kept.clone()).await {
            Ok(course) => left(&course),
            Err(CaseError::Catalogue(catalogue::CatalogueError::NotOffered { .. })) => {
                "这个事项现在不接收申请，草稿先保留。".to_owned()
            }
            Err(other) => return Err(other.into()),
        };
        page.drafts.push(line(&kept, missing));
    }
    Ok(drafts(&page, look.frame("我的草稿", Vec::new())).into_response())
}

pub(super) async fn ask(State(applying): State<Applying>, look: Look, Path(id): Path<FileId>) -> Answer<Response> {
    let kept = applying.cases.draft(&look.act, &mut *applying.cases.db.read().await?, id).await?;
    Ok(ask_page(&line(&kept, String::new()), look.frame("删除草稿", Vec::new())).into_response())
}

pub(super) async fn remove(
    State(applying): State<Applying>,
    look: Look,
    Path(id): Path<FileId>,
    fields: Fields,
) -> Answer<Response> {
    let path = format!("/my/drafts/{id}/delete");
    let args = (applying.clone(), look.act.clone());
    once_page(&applying.cases.db, &look.act, &fields, &path, args, move |tx, (applying, act)| {
        Box::pin(async move {
            applying.cases.drop_draft(act, tx, id).await?;
            Ok::<_, CaseError>("/my/drafts?done=removed".to_owned())
        })
    })
    .await
}
