//! Two at once: one wins, the other is told what happened meanwhile, and nothing is overwritten.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::town::{Reply, Town};

/// Licensing with a visit on site.
const FOOD: &str = "food-operation-licence-new";
const DEPARTMENT: &str = "market-regulation";

/// A case that waits at the window.
struct Submitted {
    number: String,
    /// Login of its applicant.
    login: String,
    /// Where its commands go.
    path: String,
    /// As it was handed in.
    body: Value,
}

async fn submitted(town: &Town) -> Submitted {
    let (login, token, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/cases/{number}/commands");
    Submitted { number, login, path, body }
}

async fn act(town: &Town, role: &str, path: &str, command: Value) -> Value {
    let token = town.sign_in(&town.staff(role, DEPARTMENT)).await;
    let reply = town.post(&token, path, command).await;
    assert_eq!(reply.status, StatusCode::OK, "{role}: {}", reply.text);
    reply.json()
}

/// Of these answers exactly one is good; the others, in words.
fn one_wins(replies: [Reply; 2]) -> Reply {
    let told = format!("{} / {}", replies[0].text, replies[1].text);
    let (good, mut other): (Vec<Reply>, Vec<Reply>) = replies.into_iter().partition(|r| r.status == StatusCode::OK);
    assert_eq!((good.len(), other.len()), (1, 1), "{told}");
    assert_eq!(other[0].status, StatusCode::CONFLICT, "{told}");
    other.remove(0)
}

/// How often it happened, as the applicant `login` reads the history.
async fn events(town: &Town, login: &str, number: &str, name: &str) -> usize {
    let applicant = town.sign_in(login).await;
    let history = town.get(&applicant, &format!("/api/v1/cases/{number}/events")).await.json();
    history["items"].as_array().unwrap().iter().filter(|e| e["event"] == name).count()
}

async fn nothing_is_lost(town: &Town) {
    assert_eq!(town.platform.cases.replay().await.unwrap().differences, Vec::<String>::new());
    assert!(town.platform.cases.verify_chains().await.unwrap().1.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_claim_one_task_the_other_hears_who_has_it() {
    let town = Town::founded().await;
    let Submitted { number, login, path, .. } = submitted(&town).await;
    let first = town.sign_in(&town.staff("window", DEPARTMENT)).await;
    let second = town.second_clerk("window", DEPARTMENT).await;
    for _ in 0..4 {
        let claim = json!({"type": "claim", "task": "intake"});
        let (a, b) = tokio::join!(town.post(&first, &path, claim.clone()), town.post(&second, &path, claim.clone()));
        let first_won = a.status == StatusCode::OK;
        let told = one_wins([a, b]);
        assert_eq!(told.code(), "cases.claimed", "{}", told.text);
        assert!(told.json()["detail"].as_str().unwrap().contains("认领"), "{}", told.text);
        let winner = if first_won { &first } else { &second };
        let back = town.post(winner, &path, json!({"type": "release", "task": "intake"})).await;
        assert_eq!(back.status, StatusCode::OK, "{}", back.text);
    }
    assert_eq!(events(&town, &login, &number, "case.task-claimed").await, 4);
    nothing_is_lost(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_decisions_at_once_one_stands() {
    let town = Town::founded().await;
    let Submitted { number, login, path, .. } = submitted(&town).await;
    let applicant = town.sign_in(&login).await;
    act(&town, "window", &path, json!({"type": "accept"})).await;
    let opinion = json!({"type": "complete", "step": "site-check", "opinion": "符合要求", "recommend": "grant"});
    act(&town, "reviewer", &path, opinion).await;
    let approver = town.sign_in(&town.staff("approver", DEPARTMENT)).await;
    let (grant, withdraw) = tokio::join!(
        town.post(&approver, &path, json!({"type": "grant"})),
        town.post(&applicant, &path, json!({"type": "withdraw", "reason": "不再需要"})),
    );
    let told = one_wins([grant, withdraw]);
    assert_eq!(told.code(), "cases.not-now", "{}", told.text);
    assert!(told.json()["detail"].as_str().unwrap().contains("办件现在是"), "{}", told.text);
    let ended =
        events(&town, &login, &number, "case.decided").await + events(&town, &login, &number, "case.withdrawn").await;
    assert_eq!(ended, 1);
    nothing_is_lost(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_on_the_last_second_counts_and_one_that_meets_the_end_of_its_period_is_told() {
    let town = Town::founded().await;
    let Submitted { number, login, path, body } = submitted(&town).await;
    let Submitted { number: other, path: other_path, .. } = submitted(&town).await;
    let applicant = town.sign_in(&login).await;
    let material = body["materials"].as_object().unwrap().keys().next().unwrap().clone();
    let defect = json!({"target": material, "problem": "看不清", "requirement": "重新上传"});
    for path in [&path, &other_path] {
        act(&town, "window", path, json!({"type": "ask-correction", "defects": [defect]})).await;
    }
    let seen = town.get(&applicant, &format!("/api/v1/cases/{number}")).await.json();
    let due = seen["clocks"].as_array().unwrap().iter().find(|c| c["kind"] == "correction").unwrap()["deadline"]
        .as_str()
        .unwrap()
        .parse::<kernel::Date>()
        .unwrap();
    let supplement = |file: String| json!({"type": "supplement", "materials": {material.clone(): {"file": file}}});
    town.world.travel_to(&format!("{due} 09:00"));
    town.platform.cases.sweep(town.world.clock.now()).await.unwrap();

    town.world.clock.set(format!("{due}T23:59:59+08:00").parse().unwrap());
    // The session of weeks ago has ended.
    let applicant = town.sign_in(&login).await;
    let file = town.file(&applicant).await;
    let (corrected, swept) = tokio::join!(
        town.post(&applicant, &path, supplement(file)),
        town.platform.cases.sweep(town.world.clock.now()),
    );
    assert_eq!(corrected.status, StatusCode::OK, "the last day is a whole day: {}", corrected.text);
    swept.unwrap();

    let after = due.tomorrow().unwrap();
    town.world.travel_to(&format!("{after} 00:00"));
    let file = town.file(&applicant).await;
    let (late, swept) = tokio::join!(
        town.post(&applicant, &other_path, supplement(file)),
        town.platform.cases.sweep(town.world.clock.now()),
    );
    swept.unwrap();
    assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "cases.not-now"), "{}", late.text);
    assert!(late.json()["detail"].as_str().unwrap().contains("终止"), "{}", late.text);
    assert_eq!(events(&town, &login, &other, "case.terminated").await, 1);
    assert_eq!(events(&town, &login, &number, "case.terminated").await, 0);
    nothing_is_lost(&town).await;
}
