//! The seal itself: what it says of itself, and what its maker signed.

use jiff::Timestamp;

use crate::finding::Finding;

use super::SM2_SM3;
use super::der::{
    self, BOOLEAN, Bad, CONTEXT_0, IA5, OCTET_STRING, OID, PRINTABLE, SEQUENCE, UNKNOWN_VERSION, UTF8, Value,
    bit_string, generalized_time, integer, sequence, tlv,
};

/// Generation of the structures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// GM/T 0031—2014.
    V1,
    /// GB/T 38540—2020.
    V4,
    /// GM/T 0031—2025.
    V5,
}

/// Who may use a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permitted {
    /// Certificates, DER.
    Certificates(Vec<Vec<u8>>),
    /// SM3 digests of certificates, with the name of the digest method.
    Digests(Vec<(String, Vec<u8>)>),
}

/// The picture of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealPicture {
    /// PNG, GIF, BMP, JPG, SVG or ofd.
    pub kind: String,
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// Width in whole mm.
    pub width: u32,
    /// Height in whole mm.
    pub height: u32,
}

/// A value of a maker's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Object identifier, encoded.
    pub id: Vec<u8>,
    /// Whether who does not know it must refuse.
    pub critical: bool,
    /// Value.
    pub value: Vec<u8>,
}

/// What a seal says of itself (SES_SealInfo).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealInfo {
    /// Maker's or vendor's name in ASCII (vid).
    pub vendor: String,
    /// The seal's unique number in ASCII: 14 digits from the police's number of the seal.
    pub id: String,
    /// Kind of seal; 1 is a unit's. Real seals carry others, so nothing depends on it.
    pub kind: u32,
    /// Name of the seal: the body and, where it has one, the purpose.
    pub name: String,
    /// Who may use it.
    pub permitted: Permitted,
    /// When it was made.
    pub created: Timestamp,
    /// First instant of validity.
    pub valid_from: Timestamp,
    /// Last instant of validity.
    pub valid_to: Timestamp,
    /// Picture.
    pub picture: SealPicture,
    /// Values of the maker's own.
    pub extensions: Vec<Extension>,
}

impl SealInfo {
    /// The bytes that the maker signs, version 4.
    pub fn to_der(&self) -> Vec<u8> {
        let ascii = |text: &str| tlv(IA5, &[text.as_bytes()]);
        let header = sequence(&[&ascii("ES"), &integer(4), &ascii(&self.vendor)]);
        let (kind, list): (u32, Vec<Vec<u8>>) = match &self.permitted {
            Permitted::Certificates(list) => (1, list.iter().map(|cert| tlv(OCTET_STRING, &[cert])).collect()),
            Permitted::Digests(list) => {
                let entry = |(method, digest): &(String, Vec<u8>)| {
                    sequence(&[&tlv(PRINTABLE, &[method.as_bytes()]), &tlv(OCTET_STRING, &[digest])])
                };
                (2, list.iter().map(entry).collect())
            }
        };
        let list = sequence(&list.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let property = sequence(&[
            &integer(self.kind),
            &tlv(UTF8, &[self.name.as_bytes()]),
            &integer(kind),
            &list,
            &generalized_time(self.created),
            &generalized_time(self.valid_from),
            &generalized_time(self.valid_to),
        ]);
        let picture = sequence(&[
            &ascii(&self.picture.kind),
            &tlv(OCTET_STRING, &[&self.picture.bytes]),
            &integer(self.picture.width),
            &integer(self.picture.height),
        ]);
        let mut parts = vec![header, ascii(&self.id), property, picture];
        if !self.extensions.is_empty() {
            // Without a tag, and with `critical` written even when it is false: as makers do and readers need.
            parts.push(extensions_der(&self.extensions));
        }
        sequence(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

/// Values of a maker's own as a SEQUENCE.
pub(super) fn extensions_der(extensions: &[Extension]) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = extensions
        .iter()
        .map(|e| {
            let critical = tlv(BOOLEAN, &[&[if e.critical { 0xFF } else { 0x00 }]]);
            sequence(&[&tlv(OID, &[&e.id]), &critical, &tlv(OCTET_STRING, &[&e.value])])
        })
        .collect();
    sequence(&entries.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A seal (SESeal) with the bytes that were signed, exactly as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Generation.
    pub generation: Generation,
    /// What it says of itself.
    pub info: SealInfo,
    /// The maker's certificate, DER.
    pub maker: Vec<u8>,
    /// The maker's SM2 value as stored (without the count of unused bits).
    pub signature: Vec<u8>,
    /// The bytes that the maker signed.
    pub signed: Vec<u8>,
    /// Object identifier of the algorithm, encoded.
    pub(crate) algorithm: Vec<u8>,
    /// A time stamp is there (generation 5).
    pub(crate) stamped: bool,
    whole: Vec<u8>,
}

impl Seal {
    /// A seal of version 4 from the maker's certificate and SM2 value (`SEQUENCE { r, s }`) over
    /// [`SealInfo::to_der`].
    pub fn assemble(info: SealInfo, maker: Vec<u8>, signature: &[u8]) -> Self {
        let signed = info.to_der();
        let cert = tlv(OCTET_STRING, &[&maker]);
        let whole = sequence(&[&signed, &cert, &tlv(OID, &[SM2_SM3]), &bit_string(signature)]);
        Self {
            generation: Generation::V4,
            info,
            maker,
            signature: signature.to_vec(),
            signed,
            algorithm: SM2_SM3.to_vec(),
            stamped: false,
            whole,
        }
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Bad> {
        let items = Value::only(bytes)?.items(SEQUENCE)?;
        let (first, rest) = items.split_first().ok_or(Bad("an empty seal"))?;
        match rest {
            [signed] => {
                let parts = signed.items(SEQUENCE)?;
                let [cert, algorithm, signature] = parts.as_slice() else { return Err(Bad("a seal of another shape")) };
                let info = parse_info(*first, Generation::V1)?;
                Ok(Self {
                    generation: Generation::V1,
                    info,
                    maker: cert.as_tag(OCTET_STRING)?.to_vec(),
                    signature: signature.bits()?.to_vec(),
                    // The 2014 rule: over information, certificate and algorithm together.
                    signed: sequence(&[first.whole, cert.whole, algorithm.whole]),
                    algorithm: algorithm.as_tag(OID)?.to_vec(),
                    stamped: false,
                    whole: bytes.to_vec(),
                })
            }
            [cert, algorithm, signature, stamp @ ..] if stamp.len() <= 1 => {
                let generation = match version(*first)? {
                    4 => Generation::V4,
                    5 => Generation::V5,
                    _ => return Err(UNKNOWN_VERSION),
                };
                if stamp.first().is_some_and(|stamp| stamp.tag != CONTEXT_0 || generation == Generation::V4) {
                    return Err(Bad("a seal of another shape"));
                }
                Ok(Self {
                    generation,
                    info: parse_info(*first, generation)?,
                    maker: cert.as_tag(OCTET_STRING)?.to_vec(),
                    signature: signature.bits()?.to_vec(),
                    signed: first.whole.to_vec(),
                    algorithm: algorithm.as_tag(OID)?.to_vec(),
                    stamped: !stamp.is_empty(),
                    whole: bytes.to_vec(),
                })
            }
            _ => Err(Bad("a seal of another shape")),
        }
    }

    /// Makes a seal of version 4 (制章): `maker` signs what the seal says of itself. Signing blocks.
    ///
    /// Errors: those of the signer.
    pub fn make(info: SealInfo, maker: &dyn gm::Signer) -> Result<Self, gm::SignerError> {
        let value = maker.sign_checked(&info.to_der())?.to_der();
        Ok(Self::assemble(info, maker.certificate().to_der().to_vec(), &value))
    }

    /// Reads a seal (Seal.esl) of any generation.
    ///
    /// Errors: [`Code::UnknownVersion`](crate::Code::UnknownVersion), or
    /// [`Code::BadSignedValue`](crate::Code::BadSignedValue) with what is wrong.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Finding> {
        Self::parse(bytes).map_err(Finding::from)
    }

    /// The seal's bytes as stored (Seal.esl).
    pub fn to_der(&self) -> &[u8] {
        &self.whole
    }
}

fn version(info: Value<'_>) -> Result<u32, Bad> {
    let items = info.items(SEQUENCE)?;
    let header = items.first().ok_or(Bad("no header"))?.items(SEQUENCE)?;
    header.get(1).ok_or(Bad("no version"))?.number()
}

fn parse_info(info: Value<'_>, generation: Generation) -> Result<SealInfo, Bad> {
    let items = info.items(SEQUENCE)?;
    let (header, id, property, picture, rest) = match items.as_slice() {
        [header, id, property, picture, rest @ ..] if rest.len() <= 1 => (header, id, property, picture, rest),
        _ => return Err(Bad("seal information of another shape")),
    };
    let header = header.items(SEQUENCE)?;
    let [mark, _, vendor] = header.as_slice() else { return Err(Bad("a header of another shape")) };
    if mark.ascii(IA5)? != "ES" {
        return Err(Bad("no seal"));
    }
    let property = property.items(SEQUENCE)?;
    let (kind, name, list, times) = match (generation, property.as_slice()) {
        (Generation::V1, [kind, name, list, times @ ..]) => (kind, name, certificates(*list)?, times),
        (_, [kind, name, list_kind, list, times @ ..]) => {
            let list = match list_kind.number()? {
                1 => certificates(*list)?,
                2 => digests(*list)?,
                _ => return Err(Bad("a list of another kind")),
            };
            (kind, name, list, times)
        }
        _ => return Err(Bad("properties of another shape")),
    };
    let [created, valid_from, valid_to] = times else { return Err(Bad("properties of another shape")) };
    let picture = picture.items(SEQUENCE)?;
    let [picture_kind, data, width, height] = picture.as_slice() else { return Err(Bad("a picture of another shape")) };
    let extensions = match rest.first() {
        // Without a tag in most seals; some makers write one.
        Some(value) if value.tag == CONTEXT_0 => match value.items(CONTEXT_0)?.as_slice() {
            [list] => parse_extensions(*list)?,
            _ => return Err(Bad("extensions of another shape")),
        },
        Some(value) => parse_extensions(*value)?,
        None => Vec::new(),
    };
    Ok(SealInfo {
        vendor: vendor.ascii(IA5)?,
        id: id.ascii(IA5)?,
        kind: kind.number()?,
        name: name.text()?,
        permitted: list,
        created: created.time()?,
        valid_from: valid_from.time()?,
        valid_to: valid_to.time()?,
        picture: SealPicture {
            kind: picture_kind.ascii(IA5)?,
            bytes: data.as_tag(OCTET_STRING)?.to_vec(),
            width: width.number()?,
            height: height.number()?,
        },
        extensions,
    })
}

fn certificates(list: Value<'_>) -> Result<Permitted, Bad> {
    let list = list.items(SEQUENCE)?;
    let list = list.iter().map(|cert| cert.as_tag(OCTET_STRING).map(<[u8]>::to_vec)).collect::<Result<_, _>>()?;
    Ok(Permitted::Certificates(list))
}

fn digests(list: Value<'_>) -> Result<Permitted, Bad> {
    let mut digests = Vec::new();
    for entry in list.items(SEQUENCE)? {
        let parts = entry.items(SEQUENCE)?;
        let [method, digest] = parts.as_slice() else { return Err(Bad("a digest of another shape")) };
        digests.push((method.ascii(PRINTABLE)?, digest.as_tag(OCTET_STRING)?.to_vec()));
    }
    Ok(Permitted::Digests(digests))
}

pub(super) fn parse_extensions(list: Value<'_>) -> Result<Vec<Extension>, Bad> {
    let mut extensions = Vec::new();
    for entry in list.items(SEQUENCE)? {
        let parts = entry.items(SEQUENCE)?;
        let (id, critical, value) = match parts.as_slice() {
            [id, value] => (id, false, value),
            [id, critical, value] => (id, critical.boolean()?, value),
            _ => return Err(Bad("an extension of another shape")),
        };
        extensions.push(Extension {
            id: id.as_tag(OID)?.to_vec(),
            critical,
            value: value.as_tag(OCTET_STRING)?.to_vec(),
        });
    }
    Ok(extensions)
}

/// So that the module's writer and reader use the same names for times.
pub(super) use der::format_time;
