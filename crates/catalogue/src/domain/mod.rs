//! Pure rules of the catalogue.

mod item;

pub use item::*;
