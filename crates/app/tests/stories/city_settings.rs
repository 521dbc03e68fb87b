//! What the city sets, and what becomes of running cases.

use kernel::{AccountId, Act, Actor, Role};
use serde_json::json;
use settings::Office;

use crate::town::Town;

const SLUG: &str = "food-operation-licence-new";
const NEXT_YEAR: &str = "date,kind,name,in_lieu\n2027-01-01,holiday,元旦,0\n2027-01-04,holiday,临时放假,0\n\
    2027-10-01,holiday,国庆节,0\n";

fn administrator(town: &Town) -> Act {
    let actor = Actor::Staff {
        account: AccountId::fresh(town.world.clock.now()),
        name: "郑星宇".to_owned(),
        department: "development-reform".to_owned(),
        region: None,
        roles: vec![Role::SystemAdmin],
    };
    Act::new(actor, town.world.clock.now())
}

/// A case that waits for a clerk.
async fn waiting(town: &Town) -> (String, String, String) {
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    body["form"]["staff_count"] = json!(3);
    let case = town.submit(&token, &body).await;
    (case["number"].as_str().unwrap().to_owned(), token, login)
}

async fn acceptance(town: &Town, token: &str, number: &str) -> (String, bool) {
    let seen = town.get(token, &format!("/api/v1/cases/{number}")).await.json();
    let clock = seen["clocks"].as_array().unwrap().iter().find(|c| c["kind"] == "acceptance").unwrap().clone();
    (clock["deadline"].as_str().unwrap().to_owned(), clock["provisional"].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_into_an_unpublished_year_is_computed_again_when_the_year_is_loaded() {
    let town = Town::founded().await;
    town.world.travel_to("2026-12-29 10:00");
    let (number, token, login) = waiting(&town).await;
    assert_eq!(acceptance(&town, &token, &number).await, ("2027-01-05".to_owned(), true), "by weekdays alone");
    let platform = &town.platform;
    let args = (platform.settings.clone(), administrator(&town));
    let loaded = platform
        .db
        .write(args, |tx, (settings, act)| Box::pin(settings.load_calendar(act, tx, NEXT_YEAR, "国务院办公厅通知")));
    loaded.await.unwrap();
    platform.settings.refresh().await.unwrap();
    assert_eq!(platform.cases.recompute(town.world.clock.now()).await.unwrap(), 0, "it counts from tomorrow");
    assert_eq!(acceptance(&town, &token, &number).await, ("2027-01-05".to_owned(), true));
    town.world.travel_to("2026-12-30 00:00");
    assert_eq!(platform.cases.recompute(town.world.clock.now()).await.unwrap(), 1);
    let token = town.sign_in(&login).await;
    assert_eq!(platform.cases.recompute(town.world.clock.now()).await.unwrap(), 0, "once is enough");
    assert_eq!(acceptance(&town, &token, &number).await, ("2027-01-07".to_owned(), false));
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let tasks = town.get(&clerk, "/api/v1/tasks?scope=department").await.json();
    let due = tasks["items"].as_array().unwrap().iter().find(|t| t["number"] == number.as_str()).unwrap();
    assert_eq!(due["due"], "2027-01-07", "the queue says it too");
    let replay = platform.cases.replay().await.unwrap();
    assert_eq!(replay.differences, [""; 0], "documents of yesterday are composed by yesterday's calendar");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_says_how_the_office_is_reached_from_the_day_on() {
    let town = Town::founded().await;
    let platform = &town.platform;
    let office = Office { phone: "0851-87987000".to_owned(), complaint_phone: "12345".to_owned(), ..Office::default() };
    let args = (platform.settings.clone(), administrator(&town), office);
    let set = platform.db.write(args, |tx, (settings, act, office)| {
        Box::pin(settings.set_office(act, tx, "market-regulation", office, "对外公布"))
    });
    set.await.unwrap();
    platform.settings.refresh().await.unwrap();
    let documents =
        async |number: &str, token: &str| town.get(token, &format!("/api/v1/cases/{number}/documents")).await.text;
    let (number, token, _) = waiting(&town).await;
    assert!(!documents(&number, &token).await.contains("0851-87987000"), "not yet");
    town.world.travel_to("2026-03-03 09:00");
    let (later, token, _) = waiting(&town).await;
    let text = documents(&later, &token).await;
    assert!(text.contains("0851-87987000") && text.contains("监督投诉电话"), "{text}");
    assert_eq!(platform.cases.replay().await.unwrap().differences, [""; 0]);
}
