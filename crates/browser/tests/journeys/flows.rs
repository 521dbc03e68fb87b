//! The steps of flows that no address opens by itself, each looked at by somebody who goes through it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use browser::{Person, Screen};

use crate::{
    applying::until_check_looking,
    eye::Eye,
    filling::{fill_page, plan},
    town::{PASSWORD, Town, code_shown},
    visits::{REFUND, checked_at_counter, comes_to_counter, id_number},
};

/// Pages that are seen on the way alone.
pub(crate) const ROUTES: &[&str] = &[
    "/register/phone",
    "/register/code",
    "/register/password",
    "/sign-in/code/enter",
    "/forgotten/code",
    "/forgotten/password",
    "/my/account/phone/code",
];

/// Every flow in one look.
pub(crate) async fn all(town: &Town, eye: &mut Eye, screen: Screen, pressed: &[&str]) {
    let somebody = town.somebody(screen).await;
    somebody.sets(pressed).await.unwrap();
    registering(&somebody, eye).await;
    somebody.leaves().await.unwrap();

    let stranger = town.somebody(screen).await;
    stranger.sets(pressed).await.unwrap();
    by_code(&stranger, eye).await;
    forgotten(town, &stranger, eye).await;
    stranger.leaves().await.unwrap();

    let plan = plan(town, REFUND).await;
    let applicant = town.signed_in(&plan.login, screen).await;
    applicant.sets(pressed).await.unwrap();
    changing_phone(&applicant, eye).await;
    applying(town, &applicant, eye).await;
    refused(&applicant, eye).await;
    session_that_ends(town, &applicant, eye).await;
    applicant.leaves().await.unwrap();

    let clerk = town.signed_in(&town.staff("window", "healthcare-security"), screen).await;
    clerk.sets(pressed).await.unwrap();
    at_the_counter(town, &clerk, &plan.login, eye).await;
    at_the_desk(town, &clerk, eye).await;
    clerk.leaves().await.unwrap();

    for route in ROUTES {
        assert!(eye.saw(route), "nobody came to {route}");
    }
}

async fn registering(person: &Person, eye: &mut Eye) {
    person.goes_to("/register").await.unwrap();
    person.presses("下一步").await.unwrap();
    eye.looks(person, "/register", "flow-register-faults").await;
    person.writes("name", "欧阳晨").await.unwrap();
    person.writes("number", "52010319900307621X").await.unwrap();
    person.presses("下一步").await.unwrap();
    eye.looks(person, "/register/phone", "flow-register-phone").await;
    person.writes("phone", "13985110009").await.unwrap();
    person.presses("获取验证码").await.unwrap();
    eye.looks(person, "/register/code", "flow-register-code").await;
    let code = code_shown(&person.reads().await.unwrap());
    person.writes("code", &code).await.unwrap();
    person.presses_at("main form .actions button, main form button.button:not(.quiet)").await.unwrap();
    eye.looks(person, "/register/password", "flow-register-password").await;
}

async fn by_code(person: &Person, eye: &mut Eye) {
    person.goes_to("/sign-in/code").await.unwrap();
    person.writes("name", "citizen3").await.unwrap();
    person.presses_at("main form button.button").await.unwrap();
    eye.looks(person, "/sign-in/code/enter", "flow-sign-in-code").await;
    person.goes_to("/sign-in").await.unwrap();
    person.writes("username", "citizen3").await.unwrap();
    person.writes("password", "No-such-word-1").await.unwrap();
    person.presses("登录").await.unwrap();
    eye.looks(person, "/sign-in", "flow-sign-in-wrong").await;
}

async fn forgotten(town: &Town, person: &Person, eye: &mut Eye) {
    person.goes_to("/forgotten").await.unwrap();
    person.writes("name", &id_number(town, "citizen4")).await.unwrap();
    person.presses_at("main form button.button").await.unwrap();
    eye.looks(person, "/forgotten/code", "flow-forgotten-code").await;
    let code = code_shown(&person.reads().await.unwrap());
    person.writes("code", &code).await.unwrap();
    person.presses_at("main form .actions button, main form button.button:not(.quiet)").await.unwrap();
    eye.looks(person, "/forgotten/password", "flow-forgotten-password").await;
}

async fn changing_phone(person: &Person, eye: &mut Eye) {
    person.goes_to("/my/account/phone").await.unwrap();
    person.writes("phone", "13985110010").await.unwrap();
    person.writes("password", PASSWORD).await.unwrap();
    person.presses("获取验证码").await.unwrap();
    eye.looks(person, "/my/account/phone/code", "flow-phone-code").await;
}

/// Every page of an application, with what a form refuses, and the receipt.
async fn applying(town: &Town, person: &Person, eye: &mut Eye) {
    let plan = plan(town, REFUND).await.wanting_everything();
    person.goes_to(&format!("/apply/{REFUND}?new=yes")).await.unwrap();
    person.presses_at("main form[action^='/apply/'] button.button").await.unwrap();
    let step = "/apply/{slug}/{draft}/{step}";
    let first = person.place().await.unwrap();
    person.presses_at("main form.apply-form .actions button[type=submit]").await.unwrap();
    if person.place().await.unwrap() == first {
        eye.looks(person, step, "flow-apply-faults").await;
    }
    let base = first.rsplit_once('/').unwrap().0.to_owned();
    person.goes_to(&format!("{base}/check")).await.unwrap();
    eye.looks(person, "/apply/{slug}/{draft}/check", "flow-apply-check-lacking").await;
    person.goes_to(&first).await.unwrap();
    until_check_looking(town, person, &plan, Some(eye)).await;
    eye.looks(person, "/apply/{slug}/{draft}/check", "flow-apply-check").await;
    person.presses("提交申请").await.unwrap();
    eye.looks(person, "/apply/{slug}/{draft}/check", "flow-apply-check-undeclared").await;
    person.ticks("declare", "").await.unwrap();
    if !person.finds_all("main input[name=by_person]").await.unwrap().is_empty() {
        person.ticks("by_person", "").await.unwrap();
    }
    person.presses("提交申请").await.unwrap();
    eye.looks(person, "/my/cases/{number}/receipt", "flow-apply-receipt").await;
}

/// Pages of problems.
async fn refused(person: &Person, eye: &mut Eye) {
    for (path, name) in [("/items/no-such-item", "flow-not-there"), ("/desk", "flow-not-allowed")] {
        person.goes_to(path).await.unwrap();
        eye.looks(person, path, name).await;
    }
}

/// The session ends while a form is filled in.
async fn session_that_ends(town: &Town, person: &Person, eye: &mut Eye) {
    let plan = plan(town, REFUND).await;
    person.goes_to(&format!("/apply/{REFUND}?new=yes")).await.unwrap();
    person.presses_at("main form[action^='/apply/'] button.button").await.unwrap();
    fill_page(person, &plan).await;
    person.loses_only_session().await.unwrap();
    person.presses_at("main form.apply-form .actions button[type=submit]").await.unwrap();
    eye.looks(person, "/apply/{slug}/{draft}/{step}", "flow-session-ended").await;
    person.writes("username", &plan.login).await.unwrap();
    person.writes("password", PASSWORD).await.unwrap();
    person.presses("登录").await.unwrap();
    eye.looks(person, "/sign-in", "flow-session-resumed").await;
    person.presses("继续提交").await.unwrap();
}

async fn at_the_counter(town: &Town, clerk: &Person, applicant: &str, eye: &mut Eye) {
    clerk.goes_to("/desk/counter").await.unwrap();
    clerk.presses_at("main form .actions button.button, main form button.button[type=submit]").await.unwrap();
    eye.looks(clerk, "/desk/counter", "flow-counter-faults").await;
    let items = comes_to_counter(town, clerk, applicant).await;
    let form = format!("{items}/{REFUND}");
    clerk.goes_to(&form).await.unwrap();
    clerk.presses_at("main button[name=go][value=check]").await.unwrap();
    eye.looks(clerk, "/desk/counter/{visitor}/{slug}", "flow-counter-form-faults").await;
    checked_at_counter(town, clerk, &form).await;
    eye.looks(clerk, "/desk/counter/{visitor}/{slug}", "flow-counter-check").await;
    clerk.ticks("declare", "").await.unwrap();
    if !clerk.finds_all("main input[name=by_person]").await.unwrap().is_empty() {
        clerk.ticks("by_person", "").await.unwrap();
    }
    clerk.presses_at("main button[name=go][value=submit]").await.unwrap();
    eye.looks(clerk, "/desk/counter/receipts/{number}", "flow-counter-receipt").await;
}

/// A notice as its reader will see it, and several cases at once.
async fn at_the_desk(town: &Town, clerk: &Person, eye: &mut Eye) {
    let (_, number) = town.file(REFUND).await;
    let form = "/desk/cases/{number}/do/{step}";
    clerk.goes_to(&format!("/desk/cases/{number}/do/ask-correction")).await.unwrap();
    clerk.presses_at("main button[name=go][value=preview], main form[data-once] button.button").await.unwrap();
    eye.looks(clerk, form, "flow-desk-notice-faults").await;
    clerk.ticks("want", "receipt").await.unwrap();
    clerk.writes("problem.receipt", "票据金额看不清").await.unwrap();
    clerk.writes("requirement.receipt", "请重新拍一张金额清楚的").await.unwrap();
    clerk.presses_at("main button[name=go][value=preview], main form[data-once] button.button").await.unwrap();
    eye.looks(clerk, form, "flow-desk-notice-preview").await;
    clerk.goes_to("/desk/cases").await.unwrap();
    clerk.writes("number", &number).await.unwrap();
    clerk.sends_by_enter().await.unwrap();
    eye.looks(clerk, "/desk/cases", "flow-desk-search").await;
}
