//! The audit trail (审计): who did or saw what, when, from where and why (GB/T 22239—2019 8.1.4.3).
//!
//! Owns the tables `audit_record` and `audit_head`. Records are only ever added, in the transaction of the act they
//! tell of: an act that cannot be recorded does not happen. Each login has a chain of its own, so that two people
//! never wait for each other; each record carries the SM3 of everything before it. This crate never decides who may do
//! what, and never holds a name or number of a person in the clear.

mod domain;
mod service;
mod store;

pub use domain::{Broken, Damage, EVENTS, EventKind, NO_LOGIN_CHAINS, Record, Report};
pub use service::{Entry, chain_of, record, records_about, records_of, verify};

/// Tables, home keys and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "audit",
    migrations: &[
        db::Migration { number: 1, name: "audit", sql: include_str!("../migrations/0001_audit.sql") },
        db::Migration { number: 2, name: "about", sql: include_str!("../migrations/0002_about.sql") },
    ],
    homes: &[("audit_record", db::Home::Key("chain")), ("audit_head", db::Home::Key("chain"))],
    statements: store::STATEMENTS,
};
