//! What the writers make and what they refuse.

use std::process::Command;

use ofd::layout::{Align, Block, Cell, Row, Sheet, Style, Table, flow};
use ofd::seal::picture::{Diameter, Face, draw};
use ofd::{Attachment, Item, Page, WriteError, write_ofd, write_pdf};

use super::sample::certificate;

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (first, second) = (write_ofd(&certificate()).unwrap(), write_ofd(&certificate()).unwrap());
    assert_eq!(first.to_bytes().unwrap(), second.to_bytes().unwrap());
    assert_eq!(write_pdf(&certificate()).unwrap(), write_pdf(&certificate()).unwrap());
}

#[test]
fn a_certificate_with_its_fonts_is_small() {
    let bytes = write_ofd(&certificate()).unwrap().to_bytes().unwrap();
    assert!(bytes.len() <= 60 * 1024, "{} bytes", bytes.len());
}

#[test]
fn packages_follow_the_conventions_that_all_readers_open() {
    let package = write_ofd(&certificate()).unwrap();
    let names: Vec<&str> = package.files().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "OFD.xml",
            "Doc_0/Document.xml",
            "Doc_0/PublicRes.xml",
            "Doc_0/Pages/Page_0/Content.xml",
            "Doc_0/Res/font_0.ttf",
            "Doc_0/Attachs/Attachments.xml",
            "Doc_0/Attachs/attachment_0.xml",
        ]
    );
    let text = |name: &str| String::from_utf8(package.file(name).unwrap().to_vec()).unwrap();
    let root = text("OFD.xml");
    assert!(root.contains("<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"), "{root}");
    assert!(root.contains("<ofd:CustomData Name=\"KZ_JYXM\">热食&lt;冷食&gt;&amp;饮品</ofd:CustomData>"), "{root}");
    let content = text("Doc_0/Pages/Page_0/Content.xml");
    assert!(content.contains(">𬭎</ofd:TextCode>"), "the rare character stands alone");
    let ids: Vec<u32> =
        content.split(" ID=\"").skip(1).map(|s| s.split('"').next().unwrap().parse().unwrap()).collect();
    let max: u32 =
        text("Doc_0/Document.xml").split("MaxUnitID>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    assert!(ids.iter().all(|id| *id <= max));
}

#[test]
fn what_readers_would_choke_on_is_refused() {
    let refused = |change: fn(&mut ofd::Document)| {
        let mut document = certificate();
        change(&mut document);
        assert_eq!(write_ofd(&document).err(), write_pdf(&document).err());
        write_ofd(&document).unwrap_err()
    };
    assert_eq!(refused(|d| d.pages.clear()), WriteError::NoPage);
    assert_eq!(refused(|d| d.info.id = "xyz".to_owned()), WriteError::Id);
    assert_eq!(refused(|d| d.info.title = "\u{1}".to_owned()), WriteError::Character("title".to_owned()));
    assert_eq!(refused(|d| d.pages[0].width = f64::NAN), WriteError::Coordinate);
    assert_eq!(refused(|d| d.attachments[0].name = "../x".to_owned()), WriteError::Attachment("../x".to_owned()));
    let twice = |d: &mut ofd::Document| d.attachments.push(d.attachments[0].clone());
    assert_eq!(refused(twice), WriteError::Attachment("证照数据".to_owned()));
    let broken = |d: &mut ofd::Document| {
        let run = d.pages[0].body.iter_mut().find_map(|item| if let Item::Run(run) = item { Some(run) } else { None });
        run.unwrap().advances.pop();
    };
    assert_eq!(refused(broken), WriteError::Run);
}

#[test]
fn a_picture_that_is_none_is_refused_in_pdf() {
    let mut document = certificate();
    let image = ofd::Image::new(0.0, 0.0, 10.0, 10.0, b"\x89PNG\r\n\x1a\n".to_vec()).unwrap();
    document.pages[0].body.push(Item::Image(image));
    assert!(matches!(write_pdf(&document), Err(WriteError::Pdf(_))));
}

#[test]
fn a_seals_picture_can_be_drawn_in_both() {
    let mut document = certificate();
    let face = Face { name: "筑城市市场监督管理局", purpose: None, note: None, diameter: Diameter::Mm45 };
    let picture = draw(&face, &document.fonts).unwrap();
    let image = ofd::Image::new(120.0, 200.0, 45.0, 45.0, picture.bytes).unwrap();
    document.pages[0].body.push(Item::Image(image));
    write_ofd(&document).unwrap();
    write_pdf(&document).unwrap();
}

#[test]
fn the_text_of_a_pdf_can_be_taken_out_again() {
    let mut document = certificate();
    document.attachments = vec![Attachment { name: "x".to_owned(), format: "txt".to_owned(), bytes: vec![].into() }];
    let style = Style::new(3.7);
    let row = |a: &str, b: &str| Row::new(vec![Cell::new(a, style), Cell::new(b, style.align(Align::Centre))]);
    let table =
        Table {
            widths: vec![30.0, 100.0], head: vec![row("序号", "材料名称")], rows: vec![row("1", "申请表")]
        };
    let pages = flow(&[Block::Table(table)], &Sheet::official().numbered(), &document.fonts).unwrap();
    document.pages.extend::<Vec<Page>>(pages);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("certificate.pdf");
    std::fs::write(&file, write_pdf(&document).unwrap()).unwrap();
    let out = Command::new("pdftotext").arg(&file).arg("-").output().expect("pdftotext of poppler-utils is installed");
    assert!(out.status.success());
    // Thin blanks are not always taken for blanks.
    let text = String::from_utf8(out.stdout).unwrap().replace(' ', "");
    for wanted in ["食品经营许可证", "小", "𬭎", "贵阳市市场监督管理局", "2026年3月2日", "材料名称", "第1页共1页"]
    {
        assert!(text.contains(wanted), "{wanted} is not in:\n{text}");
    }
}
