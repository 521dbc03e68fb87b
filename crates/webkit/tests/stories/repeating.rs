//! Requests and forms that are sent again.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Method, Request, StatusCode},
    response::Response,
    routing::post,
};
use db::{Db, DbError, Home, Migration, Schema, args};
use http_body_util::BodyExt;
use kernel::{AccountId, Act, Actor, Fault, SubjectId, Timestamp};
use serde::Deserialize;
use testkit::World;
use tower::ServiceExt;
use utoipa::ToSchema;
use utoipa_axum::routes;
use webkit::{
    Access, Answer, Authenticator, BoxFuture, By, Fields, Keyed, Problem, Routes, Site, SiteConfig, once, once_page,
    ui::forms::once_field,
};

const SCHEMA: Schema = Schema {
    slice: "thing",
    migrations: &[Migration {
        number: 1,
        name: "thing",
        sql: "CREATE TABLE thing_note (thing_id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (thing_id));",
    }],
    homes: &[("thing_note", Home::Key("thing_id"))],
    statements: STATEMENTS,
};

db::statements! {
    /// Adds a note.
    ADD = "INSERT INTO thing_note (thing_id, name) VALUES ($1, $2)";
    /// Counts notes.
    COUNT = "SELECT count(*) AS n FROM thing_note";
}

struct Door;

impl Authenticator for Door {
    fn act<'a>(&'a self, token: &'a str, at: Timestamp, _: Option<&'a str>) -> BoxFuture<'a, Answer<Option<Act>>> {
        let account = AccountId::from(i64::try_from(token.len()).unwrap_or(0));
        let person = Actor::Person { account, subject: SubjectId::from(2), name: "张三".into() };
        Box::pin(async move { Ok(Some(Act::new(person, at))) })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct Note {
    id: i64,
    name: String,
}

#[utoipa::path(post, path = "/api/v1/notes", request_body = Note, responses((status = 201, body = String)))]
async fn add(State(db): State<Db>, By(act): By, note: Keyed<Note>) -> Answer<Response> {
    let args = (note.value.id, note.value.name);
    once::<_, _, DbError, _>(&db, &act, &note.asked, args, |tx, (id, name)| {
        Box::pin(async move {
            tx.exec(ADD, args![*id, name]).await?;
            Ok((StatusCode::CREATED, format!("note {name}")))
        })
    })
    .await
}

/// The same by a page's form; a note without a name is refused.
async fn add_by_form(State(db): State<Db>, By(act): By, fields: Fields) -> Answer<Response> {
    let note = (fields.one("id").parse().unwrap_or(0), fields.one("name").to_owned());
    once_page::<_, Refused, _>(&db, &act, &fields, "/notes", note, |tx, (id, name)| {
        Box::pin(async move {
            if name.is_empty() {
                return Err(Refused::Nameless);
            }
            tx.exec(ADD, args![*id, name]).await?;
            Ok(format!("/notes/{id}?done=added"))
        })
    })
    .await
}

enum Refused {
    Nameless,
    Database(DbError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Nameless => Self::invalid("note.nameless", vec![Fault::new("/name", "required", "请填写名称。")]),
            Refused::Database(error) => error.into(),
        }
    }
}

struct Notes {
    world: World,
    site: Router,
}

impl Notes {
    async fn new() -> Self {
        let world = World::new(&[SCHEMA]).await;
        let routes = Routes::new(world.db.clone())
            .api(Access::SignedIn, routes!(add))
            .page(Access::Public, Method::POST, "/notes", post(add_by_form))
            .done();
        let site = Site::new(routes, std::sync::Arc::new(Door), world.clock.clone(), SiteConfig::default());
        Self { world, site: site.expect("the routes agree") }
    }

    async fn post(&self, token: &str, key: Option<&str>, body: &str) -> (StatusCode, String, bool) {
        let mut request = Request::post("/api/v1/notes").header("content-type", "application/json");
        request = request.header("authorization", format!("Bearer {token}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.site.clone().oneshot(request).await.expect("an answer");
        let replayed = response.headers().contains_key("idempotency-replayed");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned(), replayed)
    }

    /// Sends the form as `token`, or as a stranger, and answers with status, location and page.
    async fn send(&self, token: &str, form: &str) -> (StatusCode, String, String) {
        let request = Request::post("/notes").header("content-type", "application/x-www-form-urlencoded");
        let cookie = if token.is_empty() { String::new() } else { format!("tongban={token}") };
        let request = request.header("cookie", cookie).body(Body::from(form.to_owned())).expect("a request");
        let response = self.site.clone().oneshot(request).await.expect("an answer");
        let location = response.headers().get("location").map_or("", |value| value.to_str().unwrap_or_default());
        let (status, location) = (response.status(), location.to_owned());
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, location, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn count(&self) -> i64 {
        let mut tx = self.world.db.read().await.expect("a reader");
        let row = tx.row(COUNT, args![]).await.expect("a count").expect("a row");
        row.get("n").expect("a number")
    }
}

const NOTE: &str = r#"{"id":1,"name":"a"}"#;

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_does_nothing() {
    let notes = Notes::new().await;
    let first = notes.post("me", Some("k1"), NOTE).await;
    assert_eq!(first, (StatusCode::CREATED, "\"note a\"".to_owned(), false));
    let again = notes.post("me", Some("k1"), NOTE).await;
    assert_eq!(again, (StatusCode::CREATED, "\"note a\"".to_owned(), true));
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_account() {
    let notes = Notes::new().await;
    notes.post("me", Some("k1"), NOTE).await;
    let (status, body, _) = notes.post("me", Some("k1"), r#"{"id":2,"name":"b"}"#).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("idempotency.reused"), "{body}");
    let (status, _, replayed) = notes.post("somebody", Some("k1"), r#"{"id":3,"name":"c"}"#).await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false));
    assert_eq!(notes.count().await, 2);
}

#[tokio::test]
async fn without_a_key_and_after_a_refusal_it_is_done_anew() {
    let notes = Notes::new().await;
    notes.post("me", None, NOTE).await;
    let (status, ..) = notes.post("me", Some("k1"), NOTE).await;
    assert_eq!(status, StatusCode::CONFLICT, "the note is there already");
    let (status, _, replayed) = notes.post("me", Some("k1"), r#"{"id":2,"name":"b"}"#).await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false), "a refusal is not kept");
    assert_eq!(notes.count().await, 2);
}

#[tokio::test]
async fn twins_at_the_same_time_are_done_once() {
    let notes = Notes::new().await;
    let posts = (0..8).map(|_| notes.post("me", Some("k1"), NOTE));
    let answers = futures_util::future::join_all(posts).await;
    assert_eq!(answers.iter().filter(|(_, _, replayed)| !replayed).count(), 1, "{answers:?}");
    assert!(
        answers.iter().all(|(status, body, _)| *status == StatusCode::CREATED && body == "\"note a\""),
        "{answers:?}"
    );
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let notes = Notes::new().await;
    let long = "x".repeat(101);
    for key in ["", "a b", &long] {
        let (status, body, _) = notes.post("me", Some(key), NOTE).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{key}");
        assert!(body.contains("request.idempotency-key"), "{body}");
    }
    assert_eq!(notes.count().await, 0);
}

/// A form as the page gave it out, with a fresh key.
fn form(fields: &str) -> String {
    let field = once_field().into_string();
    let key = field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a key");
    format!("{fields}&once={key}")
}

#[tokio::test]
async fn a_form_sent_twice_is_done_once_and_leads_to_the_same_page() {
    for who in ["me", ""] {
        let notes = Notes::new().await;
        let form = form("id=1&name=a");
        for _ in 0..2 {
            let (status, location, page) = notes.send(who, &form).await;
            assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/notes/1?done=added"), "{page}");
        }
        assert_eq!(notes.count().await, 1, "{who:?}");
    }
}

#[tokio::test]
async fn a_form_sent_eight_times_at_once_is_done_once() {
    let notes = Notes::new().await;
    let form = form("id=1&name=a");
    let answers = futures_util::future::join_all((0..8).map(|_| notes.send("me", &form))).await;
    assert!(answers.iter().all(|(_, location, _)| location == "/notes/1?done=added"), "{answers:?}");
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn a_form_changed_after_it_was_done_says_so_and_leads_to_what_was_done() {
    let notes = Notes::new().await;
    let sent = form("id=1&name=a");
    notes.send("me", &sent).await;
    let (status, _, page) = notes.send("me", &sent.replace("name=a", "name=%E6%94%B9%E8%BF%87")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("form.sent-before") && page.contains("href=\"/notes/1?done=added\""), "{page}");
    assert!(page.contains("改过"), "what was typed stays in sight: {page}");
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn a_refused_form_is_sent_again_with_the_same_key() {
    let notes = Notes::new().await;
    let sent = form("id=1&name=");
    assert_eq!(notes.send("me", &sent).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(notes.send("me", &sent.replace("name=", "name=a")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn forms_without_a_key_of_ours_are_done_each_time() {
    let notes = Notes::new().await;
    for (place, key) in ["", "&once=", "&once=guessed", &format!("&once={}", "x".repeat(101))].iter().enumerate() {
        let (status, ..) = notes.send("", &format!("id={place}&name=a{key}")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{key}");
    }
    let (status, ..) = notes.send("", "id=0&name=a&once=guessed").await;
    assert_eq!(status, StatusCode::CONFLICT, "the note is there already");
    assert_eq!(notes.count().await, 4);
}
