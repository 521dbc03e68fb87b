//! The steps: a seal's life, its uses.

mod founding;
mod life;
mod making;
mod using;

use std::sync::Arc;

use db::Db;
use kernel::Clock;
use settings::Settings;
use tokio::sync::{Mutex, Semaphore};
use vocab::Vocabulary;

use crate::SealKeys;

pub use life::may as may_step;
pub use making::Stamped;
pub use using::ChainReport;

/// The seals of the city. Cheap to clone.
#[derive(Clone)]
pub struct Seals {
    db: Db,
    clock: Clock,
    vocabulary: Vocabulary,
    settings: Settings,
    keys: Option<Arc<dyn SealKeys>>,
    /// Held while a demonstration founds a seal: two that need the same one at once must not found two.
    founding: Arc<Mutex<()>>,
    /// Checks of strangers' files that run at once.
    checks: Arc<Semaphore>,
}

/// Checks at once: each may unpack a file of hundreds of megabytes.
const CHECKS: usize = 2;

impl std::fmt::Debug for Seals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seals").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Seals {
    /// Over a database. Without keys seals are neither made nor used.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        vocabulary: Vocabulary,
        settings: Settings,
        keys: Option<Arc<dyn SealKeys>>,
    ) -> Self {
        Self {
            db,
            clock,
            vocabulary,
            settings,
            keys,
            founding: Arc::default(),
            checks: Arc::new(Semaphore::new(CHECKS)),
        }
    }

    /// The database, for handlers.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// The clock, for handlers.
    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Departments.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }
}
