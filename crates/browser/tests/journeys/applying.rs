//! Applying, correcting, getting the result, rating: the whole way, by people at browsers on both sides of the counter.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::PathBuf;

use browser::{Person, Screen};

use crate::{
    eye::Eye,
    filling::{Plan, fill_page, plan},
    town::{PASSWORD, Town, code_shown, sign_in},
};

/// For people; asks for photos of receipts; looked at by two reviewers and decided by an approver.
const REFUND: &str = "medical-manual-reimbursement";
/// For enterprises.
const LICENCE: &str = "food-operation-licence-new";

/// A photo as a phone takes it.
fn photo(town: &Town, name: &str) -> PathBuf {
    let path = town.folder().join(name);
    std::fs::write(&path, include_bytes!("receipt.jpg")).unwrap();
    path
}

/// Goes from the first page of the draft to the page that checks everything.
async fn until_check(town: &Town, person: &Person, plan: &Plan) {
    until_check_looking(town, person, plan, None).await;
}

/// The same, with a look at every page on the way.
pub(crate) async fn until_check_looking(town: &Town, person: &Person, plan: &Plan, mut eye: Option<&mut Eye>) {
    for page in 0..14 {
        let place = person.place().await.unwrap();
        let path = place.split(['?', '#']).next().unwrap().to_owned();
        if path.ends_with("/check") {
            return;
        }
        if let Some(eye) = eye.as_deref_mut() {
            let route = match path.rsplit('/').next() {
                Some("materials") => "/apply/{slug}/{draft}/materials",
                Some("delivery") => "/apply/{slug}/{draft}/delivery",
                _ => "/apply/{slug}/{draft}/{step}",
            };
            eye.looks(person, route, &format!("flow-apply-{}", page + 1)).await;
        }
        if path.ends_with("/materials") {
            for input in person.finds_all("main input[type=file]").await.unwrap() {
                let name = input.attr("name").await.unwrap().unwrap_or_default();
                let asked = name.strip_prefix("file_").is_some_and(|key| plan.materials.iter().any(|m| m == key));
                if asked {
                    let photo = photo(town, &format!("{name}-{page}.jpg"));
                    person.gives_file(&name, &photo).await.unwrap();
                }
            }
            person.presses_at("main button[name=go][value=next]").await.unwrap();
        } else {
            if !path.ends_with("/delivery") {
                fill_page(person, plan).await;
            }
            person
                .presses_at("main form.apply-form .actions button, main form .actions button[type=submit]")
                .await
                .unwrap();
        }
        let onward = person.place().await.unwrap();
        assert_ne!(onward, place, "{}: the page does not let on: {}", plan.slug, person.reads().await.unwrap());
    }
    panic!("{}: no end of pages", plan.slug);
}

/// Allows the use of certificates, where the page asks for it.
async fn consents(person: &Person) {
    if !person.finds_all("main input[name=consent]").await.unwrap().is_empty() {
        person.ticks("consent", "").await.unwrap();
    }
}

/// Ticks what is to be ticked and hands in; answers the number.
pub(crate) async fn hand_in(person: &Person) -> String {
    person.ticks("declare", "").await.unwrap();
    consents(person).await;
    if !person.finds_all("main input[name=by_person]").await.unwrap().is_empty() {
        person.ticks("by_person", "").await.unwrap();
    }
    person.presses("提交申请").await.unwrap();
    let place = person.place().await.unwrap();
    let text = person.reads().await.unwrap();
    assert!(place.ends_with("/receipt") && text.contains("已提交"), "{place}: {text}");
    place.split('/').nth(3).unwrap().to_owned()
}

/// A member of staff does one step of a case by its form.
async fn does(staff: &Person, number: &str, step: &str, fields: &[(&str, &str)]) {
    staff.goes_to(&format!("/desk/cases/{number}")).await.unwrap();
    staff
        .presses_at(&format!(
            "main a[href*='/do/{step}'], main button[formaction*='/do/{step}'], main form[action*='/do/{step}'] button"
        ))
        .await
        .unwrap();
    for (name, value) in fields {
        let element = staff.finds(&format!("main [name=\"{name}\"]:not([type=hidden])")).await.unwrap();
        match element.attr("type").await.unwrap().as_deref() {
            Some("radio" | "checkbox") => staff.ticks(name, value).await.unwrap(),
            _ => staff.writes(name, value).await.unwrap(),
        }
    }
    // Some steps show the paper first and are confirmed on a second page.
    for _ in 0..2 {
        if !staff.place().await.unwrap().contains("/do/") {
            break;
        }
        staff.presses_at("main form[data-once] button.button").await.unwrap();
    }
    let text = staff.reads().await.unwrap();
    assert!(text.contains("已完成："), "{step}: {}\n{text}", staff.place().await.unwrap());
}

/// Registers somebody new by the pages; he is signed in afterwards.
async fn registers(person: &Person, name: &str, number: &str, phone: &str) {
    person.goes_to("/register?next=/items").await.unwrap();
    person.writes("name", name).await.unwrap();
    person.writes("number", number).await.unwrap();
    person.presses("下一步").await.unwrap();
    person.writes("phone", phone).await.unwrap();
    person.presses("获取验证码").await.unwrap();
    let code = code_shown(&person.reads().await.unwrap());
    person.writes("code", &code).await.unwrap();
    person.presses_at("main form .actions button, main form button.button:not(.quiet)").await.unwrap();
    person.writes("password", "Nan-ming.He-2026").await.unwrap();
    person.presses_at("main form .actions button:not([name]), main form button.button:not(.quiet)").await.unwrap();
    assert_eq!(person.place().await.unwrap(), "/items", "{}", person.reads().await.unwrap());
}

async fn whole_way(screen: Screen, name: &str, number: &str, phone: &str) {
    let town = Town::open().await;
    let citizen = town.somebody(screen).await;
    registers(&citizen, name, number, phone).await;

    // Found in everyday words.
    citizen.goes_to("/").await.unwrap();
    citizen.writes("q", "拿发票报医保").await.unwrap();
    citizen.presses("搜索").await.unwrap();
    citizen.presses("医疗费用手工（零星）报销").await.unwrap();
    citizen.presses("在线申请").await.unwrap();
    let plan = plan(&town, REFUND).await;
    citizen.presses("开始填写").await.unwrap();
    let plan = plan.wanting_everything();
    until_check(&town, &citizen, &plan).await;
    assert!(citizen.reads().await.unwrap().contains(name), "the check page shows what is known");
    assert!(!citizen.overflows().await.unwrap());
    let case = hand_in(&citizen).await;

    // The window asks for a better photo, once and for all.
    let window = town.signed_in(&town.staff("window", "healthcare-security"), screen).await;
    let notice =
        [("want", "receipt"), ("problem.receipt", "票据金额看不清"), ("requirement.receipt", "请重新拍一张金额清楚的")];
    does(&window, &case, "ask-correction", &notice).await;
    citizen.goes_to(&format!("/my/cases/{case}")).await.unwrap();
    let told = citizen.reads().await.unwrap();
    assert!(told.contains("票据金额看不清"), "{told}");
    citizen.goes_to(&format!("/my/cases/{case}/correct")).await.unwrap();
    let input = citizen.finds("main input[type=file]").await.unwrap();
    let control = input.attr("name").await.unwrap().unwrap();
    citizen.gives_file(&control, &photo(&town, "better.jpg")).await.unwrap();
    citizen.presses("核对无误，提交").await.unwrap();
    assert_eq!(citizen.place().await.unwrap().split('?').next().unwrap(), format!("/my/cases/{case}"));

    // Accepted, reviewed twice, decided.
    does(&window, &case, "accept", &[]).await;
    let reviewer = town.signed_in(&town.staff("reviewer", "healthcare-security"), screen).await;
    for opinion in ["票据与清单一致", "金额复核无误"] {
        does(&reviewer, &case, "complete", &[("recommend", "grant"), ("opinion", opinion)]).await;
    }
    let approver = town.signed_in(&town.staff("approver", "healthcare-security"), screen).await;
    does(&approver, &case, "grant", &[("opinion", "符合报销条件")]).await;

    // The result, and a rating as bad as anybody likes.
    citizen.goes_to(&format!("/my/cases/{case}")).await.unwrap();
    let done = citizen.reads().await.unwrap();
    assert!(done.contains("已办结") && done.contains("准予"), "{done}");
    citizen.goes_to(&format!("/my/cases/{case}/rate")).await.unwrap();
    citizen.presses_at("main label[for^=score]:last-of-type").await.unwrap();
    citizen.writes("comment", "等得有点久").await.unwrap();
    citizen.presses("提交评价").await.unwrap();
    let rated = citizen.reads().await.unwrap();
    assert!(rated.contains("等得有点久") || rated.contains("评价"), "{rated}");
    for person in [citizen, window, reviewer, approver] {
        person.leaves().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_on_a_phone() {
    whole_way(Screen::PHONE, "方晓岚", "520103199204120520", "13985110001").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_at_a_desk() {
    whole_way(Screen::WIDE, "罗启文", "520102198807230031", "13985110002").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_without_script() {
    whole_way(Screen::PHONE.without_script(), "韦安然", "520115199911050029", "13985110003").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_applies_for_the_enterprise_he_acts_for() {
    let town = Town::open().await;
    let plan = plan(&town, LICENCE).await;
    let agent = town.signed_in(&plan.login, Screen::PHONE).await;
    agent.goes_to(&format!("/apply/{LICENCE}")).await.unwrap();
    agent.presses("开始填写").await.unwrap();
    until_check(&town, &agent, &plan).await;
    let number = hand_in(&agent).await;
    agent.goes_to("/my/cases").await.unwrap();
    assert!(agent.reads().await.unwrap().contains("食品经营许可"), "{number}");
    agent.leaves().await.unwrap();

    // A person with a mandate changes sides and back, and every page says for whom he acts.
    let person = town.signed_in("citizen2", Screen::WIDE).await;
    person.goes_to("/act-for").await.unwrap();
    person.presses_at("main form[action='/act-for'] button").await.unwrap();
    let page = person.source().await.unwrap();
    assert!(page.contains("您正在代表"), "{page}");
    person.goes_to("/my/cases").await.unwrap();
    assert!(person.source().await.unwrap().contains("您正在代表"));
    person.presses("切换回个人").await.unwrap();
    assert!(!person.source().await.unwrap().contains("您正在代表"));
    person.leaves().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_goes_on_in_another_browser_and_nothing_typed_is_lost_when_the_session_ends() {
    let town = Town::open().await;
    let plan = plan(&town, REFUND).await;
    let phone = town.signed_in(&plan.login, Screen::PHONE).await;
    phone.goes_to(&format!("/apply/{REFUND}")).await.unwrap();
    phone.presses("开始填写").await.unwrap();
    fill_page(&phone, &plan).await;
    phone.presses_at("main form .actions button[type=submit]").await.unwrap();
    let reached = phone.place().await.unwrap();

    let desk = town.signed_in(&plan.login, Screen::WIDE).await;
    desk.goes_to("/my/drafts").await.unwrap();
    assert!(desk.reads().await.unwrap().contains("医疗费用手工"));
    desk.presses("继续填写").await.unwrap();
    assert!(desk.place().await.unwrap().starts_with(&format!("/apply/{REFUND}/")), "the same draft: {reached}");
    desk.leaves().await.unwrap();

    // The session ends while a page is being filled in.
    phone.goes_to(&reached).await.unwrap();
    fill_page(&phone, &plan).await;
    phone.loses_session().await.unwrap();
    phone.presses_at("main form .actions button[type=submit]").await.unwrap();
    let text = phone.reads().await.unwrap();
    assert!(text.contains("登录") && text.contains("还在"), "{text}");
    phone.writes("username", &plan.login).await.unwrap();
    phone.writes("password", PASSWORD).await.unwrap();
    phone.presses("登录").await.unwrap();
    phone.presses("继续提交").await.unwrap();
    let place = phone.place().await.unwrap();
    assert!(
        place.starts_with(&format!("/apply/{REFUND}/")) && place != reached,
        "{place}: {}",
        phone.reads().await.unwrap()
    );
    phone.leaves().await.unwrap();
}

/// Ten items by default, all of them with `TONGBAN_ALL_ITEMS=1`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_are_applied_for_on_a_phone() {
    let town = Town::open().await;
    let slugs = town.slugs().await;
    assert!(slugs.len() >= 100, "{}", slugs.len());
    let some = std::env::var("TONGBAN_ALL_ITEMS").is_err();
    let slugs: Vec<String> = if some { slugs.into_iter().step_by(12).take(10).collect() } else { slugs };
    let mut person: Option<(String, Person)> = None;
    for slug in &slugs {
        let plan = plan(&town, slug).await;
        let here = match person.take() {
            Some((login, person)) if login == plan.login => person,
            other => {
                if let Some((_, person)) = other {
                    person.leaves().await.unwrap();
                }
                town.signed_in(&plan.login, Screen::PHONE).await
            }
        };
        here.goes_to(&format!("/apply/{slug}")).await.unwrap();
        here.presses("开始填写").await.unwrap();
        until_check(&town, &here, &plan).await;
        assert!(!here.overflows().await.unwrap(), "{slug}");
        hand_in(&here).await;
        person = Some((plan.login.clone(), here));
    }
    if let Some((_, person)) = person {
        person.leaves().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tap_makes_one_case() {
    let town = Town::open().await;
    let plan = plan(&town, REFUND).await;
    let person = town.somebody(Screen::PHONE.without_script()).await;
    person.goes_to("/sign-in").await.unwrap();
    sign_in(&person, &plan.login).await;
    person.goes_to(&format!("/apply/{REFUND}")).await.unwrap();
    person.presses("开始填写").await.unwrap();
    until_check(&town, &person, &plan).await;
    let first = hand_in(&person).await;
    person.goes_back().await.unwrap();
    if !person.finds_all("main input[name=declare]").await.unwrap().is_empty() {
        person.ticks("declare", "").await.unwrap();
        consents(&person).await;
        person.presses("提交申请").await.unwrap();
        assert!(person.place().await.unwrap().contains(&first), "{}", person.reads().await.unwrap());
    }
    person.goes_to("/my/cases").await.unwrap();
    let list = person.reads().await.unwrap();
    assert_eq!(list.matches("医疗费用手工").count(), 1, "{list}");
    person.leaves().await.unwrap();
}
