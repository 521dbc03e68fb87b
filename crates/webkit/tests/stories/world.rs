//! A small site: two people, one member of staff, a few routes of each kind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http_body_util::BodyExt;
use kernel::{AccountId, Act, Actor, Clock, Role, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;
use utoipa::ToSchema;
use utoipa_axum::routes;
use webkit::{
    Access, Answer, Authenticator, BoxFuture, By, Fields, Form, Json, Look, Multipart, Page, Paging, Path, Problem,
    Query, Routes, SessionCookie, Site, SiteConfig,
};

kernel::typed_id!(
    /// Number of a thing.
    ThingId
);

/// Tokens `citizen`, `window` and `broken`.
struct Door;

impl Authenticator for Door {
    fn act<'a>(&'a self, token: &'a str, at: Timestamp, _: Option<&'a str>) -> BoxFuture<'a, Answer<Option<Act>>> {
        Box::pin(async move {
            let (account, subject) = (AccountId::from(1), SubjectId::from(2));
            match token {
                "citizen" => Ok(Some(Act::new(Actor::Person { account, subject, name: "张三".into() }, at))),
                "window" => {
                    let roles = vec![Role::Window];
                    let staff =
                        Actor::Staff { account, name: "李四".into(), department: "tax".into(), region: None, roles };
                    Ok(Some(Act::new(staff, at)))
                }
                "broken" => Err(Problem::internal("identity.test", "the session store is gone")),
                _ => Ok(None),
            }
        })
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filing {
    /// Slug of the item.
    item: String,
    form: Inner,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Inner {
    age: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    q: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    username: String,
}

#[utoipa::path(get, path = "/api/v1/things/{id}", params(("id" = String, Path, description = "编号")), responses((status = 200, body = String)), tag = "things")]
async fn thing(Path(id): Path<ThingId>, By(act): By) -> Answer<Json<String>> {
    Ok(Json(format!("{id} for {}", act.name())))
}

#[utoipa::path(post, path = "/api/v1/things", request_body = Filing, responses((status = 201, body = Filing)), tag = "things")]
async fn file(Json(filing): Json<Filing>) -> Answer<(StatusCode, Json<Filing>)> {
    Ok((StatusCode::CREATED, Json(filing)))
}

#[utoipa::path(get, path = "/api/v1/things", params(Paging, ("q" = Option<String>, Query)), responses((status = 200, body = Page<String>)), tag = "things")]
async fn things(Query(wanted): Query<Wanted>) -> Answer<Json<Page<String>>> {
    let all = (0..30).map(|n| format!("{}{n}", wanted.q.clone().unwrap_or_default())).collect();
    Ok(Json(Page::cut(all, &wanted.paging, String::clone)))
}

#[utoipa::path(post, path = "/api/v1/files", responses((status = 200, body = usize)), tag = "things")]
async fn upload(mut parts: Multipart) -> Answer<Json<usize>> {
    let mut bytes = 0;
    while let Some(mut part) = parts.next().await? {
        while let Some(piece) = part.chunk().await? {
            bytes += piece.len();
        }
    }
    Ok(Json(bytes))
}

#[utoipa::path(get, path = "/api/v1/panic", responses((status = 200)), tag = "things")]
async fn panics() -> &'static str {
    panic!("secret words")
}

/// Signs in with the password `right`; else the page again, with what it carries.
async fn enter(look: Look, cookie: SessionCookie, fields: Fields) -> Response {
    if fields.one("password") == "right" {
        let mut response = webkit::see_other(webkit::safe_next(fields.one("next")));
        response.headers_mut().append(header::SET_COOKIE, cookie.keep("citizen", 60));
        return response;
    }
    let page = look.frame("登录", Vec::new());
    let form = format!("<form action=\"/sign-in\">{}</form>", page.carried_fields().into_string());
    (StatusCode::UNPROCESSABLE_ENTITY, form).into_response()
}

async fn fail(Path(how): Path<String>) -> Problem {
    match how.as_str() {
        "conflict" => Problem::new(StatusCode::CONFLICT, "things.changed", "内容已经被别人改过。"),
        "busy" => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "things.busy", "请稍后再试。"),
        "often" => Problem::new(StatusCode::TOO_MANY_REQUESTS, "things.often", "请一分钟后再试。"),
        _ => Problem::internal("things.broken", "the disk is full"),
    }
}

pub(crate) fn routes() -> Routes {
    Routes::new(())
        .api(Access::SignedIn, routes!(thing))
        .api(Access::Roles(&[Role::Citizen, Role::Enterprise]), routes!(file))
        .api(Access::Public, routes!(things,))
        .upload(Access::Public, 1000, routes!(upload))
        .api(Access::Public, routes!(panics))
        .page(
            Access::Public,
            Method::GET,
            "/hello",
            get(|look: Look| async move { look.frame("你好", Vec::new()).who.unwrap_or_default() }),
        )
        .page(Access::SignedIn, Method::GET, "/mine", get(|By(act): By| async move { act.name().to_owned() }))
        .page(Access::SignedIn, Method::POST, "/mine", post(|| async { "done" }))
        .page(Access::Roles(&[Role::Window]), Method::GET, "/desk", get(|| async { "desk" }))
        .page(Access::Public, Method::GET, "/panic", get(|| async { panics().await }))
        .page(Access::SignedIn, Method::POST, "/note", post(|fields: Fields| async move { fields.encode() }))
        .page_upload(Access::SignedIn, Method::POST, "/send", 1 << 20, post(|| async { "sent" }))
        .page(Access::Public, Method::POST, "/sign-in", post(enter))
        .page(Access::Public, Method::POST, "/fail/{how}", post(fail))
        .page(Access::Public, Method::POST, "/enter", post(|Form(entry): Form<Entry>| async move { entry.username }))
        .done()
}

pub(crate) fn site() -> Router {
    let at: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
    Site::new(routes(), Arc::new(Door), Clock::standing(at), SiteConfig { demo: true, ..SiteConfig::default() })
        .unwrap()
}

/// A request and its answer.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Bytes of the body as it travels.
    pub(crate) length: usize,
}

impl Answered {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answered {
    let mut request = Request::builder().method(method).uri(path).header("host", "tongban.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = site().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let (text, length) = (String::from_utf8_lossy(&bytes).into_owned(), bytes.len());
    Answered { status: parts.status, headers: parts.headers, text, length }
}

pub(crate) async fn look(path: &str, headers: &[(&str, &str)]) -> Answered {
    ask("GET", path, headers, Body::empty()).await
}

pub(crate) async fn send_json(path: &str, body: &str) -> Answered {
    ask("POST", path, &[("content-type", "application/json"), ("authorization", "Bearer citizen")], body.to_owned())
        .await
}
