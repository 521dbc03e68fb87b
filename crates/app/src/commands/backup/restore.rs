//! Putting a backup into an empty place.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args;
use db::{Db, Options};

use super::{POSTGRES, SQLITE, archive, files, postgres};
use crate::{
    commands::say,
    config::Config,
    failure::{CommandError, Outcome, While},
};

/// Put a backup into an empty data folder.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The file that `tongban backup` wrote
    file: PathBuf,
}

impl Restore {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        if !self.file.is_file() {
            return Err(CommandError::new(format!("there is no file {}", self.file.display())));
        }
        is_empty(config).await?;
        let mut changes = Changes::begin(config)?;
        match self.put(config, &mut changes).await {
            Ok(entries) => {
                changes.keep();
                say(&format!("{entries} entries restored; `tongban audit verify` and `tongban replay` check them"));
                Ok(0)
            }
            Err(error) => {
                let left = changes.undo();
                if left.is_empty() {
                    return Err(error);
                }
                let left: Vec<String> = left.iter().map(|p| p.display().to_string()).collect();
                Err(error.advice(format!("remove what could not be taken back: {}", left.join(", "))))
            }
        }
    }

    /// Unpacks and checks everything first; only then something gets its place, and the database last.
    async fn put(&self, config: &Config, changes: &mut Changes) -> Result<usize, CommandError> {
        let staged = changes.staging.clone();
        let entries = archive::unpack(&self.file, &staged)?;
        let database = match config.embedded() {
            Some(_) => staged.join(SQLITE),
            None => staged.join(POSTGRES),
        };
        if !database.is_file() {
            return Err(CommandError::new("the backup is of another kind of database").advice(
                "give the kind it was taken from: --database-url postgres://…, or none for the embedded database",
            ));
        }
        for (name, place) in [("files", config.files()), ("keys", config.keys())] {
            if staged.join(name).is_dir() {
                changes.place(&staged.join(name), &place)?;
            }
        }
        match config.embedded() {
            Some(path) => changes.place(&database, &path)?,
            None => postgres::restore(&config.database(), &database).await?,
        }
        Ok(entries)
    }
}

/// Nothing is there that a restore would mix with.
async fn is_empty(config: &Config) -> Result<(), CommandError> {
    let beside = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    // A log of writes that lies beside the embedded database would be taken for the restored one's.
    let embedded = config.embedded().into_iter().flat_map(|path| {
        ["", "-wal", "-shm", "-journal"].map(|ending| beside(&path, ending)).into_iter().collect::<Vec<_>>()
    });
    let occupied = [config.files(), config.keys()]
        .into_iter()
        .chain(embedded)
        .find(|p| p.is_file() || std::fs::read_dir(p).is_ok_and(|mut entries| entries.next().is_some()));
    if let Some(path) = occupied {
        return Err(CommandError::new(format!("{} is there already", path.display()))
            .advice("restore into an empty folder: --data-dir EMPTY"));
    }
    if config.embedded().is_none() {
        let db =
            Db::open(&config.database(), Options { connections: 1 }).await.doing("the database cannot be opened")?;
        let tables = db::columns(&db).await.doing("the database cannot be read")?;
        if let Some((table, _)) = tables.first() {
            return Err(CommandError::new(format!("the database is not empty: it has the table {table}"))
                .advice("make a new database for it with createdb, and name it with --database-url"));
        }
    }
    Ok(())
}

/// What a restore has made so far, so that it can be taken back.
struct Changes {
    staging: PathBuf,
    /// The data folder, when the restore made it.
    made: Option<PathBuf>,
    placed: Vec<PathBuf>,
}

impl Changes {
    fn begin(config: &Config) -> Result<Self, CommandError> {
        let folder = &config.data_dir;
        let made = (!folder.exists()).then(|| folder.clone());
        // In the data folder, so that giving it its place is only a change of name.
        let staging = folder.join(format!(".restore-{}", std::process::id()));
        files::create_folder(&staging).map_err(|e| {
            CommandError::new(format!("the data folder {} cannot be written", folder.display()))
                .because(e)
                .advice("choose another with --data-dir or TONGBAN_DATA_DIR")
        })?;
        Ok(Self { staging, made, placed: Vec::new() })
    }

    fn place(&mut self, from: &Path, to: &Path) -> Result<(), CommandError> {
        let unplaced = |e| CommandError::new(format!("{} cannot be put in its place", to.display())).because(e);
        if let Some(folder) = to.parent() {
            files::create_folder(folder).map_err(unplaced)?;
        }
        if to.is_dir() {
            // An empty one: what is in it was looked at before.
            std::fs::remove_dir(to).map_err(unplaced)?;
        }
        match std::fs::rename(from, to) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                self.placed.push(to.to_owned());
                let mut out = files::create(to).map_err(unplaced)?;
                let mut source = std::fs::File::open(from).map_err(unplaced)?;
                std::io::copy(&mut source, &mut out).and_then(|_| out.sync_all()).map_err(unplaced)?;
            }
            renamed => {
                renamed.map_err(unplaced)?;
                self.placed.push(to.to_owned());
            }
        }
        if let Some(folder) = to.parent() {
            files::settle(folder);
        }
        Ok(())
    }

    fn keep(self) {
        if let Err(error) = std::fs::remove_dir_all(&self.staging) {
            tracing::warn!(%error, "{} is no longer needed and could not be removed", self.staging.display());
        }
    }

    /// Takes everything back; answers what could not be.
    fn undo(self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        for path in self.placed.into_iter().chain([self.staging]) {
            let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            if removed.is_err_and(|e| e.kind() != ErrorKind::NotFound) {
                left.push(path);
            }
        }
        if let Some(folder) = self.made
            && std::fs::remove_dir(&folder).is_err_and(|e| e.kind() != ErrorKind::NotFound)
        {
            left.push(folder);
        }
        left
    }
}
