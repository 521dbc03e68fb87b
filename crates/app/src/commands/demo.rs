//! The demonstration city: started without any command.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use catalogue::domain::CatalogueFile;
use clap::{Args, Subcommand};
use demo::seed::SeedError;
use kernel::Act;
use rust_embed::Embed;

use crate::{
    commands::{complain, say, serve},
    config::{Config, Listen},
    failure::{CommandError, Outcome, While},
    platform::Platform,
};

/// The city's catalogue, as published with the program.
#[derive(Embed)]
#[folder = "../../data"]
#[include = "catalogue/*"]
#[include = "bundles/*"]
struct Published;

/// Options of the demonstration city.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoOptions {
    /// Password of all demonstration accounts; another one than at the last start is set for all of them
    #[arg(long, env = "TONGBAN_DEMO_PASSWORD", default_value = "Guiyang-2019", global = true, hide_env_values = true)]
    pub(crate) demo_password: String,

    /// Let the demonstration city listen beyond this machine: its accounts are known to everybody
    #[arg(long, env = "TONGBAN_DEMO_ANYWHERE")]
    pub(crate) demo_anywhere: bool,
}

/// What to do with the demonstration city.
#[derive(Debug, Subcommand)]
pub(crate) enum Demo {
    /// Drive every item through its whole process on a running platform, over its interface
    Walk {
        /// Address of the platform
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
        /// Only these items
        #[arg(long, value_delimiter = ',')]
        item: Vec<String>,
        /// Write the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Have a running platform issue one certificate, and save its sealed document and the city's root
    Certificate {
        /// Address of the platform
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
        /// Where the sealed OFD file goes
        #[arg(long, value_name = "FILE.ofd")]
        out: PathBuf,
        /// Where the city's root, its authority and its revocation lists go, as `tongban verify --trust` takes them
        #[arg(long, value_name = "ROOT.pem")]
        root: PathBuf,
    },
    /// Make cases in bulk with the case engine, over a year, all items and all applicants; founds the city where it is
    /// missing, completes what was broken off, and changes nothing when there are so many already
    Seed {
        /// How many made cases there shall be
        #[arg(long)]
        cases: usize,
        /// Write the report as JSON
        #[arg(long)]
        json: bool,
    },
}

/// The published catalogue as files.
fn published() -> Vec<CatalogueFile> {
    Published::iter()
        .filter_map(|path| {
            let file = Published::get(&path)?;
            Some(CatalogueFile { path: path.to_string(), bytes: file.data.into_owned() })
        })
        .collect()
}

/// Founds the city on the platform's database; a second time nothing changes.
pub async fn found(platform: &Platform, password: &str) -> Result<demo::city::CityReport, CommandError> {
    let act = Act::system(platform.clock.now());
    let args = (platform.catalogue.clone(), act, published());
    platform
        .db
        .write(args, |tx, (catalogue, act, files)| Box::pin(catalogue.import(act, tx, files)))
        .await
        .doing("the catalogue cannot be imported")?;
    let parts = demo::city::Parts {
        db: platform.db.clone(),
        clock: platform.clock.clone(),
        identity: platform.identity.clone(),
        certificates: platform.certificates.clone(),
        vocabulary: platform.vocabulary.clone(),
    };
    demo::city::found(&parts, password).await.doing("the demonstration city cannot be founded")
}

const fn beyond_loopback(ip: IpAddr) -> bool {
    !ip.is_loopback()
}

/// Founds the city where it is missing, and serves it.
pub(crate) async fn start(config: &Config, listen: &Listen, options: &DemoOptions) -> Outcome {
    if beyond_loopback(listen.listen.ip()) && !options.demo_anywhere {
        return Err(CommandError::new(format!(
            "the demonstration city does not listen on {}: its accounts are known to everybody",
            listen.listen
        ))
        .advice("listen on 127.0.0.1, or say --demo-anywhere if that is what you want"));
    }
    let platform = Platform::open(config, true).await?;
    let city = found(&platform, &options.demo_password).await?;
    let password = options.demo_password.clone();
    serve::serve(&platform, listen, true, move |address| {
        say(&city.table());
        say(&format!("口令：{password}"));
        if city.password_changed {
            say("口令与上次启动时不同，已为全部演示账户更换，原来的登录已经退出。");
        }
        say(&format!("演示环境已启动：http://{address}"));
    })
    .await
}

impl Demo {
    pub(crate) async fn run(self, config: &Config, options: &DemoOptions) -> Outcome {
        match self {
            Self::Walk { url, item, json } => walk(options, &url, &item, json).await,
            Self::Certificate { url, out, root } => certificate(options, &url, &out, &root).await,
            Self::Seed { cases, json } => seed(config, options, cases, json).await,
        }
    }
}

async fn walk(options: &DemoOptions, url: &str, item: &[String], json: bool) -> Outcome {
    let walk = demo::walk::Walk::new(url, &options.demo_password).doing("the address cannot be used")?;
    let told = |p: &demo::walk::Progress<'_>| match p.outcome {
        Ok(item) if !json => complain(&format!("{}/{} {} {}", p.done, p.total, p.slug, item.state)),
        Err(error) => complain(&format!("{}/{} {}", p.done, p.total, error)),
        Ok(_) => {}
    };
    let report = walk.walk_all(|slug| item.is_empty() || item.iter().any(|i| i == slug), told).await.map_err(|e| {
        CommandError::new("the walk could not begin")
            .because(e)
            .advice("start the platform first, or name it with --url")
    })?;
    if json {
        say(&serde_json::to_string_pretty(&report).doing("the report cannot be written")?);
    } else {
        let automatic = report.items.iter().filter(|i| i.automatic).count();
        let (before, now) =
            report.items.iter().fold((0, 0), |(before, now), i| (before + i.materials_baseline, now + i.materials_now));
        say(&format!(
            "{} items came to their end, {} did not; {automatic} needed no member of staff; {before} materials before the \
                 reform, {now} handed in",
            report.items.len(),
            report.failed.len()
        ));
    }
    Ok(u8::from(!report.failed.is_empty()))
}

async fn certificate(options: &DemoOptions, url: &str, out: &Path, root: &Path) -> Outcome {
    let walk = demo::walk::Walk::new(url, &options.demo_password).doing("the address cannot be used")?;
    let made = walk.certificate().await.map_err(|e| {
        CommandError::new("no certificate was issued")
            .because(e)
            .advice("start the demonstration city first (it runs its background jobs by itself), or name it with --url")
    })?;
    for (path, bytes) in [(out, &made.ofd), (root, &made.root)] {
        std::fs::write(path, bytes).map_err(|e| {
            CommandError::new(format!("{} cannot be written", path.display())).because(e).advice("name another file")
        })?;
    }
    say(&format!("case {}, certificate {}", made.case_number, made.identifier));
    say(&format!("{}: {} bytes; {}: {} bytes", out.display(), made.ofd.len(), root.display(), made.root.len()));
    Ok(0)
}

/// Progress is told each time so many cases more are there.
const TOLD_EACH: usize = 1000;

async fn seed(config: &Config, options: &DemoOptions, cases: usize, json: bool) -> Outcome {
    let platform = Platform::open(config, true).await?;
    let started = std::time::Instant::now();
    let mut next = TOLD_EACH;
    let mut told = |there: usize| {
        if there >= next {
            next = (there / TOLD_EACH + 1) * TOLD_EACH;
            complain(&format!("{there} of {cases} cases, {} seconds", started.elapsed().as_secs()));
        }
    };
    let mut seeded = demo::seed::seed(&platform.cases, cases, &mut told).await;
    // A city that is there keeps the password it has.
    if let Err(SeedError::NotFounded(_)) = &seeded {
        found(&platform, &options.demo_password).await?;
        seeded = demo::seed::seed(&platform.cases, cases, &mut told).await;
    }
    let report = seeded.map_err(|e| {
        CommandError::new("the cases could not be made")
            .because(e)
            .advice("start the command again: it goes on where it stopped")
    })?;
    if json {
        say(&serde_json::to_string_pretty(&report).doing("the report cannot be written")?);
    } else {
        say(&format!(
            "{} cases made in {:.1} seconds, {} in all; of those made now {} were accepted, {} withdrawn and {} closed by rule",
            report.made,
            started.elapsed().as_secs_f64(),
            report.there(),
            report.accepted,
            report.withdrawn,
            report.closed
        ));
    }
    Ok(0)
}
