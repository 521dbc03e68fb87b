//! Uploaded and made files: streamed, digested, recognised by content, kept in a folder or an S3 store.
//!
//! Owns the table `blob_file` and the objects behind [`Store`]. Nothing enters under a name or a path that a user chose,
//! nothing is kept that is not one of the accepted kinds (see [`MediaType`]), and nothing leaves whose SM3 digest is not
//! the recorded one. Who may read a file beyond the one who uploaded it is for the caller to decide.

pub mod domain;
mod error;
mod headers;
mod objects;
mod service;
mod store;

pub use domain::{MediaType, Origin, Refusal, State};
pub use error::BlobError;
pub use headers::headers;
pub use objects::Store;
pub use service::{Blobs, Content, FileMeta, LIMIT_BYTES, StoredFile, SweepReport, Upload};

/// Tables and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "blobs",
    migrations: &[db::Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") }],
    homes: &[("blob_file", db::Home::Key("id"))],
    statements: store::STATEMENTS,
};
