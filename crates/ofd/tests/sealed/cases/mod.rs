//! The recipes of the corpus, by the name that the table of findings gives them.

mod content;
mod good;
mod packages;
mod seals;
mod signers;

use jiff::civil::date;
use ofd::layout::{Align, Fit, Placer, Style};
use ofd::{Attachment, Document, Fonts, Info, Page, write_ofd};

use crate::forge::Files;
use crate::town::Town;

/// Makes one file of the corpus.
pub(crate) type Recipe = fn(&Town) -> Vec<u8>;

/// All recipes.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Recipe)> {
    [good::CASES, content::CASES, seals::CASES, signers::CASES, packages::CASES].into_iter().flatten().copied()
}

/// Where the page of [`base`] stands.
pub(crate) const CONTENT: &str = "Doc_0/Pages/Page_0/Content.xml";

/// A notice of few characters on so many pages, with an attachment, not sealed yet.
pub(crate) fn base(pages: usize) -> Files {
    let fonts = Fonts::built_in().unwrap();
    let mut made = Vec::new();
    for _ in 0..pages {
        let mut page = Page::a4();
        let mut place = Placer::new(&mut page, &fonts);
        let title = Style::new(8.0).align(Align::Centre);
        place.text((20.0, 30.0, 170.0, 20.0), "受理通知书", &title, Fit::Refuse).unwrap();
        place.text((110.0, 225.0, 75.0, 10.0), "2026年3月2日", &Style::new(5.0), Fit::Refuse).unwrap();
        made.push(page);
    }
    let document = Document {
        info: Info {
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            title: "受理通知书".to_owned(),
            author: "筑城市市场监督管理局".to_owned(),
            created: date(2026, 3, 2),
            custom: vec![],
        },
        pages: made,
        attachments: vec![Attachment {
            name: "数据".to_owned(),
            format: "xml".to_owned(),
            bytes: b"<data/>".to_vec().into(),
        }],
        fonts,
    };
    Files::of(write_ofd(&document).unwrap().files())
}
