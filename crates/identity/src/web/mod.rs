//! The programming interface of identity: sessions, tokens, who am I, for whom I act, staff.

mod acting;
mod consents;
mod me;
mod sessions;
mod staff;

use axum::http::{HeaderMap, header};
use kernel::Role;
use utoipa_axum::routes;
use webkit::{Access, Problem, Routes};

use crate::Identity;

/// Roles that see the list of staff: those who add them, and those who grant and check their rights.
const STAFF_READERS: &[Role] = &[Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor];

/// Routes of identity, each with who may call it.
#[must_use]
pub fn routes(identity: Identity) -> Routes {
    Routes::new(identity)
        .api(Access::Public, routes!(sessions::begin))
        .api(Access::SignedIn, routes!(sessions::list))
        .api(Access::SignedIn, routes!(sessions::end_this))
        .api(Access::SignedIn, routes!(sessions::end_one))
        .api(Access::SignedIn, routes!(acting::list))
        .api(Access::SignedIn, routes!(acting::begin, acting::end))
        .api(Access::SignedIn, routes!(sessions::make_token))
        .api(Access::SignedIn, routes!(sessions::tokens))
        .api(Access::SignedIn, routes!(sessions::end_token))
        .api(Access::SignedIn, routes!(me::show))
        .api(Access::SignedIn, routes!(me::change_password))
        .api(Access::Public, routes!(consents::text))
        .api(Access::Roles(&[Role::Citizen, Role::Enterprise]), routes!(consents::list))
        .api(Access::Roles(&[Role::Citizen, Role::Enterprise]), routes!(consents::revoke))
        .api(Access::Roles(STAFF_READERS), routes!(staff::list))
        .api(Access::Roles(&[Role::SystemAdmin]), routes!(staff::add))
        .api(Access::Roles(&[Role::SystemAdmin]), routes!(staff::request_roles))
        .api(Access::Roles(&[Role::SecurityAdmin]), routes!(staff::grant_roles))
        .api(Access::Roles(&[Role::SystemAdmin]), routes!(staff::close))
        .done()
}

/// The bearer token of a request that the guard let through.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim()).ok_or_else(Problem::sign_in_first)
}

/// The program a request was made with, as it calls itself.
fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())
}
