//! The program itself under faults: killed, without room on the disk, without its database; and its backups.
//!
//! Everything here starts the binary `tongban` as an operator would, on SQLite or on a PostgreSQL database of its own.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod backups;
mod client;
mod full;
mod killed;
mod program;
mod restarted;
mod server;
mod severed;
mod texts;
mod wire;
