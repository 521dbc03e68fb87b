//! Signatures.xml and the Signature.xml of each signature (GB/T 33190—2016, 18).

use super::archive::Archive;
use super::content::four;
use super::xml::{Element, parse};
use super::{load, resolve};
use crate::finding::{Code, Finding};

/// Whether a signature shows a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// With a seal (GB/T 38540).
    Seal,
    /// Digital signature without a seal: the bare SM2 value.
    Sign,
}

/// Where a seal is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    /// ID of the page.
    pub page: String,
    /// Left, top, width, height in mm.
    pub boundary: (f64, f64, f64, f64),
    /// The part that is shown, for seals across pages.
    pub clip: Option<(f64, f64, f64, f64)>,
}

/// A digest of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Absolute name without the leading `/`.
    pub place: String,
    /// The digest that the signer saw.
    pub digest: Vec<u8>,
}

/// One signature as the package describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureRecord {
    /// Its ID in Signatures.xml.
    pub id: String,
    /// Its kind.
    pub kind: SignatureKind,
    /// Its Signature.xml.
    pub place: String,
    /// The signed value's file.
    pub value: String,
    /// The seal's file, when there is one.
    pub seal: Option<String>,
    /// Digest method as written.
    pub method: Option<String>,
    /// Signature method as written.
    pub algorithm: Option<String>,
    /// Time of signing as written; the signed time is in the value.
    pub time: Option<String>,
    /// Digests.
    pub references: Vec<Reference>,
    /// Where the seal is shown.
    pub stamps: Vec<Stamp>,
}

/// Reads the list at `place`: how many it names, and their records. One that cannot be read becomes a finding; the others are
/// read all the same.
pub(super) fn records(archive: &Archive, place: &str) -> (usize, Vec<SignatureRecord>, Vec<Finding>) {
    let mut count = 0;
    let mut findings = Vec::new();
    let mut records = Vec::new();
    let (place, list) = match load(archive, place, &mut findings) {
        Ok(loaded) => loaded,
        Err(finding) => {
            findings.push(finding);
            return (0, records, findings);
        }
    };
    for listed in list.all("Signature") {
        count += 1;
        match record(archive, &place, listed, &mut findings) {
            Ok(record) => records.push(record),
            Err(finding) => findings.push(finding),
        }
    }
    (count, records, findings)
}

fn record(
    archive: &Archive,
    list: &str,
    listed: &Element,
    findings: &mut Vec<Finding>,
) -> Result<SignatureRecord, Finding> {
    let bad = |what: &str| Finding::new(Code::BadSignatureXml, what);
    let base = listed.attribute("BaseLoc").ok_or_else(|| bad(list))?;
    let kind = match listed.attribute("Type") {
        None | Some("Seal") => SignatureKind::Seal,
        Some("Sign") => SignatureKind::Sign,
        Some(other) => return Err(bad(other)),
    };
    let base = resolve(list, base)?;
    let found = archive.find(&base, findings);
    let (place, bytes) = found.ok_or_else(|| Finding::new(Code::MissingFile, base.clone()))?;
    let root = parse(place, bytes)?;
    let signed = root.child("SignedInfo").ok_or_else(|| bad(place))?;
    let value = root.child_text("SignedValue").ok_or_else(|| bad(place))?;
    let references = signed.child("References").ok_or_else(|| bad(place))?;
    let mut digests = Vec::new();
    for reference in references.all("Reference") {
        let file = reference.attribute("FileRef").ok_or_else(|| bad(place))?;
        let text: String = reference.child_text("CheckValue").unwrap_or_default().split_whitespace().collect();
        let digest = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text);
        let digest = digest.map_err(|_| bad(file))?;
        digests.push(Reference { place: resolve(place, file)?, digest });
    }
    let mut stamps = Vec::new();
    for stamp in signed.all("StampAnnot") {
        let page = stamp.attribute("PageRef").ok_or_else(|| bad(place))?;
        let boundary = stamp.attribute("Boundary").and_then(four).ok_or_else(|| bad(place))?;
        let clip = stamp.attribute("Clip").map(|clip| four(clip).ok_or_else(|| bad(place))).transpose()?;
        stamps.push(Stamp { page: page.to_owned(), boundary, clip });
    }
    let seal = signed.child("Seal").and_then(|seal| seal.child_text("BaseLoc"));
    let word = |name: &str| signed.child_text(name).map(str::to_owned);
    Ok(SignatureRecord {
        id: listed.attribute("ID").unwrap_or_default().to_owned(),
        kind,
        value: resolve(place, value)?,
        seal: seal.map(|seal| resolve(place, seal)).transpose()?,
        method: references.attribute("CheckMethod").map(str::to_owned),
        algorithm: word("SignatureMethod"),
        time: word("SignatureDateTime"),
        references: digests,
        stamps,
        place: place.to_owned(),
    })
}
