//! Measuring on a scratch database: nothing of the configured platform is read or changed but the server's address.

use std::net::SocketAddr;

use bench::{
    BenchError, Scratch,
    pages::{Holder, Page},
};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    commands::{
        complain,
        demo::{DemoOptions, found},
        say, serve,
    },
    config::{Config, Listen},
    failure::{CommandError, Outcome, While},
    outgoing::Outgoing,
    platform::Platform,
    site,
};

/// The pages that are asked for, and as whom. A new page joins here.
const PAGES: &[(Option<&str>, &str)] = &[
    (None, "/"),
    (None, "/items?q=%E5%BC%80%E9%A5%AD%E5%BA%97"),
    (None, "/items"),
    (None, "/open/decisions"),
    (None, "/items/food-operation-licence-new"),
    (None, "/apply/food-operation-licence-new"),
    (None, "/progress"),
    (None, "/help"),
    (None, "/feedback"),
    (None, "/accessibility"),
    (None, "/sign-in"),
    (None, "/register"),
    (Some("citizen1"), "/"),
    (Some("citizen1"), "/items/driving-licence-renewal"),
    (Some("citizen1"), "/my/account"),
    (Some(CITIZEN), "/my"),
    (Some(CITIZEN), "/my/cases"),
    (Some(CITIZEN), "{case}"),
    (Some(CITIZEN), "/my/certificates"),
    (Some(CITIZEN), "/my/messages"),
    (Some(CITIZEN), "/my/drafts"),
    (Some(CLERK), "/desk"),
    (Some(CLERK), "/desk/tasks?scope=department"),
    (Some(CLERK), "/desk/cases"),
    (Some(CLERK), "{case}"),
    (Some("sysadmin1"), "/admin"),
];
/// A citizen with cases.
const CITIZEN: &str = "citizen*";
/// A clerk at a window whose department has cases.
const CLERK: &str = "window*";
/// Where their cases stand.
const HOLDERS: [Holder; 2] = [
    Holder { who: CITIZEN, list: "/my/cases", link: "/my/cases/" },
    Holder { who: CLERK, list: "/desk/tasks?scope=department", link: "/desk/cases/" },
];
/// Cases in the database while pages are asked for.
const CASES: usize = 120;

/// The file that pages stand beside: it is sent from memory, as large as a page.
const FILE: &str = "/assets/icon.svg";

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Commands of the case engine beside the same rows written by hand-written code, in the same run
    Cases(CasesOptions),
    /// Lists, queues and readings at growing sizes
    Scale(ScaleOptions),
    /// Sealed certificates: SM2 beside OpenSSL's, how many are sealed a second, how long a check takes
    Certificates(CertificatesOptions),
    /// Pages under load beside a static file of the same server, and the memory of the process
    Pages(PagesOptions),
}

/// Options of `bench cases`.
#[derive(Debug, Args)]
pub(crate) struct CasesOptions {
    /// How many act at once, one measurement for each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    workers: Vec<usize>,
    /// Rounds of each measurement
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Cases of one round
    #[arg(long, default_value_t = 300)]
    cases: usize,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

/// Options of `bench scale`.
#[derive(Debug, Args)]
pub(crate) struct ScaleOptions {
    /// Cases in the database, one measurement for each, growing
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    cases: Vec<usize>,
    /// The engine makes at most so many cases; the others are rows copied from them
    #[arg(long, default_value_t = 10_000)]
    by_engine: usize,
    /// Readings of each kind at each size
    #[arg(long, default_value_t = 300)]
    readings: usize,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

/// Options of `bench certificates`.
#[derive(Debug, Args)]
pub(crate) struct CertificatesOptions {
    /// Rounds of each measurement
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Milliseconds of each round; OpenSSL measures for whole seconds, at least one
    #[arg(long, default_value_t = 2000)]
    round: u64,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

/// Options of `bench pages`.
#[derive(Debug, Args)]
pub(crate) struct PagesOptions {
    /// Connections kept open
    #[arg(long = "at-once", default_value_t = 64)]
    at_once: usize,
    /// Requests of each page
    #[arg(long, default_value_t = 5000)]
    requests: usize,
    /// Requests a second over all connections; as fast as it answers when left out
    #[arg(long)]
    rate: Option<u32>,
    /// Further paths to ask for, as a stranger
    #[arg(long, value_delimiter = ',')]
    path: Vec<String>,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(crate) async fn run(self, config: &Config, options: &DemoOptions) -> Outcome {
        if let Self::Certificates(asked) = &self {
            say(&certificates(asked)?);
            return Ok(0);
        }
        let server = config.database_url.as_deref().filter(|url| url.starts_with("postgres"));
        let scratch = Scratch::make(server).await.map_err(not_measured)?;
        let work = self.measure(config, options, &scratch);
        // Interrupted or not, nothing is left behind.
        let outcome = tokio::select! {
            outcome = work => outcome,
            _ = tokio::signal::ctrl_c() => Err(CommandError::new("the measurement was interrupted")),
        };
        scratch.remove().await.map_err(not_measured)?;
        say(&outcome?);
        Ok(0)
    }

    async fn measure(self, config: &Config, options: &DemoOptions, scratch: &Scratch) -> Result<String, CommandError> {
        let config = Config {
            data_dir: scratch.folder().to_owned(),
            database_url: Some(scratch.url()),
            // Files and messages stay in the scratch folder, whatever the platform is told from outside.
            files_at: None,
            outgoing: Outgoing::default(),
            ..config.clone()
        };
        let platform = Platform::open(&config, true).await?;
        found(&platform, &options.demo_password).await?;
        match self {
            Self::Cases(asked) => {
                let wanted = bench::cases::Options {
                    workers: asked.workers,
                    rounds: asked.rounds,
                    cases: asked.cases,
                    connections: config.connections,
                };
                let report = bench::cases::run(&platform.cases, scratch, &wanted, complain).await;
                let report = report.map_err(not_measured)?;
                shown(asked.json, &report, report.table())
            }
            Self::Scale(asked) => {
                let wanted = bench::scale::Options {
                    sizes: asked.cases,
                    by_engine: asked.by_engine,
                    readings: asked.readings,
                    password: options.demo_password.clone(),
                };
                let site = site::site(&platform, &loopback())?;
                let report = bench::scale::run(&platform.cases, scratch, site, &wanted, complain).await;
                let report = report.map_err(not_measured)?;
                shown(asked.json, &report, report.table())
            }
            Self::Certificates(asked) => certificates(&asked),
            Self::Pages(asked) => {
                let pages = PAGES.iter().map(|(who, path)| Page { who: *who, path: (*path).to_owned() });
                let more = asked.path.into_iter().map(|path| Page { who: None, path });
                let pages: Vec<Page> = pages.chain(more).collect();
                let site = site::site(&platform, &loopback())?;
                let seeded = demo::seed::seed(&platform.cases, CASES, |there| {
                    complain(&format!("{there} of {CASES} cases made"))
                });
                seeded.await.doing("cases cannot be made")?;
                let (address, serving) = serve::on_loopback(site).await?;
                let wanted = bench::pages::Options {
                    address,
                    connections: asked.at_once,
                    requests: asked.requests,
                    rate: asked.rate,
                    file: FILE.to_owned(),
                    holders: HOLDERS.to_vec(),
                    password: options.demo_password.clone(),
                };
                let report = bench::pages::run(&wanted, &pages).await;
                serving.abort();
                let report = report.map_err(not_measured)?;
                shown(asked.json, &report, report.table())
            }
        }
    }
}

/// Needs no database and nothing of the platform.
fn certificates(asked: &CertificatesOptions) -> Result<String, CommandError> {
    let wanted =
        bench::certificates::Options { rounds: asked.rounds, round: std::time::Duration::from_millis(asked.round) };
    let report = bench::certificates::run(&wanted, complain).map_err(not_measured)?;
    shown(asked.json, &report, report.table())
}

fn loopback() -> Listen {
    Listen { listen: SocketAddr::from(([127, 0, 0, 1], 0)), tls: false, behind_proxy: false, public_url: None }
}

fn not_measured(error: BenchError) -> CommandError {
    CommandError::new("the measurement could not be carried out")
        .because(error)
        .advice("a PostgreSQL server must let the login create a schema; smaller sizes need less room")
}

fn shown(json: bool, report: &impl Serialize, table: String) -> Result<String, CommandError> {
    if json {
        return serde_json::to_string_pretty(report).doing("the report cannot be written");
    }
    Ok(table.trim_end().to_owned())
}
