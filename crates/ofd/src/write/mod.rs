//! A document as an OFD package (GB/T 33190—2016). The same document gives the same bytes.

mod objects;
mod package;
pub(crate) mod xml;

use std::collections::{BTreeMap, BTreeSet};

pub use package::Package;

use crate::fonts::FontError;
use crate::model::{Document, Info, Item, Page, Picture};
use objects::Objects;
use xml::{Xml, holds, number, numbers};

/// Why a document cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A font misses a character or cannot be cut down.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The document has no page.
    #[error("a document without a page")]
    NoPage,
    /// The document's number is not 32 hexadecimal digits.
    #[error("the document's number is not 32 hexadecimal digits")]
    Id,
    /// A control character in a title, a name or a value.
    #[error("{0} holds a character that XML does not allow")]
    Character(String),
    /// A place or size that is no number, or beyond ten metres.
    #[error("something stands nowhere: a coordinate is no number or too large")]
    Coordinate,
    /// A run whose glyphs, advances and characters differ in number, or that names a face the document lacks.
    #[error("a run of text is inconsistent")]
    Run,
    /// Two attachments of one name, or a name with a path in it.
    #[error("attachment {0} has no name of its own")]
    Attachment(String),
    /// The package could not be put together.
    #[error("the package could not be written: {0}")]
    Package(String),
    /// The PDF could not be put together.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// Writes `document` as the files of an OFD package, which can still be sealed.
///
/// Fonts are embedded with the characters used. Errors: [`WriteError`].
pub fn write_ofd(document: &Document) -> Result<Package, WriteError> {
    check(document)?;
    let mut ids = Ids(0);
    let mut pages = Vec::new();
    let mut images = Vec::new();
    let faces = used_characters(document)?;
    let fonts: BTreeMap<usize, u32> = faces.keys().map(|face| (*face, ids.next())).collect();
    let page_ids: Vec<u32> = document.pages.iter().map(|_| ids.next()).collect();
    for page in &document.pages {
        pages.push(page_xml(page, &fonts, &mut ids, &mut images));
    }
    let attachment_ids: Vec<u32> = document.attachments.iter().map(|_| ids.next()).collect();

    let mut package = Package::default();
    package.add("OFD.xml", root_xml(&document.info));
    package.add("Doc_0/Document.xml", document_xml(document, &page_ids, ids.0, !fonts.is_empty(), !images.is_empty()));
    if !fonts.is_empty() {
        package.add("Doc_0/PublicRes.xml", fonts_xml(document, &fonts));
    }
    if !images.is_empty() {
        package.add("Doc_0/DocumentRes.xml", images_xml(&images));
    }
    for (n, page) in pages.into_iter().enumerate() {
        package.add(&format!("Doc_0/Pages/Page_{n}/Content.xml"), page);
    }
    for (n, (face, characters)) in faces.iter().enumerate() {
        package.add(&format!("Doc_0/Res/font_{n}.ttf"), document.fonts.faces()[*face].subset(characters)?);
    }
    for (n, image) in images.iter().enumerate() {
        package.add(&format!("Doc_0/Res/image_{n}.{}", image.kind.ending()), image.bytes.as_ref().clone());
    }
    if !document.attachments.is_empty() {
        package.add("Doc_0/Attachs/Attachments.xml", attachments_xml(document, &attachment_ids));
        for (n, attachment) in document.attachments.iter().enumerate() {
            let name = format!("Doc_0/Attachs/attachment_{n}.{}", attachment.format);
            package.add(&name, attachment.bytes.as_ref().clone());
        }
    }
    Ok(package)
}

/// Running numbers, one space for the whole document.
#[derive(Debug)]
struct Ids(u32);

impl Ids {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// A picture of the document with the number of its resource.
#[derive(Debug)]
struct Media {
    id: u32,
    kind: Picture,
    bytes: std::sync::Arc<Vec<u8>>,
}

/// Refuses what readers would choke on.
pub(crate) fn check(document: &Document) -> Result<(), WriteError> {
    let info = &document.info;
    if document.pages.is_empty() {
        return Err(WriteError::NoPage);
    }
    if info.id.len() != 32 || !info.id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(WriteError::Id);
    }
    let mut texts = vec![("title", info.title.as_str()), ("author", info.author.as_str())];
    texts.extend(
        info.custom.iter().flat_map(|(name, value)| [("name", name.as_str()), (name.as_str(), value.as_str())]),
    );
    texts.extend(document.attachments.iter().map(|a| ("attachment", a.name.as_str())));
    if let Some((name, _)) = texts.iter().find(|(_, text)| !holds(text)) {
        return Err(WriteError::Character((*name).to_owned()));
    }
    let mut names = BTreeSet::new();
    for attachment in &document.attachments {
        let path = attachment.name.is_empty() || attachment.name.contains(['/', '\\', ':']);
        let format = attachment.format.is_empty() || !attachment.format.bytes().all(|b| b.is_ascii_alphanumeric());
        if path || format || !names.insert(attachment.name.as_str()) {
            return Err(WriteError::Attachment(attachment.name.clone()));
        }
    }
    document.pages.iter().try_for_each(|page| check_page(page, document.fonts.faces().len()))
}

fn check_page(page: &Page, faces: usize) -> Result<(), WriteError> {
    let good = |values: &[f64]| values.iter().all(|v| v.is_finite() && v.abs() <= 10_000.0);
    let size = |values: &[f64]| good(values) && values.iter().all(|v| *v > 0.0);
    let mut placed = size(&[page.width, page.height]);
    for item in page.items() {
        placed &= match item {
            Item::Run(run) => {
                let count = run.text.chars().count();
                if count == 0 || count != run.glyphs.len() || count != run.advances.len() || run.face >= faces {
                    return Err(WriteError::Run);
                }
                good(&[run.x, run.y, run.turn]) && size(&[run.size]) && good(&run.advances)
            }
            Item::Path(path) => {
                let (left, top, right, bottom) = path.bounds();
                good(&[left, top, right, bottom]) && path.stroke.is_none_or(|(_, width)| size(&[width]))
            }
            Item::Image(image) => good(&[image.x, image.y]) && size(&[image.width, image.height]),
        };
    }
    if placed { Ok(()) } else { Err(WriteError::Coordinate) }
}

/// The characters drawn with each face.
fn used_characters(document: &Document) -> Result<BTreeMap<usize, BTreeSet<char>>, WriteError> {
    let mut faces: BTreeMap<usize, BTreeSet<char>> = BTreeMap::new();
    for item in document.pages.iter().flat_map(Page::items) {
        if let Item::Run(run) = item {
            faces.entry(run.face).or_default().extend(run.text.chars());
        }
    }
    Ok(faces)
}

fn root_xml(info: &Info) -> Vec<u8> {
    let mut xml = Xml::new("OFD", &[("Version", "1.0"), ("DocType", "OFD")]);
    xml.begin("DocBody", &[]);
    xml.begin("DocInfo", &[]);
    xml.element("DocID", &[], &info.id.to_ascii_lowercase());
    xml.element("Title", &[], &info.title);
    xml.element("Author", &[], &info.author);
    xml.element("CreationDate", &[], &info.created.to_string());
    xml.element("Creator", &[], "tongban");
    xml.element("CreatorVersion", &[], env!("CARGO_PKG_VERSION"));
    if !info.custom.is_empty() {
        xml.begin("CustomDatas", &[]);
        for (name, value) in &info.custom {
            xml.element("CustomData", &[("Name", name)], value);
        }
        xml.end();
    }
    xml.end();
    xml.element("DocRoot", &[], "Doc_0/Document.xml");
    xml.finish()
}

fn document_xml(document: &Document, page_ids: &[u32], max: u32, fonts: bool, images: bool) -> Vec<u8> {
    let mut xml = Xml::new("Document", &[]);
    xml.begin("CommonData", &[]);
    xml.element("MaxUnitID", &[], &max.to_string());
    xml.begin("PageArea", &[]);
    let first = document.pages.first().map_or((210.0, 297.0), |page| (page.width, page.height));
    xml.element("PhysicalBox", &[], &numbers(&[0.0, 0.0, first.0, first.1]));
    xml.end();
    if fonts {
        xml.element("PublicRes", &[], "PublicRes.xml");
    }
    if images {
        xml.element("DocumentRes", &[], "DocumentRes.xml");
    }
    xml.end();
    xml.begin("Pages", &[]);
    for (n, id) in page_ids.iter().enumerate() {
        let place = format!("Pages/Page_{n}/Content.xml");
        xml.empty("Page", &[("ID", &id.to_string()), ("BaseLoc", &place)]);
    }
    xml.end();
    if !document.attachments.is_empty() {
        xml.element("Attachments", &[], "Attachs/Attachments.xml");
    }
    xml.finish()
}

fn fonts_xml(document: &Document, fonts: &BTreeMap<usize, u32>) -> Vec<u8> {
    let mut xml = Xml::new("Res", &[("BaseLoc", "Res")]);
    xml.begin("Fonts", &[]);
    for (n, (face, id)) in fonts.iter().enumerate() {
        let (id, name) = (id.to_string(), document.fonts.faces()[*face].name());
        let attributes = [("ID", id.as_str()), ("FontName", name), ("FamilyName", name), ("Charset", "unicode")];
        xml.begin("Font", &attributes);
        xml.element("FontFile", &[], &format!("font_{n}.ttf"));
        xml.end();
    }
    xml.finish()
}

fn images_xml(images: &[Media]) -> Vec<u8> {
    let mut xml = Xml::new("Res", &[("BaseLoc", "Res")]);
    xml.begin("MultiMedias", &[]);
    for (n, image) in images.iter().enumerate() {
        let format = match image.kind {
            Picture::Png => "PNG",
            Picture::Jpeg => "JPEG",
        };
        xml.begin("MultiMedia", &[("ID", &image.id.to_string()), ("Type", "Image"), ("Format", format)]);
        xml.element("MediaFile", &[], &format!("image_{n}.{}", image.kind.ending()));
        xml.end();
    }
    xml.finish()
}

fn attachments_xml(document: &Document, ids: &[u32]) -> Vec<u8> {
    let mut xml = Xml::new("Attachments", &[]);
    for (n, (attachment, id)) in document.attachments.iter().zip(ids).enumerate() {
        let kilobytes = f64::from(u32::try_from(attachment.bytes.len()).unwrap_or(u32::MAX)) / 1024.0;
        xml.begin(
            "Attachment",
            &[
                ("ID", &id.to_string()),
                ("Name", &attachment.name),
                ("Format", &attachment.format),
                ("Size", &number(kilobytes)),
                ("Visible", "true"),
            ],
        );
        xml.element("FileLoc", &[], &format!("attachment_{n}.{}", attachment.format));
        xml.end();
    }
    xml.finish()
}

fn page_xml(page: &Page, fonts: &BTreeMap<usize, u32>, ids: &mut Ids, images: &mut Vec<Media>) -> Vec<u8> {
    let mut xml = Xml::new("Page", &[]);
    xml.begin("Area", &[]);
    xml.element("PhysicalBox", &[], &numbers(&[0.0, 0.0, page.width, page.height]));
    xml.end();
    xml.begin("Content", &[]);
    for (kind, items) in [("Background", &page.background), ("Body", &page.body)] {
        if items.is_empty() && kind != "Body" {
            continue;
        }
        xml.begin("Layer", &[("ID", &ids.next().to_string()), ("Type", kind)]);
        let mut objects = Objects { xml: &mut xml, fonts, ids, images };
        for item in items {
            objects.write(item);
        }
        xml.end();
    }
    xml.finish()
}
