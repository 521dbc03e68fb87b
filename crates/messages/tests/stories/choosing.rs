//! The page on which somebody chooses how he is told.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use kernel::{Act, Timestamp};
use tower::ServiceExt as _;
use webkit::{Answer, Authenticator, BoxFuture, Site, SiteConfig};

use super::post::Post;

/// Whoever has a cookie is the one.
struct Door(Act);

impl Authenticator for Door {
    fn act<'a>(&'a self, _: &'a str, _: Timestamp, _: Option<&'a str>) -> BoxFuture<'a, Answer<Option<Act>>> {
        let act = Some(self.0.clone());
        Box::pin(async move { Ok(act) })
    }
}

async fn ask(post: &Post, cookie: &str, form: Option<&str>) -> (StatusCode, String, String) {
    let routes = messages::routes(post.messages.clone());
    let site =
        Site::new(routes, Arc::new(Door(post.as_wang())), post.world.clock.clone(), SiteConfig::default()).unwrap();
    let request = Request::builder().uri("/my/account/notices").header("cookie", cookie);
    let request = match form {
        Some(form) => request
            .method("POST")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned())),
        None => request.body(Body::empty()),
    };
    let response = site.oneshot(request.unwrap()).await.unwrap();
    let location = response.headers().get("location").map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, location, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn somebody_chooses_on_a_page_how_he_is_told() {
    let post = Post::new().await;
    let me = "tongban=wang";
    let (status, location, _) = ask(&post, "", None).await;
    assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fmy%2Faccount%2Fnotices"));
    let (status, _, page) = ask(&post, me, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("name=\"sms\"") && page.contains("checked") && !page.contains("<script>"), "{page}");

    let (status, _, page) = ask(&post, me, Some("email=wang%40&sms=yes")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"wang@\"") && page.contains("请填写完整的邮箱地址"), "{page}");

    let (status, location, _) = ask(&post, me, Some("email=wang%40example.cn")).await;
    assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/my/account/notices?done=saved"));
    let (_, _, page) = ask(&post, me, None).await;
    assert!(page.contains("wang@example.cn") && !page.contains("checked"), "{page}");
    assert!(!post.world.dump().await.contains("wang@example.cn"), "addresses stand sealed");
}
