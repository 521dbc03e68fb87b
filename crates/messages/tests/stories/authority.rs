//! An authority that issues certificates for servers, made with OpenSSL.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// One authority in a folder of its own.
pub(crate) struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Self { folder };
        // A name of its own: two authorities of one name would be told apart by their keys alone.
        let name = format!("/CN=Authority of {}", made.folder.path().file_name().unwrap().to_string_lossy());
        made.issue("authority", &["-subj", &name, "-addext", "basicConstraints=critical,CA:TRUE"]);
        made
    }

    /// The authority's own certificate.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.file("authority.pem")
    }

    /// A server's certificate for this name (`DNS:…` or `IP:…`), and its key.
    pub(crate) fn server(&self, name: &str) -> (PathBuf, PathBuf) {
        let (authority, key) = (self.certificate(), self.file("authority.key"));
        let names = format!("subjectAltName={name}");
        self.issue(
            "server",
            &[
                "-CA",
                authority.to_str().unwrap(),
                "-CAkey",
                key.to_str().unwrap(),
                "-subj",
                "/CN=Test server",
                "-addext",
                &names,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ],
        );
        (self.file("server.pem"), self.file("server.key"))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn issue(&self, name: &str, rest: &[&str]) {
        let done = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
            .arg("-keyout")
            .arg(self.file(&format!("{name}.key")))
            .arg("-out")
            .arg(self.file(&format!("{name}.pem")))
            .args(rest)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}
