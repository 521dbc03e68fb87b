//! The decider of the case engine under law's table and under random hands, without a database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod avoidance;
mod clocks;
mod course;
mod law;
mod random;
mod stage;
mod voice;
mod words;
