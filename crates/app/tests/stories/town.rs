//! The whole platform in this process, with the demonstration city in it.

use app::{config::Config, config::Listen, platform::Platform};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use blobs::Store;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use testkit::World;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "Demo-2026!";

/// The platform, its site, and who is signed in.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) platform: Platform,
    pub(crate) site: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
    /// The problem's stable code.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Town {
    /// A platform without anybody in it.
    pub(crate) async fn empty() -> Self {
        Self::reached_at(None).await
    }

    /// The same, reached by everybody at this address.
    pub(crate) async fn reached_at(public_url: Option<&str>) -> Self {
        let world = World::new(app::platform::SCHEMAS).await;
        let config = Config {
            data_dir: world.folder().to_owned(),
            database_url: None,
            connections: 8,
            files_at: None,
            outgoing: app::outgoing::Outgoing::default(),
        };
        let store = Store::folder(&config.files()).unwrap();
        let platform =
            Platform::over(world.db.clone(), world.clock.clone(), world.keys.clone(), store, config, true).unwrap();
        let public_url = public_url.map(str::to_owned);
        let listen = Listen { listen: "127.0.0.1:0".parse().unwrap(), tls: false, behind_proxy: false, public_url };
        let site = app::site::site(&platform, &listen).unwrap();
        Self { world, platform, site }
    }

    /// With the demonstration city.
    pub(crate) async fn founded() -> Self {
        let town = Self::empty().await;
        app::found(&town.platform, PASSWORD).await.unwrap();
        town
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A file, for programs under `/api` and for browsers elsewhere.
    pub(crate) async fn bytes(&self, token: &str, path: &str) -> (StatusCode, Vec<u8>) {
        let mut request = Request::get(path);
        request = match path.starts_with("/api") {
            true => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            false => request.header(header::COOKIE, format!("tongban={token}")),
        };
        let response = self.site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    /// A form with the file `file`, as a browser without a session sends it; an empty one when nothing was chosen.
    pub(crate) async fn post_file(&self, path: &str, file: Option<&[u8]>) -> Reply {
        let mark = "story-boundary";
        let name = if file.is_some() { "证照.ofd" } else { "" };
        let mut body = format!(
            "--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file.unwrap_or_default());
        body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={mark}"))
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// One call of the interface.
    pub(crate) async fn call(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
        self.call_with(token, method, path, body, &[]).await
    }

    pub(crate) async fn call_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, Method::GET, path, None).await
    }

    /// A page, as a browser with this session asks for it.
    pub(crate) async fn page(&self, token: &str, path: &str) -> Reply {
        let cookie = format!("tongban={token}");
        self.call_with("", Method::GET, path, None, &[("cookie", &cookie)]).await
    }

    /// A page's form, sent as a browser does.
    pub(crate) async fn send_form(&self, token: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", webkit::url_encode(name), webkit::url_encode(value)))
            .collect();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::COOKIE, format!("tongban={token}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        self.call(token, Method::POST, path, Some(body)).await
    }

    /// The token of a demonstration account.
    pub(crate) async fn sign_in(&self, username: &str) -> String {
        let reply = self.post("", "/api/v1/sessions", json!({"username": username, "password": PASSWORD})).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        reply.json()["token"].as_str().unwrap().to_owned()
    }

    /// Uploads a small PDF.
    pub(crate) async fn upload(&self, token: &str, name: &str, bytes: &[u8]) -> Reply {
        let mark = "story-boundary";
        let mut body = format!(
            "--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/files")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={mark}"))
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn file(&self, token: &str) -> String {
        let reply = self.upload(token, "材料.pdf", &demo::walk::sheet("材料")).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// Who can apply for `slug`, and an application that can be handed in: login, its token, the body of the request.
    pub(crate) async fn application(&self, slug: &str) -> (String, String, Value) {
        let walk = demo::walk::Walk::over(std::sync::Arc::new(demo::walk::api::InProcess(self.site.clone())), PASSWORD)
            .on(kernel::city_date(self.world.clock.now()));
        let (login, body) = walk.application(slug).await.unwrap();
        let token = self.sign_in(&login).await;
        (login, token, body)
    }

    /// Hands an application in and answers with its number.
    pub(crate) async fn submit(&self, token: &str, body: &Value) -> Value {
        let reply = self.post(token, "/api/v1/cases", body.clone()).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        reply.json()
    }

    /// The clerk of a department: `window`, `reviewer`, `approver` or `clerk`.
    pub(crate) fn staff(&self, role: &str, department: &str) -> String {
        let place = self.platform.vocabulary.departments().iter().position(|d| d.key == department).unwrap();
        format!("{role}{}", place + 1)
    }

    /// The token of a second clerk of a department, who has been appointed for the story.
    pub(crate) async fn second_clerk(&self, role: &str, department: &str) -> String {
        let username = format!("second-{role}");
        let new = identity::NewStaff {
            username: username.clone(),
            password: self.platform.identity.hash_unchecked(PASSWORD).await.unwrap(),
            name: "龙小雨".to_owned(),
            department: department.to_owned(),
            region: None,
            post: "工作人员".to_owned(),
            roles: vec![role.parse().unwrap()],
        };
        let act = kernel::Act::system(self.world.clock.now());
        self.platform
            .identity
            .in_write(&act, new, |identity, act, tx, new| Box::pin(identity.add_staff(act, tx, new)))
            .await
            .unwrap();
        self.sign_in(&username).await
    }
}
