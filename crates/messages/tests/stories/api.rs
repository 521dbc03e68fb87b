//! What the applicant sees over the interface.

use std::sync::Arc;

use axum::{body::Body, http::Request};
use http_body_util::BodyExt as _;
use kernel::{AccountId, Act, Actor, Role, SubjectId, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use webkit::{Answer, Authenticator, BoxFuture, Site, SiteConfig};

use super::post::Post;

/// Tokens are names of people.
struct Door(Act);

impl Authenticator for Door {
    fn act<'a>(&'a self, token: &'a str, at: Timestamp, _: Option<&'a str>) -> BoxFuture<'a, Answer<Option<Act>>> {
        let act = match token {
            "wang" => Some(self.0.clone()),
            "li" => {
                let actor =
                    Actor::Person {
                        account: AccountId::from(5), subject: SubjectId::from(6), name: "李明".to_owned()
                    };
                Some(Act::new(actor, at))
            }
            "clerk" => {
                let actor = Actor::Staff {
                    account: AccountId::from(7),
                    name: "赵一鸣".to_owned(),
                    department: "health".to_owned(),
                    region: None,
                    roles: vec![Role::Window],
                };
                Some(Act::new(actor, at))
            }
            _ => None,
        };
        Box::pin(async move { Ok(act) })
    }
}

async fn call(post: &Post, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let routes = messages::routes(post.messages.clone());
    let site =
        Site::new(routes, Arc::new(Door(post.as_wang())), post.world.clock.clone(), SiteConfig::default()).unwrap();
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    let response = site.oneshot(request.unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn messages_are_listed_page_by_page_and_read_once() {
    let post = Post::new().await;
    for topic in ["case.submitted", "case.accepted", "case.closed"] {
        post.tell(topic).await;
    }
    post.work().await;
    let (status, page) = call(&post, "wang", "GET", "/api/v1/messages?limit=2", None).await;
    assert_eq!((status, page["items"].as_array().unwrap().len()), (200, 2));
    assert_eq!(page["items"][0]["event"], "case.closed");
    let next = format!("/api/v1/messages?limit=2&after={}", page["next"].as_str().unwrap());
    let (_, last) = call(&post, "wang", "GET", &next, None).await;
    assert_eq!((last["items"][0]["event"].as_str(), &last["next"]), (Some("case.submitted"), &Value::Null));

    assert_eq!(call(&post, "wang", "GET", "/api/v1/messages/unread", None).await.1, json!({ "unread": 3 }));
    let path = format!("/api/v1/messages/{}/read", page["items"][0]["id"].as_str().unwrap());
    let (status, read) = call(&post, "wang", "POST", &path, None).await;
    assert_eq!((status, read["read_at"].as_str()), (200, Some("2026-03-02T09:00:00+08:00")));
    post.pass(3600);
    let (_, again) = call(&post, "wang", "POST", &path, None).await;
    assert_eq!(again["read_at"], read["read_at"], "the first time counts");
    assert_eq!(call(&post, "wang", "GET", "/api/v1/messages/unread", None).await.1, json!({ "unread": 2 }));
}

#[tokio::test]
async fn other_peoples_messages_are_not_there() {
    let post = Post::new().await;
    post.tell("case.closed").await;
    post.work().await;
    let path = format!("/api/v1/messages/{}/read", post.inbox().await[0].id);
    assert_eq!(call(&post, "li", "POST", &path, None).await.0, 404);
    assert_eq!(call(&post, "li", "GET", "/api/v1/messages", None).await.1["items"], json!([]));
    assert_eq!(call(&post, "clerk", "POST", &path, None).await.0, 403);
    assert_eq!(call(&post, "clerk", "GET", "/api/v1/messages", None).await.0, 403);
    assert_eq!(call(&post, "nobody", "GET", "/api/v1/messages", None).await.0, 401);
    assert_eq!(call(&post, "wang", "POST", "/api/v1/messages/x/read", None).await.0, 404);
    assert_eq!(post.inbox().await[0].read_at, None);
}

#[tokio::test]
async fn people_choose_how_they_are_told() {
    const PATH: &str = "/api/v1/messages/preferences";
    let post = Post::new().await;
    assert_eq!(call(&post, "wang", "GET", PATH, None).await.1, json!({ "email": null, "sms": true }));
    let wanted = json!({ "email": "Wang@example.org", "sms": false });
    assert_eq!(call(&post, "wang", "PUT", PATH, Some(wanted.clone())).await, (200, wanted.clone()));
    assert_eq!(call(&post, "wang", "GET", PATH, None).await.1, wanted);
    let (status, problem) = call(&post, "wang", "PUT", PATH, Some(json!({ "email": "wang", "sms": true }))).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("messages.email")));
    let (status, _) = call(&post, "wang", "PUT", PATH, Some(json!({ "sms": true, "phone": "1" }))).await;
    assert_eq!(status, 422, "unknown fields are refused");
    if post.world.db.engine() == db::Engine::Sqlite {
        let dump: Vec<u8> = ["world.db", "world.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(post.world.folder().join(name)).unwrap_or_default())
            .collect();
        assert!(!dump.windows(16).any(|w| w == b"Wang@example.org"));
    }
}
