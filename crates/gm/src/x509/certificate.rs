//! Reading a certificate.

use std::{fmt, sync::Arc};

use der::{Decode, asn1::BitStringRef, pem};
use kernel::Timestamp;

use super::{
    CertificateError, KeyUsage, Name, Usage,
    asn1::{
        AUTHORITY_KEY_ID, AuthorityKeyId, BASIC_CONSTRAINTS, BasicConstraints, Body, Extension, KEY_USAGE,
        SUBJECT_KEY_ID, Signed, THIRD_VERSION, bytes_of, is_sm2_with_sm3,
    },
};
use crate::sm2::{PublicKey, Signature, Sm2Error};

/// Label of a certificate in PEM (RFC 7468, 5).
const LABEL: &str = "CERTIFICATE";

/// A certificate's number, given by its issuer: 1 to 20 bytes, not negative.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// The number with these bytes, highest first.
    ///
    /// # Errors
    /// [`CertificateError::BadSerial`] when there is none, or more than 20 count.
    pub fn new(bytes: &[u8]) -> Result<Self, CertificateError> {
        let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len().saturating_sub(1));
        let bytes = &bytes[start..];
        // A leading 1 bit costs one byte more where it is written.
        let written = bytes.len() + usize::from(bytes.first().is_some_and(|b| b & 0x80 != 0));
        if bytes.is_empty() || written > 20 {
            return Err(CertificateError::BadSerial);
        }
        Ok(Self(bytes.to_vec()))
    }
    /// A new number of 127 random bits.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = crate::random::<16>();
        bytes[0] = bytes[0] & 0x7f | 0x40;
        Self(bytes.to_vec())
    }
    /// The bytes of the number, highest first, without leading zeros.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    pub(super) fn of_foreign(bytes: &[u8]) -> Result<Self, CertificateError> {
        // As RFC 5280 asks, a number that is one byte too long is read but never made.
        if bytes.len() > 21 {
            return Err(CertificateError::Malformed("serial number"));
        }
        Ok(Self(bytes.to_vec()))
    }
}

impl From<u64> for Serial {
    fn from(number: u64) -> Self {
        let bytes = number.to_be_bytes();
        let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len() - 1);
        Self(bytes[start..].to_vec())
    }
}

/// Hexadecimal, as certificates' viewers show it.
impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(&self.0))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

/// A certificate with an SM2 key, signed with SM2 over SM3. That it was read says nothing about whether to trust it:
/// [`Trust::check`](super::Trust::check) does. Clones share the bytes.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
    serial: Serial,
    issuer: Name,
    subject: Name,
    from: Timestamp,
    until: Timestamp,
    key: PublicKey,
    usage: Option<KeyUsage>,
    ca: bool,
    path_len: Option<u8>,
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    unknown_critical: Option<String>,
}

impl Certificate {
    /// Most bytes of a certificate that is read.
    pub const MAX_LEN: usize = 16 * 1024;

    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError::TooLarge`] past [`Certificate::MAX_LEN`], [`CertificateError::Malformed`] when it is none or is
    /// not in strict DER, [`CertificateError::OtherAlgorithm`] when key or signature is not SM2's.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > Self::MAX_LEN {
            return Err(CertificateError::TooLarge);
        }
        let malformed = CertificateError::Malformed;
        let whole = Signed::from_der(der).map_err(|_| malformed("certificate"))?;
        let body_bytes = bytes_of(&whole.body).ok_or(malformed("body"))?;
        let body = Body::from_der(&body_bytes).map_err(|_| malformed("body"))?;
        if body.algorithm != whole.algorithm {
            return Err(malformed("algorithm"));
        }
        if !is_sm2_with_sm3(&whole.algorithm) {
            return Err(CertificateError::OtherAlgorithm);
        }
        let part = |part: &der::AnyRef<'_>, name| bytes_of(part).ok_or(malformed(name));
        let key = PublicKey::from_spki_der(&part(&body.key, "key")?).map_err(|error| match error {
            Sm2Error::OtherAlgorithm => CertificateError::OtherAlgorithm,
            _ => malformed("key"),
        })?;
        let extensions = body.extensions.as_deref().unwrap_or_default();
        if body.version > THIRD_VERSION || (body.version < THIRD_VERSION && !extensions.is_empty()) {
            return Err(malformed("version"));
        }
        let time = |time: super::asn1::Time| time.at().ok_or(malformed("validity"));
        let mut inner = Inner {
            signature: whole.signature.as_bytes().ok_or(malformed("signature"))?.to_vec(),
            serial: Serial::of_foreign(body.serial.as_bytes())?,
            issuer: Name::from_der(&part(&body.issuer, "issuer")?)?,
            subject: Name::from_der(&part(&body.subject, "subject")?)?,
            from: time(body.validity.from)?,
            until: time(body.validity.until)?,
            key,
            usage: None,
            ca: false,
            path_len: None,
            subject_key_id: None,
            authority_key_id: None,
            unknown_critical: None,
            der: der.to_vec(),
            body: Vec::new(),
        };
        for (place, extension) in extensions.iter().enumerate() {
            if extensions[..place].iter().any(|other| other.id == extension.id) {
                return Err(malformed("extensions"));
            }
            inner.take_in(extension)?;
        }
        inner.body = body_bytes;
        Ok(Self(Arc::new(inner)))
    }
    /// Reads a certificate in PEM.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        // Four characters for three bytes, and line ends.
        if text.len() > 2 * Self::MAX_LEN {
            return Err(CertificateError::TooLarge);
        }
        match pem::decode_vec(text.as_bytes()) {
            Ok((LABEL, der)) => Self::from_der(&der),
            _ => Err(CertificateError::Malformed("certificate")),
        }
    }
    /// Reads the content of a certificate file, in DER or PEM.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn from_file(content: &[u8]) -> Result<Self, CertificateError> {
        match std::str::from_utf8(content) {
            Ok(text) if text.contains("-----BEGIN") => Self::from_pem(text),
            _ => Self::from_der(content),
        }
    }

    /// The certificate as it was read.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.0.der
    }
    /// The certificate in PEM.
    ///
    /// # Panics
    /// Never: what was read fits in memory twice.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a certificate has at most 16 KiB, and every such text has a PEM form")]
    pub fn to_pem(&self) -> String {
        pem::encode_string(LABEL, pem::LineEnding::LF, &self.0.der).expect("at most 16 KiB have a PEM form")
    }
    /// SM3 of the certificate in DER: 指纹. Seals name their signers by it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        crate::sm3(&self.0.der)
    }
    /// 序列号.
    #[must_use]
    pub fn serial(&self) -> &Serial {
        &self.0.serial
    }
    /// 颁发者.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }
    /// 使用者.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }
    /// The first instant at which it is valid, to the second.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.0.from
    }
    /// The last instant at which it is valid, to the second.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.0.until
    }
    /// The subject's key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.0.key
    }
    /// What the key may be used for; none when the certificate says nothing of it.
    #[must_use]
    pub fn usage(&self) -> Option<KeyUsage> {
        self.0.usage
    }
    /// Whether the certificate states that use. One that says nothing of its uses states none.
    #[must_use]
    pub fn is_for(&self, usage: Usage) -> bool {
        self.0.usage.unwrap_or_default().has(usage)
    }
    /// Whether it is the certificate of an authority (basic constraints).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.0.ca
    }
    /// How many authorities may stand below this one; none is no limit.
    #[must_use]
    pub fn path_len(&self) -> Option<u8> {
        self.0.path_len
    }
    /// 使用者密钥标识符.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.subject_key_id.as_deref()
    }
    /// 颁发机构密钥标识符.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_deref()
    }
    /// The identifier of an extension that is marked critical and not known here, if there is one.
    #[must_use]
    pub fn unknown_critical(&self) -> Option<&str> {
        self.0.unknown_critical.as_deref()
    }
    /// Whether subject and issuer are the same.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.0.subject == self.0.issuer
    }
    /// Whether `issuer`'s key signed this certificate. Names, validity and rights are not looked at.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        Signature::from_der(&self.0.signature).is_ok_and(|s| issuer.key().verify(&self.0.body, &s))
    }
    /// Whether names and key identifiers say that `issuer` issued this certificate.
    pub(super) fn names_as_issuer(&self, issuer: &Self) -> bool {
        self.0.issuer == issuer.0.subject
            && match (self.authority_key_id(), issuer.subject_key_id()) {
                (Some(named), Some(has)) => named == has,
                _ => true,
            }
    }
}

impl Inner {
    fn take_in(&mut self, extension: &Extension<'_>) -> Result<(), CertificateError> {
        let malformed = |_| CertificateError::Malformed("extensions");
        let value = extension.value.as_bytes();
        match extension.id {
            KEY_USAGE => self.usage = Some(KeyUsage::of_bits(&BitStringRef::from_der(value).map_err(malformed)?)),
            BASIC_CONSTRAINTS => {
                let constraints = BasicConstraints::from_der(value).map_err(malformed)?;
                (self.ca, self.path_len) = (constraints.ca, constraints.path_len);
            }
            SUBJECT_KEY_ID => {
                let id = <&der::asn1::OctetStringRef>::from_der(value).map_err(malformed)?;
                self.subject_key_id = Some(id.as_bytes().to_vec());
            }
            AUTHORITY_KEY_ID => {
                let id = AuthorityKeyId::from_der(value).map_err(malformed)?;
                self.authority_key_id = id.key.map(|id| id.as_bytes().to_vec());
            }
            other if extension.critical => self.unknown_critical = Some(other.to_string()),
            _ => {}
        }
        Ok(())
    }
}

/// Two certificates are the same when their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("serial", &self.0.serial)
            .field("subject", &self.0.subject)
            .field("issuer", &self.0.issuer)
            .finish_non_exhaustive()
    }
}
