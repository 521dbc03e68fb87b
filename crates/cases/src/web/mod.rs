//! The interface for programs (`/api/v1`), and the printable documents.

mod applying;
mod cases;
mod documents;
mod files;
mod open;
mod page;
mod uploads;
mod views;
mod voice;

pub use page::draft_paper;
pub use uploads::{TakenPart, take_part};

use axum::{http::Method, routing::get};
use utoipa_axum::routes;
use webkit::{Access, Routes};

use crate::Cases;

/// Largest upload request: the file limit and the multipart frame around it.
const UPLOAD_BYTES: usize = 21 << 20;

/// Every route of the case engine.
#[must_use]
pub fn routes(cases: Cases) -> Routes {
    Routes::new(cases)
        .api(Access::SignedIn, routes!(applying::check_application))
        .api(Access::SignedIn, routes!(applying::submit_case))
        .api(Access::SignedIn, routes!(applying::list_drafts))
        .api(Access::SignedIn, routes!(applying::get_draft, applying::put_draft, applying::delete_draft))
        .api(Access::SignedIn, routes!(cases::list_cases))
        .api(Access::SignedIn, routes!(cases::get_case))
        .api(Access::SignedIn, routes!(cases::case_events))
        .api(Access::SignedIn, routes!(cases::case_clocks))
        .api(Access::SignedIn, routes!(cases::command_case))
        .api(Access::SignedIn, routes!(voice::case_course))
        .api(Access::SignedIn, routes!(voice::case_talk))
        .api(Access::SignedIn, routes!(voice::talk_seen))
        .api(Access::Public, routes!(voice::progress))
        .api(Access::SignedIn, routes!(cases::list_tasks))
        .api(Access::Public, routes!(cases::calendar_deadline))
        .api(Access::Public, routes!(open::open_decisions))
        .api(Access::SignedIn, routes!(documents::case_documents))
        .upload(Access::SignedIn, UPLOAD_BYTES, routes!(files::upload_file))
        .api(Access::SignedIn, routes!(files::download_file))
        .page(Access::SignedIn, Method::GET, "/cases/{number}/documents/{id}", get(documents::show_document))
        .done()
}
