//! The catalogue for programs.

use std::sync::Arc;

use axum::extract::State;
use kernel::SubjectKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use webkit::{Access, Answer, Json, Page, Paging, Path, Problem, Query, Routes};

use crate::{
    Catalogue, CatalogueError,
    domain::{Bundle, Item},
    search::SearchFilter,
};

/// Every route of the catalogue.
#[must_use]
pub fn routes(catalogue: Catalogue) -> Routes {
    Routes::new(catalogue)
        .api(Access::Public, routes!(list_items))
        .api(Access::Public, routes!(get_item))
        .api(Access::Public, routes!(list_themes))
        .api(Access::Public, routes!(list_departments))
        .api(Access::Public, routes!(list_bundles))
        .api(Access::Public, routes!(get_bundle))
        .done()
}

/// Filters of the list of items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ItemQuery {
    /// What people say: names, aliases, pinyin.
    #[serde(default)]
    q: Option<String>,
    /// Key of a theme.
    #[serde(default)]
    theme: Option<String>,
    /// Key of a department.
    #[serde(default)]
    department: Option<String>,
    /// `person` or `enterprise`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    audience: Option<SubjectKind>,
    /// Cursor.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1–100.
    #[serde(default)]
    limit: Option<String>,
}

/// One line of the list of items.
#[derive(Debug, Serialize, ToSchema)]
struct ItemLine {
    /// Key.
    slug: String,
    /// Name.
    name: String,
    /// Version in force.
    version: i64,
    /// Type.
    r#type: &'static str,
    /// Key of the department.
    department: String,
    /// Its name.
    department_name: String,
    /// Who may apply.
    audience: Vec<&'static str>,
    /// Themes.
    themes: Vec<String>,
    /// One sentence.
    summary: String,
    /// 网办深度 1–4.
    online_depth: u8,
    /// Visits in person when applying online.
    visits: u32,
    /// Promised limit, working days.
    promised_days: u32,
    /// High-frequency item.
    high_frequency: bool,
    /// Why the search found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// One item.
#[derive(Debug, Serialize, ToSchema)]
struct ItemView {
    /// Version in force.
    version: i64,
    /// Name of the department.
    department_name: String,
    /// Materials demanded before the reform.
    materials_baseline: usize,
    /// Materials an applicant who holds the city's certificates still brings.
    materials_now: usize,
    /// The item with all its elements.
    #[schema(value_type = Object)]
    item: Item,
}

fn department_name(catalogue: &Catalogue, key: &str) -> String {
    catalogue.vocabulary.department(key).map_or_else(|| key.to_owned(), |d| d.name.clone())
}

fn line(catalogue: &Catalogue, item: &Item, version: i64, why: Option<String>) -> ItemLine {
    ItemLine {
        slug: item.slug.clone(),
        name: item.name.clone(),
        version,
        r#type: item.item_type.as_str(),
        department: item.department.clone(),
        department_name: department_name(catalogue, &item.department),
        audience: item.audience.iter().map(|a| a.as_str()).collect(),
        themes: item.themes.clone(),
        summary: item.summary.clone(),
        online_depth: item.online_depth,
        visits: item.visits,
        promised_days: item.promised_days,
        high_frequency: item.high_frequency,
        why,
    }
}

/// 事项列表与搜索
#[utoipa::path(get, path = "/api/v1/items", tag = "事项", params(ItemQuery),
    responses((status = 200, body = Page<ItemLine>), (status = 422)))]
async fn list_items(
    State(catalogue): State<Catalogue>,
    Query(query): Query<ItemQuery>,
) -> Answer<Json<Page<ItemLine>>> {
    let limit = match query.limit.as_deref().filter(|l| !l.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            Problem::invalid("request.query", vec![kernel::Fault::new("/limit", "invalid", "limit 应为1至100的整数。")])
        })?),
    };
    let paging = Paging { after: query.after, limit };
    let shown = catalogue.shown(&mut *catalogue.db.read().await?).await?;
    let fits = |item: &Item| {
        query.theme.as_ref().is_none_or(|t| item.themes.contains(t))
            && query.department.as_ref().is_none_or(|d| item.department == *d)
            && query.audience.is_none_or(|a| item.audience.contains(&a))
    };
    let words = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let from: usize = paging.start::<usize>()?.unwrap_or(0);
    let found: Vec<(Arc<Item>, i64, Option<String>)> = match words {
        None => shown.items.iter().filter(|(i, _)| fits(i)).map(|(i, v)| (Arc::clone(i), *v, None)).collect(),
        Some(words) => shown
            .index
            .search(words, &SearchFilter::default(), 200)
            .into_iter()
            .filter_map(|hit| {
                let (item, version) = shown.items.iter().find(|(i, _)| i.slug == hit.slug)?;
                fits(item).then(|| (Arc::clone(item), *version, Some(hit.why)))
            })
            .collect(),
    };
    let rows: Vec<(usize, ItemLine)> = found
        .into_iter()
        .enumerate()
        .skip(from)
        .take(paging.limit() as usize + 1)
        .map(|(at, (item, version, why))| (at, line(&catalogue, &item, version, why)))
        .collect();
    Ok(Json(Page::cut(rows, &paging, |(at, _)| at + 1).map(|(_, line)| line)))
}

/// 事项全部要素
#[utoipa::path(get, path = "/api/v1/items/{slug}", tag = "事项", params(("slug" = String, Path, description = "事项")),
    responses((status = 200, body = ItemView), (status = 404)))]
async fn get_item(State(catalogue): State<Catalogue>, Path(slug): Path<String>) -> Answer<Json<ItemView>> {
    let shown = catalogue.shown(&mut *catalogue.db.read().await?).await?;
    let found = shown.items.iter().find(|(i, _)| i.slug == slug);
    let (item, version) = found.ok_or(CatalogueError::NotFound(slug))?;
    Ok(Json(ItemView {
        version: *version,
        department_name: department_name(&catalogue, &item.department),
        materials_baseline: item.materials.iter().filter(|m| m.baseline).count(),
        materials_now: item.materials.iter().filter(|m| m.required && m.certificate_type.is_none()).count(),
        item: item.as_ref().clone(),
    }))
}

/// A theme.
#[derive(Debug, Serialize, ToSchema)]
struct ThemeView {
    /// Key.
    key: String,
    /// Name.
    name: String,
    /// `person` or `enterprise`.
    audience: &'static str,
}

/// 主题
#[utoipa::path(get, path = "/api/v1/themes", tag = "事项", responses((status = 200, body = Page<ThemeView>)))]
async fn list_themes(State(catalogue): State<Catalogue>) -> Json<Page<ThemeView>> {
    let themes = catalogue.vocabulary.themes().iter();
    let items =
        themes.map(|t| ThemeView { key: t.key.clone(), name: t.name.clone(), audience: t.audience.as_str() }).collect();
    Json(Page { items, next: None })
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
struct DepartmentView {
    /// Key.
    key: String,
    /// Name.
    name: String,
    /// Short name.
    short: String,
}

/// 部门
#[utoipa::path(get, path = "/api/v1/departments", tag = "事项", responses((status = 200, body = Page<DepartmentView>)))]
async fn list_departments(State(catalogue): State<Catalogue>) -> Json<Page<DepartmentView>> {
    let departments = catalogue.vocabulary.departments().iter();
    let items = departments
        .map(|d| DepartmentView { key: d.key.clone(), name: d.name.clone(), short: d.short.clone() })
        .collect();
    Json(Page { items, next: None })
}

/// One line of the list of life events.
#[derive(Debug, Serialize, ToSchema)]
struct BundleLine {
    /// Key.
    slug: String,
    /// Name.
    name: String,
    /// One sentence.
    summary: String,
    /// Who it is for.
    audience: Vec<&'static str>,
    /// How many items.
    items: usize,
}

/// 一件事列表
#[utoipa::path(get, path = "/api/v1/bundles", tag = "一件事", responses((status = 200, body = Page<BundleLine>)))]
async fn list_bundles(State(catalogue): State<Catalogue>) -> Answer<Json<Page<BundleLine>>> {
    let shown = catalogue.shown(&mut *catalogue.db.read().await?).await?;
    let items = shown
        .bundles
        .iter()
        .map(|b| BundleLine {
            slug: b.slug.clone(),
            name: b.name.clone(),
            summary: b.summary.clone(),
            audience: b.audience.iter().map(|a| a.as_str()).collect(),
            items: b.items.len(),
        })
        .collect();
    Ok(Json(Page { items, next: None }))
}

/// 一件事
#[utoipa::path(get, path = "/api/v1/bundles/{slug}", tag = "一件事",
    params(("slug" = String, Path, description = "一件事")), responses((status = 200, body = Object), (status = 404)))]
async fn get_bundle(State(catalogue): State<Catalogue>, Path(slug): Path<String>) -> Answer<Json<Bundle>> {
    let shown = catalogue.shown(&mut *catalogue.db.read().await?).await?;
    let found = shown.bundles.iter().find(|b| b.slug == slug);
    Ok(Json(found.ok_or(CatalogueError::NotFound(slug))?.as_ref().clone()))
}
