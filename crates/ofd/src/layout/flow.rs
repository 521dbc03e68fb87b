//! Blocks running down as many pages as they need.

use super::lines::{Align, Style, break_lines};
use super::place::{baseline, height_of};
use super::table::{Table, draw, measure};
use super::{LayoutError, code};
use crate::fonts::Fonts;
use crate::model::{Colour, Image, Item, Page, Path};

/// Paper and margins.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Width of the paper in mm.
    pub width: f64,
    /// Height of the paper in mm.
    pub height: f64,
    /// Margins in mm: top, right, bottom, left.
    pub margins: (f64, f64, f64, f64),
    /// Whether each page bears its number in the lower margin: 第 1 页 共 2 页.
    pub numbered: bool,
}

impl Sheet {
    /// A4 with the margins of official documents (GB/T 9704—2012: 37 mm above, 28 mm at the binding edge, 156 mm × 225 mm
    /// of text).
    pub fn official() -> Self {
        Self { width: 210.0, height: 297.0, margins: (37.0, 26.0, 35.0, 28.0), numbered: false }
    }

    /// The same with page numbers.
    #[must_use]
    pub fn numbered(self) -> Self {
        Self { numbered: true, ..self }
    }

    fn text_width(&self) -> f64 {
        self.width - self.margins.1 - self.margins.3
    }

    fn text_height(&self) -> f64 {
        self.height - self.margins.0 - self.margins.2
    }
}

/// A piece of a document that runs down the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Paragraphs, divided at line feeds and, where needed, between pages.
    Text(String, Style),
    /// A table, divided between rows.
    Table(Table),
    /// A PNG or JPEG of a width and height in mm, with its alignment.
    Image(Vec<u8>, f64, f64, Align),
    /// A QR code of a side in mm, with its alignment.
    Code(String, f64, Align),
    /// A line over the whole width: colour and thickness in mm.
    Rule(Colour, f64),
    /// Empty room in mm; left out at the top of a page.
    Space(f64),
    /// The rest stands on a new page.
    NewPage,
    /// Kept on one page when one page can hold them: a closing line with body and date.
    Together(Vec<Block>),
}

/// Lays `blocks` out on as many pages as they need, at least one.
///
/// Errors: [`LayoutError`]; nothing is cut off or left blank.
pub fn flow(blocks: &[Block], sheet: &Sheet, fonts: &Fonts) -> Result<Vec<Page>, LayoutError> {
    let mut flow = Flow { sheet, fonts, pages: Vec::new(), used: 0.0 };
    flow.new_page();
    for block in blocks {
        flow.block(block)?;
    }
    let mut pages = flow.pages;
    if sheet.numbered {
        let all = pages.len();
        for (n, page) in pages.iter_mut().enumerate() {
            let style = Style::new(3.7).align(Align::Centre);
            let text = format!("第 {} 页 共 {all} 页", n + 1);
            let y = sheet.height - sheet.margins.2 / 2.0;
            for line in break_lines(&text, sheet.text_width(), &style, fonts)? {
                let runs = line.place(sheet.margins.3, y, sheet.text_width(), &style);
                page.body.extend(runs.into_iter().map(Item::Run));
            }
        }
    }
    Ok(pages)
}

struct Flow<'a> {
    sheet: &'a Sheet,
    fonts: &'a Fonts,
    pages: Vec<Page>,
    /// Height used on the last page in mm.
    used: f64,
}

impl Flow<'_> {
    fn new_page(&mut self) {
        self.pages.push(Page { width: self.sheet.width, height: self.sheet.height, ..Page::default() });
        self.used = 0.0;
    }

    fn put(&mut self, items: impl IntoIterator<Item = Item>) {
        if let Some(page) = self.pages.last_mut() {
            page.body.extend(items);
        }
    }

    fn left(&self) -> f64 {
        self.sheet.margins.3
    }

    fn top(&self) -> f64 {
        self.sheet.margins.0 + self.used
    }

    /// Makes sure that `height` mm are free, on a new page when they are not.
    fn room(&mut self, height: f64) -> Result<(), LayoutError> {
        let room = self.sheet.text_height();
        if height > room + 1e-6 {
            return Err(LayoutError::TooHigh { needed: height, room });
        }
        if self.used + height > room + 1e-6 {
            self.new_page();
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), LayoutError> {
        match block {
            Block::Text(text, style) => self.text(text, style)?,
            Block::Table(table) => self.table(table)?,
            Block::Image(bytes, width, height, align) => {
                self.room(*height)?;
                let (x, y) = (self.aligned(*width, *align), self.top());
                let image = Image::new(x, y, *width, *height, bytes.clone()).ok_or(LayoutError::Picture)?;
                self.put([Item::Image(image)]);
                self.used += height;
            }
            Block::Code(text, side, align) => {
                self.room(*side)?;
                let path = code::code(text, self.aligned(*side, *align), self.top(), *side)?;
                self.put([Item::Path(path)]);
                self.used += side;
            }
            Block::Rule(colour, thick) => {
                self.room(*thick)?;
                let y = self.top() + thick / 2.0;
                let path = Path::line((self.left(), y), (self.left() + self.sheet.text_width(), y), *colour, *thick);
                self.put([Item::Path(path)]);
                self.used += thick;
            }
            Block::Space(height) => {
                if self.used > 0.0 {
                    self.used = (self.used + height).min(self.sheet.text_height());
                }
            }
            Block::NewPage => self.new_page(),
            Block::Together(blocks) => {
                let height = self.height(blocks)?;
                if self.used + height > self.sheet.text_height() && height <= self.sheet.text_height() {
                    self.new_page();
                }
                for block in blocks {
                    self.block(block)?;
                }
            }
        }
        Ok(())
    }

    /// Left edge of something `width` mm wide.
    fn aligned(&self, width: f64, align: Align) -> f64 {
        let free = self.sheet.text_width() - width;
        match align {
            Align::Start | Align::Justify => self.left(),
            Align::Centre => self.left() + free / 2.0,
            Align::End => self.left() + free,
        }
    }

    fn text(&mut self, text: &str, style: &Style) -> Result<(), LayoutError> {
        let width = self.sheet.text_width();
        for line in break_lines(text, width, style, self.fonts)? {
            self.room(style.line_height())?;
            let runs = line.place(self.left(), self.top() + baseline(0, style), width, style);
            self.put(runs.into_iter().map(Item::Run));
            self.used += style.line_height();
        }
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), LayoutError> {
        let mut head = Vec::new();
        for (n, row) in table.head.iter().enumerate() {
            head.push(measure(table, row, n, self.fonts)?);
        }
        let head_height: f64 = head.iter().map(|row| row.height).sum();
        let mut begun = false;
        for (n, row) in table.rows.iter().enumerate() {
            let measured = measure(table, row, table.head.len() + n, self.fonts)?;
            let pages = self.pages.len();
            let needed = if begun { measured.height } else { head_height + measured.height };
            self.room(needed)?;
            if !begun || self.pages.len() > pages {
                self.room(head_height + measured.height)?;
                for row in &head {
                    let items = draw(row, self.left(), self.top());
                    self.put(items);
                    self.used += row.height;
                }
                begun = true;
            }
            let items = draw(&measured, self.left(), self.top());
            self.put(items);
            self.used += measured.height;
        }
        Ok(())
    }

    /// Height of blocks on one page, to decide whether they stay together.
    fn height(&self, blocks: &[Block]) -> Result<f64, LayoutError> {
        let mut sum = 0.0;
        for block in blocks {
            sum += match block {
                Block::Text(text, style) => {
                    height_of(break_lines(text, self.sheet.text_width(), style, self.fonts)?.len(), style)
                }
                Block::Table(table) => {
                    let mut height = 0.0;
                    for (n, row) in table.head.iter().chain(&table.rows).enumerate() {
                        height += measure(table, row, n, self.fonts)?.height;
                    }
                    height
                }
                Block::Image(_, _, height, _) | Block::Code(_, height, _) => *height,
                Block::Rule(_, height) | Block::Space(height) => *height,
                Block::NewPage => 0.0,
                Block::Together(blocks) => self.height(blocks)?,
            };
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Row};
    use super::*;

    fn texts(page: &Page) -> Vec<&str> {
        page.body.iter().filter_map(|i| if let Item::Run(run) = i { Some(run.text.as_str()) } else { None }).collect()
    }

    fn laid(blocks: &[Block]) -> Vec<Page> {
        flow(blocks, &Sheet::official(), &Fonts::built_in().unwrap()).unwrap()
    }

    #[test]
    fn text_runs_over_pages_inside_the_margins() {
        let text = "贵阳市政务服务中心已收到您的申请。".repeat(120);
        let pages = laid(&[Block::Text(text, Style::new(5.64).indent(2.0).align(Align::Justify))]);
        assert!(pages.len() >= 2);
        for page in &pages {
            for item in &page.body {
                let Item::Run(run) = item else { panic!("a run") };
                assert!(run.x >= 28.0 - 1e-6 && run.x + run.width() <= 184.0 + 1e-6, "{run:?}");
                assert!(run.y > 37.0 && run.y < 262.0);
            }
        }
    }

    #[test]
    fn the_head_of_a_table_stands_on_every_page() {
        let style = Style::new(3.7);
        let head = Row::new(vec![Cell::new("序号", style), Cell::new("材料", style)]);
        let row = |n: usize| Row::new(vec![Cell::new(n.to_string(), style), Cell::new("申请表", style)]);
        let table = Table { widths: vec![20.0, 100.0], head: vec![head], rows: (1..=80).map(row).collect() };
        let pages = laid(&[Block::Table(table)]);
        assert!(pages.len() > 1);
        for page in &pages {
            assert_eq!(&texts(page)[..2], ["序号", "材料"]);
        }
        let rows: usize = pages.iter().map(|page| texts(page).iter().filter(|t| **t == "申请表").count()).sum();
        assert_eq!(rows, 80);
    }

    #[test]
    fn what_fits_no_page_is_refused() {
        let fonts = Fonts::built_in().unwrap();
        let png = b"\x89PNG\r\n\x1a\n".to_vec();
        let error = flow(&[Block::Image(png, 10.0, 300.0, Align::Start)], &Sheet::official(), &fonts).unwrap_err();
        assert_eq!(error, LayoutError::TooHigh { needed: 300.0, room: 225.0 });
        let table = Table { widths: vec![20.0, 20.0], head: vec![], rows: vec![Row::default()] };
        let error = flow(&[Block::Table(table)], &Sheet::official(), &fonts).unwrap_err();
        assert_eq!(error, LayoutError::Columns { row: 0, filled: 0, columns: 2 });
        let error = flow(&[Block::Image(vec![], 1.0, 1.0, Align::End)], &Sheet::official(), &fonts).unwrap_err();
        assert_eq!(error, LayoutError::Picture);
    }

    #[test]
    fn what_belongs_together_goes_to_the_next_page_together() {
        let style = Style::new(5.0);
        let filler = Block::Text("一\n".repeat(27), style);
        let closing = Block::Together(vec![
            Block::Text("贵阳市市场监督管理局".to_owned(), style),
            Block::Text("2026年3月2日".to_owned(), style),
        ]);
        let pages = laid(&[filler, Block::Space(5.0), closing]);
        assert_eq!(pages.len(), 2);
        assert_eq!(texts(&pages[1]), ["贵阳市市场监督管理局", "2026年3月2日"]);
    }

    #[test]
    fn pages_bear_their_number() {
        let fonts = Fonts::built_in().unwrap();
        let blocks = [Block::Rule(Colour::RED, 0.5), Block::NewPage, Block::Code("x".to_owned(), 20.0, Align::Centre)];
        let pages = flow(&blocks, &Sheet::official().numbered(), &fonts).unwrap();
        assert_eq!(texts(&pages[1]).concat(), "第 2 页 共 2 页");
    }
}
