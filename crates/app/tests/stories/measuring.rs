//! The commands that make cases in bulk and measure, as an operator runs them, at sizes that say nothing about speed.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

/// Runs the binary; on the server under test where there is one.
fn tongban(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongban"));
    command.args(arguments).env("TONGBAN_DATA_DIR", folder).env_remove("TONGBAN_DATABASE_URL");
    command.env("TONGBAN_CONNECTIONS", "4");
    if let Ok(server) = std::env::var(testkit::DATABASE_URL) {
        command.env("TONGBAN_DATABASE_URL", server);
    }
    command.output().unwrap()
}

fn json(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {told}"))
}

fn engine() -> &'static str {
    if std::env::var(testkit::DATABASE_URL).is_ok() { "postgres" } else { "sqlite" }
}

#[tokio::test]
async fn commands_are_measured_beside_the_same_rows_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let report = json(&tongban(
        folder.path(),
        &["bench", "cases", "--workers", "1,4", "--rounds", "2", "--cases", "12", "--json"],
    ));
    assert_eq!(report["database"], engine());
    assert!(report["statements"].as_f64().unwrap() > report["writing"].as_f64().unwrap());
    let measured = report["measured"].as_array().unwrap();
    assert_eq!(measured.len(), 2);
    for one in measured {
        let sides = one["sides"].as_array().unwrap();
        assert_eq!(sides[0]["who"], "engine");
        assert_eq!(sides[1]["who"], "rows by hand");
        assert!(sides.iter().all(|side| side["per_second"]["median"].as_f64().unwrap() > 0.0), "{report}");
        assert!(sides[1..].iter().all(|side| side["engine_to_this"]["median"].as_f64().unwrap() > 0.0), "{report}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "the configured folder is not touched: {left:?}");
}

#[tokio::test]
async fn lists_are_measured_at_growing_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["bench", "scale", "--cases", "120,360", "--by-engine", "120", "--readings", "3", "--json"];
    let report = json(&tongban(folder.path(), &arguments));
    assert_eq!((&report["database"], &report["by_engine"]), (&engine().into(), &120.into()));
    let lines = report["lines"].as_array().unwrap();
    assert!(lines.len() >= 12, "{report}");
    for line in lines {
        assert_eq!(line["at"].as_array().unwrap().len(), 2, "{line}");
        assert_eq!(line["at"][1]["count"], 3, "{line}");
    }
}

#[tokio::test]
async fn pages_are_measured_beside_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let report = json(&tongban(folder.path(), &["bench", "pages", "--at-once", "4", "--requests", "12", "--json"]));
    let lines = report["lines"].as_array().unwrap();
    assert!(lines.len() >= 20, "{report}");
    for (who, path) in [("citizen", "/my/cases/"), ("window", "/desk/cases/")] {
        let own = |line: &Value| {
            line["who"].as_str().unwrap().starts_with(who) && line["path"].as_str().unwrap().starts_with(path)
        };
        assert!(lines.iter().any(own), "a case of somebody is among the pages: {report}");
    }
    assert!(lines.iter().all(|line| line["latency"]["count"] == 12), "{report}");
    let paced = ["bench", "pages", "--at-once", "2", "--requests", "4", "--rate", "100", "--path", "/no-such-page"];
    let refused = tongban(folder.path(), &paced);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("/no-such-page answered 404"), "{told}");
}

#[tokio::test]
async fn nothing_can_be_measured_on_a_server_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let address = "postgres://nobody@127.0.0.1:1/nothing";
    let refused = tongban(folder.path(), &["bench", "cases", "--database-url", address]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("the server does not let the bench in"), "{told}");
}

/// On the embedded engine alone: the command writes to the configured database, and a server under test is shared.
#[tokio::test]
async fn cases_made_in_bulk_are_completed_and_not_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("seeded.db").display());
    let seed = |cases: &str| {
        let output = tongban(folder.path(), &["demo", "seed", "--cases", cases, "--json", "--database-url", &file]);
        let report = json(&output);
        (report["before"].as_u64().unwrap(), report["made"].as_u64().unwrap())
    };
    assert_eq!(seed("60"), (0, 60));
    assert_eq!(seed("60"), (60, 0));
    assert_eq!(seed("90"), (60, 30));
    let checked = tongban(folder.path(), &["replay", "--database-url", &file]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
