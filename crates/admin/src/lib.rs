//! Pages of the three administrators (三员): the system administrator sets and registers, the security administrator
//! grants, the auditor looks at what both did. None of them works on cases, and nobody is two of them (GB/T 22239—2019
//! 8.1.4.2, 8.1.5).
//!
//! Owns no table and no rule: every page asks `identity`, `settings` or `audit`, which decide who may.

mod pages;
mod web;

pub use web::{Admin, routes};
