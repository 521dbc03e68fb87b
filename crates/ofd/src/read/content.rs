//! The text of pages.

use super::xml::Element;

/// A piece of text where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Start of the baseline in mm.
    pub x: f64,
    /// Height of the baseline in mm.
    pub y: f64,
    /// Width in mm, as far as the file tells.
    pub width: f64,
    /// Size of an em in mm.
    pub size: f64,
    /// The characters.
    pub text: String,
}

/// Numbers separated by blanks; `None` when one is none.
pub(crate) fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split_ascii_whitespace().map(|part| part.parse::<f64>().ok().filter(|v| v.is_finite())).collect()
}

/// Four numbers: left, top, width, height.
pub(crate) fn four(text: &str) -> Option<(f64, f64, f64, f64)> {
    match numbers(text)?.as_slice() {
        [x, y, width, height] => Some((*x, *y, *width, *height)),
        _ => None,
    }
}

/// The physical box of an area.
pub(super) fn area(area: Option<&Element>) -> Option<(f64, f64, f64, f64)> {
    four(area?.child_text("PhysicalBox")?)
}

/// All text of a page, in drawing order.
pub(super) fn pieces(page: &Element) -> Vec<Piece> {
    let mut found = Vec::new();
    if let Some(content) = page.child("Content") {
        collect(content, &mut found);
    }
    found
}

/// Depth is bounded by the parser.
fn collect(element: &Element, found: &mut Vec<Piece>) {
    for child in &element.children {
        if child.name == "TextObject" {
            let (left, top, width, _) = child.attribute("Boundary").and_then(four).unwrap_or_default();
            let size = child.attribute("Size").and_then(|size| size.parse().ok()).unwrap_or_default();
            for code in child.all("TextCode") {
                let at = |name| code.attribute(name).and_then(|v| v.parse::<f64>().ok()).unwrap_or_default();
                let text: String = code.raw_text().chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
                found.push(Piece { x: left + at("X"), y: top + at("Y"), width, size, text });
            }
        } else {
            collect(child, found);
        }
    }
}

/// Pieces as text: what stands on one baseline, one after another, is one line.
pub(super) fn joined(pieces: &[Piece]) -> String {
    let mut text = String::new();
    let mut before: Option<&Piece> = None;
    for piece in pieces {
        if let Some(before) = before {
            let line = (piece.y - before.y).abs() < piece.size.max(0.5) * 0.3 && piece.x >= before.x;
            let near = piece.x - (before.x + before.width) < piece.size * 0.5;
            match (line, near) {
                (true, true) => {}
                (true, false) => text.push(' '),
                (false, _) => text.push('\n'),
            }
        }
        text.push_str(&piece.text);
        before = Some(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(x: f64, y: f64, text: &str) -> Piece {
        #[expect(clippy::cast_precision_loss, reason = "a short text")]
        let width = text.chars().count() as f64 * 5.0;
        Piece { x, y, width, size: 5.0, text: text.to_owned() }
    }

    #[test]
    fn a_baseline_is_a_line() {
        let pieces =
            [piece(10.0, 20.0, "王"), piece(15.0, 20.0, "𬭎"), piece(60.0, 20.0, "男"), piece(10.0, 30.0, "二")];
        assert_eq!(joined(&pieces), "王𬭎 男\n二");
    }

    #[test]
    fn numbers_must_be_numbers() {
        assert_eq!(four("0 0  210 297"), Some((0.0, 0.0, 210.0, 297.0)));
        assert_eq!(four("0 0 210"), None);
        assert_eq!(four("0 0 NaN 1"), None);
    }
}
