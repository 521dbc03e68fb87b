//! What can go wrong with a file, and what the person who sent it can do about it.

use db::DbError;
use gm::KeyError;
use kernel::{Failure, Fault, FileId, Kind};

use crate::domain::Refusal;

/// Why a file could not be taken, found or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// More bytes than the limit of this upload.
    #[error("file is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The file is not one that is taken in; the bytes lie in quarantine, if any had come.
    #[error("file refused: {0}")]
    Refused(#[from] Refusal),
    /// There is no such file, or no longer.
    #[error("no file {0}")]
    NotFound(FileId),
    /// The stored bytes are not those that were stored.
    #[error("stored bytes of file {0} do not match their digest")]
    Tampered(FileId),
    /// The disk or the quota of the store is full.
    #[error("file storage is full")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sender's stream broke off.
    #[error("upload broke off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The object store failed.
    #[error("file storage failed")]
    Objects(#[source] object_store::Error),
    /// The row could not be written or read.
    #[error("file records failed")]
    Db(#[source] DbError),
    /// The name could not be opened.
    #[error("file name of {0} could not be opened")]
    Keys(FileId, #[source] KeyError),
    /// The examination of the content stopped unexpectedly.
    #[error("examination of the content stopped")]
    Examination(#[source] tokio::task::JoinError),
}

impl From<DbError> for BlobError {
    fn from(error: DbError) -> Self {
        if matches!(error, DbError::Full(_)) { Self::Full(Box::new(error)) } else { Self::Db(error) }
    }
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        if says_full(&error) { Self::Full(Box::new(error)) } else { Self::Objects(error) }
    }
}

/// Whether a full disk, an exhausted quota or a file size limit stands anywhere in the chain of causes.
fn says_full(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::{Error, ErrorKind};
    let mut cause = Some(error);
    while let Some(e) = cause {
        if let Some(io) = e.downcast_ref::<Error>()
            && matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
        {
            return true;
        }
        cause = e.source();
    }
    false
}

impl Failure for BlobError {
    fn kind(&self) -> Kind {
        match self {
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::Refused(refusal) => refusal.kind(),
            Self::NotFound(_) => Kind::NotFound,
            // A store that does not answer, or a disk that fails: both may be over in a moment.
            Self::Full(_) | Self::Objects(object_store::Error::Generic { .. }) => Kind::Unavailable,
            Self::Broken(_) => Kind::Invalid,
            Self::Db(error) => error.kind(),
            Self::Tampered(_) | Self::Objects(_) | Self::Keys(..) | Self::Examination(_) => Kind::Internal,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "blobs.too-large",
            Self::Refused(refusal) => refusal.code(),
            Self::NotFound(_) => "blobs.not-found",
            Self::Tampered(_) => "blobs.tampered",
            Self::Full(_) => "blobs.full",
            Self::Broken(_) => "blobs.broken-off",
            Self::Objects(_) | Self::Keys(..) | Self::Examination(_) => "blobs.storage",
            Self::Db(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::TooLarge { limit_bytes } => {
                format!("文件超过 {} MB，请压缩或者拆分后再上传。", limit_bytes / (1024 * 1024))
            }
            Self::Refused(refusal) => refusal.advice(),
            Self::NotFound(_) => "没有这个文件，或者文件已经清理，请重新上传。".to_owned(),
            Self::Tampered(_) => "文件的内容与上传时不一致，已经停止下载，请联系平台管理员核查。".to_owned(),
            Self::Full(_) => "文件存储空间不足，暂时不能上传。已填写的内容不受影响，请稍后再试。".to_owned(),
            Self::Broken(_) => "文件没有传完，请检查网络后重新上传。".to_owned(),
            Self::Db(error) => error.advice(),
            Self::Objects(_) | Self::Keys(..) | Self::Examination(_) => {
                "文件暂时不能读写，请稍后再试；仍然不行请联系平台管理员。".to_owned()
            }
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Refused(refusal) => vec![Fault::new("/file", refusal.code(), refusal.advice())],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let full = object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(std::io::Error::from_raw_os_error(28)),
        };
        assert_eq!(BlobError::from(full).code(), "blobs.full");
        let other = object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(std::io::Error::from_raw_os_error(5)),
        };
        assert_eq!(BlobError::from(other).code(), "blobs.storage");
    }
}
