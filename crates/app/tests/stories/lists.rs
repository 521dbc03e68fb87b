//! Lists and queues: narrowed by the statement, so that every page is full and nothing is shown twice.

use axum::http::StatusCode;
use identity::NewStaff;
use kernel::{Act, Role};
use serde_json::{Value, json};

use crate::town::{PASSWORD, Town};

const SLUG: &str = "food-operation-licence-new";
const DEPARTMENT: &str = "market-regulation";
const NEAR: &str = "520102";
const FAR: &str = "520103";

impl Town {
    /// Adds staff with these roles and signs them in.
    async fn district_staff(&self, username: &str, region: Option<&str>, roles: Vec<Role>) -> String {
        let identity = &self.platform.identity;
        let new = NewStaff {
            username: username.to_owned(),
            password: identity.hash_unchecked(PASSWORD).await.unwrap(),
            name: "罗一鸣".to_owned(),
            department: DEPARTMENT.to_owned(),
            region: region.map(str::to_owned),
            post: "窗口人员".to_owned(),
            roles,
        };
        let act = Act::system(self.world.clock.now());
        identity.in_write(&act, new, |me, act, tx, new| Box::pin(me.add_staff(act, tx, new))).await.unwrap();
        self.sign_in(username).await
    }

    /// Applications waiting at the window, by turns in two districts, three in the near one for each in the far one.
    async fn applications(&self, many: usize) {
        let (_, token, mut body) = self.application(SLUG).await;
        body["by_person"] = json!(true);
        for place in 0..many {
            let region = if place % 4 == 3 { NEAR } else { FAR };
            body["form"]["region"] = json!(region);
            body["form"]["staff_count"] = json!(place + 1);
            let case = self.submit(&token, &body).await;
            let seen = self.get(&token, &format!("/api/v1/cases/{}", case["number"].as_str().unwrap())).await.json();
            assert_eq!(seen["number"].as_str().unwrap()[..6], *region, "the district is where the shop will be");
        }
    }

    /// All entries of a list, read in pages of two; every page but the last is full.
    async fn pages(&self, token: &str, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let after = next.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
            let reply = self.get(token, &format!("{path}limit=2{after}")).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
            let page = reply.json();
            let items = page["items"].as_array().unwrap().clone();
            next = page["next"].as_str().map(str::to_owned);
            assert!(next.is_none() || items.len() == 2, "a short page that is not the last: {path}");
            all.extend(items);
            if next.is_none() {
                let mut numbers: Vec<String> = all.iter().map(|i| i["number"].to_string()).collect();
                numbers.sort();
                numbers.dedup();
                assert_eq!(numbers.len(), all.len(), "shown twice");
                return all;
            }
        }
    }
}

fn regions(items: &[Value]) -> Vec<&str> {
    items.iter().map(|i| i["region"].as_str().unwrap_or("")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_of_a_district_get_full_pages_of_their_district_alone() {
    let town = Town::founded().await;
    town.applications(12).await;
    let near = town.district_staff("window_near", Some(NEAR), vec![Role::Window]).await;
    let city = town.sign_in(&town.staff("window", DEPARTMENT)).await;

    assert_eq!(regions(&town.pages(&near, "/api/v1/cases?").await), [NEAR; 3]);
    assert_eq!(regions(&town.pages(&near, "/api/v1/tasks?scope=department&").await), [NEAR; 3]);
    assert_eq!(town.pages(&city, "/api/v1/cases?").await.len(), 12);
    assert_eq!(town.pages(&city, "/api/v1/tasks?").await.len(), 12);
    assert_eq!(regions(&town.pages(&city, &format!("/api/v1/cases?region={FAR}&")).await), [FAR; 9]);

    let queue = town.pages(&near, "/api/v1/tasks?").await;
    let (number, task) = (queue[0]["number"].as_str().unwrap(), queue[0]["task"].as_str().unwrap());
    let claim = json!({"type": "claim", "task": task});
    let claimed = town.post(&near, &format!("/api/v1/cases/{number}/commands"), claim).await;
    assert_eq!(claimed.status, StatusCode::OK, "{}", claimed.text);
    let mine = town.pages(&near, "/api/v1/tasks?scope=mine&").await;
    assert_eq!((mine.len(), mine[0]["number"].as_str()), (1, Some(number)));
    assert_eq!(town.pages(&city, "/api/v1/tasks?scope=mine&").await, Vec::<Value>::new());

    let beyond = town.get(&near, &format!("/api/v1/cases?region={FAR}")).await;
    assert_eq!((beyond.status, beyond.code().as_str()), (StatusCode::FORBIDDEN, "cases.other-region"));
    let beyond = town.get(&near, "/api/v1/cases?department=health").await;
    assert_eq!((beyond.status, beyond.code().as_str()), (StatusCode::FORBIDDEN, "cases.other-department"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_and_every_two_of_them_narrow_the_list() {
    let town = Town::founded().await;
    town.applications(8).await;
    let (_, token, body) = town.application("driving-licence-renewal").await;
    town.submit(&token, &body).await;
    let supervisor = town.sign_in("supervisor1").await;
    let clerk = town.sign_in(&town.staff("window", DEPARTMENT)).await;
    let state = town.pages(&clerk, "/api/v1/cases?").await[0]["state"].as_str().unwrap().to_owned();
    let filters = [
        ("department", DEPARTMENT.to_owned(), 8),
        ("region", NEAR.to_owned(), 2),
        ("state", state, 8),
        ("item", SLUG.to_owned(), 8),
    ];
    assert_eq!(town.pages(&supervisor, "/api/v1/cases?").await.len(), 9, "supervision sees every department");
    for chosen in 1..16_u32 {
        let chosen: Vec<_> = filters.iter().enumerate().filter(|(bit, _)| chosen & (1 << bit) != 0).collect();
        let query: String = chosen.iter().map(|(_, (key, value, _))| format!("{key}={value}&")).collect();
        let fewest = chosen.iter().map(|(_, (_, _, many))| *many).min().unwrap();
        let found = town.pages(&supervisor, &format!("/api/v1/cases?{query}")).await;
        assert_eq!(found.len(), fewest, "{query}");
        for (_, (key, value, _)) in &chosen {
            assert!(found.iter().all(|line| line[*key] == **value), "{query}: {found:?}");
        }
        assert_eq!(town.pages(&clerk, &format!("/api/v1/cases?{query}")).await.len(), fewest, "{query}");
    }
    for none in ["department=health", "region=520181", "state=withdrawn", "item=no-such-item"] {
        assert_eq!(town.pages(&supervisor, &format!("/api/v1/cases?{none}&")).await, Vec::<Value>::new(), "{none}");
    }
    let wrong = town.get(&supervisor, "/api/v1/cases?state=nonsense").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn applicants_narrow_their_own_list_by_state_and_item() {
    let town = Town::founded().await;
    town.applications(5).await;
    let (_, token, _) = town.application(SLUG).await;
    let state = town.pages(&token, "/api/v1/cases?").await[0]["state"].as_str().unwrap().to_owned();
    for (query, many) in [
        (String::new(), 5),
        (format!("state={state}&"), 5),
        ("state=closed&".to_owned(), 0),
        (format!("item={SLUG}&"), 5),
        ("item=passport-apply&".to_owned(), 0),
        (format!("state={state}&item={SLUG}&"), 5),
        (format!("state=closed&item={SLUG}&"), 0),
    ] {
        assert_eq!(town.pages(&token, &format!("/api/v1/cases?{query}")).await.len(), many, "{query}");
    }
    let department = town.get(&token, "/api/v1/cases?department=health").await;
    assert_eq!(department.status, StatusCode::UNPROCESSABLE_ENTITY, "only staff narrow by department");
    assert_eq!(department.json()["errors"][0]["pointer"], "/department");
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_of_a_district_sees_that_district_and_administrators_see_none() {
    let town = Town::founded().await;
    town.applications(4).await;
    let supervisor = town.district_staff("supervisor_near", Some(NEAR), vec![Role::Supervisor]).await;
    let seen = town.pages(&supervisor, "/api/v1/cases?").await;
    assert_eq!(regions(&seen), [NEAR]);
    let all = town.pages(&town.sign_in("supervisor1").await, "/api/v1/cases?").await;
    let far = all.iter().find(|line| line["region"] == FAR).unwrap()["number"].as_str().unwrap();
    assert_eq!(town.get(&supervisor, &format!("/api/v1/cases/{far}")).await.status, StatusCode::NOT_FOUND);
    for administrator in ["sysadmin1", "secadmin1", "auditor1"] {
        let token = town.sign_in(administrator).await;
        let reply = town.get(&token, "/api/v1/cases").await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::FORBIDDEN, "cases.no-part"), "{administrator}");
    }
}
