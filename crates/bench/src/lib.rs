//! Measuring: commands of the case engine beside the same rows written by hand, lists at growing sizes, pages under load.
//!
//! Owns no table and keeps nothing: every measurement runs on a scratch database or schema of its own, which is removed
//! at the end. Figures stand beside a limit measured in the same run, so that they mean the same on any machine.

pub mod cases;
pub mod certificates;
mod error;
pub mod figures;
mod hand;
pub mod pages;
pub mod scale;
mod scratch;

pub use error::BenchError;
pub use scratch::Scratch;
