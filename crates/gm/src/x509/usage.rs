//! What the key of a certificate may be used for.

use der::asn1::BitStringRef;

/// One use of a key (RFC 5280, 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Usage {
    /// 数字签名: signing what is neither a certificate nor a revocation list. Seals ask for this one.
    DigitalSignature = 0,
    /// 不可否认: signing what the signer answers for later.
    NonRepudiation = 1,
    /// 密钥加密.
    KeyEncipherment = 2,
    /// 数据加密.
    DataEncipherment = 3,
    /// 密钥协商.
    KeyAgreement = 4,
    /// 证书签发.
    CertificateSigning = 5,
    /// 吊销列表签发.
    ListSigning = 6,
}

impl Usage {
    /// The use in Chinese.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::DigitalSignature => "数字签名",
            Self::NonRepudiation => "不可否认",
            Self::KeyEncipherment => "密钥加密",
            Self::DataEncipherment => "数据加密",
            Self::KeyAgreement => "密钥协商",
            Self::CertificateSigning => "证书签发",
            Self::ListSigning => "吊销列表签发",
        }
    }
    const fn bit(self) -> u8 {
        0x80 >> self as u8
    }
}

/// The uses that a certificate states. One that states none has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyUsage(u8);

impl KeyUsage {
    /// These uses.
    #[must_use]
    pub fn of(uses: &[Usage]) -> Self {
        Self(uses.iter().fold(0, |bits, usage| bits | usage.bit()))
    }
    /// Whether a use is among them.
    #[must_use]
    pub const fn has(self, usage: Usage) -> bool {
        self.0 & usage.bit() != 0
    }
    /// The first eight bits; the ninth and last, `decipherOnly`, means nothing here.
    pub(super) fn of_bits(bits: &BitStringRef<'_>) -> Self {
        Self(bits.raw_bytes().first().copied().unwrap_or(0))
    }
    /// As it is written: bits that are not set are left out at the end (X.690, 11.2.2).
    pub(super) fn to_bits(self, byte: &mut [u8; 1]) -> Option<BitStringRef<'_>> {
        *byte = [self.0];
        let unused = u8::try_from(self.0.trailing_zeros()).ok()?;
        if self.0 == 0 { BitStringRef::new(0, &[]).ok() } else { BitStringRef::new(unused, byte).ok() }
    }
}
