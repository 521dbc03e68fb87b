//! Names of crates and of things in them, as documents write them.

use std::collections::{BTreeMap, HashSet};

use crate::metadata::Member;
use crate::repo::Repo;

/// What names there are.
pub(crate) struct Names {
    /// Per crate of the workspace: every word of its Rust files.
    crates: BTreeMap<String, HashSet<String>>,
    /// Crates from outside, written as in code.
    outside: HashSet<String>,
}

impl Names {
    /// Reads every Rust file once.
    pub(crate) fn gather(repo: &Repo, members: &[Member]) -> Self {
        let mut crates = BTreeMap::new();
        let mut outside: HashSet<String> = ["std", "core", "alloc", "crate", "self", "super"].map(str::to_owned).into();
        for member in members {
            let folder = format!("crates/{}/", member.name);
            let mut words = HashSet::new();
            for text in repo.below(&folder, ".rs").filter_map(|file| repo.text(file)) {
                words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned));
            }
            crates.insert(member.name.clone(), words);
            outside.extend(member.uses.iter().map(|(name, _)| name.replace('-', "_")));
        }
        Self { crates, outside }
    }

    /// Whether there is a crate of this name, ours or one we use.
    pub(crate) fn is_crate(&self, name: &str) -> bool {
        self.crates.contains_key(name) || self.outside.contains(&name.replace('-', "_"))
    }

    /// What is wrong with a Rust path such as `cases::domain` or `Keys::rotate`, written in a document of `home` (a
    /// crate's name, or none for the documents of the whole). None: nothing, or it is no Rust path.
    pub(crate) fn fault_of_path(&self, span: &str, home: Option<&str>) -> Option<String> {
        let segments = segments(span)?;
        let (first, rest) = segments.split_first()?;
        if let Some(words) = self.crates.get(*first) {
            let missing = rest.iter().find(|segment| !words.contains(**segment))?;
            return Some(format!("`{span}`: crate {first} has no {missing}"));
        }
        if self.outside.contains(*first) {
            return None;
        }
        // A module or a type: of this crate, or of any.
        let known = |words: &HashSet<String>| segments.iter().all(|segment| words.contains(*segment));
        let near = home.and_then(|home| self.crates.get(home)).is_some_and(known);
        if near || self.crates.values().any(known) {
            return None;
        }
        Some(format!("`{span}` names nothing in the code"))
    }
}

/// The segments of a Rust path of two or more; a call's brackets and a macro's mark are left out.
fn segments(span: &str) -> Option<Vec<&str>> {
    let path = span.split(['(', '!', '<', '{']).next()?.trim_end_matches("::");
    let segments: Vec<&str> = path.split("::").collect();
    let is_name = |s: &&str| {
        s.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    (segments.len() > 1 && segments.iter().all(is_name)).then_some(segments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::For;
    use crate::repo::tests::Folder;

    fn names() -> Names {
        let folder = Folder::with(
            "names",
            &[(
                "crates/cases/src/domain.rs",
                "pub struct Case;\nimpl Case { pub fn accept() {} }\nmacro_rules! act {}",
            )],
        );
        let member = Member { name: "cases".to_owned(), uses: vec![("tower-http".to_owned(), For::Product)] };
        let mut names = Names::gather(&folder.repo(), &[member]);
        names.crates.entry("cases".to_owned()).or_default().insert("domain".to_owned());
        names
    }

    #[test]
    fn crates_and_what_is_in_them() {
        let names = names();
        assert!(names.is_crate("cases") && names.is_crate("tower-http") && !names.is_crate("hall"));
        for fine in
            ["cases::domain", "cases::Case::accept()", "cases::act!{x}", "std::fs", "tower_http::csrf", "Case::accept"]
        {
            assert_eq!(names.fault_of_path(fine, None), None, "{fine}");
        }
        for none in ["cases", "a b::c", "10::20", "::", "办::理"] {
            assert_eq!(names.fault_of_path(none, None), None, "{none} is no Rust path");
        }
        assert_eq!(names.fault_of_path("cases::refuse", None).unwrap(), "`cases::refuse`: crate cases has no refuse");
        assert!(names.fault_of_path("hall::Ticket", None).is_some());
        assert!(names.fault_of_path("Case::refuse", Some("cases")).is_some());
    }
}
