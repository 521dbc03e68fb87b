//! Service items: format and its checker, versions, compiled procedures, search.

pub mod domain;
pub mod files;
pub mod search;
