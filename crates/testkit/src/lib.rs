//! Worlds for tests: an own database on the engine under test, a standing clock, keys. Never shipped.
//!
//! The engine is SQLite in a temporary folder, unless `TONGBAN_TEST_DATABASE_URL` names a PostgreSQL server: then each
//! world has a schema of its own there, removed at the end.

mod database;

use std::path::Path;

use db::{Db, Options, Schema};
use gm::Keys;
use kernel::{Clock, Timestamp};

pub use database::OwnDatabase;

/// Variable that names the PostgreSQL server to test on.
pub const DATABASE_URL: &str = "TONGBAN_TEST_DATABASE_URL";

/// Everything a story needs.
pub struct World {
    /// An own, empty database with the schema in place.
    pub db: Db,
    /// Stands at 2026-03-02 09:00 in the city, a Monday, until it is moved.
    pub clock: Clock,
    /// Keys that are the same in every test.
    pub keys: Keys,
    folder: tempfile::TempDir,
    url: String,
    _schema: Option<OwnSchema>,
}

impl World {
    /// A world whose database holds the tables of `schemas`.
    ///
    /// # Panics
    /// When the database cannot be made: a missing database is a failed test, never a skipped one.
    pub async fn new(schemas: &[Schema]) -> Self {
        let clock = Clock::standing(at("2026-03-02 09:00"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (url, schema) = match std::env::var(DATABASE_URL) {
            Ok(server) => {
                let schema = OwnSchema::make(&server).await;
                (schema.url(), Some(schema))
            }
            Err(_) => (format!("sqlite:{}", folder.path().join("world.db").display()), None),
        };
        let db = Db::open(&url, Options { connections: 8 }).await.expect("the database opens");
        db.migrate(schemas, clock.now()).await.expect("the schema is made");
        Self { db, clock, keys: Keys::for_tests(), folder, url, _schema: schema }
    }

    /// A folder of its own, removed at the end.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Changes rows behind the platform's back, as somebody with the database's password could.
    ///
    /// # Panics
    /// When the engine refuses the statement.
    pub async fn tamper(&self, sql: &str) {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let connection = rusqlite::Connection::open(path).expect("the database opens");
            connection.busy_timeout(std::time::Duration::from_secs(10)).expect("a timeout can be set");
            connection.execute_batch(sql).expect("the statement runs");
        } else {
            self.on_server(|client| async move { client.batch_execute(sql).await.expect("the statement runs") }).await;
        }
    }

    /// Every row of every table as text, to look for what must not be there.
    ///
    /// # Panics
    /// When a table cannot be read.
    pub async fn dump(&self) -> String {
        let tables = db::columns(&self.db).await.expect("the tables are listed");
        let mut text = String::new();
        for (table, columns) in tables {
            let fields: Vec<String> = columns.iter().map(|c| format!("coalesce(CAST({c} AS TEXT), '')")).collect();
            let sql = format!("SELECT {} AS line FROM {table}", fields.join(" || ' ' || "));
            if let Some(path) = self.url.strip_prefix("sqlite:") {
                let connection = rusqlite::Connection::open(path).expect("the database opens");
                let mut statement = connection.prepare(&sql).expect("the table can be read");
                let mut rows = statement.query([]).expect("the table can be read");
                while let Some(row) = rows.next().expect("a row") {
                    // Columns of bytes need not be text; what stands in them as text is found all the same.
                    let line = row.get_ref(0).expect("a line").as_bytes().expect("a line");
                    text.push_str(&String::from_utf8_lossy(line));
                    text.push('\n');
                }
            } else {
                let lines = self
                    .on_server(|client| async move { client.query(&sql, &[]).await.expect("the table can be read") })
                    .await;
                for line in lines {
                    text.push_str(line.get("line"));
                    text.push('\n');
                }
            }
        }
        text
    }

    async fn on_server<T, F: Future<Output = T>>(&self, f: impl FnOnce(tokio_postgres::Client) -> F) -> T {
        let (client, connection) =
            tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.expect("the test server answers");
        let running = tokio::spawn(connection);
        let answer = f(client).await;
        let _ended = running.await;
        answer
    }

    /// Moves the clock to this city time, such as `2026-03-09 00:00`.
    pub fn travel_to(&self, city_time: &str) {
        assert!(self.clock.set(at(city_time)), "the clock of a world stands until it is moved");
    }
}

/// The instant at which the city's clocks show `city_time`, such as `2026-03-02 09:00`.
///
/// # Panics
/// When the text is no such time.
#[must_use]
pub fn at(city_time: &str) -> Timestamp {
    let text = format!("{}:00+08:00", city_time.replace(' ', "T"));
    text.parse().unwrap_or_else(|e| panic!("{city_time:?} is no city time: {e}"))
}

/// A PostgreSQL schema of one world.
struct OwnSchema {
    server: String,
    name: String,
}

impl OwnSchema {
    async fn make(server: &str) -> Self {
        let this = Self { server: server.to_owned(), name: own_name("world") };
        this.run(&format!("CREATE SCHEMA \"{}\"", this.name)).await;
        this
    }

    fn url(&self) -> String {
        let join = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{join}options=-csearch_path%3D{}", self.server, self.name)
    }

    async fn run(&self, sql: &str) {
        run_on(&self.server, sql).await;
    }
}

/// Runs statements at `url`.
async fn run_on(url: &str, sql: &str) {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("the test server answers");
    let running = tokio::spawn(connection);
    client.batch_execute(sql).await.expect("the test server obeys");
    drop(client);
    let _ended = running.await;
}

/// A name that no other test takes.
fn own_name(kind: &str) -> String {
    let unique = std::time::Instant::now();
    let number = kernel::next_id(at("2026-03-02 09:00")) ^ i64::from(address(&unique));
    format!("{kind}_{}_{number:x}", std::process::id())
}

/// Something that differs between two calls in one process.
fn address<T>(of: &T) -> u16 {
    (std::ptr::from_ref(of) as usize & 0xffff) as u16
}

impl Drop for OwnSchema {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // The world's own runtime may be ending: the schema is removed from a thread with one of its own.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    Self { server, name }.forget().await;
                });
            }
        });
        let _removed = removal.join();
    }
}

impl OwnSchema {
    async fn forget(self) {
        self.run(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", self.name)).await;
        std::mem::forget(self);
    }
}
