//! Electronic seals (电子印章): asked for by a body, approved by a second person, made under the city's seal authority,
//! put on documents from decisions alone, each use recorded in a chain of its own.
//!
//! Owns `seal_record`, `seal_event` and `seal_use`. Keys lie behind the port [`SealKeys`]; [`DemoKeys`] stands behind it in a
//! demonstration city.

mod demo;
mod domain;
mod error;
mod port;
mod service;
mod store;
mod web;

pub use demo::DemoKeys;
pub use domain::{
    report::{Checked, CheckedFinding, CheckedLayer, CheckedSignature},
    seal::{NewSeal, PutOn, Seal, SealEvent, SealId, SealKind, SealState, SealStep},
    usage::{NewUse, SealUse, Unusual},
};
pub use error::SealError;
pub use port::{KeysError, SealKeys};
pub use service::{ChainReport, Seals, Stamped, may_step};
pub use web::routes;

/// Tables, home keys and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "seals",
    migrations: &[db::Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") }],
    homes: &[
        ("seal_record", db::Home::Key("seal_id")),
        ("seal_event", db::Home::Key("seal_id")),
        ("seal_use", db::Home::Key("seal_id")),
    ],
    statements: store::STATEMENTS,
};
