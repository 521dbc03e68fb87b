//! What can go wrong with a demonstration's certificates.

use crate::{KeyError, SignerError, x509::CertificateError};

/// Why a demonstration's certificates cannot be made, kept or used.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// No organisation of that code has a certificate.
    #[error("no certificate for the organisation {0}")]
    UnknownOrganisation(String),
    /// A code is empty, longer than 64, holds other characters than letters, digits and `-`, or stands twice.
    #[error("not a code for an organisation, or a second time: {0:?}")]
    BadCode(String),
    /// The certificate is revoked already.
    #[error("the certificate of {0} is revoked already")]
    RevokedBefore(String),
    /// A file is missing or is not what it should be.
    #[error("the file {0} is missing or is not what it should be")]
    Damaged(String),
    /// A certificate or list cannot be read or made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A key and its certificate do not fit, or the key cannot be used.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The folder cannot be read or written.
    #[error(transparent)]
    Store(#[from] KeyError),
}

impl kernel::Failure for PkiError {
    fn kind(&self) -> kernel::Kind {
        match self {
            Self::UnknownOrganisation(_) => kernel::Kind::NotFound,
            Self::BadCode(_) => kernel::Kind::Invalid,
            Self::RevokedBefore(_) => kernel::Kind::Conflict,
            Self::Damaged(_) => kernel::Kind::Internal,
            Self::Certificate(error) => error.kind(),
            Self::Signer(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownOrganisation(_) => "pki.unknown-organisation",
            Self::BadCode(_) => "pki.bad-code",
            Self::RevokedBefore(_) => "pki.revoked-before",
            Self::Damaged(_) => "pki.damaged",
            Self::Certificate(error) => error.code(),
            Self::Signer(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::UnknownOrganisation(_) => "该单位尚无演示证书，请先签发。".to_owned(),
            Self::BadCode(_) => {
                "单位代码不符合要求或已使用，请使用 64 个以内的字母、数字和“-”，且不得重复。".to_owned()
            }
            Self::RevokedBefore(_) => "该单位的演示证书已被吊销，请勿重复操作。".to_owned(),
            Self::Damaged(file) => format!("演示证书文件（{file}）缺失或已损坏，请从备份中恢复，或重新生成演示证书。"),
            Self::Certificate(error) => error.advice(),
            Self::Signer(error) => error.advice(),
            Self::Store(error) => error.advice(),
        }
    }
}
