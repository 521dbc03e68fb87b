//! The picture of a round seal: ring, star, the body's name along the arc, purpose and note below the star.
//!
//! Shape and size follow 国发〔1999〕25号: round, a five-pointed star in the middle, the name from left to right around it
//! in 宋体; 42 mm for bodies of a municipality and most departments, 45 mm at most.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider};
use tiny_skia::{FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use super::info::SealPicture;
use crate::fonts::{FontError, Fonts};

/// Dots of the picture for each millimetre: about 300 to the inch.
const DOTS: f32 = 12.0;
/// Narrowest that a character of the arc may be pressed, as a share of its width.
const NARROWEST: f32 = 0.34;
/// Heights of the characters of the arc as shares of the radius; long names take lower ones.
const HEIGHTS: [f32; 6] = [0.27, 0.25, 0.23, 0.21, 0.19, 0.17];
/// Pressed less than this, a height is taken; else a lower one is tried.
const PLEASANT: f32 = 0.5;
/// The seal's red.
const RED: [u8; 3] = [214, 20, 20];

/// Sizes that the rules know (国发〔1999〕25号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diameter {
    /// 42 mm.
    Mm42,
    /// 45 mm.
    Mm45,
}

impl Diameter {
    /// Millimetres.
    pub fn mm(self) -> u32 {
        match self {
            Self::Mm42 => 42,
            Self::Mm45 => 45,
        }
    }

    fn radius(self) -> f32 {
        match self {
            Self::Mm42 => 21.0,
            Self::Mm45 => 22.5,
        }
    }
}

/// What stands in a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face<'a> {
    /// Name of the body, along the arc.
    pub name: &'a str,
    /// Purpose below the star, such as 行政审批专用章.
    pub purpose: Option<&'a str>,
    /// A note below that, such as 演示专用.
    pub note: Option<&'a str>,
    /// Size.
    pub diameter: Diameter,
}

/// Why a seal cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// A character that no font has.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The name, the purpose or the note has no room. Names of 45 characters have.
    #[error("{0} characters have no room in the seal")]
    TooLong(usize),
    /// No name.
    #[error("a seal without a name")]
    Empty,
    /// The picture could not be made.
    #[error("the picture could not be made: {0}")]
    Drawing(String),
}

/// Draws a seal as a PNG with a transparent ground.
///
/// Errors: [`PictureError`].
pub fn draw(face: &Face<'_>, fonts: &Fonts) -> Result<SealPicture, PictureError> {
    if face.name.trim().is_empty() {
        return Err(PictureError::Empty);
    }
    let side = face.diameter.mm() * 12;
    let mut pixmap = Pixmap::new(side, side).ok_or_else(|| PictureError::Drawing("size".to_owned()))?;
    let radius = face.diameter.radius();
    let mut ink = Ink { pixmap: &mut pixmap, centre: radius * DOTS };
    ring(&mut ink, radius);
    // The star's points lie on a circle of a third of the seal's radius.
    star(&mut ink, radius / 3.0);
    // The purpose needs the room between the ends of the arc.
    let span = if face.purpose.is_some() { 210.0 } else { 250.0 };
    arc(&mut ink, face.name, (radius, span), fonts)?;
    let scale = radius / 21.0;
    let mut rows = vec![];
    rows.extend(face.purpose.map(|text| (text, 4.2)));
    rows.extend(face.note.map(|text| (text, 3.4)));
    for ((text, size), y) in rows.into_iter().zip([12.2, 16.6]) {
        line(&mut ink, text, (size * scale, y * scale), radius, fonts)?;
    }
    let alpha: Vec<u8> = pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect();
    let bytes = png(side, &alpha).map_err(|error| PictureError::Drawing(error.to_string()))?;
    Ok(SealPicture { kind: "PNG".to_owned(), bytes, width: face.diameter.mm(), height: face.diameter.mm() })
}

/// One ink in 8 strengths: a palette of the seal's red with its transparencies. A sealed document holds the picture twice, and
/// edges that differ by an eighth are not told apart at 300 dots to the inch.
fn png(side: u32, alpha: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let strength = |alpha: u8| (u16::from(alpha) * 7 + 127) / 255;
    let row = |row: &[u8]| -> Vec<u8> {
        let two = |pair: &[u8]| {
            let strengths = pair.iter().map(|alpha| strength(*alpha)).fold(0, |both, one| both << 4 | one);
            // An odd row ends in half a byte.
            u8::try_from(if pair.len() == 2 { strengths } else { strengths << 4 }).unwrap_or(u8::MAX)
        };
        row.chunks(2).map(two).collect()
    };
    let packed: Vec<u8> = alpha.chunks(usize::try_from(side).unwrap_or(1)).flat_map(row).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_palette(RED.repeat(8));
    encoder.set_trns(vec![0, 36, 73, 109, 146, 182, 219, 255]);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&packed)?;
    writer.finish()?;
    Ok(bytes)
}

struct Ink<'a> {
    pixmap: &'a mut Pixmap,
    centre: f32,
}

impl Ink<'_> {
    fn paint() -> Paint<'static> {
        let mut paint = Paint::default();
        paint.set_color_rgba8(RED[0], RED[1], RED[2], 255);
        paint.anti_alias = true;
        paint
    }

    /// From millimetres about the seal's centre to dots.
    fn ground(&self) -> Transform {
        Transform::from_row(DOTS, 0.0, 0.0, DOTS, self.centre, self.centre)
    }

    fn fill(&mut self, path: &Path, place: Transform) {
        let place = place.post_concat(self.ground());
        self.pixmap.fill_path(path, &Self::paint(), FillRule::Winding, place, None);
    }
}

fn ring(ink: &mut Ink<'_>, radius: f32) {
    const LINE: f32 = 1.2;
    let mut builder = PathBuilder::new();
    builder.push_circle(0.0, 0.0, radius - LINE / 2.0 - 0.1);
    if let Some(path) = builder.finish() {
        let stroke = Stroke { width: LINE, ..Stroke::default() };
        let ground = ink.ground();
        ink.pixmap.stroke_path(&path, &Ink::paint(), &stroke, ground, None);
    }
}

fn star(ink: &mut Ink<'_>, radius: f32) {
    // Inner points of a regular pentagram.
    let inner = radius * (18.0_f32.to_radians().sin() / 54.0_f32.to_radians().sin());
    let mut builder = PathBuilder::new();
    for n in 0_u8..10 {
        let reach = if n % 2 == 0 { radius } else { inner };
        let angle = (f32::from(n) * 36.0 - 90.0).to_radians();
        let (x, y) = (reach * angle.cos(), reach * angle.sin());
        if n == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
    }
    builder.close();
    if let Some(path) = builder.finish() {
        ink.fill(&path, Transform::identity());
    }
}

/// The name around the upper part, from left to right; pressed together when it is long.
fn arc(ink: &mut Ink<'_>, name: &str, (radius, span): (f32, f32), fonts: &Fonts) -> Result<(), PictureError> {
    let glyphs = outlines(name, fonts)?;
    let count = glyphs.len();
    let gaps = u16::try_from(count.saturating_sub(1)).map_err(|_| PictureError::TooLong(count))?;
    let measured = HEIGHTS.map(|share| {
        let height = radius * share;
        let foot = radius - 2.2 - height;
        let natural = (height * 1.2 / (foot + height * 0.4)).to_degrees();
        let step = if gaps == 0 { 0.0 } else { natural.min(span / f32::from(gaps)) };
        // A character takes nine tenths of its step at the height of its foot, where the arc is shortest.
        let press = if gaps == 0 { 1.0 } else { (step.to_radians() * foot * 0.9 / height).min(1.0) };
        (height, foot, step, press)
    });
    let lowest = measured[HEIGHTS.len() - 1];
    let (height, foot, step, press) = measured.into_iter().find(|m| m.3 >= PLEASANT).unwrap_or(lowest);
    if press < NARROWEST {
        return Err(PictureError::TooLong(count));
    }
    for (n, glyph) in (0_u16..).zip(&glyphs) {
        let angle = step * (f32::from(n) - f32::from(gaps) / 2.0);
        let place = Transform::from_translate(-glyph.advance / 2.0, 0.12)
            .post_scale(height * press, height)
            .post_translate(0.0, -foot)
            .post_concat(Transform::from_rotate(angle));
        if let Some(path) = &glyph.path {
            ink.fill(path, place);
        }
    }
    Ok(())
}

/// A straight line of text with its baseline `y` mm below the centre.
fn line(ink: &mut Ink<'_>, text: &str, (size, y): (f32, f32), radius: f32, fonts: &Fonts) -> Result<(), PictureError> {
    let glyphs = outlines(text, fonts)?;
    let natural: f32 = glyphs.iter().map(|glyph| glyph.advance * size).sum();
    let room = 2.0 * ((radius - 2.6).powi(2) - y.powi(2)).max(0.0).sqrt() - 1.0;
    let press = (room / natural.max(0.1)).min(1.0);
    if press < NARROWEST {
        return Err(PictureError::TooLong(glyphs.len()));
    }
    let mut x = -natural * press / 2.0;
    for glyph in &glyphs {
        let place = Transform::from_scale(size * press, size).post_translate(x, y);
        if let Some(path) = &glyph.path {
            ink.fill(path, place);
        }
        x += glyph.advance * size * press;
    }
    Ok(())
}

/// A character's outline, one em high, baseline at 0, y downwards.
struct Outline {
    path: Option<Path>,
    advance: f32,
}

#[expect(clippy::cast_possible_truncation, reason = "an em is no large number")]
fn outlines(text: &str, fonts: &Fonts) -> Result<Vec<Outline>, PictureError> {
    let mut found = Vec::new();
    for (_, drawn) in fonts.draw(text)? {
        let face = &fonts.faces()[drawn.face];
        let font = face.font()?;
        let mut pen = Pen { builder: PathBuilder::new(), scale: 1.0 / face.units() as f32 };
        if let Some(glyph) = font.outline_glyphs().get(GlyphId::new(drawn.glyph)) {
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            glyph.draw(settings, &mut pen).map_err(|error| PictureError::Drawing(error.to_string()))?;
        }
        found.push(Outline { path: pen.builder.finish(), advance: drawn.advance as f32 });
    }
    Ok(found)
}

struct Pen {
    builder: PathBuilder,
    scale: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.builder.move_to(x * self.scale, -y * self.scale);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.builder.line_to(x * self.scale, -y * self.scale);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let s = self.scale;
        self.builder.quad_to(cx * s, -cy * s, x * s, -y * s);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let s = self.scale;
        self.builder.cubic_to(ax * s, -ay * s, bx * s, -by * s, x * s, -y * s);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal<'a>(name: &'a str, purpose: Option<&'a str>) -> Face<'a> {
        Face { name, purpose, note: Some("演示专用"), diameter: Diameter::Mm42 }
    }

    #[test]
    fn a_seal_is_a_transparent_png_of_the_size_readers_like() {
        let fonts = Fonts::built_in().unwrap();
        let picture = draw(&seal("贵阳市市场监督管理局", Some("行政审批专用章")), &fonts).unwrap();
        assert_eq!((picture.kind.as_str(), picture.width, picture.height), ("PNG", 42, 42));
        assert!((5_000..=30_000).contains(&picture.bytes.len()), "{} bytes", picture.bytes.len());
        let pixmap = Pixmap::decode_png(&picture.bytes).unwrap();
        assert_eq!(pixmap.width(), 504);
        assert_eq!(pixmap.pixel(0, 0).unwrap().alpha(), 0);
        assert!(pixmap.pixel(252, 252).unwrap().alpha() > 200, "the star");
        assert_eq!(draw(&seal("贵阳市市场监督管理局", Some("行政审批专用章")), &fonts).unwrap(), picture);
    }

    #[test]
    fn long_names_fit_and_endless_ones_are_refused() {
        let fonts = Fonts::built_in().unwrap();
        let long = "贵州省贵阳市观山湖区人力资源和社会保障局社会保险事业管理中心";
        let larger = Face { diameter: Diameter::Mm45, ..seal(long, None) };
        assert_eq!(draw(&larger, &fonts).unwrap().width, 45);
        draw(&seal(long, None), &fonts).unwrap();
        assert_eq!(draw(&seal(&"长".repeat(80), None), &fonts), Err(PictureError::TooLong(80)));
        assert_eq!(draw(&seal("局", Some(&"长".repeat(40))), &fonts), Err(PictureError::TooLong(40)));
    }

    #[test]
    fn a_seal_needs_a_name_with_glyphs() {
        let fonts = Fonts::built_in().unwrap();
        assert_eq!(draw(&seal(" ", None), &fonts), Err(PictureError::Empty));
        assert!(matches!(draw(&seal("\u{1F600}", None), &fonts), Err(PictureError::Font(_))));
        draw(&seal("局", None), &fonts).unwrap();
    }
}
