//! Looking a file up, handing it out, and referring to it.

use bytes::Bytes;
use db::Tx;
use futures_util::{StreamExt as _, stream::BoxStream};
use gm::Hasher;
use kernel::{Act, FileId};
use object_store::ObjectStoreExt as _;

use super::{Blobs, FileMeta, name_aad};
use crate::{
    BlobError,
    domain::State,
    objects,
    store::{self, FileRow},
};

/// A file that is handed out.
pub struct Content {
    /// What is known of it.
    pub meta: FileMeta,
    /// Its bytes, whose digest has been checked.
    pub stream: BoxStream<'static, Result<Bytes, BlobError>>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("meta", &self.meta).finish_non_exhaustive()
    }
}

impl Blobs {
    /// What is known of a file that is stored or used. Errors: [`BlobError::NotFound`], also for quarantined and removed
    /// files.
    pub async fn meta(&self, tx: &mut Tx, id: FileId) -> Result<FileMeta, BlobError> {
        let row = store::find(tx, id).await?.ok_or(BlobError::NotFound(id))?;
        if !matches!(row.state, State::Stored | State::Used) {
            return Err(BlobError::NotFound(id));
        }
        self.opened(row)
    }

    /// Marks a file as used within the caller's transaction, so that the sweep leaves it. Errors:
    /// [`BlobError::NotFound`] when it is not there, quarantined, or was swept meanwhile.
    pub async fn attach(&self, act: &Act, tx: &mut Tx, id: FileId) -> Result<FileMeta, BlobError> {
        if !store::attach(tx, id, act.at).await? {
            return Err(BlobError::NotFound(id));
        }
        self.meta(tx, id).await
    }

    /// Takes the mark back: whoever referred to it no longer does, and nobody else may. The sweep removes it in its time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, tx: &mut Tx, id: FileId) -> Result<(), BlobError> {
        Ok(store::release(tx, id).await?)
    }

    /// Opens a file for handing out. The stored bytes are digested first, and nothing is given when they are not the
    /// recorded ones. Whether the actor may have it is for the caller to decide by [`FileMeta`].
    pub async fn open(&self, id: FileId) -> Result<Content, BlobError> {
        let meta = self.meta(&mut *self.db.read().await?, id).await?;
        let place = objects::lasting(id, meta.at);
        let mut hasher = Hasher::new();
        let mut pieces = self.object(id, &place).await?;
        while let Some(piece) = pieces.next().await {
            hasher.update(&piece?);
        }
        if hasher.finish_hex() != meta.sm3 {
            tracing::error!(file.id = %id, "the stored bytes of file {id} do not match their digest");
            return Err(BlobError::Tampered(id));
        }
        Ok(Content { meta, stream: self.object(id, &place).await? })
    }

    /// The whole content in memory, checked like [`Blobs::open`].
    pub async fn read(&self, id: FileId) -> Result<(FileMeta, Bytes), BlobError> {
        let Content { meta, mut stream } = self.open(id).await?;
        let mut all = Vec::with_capacity(usize::try_from(meta.size).unwrap_or_default());
        while let Some(piece) = stream.next().await {
            all.extend_from_slice(&piece?);
        }
        Ok((meta, all.into()))
    }

    async fn object(
        &self,
        id: FileId,
        place: &object_store::path::Path,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        match self.store.objects.get(place).await {
            Ok(found) => Ok(found.into_stream().map(|piece| piece.map_err(BlobError::from)).boxed()),
            Err(object_store::Error::NotFound { .. }) => {
                // There is a row, so that there should be bytes: somebody has taken them away.
                tracing::error!(file.id = %id, "the bytes of file {id} are missing from the store");
                Err(BlobError::Tampered(id))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn opened(&self, row: FileRow) -> Result<FileMeta, BlobError> {
        let name = self.keys.open_text(&name_aad(row.id), &row.name).map_err(|e| BlobError::Keys(row.id, e))?;
        Ok(FileMeta {
            id: row.id,
            account: row.account,
            subject: row.subject,
            origin: row.origin,
            name,
            media_type: row.media_type,
            size: u64::try_from(row.size).unwrap_or_default(),
            sm3: row.sm3,
            state: row.state,
            at: row.at,
        })
    }
}
