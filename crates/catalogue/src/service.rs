//! The steps people take with the catalogue, and the compiled procedures that cases run on.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use db::{Db, Tx};
use kernel::{Act, Clock, Timestamp};
use vocab::Vocabulary;

use crate::{
    CatalogueError,
    domain::{Bundle, CatalogueFile, Checked, Item, Procedure, Severity},
    search::SearchIndex,
    store,
};

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Items that were not there before.
    pub added: usize,
    /// Items with a new version.
    pub changed: usize,
    /// Items as they were.
    pub unchanged: usize,
    /// Items no longer in the files: retired, their versions kept.
    pub retired: usize,
    /// Life events now.
    pub bundles: usize,
}

impl ImportReport {
    /// Whether anything is different now.
    #[must_use]
    pub const fn changes(&self) -> bool {
        self.added + self.changed + self.retired > 0
    }
}

/// Everything published at one moment.
pub struct Published {
    /// Goes up with every change.
    pub revision: i64,
    /// Items with their versions, by department and slug.
    pub items: Vec<(Arc<Item>, i64)>,
    /// Life events by slug.
    pub bundles: Vec<Arc<Bundle>>,
    /// Finds items by what people say.
    pub index: SearchIndex,
}

/// Procedures by slug and version.
type Compiled = HashMap<(String, i64), Arc<Procedure>>;

/// The catalogue. Clones share its caches: versions are immutable, so a compiled procedure is good for ever.
#[derive(Clone)]
pub struct Catalogue {
    pub(crate) db: Db,
    clock: Clock,
    pub(crate) vocabulary: Vocabulary,
    compiled: Arc<RwLock<Compiled>>,
    shown: Arc<RwLock<Option<Arc<Published>>>>,
}

/// How an item stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// It takes new applications.
    pub offered: bool,
    /// It is gone for good, and not merely suspended.
    pub retired: bool,
    /// Its latest version.
    pub procedure: Arc<Procedure>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").finish_non_exhaustive()
    }
}

impl Catalogue {
    /// The catalogue over a database, with the city's vocabularies.
    #[must_use]
    pub fn new(db: Db, clock: Clock, vocabulary: Vocabulary) -> Self {
        Self { db, clock, vocabulary, compiled: Arc::default(), shown: Arc::default() }
    }

    /// The present instant, for acts of the platform itself.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The compiled procedure of an item: of `version`, or of the version in force for a new application.
    ///
    /// # Errors
    /// Not found; not offered, when a new application asks for an item that is suspended or retired.
    pub async fn procedure(
        &self,
        tx: &mut Tx,
        slug: &str,
        version: Option<i64>,
    ) -> Result<Arc<Procedure>, CatalogueError> {
        let version = match version {
            Some(version) => version,
            None => {
                let row = store::item(tx, slug).await?.ok_or_else(|| CatalogueError::NotFound(slug.to_owned()))?;
                if row.state != "published" {
                    return Err(CatalogueError::NotOffered { slug: slug.to_owned(), state: row.state });
                }
                row.version
            }
        };
        let key = (slug.to_owned(), version);
        if let Some(procedure) = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(procedure));
        }
        let item = store::version(tx, slug, version).await?;
        let item = item.ok_or_else(|| CatalogueError::NotFound(format!("{slug} {version}")))?;
        let names = self.vocabulary.certificate_types().iter().map(|t| (t.key.clone(), t.name.clone()));
        let procedure = Procedure::compile(item, version).map_err(|faults| CatalogueError::Corrupt {
            what: format!("{slug} {version}"),
            reason: faults.into_iter().map(|f| format!("{}: {}", f.place, f.message)).collect::<Vec<_>>().join("; "),
        })?;
        let procedure = Arc::new(procedure.with_certificate_names(names));
        let mut compiled = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(compiled.entry(key).or_insert(procedure)))
    }

    /// How an item stands, whether or not it takes applications now: its latest version.
    ///
    /// # Errors
    /// Not found.
    pub async fn standing(&self, tx: &mut Tx, slug: &str) -> Result<Standing, CatalogueError> {
        let row = store::item(tx, slug).await?.ok_or_else(|| CatalogueError::NotFound(slug.to_owned()))?;
        let procedure = self.procedure(tx, slug, Some(row.version)).await?;
        Ok(Standing { offered: row.state == "published", retired: row.state == "retired", procedure })
    }

    /// The revision of the whole: another one after every import that changed something; 0 before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revision(&self, tx: &mut Tx) -> Result<i64, CatalogueError> {
        Ok(store::revision(tx).await?)
    }

    /// Everything published now, with the index to find it by.
    ///
    /// # Errors
    /// When the database fails or a version cannot be read.
    pub async fn shown(&self, tx: &mut Tx) -> Result<Arc<Published>, CatalogueError> {
        let revision = store::revision(tx).await?;
        let kept = self.shown.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(shown) = kept.filter(|s| s.revision == revision) {
            return Ok(shown);
        }
        let items: Vec<(Arc<Item>, i64)> =
            store::published(tx).await?.into_iter().map(|(item, version)| (Arc::new(item), version)).collect();
        let bundles = store::bundles(tx).await?.into_iter().map(|(bundle, _)| Arc::new(bundle)).collect();
        let index = SearchIndex::build(items.iter().map(|(item, _)| item.as_ref()));
        let shown = Arc::new(Published { revision, items, bundles, index });
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&shown));
        Ok(shown)
    }

    /// Checks files without importing them.
    #[must_use]
    pub fn check(&self, files: &[CatalogueFile]) -> Checked {
        crate::domain::check(files, &self.vocabulary)
    }

    /// Takes the files over, all or nothing: a changed item becomes a new version, one that is gone is retired. The same
    /// files again change nothing.
    ///
    /// # Errors
    /// Every error of the files, if there is one: nothing is imported then.
    pub async fn import(
        &self,
        act: &Act,
        tx: &mut Tx,
        files: &[CatalogueFile],
    ) -> Result<ImportReport, CatalogueError> {
        let checked = self.check(files);
        if checked.errors() > 0 {
            let errors = checked.violations.into_iter().filter(|v| v.severity == Severity::Error).collect();
            return Err(CatalogueError::Violations(errors));
        }
        let mut report = ImportReport { bundles: checked.bundles.len(), ..ImportReport::default() };
        let mut bundles_changed = false;
        // Two imports at once would give the same version number twice: the second waits here for the first.
        store::hold_revision(tx).await?;
        let there = store::items(tx).await?;
        for item in &checked.items {
            let (text, digest) = store::content(item)?;
            match there.iter().find(|row| row.slug == item.slug) {
                Some(row) if row.digest == digest => {
                    // Back from retirement. A suspension is a decision of its own and not the files' to lift.
                    let back = row.state == "retired";
                    if back && store::set_state(tx, &item.slug, "published", act.at).await? {
                        report.changed += 1;
                    } else {
                        report.unchanged += 1;
                    }
                }
                row => {
                    let version = row.map_or(1, |row| row.version + 1);
                    store::publish(tx, item, version, (&text, &digest), act.at, act.name()).await?;
                    if row.is_some() {
                        report.changed += 1;
                    } else {
                        report.added += 1;
                    }
                }
            }
        }
        for row in there.iter().filter(|row| !checked.items.iter().any(|i| i.slug == row.slug)) {
            report.retired += usize::from(store::set_state(tx, &row.slug, "retired", act.at).await?);
        }
        let kept = store::bundles(tx).await?;
        for bundle in &checked.bundles {
            let (text, digest) = store::content(bundle)?;
            if !kept.iter().any(|(b, d)| b.slug == bundle.slug && *d == digest) {
                store::keep_bundle(tx, &bundle.slug, (&text, &digest), act.at).await?;
                bundles_changed = true;
            }
        }
        for (gone, _) in kept.iter().filter(|(b, _)| !checked.bundles.iter().any(|n| n.slug == b.slug)) {
            store::drop_bundle(tx, &gone.slug).await?;
            bundles_changed = true;
        }
        if report.changes() || bundles_changed {
            store::next_revision(tx).await?;
            let detail = serde_json::json!({
                "added": report.added, "changed": report.changed, "retired": report.retired, "bundles": report.bundles,
            });
            audit::record(act, tx, audit::Entry::new("catalogue.imported", "catalogue").with(detail)).await?;
        }
        Ok(report)
    }

    /// What is published, as files that an import takes back.
    ///
    /// # Errors
    /// When the database fails or a version cannot be written as text.
    pub async fn export(&self, tx: &mut Tx) -> Result<Vec<CatalogueFile>, CatalogueError> {
        let text = |what: &str, value: Result<String, toml::ser::Error>| {
            value.map_err(|e| CatalogueError::Corrupt { what: what.to_owned(), reason: e.to_string() })
        };
        let mut files = Vec::new();
        for (item, _) in store::published(tx).await? {
            files.push(CatalogueFile {
                path: format!("catalogue/{}/{}.toml", item.department, item.slug),
                bytes: text(&item.slug, toml::to_string_pretty(&item))?.into_bytes(),
            });
        }
        for (bundle, _) in store::bundles(tx).await? {
            files.push(CatalogueFile {
                path: format!("bundles/{}.toml", bundle.slug),
                bytes: text(&bundle.slug, toml::to_string_pretty(&bundle))?.into_bytes(),
            });
        }
        Ok(files)
    }

    /// Stops new applications for an item, or takes them again. Running cases go on.
    ///
    /// # Errors
    /// Not found when there is no such item or it is retired.
    pub async fn suspend(&self, act: &Act, tx: &mut Tx, slug: &str, suspended: bool) -> Result<(), CatalogueError> {
        let row = store::item(tx, slug).await?.filter(|row| row.state != "retired");
        row.ok_or_else(|| CatalogueError::NotFound(slug.to_owned()))?;
        let (state, event) =
            if suspended { ("suspended", "catalogue.suspended") } else { ("published", "catalogue.resumed") };
        if store::set_state(tx, slug, state, act.at).await? {
            store::next_revision(tx).await?;
            audit::record(act, tx, audit::Entry::new(event, &format!("item:{slug}"))).await?;
        }
        Ok(())
    }
}
