//! Everything by keyboard alone: the focus goes through the page in its order, can always be seen, and a form is filled in
//! and sent without a mouse.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use browser::{Key, Person, Screen};
use serde_json::Value;

use crate::{
    town::{PASSWORD, Town},
    visits::REFUND,
};

/// Where the focus stands, or null at the page itself: what it is on, whether that comes later than the place before,
/// whether it is inside the window, and whether it is drawn around.
const WHERE: &str = r#"
const on = document.activeElement;
if (!on || on === document.body) { window.__before = null; return null; }
const before = window.__before;
const later = !before || !!(before.compareDocumentPosition(on) & Node.DOCUMENT_POSITION_FOLLOWING);
window.__before = on;
const box = on.getBoundingClientRect();
const label = on.labels && on.labels[0];
const drawn = [on, label, on.parentElement, on.nextElementSibling].filter(Boolean).some((element) => {
  const style = getComputedStyle(element);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
});
const seen = label && box.width < 2 ? label.getBoundingClientRect() : box;
return {
  on: on.tagName + (on.name ? "[" + on.name + "=" + (on.value || "") + "]" : " " + on.textContent.trim().slice(0, 20)),
  name: on.name || "", main: !!on.closest("main"), later, drawn,
  inside: seen.bottom > 0 && seen.top < innerHeight && seen.right > 0 && seen.left < innerWidth,
};
"#;

/// Most places of the focus on one page.
const MOST: usize = 400;

/// Goes through the page by the key; answers the names of the controls of the main part that were reached.
async fn walk(person: &Person, path: &str) -> Vec<String> {
    person.goes_to(path).await.unwrap();
    let mut reached = Vec::new();
    let mut places = 0;
    for _ in 0..MOST {
        person.types(Key::Tab).await.unwrap();
        let place = person.asks(WHERE).await.unwrap();
        if place.is_null() {
            if places > 0 {
                break;
            }
            continue;
        }
        places += 1;
        for what in ["later", "drawn", "inside"] {
            assert_eq!(place[what], Value::from(true), "{path}: the focus is not {what} at {place}");
        }
        if place["main"] == true {
            reached.push(place["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    assert!((3..MOST).contains(&places), "{path}: {places} places");
    reached
}

/// Names of all controls of the main part that can be used.
async fn controls(person: &Person) -> Vec<String> {
    let script = "return [...document.querySelectorAll('main :is(input:not([type=hidden]), select, textarea, button)')]
        .filter((e) => !e.disabled && e.checkVisibility() && e.tabIndex >= 0).map((e) => e.name || '')";
    let names = person.asks(script).await.unwrap();
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_focus_goes_through_applying_in_order_and_can_always_be_seen() {
    let town = Town::open().await;
    let login = town.walk().application(REFUND).await.unwrap().0;
    for screen in [Screen::PHONE, Screen::WIDE] {
        let person = town.signed_in(&login, screen).await;
        person.goes_to(&format!("/apply/{REFUND}?new=yes")).await.unwrap();
        person.presses_at("main form[action^='/apply/'] button.button").await.unwrap();
        let first = person.place().await.unwrap();
        let base = first.rsplit_once('/').unwrap().0.to_owned();
        let mut paths = vec![first];
        paths.extend(["materials", "delivery", "check"].map(|page| format!("{base}/{page}")));
        for path in paths {
            let reached = walk(&person, &path).await;
            for name in controls(&person).await {
                assert!(reached.contains(&name), "{path}: no way by keyboard to {name}; {reached:?}");
            }
        }
        person.leaves().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_focus_goes_through_a_case_at_the_desk() {
    let town = Town::open().await;
    let (_, number) = town.file(REFUND).await;
    let clerk = town.signed_in(&town.staff("window", "healthcare-security"), Screen::WIDE).await;
    for path in [
        "/desk".to_owned(),
        format!("/desk/cases/{number}"),
        format!("/desk/cases/{number}/do/ask-correction"),
        "/desk/counter".to_owned(),
    ] {
        let reached = walk(&clerk, &path).await;
        for name in controls(&clerk).await {
            assert!(reached.contains(&name), "{path}: no way by keyboard to {name}; {reached:?}");
        }
    }
    clerk.leaves().await.unwrap();
}

/// Goes on by the key until the focus stands on the control with this name.
async fn to(person: &Person, name: &str) {
    for _ in 0..MOST {
        person.types(Key::Tab).await.unwrap();
        let here = person.asks("return document.activeElement.name || ''").await.unwrap();
        if here == name {
            return;
        }
    }
    panic!("no way by keyboard to {name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_without_a_mouse_signs_in_and_is_led_to_what_is_wrong() {
    let town = Town::open().await;
    let person = town.somebody(Screen::WIDE).await;
    person.goes_to("/sign-in?next=/my/cases").await.unwrap();
    to(&person, "username").await;
    person.types_text("citizen1").await.unwrap();
    to(&person, "password").await;
    person.types_text(PASSWORD).await.unwrap();
    person.sends_by_enter().await.unwrap();
    assert_eq!(person.place().await.unwrap(), "/my/cases");

    // What a form refuses is read first, and its first line leads to the field.
    person.goes_to("/register").await.unwrap();
    person.loses_session().await.unwrap();
    person.goes_to("/register").await.unwrap();
    to(&person, "name").await;
    person.types_text("王").await.unwrap();
    person.sends_by_enter().await.unwrap();
    let focus = person.asks("return document.activeElement.className").await.unwrap();
    assert!(focus.as_str().unwrap().contains("error-summary"), "{focus}");
    person.types(Key::Tab).await.unwrap();
    person.types(Key::Enter).await.unwrap();
    let led = person.asks("return document.activeElement.getAttribute('aria-invalid')").await.unwrap();
    assert_eq!(led, "true", "{}", person.reads().await.unwrap());
    person.leaves().await.unwrap();
}
