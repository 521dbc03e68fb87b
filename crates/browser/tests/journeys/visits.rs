//! Every address of the platform that leads to a page, on a city in which something has happened.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use browser::{Person, Screen};
use serde_json::json;

use crate::{filling, town::Town};

/// A page with an address that can be opened: the route it shows, and who opens it.
pub(crate) struct Visit {
    pub(crate) route: &'static str,
    pub(crate) path: String,
    pub(crate) who: String,
}

/// For people; waits for a clerk.
pub(crate) const REFUND: &str = "medical-manual-reimbursement";
/// Closed by rule on the spot, with a certificate.
const ON_THE_SPOT: &str = "driving-licence-renewal";
/// For enterprises: looked at on site, then decided.
const LICENCE: &str = "food-operation-licence-new";
/// Looked at by two departments; its fee is fixed for each case.
const ROAD: &str = "road-occupation-permit";
/// For people; one material may follow.
const SCHOOL: &str = "compulsory-school-enrolment";

/// One visit at least for each page, on a city in which something has happened.
pub(crate) async fn visits(town: &Town) -> Vec<Visit> {
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
    let defect =
        json!({"target": "receipt", "problem": "票据金额看不清", "requirement": "请重新拍一张", "basis": "受理条件"});
    town.command(&window, &asked, json!({"type": "ask-correction", "defects": [defect]})).await;
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

    // What only a course of its own brings about.
    let (login, number) = heard(town).await;
    visit("/my/cases/{number}", format!("/my/cases/{number}"), &login);
    visit("/my/cases/{number}/answer", format!("/my/cases/{number}/answer"), &login);
    visit("/my/cases/{number}/hearing", format!("/my/cases/{number}/hearing"), &login);
    let approver = town.staff("approver", "market-regulation");
    visit("/desk/cases/{number}", format!("/desk/cases/{number}"), &approver);
    visit("/desk/cases/{number}/do/{step}", format!("/desk/cases/{number}/do/refuse"), &approver);
    let (login, number) = paying(town).await;
    visit("/my/cases/{number}", format!("/my/cases/{number}"), &login);
    visit("/my/cases/{number}/pay", format!("/my/cases/{number}/pay"), &login);
    let cashier = town.staff("clerk", "urban-management");
    visit("/desk/cases/{number}/do/{step}", format!("/desk/cases/{number}/do/record-payment"), &cashier);
    let (login, number) = supplying(town).await;
    visit("/my/cases/{number}", format!("/my/cases/{number}"), &login);
    visit("/my/cases/{number}/supply", format!("/my/cases/{number}/supply"), &login);
    visit("/my/cases/{number}/complaints/{complaint}", complained(town, &applicant, &waiting).await, &applicant);
    visit("/feedback/{receipt}", said(town).await, "");
    visit("/act-for/{enterprise}", managed(town, "citizen2").await, "citizen2");

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
    let clerk = town.signed_in(&window, Screen::WIDE).await;
    let items = comes_to_counter(town, &clerk, &applicant).await;
    clerk.leaves().await.unwrap();
    visit("/desk/counter", "/desk/counter".to_owned(), &window);
    visit("/desk/counter/{visitor}", items.clone(), &window);
    visit("/desk/counter/{visitor}/{slug}", format!("{items}/{REFUND}"), &window);
    let receipt = taken_in(town, &window, &format!("{items}/{REFUND}")).await;
    visit("/desk/counter/receipts/{number}", receipt, &window);

    let (issuer, certificate) = town.certificate_at_the_desk(&applicant).await;
    visit("/desk/certificates", "/desk/certificates".to_owned(), &issuer);
    visit("/desk/certificates/{holder}/{id}", certificate, &issuer);

    visit("/verify", "/verify".to_owned(), "");
    visit("/c/{identifier}/{code}", town.check_page(&applicant).await, "");
    let seal = town.platform.seals.seal_for("health", seals::PutOn::Certificate).await.unwrap();
    visit("/seals", "/seals".to_owned(), "");
    visit("/desk/seals", "/desk/seals".to_owned(), &issuer);
    visit("/desk/seals", "/desk/seals".to_owned(), "supervisor1");
    visit("/desk/seals/{id}", format!("/desk/seals/{}", seal.id), "secadmin1");

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

/// A licence that is about to be refused: whose it is, and its number.
pub(crate) async fn heard(town: &Town) -> (String, String) {
    let (login, number) = town.file(LICENCE).await;
    let who = |role: &str| town.staff(role, "market-regulation");
    town.command(&who("window"), &number, json!({"type": "accept"})).await;
    let no =
        json!({"type": "complete", "step": "site-check", "recommend": "refuse", "opinion": "距污染源不足二十五米"});
    town.command(&who("reviewer"), &number, no).await;
    let told = json!({
        "type": "intend-refusal", "reasons": "经营场所距污染源不足二十五米",
        "basis": "《中华人民共和国食品安全法》第三十三条",
    });
    town.command(&who("approver"), &number, told).await;
    (login, number)
}

/// A case whose fee is fixed and not paid.
pub(crate) async fn paying(town: &Town) -> (String, String) {
    let (login, number) = town.file(ROAD).await;
    town.command(&town.staff("window", "urban-management"), &number, json!({"type": "accept"})).await;
    for (step, department) in [("site-check", "urban-management"), ("traffic-review", "traffic-police")] {
        let fits = json!({"type": "complete", "step": step, "recommend": "grant", "opinion": "现场与申请一致"});
        town.command(&town.staff("reviewer", department), &number, fits).await;
    }
    let fee = json!({"type": "assess-fee", "amount_cents": 128_000, "basis": "占用 32 平方米，按 30 天计"});
    town.command(&town.staff("clerk", "urban-management"), &number, fee).await;
    (login, number)
}

/// A case accepted with a material still to come.
pub(crate) async fn supplying(town: &Town) -> (String, String) {
    let (login, number) = town.file_with(SCHOOL, json!({"vaccination": {"deferred": true}})).await;
    let window = town.staff("window", "education");
    town.command(&window, &number, json!({"type": "accept-deferred", "days": 10})).await;
    (login, number)
}

/// Complains about a case by the page; answers the address of what follows.
async fn complained(town: &Town, login: &str, number: &str) -> String {
    let person = town.signed_in(login, Screen::PHONE).await;
    person.goes_to(&format!("/my/cases/{number}/complain")).await.unwrap();
    person.ticks("kind", "delay").await.unwrap();
    person.writes("text", "交上去以后没有人联系我").await.unwrap();
    person.presses_at("main form[data-once] button").await.unwrap();
    let place = person.place().await.unwrap();
    assert!(place.contains("/complaints/"), "{place}: {}", person.reads().await.unwrap());
    person.leaves().await.unwrap();
    place
}

/// Somebody without an account says something; answers the address of the receipt.
async fn said(town: &Town) -> String {
    let person = town.somebody(Screen::PHONE).await;
    person.goes_to("/feedback").await.unwrap();
    let kind = person.finds("main input[name=kind]").await.unwrap().value().await.unwrap().unwrap();
    person.ticks("kind", &kind).await.unwrap();
    person.writes("text", "大厅的指示牌看不清").await.unwrap();
    person.presses("提交").await.unwrap();
    let place = person.place().await.unwrap();
    assert!(place.starts_with("/feedback/"), "{place}: {}", person.reads().await.unwrap());
    person.leaves().await.unwrap();
    place
}

/// The page of an enterprise's agents, as its legal representative finds it.
async fn managed(town: &Town, login: &str) -> String {
    let person = town.signed_in(login, Screen::WIDE).await;
    person.goes_to("/act-for").await.unwrap();
    person.presses_at("main .enterprise-list a[href^='/act-for/']").await.unwrap();
    let place = person.place().await.unwrap();
    person.leaves().await.unwrap();
    place
}

/// Fills the counter's form in for the visitor with every material on paper, until the page to check comes.
pub(crate) async fn checked_at_counter(town: &Town, clerk: &Person, form: &str) {
    let slug = form.rsplit('/').next().unwrap();
    let plan = filling::plan(town, slug).await;
    clerk.goes_to(form).await.unwrap();
    for _ in 0..4 {
        if !clerk.finds_all("main input[name=declare]").await.unwrap().is_empty() {
            return;
        }
        filling::fill_page(clerk, &plan).await;
        for paper in clerk.finds_all("main input[type=radio][name^=m_][value=paper]").await.unwrap() {
            let name = paper.attr("name").await.unwrap().unwrap();
            clerk.ticks(&name, "paper").await.unwrap();
        }
        clerk.presses_at("main button[name=go][value=check]").await.unwrap();
    }
    panic!("no page to check: {}", clerk.reads().await.unwrap());
}

/// Takes an application in at the counter; answers the address of the receipt.
async fn taken_in(town: &Town, window: &str, form: &str) -> String {
    let clerk = town.signed_in(window, Screen::WIDE).await;
    checked_at_counter(town, &clerk, form).await;
    clerk.ticks("declare", "").await.unwrap();
    if !clerk.finds_all("main input[name=by_person]").await.unwrap().is_empty() {
        clerk.ticks("by_person", "").await.unwrap();
    }
    clerk.presses_at("main button[name=go][value=submit]").await.unwrap();
    let place = clerk.place().await.unwrap();
    assert!(place.starts_with("/desk/counter/receipts/"), "{place}: {}", clerk.reads().await.unwrap());
    clerk.leaves().await.unwrap();
    place
}

/// What the city knows of an applicant.
fn facts(town: &Town, login: &str) -> catalogue::domain::ApplicantFacts {
    let people = demo::city::people::applicants(kernel::city_date(town.world.clock.now()));
    people.into_iter().find(|(account, _)| account == login).unwrap().1
}

/// Number of somebody's identity card.
pub(crate) fn id_number(town: &Town, login: &str) -> String {
    facts(town, login).id_number.unwrap()
}

/// A visitor shows a document at the counter; answers the address of what he can apply for.
pub(crate) async fn comes_to_counter(town: &Town, clerk: &Person, applicant: &str) -> String {
    let visitor = facts(town, applicant);
    clerk.goes_to("/desk/counter").await.unwrap();
    clerk.writes("number", visitor.id_number.as_deref().unwrap()).await.unwrap();
    clerk.writes("name", &visitor.name).await.unwrap();
    clerk.ticks("original", "").await.unwrap();
    clerk.presses_at("main form .actions button.button, main form button.button[type=submit]").await.unwrap();
    let items = clerk.place().await.unwrap();
    let items = items.split('?').next().unwrap().to_owned();
    assert!(items.starts_with("/desk/counter/"), "{items}: {}", clerk.reads().await.unwrap());
    items
}
