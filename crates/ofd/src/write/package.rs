//! Files under names, and the ZIP they travel in.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::WriteError;

/// The files of an OFD package in the order in which they are packed. Names are absolute without the leading `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    files: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// Adds a file, or replaces the one of that name.
    pub(crate) fn add(&mut self, name: &str, bytes: Vec<u8>) {
        match self.files.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = bytes,
            None => self.files.push((name.to_owned(), bytes)),
        }
    }

    /// The bytes of file `name`.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice())
    }

    /// Names and bytes of all files.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The package as a ZIP. Every entry bears the same time and rights, so equal files give equal bytes.
    ///
    /// Errors: [`WriteError::Package`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteError> {
        let fault = |error: &dyn std::fmt::Display| WriteError::Package(error.to_string());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        for (name, bytes) in &self.files {
            zip.start_file(name.as_str(), options).map_err(|error| fault(&error))?;
            zip.write_all(bytes).map_err(|error| fault(&error))?;
        }
        Ok(zip.finish().map_err(|error| fault(&error))?.into_inner())
    }
}
