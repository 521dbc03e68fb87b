//! What the site adds to every answer, and its own routes.

use axum::{body::Body, http::StatusCode};

use crate::world::{ask, look};

#[tokio::test]
async fn a_panic_becomes_a_500_that_tells_nothing_but_its_number() {
    let answer = look("/api/v1/panic", &[]).await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::INTERNAL_SERVER_ERROR, Some("request.panic"))
    );
    assert_eq!(answer.json()["instance"].as_str().unwrap(), answer.header("x-request-id"));
    assert!(!answer.text.contains("secret"));
    let page = look("/panic", &[]).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        page.text.contains("系统出错")
            && page.text.contains(page.header("x-request-id"))
            && !page.text.contains("secret")
    );
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_for_programs_and_a_page_for_people() {
    let program = look("/api/v1/nothing", &[]).await;
    assert_eq!((program.status, program.json()["code"].as_str()), (StatusCode::NOT_FOUND, Some("request.not-found")));
    let page = look("/nothing", &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let text = page.text.replace(page.header("x-request-id"), "[number]").replace(asset(&page.text, ".css"), "[style]");
    let text = text.replace(asset(&text, ".js"), "[script]").replace("><", ">\n<");
    insta::assert_snapshot!(text);
}

/// Path of the page's own style sheet or script.
#[expect(clippy::unwrap_used, reason = "a page without its sheet or script ends the test")]
fn asset<'a>(text: &'a str, kind: &str) -> &'a str {
    let end = text.find(&format!("{kind}\"")).unwrap() + kind.len();
    &text[text[..end].rfind('"').unwrap() + 1..end]
}

#[tokio::test]
async fn every_answer_is_hardened() {
    for path in ["/hello", "/nothing", "/api/v1/things", "/healthz"] {
        let answer = look(path, &[]).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'")
                && policy.contains("default-src 'none'")
                && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 13, "{path}");
    }
    assert_eq!(look("/mine", &[("cookie", "tongban=citizen")]).await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    for path in ["/hello", "/nothing", "/panic"] {
        let (get, head) = (look(path, &[]).await, ask("HEAD", path, &[], Body::empty()).await);
        assert_eq!(get.status, head.status, "{path}");
        assert_eq!(get.header("content-type"), head.header("content-type"), "{path}");
        assert_eq!(head.text, "", "{path}");
    }
}

#[tokio::test]
async fn pages_bring_nothing_inline_and_nothing_from_another_host() {
    let page = look("/nothing", &[]).await;
    assert_eq!(page.text.matches("<script").count(), 1);
    assert!(page.text.contains("<script type=\"module\" src=\"/assets/site-"), "{}", page.text);
    assert!(!page.text.contains(" style=") && !page.text.contains("http"), "{}", page.text);
    for kind in [".css", ".js"] {
        let answer = look(asset(&page.text, kind), &[("accept-encoding", "gzip")]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-encoding"), "gzip");
        let plain = look(asset(&page.text, kind), &[]).await;
        for foreign in ["@import", "http:", "https:"] {
            assert!(!plain.text.contains(foreign), "{kind}: {foreign}");
        }
    }
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_ask() {
    let page = look("/nothing", &[("accept-encoding", "gzip")]).await;
    assert_eq!(page.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn the_interface_describes_itself() {
    let document = look("/api/v1/openapi.json", &[]).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let filing = &document["paths"]["/api/v1/things"]["post"];
    assert_eq!(filing["security"], serde_json::json!([{"bearer": []}]));
    assert_eq!(filing["x-access"], "citizen enterprise");
    assert!(filing["responses"]["default"]["content"]["application/problem+json"].is_object());
    assert_eq!(document["paths"]["/api/v1/things"]["get"]["security"], serde_json::json!([]));
    for schema in ["Filing", "Inner", "Problem"] {
        assert!(document["components"]["schemas"][schema].is_object(), "{schema}");
    }
}

#[tokio::test]
async fn the_documentation_page_comes_from_this_host_alone() {
    let page = look("/api/docs/", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("swagger-ui") && !page.text.contains("https://"), "{}", page.text);
    assert!(!page.header("content-security-policy").contains("script-src 'self' 'unsafe-inline'"));
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        assert_eq!(look(&format!("/api/docs/{file}"), &[]).await.status, StatusCode::OK, "{file}");
    }
    assert_eq!(look("/api/docs/nothing.js", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(look("/api/docs", &[]).await.header("location"), "/api/docs/");
}

#[tokio::test]
async fn health_and_figures_are_there() {
    assert_eq!(look("/healthz", &[]).await.text, "alive\n");
    assert_eq!(look("/readyz", &[]).await.text, "ready\n");
    assert_eq!(look("/metrics", &[]).await.status, StatusCode::OK);
}
