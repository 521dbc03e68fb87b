//! Applying, by path: before, the pages of the draft, handing in, the receipt.

mod check;
mod course;
mod delivery;
mod drafts;
mod files;
mod form;
mod materials;
mod receipt;
mod start;

use axum::{
    http::Method,
    routing::{get, post},
};
use cases::Cases;
use webkit::{Access, Routes};

/// What the pages of applying need. Clones share it.
#[derive(Debug, Clone)]
pub struct Applying {
    pub(crate) cases: Cases,
}

impl Applying {
    /// The pages over the case engine.
    #[must_use]
    pub const fn new(cases: Cases) -> Self {
        Self { cases }
    }

    /// Full name of a department.
    pub(crate) fn department(&self, key: &str) -> String {
        self.cases.vocabulary.department(key).map_or(key, |department| &department.name).to_owned()
    }

    /// Name of a certificate type.
    pub(crate) fn certificate(&self, key: &str) -> String {
        self.cases.vocabulary.certificate_type(key).map_or(key, |kind| &kind.name).to_owned()
    }
}

/// Bytes of one sending of materials: some photos from a phone at once.
const MATERIALS_BYTES: usize = 128 << 20;

/// The pages of applying. Everybody may read what an item asks; a draft is its owner's alone.
#[must_use]
pub fn apply_routes(applying: Applying) -> Routes {
    let mine = Access::SignedIn;
    Routes::new(applying)
        .page(Access::Public, Method::GET, "/apply/{slug}", get(start::show))
        .page(mine, Method::POST, "/apply/{slug}", post(start::begin))
        .page(mine, Method::GET, "/apply/{slug}/{draft}", get(course::resume))
        .page(mine, Method::GET, "/apply/{slug}/{draft}/materials", get(materials::show))
        .page_upload(mine, Method::POST, "/apply/{slug}/{draft}/materials", MATERIALS_BYTES, post(materials::receive))
        .page(mine, Method::GET, "/apply/{slug}/{draft}/delivery", get(delivery::show))
        .page(mine, Method::POST, "/apply/{slug}/{draft}/delivery", post(delivery::receive))
        .page(mine, Method::GET, "/apply/{slug}/{draft}/check", get(check::show))
        .page(mine, Method::POST, "/apply/{slug}/{draft}/check", post(check::submit))
        .page(mine, Method::POST, "/apply/{slug}/{draft}/save", post(form::save))
        .page(mine, Method::GET, "/apply/{slug}/{draft}/files/{file}", get(files::show))
        .page(mine, Method::GET, "/apply/{slug}/{draft}/{step}", get(form::show))
        .page(mine, Method::POST, "/apply/{slug}/{draft}/{step}", post(form::receive))
        .page(mine, Method::GET, "/my/drafts", get(drafts::list))
        .page(mine, Method::GET, "/my/drafts/{draft}/delete", get(drafts::ask))
        .page(mine, Method::POST, "/my/drafts/{draft}/delete", post(drafts::remove))
        .page(mine, Method::GET, "/my/cases/{number}/receipt", get(receipt::show))
        .done()
}
