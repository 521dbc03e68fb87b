//! What the visitor came for: every published item that somebody of his kind may apply for, of whichever department.

use std::sync::Arc;

use axum::extract::State;
use catalogue::{
    domain::{CaseKind, Item},
    search::SearchFilter,
};
use kernel::SubjectId;
use webkit::{Answer, Look, Markup, Path, Query};

use super::{Asked, served};
use crate::{
    pages::counter::items::{ItemRow, ItemsPage, items},
    web::Window,
};

/// Most items of a search.
const MOST: usize = 30;
/// Longest search, characters; what stands beyond is not looked at.
const LONGEST: usize = 100;

pub(super) async fn show(
    State(window): State<Window>,
    look: Look,
    Path(visitor): Path<SubjectId>,
    Query(asked): Query<Asked>,
) -> Answer<Markup> {
    let served = served(&window, &look.act, visitor, asked.agent).await?;
    let query: String = asked.q.trim().chars().take(LONGEST).collect();
    let published = window.cases.catalogue.shown(&mut *window.cases.db.read().await?).await?;
    let kind = served.subject.kind;
    let row = |item: &Arc<Item>, why: String| ItemRow {
        name: item.name.clone(),
        href: served.path(&item.slug),
        department: window.department(&item.department),
        time: match item.case_kind {
            CaseKind::Instant => "当场办结".to_owned(),
            CaseKind::Committed => format!("{} 个工作日", item.promised_days),
        },
        why: if why.contains(&item.name) { String::new() } else { why },
    };
    let rows: Vec<ItemRow> = if query.is_empty() {
        let own = published.items.iter().map(|(item, _)| item);
        let own = own.filter(|item| look.act.department() == Some(item.department.as_str()));
        own.filter(|item| item.audience.contains(&kind)).map(|item| row(item, String::new())).collect()
    } else {
        let filter = SearchFilter { audience: Some(kind), ..SearchFilter::default() };
        let hits = published.index.search(&query, &filter, MOST);
        let find = |slug: &str| published.items.iter().map(|(item, _)| item).find(|item| item.slug == slug);
        hits.into_iter().filter_map(|hit| find(&hit.slug).map(|item| row(item, hit.why))).collect()
    };
    let page = ItemsPage {
        visitor: served.shown(),
        audience: kind.label(),
        query,
        action: format!("/desk/counter/{visitor}"),
        agent: served.agent.as_ref().map(|agent| agent.subject.to_string()).unwrap_or_default(),
        rows,
    };
    Ok(items(&page, look.frame("选择事项", Vec::new())))
}
