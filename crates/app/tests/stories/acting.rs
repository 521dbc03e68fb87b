//! An enterprise through an agent: the people of the demonstration city act for its enterprises.

use axum::http::{Method, StatusCode};
use demo::city::people;
use serde_json::json;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_handling_agent_files_a_case_in_the_name_of_the_enterprise() {
    let town = Town::founded().await;
    let (login, _, mut body) = town.application("business-seal-engraving-record").await;
    let enterprise =
        people::enterprises().into_iter().find(|one| one.username == login).expect("an enterprise applies");
    let citizens = people::citizens();
    let person = &citizens[enterprise.agent.unwrap_or(enterprise.representative)];

    let token = town.sign_in(&person.username).await;
    let list = town.get(&token, "/api/v1/me/enterprises").await.json();
    let one = list["items"].as_array().unwrap().iter().find(|one| one["name"] == enterprise.name).unwrap().clone();
    let begun = town.post(&token, "/api/v1/sessions/acting", json!({"enterprise": one["id"]})).await;
    assert_eq!(begun.status, StatusCode::NO_CONTENT, "{}", begun.text);

    // What he hands in he uploads himself, in the enterprise's name.
    let keys: Vec<String> = body["materials"].as_object().unwrap().keys().cloned().collect();
    for key in keys {
        let file = town.file(&token).await;
        body["materials"][key] = json!({ "file": file });
    }
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap();
    let path = format!("/api/v1/cases/{number}");
    assert_eq!(town.get(&token, &path).await.status, StatusCode::OK);
    let of_enterprise = town.sign_in(&enterprise.username).await;
    assert_eq!(town.get(&of_enterprise, &path).await.status, StatusCode::OK, "the case is the enterprise's");

    // As himself he has nothing to do with it.
    let back = town.call(&token, Method::DELETE, "/api/v1/sessions/acting", None).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT);
    assert_eq!(town.get(&token, &path).await.status, StatusCode::NOT_FOUND);
    let own = town.get(&token, "/api/v1/cases").await;
    assert!(!own.text.contains(number), "{}", own.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn some_people_of_the_city_act_for_its_enterprises() {
    let town = Town::founded().await;
    for enterprise in people::enterprises() {
        let person = &people::citizens()[enterprise.representative];
        let token = town.sign_in(&person.username).await;
        let list = town.get(&token, "/api/v1/me/enterprises").await.json();
        let found = list["items"].as_array().unwrap().iter().any(|one| one["name"] == enterprise.name);
        assert!(found, "{} acts for {}", person.username, enterprise.username);
    }
    // A schoolchild acts for none, and for none of others.
    let child = town.sign_in("citizen3").await;
    assert_eq!(town.get(&child, "/api/v1/me/enterprises").await.json()["items"], json!([]));
}
