use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::town::Town;

/// Closed on the spot when the rules hold.
const INSTANT: &str = "driving-licence-renewal";
/// Licensing with a visit on site.
const FOOD: &str = "food-operation-licence-new";

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_item_closes_within_the_request_and_its_result_replaces_paper() {
    let town = Town::founded().await;
    let (_, token, body) = town.application(INSTANT).await;
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    assert_eq!(number.len(), 21);
    let seen = town.get(&token, &format!("/api/v1/cases/{number}")).await;
    assert_eq!(seen.headers["etag"], format!("\"v{}\"", case["seq"]));
    let events = town.get(&token, &format!("/api/v1/cases/{number}/events")).await.json();
    let kinds: Vec<&str> = events["items"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "case.submitted");
    if case["state"] == "closed" {
        assert!(kinds.contains(&"case.decided") && kinds.contains(&"case.closed"), "{kinds:?}");
        let certificate = case["certificate"]["id"].as_str().unwrap();
        let held = town.get(&token, "/api/v1/certificates").await.json();
        assert!(held.to_string().contains(certificate), "the result is in the library");
    }
    let documents = town.get(&token, &format!("/api/v1/cases/{number}/documents")).await.json();
    let first = &documents["items"][0];
    assert_eq!(first["kind"], "intake_receipt");
    assert!(first["number"].as_str().unwrap().contains("收字第"), "{first}");
    let page = town.get(&token, first["page"].as_str().unwrap()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "pages are for sessions, not for tokens of programs");
    let confirmed = town.get("", first["confirm"].as_str().unwrap()).await;
    assert_eq!(confirmed.status, StatusCode::OK);
    assert!(confirmed.text.contains("收件凭证") && confirmed.text.contains("演示环境"), "{}", confirmed.text);
    let clocks = town.get(&token, &format!("/api/v1/cases/{number}/clocks")).await.json();
    for clock in clocks["items"].as_array().unwrap() {
        let days = clock["days"].as_array().unwrap();
        let counted = days.iter().filter(|d| !d["counted"].is_null()).count();
        assert_eq!(counted as u64, clock["limit"].as_u64().unwrap(), "{clock}");
        assert_eq!(days.last().map_or(&clock["start"], |d| &d["date"]), &clock["deadline"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_all_at_once_with_pointers() {
    let town = Town::founded().await;
    let (_, token, body) = town.application(FOOD).await;

    let mut wrong = body.clone();
    wrong["form"]["phone"] = json!("12345");
    wrong["form"]["no_such_field"] = json!(1);
    wrong["materials"] = json!({});
    let reply = town.post(&token, "/api/v1/cases", wrong).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "cases.incomplete"));
    let problem = reply.json();
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/form/phone") && pointers.contains(&"/form/no_such_field"), "{pointers:?}");
    assert!(pointers.iter().any(|p| p.starts_with("/materials/")), "{pointers:?}");

    let unknown = town.post(&token, "/api/v1/cases", json!({"item": FOOD, "nonsense": true})).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unknown.text);
    let no_item = town.post(&token, "/api/v1/cases", json!({"item": "no-such-item"})).await;
    assert_eq!(no_item.status, StatusCode::NOT_FOUND);
    let forged = json!({"item": FOOD, "form": body["form"], "materials": {"layout": {"file": "0x0aaaaaaaaaa"}},
        "consent": identity::CONSENT_TEXT_VERSION});
    let reply = town.post(&token, "/api/v1/cases", forged).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    assert_eq!(
        town.get(&token, "/api/v1/cases").await.json()["items"].as_array().unwrap().len(),
        0,
        "nothing was kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_is_one_case() {
    let town = Town::founded().await;
    let (_, token, body) = town.application(FOOD).await;
    let key = [("idempotency-key", "story-1")];
    let first = town.call_with(&token, Method::POST, "/api/v1/cases", Some(body.clone()), &key).await;
    let second = town.call_with(&token, Method::POST, "/api/v1/cases", Some(body.clone()), &key).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", first.text);
    assert_eq!(first.json()["number"], second.json()["number"]);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    let mut other = body;
    other["form"]["staff_count"] = json!(77);
    let reused = town.call_with(&token, Method::POST, "/api/v1/cases", Some(other), &key).await;
    assert_eq!(reused.code(), "idempotency.reused");
    let listed = town.get(&token, "/api/v1/cases").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_clerks_at_once_one_wins_and_the_other_is_told() {
    let town = Town::founded().await;
    let (_, token, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let path = format!("/api/v1/cases/{number}/commands");
    let old = format!("\"v{}\"", case["seq"].as_i64().unwrap() - 1);
    let stale =
        town.call_with(&clerk, Method::POST, &path, Some(json!({"type": "accept"})), &[("if-match", &old)]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let (a, b) = tokio::join!(
        town.post(&clerk, &path, json!({"type": "accept"})),
        town.post(&clerk, &path, json!({"type": "accept"})),
    );
    let mut both = [a.status, b.status];
    both.sort();
    assert_eq!(both, [StatusCode::OK, StatusCode::CONFLICT], "{} {}", a.text, b.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_clerk_applies_for_a_visitor_with_paper() {
    let town = Town::founded().await;
    let (login, _, body) = town.application(FOOD).await;
    let (_, facts) = demo::city::people::applicants(kernel::city_date(town.world.clock.now()))
        .into_iter()
        .find(|(account, _)| *account == login)
        .unwrap();
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let materials: serde_json::Map<String, serde_json::Value> =
        body["materials"].as_object().unwrap().keys().map(|key| (key.clone(), json!({"paper": true}))).collect();
    let applicant = match (&facts.id_number, &facts.uscc) {
        (_, Some(uscc)) => json!({"uscc": uscc}),
        (number, None) => json!({"id_number": number}),
    };
    let at_counter = json!({
        "item": FOOD, "channel": "window", "form": body["form"], "materials": materials, "applicant": applicant,
        "consent": identity::CONSENT_TEXT_VERSION,
    });
    let case = town.submit(&clerk, &at_counter).await;
    assert_eq!(case["channel"], "window");
    let citizen = town.sign_in(&login).await;
    let number = case["number"].as_str().unwrap();
    assert_eq!(
        town.get(&citizen, &format!("/api/v1/cases/{number}")).await.status,
        StatusCode::OK,
        "the visitor sees it"
    );
    let online = json!({"item": FOOD, "channel": "web", "form": body["form"], "materials": materials,
        "consent": identity::CONSENT_TEXT_VERSION});
    let paper = town.post(&citizen, "/api/v1/cases", online).await;
    assert_eq!(paper.code(), "cases.paper-online");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_document_is_not_taken_in() {
    let town = Town::founded().await;
    let token = town.sign_in("citizen1").await;
    let good = town.file(&token).await;
    let download = town.get(&token, &format!("/api/v1/files/{good}")).await;
    assert_eq!(download.status, StatusCode::OK);
    assert!(download.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(download.headers["x-content-type-options"], "nosniff");
    for (name, bytes) in [
        ("程序.pdf", b"MZ\x90\x00 this is a program".to_vec()),
        ("空.pdf", Vec::new()),
        ("网页.html", b"<html><script>alert(1)</script></html>".to_vec()),
        ("../../etc/passwd.pdf", b"%PDF-1.4 /JavaScript (app.alert(1))".to_vec()),
    ] {
        let reply = town.upload(&token, name, &bytes).await;
        assert!(
            matches!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY),
            "{name}: {} {}",
            reply.status,
            reply.text
        );
    }
    let large = town.upload(&token, "大.pdf", &vec![b'x'; (20 << 20) + 1]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let stranger = town.sign_in("citizen2").await;
    assert_eq!(town.get(&stranger, &format!("/api/v1/files/{good}")).await.status, StatusCode::NOT_FOUND);
}
