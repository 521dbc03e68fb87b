//! Cases in bulk.

use std::collections::BTreeSet;

use demo::seed::{SeedError, seed};

use crate::town::Town;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_are_made_by_the_engine_and_stand_as_if_people_had_made_them() {
    let town = Town::founded().await;
    let mut told = Vec::new();
    let report = seed(&town.cases, 120, |made| told.push(made)).await.unwrap();
    assert_eq!(report.made, 120);
    assert_eq!(told.last(), Some(&120));
    assert!(told.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(report.accepted > 10 && report.withdrawn > 2 && report.closed > 10, "{report:?}");
    let chains = town.cases.verify_chains().await.unwrap();
    assert_eq!((chains.0, chains.1.len()), (120, 0));
    let replayed = town.cases.replay().await.unwrap();
    assert_eq!((replayed.cases, replayed.differences), (120, Vec::new()));
}

#[tokio::test]
async fn without_a_city_nothing_can_be_made() {
    let town = Town::empty().await;
    assert!(matches!(seed(&town.cases, 1, |_| {}).await, Err(SeedError::NotFounded(who)) if who == "citizen1"));
}

#[tokio::test]
async fn without_a_catalogue_nothing_can_be_made() {
    let town = Town::empty().await;
    demo::city::found(&town.parts, crate::town::PASSWORD).await.unwrap();
    assert!(matches!(seed(&town.cases, 1, |_| {}).await, Err(SeedError::NoItem(_))));
    let asked = seed(&town.cases, 0, |_| {}).await.unwrap();
    assert_eq!(asked.made, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_are_spread_over_departments_months_and_states() {
    let town = Town::founded().await;
    seed(&town.cases, 250, |_| {}).await.unwrap();
    let (mut departments, mut months, mut states) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for number in 1..=town.parts.vocabulary.departments().len() {
        let page = town.get(&format!("window{number}"), "/api/v1/cases?limit=100").await;
        for case in page["items"].as_array().unwrap() {
            departments.insert(number);
            months.insert(case["submitted_at"].as_str().unwrap()[..7].to_owned());
            states.insert(case["state"].as_str().unwrap().to_owned());
        }
    }
    assert!(departments.len() >= 10, "{departments:?}");
    assert!(months.len() >= 12, "{months:?}");
    for state in ["received", "accepted", "closed", "withdrawn"] {
        assert!(states.contains(state), "{state} in {states:?}");
    }
}
