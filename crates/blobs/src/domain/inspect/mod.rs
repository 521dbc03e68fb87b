//! What a file really is, read from its content with fixed limits.

mod archive;
mod image;
mod pdf;

use super::{MediaType, Refusal};

/// Recognises `bytes` and examines them as what they are. `declared` is what the name says.
///
/// Never reads beyond the given bytes, and never unpacks more than 200 MB.
pub fn inspect(bytes: &[u8], declared: MediaType) -> Result<MediaType, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let found = recognise(bytes)?;
    if found != declared {
        return Err(Refusal::Mismatch { declared, found });
    }
    match found {
        MediaType::Pdf => pdf::examine(bytes)?,
        MediaType::Jpeg => image::jpeg(bytes)?,
        MediaType::Png => image::png(bytes)?,
        MediaType::Webp => image::webp(bytes)?,
        MediaType::Ofd | MediaType::Docx | MediaType::Xlsx => archive::examine(bytes, found)?,
    }
    Ok(found)
}

/// The kind by its first bytes, and for packages by their parts.
fn recognise(bytes: &[u8]) -> Result<MediaType, Refusal> {
    if bytes.starts_with(b"%PDF-") {
        Ok(MediaType::Pdf)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Ok(MediaType::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(MediaType::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(MediaType::Webp)
    } else if bytes.starts_with(b"PK\x03\x04") {
        archive::recognise(bytes)
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        // The old compound file: what Word and Excel write when they encrypt a document.
        Err(Refusal::Encrypted)
    } else {
        Err(Refusal::Unrecognised)
    }
}

/// Where `needle` begins in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    loop {
        at += hay.get(at..)?.iter().position(|b| *b == first)?;
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nothing_known_is_refused() {
        assert_eq!(inspect(b"", MediaType::Pdf), Err(Refusal::Empty));
        for bytes in [&b"MZ\x90\x00"[..], b"<html><script>", b"#!/bin/sh", b" %PDF-1.7", b"GIF89a"] {
            assert_eq!(inspect(bytes, MediaType::Pdf), Err(Refusal::Unrecognised));
        }
    }

    #[test]
    fn an_old_compound_file_is_asked_for_without_its_password() {
        let bytes = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
        assert_eq!(inspect(&bytes, MediaType::Docx), Err(Refusal::Encrypted));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in 0usize..6, tail in proptest::collection::vec(0u8..=255, 0..400)) {
            let heads: [&[u8]; 6] = [b"%PDF-1.7\n", &[0xff, 0xd8, 0xff], b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8X", b"PK\x03\x04", b""];
            let bytes = [heads[head], &tail].concat();
            for kind in MediaType::ALL {
                let _ = inspect(&bytes, *kind);
            }
        }
    }
}
