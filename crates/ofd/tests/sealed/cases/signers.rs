//! What can be wrong with a signer and a signature.

use gm::{Signer, SoftSigner};

use super::{Recipe, base};
use crate::forge::{RSA, SealPlan, Sealing, info};
use crate::town::Town;

pub(super) const CASES: &[(&str, Recipe)] = &[
    ("signature-of-another-key", |town| Sealing { by: &town.other, ..Sealing::new(town) }.put(&base(1)).zip()),
    ("signature-under-no-identifier", |town| {
        Sealing { nameless: Some(&town.key), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("signature-over-a-changed-time", |town| changed_after(town, b"20260302013000Z", b"20260303013000Z")),
    ("signature-over-a-changed-place", |town| changed_after(town, b"Sign_0/Signature.xml", b"Sign_0/signature.xml")),
    ("signature-of-an-algorithm-unknown", |town| Sealing { algorithm: &RSA, ..Sealing::new(town) }.put(&base(1)).zip()),
    ("signature-method-unknown", |town| {
        let other = |xml: String| xml.replace("1.2.156.10197.1.501", "1.2.840.113549.1.1.11");
        Sealing { xml: &other, ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("signature-over-another-description", |town| {
        Sealing { hash: Some(vec![7; 32]), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("signature-for-another-place", |town| {
        Sealing { property: Some("/Doc_0/Signs/Sign_1/Signature.xml"), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("certificate-swapped", |town| {
        let certificate = town.other.certificate().to_der().to_vec();
        Sealing { certificate, ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("certificate-swapped-for-one-of-the-same-key", |town| {
        let certificate = town.renewed.certificate().to_der().to_vec();
        Sealing { certificate, ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("certificate-unreadable", |town| {
        let mut info = info(&[]);
        info.permitted = ofd::seal::Permitted::Certificates(vec![b"no certificate".to_vec()]);
        let seal = SealPlan::new(&info, &town.maker).make();
        let certificate = b"no certificate".to_vec();
        Sealing { certificate, ..Sealing::by(&town.signer, seal) }.put(&base(1)).zip()
    }),
    ("signer-not-of-a-trusted-root", |town| signed_by(town, &town.stranger)),
    ("signer-of-an-impostor", |town| signed_by(town, &town.impostor)),
    ("signer-is-an-authority", |town| signed_by(town, &town.issuing)),
    ("signer-expired", |town| signed_by(town, &town.expired)),
    ("signer-not-yet-valid", |town| signed_by(town, &town.early)),
    ("signer-revoked", |town| signed_by(town, &town.gone)),
    ("signer-below-a-revoked-authority", |town| signed_by(town, &town.orphan)),
    ("second-seal-by-a-revoked-signer", |town| {
        let seal = SealPlan::new(&info(&[&town.gone]), &town.maker).make();
        Sealing::by(&town.gone, seal).put(&Sealing::new(town).put(&base(1))).zip()
    }),
];

fn signed_by(town: &Town, signer: &SoftSigner) -> Vec<u8> {
    let seal = SealPlan::new(&info(&[signer]), &town.maker).make();
    Sealing::by(signer, seal).put(&base(1)).zip()
}

/// Bytes of the signed value that were changed after signing.
fn changed_after(town: &Town, from: &[u8], to: &[u8]) -> Vec<u8> {
    let name = "Doc_0/Signs/Sign_0/SignedValue.dat";
    let files = Sealing::new(town).put(&base(1));
    let mut value = files.get(name).to_vec();
    let place = value.windows(from.len()).rposition(|window| window == from).unwrap();
    value[place..place + to.len()].copy_from_slice(to);
    files.with(name, value).zip()
}
