//! Home, list, guide, life event.

use axum::extract::State;
use webkit::{Answer, Look, Markup, Path, Problem, Query};

use super::my;
use crate::{
    Portal,
    finding::{self, Wanted},
    pages, showing,
};

/// Longest search, characters; what stands beyond is not looked at.
const LONGEST_SEARCH: usize = 100;

pub(super) async fn home(State(portal): State<Portal>, look: Look) -> Answer<Markup> {
    let shelf = portal.shelves.shelf().await?;
    let mut page = finding::home(&shelf.items, &shelf.bundles, &shelf.themes, &shelf.names);
    if let Some(mine) = &portal.mine {
        page.mine = my::lists::matters(mine, &look).await?;
    }
    Ok(pages::home::home(&page, look.frame("", Vec::new())))
}

pub(super) async fn list(State(portal): State<Portal>, look: Look, Query(mut wanted): Query<Wanted>) -> Answer<Markup> {
    let shelf = portal.shelves.shelf().await?;
    wanted.q = wanted.q.trim().chars().take(LONGEST_SEARCH).collect();
    let mut page = finding::list(&shelf.ranked(&wanted.q), &wanted, &shelf.themes, &shelf.names);
    page.events = finding::events(&shelf.bundles, &wanted.q);
    let title = if wanted.q.is_empty() { page.heading.clone() } else { format!("搜索“{}”", wanted.q) };
    Ok(pages::list::list(&page, look.frame(title, Vec::new())))
}

pub(super) async fn guide(State(portal): State<Portal>, look: Look, Path(slug): Path<String>) -> Answer<Markup> {
    let shelf = portal.shelves.shelf().await?;
    let item = shelf.item(&slug).ok_or_else(Problem::not_found)?;
    let version = shelf.versions.get(&slug).copied().unwrap_or_default();
    let page = showing::guide(item, version, &shelf.names);
    Ok(pages::guide::guide(&page, look.frame(item.name.clone(), Vec::new())))
}

pub(super) async fn bundle(State(portal): State<Portal>, look: Look, Path(slug): Path<String>) -> Answer<Markup> {
    let shelf = portal.shelves.shelf().await?;
    let bundle = shelf.bundles.iter().find(|bundle| bundle.slug == slug).ok_or_else(Problem::not_found)?;
    let page = finding::bundle(bundle, &shelf.items, &shelf.names);
    Ok(pages::bundle::bundle(&page, look.frame(bundle.name.clone(), Vec::new())))
}
