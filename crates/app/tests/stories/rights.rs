use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use webkit::Access;

use crate::town::Town;

/// The path with something in place of each parameter.
fn concrete(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "0x0aaaaaaaaaa" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_asked_to_sign_in_on_every_route_that_is_not_public() {
    let town = Town::empty().await;
    let routes = app::site::routes(&town.platform).unwrap();
    let mut asked = 0;
    for route in routes.list().iter().filter(|r| r.access != Access::Public) {
        let reply = town.call("", route.method.clone(), &concrete(&route.path), None).await;
        if route.is_api() {
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{} {}", route.method, route.path);
            assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json", "{}", route.path);
        } else if route.method == Method::POST {
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{} {}", route.method, route.path);
            assert!(reply.text.contains("请重新登录"), "{} keeps what was typed", route.path);
        } else {
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{} {}", route.method, route.path);
            // What was sent cannot be led back to; a page can.
            let back = if route.method == Method::GET { "/sign-in?next=" } else { "/sign-in" };
            let leads = reply.headers[header::LOCATION].to_str().unwrap();
            assert!(leads.starts_with(back), "{} {} {leads}", route.method, route.path);
        }
        asked += 1;
    }
    assert!(asked > 25, "{asked} routes are too few to be all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_is_no_token() {
    let town = Town::empty().await;
    for token in ["x", "Bearer", "0123456789012345678901234567890123456789012", "\u{feff}"] {
        let request = Request::builder()
            .uri("/api/v1/me")
            .header(header::AUTHORIZATION, format!("Bearer {token}").into_bytes())
            .body(Body::empty())
            .unwrap();
        assert_eq!(town.send(request).await.status, StatusCode::UNAUTHORIZED, "{token}");
    }
}

/// Which role may call which route: a change here is a change of rights and is looked at as one.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_roles_and_routes_is_as_decided() {
    let town = Town::empty().await;
    insta::assert_snapshot!(app::site::routes(&town.platform).unwrap().matrix());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_cannot_post_for_somebody() {
    let town = Town::empty().await;
    let routes = app::site::routes(&town.platform).unwrap();
    for route in routes.list().iter().filter(|r| r.method == Method::POST && !r.is_api()) {
        let request = Request::builder()
            .method(Method::POST)
            .uri(concrete(&route.path))
            .header("sec-fetch-site", "cross-site")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("a=b"))
            .unwrap();
        assert_eq!(town.send(request).await.status, StatusCode::FORBIDDEN, "{}", route.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_route_for_programs() {
    let town = Town::empty().await;
    let described = town.get("", "/api/v1/openapi.json").await.json();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    for route in app::site::routes(&town.platform).unwrap().list().iter().filter(|r| r.is_api()) {
        let operation = &described["paths"][&route.path][route.method.as_str().to_lowercase()];
        let summary = operation["summary"].as_str().or(operation["description"].as_str()).unwrap_or_default();
        assert!(!summary.is_empty(), "{} {} is not described", route.method, route.path);
    }
}
