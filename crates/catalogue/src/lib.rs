//! Service items (政务服务事项): the format departments write them in and its checker, versions, the procedures cases run
//! on, search.
//!
//! Owns the tables `catalogue_*`. A version is immutable once published; what a case was filed under stays readable for
//! ever. This crate knows no case and no applicant: it is handed facts and answers with an assessment.

pub mod asking;
pub mod domain;
mod error;
pub mod files;
pub mod search;
mod service;
mod store;
mod web;

pub use error::CatalogueError;
pub use service::{Catalogue, ImportReport, Published, Standing};
pub use store::SCHEMA;
pub use web::routes;
