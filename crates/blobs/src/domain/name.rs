//! File names as people give them: text to show, never a path to write to.

use super::{MediaType, Refusal};

/// Longest name, in characters.
const LONGEST: usize = 150;

/// Endings that some system runs, opens as a page or unpacks.
const ACTIVE: &[&str] = &[
    "7z", "apk", "app", "bat", "bin", "cab", "chm", "class", "cmd", "com", "cpl", "dll", "dmg", "docm", "dotm", "elf",
    "exe", "gz", "hta", "htm", "html", "iso", "jar", "js", "jse", "lnk", "mht", "mhtml", "mjs", "msc", "msi", "php",
    "pif", "pl", "pptm", "ps1", "py", "rar", "reg", "rpm", "scr", "sh", "so", "svg", "swf", "tar", "vbe", "vbs",
    "wasm", "wsf", "xhtml", "xlam", "xlsb", "xlsm", "xltm", "xsl", "xslt", "zip",
];

/// Whether some system would run, show as a page or unpack a file with this ending.
pub(crate) fn is_active_ending(ending: &str) -> bool {
    ACTIVE.binary_search(&ending.to_ascii_lowercase().as_str()).is_ok()
}

/// The kind that the name and the sender's media type declare. Errors: a name that is a path, holds control or
/// direction characters, has no accepted ending or two endings of different kinds.
pub fn declared(name: &str, media_type: Option<&str>) -> Result<MediaType, Refusal> {
    if name.trim() != name || name.is_empty() || name.chars().count() > LONGEST || name.starts_with('.') {
        return Err(Refusal::Name);
    }
    if name.chars().any(is_forbidden) {
        return Err(Refusal::Name);
    }
    let mut parts = name.split('.');
    parts.next();
    let endings: Vec<&str> = parts.collect();
    let (last, inner) = endings.split_last().ok_or(Refusal::Extension)?;
    let kind = MediaType::of_extension(last).ok_or(Refusal::Extension)?;
    let poses = |ending: &&str| {
        let ending = ending.trim();
        is_active_ending(ending) || MediaType::of_extension(ending).is_some_and(|other| other != kind)
    };
    if inner.iter().any(poses) {
        return Err(Refusal::DoubleExtension);
    }
    match media_type.and_then(named_type) {
        Some(found) if found != kind => Err(Refusal::Mismatch { declared: kind, found }),
        _ => Ok(kind),
    }
}

/// Path separators, control characters, and characters that turn the direction of the text or have no width.
fn is_forbidden(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The kind a sender's media type names; none for the words senders use when they do not know.
fn named_type(media_type: &str) -> Option<MediaType> {
    let word = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match word.as_str() {
        "image/jpg" | "image/pjpeg" => Some(MediaType::Jpeg),
        "application/x-pdf" => Some(MediaType::Pdf),
        "application/x-ofd" | "application/vnd.ofd" => Some(MediaType::Ofd),
        _ => word.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_active_endings_is_sorted() {
        assert!(ACTIVE.is_sorted());
        assert!(is_active_ending("EXE") && is_active_ending("zip") && !is_active_ending("pdf"));
    }

    #[test]
    fn ordinary_names_are_taken() {
        for (name, kind) in [
            ("身份证 正面.jpg", MediaType::Jpeg),
            ("租赁合同 v1.2（签字版）.PDF", MediaType::Pdf),
            ("扫描.pdf.pdf", MediaType::Pdf),
            ("营业执照.ofd", MediaType::Ofd),
            ("2026.03.02 清单.xlsx", MediaType::Xlsx),
        ] {
            assert_eq!(declared(name, None), Ok(kind), "{name}");
        }
    }

    #[test]
    fn paths_controls_and_direction_tricks_are_refused() {
        for name in [
            "",
            " a.pdf",
            "a.pdf ",
            ".pdf",
            "../../etc/passwd.pdf",
            "C:\\a.pdf",
            "a\u{0}.pdf",
            "a\r\n.pdf",
            "fdp.\u{202e}exe.pdf",
            "a\u{200b}.pdf",
        ] {
            assert_eq!(declared(name, None), Err(Refusal::Name), "{name:?}");
        }
        assert_eq!(declared(&format!("{}.pdf", "长".repeat(150)), None), Err(Refusal::Name));
    }

    #[test]
    fn kinds_that_are_not_taken_are_refused() {
        for name in ["a", "a.", "a.exe", "a.doc", "a.docm", "a.svg", "a.html", "a.zip", "a.pdf."] {
            assert_eq!(declared(name, None), Err(Refusal::Extension), "{name}");
        }
    }

    #[test]
    fn a_second_ending_is_refused() {
        for name in ["发票.exe.pdf", "a.JS.png", "a.docx.pdf", "a.html.jpg", "a.exe .pdf"] {
            assert_eq!(declared(name, None), Err(Refusal::DoubleExtension), "{name}");
        }
    }

    #[test]
    fn the_senders_type_must_agree_when_it_says_something() {
        assert_eq!(declared("a.jpg", Some("image/jpg")), Ok(MediaType::Jpeg));
        assert_eq!(declared("a.pdf", Some("application/octet-stream")), Ok(MediaType::Pdf));
        assert_eq!(declared("a.docx", Some("application/zip")), Ok(MediaType::Docx));
        assert_eq!(
            declared("a.pdf", Some("image/png; q=1")),
            Err(Refusal::Mismatch { declared: MediaType::Pdf, found: MediaType::Png })
        );
    }
}
