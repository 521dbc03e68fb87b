//! Signatures on documents, with real keys: what is covered, in which order, and what other programs say of it.

use std::process::Command;

use gm::sm2::{SecretKey, Signature};
use jiff::Timestamp;
use ofd::seal::{
    Order, Permitted, Provider, Seal, SealInfo, SealPicture, SealedValue, StampError, prepare, prepare_plain,
};
use ofd::{Code, Limits, Reading, SignatureKind, Stamp, read, write_ofd};

use super::sample::certificate;

/// Stands for a certificate: stamping carries its bytes and reads nothing in them.
const SIGNER: &[u8] = b"certificate of the signer";

fn key(n: u8) -> SecretKey {
    SecretKey::from_bytes(&[n; 32]).unwrap()
}

fn at() -> Timestamp {
    "2026-03-02T01:30:00Z".parse().unwrap()
}

fn seal() -> Seal {
    let info = SealInfo {
        vendor: "TONGBAN".to_owned(),
        id: "52010000000001".to_owned(),
        kind: 1,
        name: "贵阳市市场监督管理局".to_owned(),
        permitted: Permitted::Certificates(vec![SIGNER.to_vec()]),
        created: at(),
        valid_from: at(),
        valid_to: "2031-03-01T00:00:00Z".parse().unwrap(),
        picture: SealPicture { kind: "PNG".to_owned(), bytes: vec![1; 9], width: 42, height: 42 },
        extensions: vec![],
    };
    let value = key(1).sign(&info.to_der()).to_der();
    Seal::assemble(info, b"certificate of the maker".to_vec(), &value)
}

fn stamp(page: &str, x: f64) -> Stamp {
    Stamp { page: page.to_owned(), boundary: (x, 210.0, 42.0, 42.0), clip: None }
}

fn unsealed() -> (Vec<u8>, String) {
    let bytes = write_ofd(&certificate()).unwrap().to_bytes().unwrap();
    let page = read(&bytes, &Limits::default()).unwrap().pages[0].id.clone();
    (bytes, page)
}

fn sealed(bytes: &[u8], page: &str, x: f64) -> Vec<u8> {
    let seal = seal();
    let order = Order { seal: &seal, stamps: vec![stamp(page, x)], at: at(), provider: Provider::default() };
    let prepared = prepare(bytes, &order).unwrap();
    let value = key(2).sign(prepared.to_sign()).to_der();
    prepared.finish(SIGNER, &value).to_bytes().unwrap()
}

fn verified(key: &SecretKey, signed: &[u8], value: &[u8]) -> bool {
    key.public_key().verify(signed, &Signature::from_der(value).unwrap())
}

/// Files whose digest is not the signed one.
fn changed(reading: &Reading, number: usize) -> Vec<String> {
    let references = &reading.signatures[number].references;
    let wrong =
        references.iter().filter(|r| reading.file(&r.place).map(gm::sm3).map(Vec::from) != Some(r.digest.clone()));
    wrong.map(|reference| reference.place.clone()).collect()
}

#[test]
fn a_stamped_document_is_covered_whole_and_its_values_are_right() {
    let (bytes, page) = unsealed();
    let done = sealed(&bytes, &page, 120.0);
    let reading = read(&done, &Limits::default()).unwrap();
    assert_eq!(reading.findings, []);
    let [record] = reading.signatures.as_slice() else { panic!("one signature") };
    assert_eq!(changed(&reading, 0), [""; 0]);
    assert_eq!(record.stamps, [stamp(&page, 120.0)]);
    let free: Vec<&str> = reading.names().filter(|name| !record.references.iter().any(|r| r.place == **name)).collect();
    assert_eq!(
        free,
        ["Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat", "Doc_0/Signs/Signatures.xml"]
    );
    let value = SealedValue::from_der(reading.file(&record.value).unwrap()).unwrap();
    assert!(verified(&key(2), &value.signed, &value.signature));
    assert!(verified(&key(1), &value.seal.signed, &value.seal.signature));
    assert_eq!(value.data_hash, gm::sm3(reading.file(&record.place).unwrap()));
    assert_eq!((value.signer.as_slice(), value.property), (SIGNER, format!("/{}", record.place)));
    assert_eq!(value.time, Some(at()));
    assert!(done.len() <= 60 * 1024);
}

#[test]
fn the_same_order_gives_the_same_bytes_to_sign() {
    let (bytes, page) = unsealed();
    let seal = seal();
    let order = Order { seal: &seal, stamps: vec![stamp(&page, 9.0)], at: at(), provider: Provider::default() };
    let (first, second) = (prepare(&bytes, &order).unwrap(), prepare(&bytes, &order).unwrap());
    assert!(first.to_sign() == second.to_sign());
    assert!(first.finish(SIGNER, &[1]) == second.finish(SIGNER, &[1]));
}

/// A document whose list of signatures is covered by a signature, as some makers write it.
#[test]
fn a_document_closed_against_further_signatures_stays_as_it_is() {
    let (bytes, page) = unsealed();
    let reading = read(&sealed(&bytes, &page, 120.0), &Limits::default()).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in reading.names() {
        let mut content = reading.file(name).unwrap().to_vec();
        if name.ends_with("/Signature.xml") {
            let text = String::from_utf8(content).unwrap();
            content = text.replace("FileRef=\"/OFD.xml\"", "FileRef=\"/Doc_0/Signs/Signatures.xml\"").into_bytes();
        }
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, &content).unwrap();
    }
    let closed = zip.finish().unwrap().into_inner();
    assert_eq!(prepare_plain(&closed, at(), &Provider::default()).unwrap_err(), StampError::Closed);
}

#[test]
fn a_second_signature_covers_the_first_and_leaves_it_whole() {
    let (bytes, page) = unsealed();
    let once = sealed(&bytes, &page, 120.0);
    let twice = sealed(&once, &page, 60.0);
    let plain = prepare_plain(&twice, at(), &Provider::default()).unwrap();
    let value = key(3).sign(plain.to_sign()).to_der();
    let thrice = plain.finish(&[], &value).to_bytes().unwrap();
    let reading = read(&thrice, &Limits::default()).unwrap();
    let kinds: Vec<_> = reading.signatures.iter().map(|record| (record.id.as_str(), record.kind)).collect();
    assert_eq!(kinds, [("s001", SignatureKind::Seal), ("s002", SignatureKind::Seal), ("s003", SignatureKind::Sign)]);
    for number in 0..3 {
        assert_eq!(changed(&reading, number), [""; 0], "signature {number}");
    }
    let covered = |number: usize, place: &str| reading.signatures[number].references.iter().any(|r| r.place == place);
    assert!(covered(1, "Doc_0/Signs/Sign_0/SignedValue.dat") && covered(2, "Doc_0/Signs/Sign_1/SignedValue.dat"));
    let record = &reading.signatures[2];
    assert!(verified(&key(3), reading.file(&record.place).unwrap(), reading.file(&record.value).unwrap()));
}

#[test]
fn a_seal_must_stand_on_a_page() {
    let (bytes, page) = unsealed();
    let seal = seal();
    let place = |stamps: Vec<Stamp>| {
        let order = Order { seal: &seal, stamps, at: at(), provider: Provider::default() };
        prepare(&bytes, &order).unwrap_err()
    };
    assert_eq!(place(vec![]), StampError::Nowhere);
    assert_eq!(place(vec![stamp("no such page", 10.0)]), StampError::Nowhere);
    assert_eq!(place(vec![stamp(&page, 210.0)]), StampError::Nowhere);
    let order = Order { seal: &seal, stamps: vec![stamp(&page, 0.0)], at: at(), provider: Provider::default() };
    assert!(matches!(prepare(b"x", &order), Err(StampError::Unreadable(f)) if f.code == Code::NotAPackage));
}

#[test]
fn openssl_agrees_with_the_bytes_that_were_signed() {
    let (bytes, page) = unsealed();
    let reading = read(&sealed(&bytes, &page, 120.0), &Limits::default()).unwrap();
    let value = SealedValue::from_der(reading.file(&reading.signatures[0].value).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let check = |key: &SecretKey, signed: &[u8], value: &[u8]| {
        let pem = file("key.pem", key.public_key().to_spki_pem().as_bytes());
        let (signed, value) = (file("tbs.der", signed), file("sig.der", value));
        let mut openssl = Command::new("openssl");
        openssl.args(["dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify"]).arg(pem);
        let out = openssl.arg("-signature").arg(value).arg(signed).output().expect("openssl is installed");
        String::from_utf8(out.stdout).unwrap().contains("Verified OK")
    };
    assert!(check(&key(2), &value.signed, &value.signature));
    assert!(check(&key(1), &value.seal.signed, &value.seal.signature));
    assert!(!check(&key(1), &value.signed, &value.signature), "another key");
}
