//! Decisions open to the public: when, what of them, until when, and who is late.

use axum::http::{StatusCode, header};
use cases::{OpenDecision, OpenFilter};
use certificates::{Order, OrderKind};
use kernel::{Act, Date, SubjectId, city_date};
use serde_json::json;

use crate::{
    law::{DEPARTMENT, FOOD, at, done, filed, replayed},
    town::Town,
};

/// A licence that an approver has granted and whose certificate nobody has made: token of the applicant, number.
async fn granted(town: &Town) -> (String, String) {
    let (_, token, number) = filed(town).await;
    done(town, &at(town, "window").await, &number, json!({"type": "accept"})).await;
    let opinion = json!({"type": "complete", "step": "site-check", "opinion": "符合", "recommend": "grant"});
    done(town, &at(town, "reviewer").await, &number, opinion).await;
    done(town, &at(town, "approver").await, &number, json!({"type": "grant"})).await;
    let case = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    assert_eq!(case["state"], "granted", "{case}");
    (token, number)
}

async fn produce(town: &Town, number: &str) {
    done(town, &at(town, "clerk").await, number, json!({"type": "produce"})).await;
}

async fn open(town: &Town) -> Vec<OpenDecision> {
    let mut tx = town.world.db.read().await.unwrap();
    town.platform.cases.open_decisions(&mut tx, &OpenFilter::default(), None, 100).await.unwrap()
}

async fn sweep(town: &Town) {
    town.platform.cases.sweep(town.world.clock.now()).await.unwrap();
}

/// The last lawful day to open what is decided now.
fn last_day(town: &Town) -> Date {
    let now = town.world.clock.now();
    town.platform.cases.calendar(now).deadline(city_date(now), 7).date
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_granted_is_opened_without_what_is_a_persons_own() {
    let town = Town::founded().await;
    let (_, number) = granted(&town).await;
    assert_eq!(open(&town).await, [], "what came out is not known yet");
    produce(&town, &number).await;
    let (_, driver, body) = town.application("driving-licence-renewal").await;
    town.submit(&driver, &body).await;
    let all = open(&town).await;
    let food = all.iter().find(|d| d.item == FOOD).unwrap();
    assert!(!food.decision_number.is_empty() && !food.certificate_number.is_empty() && !food.code.is_empty());
    let people: Vec<_> = all.iter().filter(|d| d.item != FOOD).collect();
    for person in &people {
        assert!(person.applicant.contains('*'), "{person:?}");
        assert!(person.code.is_empty() && person.certificate_number.is_empty(), "{person:?}");
    }

    let list = async |query: &str| {
        let reply = town.get("", &format!("/api/v1/open/decisions{query}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply.json()
    };
    let everything = list("").await;
    assert_eq!(everything["items"].as_array().unwrap().len(), all.len());
    assert_eq!(everything["items"][0]["key"], json!(null), "its place in the list is nobody's business");
    let one = list(&format!("?department={DEPARTMENT}")).await;
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    assert_eq!(one["items"][0]["decision_number"], food.decision_number);
    assert!(one["items"][0]["department_name"].as_str().unwrap().contains("市场监"), "{one}");
    assert_eq!(list(&format!("?code={}", food.code.to_lowercase())).await["items"].as_array().unwrap().len(), 1);
    assert_eq!(list(&format!("?code={}&department=tax", food.code)).await["items"], json!([]));
    let day = food.decided_on;
    assert_eq!(
        list(&format!("?department={DEPARTMENT}&from={day}&to={day}")).await["items"].as_array().unwrap().len(),
        1
    );
    assert_eq!(list(&format!("?from={}", day.tomorrow().unwrap())).await["items"], json!([]));
    assert_eq!(list(&format!("?to={}", day.yesterday().unwrap())).await["items"], json!([]));
    for wrong in ["?from=soon", "?to=soon", "?limit=many", "?after=nonsense"] {
        let reply = town.get("", &format!("/api/v1/open/decisions{wrong}")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", reply.text);
    }
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_read_page_by_page_and_taken_away_as_a_table() {
    let town = Town::founded().await;
    let (_, applicant, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let mut numbers = Vec::new();
    for _ in 0..21 {
        numbers.push(town.submit(&applicant, &body).await["number"].as_str().unwrap().to_owned());
    }
    let (window, reviewer) = (at(&town, "window").await, at(&town, "reviewer").await);
    let (approver, clerk) = (at(&town, "approver").await, at(&town, "clerk").await);
    for number in &numbers {
        done(&town, &window, number, json!({"type": "accept"})).await;
        let opinion = json!({"type": "complete", "step": "site-check", "opinion": "符合", "recommend": "grant"});
        done(&town, &reviewer, number, opinion).await;
        done(&town, &approver, number, json!({"type": "grant"})).await;
        done(&town, &clerk, number, json!({"type": "produce"})).await;
    }
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = town.get("", &format!("/api/v1/open/decisions?limit=10{after}")).await.json();
        let numbers = page["items"].as_array().unwrap().iter();
        found.extend(numbers.map(|d| d["decision_number"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(found.len(), 21);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 21, "each once");

    let first = town.page("", &format!("/open/decisions?department={DEPARTMENT}")).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(found.iter().filter(|number| first.text.contains(number.as_str())).count(), 20);
    let mark = "rel=\"next\" href=\"";
    let from = first.text.find(mark).unwrap() + mark.len();
    let next = first.text[from..].split('"').next().unwrap().replace("&amp;", "&");
    let second = town.page("", &next).await;
    assert_eq!(found.iter().filter(|number| second.text.contains(number.as_str())).count(), 1);
    assert!(second.text.contains("回到第一页"));

    let table = town.page("", &format!("/open/decisions.csv?department={DEPARTMENT}")).await;
    assert_eq!(table.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
    assert!(table.text.starts_with("\u{feff}行政相对人名称,统一社会信用代码,"), "{}", table.text);
    assert_eq!(table.text.lines().count(), 22);
    assert!(found.iter().all(|number| table.text.contains(number.as_str())));

    let wrong = town.page("", "/open/decisions?from=x&to=2026-03-02").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("日期请写成 2026-03-02 这样"), "{}", wrong.text);
    let wrong = town.page("", "/open/decisions.csv?from=x").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = town.page("", "/open/decisions?department=tax").await;
    assert!(none.text.contains("没有符合条件的决定"), "{}", none.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_its_certificate_is_there_or_not_a_decision_is_open_on_the_seventh_day() {
    let town = Town::founded().await;
    let (_, number) = granted(&town).await;
    let last = last_day(&town);
    let supervisor = town.sign_in("supervisor1").await;
    let page = town.page(&supervisor, "/desk/openings").await;
    assert!(page.text.contains("待公开") && page.text.contains(&number), "{}", page.text);
    assert!(page.text.contains("没有超期"), "{}", page.text);

    town.world.travel_to(&format!("{} 23:00", last.yesterday().unwrap()));
    sweep(&town).await;
    assert_eq!(open(&town).await, []);
    town.world.travel_to(&format!("{last} 00:30"));
    sweep(&town).await;
    let all = open(&town).await;
    assert_eq!((all.len(), all[0].published_on, all[0].certificate_number.as_str()), (1, last, ""));
    let supervisor = town.sign_in("supervisor1").await;
    let clocks = town.get(&supervisor, &format!("/api/v1/cases/{number}/clocks")).await.json();
    let publicity = clocks["items"].as_array().unwrap().iter().find(|c| c["kind"] == "publicity").unwrap().clone();
    assert_eq!(publicity["state"], "met", "{publicity}");
    sweep(&town).await;

    produce(&town, &number).await;
    let all = open(&town).await;
    assert_eq!((all.len(), all[0].published_on), (1, last));
    assert!(!all[0].certificate_number.is_empty(), "it is added when it is there");
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_sees_what_is_late() {
    let town = Town::founded().await;
    let (_, number) = granted(&town).await;
    let late = last_day(&town).tomorrow().unwrap();
    town.world.travel_to(&format!("{late} 09:00"));
    let supervisor = town.sign_in("supervisor1").await;
    let page = town.page(&supervisor, "/desk/openings").await;
    assert!(page.text.contains("超期未公开") && page.text.contains(&number), "{}", page.text);
    sweep(&town).await;
    let opened = open(&town).await;
    let page = town.page(&supervisor, "/desk/openings").await;
    assert!(page.text.contains("最近 90 天超期公开"), "{}", page.text);
    assert!(page.text.contains(&opened[0].decision_number), "{}", page.text);
    for other in ["window1", "approver1", "sysadmin1", "citizen1"] {
        let token = town.sign_in(other).await;
        assert_eq!(town.page(&token, "/desk/openings").await.status, StatusCode::FORBIDDEN, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_that_is_annulled_leaves_the_list_and_one_that_is_cancelled_stays() {
    let town = Town::founded().await;
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    let now = town.world.clock.now();
    for (kind, left) in [(OrderKind::Cancel, 1), (OrderKind::Annul, 1), (OrderKind::Revoke, 1)] {
        let (token, number) = granted(&town).await;
        produce(&town, &number).await;
        jobs.run_once().await.unwrap();
        let before = open(&town).await.len();
        assert_eq!(before, if kind == OrderKind::Cancel { 1 } else { 2 });
        let me = town.get(&token, "/api/v1/me").await.json();
        let holder: SubjectId = me["subject"]["id"].as_str().unwrap().parse().unwrap();
        let held = {
            let mut tx = town.world.db.read().await.unwrap();
            town.platform.certificates.held(&mut tx, holder, city_date(now)).await.unwrap()
        };
        let id = held.iter().find(|c| c.case_number.as_deref() == Some(number.as_str())).unwrap().id;
        let order = Order {
            kind,
            ground: kind.grounds()[0].key.to_owned(),
            document: Some("筑市监撤〔2026〕1号".to_owned()),
            reason: "经核查属实".to_owned(),
            from: None,
            to: None,
        };
        let args = (town.platform.certificates.clone(), Act::system(now), holder, id, order);
        town.world
            .db
            .write(args, |tx, (certificates, act, holder, id, order)| {
                Box::pin(certificates.order(act, tx, *holder, *id, order))
            })
            .await
            .unwrap();
        jobs.run_once().await.unwrap();
        jobs.run_once().await.unwrap();
        assert_eq!(open(&town).await.len(), left, "{kind}");
    }
    let table = town.page("", "/open/decisions.csv").await;
    assert_eq!(table.text.lines().count(), 2);
    replayed(&town).await;
}
