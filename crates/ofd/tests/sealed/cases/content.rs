//! What was changed, added or left uncovered.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{CONTENT, Recipe, base};
use crate::forge::{Files, LIST, SM3, Sealing, plain};
use crate::town::Town;

const XML: &str = "Doc_0/Signs/Sign_0/Signature.xml";
const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
const SEAL: &str = "Doc_0/Signs/Sign_0/Seal.esl";

pub(super) const CASES: &[(&str, Recipe)] = &[
    ("page-character-changed", |town| sealed(town).replaced(CONTENT, "通知", "不予").zip()),
    ("page-byte-flipped", |town| sealed(town).replaced(CONTENT, "Size=\"8\"", "Size=\"9\"").zip()),
    ("root-date-changed", |town| sealed(town).replaced("OFD.xml", "2026-03-02", "2026-03-03").zip()),
    ("document-changed", |town| sealed(town).replaced("Doc_0/Document.xml", "0 0 210 297", "0 0 210 298").zip()),
    ("font-changed", |town| sealed(town).flipped("Doc_0/Res/font_0.ttf", -1).zip()),
    ("attachment-changed", |town| sealed(town).with("Doc_0/Attachs/attachment_0.xml", "<other/>").zip()),
    ("page-and-its-digest-changed", |town| {
        let good = sealed(town);
        let bad = good.clone().replaced(CONTENT, "通知", "不予");
        bad.clone().replaced(XML, &digest(good.get(CONTENT)), &digest(bad.get(CONTENT))).zip()
    }),
    ("page-covered-before-a-second-seal-changed", |town| {
        Sealing::new(town).put(&sealed(town).replaced(CONTENT, "通知", "不予")).zip()
    }),
    ("digest-taken-out", |town| {
        let files = sealed(town);
        let reference = reference(CONTENT, files.get(CONTENT));
        files.replaced(XML, &reference, "").zip()
    }),
    ("digest-taken-out-before-sealing", |town| {
        let reference = reference(CONTENT, base(1).get(CONTENT));
        Sealing { xml: &|xml| xml.replace(&reference, ""), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("digest-twice-once-wrong", |town| {
        let more = reference(CONTENT, b"other") + "</ofd:References>";
        Sealing { xml: &|xml| xml.replace("</ofd:References>", &more), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("no-digests-at-all", |town| {
        let emptied = |xml: String| {
            let (start, end) = (xml.find("<ofd:Reference ").unwrap(), xml.find("</ofd:References>").unwrap());
            xml[..start].to_owned() + &xml[end..]
        };
        Sealing { xml: &emptied, ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("digest-method-left-out", |town| with_method(town, "")),
    ("digest-method-md5", |town| with_method(town, " CheckMethod=\"MD5\"")),
    ("digest-method-sha256", |town| with_method(town, " CheckMethod=\"2.16.840.1.101.3.4.2.1\"")),
    ("digest-is-no-base64", |town| {
        let right = digest(base(1).get(CONTENT));
        Sealing { xml: &|xml| xml.replace(&right, "?"), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("covered-file-taken-out", |town| sealed(town).without("Doc_0/Res/font_0.ttf").zip()),
    ("stamp-moved", |town| sealed(town).replaced(XML, "120 210 42 42", "121 210 42 42").zip()),
    ("stamp-outside-the-page", |town| stamped(town, vec![("2", "211 210 42 42", "")])),
    ("stamp-above-the-page", |town| stamped(town, vec![("2", "120 -42 42 42", "")])),
    ("stamp-without-size", |town| stamped(town, vec![("2", "120 210 0 42", "")])),
    ("stamp-on-no-page", |town| stamped(town, vec![("99", "120 210 42 42", "")])),
    ("stamp-one-of-two-on-no-page", |town| {
        stamped(town, vec![("2", "120 210 42 42", ""), ("99", "120 210 42 42", "")])
    }),
    ("no-stamp", |town| stamped(town, vec![])),
    ("file-added", |town| sealed(town).with("Doc_0/Evil.xml", "<evil/>").zip()),
    ("file-added-beside-the-signature", |town| sealed(town).with("Doc_0/Signs/Sign_0/more.dat", "x").zip()),
    ("file-added-as-a-signature", |town| {
        let entry = "<ofd:Signature ID=\"s2\" BaseLoc=\"/Doc_0/Evil.xml\"/></ofd:Signatures>";
        let evil = "<S><SignedInfo><References/></SignedInfo><SignedValue>/Doc_0/Evil.dat</SignedValue></S>";
        let files = sealed(town).with("Doc_0/Evil.xml", evil).with("Doc_0/Evil.dat", "evil");
        files.replaced(LIST, "</ofd:Signatures>", entry).zip()
    }),
    ("page-added", |town| {
        let files = sealed(town);
        let page = files.get(CONTENT).to_vec();
        files.with("Doc_0/Pages/Page_1/Content.xml", page).zip()
    }),
    ("page-unused-and-covered", |town| {
        let page = base(1).get(CONTENT).to_vec();
        Sealing::new(town).put(&base(1).with("Doc_0/Pages/Page_1/Content.xml", page)).zip()
    }),
    ("page-taken-out", |town| sealed(town).without(CONTENT).zip()),
    ("not-sealed", |_| base(1).zip()),
    ("record-taken-out-of-the-list", |town| {
        let files = sealed(town);
        let empty = "<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\"></ofd:Signatures>";
        files.with(LIST, empty).zip()
    }),
    ("list-taken-out", |town| sealed(town).without(LIST).zip()),
    ("list-and-its-name-taken-out", |town| {
        let named = format!("<ofd:Signatures>/{LIST}</ofd:Signatures>");
        sealed(town).without(LIST).replaced("OFD.xml", &named, "").zip()
    }),
    ("record-of-a-kind-unknown", |town| sealed(town).replaced(LIST, "\"Seal\"", "\"Stamp\"").zip()),
    ("record-of-the-other-kind", |town| sealed(town).replaced(LIST, "\"Seal\"", "\"Sign\"").zip()),
    ("record-of-a-plain-one-as-a-seal", |town| {
        plain(&base(1), &town.signer).replaced(LIST, "\"Sign\"", "\"Seal\"").zip()
    }),
    ("record-names-nothing", |town| sealed(town).replaced(LIST, "Sign_0", "Sign_7").zip()),
    ("description-taken-out", |town| sealed(town).without(XML).zip()),
    ("description-without-value", |town| {
        let without = |xml: String| xml.replace("SignedValue", "Other");
        Sealing { xml: &without, ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("value-taken-out", |town| sealed(town).without(VALUE).zip()),
    ("value-cut-off", |town| {
        let files = sealed(town);
        let value = files.get(VALUE).to_vec();
        files.with(VALUE, &value[..value.len() - 1]).zip()
    }),
    ("value-with-more-behind", |town| {
        let files = sealed(town);
        let value = [files.get(VALUE), &[0]].concat();
        files.with(VALUE, value).zip()
    }),
    ("value-with-a-length-not-der", |town| {
        let files = sealed(town);
        let value = files.get(VALUE);
        assert_eq!(value[1], 0x82);
        let longer = [&[0x30, 0x83, 0x00], &value[2..]].concat();
        files.with(VALUE, longer).zip()
    }),
    ("value-of-another-document", |town| {
        let other = Sealing::new(town).put(&base(1).replaced(CONTENT, "通知", "决定"));
        sealed(town).with(VALUE, other.get(VALUE)).zip()
    }),
    ("seal-picture-changed", |town| {
        let files = sealed(town);
        let picture = files.get(SEAL).windows(4).position(|window| window == b"IDAT").unwrap();
        files.flipped(SEAL, isize::try_from(picture).unwrap() + 8).zip()
    }),
    ("seal-picture-changed-everywhere", |town| {
        let mut files = sealed(town);
        for name in [SEAL, VALUE] {
            let picture = files.get(name).windows(4).position(|window| window == b"IDAT").unwrap();
            files = files.flipped(name, isize::try_from(picture).unwrap() + 8);
        }
        files.zip()
    }),
    ("seal-file-taken-out", |town| sealed(town).without(SEAL).zip()),
    ("whole-signature-moved", |town| {
        let files =
            sealed(town).replaced(LIST, "Sign_0", "Sign_1").replaced(XML, "Sign_0/SignedValue", "Sign_1/SignedValue");
        files
            .renamed(XML, "Doc_0/Signs/Sign_1/Signature.xml")
            .renamed(VALUE, "Doc_0/Signs/Sign_1/SignedValue.dat")
            .zip()
    }),
];

/// The good document.
pub(super) fn sealed(town: &Town) -> Files {
    Sealing::new(town).put(&base(1))
}

fn stamped<'a>(town: &'a Town, stamps: Vec<(&'a str, &'a str, &'a str)>) -> Vec<u8> {
    Sealing { stamps, ..Sealing::new(town) }.put(&base(1)).zip()
}

fn with_method(town: &Town, method: &str) -> Vec<u8> {
    let right = format!(" CheckMethod=\"{SM3}\"");
    Sealing { xml: &|xml| xml.replace(&right, method), ..Sealing::new(town) }.put(&base(1)).zip()
}

fn digest(bytes: &[u8]) -> String {
    STANDARD.encode(gm::sm3(bytes))
}

fn reference(name: &str, bytes: &[u8]) -> String {
    let digest = digest(bytes);
    format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>")
}
