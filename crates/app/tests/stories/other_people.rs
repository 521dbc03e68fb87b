use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::town::Town;

/// An item whose case waits for a person: filed with the wish for one.
const SLUG: &str = "food-operation-licence-new";

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_case_is_not_there() {
    let town = Town::founded().await;
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let documents = town.get(&token, &format!("/api/v1/cases/{number}/documents")).await.json();
    let document = documents["items"][0]["id"].as_str().unwrap().to_owned();
    let file = body["materials"].as_object().unwrap().values().find_map(|m| m["file"].as_str()).map(str::to_owned);

    let other = if login == "enterprise1" { "enterprise2" } else { "enterprise1" };
    let foreign_staff = town.staff("window", "tax");
    for stranger in [other, "citizen5", &foreign_staff, "auditor1", "sysadmin1"] {
        let theirs = town.sign_in(stranger).await;
        let mut paths = vec![
            format!("/api/v1/cases/{number}"),
            format!("/api/v1/cases/{number}/events"),
            format!("/api/v1/cases/{number}/clocks"),
            format!("/api/v1/cases/{number}/documents"),
        ];
        paths.extend(file.as_ref().map(|f| format!("/api/v1/files/{f}")));
        for path in paths {
            let reply = town.get(&theirs, &path).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{stranger} {path}: {}", reply.text);
        }
        let reply = town.post(&theirs, &format!("/api/v1/cases/{number}/commands"), json!({"type": "accept"})).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{stranger}");
        let page = town.get(&theirs, &format!("/cases/{number}/documents/{document}")).await;
        assert_ne!(page.status, StatusCode::OK, "{stranger}");
        let list = town.get(&theirs, "/api/v1/cases").await.json();
        assert!(!list.to_string().contains(&number), "{stranger}");
    }

    // Staff of the department see it; without the role for the task they are told so.
    let reviewer = town.sign_in(&town.staff("reviewer", "market-regulation")).await;
    assert_eq!(town.get(&reviewer, &format!("/api/v1/cases/{number}")).await.status, StatusCode::OK);
    let tried = town.post(&reviewer, &format!("/api/v1/cases/{number}/commands"), json!({"type": "accept"})).await;
    assert_eq!((tried.status, tried.code().as_str()), (StatusCode::FORBIDDEN, "cases.not-your-task"));

    // Supervision sees the course, not the answers.
    let supervisor = town.sign_in("supervisor1").await;
    let seen = town.get(&supervisor, &format!("/api/v1/cases/{number}")).await.json();
    assert!(seen["form"].is_null() && seen["materials"].is_null(), "{seen}");
    assert_eq!(seen["state"], "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_ids_are_not_found_on_every_route() {
    let town = Town::founded().await;
    let routes = app::site::routes(&town.platform).unwrap();
    let citizen = town.sign_in("citizen1").await;
    let clerk = town.sign_in("window1").await;
    let mut tried = 0;
    for route in routes.list().iter().filter(|r| r.is_api() && r.path.contains('{')) {
        for forged in [
            "0x0aaaaaaaaaa",
            "zzzzzzzzzzzzz",
            "1",
            "..%2f..%2fetc%2fpasswd",
            "%00",
            "520100202603020000012",
            "'%20OR%201=1",
        ] {
            let path: String = route
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { forged } else { part })
                .collect::<Vec<_>>()
                .join("/");
            for token in [&citizen, &clerk] {
                let body = (route.method != Method::GET && route.method != Method::DELETE).then(|| {
                    if route.path.contains("drafts") {
                        json!({"item": "no-such-item"})
                    } else {
                        json!({"type": "accept"})
                    }
                });
                let reply = town.call(token, route.method.clone(), &path, body).await;
                assert!(
                    matches!(
                        reply.status,
                        StatusCode::NOT_FOUND
                            | StatusCode::FORBIDDEN
                            | StatusCode::UNPROCESSABLE_ENTITY
                            | StatusCode::BAD_REQUEST
                    ),
                    "{} {path}: {} {}",
                    route.method,
                    reply.status,
                    reply.text
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_draft_and_certificates_are_not_there() {
    let town = Town::founded().await;
    let mine = town.sign_in("citizen1").await;
    let theirs = town.sign_in("citizen2").await;
    let draft = "/api/v1/drafts/0x0aaaaaaaaaa";
    let kept = town
        .call(
            &mine,
            Method::PUT,
            draft,
            Some(json!({"item": "driving-licence-renewal", "form": {"phone": "13800000001"}})),
        )
        .await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    assert_eq!(town.get(&theirs, draft).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.call(&theirs, Method::DELETE, draft, None).await.status, StatusCode::NOT_FOUND);
    let stale = town
        .call_with(
            &mine,
            Method::PUT,
            draft,
            Some(json!({"item": "driving-licence-renewal"})),
            &[("if-match", "\"v7\"")],
        )
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let resumed = town.get(&mine, draft).await.json();
    assert_eq!(resumed["form"]["phone"], "13800000001");

    let held = town.get(&mine, "/api/v1/certificates").await.json();
    let certificate = held["items"][0]["id"].as_str().unwrap();
    assert_eq!(town.get(&mine, &format!("/api/v1/certificates/{certificate}")).await.status, StatusCode::OK);
    assert_eq!(town.get(&theirs, &format!("/api/v1/certificates/{certificate}")).await.status, StatusCode::NOT_FOUND);
    let (_, token, mut body) = town.application("driving-licence-renewal").await;
    body["materials"]["id-card"] = json!({"certificate": certificate});
    let me = town.get(&token, "/api/v1/me").await.json();
    if me["username"] != "citizen1" {
        let reply = town.post(&token, "/api/v1/cases", body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "another's certificate: {}", reply.text);
    }
}
