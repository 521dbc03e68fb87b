//! Files that only the operator may read, and that are on the disk before they have their name.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::failure::{CommandError, While};

/// A new file that only its owner may read.
pub(super) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A folder, with those above it, that only its owner may enter.
pub(super) fn create_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes the names in a folder last through a power cut. Not every file system offers it.
pub(super) fn settle(folder: &Path) {
    if let Err(error) = File::open(folder).and_then(|f| f.sync_all()) {
        tracing::debug!(%error, folder = %folder.display(), "the folder could not be synchronised");
    }
}

/// A file that goes away unless it is kept.
pub(super) struct Temporary(PathBuf);

impl Temporary {
    pub(super) fn make(path: PathBuf) -> Result<Self, CommandError> {
        create(&path).map_err(|e| {
            CommandError::new(format!("{} cannot be written", path.display()))
                .because(e)
                .advice("choose a place where there is room and where you may write")
        })?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it its name, which nobody may have taken meanwhile.
    pub(super) fn keep_as(self, name: &Path) -> Result<(), CommandError> {
        let linked = match std::fs::hard_link(&self.0, name) {
            // Some file systems have no links.
            Err(error) if error.kind() != ErrorKind::AlreadyExists && !name.exists() => std::fs::rename(&self.0, name),
            linked => linked,
        };
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(super::there_already(name)),
            linked => linked.doing("the backup cannot be given its name")?,
        }
        if let Some(folder) = name.parent() {
            settle(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _removed = std::fs::remove_file(&self.0);
    }
}
