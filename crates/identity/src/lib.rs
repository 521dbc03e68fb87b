//! One number ("一号"): persons and enterprises, their logins, sessions and mandates, staff and their roles.
//!
//! Owns the tables `identity_*`. A subject is found by its citizen number or credit code and by nothing else; the
//! number itself is sealed and every other crate knows the [`kernel::SubjectId`] alone. This crate decides who somebody
//! is and whether he may sign in, never what he may do with a case.

mod domain;
mod error;
mod ports;
mod service;
mod store;
mod web;

pub use domain::{
    account::{Account, AccountKind, AccountState, Holder},
    attempts::LockRule,
    code::{CodeRule, Purpose},
    consent::{Consent, ConsentId, ConsentMethod, ConsentNeed, ConsentScope, ConsentStatus, NewConsent},
    document::DocumentKind,
    mandate::{Mandate, MandateRole},
    password::{PasswordContext, Phc},
    session::{Session, SessionId, SessionKind, SessionLimits},
    staff::Staff,
    subject::{NewEnterprise, NewPerson, Subject, VerifiedBy},
};
pub use error::IdentityError;
pub use kernel::identifiers::Sex;
pub use ports::{
    BusinessRegister, CodeSender, EnterpriseClaim, PersonClaim, PortError, Ports, RealNames, Simulator, Verdict,
};
pub use service::{
    Applicant, CONSENT_TEXT, CONSENT_TEXT_VERSION, FlowView, Identity, Looked, NewAccount, NewSession, NewStaff,
    Represented, Rules,
};
pub use web::routes;

use db::{Home, Migration, Schema};

/// Tables, home keys and statements of this crate.
pub const SCHEMA: Schema = Schema {
    slice: "identity",
    migrations: &[
        Migration { number: 1, name: "identity", sql: include_str!("../migrations/0001_identity.sql") },
        Migration { number: 2, name: "people", sql: include_str!("../migrations/0002_people.sql") },
        Migration { number: 3, name: "consents", sql: include_str!("../migrations/0003_consents.sql") },
    ],
    homes: &[
        ("identity_subject", Home::Key("subject_id")),
        ("identity_key", Home::Key("blind")),
        ("identity_mandate", Home::Key("subject_id")),
        ("identity_consent", Home::Key("subject_id")),
        ("identity_account", Home::Key("account_id")),
        ("identity_username", Home::Key("username")),
        ("identity_staff", Home::Key("account_id")),
        ("identity_personal", Home::Key("subject_id")),
        ("identity_flow", Home::Key("digest")),
        ("identity_password", Home::Key("account_id")),
        ("identity_session", Home::Key("digest")),
        ("identity_attempt", Home::Key("name")),
    ],
    statements: store::STATEMENTS,
};
