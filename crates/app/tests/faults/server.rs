//! A PostgreSQL server of a story's own, which can be stopped and started.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// One server on a free port of this machine, with a folder of its own and the settings it comes with.
pub(crate) struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

/// The folder of the newest server programs on this machine: Debian keeps them out of the path.
fn programs() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let by_path = std::env::split_paths(&path).filter_map(|folder| {
        let program = folder.join("postgres").canonicalize().ok()?;
        Some(program.parent()?.to_owned())
    });
    found
        .into_iter()
        .rev()
        .map(|(_, folder)| folder)
        .chain(by_path)
        .find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).exists()))
        .expect("initdb, pg_ctl and postgres are needed: install Debian's package postgresql, as scripts/test.sh does")
}

fn done(command: &mut Command) {
    let said = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(said.status.success(), "{command:?}: {}{}", text(&said.stdout), text(&said.stderr));
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0")
}

impl Server {
    /// A fresh one, started.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("tongban-server.").tempdir_in("/tmp").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { programs: programs(), folder, port };
        if is_root() {
            // The server refuses to run as root: it gets the account that Debian's package made.
            done(Command::new("chown").arg("postgres").arg(server.folder.path()));
        }
        let data = server.data();
        done(server.program("initdb").arg("--pgdata").arg(data).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        server.start();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it and waits until it answers; a server that was not shut down recovers first.
    pub(crate) fn start(&self) {
        let folder = self.folder.path().display();
        let options = format!("-p {} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=60", self.port);
        done(
            self.program("pg_ctl")
                .args(["start", "--wait", "--timeout=600", "--silent", "--pgdata"])
                .arg(self.data())
                .arg("--log")
                .arg(self.folder.path().join("log"))
                .arg(format!("--options={options}")),
        );
    }

    /// Stops it: `fast` breaks every connection off and shuts down, `immediate` is a crash.
    pub(crate) fn stop(&self, mode: &str) {
        done(
            self.program("pg_ctl")
                .args(["stop", "--wait", "--timeout=600", "--silent", "--mode", mode, "--pgdata"])
                .arg(self.data()),
        );
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Root's own folder may be closed to the server's account; a server must not keep the story's pipes open.
        command.current_dir(Path::new("/")).stdin(std::process::Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _stopped = self
            .program("pg_ctl")
            .args(["stop", "--wait", "--silent", "--mode=immediate", "--pgdata"])
            .arg(self.data())
            .output();
    }
}
