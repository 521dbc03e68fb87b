//! What people ask and say to the platform itself: feedback with a receipt, answered by those who may.
//!
//! Owns `consultation_feedback`. Complaints about one case are made in the case and are not kept here.

mod domain;
mod error;
mod pages;
mod service;
mod store;
mod web;

pub use domain::{Answered, Feedback, Kind, NewFeedback, State};
pub use error::ConsultationError;
pub use service::Consultation;
pub use web::routes;

/// Tables, home keys and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "consultation",
    migrations: &[db::Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") }],
    homes: &[("consultation_feedback", db::Home::Key("receipt"))],
    statements: store::STATEMENTS,
};
