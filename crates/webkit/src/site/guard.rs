//! The inner layer: who calls, whether he may, how much and how long.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Act, Actor};

use super::{
    Shared, address,
    edge::{Found, Number},
};
use crate::{
    Answer, Problem, RouteInfo,
    access::{Verdict, is_api},
    cookies,
    reason::access_reason,
    see_other, url_encode,
};

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
        Verdict::SignInFirst => return Ok(to_sign_in(&request)),
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
    tokio::time::timeout(route.time_limit, next.run(request)).await.map_err(|_| Problem::timed_out())
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
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    debug_assert!(!is_api(request.uri().path()));
    if safe { see_other(&format!("/sign-in?next={}", url_encode(here))) } else { see_other("/sign-in") }
}
