//! PDF (ISO 32000): whole, not encrypted, without scripts, actions that start something, or embedded files.
//!
//! Names are compared after their `#xx` escapes are resolved. Objects that are packed into object streams are unpacked
//! and looked at too; an object stream that cannot be unpacked is refused, since nobody could say what is in it.

use std::io::Read;

use super::{Refusal, find};

/// Most bytes that all object streams of one file may unpack to.
const MOST_UNPACKED: usize = 64 * 1024 * 1024;

/// Names that are refused wherever they stand: long enough not to occur in packed data by chance.
const ACTIVE: &[(&[u8], &str)] = &[
    (b"/JavaScript", "PDF with JavaScript"),
    (b"/Launch", "PDF that starts programs"),
    (b"/EmbeddedFile", "PDF with embedded files"),
    (b"/EmbeddedFiles", "PDF with embedded files"),
    (b"/RichMedia", "PDF with rich media"),
    (b"/Rendition", "PDF with rendition actions"),
    (b"/SubmitForm", "PDF that submits forms"),
    (b"/ImportData", "PDF that imports data"),
    (b"/GoToE", "PDF with embedded targets"),
];

/// Short names, refused outside of streams only: in packed data they turn up by chance.
const ACTIVE_SHORT: &[(&[u8], &str)] = &[(b"/JS", "PDF with JavaScript"), (b"/XFA", "PDF with an XFA form")];

/// Examines a file that begins with `%PDF-`.
pub(super) fn examine(bytes: &[u8]) -> Result<(), Refusal> {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    if find(tail, b"%%EOF").is_none() || find(bytes, b"obj").is_none() {
        return Err(Refusal::Damaged("PDF is cut off"));
    }
    let plain = without_escapes(bytes);
    if has_name(&plain, b"/Encrypt") {
        return Err(Refusal::Encrypted);
    }
    refuse_any(&plain, ACTIVE)?;
    let mut unpacked = 0;
    let mut at = 0;
    let mut outside_from = 0;
    while let Some(start) = find(&bytes[at..], b"stream").map(|n| at + n) {
        let word_end = start + b"stream".len();
        at = word_end;
        let begins = match bytes.get(word_end..) {
            Some([b'\r', b'\n', ..]) => word_end + 2,
            Some([b'\n' | b'\r', ..]) => word_end + 1,
            _ => continue,
        };
        if bytes[..start].ends_with(b"end") {
            continue;
        }
        let outside = without_escapes(&bytes[outside_from..start]);
        refuse_any(&outside, ACTIVE_SHORT)?;
        let ends = find(&bytes[begins..], b"endstream").map_or(bytes.len(), |n| begins + n);
        let dictionary = match outside.windows(3).rposition(|w| w == b"obj") {
            Some(obj) => &outside[obj..],
            None => &outside[..],
        };
        // Between two streams only the dictionary of the second can name an object stream; it is looked for in all of that,
        // since a string or a comment could pose as the dictionary's beginning. It needs /First, and some readers do not
        // ask for its type.
        let named = has_name(&outside, b"/ObjStm");
        if named || has_name(dictionary, b"/First") {
            let dictionary = if named { &outside } else { dictionary };
            let objects = unpack(dictionary, &bytes[begins..ends], &mut unpacked)?;
            let objects = without_escapes(&objects);
            refuse_any(&objects, ACTIVE)?;
            refuse_any(&objects, ACTIVE_SHORT)?;
        } else if has_name(&without_escapes(&bytes[begins..ends]), b"/ObjStm") {
            // What poses as a stream here hides an object stream from this examination, not from a reader.
            return Err(Refusal::Active("PDF with a hidden object stream"));
        }
        at = ends;
        outside_from = ends;
    }
    refuse_any(&without_escapes(&bytes[outside_from..]), ACTIVE_SHORT)
}

fn refuse_any(plain: &[u8], names: &[(&[u8], &'static str)]) -> Result<(), Refusal> {
    let mut rest = plain;
    while let Some(at) = rest.iter().position(|b| *b == b'/') {
        rest = &rest[at..];
        if let Some((_, what)) = names.iter().find(|(name, _)| rest.starts_with(name) && ends_name(&rest[name.len()..]))
        {
            return Err(Refusal::Active(what));
        }
        rest = &rest[1..];
    }
    Ok(())
}

/// Whether a name has ended before `rest`: by white space, a delimiter or the end.
fn ends_name(rest: &[u8]) -> bool {
    rest.first().is_none_or(|c| c.is_ascii_whitespace() || *c == 0 || b"/()<>[]{}%".contains(c))
}

/// Whether the whole name stands there.
fn has_name(plain: &[u8], name: &[u8]) -> bool {
    refuse_any(plain, &[(name, "")]).is_err()
}

/// The bytes with every `#xx` of a name resolved. Applied to all bytes alike: outside of names it only blurs what is
/// not looked for.
fn without_escapes(bytes: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'#'
            && let (Some(high), Some(low)) = (digit(bytes.get(at + 1)), digit(bytes.get(at + 2)))
        {
            out.push(u8::try_from(high << 4 | low).unwrap_or(b'#'));
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    out
}

/// The content of an object stream: plain or Flate, nothing else.
fn unpack(dictionary: &[u8], data: &[u8], total: &mut usize) -> Result<Vec<u8>, Refusal> {
    const UNREADABLE: Refusal = Refusal::Active("PDF with an object stream that cannot be examined");
    let filtered = has_name(dictionary, b"/Filter") || has_name(dictionary, b"/F");
    let objects = if !filtered {
        data.to_vec()
    } else if has_name(dictionary, b"/FlateDecode")
        && !["/DecodeParms", "/DP", "/LZWDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode", "/Crypt"]
            .iter()
            .any(|other| has_name(dictionary, other.as_bytes()))
    {
        // Two bytes of zlib header stand before the deflated data.
        inflate(data.get(2..).ok_or(UNREADABLE)?, MOST_UNPACKED.saturating_sub(*total)).ok_or(UNREADABLE)?
    } else {
        return Err(UNREADABLE);
    };
    *total += objects.len();
    if *total >= MOST_UNPACKED {
        return Err(Refusal::Bomb("object streams of the PDF"));
    }
    Ok(objects)
}

/// Inflates raw deflated data up to `most` bytes. The platform's one inflater is the ZIP reader's, so the data are
/// handed to it as a package of one entry; length and check sum at its end are unknown here and not looked at.
fn inflate(deflated: &[u8], most: usize) -> Option<Vec<u8>> {
    let length = u32::try_from(deflated.len()).ok()?.to_le_bytes();
    let mut entry = Vec::with_capacity(deflated.len() + 31);
    // Signature, version 2.0, no flags, deflate, time and date, check sum.
    entry.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0\0\0\0\0");
    entry.extend(length);
    entry.extend(u32::MAX.wrapping_sub(1).to_le_bytes());
    entry.extend(b"\x01\0\0\0o");
    entry.extend(deflated);
    let mut reader = &entry[..];
    let mut file = zip::read::read_zipfile_from_stream(&mut reader).ok()??;
    let mut out = Vec::new();
    let mut piece = [0; 16 * 1024];
    while out.len() < most {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => out.extend_from_slice(&piece[..n]),
            // What came before the check sum (or before damage) is what a reader would see.
            Err(_) if !out.is_empty() => break,
            Err(_) => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn pdf(body: &[u8]) -> Vec<u8> {
        [b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", body, b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"].concat()
    }

    /// Zlib data of `plain`, made by the ZIP writer.
    fn deflated(plain: &[u8]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("o", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(plain).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        let mut raw = Vec::new();
        archive.by_index_raw(0).unwrap().read_to_end(&mut raw).unwrap();
        [b"\x78\x9c".to_vec(), raw, b"\0\0\0\0".to_vec()].concat()
    }

    fn object_stream(extra: &str, plain: &[u8]) -> Vec<u8> {
        let data = deflated(plain);
        let head = format!("2 0 obj\n<< /Type /ObjStm /N 1 /First 4 {extra} /Length {} >>\nstream\r\n", data.len());
        pdf(&[head.as_bytes(), &data, b"\nendstream\nendobj"].concat())
    }

    #[test]
    fn a_plain_document_passes() {
        assert_eq!(examine(&pdf(b"2 0 obj << /S /GoTo /D [1 0 R /Fit] >> endobj")), Ok(()));
        assert_eq!(examine(&object_stream("/Filter /FlateDecode", b"3 0 << /Type /Page >>")), Ok(()));
    }

    #[test]
    fn packed_data_that_looks_like_a_short_name_passes() {
        let body = b"2 0 obj << /Length 20 >>\nstream\n\x01\x02/JS \x03\x04/XFA \x05\nendstream\nendobj";
        assert_eq!(examine(&pdf(body)), Ok(()));
    }

    #[test]
    fn scripts_actions_and_embedded_files_are_refused() {
        for body in [
            &b"2 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj"[..],
            b"2 0 obj << /S /J#61va#53cript >> endobj",
            b"2 0 obj << /JS(x) >> endobj",
            b"2 0 obj << /J#53 3 0 R >> endobj",
            b"2 0 obj << /S/Launch/F(cmd.exe) >> endobj",
            b"2 0 obj << /Names << /EmbeddedFiles 3 0 R >> >> endobj",
            b"2 0 obj << /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream endobj",
            b"2 0 obj << /AcroForm << /XFA 5 0 R >> >> endobj",
            b"2 0 obj << /S /SubmitForm /F (http://x) >> endobj",
            // A comment cannot hide the rest of the file behind a stream that is none.
            b"% stream\n2 0 obj << /S /JavaScript >> endobj",
        ] {
            assert!(matches!(examine(&pdf(body)), Err(Refusal::Active(_))), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn what_is_packed_into_object_streams_is_seen() {
        let hidden = object_stream("/Filter /FlateDecode", b"3 0 << /S /JavaScript /JS (x) >>");
        assert!(matches!(examine(&hidden), Err(Refusal::Active("PDF with JavaScript"))));
        let hidden = object_stream("/Filter /FlateDecode", b"3 0 << /JS (x) >>");
        assert!(matches!(examine(&hidden), Err(Refusal::Active("PDF with JavaScript"))));
        for filter in
            ["/Filter [/ASCIIHexDecode /FlateDecode]", "/Filter /FlateDecode /DecodeParms << >>", "/Filter /LZWDecode"]
        {
            let unreadable = object_stream(filter, b"3 0 << >>");
            assert!(matches!(examine(&unreadable), Err(Refusal::Active(_))), "{filter}");
        }
    }

    #[test]
    fn object_streams_cannot_be_hidden() {
        let script = b"3 0 << /S /JavaScript /JS (x) >>";
        for trick in [
            "/Xobj 1 /Filter /FlateDecode",
            "/Filter /FlateDecode /X (9 0 obj << )",
            "/Filter /FlateDecode % 9 0 obj <<\n",
        ] {
            let hidden = object_stream(trick, script);
            assert!(matches!(examine(&hidden), Err(Refusal::Active("PDF with JavaScript"))), "{trick}");
        }
        let whole = object_stream("/Filter /FlateDecode", script);
        let at = find(&whole, b"2 0 obj").unwrap();
        let hidden = [&whole[..at], b"% stream\n", &whole[at..]].concat();
        assert!(matches!(examine(&hidden), Err(Refusal::Active(_))));
    }

    #[test]
    fn an_object_stream_that_unpacks_without_end_is_a_bomb() {
        let bomb = object_stream("/Filter /FlateDecode", &vec![b' '; MOST_UNPACKED + 1]);
        assert!(bomb.len() < MOST_UNPACKED / 100);
        assert!(matches!(examine(&bomb), Err(Refusal::Bomb(_))));
    }

    #[test]
    fn encrypted_and_cut_files_are_refused() {
        assert_eq!(examine(&pdf(b"9 0 obj << /Encrypt 8 0 R >> endobj")), Err(Refusal::Encrypted));
        let whole = pdf(b"");
        assert!(matches!(examine(&whole[..whole.len() - 8]), Err(Refusal::Damaged(_))));
        assert!(matches!(examine(b"%PDF-1.7\n%%EOF"), Err(Refusal::Damaged(_))));
    }
}
