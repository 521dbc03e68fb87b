//! Documents made by the crate, as other programs and we ourselves see them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod looking;
mod reading;
mod sample;
mod stamping;
mod vectors;
mod writing;
