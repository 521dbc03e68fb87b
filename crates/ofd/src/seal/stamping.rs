//! Putting a signature on a document (签章): digests of every file, Signature.xml, the value, the list.
//!
//! In two steps, so that the key may be anywhere: [`prepare`] gives the bytes to sign, [`Prepared::finish`] takes the SM2
//! value. GB/T 33190—2016, 18; GB/T 38540—2020.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::info::{Seal, format_time};
use super::signature::{assemble, to_be_signed};
use super::{SM2_SM3_OID, SM3_OID};
use crate::finding::{Finding, Weight};
use crate::read::{Archive, Limits, SignatureKind, Stamp, read, xml as read_xml};
use crate::write::xml::{Xml, numbers};
use crate::write::{Package, WriteError};

/// Why a document cannot be stamped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The document is not one that can be read.
    #[error("the document cannot be read: {0}")]
    Unreadable(Finding),
    /// A seal without a place to show it, on a page that is not there, or outside it.
    #[error("the seal would stand on no page")]
    Nowhere,
    /// The document's list of signatures is itself signed: a further signature would break an earlier one.
    #[error("the document is closed against further signatures")]
    Closed,
    /// The seal or the signer's certificate is not fit for use at that time; nothing was signed.
    #[error("the seal may not be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Refused(Vec<Finding>),
    /// The signer did not sign.
    #[error("the signer did not sign: {0}")]
    Signer(String),
    /// The package could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Stamps the OFD file `bytes` (签章). First the signer's certificate, the seal and the signer's right to it are checked
/// against `trust` at the time of signing, in the order of GB/T 38540—2020; whatever cannot be checked is refused too.
/// Signing blocks.
///
/// Errors: [`StampError`]; nothing is signed then.
pub fn stamp(
    bytes: &[u8],
    order: &Order<'_>,
    signer: &dyn gm::Signer,
    trust: &gm::x509::Trust,
) -> Result<Package, StampError> {
    let mut findings = crate::validate::check_signer(signer.certificate(), order.seal, trust, order.at);
    findings.extend(crate::validate::check_seal(order.seal, trust, order.at));
    findings.retain(|finding| finding.code.weight() != Weight::Note);
    if !findings.is_empty() {
        return Err(StampError::Refused(findings));
    }
    let prepared = prepare(bytes, order)?;
    let value = signer.sign_checked(prepared.to_sign()).map_err(|error| StampError::Signer(error.to_string()))?;
    Ok(prepared.finish(signer.certificate().to_der(), &value.to_der()))
}

/// The program that signs, as Signature.xml names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Company.
    pub company: String,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            name: "tongban".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            company: "tongban".to_owned(),
        }
    }
}

/// What is to be stamped where.
#[derive(Debug, Clone, PartialEq)]
pub struct Order<'a> {
    /// The seal.
    pub seal: &'a Seal,
    /// Where it is shown: one stamp, or one on each page for a seal across pages (骑缝章).
    pub stamps: Vec<Stamp>,
    /// Time of signing.
    pub at: Timestamp,
    /// The program that signs.
    pub provider: Provider,
}

/// A document with everything but the SM2 value.
#[derive(Debug, Clone)]
pub struct Prepared {
    package: Package,
    folder: String,
    to_sign: Vec<u8>,
    kind: SignatureKind,
}

/// Prepares a signature with a seal on the OFD file `bytes`, sealed already or not.
///
/// Errors: [`StampError`].
pub fn prepare(bytes: &[u8], order: &Order<'_>) -> Result<Prepared, StampError> {
    let reading = read(bytes, &Limits::default()).map_err(StampError::Unreadable)?;
    let shown = !order.stamps.is_empty()
        && order.stamps.iter().all(|stamp| {
            let page = reading.pages.iter().find(|page| page.id == stamp.page);
            page.is_some_and(|page| overlap(page.area, stamp.boundary))
        });
    if !shown {
        return Err(StampError::Nowhere);
    }
    let seal = order.seal.to_der();
    let begun = begin(bytes, SignatureKind::Seal, order.at, &order.provider, &order.stamps, Some(seal))?;
    let hash = gm::sm3(&begun.signature_xml);
    let property = format!("/{}/Signature.xml", begun.folder);
    let to_sign = to_be_signed(order.seal, order.at, hash.as_ref(), &property);
    Ok(Prepared { package: begun.package, folder: begun.folder, to_sign, kind: SignatureKind::Seal })
}

/// Prepares a signature without a seal (type Sign): the value is the bare SM2 value over Signature.xml.
///
/// Errors: [`StampError`].
pub fn prepare_plain(bytes: &[u8], at: Timestamp, provider: &Provider) -> Result<Prepared, StampError> {
    let begun = begin(bytes, SignatureKind::Sign, at, provider, &[], None)?;
    let to_sign = begun.signature_xml;
    Ok(Prepared { package: begun.package, folder: begun.folder, to_sign, kind: SignatureKind::Sign })
}

impl Prepared {
    /// The bytes to sign with SM2 and SM3, default user ID.
    pub fn to_sign(&self) -> &[u8] {
        &self.to_sign
    }

    /// The stamped document, from the signer's certificate (DER) and SM2 value (`SEQUENCE { r, s }`).
    pub fn finish(mut self, signer: &[u8], signature: &[u8]) -> Package {
        let value = match self.kind {
            SignatureKind::Seal => assemble(&self.to_sign, signer, signature),
            SignatureKind::Sign => signature.to_vec(),
        };
        self.package.add(&format!("{}/SignedValue.dat", self.folder), value);
        self.package
    }
}

/// Whether a box shares an area with a page.
pub(crate) fn overlap(page: (f64, f64, f64, f64), boxed: (f64, f64, f64, f64)) -> bool {
    let (x, y, width, height) = boxed;
    width > 0.0 && height > 0.0 && x < page.2 && y < page.3 && x + width > 0.0 && y + height > 0.0
}

struct Begun {
    package: Package,
    folder: String,
    signature_xml: Vec<u8>,
}

/// Puts the list, the seal and Signature.xml into the package.
fn begin(
    bytes: &[u8],
    kind: SignatureKind,
    at: Timestamp,
    provider: &Provider,
    stamps: &[Stamp],
    seal: Option<&[u8]>,
) -> Result<Begun, StampError> {
    let archive = Archive::open(bytes, &Limits::default()).map_err(StampError::Unreadable)?;
    let reading = read(bytes, &Limits::default()).map_err(StampError::Unreadable)?;
    if let Some(broken) = reading.findings.iter().find(|finding| finding.code != crate::Code::WrongCase) {
        return Err(StampError::Unreadable(broken.clone()));
    }
    let mut package = Package::default();
    // The order of packing stays the order of names, with OFD.xml first as readers expect.
    for (name, bytes) in archive.files().filter(|(name, _)| *name == "OFD.xml") {
        package.add(name, bytes.to_vec());
    }
    for (name, bytes) in archive.files() {
        package.add(name, bytes.to_vec());
    }
    let list = match &reading.list {
        Some(list) => list.clone(),
        None => {
            let list = format!("{}/Signs/Signatures.xml", reading.folder);
            let root = archive.file("OFD.xml").unwrap_or_default();
            package.add("OFD.xml", with_list(root, &list)?);
            list
        }
    };
    if reading.signatures.iter().any(|record| record.references.iter().any(|r| r.place == list)) {
        return Err(StampError::Closed);
    }
    let signs = list.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let number = (0..).find(|n| !archive.files().any(|(name, _)| name.starts_with(&format!("{signs}/Sign_{n}/"))));
    let number = number.unwrap_or(0);
    let folder = format!("{signs}/Sign_{number}");
    if let Some(seal) = seal {
        package.add(&format!("{folder}/Seal.esl"), seal.to_vec());
    }
    package.add(&list, list_xml(archive.file(&list), number, kind, &folder)?);

    let mut xml = Xml::new("Signature", &[]);
    xml.begin("SignedInfo", &[]);
    xml.empty(
        "Provider",
        &[("ProviderName", &provider.name), ("Version", &provider.version), ("Company", &provider.company)],
    );
    xml.element("SignatureMethod", &[], SM2_SM3_OID);
    xml.element("SignatureDateTime", &[], &format_time(at));
    xml.begin("References", &[("CheckMethod", SM3_OID)]);
    for (name, content) in package.files().filter(|(name, _)| *name != list) {
        xml.begin("Reference", &[("FileRef", &format!("/{name}"))]);
        xml.element("CheckValue", &[], &STANDARD.encode(gm::sm3(content)));
        xml.end();
    }
    xml.end();
    for (n, stamp) in stamps.iter().enumerate() {
        let boundary = |(x, y, width, height): (f64, f64, f64, f64)| numbers(&[x, y, width, height]);
        let id = format!("stamp_{number}_{n}");
        let mut attributes = vec![("ID", id), ("PageRef", stamp.page.clone()), ("Boundary", boundary(stamp.boundary))];
        if let Some(clip) = stamp.clip {
            attributes.push(("Clip", boundary(clip)));
        }
        let attributes: Vec<(&str, &str)> = attributes.iter().map(|(k, v)| (*k, v.as_str())).collect();
        xml.empty("StampAnnot", &attributes);
    }
    if seal.is_some() {
        xml.begin("Seal", &[]);
        xml.element("BaseLoc", &[], &format!("/{folder}/Seal.esl"));
        xml.end();
    }
    xml.end();
    xml.element("SignedValue", &[], &format!("/{folder}/SignedValue.dat"));
    let signature_xml = xml.finish();
    package.add(&format!("{folder}/Signature.xml"), signature_xml.clone());
    Ok(Begun { package, folder, signature_xml })
}

/// The list of signatures with one more.
fn list_xml(before: Option<&[u8]>, number: u32, kind: SignatureKind, folder: &str) -> Result<Vec<u8>, StampError> {
    let mut entries = Vec::new();
    if let Some(before) = before {
        let root = read_xml::parse("Signatures.xml", before).map_err(StampError::Unreadable)?;
        for entry in root.all("Signature") {
            let word = |name: &str| entry.attribute(name).map(str::to_owned);
            entries.push((word("ID").unwrap_or_default(), word("Type"), word("BaseLoc").unwrap_or_default()));
        }
    }
    let named = match kind {
        SignatureKind::Seal => "Seal",
        SignatureKind::Sign => "Sign",
    };
    let ids: Vec<String> = entries.iter().map(|entry| entry.0.clone()).collect();
    let id = (number + 1..).map(|n| format!("s{n:03}")).find(|id| !ids.contains(id)).unwrap_or_default();
    entries.push((id.clone(), Some(named.to_owned()), format!("/{folder}/Signature.xml")));
    let mut xml = Xml::new("Signatures", &[]);
    xml.element("MaxSignId", &[], &id);
    for (id, kind, base) in &entries {
        let kind = kind.as_deref().unwrap_or("Seal");
        xml.empty("Signature", &[("ID", id), ("Type", kind), ("BaseLoc", base)]);
    }
    Ok(xml.finish())
}

/// OFD.xml with the list of signatures named at the end of its document's entry; everything else byte for byte as it was.
fn with_list(root: &[u8], list: &str) -> Result<Vec<u8>, StampError> {
    let bad = || StampError::Unreadable(Finding::new(crate::Code::BadStructure, "OFD.xml"));
    let text = std::str::from_utf8(root).map_err(|_| bad())?;
    let end = text.rfind("DocBody").ok_or_else(bad)?;
    let start = text[..end].rfind("</").ok_or_else(bad)?;
    let prefix = &text[start + 2..end];
    let element = format!("<{prefix}Signatures>/{list}</{prefix}Signatures>");
    Ok([&text[..start], &element, &text[start..]].concat().into_bytes())
}
