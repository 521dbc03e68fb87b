//! What the database kit promises, on whichever engine is under test.

mod outbox;
mod schema;
mod writes;
