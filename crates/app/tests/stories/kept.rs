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

/// What is said in a statement, in the minutes of a hearing and in documents that repeat it is read by those concerned and
/// lies in no table in clear.
#[tokio::test(flavor = "multi_thread")]
async fn statements_and_minutes_lie_in_no_table_in_clear() {
    let town = Town::founded().await;
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let commands = format!("/api/v1/cases/{number}/commands");
    let act = async |role: &str, body: serde_json::Value| {
        let token = match role {
            "applicant" => token.clone(),
            role => town.sign_in(&town.staff(role, "market-regulation")).await,
        };
        let once = [("idempotency-key", format!("{role}-{}", body["type"]))];
        let once = [(once[0].0, once[0].1.as_str())];
        let reply = town.call_with(&token, axum::http::Method::POST, &commands, Some(body), &once).await;
        assert_eq!(reply.status, StatusCode::OK, "{role}: {}", reply.text);
    };
    let (defence, minutes) = ("我店已经搬离污染源三十米外", "申请人当庭出示新的租赁合同");
    act("window", json!({"type": "accept"})).await;
    let opinion = json!({"type": "complete", "step": "site-check", "opinion": "距离不足", "recommend": "refuse"});
    act("reviewer", opinion).await;
    act("reviewer", json!({"type": "intend-refusal", "reasons": "距离不足", "basis": "办法第十条"})).await;
    act("applicant", json!({"type": "state-defence", "text": defence})).await;
    act("applicant", json!({"type": "request-hearing"})).await;
    let today = kernel::city_date(town.world.clock.now());
    let calendar = town.platform.cases.calendar(town.world.clock.now());
    let day = calendar.deadline(today, 8).date;
    act("approver", json!({"type": "arrange-hearing", "day": day, "time": "9:30", "place": "三楼", "chair": "陈主持"}))
        .await;
    town.world.travel_to(&format!("{day} 12:00"));
    act("approver", json!({"type": "record-hearing", "record": minutes, "signed_by": ["当事人甲某某"]})).await;
    act("approver", json!({"type": "refuse", "reasons": "距离不足", "basis": "办法第十条"})).await;

    let dump = town.world.dump().await;
    assert!(dump.contains(&number));
    for secret in [defence, minutes, "当事人甲某某"] {
        assert!(!dump.contains(secret), "{secret} stands in clear in a table");
    }
    // The first session has run out meanwhile.
    let token = town.sign_in(&login).await;
    let papers = town.get(&token, &format!("/api/v1/cases/{number}/documents")).await.json();
    let papers = papers["items"].as_array().unwrap();
    let paper = |kind: &str| papers.iter().find(|p| p["kind"] == kind).unwrap();
    assert!(paper("hearing_record").to_string().contains(minutes));
    assert!(paper("refusal_decision").to_string().contains(defence));
    assert!(papers.iter().all(|p| p["intact"] == true));
    let replay = town.platform.cases.replay().await.unwrap();
    assert_eq!(replay.differences, Vec::<String>::new());
    assert_eq!(town.platform.cases.verify_chains().await.unwrap().1.len(), 0);
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let why = webkit::url_encode("核实情况");
    let page = town.page(&clerk, &format!("/desk/cases/{number}?reason={why}")).await.text;
    assert!(page.contains(defence) && page.contains(minutes), "the office reads what was said");
    let supervisor = town.sign_in("supervisor1").await;
    let events = town.get(&supervisor, &format!("/api/v1/cases/{number}/events")).await;
    assert_eq!(events.status, StatusCode::OK);
    assert!(!events.text.contains(defence) && !events.text.contains(minutes), "supervision follows the course alone");

    // A document changed under its seal, or moved to another one, is found out.
    town.world.tamper("UPDATE case_document SET sealed = NULL, body = '{}' WHERE kind = 'hearing_record'").await;
    assert!(town.platform.cases.replay().await.is_err(), "a document that cannot be read is no document");
}
