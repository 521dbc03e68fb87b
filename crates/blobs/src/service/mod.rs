//! The steps: take in, look up, hand out, refer to, sweep.

mod read;
mod sweep;
mod upload;

use std::sync::Arc;

use db::Db;
use gm::Keys;
use kernel::{AccountId, Act, Clock, FileId, SubjectId, Timestamp};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::{
    domain::{MediaType, Origin, State},
    objects::Store,
};

pub use read::Content;
pub use sweep::SweepReport;
pub use upload::Upload;

/// The usual limit of one upload: 20 MB (security requirement S4.4).
pub const LIMIT_BYTES: u64 = 20 * 1024 * 1024;

/// Contents examined at one time: each may stand in memory whole.
const EXAMINATIONS: usize = 4;

/// Uploaded and made files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    db: Db,
    store: Store,
    clock: Clock,
    keys: Keys,
    examinations: Arc<Semaphore>,
}

/// What the sender of a file is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredFile {
    /// Its id.
    pub id: FileId,
    /// SM3 of its bytes, 64 hexadecimal digits.
    pub sm3: String,
    /// Bytes.
    pub size: u64,
    /// What it really is.
    pub media_type: MediaType,
    /// Its name as given.
    pub name: String,
}

/// What is known of a stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// Its id.
    pub id: FileId,
    /// The login that uploaded it; none when the platform made it.
    pub account: Option<AccountId>,
    /// In whose name it was uploaded; none for staff and the platform.
    pub subject: Option<SubjectId>,
    /// How it came to be.
    pub origin: Origin,
    /// Its name as given.
    pub name: String,
    /// What it really is.
    pub media_type: MediaType,
    /// Bytes.
    pub size: u64,
    /// SM3 of its bytes, 64 hexadecimal digits.
    pub sm3: String,
    /// Stored, or used by something.
    pub state: State,
    /// When it was stored.
    pub at: Timestamp,
}

impl FileMeta {
    /// Whether this actor uploaded it, in the same name in which he acts now.
    #[must_use]
    pub fn uploaded_by(&self, act: &Act) -> bool {
        self.account.is_some() && self.account == act.account() && self.subject == act.subject()
    }

    /// Whether it was uploaded in the name in which this actor acts now: agents of one enterprise go on with each
    /// other's applications.
    #[must_use]
    pub fn uploaded_for(&self, act: &Act) -> bool {
        self.origin == Origin::Uploaded && self.subject.is_some() && self.subject == act.subject()
    }
}

impl Blobs {
    /// Files whose records are in `db` and whose bytes are in `store`.
    #[must_use]
    pub fn new(db: Db, store: Store, clock: Clock, keys: Keys) -> Self {
        Self { db, store, clock, keys, examinations: Arc::new(Semaphore::new(EXAMINATIONS)) }
    }
}

/// What a sealed name is bound to, so that it cannot be moved to another row.
fn name_aad(id: FileId) -> String {
    format!("blob_file.name:{id}")
}
