//! Extractors whose refusals are problems, and who calls.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{HeaderMap, Method, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use kernel::Act;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Answer, Carried, Crumb, NavLink, PageFrame, Problem, Settings, body_faults, here_or, site::Manner};

/// Who calls. The route's access rule was already held to it.
#[derive(Debug, Clone)]
pub struct By(pub Act);

impl<S: Send + Sync> FromRequestParts<S> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Answer<Self> {
        parts.extensions.get::<Act>().cloned().map(Self).ok_or_else(Problem::outside_a_site)
    }
}

/// What every page needs to show its frame: who looks, at which address, and whether this is a demonstration.
#[derive(Debug, Clone)]
pub struct Look {
    /// Who looks.
    pub act: Act,
    /// Path and query of the page to come back to: where a form was sent, the page that bears it.
    pub path: String,
    /// Whether every page says 演示环境.
    pub demo: bool,
    /// The main navigation of whoever looks.
    pub nav: Vec<NavLink>,
    /// How this browser wants pages to look.
    pub settings: Settings,
    /// A form on its way through the sign-in: see [`PageFrame::carried_fields`].
    pub carried: Option<Carried>,
}

impl Look {
    /// The frame of a page with this title.
    #[must_use]
    pub fn frame(&self, title: impl Into<String>, crumbs: Vec<Crumb>) -> PageFrame {
        PageFrame {
            title: title.into(),
            crumbs,
            who: self.who(),
            acting: self.acting(),
            demo: self.demo,
            path: self.path.clone(),
            nav: self.nav.clone(),
            settings: self.settings,
            carried: self.carried.clone(),
            session_seconds: self.act.session_ends.map(|ends| (ends.as_second() - self.act.at.as_second()).max(0)),
            ..PageFrame::default()
        }
    }

    /// Name of whoever is signed in.
    #[must_use]
    pub fn who(&self) -> Option<String> {
        let person = self.act.on_behalf.as_deref().unwrap_or_else(|| self.act.name());
        self.act.account().map(|_| person.to_owned())
    }

    /// Name of the enterprise in whose name a person acts who can switch back to himself. Who signed in with the
    /// enterprise's own login is called by its name anyway.
    #[must_use]
    pub fn acting(&self) -> Option<String> {
        self.act.on_behalf.as_ref().map(|_| self.act.name().to_owned())
    }

    /// What the frame of a page needs, where no handler asked for it (problem pages).
    pub(crate) async fn of(manner: &Manner, act: Act, headers: &HeaderMap, path: &str) -> Self {
        let nav = (manner.navigation)(act.clone()).await;
        Self { act, path: path.to_owned(), demo: manner.demo, nav, settings: Settings::of(headers), carried: None }
    }
}

/// Path and query to come back to: the page itself, or the page from which the form was sent.
pub(crate) fn came_from(method: &Method, headers: &HeaderMap, uri: &Uri) -> String {
    let own = uri.path_and_query().map_or("/", |path| path.as_str());
    if matches!(*method, Method::GET | Method::HEAD) {
        return own.to_owned();
    }
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()?.parse::<Uri>().ok());
    let path = referer.as_ref().and_then(|page| page.path_and_query()).map_or(own, |path| path.as_str());
    here_or(path, own).to_owned()
}

impl<S: Send + Sync> FromRequestParts<S> for Look {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Answer<Self> {
        let manner = parts.extensions.get::<Arc<Manner>>().ok_or_else(Problem::outside_a_site)?;
        let act = parts.extensions.get::<Act>().cloned().ok_or_else(Problem::outside_a_site)?;
        let path = came_from(&parts.method, &parts.headers, &parts.uri);
        let manner = Arc::clone(manner);
        let carried = parts.extensions.get::<Carried>().cloned();
        Ok(Self { carried, ..Self::of(&manner, act, &parts.headers, &path).await })
    }
}

/// A JSON body or answer. A body that is not JSON is 400, one that does not fit the type 422 with a pointer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let bytes = json_bytes(request, state).await?;
        Self::read(&bytes)
    }
}

/// The bytes of a body that says it is JSON.
pub(crate) async fn json_bytes<S: Send + Sync>(request: Request, state: &S) -> Answer<Bytes> {
    if !declares(request.headers(), |kind| kind == "application/json" || kind.ends_with("+json")) {
        return Err(Problem::unsupported("请以 Content-Type: application/json 提交。"));
    }
    read_all(request, state).await
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads the body of a request that was taken whole, for handlers that also need its bytes.
    pub fn read(bytes: &[u8]) -> Answer<Self> {
        match axum::Json::<T>::from_bytes(bytes) {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::JsonDataError(error)) => {
                let text = inner_text(&error);
                Err(Problem::invalid("request.body", vec![body_faults::from_text(&text)]))
            }
            Err(other) => {
                let place = inner_text(&other);
                let place = place.rsplit_once(" at line ").map_or("", |(_, place)| place);
                let place =
                    place.split_once(" column ").map(|(line, column)| format!("（第 {line} 行第 {column} 个字节）"));
                Err(Problem::bad_request(
                    "request.json",
                    format!("提交的内容不是合法的 JSON{}。", place.unwrap_or_default()),
                ))
            }
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Fields of a page's form (`application/x-www-form-urlencoded`).
#[derive(Debug, Clone, Copy, Default)]
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let bytes = form_bytes(request, state).await?;
        let request = Request::builder()
            .method("POST")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(bytes.into())
            .map_err(|error| Problem::internal("request.form", error))?;
        match axum::extract::Form::<T>::from_request(request, state).await {
            Ok(axum::extract::Form(value)) => Ok(Self(value)),
            Err(error) => Err(Problem::invalid("request.form", vec![body_faults::from_text(&inner_text(&error))])),
        }
    }
}

/// The bytes of a body that says it is a page's form.
pub(crate) async fn form_bytes<S: Send + Sync>(request: Request, state: &S) -> Answer<Bytes> {
    if !declares(request.headers(), |kind| kind == "application/x-www-form-urlencoded") {
        return Err(Problem::unsupported("请以网页表单的方式提交。"));
    }
    read_all(request, state).await
}

/// Fields of the query. Empty ones (`?theme=`) count as not given. A wrong one is 422 with a pointer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Answer<Self> {
        let given: Vec<&str> = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| pair.split_once('=').is_some_and(|(_, value)| !value.is_empty()))
            .collect();
        let uri = format!("/?{}", given.join("&"))
            .parse()
            .map_err(|_| Problem::bad_request("request.query", "网址中的查询条件无法读取。"))?;
        match axum::extract::Query::<T>::try_from_uri(&uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => Err(Problem::invalid("request.query", vec![body_faults::from_text(&inner_text(&error))])),
        }
    }
}

/// Parameters of the path. Whatever cannot be one is not there: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

/// The body as bytes; 413 past the route's limit, 400 when it breaks off.
async fn read_all<S: Send + Sync>(request: Request, state: &S) -> Answer<Bytes> {
    Bytes::from_request(request, state).await.map_err(|error| {
        if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Problem::too_large()
        } else {
            Problem::bad_request("request.body", "提交的内容没有传完，请重试。")
        }
    })
}

fn declares(headers: &HeaderMap, accept: impl Fn(&str) -> bool) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    accept(&kind)
}

/// The text of the deserializer's own error, without what the framework puts before it.
fn inner_text(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        if inner.to_string() == next.to_string() || inner.to_string().starts_with("Failed to") {
            inner = next;
        } else {
            break;
        }
    }
    let text = inner.to_string();
    text.strip_prefix("Failed to deserialize the JSON body into the target type: ")
        .or_else(|| text.strip_prefix("Failed to deserialize query string: "))
        .or_else(|| text.strip_prefix("Failed to deserialize form: "))
        .or_else(|| text.strip_prefix("Failed to deserialize form body: "))
        .unwrap_or(&text)
        .to_owned()
}
