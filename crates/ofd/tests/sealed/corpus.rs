//! The table of findings, against files made now and files made once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ofd::{Report, State, validate};

use crate::cases;
use crate::town::{Town, today, trust_of};

/// Larger files are not kept.
const MOST: usize = 60 * 1024;
/// The files of trust that the table names.
const TRUST: [&str; 4] = ["city", "no-lists", "stale", "none"];

/// A line of the table.
struct Expected {
    trust: String,
    outcome: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus")
}

fn table() -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(folder().join("findings.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let table = lines.map(|line| {
        let mut fields = line.splitn(3, '\t');
        let mut next = || fields.next().unwrap_or_default().to_owned();
        (next(), Expected { trust: next(), outcome: next() })
    });
    table.collect()
}

/// How a check ended and the codes that were found, in one line.
fn outcome(report: &Report) -> String {
    let verdict = match report.verdict() {
        State::Good => "valid",
        State::NotCheckable => "not checkable",
        State::Failed => "invalid",
    };
    let codes: BTreeSet<&str> = report.codes().into_iter().map(|code| code.code().trim_start_matches("ofd.")).collect();
    let codes = codes.into_iter().collect::<Vec<_>>().join(" ");
    format!("{verdict}\t{}", if codes.is_empty() { "-" } else { &codes })
}

#[test]
fn every_recipe_gives_the_findings_of_the_table() {
    let (town, table) = (Town::new(), table());
    let names: BTreeSet<&str> = cases::all().map(|(name, _)| name).collect();
    let listed: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    let writes = std::env::var_os("TONGBAN_WRITE_CORPUS").is_some();
    if writes {
        std::fs::create_dir_all(folder().join("trust")).unwrap();
        for trust in TRUST {
            std::fs::write(folder().join(format!("trust/{trust}.pem")), town.trust_file(trust)).unwrap();
        }
    }
    for (name, recipe) in cases::all() {
        let bytes = recipe(&town);
        let trust = table.get(name).map_or("city", |expected| expected.trust.as_str());
        let found = outcome(&validate(&bytes, &trust_of(&town.trust_file(trust)), today()));
        if table.get(name).is_none_or(|expected| expected.outcome != found) {
            wrong.push(format!("{name}\t{trust}\t{found}"));
        }
        if writes && bytes.len() <= MOST {
            std::fs::write(folder().join(format!("{name}.ofd")), bytes).unwrap();
        }
    }
    assert!(wrong.is_empty(), "the table says otherwise:\n{}", wrong.join("\n"));
    assert_eq!(names, listed, "the table lists the recipes");
    assert!(names.len() >= 60);
}

#[test]
fn the_kept_files_give_the_findings_of_the_table() {
    let trusts: BTreeMap<&str, _> = TRUST
        .into_iter()
        .map(|name| (name, trust_of(&std::fs::read_to_string(folder().join(format!("trust/{name}.pem"))).unwrap())))
        .collect();
    let mut kept = 0;
    let mut total = 0;
    for (name, expected) in table() {
        let file = folder().join(format!("{name}.ofd"));
        if !file.exists() {
            continue;
        }
        let bytes = std::fs::read(file).unwrap();
        assert!(bytes.len() <= MOST);
        let report = validate(&bytes, &trusts[expected.trust.as_str()], today());
        assert_eq!(outcome(&report), expected.outcome, "{name}");
        kept += 1;
        total += bytes.len();
    }
    let files = std::fs::read_dir(folder()).unwrap().filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|ending| ending == "ofd"))
    });
    assert_eq!(files.count(), kept, "every kept file is in the table");
    assert!(kept >= 60 && total <= 2 * 1024 * 1024, "{kept} files, {total} bytes");
}
