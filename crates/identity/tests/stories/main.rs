//! Stories of identity, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod acting;
mod api;
mod by_code;
mod consents;
mod mandates;
mod registering;
mod secrets;
mod sessions;
mod signing_in;
mod staff;
mod world;
