//! Addresses as codes to be read by a phone (QR).

use qrcode::{QrCode, render::svg};

/// The code of an address as a drawing (SVG), at least `pixels` wide; none when the address is too long for one.
#[must_use]
pub fn code(address: &str, pixels: u32) -> Option<String> {
    let code = QrCode::new(address.as_bytes()).ok()?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(pixels, pixels).quiet_zone(true).build();
    // Within a page there is no place for the declaration of a document of its own.
    drawn.find("<svg").map(|at| drawn[at..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn_without_a_declaration_and_a_novel_is_not() {
        let drawn = code("/confirm/0taapbag000hy", 120).unwrap();
        assert!(drawn.starts_with("<svg") && drawn.trim_end().ends_with("</svg>"), "{drawn}");
        assert_eq!(code(&"x".repeat(5000), 120), None);
    }
}
