//! What can be wrong with a seal: its maker, its times, whom it permits.

use gm::{Signer, SoftSigner};
use ofd::seal::{Permitted, SealInfo};

use super::good::{digests, extension, signed_extension, version_of, with_info};
use super::{Recipe, base};
use crate::forge::{Files, RSA, SM3, SealPlan, Sealing, info};
use crate::town::{Town, at};

pub(super) const CASES: &[(&str, Recipe)] = &[
    ("seal-forged", |town| with_plan(town, |plan| plan.by = &town.other)),
    ("seal-signed-by-the-rule-of-2014", |town| with_plan(town, |plan| plan.rule_of_2014 = true)),
    ("seal-renamed-after-making", |town| {
        let mut seal = SealPlan::new(&info(&[&town.signer]), &town.maker).make();
        let (name, other) = ("市场".as_bytes(), "交通".as_bytes());
        let place = seal.windows(name.len()).position(|window| window == name).unwrap();
        seal[place..place + other.len()].copy_from_slice(other);
        Sealing::by(&town.signer, seal).put(&base(1)).zip()
    }),
    ("seal-of-an-algorithm-unknown", |town| with_plan(town, |plan| plan.algorithm = &RSA)),
    ("seal-version-unknown", |town| with_plan(town, |plan| version_of(&mut plan.info, 9))),
    ("seal-stamped-in-generation-4", |town| with_plan(town, |plan| plan.stamp = true)),
    ("seal-extension-critical", |town| with_info(town, |info| info.extensions = vec![extension(true)])),
    ("signed-extension-critical", |town| {
        Sealing { extensions: signed_extension(0xFF), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("signed-version-unknown", |town| Sealing { version: 9, ..Sealing::new(town) }.put(&base(1)).zip()),
    ("seal-file-of-another-seal", |town| {
        let mut other = info(&[&town.signer]);
        other.name = "筑城市交通运输局".to_owned();
        let other = SealPlan::new(&other, &town.maker).make();
        let (seal, mut files) = (Sealing::new(town), base(1));
        // Signed with one, shown with another: the file's digest is right.
        let put = Sealing::by(&town.signer, other.clone()).put(&files);
        let shown = "Doc_0/Signs/Sign_0/Seal.esl";
        let digest = |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, gm::sm3(bytes));
        let (mine, theirs) = (digest(&seal.seal), digest(put.get(shown)));
        files = Sealing { xml: &|xml| xml.replace(&mine, &theirs), ..seal }.put(&files);
        files.with(shown, other).zip()
    }),
    ("maker-not-of-a-trusted-root", |town| made_by(town, &town.stranger)),
    ("maker-of-an-impostor", |town| made_by(town, &town.impostor)),
    ("maker-certificate-unreadable", |town| with_plan(town, |plan| plan.maker = b"no certificate".to_vec())),
    ("maker-is-an-authority", |town| made_by(town, &town.issuing)),
    ("maker-expired", |town| {
        let late = |info: &mut SealInfo| info.created = at("2026-03-02T00:00:00Z");
        made(town, &town.expired, late)
    }),
    ("maker-not-yet-valid", |town| made_by(town, &town.early)),
    ("maker-revoked", |town| made_by(town, &town.maker_gone)),
    ("maker-below-a-revoked-authority", |town| made_by(town, &town.orphan)),
    ("signer-not-in-the-list", |town| permitting(town, &[&town.other])),
    ("signer-list-empty", |town| permitting(town, &[])),
    ("signer-certificate-renewed", |town| {
        let seal = SealPlan::new(&info(&[&town.signer]), &town.maker).make();
        Sealing::by(&town.renewed, seal).put(&base(1)).zip()
    }),
    ("signer-not-in-the-digest-list", |town| {
        with_info(town, |info| info.permitted = Permitted::Digests(vec![(SM3.to_owned(), vec![7; 32])]))
    }),
    ("digest-list-of-a-method-unknown", |town| with_info(town, |info| info.permitted = digests(town, "MD5"))),
    ("digest-list-changed-after-making", |town| {
        let mut other = info(&[]);
        other.permitted =
            Permitted::Digests(vec![(SM3.to_owned(), gm::sm3(town.other.certificate().to_der()).to_vec())]);
        let mut seal = SealPlan::new(&other, &town.maker).make();
        let (theirs, mine) = (gm::sm3(town.other.certificate().to_der()), gm::sm3(town.signer.certificate().to_der()));
        let place = seal.windows(32).position(|window| window == theirs).unwrap();
        seal[place..place + 32].copy_from_slice(&mine);
        Sealing::by(&town.signer, seal).put(&base(1)).zip()
    }),
    ("seal-expired", |town| with_info(town, |info| info.valid_to = at("2026-03-02T01:29:59Z"))),
    ("seal-not-yet-valid", |town| with_info(town, |info| info.valid_from = at("2026-03-02T01:30:01Z"))),
    ("seal-made-after-its-use", |town| with_info(town, |info| info.created = at("2026-03-02T01:30:01Z"))),
    ("seal-times-the-wrong-way-round", |town| {
        with_info(town, |info| (info.valid_from, info.valid_to) = (info.valid_to, info.valid_from))
    }),
    ("signed-in-the-future", |town| {
        let later = with(town, |info| info.valid_to = at("2035-12-31T00:00:00Z"));
        Sealing { time: "20350601000000Z", ..Sealing::by(&town.signer, later) }.put(&base(1)).zip()
    }),
];

fn with_plan<'a>(town: &'a Town, change: impl FnOnce(&mut SealPlan<'a>)) -> Vec<u8> {
    let mut plan = SealPlan::new(&info(&[&town.signer]), &town.maker);
    change(&mut plan);
    Sealing::by(&town.signer, plan.make()).put(&base(1)).zip()
}

fn with(town: &Town, change: impl FnOnce(&mut SealInfo)) -> Vec<u8> {
    let mut info = info(&[&town.signer]);
    change(&mut info);
    SealPlan::new(&info, &town.maker).make()
}

fn made(town: &Town, maker: &SoftSigner, change: impl FnOnce(&mut SealInfo)) -> Vec<u8> {
    let mut info = info(&[&town.signer]);
    change(&mut info);
    let files: Files = Sealing::by(&town.signer, SealPlan::new(&info, maker).make()).put(&base(1));
    files.zip()
}

fn made_by(town: &Town, maker: &SoftSigner) -> Vec<u8> {
    made(town, maker, |_| {})
}

fn permitting(town: &Town, signers: &[&SoftSigner]) -> Vec<u8> {
    Sealing::by(&town.signer, SealPlan::new(&info(signers), &town.maker).make()).put(&base(1)).zip()
}
