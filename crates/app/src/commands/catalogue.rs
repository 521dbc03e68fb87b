//! Checking, importing and exporting the catalogue.

use std::path::PathBuf;

use catalogue::{CatalogueError, domain::Severity, files};
use clap::Subcommand;
use kernel::Act;

use crate::{
    commands::{complain, say},
    config::Config,
    failure::{CommandError, Outcome, While},
    platform::Platform,
};

/// Check, import and export the catalogue of service items.
#[derive(Debug, Subcommand)]
pub(crate) enum Catalogue {
    /// Report every violation of the format and its rules, each with file, line and key
    Check {
        /// Folder that holds catalogue/ and bundles/
        dir: PathBuf,
        /// Show errors only
        #[arg(long)]
        errors_only: bool,
    },
    /// Take the folder over, all or nothing; unchanged items keep their version
    Import {
        /// Folder that holds catalogue/ and bundles/
        dir: PathBuf,
    },
    /// Write what is published as files that an import takes back
    Export {
        /// Folder to write to
        dir: PathBuf,
    },
}

fn folder(dir: &std::path::Path) -> Result<files::Folder, CommandError> {
    files::Folder::read(dir).map_err(|e| {
        CommandError::new(format!("{} cannot be read", dir.display()))
            .because(e)
            .advice("give the folder that holds catalogue/ and bundles/, such as `data`")
    })
}

fn report(violations: &[catalogue::domain::Violation], errors_only: bool) {
    for v in violations.iter().filter(|v| !errors_only || v.severity == Severity::Error) {
        let severity = if v.severity == Severity::Error { "error" } else { "warning" };
        complain(&format!("{}:{}: {severity}[{}] {}: {}", v.file, v.line, v.code, v.key, v.message));
    }
}

impl Catalogue {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        match self {
            Self::Check { dir, errors_only } => {
                let folder = folder(&dir)?;
                let checked = folder.check(&vocab::Vocabulary::guiyang());
                report(&checked.violations, errors_only);
                say(&format!(
                    "{} items, {} bundles: {} errors, {} warnings",
                    checked.items.len(),
                    checked.bundles.len(),
                    checked.errors(),
                    checked.warnings()
                ));
                Ok(u8::from(checked.errors() > 0))
            }
            Self::Import { dir } => {
                let folder = folder(&dir)?;
                let platform = Platform::open(config, false).await?;
                let act = Act::system(platform.clock.now());
                let args = (platform.catalogue.clone(), act, folder.files);
                let imported = platform
                    .db
                    .write(args, |tx, (catalogue, act, files)| Box::pin(catalogue.import(act, tx, files)))
                    .await;
                match imported {
                    Ok(done) => {
                        say(&format!(
                            "{} added, {} changed, {} unchanged, {} retired; {} bundles",
                            done.added, done.changed, done.unchanged, done.retired, done.bundles
                        ));
                        Ok(0)
                    }
                    Err(CatalogueError::Violations(all)) => {
                        report(&all, true);
                        Err(CommandError::new(format!("{} errors; nothing was imported", all.len()))
                            .advice("mend them all: tongban catalogue check DIR"))
                    }
                    Err(other) => Err(CommandError::new("the catalogue cannot be imported").because(other)),
                }
            }
            Self::Export { dir } => {
                let platform = Platform::open(config, false).await?;
                let mut tx = platform.db.read().await.doing("the database does not answer")?;
                let exported = platform.catalogue.export(&mut tx).await.doing("the catalogue cannot be exported")?;
                files::write(&dir, &exported).doing("the files cannot be written")?;
                say(&format!("{} files written below {}", exported.len(), dir.display()));
                Ok(0)
            }
        }
    }
}
