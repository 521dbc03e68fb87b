//! Things at given places of a page.

use super::lines::{Style, break_lines};
use super::{LayoutError, code};
use crate::fonts::Fonts;
use crate::model::{Colour, Image, Item, Page, Path, Run};

/// What to do with text that is too long for its box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fit {
    /// It is an error.
    Refuse,
    /// Make it smaller, down to so many mm for an em.
    Shrink(f64),
}

/// Puts things on one page.
#[derive(Debug)]
pub struct Placer<'a> {
    page: &'a mut Page,
    fonts: &'a Fonts,
}

impl<'a> Placer<'a> {
    /// Places on `page` with the faces of `fonts`.
    pub fn new(page: &'a mut Page, fonts: &'a Fonts) -> Self {
        Self { page, fonts }
    }

    /// Text in a box whose upper left corner is `x`, `y`; returns the height used in mm.
    ///
    /// Errors: [`LayoutError::Font`] for missing characters, [`LayoutError::TooLong`] when it does not fit.
    pub fn text(
        &mut self,
        (x, y, width, height): (f64, f64, f64, f64),
        text: &str,
        style: &Style,
        fit: Fit,
    ) -> Result<f64, LayoutError> {
        let mut style = *style;
        loop {
            let lines = break_lines(text, width, &style, self.fonts)?;
            let used = height_of(lines.len(), &style);
            let wide = lines.iter().any(|line| line.indent + line.width() - style.spacing > width + 1e-6);
            if used <= height + 1e-6 && !wide {
                for (n, line) in lines.iter().enumerate() {
                    let runs = line.place(x, y + baseline(n, &style), width, &style);
                    self.page.body.extend(runs.into_iter().map(Item::Run));
                }
                return Ok(used);
            }
            match fit {
                Fit::Shrink(least) if style.size > least => style.size = (style.size * 0.95).max(least),
                _ => return Err(LayoutError::TooLong(text.chars().count())),
            }
        }
    }

    /// A straight line.
    pub fn rule(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, width: f64) {
        self.page.body.push(Item::Path(Path::line(from, to, colour, width)));
    }

    /// A rectangle's outline behind the content, such as a certificate's border.
    pub fn border(&mut self, (x, y, width, height): (f64, f64, f64, f64), colour: Colour, line: f64) {
        self.page.background.push(Item::Path(Path::frame(x, y, width, height, colour, line)));
    }

    /// A QR code of `side` mm. Leave four of its modules of empty paper around it.
    ///
    /// Errors: [`LayoutError::Code`] for text too long for any code.
    pub fn code(&mut self, x: f64, y: f64, side: f64, text: &str) -> Result<(), LayoutError> {
        self.page.body.push(Item::Path(code::code(text, x, y, side)?));
        Ok(())
    }

    /// A PNG or JPEG stretched to a box.
    ///
    /// Errors: [`LayoutError::Picture`] for anything else.
    pub fn image(&mut self, (x, y, width, height): (f64, f64, f64, f64), bytes: Vec<u8>) -> Result<(), LayoutError> {
        let image = Image::new(x, y, width, height, bytes).ok_or(LayoutError::Picture)?;
        self.page.body.push(Item::Image(image));
        Ok(())
    }

    /// Words repeated aslant over the whole page behind the content, light enough to read through: purpose and day of an
    /// annotated copy (加注件).
    ///
    /// Errors: [`LayoutError::Font`] for missing characters.
    pub fn watermark(&mut self, text: &str, size: f64) -> Result<(), LayoutError> {
        const TURN: f64 = -30.0;
        let style = Style::new(size).colour(Colour(228, 228, 228));
        let lines = break_lines(&text.replace('\n', " "), f64::MAX, &style, self.fonts)?;
        let Some(line) = lines.first() else { return Ok(()) };
        let width = line.width().max(size);
        let (across, down) = (width + 8.0 * size, 7.0 * size);
        let (sin, cos) = TURN.to_radians().sin_cos();
        let (page_width, page_height) = (self.page.width, self.page.height);
        let reach = page_width + page_height;
        // A grid in the turned system, kept where its words begin on the page.
        let mut v = -reach;
        let mut odd = false;
        while v < reach {
            let mut u = if odd { -reach + across / 2.0 } else { -reach };
            while u < reach {
                let (x, y) = (u * cos - v * sin, u * sin + v * cos);
                let (end_x, end_y) = (x + width * cos, y + width * sin);
                let on = |x: f64, y: f64| x > 0.0 && x < page_width && y > 0.0 && y < page_height;
                if on(x, y) && on(end_x, end_y) {
                    let runs = line.place(0.0, 0.0, width, &style);
                    self.page.background.extend(runs.into_iter().map(|run| turned(run, (x, y), TURN)).map(Item::Run));
                }
                u += across;
            }
            v += down;
            odd = !odd;
        }
        Ok(())
    }
}

/// A run of a line at the origin, turned about `at`.
fn turned(run: Run, at: (f64, f64), turn: f64) -> Run {
    let (sin, cos) = turn.to_radians().sin_cos();
    Run { x: at.0 + run.x * cos, y: at.1 + run.x * sin, turn, ..run }
}

/// Height of so many lines.
#[expect(clippy::cast_precision_loss, reason = "a page has few lines")]
pub(super) fn height_of(lines: usize, style: &Style) -> f64 {
    style.line_height() * lines as f64
}

/// Baseline of line `n` below the upper edge of its box: the glyphs stand in the middle of their line.
#[expect(clippy::cast_precision_loss, reason = "a page has few lines")]
pub(super) fn baseline(n: usize, style: &Style) -> f64 {
    style.line_height() * n as f64 + (style.line_height() - style.size) / 2.0 + style.size * 0.88
}

#[cfg(test)]
mod tests {
    use super::super::Align;
    use super::*;

    #[test]
    fn text_is_shrunk_to_its_box_or_refused() {
        let fonts = Fonts::built_in().unwrap();
        let mut page = Page::a4();
        let mut placer = Placer::new(&mut page, &fonts);
        let style = Style::new(10.0).align(Align::Centre);
        let place = (20.0, 20.0, 60.0, 15.0);
        let name = "贵阳市云岩区小敏餐饮有限责任公司";
        assert_eq!(placer.text(place, name, &style, Fit::Refuse), Err(LayoutError::TooLong(16)));
        assert_eq!(placer.text(place, name, &style, Fit::Shrink(9.0)), Err(LayoutError::TooLong(16)));
        placer.text(place, name, &style, Fit::Shrink(2.0)).unwrap();
        let Some(Item::Run(run)) = page.body.first() else { panic!("a run") };
        assert!(run.size < 10.0 && run.x >= 20.0);
    }

    #[test]
    fn a_watermark_covers_the_page_and_stays_on_it() {
        let fonts = Fonts::built_in().unwrap();
        let mut page = Page::a4();
        Placer::new(&mut page, &fonts).watermark("仅用于演示 2026-03-02", 5.0).unwrap();
        assert!(page.background.len() > 10, "{}", page.background.len());
        for item in &page.background {
            let Item::Run(run) = item else { panic!("a run") };
            assert!(run.x > 0.0 && run.x < 210.0 && run.y > 0.0 && run.y < 297.0);
        }
    }

    #[test]
    fn pictures_of_other_kinds_are_refused() {
        let fonts = Fonts::built_in().unwrap();
        let mut page = Page::a4();
        let mut placer = Placer::new(&mut page, &fonts);
        assert_eq!(placer.image((0.0, 0.0, 1.0, 1.0), b"GIF89a".to_vec()), Err(LayoutError::Picture));
        assert!(placer.code(0.0, 0.0, 20.0, &"9".repeat(9000)).is_err());
    }
}
