//! Every item from application to result, and the ways beside the straight one, on a whole platform.

use std::collections::BTreeSet;

use demo::walk::{ItemReport, Sample, Walk, WalkError};

use crate::town::{PASSWORD, Town};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_item_is_walked_to_its_end() {
    let town = Town::founded().await;
    let walk = town.walk();
    let slugs = walk.slugs().await.unwrap();
    assert!(slugs.len() > 100, "{}", slugs.len());
    let mut seen = Vec::new();
    let report = walk.walk_all(|_| true, |progress| seen.push(progress.slug.to_owned())).await.unwrap();
    let failed: Vec<String> = report.failed.iter().map(|f| f.error.clone()).collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), slugs.len(), failed.join("\n"));
    assert_eq!(seen, slugs);
    let walked: BTreeSet<&String> = report.items.iter().map(|item| &item.slug).collect();
    assert_eq!(walked, slugs.iter().collect());
    for item in &report.items {
        assert_eq!(item.state, "closed", "{}", item.slug);
        assert!(item.events > 3, "{}", item.slug);
    }
    assert!(report.items.iter().any(|item| item.automatic), "some items are decided on the spot by rule");
    assert!(report.items.iter().any(|item| !item.automatic), "most are not");
    let sum = |count: fn(&ItemReport) -> usize| report.items.iter().map(count).sum::<usize>();
    assert!(sum(|i| i.materials_now) < sum(|i| i.materials_baseline), "the city asks for less than it did");
    // What was walked once can be walked again, though applicants now hold what they were granted.
    let again = walk.walk_item(&slugs[0]).await.unwrap();
    assert_eq!(again.state, "closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_beside_the_straight_one_ends_as_the_law_says() {
    let town = Town::founded().await;
    let walk = town.walk();
    let reports = walk.walk_sample().await.unwrap();
    let ends: Vec<(Sample, &str, Option<&str>)> =
        reports.iter().map(|r| (r.sample, r.state.as_str(), r.result.as_deref())).collect();
    assert_eq!(
        ends,
        [
            (Sample::Correction, "closed", Some("granted")),
            (Sample::NonAcceptance, "not_accepted", Some("not-accepted")),
            (Sample::DeferredAcceptance, "closed", Some("granted")),
            (Sample::OrderedSpecial, "closed", Some("granted")),
            (Sample::Extension, "closed", Some("granted")),
            (Sample::Refusal, "closed", Some("refused")),
            (Sample::Withdrawal, "withdrawn", None),
            (Sample::Termination, "terminated", None),
        ]
    );
}

#[tokio::test]
async fn a_walk_says_what_went_wrong() {
    let town = Town::founded().await;
    let walk = town.walk();
    let unknown = walk.walk_item("no-such-item").await.unwrap_err();
    assert!(matches!(&unknown, WalkError::Refused { status: 404, at, .. } if at.contains("no-such-item")), "{unknown}");
    let stranger = Walk::new("http://127.0.0.1:1", "x").unwrap();
    assert!(matches!(stranger.slugs().await, Err(WalkError::Api { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_it_is_the_same_walk() {
    let town = Town::founded().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, town.site()).into_future());
    let today = kernel::city_date(town.world.clock.now());
    let walk = Walk::new(&format!("http://{address}"), PASSWORD).unwrap().on(today);
    let over_http = walk.walk_item("driving-licence-renewal").await.unwrap();
    let in_process = Town::founded().await.walk().walk_item("driving-licence-renewal").await.unwrap();
    let same = |report: &ItemReport| ItemReport { number: String::new(), ..report.clone() };
    assert_eq!(same(&over_http), same(&in_process));
    let wrong = Walk::new(&format!("http://{address}"), "wrong").unwrap().on(today);
    let refused = wrong.walk_item("driving-licence-renewal").await.unwrap_err();
    assert!(matches!(&refused, WalkError::SignIn { status: 401, account, .. } if account == "citizen1"), "{refused}");
    serving.abort();
}
