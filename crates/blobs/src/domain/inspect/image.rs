//! Pictures: their frame is whole, and they do not unpack to more pixels than a scanner makes.

use super::Refusal;

/// Largest picture: 100 million pixels, an A3 page at 800 dots per inch.
const MOST_PIXELS: u64 = 100_000_000;

fn pixels(width: u32, height: u32) -> Result<(), Refusal> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Refusal::Damaged("picture without pixels")),
        n if n > MOST_PIXELS => Err(Refusal::Bomb("picture has too many pixels")),
        _ => Ok(()),
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    let b = bytes.get(at..at + 3)?;
    Some(u32::from(b[0]) | u32::from(b[1]) << 8 | u32::from(b[2]) << 16)
}

/// Walks the segments of a JPEG to its frame and asks for its end mark.
pub(super) fn jpeg(bytes: &[u8]) -> Result<(), Refusal> {
    const CUT: Refusal = Refusal::Damaged("JPEG is cut off");
    let mut at = 2;
    let mut framed = false;
    loop {
        if *bytes.get(at).ok_or(CUT)? != 0xff {
            return Err(Refusal::Damaged("JPEG segment without mark"));
        }
        let mark = *bytes.get(at + 1).ok_or(CUT)?;
        match mark {
            // Fill bytes before a mark.
            0xff => at += 1,
            // Start of scan: the picture's data follow.
            0xda if framed => break,
            0xda | 0xd9 => return Err(Refusal::Damaged("JPEG without frame")),
            _ => {
                let length = be16(bytes, at + 2).ok_or(CUT)? as usize;
                if length < 2 {
                    return Err(Refusal::Damaged("JPEG segment without length"));
                }
                // SOF0–SOF15 without DHT (c4), JPG (c8) and DAC (cc).
                if matches!(mark, 0xc0..=0xcf) && !matches!(mark, 0xc4 | 0xc8 | 0xcc) {
                    let height = be16(bytes, at + 5).ok_or(CUT)?;
                    let width = be16(bytes, at + 7).ok_or(CUT)?;
                    pixels(width, height)?;
                    framed = true;
                }
                at += 2 + length;
            }
        }
    }
    // Cameras append previews and films behind the end mark, so it need not be the last.
    bytes[at..].windows(2).any(|w| w == [0xff, 0xd9]).then_some(()).ok_or(CUT)
}

/// Walks the chunks of a PNG from its header to its end.
pub(super) fn png(bytes: &[u8]) -> Result<(), Refusal> {
    const CUT: Refusal = Refusal::Damaged("PNG is cut off");
    if bytes.get(12..16) != Some(b"IHDR") {
        return Err(Refusal::Damaged("PNG without header"));
    }
    pixels(be32(bytes, 16).ok_or(CUT)?, be32(bytes, 20).ok_or(CUT)?)?;
    let mut at = 8;
    loop {
        let length = be32(bytes, at).ok_or(CUT)? as usize;
        let name = bytes.get(at + 4..at + 8).ok_or(CUT)?;
        let next = at.checked_add(12).and_then(|n| n.checked_add(length)).filter(|n| *n <= bytes.len()).ok_or(CUT)?;
        if name == b"IEND" {
            return Ok(());
        }
        at = next;
    }
}

/// Reads the frame of a WebP picture.
pub(super) fn webp(bytes: &[u8]) -> Result<(), Refusal> {
    const CUT: Refusal = Refusal::Damaged("WebP is cut off");
    let whole = le32(bytes, 4).ok_or(CUT)? as usize;
    if whole.checked_add(8).is_none_or(|end| end > bytes.len()) {
        return Err(CUT);
    }
    let (width, height) = match bytes.get(12..16).ok_or(CUT)? {
        b"VP8X" => (le24(bytes, 24).ok_or(CUT)? + 1, le24(bytes, 27).ok_or(CUT)? + 1),
        b"VP8L" => {
            let bits = le32(bytes, 21).ok_or(CUT)?;
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        b"VP8 " => {
            let both = le32(bytes, 26).ok_or(CUT)?;
            (both & 0x3fff, both >> 16 & 0x3fff)
        }
        _ => return Err(Refusal::Damaged("WebP without picture")),
    };
    pixels(width, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SOI, SOF0 of the given size, SOS, two bytes of data, EOI.
    fn a_jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut b = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8];
        b.extend(height.to_be_bytes());
        b.extend(width.to_be_bytes());
        b.extend([1, 1, 0x11, 0, 0xff, 0xda, 0, 2, 1, 2, 0xff, 0xd9]);
        b
    }

    fn a_png(width: u32, height: u32) -> Vec<u8> {
        let mut b = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        b.extend(width.to_be_bytes());
        b.extend(height.to_be_bytes());
        b.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        b.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
        b
    }

    #[test]
    fn whole_pictures_pass() {
        assert_eq!(jpeg(&a_jpeg(640, 480)), Ok(()));
        assert_eq!(jpeg(&[a_jpeg(640, 480), b"a film behind".to_vec()].concat()), Ok(()));
        assert_eq!(png(&a_png(640, 480)), Ok(()));
        assert_eq!(webp(b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\0\0\xff\0\0"), Ok(()));
    }

    #[test]
    fn cut_pictures_are_damaged() {
        let whole = a_jpeg(640, 480);
        for end in 3..whole.len() {
            assert!(matches!(jpeg(&whole[..end]), Err(Refusal::Damaged(_))), "jpeg {end}");
        }
        let whole = a_png(640, 480);
        for end in 8..whole.len() {
            assert!(matches!(png(&whole[..end]), Err(Refusal::Damaged(_))), "png {end}");
        }
        assert!(matches!(webp(b"RIFF\xff\0\0\0WEBPVP8X"), Err(Refusal::Damaged(_))));
        assert!(matches!(webp(b"RIFF\x08\0\0\0WEBPJUNK"), Err(Refusal::Damaged(_))));
    }

    #[test]
    fn pictures_of_too_many_pixels_are_bombs() {
        assert!(matches!(jpeg(&a_jpeg(65_000, 65_000)), Err(Refusal::Bomb(_))));
        assert!(matches!(png(&a_png(100_000, 100_000)), Err(Refusal::Bomb(_))));
        assert!(matches!(png(&a_png(0, 10)), Err(Refusal::Damaged(_))));
    }
}
