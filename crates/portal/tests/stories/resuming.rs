//! A form that is sent after the session has ended.

use axum::{
    http::{Method, StatusCode},
    routing::post,
};
use webkit::{Access, By, Fields, Routes, url_encode};

use crate::world::{Hall, PASSWORD};

/// A page that takes a form and says who sent what.
pub(crate) fn note() -> Routes {
    let take = |By(act): By, fields: Fields| async move { format!("{}: {}", act.name(), fields.one("why")) };
    Routes::new(()).page(Access::SignedIn, Method::POST, "/note", post(take)).done()
}

/// What the page carries, as the browser sends it with the sign-in form.
fn carried(page: &str) -> String {
    let value = |name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
        url_encode(&rest.split('"').next().unwrap_or_default().replace("&amp;", "&"))
    };
    format!("resume-path={}&resume-body={}", value("resume-path"), value("resume-body"))
}

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    let hall = Hall::new().await.with_citizen().await;
    let entry = format!("username=citizen1&password={PASSWORD}");
    let cookie = hall.post("/sign-in", "", &entry).await.cookie();
    let typed = "why=%E5%AD%A9%E5%AD%90%E4%B8%8A%E5%AD%A6";
    assert_eq!(hall.post("/note", &cookie, typed).await.text, "王小敏: 孩子上学");

    hall.world.travel_to("2026-03-02 09:31");
    let late = hall.post("/note", &cookie, typed).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    assert!(late.text.contains("填写的内容都还在"), "{}", late.text);

    let wrong =
        hall.post("/sign-in", "", &format!("{}&username=citizen1&password=not-this-1", carried(&late.text))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let resumed = hall.post("/sign-in", "", &format!("{}&{entry}", carried(&wrong.text))).await;
    assert_eq!(resumed.status, StatusCode::OK, "{}", resumed.text);
    assert!(resumed.text.contains("继续提交") && resumed.text.contains("王小敏"), "{}", resumed.text);
    assert!(resumed.text.contains("name=\"why\" value=\"孩子上学\""), "{}", resumed.text);
    assert_eq!(hall.post("/note", &resumed.cookie(), typed).await.text, "王小敏: 孩子上学");
}

#[tokio::test]
async fn a_page_knows_when_the_session_ends() {
    let hall = Hall::new().await.with_citizen().await;
    let cookie = hall.post("/sign-in", "", &format!("username=citizen1&password={PASSWORD}")).await.cookie();
    assert!(hall.look("/", &cookie).await.text.contains("data-session-ends=\"1800\""));
    assert!(!hall.look("/", "").await.text.contains("data-session-ends"));
    hall.world.travel_to("2026-03-02 09:10");
    assert!(hall.look("/", &cookie).await.text.contains("data-session-ends=\"1800\""), "each use begins the rest anew");
}
