//! Lists, queues and readings at growing sizes.
//!
//! The case engine makes the first size, or as many as it is asked to. Larger sizes are reached by copying the rows of
//! its tables with new keys, other applicants and later instants: copied histories and documents have their keys and no
//! text, so lists, queues and look-ups work on full tables, while what is read case by case are cases that the engine
//! made. The report says how many those are.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, header},
};
use db::{Db, Engine};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{
    BenchError, Scratch,
    error::While,
    figures::{Latency, table},
};

/// How much slower the largest size may be than the first.
pub const AIM: f64 = 1.5;
/// Progress is told each time so many cases more are there.
const TOLD_EACH: usize = 1000;
/// Lines of a page of a list.
const PAGE: usize = 20;

/// What is measured.
#[derive(Debug, Clone)]
pub struct Options {
    /// Cases in the database, one measurement for each, growing.
    pub sizes: Vec<usize>,
    /// The engine makes at most so many; the rest is copied.
    pub by_engine: usize,
    /// Readings of each kind at each size.
    pub readings: usize,
    /// Password of the demonstration accounts.
    pub password: String,
}

/// One kind of reading at all sizes.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// What is read.
    pub what: String,
    /// At each size.
    pub at: Vec<Latency>,
    /// Median at the last size to that at the first.
    pub last_to_first: f64,
}

/// Everything measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// Cases in the database.
    pub sizes: Vec<usize>,
    /// Of these, made by the engine; the others are copied rows.
    pub by_engine: usize,
    /// The ratio not to be exceeded.
    pub aim: f64,
    /// One for each kind of reading.
    pub lines: Vec<Line>,
}

impl Report {
    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut head = vec!["reading".to_owned()];
        for size in &self.sizes {
            head.extend([format!("{size}: p50 ms"), "p99 ms".to_owned()]);
        }
        head.push("last to first".to_owned());
        let mut rows = vec![head];
        for line in &self.lines {
            let mut row = vec![line.what.clone()];
            for at in &line.at {
                row.extend([format!("{:.2}", at.p50_ms), format!("{:.2}", at.p99_ms)]);
            }
            row.push(format!("{:.2}", line.last_to_first));
            rows.push(row);
        }
        let copied = if self.sizes.iter().any(|size| *size > self.by_engine) {
            format!("{} cases made by the engine, the others are rows copied from them", self.by_engine)
        } else {
            "all cases made by the engine".to_owned()
        };
        format!("{}: {copied}\n{}aim: last to first at most {}\n", self.database, table(&rows), self.aim)
    }
}

/// Measures on a founded city in `scratch`, whose site answers as `site`. `said` is told what goes on.
///
/// # Errors
/// When cases cannot be made or copied, or the site answers something else than what is asked.
pub async fn run(
    engine: &cases::Cases,
    scratch: &Scratch,
    site: Router,
    options: &Options,
    mut said: impl FnMut(&str),
) -> Result<Report, BenchError> {
    let db = &engine.db;
    let made = options.sizes.first().copied().unwrap_or_default().min(options.by_engine);
    let mut next = TOLD_EACH;
    let seeded = demo::seed::seed(engine, made, |there| {
        if there >= next {
            next = (there / TOLD_EACH + 1) * TOLD_EACH;
            said(&format!("{there} of {made} cases made"));
        }
    });
    let by_engine = seeded.await.doing("cases cannot be made")?.there();
    let asker = Asker { site, password: options.password.clone() };
    let mut copier = Copier::new(db, by_engine).await?;
    let mut readings: Option<Vec<Reading>> = None;
    let mut measured: Vec<Vec<Latency>> = Vec::new();
    for size in &options.sizes {
        copier.grow(scratch, db, *size, &mut said).await?;
        let readings = match &mut readings {
            Some(readings) => readings,
            none => none.insert(what_is_read(&asker, engine).await?),
        };
        said(&format!("reading at {size} cases"));
        for (place, reading) in readings.iter().enumerate() {
            let latency = asker.time(reading, options.readings).await?;
            match measured.get_mut(place) {
                Some(line) => line.push(latency),
                None => measured.push(vec![latency]),
            }
        }
    }
    let lines = readings.unwrap_or_default().into_iter().zip(measured).map(|(reading, at)| {
        let (first, last) = (at.first().map_or(1.0, |l| l.p50_ms), at.last().map_or(1.0, |l| l.p50_ms));
        Line { what: reading.what, at, last_to_first: last / first.max(f64::EPSILON) }
    });
    Ok(Report {
        database: if db.engine() == Engine::Sqlite { "sqlite" } else { "postgres" },
        sizes: options.sizes.clone(),
        by_engine,
        aim: AIM,
        lines: lines.collect(),
    })
}

/// One kind of reading: paths asked for in turn.
struct Reading {
    what: String,
    token: Option<String>,
    paths: Vec<String>,
}

/// Asks the site in this process.
struct Asker {
    site: Router,
    password: String,
}

impl Asker {
    async fn send(&self, request: Request<Body>) -> Result<Vec<u8>, BenchError> {
        let path = request.uri().to_string();
        let Ok(response) = self.site.clone().oneshot(request).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.doing("an answer broke off")?.to_bytes();
        if (200..300).contains(&status) { Ok(body.to_vec()) } else { Err(BenchError::Answer { path, status }) }
    }

    async fn get(&self, token: Option<&str>, path: &str) -> Result<Vec<u8>, BenchError> {
        let mut request = Request::builder().uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).doing("a path cannot be asked for")?).await
    }

    async fn json(&self, token: &str, path: &str) -> Result<Value, BenchError> {
        serde_json::from_slice(&self.get(Some(token), path).await?).doing("an answer is not JSON")
    }

    async fn sign_in(&self, username: &str) -> Result<String, BenchError> {
        let body = json!({"username": username, "password": self.password}).to_string();
        let request = Request::builder().method(Method::POST).uri("/api/v1/sessions");
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body));
        let answer = self.send(request.doing("nobody can be signed in")?).await?;
        let answer: Value = serde_json::from_slice(&answer).doing("an answer is not JSON")?;
        let token = answer.get("token").and_then(Value::as_str);
        token.map(str::to_owned).ok_or_else(|| BenchError::Missing("signing in gave no token".to_owned()))
    }

    async fn time(&self, reading: &Reading, count: usize) -> Result<Latency, BenchError> {
        let paths: Vec<&String> = reading.paths.iter().cycle().take(count.max(1)).collect();
        // What was not read for a while is read once before it counts.
        for path in reading.paths.iter().take(count.max(1)) {
            self.get(reading.token.as_deref(), path).await?;
        }
        let mut times: Vec<Duration> = Vec::new();
        for path in paths {
            let begun = Instant::now();
            self.get(reading.token.as_deref(), path).await?;
            times.push(begun.elapsed());
        }
        Latency::of(&times).ok_or_else(|| BenchError::Missing(format!("{} was not read", reading.what)))
    }
}

fn texts(page: &Value, member: &str) -> Vec<String> {
    let items = page.get("items").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get(member)?.as_str().map(str::to_owned)).collect()
}

/// The word of `words` that stands there most often.
fn commonest(words: &[String]) -> Option<&String> {
    words.iter().max_by_key(|word| words.iter().filter(|other| other == word).count())
}

/// Everything that is read, on the busiest department and the applicants with the most cases.
async fn what_is_read(asker: &Asker, engine: &cases::Cases) -> Result<Vec<Reading>, BenchError> {
    let missing = |what: &str| BenchError::Missing(format!("{what}: make more cases"));
    let mut busiest: Option<(usize, String, Value)> = None;
    for place in 1..=engine.vocabulary.departments().len() {
        let token = asker.sign_in(&format!("window{place}")).await?;
        let page = asker.json(&token, "/api/v1/cases?limit=100").await?;
        let tasks = asker.json(&token, "/api/v1/tasks?limit=100").await?;
        let weight = texts(&page, "number").len() + texts(&tasks, "number").len();
        if busiest.as_ref().is_none_or(|(most, ..)| weight > *most) {
            busiest = Some((weight, token, page));
        }
    }
    let (_, clerk, page) = busiest.ok_or_else(|| missing("no department has a case"))?;
    let mut own: Option<(usize, String, Value)> = None;
    for place in 1..=12 {
        let token = asker.sign_in(&format!("citizen{place}")).await?;
        let page = asker.json(&token, "/api/v1/cases?limit=100").await?;
        let count = texts(&page, "number").len();
        if own.as_ref().is_none_or(|(most, ..)| count > *most) {
            own = Some((count, token, page));
        }
    }
    let (_, citizen, mine) = own.ok_or_else(|| missing("no citizen has a case"))?;
    let item = texts(&page, "item");
    let item = commonest(&item).ok_or_else(|| missing("no department has a case"))?;
    let states = texts(&page, "state");
    let state = commonest(&states).ok_or_else(|| missing("no department has a case"))?;
    let numbers: Vec<String> = texts(&mine, "number").into_iter().take(PAGE).collect();
    let mut codes = Vec::new();
    for number in &numbers {
        let documents = asker.json(&citizen, &format!("/api/v1/cases/{number}/documents")).await?;
        codes.extend(texts(&documents, "id"));
    }
    if numbers.is_empty() || codes.is_empty() {
        return Err(missing("no case with a document"));
    }
    let list = |rest: &str| vec![format!("/api/v1/cases?limit={PAGE}{rest}")];
    let behind = |page: &Value| page.get("next").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (clerk, citizen) = (Some(clerk), Some(citizen));
    let mut readings = Vec::new();
    let mut read = |what: &str, token: &Option<String>, paths: Vec<String>| {
        readings.push(Reading { what: what.to_owned(), token: token.clone(), paths });
    };
    read("my matters", &citizen, list(""));
    read("my matters, a later page", &citizen, list(&format!("&after={}", behind(&mine))));
    read("my matters in a state", &citizen, list(&format!("&state={state}")));
    read("my matters in a state of none", &citizen, list("&state=archived"));
    read("department", &clerk, list(""));
    read("department, a later page", &clerk, list(&format!("&after={}", behind(&page))));
    read("department in a state", &clerk, list(&format!("&state={state}")));
    read("department in a state of none", &clerk, list("&state=archived"));
    read("department, one item", &clerk, list(&format!("&item={item}")));
    read("department, item in a state", &clerk, list(&format!("&item={item}&state={state}")));
    read("department, item in a state of none", &clerk, list(&format!("&item={item}&state=archived")));
    read("queue of a department", &clerk, vec![format!("/api/v1/tasks?scope=department&limit={PAGE}")]);
    read("queue of one clerk", &clerk, vec![format!("/api/v1/tasks?scope=mine&limit={PAGE}")]);
    read("one case", &citizen, numbers.iter().map(|number| format!("/api/v1/cases/{number}")).collect());
    read("history of a case", &citizen, numbers.iter().map(|n| format!("/api/v1/cases/{n}/events")).collect());
    read("confirming a document", &None, codes.iter().map(|code| format!("/confirm/{code}")).collect());
    Ok(readings)
}

/// Copies the rows of the case engine's tables.
struct Copier {
    tables: Vec<Copied>,
    base: usize,
    /// Copies so far, beside the rows they were made from.
    copies: usize,
}

/// One table.
struct Copied {
    table: String,
    columns: Vec<String>,
}

/// Behind every id that the engine gave: ids of one copy and the next do not meet. An id counts milliseconds in units of
/// 2²²; this is 24 hours, longer than any making of cases takes.
const APART: i64 = (24 * 3600 * 1000) << 22;
/// Copies in one transaction.
const AT_ONCE: usize = 10;

impl Copier {
    async fn new(db: &Db, base: usize) -> Result<Self, BenchError> {
        let tables = db::columns(db).await.doing("the tables cannot be listed")?.into_iter();
        let tables = tables.filter(|(table, columns)| {
            let own = cases::SCHEMA.homes.iter().any(|(name, _)| name == table);
            own && columns.iter().any(|column| column == "case_id")
        });
        let tables = tables.map(|(table, columns)| Copied { table, columns }).collect();
        Ok(Self { tables, base, copies: 0 })
    }

    async fn grow(
        &mut self,
        scratch: &Scratch,
        db: &Db,
        size: usize,
        said: &mut impl FnMut(&str),
    ) -> Result<(), BenchError> {
        let wanted = size.div_ceil(self.base.max(1)).saturating_sub(1);
        if self.copies == 0 && wanted > 0 {
            scratch.run(db.engine(), self.tables.iter().map(|table| table.aside()).collect()).await?;
        }
        while self.copies < wanted {
            let until = wanted.min(self.copies + AT_ONCE);
            let texts = (self.copies + 1..=until).flat_map(|copy| self.tables.iter().map(move |t| t.copy(copy)));
            scratch.run(db.engine(), texts.collect()).await?;
            self.copies = until;
            said(&format!("{} of {size} cases", self.base * (self.copies + 1)));
        }
        if db.engine() == Engine::Postgres {
            // A server does this by itself after a while; the embedded engine is never told.
            scratch.run(db.engine(), vec!["ANALYZE".to_owned()]).await?;
        }
        Ok(())
    }
}

impl Copied {
    /// Puts the rows of the engine aside, histories and documents without their texts.
    fn aside(&self) -> String {
        let values = self.columns.iter().map(|column| match column.as_str() {
            "body" => "'' AS body",
            other => other,
        });
        let (table, values) = (&self.table, values.collect::<Vec<_>>().join(", "));
        format!("CREATE TABLE bench_{table} AS SELECT {values} FROM {table}")
    }

    /// Those rows as the `copy`-th copy.
    fn copy(&self, copy: usize) -> String {
        let away = APART.saturating_mul(i64::try_from(copy).unwrap_or(i64::MAX));
        let numbered = !self.columns.iter().any(|column| column == "body");
        let values = self.columns.iter().map(|column| match column.as_str() {
            "case_id" | "document_id" | "subject_id" => format!("{column} + {away}"),
            "number" if numbered => format!("number || '-{copy}'"),
            "submitted_at" | "changed_at" | "since" => format!("{column} + {copy}000"),
            "sealed" => "NULL".to_owned(),
            other => other.to_owned(),
        });
        let (table, names) = (&self.table, self.columns.join(", "));
        let values = values.collect::<Vec<_>>().join(", ");
        format!("INSERT INTO {table} ({names}) SELECT {values} FROM bench_{table}")
    }
}
