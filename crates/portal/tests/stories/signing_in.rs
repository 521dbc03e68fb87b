//! Signing in and out.

use axum::http::StatusCode;

use crate::world::{Hall, PASSWORD};

fn form(username: &str, password: &str, next: &str) -> String {
    format!("username={username}&password={password}&next={next}")
}

#[tokio::test]
async fn who_signs_in_is_led_on_and_greeted() {
    let hall = Hall::new().await.with_citizen().await;
    let answer = hall.post("/sign-in", "", &form("citizen1", PASSWORD, "%2Fitems%3Ftheme%3Dbirth")).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/items?theme=birth"),
        "{}",
        answer.text
    );
    let set = answer.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Max-Age=28800"), "{set}");
    let page = hall.look("/", &answer.cookie()).await;
    assert!(page.text.contains("王小敏") && page.text.contains("退出"), "{}", page.text);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(hall.look("/sign-in?next=%2Fitems", &answer.cookie()).await.header("location"), "/items");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let hall = Hall::new().await.with_citizen().await;
    for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", ""] {
        let answer = hall.post("/sign-in", "", &form("citizen1", PASSWORD, next)).await;
        assert_eq!(answer.header("location"), "/", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_alike() {
    let hall = Hall::new().await.with_citizen().await;
    let wrong = hall.post("/sign-in", "", &form("citizen1", "not-this-1", "/")).await;
    let unknown = hall.post("/sign-in", "", &form("nobody77", "not-this-1", "/")).await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(wrong.text.replace("citizen1", "x"), unknown.text.replace("nobody77", "x").replace("citizen1", "x"));
    assert!(!wrong.text.contains("not-this-1"), "the password is never sent back");
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn empty_fields_are_named() {
    let hall = Hall::new().await;
    let answer = hall.post("/sign-in", "", "username=&password=").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("请改正下面 2 处") && answer.text.contains("请输入密码"), "{}", answer.text);
}

#[tokio::test]
async fn five_failures_lock_and_the_page_says_for_how_long() {
    let hall = Hall::new().await.with_citizen().await;
    for _ in 0..5 {
        hall.post("/sign-in", "", &form("citizen1", "not-this-1", "/")).await;
    }
    let answer = hall.post("/sign-in", "", &form("citizen1", PASSWORD, "/")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text.contains("分钟"), "{}", answer.text);
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_there() {
    let hall = Hall::new().await.with_citizen().await;
    let cookie = hall.post("/sign-in", "", &form("citizen1", PASSWORD, "/")).await.cookie();
    let answer = hall.post("/sign-out", &cookie, "").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert!(!hall.look("/", &cookie).await.text.contains("王小敏"), "the old cookie is worth nothing");
}

#[tokio::test]
async fn signing_in_anew_leaves_the_session_before() {
    let hall = Hall::new().await.with_citizen().await;
    let first = hall.post("/sign-in", "", &form("citizen1", PASSWORD, "/")).await.cookie();
    let second = hall.post("/sign-in", &first, &form("citizen1", PASSWORD, "/")).await.cookie();
    assert_ne!(first, second);
    assert!(!hall.look("/", &first).await.text.contains("王小敏"));
    assert!(hall.look("/", &second).await.text.contains("王小敏"));
}
