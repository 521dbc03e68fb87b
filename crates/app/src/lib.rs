//! The platform put together: configuration, wiring, the listener table, the site, and the commands of the binary
//! `tongban`.
//!
//! Owns no table and no rule. What listens to what stands in [`listeners`], which slices there are in [`platform`].

mod commands;
pub mod config;
mod failure;
pub mod listeners;
mod navigation;
pub mod outgoing;
pub mod platform;
mod ports;
pub mod site;

pub use commands::demo::found;
pub use failure::CommandError;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use config::Config;

/// 通办: the open platform on which a city's people and enterprises get every government service at one place.
///
/// Without a command it starts a complete demonstration city on the embedded database.
#[derive(Debug, Parser)]
#[command(name = "tongban", version, max_term_width = 110)]
#[command(after_help = "Exit codes: 0 done; 1 found something wrong or could not be done; 2 wrong use of the command.")]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    listen: config::Listen,
    #[command(flatten)]
    demo: commands::demo::DemoOptions,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and interfaces, and work in the background
    Serve(commands::serve::Serve),
    /// Work in the background only: messages, deadlines, filing
    Work(commands::serve::Work),
    /// Bring the database up to date
    Migrate,
    /// Check that everything the platform needs is there and sound
    Doctor,
    /// Check, import and export the catalogue of service items
    Catalogue {
        /// What to do
        #[command(subcommand)]
        what: commands::catalogue::Catalogue,
    },
    /// Accounts of administrators and staff
    Accounts {
        /// What to do
        #[command(subcommand)]
        what: commands::accounts::Accounts,
    },
    /// Copy database, files and keys into one file, while serving
    Backup(commands::backup::Backup),
    /// Put a backup into an empty data folder
    Restore(commands::backup::Restore),
    /// Audit trail and histories of cases
    Audit {
        /// What to do
        #[command(subcommand)]
        what: commands::audit::Audit,
    },
    /// Fold every history again and compare it with what lists show
    Replay {
        /// Write what desks read (queues, search) anew first, for rows that an older version wrote
        #[arg(long)]
        rewrite: bool,
    },
    /// Check a sealed OFD file, without server, database or configuration
    Verify(commands::verify::Verify),
    /// The demonstration city
    Demo {
        /// What to do
        #[command(subcommand)]
        what: commands::demo::Demo,
    },
    /// Stand for a system outside the platform: for development and tests
    Simulate {
        /// Which one
        #[command(subcommand)]
        what: commands::simulate::Simulate,
    },
    /// Measure commands, lists and pages on a scratch database, beside a limit of the same run
    Bench {
        /// What to measure
        #[command(subcommand)]
        what: commands::bench::Bench,
    },
}

/// Reads the command line, carries the command out, and answers with its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // A log line for each request of a measurement would be measured too.
    let quiet = matches!(cli.command, Some(Command::Bench { .. } | Command::Demo { .. }));
    start_log(if quiet { "warn" } else { "info" });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the runtime could not be started");
            return ExitCode::from(1);
        }
    };
    let outcome = runtime.block_on(run(cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            commands::complain(&error.to_string());
            ExitCode::from(1)
        }
    }
}

async fn run(cli: Cli) -> failure::Outcome {
    let config = &cli.config;
    match cli.command {
        None => commands::demo::start(config, &cli.listen, &cli.demo).await,
        Some(Command::Serve(serve)) => serve.run(config).await,
        Some(Command::Work(work)) => work.run(config).await,
        Some(Command::Migrate) => commands::doctor::migrate(config).await,
        Some(Command::Doctor) => commands::doctor::doctor(config).await,
        Some(Command::Catalogue { what }) => what.run(config).await,
        Some(Command::Accounts { what }) => what.run(config).await,
        Some(Command::Backup(backup)) => backup.run(config).await,
        Some(Command::Restore(restore)) => restore.run(config).await,
        Some(Command::Audit { what }) => what.run(config).await,
        Some(Command::Replay { rewrite }) => commands::audit::replay(config, rewrite).await,
        Some(Command::Verify(verify)) => Ok(verify.run()),
        Some(Command::Demo { what }) => what.run(config, &cli.demo).await,
        Some(Command::Simulate { what }) => what.run().await,
        Some(Command::Bench { what }) => what.run(config, &cli.demo).await,
    }
}

/// `TONGBAN_LOG` chooses what is logged (else `usual`); `TONGBAN_LOG_FORMAT=json` writes one JSON object a line.
fn start_log(usual: &str) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_env("TONGBAN_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let json = std::env::var("TONGBAN_LOG_FORMAT").is_ok_and(|f| f == "json");
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { log.json().init() } else { log.compact().init() }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::Cli;

    fn walk(command: &Command, path: &str, missing: &mut Vec<String>) {
        let here = format!("{path} {}", command.get_name());
        if command.get_name() == "help" {
            return;
        }
        if command.get_about().is_none() {
            missing.push(here.clone());
        }
        for argument in command.get_arguments() {
            if argument.get_help().is_none() && !["help", "version"].contains(&argument.get_id().as_str()) {
                missing.push(format!("{here} {}", argument.get_id()));
            }
        }
        for below in command.get_subcommands() {
            walk(below, &here, missing);
        }
    }

    #[test]
    fn every_command_and_option_says_what_it_is_for() {
        let mut command = Cli::command();
        command.build();
        let mut missing = Vec::new();
        walk(&command, "", &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }
}
