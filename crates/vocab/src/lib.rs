//! Code lists that every slice speaks: divisions and development zones, departments, themes, certificate types.
//!
//! They are data under `data/vocabulary` and `data/regions`, part of the program, and never change while it runs.

mod field_names;
mod lists;
mod parse;
mod vocabulary;

pub use field_names::field_name;
pub use lists::{CertificateType, Department, DepartmentKind, Division, DivisionLevel, Theme, Zone};
pub use parse::{Sources, VocabError, VocabFault};
pub use vocabulary::{Region, Vocabulary};
