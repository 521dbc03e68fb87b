//! The outermost layer: the request's number, panics, the face of problems, headers, the log line and the counters.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use kernel::{Act, Actor};

use super::{Manner, Shared};
use crate::{Fields, Look, Problem, RequestId, access::is_api, extract::came_from, ui};

/// Pages and everything on them come from this site; no inline script, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Who the guard found, told to the edge for the log line and the error page.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(pub(super) Arc<OnceLock<Act>>);

/// What somebody typed into a page's form, told by the guard for the page of a problem.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(pub(super) Arc<OnceLock<Fields>>);

/// The request's number, told to the guard.
#[derive(Debug, Clone)]
pub(super) struct Number(pub(super) String);

pub(super) async fn edge(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let number = RequestId::fresh(shared.clock.now()).to_string();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let own = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let here = came_from(&method, request.headers(), request.uri());
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let headers = (!is_api(&path)).then(|| request.headers().clone());
    let found = Found::default();
    let typed = Typed::default();
    request.extensions_mut().insert(found.clone());
    request.extensions_mut().insert(typed.clone());
    request.extensions_mut().insert(Number(number.clone()));
    request.extensions_mut().insert(Arc::clone(&shared.manner));
    request.extensions_mut().insert(shared.manner.cookie);

    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned());
        Problem::internal("request.panic", format!("panicked: {text}")).into_response()
    });

    let act = found.0.get();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        report(&problem, &number, &route);
        response = match headers {
            None => show(problem.to_json(Some(&number)), response),
            Some(headers) => {
                let act = act.cloned().unwrap_or_else(|| Act::new(Actor::Stranger, shared.clock.now()));
                let look = Look::of(&shared.manner, act, &headers, &here).await;
                let sent = typed.0.get().map(|fields| (own.as_str(), fields));
                let mut page = (problem.status(), ui::problem_page(&problem, &number, &look, sent)).into_response();
                problem.common_headers(&mut page);
                show(page, response)
            }
        };
    }
    harden(response.headers_mut(), &shared.manner, act.is_some_and(|act| act.account().is_some()) || is_api(&path));
    if let Ok(value) = HeaderValue::from_str(&number) {
        response.headers_mut().insert("x-request-id", value);
    }
    record(&shared, &method, &route, &number, act, response.status(), started);
    response
}

/// The face of a problem instead of the bare answer, keeping cookies that were set on the way.
fn show(mut face: Response, before: Response) -> Response {
    for cookie in before.headers().get_all(header::SET_COOKIE) {
        face.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    face
}

/// Writes what went wrong on our side into the log, once, with all causes.
fn report(problem: &Problem, number: &str, route: &str) {
    let (status, code) = (problem.status(), problem.code());
    let cause = problem.causes().unwrap_or_default();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(request = number, route, code, cause, "request {number} could not be served: {code}: {cause}");
    } else if status.is_server_error() {
        tracing::error!(request = number, route, code, cause, "request {number} failed: {code}: {cause}");
    } else {
        tracing::debug!(request = number, route, code, cause, "request {number} refused: {code}");
    }
}

/// Headers that every answer bears; a handler's own are kept.
fn harden(headers: &mut HeaderMap, manner: &Manner, private: bool) {
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        header::HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(self), microphone=(), payment=()",
    );
    set(header::CACHE_CONTROL, if private { "no-store" } else { "no-cache" });
    if manner.secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

/// One log line and one count for each request. Neither bears the path itself, which may name a case or a code.
fn record(
    shared: &Shared,
    method: &Method,
    route: &str,
    number: &str,
    act: Option<&Act>,
    status: StatusCode,
    started: Instant,
) {
    let seconds = started.elapsed().as_secs_f64();
    let status = status.as_u16();
    let labels = [("method", method.to_string()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", "method" => method.to_string(), "route" => route.to_owned())
        .record(seconds);
    let account = act.and_then(Act::account).map(|account| account.to_string()).unwrap_or_default();
    let ms = seconds * 1000.0;
    let quiet = shared.routes.get(route).is_some_and(|routes| routes.iter().all(|route| route.quiet));
    if quiet {
        tracing::debug!(request = number, account, %method, route, status, ms, "{method} {route} {status} in {ms:.1} ms");
    } else {
        tracing::info!(request = number, account, %method, route, status, ms, "{method} {route} {status} in {ms:.1} ms");
    }
}

/// `HEAD` gets the headers of `GET` and no body, also where an error page was written.
pub(super) async fn head_without_body(request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    let response = next.run(request).await;
    if head { response.map(|_| Body::empty()) } else { response }
}
