//! A document as both writers take it: pages of placed things, in millimetres from the upper left corner, y downwards.
//! The layout makes it; nothing here depends on a file format.

use std::sync::Arc;

use jiff::civil::Date;

use crate::fonts::Fonts;

/// What a document says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// Number of the document: 32 hexadecimal digits, the same for the same document.
    pub id: String,
    /// Title.
    pub title: String,
    /// Body that made it.
    pub author: String,
    /// Day on which it was made.
    pub created: Date,
    /// Named values of the document's own kind, in order: for certificates the elements of GB/T 36903—2018 (ZZMC, …).
    pub custom: Vec<(String, String)>,
}

/// A file that travels inside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name shown to people; no path.
    pub name: String,
    /// Ending and kind, such as `xml` or `pdf`.
    pub format: String,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
}

/// A document ready to be written.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it says about itself.
    pub info: Info,
    /// Its pages.
    pub pages: Vec<Page>,
    /// Files in it.
    pub attachments: Vec<Attachment>,
    /// The faces that its runs name by place.
    pub fonts: Fonts,
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Width in mm.
    pub width: f64,
    /// Height in mm.
    pub height: f64,
    /// Drawn first: frames, watermarks.
    pub background: Vec<Item>,
    /// The content.
    pub body: Vec<Item>,
}

impl Page {
    /// An empty page of A4, upright.
    pub fn a4() -> Self {
        Self { width: 210.0, height: 297.0, ..Self::default() }
    }

    /// All things in the order in which they are drawn.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.background.iter().chain(&self.body)
    }
}

/// A colour as red, green, blue of 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Black.
    pub const BLACK: Self = Self(0, 0, 0);
    /// The red of seals and of heads of official documents.
    pub const RED: Self = Self(200, 0, 0);
}

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// Characters on one line in one face.
    Run(Run),
    /// Lines and areas.
    Path(Path),
    /// A picture.
    Image(Image),
}

/// Characters on one line, of one face, size and colour. Real text: it can be searched and read aloud.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Left end of the baseline.
    pub x: f64,
    /// Height of the baseline.
    pub y: f64,
    /// Size of an em in mm.
    pub size: f64,
    /// Face, by its place in [`Document::fonts`].
    pub face: usize,
    /// The characters, at least one. A character beyond the basic plane stands alone: some readers count it as two.
    pub text: String,
    /// A glyph of the whole face for each character.
    pub glyphs: Vec<u32>,
    /// From the start of each character to the start of the next (for the last: to its end), in mm.
    pub advances: Vec<f64>,
    /// Colour.
    pub colour: Colour,
    /// Drawn with a thin outline of its own colour, as the face has no bold cut.
    pub bold: bool,
    /// Turned by so many degrees clockwise about its left end on the baseline.
    pub turn: f64,
}

impl Run {
    /// Width in mm.
    pub fn width(&self) -> f64 {
        self.advances.iter().sum()
    }

    /// Width of the outline of bold characters.
    pub(crate) fn outline(&self) -> f64 {
        self.size * 0.03
    }
}

/// One step of an outline; coordinates are of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Begins a new part at a point.
    Move(f64, f64),
    /// A straight line to a point.
    Line(f64, f64),
    /// A curve with two control points to a point.
    Cubic(f64, f64, f64, f64, f64, f64),
    /// Back to the beginning of the part.
    Close,
}

/// Lines and areas.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The outline.
    pub steps: Vec<Step>,
    /// Colour of the area (rule: non-zero).
    pub fill: Option<Colour>,
    /// Colour and width in mm of the line.
    pub stroke: Option<(Colour, f64)>,
}

impl Path {
    /// A straight line.
    pub fn line(from: (f64, f64), to: (f64, f64), colour: Colour, width: f64) -> Self {
        let steps = vec![Step::Move(from.0, from.1), Step::Line(to.0, to.1)];
        Self { steps, fill: None, stroke: Some((colour, width)) }
    }

    /// The outline of a rectangle.
    pub fn frame(x: f64, y: f64, width: f64, height: f64, colour: Colour, line: f64) -> Self {
        let steps = vec![
            Step::Move(x, y),
            Step::Line(x + width, y),
            Step::Line(x + width, y + height),
            Step::Line(x, y + height),
            Step::Close,
        ];
        Self { steps, fill: None, stroke: Some((colour, line)) }
    }

    /// Left, top, right and bottom of all points.
    pub(crate) fn bounds(&self) -> (f64, f64, f64, f64) {
        let mut bounds = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
        let mut take = |x: f64, y: f64| {
            bounds = (bounds.0.min(x), bounds.1.min(y), bounds.2.max(x), bounds.3.max(y));
        };
        for step in &self.steps {
            match *step {
                Step::Move(x, y) | Step::Line(x, y) => take(x, y),
                Step::Cubic(x1, y1, x2, y2, x, y) => {
                    take(x1, y1);
                    take(x2, y2);
                    take(x, y);
                }
                Step::Close => {}
            }
        }
        if bounds.0 > bounds.2 { (0.0, 0.0, 0.0, 0.0) } else { bounds }
    }
}

/// Kinds of pictures that documents carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Picture {
    /// Portable Network Graphics.
    Png,
    /// JPEG (JFIF, Exif).
    Jpeg,
}

impl Picture {
    /// The kind by the first bytes, when it is one of these.
    pub fn recognise(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Some(Self::Jpeg)
        } else {
            None
        }
    }

    /// Ending of a file of this kind.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

/// A picture on a page, stretched to its box.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width in mm.
    pub width: f64,
    /// Height in mm.
    pub height: f64,
    /// Its kind.
    pub kind: Picture,
    /// The file's bytes.
    pub bytes: Arc<Vec<u8>>,
}

impl Image {
    /// A picture in a box; `None` when the bytes are neither PNG nor JPEG.
    pub fn new(x: f64, y: f64, width: f64, height: f64, bytes: Vec<u8>) -> Option<Self> {
        let kind = Picture::recognise(&bytes)?;
        Some(Self { x, y, width, height, kind, bytes: Arc::new(bytes) })
    }
}
