//! The same document as a PDF, with the fonts' subsets in it and its text as text.
//!
//! A PDF made here bears no seal: it is for reading and printing, the OFD is the document.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::model::{Colour, Document, Image, Item, Path, Picture, Run, Step};
use crate::write::{WriteError, check};

/// PDF points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;

/// Writes `document` as a PDF. The same document gives the same bytes.
///
/// Errors: [`WriteError`], among them a picture that cannot be decoded.
pub fn write_pdf(document: &Document) -> Result<Vec<u8>, WriteError> {
    check(document)?;
    let mut fonts = Vec::new();
    for face in document.fonts.faces() {
        let font = Font::new(face.bytes().clone().into(), face.index());
        fonts.push(font.ok_or_else(|| WriteError::Pdf(format!("font {}", face.name())))?);
    }
    let mut pdf = krilla::Document::new();
    for page in &document.pages {
        let settings = PageSettings::from_wh(points(page.width), points(page.height));
        let settings = settings.ok_or(WriteError::Coordinate)?;
        let mut sheet = pdf.start_page_with(settings);
        let mut surface = sheet.surface();
        for item in page.items() {
            match item {
                Item::Run(run) => draw_run(&mut surface, run, fonts.get(run.face).ok_or(WriteError::Run)?),
                Item::Path(path) => draw_path(&mut surface, path),
                Item::Image(image) => draw_image(&mut surface, image)?,
            }
        }
        surface.finish();
        sheet.finish();
    }
    let info = &document.info;
    let created = DateTime::new(u16::try_from(info.created.year()).unwrap_or(1970))
        .month(u8::try_from(info.created.month()).unwrap_or(1))
        .day(u8::try_from(info.created.day()).unwrap_or(1));
    pdf.set_metadata(
        Metadata::new()
            .title(info.title.clone())
            .authors(vec![info.author.clone()])
            .language("zh-CN".to_owned())
            .document_id(info.id.clone())
            .creator("tongban".to_owned())
            .creation_date(created),
    );
    pdf.finish().map_err(|error| WriteError::Pdf(format!("{error:?}")))
}

#[expect(clippy::cast_possible_truncation, reason = "places on a page are far from the limits of a float")]
fn points(mm: f64) -> f32 {
    (mm * POINTS) as f32
}

#[expect(clippy::cast_possible_truncation, reason = "advances are of the size of an em")]
fn ems(value: f64) -> f32 {
    value as f32
}

fn fill(colour: Colour) -> Fill {
    let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
    Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn stroke(colour: Colour, width: f64) -> Stroke {
    let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
    Stroke { paint, width: points(width), ..Stroke::default() }
}

fn draw_run(surface: &mut Surface<'_>, run: &Run, font: &Font) {
    let mut glyphs = Vec::new();
    for (((at, c), glyph), advance) in run.text.char_indices().zip(&run.glyphs).zip(&run.advances) {
        let range = at..at + c.len_utf8();
        glyphs.push(KrillaGlyph::new(GlyphId::new(*glyph), ems(advance / run.size), 0.0, 0.0, 0.0, range, None));
    }
    surface.set_fill(Some(fill(run.colour)));
    surface.set_stroke(run.bold.then(|| stroke(run.colour, run.outline())));
    let at = Point::from_xy(points(run.x), points(run.y));
    if run.turn != 0.0 {
        surface.push_transform(&Transform::from_rotate_at(ems(run.turn), at.x, at.y));
    }
    surface.draw_glyphs(at, &glyphs, font.clone(), &run.text, points(run.size), false);
    if run.turn != 0.0 {
        surface.pop();
    }
}

fn draw_path(surface: &mut Surface<'_>, path: &Path) {
    let mut builder = PathBuilder::new();
    for step in &path.steps {
        match *step {
            Step::Move(x, y) => builder.move_to(points(x), points(y)),
            Step::Line(x, y) => builder.line_to(points(x), points(y)),
            Step::Cubic(x1, y1, x2, y2, x, y) => {
                builder.cubic_to(points(x1), points(y1), points(x2), points(y2), points(x), points(y));
            }
            Step::Close => builder.close(),
        }
    }
    surface.set_fill(path.fill.map(fill));
    surface.set_stroke(path.stroke.map(|(colour, width)| stroke(colour, width)));
    // A path without any extent has nothing to draw.
    if let Some(outline) = builder.finish() {
        surface.draw_path(&outline);
    }
}

fn draw_image(surface: &mut Surface<'_>, image: &Image) -> Result<(), WriteError> {
    let data = image.bytes.clone().into();
    let decoded = match image.kind {
        Picture::Png => krilla::image::Image::from_png(data, true),
        Picture::Jpeg => krilla::image::Image::from_jpeg(data, true),
    };
    let decoded = decoded.map_err(|error| WriteError::Pdf(format!("picture: {error}")))?;
    let size = Size::from_wh(points(image.width), points(image.height)).ok_or(WriteError::Coordinate)?;
    surface.push_transform(&Transform::from_translate(points(image.x), points(image.y)));
    surface.draw_image(decoded, size);
    surface.pop();
    Ok(())
}
