//! Documents that are valid, some oddly made, and those of which nobody can say.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gm::Signer;
use ofd::seal::{Extension, Order, Permitted, Provider, Seal, SealInfo, prepare_plain, stamp};
use ofd::{Limits, Stamp, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{CONTENT, Recipe, base};
use crate::forge::{Files, LIST, SM3, SealPlan, Sealing, info, plain, sequence, tlv};
use crate::town::{Town, at, trust_of};

pub(super) const CASES: &[(&str, Recipe)] = &[
    ("good", |town| Sealing::new(town).put(&base(1)).zip()),
    ("good-as-the-platform-seals", as_the_platform),
    ("good-stored", |town| Sealing::new(town).put(&base(1)).packed(CompressionMethod::Stored)),
    ("good-data-descriptors", streamed),
    ("good-folders", |town| Sealing::new(town).put(&base(1).with("Doc_0/", "").with("Doc_0/Pages/", "")).zip()),
    ("good-two-seals", |town| Sealing::new(town).put(&Sealing::new(town).put(&base(1))).zip()),
    ("good-three-seals", |town| {
        let once = Sealing::new(town).put(&base(1));
        Sealing::new(town).put(&Sealing::new(town).put(&once)).zip()
    }),
    ("good-seam-seal", |town| {
        let seam = vec![("2", "189 130 42 42", " Clip=\"0 0 21 42\""), ("3", "189 130 42 42", " Clip=\"0 0 21 42\"")];
        Sealing { stamps: seam, ..Sealing::new(town) }.put(&base(2)).zip()
    }),
    ("good-digest-list", |town| with_info(town, |info| info.permitted = digests(town, SM3))),
    ("good-digest-list-in-words", |town| with_info(town, |info| info.permitted = digests(town, "SM3"))),
    ("good-method-in-words", |town| {
        Sealing { xml: &|xml| xml.replacen(SM3, "SM3", 1), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("good-wrong-case", |town| {
        let files = base(1).renamed(CONTENT, "Doc_0/Pages/PAGE_0/Content.xml");
        Sealing::new(town).put(&files).zip()
    }),
    ("good-no-seal-file", |town| Sealing { file: false, ..Sealing::new(town) }.put(&base(1)).zip()),
    ("good-list-covered", list_covered),
    ("good-type-left-out", |town| Sealing::new(town).put(&base(1)).replaced(LIST, " Type=\"Seal\"", "").zip()),
    ("good-without-prefix", |town| Sealing { xml: &without_prefix, ..Sealing::new(town) }.put(&base(1)).zip()),
    ("good-byte-order-mark", |town| {
        Sealing { xml: &|xml| format!("\u{FEFF}{xml}"), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("good-extension", |town| with_info(town, |info| info.extensions = vec![extension(false)])),
    ("good-extension-signed", |town| {
        Sealing { extensions: signed_extension(0x00), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("good-raw-value", |town| Sealing { raw: true, ..Sealing::new(town) }.put(&base(1)).zip()),
    ("good-last-second-of-the-seal", |town| with_info(town, |info| info.valid_to = at("2026-03-02T01:30:00Z"))),
    ("good-first-second-of-the-seal", |town| with_info(town, |info| info.valid_from = at("2026-03-02T01:30:00Z"))),
    ("good-signer-revoked-later", |town| {
        let seal = SealPlan::new(&info(&[&town.leaving]), &town.maker).make();
        Sealing::by(&town.leaving, seal).put(&base(1)).zip()
    }),
    ("good-maker-revoked-later", |town| {
        let seal = SealPlan::new(&info(&[&town.signer]), &town.maker_leaving).make();
        Sealing::by(&town.signer, seal).put(&base(1)).zip()
    }),
    ("good-generation-1", |town| first_generation(town, "20260302013000Z")),
    ("good-generation-5", |town| fifth_generation(town, false)),
    ("good-generation-5-stamped", |town| fifth_generation(town, true)),
    ("unknown-no-roots", |town| Sealing::new(town).put(&base(1)).zip()),
    ("unknown-no-lists", |town| Sealing::new(town).put(&base(1)).zip()),
    ("unknown-stale-lists", |town| Sealing::new(town).put(&base(1)).zip()),
    ("unknown-plain-signature", |town| plain(&base(1), &town.signer).zip()),
    ("unknown-plain-after-seal", plain_after_seal),
    ("unknown-generation-1-stamped", |town| first_generation(town, "a time stamp")),
];

/// The document with a seal that says something else than usual.
pub(super) fn with_info(town: &Town, change: impl FnOnce(&mut SealInfo)) -> Vec<u8> {
    let mut info = info(&[&town.signer]);
    change(&mut info);
    Sealing::by(&town.signer, SealPlan::new(&info, &town.maker).make()).put(&base(1)).zip()
}

pub(super) fn digests(town: &Town, method: &str) -> Permitted {
    Permitted::Digests(vec![(method.to_owned(), gm::sm3(town.signer.certificate().to_der()).to_vec())])
}

pub(super) fn extension(critical: bool) -> Extension {
    Extension { id: vec![0x2A, 0x03], critical, value: vec![0x05, 0x00] }
}

pub(super) fn signed_extension(critical: u8) -> Vec<u8> {
    let one = sequence(&[&tlv(0x06, &[&[0x2A, 0x03]]), &tlv(0x01, &[&[critical]]), &tlv(0x04, &[b"x"])]);
    tlv(0xA0, &[&sequence(&[&one])])
}

/// Through the crate's own door.
fn as_the_platform(town: &Town) -> Vec<u8> {
    let bytes = base(1).zip();
    let seal = Seal::make(info(&[&town.signer]), &town.maker).unwrap();
    let page = read(&bytes, &Limits::default()).unwrap().pages[0].id.clone();
    let stamps = vec![Stamp { page, boundary: (120.0, 210.0, 42.0, 42.0), clip: None }];
    let order = Order { seal: &seal, stamps, at: at("2026-03-02T01:30:00Z"), provider: Provider::default() };
    stamp(&bytes, &order, &town.signer, &trust_of(&town.trust_file("city"))).unwrap().to_bytes().unwrap()
}

/// Sizes stand behind the data, as writers do that cannot go back.
fn streamed(town: &Town) -> Vec<u8> {
    let files = Sealing::new(town).put(&base(1));
    let mut zip = ZipWriter::new_stream(Vec::new());
    for name in files.names() {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(files.get(name)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The list is written first and covered like everything else.
fn list_covered(town: &Town) -> Vec<u8> {
    let files = Sealing::new(town).put(&base(1));
    let digest = STANDARD.encode(gm::sm3(files.get(LIST)));
    let reference =
        format!("<ofd:Reference FileRef=\"/{LIST}\"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>");
    let covered = |xml: String| xml.replace("</ofd:References>", &format!("{reference}</ofd:References>"));
    Sealing { xml: &covered, ..Sealing::new(town) }.put(&base(1)).zip()
}

fn without_prefix(xml: String) -> String {
    xml.replace("<ofd:", "<").replace("</ofd:", "</").replace("xmlns:ofd", "xmlns")
}

/// GM/T 0031—2014.
fn first_generation(town: &Town, time: &str) -> Vec<u8> {
    let ascii = |text: &str| tlv(0x16, &[text.as_bytes()]);
    let day = |text: &str| tlv(0x17, &[text.as_bytes()]);
    let list = sequence(&[&tlv(0x04, &[town.signer.certificate().to_der()])]);
    let made = sequence(&[
        &sequence(&[&ascii("ES"), &tlv(0x02, &[&[1]]), &ascii("TONGBAN")]),
        &ascii("52010000000001"),
        &sequence(&[
            &tlv(0x02, &[&[1]]),
            &tlv(0x0C, &["筑城市市场监督管理局".as_bytes()]),
            &list,
            &day("260101000000Z"),
            &day("260101000000Z"),
            &day("310101000000Z"),
        ]),
        &sequence(&[&ascii("PNG"), &tlv(0x04, &[b"picture"]), &tlv(0x02, &[&[42]]), &tlv(0x02, &[&[42]])]),
    ]);
    let plan =
        SealPlan { info: made, first_generation: true, rule_of_2014: true, ..SealPlan::new(&info(&[]), &town.maker) };
    Sealing { version: 1, time, ..Sealing::by(&town.signer, plan.make()) }.put(&base(1)).zip()
}

/// GM/T 0031—2025.
fn fifth_generation(town: &Town, stamped: bool) -> Vec<u8> {
    let mut info = info(&[&town.signer]).to_der();
    version_of(&mut info, 5);
    let plan = SealPlan { info, stamp: stamped, ..SealPlan::new(&crate::forge::info(&[]), &town.maker) };
    Sealing { version: 5, stamp: stamped, ..Sealing::by(&town.signer, plan.make()) }.put(&base(1)).zip()
}

/// Writes another version into the head of a seal's information.
pub(super) fn version_of(info: &mut [u8], version: u8) {
    let head = [0x16, 0x02, b'E', b'S', 0x02, 0x01];
    let place = info.windows(head.len()).position(|window| window == head).unwrap();
    info[place + head.len()] = version;
}

fn plain_after_seal(town: &Town) -> Vec<u8> {
    let bytes = Sealing::new(town).put(&base(1)).zip();
    let prepared = prepare_plain(&bytes, at("2026-03-02T02:00:00Z"), &Provider::default()).unwrap();
    let value = town.signer.sign(prepared.to_sign()).unwrap().to_der();
    let done = prepared.finish(&[], &value);
    Files::of(done.files()).zip()
}
