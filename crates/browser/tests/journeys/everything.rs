//! Every page of the platform, in every look: no barrier (WCAG 2.2 AA by axe-core), valid HTML, no overflow, no script
//! error, and a picture of each for people to look at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{collections::BTreeSet, path::Path};

use browser::{Person, Screen, VNU, invalid};

use crate::town::{Town, axe, pictures};

/// A page with an address that can be opened: the route it shows, and who opens it.
struct Visit {
    route: &'static str,
    path: String,
    who: &'static str,
}

fn visit(route: &'static str, path: impl Into<String>, who: &'static str) -> Visit {
    Visit { route, path: path.into(), who }
}

/// One visit at least for each page.
async fn visits(_town: &Town) -> Vec<Visit> {
    vec![
        visit("/", "/", ""),
        visit("/items", "/items", ""),
        visit("/items", "/items?q=%E9%A9%BE%E7%85%A7", ""),
        visit("/items", "/items?q=%E7%81%AB%E6%98%9F%E7%A7%BB%E6%B0%91%E7%AD%BE%E8%AF%81", ""),
        visit("/items/{slug}", "/items/driving-licence-renewal", ""),
        visit("/bundles/{slug}", "/bundles/newborn", ""),
        visit("/sign-in", "/sign-in", ""),
    ]
}

/// Pages that are no pages for people, or that lead on at once.
const NOT_LOOKED_AT: &[&str] = &["/confirm/{code}"];

fn name(visit: &Visit) -> String {
    let path: String = visit.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let path = path.trim_matches('-').chars().take(60).collect::<String>();
    let path = if path.is_empty() { "home".to_owned() } else { path };
    if visit.who.is_empty() { path } else { format!("{}-{path}", visit.who) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_barrier_a_fault_or_an_overflow() {
    let town = Town::open().await;
    let axe = axe();
    let visits = visits(&town).await;
    let folder = pictures();
    let mut faults = Vec::new();
    for (width, screen) in [("390", Screen::PHONE), ("1280", Screen::WIDE)] {
        let people: BTreeSet<&str> = visits.iter().map(|v| v.who).collect();
        for who in people {
            let person = if who.is_empty() { town.somebody(screen).await } else { town.signed_in(who, screen).await };
            for visit in visits.iter().filter(|v| v.who == who) {
                let file = format!("{}.png", name(visit));
                look(&person, visit, &axe, &folder.join(width).join(file), &mut faults).await;
            }
            person.leaves().await.unwrap();
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn look(person: &Person, visit: &Visit, axe: &str, picture: &Path, faults: &mut Vec<String>) {
    person.goes_to(&visit.path).await.unwrap();
    let mut fault = |text: String| faults.push(format!("{} as {:?}: {text}", visit.path, visit.who));
    for barrier in person.barriers(axe).await.unwrap() {
        fault(barrier.to_string());
    }
    if person.overflows().await.unwrap() {
        fault("wider than the screen".to_owned());
    }
    for complaint in person.complaints().await.unwrap() {
        fault(complaint);
    }
    person.pictures(picture).await.unwrap();
}

#[tokio::test]
async fn no_page_is_left_out() {
    let town = Town::open().await;
    let routes = app::site::routes(&town.platform).unwrap();
    let shown: BTreeSet<&str> = visits(&town).await.iter().map(|v| v.route).collect();
    let left: Vec<&str> = routes
        .list()
        .iter()
        .filter(|route| route.method == "GET" && !route.is_api())
        .map(|route| route.path.as_str())
        .filter(|path| !shown.contains(path) && !NOT_LOOKED_AT.contains(path))
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
    let people: BTreeSet<&str> = visits.iter().map(|v| v.who).collect();
    let mut sent = 0;
    for who in people {
        let person =
            if who.is_empty() { town.somebody(Screen::WIDE).await } else { town.signed_in(who, Screen::WIDE).await };
        for visit in visits.iter().filter(|v| v.who == who) {
            person.goes_to(&visit.path).await.unwrap();
            let page = person.as_sent().await.unwrap();
            std::fs::write(folder.path().join(format!("{sent:03}-{}.html", name(visit))), page).unwrap();
            sent += 1;
        }
        person.leaves().await.unwrap();
    }
    // A page that is known to be wrong, so that a checker that checks nothing is noticed.
    let wrong = "<!DOCTYPE html><html lang=\"zh\"><head><title>x</title></head><body><p id=a><p id=a></body></html>";
    std::fs::write(folder.path().join("wrong.html"), wrong).unwrap();
    let mut found = invalid(&checker, folder.path()).await.unwrap();
    let known = found.len();
    found.retain(|line| !line.starts_with("wrong.html"));
    assert!(known > found.len(), "the checker does not check");
    assert!(found.is_empty(), "{} errors:\n{}", found.len(), found.join("\n"));
}
