//! The port behind which keys of seals lie: a certified module with its authority in service, [`crate::DemoKeys`] in a
//! demonstration.

use std::sync::Arc;

use gm::{Signer, x509::Trust};
use kernel::{Failure, Kind, Timestamp};

/// Why the keys of seals cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The authority or its folder fails.
    #[error(transparent)]
    Pki(#[from] gm::pki::PkiError),
    /// The folder's password cannot be kept or opened.
    #[error(transparent)]
    Key(#[from] gm::KeyError),
    /// The device or service behind the port does not answer.
    #[error("the keys of seals cannot be reached: {0}")]
    Unreachable(String),
}

impl Failure for KeysError {
    fn kind(&self) -> Kind {
        match self {
            Self::Pki(error) => error.kind(),
            Self::Key(error) => error.kind(),
            Self::Unreachable(_) => Kind::Unavailable,
        }
    }
    fn code(&self) -> &'static str {
        "seals.keys"
    }
    fn advice(&self) -> String {
        "印章的密钥暂时不能使用，请稍后再试；仍不行请联系安全管理员。".to_owned()
    }
}

/// Who makes seals (制章者) and who signs with them (签章者). Every call may take as long as a device takes: never on a
/// thread that serves others.
pub trait SealKeys: Send + Sync + 'static {
    /// Short name of the maker in the seals it makes (vid), ASCII.
    fn vendor(&self) -> &str;
    /// What every picture of a seal must say below everything else, such as 演示专用; none in service.
    fn note(&self) -> Option<&'static str>;
    /// The maker's signer.
    ///
    /// # Errors
    /// When the key cannot be reached.
    fn maker(&self) -> Result<Arc<dyn Signer>, KeysError>;
    /// Gives the seal `number` of the body `name` a key and a certificate of its own, valid up to `until` at most. A seal
    /// that has one keeps it.
    ///
    /// # Errors
    /// When none can be issued.
    fn enrol(&self, number: &str, name: &str, from: Timestamp, until: Timestamp) -> Result<(), KeysError>;
    /// Who signs with the seal `number`.
    ///
    /// # Errors
    /// When the key cannot be reached, or there is none.
    fn signer(&self, number: &str) -> Result<Arc<dyn Signer>, KeysError>;
    /// Whom to trust, with the lists of what was revoked.
    ///
    /// # Errors
    /// When the lists cannot be reached.
    fn trust(&self) -> Result<Trust, KeysError>;
    /// What somebody needs who checks documents without this platform: the root, the authorities and the lists, in PEM.
    ///
    /// # Errors
    /// As [`SealKeys::trust`].
    fn to_pem(&self) -> Result<String, KeysError>;
}
