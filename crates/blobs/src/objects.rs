//! The port to where the bytes lie: a folder, an S3-compatible store, or memory.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::{FileId, Timestamp, city_date};
use object_store::{ObjectStore, local::LocalFileSystem, memory::InMemory, path::Path as ObjectPath};

use crate::BlobError;

/// Where the bytes lie. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) objects: Arc<dyn ObjectStore>,
    /// Bytes gathered before a part is written.
    pub(crate) part_bytes: usize,
    /// The folder, when it is one.
    pub(crate) root: Option<PathBuf>,
}

impl Store {
    /// A folder of the local file system, made when it is not there. Writes are on the disk before they are confirmed.
    pub fn folder(path: &Path) -> Result<Self, BlobError> {
        let failed = |source| object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(source) };
        std::fs::create_dir_all(path).map_err(|e: std::io::Error| failed(e))?;
        let objects = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), part_bytes: 256 * 1024, root: Some(path.to_owned()) })
    }

    /// Memory: for tests and trials; lost when the process ends.
    #[must_use]
    pub fn memory() -> Self {
        Self { objects: Arc::new(InMemory::new()), part_bytes: 256 * 1024, root: None }
    }

    /// Any object store, with the size its parts must have but for the last.
    #[must_use]
    pub fn over(objects: Arc<dyn ObjectStore>, part_bytes: usize) -> Self {
        Self { objects, part_bytes: part_bytes.max(1), root: None }
    }

    /// The objects themselves, for tests and repairs.
    #[must_use]
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// A bucket of an S3-compatible store. Credentials and region come from the usual `AWS_…` environment; `endpoint` is
    /// the address of a store of one's own. Give the bucket a life-cycle rule that drops unfinished uploads.
    #[cfg(feature = "s3")]
    pub fn s3(bucket: &str, endpoint: Option<&str>) -> Result<Self, BlobError> {
        // Whoever comes first in this process chooses; a second choice is none.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let mut builder = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(bucket);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        // Somebody waits for the answer: a store that is away is told within seconds.
        let retry = object_store::RetryConfig {
            max_retries: 3,
            retry_timeout: std::time::Duration::from_secs(15),
            ..object_store::RetryConfig::default()
        };
        builder = builder.with_retry(retry);
        Ok(Self::over(Arc::new(builder.build()?), 6 * 1024 * 1024))
    }
}

/// While it comes in and is examined.
pub(crate) fn incoming(id: FileId) -> ObjectPath {
    ObjectPath::from(format!("incoming/{id}"))
}

/// Its lasting place, in a folder per day.
pub(crate) fn lasting(id: FileId, at: Timestamp) -> ObjectPath {
    ObjectPath::from(format!("{}/{id}", day_folder(at)))
}

/// The folder of the day on which `at` lies.
pub(crate) fn day_folder(at: Timestamp) -> String {
    let day = city_date(at);
    format!("files/{:04}/{:02}/{:02}", day.year(), day.month(), day.day())
}

/// Where refused bytes wait, unreadable to users.
pub(crate) fn quarantine(id: FileId) -> ObjectPath {
    ObjectPath::from(format!("quarantine/{id}"))
}
