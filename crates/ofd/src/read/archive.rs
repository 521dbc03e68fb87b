//! The ZIP of a stranger, unpacked under limits that do not believe what it says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::finding::{Code, Finding};

/// How much of a foreign file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most entries.
    pub entries: usize,
    /// Most bytes that all entries unpack to.
    pub unpacked: u64,
    /// Unpacked bytes for each packed one, of entries beyond 1 MiB.
    pub ratio: u64,
}

impl Default for Limits {
    /// 1000 entries, 200 MiB, hundredfold.
    fn default() -> Self {
        Self { entries: 1000, unpacked: 200 * 1024 * 1024, ratio: 100 }
    }
}

/// Entries up to this many bytes may be packed as tightly as they like.
const SMALL: u64 = 1024 * 1024;

/// The files of a package, by absolute name without the leading `/`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Archive {
    files: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    /// Unpacks `bytes`.
    pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Self, Finding> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Finding::new(Code::NotAPackage, ""))?;
        if zip.offset() != 0 {
            return Err(Finding::new(Code::BytesBefore, ""));
        }
        let entries = check_end(bytes, &zip)?.max(zip.len());
        if entries > limits.entries {
            return Err(Finding::new(Code::TooManyEntries, entries.to_string()));
        }
        if entries != zip.len() {
            // The library keeps one of two entries with one name.
            return Err(Finding::new(Code::NameTwice, ""));
        }
        check_spans(bytes, &mut zip)?;
        let mut files = BTreeMap::new();
        let mut folded = BTreeSet::new();
        let mut left = limits.unpacked;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(|_| Finding::new(Code::DamagedEntry, index.to_string()))?;
            let name = checked_name(entry.name_raw())?;
            if entry.is_symlink() {
                return Err(Finding::new(Code::Link, name));
            }
            if !folded.insert(name.trim_end_matches('/').to_lowercase()) {
                return Err(Finding::new(Code::NameTwice, name));
            }
            let (packed, declared) = (entry.compressed_size(), entry.size());
            if declared > left {
                return Err(Finding::new(Code::TooLarge, name));
            }
            if declared > SMALL && declared / packed.max(1) > limits.ratio {
                return Err(Finding::new(Code::TooTight, name));
            }
            let mut content = Vec::new();
            let read = entry.by_ref().take(declared + 1).read_to_end(&mut content);
            if read.is_err() || content.len() as u64 != declared {
                return Err(Finding::new(Code::DamagedEntry, name));
            }
            left -= declared;
            if !name.ends_with('/') {
                files.insert(name, content);
            }
        }
        Ok(Self { files })
    }

    /// The bytes of the file with exactly this name.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// The name and bytes of a file as a document names it; upper and lower case are ignored when nothing else fits,
    /// which is told in `findings`.
    pub(crate) fn find(&self, name: &str, findings: &mut Vec<Finding>) -> Option<(&str, &[u8])> {
        if let Some((known, bytes)) = self.files.get_key_value(name) {
            return Some((known, bytes));
        }
        let lower = name.to_lowercase();
        let (known, bytes) = self.files.iter().find(|(known, _)| known.to_lowercase() == lower)?;
        let finding = Finding::new(Code::WrongCase, name);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
        Some((known, bytes))
    }

    /// All files in the order of their names.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

fn checked_name(raw: &[u8]) -> Result<String, Finding> {
    let climbs = |name: &str| Finding::new(Code::NameClimbs, name);
    let name = std::str::from_utf8(raw).map_err(|_| climbs("(?)"))?;
    let parts = name.trim_end_matches('/').split('/');
    let bad = parts.into_iter().any(|part| part.is_empty() || part == "." || part == "..");
    if bad || name.contains(['\\', ':']) || name.chars().any(char::is_control) {
        return Err(climbs(name));
    }
    Ok(name.to_owned())
}

/// The directory must be the last thing in the file, without a comment: text after it is seen by no reader of OFD. Gives
/// the number of entries that it states.
fn check_end(bytes: &[u8], zip: &ZipArchive<Cursor<&[u8]>>) -> Result<usize, Finding> {
    let end = bytes.len().checked_sub(22).and_then(|end| bytes.get(end..));
    match end {
        Some([b'P', b'K', 5, 6, _, _, _, _, _, _, low, high, ..]) if zip.comment().is_empty() => {
            Ok(usize::from(u16::from_le_bytes([*low, *high])))
        }
        _ => Err(Finding::new(Code::BytesAfter, "")),
    }
}

/// Entries must follow each other without a gap, each with the name that the directory gives it.
fn check_spans(bytes: &[u8], zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Finding> {
    let mut spans = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|_| Finding::new(Code::DamagedEntry, index.to_string()))?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.encrypted() {
            return Err(Finding::new(Code::Encrypted, name));
        }
        let header = usize::try_from(entry.header_start()).unwrap_or(usize::MAX);
        let local = local_name(bytes, header).ok_or_else(|| Finding::new(Code::DamagedEntry, name.clone()))?;
        if local != entry.name_raw() {
            return Err(Finding::new(Code::NameDiffers, name));
        }
        let start = entry.data_start().ok_or_else(|| Finding::new(Code::DamagedEntry, name.clone()))?;
        let described = bytes.get(header + 6).is_some_and(|flags| flags & 0x08 != 0);
        spans.push((entry.header_start(), start.saturating_add(entry.compressed_size()), described));
    }
    spans.sort_unstable();
    let starts: Vec<u64> = spans.iter().skip(1).map(|span| span.0).chain([zip.central_directory_start()]).collect();
    for ((_, end, described), next) in spans.iter().zip(starts) {
        // A data descriptor of 12 to 24 bytes may follow the data.
        let gap = next.checked_sub(*end);
        let fits = match (gap, described) {
            (Some(0), _) => true,
            (Some(gap), true) => matches!(gap, 12 | 16 | 20 | 24),
            _ => false,
        };
        if !fits {
            return Err(Finding::new(Code::BytesBetween, ""));
        }
    }
    if spans.first().is_some_and(|span| span.0 != 0) {
        return Err(Finding::new(Code::BytesBefore, ""));
    }
    Ok(())
}

/// The name in an entry's own header.
fn local_name(bytes: &[u8], header: usize) -> Option<&[u8]> {
    let length = bytes.get(header.checked_add(26)?..header.checked_add(28)?)?;
    let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
    let start = header.checked_add(30)?;
    bytes.get(start..start.checked_add(length)?)
}
