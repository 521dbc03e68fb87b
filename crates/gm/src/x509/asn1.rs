//! The shapes of certificates and revocation lists (RFC 5280, GM/T 0015—2023), as they are written.

use der::{
    Choice, DecodeValue, Encode, EncodeValue, FixedTag, Header, Length, Reader, Sequence, Tag, Tagged, Writer,
    asn1::{AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, UintRef, UtcTime},
};
use kernel::Timestamp;
use pkcs8::spki::AlgorithmIdentifierRef;

use crate::sm2::SM2_WITH_SM3;

pub(super) const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
pub(super) const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
pub(super) const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
pub(super) const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
pub(super) const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
pub(super) const CRL_REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
pub(super) const EXPIRED_ON_CRL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");

/// What a certificate and a revocation list have in common: a body, how it was signed, and the signature.
#[derive(Sequence)]
pub(super) struct Signed<'a> {
    pub(super) body: AnyRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) signature: BitStringRef<'a>,
}

/// The body of a certificate (RFC 5280, 4.1).
#[derive(Sequence)]
pub(super) struct Body<'a> {
    #[asn1(context_specific = "0", default = "first_version")]
    pub(super) version: u8,
    pub(super) serial: UintRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer: AnyRef<'a>,
    pub(super) validity: Validity,
    pub(super) subject: AnyRef<'a>,
    pub(super) key: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) issuer_unique: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) subject_unique: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(super) extensions: Option<Vec<Extension<'a>>>,
}

fn first_version() -> u8 {
    0
}

/// The version that has extensions, as it is written.
pub(super) const THIRD_VERSION: u8 = 2;

/// From when and until when, both included.
#[derive(Sequence, Clone, Copy)]
pub(super) struct Validity {
    pub(super) from: Time,
    pub(super) until: Time,
}

/// One extension.
#[derive(Sequence, Clone)]
pub(super) struct Extension<'a> {
    pub(super) id: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    pub(super) critical: bool,
    pub(super) value: &'a OctetStringRef,
}

/// Whether it is an authority's certificate, and how many authorities may stand below (RFC 5280, 4.2.1.9).
#[derive(Sequence)]
pub(super) struct BasicConstraints {
    #[asn1(default = "Default::default")]
    pub(super) ca: bool,
    #[asn1(optional = "true")]
    pub(super) path_len: Option<u8>,
}

/// Which key of the issuer signed (RFC 5280, 4.2.1.1).
#[derive(Sequence)]
pub(super) struct AuthorityKeyId<'a> {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) key: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) issuer: Option<Vec<AnyRef<'a>>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) serial: Option<UintRef<'a>>,
}

/// The body of a revocation list (RFC 5280, 5.1).
#[derive(Sequence)]
pub(super) struct ListBody<'a> {
    #[asn1(optional = "true")]
    pub(super) version: Option<u8>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer: AnyRef<'a>,
    pub(super) this_update: Time,
    #[asn1(optional = "true")]
    pub(super) next_update: Option<Time>,
    #[asn1(optional = "true")]
    pub(super) entries: Option<Vec<Entry<'a>>>,
    #[asn1(context_specific = "0", optional = "true")]
    pub(super) extensions: Option<Vec<Extension<'a>>>,
}

/// One revoked certificate.
#[derive(Sequence)]
pub(super) struct Entry<'a> {
    pub(super) serial: UintRef<'a>,
    pub(super) at: Time,
    #[asn1(optional = "true")]
    pub(super) extensions: Option<Vec<Extension<'a>>>,
}

/// An instant to the second, in one of the two written forms.
#[derive(Choice, Clone, Copy)]
pub(super) enum Time {
    /// Until 2049 (RFC 5280, 4.1.2.5.1).
    #[asn1(type = "UTCTime")]
    Short(UtcTime),
    /// From 2050 on.
    #[asn1(type = "GeneralizedTime")]
    Long(GeneralizedTime),
}

impl Time {
    /// The instant, in the form that its year asks for. None when it lies before 1970 or after 9999.
    pub(super) fn of(at: Timestamp) -> Option<Self> {
        let since = std::time::Duration::from_secs(u64::try_from(at.as_second()).ok()?);
        match UtcTime::from_unix_duration(since) {
            Ok(short) => Some(Self::Short(short)),
            Err(_) => GeneralizedTime::from_unix_duration(since).ok().map(Self::Long),
        }
    }
    /// The instant.
    pub(super) fn at(self) -> Option<Timestamp> {
        let since = match self {
            Self::Short(time) => time.to_unix_duration(),
            Self::Long(time) => time.to_unix_duration(),
        };
        Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()
    }
}

/// An enumerated value of which only the number matters.
#[derive(Clone, Copy)]
pub(super) struct Enumerated(pub(super) u8);

impl FixedTag for Enumerated {
    const TAG: Tag = Tag::Enumerated;
}

impl<'a> DecodeValue<'a> for Enumerated {
    type Error = der::Error;
    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        u8::decode_value(reader, header).map(Self)
    }
}

impl EncodeValue for Enumerated {
    fn value_len(&self) -> der::Result<Length> {
        self.0.value_len()
    }
    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.0.encode_value(writer)
    }
}

/// SM2 with SM3, without parameters (GM/T 0015—2023).
pub(super) const fn sm2_with_sm3() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: SM2_WITH_SM3, parameters: None }
}

/// Whether an algorithm is SM2 with SM3. Parameters may be left out or NULL: both are written in practice.
pub(super) fn is_sm2_with_sm3(algorithm: &AlgorithmIdentifierRef<'_>) -> bool {
    algorithm.oid == SM2_WITH_SM3 && algorithm.parameters.is_none_or(|p| p.tag() == Tag::Null && p.value().is_empty())
}

/// The bytes of a part as they stood in the whole: DER has one form for each, so that writing gives what was read.
pub(super) fn bytes_of(part: &impl Encode) -> Option<Vec<u8>> {
    part.to_der().ok()
}

/// Puts body and signature together.
pub(super) fn signed(body: &[u8], signature: &crate::sm2::Signature) -> Option<Vec<u8>> {
    let signature = signature.to_der();
    let whole = Signed {
        body: <AnyRef<'_> as der::Decode>::from_der(body).ok()?,
        algorithm: sm2_with_sm3(),
        signature: BitStringRef::from_bytes(&signature).ok()?,
    };
    whole.to_der().ok()
}

/// An extension whose value is this.
pub(super) struct Made {
    id: ObjectIdentifier,
    critical: bool,
    value: Vec<u8>,
}

impl Made {
    pub(super) fn new(id: ObjectIdentifier, critical: bool, value: &impl Encode) -> Option<Self> {
        Some(Self { id, critical, value: value.to_der().ok()? })
    }
    pub(super) fn as_extension(&self) -> Option<Extension<'_>> {
        Some(Extension { id: self.id, critical: self.critical, value: OctetStringRef::new(&self.value).ok()? })
    }
}
