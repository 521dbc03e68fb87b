//! Known answers: a seal and a signature made elsewhere, byte for byte; a whole sealed document made elsewhere.

use base64::Engine;
use jiff::Timestamp;
use ofd::seal::{Generation, Permitted, Seal, SealInfo, SealPicture, SealedValue};
use ofd::{Code, Limits, SignatureKind, read};

/// Bytes of hexadecimal digits.
fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|n| u8::from_str_radix(&hex[n..n + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// `SEQUENCE { r, s }` of two positive numbers of 32 bytes.
fn pair(r: &str, s: &str) -> Vec<u8> {
    let number = |hex: &str| {
        let mut content = bytes(hex);
        if content[0] >= 0x80 {
            content.insert(0, 0);
        }
        [&[0x02, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
    };
    let content = [number(r), number(s)].concat();
    [&[0x30, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

const INFO: &str = "3081de300f160245530201041606475959575442160e353230313030303030303030303130670201010c1be8b4b5e998b3e5b882e694bfe58aa1e69c8de58aa1e4b8ade5bf83020101300f040d544553542d434552542d444552180f32303236303130313030303030305a180f32303236303130313030303030305a180f32303331303130313030303030305a30521603504e47044589504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae42608202012a02012a";
const PNG: &str = "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082";

fn info() -> SealInfo {
    SealInfo {
        vendor: "GYYWTB".to_owned(),
        id: "52010000000001".to_owned(),
        kind: 1,
        name: "贵阳市政务服务中心".to_owned(),
        permitted: Permitted::Certificates(vec![b"TEST-CERT-DER".to_vec()]),
        created: at("2026-01-01T00:00:00Z"),
        valid_from: at("2026-01-01T00:00:00Z"),
        valid_to: at("2031-01-01T00:00:00Z"),
        picture: SealPicture { kind: "PNG".to_owned(), bytes: bytes(PNG), width: 42, height: 42 },
        extensions: vec![],
    }
}

fn seal() -> Seal {
    let value = pair(
        "380398d36d97ba1adf0fa93193eece2a26c57258d97c2f80b8a163d78d1dad51",
        "c0ce5d0ba717c503f6eb9aeea49d3360bc19bbf643b531593c09939dd17e8d7d",
    );
    Seal::assemble(info(), b"TEST-CERT-DER".to_vec(), &value)
}

#[test]
fn a_seal_is_made_byte_for_byte() {
    assert_eq!(hex(&info().to_der()), INFO);
    let seal = seal();
    assert_eq!(seal.to_der().len(), 328);
    assert_eq!(hex(&gm::sm3(seal.to_der())), "d6131ff27de1c13ea7c942832c6624df646de95a5a09d14360f7a121ab772fa3");
    assert_eq!(Seal::from_der(seal.to_der()).unwrap(), seal);
    assert_eq!(seal.generation, Generation::V4);
}

#[test]
fn bytes_that_are_no_seal_are_refused_at_every_cut() {
    let whole = seal().to_der().to_vec();
    for end in 0..whole.len() {
        assert_eq!(Seal::from_der(&whole[..end]).unwrap_err().code, Code::BadSignedValue);
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        if let Ok(read) = Seal::from_der(&changed) {
            assert_ne!(read, seal(), "byte {at}");
        }
        assert!(SealedValue::from_der(&changed).is_err());
    }
}

#[test]
fn digests_and_extensions_are_written_and_read_again() {
    let mut info = info();
    info.permitted = Permitted::Digests(vec![("1.2.156.10197.1.401".to_owned(), vec![7; 32])]);
    info.extensions = vec![ofd::seal::Extension { id: vec![0x2A, 0x03], critical: false, value: vec![1, 2] }];
    let der = info.to_der();
    assert!(hex(&der).contains("0101000402"), "critical is written even when it is false");
    let seal = Seal::assemble(info.clone(), vec![1], &[2]);
    assert_eq!(Seal::from_der(seal.to_der()).unwrap().info, info);
}

#[test]
fn a_document_sealed_elsewhere_is_read() {
    let text: String = include_str!("../data/sealed-elsewhere.base64").split_whitespace().collect();
    let file = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let reading = read(&file, &Limits::default()).unwrap();
    assert_eq!(reading.text(), "受理通知书");
    assert_eq!(reading.findings, []);
    let [record] = reading.signatures.as_slice() else { panic!("one signature") };
    assert_eq!((record.id.as_str(), record.kind), ("s001", SignatureKind::Seal));
    for reference in &record.references {
        assert_eq!(gm::sm3(reading.file(&reference.place).unwrap()).as_slice(), reference.digest);
    }
    let value = SealedValue::from_der(reading.file(&record.value).unwrap()).unwrap();
    assert_eq!(value.seal.info.name, "贵阳市政务服务中心");
    assert_eq!(value.seal.info.id, "52010000000001");
    assert_eq!(value.time, Some(at("2026-03-02T01:30:00Z")));
    assert_eq!(value.property, "/Doc_0/Signs/Sign_0/Signature.xml");
    assert_eq!(value.data_hash, gm::sm3(reading.file(&record.place).unwrap()));
    assert_eq!(value.seal.to_der(), reading.file(record.seal.as_ref().unwrap()).unwrap());
}
