//! How often somebody may begin what sends a code.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use kernel::identifiers::IdNumber;

use crate::town::{Reply, Town};

/// Sends a form from an address, with the cookie of the step under way.
async fn form(town: &Town, from: &str, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", webkit::url_encode(value))).collect();
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")))
        .unwrap();
    let from: SocketAddr = format!("{from}:40000").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(from));
    town.send(request).await
}

/// Begins to register as the `n`th stranger and gives a phone: the answer to the latter.
async fn register(town: &Town, n: u32, from: &str, phone: &str) -> Reply {
    let number = IdNumber::synthetic(520_102, "1990-03-07".parse().unwrap(), 300 + n);
    let who = [("name", "赵一鸣"), ("document", "resident-id"), ("number", number.as_str())];
    let begun = form(town, from, "", "/register", &who).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let cookie = begun.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    form(town, from, &cookie, "/register/phone", &[("phone", phone)]).await
}

fn told(reply: &Reply, seconds: i64, words: &str) {
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "{}", reply.text);
    assert_eq!(reply.headers[header::RETRY_AFTER], seconds.to_string().as_str());
    assert!(reply.text.contains(words), "{}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_sends_one_code_a_minute_and_ten_a_day_to_a_phone_and_for_an_address() {
    let town = Town::empty().await;
    let first = register(&town, 0, "192.0.2.1", "13700001111").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let now = town.world.clock.now();
    town.world.clock.set(now + std::time::Duration::from_secs(18));
    // The same phone from elsewhere; another phone from the same place; both with other people's numbers.
    told(&register(&town, 1, "192.0.2.2", "13700001111").await, 42, "请 42 秒后再获取");
    told(&register(&town, 2, "192.0.2.1", "13700002222").await, 42, "请 42 秒后再获取");
    assert_eq!(register(&town, 3, "192.0.2.3", "13700003333").await.status, StatusCode::SEE_OTHER);

    for n in 1..10 {
        town.world.clock.set(now + std::time::Duration::from_secs(60 * n));
        let n = u32::try_from(n).unwrap();
        let sent = register(&town, 10 + n, &format!("192.0.2.{}", 10 + n), "13700001111").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{n}: {}", sent.text);
    }
    town.world.clock.set(now + std::time::Duration::from_secs(600));
    told(&register(&town, 30, "192.0.2.40", "13700001111").await, 86_400 - 600, "请约 24 小时后再试");
    town.world.clock.set(now + std::time::Duration::from_secs(86_400));
    assert_eq!(register(&town, 31, "192.0.2.41", "13700001111").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_told_when_a_login_may_be_tried_again() {
    let town = Town::founded().await;
    let wrong = serde_json::json!({"username": "citizen1", "password": "nonsense"});
    let mut reply = town.post("", "/api/v1/sessions", wrong.clone()).await;
    while reply.status != StatusCode::TOO_MANY_REQUESTS {
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{}", reply.text);
        reply = town.post("", "/api/v1/sessions", wrong.clone()).await;
    }
    let seconds: i64 = reply.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!(seconds > 0 && reply.text.contains(&format!("请约 {} 分钟后再试", seconds / 60)), "{}", reply.text);
}
