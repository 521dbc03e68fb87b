//! Messages to the applicant: in the platform, by mail and by SMS.
//!
//! A watcher: it listens to the facts of cases and owns the tables `message_*`. A message in the platform says what
//! happened and what to do next; mail and SMS only point to it and carry no personal content, for anybody may read them.

mod domain;
mod error;
mod inbox;
mod mail;
mod pages;
mod service;
mod sms;
mod store;
mod trust;
mod web;

pub use domain::{CaseFact, Channel, Message, MessageId, Preferences};
pub use error::MessageError;
pub use mail::{MailConfig, MailPort, MailTls, SmtpMail};
pub use service::{Messages, Ports, ReceiptReport, SendReport};
pub use sms::{Receipt, SmsConfig, SmsFile, SmsGateway, SmsPort, SmsSimulator};
pub use web::routes;

/// A boxed future that may be sent between threads.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a port did not deliver. The text is kept with the attempt, so it holds no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Trying again later is right.
    #[error("not now: {0}")]
    NotNow(String),
    /// It will never be delivered to this address.
    #[error("never: {0}")]
    Never(String),
}

/// Why a port cannot be set up. For the operator, at start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The sender of mail is no address.
    #[error("the sender {0:?} is no e-mail address")]
    Sender(String),
    /// A login would go over an open line.
    #[error("a login at the mail server is given over TLS only")]
    OpenPassword,
    /// The certificates of authorities cannot be used.
    #[error("the certificates in {} cannot be used: {why}", file.display())]
    Authorities {
        /// The file.
        file: std::path::PathBuf,
        /// Why.
        why: String,
    },
    /// TLS itself cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The SMS gateway cannot be reached as told.
    #[error("the SMS gateway {url:?} cannot be used: {why}")]
    Gateway {
        /// Its address, as it was given.
        url: String,
        /// Why.
        why: &'static str,
    },
}

/// Tables, home keys and statements of this crate.
pub const SCHEMA: db::Schema = db::Schema {
    slice: "messages",
    migrations: &[db::Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") }],
    homes: &[
        ("message_inbox", db::Home::Key("subject_id")),
        ("message_delivery", db::Home::Key("subject_id")),
        ("message_preference", db::Home::Key("subject_id")),
    ],
    statements: store::STATEMENTS,
};
