//! One file that holds database, files and keys, taken while the platform serves.
//!
//! Both ways are all or nothing: a backup has its name only when it is whole and on the disk, and a restore that fails
//! leaves folder and database as they were.

mod archive;
mod files;
mod postgres;
mod restore;

use std::path::{Path, PathBuf};

use clap::Args;
use db::{Db, Options};

use crate::{
    commands::say,
    config::Config,
    failure::{CommandError, Outcome, While},
};

use archive::Writer;
use files::Temporary;
pub(crate) use restore::Restore;

/// The embedded database in an archive.
const SQLITE: &str = "database.sqlite";
/// A dump of a server's database in an archive.
const POSTGRES: &str = "database.dump";

/// Copy database, files and keys into one file.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; keep it where only the operators can read it: it holds the keys
    file: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        if self.file.exists() {
            return Err(there_already(&self.file));
        }
        let (Some(name), Some(folder)) = (self.file.file_name(), self.file.parent()) else {
            return Err(CommandError::new(format!("{} names no file", self.file.display())));
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // Beside the backup, where there must be room for it; hidden until they are whole.
        let beside = |what: &str| folder.join(format!(".{}.{}.{what}", name.to_string_lossy(), std::process::id()));
        let copy = Temporary::make(beside("database"))?;
        let part = Temporary::make(beside("part"))?;
        let database = copy_database(config, &copy).await?;
        // The database first: a file it names was stored before it was named, so the copy of the files has it.
        let mut archive = Writer::begin(&part)?;
        archive.file(database, copy.path())?;
        match config.bucket() {
            None => archive.folder("files", &config.files(), &["incoming"])?,
            Some((bucket, _)) => {
                say(&format!("files lie in the bucket {bucket} and are not in the backup: copy it too"));
            }
        }
        archive.folder("keys", &config.keys(), &[])?;
        let entries = archive.end()?;
        part.keep_as(&self.file)?;
        say(&format!("{entries} entries written to {}", self.file.display()));
        Ok(0)
    }
}

fn there_already(file: &Path) -> CommandError {
    CommandError::new(format!("{} is there already", file.display()))
        .advice("choose another name; a backup is never overwritten")
}

/// Copies the database as it stands at one instant; answers the name it gets in the archive. Nothing is written to it,
/// so that the program of a newer version can take a backup before it brings the database up to date.
async fn copy_database(config: &Config, copy: &Temporary) -> Result<&'static str, CommandError> {
    let Some(path) = config.embedded() else {
        postgres::dump(&config.database(), copy.path()).await?;
        return Ok(POSTGRES);
    };
    if !path.is_file() {
        return Err(CommandError::new(format!("there is no database at {}", path.display()))
            .advice("name the data folder with --data-dir, or the database with --database-url"));
    }
    let db = Db::open(&config.database(), Options { connections: 1 }).await.doing("the database cannot be opened")?;
    db.backup_to(copy.path()).doing("the database cannot be copied")?;
    Ok(SQLITE)
}
