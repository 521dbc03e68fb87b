//! Packages (ZIP): OFD (GB/T 33190) and Office Open XML. Their directory is checked first; then every entry is unpacked
//! under a limit that does not believe the sizes written in it, and its text parts are looked at.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{super::name::is_active_ending, MediaType, Refusal, find};

/// Most entries.
const MOST_ENTRIES: usize = 1000;
/// Most bytes that all entries unpack to.
const MOST_UNPACKED: u64 = 200 * 1024 * 1024;
/// Unpacked bytes per packed byte, for entries beyond [`SMALL`].
const MOST_RATIO: u64 = 100;
/// Entries up to this many bytes may be packed as tightly as they like.
const SMALL: u64 = 1024 * 1024;
/// Longest text part whose words are looked at; longer ones are refused.
const LONGEST_TEXT: usize = 64 * 1024 * 1024;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn open(bytes: &[u8]) -> Result<Archive<'_>, Refusal> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged("package cannot be read"))?;
    if archive.offset() != 0 {
        return Err(Refusal::Damaged("something stands before the package"));
    }
    if archive.len() > MOST_ENTRIES {
        return Err(Refusal::Bomb("too many entries"));
    }
    Ok(archive)
}

/// Which package this is, by its main part.
pub(super) fn recognise(bytes: &[u8]) -> Result<MediaType, Refusal> {
    let archive = open(bytes)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("OFD.xml") {
        Ok(MediaType::Ofd)
    } else if has("[Content_Types].xml") && has("word/document.xml") {
        Ok(MediaType::Docx)
    } else if has("[Content_Types].xml") && has("xl/workbook.xml") {
        Ok(MediaType::Xlsx)
    } else if has("[Content_Types].xml") && has("EncryptedPackage") {
        Err(Refusal::Encrypted)
    } else {
        Err(Refusal::Unrecognised)
    }
}

/// Examines a package that [`recognise`] has named.
pub(super) fn examine(bytes: &[u8], kind: MediaType) -> Result<(), Refusal> {
    let mut archive = open(bytes)?;
    if archive.has_duplicate_names() {
        return Err(Refusal::Damaged("two entries bear one name"));
    }
    if archive.has_overlapping_entries().map_err(|_| Refusal::Damaged("package cannot be read"))? {
        return Err(Refusal::Bomb("entries overlap"));
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let name = checked_name(&archive, index)?;
        if active_part(&name, kind) {
            return Err(Refusal::Active("program, macro or embedded file in the package"));
        }
        let entry = archive.by_index(index).map_err(|_| Refusal::Damaged("entry cannot be unpacked"))?;
        let (packed, declared) = (entry.compressed_size(), entry.size());
        let limit = declared.min(MOST_UNPACKED - unpacked);
        if declared > MOST_UNPACKED - unpacked {
            return Err(Refusal::Bomb("unpacks to too many bytes"));
        }
        if declared > SMALL && declared / packed.max(1) > MOST_RATIO {
            return Err(Refusal::Bomb("packed too tightly"));
        }
        let text = is_text(&name);
        let mut words = Vec::new();
        let found = drain(entry, limit, text.then_some(&mut words))?;
        unpacked += found;
        if text {
            examine_text(&name, &words, kind)?;
        }
    }
    Ok(())
}

/// The entry's name, if it stays inside the package and is not locked or a link.
fn checked_name(archive: &Archive<'_>, index: usize) -> Result<String, Refusal> {
    let entry = archive.by_index_data(index).map_err(|_| Refusal::Damaged("entry cannot be read"))?;
    if entry.encrypted() {
        return Err(Refusal::Encrypted);
    }
    if entry.is_symlink() {
        return Err(Refusal::Active("link in the package"));
    }
    let name = std::str::from_utf8(entry.name_raw()).map_err(|_| Refusal::Damaged("entry name is not UTF-8"))?;
    let climbs = name.split('/').any(|part| part == "..");
    if name.is_empty() || name.starts_with('/') || climbs || name.contains(['\\', ':', '\0']) {
        return Err(Refusal::Active("entry name leaves the package"));
    }
    Ok(name.to_owned())
}

/// Parts that hold programs, macros or files of other kinds.
fn active_part(name: &str, kind: MediaType) -> bool {
    let lower = name.to_ascii_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    let office =
        ["vbaproject", "vbadata", "/macrosheets/", "/dialogsheets/", "/activex/", "/embeddings/", "/attachedtoolbars"];
    match kind {
        // Printer settings are the one binary part that every office program writes.
        MediaType::Docx | MediaType::Xlsx => {
            office.iter().any(|part| lower.contains(part))
                || (is_active_ending(ending) && !(ending == "bin" && lower.contains("/printersettings")))
        }
        _ => is_active_ending(ending),
    }
}

fn is_text(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with(".xml") || lower.ends_with(".rels")
}

/// Unpacks an entry, at most `limit` bytes; keeps the text when asked. An entry that gives more than its directory says
/// is a bomb.
fn drain(mut entry: impl Read, limit: u64, mut words: Option<&mut Vec<u8>>) -> Result<u64, Refusal> {
    let mut piece = [0; 16 * 1024];
    let mut found = 0_u64;
    loop {
        let n = entry.read(&mut piece).map_err(|_| Refusal::Damaged("entry cannot be unpacked"))?;
        if n == 0 {
            return Ok(found);
        }
        found += n as u64;
        if found > limit {
            return Err(Refusal::Bomb("unpacks to more than it says"));
        }
        if let Some(words) = words.as_deref_mut() {
            if words.len() + n > LONGEST_TEXT {
                return Err(Refusal::Bomb("text part is too long"));
            }
            words.extend_from_slice(&piece[..n]);
        }
    }
}

/// Looks for what makes an XML part dangerous: entities, macros, scripts, templates fetched from elsewhere, commands.
fn examine_text(name: &str, words: &[u8], kind: MediaType) -> Result<(), Refusal> {
    // UTF-16 text carries a zero in every other byte; without them the words below are found all the same.
    let text: Vec<u8> = words.iter().copied().filter(|b| *b != 0).map(|b| b.to_ascii_lowercase()).collect();
    let has = |word: &str| find(&text, word.as_bytes()).is_some();
    if has("<!doctype") || has("<!entity") {
        return Err(Refusal::Active("XML with entities"));
    }
    if kind == MediaType::Ofd {
        if has("<ofd:script") || has("<script") || has("javascript:") {
            return Err(Refusal::Active("OFD with scripts"));
        }
        if name == "OFD.xml" && !has("http://www.ofdspec.org/") {
            return Err(Refusal::Damaged("OFD without its namespace"));
        }
        return Ok(());
    }
    if has("macroenabled") || has("vbaproject") {
        return Err(Refusal::Active("document with macros"));
    }
    let fetches = ["/attachedtemplate", "/oleobject", "/frame", "/subdocument", "/externallinkpath"];
    if name.ends_with(".rels") && has("targetmode=\"external\"") && fetches.iter().any(|what| has(what)) {
        return Err(Refusal::Active("document that fetches parts from elsewhere"));
    }
    if has("ddeauto") || has("ddelink") {
        return Err(Refusal::Active("document that runs commands"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    const OFD: &[u8] = b"<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\" Version=\"1.0\"/>";

    fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, body) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(body).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn docx_with(extra: &[(&str, &[u8])]) -> Vec<u8> {
        let mut parts: Vec<(&str, &[u8])> =
            vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")];
        parts.extend(extra);
        package(&parts)
    }

    fn check(bytes: &[u8]) -> Result<MediaType, Refusal> {
        let kind = recognise(bytes)?;
        examine(bytes, kind).map(|()| kind)
    }

    #[test]
    fn packages_are_told_by_their_main_part() {
        assert_eq!(check(&package(&[("OFD.xml", OFD), ("Doc_0/Document.xml", b"<x/>")])), Ok(MediaType::Ofd));
        assert_eq!(check(&docx_with(&[("word/media/image1.png", b"x")])), Ok(MediaType::Docx));
        let xlsx = package(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("xl/workbook.xml", b"<workbook/>"),
            ("xl/printerSettings/printerSettings1.bin", b"\x01"),
        ]);
        assert_eq!(check(&xlsx), Ok(MediaType::Xlsx));
        assert_eq!(check(&package(&[("a.txt", b"x")])), Err(Refusal::Unrecognised));
    }

    #[test]
    fn macros_embedded_files_and_fetched_templates_are_refused() {
        let template =
            br#"<Relationship Type="http://x/attachedTemplate" Target="http://evil/a.dotm" TargetMode="External"/>"#;
        for extra in [
            ("word/vbaProject.bin", &b"x"[..]),
            ("word/embeddings/oleObject1.bin", b"x"),
            ("word/activeX/activeX1.xml", b"<x/>"),
            ("word/run.exe", b"MZ"),
            ("word/inner.zip", b"PK"),
            ("word/_rels/settings.xml.rels", template),
            ("word/footer1.xml", b"<w:instrText>DDEAUTO c:\\\\cmd</w:instrText>"),
            ("word/a.xml", b"<!DOCTYPE x [<!ENTITY a \"b\">]><x/>"),
            ("docProps/x.xml", b"ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\""),
        ] {
            assert!(matches!(check(&docx_with(&[extra])), Err(Refusal::Active(_))), "{}", extra.0);
        }
        let link = br#"<Relationship Type="http://x/hyperlink" Target="http://gov.example/" TargetMode="External"/>"#;
        assert_eq!(check(&docx_with(&[("word/_rels/document.xml.rels", link)])), Ok(MediaType::Docx));
        let xlm = package(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("xl/workbook.xml", b"<workbook/>"),
            ("xl/macrosheets/sheet1.xml", b"<x/>"),
        ]);
        assert!(matches!(check(&xlm), Err(Refusal::Active(_))));
    }

    #[test]
    fn an_ofd_with_scripts_or_programs_is_refused() {
        for extra in
            [("Doc_0/a.js", &b"x"[..]), ("Doc_0/A.xml", b"<ofd:Script>x</ofd:Script>"), ("Doc_0/Attachs/a.exe", b"MZ")]
        {
            assert!(matches!(check(&package(&[("OFD.xml", OFD), extra])), Err(Refusal::Active(_))), "{}", extra.0);
        }
        assert!(matches!(check(&package(&[("OFD.xml", b"<x/>")])), Err(Refusal::Damaged(_))));
        let utf16: Vec<u8> = "<!ENTITY x>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(check(&package(&[("OFD.xml", OFD), ("Doc_0/D.xml", &utf16)])), Err(Refusal::Active(_))));
    }

    #[test]
    fn names_that_leave_the_package_are_refused() {
        for name in ["../evil.xml", "/etc/passwd", "a/../../b", "c:\\x.xml"] {
            assert!(matches!(check(&package(&[("OFD.xml", OFD), (name, b"x")])), Err(Refusal::Active(_))), "{name}");
        }
    }

    #[test]
    fn bombs_are_refused_without_unpacking_them() {
        let tight = vec![0_u8; 40 * 1024 * 1024];
        let bomb = package(&[("OFD.xml", OFD), ("Doc_0/a.png", &tight)]);
        assert!(bomb.len() < 100_000);
        assert_eq!(check(&bomb), Err(Refusal::Bomb("packed too tightly")));
        let many: Vec<String> = (0..=MOST_ENTRIES).map(|n| format!("f{n}")).collect();
        let parts: Vec<(&str, &[u8])> = many.iter().map(|n| (n.as_str(), &b""[..])).collect();
        assert_eq!(check(&package(&parts)), Err(Refusal::Bomb("too many entries")));
    }

    #[test]
    fn an_entry_that_lies_about_its_size_is_refused() {
        let mut bytes = package(&[("OFD.xml", OFD), ("Doc_0/a.png", &vec![0_u8; 3_000_000])]);
        let true_size = 3_000_000_u32.to_le_bytes();
        let mut at = 0;
        while let Some(n) = find(&bytes[at..], &true_size) {
            bytes[at + n..at + n + 4].copy_from_slice(&1000_u32.to_le_bytes());
            at += n + 4;
        }
        let told = check(&bytes);
        assert!(matches!(told, Err(Refusal::Bomb(_) | Refusal::Damaged(_))), "{told:?}");
    }

    #[test]
    fn a_cut_or_prefixed_package_is_damaged() {
        let whole = docx_with(&[]);
        assert!(matches!(check(&whole[..whole.len() / 2]), Err(Refusal::Damaged(_))));
        let prefixed = [b"PK\x03\x04MZ a program".to_vec(), whole].concat();
        assert!(matches!(check(&prefixed), Err(Refusal::Damaged(_))));
    }
}
