//! The program `openssl` looks at what was taken out of a sealed document, and agrees.

use std::path::PathBuf;
use std::process::Command;

use ofd::seal::SealedValue;
use ofd::{Limits, read};

use crate::cases;
use crate::forge::tlv;
use crate::town::Town;

const DISTID: &str = "distid:1234567812345678";

/// A folder in which the program runs.
struct Openssl(tempfile::TempDir);

impl Openssl {
    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn accepts(&self, arguments: &str) -> bool {
        let mut openssl = Command::new("openssl");
        let run = openssl.args(arguments.split_whitespace()).current_dir(self.0.path()).output();
        run.expect("these tests need the program openssl (3.0 or newer): install the package openssl").status.success()
    }
    /// What both of the program's doors say of a value over `signed` under the certificate `name`.
    fn verified(&self, name: &str, signed: &[u8], value: &[u8], id: &str) -> bool {
        self.write("signed", signed);
        self.write("value", value);
        assert!(self.accepts(&format!("x509 -inform DER -in {name} -pubkey -noout -out key.pub")), "{name}");
        let (sigopt, pkeyopt) = match id {
            "" => (String::new(), String::new()),
            id => (format!("-sigopt {id}"), format!("-pkeyopt {id}")),
        };
        let digest = self.accepts(&format!("dgst -sm3 -verify key.pub {sigopt} -signature value signed"));
        let key = self.accepts(&format!(
            "pkeyutl -verify -rawin -digest sm3 -pubin -inkey key.pub -in signed -sigfile value {pkeyopt}"
        ));
        assert_eq!(digest, key, "both doors say the same");
        digest
    }
}

/// The parts of a SEQUENCE as they are stored, by another reader than the crate's.
fn parts(mut bytes: &[u8]) -> Vec<(u8, &[u8], &[u8])> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (start, length) = match bytes[1] {
            0x81 => (3, usize::from(bytes[2])),
            0x82 => (4, usize::from(bytes[2]) << 8 | usize::from(bytes[3])),
            short => (2, usize::from(short)),
        };
        parts.push((bytes[0], &bytes[start..start + length], &bytes[..start + length]));
        bytes = &bytes[start + length..];
    }
    parts
}

#[test]
fn openssl_accepts_signature_and_seal_and_refuses_changed_ones() {
    let (town, openssl) = (Town::new(), Openssl(tempfile::tempdir().unwrap()));
    let (_, recipe) = cases::all().find(|(name, _)| *name == "good-as-the-platform-seals").unwrap();
    let reading = read(&recipe(&town), &Limits::default()).unwrap();
    let value = reading.file("Doc_0/Signs/Sign_0/SignedValue.dat").unwrap();
    let whole = parts(value);
    let [(0x30, content, _)] = whole.as_slice() else { panic!("one value") };
    let of_signature = parts(content);
    let [(0x30, tbs, signed), (0x04, signer, _), _, (0x03, [0, signature @ ..], _)] = of_signature.as_slice() else {
        panic!("a signature")
    };
    let of_tbs = parts(tbs);
    let of_seal = parts(of_tbs[1].1);
    let [(0x30, _, info), (0x04, maker, _), _, (0x03, [0, made @ ..], _)] = of_seal.as_slice() else {
        panic!("a seal")
    };

    openssl.write("signer.crt", signer);
    openssl.write("maker.crt", maker);
    for (certificate, signed, value) in [("signer.crt", *signed, signature), ("maker.crt", *info, made)] {
        assert!(openssl.verified(certificate, signed, value, DISTID), "{certificate}");
        assert!(!openssl.verified(certificate, signed, value, ""), "{certificate}, without the identifier");
        for place in [5, signed.len() / 2, signed.len() - 1] {
            let mut other = signed.to_vec();
            other[place] ^= 1;
            assert!(!openssl.verified(certificate, &other, value, DISTID), "{certificate}, byte {place}");
        }
        let mut other = value.to_vec();
        let last = other.len() - 1;
        other[last] ^= 1;
        assert!(!openssl.verified(certificate, signed, &other, DISTID), "{certificate}, another value");
    }
    assert!(!openssl.verified("maker.crt", signed, signature, DISTID), "under another's certificate");

    // What was signed commits to the description of the signature, and that to every file.
    let description = reading.file("Doc_0/Signs/Sign_0/Signature.xml").unwrap();
    openssl.write("Signature.xml", description);
    assert!(openssl.accepts("dgst -sm3 -binary -out digest Signature.xml"));
    assert_eq!(tlv(0x03, &[&[0], &std::fs::read(openssl.path("digest")).unwrap()]), of_tbs[3].2);
    let ours = SealedValue::from_der(value).unwrap();
    assert_eq!(ours.signed.as_slice(), *signed);
    assert_eq!(ours.signature.as_slice(), signature);
}
