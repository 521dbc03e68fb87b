//! Each table belongs to one crate: it bears that crate's name, and no other crate's SQL touches it.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::literals::literals;
use crate::repo::Repo;
use crate::sql;

/// How the tables of a crate begin, where that is not simply the crate's name: a table is named in the singular.
const STEMS: &[(&str, &str)] = &[
    ("blobs", "blob"),
    ("cases", "case"),
    ("certificates", "certificate"),
    ("jobs", "job"),
    ("messages", "message"),
    ("seals", "seal"),
];

/// Every table with the crate that creates it and the file it does so in.
pub(crate) type Tables = BTreeMap<String, Vec<(String, String)>>;

/// Collects the tables from the migrations, and from SQL that stands in the shipped code (the `db` kit makes its own).
pub(crate) fn gather(repo: &Repo) -> Tables {
    let mut tables = Tables::new();
    let mut add = |krate: &str, file: &str, text: &str| {
        for table in sql::tables_created(text) {
            let makers = tables.entry(table.to_owned()).or_default();
            if !makers.iter().any(|(maker, _)| maker == krate) {
                makers.push((krate.to_owned(), file.to_owned()));
            }
        }
    };
    for file in repo.below("crates/", ".sql") {
        if let Some((krate, text)) = crate_of(file).zip(repo.text(file)).filter(|_| !file.contains("/tests/")) {
            add(krate, file, &text);
        }
    }
    for file in repo.below("crates/", ".rs") {
        let Some((krate, text)) = crate_of(file).zip(repo.text(file)).filter(|_| is_product(file)) else { continue };
        for literal in literals(shipped(&text)) {
            add(krate, file, literal.text);
        }
    }
    tables
}

/// Holds names to their crate, and every crate's SQL to its own tables.
pub(crate) fn check(repo: &Repo, tables: &Tables) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (table, makers) in tables {
        for (krate, file) in makers {
            if !is_named_after(table, krate) {
                let stem = stem(krate);
                findings.push(Finding::of(file, format!("table {table} of {krate} must be named {stem}_…")));
            }
        }
        if let [(first, _), (second, file), ..] = makers.as_slice() {
            findings.push(Finding::of(file, format!("table {table} is made by {first} and by {second}")));
        }
    }
    let foreign = |krate: &str, named: &str| {
        let makers = tables.get(named)?;
        (!makers.iter().any(|(maker, _)| maker == krate)).then(|| makers[0].0.clone())
    };
    for file in repo.below("crates/", ".sql") {
        let Some((krate, text)) = crate_of(file).zip(repo.text(file)) else { continue };
        for table in sql::tables_named(&text) {
            if let Some(owner) = foreign(krate, table) {
                findings.push(Finding::of(file, format!("table {table} belongs to {owner}")));
            }
        }
    }
    for file in repo.below("crates/", ".rs") {
        // This crate's own tests name tables as examples.
        let Some((krate, text)) = crate_of(file).zip(repo.text(file)).filter(|(krate, _)| *krate != "xtask") else {
            continue;
        };
        for literal in literals(&text).iter().filter(|_| file.contains("/src/")) {
            for table in sql::tables_named(literal.text) {
                if let Some(owner) = foreign(krate, table) {
                    let what = format!("table {table} belongs to {owner}: ask its service for what you need");
                    findings.push(Finding::at(file, literal.line, what));
                }
            }
        }
    }
    findings
}

/// The crate a file below `crates/` belongs to.
fn crate_of(file: &str) -> Option<&str> {
    file.strip_prefix("crates/")?.split_once('/').map(|(krate, _)| krate)
}

fn is_product(file: &str) -> bool {
    file.contains("/src/") && !file.ends_with("/tests.rs") && crate_of(file) != Some("xtask")
}

/// The part of a file before its unit tests, which by custom stand at its end.
fn shipped(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").map_or(text, |tests| &text[..tests])
}

fn stem(krate: &str) -> &str {
    STEMS.iter().find(|(name, _)| *name == krate).map_or(krate, |(_, stem)| stem)
}

/// `case_event` and `cases` are named after `cases`.
fn is_named_after(table: &str, krate: &str) -> bool {
    let stem = stem(krate);
    table == krate || table == stem || table.strip_prefix(stem).is_some_and(|rest| rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::tests::Folder;

    fn found(name: &str, files: &[(&str, &str)]) -> Vec<String> {
        let folder = Folder::with(name, files);
        let repo = folder.repo();
        let mut findings = check(&repo, &gather(&repo));
        findings.sort();
        findings.iter().map(ToString::to_string).collect()
    }

    const CASES: (&str, &str) = (
        "crates/cases/migrations/0001_first.sql",
        "CREATE TABLE cases (case_id BIGINT PRIMARY KEY);\nCREATE TABLE case_event (case_id BIGINT REFERENCES cases (case_id));",
    );

    #[test]
    fn own_tables_in_own_names_are_fine() {
        let store = ("crates/cases/src/store.rs", "const A: &str = \"SELECT 1 FROM case_event\"; // FROM audit_entry");
        let web =
            ("crates/portal/src/web.rs", "const B: &str = \"/api/v1/cases\"; const C: &str = \"read from cases\";");
        assert_eq!(found("own", &[CASES, store, web]), [""; 0]);
    }

    #[test]
    fn a_foreign_name_is_told() {
        let stray = ("crates/audit/migrations/0001_first.sql", "CREATE TABLE trail (at BIGINT);");
        assert_eq!(found("name", &[stray]), [format!("{}: table trail of audit must be named audit_…", stray.0)]);
    }

    #[test]
    fn reading_another_crates_table_is_told_with_file_and_line() {
        let page = ("crates/portal/src/web.rs", "\nconst A: &str = \"SELECT 1 FROM case_event WHERE case_id = $1\";");
        let told = found("reach", &[CASES, page]);
        let what = "table case_event belongs to cases: ask its service for what you need";
        assert_eq!(told, [format!("crates/portal/src/web.rs:2: {what}")]);
    }

    #[test]
    fn a_foreign_key_into_another_crate_is_told() {
        let stray = (
            "crates/messages/migrations/0001_first.sql",
            "CREATE TABLE message (a BIGINT REFERENCES cases (case_id));",
        );
        assert_eq!(found("key", &[CASES, stray]), [format!("{}: table cases belongs to cases", stray.0)]);
    }

    #[test]
    fn tables_made_in_code_count_but_those_of_unit_tests_do_not() {
        let db = (
            "crates/db/src/outbox.rs",
            "const A: &str = \"CREATE TABLE db_outbox (a BIGINT)\";\n#[cfg(test)]\nmod tests { const T: &str = \"CREATE TABLE t (a BIGINT)\"; }",
        );
        let folder = Folder::with("code", &[db]);
        assert_eq!(gather(&folder.repo()).into_keys().collect::<Vec<_>>(), ["db_outbox"]);
    }
}
