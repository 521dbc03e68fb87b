//! A signature with a seal (SES_Signature): what was signed, by whom, when, for which place.

use jiff::Timestamp;

use crate::finding::Finding;

use super::SM2_SM3;
use super::der::{
    Bad, CONTEXT_0, IA5, OCTET_STRING, OID, SEQUENCE, UNKNOWN_VERSION, Value, bit_string, generalized_time, integer,
    parse_time, sequence, tlv,
};
use super::info::{Extension, Generation, Seal, parse_extensions};

/// The content of SignedValue.dat with the bytes that were signed, exactly as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// Generation of the signature.
    pub generation: Generation,
    /// The seal.
    pub seal: Seal,
    /// Time of signing; in generation 1 it may be a time stamp that is not read here.
    pub time: Option<Timestamp>,
    /// SM3 of Signature.xml as the signer saw it.
    pub data_hash: Vec<u8>,
    /// Place of Signature.xml as the signer saw it.
    pub property: String,
    /// The signer's certificate, DER.
    pub signer: Vec<u8>,
    /// The signer's SM2 value as stored (without the count of unused bits).
    pub signature: Vec<u8>,
    /// The bytes that the signer signed (TBS_Sign).
    pub signed: Vec<u8>,
    /// Object identifier of the algorithm, encoded.
    pub(crate) algorithm: Vec<u8>,
    /// A time stamp is there.
    pub(crate) stamped: bool,
    /// Values of the signer's program's own.
    pub(crate) extensions: Vec<Extension>,
}

/// The bytes that the signer signs (TBS_Sign), version 4.
pub(super) fn to_be_signed(seal: &Seal, time: Timestamp, data_hash: &[u8], property: &str) -> Vec<u8> {
    sequence(&[
        &integer(4),
        seal.to_der(),
        &generalized_time(time),
        &bit_string(data_hash),
        &tlv(IA5, &[property.as_bytes()]),
    ])
}

/// SES_Signature, version 4, from what was signed, the signer's certificate and SM2 value.
pub(super) fn assemble(to_be_signed: &[u8], signer: &[u8], signature: &[u8]) -> Vec<u8> {
    sequence(&[to_be_signed, &tlv(OCTET_STRING, &[signer]), &tlv(OID, &[SM2_SM3]), &bit_string(signature)])
}

impl SealedValue {
    /// Reads the content of SignedValue.dat, of any generation.
    ///
    /// Errors: [`Code::UnknownVersion`](crate::Code::UnknownVersion), or
    /// [`Code::BadSignedValue`](crate::Code::BadSignedValue) with what is wrong.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Finding> {
        Self::parse(bytes).map_err(Finding::from)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Bad> {
        let items = Value::only(bytes)?.items(SEQUENCE)?;
        match items.as_slice() {
            [signed, signature] => Self::first_generation(*signed, *signature),
            [signed, signer, algorithm, signature, stamp @ ..] if stamp.len() <= 1 => {
                if stamp.first().is_some_and(|stamp| stamp.tag != CONTEXT_0) {
                    return Err(Bad("a signature of another shape"));
                }
                let tbs = signed.items(SEQUENCE)?;
                let (version, seal, time, hash, property, rest) = match tbs.as_slice() {
                    [version, seal, time, hash, property, rest @ ..] if rest.len() <= 1 => {
                        (version, seal, time, hash, property, rest)
                    }
                    _ => return Err(Bad("signed content of another shape")),
                };
                let extensions = match rest.first().map(|given| given.items(CONTEXT_0)).transpose()?.as_deref() {
                    None => Vec::new(),
                    Some([list]) => parse_extensions(*list)?,
                    Some(_) => return Err(Bad("extensions of another shape")),
                };
                let generation = match version.number()? {
                    4 => Generation::V4,
                    5 => Generation::V5,
                    _ => return Err(UNKNOWN_VERSION),
                };
                Ok(Self {
                    generation,
                    seal: Seal::parse(seal.whole)?,
                    time: Some(time.time()?),
                    data_hash: hash.bits()?.to_vec(),
                    property: property.ascii(IA5)?,
                    signer: signer.as_tag(OCTET_STRING)?.to_vec(),
                    signature: signature.bits()?.to_vec(),
                    signed: signed.whole.to_vec(),
                    algorithm: algorithm.as_tag(OID)?.to_vec(),
                    stamped: !stamp.is_empty(),
                    extensions,
                })
            }
            _ => Err(Bad("a signature of another shape")),
        }
    }

    fn first_generation(signed: Value<'_>, signature: Value<'_>) -> Result<Self, Bad> {
        let tbs = signed.items(SEQUENCE)?;
        let [_, seal, time, hash, property, signer, algorithm] = tbs.as_slice() else {
            return Err(Bad("signed content of another shape"));
        };
        // A time in words, or a time stamp of an authority, in a BIT STRING or by itself.
        let words = time.bits().unwrap_or(time.content);
        let at = time.time().ok().or_else(|| parse_time(std::str::from_utf8(words).ok()?));
        Ok(Self {
            generation: Generation::V1,
            seal: Seal::parse(seal.whole)?,
            time: at,
            data_hash: hash.bits()?.to_vec(),
            property: property.ascii(IA5)?,
            signer: signer.as_tag(OCTET_STRING)?.to_vec(),
            signature: signature.bits()?.to_vec(),
            signed: signed.whole.to_vec(),
            algorithm: algorithm.as_tag(OID)?.to_vec(),
            stamped: at.is_none(),
            extensions: Vec::new(),
        })
    }
}
