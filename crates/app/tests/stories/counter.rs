//! Acceptance at the counter: clerks apply for visitors by page forms alone, without script.

use axum::http::StatusCode;
use catalogue::domain::ApplicantFacts;

use crate::{
    apply_walk::{Plan, plan, walker},
    browser::{Browser, Pairs, all, answer, form},
    town::{Reply, Town},
};

const FOOD: &str = "food-operation-licence-new";
/// Of a person, and of another department than the clerk's.
const PERMIT: &str = "residence-permit-apply";
const DEPARTMENT: &str = "market-regulation";
/// A citizen whom nobody has registered (the example of GB 11643).
const UNKNOWN: &str = "11010519491231002X";
/// The same number with a wrong last digit.
const NOBODY: &str = "110105194912310021";

fn facts(town: &Town, login: &str) -> ApplicantFacts {
    let people = demo::city::people::applicants(kernel::city_date(town.world.clock.now()));
    people.into_iter().find(|(account, _)| account == login).unwrap().1
}

fn pairs(fields: &[(&str, &str)]) -> Pairs {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn clerk(town: &Town) -> Browser<'_> {
    Browser::of(town, &town.staff("window", DEPARTMENT)).await
}

/// Fills the page of identification in and sends it.
async fn identify(browser: &Browser<'_>, page: &str, fields: &[(&str, &str)]) -> Reply {
    let (action, mut sent) = form(&browser.open(page).await, "/desk/counter");
    for (name, value) in fields {
        answer(&mut sent, name, &[value]);
    }
    browser.post(&action, &sent).await
}

/// Whoever applies in the plan comes to the counter with documents; answers the path of the items.
async fn comes(browser: &Browser<'_>, who: &ApplicantFacts) -> String {
    let reply = match (&who.id_number, &who.uscc) {
        (Some(number), _) => {
            let fields = [("kind", "resident-id"), ("number", number), ("name", &who.name), ("original", "yes")];
            identify(browser, "/desk/counter", &fields).await
        }
        (None, Some(code)) => {
            let fields = [
                ("uscc", code.as_str()),
                ("org", &who.name),
                ("kind", "resident-id"),
                ("number", UNKNOWN),
                ("name", "李代办"),
                ("original", "yes"),
                ("authorised", "yes"),
                ("go", "register"),
            ];
            identify(browser, "/desk/counter?for=enterprise", &fields).await
        }
        _ => panic!("an applicant without a number"),
    };
    reply.location()
}

/// The path of an item, as the page of items leads to it.
async fn pick(browser: &Browser<'_>, items: &str, plan: &Plan) -> String {
    let (path, query) = items.split_once('?').unwrap_or((items, ""));
    let page = browser.open(&format!("{path}?{query}&q={}", webkit::url_encode(&plan.item.name))).await;
    let start = format!("{path}/{}", plan.item.slug);
    assert!(page.contains(&format!("href=\"{start}")), "{}: {page}", plan.item.slug);
    if query.is_empty() { start } else { format!("{start}?{query}") }
}

/// Chooses `way` for every material where it is offered, and paper else.
fn bring(page: &str, sent: &mut Pairs, way: &str) {
    let mut names: Vec<&str> = page.split("name=\"m_").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
    names.dedup();
    for key in names {
        let name = format!("m_{key}");
        let offered = page.contains(&format!("name=\"{name}\" type=\"radio\" value=\"{way}\""));
        if all(sent, &name).is_empty() || offered {
            answer(sent, &name, &[if offered { way } else { "paper" }]);
        }
    }
}

fn hidden(page: &str, action: &str) -> (String, Pairs) {
    form(page, action.split('?').next().unwrap())
}

/// Fills the form in until the page to check comes; answers that page.
async fn fill(browser: &Browser<'_>, plan: &Plan, start: &str, way: &str) -> String {
    let mut page = browser.open(start).await;
    for _ in 0..4 {
        let (action, mut sent) = hidden(&page, start);
        plan.fill(&mut sent);
        bring(&page, &mut sent, way);
        if all(&sent, "phone").first().is_some_and(|phone| phone.is_empty()) {
            answer(&mut sent, "phone", &["13985000000"]);
        }
        answer(&mut sent, "go", &["check"]);
        let reply = browser.upload(&action, &sent, &[]).await;
        page = reply.text;
        if reply.status == StatusCode::OK {
            return page;
        }
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        // Only questions that came up by what was answered may be open still.
        assert!(page.contains("还有几项要填"), "{}: {page}", plan.item.slug);
    }
    panic!("{}: no end of questions", plan.item.slug);
}

/// Hands in what was checked; answers the path of the receipt and what was sent.
async fn hand_in(browser: &Browser<'_>, page: &str, start: &str) -> (String, String, Pairs) {
    let (action, mut sent) = hidden(page, start);
    answer(&mut sent, "declare", &["yes"]);
    answer(&mut sent, "consent", &["yes"]);
    if page.contains("name=\"by_person\"") {
        answer(&mut sent, "by_person", &["yes"]);
    }
    answer(&mut sent, "go", &["submit"]);
    let reply = browser.upload(&action, &sent, &[]).await;
    (reply.location(), action, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_an_account_hands_paper_in_and_takes_a_receipt_home() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), FOOD).await;
    let browser = clerk(&town).await;
    let items = comes(&browser, &facts(&town, &plan.login)).await;
    let start = pick(&browser, &items, &plan).await;
    let page = browser.open(&start).await;
    assert!(page.contains("来自：") && page.contains("请与申请人核对"), "what is held is offered: {page}");
    let page = fill(&browser, &plan, &start, "paper").await;
    assert!(page.contains("收取纸质"), "{page}");
    let unread = hidden(&page, &start);
    let mut undeclared = unread.1.clone();
    answer(&mut undeclared, "go", &["submit"]);
    let reply = browser.upload(&unread.0, &undeclared, &[]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text.contains("请与申请人核对后打勾"), "{}", reply.text);
    let (receipt, action, sent) = hand_in(&browser, &page, &start).await;
    let again = browser.upload(&action, &sent, &[]).await.location();
    assert_eq!(receipt, again, "the same form makes one case");
    let number = receipt.rsplit('/').next().unwrap();
    let slip = browser.open(&receipt).await;
    let code = town.platform.cases.query_code(number);
    for said in [number, code.as_str(), "最迟", "下一位", &format!("/desk/cases/{number}"), "data-print"] {
        assert!(slip.contains(said), "{said}: {slip}");
    }
    let citizen = town.sign_in(&plan.login).await;
    let case = town.get(&citizen, &format!("/api/v1/cases/{number}")).await.json();
    assert_eq!(case["channel"], "window", "the visitor sees it");
    assert!(browser.open(&format!("/desk/cases/{number}")).await.contains(&plan.item.name));
    // Another clerk of the counter did not take it in.
    town.second_clerk("window", DEPARTMENT).await;
    let other = Browser::of(&town, "second-window").await;
    assert_eq!(other.get(&receipt).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_unknown_is_registered_at_the_counter_and_applies_to_another_department() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), PERMIT).await;
    assert_ne!(plan.item.department, DEPARTMENT);
    let browser = clerk(&town).await;
    let who = [("kind", "resident-id"), ("number", UNKNOWN), ("name", "周到访"), ("original", "yes")];
    let reply = identify(&browser, "/desk/counter", &who).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert!(reply.text.contains("还没有登记") && reply.text.contains(UNKNOWN), "what was typed stays: {}", reply.text);
    let (action, mut sent) = form(&reply.text, "/desk/counter");
    answer(&mut sent, "go", &["register"]);
    answer(&mut sent, "phone", &["123"]);
    let wrong = browser.post(&action, &sent).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#phone\"") && wrong.text.contains("登记并继续"), "{}", wrong.text);
    answer(&mut sent, "phone", &["13985000001"]);
    let items = browser.post(&action, &sent).await.location();
    assert!(browser.open(&items).await.contains("窗口核验"));
    let start = pick(&browser, &items, &plan).await;
    let page = fill(&browser, &plan, &start, "later").await;
    assert!(page.contains("材料不齐") || !page.contains("没有带来"), "{page}");
    let (receipt, _, _) = hand_in(&browser, &page, &start).await;
    let slip = browser.open(&receipt).await;
    let number = receipt.rsplit('/').next().unwrap();
    assert!(slip.contains(&town.platform.cases.query_code(number)) && slip.contains("周到访"), "{slip}");
    assert!(!slip.contains(&format!("/desk/cases/{number}")), "the case itself is the other department's");
    assert_eq!(browser.get(&format!("/desk/cases/{number}")).await.status, StatusCode::NOT_FOUND);
    // The second time the number leads to the same person.
    assert_eq!(identify(&browser, "/desk/counter", &who).await.location(), items);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_numbers_and_names_lead_to_nobody() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), PERMIT).await;
    let who = facts(&town, &plan.login);
    let number = who.id_number.as_deref().unwrap();
    let browser = clerk(&town).await;
    for (number, name, original, field) in [
        (NOBODY, "王某", "yes", "number"),
        ("", "王某", "yes", "number"),
        (number, "", "yes", "name"),
        (number, "别的人", "yes", "name"),
        (number, who.name.as_str(), "", "original"),
    ] {
        let fields = [("kind", "resident-id"), ("number", number), ("name", name), ("original", original)];
        let reply = identify(&browser, "/desk/counter", &fields).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {}", reply.text);
        assert!(reply.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", reply.text);
        assert!(number.is_empty() || reply.text.contains(number), "what was typed stays");
        assert!(name == who.name || !reply.text.contains(&who.name), "a number does not tell a name");
    }
    for path in ["/desk/counter/0000000000001", "/desk/counter/receipts/520100202603020000019"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_comes_by_somebody_with_an_authorisation() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), FOOD).await;
    let who = facts(&town, &plan.login);
    let Some(code) = who.uscc.as_deref() else { panic!("{} is no enterprise", plan.login) };
    let browser = clerk(&town).await;
    let mut fields = vec![
        ("uscc", code),
        ("org", who.name.as_str()),
        ("kind", "resident-id"),
        ("number", UNKNOWN),
        ("name", "李代办"),
        ("original", "yes"),
    ];
    let page = "/desk/counter?for=enterprise";
    let unknown = identify(&browser, page, &fields).await;
    assert!(unknown.status == StatusCode::OK && unknown.text.contains("经办人"), "{}", unknown.text);
    fields.push(("go", "register"));
    let reply = identify(&browser, page, &fields).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    assert!(reply.text.contains("href=\"#authorised\""), "{}", reply.text);
    fields.push(("authorised", "yes"));
    let items = identify(&browser, page, &fields).await.location();
    assert!(browser.open(&items).await.contains("李代办"));
    // An enterprise does not come by itself.
    assert_eq!(browser.get(items.split('?').next().unwrap()).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_and_what_was_typed_and_scanned_stays() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), FOOD).await;
    let browser = clerk(&town).await;
    let items = comes(&browser, &facts(&town, &plan.login)).await;
    let start = pick(&browser, &items, &plan).await;
    let page = browser.open(&start).await;
    let (action, mut sent) = hidden(&page, &start);
    let text = plan.item.fields.iter().find(|f| f.field_type == catalogue::domain::FieldType::Text && f.required);
    let text = text.unwrap().key.clone();
    for key in all(&sent, "asked").into_iter().map(str::to_owned).collect::<Vec<_>>() {
        answer(&mut sent, &key, &[]);
    }
    answer(&mut sent, &text, &["留在这里的一句话"]);
    let key = plan.materials.first().unwrap();
    let bytes = demo::walk::sheet("扫描");
    let control = format!("f_{key}");
    let refused = "f_none";
    let files = [
        (control.as_str(), "平面图.pdf", "application/pdf", bytes.as_slice()),
        (refused, "程序.exe", "application/octet-stream", b"MZ\x90\x00".as_slice()),
    ];
    let reply = browser.upload(&action, &sent, &files).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text.contains("留在这里的一句话") && reply.text.contains("平面图.pdf"), "{}", reply.text);
    assert!(reply.text.contains("程序.exe"), "the refused file is named: {}", reply.text);
    let (_, kept) = hidden(&reply.text, &start);
    assert_eq!(all(&kept, &format!("m_{key}")), ["scan"], "whoever chose a file means it");
    assert_eq!(all(&kept, &format!("h_{key}")).len(), 1);
    // A scan that is not wanted leaves the form.
    let mut dropping = kept.clone();
    answer(&mut dropping, "drop", &[all(&kept, &format!("h_{key}"))[0]]);
    let reply = browser.upload(&action, &dropping, &[]).await;
    assert!(!reply.text.contains("平面图.pdf") && reply.text.contains("的扫描件，或者改选别的交法"), "{}", reply.text);
    // Nobody else's file is taken by its id.
    let stranger = town.file(&town.sign_in("citizen2").await).await;
    let mut foreign = kept;
    answer(&mut foreign, &format!("h_{key}"), &[stranger.as_str()]);
    let reply = browser.upload(&action, &foreign, &[]).await;
    assert!(!reply.text.contains(&stranger), "{}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_material_is_promised_on_the_receipt() {
    let town = Town::founded().await;
    let mut tx = town.platform.db.read().await.unwrap();
    let shown = town.platform.catalogue.shown(&mut tx).await.unwrap();
    drop(tx);
    let (item, _) = shown
        .items
        .iter()
        .find(|(item, _)| {
            let always = |one: &catalogue::domain::Material| {
                one.deferrable && one.required && one.when.is_none() && one.certificate_type.is_none()
            };
            item.case_kind == catalogue::domain::CaseKind::Committed && item.materials.iter().any(always)
        })
        .unwrap();
    let plan = plan(&town, &walker(&town), &item.slug).await;
    let browser = clerk(&town).await;
    let items = comes(&browser, &facts(&town, &plan.login)).await;
    let start = pick(&browser, &items, &plan).await;
    let page = fill(&browser, &plan, &start, "deferred").await;
    assert!(page.contains("容缺"), "{}: {page}", item.slug);
    let (receipt, _, _) = hand_in(&browser, &page, &start).await;
    let slip = browser.open(&receipt).await;
    assert!(slip.contains("容缺，受理后补交") && slip.contains("还需要您做"), "{slip}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_is_recorded_with_its_reason_and_only_the_counter_looks() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), PERMIT).await;
    let browser = clerk(&town).await;
    let who = facts(&town, &plan.login);
    let items = comes(&browser, &who).await;
    browser.open(&items).await;
    let token = town.sign_in(&plan.login).await;
    let seen = town.page(&token, "/my/account/access").await;
    assert!(seen.text.contains("窗口代为申请：申请人到场"), "{}", seen.text);
    for login in [town.staff("reviewer", DEPARTMENT), "citizen1".to_owned()] {
        let other = Browser::of(&town, &login).await;
        for path in ["/desk/counter", items.as_str()] {
            assert_eq!(other.get(path).await.status, StatusCode::FORBIDDEN, "{login} {path}");
        }
        assert_eq!(other.post("/desk/counter", &pairs(&[("for", "person")])).await.status, StatusCode::FORBIDDEN);
    }
}
