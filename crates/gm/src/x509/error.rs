//! Why a certificate or a revocation list is refused before anybody asks whether to trust it.

/// Why certificates and revocation lists cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// More bytes than such a thing may have.
    #[error("more bytes than a certificate or a revocation list may have")]
    TooLarge,
    /// Not what it should be: the part that is wrong is named.
    #[error("not a certificate or revocation list: {0} is malformed")]
    Malformed(&'static str),
    /// The key is not an SM2 key, or the signature not one with SM2 over SM3.
    #[error("a certificate or revocation list with another algorithm than SM2 over SM3")]
    OtherAlgorithm,
    /// A part of a name is empty, longer than the standard allows, or holds control characters.
    #[error("a name that a certificate cannot bear: {0}")]
    BadName(&'static str),
    /// A serial number is empty or longer than 20 bytes.
    #[error("not a serial number of 1 to 20 bytes")]
    BadSerial,
    /// A validity that ends before it begins, or reaches out of the years 1970 to 9999.
    #[error("a validity that cannot be written")]
    BadValidity,
    /// A certificate is to be a root, or to issue others, but may not.
    #[error("not a certificate of an authority that may do this: {0}")]
    NotAnAuthority(&'static str),
    /// The signer could not sign.
    #[error("the signer could not sign")]
    Signer(#[from] crate::SignerError),
}

impl kernel::Failure for CertificateError {
    fn kind(&self) -> kernel::Kind {
        match self {
            Self::TooLarge => kernel::Kind::TooLarge,
            Self::OtherAlgorithm => kernel::Kind::Unsupported,
            Self::NotAnAuthority(_) => kernel::Kind::Conflict,
            Self::Signer(error) => error.kind(),
            _ => kernel::Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "x509.too-large",
            Self::Malformed(_) => "x509.malformed",
            Self::OtherAlgorithm => "x509.other-algorithm",
            Self::BadName(_) => "x509.bad-name",
            Self::BadSerial => "x509.bad-serial",
            Self::BadValidity => "x509.bad-validity",
            Self::NotAnAuthority(_) => "x509.not-an-authority",
            Self::Signer(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::TooLarge => "文件过大，不是数字证书或吊销列表，请重新选择文件。",
            Self::Malformed(_) => "文件不是有效的数字证书或吊销列表，请重新选择文件。",
            Self::OtherAlgorithm => "这不是国密（SM2）证书，请提供由 SM2 算法签发的证书。",
            Self::BadName(_) => "证书名称不符合要求，请检查单位名称：不得为空、不得超过 64 个字符。",
            Self::BadSerial => "证书序列号不符合要求，请使用 1 至 20 字节的序列号。",
            Self::BadValidity => "证书有效期不符合要求，请检查起止时间。",
            Self::NotAnAuthority(_) => "该证书不是可以签发的机构证书，请换用机构证书。",
            Self::Signer(error) => return error.advice(),
        }
        .to_owned()
    }
}
