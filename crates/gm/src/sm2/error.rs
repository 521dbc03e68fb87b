//! Why a key or a signature is refused.

/// Why SM2 keys or signatures are refused. No variant holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Sm2Error {
    /// Not a number that may be a secret key: 1 to n − 2 (GB/T 32918.1—2016, 6.1).
    #[error("not an SM2 secret key")]
    SecretOutOfRange,
    /// Not the encoding of a point of the curve, or the point at infinity.
    #[error("not an SM2 public key")]
    NotAPoint,
    /// A key for another algorithm or another curve.
    #[error("a key, but not an SM2 key")]
    OtherAlgorithm,
    /// Bytes or a text that are no key of the expected form.
    #[error("not a key in the expected form")]
    MalformedKey,
    /// Not `SEQUENCE { r, s }` in DER, or not 64 bytes, or r or s out of 1 to n − 1.
    #[error("not an SM2 signature")]
    MalformedSignature,
    /// A signer's identifier is longer than 8191 bytes: its length in bits must fit in 16 bits.
    #[error("the signer's identifier is longer than 8191 bytes")]
    IdTooLong,
    /// The password does not open the key.
    #[error("the password does not open the key")]
    WrongPassword,
    /// The key is encrypted in a way that is not supported, or with parameters that would hold up the machine.
    #[error("the key is encrypted with a scheme that is not supported")]
    UnsupportedEncryption,
    /// A new password has fewer than eight characters.
    #[error("the password is shorter than eight characters")]
    PasswordTooShort,
}

impl kernel::Failure for Sm2Error {
    fn kind(&self) -> kernel::Kind {
        match self {
            Self::OtherAlgorithm | Self::UnsupportedEncryption => kernel::Kind::Unsupported,
            _ => kernel::Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::SecretOutOfRange | Self::NotAPoint | Self::MalformedKey => "sm2.malformed-key",
            Self::OtherAlgorithm => "sm2.other-algorithm",
            Self::MalformedSignature => "sm2.malformed-signature",
            Self::IdTooLong => "sm2.id-too-long",
            Self::WrongPassword => "sm2.wrong-password",
            Self::UnsupportedEncryption => "sm2.unsupported-encryption",
            Self::PasswordTooShort => "sm2.password-too-short",
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::SecretOutOfRange | Self::NotAPoint | Self::MalformedKey => {
                "密钥内容不正确，请提供 SM2 密钥文件（PEM 格式）。"
            }
            Self::OtherAlgorithm => "这不是 SM2 密钥，请提供 SM2 密钥文件。",
            Self::MalformedSignature => "签名值格式不正确，请重新签名后再提交。",
            Self::IdTooLong => "签名者标识过长，请缩短到 8191 字节以内。",
            Self::WrongPassword => "密钥口令不正确，请核对后重新输入。",
            Self::UnsupportedEncryption => {
                "不支持该密钥文件的加密方式，请用 PBKDF2 与 AES-CBC 重新加密（例如 openssl pkcs8 -topk8 -v2 aes-256-cbc）。"
            }
            Self::PasswordTooShort => "密钥口令不得少于 8 个字符，请重新设置。",
        }
        .to_owned()
    }
}
