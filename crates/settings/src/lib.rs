//! What the city sets by day (城市设置): its working days, the words of its notices, how its departments are reached.
//!
//! Owns `settings_version`. Every change is a new version with a reason and a first day, which lies in the future: so
//! every process knows it before it counts, what was composed on a day can be composed again, and nobody's deadline
//! changes under his hands. [`Settings::current`] gives what is known without asking the database.

mod domain;
mod error;
mod service;
mod store;

pub use domain::{
    notices::{NOTICES, NoticeTexts},
    offices::{Office, Offices},
    rules::Rules,
    snapshot::Snapshot,
    version::{Topic, Version},
};
pub use error::SettingsError;
pub use service::{CalendarChange, Settings};

/// Tables, home keys and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "settings",
    migrations: &[db::Migration { number: 1, name: "versions", sql: include_str!("../migrations/0001_versions.sql") }],
    homes: &[("settings_version", db::Home::Reference)],
    statements: store::STATEMENTS,
};
