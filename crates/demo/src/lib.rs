//! The demonstration city: staff, synthetic people, certificates, and the walk through every item.
//!
//! Owns no table. It founds its city through the services of the slices and walks through the interface for programs
//! alone, so that whatever it shows works for everybody else too.

pub mod answers;
pub mod city;
pub mod orders;
pub mod seed;
pub mod walk;
