//! Midnight and the end of the year, through the whole platform: what bears a day bears the city's day.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::town::Town;

/// Licensing within working days.
const FOOD: &str = "food-operation-licence-new";

fn to_the_second(town: &Town, time: &str) {
    let instant = format!("{}+08:00", time.replace(' ', "T")).parse().unwrap();
    assert!(town.world.clock.set(instant));
}

/// Day and sequence in the number of a case.
fn day_and_sequence(case: &Value) -> (String, u32) {
    let number = case["number"].as_str().unwrap();
    (number[6..14].to_owned(), number[14..20].parse().unwrap())
}

/// Numbers of the case's documents.
async fn documents(town: &Town, token: &str, case: &Value) -> Vec<String> {
    let number = case["number"].as_str().unwrap();
    let listed = town.get(token, &format!("/api/v1/cases/{number}/documents")).await.json();
    listed["items"].as_array().unwrap().iter().map(|d| d["number"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_before_and_at_midnight_are_two_days_and_two_years() {
    let town = Town::founded().await;
    to_the_second(&town, "2026-12-31 23:59:58");
    let (_, token, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let first = town.submit(&token, &body).await;
    to_the_second(&town, "2026-12-31 23:59:59");
    let last = town.submit(&token, &body).await;
    to_the_second(&town, "2027-01-01 00:00:00");
    let new = town.submit(&token, &body).await;
    assert_eq!(day_and_sequence(&first), ("20261231".to_owned(), 1));
    assert_eq!(day_and_sequence(&last), ("20261231".to_owned(), 2));
    assert_eq!(day_and_sequence(&new), ("20270101".to_owned(), 1), "each day counts from one");
    for case in [&first, &last, &new] {
        kernel::identifiers::CaseNumber::parse(case["number"].as_str().unwrap()).unwrap();
    }
    assert!(first["submitted_at"].as_str().unwrap().starts_with("2026-12-31T23:59:58+08:00"), "{first}");

    // 筑政服〔年份〕…字第…号: the year in brackets and the sequence begin anew together.
    let (old, newer) = (documents(&town, &token, &last).await, documents(&town, &token, &new).await);
    assert!(old[0].contains("〔2026〕") && old[0].ends_with("第000002号"), "{old:?}");
    assert!(newer[0].contains("〔2027〕") && newer[0].ends_with("第000001号"), "{newer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_in_a_year_without_published_holidays_is_provisional_and_never_red() {
    let town = Town::founded().await;
    town.world.travel_to("2026-12-30 16:00");
    let (login, token, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/cases/{number}/commands");
    to_the_second(&town, "2026-12-31 23:59:59");
    // A session ends after half an hour without use.
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let token = town.sign_in(&login).await;
    let accepted = town.post(&clerk, &path, json!({"type": "accept"})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.text);

    let clocks = town.get(&token, &format!("/api/v1/cases/{number}/clocks")).await.json();
    let clock = |kind: &str, clocks: &Value| {
        clocks["items"].as_array().unwrap().iter().find(|c| c["kind"] == kind).unwrap().clone()
    };
    let statutory = clock("statutory", &clocks);
    assert_eq!(statutory["start"], "2026-12-31", "the day of the act is the city's, one second before its end");
    assert!(statutory["deadline"].as_str().unwrap().starts_with("2027-01"), "{statutory}");
    assert_eq!(statutory["provisional"], true);

    // Long after: late perhaps, but nobody may be blamed by a calendar that was not there.
    town.world.travel_to("2027-02-20 09:00");
    let token = town.sign_in(&login).await;
    let later = town.get(&token, &format!("/api/v1/cases/{number}/clocks")).await.json();
    for kind in ["statutory", "promised"] {
        let clock = clock(kind, &later);
        assert_ne!(clock["light"], "red", "{clock}");
    }
    let tasks = town.sign_in(&town.staff("reviewer", "market-regulation")).await;
    let queue = town.get(&tasks, "/api/v1/tasks").await.json();
    let mine = queue["items"].as_array().unwrap().iter().find(|t| t["number"] == *number).unwrap();
    assert_ne!(mine["light"], "red", "the queue says the same: {mine}");
    assert_eq!(town.platform.cases.replay().await.unwrap().differences, Vec::<String>::new());
    assert!(audit::verify(&town.world.db).await.unwrap().is_whole());
}
