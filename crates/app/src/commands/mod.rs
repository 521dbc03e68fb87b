//! The commands, one file each.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod catalogue;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod verify;

use std::io::Write as _;

/// Writes lines to standard output; a reader that has gone away is no error.
pub(crate) fn say(text: &str) {
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes lines to standard error.
pub(crate) fn complain(text: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "{text}");
}
