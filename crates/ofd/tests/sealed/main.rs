//! Checking sealed documents: a corpus of good and bad ones, each with the findings that must be made.
//!
//! `data/corpus/findings.tsv` says for each file whom to trust, how the check ends and every code that is found. It is
//! held against twice: against files made anew by the recipes in `cases`, with keys that exist for one run, and against the
//! files kept in `data/corpus` with the certificates and lists of `data/corpus/trust`. The kept ones are there because
//! tomorrow's check must say of today's bytes what today's check says, and so that other programs can be tried on
//! them; their keys were thrown away. Recipes that make more than 60 KiB are not kept. With TONGBAN_WRITE_CORPUS set, a
//! run writes all kept files anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;
mod corpus;
mod flips;
mod forge;
mod openssl;
mod parsers;
mod readers;
mod reports;
#[path = "../documents/sample.rs"]
mod sample;
mod town;
