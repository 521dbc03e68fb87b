//! What every page and every interface of the platform shares: routes as data with their access rule, who calls,
//! problems (RFC 9457), paging, conditional requests, the page frame and its components.
//!
//! Owns no table of its own and knows nothing of government business. A slice hands in `Routes`; the application
//! merges them and makes one [`Site`] of them.

mod access;
mod body_faults;
mod carry;
mod conditional;
mod cookies;
mod docs;
mod extract;
mod fields;
mod links;
mod multipart;
mod once;
mod origin;
mod paging;
mod problem;
mod reason;
mod routes;
mod settings;
mod site;
mod tokens;
pub mod ui;

pub use access::{Access, RouteInfo, matrix};
pub use carry::Carried;
pub use conditional::{etag, if_match, if_none_match, require_match};
pub use cookies::SessionCookie;
pub use extract::{By, Form, Json, Look, Path, Query};
pub use fields::Fields;
pub use links::{here_or, query_string, safe_next, see_other, url_encode};
pub use maud::Markup;
pub use multipart::{Multipart, Part};
pub use once::{Asked, Keyed, once, once_page};
pub use origin::Origin;
pub use paging::{Page, Paging, cursor};
pub use problem::{Answer, Problem};
pub use reason::{ACCESS_REASON, plain_reason};
pub use routes::{RouteFaults, Routes, RoutesOf};
pub use settings::{Comfort, Contrast, Settings, Theme};
pub use site::{Authenticator, BoxFuture, MetricsText, Navigation, Ready, Site, SiteConfig};
pub use tokens::{IdempotencyKey, RequestId};
pub use ui::frame::{Crumb, NavLink, PageFrame, frame};
