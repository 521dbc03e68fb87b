//! What is kept: sealed, chained, told once.

use axum::http::StatusCode;
use serde_json::json;

use crate::town::Town;

const SLUG: &str = "food-operation-licence-new";

async fn course(town: &Town) -> (String, String, String) {
    let (login, token, body) = town.application(SLUG).await;
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let commands = format!("/api/v1/cases/{number}/commands");
    let done = |role: &'static str, body: serde_json::Value| {
        let commands = commands.clone();
        async move {
            let staff = town.sign_in(&town.staff(role, "market-regulation")).await;
            let reply = town.post(&staff, &commands, body).await;
            assert_eq!(reply.status, StatusCode::OK, "{role}: {}", reply.text);
            reply.json()
        }
    };
    let mut state = case;
    if state["state"] == "received" {
        state = done("window", json!({"type": "accept"})).await;
    }
    assert_eq!(state["state"], "accepted", "{state}");
    done("reviewer", json!({"type": "complete", "step": "site-check", "opinion": "符合要求", "recommend": "grant"}))
        .await;
    done("approver", json!({"type": "grant"})).await;
    let seen = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    if seen["state"] == "granted" {
        done("clerk", json!({"type": "produce"})).await;
    }
    let closed = town.post(&token, &commands, json!({"type": "rate", "score": 2, "comment": "等得久"})).await;
    assert_eq!(closed.json()["state"], "closed", "{}", closed.text);
    (login, token, number)
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_are_whole_and_lists_say_what_they_say() {
    let town = Town::founded().await;
    course(&town).await;
    let (cases, faults) = town.platform.cases.verify_chains().await.unwrap();
    assert_eq!((cases, faults.len()), (1, 0));
    let replay = town.platform.cases.replay().await.unwrap();
    assert_eq!(replay.differences, Vec::<String>::new());
    assert!(replay.entries > 10);
    assert!(audit::verify(&town.world.db).await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_entry_and_a_changed_list_are_named() {
    let town = Town::founded().await;
    let (_, _, number) = course(&town).await;
    town.world.tamper("UPDATE case_record SET state = 'refused'").await;
    let replay = town.platform.cases.replay().await.unwrap();
    assert!(replay.differences.iter().any(|d| d.contains(&number)), "{:?}", replay.differences);
    town.world.tamper("UPDATE case_event SET body = replace(body, 'case', 'cose') WHERE seq = 1").await;
    town.world.tamper("UPDATE case_event SET at = at + 1, body = replace(body, '符合要求', '不合要求')").await;
    let (_, faults) = town.platform.cases.verify_chains().await.unwrap();
    assert_eq!(faults.len(), 1);
    town.world.tamper("DELETE FROM case_event WHERE seq = 3").await;
    let (_, faults) = town.platform.cases.verify_chains().await.unwrap();
    assert_eq!(faults[0].seq, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_holds_a_number_a_phone_an_address_or_a_password_in_clear() {
    let town = Town::founded().await;
    let (login, token, number) = course(&town).await;
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    jobs.run_once().await.unwrap();
    let (_, facts) = demo::city::people::applicants(kernel::city_date(town.world.clock.now()))
        .into_iter()
        .find(|(account, _)| *account == login)
        .unwrap();
    let mut secrets = vec![token, crate::town::PASSWORD.to_owned()];
    secrets.extend([facts.id_number, facts.phone, facts.address].into_iter().flatten());
    let dump = town.world.dump().await;
    assert!(dump.contains(&number), "the dump holds the case");
    for secret in secrets {
        assert!(!dump.contains(&secret), "{secret} stands in clear in a table");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applicant_hears_of_it() {
    let town = Town::founded().await;
    let (_, token, number) = course(&town).await;
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    jobs.run_once().await.unwrap();
    let messages = town.get(&token, "/api/v1/messages?limit=50").await.json();
    let about = messages["items"].as_array().unwrap().iter().filter(|m| m.to_string().contains(&number)).count();
    assert_eq!(about, 2, "accepted on the spot; granted, made and delivered at once: {messages}");
    let lag = db::outbox::lag(&mut town.world.db.read().await.unwrap(), 1).await.unwrap();
    assert_eq!((lag.waiting, lag.stuck), (0, 0), "the outbox is empty");
}

/// Submitted, accepted, decided, delivered and closed within one request: one message, one text.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_on_the_spot_is_one_message() {
    let town = Town::founded().await;
    let (_, token, body) = town.application("vehicle-inspection-mark").await;
    let case = town.submit(&token, &body).await;
    assert_eq!(case["state"], "closed", "{case}");
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    for _ in 0..2 {
        jobs.run_once().await.unwrap();
    }
    app::listeners::messages(&town.platform).unwrap().send_due().await.unwrap();
    let messages = town.get(&token, "/api/v1/messages?limit=50").await.json();
    let messages = messages["items"].as_array().unwrap();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["title"], "办件已办结");
    for word in ["申请已提交", "申请已受理", "已作出决定", "办件已办结"] {
        assert!(messages[0]["text"].as_str().unwrap().contains(word), "{word} in {}", messages[0]["text"]);
    }
    let texts = std::fs::read_to_string(town.platform.config.messages().join("sms.jsonl")).unwrap();
    assert_eq!(texts.lines().count(), 1, "{texts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_accepts_when_its_days_are_over() {
    let town = Town::founded().await;
    town.world.travel_to("2026-02-13 16:00");
    let (_, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    body["form"]["staff_count"] = json!(3);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    town.world.travel_to("2026-02-27 23:59");
    assert_eq!(town.platform.cases.sweep(town.world.clock.now()).await.unwrap(), 0);
    town.world.travel_to("2026-02-28 00:00");
    let moved = town.platform.cases.sweep(town.world.clock.now()).await.unwrap();
    let clerk = town.sign_in(&town.staff("reviewer", "market-regulation")).await;
    let seen = town.get(&clerk, &format!("/api/v1/cases/{number}")).await.json();
    assert_eq!((moved, &seen["state"]), (1, &json!("accepted")), "{seen}");
    let statutory = seen["clocks"].as_array().unwrap().iter().find(|c| c["kind"] == "statutory").unwrap();
    assert_eq!(statutory["start"], "2026-02-13", "counted from the day of receipt");
}
