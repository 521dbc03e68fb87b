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
    who: String,
}

/// Pages of the steps of a flow: looked at by whoever goes through the flow, in `applying`.
const STEPS_OF_A_FLOW: &[&str] = &[
    "/register/phone",
    "/register/code",
    "/register/password",
    "/sign-in/code/enter",
    "/forgotten/code",
    "/forgotten/password",
    "/my/account/phone/code",
];

/// Pages of a state that only a course of its own brings about: told by the stories of `app`, not looked at here.
const OF_RARE_STATES: &[&str] = &[
    "/act-for/{enterprise}",
    "/desk/counter/receipts/{number}",
    "/feedback/{receipt}",
    "/my/cases/{number}/answer",
    "/my/cases/{number}/complaints/{complaint}",
    "/my/cases/{number}/pay",
    "/my/cases/{number}/supply",
];

/// Files, and pages that lead on at once.
const NO_PAGES: &[&str] = &[
    "/apply/{slug}/{draft}",
    "/apply/{slug}/{draft}/files/{file}",
    "/my/cases/{number}/files/{file}",
    "/desk/cases/{number}/files/{file}",
    "/open/decisions.csv",
    "/favicon.ico",
    "/healthz",
    "/readyz",
    "/metrics",
];

/// For people; waits for a clerk.
const REFUND: &str = "medical-manual-reimbursement";
/// Closed by rule on the spot, with a certificate.
const ON_THE_SPOT: &str = "driving-licence-renewal";

/// One visit at least for each page, on a city in which something has happened.
async fn visits(town: &Town) -> Vec<Visit> {
    let mut all = Vec::new();
    let mut visit = |route: &'static str, path: String, who: &str| {
        all.push(Visit { route, path, who: who.to_owned() });
    };
    for (route, path) in [
        ("/", "/"),
        ("/items", "/items"),
        ("/items", "/items?q=%E9%A9%BE%E7%85%A7"),
        ("/items", "/items?q=%E7%81%AB%E6%98%9F%E7%A7%BB%E6%B0%91%E7%AD%BE%E8%AF%81"),
        ("/items/{slug}", "/items/driving-licence-renewal"),
        ("/bundles/{slug}", "/bundles/newborn"),
        ("/apply/{slug}", "/apply/driving-licence-renewal"),
        ("/sign-in", "/sign-in"),
        ("/sign-in/code", "/sign-in/code"),
        ("/register", "/register"),
        ("/forgotten", "/forgotten"),
        ("/progress", "/progress"),
        ("/help", "/help"),
        ("/open/decisions", "/open/decisions"),
        ("/open/decisions", "/open/decisions?code=91520100MA6DEMO01X&from=2026-03-02"),
        ("/accessibility", "/accessibility"),
        ("/feedback", "/feedback"),
        ("/settings", "/settings"),
        ("/design", "/design"),
    ] {
        visit(route, path.to_owned(), "");
    }

    // One case asked to be corrected, one waiting, one over, one draft.
    let (applicant, asked) = town.file(REFUND).await;
    let window = town.staff("window", "healthcare-security");
    let defect = serde_json::json!({"target": "receipt", "problem": "票据金额看不清", "requirement": "请重新拍一张", "basis": "受理条件"});
    town.command(&window, &asked, serde_json::json!({"type": "ask-correction", "defects": [defect]})).await;
    let (_, waiting) = town.file(REFUND).await;
    let walked = town.walk().walk_item(ON_THE_SPOT).await.unwrap();
    let holder = town.walk().application(ON_THE_SPOT).await.unwrap().0;
    let document = town.first_document(&window, &waiting).await;
    visit("/confirm/{code}", format!("/confirm/{document}"), "");

    for (route, path) in [
        ("/", "/".to_owned()),
        ("/my", "/my".to_owned()),
        ("/my/cases", "/my/cases".to_owned()),
        ("/my/cases/{number}", format!("/my/cases/{waiting}")),
        ("/my/cases/{number}", format!("/my/cases/{asked}")),
        ("/my/cases/{number}/receipt", format!("/my/cases/{waiting}/receipt")),
        ("/my/cases/{number}/correct", format!("/my/cases/{asked}/correct")),
        ("/my/cases/{number}/messages", format!("/my/cases/{waiting}/messages")),
        ("/my/cases/{number}/withdraw", format!("/my/cases/{waiting}/withdraw")),
        ("/my/cases/{number}/challenge", format!("/my/cases/{waiting}/challenge")),
        ("/my/cases/{number}/complain", format!("/my/cases/{waiting}/complain")),
        ("/cases/{number}/documents/{id}", format!("/cases/{waiting}/documents/{document}")),
        ("/my/messages", "/my/messages".to_owned()),
        ("/my/account", "/my/account".to_owned()),
        ("/my/account/access", "/my/account/access".to_owned()),
        ("/my/account/notices", "/my/account/notices".to_owned()),
        ("/my/account/password", "/my/account/password".to_owned()),
        ("/my/account/phone", "/my/account/phone".to_owned()),
        ("/my/certificates", "/my/certificates".to_owned()),
        ("/my/consents", "/my/consents".to_owned()),
    ] {
        visit(route, path, &applicant);
    }
    visit("/my/cases/{number}", format!("/my/cases/{}", walked.number), &holder);
    visit("/my/cases/{number}/rate", format!("/my/cases/{}/rate", walked.number), &holder);
    let certificate = town.first_certificate(&applicant).await;
    visit("/my/certificates/{id}", format!("/my/certificates/{certificate}"), &applicant);

    // A draft, from its first page to the last.
    let person = town.signed_in(&applicant, Screen::WIDE).await;
    person.goes_to(&format!("/apply/{REFUND}?new=yes")).await.unwrap();
    if person.presses("开始填写").await.is_err() {
        person.presses_at("main form[action^='/apply/'] button.button").await.unwrap();
    }
    let first = person.place().await.unwrap();
    person.leaves().await.unwrap();
    let draft: Vec<&str> = first.split('/').collect();
    let base = format!("/apply/{REFUND}/{}", draft[3]);
    visit("/apply/{slug}/{draft}/{step}", first.clone(), &applicant);
    visit("/apply/{slug}/{draft}/materials", format!("{base}/materials"), &applicant);
    visit("/apply/{slug}/{draft}/delivery", format!("{base}/delivery"), &applicant);
    visit("/apply/{slug}/{draft}/check", format!("{base}/check"), &applicant);
    visit("/my/drafts", "/my/drafts".to_owned(), &applicant);
    visit("/my/drafts/{draft}/delete", format!("/my/drafts/{}/delete", draft[3]), &applicant);

    visit("/act-for", "/act-for".to_owned(), "citizen2");
    visit("/act-for/register", "/act-for/register".to_owned(), "citizen2");

    for (route, path) in [
        ("/desk", "/desk".to_owned()),
        ("/desk/tasks", "/desk/tasks?scope=department".to_owned()),
        ("/desk/cases", "/desk/cases".to_owned()),
        ("/desk/relations", "/desk/relations".to_owned()),
        ("/desk/cases/{number}", format!("/desk/cases/{waiting}")),
        ("/desk/cases/{number}/do/{step}", format!("/desk/cases/{waiting}/do/accept")),
        ("/desk/cases/{number}/do/{step}", format!("/desk/cases/{waiting}/do/ask-correction")),
        ("/desk/cases/{number}/documents/{id}", format!("/desk/cases/{waiting}/documents/{document}")),
    ] {
        visit(route, path, &window);
    }
    // A visitor at the counter.
    let people = demo::city::people::applicants(kernel::city_date(town.world.clock.now()));
    let visitor = people.into_iter().find(|(login, _)| *login == applicant).unwrap().1;
    let clerk = town.signed_in(&window, Screen::WIDE).await;
    clerk.goes_to("/desk/counter").await.unwrap();
    clerk.writes("number", visitor.id_number.as_deref().unwrap()).await.unwrap();
    clerk.writes("name", &visitor.name).await.unwrap();
    clerk.ticks("original", "").await.unwrap();
    clerk.presses_at("main form .actions button.button, main form button.button[type=submit]").await.unwrap();
    let items = clerk.place().await.unwrap();
    let items = items.split('?').next().unwrap().to_owned();
    assert!(items.starts_with("/desk/counter/"), "{items}: {}", clerk.reads().await.unwrap());
    clerk.leaves().await.unwrap();
    visit("/desk/counter", "/desk/counter".to_owned(), &window);
    visit("/desk/counter/{visitor}", items.clone(), &window);
    visit("/desk/counter/{visitor}/{slug}", format!("{items}/{REFUND}"), &window);

    let (clerk, certificate) = town.certificate_at_the_desk(&applicant).await;
    visit("/desk/certificates", "/desk/certificates".to_owned(), &clerk);
    visit("/desk/certificates/{holder}/{id}", certificate, &clerk);

    visit("/desk/cases/{number}", format!("/desk/cases/{waiting}"), "supervisor1");
    visit("/desk/feedback", "/desk/feedback".to_owned(), "supervisor1");
    visit("/desk/openings", "/desk/openings".to_owned(), "supervisor1");

    for (route, path) in [
        ("/admin", "/admin"),
        ("/admin/staff", "/admin/staff"),
        ("/admin/staff/new", "/admin/staff/new"),
        ("/admin/accounts", "/admin/accounts?username=citizen1"),
        ("/admin/departments", "/admin/departments"),
        ("/admin/departments/{key}", "/admin/departments/tax"),
        ("/admin/calendar", "/admin/calendar"),
        ("/admin/notices", "/admin/notices"),
        ("/admin/rules", "/admin/rules"),
    ] {
        visit(route, path.to_owned(), "sysadmin1");
    }
    let member = town.account(&window).await;
    visit("/admin/staff/{account}", format!("/admin/staff/{member}"), "secadmin1");
    visit("/admin/audit", format!("/admin/audit?username={window}"), "auditor1");
    all
}

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
    let axe = axe();
    let visits = visits(&town).await;
    let folder = pictures().join(setting.name);
    let mut faults = Vec::new();
    let people: BTreeSet<&str> = visits.iter().map(|v| v.who.as_str()).collect();
    for who in people {
        let person = if who.is_empty() {
            town.somebody(setting.screen).await
        } else {
            town.signed_in(who, setting.screen).await
        };
        for set in setting.pressed {
            person.goes_to("/help").await.unwrap();
            person.taps(&format!("footer button[value='{set}']")).await.unwrap();
        }
        for visit in visits.iter().filter(|v| v.who == who) {
            look(&person, visit, &axe, &folder.join(format!("{}.png", name(visit))), &mut faults).await;
        }
        person.leaves().await.unwrap();
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
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
        .filter(|path| !shown.contains(path) && !STEPS_OF_A_FLOW.contains(path) && !OF_RARE_STATES.contains(path))
        .filter(|path| !NO_PAGES.contains(path))
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
