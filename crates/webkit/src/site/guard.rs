//! The inner layer: who calls, whether he may, how much and how long.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Act, Actor};

use super::{
    Shared, address,
    edge::{Found, Number, Typed},
};
use crate::{
    Answer, Carried, Look, Problem, RouteInfo,
    access::{Verdict, is_api},
    carry::{self, kind_is},
    cookies,
    extract::came_from,
    reason::access_reason,
    see_other,
    ui::resume_page::{ended_page, resume_page},
    url_encode,
};

/// How a page's form is sent, unless it bears files.
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match hold(&shared, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn hold(shared: &Shared, mut request: Request, next: Next) -> Answer<Response> {
    let Some(path) = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()) else {
        // Nothing is declared here: the fallback answers 404.
        return Ok(next.run(request).await);
    };
    // A path that is not in the table was never given an access rule, so nobody may call it.
    let routes = shared.routes.get(&path).ok_or_else(Problem::not_found)?;
    let route = find(routes, request.method()).ok_or_else(|| Problem::method_not_allowed(&allowed(routes)))?;

    let act = if route.quiet {
        stranger(shared, &request)
    } else {
        identify(shared, stranger(shared, &request), request.headers().clone(), route).await?
    };
    if let Some(found) = request.extensions().get::<Found>() {
        let _ = found.0.set(act.clone());
    }
    match route.access.decide(&act) {
        Verdict::Allowed => {}
        Verdict::Forbidden => return Err(Problem::forbidden()),
        Verdict::SignInFirst if route.is_api() => return Err(Problem::sign_in_first()),
        Verdict::SignInFirst if matches!(*request.method(), Method::GET | Method::HEAD) => {
            return Ok(to_sign_in(&request));
        }
        Verdict::SignInFirst => return session_ended(shared, act, request, route).await,
    }
    let mut act = act;
    act.reason = access_reason(request.headers())?;
    request.extensions_mut().insert(act);

    let limit = route.body_limit_bytes;
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Problem::too_large());
    }
    let request = request.map(|body| Body::new(http_body_util::Limited::new(body, limit)));
    let form = !route.is_api() && route.method == Method::POST && kind_is(request.headers(), FORM);
    let work = async { if form { answer_form(shared, request, next).await } else { Ok(next.run(request).await) } };
    tokio::time::timeout(route.time_limit, work).await.map_err(|_| Problem::timed_out())?
}

/// A page's form: what was typed is kept aside for the page of a problem; a form that was carried through the sign-in
/// is offered for sending once somebody is signed in.
async fn answer_form(shared: &Shared, request: Request, next: Next) -> Answer<Response> {
    let (mut request, fields) = carry::read_form(request).await?;
    let carried = is_sign_in(request.uri().path()).then(|| Carried::found_in(&fields)).flatten();
    if let Some(carried) = &carried {
        request.extensions_mut().insert(carried.clone());
    }
    if let Some(typed) = request.extensions().get::<Typed>() {
        let _ = typed.0.set(fields);
    }
    let (headers, here) = (request.headers().clone(), came_from(request.method(), request.headers(), request.uri()));
    let before = stranger(shared, &request);
    let response = next.run(request).await;
    let Some(carried) = carried.filter(|_| response.status() == StatusCode::SEE_OTHER) else { return Ok(response) };
    let Some(token) = shared.manner.cookie.set_by(response.headers()) else { return Ok(response) };
    let Some(act) = shared.authenticator.act(token, before.at, before.address.as_deref()).await? else {
        return Ok(response);
    };
    let look = Look::of(&shared.manner, act, &headers, carried.back(&here)).await;
    let mut page = resume_page(&look, &carried).into_response();
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        page.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(page)
}

/// Whether somebody is signed in by forms to this path.
fn is_sign_in(path: &str) -> bool {
    path == "/sign-in" || path.starts_with("/sign-in/")
}

/// A form of somebody whose session has ended: it is not done, and not lost either.
async fn session_ended(shared: &Shared, act: Act, request: Request, route: &RouteInfo) -> Answer<Response> {
    let here = came_from(request.method(), request.headers(), request.uri());
    let look = Look::of(&shared.manner, act, request.headers(), &here).await;
    let request = request.map(|body| Body::new(http_body_util::Limited::new(body, route.body_limit_bytes)));
    let read = tokio::time::timeout(route.time_limit, Carried::posted(request));
    let carried = read.await.map_err(|_| Problem::timed_out())?;
    let mut response = (StatusCode::UNAUTHORIZED, ended_page(&look, carried.as_ref())).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Cookie"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The route for this method; `GET` answers `HEAD` where nothing else does.
fn find<'a>(routes: &'a [RouteInfo], method: &Method) -> Option<&'a RouteInfo> {
    let exact = routes.iter().find(|route| route.method == *method);
    exact.or_else(|| routes.iter().find(|route| *method == Method::HEAD && route.method == Method::GET))
}

fn allowed(routes: &[RouteInfo]) -> String {
    let mut methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.join(", ")
}

/// Finds out who calls: programs by bearer token alone, people by the session cookie alone.
async fn identify(shared: &Shared, stranger: Act, headers: HeaderMap, route: &RouteInfo) -> Answer<Act> {
    let token = if route.is_api() { cookies::bearer(&headers) } else { shared.manner.cookie.read(&headers) };
    let Some(token) = token else {
        if route.is_api() && headers.contains_key(header::AUTHORIZATION) {
            return Err(Problem::sign_in_first());
        }
        return Ok(stranger);
    };
    match shared.authenticator.act(token, stranger.at, stranger.address.as_deref()).await? {
        Some(act) => Ok(Act { at: stranger.at, address: stranger.address, request: stranger.request, ..act }),
        // A program is told that its token has ended; a page simply shows itself to a stranger.
        None if route.is_api() => Err(Problem::sign_in_first()),
        None => Ok(stranger),
    }
}

fn stranger(shared: &Shared, request: &Request) -> Act {
    let mut act = Act::new(Actor::Stranger, shared.clock.now());
    act.address = address(request, &shared.manner);
    act.request = request.extensions().get::<Number>().map(|number| number.0.clone()).unwrap_or_default();
    act
}

/// Sends a stranger to the sign-in page, which leads back here.
fn to_sign_in(request: &Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    debug_assert!(!is_api(request.uri().path()));
    see_other(&format!("/sign-in?next={}", url_encode(here)))
}
