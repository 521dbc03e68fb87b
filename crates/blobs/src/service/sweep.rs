//! What nobody needs is not kept: files never used, quarantined bytes after their time, remains of broken uploads
//! (personal information is kept for the shortest time necessary, 个人信息保护法 第十九条).

use futures_util::StreamExt as _;
use jiff::SignedDuration;
use kernel::{FileId, Timestamp};
use object_store::{ObjectStoreExt as _, path::Path};

use super::Blobs;
use crate::{BlobError, domain::State, objects, store};

/// Days after which a file that nothing refers to is removed.
const UNUSED_DAYS: i64 = 90;
/// Days for which quarantined bytes are kept.
const QUARANTINE_DAYS: i64 = 30;
/// Hours after which an unfinished upload is taken for broken off.
const BROKEN_HOURS: i64 = 24;
/// Rows per statement.
const AT_ONCE: i64 = 200;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Files that nothing referred to.
    pub unused: u64,
    /// Quarantined files whose time is over.
    pub quarantined: u64,
    /// Objects without a row.
    pub orphans: u64,
}

impl Blobs {
    /// Removes what is no longer needed. May run at any time and on several processes at once.
    pub async fn sweep(&self) -> Result<SweepReport, BlobError> {
        let now = self.clock.now();
        let mut report = SweepReport::default();
        self.finish_removals(now).await?;
        report.unused = self.give_up(State::Stored, before(now, UNUSED_DAYS * 24), now).await?;
        report.quarantined = self.give_up(State::Quarantined, before(now, QUARANTINE_DAYS * 24), now).await?;
        report.orphans = self.clear_orphans(now).await?;
        tracing::info!(?report, "file sweep done");
        Ok(report)
    }

    /// First the row says that the bytes are given up, then they go, then the row says so: a stop in between is taken up
    /// by the next sweep.
    async fn give_up(&self, state: State, than: Timestamp, now: Timestamp) -> Result<u64, BlobError> {
        let mut count = 0;
        loop {
            let old = store::older(&mut *self.db.read().await?, state, than, AT_ONCE).await?;
            if old.is_empty() {
                return Ok(count);
            }
            for (id, at) in old {
                let ours: bool = self
                    .db
                    .write((id, state, now), |tx, (id, state, now)| {
                        Box::pin(async { Ok::<_, BlobError>(store::remove(tx, *id, *state, *now).await?) })
                    })
                    .await?;
                if ours {
                    self.delete(id, at).await?;
                    count += 1;
                }
            }
        }
    }

    async fn finish_removals(&self, now: Timestamp) -> Result<(), BlobError> {
        loop {
            let left = store::older(&mut *self.db.read().await?, State::Removed, now, AT_ONCE).await?;
            if left.is_empty() {
                return Ok(());
            }
            for (id, at) in left {
                self.delete(id, at).await?;
            }
        }
    }

    async fn delete(&self, id: FileId, at: Timestamp) -> Result<(), BlobError> {
        self.erase(&objects::lasting(id, at)).await?;
        self.erase(&objects::quarantine(id)).await?;
        self.db.write(id, |tx, id| Box::pin(async { Ok::<_, BlobError>(store::gone(tx, *id).await?) })).await
    }

    /// Deletes an object; that it is not there is as good.
    async fn erase(&self, place: &Path) -> Result<(), BlobError> {
        match self.store.objects.delete(place).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Unfinished uploads, and objects of the last days whose row was never written because the process stopped.
    async fn clear_orphans(&self, now: Timestamp) -> Result<u64, BlobError> {
        let old = before(now, BROKEN_HOURS);
        let mut count = self.clear_parts(old).await?;
        let mut folders = vec!["incoming".to_owned(), "quarantine".to_owned()];
        folders.extend((1..=3).map(|days| objects::day_folder(before(now, days * 24))));
        for folder in folders {
            let mut listed = self.store.objects.list(Some(&Path::from(folder.as_str())));
            while let Some(object) = listed.next().await {
                let object = object?;
                let Some(id) = object.location.filename().and_then(|name| name.parse::<FileId>().ok()) else {
                    continue;
                };
                if object.last_modified.timestamp_millis() >= old.as_millisecond() {
                    continue;
                }
                let known = folder != "incoming" && store::find(&mut *self.db.read().await?, id).await?.is_some();
                if !known {
                    self.erase(&object.location).await?;
                    count += 1;
                }
            }
        }
        Ok(count)
    }
}

impl Blobs {
    /// In a folder an unfinished upload is a file that the store does not list, left when the process was killed.
    async fn clear_parts(&self, old: Timestamp) -> Result<u64, BlobError> {
        let Some(root) = &self.store.root else { return Ok(0) };
        let folder = root.join("incoming");
        let cleared =
            tokio::task::spawn_blocking(move || remove_parts(&folder, old)).await.map_err(BlobError::Examination)?;
        cleared.map_err(|error| {
            BlobError::Objects(object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(error) })
        })
    }
}

/// Removes the parts of unfinished uploads, whose names end in `#` and a number.
fn remove_parts(folder: &std::path::Path, old: Timestamp) -> std::io::Result<u64> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut count = 0;
    for entry in entries {
        let entry = entry?;
        let part = entry.file_name().to_string_lossy().contains('#');
        let changed = Timestamp::try_from(entry.metadata()?.modified()?).unwrap_or(Timestamp::MAX);
        if part && changed < old {
            std::fs::remove_file(entry.path())?;
            count += 1;
        }
    }
    Ok(count)
}

fn before(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN)
}
