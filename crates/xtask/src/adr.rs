//! Decisions: `docs/adr/NNNN-title.md`, each number once, each with the same five headings in the same order.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::repo::Repo;

const FOLDER: &str = "docs/adr/";
const HEADINGS: [&str; 5] = ["Status", "Context", "Options", "Decision", "Consequences"];
/// A decision longer than this is several, or a manual.
const MOST_LINES: usize = 60;

/// Holds the decisions to their form, and every mention of one to its being there.
pub(crate) fn check(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut by_number: BTreeMap<&str, &str> = BTreeMap::new();
    for file in repo.below(FOLDER, "").filter(|file| !file.ends_with("/README.md")) {
        let name = &file[FOLDER.len()..];
        let Some(number) = number_of(name) else {
            findings.push(Finding::of(file, "a decision's file is named NNNN-title-in-small-letters.md"));
            continue;
        };
        if let Some(first) = by_number.insert(number, file) {
            findings.push(Finding::of(file, format!("number {number} is already taken by {first}")));
        }
        let text = repo.text(file).unwrap_or_default();
        if !text.lines().next().is_some_and(|line| line.starts_with(&format!("# {number}. "))) {
            findings.push(Finding::at(file, 1, format!("the first line must be `# {number}. Title`")));
        }
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).map(str::trim).collect();
        if headings != HEADINGS {
            findings.push(Finding::of(
                file,
                format!("headings must be {} (found: {})", HEADINGS.join(", "), headings.join(", ")),
            ));
        }
        let lines = text.lines().count();
        if lines > MOST_LINES {
            findings.push(Finding::of(file, format!("{lines} lines: at most {MOST_LINES}")));
        }
    }
    for file in repo.files().iter().filter(|file| file.ends_with(".md") || file.ends_with(".rs")) {
        // This crate's own tests name decisions as examples.
        let Some(text) = repo.text(file).filter(|_| !file.starts_with("crates/xtask/")) else { continue };
        for (n, line) in text.lines().enumerate() {
            for (at, mention) in line.match_indices("ADR ") {
                let digits: String = line[at + mention.len()..].chars().take_while(char::is_ascii_digit).collect();
                if digits.len() == 4 && !by_number.contains_key(digits.as_str()) {
                    findings.push(Finding::at(file, n + 1, format!("there is no ADR {digits}")));
                }
            }
        }
    }
    findings
}

/// The number in a decision's file name, when the name is well formed.
fn number_of(name: &str) -> Option<&str> {
    let (number, title) = name.strip_suffix(".md")?.split_once('-')?;
    let digits = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
    let letters = !title.is_empty() && title.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (digits && letters).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::tests::Folder;

    const GOOD: &str = "# 0001. A title\n\n## Status\n\n## Context\n\n## Options\n\n## Decision\n\n## Consequences\n";

    fn found(name: &str, files: &[(&str, &str)]) -> Vec<String> {
        let folder = Folder::with(name, files);
        let mut findings = check(&folder.repo());
        findings.sort();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_complete_decision_is_fine() {
        let files = [("docs/adr/0001-a-title.md", GOOD), ("docs/x.md", "see ADR 0001"), ("docs/adr/README.md", "x")];
        assert_eq!(found("adr-good", &files), [""; 0]);
    }

    #[test]
    fn wrong_names_taken_numbers_and_missing_headings_are_told() {
        let files = [
            ("docs/adr/0001-a-title.md", GOOD),
            ("docs/adr/0001-b-title.md", GOOD),
            ("docs/adr/Third.md", GOOD),
            ("docs/adr/0004-d.md", "# 4. D\n\n## Status\n\n## Decision\n"),
        ];
        let told = found("adr-bad", &files);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].contains("already taken"), "{told:?}");
        assert!(told[1].contains("headings must be"), "{told:?}");
        assert!(told[2].contains("first line"), "{told:?}");
        assert!(told[3].contains("is named NNNN"), "{told:?}");
    }

    #[test]
    fn a_mention_of_a_missing_decision_is_told() {
        let told = found("adr-mention", &[("crates/cases/src/lib.rs", "//! One.\n//! See ADR 0042.")]);
        assert_eq!(told, ["crates/cases/src/lib.rs:2: there is no ADR 0042"]);
    }
}
