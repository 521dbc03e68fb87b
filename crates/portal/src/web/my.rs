//! What belongs to whoever is signed in, by path; progress and help for everybody.

mod acts;
mod case;
mod certificates;
mod consents;
mod correct;
pub(super) mod lists;
mod looks;
mod open;
mod talk;

use ::certificates::Certificates;
use axum::{
    http::Method,
    routing::{get, post},
};
use cases::Cases;
use kernel::Role;
use webkit::{Access, Routes};

/// What the pages of one's own matters need. Clones share it.
#[derive(Debug, Clone)]
pub struct Mine {
    pub(crate) cases: Cases,
    pub(crate) certificates: Certificates,
}

impl Mine {
    /// The pages over the case engine and the certificate library.
    #[must_use]
    pub const fn new(cases: Cases, certificates: Certificates) -> Self {
        Self { cases, certificates }
    }
}

/// Whose pages these are.
const OWN: Access = Access::Roles(&[Role::Citizen, Role::Enterprise]);
/// Bytes of one sending of files.
const FILES_BYTES: usize = 128 << 20;

/// Pages of one's own matters, and progress, help and the accessibility statement for everybody.
#[must_use]
pub fn my_routes(mine: Mine) -> Routes {
    let case = "/my/cases/{number}";
    let at = |act: &str| format!("{case}/{act}");
    Routes::new(mine)
        .page(OWN, Method::GET, "/my", get(lists::overview))
        .page(OWN, Method::GET, "/my/cases", get(lists::list))
        .page(OWN, Method::GET, case, get(case::show))
        .page(OWN, Method::GET, &at("files/{file}"), get(case::file))
        .page(OWN, Method::GET, &at("messages"), get(talk::show))
        .page_upload(OWN, Method::POST, &at("messages"), FILES_BYTES, post(talk::send))
        .page(OWN, Method::GET, &at("correct"), get(correct::show))
        .page_upload(OWN, Method::POST, &at("correct"), FILES_BYTES, post(correct::receive))
        .page(OWN, Method::GET, &at("supply"), get(correct::show_deferred))
        .page_upload(OWN, Method::POST, &at("supply"), FILES_BYTES, post(correct::receive_deferred))
        .page(OWN, Method::GET, &at("answer"), get(acts::ask_answer))
        .page(OWN, Method::POST, &at("answer"), post(acts::answer))
        .page(OWN, Method::POST, &at("answer/save"), post(acts::keep_answer))
        .page(OWN, Method::GET, &at("hearing"), get(acts::ask_hearing))
        .page(OWN, Method::POST, &at("hearing"), post(acts::hearing))
        .page(OWN, Method::GET, &at("pay"), get(acts::pay))
        .page(OWN, Method::GET, &at("withdraw"), get(acts::ask_withdraw))
        .page(OWN, Method::POST, &at("withdraw"), post(acts::withdraw))
        .page(OWN, Method::GET, &at("rate"), get(acts::ask_rate))
        .page(OWN, Method::POST, &at("rate"), post(acts::rate))
        .page(OWN, Method::GET, &at("challenge"), get(acts::ask_challenge))
        .page(OWN, Method::POST, &at("challenge"), post(acts::challenge))
        .page(OWN, Method::GET, &at("complain"), get(acts::ask_complain))
        .page(OWN, Method::POST, &at("complain"), post(acts::complain))
        .page(OWN, Method::GET, &at("complaints/{complaint}"), get(acts::complained))
        .page(OWN, Method::GET, "/my/certificates", get(certificates::list))
        .page(OWN, Method::GET, "/my/certificates/{id}", get(certificates::show))
        .page(OWN, Method::GET, "/my/certificates/{id}/file", get(certificates::file))
        .page(OWN, Method::GET, "/my/certificates/{id}/pdf", get(certificates::pdf))
        .page(OWN, Method::POST, "/my/certificates/{id}/report", post(certificates::report))
        .page(OWN, Method::GET, "/my/consents", get(consents::list))
        .page(OWN, Method::POST, "/my/consents/{id}/revoke", post(consents::revoke))
        .page(Access::Public, Method::GET, "/progress", get(open::ask_progress))
        .page(Access::Public, Method::POST, "/progress", post(open::progress))
        .page(Access::Public, Method::GET, "/help", get(open::help))
        .page(Access::Public, Method::GET, "/accessibility", get(open::accessibility))
        .done()
}
