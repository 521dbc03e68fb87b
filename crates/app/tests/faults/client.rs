//! Programs that call the platform over HTTP.

use demo::walk::Walk;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, body::Bytes};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

use crate::program::PASSWORD;

/// Licensing with a visit on site: stays open, so that staff can act on it.
pub(crate) const FOOD: &str = "food-operation-licence-new";

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    /// A problem that says in Chinese what to do, with its code.
    pub(crate) fn problem(&self) -> String {
        let body = self.json();
        assert_eq!(self.headers["content-type"], "application/problem+json", "{body}");
        assert!(body["detail"].as_str().is_some_and(|d| d.ends_with('。')), "{body}");
        body["code"].as_str().unwrap().to_owned()
    }
}

/// Calls one platform.
#[derive(Clone)]
pub(crate) struct Caller {
    base: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Caller {
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// `Err`: the connection broke, and what became of the request is not known.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Reply, String> {
        let response = self.client.request(request).await.map_err(|e| e.to_string())?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
        Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, bytes })
    }

    fn request(&self, token: &str, method: Method, path: &str) -> hyper::http::request::Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) }
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value, key: &str) -> Result<Reply, String> {
        let mut request = self.request(token, Method::POST, path).header("content-type", "application/json");
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Full::new(body.to_string().into())).unwrap()).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.send(self.request(token, Method::GET, path).body(Full::default()).unwrap()).await.unwrap()
    }

    /// Uploads bytes as a PDF.
    pub(crate) async fn upload(&self, token: &str, bytes: &[u8]) -> Result<Reply, String> {
        let mark = "fault-boundary";
        let mut body = format!(
            "--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        let request = self
            .request(token, Method::POST, "/api/v1/files")
            .header("content-type", format!("multipart/form-data; boundary={mark}"));
        self.send(request.body(Full::new(body.into())).unwrap()).await
    }

    pub(crate) async fn sign_in(&self, username: &str) -> String {
        let body = json!({"username": username, "password": PASSWORD});
        let reply = self.post("", "/api/v1/sessions", &body, "").await.unwrap();
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["token"].as_str().unwrap().to_owned()
    }

    /// Numbers of all cases of whoever `token` stands for.
    pub(crate) async fn numbers(&self, token: &str) -> Vec<String> {
        let (mut numbers, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(token, &format!("/api/v1/cases?limit=100{after}")).await;
            assert_eq!(page.status, 200, "{}", page.text());
            let page = page.json();
            numbers.extend(page["items"].as_array().unwrap().iter().map(|c| c["number"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return numbers,
            }
        }
    }

    /// Who applies in these stories: the token of an applicant and of the clerk at the window, and an application that
    /// can be handed in any number of times.
    pub(crate) async fn cast(&self) -> Cast {
        let walk = Walk::new(&self.base, PASSWORD).unwrap();
        let (login, mut application) = walk.application(FOOD).await.unwrap();
        application["by_person"] = json!(true);
        let place =
            vocab::Vocabulary::guiyang().departments().iter().position(|d| d.key == "market-regulation").unwrap();
        let clerk = self.sign_in(&format!("window{}", place + 1)).await;
        Cast { applicant: self.sign_in(&login).await, clerk, application }
    }
}

/// See [`Caller::cast`].
#[derive(Clone)]
pub(crate) struct Cast {
    pub(crate) applicant: String,
    pub(crate) clerk: String,
    pub(crate) application: Value,
}
