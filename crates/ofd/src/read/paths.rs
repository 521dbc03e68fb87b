//! Places as documents name them (ST_Loc): from the root with `/` before, else from the folder of the naming file.

use crate::finding::{Code, Finding};

/// The absolute name, without the leading `/`, of what the file `from` calls `place`.
///
/// Errors: [`Code::NameClimbs`] for a place outside the package.
pub(crate) fn resolve(from: &str, place: &str) -> Result<String, Finding> {
    let climbs = || Finding::new(Code::NameClimbs, place);
    let names_nothing = place.split('/').all(|part| matches!(part, "" | "."));
    if names_nothing || place.contains(['\\', ':']) || place.chars().any(char::is_control) {
        return Err(climbs());
    }
    let mut parts: Vec<&str> = match place.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for part in place.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(climbs)?),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { Err(climbs()) } else { Ok(parts.join("/")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_in_the_package() {
        let resolved = |from, place| resolve(from, place).unwrap();
        assert_eq!(resolved("OFD.xml", "Doc_0/Document.xml"), "Doc_0/Document.xml");
        assert_eq!(resolved("Doc_0/Document.xml", "./Pages/Page_0/Content.xml"), "Doc_0/Pages/Page_0/Content.xml");
        assert_eq!(resolved("Doc_0/Document.xml", "/OFD.xml"), "OFD.xml");
        assert_eq!(resolved("Doc_0/Attachs/A.xml", "../x.xml"), "Doc_0/x.xml");
        for place in ["../../x", "/..", "", "/", "a\\b", "c:x", "a\u{0}"] {
            assert_eq!(resolve("Doc_0/Document.xml", place).unwrap_err().code, Code::NameClimbs, "{place}");
        }
    }
}
