use kernel::Timestamp;

use super::*;
use crate::{Signer, SoftSigner, sm2::SecretKey};

mod bundles;
mod hostile;
mod lists;
mod paths;
mod reading;
mod signers;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An instant within every validity that the tests make.
fn noon() -> Timestamp {
    at("2026-06-01T12:00:00Z")
}

fn named(common: &str) -> Name {
    Name::new(&[(Attribute::Country, "CN"), (Attribute::Organisation, "演示专用"), (Attribute::CommonName, common)])
        .unwrap()
}

fn draft(serial: u64, common: &str, role: Role) -> Draft {
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2030-12-31T23:59:59Z"));
    Draft { serial: Serial::from(serial), subject: named(common), from, until, role }
}

const AUTHORITY: Role = Role::Authority { path_len: None };

fn root_of(draft: &Draft) -> SoftSigner {
    let key = SecretKey::generate();
    SoftSigner::new(self_sign(&key, draft).unwrap(), key).unwrap()
}

fn root() -> SoftSigner {
    root_of(&draft(1, "根", AUTHORITY))
}

fn below(issuer: &dyn Signer, draft: &Draft) -> SoftSigner {
    let key = SecretKey::generate();
    SoftSigner::new(issue(issuer, draft, key.public_key()).unwrap(), key).unwrap()
}

/// A certificate from an issuer that does not ask whether it may.
fn below_anyway(issuer: &SoftSigner, draft: &Draft) -> SoftSigner {
    let key = SecretKey::generate();
    let from = issuer.certificate();
    let body = issue::body(draft, key.public_key(), from.subject(), from.subject_key_id().unwrap()).unwrap();
    let der = asn1::signed(&body, &issuer.sign(&body).unwrap()).unwrap();
    SoftSigner::new(Certificate::from_der(&der).unwrap(), key).unwrap()
}

fn list_of(issuer: &dyn Signer, entries: Vec<Revoked>) -> Crl {
    let (at, next) = (at("2026-05-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    issue_list(issuer, &ListDraft { number: 1, at, next, entries }).unwrap()
}

/// Root, authority and signer, with everything in order.
struct Three {
    root: SoftSigner,
    authority: SoftSigner,
    signer: SoftSigner,
    trust: Trust,
}

impl Three {
    /// The same trust with these lists alone.
    fn with_lists(&self, lists: &[Crl]) -> Trust {
        trust_in(&self.root, &[&self.authority], lists)
    }
}

fn three() -> Three {
    let root = root();
    let authority = below(&root, &draft(2, "签发机构", AUTHORITY));
    let signer = below(&authority, &draft(3, "统一受理中心", Role::Signer));
    let trust = trust_in(&root, &[&authority], &[list_of(&root, Vec::new()), list_of(&authority, Vec::new())]);
    Three { root, authority, signer, trust }
}

fn trust_in(root: &SoftSigner, authorities: &[&SoftSigner], lists: &[Crl]) -> Trust {
    let mut trust = Trust::new();
    trust.add_root(root.certificate().clone()).unwrap();
    authorities.iter().for_each(|authority| trust.add_authority(authority.certificate().clone()));
    lists.iter().for_each(|list| trust.add_list(list.clone()));
    trust
}

/// The body of a certificate or list in hexadecimal, with `from` replaced by `to` of the same length.
fn changed_body(good: &[u8], from: &str, to: &str) -> Vec<u8> {
    use der::Decode;
    assert_eq!(from.len(), to.len());
    let whole = asn1::Signed::from_der(good).unwrap();
    let body = hex::encode(asn1::bytes_of(&whole.body).unwrap());
    assert!(body.contains(from), "{from} in {body}");
    hex::decode(body.replacen(from, to, 1)).unwrap()
}

/// A certificate or list with a changed body, signed again.
fn forged(issuer: &SoftSigner, good: &[u8], from: &str, to: &str) -> Vec<u8> {
    let body = changed_body(good, from, to);
    asn1::signed(&body, &issuer.sign(&body).unwrap()).unwrap()
}
