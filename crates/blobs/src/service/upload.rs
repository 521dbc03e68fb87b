//! Taking a file in: piece by piece to a temporary object, digested and counted on the way, then examined, and only then
//! given its lasting place and its row.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use gm::Hasher;
use kernel::{AccountId, Act, FileId, SubjectId, Timestamp};
use object_store::{MultipartUpload, ObjectStoreExt as _};
use tokio::sync::Mutex;

use super::{Blobs, StoredFile, name_aad};
use crate::{
    BlobError,
    domain::{self, MediaType, Origin, Refusal, State, inspect},
    objects,
    store::{self, FileRow},
};

/// A file on its way in. Give it all pieces with [`Upload::write`], then [`Upload::finish`] it; one that is dropped
/// leaves nothing behind that the sweep does not find.
#[derive(Debug)]
pub struct Upload {
    blobs: Blobs,
    id: FileId,
    account: Option<AccountId>,
    subject: Option<SubjectId>,
    origin: Origin,
    name: String,
    declared: MediaType,
    limit_bytes: u64,
    at: Timestamp,
    hasher: Hasher,
    size: u64,
    gathered: BytesMut,
    /// Behind a lock that is never contended, so that the upload may be shared between threads while it is awaited.
    writer: Mutex<Box<dyn MultipartUpload>>,
}

impl Blobs {
    /// Begins to take in a file called `name`, of at most `limit_bytes`. `media_type` is what the sender says it is.
    /// Errors: a name or a kind that is not accepted.
    pub async fn begin(
        &self,
        act: &Act,
        name: &str,
        media_type: Option<&str>,
        limit_bytes: u64,
    ) -> Result<Upload, BlobError> {
        let declared = domain::declared(name, media_type)?;
        let id = FileId::fresh(act.at);
        let writer = self.store.objects.put_multipart(&objects::incoming(id)).await?;
        Ok(Upload {
            blobs: self.clone(),
            id,
            account: act.account(),
            subject: act.subject(),
            origin: Origin::Uploaded,
            name: name.to_owned(),
            declared,
            limit_bytes,
            at: act.at,
            hasher: Hasher::new(),
            size: 0,
            gathered: BytesMut::new(),
            writer: Mutex::new(writer),
        })
    }

    /// Takes in a whole stream: [`Blobs::begin`], every piece, [`Upload::finish`].
    pub async fn put<S, E>(
        &self,
        act: &Act,
        mut stream: S,
        name: &str,
        limit_bytes: u64,
    ) -> Result<StoredFile, BlobError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut upload = self.begin(act, name, None, limit_bytes).await?;
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => upload.write(piece).await?,
                Err(error) => {
                    upload.abort().await;
                    return Err(BlobError::Broken(error.into()));
                }
            }
        }
        upload.finish().await
    }

    /// Keeps a file that the platform made itself. It is examined like any other.
    pub async fn put_bytes(&self, act: &Act, name: &str, bytes: Bytes) -> Result<StoredFile, BlobError> {
        let mut upload = self.begin(act, name, None, u64::MAX).await?;
        upload.origin = Origin::Made;
        upload.account = None;
        upload.subject = None;
        upload.write(bytes).await?;
        upload.finish().await
    }
}

impl Upload {
    /// Takes the next piece. After an error the upload is over and nothing of it stays.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), BlobError> {
        self.size += piece.len() as u64;
        if self.size > self.limit_bytes {
            self.abort().await;
            return Err(BlobError::TooLarge { limit_bytes: self.limit_bytes });
        }
        self.hasher.update(&piece);
        self.gathered.extend_from_slice(&piece);
        while self.gathered.len() >= self.blobs.store.part_bytes {
            let part = self.gathered.split_to(self.blobs.store.part_bytes).freeze();
            self.send(part).await?;
        }
        Ok(())
    }

    /// Examines what came, gives it its place and its row. Errors: [`BlobError::Refused`] when it is not accepted; its
    /// bytes then wait in quarantine.
    pub async fn finish(mut self) -> Result<StoredFile, BlobError> {
        if self.size == 0 {
            self.abort().await;
            return Err(Refusal::Empty.into());
        }
        let rest = self.gathered.split().freeze();
        if !rest.is_empty() {
            self.send(rest).await?;
        }
        if let Err(error) = self.writer.get_mut().complete().await {
            self.abort().await;
            return Err(error.into());
        }
        let found = match self.examine().await {
            Ok(found) => found,
            Err(error) => {
                self.forget(&objects::incoming(self.id)).await;
                return Err(error);
            }
        };
        let sm3 = std::mem::take(&mut self.hasher).finish_hex();
        match found {
            Ok(media_type) => self.keep(media_type, sm3).await,
            Err(refusal) => {
                self.quarantine(&refusal, sm3).await?;
                Err(refusal.into())
            }
        }
    }

    /// Breaks off: nothing stays.
    pub async fn abort(&mut self) {
        if let Err(error) = self.writer.get_mut().abort().await {
            tracing::warn!(file.id = %self.id, %error, "an upload that broke off could not be cleared; the sweep will do it");
        }
    }

    async fn send(&mut self, part: Bytes) -> Result<(), BlobError> {
        if let Err(error) = self.writer.get_mut().put_part(part.into()).await {
            self.abort().await;
            return Err(error.into());
        }
        Ok(())
    }

    async fn examine(&self) -> Result<Result<MediaType, Refusal>, BlobError> {
        // The semaphore is never closed, so that waiting cannot fail; without a permit it would only be less orderly.
        let _turn = self.blobs.examinations.acquire().await;
        let bytes = self.blobs.store.objects.get(&objects::incoming(self.id)).await?.bytes().await?;
        let declared = self.declared;
        tokio::task::spawn_blocking(move || inspect(&bytes, declared)).await.map_err(BlobError::Examination)
    }

    async fn keep(self, media_type: MediaType, sm3: String) -> Result<StoredFile, BlobError> {
        let lasting = objects::lasting(self.id, self.at);
        let placed = self.blobs.store.objects.rename(&objects::incoming(self.id), &lasting).await;
        if let Err(error) = placed {
            self.forget(&objects::incoming(self.id)).await;
            return Err(error.into());
        }
        if let Err(error) = self.record(media_type, &sm3, State::Stored, None).await {
            self.forget_unless_recorded(&lasting, &error).await;
            return Err(error);
        }
        tracing::info!(file.id = %self.id, file.size = self.size, file.media_type = %media_type, "file {} stored", self.id);
        Ok(StoredFile { id: self.id, sm3, size: self.size, media_type, name: self.name })
    }

    async fn quarantine(&self, refusal: &Refusal, sm3: String) -> Result<(), BlobError> {
        let place = objects::quarantine(self.id);
        let placed = self.blobs.store.objects.rename(&objects::incoming(self.id), &place).await;
        if let Err(error) = placed {
            self.forget(&objects::incoming(self.id)).await;
            return Err(error.into());
        }
        if let Err(error) = self.record(self.declared, &sm3, State::Quarantined, Some(refusal.code())).await {
            self.forget_unless_recorded(&place, &error).await;
            return Err(error);
        }
        tracing::warn!(file.id = %self.id, reason = refusal.code(), "file {} quarantined: {refusal}", self.id);
        Ok(())
    }

    async fn record(
        &self,
        media_type: MediaType,
        sm3: &str,
        state: State,
        reason: Option<&'static str>,
    ) -> Result<(), BlobError> {
        let row = FileRow {
            id: self.id,
            account: self.account,
            subject: self.subject,
            origin: self.origin,
            name: self.blobs.keys.seal(&name_aad(self.id), self.name.as_bytes()),
            media_type,
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            sm3: sm3.to_owned(),
            state,
            reason,
            at: self.at,
        };
        self.blobs.db.write(row, |tx, row| Box::pin(async { Ok(store::insert(tx, row).await?) })).await
    }

    /// The row could not be written, or may have been: then the bytes stay for it, and the sweep looks whether it is there.
    async fn forget_unless_recorded(&self, place: &object_store::path::Path, error: &BlobError) {
        if !matches!(error, BlobError::Db(db::DbError::OutcomeUnknown(_))) {
            self.forget(place).await;
        }
    }

    async fn forget(&self, place: &object_store::path::Path) {
        if let Err(error) = self.blobs.store.objects.delete(place).await {
            tracing::warn!(file.id = %self.id, %error, "an object could not be deleted; the sweep will do it");
        }
    }
}
