//! Who listens to what, and what runs by itself: the one list of both.

use std::time::Duration;

use jobs::Jobs;
use messages::{Messages, Ports};

use crate::{failure::CommandError, outgoing, platform::Platform};

/// How often deadlines are looked after.
const SWEEP: Duration = Duration::from_secs(60);
/// How often leftovers are removed.
const TIDY: Duration = Duration::from_secs(3600);
/// How long first answers to keyed requests are kept.
const ANSWERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// Messages to applicants: by mail where a server is named, and over the SMS gateway or into the file that stands for one.
///
/// # Errors
/// When mail server or gateway cannot be used as told.
pub fn messages(platform: &Platform) -> Result<Messages, CommandError> {
    let config = &platform.config;
    let ports = Ports { mail: config.outgoing.mail()?, sms: Some(outgoing::sms(config)?) };
    Ok(Messages::new(
        platform.db.clone(),
        platform.clock.clone(),
        platform.keys.clone(),
        platform.identity.clone(),
        ports,
    ))
}

/// What is read of the end of a certificate.
#[derive(serde::Deserialize)]
struct Ended {
    /// The case it came from.
    #[serde(default)]
    case_number: Option<String>,
    status: String,
}

/// Everything that works in the background.
///
/// # Errors
/// As [`messages()`].
pub fn jobs(platform: &Platform) -> Result<Jobs, CommandError> {
    let post = messages(platform)?;
    let jobs = Jobs::new(platform.db.clone(), platform.clock.clone());
    let jobs = post.listen(jobs);
    let cases = platform.cases.clone();
    let jobs = jobs.listen("cases.open", &[certificates::ENDED], move |heard| {
        let cases = cases.clone();
        async move {
            let ended: Ended = heard.body()?;
            let Some(number) = ended.case_number else { return Ok(()) };
            let args = (cases.clone(), number, ended.status, heard.fact.at);
            let withdrawn = cases
                .db
                .write(args, |tx, (cases, number, status, at)| Box::pin(cases.withdraw_open(tx, number, status, *at)))
                .await?;
            if withdrawn {
                tracing::info!("a licence is no longer in force: its decision left the public list");
            }
            Ok(())
        }
    });
    let jobs = platform.certificates.listen(jobs);
    let (cases, clock) = (platform.cases.clone(), platform.clock.clone());
    let jobs = jobs.every("cases.sweep", SWEEP, move || {
        let (cases, now) = (cases.clone(), clock.now());
        async move {
            let changed = cases.sweep(now).await?;
            if changed > 0 {
                tracing::info!(changed, "deadlines moved {changed} cases on");
            }
            Ok(())
        }
    });
    let (cases, clock) = (platform.cases.clone(), platform.clock.clone());
    let jobs = jobs.every("cases.recompute", SWEEP, move || {
        let (cases, now) = (cases.clone(), clock.now());
        async move {
            cases.settings.refresh().await?;
            let looked = cases.recompute(now).await?;
            if looked > 0 {
                tracing::info!(
                    looked,
                    "another calendar counts: the deadlines of {looked} running cases were computed"
                );
            }
            Ok(())
        }
    });
    let (cases, clock) = (platform.cases.clone(), platform.clock.clone());
    let jobs = jobs.every("drafts.sweep", TIDY, move || {
        let (cases, now) = (cases.clone(), clock.now());
        async move {
            let removed = cases.sweep_drafts(now).await?;
            if removed > 0 {
                tracing::info!(removed, "{removed} drafts were not changed for long and are removed");
            }
            Ok(())
        }
    });
    let identity = platform.identity.clone();
    let jobs = jobs.every("identity.sweep", TIDY, move || {
        let identity = identity.clone();
        async move {
            identity.sweep().await?;
            Ok(())
        }
    });
    let blobs = platform.blobs.clone();
    let jobs = jobs.every("blobs.sweep", TIDY, move || {
        let blobs = blobs.clone();
        async move {
            blobs.sweep().await?;
            Ok(())
        }
    });
    let (db, clock) = (platform.db.clone(), platform.clock.clone());
    let jobs = jobs.every("answers.sweep", TIDY, move || {
        let (db, now) = (db.clone(), clock.now());
        async move {
            let before = kernel::Timestamp::from_millisecond(now.as_millisecond() - ANSWERS_KEPT_MS)?;
            db.write(before, |tx, before| Box::pin(db::idempotency::sweep(tx, *before))).await?;
            Ok(())
        }
    });
    Ok(jobs)
}
