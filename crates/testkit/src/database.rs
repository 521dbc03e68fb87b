//! A whole PostgreSQL database of its own, for tests that start the program itself: backups take whole databases.

use crate::{DATABASE_URL, run_on};

/// An own, empty database on the server under test, removed at the end.
#[derive(Debug)]
pub struct OwnDatabase {
    server: String,
    name: String,
}

impl OwnDatabase {
    /// On the server that `TONGBAN_TEST_DATABASE_URL` names; none when it names none and the tests run on SQLite.
    ///
    /// # Panics
    /// When the server does not answer or does not let make databases.
    pub async fn on_the_server_under_test() -> Option<Self> {
        let server = std::env::var(DATABASE_URL).ok()?;
        let name = crate::own_name("own");
        run_on(&server, &format!("CREATE DATABASE \"{name}\"")).await;
        Some(Self { server, name })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_by(&self.server_address())
    }

    /// Its address when the server is reached at `address` (`host:port`), such as through a proxy.
    #[must_use]
    pub fn url_by(&self, address: &str) -> String {
        let (before, _, query) = self.parts();
        let before = before.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
        format!("postgres://{before}{address}/{}{query}", self.name)
    }

    /// `host:port` of the server.
    #[must_use]
    pub fn server_address(&self) -> String {
        let (before, ..) = self.parts();
        let host = before.rsplit_once('@').map_or(before.as_str(), |(_, host)| host);
        if host.contains(':') { host.to_owned() } else { format!("{host}:5432") }
    }

    /// What stands before the path, the path, and the query with its `?`.
    fn parts(&self) -> (String, String, String) {
        let (_, rest) = self.server.split_once("://").unwrap_or(("", &self.server));
        let (rest, query) = rest.split_once('?').map_or((rest, String::new()), |(r, q)| (r, format!("?{q}")));
        let (before, path) = rest.split_once('/').unwrap_or((rest, ""));
        (before.to_owned(), path.to_owned(), query)
    }

    /// Runs statements in it.
    ///
    /// # Panics
    /// When the server refuses them.
    pub async fn run(&self, sql: &str) {
        run_on(&self.url(), sql).await;
    }

    /// Ends every connection to it but the caller's own, as an operator or a restart of the server does.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn end_connections(&self) {
        run_on(
            &self.server,
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name),
        )
        .await;
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let removal = std::thread::spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                runtime.block_on(run_on(&server, &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")));
            }
        });
        let _removed = removal.join();
    }
}
