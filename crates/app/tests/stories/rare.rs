//! What happens to few cases and must be right all the same: more time, fees, materials that follow, special procedures,
//! hearings, an early end. Each through the pages of both sides.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, answer, form},
    desk::Desk,
    town::{Reply, Town},
};

/// Licensing with a visit on site; one material may follow.
const FOOD: (&str, &str) = ("food-operation-licence-new", "market-regulation");
/// Looked at by two departments; its fee is fixed for each case.
const ROAD: (&str, &str) = ("road-occupation-permit", "urban-management");
/// Its process plans a visit on site.
const TRAVEL: (&str, &str) = ("travel-agency-licence-new", "culture-tourism");

/// A case on its way: who applied, and the department that has it.
struct Course<'a> {
    town: &'a Town,
    login: String,
    number: String,
    department: &'static str,
}

impl<'a> Course<'a> {
    async fn of(town: &'a Town, item: (&str, &'static str), materials: Value) -> Self {
        let (login, token, mut body) = town.application(item.0).await;
        body["by_person"] = json!(true);
        for (key, handed) in materials.as_object().unwrap() {
            body["materials"][key] = handed.clone();
        }
        let number = town.submit(&token, &body).await["number"].as_str().unwrap().to_owned();
        Self { town, login, number, department: item.1 }
    }

    /// Somebody of the department, signed in anew: sessions end while days pass.
    async fn at(&self, role: &str) -> Desk<'a> {
        Desk::of(self.town, &self.town.staff(role, self.department)).await
    }

    async fn applicant(&self) -> Browser<'a> {
        Browser::of(self.town, &self.login).await
    }

    /// A page of the case, as the applicant reads it.
    async fn mine(&self, part: &str) -> Reply {
        let token = self.town.sign_in(&self.login).await;
        self.town.page(&token, &format!("/my/cases/{}{part}", self.number)).await
    }

    async fn command(&self, token: &str, body: Value) -> Reply {
        self.town.post(token, &format!("/api/v1/cases/{}/commands", self.number), body).await
    }

    async fn state(&self) -> Value {
        let token = self.town.sign_in(&self.login).await;
        self.town.get(&token, &format!("/api/v1/cases/{}", self.number)).await.json()
    }

    /// The newest document of a kind, as it is printed for the applicant.
    async fn paper(&self, kind: &str) -> String {
        let token = self.town.sign_in(&self.login).await;
        let papers = self.town.get(&token, &format!("/api/v1/cases/{}/documents", self.number)).await.json();
        let of_kind = |p: &&Value| p["kind"] == kind;
        let paper = papers["items"].as_array().unwrap().iter().rev().find(of_kind);
        let paper = paper.unwrap_or_else(|| panic!("no {kind} in {papers}"));
        self.town.page(&token, paper["page"].as_str().unwrap()).await.text
    }

    async fn replayed(&self) {
        assert_eq!(self.town.platform.cases.replay().await.unwrap().differences, Vec::<String>::new());
        assert_eq!(self.town.platform.cases.verify_chains().await.unwrap().1.len(), 0);
    }
}

fn clock<'v>(state: &'v Value, kind: &str) -> &'v Value {
    state["clocks"].as_array().unwrap().iter().find(|c| c["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {state}"))
}

fn led_to(reply: &Reply, field: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    assert!(reply.text.contains(&format!("href=\"#{field}\"")), "led to {field}: {}", reply.text);
}

fn holds(page: &Reply, words: &[&str]) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for word in words {
        assert!(page.text.contains(word), "the page does not say {word}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_the_body_extends_a_limit_once_and_the_applicant_reads_the_new_day() {
    let town = Town::founded().await;
    let course = Course::of(&town, FOOD, json!({})).await;
    let number = &course.number;
    course.at("window").await.done(number, "accept", &[]).await;
    let before = clock(&course.state().await, "statutory")["deadline"].clone();
    let reviewer = course.at("reviewer").await;
    let shown = reviewer.get(&format!("/desk/cases/{number}")).await.text;
    assert!(!shown.contains(&format!("\"/desk/cases/{number}/do/extend")), "not his to do");

    let approver = course.at("approver").await;
    let long = approver.act(number, "extend", &[("days", "11"), ("reason", "需要专家论证")]).await;
    led_to(&long, "days");
    assert!(long.text.contains("需要专家论证"), "what was typed stays");
    led_to(&approver.act(number, "extend", &[("days", "5"), ("reason", "")]).await, "reason");
    assert_eq!(clock(&course.state().await, "statutory")["deadline"], before);
    approver.done(number, "extend", &[("days", "10"), ("reason", "需要专家论证")]).await;

    let state = course.state().await;
    let after = clock(&state, "statutory")["deadline"].as_str().unwrap().to_owned();
    assert!(before.as_str().unwrap() < after.as_str(), "{before} {after}");
    holds(&course.mine("").await, &["延长10个工作日：需要专家论证", &kernel::show_date(after.parse().unwrap())]);
    let paper = course.paper("extension_notice").await;
    assert!(paper.contains("延期办理通知书") && paper.contains("需要专家论证"), "{paper}");

    let again = approver.get(&format!("/desk/cases/{number}")).await.text;
    assert!(!again.contains(&format!("\"/desk/cases/{number}/do/extend")), "once");
    let token = town.sign_in(&town.staff("approver", FOOD.1)).await;
    let forced = course.command(&token, json!({"type": "extend", "days": 1, "reason": "再延长"})).await;
    assert_eq!(forced.code(), "cases.extended-once", "{}", forced.text);
    course.replayed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_fixed_asked_for_paid_and_only_then_decided() {
    let town = Town::founded().await;
    let course = Course::of(&town, ROAD, json!({})).await;
    let number = &course.number;
    course.at("window").await.done(number, "accept", &[]).await;
    let fits = [("recommend", "grant"), ("opinion", "现场与申请一致")];
    for department in ["urban-management", "traffic-police"] {
        Desk::of(&town, &town.staff("reviewer", department)).await.done(number, "complete", &fits).await;
    }
    assert_eq!(course.mine("/pay").await.status, StatusCode::SEE_OTHER, "nothing is asked for yet");
    let cashier = course.at("clerk").await;
    for wrong in ["", "一百", "-5", "1.234"] {
        let reply = cashier.act(number, "assess-fee", &[("amount", wrong), ("basis", "占用32平方米")]).await;
        led_to(&reply, "amount");
        assert!(reply.text.contains("占用32平方米"), "what was typed stays");
    }
    cashier.done(number, "assess-fee", &[("amount", "1,280.50"), ("basis", "占用32平方米，按30天计")]).await;

    holds(&course.mine("").await, &["需要您做的", "1280.50元", "/pay"]);
    holds(&course.mine("/pay").await, &["缴费 1280.50元", "怎么缴", "查看缴费通知书", number]);
    let paper = course.paper("payment_notice").await;
    assert!(paper.contains("1280.50元") && paper.contains("缴费通知书"), "{paper}");
    let approver = town.sign_in(&town.staff("approver", ROAD.1)).await;
    let early = course.command(&approver, json!({"type": "grant"})).await;
    assert_ne!(early.status, StatusCode::OK, "no decision before it is paid: {}", early.text);
    let other = town.sign_in(if course.login == "enterprise1" { "enterprise2" } else { "enterprise1" }).await;
    assert_eq!(town.page(&other, &format!("/my/cases/{number}/pay")).await.status, StatusCode::NOT_FOUND);

    led_to(&cashier.act(number, "record-payment", &[("receipt", "")]).await, "receipt");
    cashier.done(number, "record-payment", &[("receipt", "黔财票0012345")]).await;
    holds(&course.mine("").await, &["1280.50元，票据号黔财票0012345"]);
    assert_eq!(course.mine("/pay").await.status, StatusCode::SEE_OTHER, "paid is paid");
    course.at("approver").await.done(number, "grant", &[("opinion", "符合条件")]).await;
    course.replayed().await;
}

/// A case whose applicant chose to hand one material in later, and which.
async fn promising(town: &Town) -> (Course<'_>, String) {
    let procedure = town.platform.catalogue.procedure(&mut town.world.db.read().await.unwrap(), FOOD.0, None).await;
    let key = procedure.unwrap().item.materials.iter().find(|m| m.deferrable).unwrap().key.clone();
    let course = Course::of(town, FOOD, json!({&key: {"deferred": true}})).await;
    (course, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_material_may_follow_and_is_supplied_before_the_grant() {
    let town = Town::founded().await;
    let (course, key) = promising(&town).await;
    let number = &course.number;
    assert_eq!(course.mine("/supply").await.status, StatusCode::SEE_OTHER, "nothing was promised yet");
    let window = course.at("window").await;
    for days in ["0", "31"] {
        led_to(&window.act(number, "accept-deferred", &[("days", days)]).await, "days");
    }
    window.done(number, "accept-deferred", &[("days", "10")]).await;
    let due = course.state().await["deferred"][&key].clone();
    let due = due["due"].as_str().or(due.as_str()).unwrap_or_else(|| panic!("{due}")).to_owned();
    let shown = kernel::show_date(due.parse().unwrap());
    holds(&course.mine("").await, &["需要您做的", "/supply", &shown]);

    let browser = course.applicant().await;
    let path = format!("/my/cases/{number}/supply");
    let page = browser.open(&path).await;
    assert!(page.contains(&format!("name=\"m.{key}\"")) && page.contains(&shown), "{page}");
    let (_, mut pairs) = form(&page, &path);
    answer(&mut pairs, "go", &["send"]);
    led_to(&browser.upload(&path, &pairs, &[]).await, &format!("m.{key}"));
    // Reviewed meanwhile, and still not granted.
    course.at("reviewer").await.done(number, "complete", &[("recommend", "grant"), ("opinion", "核验一致")]).await;
    let approver = town.sign_in(&town.staff("approver", FOOD.1)).await;
    let early = course.command(&approver, json!({"type": "grant"})).await;
    assert_eq!(early.code(), "cases.deferred-open", "{}", early.text);
    let early = json!({"type": "terminate", "cause": "deferred-not-supplied", "reason": "没有补交"});
    assert_eq!(course.command(&approver, early).await.code(), "cases.deferred-not-over");

    let (control, sheet) = (format!("m.{key}"), demo::walk::sheet("后补的材料"));
    let sent = browser.upload(&path, &pairs, &[(&control, "后补的材料.pdf", "application/pdf", &sheet)]).await;
    assert_eq!(sent.location(), format!("/my/cases/{number}?done=supplied"), "{}", sent.text);
    assert_eq!(course.mine("/supply").await.status, StatusCode::SEE_OTHER, "nothing is asked any more");
    course.at("approver").await.done(number, "grant", &[("opinion", "符合条件")]).await;
    course.replayed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_promised_and_never_came_ends_the_case() {
    let town = Town::founded().await;
    let (course, _) = promising(&town).await;
    let number = &course.number;
    course.at("window").await.done(number, "accept-deferred", &[("days", "3")]).await;
    let today = kernel::city_date(town.world.clock.now());
    let after = town.platform.cases.calendar(town.world.clock.now()).deadline(today, 5).date;
    town.world.travel_to(&format!("{after} 09:00"));
    let approver = course.at("approver").await;
    led_to(&approver.act(number, "terminate", &[("cause", "deferred-not-supplied"), ("reason", "")]).await, "reason");
    let unchosen = approver.act(number, "terminate", &[("cause", ""), ("reason", "没有补交")]).await;
    led_to(&unchosen, "cause");
    let told = [("cause", "deferred-not-supplied"), ("reason", "承诺的材料到期没有补交")];
    approver.done(number, "terminate", &told).await;
    assert_eq!(course.state().await["state"], "terminated");
    holds(&course.mine("").await, &["承诺的材料到期没有补交"]);
    let page = course.mine("").await.text;
    assert!(!page.contains("需要您做的"), "nothing is asked any more: {page}");
    course.replayed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_special_procedure_is_begun_told_and_ended_with_a_result() {
    let town = Town::founded().await;
    let course = Course::of(&town, TRAVEL, json!({})).await;
    let number = &course.number;
    let state = course.state().await;
    if state["state"] == "submitted" || state["state"] == "received" {
        course.at("window").await.done(number, "accept", &[]).await;
    }
    let reviewer = course.at("reviewer").await;
    reviewer.done(number, "complete", &[("recommend", "grant"), ("opinion", "材料齐全")]).await;
    let before = clock(&course.state().await, "statutory")["deadline"].as_str().unwrap().to_owned();
    let longest = reviewer.act(number, "begin-special", &[("days", "6")]).await;
    led_to(&longest, "days");
    reviewer.done(number, "begin-special", &[("days", "5")]).await;
    let state = course.state().await;
    assert_eq!(state["state"], "special");
    // A visit on site is not among the procedures of art. 45: the law's limit goes on, the one promised waits.
    assert_eq!(clock(&state, "statutory")["deadline"], before.as_str(), "{state}");
    holds(&course.mine("").await, &["预计5个工作日，不影响办理期限。"]);
    let paper = course.paper("special_notice").await;
    assert!(paper.contains("特别程序告知书"), "{paper}");
    let approver = town.sign_in(&town.staff("approver", TRAVEL.1)).await;
    assert_ne!(course.command(&approver, json!({"type": "grant"})).await.status, StatusCode::OK, "not meanwhile");

    led_to(&reviewer.act(number, "end-special", &[("result", "")]).await, "result");
    reviewer.done(number, "end-special", &[("result", "经营场所与申报一致")]).await;
    holds(&course.mine("").await, &["经营场所与申报一致"]);
    course.at("approver").await.done(number, "grant", &[("opinion", "符合条件")]).await;
    course.replayed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_special_procedure_for_one_case_takes_two_people() {
    let town = Town::founded().await;
    let course = Course::of(&town, FOOD, json!({})).await;
    let number = &course.number;
    course.at("window").await.done(number, "accept", &[]).await;
    let before = clock(&course.state().await, "statutory")["deadline"].as_str().unwrap().to_owned();
    let reviewer = course.at("reviewer").await;
    let proposal = [("kind", "testing"), ("days", "10"), ("basis", "《中华人民共和国食品安全法》第八十七条")];
    led_to(&reviewer.act(number, "propose-special", &proposal[..2]).await, "basis");
    led_to(&reviewer.act(number, "propose-special", &[("days", "10"), ("basis", "第八十七条")]).await, "kind");
    reviewer.done(number, "propose-special", &proposal).await;
    let page = course.mine("").await.text;
    assert!(!page.contains("第八十七条"), "proposed is not ordered: the applicant hears of it when it is: {page}");

    let approver = course.at("approver").await;
    let form = approver.get(&approver.way_to(number, "confirm").await).await;
    holds(&form, &["10个工作日", "第八十七条"]);
    approver.done(number, "dismiss", &[("reason", "现有检测报告还在有效期内")]).await;
    assert_ne!(course.state().await["state"], "special");
    reviewer.done(number, "propose-special", &proposal).await;
    approver.done(number, "confirm", &[]).await;
    assert_eq!(course.state().await["state"], "special");
    let paper = course.paper("special_notice").await;
    assert!(paper.contains("第八十七条"), "{paper}");
    let waits = clock(&course.state().await, "statutory")["deadline"].as_str().unwrap().to_owned();
    assert!(before.as_str() < waits.as_str(), "art. 45: the days are not counted: {before} {waits}");
    holds(&course.mine("").await, &["预计10个工作日，不计入办理期限。"]);
    reviewer.done(number, "end-special", &[("result", "抽检样品合格")]).await;
    assert_eq!(course.state().await["state"], "in_review");
    let on = clock(&course.state().await, "statutory")["deadline"].as_str().unwrap().to_owned();
    assert!(on < waits, "what was not needed is not left out: {on} {waits}");
    holds(&course.mine("").await, &["抽检样品合格"]);
    course.replayed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_kept_while_writing_sent_once_and_answered_by_a_hearing() {
    let town = Town::founded().await;
    let course = Course::of(&town, FOOD, json!({})).await;
    let number = &course.number;
    assert_eq!(course.mine("/answer").await.status, StatusCode::SEE_OTHER, "there is nothing to answer yet");
    course.at("window").await.done(number, "accept", &[]).await;
    let no = [("recommend", "refuse"), ("opinion", "距污染源不足二十五米")];
    course.at("reviewer").await.done(number, "complete", &no).await;
    let told = [("reasons", "距污染源不足二十五米"), ("basis", "《中华人民共和国食品安全法》第三十三条")];
    course.at("approver").await.done(number, "intend-refusal", &told).await;

    holds(&course.mine("").await, &["需要您做的", "/answer"]);
    let browser = course.applicant().await;
    let path = format!("/my/cases/{number}/answer");
    let page = browser.open(&path).await;
    for word in ["距污染源不足二十五米", "第三十三条", "还没有作出决定", "查看告知书"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let (action, mut pairs) = form(&page, &path);
    answer(&mut pairs, "text", &[""]);
    led_to(&browser.post(&action, &pairs).await, "text");
    answer(&mut pairs, "text", &["污染源上月已经搬走"]);
    assert_eq!(browser.post(&format!("{path}/save"), &pairs).await.location(), format!("/my/cases/{number}?done=kept"));
    let again = browser.open(&path).await;
    assert!(again.contains("污染源上月已经搬走") && again.contains("上次没有发出的内容还在"), "{again}");

    // A hearing is asked for on a page of its own, on the same days.
    let hearing = format!("/my/cases/{number}/hearing");
    assert!(again.contains(&format!("href=\"{hearing}\"")), "{again}");
    let ask = browser.open(&hearing).await;
    assert!(ask.contains("要求听证") && ask.contains("不收费"), "{ask}");
    let (ask_at, ask_pairs) = form(&ask, &hearing);
    let asked = browser.post(&ask_at, &ask_pairs).await;
    assert_eq!(asked.location(), format!("/my/cases/{number}?done=hearing"), "{}", asked.text);
    assert_eq!(browser.post(&ask_at, &ask_pairs).await.location(), asked.location(), "twice is once");
    assert_eq!(browser.get(&hearing).await.status, StatusCode::SEE_OTHER, "nothing more to ask for");
    assert_eq!(browser.post(&action, &pairs).await.location(), format!("/my/cases/{number}?done=answered"));
    assert_eq!(browser.get(&path).await.status, StatusCode::SEE_OTHER, "said once");
    let other = Browser::of(&town, if course.login == "enterprise1" { "enterprise2" } else { "enterprise1" }).await;
    for own in [&path, &hearing] {
        assert_eq!(other.get(own).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(own, &pairs).await.status, StatusCode::NOT_FOUND);
    }

    let approver = course.at("approver").await;
    let right = |day: &str| {
        [("day", day.to_owned()), ("time", "9:30".into()), ("place", "大厅三楼".into()), ("chair", "陈主持".into())]
    };
    let today = kernel::city_date(town.world.clock.now());
    let calendar = town.platform.cases.calendar(town.world.clock.now());
    let (soon, day) = (calendar.deadline(today, 3).date.to_string(), calendar.deadline(today, 8).date.to_string());
    for wrong in ["", "下周三", &soon] {
        let fields = right(wrong);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let reply = approver.act(number, "arrange-hearing", &fields).await;
        led_to(&reply, "day");
        assert!(reply.text.contains("大厅三楼"), "what was typed stays");
    }
    let fields = right(&day);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    approver.done(number, "arrange-hearing", &fields).await;
    holds(&course.mine("").await, &["9:30，大厅三楼，陈主持主持。"]);
    assert!(course.paper("hearing_notice").await.contains("大厅三楼"));
    let minutes = [("record", "申请人出示搬迁证明"), ("signed_by", "王小敏、陈主持")];
    let early = json!({"type": "record-hearing", "record": "申请人出示搬迁证明", "signed_by": ["王小敏"]});
    let token = town.sign_in(&town.staff("approver", FOOD.1)).await;
    assert_eq!(course.command(&token, early).await.code(), "cases.hearing-to-come");

    town.world.travel_to(&format!("{day} 12:00"));
    let approver = course.at("approver").await;
    led_to(&approver.act(number, "record-hearing", &[("record", "笔录"), ("signed_by", "")]).await, "signed_by");
    approver.done(number, "record-hearing", &minutes).await;
    holds(&course.mine("").await, &["决定根据听证笔录作出。"]);
    approver.done(number, "grant", &[("opinion", "污染源已经搬走，符合条件")]).await;
    course.replayed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hearing_is_asked_for_within_five_working_days() {
    let town = Town::founded().await;
    let course = Course::of(&town, FOOD, json!({})).await;
    let number = &course.number;
    course.at("window").await.done(number, "accept", &[]).await;
    let no = [("recommend", "refuse"), ("opinion", "距污染源不足二十五米")];
    course.at("reviewer").await.done(number, "complete", &no).await;
    let told = [("reasons", "距污染源不足二十五米"), ("basis", "第三十三条")];
    course.at("approver").await.done(number, "intend-refusal", &told).await;
    let browser = course.applicant().await;
    let hearing = format!("/my/cases/{number}/hearing");
    let (action, pairs) = form(&browser.open(&hearing).await, &hearing);
    let today = kernel::city_date(town.world.clock.now());
    let after = town.platform.cases.calendar(town.world.clock.now()).deadline(today, 6).date;
    town.world.travel_to(&format!("{after} 09:00"));
    let late = course.applicant().await;
    assert_eq!(late.get(&hearing).await.status, StatusCode::SEE_OTHER, "the days are over");
    let sent = late.post(&action, &pairs).await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "{}", sent.text);
    assert!(sent.text.contains("要求听证的期限到"), "and it is said why: {}", sent.text);
    let page = course.mine("").await.text;
    assert!(!page.contains("/hearing"), "{page}");
    assert_eq!(sent.headers.get(header::LOCATION), None);
}
