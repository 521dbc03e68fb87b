//! The site: every slice's routes, and what the pages ask of the slices.

use std::sync::{Arc, OnceLock};

use admin::Admin;
use axum::Router;
use consultation::Consultation;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use portal::{Applying, Checking, Confirmed, Documents, Mine, Opened, Portal, Shelf, Shelves};
use tokio::sync::RwLock;
use webkit::{Answer, BoxFuture, Routes, Site, SiteConfig};

use crate::{
    config::Listen,
    failure::{CommandError, While},
    listeners, navigation,
    platform::Platform,
};

/// All routes of the platform.
///
/// # Errors
/// When the mail server's address cannot be used.
pub fn routes(platform: &Platform) -> Result<Routes, CommandError> {
    let pages = Portal::new(
        platform.identity.clone(),
        Arc::new(PublishedShelf::new(platform)),
        Arc::new(IssuedDocuments(platform.clone())),
    );
    let mine = Mine::new(platform.cases.clone(), platform.certificates.clone());
    let pages = pages.with_mine(mine.clone());
    Ok(identity::routes(platform.identity.clone())
        .merge(catalogue::routes(platform.catalogue.clone()))
        .merge(seals::routes(platform.seals.clone()))
        .merge(certificates::routes(platform.certificates.clone()))
        .merge(cases::routes(platform.cases.clone()))
        .merge(messages::routes(listeners::messages(platform)?))
        .merge(portal::apply_routes(Applying::new(platform.cases.clone())))
        .merge(portal::routes(pages))
        .merge(admin::routes(Admin::new(
            platform.db.clone(),
            platform.identity.clone(),
            platform.settings.clone(),
            platform.vocabulary.clone(),
        )))
        .merge(window::routes(window::Window::new(platform.cases.clone())))
        .merge(window::seal_routes(platform.seals.clone()))
        .merge(portal::my_routes(mine))
        .merge(portal::open_routes(Opened::new(platform.cases.clone())))
        .merge(portal::check_routes(Checking::new(platform.certificates.clone(), platform.seals.clone())))
        .merge(consultation::routes(Consultation::new(platform.db.clone(), platform.keys.clone()))))
}

/// One registry of figures for the process.
fn figures() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

/// Sums up the figures that requests have left; they would grow for ever where nobody fetches them.
pub(crate) fn sum_up_figures() {
    if let Some(figures) = figures() {
        figures.run_upkeep();
    }
}

/// The whole site as a service.
///
/// # Errors
/// When the routes contradict each other.
pub fn site(platform: &Platform, listen: &Listen) -> Result<Router, CommandError> {
    let figures = figures();
    let asked = platform.shared();
    let post = listeners::messages(platform)?;
    let config = SiteConfig {
        demo: platform.demo,
        secure_cookies: listen.tls,
        behind_proxy: listen.behind_proxy,
        public_url: listen.public(),
        navigation: navigation::of(platform, post),
        ready: Arc::new(move || {
            let platform = Arc::clone(&asked);
            Box::pin(async move { platform.ready().await })
        }),
        metrics: Arc::new(move || figures.map(PrometheusHandle::render).unwrap_or_default()),
    };
    Site::new(routes(platform)?, Arc::new(platform.identity.clone()), platform.clock.clone(), config)
        .doing("the routes contradict each other")
}

/// The published catalogue as the portal shows it: made anew when something was published.
struct PublishedShelf {
    platform: Platform,
    kept: RwLock<Option<(i64, Arc<Shelf>)>>,
}

impl PublishedShelf {
    fn new(platform: &Platform) -> Self {
        Self { platform: platform.clone(), kept: RwLock::new(None) }
    }
}

impl Shelves for PublishedShelf {
    fn shelf(&self) -> BoxFuture<'_, Answer<Arc<Shelf>>> {
        Box::pin(async move {
            let catalogue = &self.platform.catalogue;
            let revision = catalogue.revision(&mut *self.platform.db.read().await?).await?;
            if let Some((at, shelf)) = self.kept.read().await.as_ref()
                && *at == revision
            {
                return Ok(Arc::clone(shelf));
            }
            let mut kept = self.kept.write().await;
            if let Some((at, shelf)) = kept.as_ref()
                && *at == revision
            {
                return Ok(Arc::clone(shelf));
            }
            let shown = catalogue.shown(&mut *self.platform.db.read().await?).await?;
            let shelf = Arc::new(Shelf::new(shown.items.clone(), shown.bundles.clone(), &self.platform.vocabulary));
            *kept = Some((revision, Arc::clone(&shelf)));
            Ok(shelf)
        })
    }
}

/// Documents that cases issued, as the public may see them.
struct IssuedDocuments(Platform);

impl Documents for IssuedDocuments {
    fn confirm<'a>(&'a self, code: &'a str) -> BoxFuture<'a, Answer<Option<Confirmed>>> {
        Box::pin(async move {
            let found = self.0.cases.confirm(&mut *self.0.db.read().await?, code).await?;
            Ok(found.map(|found| {
                let document = found.document;
                let mut facts = vec![
                    ("文书编号".to_owned(), document.number),
                    ("出具机关".to_owned(), found.department),
                    ("出具日期".to_owned(), kernel::show_date(document.date)),
                    ("申请人".to_owned(), document.applicant),
                    ("办理事项".to_owned(), document.item),
                    ("办件编号".to_owned(), document.case_number),
                    ("办件现状".to_owned(), found.state.label().to_owned()),
                ];
                facts.extend(document.lines.into_iter().map(|l| (l.label, l.text)));
                facts.push(("内容摘要（SM3）".to_owned(), found.digest));
                let ended = if found.intact {
                    String::new()
                } else {
                    "留存内容与出具时不一致，请联系出具机关核实。".to_owned()
                };
                Confirmed { title: document.title, in_force: found.intact, ended, facts }
            }))
        })
    }
}
