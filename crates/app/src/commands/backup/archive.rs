//! The format of a backup: a ZIP file whose last entry lists every other one with its digest.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, ErrorKind, Read, Write},
    path::{Component, Path},
};

use gm::Hasher;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{POSTGRES, SQLITE, files, files::Temporary};
use crate::failure::{CommandError, While};

/// Last entry: a line `SM3 NAME` for each other one, so that nothing can be missing, added or changed unseen.
const MANIFEST: &str = "MANIFEST";

/// Copies everything and digests it on the way.
fn digested(from: &mut impl Read, to: &mut impl Write) -> io::Result<String> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish_hex()),
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
    }
}

pub(super) struct Writer {
    zip: ZipWriter<BufWriter<File>>,
    manifest: BTreeMap<String, String>,
}

const UNWRITTEN: &str = "the backup cannot be written";

impl Writer {
    pub(super) fn begin(part: &Temporary) -> Result<Self, CommandError> {
        let file = OpenOptions::new().write(true).open(part.path()).doing(UNWRITTEN)?;
        Ok(Self { zip: ZipWriter::new(BufWriter::new(file)), manifest: BTreeMap::new() })
    }

    pub(super) fn file(&mut self, name: &str, path: &Path) -> Result<(), CommandError> {
        let file = File::open(path).map_err(|e| unread(path, e))?;
        self.entry(name, &mut BufReader::new(file))
    }

    fn entry(&mut self, name: &str, from: &mut impl Read) -> Result<(), CommandError> {
        self.zip.start_file(name, SimpleFileOptions::default().large_file(true)).doing(UNWRITTEN)?;
        let digest = digested(from, &mut self.zip).doing(UNWRITTEN)?;
        self.manifest.insert(name.to_owned(), digest);
        Ok(())
    }

    /// Everything below `path`, but for what stands in folders of it that are called as in `without`. What is removed
    /// while this runs is left out.
    pub(super) fn folder(&mut self, name: &str, path: &Path, without: &[&str]) -> Result<(), CommandError> {
        let entries = match std::fs::read_dir(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|e| unread(path, e))?,
        };
        for entry in entries {
            let entry = entry.map_err(|e| unread(path, e))?;
            let (below, own) = (entry.path(), entry.file_name());
            let Some(own) = own.to_str() else {
                return Err(CommandError::new(format!("the name of {} cannot be kept", below.display())));
            };
            let name = format!("{name}/{own}");
            if below.is_dir() {
                if !without.contains(&own) {
                    self.folder(&name, &below, &[])?;
                }
                continue;
            }
            match File::open(&below) {
                Ok(file) => self.entry(&name, &mut BufReader::new(file))?,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unread(&below, error)),
            }
        }
        Ok(())
    }

    /// Ends the archive and waits until it is on the disk; answers how many entries it has beside the list of them.
    pub(super) fn end(mut self) -> Result<usize, CommandError> {
        let list: String = self.manifest.iter().map(|(name, digest)| format!("{digest} {name}\n")).collect();
        self.zip.start_file(MANIFEST, SimpleFileOptions::default()).doing(UNWRITTEN)?;
        self.zip.write_all(list.as_bytes()).doing(UNWRITTEN)?;
        let out = self.zip.finish().doing(UNWRITTEN)?;
        let file = out.into_inner().map_err(|e| e.into_error()).doing(UNWRITTEN)?;
        file.sync_all().doing(UNWRITTEN)?;
        Ok(self.manifest.len())
    }
}

fn unread(path: &Path, error: io::Error) -> CommandError {
    CommandError::new(format!("{} cannot be read", path.display())).because(error)
}

fn damaged(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommandError {
    CommandError::new("the backup is damaged or no backup").because(why).advice("use another copy of it")
}

/// Unpacks the whole archive below `to` and holds it against its own list; answers how many entries there were.
pub(super) fn unpack(file: &Path, to: &Path) -> Result<usize, CommandError> {
    let opened = File::open(file).map_err(|e| unread(file, e))?;
    let mut zip = ZipArchive::new(BufReader::new(opened)).map_err(damaged)?;
    let (mut found, mut list) = (BTreeMap::new(), None);
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if name == MANIFEST {
            let mut text = String::new();
            entry.read_to_string(&mut text).map_err(damaged)?;
            list = Some(text);
            continue;
        }
        if !belongs(&name) {
            return Err(damaged(format!("it names {name:?}, which is no part of a backup")));
        }
        let place = to.join(&name);
        if let Some(folder) = place.parent() {
            files::create_folder(folder).doing("a folder cannot be made")?;
        }
        let mut out = files::create(&place)
            .map_err(|e| CommandError::new(format!("{} cannot be written", place.display())).because(e))?;
        let digest = digested(&mut Checked(&mut entry), &mut out).map_err(|e| match e.kind() {
            ErrorKind::InvalidData => damaged(e),
            _ => CommandError::new(format!("{} cannot be written", place.display())).because(e),
        })?;
        out.sync_all().map_err(|e| CommandError::new(format!("{} cannot be written", place.display())).because(e))?;
        found.insert(name, digest);
    }
    let list = list.ok_or_else(|| damaged("its list of entries is missing"))?;
    let listed: BTreeMap<String, String> = list
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
        .collect();
    if let Some(name) = listed.keys().chain(found.keys()).find(|name| listed.get(*name) != found.get(*name)) {
        return Err(damaged(format!("{name} is not what its list of entries says")));
    }
    Ok(found.len())
}

/// Reading fails as `InvalidData` whatever is wrong with the archive, so that it is told from a failure to write.
struct Checked<R>(R);

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|e| match e.kind() {
            ErrorKind::Interrupted => e,
            _ => io::Error::new(ErrorKind::InvalidData, e),
        })
    }
}

/// A database, or something below one of the two folders and not outside it.
fn belongs(name: &str) -> bool {
    if name == SQLITE || name == POSTGRES {
        return true;
    }
    let below = ["files/", "keys/"].iter().any(|folder| name.len() > folder.len() && name.starts_with(folder));
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    below && plain && !name.contains(['\\', '\0', ':']) && !name.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_in_its_folder_belongs() {
        for good in ["database.sqlite", "database.dump", "keys/master.key", "files/files/2026/03/02/0x0aaaaaaaaaa"] {
            assert!(belongs(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../keys/a",
            "files/../../a",
            "files/",
            "keys",
            "files/a/",
            "other/a",
            "files\\a",
            "C:/files/a",
            "files/C:a",
            "./files/../a",
            "tongban.db",
        ] {
            assert!(!belongs(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_was_packed_is_unpacked_as_it_was_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("data/sub")).unwrap();
        std::fs::write(at("data/sub/a"), "first file ".repeat(50)).unwrap();
        std::fs::write(at("data/b"), b"").unwrap();
        let part = Temporary::make(at("part")).unwrap();
        let mut writer = Writer::begin(&part).unwrap();
        writer.folder("files", &at("data"), &[]).unwrap();
        writer.folder("keys", &at("nowhere"), &[]).unwrap();
        assert_eq!(writer.end().unwrap(), 2);
        part.keep_as(&at("whole.zip")).unwrap();
        assert_eq!(unpack(&at("whole.zip"), &at("out")).unwrap(), 2);
        assert_eq!(std::fs::read(at("out/files/sub/a")).unwrap(), std::fs::read(at("data/sub/a")).unwrap());

        let whole = std::fs::read(at("whole.zip")).unwrap();
        // A time or a version may change unnoticed; then what is unpacked is still the same.
        for place in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            std::fs::write(at("flipped.zip"), bytes).unwrap();
            let out = at(&format!("out-{place}"));
            if unpack(&at("flipped.zip"), &out).is_ok() {
                assert_eq!(std::fs::read(out.join("files/sub/a")).unwrap(), std::fs::read(at("data/sub/a")).unwrap());
                assert!(out.join("files/b").is_file());
            }
        }
        for length in [0, 10, whole.len() / 2, whole.len() - 1] {
            std::fs::write(at("short.zip"), &whole[..length]).unwrap();
            assert!(unpack(&at("short.zip"), &at(&format!("short-{length}"))).is_err(), "{length} bytes");
        }
    }
}
