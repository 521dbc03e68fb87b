//! The steps people take: registering, opening logins, signing in and out, naming agents and staff.

mod accounts;
mod acting;
mod codes;
mod consents;
mod enterprises;
mod flows;
mod mandates;
mod passwords;
mod registration;
mod sessions;
mod sign_in;
mod staff;
mod subjects;

use std::sync::Arc;

use db::{Db, Tx};
use gm::Keys;
use kernel::{Act, Actor, Clock, Role};
use tokio::sync::Semaphore;

pub use accounts::NewAccount;
pub use acting::Represented;
pub use consents::{CONSENT_TEXT, CONSENT_TEXT_VERSION};
pub use flows::FlowView;
pub use registration::Applicant;
pub use sessions::NewSession;
pub use staff::NewStaff;
pub use subjects::Looked;

use crate::{CodeRule, IdentityError, LockRule, Ports, SessionLimits};

/// Numbers that a site may set for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// When failed sign-ins lock.
    pub lock: LockRule,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// How long one-time codes hold and how often they are sent.
    pub codes: CodeRule,
}

/// Everything that identity needs to do its work. Clones share it.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    clock: Clock,
    keys: Keys,
    rules: Rules,
    ports: Ports,
    /// Each password hash takes 19 MiB and a core: no more at once than there are cores.
    hashing: Arc<Semaphore>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Identity {
    /// Identity over a database, with the handbook's rules.
    #[must_use]
    pub fn new(db: Db, clock: Clock, keys: Keys) -> Self {
        Self::with_rules(db, clock, keys, Rules::default())
    }

    /// Identity with a site's own rules.
    #[must_use]
    pub fn with_rules(db: Db, clock: Clock, keys: Keys, rules: Rules) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { db, clock, keys, rules, ports: Ports::default(), hashing: Arc::new(Semaphore::new(cores)) }
    }

    /// The same with ports to the world outside.
    #[must_use]
    pub fn with_ports(mut self, ports: Ports) -> Self {
        self.ports = ports;
        self
    }

    /// One step in a transaction of its own, for the edge: `identity.in_write(&act, new, |me, act, tx, new|
    /// Box::pin(me.add_staff(act, tx, new)))`.
    ///
    /// # Errors
    /// Whatever the step answers, and when the database fails.
    pub async fn in_write<A, T, F>(&self, act: &Act, args: A, step: F) -> Result<T, IdentityError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'a> Fn(&'a Self, &'a Act, &'a mut Tx, &'a A) -> db::BoxFuture<'a, Result<T, IdentityError>>
            + Send
            + Sync
            + 'static,
    {
        self.db.write((self.clone(), act.clone(), args), move |tx, (me, act, args)| step(me, act, tx, args)).await
    }

    /// The database, for handlers.
    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// The key ring, for slices above that seal fields of their own.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// Whether the platform itself acts, or a member of staff with one of these roles.
fn permit(act: &Act, roles: &[Role]) -> Result<(), IdentityError> {
    let system = matches!(act.actor, Actor::System);
    if system || roles.iter().any(|role| act.is(*role)) { Ok(()) } else { Err(IdentityError::NotAllowed) }
}
