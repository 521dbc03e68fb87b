//! Worlds for tests: an own database on the engine under test, a standing clock, keys. Never shipped.
//!
//! The engine is SQLite in a temporary folder, unless `TONGBAN_TEST_DATABASE_URL` names a PostgreSQL server: then each
//! world has a schema of its own there, removed at the end.

use std::path::Path;

use db::{Db, Options, Schema};
use gm::Keys;
use kernel::{Clock, Timestamp};

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
        Self { db, clock, keys: Keys::for_tests(), folder, _schema: schema }
    }

    /// A folder of its own, removed at the end.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
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
        let unique = std::time::Instant::now();
        let name = format!(
            "world_{}_{:x}",
            std::process::id(),
            kernel::next_id(at("2026-03-02 09:00")) ^ i64::from(address(&unique))
        );
        let this = Self { server: server.to_owned(), name };
        this.run(&format!("CREATE SCHEMA \"{}\"", this.name)).await;
        this
    }

    fn url(&self) -> String {
        let join = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{join}options=-csearch_path%3D{}", self.server, self.name)
    }

    async fn run(&self, sql: &str) {
        let (client, connection) =
            tokio_postgres::connect(&self.server, tokio_postgres::NoTls).await.expect("the test server answers");
        let running = tokio::spawn(connection);
        client.batch_execute(sql).await.expect("the test server obeys");
        drop(client);
        let _ended = running.await;
    }
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
