//! The walk: every item of a running platform from application to result, through the interface for programs, each step
//! by an account of the right role and department.

pub mod api;
mod certificate;
mod drive;
mod error;
mod sample;
mod sheet;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use catalogue::domain::{CertificateFacts, Item, Procedure};
use hyper::Method;
use jiff::civil::Date;
use kernel::{Clock, city_date};
use serde::Serialize;
use serde_json::{Value, json};
use vocab::Vocabulary;

pub use certificate::SealedCertificate;
pub use error::WalkError;
pub use sample::{Sample, SampleReport};
pub use sheet::sheet;

use crate::{
    answers::{Answers, Candidate, find},
    city::people,
};
use api::{Api, ApiError, Call, Http, Sent};

/// How one item went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemReport {
    /// Item.
    pub slug: String,
    /// Number of the case.
    pub number: String,
    /// Who applied.
    pub applicant: String,
    /// State at the end.
    pub state: String,
    /// How often the applicant had to come in person on this way of applying.
    pub visits: u32,
    /// Materials that were demanded before the reform.
    pub materials_baseline: usize,
    /// Files that were asked from the applicant in this walk.
    pub materials_now: usize,
    /// Entries in the history of the case.
    pub events: i64,
    /// No member of staff had to act.
    pub automatic: bool,
}

/// An item that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedItem {
    /// Item.
    pub slug: String,
    /// Item, step and what the platform answered.
    pub error: String,
}

/// How all items went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WalkReport {
    /// Items that came to their end.
    pub items: Vec<ItemReport>,
    /// Items that did not.
    pub failed: Vec<FailedItem>,
}

/// One item done, for whoever watches.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Items done.
    pub done: usize,
    /// Items to do.
    pub total: usize,
    /// The item.
    pub slug: &'a str,
    /// How it went.
    pub outcome: &'a Result<ItemReport, WalkError>,
}

/// A walker with the accounts of the demonstration city. It signs each of them in once.
pub struct Walk {
    api: Arc<dyn Api>,
    password: String,
    vocabulary: Vocabulary,
    today: Mutex<Option<Date>>,
    tokens: Mutex<BTreeMap<String, String>>,
    /// What each applicant holds, as far as it was asked.
    held: Mutex<BTreeMap<String, Vec<CertificateFacts>>>,
    /// Makes the files of this walk differ from each other and from those of others.
    mark: String,
    files: AtomicU64,
}

impl std::fmt::Debug for Walk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Walk")
    }
}

/// A value behind a lock, whatever happened to who held it before.
fn inside<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Walk {
    /// A walker over the platform at `base_url`, whose demonstration accounts have `password`.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(base_url: &str, password: &str) -> Result<Self, ApiError> {
        Ok(Self::over(Arc::new(Http::new(base_url)?), password))
    }

    /// A walker that reaches the platform in its own way.
    #[must_use]
    pub fn over(api: Arc<dyn Api>, password: &str) -> Self {
        Self {
            api,
            password: password.to_owned(),
            vocabulary: Vocabulary::guiyang(),
            today: Mutex::new(None),
            tokens: Mutex::default(),
            held: Mutex::default(),
            mark: gm::token(),
            files: AtomicU64::new(0),
        }
    }

    /// For a platform whose clock stands at another day than its answers say.
    #[must_use]
    pub fn on(self, today: Date) -> Self {
        *inside(&self.today) = Some(today);
        self
    }

    /// The platform's day: as told, else as its answers said, else that of this machine.
    fn today(&self) -> Date {
        inside(&self.today).unwrap_or_else(|| city_date(Clock::system().now()))
    }

    async fn send(&self, at: &str, call: Call<'_>) -> Result<api::Reply, WalkError> {
        let reply = self.api.call(call).await.map_err(|source| WalkError::Api { at: at.to_owned(), source })?;
        if let Some(date) = reply.date {
            inside(&self.today).get_or_insert(city_date(date));
        }
        Ok(reply)
    }

    async fn token(&self, account: &str) -> Result<String, WalkError> {
        if let Some(token) = inside(&self.tokens).get(account) {
            return Ok(token.clone());
        }
        let body = json!({"username": account, "password": self.password});
        let call = Call { method: Method::POST, path: "/api/v1/sessions", token: None, sent: Sent::Json(&body) };
        let reply = self.send("signing in", call).await?;
        match reply.body.get("token").and_then(Value::as_str) {
            Some(token) if reply.status == 201 => {
                inside(&self.tokens).insert(account.to_owned(), token.to_owned());
                Ok(token.to_owned())
            }
            _ => Err(WalkError::SignIn { account: account.to_owned(), status: reply.status, problem: reply.body }),
        }
    }

    /// One request as `account`, signing in when needed; an ended session is begun anew, once.
    async fn ask(
        &self,
        at: &str,
        account: &str,
        method: Method,
        path: &str,
        sent: Sent<'_>,
    ) -> Result<Value, WalkError> {
        for again in [true, false] {
            let token = self.token(account).await?;
            let reply = self.send(at, Call { method: method.clone(), path, token: Some(&token), sent }).await?;
            match reply.status {
                200..300 => return Ok(reply.body),
                401 if again => {
                    inside(&self.tokens).remove(account);
                }
                status => {
                    let (at, account) = (at.to_owned(), account.to_owned());
                    return Err(WalkError::Refused { at, account, status, problem: reply.body });
                }
            }
        }
        Err(WalkError::Answer { at: at.to_owned(), missing: "lasting session" })
    }

    /// Something everybody may see.
    async fn look(&self, path: &str) -> Result<Value, WalkError> {
        let call = Call { method: Method::GET, path, token: None, sent: Sent::Nothing };
        let reply = self.send(path, call).await?;
        if reply.status == 200 {
            return Ok(reply.body);
        }
        let (at, account) = (path.to_owned(), "nobody".to_owned());
        Err(WalkError::Refused { at, account, status: reply.status, problem: reply.body })
    }

    /// All entries of a list, page by page.
    async fn pages(&self, account: Option<&str>, path: &str) -> Result<Vec<Value>, WalkError> {
        let mut entries = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let cursor = after.map(|after| format!("&after={after}")).unwrap_or_default();
            let path = format!("{path}?limit=100{cursor}");
            let mut page = match account {
                Some(account) => self.ask(&path, account, Method::GET, &path, Sent::Nothing).await?,
                None => self.look(&path).await?,
            };
            let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) else {
                return Err(WalkError::Answer { at: path, missing: "items" });
            };
            entries.extend(items);
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = Some(next.to_owned()),
                None => return Ok(entries),
            }
        }
    }

    /// Slugs of all items, in the order of the platform's list.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub async fn slugs(&self) -> Result<Vec<String>, WalkError> {
        let items = self.pages(None, "/api/v1/items").await?;
        Ok(items.iter().filter_map(|item| Some(item.get("slug")?.as_str()?.to_owned())).collect())
    }

    /// One item as published, ready to be assessed here.
    async fn procedure(&self, slug: &str) -> Result<Procedure, WalkError> {
        let path = format!("/api/v1/items/{slug}");
        let mut view = self.look(&path).await?;
        let broken = |reason: String| WalkError::Item { item: slug.to_owned(), reason };
        let version = view.get("version").and_then(Value::as_i64).unwrap_or(1);
        let item = view.get_mut("item").map(Value::take).unwrap_or_default();
        let item: Item = serde_json::from_value(item).map_err(|error| broken(error.to_string()))?;
        Procedure::compile(item, version)
            .map_err(|faults| broken(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
    }

    /// Everybody who could apply, with what the platform says they hold.
    async fn candidates(&self) -> Result<Vec<Candidate>, WalkError> {
        let mut candidates = Vec::new();
        // Signing in tells the platform's day, which ages and validity go by.
        self.token("citizen1").await?;
        for (account, facts) in people::applicants(self.today()) {
            let known = inside(&self.held).get(&account).cloned();
            let certificates = match known {
                Some(certificates) => certificates,
                None => {
                    let listed = self.pages(Some(&account), "/api/v1/certificates").await?;
                    let certificates: Vec<CertificateFacts> = listed.iter().filter_map(certificate).collect();
                    inside(&self.held).insert(account.clone(), certificates.clone());
                    certificates
                }
            };
            candidates.push(Candidate { account, facts, certificates });
        }
        Ok(candidates)
    }

    /// The applicant and the answers for an item.
    async fn answers(&self, procedure: &Procedure) -> Result<(Candidate, Answers), WalkError> {
        let mut candidates = self.candidates().await?;
        let answers = find(procedure, &candidates, self.today())?;
        Ok((candidates.swap_remove(answers.applicant), answers))
    }

    /// Uploads a file of its own for `material` and answers its id.
    async fn upload(&self, at: &str, account: &str, material: &str) -> Result<String, WalkError> {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let bytes = sheet(&format!("Demonstration: {at}, {material}, {number}, {}", self.mark));
        let name = format!("{material}.pdf");
        let at = format!("{at}, uploading {material}");
        let sent = Sent::File { name: &name, bytes: &bytes };
        let stored = self.ask(&at, account, Method::POST, "/api/v1/files", sent).await?;
        let id = stored.get("id").and_then(Value::as_str).map(str::to_owned);
        id.ok_or(WalkError::Answer { at, missing: "id" })
    }

    /// Who can apply for `slug` online, and the request by which they would: `POST /api/v1/cases`. The files it names are
    /// uploaded; nothing is handed in.
    ///
    /// # Errors
    /// When nobody can apply, or a file cannot be uploaded.
    pub async fn application(&self, slug: &str) -> Result<(String, Value), WalkError> {
        let procedure = self.procedure(slug).await?;
        let (candidate, answers) = self.answers(&procedure).await?;
        let mut materials = serde_json::Map::new();
        for key in &answers.materials {
            let file = self.upload(slug, &candidate.account, key).await?;
            materials.insert(key.clone(), json!({ "file": file }));
        }
        let body = json!({
            "item": slug, "channel": "web", "form": answers.form, "materials": materials,
            "consent": identity::CONSENT_TEXT_VERSION,
        });
        Ok((candidate.account, body))
    }

    /// Walks one item from application to rating.
    ///
    /// # Errors
    /// With item, step and what the platform answered.
    pub async fn walk_item(&self, slug: &str) -> Result<ItemReport, WalkError> {
        let procedure = self.procedure(slug).await?;
        let mut course = self.submit(procedure, &[]).await?;
        self.drive(&mut course).await?;
        let seen = self.applicant(&mut course, json!({"type": "rate", "score": 5})).await?;
        inside(&self.held).remove(&course.applicant);
        let item = &course.procedure.item;
        let events = seen.get("seq").and_then(Value::as_i64);
        Ok(ItemReport {
            slug: slug.to_owned(),
            number: course.number.clone(),
            applicant: course.applicant.clone(),
            state: course.state.clone(),
            visits: if course.at_counter { item.visits.max(1) } else { item.visits },
            materials_baseline: item.materials.iter().filter(|material| material.baseline).count(),
            materials_now: course.files,
            events: events.ok_or(WalkError::Answer { at: slug.to_owned(), missing: "seq" })?,
            automatic: course.acts_of_staff == 0,
        })
    }

    /// Walks every item for which `wanted` answers yes, one after the other, and tells `progress` of each. An item that
    /// does not come to its end is reported and does not stop the walk.
    ///
    /// # Errors
    /// When the platform does not list its items.
    pub async fn walk_all(
        &self,
        wanted: impl Fn(&str) -> bool,
        mut progress: impl FnMut(&Progress<'_>),
    ) -> Result<WalkReport, WalkError> {
        let slugs: Vec<String> = self.slugs().await?.into_iter().filter(|slug| wanted(slug)).collect();
        let mut report = WalkReport::default();
        for (place, slug) in slugs.iter().enumerate() {
            let outcome = self.walk_item(slug).await;
            progress(&Progress { done: place + 1, total: slugs.len(), slug, outcome: &outcome });
            match outcome {
                Ok(item) => report.items.push(item),
                Err(error) => report.failed.push(FailedItem { slug: slug.clone(), error: error.to_string() }),
            }
        }
        Ok(report)
    }
}

/// One line of the list of certificates as rules see it. Numbers may be masked there, which no rule minds.
fn certificate(line: &Value) -> Option<CertificateFacts> {
    let text = |key: &str| line.get(key).and_then(Value::as_str);
    if !matches!(text("status")?, "effective" | "expired") {
        return None;
    }
    Some(CertificateFacts {
        id: text("id")?.to_owned(),
        certificate_type: text("certificate_type")?.to_owned(),
        number: text("number")?.to_owned(),
        valid: line.get("valid")?.as_bool()?,
        issued_on: text("issued_on")?.parse().ok()?,
        expires_on: text("expires_on").and_then(|day| day.parse().ok()),
        data: line.get("data").and_then(|data| serde_json::from_value(data.clone()).ok()).unwrap_or_default(),
    })
}
