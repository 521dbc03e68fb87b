//! The declaration of whom the caller is close to.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{CaseError, NewRelation, domain::avoidance::Relation};
use identity::DocumentKind;
use kernel::{FileId, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Path, Query, once_page};

use super::Window;
use crate::pages::relations::{RelationsPage, relations};

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Done {
    done: String,
}

async fn page(window: &Window, look: &Look) -> Answer<RelationsPage> {
    let declared = window.cases.relations(&look.act, &mut *window.cases.db.read().await?).await?;
    let kinds = [DocumentKind::ResidentId, DocumentKind::Uscc];
    Ok(RelationsPage {
        declared: declared
            .into_iter()
            .map(|d| {
                let end = format!("/desk/relations/{}/end", d.id);
                (end, d.relation.label(), d.name, show_time(d.declared_at))
            })
            .collect(),
        relations: Relation::ALL.iter().map(|r| (r.as_str().to_owned(), r.label().to_owned())).collect(),
        kinds: kinds.iter().map(|k| (k.as_str().to_owned(), k.label().to_owned())).collect(),
        kind: DocumentKind::ResidentId.as_str().to_owned(),
        ..RelationsPage::default()
    })
}

pub(super) async fn list(State(window): State<Window>, look: Look, Query(done): Query<Done>) -> Answer<Response> {
    let mut page = page(&window, &look).await?;
    page.done = match done.done.as_str() {
        "declared" => Some("已经登记"),
        "ended" => Some("已经删除登记"),
        _ => None,
    };
    Ok(relations(&page, look.frame("回避登记", Vec::new())).into_response())
}

pub(super) async fn declare(State(window): State<Window>, look: Look, fields: Fields) -> Answer<Response> {
    let mut shown = page(&window, &look).await?;
    for (field, place) in [
        ("relation", &mut shown.relation),
        ("name", &mut shown.name),
        ("kind", &mut shown.kind),
        ("number", &mut shown.number),
    ] {
        *place = fields.one(field).trim().to_owned();
    }
    let again = |page: &RelationsPage| {
        (StatusCode::UNPROCESSABLE_ENTITY, relations(page, look.frame("回避登记", Vec::new()))).into_response()
    };
    let (Ok(relation), Ok(kind)) = (shown.relation.parse(), shown.kind.parse()) else {
        shown.errors = vec![("relation", "请选择关系和证件种类。".to_owned())];
        return Ok(again(&shown));
    };
    let new = NewRelation { relation, kind, name: shown.name.clone(), number: shown.number.clone() };
    let args = (window.cases.clone(), look.act.clone(), new);
    let done = once_page(&window.cases.db, &look.act, &fields, "/desk/relations", args, |tx, (cases, act, new)| {
        Box::pin(async move {
            cases.declare_relation(act, tx, new).await?;
            Ok::<_, CaseError>("/desk/relations?done=declared".to_owned())
        })
    })
    .await;
    match done {
        Err(problem) if matches!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            let of = |pointer: &str| ["name", "number"].into_iter().find(|f| pointer.trim_start_matches('/') == *f);
            shown.errors =
                problem.faults().iter().map(|f| (of(&f.pointer).unwrap_or("relation"), f.detail.clone())).collect();
            if shown.errors.is_empty() {
                shown.errors.push(("relation", problem.detail().to_owned()));
            }
            Ok(again(&shown))
        }
        other => other,
    }
}

pub(super) async fn end(
    State(window): State<Window>,
    look: Look,
    Path(id): Path<FileId>,
    fields: Fields,
) -> Answer<Response> {
    let path = format!("/desk/relations/{id}/end");
    let args = (window.cases.clone(), look.act.clone(), id);
    once_page(&window.cases.db, &look.act, &fields, &path, args, |tx, (cases, act, id)| {
        Box::pin(async move {
            cases.end_relation(act, tx, *id).await?;
            Ok::<_, CaseError>("/desk/relations?done=ended".to_owned())
        })
    })
    .await
}
