//! A world with files, and files of every kind.

use std::io::Write as _;

use blobs::{BlobError, Blobs, LIMIT_BYTES, Store, StoredFile};
use bytes::Bytes;
use kernel::{AccountId, Act, Actor, SubjectId};
use testkit::World;

pub(crate) struct Files {
    pub(crate) world: World,
    pub(crate) blobs: Blobs,
    pub(crate) act: Act,
}

impl Files {
    pub(crate) async fn new() -> Self {
        let world = World::new(&[blobs::SCHEMA]).await;
        let store = Store::folder(&world.folder().join("files")).unwrap();
        Self::over(world, store)
    }

    pub(crate) fn over(world: World, store: Store) -> Self {
        let blobs = Blobs::new(world.db.clone(), store, world.clock.clone(), world.keys.clone());
        let act = person(&world);
        Self { world, blobs, act }
    }

    pub(crate) async fn put(&self, name: &str, bytes: &[u8]) -> Result<StoredFile, BlobError> {
        let pieces: Vec<Result<Bytes, std::io::Error>> =
            bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        self.blobs.put(&self.act, futures_util::stream::iter(pieces), name, LIMIT_BYTES).await
    }

    /// Paths of all files below the store's folder.
    pub(crate) fn on_disk(&self) -> Vec<String> {
        let root = self.world.folder().join("files");
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&root).unwrap().display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

pub(crate) fn person(world: &World) -> Act {
    let now = world.clock.now();
    let actor =
        Actor::Person { account: AccountId::fresh(now), subject: SubjectId::fresh(now), name: "王小敏".to_owned() };
    Act::new(actor, now)
}

pub(crate) fn a_pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n".to_vec()
}

pub(crate) fn a_png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0\0\0\0\0".to_vec();
    bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

pub(crate) fn a_jpeg() -> Vec<u8> {
    vec![
        0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 1, 0xe0, 2, 0x80, 1, 1, 0x11, 0, 0xff, 0xda, 0, 2, 1,
        2, 0xff, 0xd9,
    ]
}

pub(crate) fn a_webp() -> Vec<u8> {
    b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\0\0\xff\0\0".to_vec()
}

pub(crate) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, body) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(body).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn an_ofd(extra: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![("OFD.xml", b"<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\"/>")];
    parts.extend(extra);
    package(&parts)
}

pub(crate) fn a_docx(extra: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")];
    parts.extend(extra);
    package(&parts)
}

pub(crate) fn an_xlsx() -> Vec<u8> {
    package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")])
}
