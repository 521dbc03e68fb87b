//! What the database kit promises, on whichever engine is under test.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod outbox;
mod schema;
mod writes;
