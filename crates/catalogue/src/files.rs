//! A folder of catalogue files: reading it before a check or an import, writing it after an export.

use std::io::Read;
use std::path::{Path, PathBuf};

use vocab::{Sources, Vocabulary};

use crate::domain::{self, CatalogueFile, Checked, MAX_FILE_BYTES, Severity, Violation};

/// Deepest folder below `catalogue/`: one for the department.
const CATALOGUE: &str = "catalogue";
const BUNDLES: &str = "bundles";
/// Files of the vocabularies, which are part of the program; a folder may carry copies.
const VOCABULARIES: [(&str, &str); 3] = {
    let sources = Sources::guiyang();
    [
        ("vocabulary/departments.toml", sources.departments),
        ("vocabulary/themes.toml", sources.themes),
        ("vocabulary/certificate_types.toml", sources.certificate_types),
    ]
};

/// A folder as it was read.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Items and bundles, by path.
    pub files: Vec<CatalogueFile>,
    /// What is amiss with the folder itself, beside what the files say.
    pub notes: Vec<Violation>,
}

/// A folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be {what}", path = path.display())]
pub struct FilesError {
    /// The file or folder.
    pub path: PathBuf,
    /// `read` or `written`.
    pub what: &'static str,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

impl Folder {
    /// Reads `catalogue/<department>/*.toml` and `bundles/*.toml` below `dir`.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn read(dir: &Path) -> Result<Self, FilesError> {
        let mut folder = Self::default();
        for department in entries(&dir.join(CATALOGUE))? {
            if department.is_dir() {
                let below = format!("{CATALOGUE}/{}", name(&department));
                folder.take_all(&below, &department)?;
            } else {
                folder.stray(&format!("{CATALOGUE}/{}", name(&department)));
            }
        }
        let bundles = dir.join(BUNDLES);
        if bundles.is_dir() {
            folder.take_all(BUNDLES, &bundles)?;
        }
        for (path, ours) in VOCABULARIES {
            let theirs = dir.join(path);
            if theirs.is_file() && bytes(&theirs)? != ours.as_bytes() {
                folder.note(path, "vocabulary-differs", "此文件与程序内置的词表不同；检查和导入以程序内置的词表为准");
            }
        }
        folder.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(folder)
    }

    /// Checks everything in the folder with the vocabularies of `vocab`.
    #[must_use]
    pub fn check(&self, vocab: &Vocabulary) -> Checked {
        let mut checked = domain::check(&self.files, vocab);
        checked.violations.extend(self.notes.iter().cloned());
        checked.violations.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        checked
    }

    fn take_all(&mut self, below: &str, folder: &Path) -> Result<(), FilesError> {
        for path in entries(folder)? {
            let file = format!("{below}/{}", name(&path));
            if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
                self.files.push(CatalogueFile { path: file, bytes: bytes(&path)? });
            } else {
                self.stray(&file);
            }
        }
        Ok(())
    }

    fn stray(&mut self, path: &str) {
        self.note(path, "stray-file", "不是事项或套餐文件，没有读取；事项放在 catalogue/部门/ 下，扩展名为 .toml");
    }

    fn note(&mut self, path: &str, code: &'static str, message: &str) {
        self.notes.push(Violation {
            file: path.to_owned(),
            line: 1,
            key: String::new(),
            code,
            severity: Severity::Warning,
            message: message.to_owned(),
        });
    }
}

/// Writes `files` below `dir`, over what is there under the same names.
///
/// # Errors
/// When a folder or file cannot be written.
pub fn write(dir: &Path, files: &[CatalogueFile]) -> Result<(), FilesError> {
    for file in files {
        let path = dir.join(&file.path);
        let failed = |source| FilesError { path: path.clone(), what: "written", source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        std::fs::write(&path, &file.bytes).map_err(failed)?;
    }
    Ok(())
}

/// The entries of a folder by name, without hidden ones.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, FilesError> {
    let failed = |source| FilesError { path: folder.to_owned(), what: "read", source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if !name(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The file's bytes, no more than one beyond the limit, so that a huge file is told and not taken into memory.
fn bytes(path: &Path) -> Result<Vec<u8>, FilesError> {
    let failed = |source| FilesError { path: path.to_owned(), what: "read", source };
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
