//! The sealed document of a certificate.

use kernel::{FileId, Timestamp};

kernel::words!(
    /// How the document of a certificate stands.
    FileState {
        Waiting = "waiting" / "等待制证",
        Sealed = "sealed" / "已制证",
        Dropped = "dropped" / "制证前已失效",
    }
);

/// The document of one version of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFile {
    /// How it stands.
    pub state: FileState,
    /// The sealed OFD file.
    pub file: Option<FileId>,
    /// SM3 of it, hex.
    pub digest: Option<String>,
    /// When it was sealed or dropped.
    pub sealed_at: Option<Timestamp>,
    /// Why it still waits: code of the last failure.
    pub waits_for: Option<String>,
}
