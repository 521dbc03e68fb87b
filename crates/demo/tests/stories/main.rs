//! The demonstration city is founded once, and every item is walked in it.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod founding;
mod seeding;
mod town;
mod walking;
