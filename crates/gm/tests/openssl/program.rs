//! Calls the program `openssl` in a folder of its own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A scratch folder in which `openssl` runs.
pub(crate) struct Openssl {
    dir: tempfile::TempDir,
}

/// What the program answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Whether it left with success.
    pub(crate) ok: bool,
    /// What it wrote on standard output.
    pub(crate) out: String,
    /// What it wrote on standard error.
    pub(crate) err: String,
}

impl Openssl {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }
    /// Runs `openssl` with these arguments, parted by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Answer {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.dir.path())
            .output()
            .expect("these tests need the program openssl (3.0 or newer): install the package openssl");
        Answer {
            ok: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
    /// Runs `openssl`, which must succeed, and gives its standard output.
    pub(crate) fn must(&self, arguments: &str) -> String {
        let answer = self.run(arguments);
        assert!(answer.ok, "openssl {arguments}: {} {}", answer.out, answer.err);
        answer.out
    }
}

/// More answers of other implementations, where a folder `shared` with the project's data lies beside the checkout or
/// above it. None, and a line that says so, where it does not.
pub(crate) fn beside(name: &str) -> Option<serde_json::Value> {
    let file = Path::new("shared/data/real/crypto-vectors").join(name);
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|above| above.join(&file)).find(|f| f.is_file());
    let Some(found) = found else {
        eprintln!("passed over: no {} beside this checkout or above it", file.display());
        return None;
    };
    Some(serde_json::from_str(&std::fs::read_to_string(found).unwrap()).unwrap())
}
