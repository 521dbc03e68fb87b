//! Fonts: which face draws a character, how far it advances, and the part of a face that a document carries with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use subsetter::GlyphRemapper;
use write_fonts::FontBuilder;
use write_fonts::tables::cmap::Cmap;

/// The face that comes with the crate: Noto Serif SC, reduced to the characters of GB/T 2312, of the table of general
/// standard characters (通用规范汉字表) and all rarer ones of the whole face. Licence: `assets/OFL.txt`.
static BUILT_IN: &[u8] = include_bytes!("../assets/NotoSerifSC-reduced.ttf");

/// Why a font cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    /// The bytes are no font, or the collection has no such face.
    #[error("font {0} cannot be read")]
    Unreadable(String),
    /// No face of the set draws these characters (in the order of their code points). Nothing is left blank silently.
    #[error("no font has a glyph for {}", names(.0))]
    Missing(BTreeSet<char>),
    /// The part of a face that a document needs could not be cut out.
    #[error("font {0} cannot be reduced: {1}")]
    Subset(String, String),
}

fn names(characters: &BTreeSet<char>) -> String {
    characters.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect::<Vec<_>>().join(", ")
}

/// One face (字体) of a set.
#[derive(Clone)]
pub struct Face {
    name: String,
    bytes: Arc<Vec<u8>>,
    index: u32,
    units: f64,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("name", &self.name).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Face {
    /// Reads face `index` (0 outside collections) of a font file. `name` is the family that a document names, such as
    /// 宋体: readers that ignore embedded fonts take a font of the machine by it.
    ///
    /// Errors: [`FontError::Unreadable`].
    pub fn new(name: &str, bytes: Vec<u8>, index: u32) -> Result<Self, FontError> {
        let unreadable = || FontError::Unreadable(name.to_owned());
        let font = FontRef::from_index(&bytes, index).map_err(|_| unreadable())?;
        let units = f64::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        if units <= 0.0 || font.charmap().map(' ').is_none() {
            return Err(unreadable());
        }
        Ok(Self { name: name.to_owned(), bytes: Arc::new(bytes), index, units })
    }

    /// The family that documents name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole font file.
    pub(crate) fn bytes(&self) -> &Arc<Vec<u8>> {
        &self.bytes
    }

    /// The face's place in its file.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    pub(crate) fn font(&self) -> Result<FontRef<'_>, FontError> {
        FontRef::from_index(&self.bytes, self.index).map_err(|_| FontError::Unreadable(self.name.clone()))
    }

    /// Units of the font for one em.
    pub(crate) fn units(&self) -> f64 {
        self.units
    }

    /// A font file with only the glyphs of `characters` and a table from characters to glyphs, as readers need it.
    ///
    /// Errors: [`FontError::Missing`], [`FontError::Subset`].
    pub fn subset(&self, characters: &BTreeSet<char>) -> Result<Vec<u8>, FontError> {
        let fault = |why: String| FontError::Subset(self.name.clone(), why);
        let charmap = self.font()?.charmap();
        let mut glyphs = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for c in characters {
            match charmap.map(*c).and_then(|glyph| u16::try_from(glyph.to_u32()).ok()) {
                Some(glyph) => drop(glyphs.insert(*c, glyph)),
                None => drop(missing.insert(*c)),
            }
        }
        if !missing.is_empty() {
            return Err(FontError::Missing(missing));
        }
        let mut remapper = GlyphRemapper::new();
        for glyph in glyphs.values() {
            remapper.remap(*glyph);
        }
        let cut = subsetter::subset(&self.bytes, self.index, &remapper).map_err(|error| fault(error.to_string()))?;
        let mappings = glyphs.iter().filter_map(|(c, glyph)| {
            let new = remapper.get(*glyph)?;
            Some((*c, write_fonts::types::GlyphId::new(u32::from(new))))
        });
        let cmap = Cmap::from_mappings(mappings).map_err(|error| fault(error.to_string()))?;
        let mut builder = FontBuilder::new();
        builder.add_table(&cmap).map_err(|error| fault(error.to_string()))?;
        // Tables that programs other than PDF readers insist on: the name, and the metrics of the whole face.
        let whole = self.font()?;
        for tag in [b"OS/2", b"name"] {
            let tag = write_fonts::types::Tag::new(tag);
            if let Some(data) = whole.table_data(tag) {
                builder.add_raw(tag, data.as_bytes().to_vec());
            }
        }
        let cut = FontRef::new(&cut).map_err(|error| fault(error.to_string()))?;
        builder.copy_missing_tables(cut);
        Ok(builder.build())
    }
}

/// A character as a face draws it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Which face of the set.
    pub face: usize,
    /// Glyph of the whole face.
    pub glyph: u32,
    /// Advance in ems.
    pub advance: f64,
}

/// Faces in the order in which they are asked for a character. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fonts {
    faces: Arc<Vec<Face>>,
}

impl Fonts {
    /// The face that comes with the crate, named 宋体.
    ///
    /// Errors: [`FontError::Unreadable`], should the asset be damaged.
    pub fn built_in() -> Result<Self, FontError> {
        Self::new(vec![Face::new("宋体", BUILT_IN.to_vec(), 0)?])
    }

    /// A set of `faces`; the first that has a character draws it. A site with rare names puts its own font first or last.
    ///
    /// Errors: [`FontError::Unreadable`] for an empty set.
    pub fn new(faces: Vec<Face>) -> Result<Self, FontError> {
        if faces.is_empty() {
            return Err(FontError::Unreadable("(none)".to_owned()));
        }
        Ok(Self { faces: Arc::new(faces) })
    }

    /// This set with `face` asked after all others.
    #[must_use]
    pub fn with(&self, face: Face) -> Self {
        let mut faces = self.faces.as_ref().clone();
        faces.push(face);
        Self { faces: Arc::new(faces) }
    }

    /// The faces in order.
    pub fn faces(&self) -> &[Face] {
        &self.faces
    }

    /// How each character of `text` is drawn.
    ///
    /// Errors: [`FontError::Missing`] with every character that no face has.
    pub fn draw(&self, text: &str) -> Result<Vec<(char, Drawn)>, FontError> {
        let mut opened = Vec::new();
        for face in self.faces.iter() {
            let font = face.font()?;
            let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
            opened.push((font.charmap(), metrics, face.units));
        }
        let mut drawn = Vec::new();
        let mut missing = BTreeSet::new();
        for c in text.chars() {
            let found = opened.iter().enumerate().find_map(|(face, (charmap, metrics, units))| {
                let glyph = charmap.map(c).filter(|glyph| glyph.to_u32() != 0)?;
                let advance = f64::from(metrics.advance_width(glyph)?) / units;
                Some(Drawn { face, glyph: glyph.to_u32(), advance })
            });
            match found {
                Some(found) => drawn.push((c, found)),
                None => drop(missing.insert(c)),
            }
        }
        if missing.is_empty() { Ok(drawn) } else { Err(FontError::Missing(missing)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> BTreeSet<char> {
        text.chars().collect()
    }

    #[test]
    fn every_character_of_gb2312_and_of_rare_names_has_a_glyph() {
        let fonts = Fonts::built_in().unwrap();
        let listed: String = include_str!("../assets/font-characters.txt").lines().collect();
        assert_eq!(fonts.draw(&listed).unwrap().len(), listed.chars().count());
        assert!(listed.chars().count() > 9000);
        fonts.draw("王小敏𬭎喆玥〇").unwrap();
    }

    #[test]
    fn what_no_face_has_is_told() {
        let fonts = Fonts::built_in().unwrap();
        let error = fonts.draw("名\u{20BB7}\u{1F600}").unwrap_err();
        assert_eq!(error.to_string(), "no font has a glyph for U+1F600, U+20BB7");
        let face = &fonts.faces()[0];
        assert_eq!(face.subset(&set("名\u{20BB7}")), Err(FontError::Missing(set("\u{20BB7}"))));
    }

    #[test]
    fn full_width_characters_advance_one_em() {
        let fonts = Fonts::built_in().unwrap();
        let drawn = fonts.draw("国1").unwrap();
        assert!((drawn[0].1.advance - 1.0).abs() < 1e-9);
        assert!(drawn[1].1.advance < 0.7);
    }

    #[test]
    fn a_subset_is_small_and_finds_its_glyphs_by_character() {
        let fonts = Fonts::built_in().unwrap();
        let cut = fonts.faces()[0].subset(&set("营业执照𬭎 A")).unwrap();
        assert!(cut.len() < 20_000, "{}", cut.len());
        let again = Fonts::new(vec![Face::new("cut", cut, 0).unwrap()]).unwrap();
        let drawn = again.draw("营业执照𬭎A").unwrap();
        assert!(drawn.iter().all(|(_, drawn)| drawn.glyph != 0 && drawn.advance > 0.0));
        assert!(again.draw("贵").is_err());
    }

    #[test]
    fn broken_fonts_are_refused() {
        assert_eq!(Face::new("x", vec![0; 40], 0).unwrap_err(), FontError::Unreadable("x".to_owned()));
        assert!(Face::new("x", BUILT_IN.to_vec(), 1).is_err());
        assert!(Fonts::new(Vec::new()).is_err());
    }
}
