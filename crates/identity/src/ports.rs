//! Ports to the world outside: short messages, the population base, the business register. A city joins its own.

use std::sync::Arc;

use kernel::Timestamp;
use webkit::BoxFuture;

use crate::{DocumentKind, VerifiedBy};

/// A port did not do its work just now. The text is for the log and holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the port is out of order: {0}")]
pub struct PortError(pub String);

/// Sends short messages with one-time codes and notices about the login.
pub trait CodeSender: Send + Sync + 'static {
    /// Sends `text` to `phone`. `reference` is different for each message.
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), PortError>>;
}

/// Who somebody says he is, to be compared with the population base.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonClaim {
    /// Full name.
    pub name: String,
    /// Kind of document.
    pub document: DocumentKind,
    /// Its number.
    pub number: String,
}

/// Which enterprise somebody says he represents, to be compared with the business register.
#[derive(Clone, PartialEq, Eq)]
pub struct EnterpriseClaim {
    /// Credit code.
    pub uscc: String,
    /// Registered name.
    pub name: String,
    /// Who says so.
    pub representative: PersonClaim,
}

impl std::fmt::Debug for PersonClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonClaim").field("document", &self.document).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for EnterpriseClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnterpriseClaim").field("uscc", &self.uscc).finish_non_exhaustive()
    }
}

/// What a base says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds such an entry. A simulator says [`VerifiedBy::Demo`], never [`VerifiedBy::Authority`].
    Confirmed(VerifiedBy),
    /// It holds none, or another one.
    NotConfirmed,
}

/// Compares name and number with the population base.
pub trait RealNames: Send + Sync + 'static {
    /// Whether there is such a person.
    fn check<'a>(&'a self, claim: &'a PersonClaim) -> BoxFuture<'a, Result<Verdict, PortError>>;
}

/// Compares code, name and legal representative with the business register.
pub trait BusinessRegister: Send + Sync + 'static {
    /// Whether there is such an enterprise with this legal representative.
    fn check<'a>(&'a self, claim: &'a EnterpriseClaim) -> BoxFuture<'a, Result<Verdict, PortError>>;
}

/// The ports that are there. One that is none is not joined: the step says so, or the level stays lower.
#[derive(Clone, Default)]
pub struct Ports {
    /// Short messages.
    pub codes: Option<Arc<dyn CodeSender>>,
    /// The population base.
    pub real_names: Option<Arc<dyn RealNames>>,
    /// The business register.
    pub register: Option<Arc<dyn BusinessRegister>>,
    /// Whether the message that was sent may be shown to whoever asked for it: in a demonstration alone, where no
    /// gateway brings it to a phone.
    pub show_messages: bool,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports")
            .field("codes", &self.codes.is_some())
            .field("real_names", &self.real_names.is_some())
            .field("register", &self.register.is_some())
            .field("show_messages", &self.show_messages)
            .finish()
    }
}

/// Confirms every claim and says that no authority did: for development and demonstration.
#[derive(Debug, Clone, Copy, Default)]
pub struct Simulator;

impl RealNames for Simulator {
    fn check<'a>(&'a self, _claim: &'a PersonClaim) -> BoxFuture<'a, Result<Verdict, PortError>> {
        Box::pin(async { Ok(Verdict::Confirmed(VerifiedBy::Demo)) })
    }
}

impl BusinessRegister for Simulator {
    fn check<'a>(&'a self, _claim: &'a EnterpriseClaim) -> BoxFuture<'a, Result<Verdict, PortError>> {
        Box::pin(async { Ok(Verdict::Confirmed(VerifiedBy::Demo)) })
    }
}
