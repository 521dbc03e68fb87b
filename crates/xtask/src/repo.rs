//! The files of this repository, as git sees them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository: its root and the files that are in it or about to be added to it.
pub(crate) struct Repo {
    root: PathBuf,
    files: Vec<String>,
    ignored: Vec<String>,
}

impl Repo {
    /// Opens the repository this tool was started in: the workspace above its own crate, or else the present folder.
    pub(crate) fn open() -> Result<Self, String> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => std::env::current_dir().map_err(|e| format!("no present folder: {e}"))?,
        };
        let root = start
            .ancestors()
            .find(|folder| folder.join("crates").is_dir() && folder.join("Cargo.toml").is_file())
            .ok_or_else(|| format!("{} is not in the workspace", start.display()))?;
        Self::at(root)
    }

    /// Opens the repository whose root is known.
    pub(crate) fn at(root: &Path) -> Result<Self, String> {
        let mut files = match listed_by_git(root) {
            Some(files) => files,
            None => walked(root)?,
        };
        files.retain(|file| root.join(file).is_file());
        files.sort();
        files.dedup();
        let ignored = std::fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let ignored = ignored.lines().filter_map(|line| line.trim().strip_prefix('/')).map(str::to_owned).collect();
        Ok(Self { root: root.to_owned(), files, ignored })
    }

    /// The folder that holds the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// All files, as paths below the root with `/`, sorted.
    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    /// The files below `folder` (written with a final `/`) whose name ends in `ending`.
    pub(crate) fn below<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = &'a str> {
        self.files.iter().map(String::as_str).filter(move |f| f.starts_with(folder) && f.ends_with(ending))
    }

    /// The text of a file; none when it is not there or not UTF-8 text.
    pub(crate) fn text(&self, file: &str) -> Option<String> {
        let bytes = std::fs::read(self.root.join(file)).ok()?;
        if bytes.contains(&0) {
            return None;
        }
        String::from_utf8(bytes).ok()
    }

    /// Whether a path is a file of the repository or a folder that holds one.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty()
            || self.files.binary_search_by(|file| file.as_str().cmp(path)).is_ok()
            || self.files.iter().any(|file| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Whether some file's path ends in these segments.
    pub(crate) fn has_ending(&self, ending: &str) -> bool {
        self.files
            .iter()
            .any(|file| file.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('/')))
    }

    /// Whether a path belongs to what a build or a running platform leaves behind (`.gitignore`, rules from the root).
    pub(crate) fn is_left_behind(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.ignored.iter().any(|rule| match rule.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => {
                let rule = rule.trim_end_matches('/');
                path == rule || path.strip_prefix(rule).is_some_and(|rest| rest.starts_with('/'))
            }
        })
    }
}

/// Files that git tracks or would track; none without git or outside a checkout.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    let files: Vec<String> = text.split('\0').filter(|f| !f.is_empty()).map(str::to_owned).collect();
    (!files.is_empty()).then_some(files)
}

/// All files below the root but what git or cargo keep for themselves: for an unpacked archive.
fn walked(root: &Path) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|e| format!("{}: {e}", folder.display()))?.path();
            if path.is_dir() {
                if path != root.join("target") && path != root.join(".git") {
                    folders.push(path);
                }
            } else if let Some(file) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                files.push(file.to_owned());
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A repository of a test: removed when dropped.
    pub(crate) struct Folder(PathBuf);

    impl Folder {
        pub(crate) fn with(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&root);
            for (file, text) in files {
                let path = root.join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            Self(root)
        }
        pub(crate) fn repo(&self) -> Repo {
            Repo::at(&self.0).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn knows_files_folders_endings_and_what_is_left_behind() {
        let folder = Folder::with(
            "repo",
            &[
                (".gitignore", "/target\n/data/tongban.db*\n/data/files/\n"),
                ("crates/db/src/lib.rs", ""),
                ("a.bin", "\0"),
            ],
        );
        let repo = folder.repo();
        assert!(repo.has("crates/db/src/lib.rs") && repo.has("crates/db/") && repo.has("crates"));
        assert!(!repo.has("crates/d") && !repo.has("crates/db/src/lib"));
        assert!(repo.has_ending("src/lib.rs") && !repo.has_ending("ib.rs"));
        assert!(repo.is_left_behind("data/tongban.db-wal") && repo.is_left_behind("data/files/x"));
        assert!(!repo.is_left_behind("data/filesystem"));
        assert_eq!(repo.text("a.bin"), None, "not a text");
        assert_eq!(repo.below("crates/", ".rs").collect::<Vec<_>>(), ["crates/db/src/lib.rs"]);
    }
}
