//! Held against an independent implementation: the program `openssl`, both ways.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod certificates;
mod keys;
mod program;
