//! Setting things, and knowing what is set.

use std::sync::{Arc, PoisonError, RwLock};

use audit::Entry;
use db::{Db, Tx};
use kernel::{AccountId, Act, Date, Role, Timestamp, calendar::WorkingCalendar, city_date};
use serde_json::json;
use vocab::Vocabulary;

use crate::{
    NoticeTexts, Office, Offices, Rules, SettingsError, Snapshot, Topic, Version, domain::version::first_day, store,
};

/// What a new calendar changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarChange {
    /// Days that become something else, in order.
    pub days: Vec<Date>,
    /// First day in force.
    pub valid_from: Date,
}

struct Inner {
    db: Db,
    vocabulary: Vocabulary,
    known: RwLock<Known>,
}

struct Known {
    /// Versions read so far.
    count: i64,
    snapshot: Arc<Snapshot>,
}

/// The city's settings. Cheap to clone; clones share what is known.
#[derive(Clone)]
pub struct Settings(Arc<Inner>);

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settings")
    }
}

/// Longest reason, characters.
const REASON_MAX: usize = 200;

impl Settings {
    /// Nothing is known yet but the calendar published with the program: call [`Settings::refresh`] once, and then every
    /// few minutes.
    #[must_use]
    pub fn new(db: Db, vocabulary: Vocabulary, published: WorkingCalendar) -> Self {
        let snapshot = Arc::new(Snapshot { published: Arc::new(published), ..Snapshot::default() });
        Self(Arc::new(Inner { db, vocabulary, known: RwLock::new(Known { count: 0, snapshot }) }))
    }

    /// What is known, without asking anybody.
    #[must_use]
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.known.read().unwrap_or_else(PoisonError::into_inner).snapshot)
    }

    /// The working days that count on `day`.
    #[must_use]
    pub fn calendar_on(&self, day: Date) -> Arc<WorkingCalendar> {
        self.current().calendar_on(day)
    }

    /// Reads what was set since, if anything was.
    ///
    /// # Errors
    /// When the database fails or a kept version cannot be read: what was known stays.
    pub async fn refresh(&self) -> Result<(), SettingsError> {
        let mut tx = self.0.db.read().await?;
        let count = store::count(&mut tx).await?;
        if count == self.0.known.read().unwrap_or_else(PoisonError::into_inner).count {
            return Ok(());
        }
        let snapshot = Arc::new(self.snapshot(&store::all(&mut tx).await?)?);
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Known { count, snapshot };
        Ok(())
    }

    fn snapshot(&self, versions: &[Version]) -> Result<Snapshot, SettingsError> {
        let mut snapshot = Snapshot { published: Arc::clone(&self.current().published), ..Snapshot::default() };
        for version in versions {
            let wrong = |reason: String| SettingsError::Corrupt {
                topic: version.topic.as_str(),
                version: version.version,
                reason,
            };
            let from = version.valid_from;
            match version.topic {
                Topic::Calendar => {
                    let calendar = WorkingCalendar::parse(&version.body).map_err(|e| wrong(e.to_string()))?;
                    snapshot.calendars.push((from, version.version, Arc::new(calendar)));
                }
                Topic::Notices => {
                    let texts = serde_json::from_str(&version.body).map_err(|e| wrong(e.to_string()))?;
                    snapshot.notices.push((from, Arc::new(texts)));
                }
                Topic::Offices => {
                    let offices = serde_json::from_str(&version.body).map_err(|e| wrong(e.to_string()))?;
                    snapshot.offices.push((from, Arc::new(offices)));
                }
                Topic::Rules => {
                    let rules = serde_json::from_str(&version.body).map_err(|e| wrong(e.to_string()))?;
                    snapshot.rules.push((from, Arc::new(rules)));
                }
            }
        }
        Ok(snapshot)
    }

    /// Every version, newest first.
    ///
    /// # Errors
    /// When the database fails or a version is not the one that was kept.
    pub async fn versions(&self, tx: &mut Tx, topic: Topic) -> Result<Vec<Version>, SettingsError> {
        let mut all = store::all(tx).await?;
        all.retain(|v| v.topic == topic);
        all.reverse();
        Ok(all)
    }

    /// Takes over a calendar, such as a newly published year. Days that are past cannot become something else.
    ///
    /// # Errors
    /// When it may not, cannot be read, changes the past or nothing.
    pub async fn load_calendar(
        &self,
        act: &Act,
        tx: &mut Tx,
        csv: &str,
        reason: &str,
    ) -> Result<CalendarChange, SettingsError> {
        let (account, reason) = may(act, reason)?;
        let newest = self.newest(tx).await?.newest_calendar();
        let mut next = (*newest).clone();
        let days = next.amend(&WorkingCalendar::parse(csv)?, city_date(act.at))?;
        if days.is_empty() {
            return Err(SettingsError::Same);
        }
        let detail = json!({ "days": days.len(), "first": days.first(), "last": days.last() });
        let valid_from = self.add(act, tx, (Topic::Calendar, account), next.to_csv(), reason, detail).await?;
        Ok(CalendarChange { days, valid_from })
    }

    /// Sets the words of notices; answers the first day in force.
    ///
    /// # Errors
    /// When it may not, something is wrong, or nothing changes.
    pub async fn set_notices(
        &self,
        act: &Act,
        tx: &mut Tx,
        texts: &NoticeTexts,
        reason: &str,
    ) -> Result<Date, SettingsError> {
        let (account, reason) = may(act, reason)?;
        let texts = texts.clone().tidy();
        let faults = texts.faults();
        if !faults.is_empty() {
            return Err(SettingsError::Invalid(faults));
        }
        let before = self.newest(tx).await?.notices_on(Date::MAX);
        if *before == texts {
            return Err(SettingsError::Same);
        }
        let changed: Vec<&String> =
            texts.closing.iter().filter(|(k, v)| before.closing.get(*k) != Some(v)).map(|(k, _)| k).collect();
        let detail = json!({ "remedies": before.remedies != texts.remedies, "closing": changed });
        self.add(act, tx, (Topic::Notices, account), written(&texts)?, reason, detail).await
    }

    /// Sets how a department is reached; answers the first day in force.
    ///
    /// # Errors
    /// When it may not, there is no such department, something is wrong, or nothing changes.
    pub async fn set_office(
        &self,
        act: &Act,
        tx: &mut Tx,
        department: &str,
        office: &Office,
        reason: &str,
    ) -> Result<Date, SettingsError> {
        let (account, reason) = may(act, reason)?;
        if self.0.vocabulary.department(department).is_none() {
            return Err(SettingsError::NoDepartment(department.to_owned()));
        }
        let office = office.clone().tidy();
        let faults = office.faults();
        if !faults.is_empty() {
            return Err(SettingsError::Invalid(faults));
        }
        let mut offices: Offices = (*self.newest(tx).await?.offices_on(Date::MAX)).clone();
        if offices.get(department).cloned().unwrap_or_default() == office {
            return Err(SettingsError::Same);
        }
        offices.insert(department.to_owned(), office);
        let detail = json!({ "department": department });
        self.add(act, tx, (Topic::Offices, account), written(&offices)?, reason, detail).await
    }

    /// Sets the rules of handling; answers the first day in force.
    ///
    /// # Errors
    /// When it may not, something is wrong, or nothing changes.
    pub async fn set_rules(&self, act: &Act, tx: &mut Tx, rules: &Rules, reason: &str) -> Result<Date, SettingsError> {
        let (account, reason) = may(act, reason)?;
        let faults = rules.faults();
        if !faults.is_empty() {
            return Err(SettingsError::Invalid(faults));
        }
        if *self.newest(tx).await?.rules_on(Date::MAX) == *rules {
            return Err(SettingsError::Same);
        }
        let detail = json!({ "deferral_closed_days": rules.deferral_closed_days });
        self.add(act, tx, (Topic::Rules, account), written(rules)?, reason, detail).await
    }

    /// The calendar's version that counts on `day` and by which deadlines have not been computed yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar_to_apply(&self, tx: &mut Tx, day: Date) -> Result<Option<i64>, SettingsError> {
        let versions = self.versions(tx, Topic::Calendar).await?;
        Ok(versions.iter().find(|v| v.valid_from <= day).filter(|v| v.applied_at.is_none()).map(|v| v.version))
    }

    /// Notes that running deadlines have been computed by this version of the calendar.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar_applied(&self, tx: &mut Tx, version: i64, at: Timestamp) -> Result<(), SettingsError> {
        Ok(store::applied(tx, Topic::Calendar, version, at).await?)
    }

    /// What is set as this transaction sees it.
    async fn newest(&self, tx: &mut Tx) -> Result<Snapshot, SettingsError> {
        self.snapshot(&store::all(tx).await?)
    }

    async fn add(
        &self,
        act: &Act,
        tx: &mut Tx,
        (topic, account): (Topic, AccountId),
        body: String,
        reason: &str,
        detail: serde_json::Value,
    ) -> Result<Date, SettingsError> {
        let version = store::newest(tx, topic).await? + 1;
        let valid_from = first_day(act.at);
        let new = Version {
            topic,
            version,
            valid_from,
            digest: gm::digest_hex(body.as_bytes()),
            body,
            reason: reason.to_owned(),
            by: act.name().to_owned(),
            at: act.at,
            applied_at: None,
        };
        if !store::add(tx, &new, account).await? {
            return Err(SettingsError::Stale(version));
        }
        let object = format!("settings:{topic}:{version}");
        let entry = Entry { reason: Some(reason), ..Entry::new("settings.set", &object) };
        audit::record(act, tx, entry.with(detail)).await?;
        Ok(valid_from)
    }
}

fn written<T: serde::Serialize>(value: &T) -> Result<String, SettingsError> {
    serde_json::to_string(value).map_err(|e| SettingsError::Corrupt {
        topic: "settings",
        version: 0,
        reason: e.to_string(),
    })
}

/// Who may set, and the reason he gave.
fn may<'a>(act: &Act, reason: &'a str) -> Result<(AccountId, &'a str), SettingsError> {
    let account = act.account().filter(|_| act.is(Role::SystemAdmin)).ok_or(SettingsError::NotAllowed)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX || reason.chars().any(char::is_control) {
        return Err(SettingsError::NoReason);
    }
    Ok((account, reason))
}
