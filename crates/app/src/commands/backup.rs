//! One file that holds database, files and keys, taken while the platform serves.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    commands::say,
    config::Config,
    failure::{CommandError, Outcome, While},
    platform::Platform,
};

const SQLITE: &str = "database.sqlite";
const POSTGRES: &str = "database.dump";

/// Copy database, files and keys into one file.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; keep it where only the operators can read it: it holds the keys
    file: PathBuf,
}

/// Put a backup into an empty data folder.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The file that `tongban backup` wrote
    file: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        if self.file.exists() {
            return Err(CommandError::new(format!("{} is there already", self.file.display()))
                .advice("choose another name; a backup is never overwritten"));
        }
        let (db, _) = Platform::database(config).await?;
        let copy = config.data_dir.join(format!(".backup-{}", std::process::id()));
        let taken = match config.embedded() {
            Some(_) => db.backup_to(&copy).doing("the database cannot be copied").map(|()| SQLITE),
            None => postgres_tool("pg_dump", &["--format=custom", "--file"], &copy, &config.database())
                .await
                .map(|()| POSTGRES),
        };
        let written = taken.and_then(|name| {
            // The database first: a file it names was stored before it was named, so the copy of the files has it.
            let mut archive = Archive::begin(&self.file)?;
            archive.file(name, &copy)?;
            match config.bucket() {
                None => archive.folder("files", &config.files())?,
                Some((bucket, _)) => {
                    say(&format!("files lie in the bucket {bucket} and are not in the backup: copy it too"))
                }
            }
            archive.folder("keys", &config.keys())?;
            archive.end()
        });
        let _removed = std::fs::remove_file(&copy);
        let entries = written.inspect_err(|_| {
            let _removed = std::fs::remove_file(&self.file);
        })?;
        say(&format!("{entries} entries written to {}", self.file.display()));
        Ok(0)
    }
}

impl Restore {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let occupied = [config.files(), config.keys()]
            .into_iter()
            .chain(config.embedded())
            .find(|p| p.is_file() || std::fs::read_dir(p).is_ok_and(|mut entries| entries.next().is_some()));
        if let Some(path) = occupied {
            return Err(CommandError::new(format!("{} is not empty", path.display()))
                .advice("restore into an empty folder: --data-dir EMPTY"));
        }
        std::fs::create_dir_all(&config.data_dir).doing("the data folder cannot be made")?;
        let file = File::open(&self.file).doing("the backup cannot be opened")?;
        let mut archive = ZipArchive::new(BufReader::new(file)).doing("the file is no backup")?;
        let dump = config.data_dir.join(format!(".restore-{}", std::process::id()));
        let mut entries = 0;
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).doing("the backup cannot be read")?;
            let Some(name) = entry.enclosed_name() else {
                return Err(CommandError::new("the backup names a file outside its folder"));
            };
            let to = match (name.to_str(), config.embedded()) {
                (Some(SQLITE), Some(path)) => path,
                (Some(POSTGRES), None) => dump.clone(),
                (Some(SQLITE | POSTGRES), _) => {
                    return Err(CommandError::new("the backup is of another kind of database")
                        .advice("give the kind it was taken from with --database-url"));
                }
                _ => config.data_dir.join(name),
            };
            if let Some(parent) = to.parent() {
                std::fs::create_dir_all(parent).doing("a folder cannot be made")?;
            }
            let private = to.starts_with(config.keys());
            let mut out = BufWriter::new(File::create(&to).doing("a file cannot be written")?);
            std::io::copy(&mut entry, &mut out).doing("a file cannot be written")?;
            out.flush().doing("a file cannot be written")?;
            if private {
                keep_private(&to)?;
            }
            entries += 1;
        }
        if config.embedded().is_none() {
            let args = ["--no-owner", "--exit-on-error", "--dbname", &config.database()];
            let restored = run_tool("pg_restore", &args, Some(&dump)).await;
            let _removed = std::fs::remove_file(&dump);
            restored?;
        }
        say(&format!("{entries} entries restored; `tongban audit verify` and `tongban replay` check them"));
        Ok(0)
    }
}

#[cfg(unix)]
fn keep_private(path: &Path) -> Result<(), CommandError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).doing("a key file cannot be protected")
}
#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<(), CommandError> {
    Ok(())
}

async fn postgres_tool(tool: &str, args: &[&str], to: &Path, url: &str) -> Result<(), CommandError> {
    let to = to.display().to_string();
    let mut all: Vec<&str> = args.to_vec();
    all.push(&to);
    all.push(url);
    run_tool(tool, &all, None).await
}

async fn run_tool(tool: &str, args: &[&str], last: Option<&Path>) -> Result<(), CommandError> {
    let mut command = tokio::process::Command::new(tool);
    command.args(args);
    if let Some(path) = last {
        command.arg(path);
    }
    let done = command.output().await.map_err(|e| {
        CommandError::new(format!("{tool} cannot be started"))
            .because(e)
            .advice("install the PostgreSQL client tools of the server's version")
    })?;
    if done.status.success() {
        return Ok(());
    }
    Err(CommandError::new(format!("{tool} failed: {}", String::from_utf8_lossy(&done.stderr).trim())))
}

struct Archive {
    writer: ZipWriter<BufWriter<File>>,
    entries: usize,
}

impl Archive {
    fn begin(path: &Path) -> Result<Self, CommandError> {
        let file = File::create(path).doing("the backup cannot be written")?;
        keep_private(path)?;
        Ok(Self { writer: ZipWriter::new(BufWriter::new(file)), entries: 0 })
    }

    fn file(&mut self, name: &str, path: &Path) -> Result<(), CommandError> {
        let mut from = BufReader::new(File::open(path).doing("a file cannot be read")?);
        let options = SimpleFileOptions::default().large_file(true);
        self.writer.start_file(name, options).doing("the backup cannot be written")?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = from.read(&mut buffer).doing("a file cannot be read")?;
            if n == 0 {
                break;
            }
            self.writer.write_all(&buffer[..n]).doing("the backup cannot be written")?;
        }
        self.entries += 1;
        Ok(())
    }

    fn folder(&mut self, name: &str, path: &Path) -> Result<(), CommandError> {
        let Ok(entries) = std::fs::read_dir(path) else { return Ok(()) };
        for entry in entries {
            let entry = entry.doing("a folder cannot be read")?;
            let below = format!("{name}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.folder(&below, &entry.path())?;
            } else if entry.path().is_file() {
                self.file(&below, &entry.path())?;
            }
        }
        Ok(())
    }

    fn end(self) -> Result<usize, CommandError> {
        let mut out = self.writer.finish().doing("the backup cannot be written")?;
        out.flush().doing("the backup cannot be written")?;
        Ok(self.entries)
    }
}
