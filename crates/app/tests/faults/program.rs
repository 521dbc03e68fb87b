//! The binary, its data folder and its database.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use testkit::OwnDatabase;

pub(crate) const PASSWORD: &str = "Fault-2026!";

/// Where one installation keeps its data.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    pub(crate) database: Option<OwnDatabase>,
    /// Address of the database, when it is not the embedded one.
    url: Option<String>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn said(command: &mut Command) -> Said {
    let done = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: done.status.code(), out: text(&done.stdout), err: text(&done.stderr) }
}

impl Place {
    /// Empty, on the engine under test.
    pub(crate) async fn new() -> Self {
        let database = OwnDatabase::on_the_server_under_test().await;
        let url = database.as_ref().map(OwnDatabase::url);
        Self { folder: tempfile::tempdir().unwrap(), database, url }
    }

    /// Empty, on the embedded database whatever engine is under test.
    pub(crate) fn embedded() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: None, url: None }
    }

    /// Reaches its database at another address.
    pub(crate) fn reached_at(mut self, url: String) -> Self {
        self.url = Some(url);
        self
    }

    /// A folder beside the data, for backups and logs.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.beside("data")
    }

    /// The binary with this place's data and none of the machine's own settings.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TONGBAN_")) {
            command.env_remove(name);
        }
        command.env("TONGBAN_DATA_DIR", self.data()).env("TONGBAN_DEMO_PASSWORD", PASSWORD);
        if let Some(url) = &self.url {
            command.env("TONGBAN_DATABASE_URL", url);
        }
        command
    }

    /// The binary, ready to be given arguments.
    pub(crate) fn tongban(&self) -> Command {
        self.command(Path::new(env!("CARGO_BIN_EXE_tongban")))
    }

    /// Carries a command out to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        said(self.tongban().args(args))
    }

    /// Carries a command out on a machine without the tools of a PostgreSQL server.
    pub(crate) fn run_without_tools(&self, args: &[&str]) -> Said {
        said(self.tongban().env("PATH", "/nowhere").args(args))
    }

    /// Starts the demonstration city and waits until it serves.
    pub(crate) fn serve(&self) -> Serving {
        Serving::start(self.tongban(), self.beside("log"))
    }

    /// Starts it with these arguments.
    pub(crate) fn serve_as(&self, args: &[&str]) -> Serving {
        let mut command = self.tongban();
        command.args(args);
        Serving::start(command, self.beside("log"))
    }

    /// Starts it with these settings.
    pub(crate) fn serve_with(&self, settings: &[(&str, &str)]) -> Serving {
        let mut command = self.tongban();
        command.envs(settings.iter().copied());
        Serving::start(command, self.beside("log"))
    }

    /// Starts a system outside the platform, played by the binary.
    pub(crate) fn simulate(&self, args: &[&str]) -> Serving {
        let mut command = self.tongban();
        command.arg("simulate").args(args);
        Serving::start(command, self.beside("simulator.log"))
    }

    /// Starts it with no file larger than `blocks` of 512 bytes, which fails like a disk without room. The signal that
    /// would end the process is ignored, as a service manager may set it.
    pub(crate) fn serve_with_files_up_to(&self, blocks: u64) -> Serving {
        let mut command = self.command(Path::new("sh"));
        command
            .arg("-c")
            .arg(format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_tongban"));
        Serving::start(command, self.beside("log"))
    }

    /// Everything that can be checked of what is kept, checked by the commands for it.
    pub(crate) fn is_sound(&self) {
        for args in [&["audit", "verify"][..], &["replay"], &["doctor"]] {
            let said = self.run(args);
            assert_eq!(said.code, Some(0), "tongban {}: {}{}", args.join(" "), said.out, said.err);
        }
    }
}

/// A serving process, killed when dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) url: String,
    log: PathBuf,
}

impl Serving {
    fn start(mut command: Command, log: PathBuf) -> Self {
        // Into a file: a pipe that nobody reads would stop the process.
        let err = File::options().create(true).append(true).open(&log).unwrap();
        let mut child = command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(err).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let url = loop {
            line.clear();
            if out.read_line(&mut line).unwrap() == 0 {
                panic!("it did not start: {}", std::fs::read_to_string(&log).unwrap());
            }
            if let Some(place) = line.find("http://") {
                break line[place..].trim().to_owned();
            }
        };
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Self { child, url, log }
    }

    /// SIGKILL: nothing can be put in order any more.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub(crate) fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits for the end; the exit code.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    pub(crate) fn stop(self) {
        self.tell_to_stop();
        let log = self.log.clone();
        assert_eq!(self.ended(), Some(0), "{}", std::fs::read_to_string(log).unwrap());
    }

    /// Makes room again for a process with a limit.
    pub(crate) fn lift_limit(&self) {
        let pid = self.child.id().to_string();
        let lifted = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status().unwrap();
        assert!(lifted.success());
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
