//! Checking what is kept: chains and read models.

use clap::Subcommand;

use crate::{
    commands::{complain, say},
    config::Config,
    failure::{Outcome, While},
    platform::Platform,
};

/// Audit trail, histories of cases, uses of seals.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Compute every link of the audit trail, of every case's history and of every seal's uses again; names the first broken place of each
    Verify,
}

impl Audit {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let Self::Verify = self;
        let platform = Platform::open(config, false).await?;
        let trail = audit::verify(&platform.db).await.doing("the audit trail could not be read")?;
        let (cases, faults) = platform.cases.verify_chains().await.doing("the histories could not be read")?;
        say(&format!("audit trail: {} chains, {} records", trail.chains, trail.records));
        for broken in &trail.broken {
            complain(&format!("audit trail: chain {}, record {}: {:?}", broken.chain, broken.seq, broken.damage));
        }
        say(&format!("histories: {cases} cases"));
        for fault in &faults {
            complain(&format!("case {}: entry {} is damaged or missing", fault.case, fault.seq));
        }
        let (seals, broken) = platform.seals.verify_chains().await.doing("the uses of seals could not be read")?;
        say(&format!("uses of seals: {seals} seals"));
        for (seal, place) in &broken {
            complain(&format!("seal {seal}: use {place} is damaged or missing"));
        }
        let whole = trail.is_whole() && faults.is_empty() && broken.is_empty();
        say(if whole { "all chains are intact" } else { "some chains are broken" });
        Ok(u8::from(!whole))
    }
}

/// Folds every history again and compares.
pub(crate) async fn replay(config: &Config, rewrite: bool) -> Outcome {
    let platform = Platform::open(config, false).await?;
    if rewrite {
        let written = platform.cases.rewrite_desk().await.doing("what desks read could not be written anew")?;
        say(&format!("{written} cases written anew for desks"));
    }
    let report = platform.cases.replay().await.doing("the histories could not be replayed")?;
    for difference in &report.differences {
        complain(difference);
    }
    say(&format!("{} cases, {} entries, {} differences", report.cases, report.entries, report.differences.len()));
    Ok(u8::from(!report.differences.is_empty()))
}
