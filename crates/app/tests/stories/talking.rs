//! Applicant and office write to each other, the service is rated, a complaint is made, progress is followed by a paper.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::town::Town;

const SLUG: &str = "food-operation-licence-new";

/// A case that waits for the office: login of the applicant, token, number.
async fn waiting(town: &Town) -> (String, String, String) {
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    (login, token, case["number"].as_str().unwrap().to_owned())
}

async fn command(town: &Town, token: &str, number: &str, body: Value) -> StatusCode {
    town.post(token, &format!("/api/v1/cases/{number}/commands"), body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn applicant_and_office_talk_in_the_case_and_nobody_else_reads_it() {
    let town = Town::founded().await;
    let (login, token, number) = waiting(&town).await;
    let file = town.file(&token).await;
    let text = "场地合同是复印件，可以吗？";
    assert_eq!(command(&town, &token, &number, json!({"type": "say", "text": text, "files": [file]})).await, 200);

    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let path = format!("/api/v1/cases/{number}/messages");
    let read = town.get(&clerk, &path).await.json();
    assert_eq!((&read["items"][0]["text"], &read["items"][0]["side"]), (&json!(text), &json!("applicant")));
    assert_eq!(town.get(&clerk, &format!("/api/v1/files/{file}")).await.status, StatusCode::OK);
    assert_eq!(town.post(&clerk, &format!("{path}/seen"), json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(command(&town, &clerk, &number, json!({"type": "say", "text": "可以。"})).await, 200);

    // The words are nowhere in clear: neither in the fact nor in the open part of the history.
    let events = town.get(&token, &format!("/api/v1/cases/{number}/events")).await.text;
    assert!(events.contains("case.office-wrote") && !events.contains(text), "{events}");

    // Somebody else's file cannot be attached, somebody else's case not read.
    let other = town.sign_in(if login == "enterprise1" { "enterprise2" } else { "enterprise1" }).await;
    assert_eq!(town.get(&other, &path).await.status, StatusCode::NOT_FOUND);
    let stolen = json!({"type": "say", "text": "？", "files": [town.file(&other).await]});
    assert_eq!(command(&town, &token, &number, stolen).await, 422);
    let supervisor = town.sign_in("supervisor1").await;
    assert!(!town.get(&supervisor, &path).await.text.contains(text));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_rated_does_not_learn_of_it_from_the_case() {
    let town = Town::founded().await;
    let (_, token, number) = waiting(&town).await;
    assert_eq!(command(&town, &token, &number, json!({"type": "withdraw"})).await, 200);
    let rating = json!({"type": "rate", "score": 1, "aspects": ["speed"], "comment": "等得太久"});
    assert_eq!(command(&town, &token, &number, rating).await, 200);
    let complaint = json!({"type": "complain", "kind": "delay", "text": "一直没有人联系我"});
    assert_eq!(command(&town, &token, &number, complaint).await, 200);

    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    for path in ["", "/events", "/course"] {
        let path = format!("/api/v1/cases/{number}{path}");
        let why = [("x-access-reason", "%E6%A0%B8%E5%AE%9E%E6%83%85%E5%86%B5")];
        let seen = town.call_with(&clerk, Method::GET, &path, None, &why).await;
        assert_eq!(seen.status, StatusCode::OK);
        for secret in ["case.rated", "case.complained", "等得太久", "一直没有人联系我", "\"rating\""] {
            assert!(!seen.text.contains(secret), "{path} tells {secret}");
        }
    }
    let own = town.get(&token, &format!("/api/v1/cases/{number}/course")).await.text;
    assert!(own.contains("投诉编号TS") && own.contains("非常不满意"), "{own}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_in_hand_is_enough_to_follow_a_case() {
    let town = Town::founded().await;
    let (_, token, number) = waiting(&town).await;
    let documents = town.get(&token, &format!("/api/v1/cases/{number}/documents")).await.json();
    let page = town.page(&token, documents["items"][0]["page"].as_str().unwrap()).await.text;
    let code = town.platform.cases.query_code(&number);
    assert!(page.contains(&code), "the receipt bears the code");

    let right = town.get("", &format!("/api/v1/progress?number={number}&code={}", code.to_lowercase())).await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.text);
    assert_eq!(right.json()["state"], "submitted");
    assert_eq!(right.json()["course"]["department"], "market-regulation");
    let seen = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    for personal in [&seen["applicant"], &seen["form"]["phone"]] {
        if let Some(personal) = personal.as_str() {
            assert!(!right.text.contains(personal), "progress tells {personal}");
        }
    }
    let wrong = town.get("", &format!("/api/v1/progress?number={number}&code=AAAA-AAAA")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::NOT_FOUND, "cases.no-progress"));
    let none = town.get("", "/api/v1/progress?number=520100209901010000011&code=AAAA-AAAA").await;
    assert_eq!((none.status, none.code()), (wrong.status, wrong.code()));

    let report = town.platform.cases.replay().await.unwrap();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
}
