//! Hostile input typed into real pages: it stands there again as it was typed, goes through to the desk as text, and is
//! never carried out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use browser::{Person, Screen};
use serde_json::Value;

use crate::{
    applying::{hand_in, until_check_looking},
    filling::plan,
    town::Town,
    visits::REFUND,
};

/// Writes down that it ran, in whichever way a page could let it run.
const SCRIPT: &str =
    "\"><script>window.__ran=1</script><img src=x onerror=\"window.__ran=2\"><svg onload=window.__ran=3>";

async fn ran_nothing(person: &Person, path: &str) {
    person.goes_to(path).await.unwrap();
    let ran = person.asks("return window.__ran ?? null").await.unwrap();
    assert_eq!(ran, Value::Null, "{path}");
    let images = person.asks("return document.querySelectorAll('main img[src=x], main svg[onload]').length").await;
    assert_eq!(images.unwrap(), Value::from(0), "{path}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_comes_back_as_typed_and_is_never_carried_out() {
    let town = Town::open().await;
    let mut plan = plan(&town, REFUND).await;
    let person = town.signed_in(&plan.login, Screen::PHONE).await;
    person.goes_to(&format!("/apply/{REFUND}?new=yes")).await.unwrap();
    person.presses_at("main form[action^='/apply/'] button.button").await.unwrap();
    let first = person.place().await.unwrap();
    let base = first.rsplit_once('/').unwrap().0.to_owned();
    let long = "很长".repeat(400);
    let hostile = [SCRIPT, "👩‍👩‍👧🇨🇳", "\u{202e}abc\u{2066}", "'; DROP TABLE case_draft; --", "${7*7}{{7*7}}", &long];
    for step in 1..14 {
        let path = format!("{base}/{step}");
        person.goes_to(&path).await.unwrap();
        let texts = person.finds_all("main form.apply-form :is(input[type=text], input[type=tel], textarea)").await;
        let mut names = Vec::new();
        for control in texts.unwrap() {
            names.push(control.attr("name").await.unwrap().unwrap_or_default());
        }
        if names.is_empty() {
            if person.finds_all("main form.apply-form").await.unwrap().is_empty() {
                break;
            }
            continue;
        }
        for text in hostile {
            person.goes_to(&path).await.unwrap();
            for name in &names {
                let value = serde_json::to_string(text).unwrap();
                person
                    .asks(&format!("document.querySelector('main [name=\"{name}\"]').value = {value}; return true"))
                    .await
                    .unwrap();
            }
            person.presses_at("main form.apply-form .actions button[type=submit]").await.unwrap();
            assert_eq!(person.asks("return window.__ran ?? null").await.unwrap(), Value::Null, "{path}");
            ran_nothing(&person, &path).await;
            for name in &names {
                let script = format!("return document.querySelector('main [name=\"{name}\"]').value");
                assert_eq!(person.asks(&script).await.unwrap(), Value::from(text), "{path} {name}");
            }
        }
    }
    ran_nothing(&person, &format!("{base}/check")).await;

    // As the answer of a whole application it goes through every page that shows it, on both sides of the counter.
    plan.answers.insert("hospital".to_owned(), Value::from(SCRIPT));
    person.goes_to(&format!("/apply/{REFUND}?new=yes")).await.unwrap();
    person.presses_at("main form[action^='/apply/'] button.button").await.unwrap();
    until_check_looking(&town, &person, &plan, None).await;
    assert!(person.reads().await.unwrap().contains(SCRIPT), "read as text");
    let number = hand_in(&person).await;
    for path in ["", "/receipt", "/messages"] {
        ran_nothing(&person, &format!("/my/cases/{number}{path}")).await;
    }
    let document = town.first_document(&plan.login, &number).await;
    ran_nothing(&person, &format!("/cases/{number}/documents/{document}")).await;
    person.leaves().await.unwrap();
    let clerk = town.signed_in(&town.staff("window", "healthcare-security"), Screen::WIDE).await;
    for path in ["", "/do/accept", "/do/ask-correction"] {
        ran_nothing(&clerk, &format!("/desk/cases/{number}{path}")).await;
    }
    clerk.goes_to(&format!("/desk/cases/{number}")).await.unwrap();
    assert!(clerk.source().await.unwrap().contains("&lt;script&gt;window.__ran"), "the desk reads it as text");
    clerk.leaves().await.unwrap();
}
