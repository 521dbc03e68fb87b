//! The signer's port: who signs, and where the key lies. The key never leaves its place, so that a certified module
//! (SDF), a key in somebody's hand (SKF) or a remote signing service can stand behind the same trait.

use std::error::Error;

use crate::{
    sm2::{SecretKey, Signature, Sm2Error},
    x509::{Certificate, CertificateError},
};

/// Somebody who signs with SM2 and has a certificate.
///
/// Signing may take as long as a device or a network takes: call it where blocking is allowed, never on a thread that
/// serves others (in a service: `tokio::task::spawn_blocking`).
pub trait Signer: Send + Sync + 'static {
    /// The signer's certificate.
    fn certificate(&self) -> &Certificate;
    /// Signs a whole message as the signer with the default identifier (`sm2::DEFAULT_ID`). A module that signs digests
    /// is given `certificate().key().digest(&SignerId::default(), message)`.
    ///
    /// # Errors
    /// When the key cannot be used just now, or its holder refuses.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError>;
    /// Signs, and checks the signature under the certificate before anybody relies on it: a module that holds another key
    /// than its certificate says is noticed here and not at the recipient's.
    ///
    /// # Errors
    /// As [`Signer::sign`], and [`SignerError::WrongKey`].
    fn sign_checked(&self, message: &[u8]) -> Result<Signature, SignerError> {
        let signature = self.sign(message)?;
        if !self.certificate().key().verify(message, &signature) {
            return Err(SignerError::WrongKey);
        }
        Ok(signature)
    }
}

/// Why a signer did not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The device or service does not answer; trying again is right.
    #[error("the signer cannot be reached")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The device, the service or the key's holder refuses.
    #[error("the signer refuses: {0}")]
    Refused(String),
    /// The key does not belong to the certificate.
    #[error("the signer's key does not belong to its certificate")]
    WrongKey,
    /// The key file cannot be opened.
    #[error(transparent)]
    Key(#[from] Sm2Error),
}

impl kernel::Failure for SignerError {
    fn kind(&self) -> kernel::Kind {
        match self {
            Self::Unavailable(_) => kernel::Kind::Unavailable,
            Self::Refused(_) => kernel::Kind::Forbidden,
            Self::WrongKey => kernel::Kind::Internal,
            Self::Key(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "signer.unavailable",
            Self::Refused(_) => "signer.refused",
            Self::WrongKey => "signer.wrong-key",
            Self::Key(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::Unavailable(_) => "签名设备或签名服务暂时无法使用，请稍后再试；仍不行请联系系统管理员。",
            Self::Refused(_) => "签名被拒绝，请核对签名设备的口令与授权后再试。",
            Self::WrongKey => "签名密钥与证书不一致，已停止签名，请联系系统管理员核查。",
            Self::Key(error) => return error.advice(),
        }
        .to_owned()
    }
}

/// A signer whose key lies in this process's memory: for development, tests and small sites. Under a
/// commercial-cryptography assessment (GB/T 39786—2021) a certified module stands in its place.
#[derive(Debug)]
pub struct SoftSigner {
    certificate: Certificate,
    key: SecretKey,
}

impl SoftSigner {
    /// A signer with this certificate and key.
    ///
    /// # Errors
    /// [`SignerError::WrongKey`] when they do not belong together.
    pub fn new(certificate: Certificate, key: SecretKey) -> Result<Self, SignerError> {
        if certificate.key() != key.public_key() {
            return Err(SignerError::WrongKey);
        }
        Ok(Self { certificate, key })
    }
    /// A signer from its two files: the certificate, in DER or PEM, and the key as encrypted PKCS#8 in PEM.
    ///
    /// # Errors
    /// When the certificate cannot be read, the key cannot be opened, or they do not belong together.
    pub fn open(certificate: &[u8], key: &str, password: &str) -> Result<Self, CertificateError> {
        let key = SecretKey::from_encrypted_pem(key, password).map_err(SignerError::from)?;
        Ok(Self::new(Certificate::from_file(certificate)?, key)?)
    }
}

impl Signer for SoftSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError> {
        Ok(self.key.sign(message))
    }
}
