//! Stories of seals, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod api;
mod city;
mod life;
mod using;
