//! Stories of messages, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod api;
mod authority;
mod choosing;
mod gateway;
mod hearing;
mod post;
mod relay;
mod secure_mail;
mod sending;
