//! The portal's pages by path.

mod account;
mod act_for;
mod apply;
mod by_code;
mod confirm;
mod items;
mod my;
mod open;
mod people;
mod register;
mod sign_in;
mod ticket;
mod verify;

use std::sync::Arc;

use axum::{http::Method, routing::get};
use identity::Identity;
use webkit::{Access, Routes};

pub use self::apply::{Applying, apply_routes};
pub use self::my::{Mine, my_routes};
pub use self::verify::{Checking, check_routes};
use crate::{Documents, Shelves};

/// What the portal needs to show its pages. Clones share it.
#[derive(Clone)]
pub struct Portal {
    identity: Identity,
    shelves: Arc<dyn Shelves>,
    documents: Arc<dyn Documents>,
    mine: Option<Mine>,
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
        Self { identity, shelves, documents, mine: None }
    }

    /// The same portal, whose home page shows the open matters of whoever is signed in.
    #[must_use]
    pub fn with_mine(mut self, mine: Mine) -> Self {
        self.mine = Some(mine);
        self
    }
}

/// What the page of open decisions needs. Clones share it.
#[derive(Debug, Clone)]
pub struct Opened {
    cases: cases::Cases,
}

impl Opened {
    /// Open decisions of the case engine.
    #[must_use]
    pub const fn new(cases: cases::Cases) -> Self {
        Self { cases }
    }
}

/// The page of open decisions and its file.
#[must_use]
pub fn open_routes(opened: Opened) -> Routes {
    Routes::new(opened)
        .page(Access::Public, Method::GET, "/open/decisions", get(open::decisions))
        .page(Access::Public, Method::GET, "/open/decisions.csv", get(open::csv))
        .done()
}

/// All pages, each with who may call it.
#[must_use]
pub fn routes(portal: Portal) -> Routes {
    let people = people::routes(portal.clone());
    Routes::new(portal)
        .page(Access::Public, Method::GET, "/", get(items::home))
        .page(Access::Public, Method::GET, "/items", get(items::list))
        .page(Access::Public, Method::GET, "/items/{slug}", get(items::guide))
        .page(Access::Public, Method::GET, "/bundles/{slug}", get(items::bundle))
        .page(Access::Public, Method::GET, "/confirm/{code}", get(confirm::confirm))
        .done()
        .merge(people)
}
