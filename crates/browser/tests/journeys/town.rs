//! The whole platform behind a real port, with the demonstration city in it and browsers to look at it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use app::{
    config::{Config, Listen},
    platform::Platform,
};
use axum::http::Method;
use blobs::Store;
use browser::{AXE, Driver, Person, Screen};
use demo::walk::{
    Walk,
    api::{Api as _, Call, InProcess, Sent},
};
use serde_json::{Value, json};
use testkit::World;

/// Password of every account of the city.
pub(crate) const PASSWORD: &str = "Demo-2026!";

/// The city, served on a port of the loopback.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) platform: Platform,
    pub(crate) site: String,
    /// The same site without a port, for the program that finds answers.
    pub(crate) router: axum::Router,
    driver: Driver,
    profiles: tempfile::TempDir,
    serving: tokio::task::JoinHandle<()>,
}

impl Town {
    /// Founds the city, serves it, starts the driver of the browsers.
    pub(crate) async fn open() -> Self {
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
        app::found(&platform, PASSWORD).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listen = Listen { listen: address, tls: false, behind_proxy: false, public_url: None };
        let router = app::site::site(&platform, &listen).unwrap();
        let served = router.clone();
        let serving = tokio::spawn(async move {
            let service = served.into_make_service_with_connect_info::<std::net::SocketAddr>();
            axum::serve(listener, service).await.unwrap();
        });
        let driver = Driver::start().await.unwrap_or_else(|error| panic!("{error}"));
        let profiles = tempfile::tempdir().unwrap();
        Self { world, platform, site: format!("http://{address}"), router, driver, profiles, serving }
    }

    /// Somebody with a browser of his own.
    pub(crate) async fn somebody(&self, screen: Screen) -> Person {
        let profile = tempfile::tempdir_in(self.profiles.path()).unwrap().keep();
        Person::open(&self.driver, &self.site, screen, &profile).await.unwrap()
    }

    /// A folder that is removed at the end.
    pub(crate) fn folder(&self) -> &Path {
        self.profiles.path()
    }

    /// Login of the member of staff with a role in a department: `window1`, `reviewer2`, …
    pub(crate) fn staff(&self, role: &str, department: &str) -> String {
        let place = self.platform.vocabulary.departments().iter().position(|d| d.key == department).unwrap();
        format!("{role}{}", place + 1)
    }

    /// Every item that can be applied for, in order of its key.
    pub(crate) async fn slugs(&self) -> Vec<String> {
        let mut tx = self.platform.db.read().await.unwrap();
        let shown = self.platform.catalogue.shown(&mut tx).await.unwrap();
        let mut slugs: Vec<String> = shown.items.iter().map(|(item, _)| item.slug.clone()).collect();
        slugs.sort();
        slugs
    }

    /// The program that applies and moves on over the interface.
    pub(crate) fn walk(&self) -> Walk {
        let day = kernel::city_date(self.world.clock.now());
        Walk::over(Arc::new(InProcess(self.router.clone())), PASSWORD).on(day)
    }

    async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Value {
        let sent = body.map_or(Sent::Nothing, Sent::Json);
        let api = InProcess(self.router.clone());
        let reply = api.call(Call { method, path, token, sent }).await.unwrap();
        assert!((200..300).contains(&reply.status), "{path}: {} {}", reply.status, reply.body);
        reply.body
    }

    async fn token(&self, account: &str) -> String {
        let body = json!({"username": account, "password": PASSWORD});
        let session = self.call(Method::POST, "/api/v1/sessions", None, Some(&body)).await;
        session["token"].as_str().unwrap().to_owned()
    }

    /// Hands an application for `slug` in, to be judged by people; answers login and number.
    pub(crate) async fn file(&self, slug: &str) -> (String, String) {
        self.file_with(slug, json!({})).await
    }

    /// The same with these materials in place of files.
    pub(crate) async fn file_with(&self, slug: &str, materials: Value) -> (String, String) {
        let (login, mut body) = self.walk().application(slug).await.unwrap();
        body["by_person"] = json!(true);
        for (key, handed) in materials.as_object().unwrap() {
            body["materials"][key] = handed.clone();
        }
        let token = self.token(&login).await;
        let case = self.call(Method::POST, "/api/v1/cases", Some(&token), Some(&body)).await;
        (login, case["number"].as_str().unwrap().to_owned())
    }

    /// A member of staff does something with a case.
    pub(crate) async fn command(&self, account: &str, number: &str, body: Value) {
        let token = self.token(account).await;
        self.call(Method::POST, &format!("/api/v1/cases/{number}/commands"), Some(&token), Some(&body)).await;
    }

    /// Code of the first document of a case.
    pub(crate) async fn first_document(&self, account: &str, number: &str) -> String {
        let token = self.token(account).await;
        let list = self.call(Method::GET, &format!("/api/v1/cases/{number}/documents"), Some(&token), None).await;
        list["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Id of a certificate that somebody holds.
    pub(crate) async fn first_certificate(&self, account: &str) -> String {
        let token = self.token(account).await;
        let list = self.call(Method::GET, "/api/v1/certificates", Some(&token), None).await;
        list["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The page on which strangers check a certificate of this login.
    pub(crate) async fn check_page(&self, account: &str) -> String {
        let token = self.token(account).await;
        let list = self.call(Method::GET, "/api/v1/certificates", Some(&token), None).await;
        self.platform.certificates.check_path(list["items"][0]["identifier"].as_str().unwrap())
    }

    /// Where the issuing body's clerk looks at a certificate of this login, and the clerk.
    pub(crate) async fn certificate_at_the_desk(&self, account: &str) -> (String, String) {
        let token = self.token(account).await;
        let list = self.call(Method::GET, "/api/v1/certificates", Some(&token), None).await;
        // Where the number is the holder's own it is masked.
        let shown = |c: &&Value| !c["number"].as_str().unwrap().contains('*');
        let one = list["items"].as_array().unwrap().iter().find(shown).unwrap();
        let (kind, number) = (one["certificate_type"].as_str().unwrap(), one["number"].as_str().unwrap());
        let mut tx = self.platform.db.read().await.unwrap();
        let found = self.platform.certificates.find_by_number(&mut tx, kind, number).await.unwrap().unwrap();
        let clerk = self.staff("clerk", &found.department);
        (clerk, format!("/desk/certificates/{}/{}?reason=%E6%A0%B8%E5%AE%9E%E8%AF%81%E7%85%A7", found.holder, found.id))
    }

    /// Number of a login.
    pub(crate) async fn account(&self, username: &str) -> String {
        let mut tx = self.platform.db.read().await.unwrap();
        self.platform.identity.find_account(&mut tx, username).await.unwrap().unwrap().to_string()
    }

    /// Somebody who has signed in, or nobody when `who` is empty.
    pub(crate) async fn known_or_not(&self, who: &str, screen: Screen) -> Person {
        if who.is_empty() { self.somebody(screen).await } else { self.signed_in(who, screen).await }
    }

    /// Somebody who has signed in.
    pub(crate) async fn signed_in(&self, account: &str, screen: Screen) -> Person {
        let person = self.somebody(screen).await;
        person.goes_to("/sign-in").await.unwrap();
        sign_in(&person, account).await;
        person
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Fills in the sign-in page that is open.
pub(crate) async fn sign_in(person: &Person, account: &str) {
    person.writes("username", account).await.unwrap();
    person.writes("password", PASSWORD).await.unwrap();
    person.presses("登录").await.unwrap();
    let place = person.place().await.unwrap();
    assert!(!place.starts_with("/sign-in"), "{account} is not let in at {place}: {}", person.reads().await.unwrap());
}

/// The code of a short message, which the demonstration shows on the page.
pub(crate) fn code_shown(text: &str) -> String {
    let digits = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    let code = text.split(|c: char| !c.is_ascii_digit()).find(digits);
    code.unwrap_or_else(|| panic!("the demonstration shows the code: {text}")).to_owned()
}

/// The text of axe-core, which scripts/test.sh fetches.
pub(crate) fn axe() -> String {
    let path = std::env::var(AXE)
        .unwrap_or_else(|_| panic!("{AXE} must name axe-core's axe.min.js: scripts/test.sh fetches it and says so"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Where pictures and pages go: `target/screenshots` of this build.
pub(crate) fn pictures() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    target.join("screenshots")
}
