//! Documents name only what exists.

use crate::finding::Finding;
use crate::markdown::{What, mentions};
use crate::metadata::Member;
use crate::names::Names;
use crate::repo::Repo;

/// Documents of the whole that must be there.
const REQUIRED: &[&str] = &["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE"];
/// Folders at the root: a path that begins with one is meant from the root.
const ROOTS: &[&str] = &["crates", "docs", "scripts", "data", ".ci", ".cargo", ".config"];
/// Folders of a crate: a path that begins with one is, in the crate's README, meant from the crate.
const CRATE_FOLDERS: &[&str] = &["src", "tests", "migrations", "assets", "benches"];
/// Endings of the files we write ourselves: a name that ends so must be there.
const ENDINGS: &[&str] = &[".rs", ".sql", ".md", ".sh", ".css", ".js", ".toml"];
/// Signs of a pattern or an example, not of one path.
const PATTERN: &[char] = &['<', '>', '{', '}', '[', ']', '(', ')', '…', '$', '|', '"', '\'', '=', ',', '?', '@', '#'];

/// The documents that are held to the code.
pub(crate) fn list(repo: &Repo) -> Vec<String> {
    let of_crates = repo.below("crates/", "/README.md").filter(|file| file.split('/').count() == 3);
    let of_docs = repo.below("docs/", ".md");
    let of_root =
        repo.files().iter().map(String::as_str).filter(|file| REQUIRED.contains(file) && file.ends_with(".md"));
    of_root.chain(of_docs).chain(of_crates).map(str::to_owned).collect()
}

/// Holds every document to the files, crates and names there are, and asks for those that are missing.
pub(crate) fn check(repo: &Repo, members: &[Member], documents: &[String]) -> Vec<Finding> {
    let names = Names::gather(repo, members);
    let mut findings = Vec::new();
    for required in REQUIRED.iter().filter(|file| !repo.has(file)) {
        findings.push(Finding::of(*required, "this document is missing"));
    }
    for member in members {
        let readme = format!("crates/{}/README.md", member.name);
        if !repo.has(&readme) {
            findings
                .push(Finding::of(readme, "each crate has a README: role, data it owns, whom it calls, what it tells"));
        }
    }
    for file in documents {
        let Some(text) = repo.text(file) else {
            findings.push(Finding::of(file, "not UTF-8 text"));
            continue;
        };
        let document = Document::of(repo, file);
        for mention in mentions(&text) {
            let faults = match mention.what {
                What::Link(target) => document.fault_of_link(target).into_iter().collect(),
                What::Fenced(line) => document.faults_of_command(line),
                What::Span { text, before, after } => {
                    let mut faults = document.faults_of_command(text);
                    faults.extend(document.fault_of_file(text));
                    faults.extend(names.fault_of_path(text, document.home));
                    faults.extend(fault_of_crate(&names, text, before, after));
                    faults
                }
            };
            findings.extend(faults.into_iter().map(|fault| Finding::at(file, mention.line, fault)));
        }
    }
    findings
}

/// One document and where it stands.
struct Document<'a> {
    repo: &'a Repo,
    /// Folder of the document, without a final `/`.
    folder: &'a str,
    /// The crate whose README it is.
    home: Option<&'a str>,
}

impl<'a> Document<'a> {
    fn of(repo: &'a Repo, file: &'a str) -> Self {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self { repo, folder, home: folder.strip_prefix("crates/") }
    }

    fn fault_of_link(&self, target: &str) -> Option<String> {
        let path = target.split('#').next().unwrap_or_default();
        if path.is_empty() || target.contains("://") || target.starts_with("mailto:") {
            return None;
        }
        let there = match path.strip_prefix('/') {
            Some(from_root) => self.repo.has(from_root),
            None => self.has_beside(path),
        };
        (!there).then(|| format!("the link leads nowhere: {target}"))
    }

    /// Paths in a command line or in a block: only those that begin at the root or at a folder of the crate.
    fn faults_of_command(&self, line: &str) -> Vec<String> {
        line.split_whitespace().filter_map(|word| self.fault_of_rooted(word)).collect()
    }

    fn fault_of_rooted(&self, word: &str) -> Option<String> {
        let path = word.strip_prefix("./").unwrap_or(word).trim_end_matches(['.', ':', ';']);
        if path.contains(PATTERN) || path.contains("NNNN") || !path.contains('/') {
            return None;
        }
        // Of a pattern with a star only the folder before it is known.
        let known = path.split('*').next().unwrap_or_default();
        let known = if known.len() < path.len() { known.rsplit_once('/')?.0 } else { known };
        let first = known.split('/').next().unwrap_or_default();
        let of_root = ROOTS.contains(&first);
        let of_crate = self.home.is_some() && CRATE_FOLDERS.contains(&first);
        if !of_root && !of_crate {
            return None;
        }
        let there = (of_root && (self.repo.has(known) || self.repo.is_left_behind(known))) || self.has_beside(known);
        (!there).then(|| format!("there is no {path}"))
    }

    /// A file named by its own name, or by the end of its path.
    fn fault_of_file(&self, span: &str) -> Option<String> {
        let path = span.strip_prefix("./").unwrap_or(span);
        let named = ENDINGS.iter().any(|ending| path.len() > ending.len() && path.ends_with(ending));
        let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
        if !named || !plain || path.starts_with("../") || path.contains("NNNN") {
            return None;
        }
        if ROOTS.contains(&path.split('/').next().unwrap_or_default()) {
            return None; // told as a rooted path
        }
        let of_code = path.ends_with(".rs") || path.ends_with(".sql");
        let there = self.has_beside(path)
            || self.repo.has(path)
            || self.repo.is_left_behind(path)
            || match self.home.filter(|_| of_code) {
                // A crate's README speaks of its own code.
                Some(_) => self
                    .repo
                    .below(self.folder, path)
                    .any(|file| file.strip_suffix(path).is_some_and(|before| before.ends_with('/'))),
                None => self.repo.has_ending(path),
            };
        (!there).then(|| format!("there is no file {path}"))
    }

    fn has_beside(&self, path: &str) -> bool {
        joined(self.folder, path).is_some_and(|path| self.repo.has(&path) || self.repo.is_left_behind(&path))
    }
}

/// A path from a folder, with `.` and `..` resolved; none when it leaves the repository.
fn joined(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// "crate `x`", "`x` crate", "the `x` kit": then there is one.
fn fault_of_crate(names: &Names, span: &str, before: &str, after: &str) -> Option<String> {
    let called = |word: &str| {
        let plain = word.trim_matches(['(', ',', '.', ';', ':', ')', '*', '_']);
        matches!(plain, "crate" | "crates" | "kit" | "Crate")
    };
    let name_like =
        !span.is_empty() && span.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-');
    let is_called = called(before) || (called(after) && !before.ends_with(','));
    (name_like && is_called && !names.is_crate(span)).then(|| format!("there is no crate `{span}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::tests::Folder;

    const ROOT: [(&str, &str); 6] = [
        ("README.md", "# x\n"),
        ("README.zh-CN.md", "# x\n"),
        ("ARCHITECTURE.md", "# x\n"),
        ("CONTRIBUTING.md", "# x\n"),
        ("LICENSE", "x\n"),
        ("crates/db/src/store/outbox.rs", "pub struct Outbox;\n"),
    ];

    fn found(name: &str, more: &[(&str, &str)]) -> Vec<String> {
        let mut files: Vec<(&str, &str)> = ROOT.to_vec();
        files.push(("crates/db/README.md", "# db\n"));
        files.push((".gitignore", "/target\n/data/tongban.db*\n"));
        files.retain(|(file, _)| !more.iter().any(|(other, _)| other == file));
        files.extend(more);
        let folder = Folder::with(name, &files);
        let repo = folder.repo();
        let member = Member { name: "db".to_owned(), uses: Vec::new() };
        check(&repo, &[member], &list(&repo)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_there_may_be_named() {
        let readme = "[a](docs/b.md#c) [d](https://city.example) [e](#f) `crates/db` `crates/db/src/*.rs` `crates/<name>/x`
`outbox.rs` `store/outbox.rs` `db::Outbox` `data/tongban.db` the crate `db`, `crates`, `word`; any `word`, `a/b`, `POST /cases`, `crates/X/{a,b}`
```sh
ls crates/db target/debug x.rs
```
";
        let own = "`src/store/outbox.rs` `outbox.rs` `store/outbox.rs` `Outbox` [up](../../README.md)";
        let files = [("README.md", readme), ("docs/b.md", "[r](../README.md) `../x.rs`"), ("crates/db/README.md", own)];
        assert_eq!(found("docs-good", &files), [""; 0]);
    }

    #[test]
    fn what_is_not_there_is_told_with_its_line() {
        let readme =
            "\n[a](docs/none.md)\n`crates/hall`\n`none.rs`\n`db::Ticket`\nthe crate `hall`\n```\ncat docs/none\n```\n";
        let told = found("docs-bad", &[("README.md", readme), ("docs/b.md", "[up](../../x.md)")]);
        for (line, what) in [
            (2, "the link leads nowhere: docs/none.md"),
            (3, "there is no crates/hall"),
            (4, "there is no file none.rs"),
            (5, "`db::Ticket`: crate db has no Ticket"),
            (6, "there is no crate `hall`"),
            (8, "there is no docs/none"),
        ] {
            assert!(told.contains(&format!("README.md:{line}: {what}")), "{line} {what}: {told:#?}");
        }
        assert!(told.contains(&"docs/b.md:1: the link leads nowhere: ../../x.md".to_owned()), "{told:#?}");
        assert_eq!(told.len(), 7, "{told:#?}");
    }

    #[test]
    fn a_crates_readme_speaks_of_its_own_code() {
        let files = [("crates/db/README.md", "`src/none.rs` `walls.rs`"), ("crates/xtask/src/walls.rs", "")];
        let told = found("docs-own", &files);
        let expected = ["there is no src/none.rs", "there is no file src/none.rs", "there is no file walls.rs"];
        assert_eq!(told, expected.map(|what| format!("crates/db/README.md:1: {what}")));
    }

    #[test]
    fn missing_documents_are_told() {
        let folder = Folder::with("docs-missing", &[("README.md", "x"), ("crates/db/src/lib.rs", "")]);
        let repo = folder.repo();
        let told = check(&repo, &[Member { name: "db".to_owned(), uses: Vec::new() }], &list(&repo));
        assert_eq!(told.len(), REQUIRED.len() - 1 + 1, "{told:?}");
    }

    #[test]
    fn paths_are_joined() {
        assert_eq!(joined("docs/adr", "../x.md").as_deref(), Some("docs/x.md"));
        assert_eq!(joined("", "./a//b/").as_deref(), Some("a/b"));
        assert_eq!(joined("docs", "../../x"), None);
    }
}
