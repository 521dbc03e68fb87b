//! Stories of the certificate library, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod api;
mod correcting;
mod documents;
mod issuing;
mod library;
mod life;
mod using;
