//! Pages under load beside a static file of the same server.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response,
    body::Incoming,
    client::conn::http1::SendRequest,
    header::{ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE},
};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

use crate::{
    BenchError,
    error::While,
    figures::{Latency, table},
};

/// What a page may take under load, 99 of 100, in milliseconds.
pub const AIM_MS: f64 = 10.0;
/// What the idle process may hold, in MiB.
pub const AIM_IDLE_MIB: f64 = 150.0;

/// Accounts of a kind that are looked through for one with cases.
const ACCOUNTS: usize = 12;

/// One page to be asked for.
#[derive(Debug, Clone)]
pub struct Page {
    /// The account that asks; none for a stranger. `citizen*`: one of [`Holder`].
    pub who: Option<&'static str>,
    /// Path and query; `{case}` is a case of that holder.
    pub path: String,
}

/// Somebody with cases: the first account of `citizen1`, `citizen2`, … on whose list there is one.
#[derive(Debug, Clone, Copy)]
pub struct Holder {
    /// How the accounts are called, with `*` for their number.
    pub who: &'static str,
    /// The list.
    pub list: &'static str,
    /// How a link to a case begins; its number follows.
    pub link: &'static str,
}

/// What is measured.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the site listens.
    pub address: SocketAddr,
    /// Connections kept open.
    pub connections: usize,
    /// Requests of each page.
    pub requests: usize,
    /// Requests a second over all connections; none: each connection asks again as soon as it has its answer.
    pub rate: Option<u32>,
    /// The file everything stands beside.
    pub file: String,
    /// Who has cases.
    pub holders: Vec<Holder>,
    /// Password of the demonstration accounts.
    pub password: String,
}

/// One page.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Who asks: an account, or `stranger`.
    pub who: String,
    /// Path and query.
    pub path: String,
    /// Bytes of the body as sent.
    pub bytes: usize,
    /// Requests a second.
    pub per_second: f64,
    /// How long an answer takes.
    pub latency: Latency,
    /// 99 of 100, to the same of the file.
    pub to_file: f64,
}

/// Everything measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Connections kept open.
    pub connections: usize,
    /// Requests a second that were asked for; none: as many as are answered.
    pub rate: Option<u32>,
    /// The file, then the pages.
    pub lines: Vec<Line>,
    /// Memory of the process before the load, in MiB; none where the system does not say.
    pub idle_mib: Option<f64>,
    /// After it, with the load generator.
    pub after_mib: Option<f64>,
    /// What 99 of 100 may take.
    pub aim_ms: f64,
    /// What the idle process may hold, in MiB.
    pub aim_idle_mib: f64,
}

impl Report {
    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let head = ["page", "as", "bytes", "per second", "p50 ms", "p99 ms", "p99 to file"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for line in &self.lines {
            rows.push(vec![
                line.path.clone(),
                line.who.clone(),
                line.bytes.to_string(),
                format!("{:.0}", line.per_second),
                format!("{:.2}", line.latency.p50_ms),
                format!("{:.2}", line.latency.p99_ms),
                format!("{:.2}", line.to_file),
            ]);
        }
        let rate =
            self.rate.map_or_else(|| "as fast as it answers".to_owned(), |rate| format!("{rate} a second in all"));
        let memory = |mib: Option<f64>| mib.map_or_else(|| "?".to_owned(), |mib| format!("{mib:.0} MiB"));
        format!(
            "{} connections, {rate}\n{}aim: p99 at most {} ms\nmemory: idle {} (aim at most {} MiB), after the load {}\n",
            self.connections,
            table(&rows),
            self.aim_ms,
            memory(self.idle_mib),
            self.aim_idle_mib,
            memory(self.after_mib),
        )
    }
}

/// Memory that this process holds, in MiB. `None`: the system does not say.
#[must_use]
pub fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Asks for every page of `pages` on a site that listens, and for the file. The load comes from a thread of its own.
///
/// # Errors
/// When the site does not answer, or a page is no page.
pub async fn run(options: &Options, pages: &[Page]) -> Result<Report, BenchError> {
    let idle_mib = resident_mib();
    let (options, pages) = (options.clone(), pages.to_vec());
    let load = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.doing("the load cannot be started")?.block_on(load(&options, &pages))
    };
    let mut report = tokio::task::spawn_blocking(load).await.doing("the load broke off")??;
    report.idle_mib = idle_mib;
    report.after_mib = resident_mib();
    Ok(report)
}

async fn load(options: &Options, pages: &[Page]) -> Result<Report, BenchError> {
    let file = Page { who: None, path: options.file.clone() };
    let mut held: Vec<Held> = Vec::new();
    for holder in options.holders.iter().filter(|holder| pages.iter().any(|page| page.who == Some(holder.who))) {
        held.push(Held::find(options, *holder).await?);
    }
    let mut lines: Vec<Line> = Vec::new();
    for page in std::iter::once(&file).chain(pages) {
        let asked = match held.iter().find(|held| Some(held.holder.who) == page.who) {
            Some(held) => held.asked(options.address, &page.path),
            None => Asked {
                address: options.address,
                who: page.who.unwrap_or("stranger").to_owned(),
                path: page.path.clone(),
                cookie: match page.who {
                    Some(who) => Some(sign_in(options, who).await?),
                    None => None,
                },
            },
        };
        let mut line = ask(options, asked).await?;
        let beside = lines.first().unwrap_or(&line).latency.p99_ms;
        line.to_file = line.latency.p99_ms / beside.max(f64::EPSILON);
        lines.push(line);
    }
    Ok(Report {
        connections: options.connections,
        rate: options.rate,
        lines,
        idle_mib: None,
        after_mib: None,
        aim_ms: AIM_MS,
        aim_idle_mib: AIM_IDLE_MIB,
    })
}

type Connection = SendRequest<Full<Bytes>>;

async fn open(address: SocketAddr) -> Result<Connection, BenchError> {
    let stream = TcpStream::connect(address).await.doing("the site cannot be reached")?;
    stream.set_nodelay(true).doing("the site cannot be reached")?;
    let (sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.doing("the site cannot be reached")?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection of the load ended");
        }
    });
    Ok(sender)
}

async fn send(connection: &mut Connection, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, BenchError> {
    connection.ready().await.doing("the site closed a connection")?;
    connection.send_request(request).await.doing("the site gave no answer")
}

/// Signs in as people do; answers the cookie.
async fn sign_in(options: &Options, who: &str) -> Result<String, BenchError> {
    let body: String = format!("username={who}&password={}", form_encoded(&options.password));
    let request = Request::builder()
        .method(Method::POST)
        .uri("/sign-in")
        .header(HOST, options.address.to_string())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(body))
        .doing("nobody can be signed in")?;
    let response = send(&mut open(options.address).await?, request).await?;
    let cookie = response.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    cookie.ok_or_else(|| BenchError::Missing(format!("{who} could not sign in")))
}

fn form_encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// A holder who was found.
struct Held {
    holder: Holder,
    who: String,
    cookie: String,
    case: String,
}

impl Held {
    async fn find(options: &Options, holder: Holder) -> Result<Self, BenchError> {
        for place in 1..=ACCOUNTS {
            let who = holder.who.replace('*', &place.to_string());
            let cookie = sign_in(options, &who).await?;
            let request = Request::builder().uri(holder.list).header(HOST, options.address.to_string());
            let request = request.header(COOKIE, &cookie).body(Full::default()).doing("a list cannot be asked for")?;
            let response = send(&mut open(options.address).await?, request).await?;
            let body = response.into_body().collect().await.doing("an answer broke off")?.to_bytes();
            if let Some(case) = link(&String::from_utf8_lossy(&body), holder.link) {
                return Ok(Self { holder, who, cookie, case });
            }
        }
        Err(BenchError::Missing(format!("no {} has a case on {}", holder.who, holder.list)))
    }

    fn asked(&self, address: SocketAddr, path: &str) -> Asked {
        let path = path.replace("{case}", &self.case);
        Asked { address, who: self.who.clone(), path, cookie: Some(self.cookie.clone()) }
    }
}

/// The first link of a page that begins so and goes on with a number.
fn link(page: &str, begins: &str) -> Option<String> {
    let behind = page.split("href=\"").filter_map(|rest| rest.strip_prefix(begins));
    let mut numbers = behind.map(|rest| rest.split('"').next().unwrap_or_default());
    let number = numbers.find(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric()))?;
    Some(format!("{begins}{number}"))
}

async fn ask(options: &Options, asked: Asked) -> Result<Line, BenchError> {
    let request = Arc::new(asked);
    let mut first = open(options.address).await?;
    let (status, bytes) = request.send(&mut first).await?;
    if status != 200 {
        return Err(BenchError::Answer { path: request.path.clone(), status });
    }
    let left = Arc::new(AtomicUsize::new(options.requests));
    // Each connection asks at moments of its own, evenly apart.
    let connections = u32::try_from(options.connections).unwrap_or(u32::MAX).max(1);
    let pause = options.rate.map(|rate| Duration::from_secs(1) * connections / rate.max(1));
    let mut open_ones = Vec::new();
    for _ in 0..connections {
        open_ones.push(open(options.address).await?);
    }
    let started = Instant::now();
    let asking: Vec<_> = (0..connections)
        .zip(open_ones)
        .map(|(place, mut connection)| {
            let (request, left) = (Arc::clone(&request), Arc::clone(&left));
            tokio::spawn(async move {
                let mut times = Vec::new();
                let mut due = pause.map(|pause| tokio::time::Instant::now() + pause * place / connections);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    // Counted from when it was due, so that a queue in front of the site is seen.
                    let mut begun = Instant::now();
                    if let (Some(moment), Some(pause)) = (&mut due, pause) {
                        tokio::time::sleep_until(*moment).await;
                        begun = moment.into_std();
                        *moment += pause;
                    }
                    let (status, _) = request.send(&mut connection).await?;
                    if status != 200 {
                        return Err(BenchError::Answer { path: request.path.clone(), status });
                    }
                    times.push(begun.elapsed());
                }
                Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for one in asking {
        times.extend(one.await.doing("a connection broke off")??);
    }
    let seconds = started.elapsed().as_secs_f64();
    let latency = Latency::of(&times).ok_or_else(|| BenchError::Missing("nothing was asked".to_owned()))?;
    #[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
    let per_second = times.len() as f64 / seconds.max(f64::EPSILON);
    Ok(Line { who: request.who.clone(), path: request.path.clone(), bytes, per_second, latency, to_file: 1.0 })
}

/// What every connection asks for.
struct Asked {
    address: SocketAddr,
    /// An account, or `stranger`.
    who: String,
    path: String,
    cookie: Option<String>,
}

impl Asked {
    async fn send(&self, connection: &mut Connection) -> Result<(u16, usize), BenchError> {
        let mut request = Request::builder().uri(&self.path).header(HOST, self.address.to_string());
        // As browsers do.
        request = request.header(ACCEPT_ENCODING, "gzip, deflate, br");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Full::default()).doing("a path cannot be asked for")?;
        let response = send(connection, request).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.doing("an answer broke off")?;
        Ok((status, body.to_bytes().len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_survives_the_form() {
        assert_eq!(form_encoded("Guiyang-2019&x"), "Guiyang%2D2019%26x");
    }

    #[test]
    fn a_case_is_found_by_its_link() {
        let page =
            r#"<a href="/my/cases?after=1">…</a><a href="/my/cases/A1/pay">…</a><a class="x" href="/my/cases/B2">"#;
        assert_eq!(link(page, "/my/cases/").as_deref(), Some("/my/cases/B2"));
        assert_eq!(link(page, "/desk/cases/"), None);
    }

    #[test]
    fn the_process_holds_some_memory() {
        if cfg!(target_os = "linux") {
            assert!(resident_mib().is_some_and(|mib| mib > 1.0));
        }
    }
}
