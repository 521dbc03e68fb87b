//! What the portal shows of the catalogue, and the ports through which it asks for it.

use std::{collections::HashMap, fmt, sync::Arc};

use catalogue::{
    domain::{Bundle, Item},
    search::{SearchFilter, SearchIndex},
};
use vocab::{Department, Vocabulary};
use webkit::{Answer, BoxFuture};

use crate::{finding::Theme, showing::Names};

/// Most results of one search. Who needs more is better served by another word.
const MOST_HITS: usize = 200;
/// Results that fit less than this share of the best one only bury it.
const WORTH_SHOWING: f64 = 0.2;

/// Everything that is published at one moment: items, life events, names, and the index to find them by.
pub struct Shelf {
    pub(crate) items: Vec<Arc<Item>>,
    pub(crate) versions: HashMap<String, i64>,
    pub(crate) bundles: Vec<Arc<Bundle>>,
    pub(crate) themes: Vec<Theme>,
    pub(crate) names: Names,
    index: SearchIndex,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf")
            .field("items", &self.items.len())
            .field("bundles", &self.bundles.len())
            .finish_non_exhaustive()
    }
}

impl Shelf {
    /// Puts the published items, each with its version, and the life events on the shelf. Building the index takes
    /// some milliseconds per hundred items: keep the shelf and make a new one when something is published.
    #[must_use]
    pub fn new(items: Vec<(Arc<Item>, i64)>, bundles: Vec<Arc<Bundle>>, vocabulary: &Vocabulary) -> Self {
        let department = |one: &Department| (one.key.clone(), (one.name.clone(), one.short.clone()));
        let names = Names {
            departments: vocabulary.departments().iter().map(department).collect(),
            themes: vocabulary.themes().iter().map(|theme| (theme.key.clone(), theme.name.clone())).collect(),
            certificates: vocabulary
                .certificate_types()
                .iter()
                .map(|one| (one.key.clone(), one.name.clone()))
                .collect(),
        };
        let theme = |one: &vocab::Theme| Theme { key: one.key.clone(), name: one.name.clone(), audience: one.audience };
        let themes = vocabulary.themes().iter().map(theme).collect();
        let versions = items.iter().map(|(item, version)| (item.slug.clone(), *version)).collect();
        let items: Vec<Arc<Item>> = items.into_iter().map(|(item, _)| item).collect();
        let index = SearchIndex::build(items.iter().map(AsRef::as_ref));
        Self { items, versions, bundles, themes, names, index }
    }

    /// All items in the order of the shelf, or those that fit the words, best first, with why each was found.
    pub(crate) fn ranked(&self, words: &str) -> Vec<(Arc<Item>, Option<String>)> {
        if words.trim().is_empty() {
            return self.items.iter().map(|item| (Arc::clone(item), None)).collect();
        }
        let hits = self.index.search(words, &SearchFilter::default(), MOST_HITS);
        let least = hits.first().map_or(0.0, |best| best.score * WORTH_SHOWING);
        hits.into_iter()
            .filter(|hit| hit.score >= least)
            .filter_map(|hit| {
                {
                    let item = self.item(&hit.slug)?;
                    // That the words stand in the name can be seen.
                    let why = Some(hit.why).filter(|why| !why.is_empty() && !why.contains(&item.name));
                    Some((Arc::clone(item), why))
                }
            })
            .collect()
    }

    pub(crate) fn item(&self, slug: &str) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| item.slug == slug)
    }
}

/// Gives the shelf of the moment. Made by whoever holds the catalogue.
pub trait Shelves: Send + Sync + 'static {
    /// What is published now.
    fn shelf(&self) -> BoxFuture<'_, Answer<Arc<Shelf>>>;
}

/// What everybody may see of a document whose code he holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Title of the document, such as 受理通知书.
    pub title: String,
    /// Whether it still holds.
    pub in_force: bool,
    /// Why it no longer does, and what took its place; empty while it holds.
    pub ended: String,
    /// Names and values to compare with the paper; what names people is masked already.
    pub facts: Vec<(String, String)>,
}

/// Looks documents up by the code printed on them. Made by whoever holds the documents.
pub trait Documents: Send + Sync + 'static {
    /// The document with this code, when there is one.
    fn confirm<'a>(&'a self, code: &'a str) -> BoxFuture<'a, Answer<Option<Confirmed>>>;
}
