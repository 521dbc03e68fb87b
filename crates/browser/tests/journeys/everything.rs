//! Every page of the platform, in every look: no barrier (WCAG 2.2 AA by axe-core), valid HTML, no overflow, no script
//! error, and a picture of each for people to look at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeSet;

use browser::{Screen, VNU, invalid};

use crate::{
    eye::{Eye, Keeps},
    flows,
    town::{Town, axe, pictures},
    visits::{Visit, visits},
};

/// Files, and pages that lead on at once.
const NO_PAGES: &[&str] = &[
    "/apply/{slug}/{draft}",
    "/apply/{slug}/{draft}/files/{file}",
    "/my/cases/{number}/files/{file}",
    "/desk/cases/{number}/files/{file}",
    "/desk/seals/{id}/picture",
    "/my/certificates/{id}/file",
    "/my/certificates/{id}/pdf",
    "/open/decisions.csv",
    "/favicon.ico",
    "/healthz",
    "/readyz",
    "/metrics",
];

fn name(visit: &Visit) -> String {
    let path: String = visit.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let path = path.trim_matches('-').chars().take(60).collect::<String>();
    let path = if path.is_empty() { "home".to_owned() } else { path };
    if visit.who.is_empty() { path } else { format!("{}-{path}", visit.who) }
}

/// How pages are set before they are looked at.
#[derive(Clone, Copy)]
struct Setting {
    name: &'static str,
    screen: Screen,
    /// Buttons of the footer to press.
    pressed: &'static [&'static str],
}

async fn look_at_all(setting: Setting) {
    let town = Town::open().await;
    let visits = visits(&town).await;
    let keeps = Keeps::Pictures { axe: axe(), folder: pictures().join(setting.name) };
    let mut eye = Eye::new(keeps);
    let people: BTreeSet<&str> = visits.iter().map(|v| v.who.as_str()).collect();
    for who in people {
        let person = town.known_or_not(who, setting.screen).await;
        person.sets(setting.pressed).await.unwrap();
        for visit in visits.iter().filter(|v| v.who == who) {
            person.goes_to(&visit.path).await.unwrap();
            eye.looks(&person, visit.route, &name(visit)).await;
        }
        person.leaves().await.unwrap();
    }
    flows::all(&town, &mut eye, setting.screen, setting.pressed).await;
    eye.content();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_on_a_phone() {
    look_at_all(Setting { name: "390", screen: Screen::PHONE, pressed: &[] }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_at_a_desk() {
    look_at_all(Setting { name: "1280", screen: Screen::WIDE, pressed: &[] }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_in_the_setting_for_the_elderly() {
    let pressed = &["comfort-large", "contrast-high"];
    look_at_all(Setting { name: "390-elderly", screen: Screen::PHONE, pressed }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_in_the_dark() {
    look_at_all(Setting { name: "1280-dark", screen: Screen::WIDE, pressed: &["theme-dark"] }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_left_out() {
    let town = Town::open().await;
    let routes = app::site::routes(&town.platform).unwrap();
    let shown: BTreeSet<&str> = visits(&town).await.iter().map(|v| v.route).collect();
    let left: Vec<&str> = routes
        .list()
        .iter()
        .filter(|route| route.method == "GET" && !route.is_api())
        .map(|route| route.path.as_str())
        .filter(|path| !shown.contains(path) && !flows::ROUTES.contains(path) && !NO_PAGES.contains(path))
        .collect();
    assert!(left.is_empty(), "pages that nobody looks at: {left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_valid_html() {
    let town = Town::open().await;
    let checker = std::env::var(VNU)
        .unwrap_or_else(|_| panic!("{VNU} must name the checker vnu.jar: scripts/test.sh fetches it and says so"));
    let folder = tempfile::tempdir().unwrap();
    let visits = visits(&town).await;
    let people: BTreeSet<&str> = visits.iter().map(|v| v.who.as_str()).collect();
    let mut eye = Eye::new(Keeps::Pages { folder: folder.path().to_owned() });
    for who in people {
        let person = town.known_or_not(who, Screen::WIDE).await;
        for visit in visits.iter().filter(|v| v.who == who) {
            person.goes_to(&visit.path).await.unwrap();
            eye.looks(&person, visit.route, &name(visit)).await;
        }
        person.leaves().await.unwrap();
    }
    flows::all(&town, &mut eye, Screen::WIDE, &[]).await;
    eye.content();
    // A page that is known to be wrong, so that a checker that checks nothing is noticed.
    let wrong = "<!DOCTYPE html><html lang=\"zh\"><head><title>x</title></head><body><p id=a><p id=a></body></html>";
    std::fs::write(folder.path().join("wrong.html"), wrong).unwrap();
    let mut found = invalid(&checker, folder.path()).await.unwrap();
    let known = found.len();
    found.retain(|line| !line.starts_with("wrong.html"));
    assert!(known > found.len(), "the checker does not check");
    assert!(found.is_empty(), "{} errors:\n{}", found.len(), found.join("\n"));
}
