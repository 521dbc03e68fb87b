//! The certificate library (电子证照库): certificates held, used in place of paper, issued by cases.
//!
//! Owns the tables `certificate_*`. A certificate belongs to its holder's home key; its number, the holder's name and the
//! data it carries are sealed. Status is always asked here at the time of use; its sealed document proves only that it was
//! once issued.

mod document;
mod domain;
mod error;
mod service;
mod store;
mod web;

pub use domain::{
    certificate::{Certificate, CertificateId, NewCertificate, Status},
    change::{Change, ChangeKind, Ground, Order, OrderKind, Proposal, ProposalId, ProposalState, Reissue, ReissueKind},
    codes::Codes,
    file::{CertificateFile, FileState},
    report::{REPORT_DAYS, Report, ReportId, ReportState},
    usage::{CertificateUse, Evidence, NewUse, RefusalReason, UseGround, UseKind},
    validity::{last_day, resident_id_years},
};
pub use error::CertificateError;
pub use service::{CLERKS, Certificates, Looked, Ordered, PublicView, Search};
pub use web::routes;

/// Topic: a certificate was issued (body: `id`, `subject_id`, `certificate_type`, `version`, `case_number`).
pub const ISSUED: &str = "certificate.issued";
/// Topic: a certificate ended before its time (body: as [`ISSUED`], with `status`).
pub const ENDED: &str = "certificate.ended";
/// Topic: a certificate was suspended (body: as [`ENDED`]).
pub const SUSPENDED: &str = "certificate.suspended";
/// Topic: a suspension was lifted (body: as [`ENDED`]).
pub const RESTORED: &str = "certificate.restored";

/// Tables, home keys and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "certificates",
    migrations: &[
        db::Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") },
        db::Migration { number: 2, name: "life", sql: include_str!("../migrations/0002_life.sql") },
        db::Migration { number: 3, name: "uses", sql: include_str!("../migrations/0003_uses.sql") },
        db::Migration { number: 4, name: "files", sql: include_str!("../migrations/0004_files.sql") },
    ],
    homes: &[
        ("certificate_record", db::Home::Key("subject_id")),
        ("certificate_number", db::Home::Key("number_key")),
        ("certificate_use", db::Home::Key("subject_id")),
        ("certificate_identifier", db::Home::Key("identifier")),
        ("certificate_event", db::Home::Key("subject_id")),
        ("certificate_proposal", db::Home::Key("subject_id")),
        ("certificate_report", db::Home::Key("subject_id")),
        ("certificate_file", db::Home::Key("subject_id")),
    ],
    statements: store::STATEMENTS,
};
