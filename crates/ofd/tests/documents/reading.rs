//! Files of strangers: read under limits, refused with a reason, never a panic.

use std::io::{Cursor, Write};

use ofd::{Code, Limits, read, write_ofd};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::sample::certificate;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const ROOT: &str = "<o:OFD xmlns:o='x'><o:DocBody><o:DocInfo><o:DocID>1</o:DocID></o:DocInfo><o:DocRoot>D/Document.xml</o:DocRoot></o:DocBody></o:OFD>";
const DOCUMENT: &str = "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData><Pages><Page ID='1' BaseLoc='Page.xml'/></Pages></Document>";
const PAGE: &str = "<Page><Content><Layer><TextObject Boundary='1 1 20 5' Size='5'><TextCode X='0' Y='4'>一</TextCode></TextObject></Layer></Content></Page>";

fn small(root: &str, document: &str, page: &str) -> Vec<u8> {
    zipped(&[("OFD.xml", root.as_bytes()), ("D/Document.xml", document.as_bytes()), ("D/Page.xml", page.as_bytes())])
}

fn code(bytes: &[u8]) -> Code {
    read(bytes, &Limits::default()).unwrap_err().code
}

/// Replaces bytes of the same length, everywhere or in the first place only.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8], first_only: bool) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while at + from.len() <= bytes.len() {
        if &bytes[at..at + from.len()] == from {
            bytes[at..at + from.len()].copy_from_slice(to);
            if first_only {
                return bytes;
            }
        }
        at += 1;
    }
    bytes
}

#[test]
fn what_was_written_is_read_again() {
    let document = certificate();
    let reading = read(&write_ofd(&document).unwrap().to_bytes().unwrap(), &Limits::default()).unwrap();
    assert_eq!(reading.title.as_deref(), Some("食品经营许可证"));
    assert_eq!(reading.id.as_deref(), Some("0123456789abcdef0123456789abcdef"));
    assert_eq!(reading.created.as_deref(), Some("2026-03-02"));
    assert_eq!(reading.custom, document.info.custom);
    assert_eq!(reading.attachments[0].bytes, b"<data/>");
    assert_eq!(reading.attachments[0].name, "证照数据");
    assert_eq!((reading.pages.len(), reading.pages[0].area), (1, (0.0, 0.0, 210.0, 297.0)));
    let text = reading.text();
    for line in ["食品经营许可证", "贵阳市云岩区小𬭎餐饮服务部", "贵阳市市场监督管理局", "2026年3月2日"]
    {
        assert!(text.lines().any(|l| l.contains(line)), "{line} in:\n{text}");
    }
    assert_eq!((reading.findings.len(), reading.signatures.len()), (0, 0));
}

#[test]
fn small_documents_of_others_are_read() {
    let reading = read(&small(ROOT, DOCUMENT, PAGE), &Limits::default()).unwrap();
    assert_eq!(reading.text(), "一");
    let cased = small(ROOT, &DOCUMENT.replace("'Page.xml'", "'PAGE.xml'"), PAGE);
    let reading = read(&cased, &Limits::default()).unwrap();
    assert_eq!(reading.findings.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::WrongCase]);
}

#[test]
fn packages_that_are_none_or_hide_something_are_refused() {
    let good = small(ROOT, DOCUMENT, PAGE);
    assert_eq!(code(b""), Code::NotAPackage);
    assert_eq!(code(b"%PDF-1.7"), Code::NotAPackage);
    assert_eq!(code(&[b"MZ", good.as_slice()].concat()), Code::BytesBefore);
    assert_eq!(code(&[good.as_slice(), b"x"].concat()), Code::BytesAfter);
    let mut commented = good.clone();
    let end = commented.len();
    commented[end - 2] = 1;
    commented.push(b'c');
    assert_eq!(code(&commented), Code::BytesAfter);
    assert_eq!(code(&replaced(&good, b"D/Page.xml", b"D/Evil.xml", true)), Code::NameDiffers);
    assert_eq!(code(&zipped(&[("x", b"1")])), Code::MissingFile);
}

#[test]
fn names_that_leave_the_package_are_refused() {
    for name in ["../x.xml", "a/../x.xml", "/abs.xml", "a\\b.xml", "C:/x.xml", "./x.xml", "a//b.xml"] {
        let files = [("OFD.xml", ROOT.as_bytes()), (name, b"x".as_slice())];
        assert_eq!(code(&zipped(&files)), Code::NameClimbs, "{name}");
    }
    let climbing = small(&ROOT.replace("D/Document.xml", "../../etc/passwd"), DOCUMENT, PAGE);
    assert_eq!(code(&climbing), Code::NameClimbs);
}

#[test]
fn doubled_names_are_refused() {
    let two = zipped(&[("OFD.xml", ROOT.as_bytes()), ("D/A.xml", b"1"), ("D/B.xml", b"2")]);
    // The directory keeps one of two equal names; names that differ in case alone stay two.
    assert_eq!(code(&replaced(&two, b"D/B.xml", b"D/a.xml", false)), Code::NameTwice);
    let doubled = read(&replaced(&two, b"D/B.xml", b"D/A.xml", false), &Limits::default()).unwrap_err().code;
    assert!(matches!(doubled, Code::NameTwice | Code::BytesBetween), "{doubled:?}");
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let zeros = vec![b' '; 3 * 1024 * 1024];
    let bomb = zipped(&[("OFD.xml", ROOT.as_bytes()), ("bomb", &zeros)]);
    assert_eq!(code(&bomb), Code::TooTight);
    let limits = Limits { entries: 2, unpacked: 1024 * 1024, ratio: 10_000 };
    assert_eq!(read(&bomb, &limits).unwrap_err().code, Code::TooLarge);
    assert_eq!(read(&small(ROOT, DOCUMENT, PAGE), &limits).unwrap_err().code, Code::TooManyEntries);
}

#[test]
fn damaged_and_locked_entries_are_refused() {
    let good = small(ROOT, DOCUMENT, PAGE);
    // The first entry's data begins after its header of 30 bytes and its name.
    let mut damaged = good.clone();
    damaged[30 + "OFD.xml".len() + 20] ^= 0xFF;
    assert_eq!(code(&damaged), Code::DamagedEntry);
    let mut locked = good.clone();
    let directory = locked.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    locked[directory + 8] |= 1;
    locked[6] |= 1;
    assert!(matches!(code(&locked), Code::Encrypted | Code::DamagedEntry));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("OFD.xml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert_eq!(code(&zip.finish().unwrap().into_inner()), Code::Link);
}

#[test]
fn documents_of_another_shape_are_refused() {
    let refused = |root: &str, document: &str, page: &str| code(&small(root, document, page));
    assert_eq!(refused("<a/>", DOCUMENT, PAGE), Code::BadStructure);
    assert_eq!(refused(&ROOT.replace("DocRoot", "Root"), DOCUMENT, PAGE), Code::BadStructure);
    let body = &ROOT[ROOT.find("<o:DocBody>").unwrap()..ROOT.find("</o:OFD>").unwrap()];
    assert_eq!(refused(&ROOT.replace(body, &body.repeat(2)), DOCUMENT, PAGE), Code::SeveralDocuments);
    assert_eq!(refused(ROOT, &DOCUMENT.replace("Pages", "Pagos"), PAGE), Code::BadStructure);
    assert_eq!(refused(ROOT, "<Document><Pages/></Document>", PAGE), Code::BadStructure);
    assert_eq!(refused(ROOT, &DOCUMENT.replace("BaseLoc", "Loc"), PAGE), Code::BadStructure);
    assert_eq!(refused(ROOT, &DOCUMENT.replace("0 0 210 297", "0 0 210"), PAGE), Code::BadStructure);
    assert_eq!(refused(ROOT, &DOCUMENT.replace("Page.xml", "None.xml"), PAGE), Code::MissingFile);
    assert_eq!(refused(ROOT, DOCUMENT, "<!DOCTYPE Page><Page/>"), Code::XmlEntity);
    assert_eq!(refused(ROOT, DOCUMENT, "<?xml version='1.0' encoding='GB18030'?><Page/>"), Code::XmlEncoding);
    assert_eq!(refused(ROOT, DOCUMENT, &"<a>".repeat(100)), Code::XmlTooDeep);
    let attached = DOCUMENT.replace("</Document>", "<Attachments>None.xml</Attachments></Document>");
    assert_eq!(refused(ROOT, &attached, PAGE), Code::MissingFile);
}

#[test]
fn a_list_of_signatures_that_cannot_be_read_is_told() {
    let root = ROOT.replace("</o:DocBody>", "<o:Signatures>/D/Signatures.xml</o:Signatures></o:DocBody>");
    let codes = |list: &str, signature: &str| {
        let files = [
            ("OFD.xml", root.as_bytes()),
            ("D/Document.xml", DOCUMENT.as_bytes()),
            ("D/Page.xml", PAGE.as_bytes()),
            ("D/Signatures.xml", list.as_bytes()),
            ("D/S.xml", signature.as_bytes()),
        ];
        let reading = read(&zipped(&files), &Limits::default()).unwrap();
        assert!(reading.signatures.is_empty());
        reading.findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("<a", ""), [Code::BadXml]);
    assert_eq!(codes("<a/>", ""), []);
    assert_eq!(codes("<a><Signature/></a>", ""), [Code::BadSignatureXml]);
    assert_eq!(codes("<a><Signature BaseLoc='S.xml' Type='X'/></a>", ""), [Code::BadSignatureXml]);
    assert_eq!(codes("<a><Signature BaseLoc='None.xml'/></a>", ""), [Code::MissingFile]);
    let list = "<a><Signature BaseLoc='S.xml'/></a>";
    for signature in [
        "<Signature/>",
        "<Signature><SignedInfo/></Signature>",
        "<Signature><SignedInfo/><SignedValue>v</SignedValue></Signature>",
        "<S><SignedInfo><References><Reference/></References></SignedInfo><SignedValue>v</SignedValue></S>",
        "<S><SignedInfo><References><Reference FileRef='x'><CheckValue>?</CheckValue></Reference></References></SignedInfo><SignedValue>v</SignedValue></S>",
        "<S><SignedInfo><References/><StampAnnot/></SignedInfo><SignedValue>v</SignedValue></S>",
        "<S><SignedInfo><References/><StampAnnot PageRef='1' Boundary='1'/></SignedInfo><SignedValue>v</SignedValue></S>",
    ] {
        assert_eq!(codes(list, signature), [Code::BadSignatureXml], "{signature}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_bytes_are_read_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = small(ROOT, DOCUMENT, PAGE);
        for (index, value) in &changes {
            let at = index.index(bytes.len());
            bytes[at] = *value;
        }
        let _ = read(&bytes, &Limits::default());
    }

    #[test]
    fn any_text_as_xml_is_read_or_refused(document in "[<>/a-zA-Z='\" &;#!\\[\\]-]{0,80}", page in any::<String>()) {
        let _ = read(&small(ROOT, &document, &page), &Limits::default());
        let _ = read(&small(ROOT, DOCUMENT, &page), &Limits::default());
    }
}
