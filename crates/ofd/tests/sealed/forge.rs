//! Writes sealed documents byte by byte, good and bad ones: nothing of the crate's own writer of signatures is used, so that
//! what is read is not what the same hand wrote.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gm::sm2::{SecretKey, SignerId};
use gm::{Signer, SoftSigner};
use ofd::seal::{Permitted, SealInfo, SealPicture};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::town::{Town, at};

pub(crate) const SM3: &str = "1.2.156.10197.1.401";
const SM2_WITH_SM3: [u8; 8] = [0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75];
/// SHA-256 with RSA (1.2.840.113549.1.1.11).
pub(crate) const RSA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
/// One white dot.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC";
pub(crate) const LIST: &str = "Doc_0/Signs/Signatures.xml";

/// A value of ASN.1.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        length @ 0..=0x7F => out.push(u8::try_from(length).unwrap()),
        length @ 0x80..=0xFF => out.extend([0x81, u8::try_from(length).unwrap()]),
        length => {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            out.extend([0x82, high, low]);
        }
    }
    out.extend(content);
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub(crate) fn bits(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content])
}

/// The files of a package by name, in order.
#[derive(Clone)]
pub(crate) struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    pub(crate) fn of<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self(files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect())
    }
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
    pub(crate) fn get(&self, name: &str) -> &[u8] {
        &self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} is there")).1
    }
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }
    pub(crate) fn set(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = bytes,
            None => self.0.push((name.to_owned(), bytes)),
        }
    }
    pub(crate) fn without(mut self, name: &str) -> Self {
        assert!(self.has(name), "{name} is there");
        self.0.retain(|(known, _)| known != name);
        self
    }
    pub(crate) fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.set(name, bytes);
        self
    }
    /// Replaces a piece of text, which must be there.
    pub(crate) fn replaced(mut self, name: &str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.get(name).to_vec()).unwrap();
        assert!(text.contains(from), "{from} stands in {text}");
        self.set(name, text.replacen(from, to, 1));
        self
    }
    /// Turns over one bit of one byte; places count from the end when negative.
    pub(crate) fn flipped(mut self, name: &str, place: isize) -> Self {
        let mut bytes = self.get(name).to_vec();
        let place = usize::try_from(place).unwrap_or_else(|_| bytes.len() - place.unsigned_abs());
        bytes[place] ^= 0x01;
        self.set(name, bytes);
        self
    }
    /// Renames a file.
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        for (name, _) in self.0.iter_mut().filter(|(name, _)| name == from) {
            to.clone_into(name);
        }
        assert!(self.has(to));
        self
    }
    pub(crate) fn zip(&self) -> Vec<u8> {
        self.packed(CompressionMethod::Deflated)
    }
    pub(crate) fn packed(&self, method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            let options = SimpleFileOptions::default().compression_method(method);
            if name.ends_with('/') {
                zip.add_directory(name.as_str(), options).unwrap();
                continue;
            }
            zip.start_file(name.as_str(), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

/// The seal that a signer of the town uses.
pub(crate) fn info(permitted: &[&SoftSigner]) -> SealInfo {
    let list = permitted.iter().map(|signer| signer.certificate().to_der().to_vec()).collect();
    SealInfo {
        vendor: "TONGBAN".to_owned(),
        id: "52010000000001".to_owned(),
        kind: 1,
        name: "筑城市市场监督管理局".to_owned(),
        permitted: Permitted::Certificates(list),
        created: at("2026-01-01T00:00:00Z"),
        valid_from: at("2026-01-01T00:00:00Z"),
        valid_to: at("2031-01-01T00:00:00Z"),
        picture: SealPicture { kind: "PNG".to_owned(), bytes: STANDARD.decode(DOT).unwrap(), width: 42, height: 42 },
        extensions: vec![],
    }
}

/// A seal to be made.
pub(crate) struct SealPlan<'a> {
    /// What it says of itself.
    pub(crate) info: Vec<u8>,
    /// The maker's certificate.
    pub(crate) maker: Vec<u8>,
    /// Whose key signs.
    pub(crate) by: &'a SoftSigner,
    /// Signed as the first generation was: information, certificate and algorithm together.
    pub(crate) rule_of_2014: bool,
    /// In the shape of the first generation.
    pub(crate) first_generation: bool,
    pub(crate) algorithm: &'a [u8],
    /// A time stamp of an authority, in the fifth generation.
    pub(crate) stamp: bool,
}

impl<'a> SealPlan<'a> {
    pub(crate) fn new(info: &SealInfo, maker: &'a SoftSigner) -> Self {
        Self {
            info: info.to_der(),
            maker: maker.certificate().to_der().to_vec(),
            by: maker,
            rule_of_2014: false,
            first_generation: false,
            algorithm: &SM2_WITH_SM3,
            stamp: false,
        }
    }

    pub(crate) fn make(&self) -> Vec<u8> {
        let (certificate, algorithm) = (tlv(0x04, &[&self.maker]), tlv(0x06, &[self.algorithm]));
        let sign = |bytes: &[u8]| bits(&self.by.sign(bytes).unwrap().to_der());
        let value =
            if self.rule_of_2014 { sign(&sequence(&[&self.info, &certificate, &algorithm])) } else { sign(&self.info) };
        if self.first_generation {
            return sequence(&[&self.info, &sequence(&[&certificate, &algorithm, &value])]);
        }
        let stamp = if self.stamp { tlv(0xA0, &[&bits(b"time stamp")]) } else { Vec::new() };
        sequence(&[&self.info, &certificate, &algorithm, &value, &stamp])
    }
}

/// A signature to be put on a document. The fields say what is written, right or wrong.
pub(crate) struct Sealing<'a> {
    pub(crate) seal: Vec<u8>,
    /// The certificate that the signature names.
    pub(crate) certificate: Vec<u8>,
    /// Whose key signs.
    pub(crate) by: &'a SoftSigner,
    pub(crate) time: &'a str,
    /// StampAnnot elements: page, boundary, and further attributes.
    pub(crate) stamps: Vec<(&'a str, &'a str, &'a str)>,
    /// What becomes of Signature.xml before it is signed.
    pub(crate) xml: &'a dyn Fn(String) -> String,
    /// What becomes of the signed content before it is signed.
    pub(crate) signed: &'a dyn Fn(Vec<u8>) -> Vec<u8>,
    pub(crate) version: u8,
    pub(crate) property: Option<&'a str>,
    pub(crate) hash: Option<Vec<u8>>,
    pub(crate) algorithm: &'a [u8],
    /// A key that signs instead, under an empty identifier.
    pub(crate) nameless: Option<&'a SecretKey>,
    /// The value as 64 bytes.
    pub(crate) raw: bool,
    pub(crate) extensions: Vec<u8>,
    pub(crate) stamp: bool,
    /// The seal also stands in a file of its own.
    pub(crate) file: bool,
}

/// The page that documents of the tests have, by its ID.
pub(crate) const PAGE: &str = "2";

impl<'a> Sealing<'a> {
    pub(crate) fn new(town: &'a Town) -> Self {
        Self::by(&town.signer, SealPlan::new(&info(&[&town.signer]), &town.maker).make())
    }

    pub(crate) fn by(signer: &'a SoftSigner, seal: Vec<u8>) -> Self {
        Self {
            seal,
            certificate: signer.certificate().to_der().to_vec(),
            by: signer,
            time: "20260302013000Z",
            stamps: vec![(PAGE, "120 210 42 42", "")],
            xml: &|xml| xml,
            signed: &|signed| signed,
            version: 4,
            property: None,
            hash: None,
            algorithm: &SM2_WITH_SM3,
            nameless: None,
            raw: false,
            extensions: Vec::new(),
            stamp: false,
            file: true,
        }
    }

    /// Puts the signature on the files.
    pub(crate) fn put(&self, files: &Files) -> Files {
        let mut files = files.clone();
        let folder = (0..)
            .map(|n| format!("Doc_0/Signs/Sign_{n}"))
            .find(|folder| !files.names().any(|name| name.starts_with(folder.as_str())));
        let folder = folder.unwrap();
        begin(&mut files, &folder, "Seal");
        let mut seal_element = String::new();
        if self.file {
            files.set(&format!("{folder}/Seal.esl"), self.seal.clone());
            seal_element = format!("<ofd:Seal><ofd:BaseLoc>/{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>");
        }
        let xml = (self.xml)(signature_xml(&files, &folder, self.time, &self.stamps, &seal_element));
        let hash = self.hash.clone().unwrap_or_else(|| gm::sm3(xml.as_bytes()).to_vec());
        files.set(&format!("{folder}/Signature.xml"), xml);
        let property = self.property.map_or_else(|| format!("/{folder}/Signature.xml"), str::to_owned);
        files.set(&format!("{folder}/SignedValue.dat"), self.value(&hash, &property));
        files
    }

    fn value(&self, hash: &[u8], property: &str) -> Vec<u8> {
        let (version, property) = (tlv(0x02, &[&[self.version]]), tlv(0x16, &[property.as_bytes()]));
        let (certificate, algorithm) = (tlv(0x04, &[&self.certificate]), tlv(0x06, &[self.algorithm]));
        let first = self.version == 1;
        // The first generation wrote the time into bits, and certificate and algorithm into what is signed.
        let time = if first { bits(self.time.as_bytes()) } else { tlv(0x18, &[self.time.as_bytes()]) };
        let mut parts: Vec<&[u8]> = vec![&version, &self.seal, &time];
        let hash = bits(hash);
        parts.extend([hash.as_slice(), &property, &self.extensions]);
        if first {
            parts.extend([certificate.as_slice(), &algorithm]);
        }
        let signed = (self.signed)(sequence(&parts));
        let signature = match self.nameless {
            Some(key) => key.sign_as(&SignerId::new("").unwrap(), &signed),
            None => self.by.sign(&signed).unwrap(),
        };
        let value = bits(&if self.raw { signature.to_raw().to_vec() } else { signature.to_der() });
        if first {
            return sequence(&[&signed, &value]);
        }
        let stamp = if self.stamp { tlv(0xA0, &[&bits(b"time stamp")]) } else { Vec::new() };
        sequence(&[&signed, &certificate, &algorithm, &value, &stamp])
    }
}

/// Puts a signature without a seal on the files.
pub(crate) fn plain(files: &Files, by: &SoftSigner) -> Files {
    let mut files = files.clone();
    let folder = "Doc_0/Signs/Sign_0";
    begin(&mut files, folder, "Sign");
    let xml = signature_xml(&files, folder, "20260302013000Z", &[], "");
    files.set(&format!("{folder}/SignedValue.dat"), by.sign(xml.as_bytes()).unwrap().to_der());
    files.set(&format!("{folder}/Signature.xml"), xml);
    files
}

/// Names the list in OFD.xml and the signature in the list.
fn begin(files: &mut Files, folder: &str, kind: &str) {
    if !files.has(LIST) {
        let root = String::from_utf8(files.get("OFD.xml").to_vec()).unwrap();
        let named = format!("<ofd:Signatures>/{LIST}</ofd:Signatures></ofd:DocBody>");
        files.set("OFD.xml", root.replace("</ofd:DocBody>", &named));
        let empty = "<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\"></ofd:Signatures>";
        files.set(LIST, empty);
    }
    let list = String::from_utf8(files.get(LIST).to_vec()).unwrap();
    let id = list.matches("<ofd:Signature ").count() + 1;
    let entry = format!("<ofd:Signature ID=\"s{id:03}\" Type=\"{kind}\" BaseLoc=\"/{folder}/Signature.xml\"/>");
    files.set(LIST, list.replace("</ofd:Signatures>", &(entry + "</ofd:Signatures>")));
}

fn signature_xml(files: &Files, folder: &str, time: &str, stamps: &[(&str, &str, &str)], seal: &str) -> String {
    let mut references = String::new();
    for name in files.names().filter(|name| *name != LIST && !name.ends_with('/')) {
        let digest = STANDARD.encode(gm::sm3(files.get(name)));
        references +=
            &format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>");
    }
    let stamps: String = stamps
        .iter()
        .enumerate()
        .map(|(n, (page, boundary, more))| {
            format!("<ofd:StampAnnot ID=\"st{n}\" PageRef=\"{page}\" Boundary=\"{boundary}\"{more}/>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ofd:Signature xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:SignedInfo>\
         <ofd:Provider ProviderName=\"corpus\" Version=\"1\" Company=\"corpus\"/>\
         <ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>\
         <ofd:SignatureDateTime>{time}</ofd:SignatureDateTime>\
         <ofd:References CheckMethod=\"{SM3}\">{references}</ofd:References>{stamps}{seal}</ofd:SignedInfo>\
         <ofd:SignedValue>/{folder}/SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    )
}
