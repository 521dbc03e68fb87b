//! The demonstration city.

pub mod papers;
pub mod people;
