//! The binary itself: what commands print, how they end, and what they advise.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A data folder of its own, and the binary at work in it.
struct Operator {
    folder: tempfile::TempDir,
}

/// What a command left behind.
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

impl Operator {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongban"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TONGBAN_")) {
            command.env_remove(name);
        }
        command.env("TONGBAN_DATA_DIR", self.folder.path().join("data")).env("TONGBAN_LOG", "warn").args(arguments);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().unwrap().into()
    }

    fn run_with(&self, password: &str, arguments: &[&str]) -> Done {
        self.command(arguments).env("TONGBAN_PASSWORD", password).output().unwrap().into()
    }

    /// Runs a command that must end well.
    fn done(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}{}", done.out, done.err);
        done.out
    }

    /// Runs a command that must fail with this in its words and an advice.
    fn fails(&self, arguments: &[&str], words: &str) {
        failed(&self.run(arguments), words);
    }
}

fn failed(done: &Done, words: &str) {
    assert_eq!(done.code, 1, "{}{}", done.out, done.err);
    assert!(done.err.contains("error: ") && done.err.contains(words), "{words}: {}", done.err);
    assert!(done.err.contains("\n  try: "), "it says what to do: {}", done.err);
}

#[test]
fn wrong_use_ends_with_2_and_help_with_0() {
    let operator = Operator::new();
    for wrong in [&["nonsense"][..], &["serve", "--nonsense"], &["catalogue"], &["accounts", "add"], &["backup"]] {
        let done = operator.run(wrong);
        assert_eq!(done.code, 2, "{wrong:?}: {}", done.err);
        assert!(done.err.contains("Usage:") || done.err.contains("error:"), "{}", done.err);
    }
    let role = operator.run(&["accounts", "add", "a", "--name", "b", "--department", "health", "--role", "king"]);
    assert_eq!(role.code, 2, "{}", role.err);
    for command in [
        &["--help"][..],
        &["serve", "--help"],
        &["work", "--help"],
        &["migrate", "--help"],
        &["doctor", "--help"],
        &["catalogue", "--help"],
        &["catalogue", "check", "--help"],
        &["accounts", "add", "--help"],
        &["backup", "--help"],
        &["restore", "--help"],
        &["audit", "--help"],
        &["replay", "--help"],
        &["demo", "walk", "--help"],
    ] {
        let out = operator.done(command);
        assert!(out.contains("Usage: tongban") && out.contains("--data-dir"), "{command:?}: {out}");
    }
    assert!(operator.done(&["--help"]).contains("Exit codes: 0 done; 1"));
    assert!(!operator.folder.path().join("data").exists(), "nothing was made");
}

#[test]
fn the_database_is_brought_up_to_date_once_and_found_sound() {
    let operator = Operator::new();
    assert!(operator.done(&["migrate"]).contains("applied cases"));
    assert!(operator.done(&["migrate"]).starts_with("0 steps applied"));
    let found = operator.done(&["doctor"]);
    for line in ["database", "schema", "statements", "outbox", "keys", "data folder"] {
        assert!(found.contains(&format!("ok    {line}")), "{line}: {found}");
    }
    assert!(found.contains("ok    mail: none is sent"), "{found}");
    let doctor = operator.run(&["doctor"]);
    assert!(doctor.code == 0 && doctor.err.contains("warn  sms: no gateway is named"), "{}", doctor.err);
    let open = operator.run(&["doctor", "--smtp", "127.0.0.1:25", "--smtp-tls", "none"]);
    assert!(open.err.contains("warn  mail: the line to 127.0.0.1:25 is open"), "{}", open.err);
    operator.fails(&["doctor", "--smtp", "mail.example.org"], "give host:port");
    assert!(operator.done(&["work", "--once"]).contains("0 facts delivered"));
    operator.done(&["audit", "verify"]);
    operator.done(&["replay"]);

    std::fs::write(operator.folder.path().join("file"), b"").unwrap();
    let place = operator.folder.path().join("file/below");
    operator.fails(&["migrate", "--data-dir", place.to_str().unwrap()], "the data folder");
    let away = operator.run(&["doctor", "--database-url", "postgres://nobody@127.0.0.1:1/none"]);
    assert_eq!(away.code, 1, "{}", away.out);
    operator.fails(&["doctor", "--files", "s3://papers"], "bucket papers");
}

#[test]
fn the_catalogue_is_checked_taken_over_and_given_back() {
    let operator = Operator::new();
    let data = data();
    let data = data.to_str().unwrap();
    assert!(operator.done(&["catalogue", "check", data, "--errors-only"]).contains("125 items, 17 bundles: 0 errors"));
    assert!(operator.done(&["catalogue", "import", data]).starts_with("125 added, 0 changed"));
    assert!(operator.done(&["catalogue", "import", data]).starts_with("0 added, 0 changed, 125 unchanged"));
    let copy = operator.folder.path().join("copy");
    operator.done(&["catalogue", "export", copy.to_str().unwrap()]);
    operator.done(&["catalogue", "check", copy.to_str().unwrap(), "--errors-only"]);
    assert!(operator.done(&["catalogue", "import", copy.to_str().unwrap()]).contains("125 unchanged"));

    let item = copy.join("catalogue/traffic-police/driving-licence-renewal.toml");
    let text = std::fs::read_to_string(&item).unwrap();
    std::fs::write(&item, text.replace("promised_days", "promised_daze")).unwrap();
    let checked = operator.run(&["catalogue", "check", copy.to_str().unwrap()]);
    assert_eq!(checked.code, 1);
    assert!(checked.err.contains("driving-licence-renewal.toml:"), "{}", checked.err);
    assert!(checked.err.contains("promised_daze"), "{}", checked.err);
    let refused = operator.run(&["catalogue", "import", copy.to_str().unwrap()]);
    failed(&refused, "nothing was imported");
    assert!(operator.done(&["catalogue", "import", data]).contains("125 unchanged"), "nothing had changed");
    operator.fails(&["catalogue", "check", "/no/such/folder"], "/no/such/folder");
}

#[test]
fn accounts_are_added_changed_and_closed() {
    const GOOD: &str = "Shanshui-2026!";
    let operator = Operator::new();
    let add = |name: &'static str, role: &'static str, department: &'static str| {
        ["accounts", "add", name, "--name", "郑星宇", "--department", department, "--role", role]
    };
    operator.fails(&add("root1", "sysadmin", "big-data"), "no password was given");
    failed(&operator.run_with("short", &add("root1", "sysadmin", "big-data")), "too weak");
    failed(&operator.run_with(GOOD, &add("root1", "sysadmin", "nowhere")), "nowhere");
    assert_eq!(operator.run_with(GOOD, &add("root1", "sysadmin,auditor", "big-data")).code, 1, "one person, both");
    assert!(operator.run_with(GOOD, &add("root1", "sysadmin", "big-data")).out.contains("root1 was added"));
    assert_eq!(operator.run_with(GOOD, &add("root1", "sysadmin", "big-data")).code, 1, "the name is taken");
    assert_eq!(operator.run_with(GOOD, &add("window1", "window", "health")).code, 0);

    let listed = operator.done(&["accounts", "list"]);
    assert!(listed.contains("root1\t郑星宇\tbig-data\tsysadmin\t"), "{listed}");
    assert!(!operator.done(&["accounts", "list", "--department", "health"]).contains("root1"));
    operator.done(&["accounts", "roles", "window1", "--role", "window,reviewer"]);
    assert!(operator.done(&["accounts", "list"]).contains("window,reviewer"));
    assert_eq!(operator.run(&["accounts", "roles", "window1", "--role", "sysadmin,secadmin"]).code, 1);
    operator.done(&["accounts", "unlock", "window1"]);
    operator.fails(&["accounts", "reset-password", "window1"], "no password was given");
    assert_eq!(operator.run_with("Shanshui-2027!", &["accounts", "reset-password", "window1"]).code, 0);
    for command in ["unlock", "close"] {
        operator.fails(&["accounts", command, "nobody"], "there is no account");
    }
    operator.done(&["accounts", "close", "window1"]);
    assert_eq!(operator.run(&["accounts", "close", "window1"]).code, 1, "it is closed");
    operator.done(&["audit", "verify"]);
}

/// A process that serves, ended when it is dropped.
struct Serving {
    child: Child,
    address: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn serving(operator: &Operator, arguments: &[&str]) -> Serving {
    let mut child = operator.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut address = None;
    for line in lines.map_while(Result::ok) {
        if let Some((_, found)) = line.split_once("http://") {
            address = Some(found.to_owned());
            break;
        }
    }
    Serving { child, address: address.expect("it says where it serves") }
}

fn get(address: &str, path: &str) -> String {
    let mut line = TcpStream::connect(address).unwrap();
    write!(line, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let operator = Operator::new();
    let mut serving = serving(&operator, &["serve", "--listen", "127.0.0.1:0"]);
    for path in ["/healthz", "/readyz", "/metrics", "/", "/api/v1/openapi.json"] {
        let answer = get(&serving.address, path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer:.200}");
        assert!(!answer.contains("演示环境"), "{path} is no demonstration");
    }
    operator.fails(&["serve", "--listen", &serving.address], "cannot be listened on");
    let told = Command::new("kill").args(["-TERM", &serving.child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(serving.child.wait().unwrap().code(), Some(0), "it ends well");
}

#[test]
fn the_demonstration_stays_on_this_machine() {
    let operator = Operator::new();
    operator.fails(&["--listen", "0.0.0.0:0"], "does not listen on 0.0.0.0:0");
    assert!(!operator.folder.path().join("data").exists(), "nothing was made");
    let walked = operator.run(&["demo", "walk", "--url", "http://127.0.0.1:1"]);
    failed(&walked, "the walk could not begin");
}
