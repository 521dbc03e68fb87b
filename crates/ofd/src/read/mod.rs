//! Reading OFD files of strangers: under limits, without panics, with typed findings.

mod archive;
mod content;
mod paths;
pub(crate) mod signatures;
pub(crate) mod xml;

use std::collections::BTreeMap;

pub use archive::Limits;
pub use content::Piece;
pub use signatures::{SignatureKind, SignatureRecord, Stamp};

use crate::finding::{Code, Finding};
pub(crate) use archive::Archive;
pub(crate) use paths::resolve;
use xml::{Element, parse};

/// A page of a file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadPage {
    /// Its ID, which stamps name.
    pub id: String,
    /// Its file in the package.
    pub place: String,
    /// Left, top, width and height in mm.
    pub area: (f64, f64, f64, f64),
    /// Its pieces of text in drawing order.
    pub pieces: Vec<Piece>,
}

impl ReadPage {
    /// The text, a line for each baseline.
    pub fn text(&self) -> String {
        content::joined(&self.pieces)
    }
}

/// A file inside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAttachment {
    /// Name shown to people.
    pub name: String,
    /// Its kind as the document says.
    pub format: String,
    /// Its file in the package.
    pub place: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An OFD file that was read.
#[derive(Debug, Clone)]
pub struct Reading {
    pub(crate) archive: Archive,
    /// The document's number.
    pub id: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Day of making as the file says it.
    pub created: Option<String>,
    /// Named values of the document's kind (CustomDatas), in order.
    pub custom: Vec<(String, String)>,
    /// Pages in order.
    pub pages: Vec<ReadPage>,
    /// Attachments in order.
    pub attachments: Vec<ReadAttachment>,
    /// Signatures in order; a record that could not be read is in `findings`.
    pub signatures: Vec<SignatureRecord>,
    /// What is odd or wrong without stopping the reading.
    pub findings: Vec<Finding>,
    /// How many signatures are listed, readable or not.
    pub(crate) listed: usize,
    /// Where the list of signatures stands.
    pub(crate) list: Option<String>,
    /// The folder of the document.
    pub(crate) folder: String,
    /// Files of pages that other pages are drawn over.
    pub(crate) templates: Vec<String>,
}

impl Reading {
    /// Text of all pages, a page after another.
    pub fn text(&self) -> String {
        self.pages.iter().map(ReadPage::text).collect::<Vec<_>>().join("\n")
    }

    /// The bytes of a file of the package, by its absolute name.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.archive.file(name.trim_start_matches('/'))
    }

    /// Names of all files of the package.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.archive.files().map(|(name, _)| name)
    }
}

/// Reads the OFD file `bytes`.
///
/// Errors: the finding that stopped the reading (all of [`crate::Layer::Package`]).
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, Finding> {
    let archive = Archive::open(bytes, limits)?;
    let mut findings = Vec::new();
    let root = load(&archive, "OFD.xml", &mut findings)?.1;
    let bodies: Vec<&Element> = root.all("DocBody").collect();
    let body = match bodies.as_slice() {
        [body] => *body,
        [] => return Err(Finding::new(Code::BadStructure, "OFD.xml")),
        _ => return Err(Finding::new(Code::SeveralDocuments, bodies.len().to_string())),
    };
    let named = body.child_text("DocRoot").ok_or_else(|| Finding::new(Code::BadStructure, "DocRoot"))?;
    let place = resolve("OFD.xml", named)?;
    let (place, document) = load(&archive, &place, &mut findings)?;
    let info = |name: &str| body.at(&["DocInfo", name]).map(|e| e.text().to_owned()).filter(|text| !text.is_empty());
    let custom = body.at(&["DocInfo", "CustomDatas"]).map(|datas| {
        let pairs = datas.all("CustomData");
        pairs.map(|data| (data.attribute("Name").unwrap_or_default().to_owned(), data.raw_text().to_owned())).collect()
    });
    let mut reading = Reading {
        id: info("DocID"),
        title: info("Title"),
        author: info("Author"),
        created: info("CreationDate"),
        custom: custom.unwrap_or_default(),
        pages: Vec::new(),
        attachments: Vec::new(),
        signatures: Vec::new(),
        findings,
        listed: 0,
        list: None,
        templates: Vec::new(),
        folder: place.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
        archive,
    };
    reading.read_pages(&place, &document)?;
    reading.read_attachments(&place, &document)?;
    if let Some(list) = body.child_text("Signatures").filter(|list| !list.is_empty()) {
        let list = resolve("OFD.xml", list)?;
        let (listed, records, findings) = signatures::records(&reading.archive, &list);
        reading.listed = listed;
        reading.signatures = records;
        reading.findings.extend(findings);
        reading.list = Some(list);
    }
    Ok(reading)
}

/// Finds and parses a file; gives its real name.
pub(crate) fn load(archive: &Archive, place: &str, findings: &mut Vec<Finding>) -> Result<(String, Element), Finding> {
    let found = archive.find(place, findings);
    let (name, bytes) = found.ok_or_else(|| Finding::new(Code::MissingFile, place))?;
    Ok((name.to_owned(), parse(name, bytes)?))
}

impl Reading {
    fn read_pages(&mut self, place: &str, document: &Element) -> Result<(), Finding> {
        let common = document.child("CommonData");
        let default = common.and_then(|common| content::area(common.child("PageArea")));
        let mut templates = BTreeMap::new();
        for template in common.into_iter().flat_map(|common| common.all("TemplatePage")) {
            if let (Some(id), Some(base)) = (template.attribute("ID"), template.attribute("BaseLoc")) {
                let base = resolve(place, base)?;
                let (base, page) = load(&self.archive, &base, &mut self.findings)?;
                self.templates.push(base);
                templates.insert(id.to_owned(), content::pieces(&page));
            }
        }
        let pages = document.child("Pages").ok_or_else(|| Finding::new(Code::BadStructure, "Pages"))?;
        for listed in pages.all("Page") {
            let base = listed.attribute("BaseLoc").ok_or_else(|| Finding::new(Code::BadStructure, "BaseLoc"))?;
            let (base, page) = load(&self.archive, &resolve(place, base)?, &mut self.findings)?;
            let mut pieces = Vec::new();
            for template in page.all("Template") {
                if let Some(known) = template.attribute("TemplateID").and_then(|id| templates.get(id)) {
                    pieces.extend(known.iter().cloned());
                }
            }
            pieces.extend(content::pieces(&page));
            let area = content::area(page.child("Area")).or(default);
            self.pages.push(ReadPage {
                id: listed.attribute("ID").unwrap_or_default().to_owned(),
                area: area.ok_or_else(|| Finding::new(Code::BadStructure, base.clone()))?,
                place: base,
                pieces,
            });
        }
        if self.pages.is_empty() { Err(Finding::new(Code::BadStructure, "Pages")) } else { Ok(()) }
    }

    fn read_attachments(&mut self, place: &str, document: &Element) -> Result<(), Finding> {
        let Some(list) = document.child_text("Attachments") else { return Ok(()) };
        let (list, root) = load(&self.archive, &resolve(place, list)?, &mut self.findings)?;
        for listed in root.all("Attachment") {
            let Some(file) = listed.child_text("FileLoc") else { continue };
            let file = resolve(&list, file)?;
            let found = self.archive.find(&file, &mut self.findings);
            let (name, bytes) = found.ok_or_else(|| Finding::new(Code::MissingFile, file.clone()))?;
            let attachment = ReadAttachment {
                name: listed.attribute("Name").unwrap_or_default().to_owned(),
                format: listed.attribute("Format").unwrap_or_default().to_owned(),
                place: name.to_owned(),
                bytes: bytes.to_vec(),
            };
            self.attachments.push(attachment);
        }
        Ok(())
    }
}
