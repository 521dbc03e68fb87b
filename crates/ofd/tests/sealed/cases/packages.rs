//! Tricks with ZIP and XML.

use std::io::Cursor;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::content::sealed;
use super::{CONTENT, Recipe, base};
use crate::forge::Sealing;
use crate::town::Town;

pub(super) const CASES: &[(&str, Recipe)] = &[
    ("empty", |_| Vec::new()),
    ("a-pdf", |_| b"%PDF-1.7\n%%EOF\n".to_vec()),
    ("zip-cut-off", |town| {
        let bytes = good(town);
        bytes[..bytes.len() - 30].to_vec()
    }),
    ("zip-with-bytes-before", |town| [b"MZ", good(town).as_slice()].concat()),
    ("zip-with-bytes-behind", |town| [good(town).as_slice(), b"more"].concat()),
    ("zip-with-a-comment", |town| {
        let mut bytes = good(town);
        let end = bytes.len();
        bytes[end - 2] = 4;
        bytes.extend(b"more");
        bytes
    }),
    ("zip-with-bytes-between", bytes_between),
    ("zip-with-a-name-twice", |town| {
        let bytes = sealed(town).with("Doc_0/Attachs/attachment_1.xml", "<evil/>").zip();
        renamed(bytes, "attachment_1.xml", "attachment_0.xml", usize::MAX)
    }),
    ("zip-with-a-name-twice-but-for-case", |town| sealed(town).with("Doc_0/document.xml", "<evil/>").zip()),
    ("zip-with-another-name-inside", |town| renamed(good(town), "Content.xml", "Contemt.xml", 1)),
    ("zip-climbing", |town| sealed(town).with("../evil.xml", "x").zip()),
    ("zip-climbing-within", |town| sealed(town).with("Doc_0/../evil.xml", "x").zip()),
    ("zip-absolute", |town| sealed(town).with("/evil.xml", "x").zip()),
    ("zip-backslash", |town| sealed(town).with("Doc_0\\evil.xml", "x").zip()),
    ("zip-drive", |town| sealed(town).with("C:evil.xml", "x").zip()),
    ("zip-control-character", |town| sealed(town).with("Doc_0/evil\u{7}.xml", "x").zip()),
    ("zip-link", |town| {
        let mut bytes = Cursor::new(good(town));
        let mut zip = ZipWriter::new_append(&mut bytes).unwrap();
        zip.add_symlink("Doc_0/link.xml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap();
        bytes.into_inner()
    }),
    ("zip-encrypted", |town| {
        // The mark alone, in the entry and in the directory.
        let mut bytes = good(town);
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[directory + 8] |= 1;
        bytes[6] |= 1;
        bytes
    }),
    ("zip-bomb", |town| sealed(town).with("Doc_0/bomb.xml", vec![b' '; 2 * 1024 * 1024]).zip()),
    ("zip-says-it-is-huge", |town| {
        let mut bytes = good(town);
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[directory + 24..directory + 28].copy_from_slice(&[0xF0, 0xFF, 0xFF, 0x0F]);
        bytes
    }),
    ("zip-says-it-is-smaller", |town| {
        let mut bytes = good(town);
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[directory + 24] -= 1;
        bytes
    }),
    ("zip-many-entries", |town| {
        let mut files = sealed(town);
        (0..1000).for_each(|n| files.set(&format!("{n:x}"), ""));
        files.zip()
    }),
    ("zip-damaged", |town| {
        let mut bytes = good(town);
        bytes[30 + "OFD.xml".len() + 20] ^= 0xFF;
        bytes
    }),
    ("zip-checksum-wrong", |town| {
        let mut bytes = good(town);
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[directory + 16] ^= 0xFF;
        bytes
    }),
    ("xml-entity", |town| sealed(town).replaced(CONTENT, "通知", "&evil;").zip()),
    ("xml-document-type", |town| {
        sealed(town).replaced("OFD.xml", "<ofd:OFD ", "<!DOCTYPE a [<!ENTITY e \"x\">]><ofd:OFD ").zip()
    }),
    ("xml-encoding", |town| sealed(town).replaced("OFD.xml", "UTF-8", "GB18030").zip()),
    ("xml-not-utf-8", |town| sealed(town).with(CONTENT, b"<Page>\xCD\xFF</Page>".as_slice()).zip()),
    ("xml-broken", |town| sealed(town).replaced(CONTENT, "</ofd:Page>", "").zip()),
    ("xml-deep", |town| sealed(town).with(CONTENT, "<a>".repeat(65)).zip()),
    ("xml-two-documents", |town| {
        let files = sealed(town);
        let root = String::from_utf8(files.get("OFD.xml").to_vec()).unwrap();
        let body = root[root.find("<ofd:DocBody>").unwrap()..root.find("</ofd:OFD>").unwrap()].to_owned();
        files.replaced("OFD.xml", "</ofd:OFD>", &format!("{body}</ofd:OFD>")).zip()
    }),
    ("xml-no-document", |town| {
        sealed(town)
            .replaced("OFD.xml", "<ofd:DocRoot>", "<ofd:Root>")
            .replaced("OFD.xml", "</ofd:DocRoot>", "</ofd:Root>")
            .zip()
    }),
    ("xml-document-outside", |town| sealed(town).replaced("OFD.xml", "Doc_0/Document.xml", "../../Document.xml").zip()),
    ("xml-description-broken", |town| {
        Sealing { xml: &|xml| xml.replace("</ofd:SignedInfo>", ""), ..Sealing::new(town) }.put(&base(1)).zip()
    }),
    ("root-taken-out", |town| sealed(town).without("OFD.xml").zip()),
    ("document-taken-out", |town| sealed(town).without("Doc_0/Document.xml").zip()),
];

fn good(town: &Town) -> Vec<u8> {
    sealed(town).zip()
}

/// Renames in the raw bytes: everywhere, or in so many places from the start.
fn renamed(mut bytes: Vec<u8>, from: &str, to: &str, times: usize) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let (from, mut left) = (from.as_bytes(), times);
    for place in 0..bytes.len() - from.len() {
        if left > 0 && &bytes[place..place + from.len()] == from {
            bytes[place..place + from.len()].copy_from_slice(to.as_bytes());
            left -= 1;
        }
    }
    bytes
}

/// A piece between the entries and the directory, with the directory's place put right.
fn bytes_between(town: &Town) -> Vec<u8> {
    let mut bytes = good(town);
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let hidden = b"hidden";
    bytes.splice(directory..directory, hidden.iter().copied());
    let end = bytes.len() - 22;
    let moved = u32::try_from(directory + hidden.len()).unwrap();
    bytes[end + 16..end + 20].copy_from_slice(&moved.to_le_bytes());
    bytes
}
