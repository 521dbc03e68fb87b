//! A database of the bench's own: a file in a temporary folder, or a schema on a server. Existing data are never touched.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use db::{Db, Engine};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::{BenchError, error::While};

/// How the names of scratch schemas begin, so that one that was left behind can be told.
const PREFIX: &str = "tongban_bench_";

/// Tells the schemas of one process apart.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A scratch database with a folder beside it. [`Scratch::remove`] ends it.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    server: Option<Schema>,
}

#[derive(Debug)]
struct Schema {
    server: String,
    name: String,
}

/// A connection with nothing but the address given.
pub(crate) async fn connect(url: &str) -> Result<Client, BenchError> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.doing("the server does not let the bench in")?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a connection of the bench broke");
        }
    });
    Ok(client)
}

impl Scratch {
    /// An empty one: on `server` when it is named, else embedded.
    ///
    /// # Errors
    /// When no folder or schema can be made.
    pub async fn make(server: Option<&str>) -> Result<Self, BenchError> {
        let folder = TempDir::with_prefix("tongban-bench-").doing("no temporary folder can be made")?;
        let Some(server) = server else { return Ok(Self { folder, server: None }) };
        let name = format!("{PREFIX}{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let client = connect(server).await?;
        let made = client.batch_execute(&format!("CREATE SCHEMA \"{name}\"")).await;
        made.doing("no scratch schema can be made: the login needs the right to create one")?;
        Ok(Self { folder, server: Some(Schema { server: server.to_owned(), name }) })
    }

    /// Folder for files and keys.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Address of the database.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.server {
            None => format!("sqlite:{}", self.file().display()),
            Some(Schema { server, name }) => {
                let join = if server.contains('?') { '&' } else { '?' };
                format!("{server}{join}options=-csearch_path%3D{name}")
            }
        }
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("tongban.db")
    }

    /// Another scratch database with the same tables and rows.
    ///
    /// # Errors
    /// When the rows cannot be copied.
    pub(crate) async fn twin(&self, db: &Db) -> Result<Self, BenchError> {
        let twin = Self::make(self.server.as_ref().map(|schema| schema.server.as_str())).await?;
        match (&self.server, &twin.server) {
            (Some(from), Some(to)) => {
                let client = connect(&from.server).await?;
                for (table, _) in db::columns(db).await.doing("the tables cannot be listed")? {
                    let (from, to) = (&from.name, &to.name);
                    let copy = format!(
                        "CREATE TABLE \"{to}\".\"{table}\" (LIKE \"{from}\".\"{table}\" INCLUDING ALL); \
                         INSERT INTO \"{to}\".\"{table}\" SELECT * FROM \"{from}\".\"{table}\""
                    );
                    client.batch_execute(&copy).await.doing("a table cannot be copied")?;
                }
            }
            _ => db.backup_to(&twin.file()).doing("the scratch database cannot be copied")?,
        }
        Ok(twin)
    }

    /// Runs texts on the scratch database alone, as fast as it goes: nothing in it needs to outlive a power cut.
    ///
    /// # Errors
    /// When the engine refuses one.
    pub(crate) async fn run(&self, engine: Engine, texts: Vec<String>) -> Result<(), BenchError> {
        match engine {
            Engine::Sqlite => {
                let file = self.file();
                let work = move || -> Result<(), rusqlite::Error> {
                    let c = rusqlite::Connection::open(file)?;
                    c.execute_batch(
                        "PRAGMA synchronous=OFF; PRAGMA busy_timeout=10000; PRAGMA cache_size=-262144; \
                         PRAGMA temp_store=MEMORY; BEGIN IMMEDIATE",
                    )?;
                    for text in texts {
                        c.execute_batch(&text)?;
                    }
                    c.execute_batch("COMMIT")?;
                    // Busy readers leave a part of the log; it is taken up later.
                    c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                };
                tokio::task::spawn_blocking(work).await.doing("the copying broke off")?.doing("rows cannot be copied")
            }
            Engine::Postgres => {
                let client = connect(&self.url()).await?;
                client.batch_execute("SET synchronous_commit = off").await.doing("rows cannot be copied")?;
                for text in texts {
                    client.batch_execute(&text).await.doing("rows cannot be copied")?;
                }
                Ok(())
            }
        }
    }

    /// Removes schema and folder.
    ///
    /// # Errors
    /// When the schema cannot be dropped: its name is said.
    pub async fn remove(self) -> Result<(), BenchError> {
        if let Some(Schema { server, name }) = &self.server {
            let client = connect(server).await?;
            let dropped = client.batch_execute(&format!("DROP SCHEMA IF EXISTS \"{name}\" CASCADE")).await;
            dropped.doing(&format!("the scratch schema {name} could not be dropped"))?;
        }
        self.folder.close().doing("the scratch folder could not be removed")
    }
}
