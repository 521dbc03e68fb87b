//! The portal's pages by path.

mod confirm;
mod items;
mod sign_in;

use std::sync::Arc;

use axum::{
    http::Method,
    routing::{get, post},
};
use identity::Identity;
use webkit::{Access, Routes};

use crate::{Documents, Shelves};

/// What the portal needs to show its pages. Clones share it.
#[derive(Clone)]
pub struct Portal {
    identity: Identity,
    shelves: Arc<dyn Shelves>,
    documents: Arc<dyn Documents>,
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portal").finish_non_exhaustive()
    }
}

impl Portal {
    /// A portal over identity, the published catalogue and the documents.
    #[must_use]
    pub fn new(identity: Identity, shelves: Arc<dyn Shelves>, documents: Arc<dyn Documents>) -> Self {
        Self { identity, shelves, documents }
    }
}

/// All pages. Everybody may look: nothing here belongs to somebody.
#[must_use]
pub fn routes(portal: Portal) -> Routes {
    Routes::new(portal)
        .page(Access::Public, Method::GET, "/", get(items::home))
        .page(Access::Public, Method::GET, "/items", get(items::list))
        .page(Access::Public, Method::GET, "/items/{slug}", get(items::guide))
        .page(Access::Public, Method::GET, "/bundles/{slug}", get(items::bundle))
        .page(Access::Public, Method::GET, "/confirm/{code}", get(confirm::confirm))
        .page(Access::Public, Method::GET, "/sign-in", get(sign_in::ask))
        .page(Access::Public, Method::POST, "/sign-in", post(sign_in::enter))
        .page(Access::Public, Method::POST, "/sign-out", post(sign_in::leave))
        .done()
}
