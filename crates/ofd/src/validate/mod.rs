//! Checking a sealed document in layers (验章). Each layer is good, has failed, or cannot be checked, and "cannot be checked"
//! is never "good". Order and content: GB/T 38540—2020, 7; coverage is a check of our own.

mod certificates;
mod coverage;

use std::collections::BTreeSet;

use gm::sm2::Signature;
use gm::x509::{Certificate, Trust};
use jiff::Timestamp;

pub(crate) use certificates::check_signer;

use crate::finding::{Code, Finding, Layer, Weight};
use crate::read::{Limits, Reading, SignatureKind, SignatureRecord, read};
use crate::seal::{Generation, SM2_SM3, SM2_SM3_OID, SM3_OID, Seal, SealedValue};
use certificates::{Owner, check_certificate, permitted};

/// How a layer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Checked, and nothing is wrong.
    Good,
    /// Nobody can say with what is at hand.
    NotCheckable,
    /// Wrong.
    Failed,
}

impl State {
    /// Stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::NotCheckable => "not_checkable",
            Self::Failed => "failed",
        }
    }

    /// Word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "通过",
            Self::NotCheckable => "无法核验",
            Self::Failed => "不通过",
        }
    }
}

/// One signature of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureReport {
    /// Its ID in the list.
    pub id: String,
    /// With or without a seal.
    pub kind: SignatureKind,
    /// The seal's name and number, when it could be read.
    pub seal: Option<(String, String)>,
    /// Time of signing, when it could be read.
    pub time: Option<Timestamp>,
    /// What was found.
    pub findings: Vec<Finding>,
    checked: BTreeSet<Layer>,
}

impl SignatureReport {
    /// How a layer of this signature stands.
    pub fn state(&self, layer: Layer) -> State {
        state(&self.findings, self.checked.contains(&layer), layer)
    }

    fn add(&mut self, code: Code, subject: impl Into<String>) {
        self.findings.push(Finding::new(code, subject));
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was found in the document as a whole.
    pub findings: Vec<Finding>,
    /// The signatures in order.
    pub signatures: Vec<SignatureReport>,
    readable: bool,
}

impl Report {
    /// How a layer of the whole document stands: the worst of the document and of all its signatures.
    pub fn state(&self, layer: Layer) -> State {
        let of_signatures = self.signatures.iter().map(|signature| signature.state(layer)).max();
        let whole = match layer {
            Layer::Package => self.readable,
            _ => of_signatures.is_some(),
        };
        state(&self.findings, whole, layer).max(of_signatures.unwrap_or(State::Good))
    }

    /// The worst of all layers.
    pub fn verdict(&self) -> State {
        Layer::ALL.into_iter().map(|layer| self.state(layer)).max().unwrap_or(State::Failed)
    }

    /// Valid only when there is a signature and every layer is good.
    pub fn is_valid(&self) -> bool {
        self.verdict() == State::Good
    }

    /// Whether the file is no OFD package at all, rather than a bad one: not a ZIP, or one without OFD.xml.
    pub fn is_no_package(&self) -> bool {
        let root = |f: &Finding| f.code == Code::MissingFile && f.subject == "OFD.xml";
        !self.readable && self.findings.iter().any(|finding| finding.code == Code::NotAPackage || root(finding))
    }

    /// All findings, those of the document first.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.signatures.iter().flat_map(|signature| &signature.findings))
    }

    /// The codes found, without doubles.
    pub fn codes(&self) -> BTreeSet<Code> {
        self.all_findings().map(|finding| finding.code).collect()
    }
}

fn state(findings: &[Finding], checked: bool, layer: Layer) -> State {
    let worst = findings.iter().filter(|f| f.code.layer() == layer).map(|f| f.code.weight()).max();
    match worst {
        Some(Weight::Failed) => State::Failed,
        Some(Weight::Unknown) => State::NotCheckable,
        _ if !checked => State::NotCheckable,
        _ => State::Good,
    }
}

/// Checks the OFD file `bytes` against those whom `trust` trusts, as of the instant `at`. A document without a signature
/// fails: whoever checks expects one.
pub fn validate(bytes: &[u8], trust: &Trust, at: Timestamp) -> Report {
    let reading = match read(bytes, &Limits::default()) {
        Ok(reading) => reading,
        Err(finding) => return Report { findings: vec![finding], signatures: Vec::new(), readable: false },
    };
    let mut findings = reading.findings.clone();
    if reading.listed == 0 {
        findings.push(Finding::new(Code::NoSignature, ""));
    }
    findings.extend(coverage::unused_pages(&reading));
    let signatures = reading.signatures.iter().map(|record| check(&reading, record, trust, at)).collect();
    Report { findings, signatures, readable: true }
}

fn check(reading: &Reading, record: &SignatureRecord, trust: &Trust, at: Timestamp) -> SignatureReport {
    let mut report = SignatureReport {
        id: record.id.clone(),
        kind: record.kind,
        seal: None,
        time: None,
        findings: Vec::new(),
        checked: BTreeSet::from([Layer::Package, Layer::Digests, Layer::Coverage]),
    };
    if record.algorithm.as_deref() != Some(SM2_SM3_OID) {
        report.add(Code::OtherAlgorithm, record.algorithm.clone().unwrap_or_default());
    }
    check_digests(reading, record, &mut report);
    report.findings.extend(coverage::uncovered(reading, record));
    let Some(value) = reading.file(&record.value) else {
        report.add(Code::MissingFile, &record.value);
        return report;
    };
    match record.kind {
        SignatureKind::Seal => match SealedValue::from_der(value) {
            Ok(sealed) => check_sealed(reading, record, &sealed, trust, at, &mut report),
            Err(finding) => report.findings.push(finding),
        },
        SignatureKind::Sign => {
            // Neither a seal nor a certificate is part of it: what needs one does not apply or cannot be checked.
            report.checked.extend([Layer::Structure, Layer::Maker, Layer::Permitted, Layer::Place]);
            if Signature::from_der(value).is_err() {
                report.add(Code::BadSignedValue, &record.value);
            }
            report.add(Code::NoCertificate, &record.id);
            report.add(Code::NoTime, &record.id);
        }
    }
    report
}

fn check_digests(reading: &Reading, record: &SignatureRecord, report: &mut SignatureReport) {
    // A method that is not written means MD5 (GB/T 33190—2016).
    if !matches!(record.method.as_deref(), Some(SM3_OID | "SM3")) {
        report.add(Code::OtherDigest, record.method.clone().unwrap_or_else(|| "MD5".to_owned()));
    }
    for reference in &record.references {
        match reading.file(&reference.place) {
            None => report.add(Code::MissingFile, &reference.place),
            Some(bytes) if gm::sm3(bytes).as_slice() != reference.digest => {
                report.add(Code::FileChanged, &reference.place);
            }
            Some(_) => {}
        }
    }
}

fn check_sealed(
    reading: &Reading,
    record: &SignatureRecord,
    sealed: &SealedValue,
    trust: &Trust,
    at: Timestamp,
    report: &mut SignatureReport,
) {
    let seal = &sealed.seal;
    report.seal = Some((seal.info.name.clone(), seal.info.id.clone()));
    report.time = sealed.time;
    report.checked.extend([Layer::Structure, Layer::Permitted, Layer::Place, Layer::Times]);
    if sealed.generation != Generation::V4 || seal.generation != Generation::V4 {
        report.add(Code::OtherGeneration, &record.id);
    }
    if sealed.algorithm != SM2_SM3 {
        report.add(Code::OtherAlgorithm, &record.id);
    }
    if sealed.stamped || seal.stamped {
        report.add(Code::TimeStampUnchecked, &record.id);
    }
    if sealed.extensions.iter().any(|extension| extension.critical) {
        report.add(Code::UnknownExtension, &record.id);
    }
    if let Some(place) = &record.seal {
        match reading.file(place) {
            None => report.add(Code::MissingFile, place),
            Some(bytes) if bytes != seal.to_der() => report.add(Code::SealFileDiffers, place),
            Some(_) => {}
        }
    }
    let signed = reading.file(&record.place).unwrap_or_default();
    if gm::sm3(signed).as_slice() != sealed.data_hash {
        report.add(Code::SignatureXmlChanged, &record.place);
    }
    if sealed.property.trim_start_matches('/') != record.place {
        report.add(Code::WrongPlace, &sealed.property);
    }
    if !permitted(&sealed.signer, seal, &mut report.findings) {
        report.add(Code::SignerNotPermitted, &record.id);
    }
    match Certificate::from_der(&sealed.signer) {
        Err(_) => report.add(Code::SignerCertificate, &record.id),
        Ok(certificate) => {
            report.checked.extend([Layer::Signature, Layer::Signer, Layer::Revocation]);
            verify(&certificate, &sealed.signed, &sealed.signature, Code::SignatureWrong, &mut report.findings);
            if let Some(time) = sealed.time {
                report.findings.extend(check_certificate(&certificate, Owner::Signer, trust, time));
            }
        }
    }
    report.checked.insert(Layer::Maker);
    match sealed.time {
        Some(time) => {
            report.findings.extend(check_seal(seal, trust, time));
            if time > at {
                report.add(Code::SignedInFuture, &record.id);
            }
        }
        None => {
            // Without a time nothing can be said of that time: neither of validity nor of revocation.
            report.add(Code::NoTime, &record.id);
            report.checked.remove(&Layer::Signer);
            report.checked.remove(&Layer::Revocation);
            report.findings.extend(check_maker(seal, trust));
        }
    }
}

/// Checks a seal for use at the instant `at` (验印章): the maker's signature and certificate, and its times.
pub fn check_seal(seal: &Seal, trust: &Trust, at: Timestamp) -> Vec<Finding> {
    let mut findings = check_maker(seal, trust);
    let info = &seal.info;
    if info.valid_from > info.valid_to {
        findings.push(Finding::new(Code::SealTimes, &info.id));
    }
    if at < info.valid_from || at > info.valid_to {
        findings.push(Finding::new(Code::SealNotValid, &info.id));
    }
    if info.created > at {
        findings.push(Finding::new(Code::SealMadeLater, &info.id));
    }
    findings
}

fn check_maker(seal: &Seal, trust: &Trust) -> Vec<Finding> {
    let mut findings = Vec::new();
    if seal.algorithm != SM2_SM3 {
        findings.push(Finding::new(Code::OtherAlgorithm, &seal.info.id));
    }
    // No maker's own values are known here (GB/T 38540—2020, ExtData: who does not know a critical one refuses).
    if seal.info.extensions.iter().any(|extension| extension.critical) {
        findings.push(Finding::new(Code::UnknownExtension, &seal.info.id));
    }
    match Certificate::from_der(&seal.maker) {
        Err(_) => {
            findings.push(Finding::new(Code::MakerCertificate, &seal.info.id));
            findings.push(Finding::new(Code::NoRevocationData, &seal.info.id));
        }
        Ok(certificate) => {
            verify(&certificate, &seal.signed, &seal.signature, Code::SealForged, &mut findings);
            findings.extend(check_certificate(&certificate, Owner::Maker, trust, seal.info.created));
        }
    }
    findings
}

/// Checks an SM2 value in either form over stored bytes.
fn verify(certificate: &Certificate, signed: &[u8], value: &[u8], wrong: Code, findings: &mut Vec<Finding>) {
    let signature = match Signature::from_der(value) {
        Ok(signature) => Some(signature),
        Err(_) => {
            let raw = Signature::from_raw(value).ok();
            findings.extend(raw.is_some().then(|| Finding::new(Code::RawSignature, "")));
            raw
        }
    };
    if !signature.is_some_and(|signature| certificate.key().verify(signed, &signature)) {
        findings.push(Finding::new(wrong, ""));
    }
}
