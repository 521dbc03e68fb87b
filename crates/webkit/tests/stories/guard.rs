//! Who may call what.

use axum::{body::Body, http::StatusCode, routing::get};
use kernel::Clock;
use webkit::{Access, RouteFaults, Routes, Site, SiteConfig};

use crate::world::{ask, look, routes};

#[tokio::test]
async fn a_stranger_gets_nowhere_that_asks_for_a_sign_in() {
    let mut walked = 0;
    for route in routes().list() {
        if route.access == Access::Public {
            continue;
        }
        walked += 1;
        let path = route.path.replace("{id}", "0000000000001");
        let answer = ask(route.method.as_str(), &path, &[], Body::empty()).await;
        if route.is_api() {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(answer.json()["code"], "request.sign-in-first");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        } else if route.method == axum::http::Method::POST {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(answer.header("www-authenticate"), "Cookie");
            assert!(answer.text.contains("请重新登录"), "{path}");
        } else {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.header("location").starts_with("/sign-in"), "{path}");
        }
    }
    assert_eq!(walked, 7);
}

#[tokio::test]
async fn a_stranger_is_led_back_after_signing_in() {
    let answer = look("/mine?a=1&b=%E8%BA%AB", &[]).await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fmine%3Fa%3D1%26b%3D%25E8%25BA%25AB");
}

#[tokio::test]
async fn the_wrong_role_is_refused_and_the_right_one_let_in() {
    let answer = look("/desk", &[("cookie", "tongban=citizen")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains("没有权限") && answer.text.contains("张三"), "{}", answer.text);
    assert_eq!(look("/desk", &[("cookie", "tongban=window")]).await.text, "desk");
    let answer = ask("POST", "/api/v1/things", &[("authorization", "Bearer window")], Body::empty()).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some("request.forbidden")));
}

#[tokio::test]
async fn programs_sign_in_by_token_and_people_by_cookie_never_the_other_way() {
    let path = "/api/v1/things/0000000000001";
    assert_eq!(look(path, &[("authorization", "Bearer citizen")]).await.text, "\"0000000000001 for 张三\"");
    assert_eq!(look(path, &[("cookie", "tongban=citizen")]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(look("/mine", &[("cookie", "tongban=citizen")]).await.text, "张三");
    assert_eq!(look("/mine", &[("authorization", "Bearer citizen")]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_ended_token_is_told_to_programs_even_where_strangers_may_call() {
    let answer = look("/api/v1/things", &[("authorization", "Bearer gone")]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        look("/hello", &[("cookie", "tongban=gone")]).await.status,
        StatusCode::OK,
        "a page shows itself to a stranger"
    );
    assert_eq!(look("/hello", &[("cookie", "tongban=citizen")]).await.text, "张三");
}

#[tokio::test]
async fn a_broken_session_store_is_our_fault_and_says_nothing_of_itself() {
    let answer = look("/mine", &[("cookie", "tongban=broken")]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.text.contains("session store") && answer.text.contains("identity.test"), "{}", answer.text);
}

#[tokio::test]
async fn a_change_from_another_site_is_refused() {
    for headers in [
        [("sec-fetch-site", "cross-site"), ("cookie", "tongban=citizen")],
        [("origin", "https://evil.example"), ("cookie", "tongban=citizen")],
    ] {
        let answer = ask("POST", "/mine", &headers, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text.contains("request.cross-site"), "{}", answer.text);
    }
    let here = [("sec-fetch-site", "same-origin"), ("cookie", "tongban=citizen")];
    assert_eq!(ask("POST", "/mine", &here, Body::empty()).await.text, "done");
    let program = ask("POST", "/api/v1/things", &[("sec-fetch-site", "cross-site")], Body::empty()).await;
    assert_eq!(program.json()["code"], "request.cross-site");
}

#[tokio::test]
async fn a_method_nobody_declared_is_405_and_says_which_are_allowed() {
    let answer = ask("DELETE", "/api/v1/things", &[], Body::empty()).await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, POST"));
    assert_eq!(answer.json()["code"], "request.method");
    let page = ask("PUT", "/hello", &[], Body::empty()).await;
    assert_eq!((page.status, page.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    assert!(page.text.contains("不支持这种操作"));
}

#[test]
fn the_matrix_shows_every_route_and_role() {
    insta::assert_snapshot!(routes().matrix());
}

#[test]
fn a_site_with_contradicting_routes_does_not_start() {
    let page =
        |path: &str| Routes::new(()).page(Access::Public, axum::http::Method::GET, path, get(|| async {})).done();
    let start = |routes| {
        struct Nobody;
        impl webkit::Authenticator for Nobody {
            fn act<'a>(
                &'a self,
                _: &'a str,
                _: kernel::Timestamp,
                _: Option<&'a str>,
            ) -> webkit::BoxFuture<'a, webkit::Answer<Option<kernel::Act>>> {
                Box::pin(async { Ok(None) })
            }
        }
        Site::new(routes, std::sync::Arc::new(Nobody), Clock::system(), SiteConfig::default()).map(|_| ())
    };
    assert_eq!(start(page("/a").merge(page("/a"))), Err(RouteFaults(vec!["GET /a is declared twice".to_owned()])));
    let RouteFaults(faults) = start(page("/a/{id}").merge(page("/a/{slug}"))).unwrap_err();
    assert_eq!(faults, ["/a/{slug} and /a/{id} are the same path"]);
    assert_eq!(start(page("/a/{id}").merge(page("/a/new"))), Ok(()));
    assert!(start(page("/healthz")).is_err(), "the site's own routes count too");
}
