//! Wiring: one database, its slices, their order.

use std::{sync::Arc, time::Duration};

use blobs::{Blobs, Store};
use cases::{Cases, Parts};
use catalogue::Catalogue;
use certificates::Certificates;
use db::{Db, MigrationReport, Options, Schema};
use gm::Keys;
use identity::Identity;
use kernel::{Clock, calendar::WorkingCalendar};
use seals::{DemoKeys, SealKeys, Seals};
use settings::Settings;
use vocab::Vocabulary;

use crate::{
    config::Config,
    failure::{CommandError, While},
    ports,
};

/// The tables of every slice, in the order in which they are made.
pub const SCHEMAS: &[Schema] = &[
    audit::SCHEMA,
    blobs::SCHEMA,
    identity::SCHEMA,
    settings::SCHEMA,
    catalogue::SCHEMA,
    seals::SCHEMA,
    certificates::SCHEMA,
    cases::SCHEMA,
    messages::SCHEMA,
    consultation::SCHEMA,
];

/// The city's working days, as published with the program.
const CALENDAR: &str = include_str!("../../../data/calendar/china_holidays_2015_2026.csv");
/// Hears reviews of its departments' acts.
const GOVERNMENT: &str = "贵阳市人民政府";
/// Region of cases that the city handles itself.
const CITY_REGION: &str = "520100";

/// Everything that runs, over one database.
#[derive(Clone)]
pub struct Platform {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Keys of sealed fields.
    pub keys: Keys,
    /// Departments, themes, certificate types, divisions.
    pub vocabulary: Vocabulary,
    /// Persons, enterprises, accounts, staff.
    pub identity: Identity,
    /// What the city sets by day.
    pub settings: Settings,
    /// Service items.
    pub catalogue: Catalogue,
    /// Seals of the city's bodies.
    pub seals: Seals,
    /// The certificate library.
    pub certificates: Certificates,
    /// Files.
    pub blobs: Blobs,
    /// The case engine.
    pub cases: Cases,
    /// How it was started.
    pub config: Config,
    /// Every page and document says 演示环境.
    pub demo: bool,
}

/// Where files lie: a folder or a bucket.
fn store(config: &Config) -> Result<Store, CommandError> {
    match config.bucket() {
        None => Store::folder(&config.files()).doing("the folder of files cannot be used"),
        Some(place) => bucket(place),
    }
}

#[cfg(feature = "s3")]
fn bucket((name, endpoint): (&str, Option<&str>)) -> Result<Store, CommandError> {
    Store::s3(name, endpoint).map_err(|e| {
        CommandError::new(format!("the bucket {name} cannot be used"))
            .because(e)
            .advice("check --files or TONGBAN_FILES, and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION")
    })
}

#[cfg(not(feature = "s3"))]
fn bucket((name, _): (&str, Option<&str>)) -> Result<Store, CommandError> {
    Err(CommandError::new(format!("this binary was built without S3, so the bucket {name} cannot be used"))
        .advice("build it with `cargo build --release --features s3`, or name a folder with --files"))
}

impl Platform {
    /// Opens the database and brings it up to date.
    ///
    /// # Errors
    /// When the folder, the database or a migration fails.
    pub async fn database(config: &Config) -> Result<(Db, MigrationReport), CommandError> {
        std::fs::create_dir_all(&config.data_dir).map_err(|e| {
            CommandError::new(format!("the data folder {} cannot be made", config.data_dir.display()))
                .because(e)
                .advice("choose another with --data-dir or TONGBAN_DATA_DIR")
        })?;
        let options = Options { connections: config.connections };
        let advice = "check --database-url or TONGBAN_DATABASE_URL, and that the server runs and lets you in";
        let db = Db::open(&config.database(), options).await.doing("the database cannot be opened")?;
        let report = db
            .migrate(SCHEMAS, Clock::system().now())
            .await
            .map_err(|e| CommandError::new("the database cannot be brought up to date").because(e).advice(advice))?;
        Ok((db, report))
    }

    /// Everything over the configured database.
    ///
    /// # Errors
    /// As [`Platform::database`]; when keys or files cannot be used.
    pub async fn open(config: &Config, demo: bool) -> Result<Self, CommandError> {
        let (db, _) = Self::database(config).await?;
        let keys = Keys::open_or_create(&config.keys()).doing("the keys cannot be read")?;
        let store = store(config)?;
        let platform = Self::over(db, Clock::system(), keys, store, config.clone(), demo)?;
        platform.settings.refresh().await.doing("what the city has set cannot be read")?;
        Ok(platform)
    }

    /// Everything over these parts.
    ///
    /// # Errors
    /// When the published calendar cannot be read.
    pub fn over(
        db: Db,
        clock: Clock,
        keys: Keys,
        store: Store,
        config: Config,
        demo: bool,
    ) -> Result<Self, CommandError> {
        let vocabulary = Vocabulary::guiyang();
        let calendar = WorkingCalendar::parse(CALENDAR).doing("the calendar cannot be read")?;
        let settings = Settings::new(db.clone(), vocabulary.clone(), calendar);
        let identity =
            Identity::new(db.clone(), clock.clone(), keys.clone()).with_ports(ports::identity(&config, demo)?);
        let catalogue = Catalogue::new(db.clone(), clock.clone(), vocabulary.clone());
        let blobs = Blobs::new(db.clone(), store, clock.clone(), keys.clone());
        // In service a module stands behind the port; there is no adapter for one yet, so no seal is made.
        let seal_keys = demo.then(|| -> Arc<dyn SealKeys> {
            Arc::new(DemoKeys::new(config.keys().join("seals"), keys.clone(), clock.clone()))
        });
        let seals = Seals::new(db.clone(), clock.clone(), vocabulary.clone(), settings.clone(), seal_keys);
        let certificates =
            Certificates::new(db.clone(), clock.clone(), keys.clone(), vocabulary.clone(), settings.clone())
                .with_press(seals.clone(), blobs.clone(), "");
        let cases = Cases::new(Parts {
            db: db.clone(),
            clock: clock.clone(),
            keys: keys.clone(),
            settings: settings.clone(),
            catalogue: catalogue.clone(),
            identity: identity.clone(),
            certificates: certificates.clone(),
            blobs: blobs.clone(),
            vocabulary: vocabulary.clone(),
            government: GOVERNMENT.to_owned(),
            demo,
            city_region: CITY_REGION.to_owned(),
        });
        Ok(Self {
            db,
            clock,
            keys,
            vocabulary,
            identity,
            settings,
            catalogue,
            seals,
            certificates,
            blobs,
            cases,
            config,
            demo,
        })
    }

    /// The same platform, whose documents bear the address `address` (scheme and host) in their codes.
    #[must_use]
    pub fn reached_at(&self, address: &str) -> Self {
        let certificates = self.certificates.clone().with_press(self.seals.clone(), self.blobs.clone(), address);
        Self { certificates, ..self.clone() }
    }

    /// Whether the database answers and is up to date.
    ///
    /// # Errors
    /// What is amiss, in English, for the operator.
    pub async fn ready(&self) -> Result<(), String> {
        let asked = async {
            let mut tx = self.db.read().await?;
            db::outbox::lag(&mut tx, i64::MAX).await
        };
        match tokio::time::timeout(Duration::from_secs(2), asked).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the database does not answer".to_owned()),
        }
    }

    /// Shared.
    pub fn shared(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }
}
