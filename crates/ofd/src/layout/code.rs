//! QR codes as one filled outline, sharp at any size.

use qrcode::{Color, EcLevel, QrCode};

use super::LayoutError;
use crate::model::{Colour, Path, Step};

/// The QR code of `text` with its upper left module at `x`, `y`, `side` mm wide, without a quiet zone: four modules of
/// empty paper around it are the caller's (ISO/IEC 18004).
pub(super) fn code(text: &str, x: f64, y: f64, side: f64) -> Result<Path, LayoutError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| LayoutError::Code(text.len()))?;
    let modules = code.width();
    let colours = code.to_colors();
    let edge = |n: usize| {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        side * f64::from(n) / f64::from(u32::try_from(modules).unwrap_or(1))
    };
    let mut steps = Vec::new();
    for (row, line) in colours.chunks(modules).enumerate() {
        let mut column = 0;
        while column < modules {
            if line[column] == Color::Light {
                column += 1;
                continue;
            }
            let from = column;
            while column < modules && line[column] == Color::Dark {
                column += 1;
            }
            let (left, right) = (x + edge(from), x + edge(column));
            let (top, bottom) = (y + edge(row), y + edge(row + 1));
            steps.extend([
                Step::Move(left, top),
                Step::Line(right, top),
                Step::Line(right, bottom),
                Step::Line(left, bottom),
                Step::Close,
            ]);
        }
    }
    Ok(Path { steps, fill: Some(Colour::BLACK), stroke: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_fills_its_square() {
        let path = code("https://example.invalid/v?c=1", 10.0, 20.0, 25.0).unwrap();
        let (left, top, right, bottom) = path.bounds();
        for (found, wanted) in [(left, 10.0), (top, 20.0), (right, 35.0), (bottom, 45.0)] {
            assert!((found - wanted).abs() < 1e-9);
        }
    }

    #[test]
    fn too_much_text_is_refused() {
        assert_eq!(code(&"x".repeat(4000), 0.0, 0.0, 20.0), Err(LayoutError::Code(4000)));
    }
}
