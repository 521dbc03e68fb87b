//! Our own tooling: `cargo xtask deps` holds the walls between crates, `cargo xtask docs` keeps documents true,
//! `cargo xtask ci` runs every check there is. Nothing here is part of the platform.
#![expect(clippy::print_stdout, reason = "a command line tool answers on standard output")]

mod adr;
mod documents;
mod finding;
mod literals;
mod markdown;
mod metadata;
mod names;
mod repo;
mod sql;
mod tables;
mod walls;
mod words;

use std::process::{Command, ExitCode};

use finding::Finding;
use repo::Repo;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  deps    which crate may use which, and which crate owns which table
  docs    documents name only what exists, decisions are complete, nothing is said that does not belong here
  ci      every check, as scripts/test.sh runs them; further arguments go to that script
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let answer = match command.as_deref() {
        Some("deps") => deps(),
        Some("docs") => docs(),
        Some("ci") => return ci(arguments),
        Some("help" | "-h" | "--help") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match answer {
        Ok(ok) if ok => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}

/// `cargo xtask deps`.
fn deps() -> Result<bool, String> {
    let repo = Repo::open()?;
    let members = metadata::read(repo.root())?;
    let mut findings = walls::check(&members, walls::MAY_USE);
    findings.extend(walls::check_lints(&repo, &members));
    let tables = tables::gather(&repo);
    findings.extend(tables::check(&repo, &tables));
    Ok(report(&format!("deps: {} crates, {} tables", members.len(), tables.len()), findings))
}

/// `cargo xtask docs`.
fn docs() -> Result<bool, String> {
    let repo = Repo::open()?;
    let members = metadata::read(repo.root())?;
    let documents = documents::list(&repo);
    let mut findings = documents::check(&repo, &members, &documents);
    findings.extend(adr::check(&repo));
    findings.extend(words::check(&repo));
    Ok(report(&format!("docs: {} documents, {} files", documents.len(), repo.files().len()), findings))
}

/// `cargo xtask ci`.
fn ci(arguments: impl Iterator<Item = String>) -> ExitCode {
    let script = match Repo::open() {
        Ok(repo) => repo.root().join("scripts/test.sh"),
        Err(error) => {
            eprintln!("xtask: {error}");
            return ExitCode::from(2);
        }
    };
    match Command::new("bash").arg(&script).args(arguments).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {} could not be run: {error}", script.display());
            ExitCode::from(2)
        }
    }
}

/// Prints what was found, in the order of the files, and whether all is well.
fn report(subject: &str, mut findings: Vec<Finding>) -> bool {
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("{subject}: nothing to mend"),
        n => println!("{subject}: {n} to mend"),
    }
    findings.is_empty()
}
