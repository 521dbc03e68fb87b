//! Lines of text: where Chinese and Latin text may be broken, and how a line is filled and aligned.

use crate::fonts::{Drawn, FontError, Fonts};
use crate::model::{Colour, Run};

/// May not begin a line (避头): closing marks and what belongs to the character before it.
const NOT_FIRST: &str = "!%),.:;?]}¢°·’”…‰′″℃、。〃々〉》」』】〕〗〞\u{FE50}\u{FE51}\u{FE52}\u{FE54}\u{FE55}\u{FE56}\u{FE57}\
    \u{FF01}\u{FF05}\u{FF07}\u{FF09}\u{FF0C}\u{FF0E}\u{FF1A}\u{FF1B}\u{FF1F}\u{FF3D}\u{FF5D}\u{FF5E}—–";
/// May not end a line (避尾): opening marks and signs before a number.
const NOT_LAST: &str = "$([{£¥‘“〈《「『【〔〖〝№\u{FF04}\u{FF08}\u{FF3B}\u{FF5B}\u{FFE1}\u{FFE5}";
/// Pairs of these are one mark and are not taken apart.
const DOUBLE: &str = "—…";

/// How a line stands in its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left.
    #[default]
    Start,
    /// In the middle.
    Centre,
    /// At the right.
    End,
    /// Spread over the whole width, save for the last line of a paragraph.
    Justify,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size of an em in mm (三号 = 5.64, 四号 = 4.94, 小四 = 4.23, 五号 = 3.70).
    pub size: f64,
    /// Distance of baselines in ems.
    pub leading: f64,
    /// Indent of a paragraph's first line in ems; 2 is the custom of official documents.
    pub indent: f64,
    /// Space added after each character, in mm.
    pub spacing: f64,
    /// How lines stand.
    pub align: Align,
    /// Colour.
    pub colour: Colour,
    /// Whether it is bold.
    pub bold: bool,
}

impl Style {
    /// Black text of `size` mm, at the left, with 1.5 ems between baselines.
    pub fn new(size: f64) -> Self {
        Self { size, leading: 1.5, indent: 0.0, spacing: 0.0, align: Align::Start, colour: Colour::BLACK, bold: false }
    }

    /// The same, bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same with another alignment.
    #[must_use]
    pub fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// The same with an indent of the first line, in ems.
    #[must_use]
    pub fn indent(self, indent: f64) -> Self {
        Self { indent, ..self }
    }

    /// The same with space after each character, in mm.
    #[must_use]
    pub fn spacing(self, spacing: f64) -> Self {
        Self { spacing, ..self }
    }

    /// Distance of baselines in mm.
    pub fn line_height(&self) -> f64 {
        self.size * self.leading
    }
}

/// One line, measured and not yet placed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Characters with their glyph and advance in mm.
    characters: Vec<(char, Drawn, f64)>,
    /// Space before the first character.
    pub(crate) indent: f64,
    /// The last of its paragraph.
    last: bool,
}

impl Line {
    /// Width of the characters in mm.
    pub(crate) fn width(&self) -> f64 {
        self.characters.iter().map(|(_, _, advance)| advance).sum()
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.characters.iter().map(|(c, _, _)| c).collect()
    }

    /// The runs of this line with the left edge of its box at `x` and its baseline at `y`.
    pub(crate) fn place(&self, x: f64, y: f64, width: f64, style: &Style) -> Vec<Run> {
        // The space after the last character is not part of the line.
        let free = (width - self.indent - self.width() + style.spacing).max(0.0);
        let gaps = self.characters.len().saturating_sub(1);
        let (mut at, stretch) = match style.align {
            Align::Start => (x, 0.0),
            Align::Centre => (x + free / 2.0, 0.0),
            Align::End => (x + free, 0.0),
            Align::Justify if self.last || gaps == 0 => (x, 0.0),
            #[expect(clippy::cast_precision_loss, reason = "a line has few characters")]
            Align::Justify => (x, free / gaps as f64),
        };
        at += self.indent;
        let mut runs: Vec<Run> = Vec::new();
        let mut alone = false;
        for (n, (c, drawn, advance)) in self.characters.iter().enumerate() {
            let advance = if n < gaps { advance + stretch } else { advance - style.spacing };
            let beyond = u32::from(*c) > 0xFFFF;
            match runs.last_mut() {
                Some(run) if run.face == drawn.face && !beyond && !alone => {
                    run.text.push(*c);
                    run.glyphs.push(drawn.glyph);
                    run.advances.push(advance);
                }
                _ => runs.push(Run {
                    x: at,
                    y,
                    size: style.size,
                    face: drawn.face,
                    text: c.to_string(),
                    glyphs: vec![drawn.glyph],
                    advances: vec![advance],
                    colour: style.colour,
                    bold: style.bold,
                    turn: 0.0,
                }),
            }
            alone = beyond;
            at += advance;
        }
        runs
    }
}

/// Whether characters of one word stand on both sides.
fn in_word(before: char, after: char) -> bool {
    let of_word = |c: char| c.is_ascii_graphic() || ('\u{A1}'..='\u{24F}').contains(&c);
    of_word(before) && of_word(after)
}

/// Whether a line may end between two characters.
fn may_break(before: char, after: char) -> bool {
    let double = before == after && DOUBLE.contains(before);
    let first = NOT_FIRST.contains(after) || after == ' ';
    !(double || first || NOT_LAST.contains(before) || in_word(before, after))
}

/// Breaks `text` into lines of at most `width` mm. A line feed ends a paragraph. A word longer than a line is broken
/// where the line ends, as is a row of marks that rules would keep together.
///
/// Errors: [`FontError::Missing`] for characters that no face has, control characters among them.
pub(crate) fn break_lines(text: &str, width: f64, style: &Style, fonts: &Fonts) -> Result<Vec<Line>, FontError> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let drawn = fonts.draw(&paragraph.replace('\t', " "))?;
        let measured: Vec<_> =
            drawn.into_iter().map(|(c, drawn)| (c, drawn, drawn.advance * style.size + style.spacing)).collect();
        break_paragraph(&measured, width, style, &mut lines);
    }
    Ok(lines)
}

fn break_paragraph(characters: &[(char, Drawn, f64)], width: f64, style: &Style, lines: &mut Vec<Line>) {
    // Sums of advances in binary fractions must not push a line that fits exactly into two.
    const SLACK: f64 = 1e-6;
    let mut start = 0;
    let mut indent = style.indent * style.size;
    loop {
        let mut end = start;
        let mut used = indent;
        while let Some((_, _, advance)) = characters.get(end) {
            if used + advance - style.spacing > width + SLACK && end > start {
                break;
            }
            used += advance;
            end += 1;
        }
        let last = end >= characters.len();
        if !last {
            let mut at = end;
            while at > start && !may_break(characters[at - 1].0, characters[at].0) {
                at -= 1;
            }
            if at > start {
                end = at;
            }
        }
        let mut shown = end;
        while !last && shown > start && characters[shown - 1].0 == ' ' {
            shown -= 1;
        }
        lines.push(Line { characters: characters[start..shown].to_vec(), indent, last });
        if last {
            return;
        }
        start = end;
        while characters.get(start).is_some_and(|(c, _, _)| *c == ' ') {
            start += 1;
        }
        indent = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines_of(text: &str, ems: f64) -> Vec<String> {
        let fonts = Fonts::built_in().unwrap();
        break_lines(text, ems * 5.0, &Style::new(5.0), &fonts).unwrap().iter().map(Line::text).collect()
    }

    #[test]
    fn chinese_breaks_anywhere_but_before_a_closing_mark() {
        assert_eq!(lines_of("贵阳市政务服务中心", 4.0), ["贵阳市政", "务服务中", "心"]);
        assert_eq!(lines_of("贵阳市政\u{FF0C}服务", 4.0), ["贵阳市", "政\u{FF0C}服务"]);
        assert_eq!(lines_of("贵阳市《条例》", 4.0), ["贵阳市", "《条例》"]);
        assert_eq!(lines_of("贵阳市——服务", 4.0), ["贵阳", "市——服", "务"]);
    }

    #[test]
    fn words_and_numbers_stay_whole() {
        assert_eq!(lines_of("见 certificate 一", 6.0), ["见", "certificate", "一"]);
        assert_eq!(lines_of("期限至2026年", 4.0), ["期限至", "2026年"]);
        let broken = lines_of("AAAAAAAAAAAAAAAAAAAA", 4.0);
        assert!(broken.len() > 1 && broken.concat() == "AAAAAAAAAAAAAAAAAAAA");
    }

    #[test]
    fn a_row_of_marks_is_broken_rather_than_lost() {
        assert_eq!(lines_of("。。。。。。", 4.0).concat(), "。。。。。。");
    }

    #[test]
    fn line_feeds_end_paragraphs_and_empty_ones_stay() {
        assert_eq!(lines_of("一\n\n二", 4.0), ["一", "", "二"]);
    }

    #[test]
    fn control_characters_are_told_as_missing() {
        let fonts = Fonts::built_in().unwrap();
        let error = break_lines("a\u{7}", 50.0, &Style::new(5.0), &fonts).unwrap_err();
        assert_eq!(error, FontError::Missing(['\u{7}'].into()));
    }

    #[test]
    fn lines_stand_as_asked() {
        let fonts = Fonts::built_in().unwrap();
        let at = |align| {
            let style = Style::new(5.0).align(align);
            break_lines("贵阳市政务", 20.0, &style, &fonts).unwrap()[0].place(10.0, 0.0, 22.0, &style)
        };
        assert!((at(Align::Start)[0].x - 10.0).abs() < 1e-9);
        assert!((at(Align::Centre)[0].x - 11.0).abs() < 1e-9);
        assert!((at(Align::End)[0].x - 12.0).abs() < 1e-9);
        let spread = &at(Align::Justify)[0];
        assert!((spread.advances[0] - (5.0 + 2.0 / 3.0)).abs() < 1e-9, "{spread:?}");
    }

    #[test]
    fn a_character_beyond_the_basic_plane_stands_in_a_run_of_its_own() {
        let fonts = Fonts::built_in().unwrap();
        let style = Style::new(5.0);
        let runs = break_lines("王𬭎敏先", 50.0, &style, &fonts).unwrap()[0].place(0.0, 0.0, 50.0, &style);
        let texts: Vec<_> = runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["王", "𬭎", "敏先"]);
        assert!((runs[2].x - 10.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn no_character_is_lost_and_no_line_too_wide(text in "[一二三\u{FF0C}。《》\u{FF08}A-F 0-9—…]{0,60}", ems in 3_u32..12) {
            let fonts = Fonts::built_in().unwrap();
            let width = f64::from(ems) * 5.0;
            let lines = break_lines(&text, width, &Style::new(5.0), &fonts).unwrap();
            let kept: String = lines.iter().map(Line::text).collect();
            prop_assert_eq!(kept.replace(' ', ""), text.replace(' ', ""));
            for line in &lines {
                prop_assert!(line.width() <= width + 1e-6 || line.text().ends_with(' '));
            }
        }
    }
}
