//! What law asks beside the case itself: who stays away, whose turn it is, who approves, what becomes of promises.

use axum::http::StatusCode;
use kernel::{AccountId, Act, Actor, Role};
use serde_json::{Value, json};
use settings::Rules;

use crate::town::{Reply, Town};

/// Licensing with a visit on site.
pub(crate) const FOOD: &str = "food-operation-licence-new";
pub(crate) const DEPARTMENT: &str = "market-regulation";

/// A case that waits for people: login and token of the applicant, number.
pub(crate) async fn filed(town: &Town) -> (String, String, String) {
    let (login, token, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    (login, token, case["number"].as_str().unwrap().to_owned())
}

async fn command(town: &Town, token: &str, number: &str, body: Value) -> Reply {
    town.post(token, &format!("/api/v1/cases/{number}/commands"), body).await
}

pub(crate) async fn done(town: &Town, token: &str, number: &str, body: Value) {
    let reply = command(town, token, number, body.clone()).await;
    assert_eq!(reply.status, StatusCode::OK, "{body}: {}", reply.text);
}

async fn refused(town: &Town, token: &str, number: &str, body: Value, code: &str) -> String {
    let reply = command(town, token, number, body).await;
    assert_eq!(reply.code(), code, "{}", reply.text);
    reply.text
}

pub(crate) async fn at(town: &Town, role: &str) -> String {
    town.sign_in(&town.staff(role, DEPARTMENT)).await
}

/// The login of the clerk of the department.
async fn account(town: &Town, role: &str) -> AccountId {
    let mut tx = town.world.db.read().await.unwrap();
    town.platform.identity.find_account(&mut tx, &town.staff(role, DEPARTMENT)).await.unwrap().unwrap()
}

pub(crate) async fn replayed(town: &Town) {
    assert_eq!(town.platform.cases.replay().await.unwrap().differences, Vec::<String>::new());
    assert_eq!(town.platform.cases.verify_chains().await.unwrap().1.len(), 0);
}

/// Sends the form of a page as a browser does, with what is hidden in it.
async fn by_form(town: &Town, token: &str, page: &str, fields: &[(&str, &str)]) -> Reply {
    let form = town.page(token, page).await;
    assert_eq!(form.status, StatusCode::OK, "{page}: {}", form.text);
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let at = form.text.find(&mark)? + mark.len();
        Some(form.text[at..at + form.text[at..].find('"')?].to_owned())
    };
    let (once, seen) = (hidden("once").unwrap(), hidden("seen"));
    let mut all = vec![("once", once.as_str())];
    all.extend(seen.as_deref().map(|s| ("seen", s)));
    all.extend_from_slice(fields);
    town.send_form(token, page, &all).await
}

fn number_of(town: &Town, login: &str) -> (&'static str, String) {
    let today = kernel::city_date(town.world.clock.now());
    let (_, facts) = demo::city::people::applicants(today).into_iter().find(|(account, _)| account == login).unwrap();
    match (facts.uscc, facts.id_number) {
        (Some(code), _) => ("uscc", code),
        (None, Some(number)) => ("resident-id", number),
        (None, None) => panic!("{login} has no number"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_declared_to_be_close_gets_no_case_of_theirs() {
    let town = Town::founded().await;
    let (login, _, number) = filed(&town).await;
    let (window, reviewer) = (at(&town, "window").await, at(&town, "reviewer").await);
    done(&town, &window, &number, json!({"type": "accept"})).await;
    let (kind, key) = number_of(&town, &login);
    let page = "/desk/relations";
    let wrong = [("relation", "spouse"), ("name", "山水餐饮"), ("kind", kind), ("number", "123")];
    let told = by_form(&town, &reviewer, page, &wrong).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.text.contains("证件号码不正确") && told.text.contains("山水餐饮"), "{}", told.text);
    let unchosen = by_form(&town, &reviewer, page, &[("name", "山水餐饮"), ("kind", kind), ("number", &key)]).await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("relation", "spouse"), ("name", "山水餐饮"), ("kind", kind), ("number", key.as_str())];
    assert_eq!(by_form(&town, &reviewer, page, &right).await.status, StatusCode::SEE_OTHER);
    let again = by_form(&town, &reviewer, page, &right).await;
    assert!(again.text.contains("已经登记过"), "{}", again.text);
    let dump = town.world.dump().await;
    let relation = dump.lines().find(|l| l.contains("spouse") && !l.contains("relation-declared")).unwrap();
    assert!(!relation.contains("山水餐饮") && !relation.contains(&key), "{relation}");

    let claim = json!({"type": "claim", "task": "step:1"});
    let why = refused(&town, &reviewer, &number, claim.clone(), "cases.related").await;
    assert!(why.contains("配偶"), "{why}");
    let seen = town.page(&reviewer, &format!("/desk/cases/{number}")).await.text;
    assert!(seen.contains("应当回避本件"), "the page says why: {seen}");
    let colleague = town.second_clerk("reviewer", DEPARTMENT).await;
    done(&town, &colleague, &number, claim.clone()).await;
    let to = account(&town, "reviewer").await;
    let over = json!({"type": "hand-over", "task": "step:1", "to": to});
    refused(&town, &colleague, &number, over, "cases.colleague-avoids").await;
    done(&town, &colleague, &number, json!({"type": "release", "task": "step:1"})).await;

    // Somebody else's declaration is not his to end; ended by himself, the case is his to take.
    let listed = town.page(&reviewer, page).await.text;
    let end = listed.split("action=\"").filter_map(|p| p.split('"').next()).find(|p| p.ends_with("/end")).unwrap();
    let form = |who: String| {
        let town = &town;
        async move {
            let page = town.page(&who, page).await.text;
            let mark = "name=\"once\" value=\"";
            let from = page.find(mark).unwrap() + mark.len();
            let once = &page[from..from + page[from..].find('"').unwrap()];
            town.send_form(&who, end, &[("once", once)]).await.status
        }
    };
    assert_eq!(form(colleague.clone()).await, StatusCode::NOT_FOUND);
    assert_eq!(form(reviewer.clone()).await, StatusCode::SEE_OTHER);
    done(&town, &reviewer, &number, claim).await;
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applicant_asks_that_somebody_stay_away_and_an_approver_answers() {
    let town = Town::founded().await;
    let (_, token, number) = filed(&town).await;
    let (window, approver) = (at(&town, "window").await, at(&town, "approver").await);
    done(&town, &window, &number, json!({"type": "accept"})).await;
    let reviewer = at(&town, "reviewer").await;
    done(&town, &reviewer, &number, json!({"type": "claim", "task": "step:1"})).await;
    let own = format!("/my/cases/{number}/challenge");
    let unchosen = by_form(&town, &token, &own, &[("reason", "审查的人是对门店主的哥哥")]).await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unchosen.text.contains("对门店主的哥哥") && unchosen.text.contains("请选择申请谁回避"));
    let silent = by_form(&town, &token, &own, &[("part", "reviewer"), ("reason", "")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let asked = by_form(&town, &token, &own, &[("part", "reviewer"), ("reason", "审查的人是对门店主的哥哥")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let mine = town.page(&token, &format!("/my/cases/{number}")).await.text;
    assert!(mine.contains("申请审查人员回避；决定以前不作出办理决定"), "{mine}");
    assert!(!town.world.dump().await.contains("对门店主的哥哥"), "why is sealed");

    let desk = town.page(&approver, &format!("/desk/cases/{number}")).await.text;
    assert!(desk.contains("申请人申请回避") && desk.contains("对门店主的哥哥"), "{desk}");
    let account = account(&town, "reviewer").await.to_string();
    let form = format!("/desk/cases/{number}/do/decide-avoidance");
    let nobody = by_form(&town, &approver, &form, &[("upheld", "yes"), ("reason", "属实")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text.contains("请选择由谁回避"), "{}", nobody.text);
    let fields = [("upheld", "yes"), ("account", account.as_str()), ("reason", "经核实，确系近亲属")];
    assert_eq!(by_form(&town, &approver, &form, &fields).await.status, StatusCode::SEE_OTHER);
    refused(&town, &reviewer, &number, json!({"type": "claim", "task": "step:1"}), "cases.avoided").await;
    let papers = town.get(&token, &format!("/api/v1/cases/{number}/documents")).await.json();
    let paper = papers["items"].as_array().unwrap().iter().find(|p| p["kind"] == "avoidance_decision").unwrap();
    assert!(paper.to_string().contains("确系近亲属"), "{paper}");
    assert!(!town.world.dump().await.contains("确系近亲属"), "why somebody stays away is sealed");
    let colleague = town.second_clerk("reviewer", DEPARTMENT).await;
    let recuse = format!("/desk/cases/{number}/do/recuse");
    let said = by_form(&town, &colleague, &recuse, &[("relation", "interest"), ("reason", "我持有该店股份")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    refused(&town, &colleague, &number, json!({"type": "claim", "task": "step:1"}), "cases.avoided").await;
    assert!(!town.world.dump().await.contains("我持有该店股份"));
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_a_limited_number_goes_to_who_was_accepted_first() {
    let town = Town::founded().await;
    let platform = &town.platform;
    let mut files = platform.catalogue.export(&mut platform.db.read().await.unwrap()).await.unwrap();
    let file = files.iter_mut().find(|f| f.path.ends_with(&format!("/{FOOD}.toml"))).unwrap();
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    let limit = "[quantity_limit]\nnumber = 1\nperiod = \"year\"\nbasis = \"《样例条例》第九条\"\n\n[result]";
    file.bytes = text.replacen("[result]", limit, 1).into_bytes();
    let args = (platform.catalogue.clone(), Act::system(town.world.clock.now()), files);
    let imported = platform.db.write(args, |tx, (catalogue, act, files)| Box::pin(catalogue.import(act, tx, files)));
    assert_eq!(imported.await.unwrap().changed, 1);

    let ((_, _, first), (_, _, second)) = (filed(&town).await, filed(&town).await);
    let (window, reviewer, approver) =
        (at(&town, "window").await, at(&town, "reviewer").await, at(&town, "approver").await);
    for number in [&first, &second] {
        done(&town, &window, number, json!({"type": "accept"})).await;
        let opinion = json!({"type": "complete", "step": "site-check", "opinion": "符合", "recommend": "grant"});
        done(&town, &reviewer, number, opinion).await;
    }
    let item = std::sync::Arc::clone(
        &platform.catalogue.procedure(&mut platform.db.read().await.unwrap(), FOOD, None).await.unwrap().item,
    );
    let left = async || {
        let mut tx = platform.db.read().await.unwrap();
        let left = platform.cases.places_left(&mut tx, &item, town.world.clock.now()).await.unwrap().unwrap();
        (left.limit, left.left, left.waiting)
    };
    assert_eq!(left().await, (1, 1, 2));
    let grant = || json!({"type": "grant"});
    let why = refused(&town, &approver, &second, grant(), "cases.limit-order").await;
    assert!(why.contains("有1件受理在先"), "{why}");
    done(&town, &approver, &first, grant()).await;
    assert_eq!(left().await, (1, 0, 1));
    refused(&town, &approver, &second, grant(), "cases.limit-used").await;
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_a_joint_item_is_extended_by_the_government_alone() {
    let town = Town::founded().await;
    let (slug, department) = ("enterprise-construction-planning-permit", "natural-resources");
    let (_, token, mut body) = town.application(slug).await;
    body["by_person"] = json!(true);
    let number = town.submit(&token, &body).await["number"].as_str().unwrap().to_owned();
    let sign_in = async |role: &str, department: &str| town.sign_in(&town.staff(role, department)).await;
    let (window, approver) = (sign_in("window", department).await, sign_in("approver", department).await);
    done(&town, &window, &number, json!({"type": "accept"})).await;
    let head = sign_in("approver", "government").await;
    assert_eq!(
        town.get(&head, &format!("/api/v1/cases/{number}")).await.status,
        StatusCode::NOT_FOUND,
        "not asked yet"
    );
    done(&town, &approver, &number, json!({"type": "extend", "days": 15, "reason": "需会同多部门研究"})).await;
    let colleague = town.second_clerk("approver", department).await;
    refused(&town, &colleague, &number, json!({"type": "confirm"}), "cases.government-only").await;
    let queue = town.get(&head, "/api/v1/tasks?scope=department").await.text;
    assert!(queue.contains(&number) && queue.contains("批准延长办理期限"), "{queue}");
    done(&town, &head, &number, json!({"type": "confirm"})).await;
    let papers = town.get(&token, &format!("/api/v1/cases/{number}/documents")).await.json();
    let paper = papers["items"].as_array().unwrap().iter().find(|p| p["kind"] == "extension_notice").unwrap();
    assert!(paper.to_string().contains("15个工作日") && paper.to_string().contains("本级人民政府"), "{paper}");
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_not_kept_closes_deferral_for_the_time_that_the_city_sets() {
    let town = Town::founded().await;
    let (login, token, number) = filed(&town).await;
    let approver = at(&town, "approver").await;
    let false_material = json!({"type": "terminate", "cause": "false-material", "reason": "合同系伪造"});
    done(&town, &approver, &number, false_material).await;

    let key = town.platform.catalogue.procedure(&mut town.world.db.read().await.unwrap(), FOOD, None).await.unwrap();
    let key = key.item.materials.iter().find(|m| m.deferrable).unwrap().key.clone();
    let later = async |token: &str| {
        let (_, _, mut body) = town.application(FOOD).await;
        body["by_person"] = json!(true);
        body["materials"][&key] = json!({"deferred": true});
        town.post(token, "/api/v1/cases", body).await
    };
    let closed = later(&token).await;
    assert_eq!((closed.status, closed.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "cases.deferral-closed"));
    assert!(closed.text.contains(&number) && closed.text.contains("提供虚假材料，违反承诺"), "{}", closed.text);

    let actor = Actor::Staff {
        account: AccountId::fresh(town.world.clock.now()),
        name: "郑星宇".to_owned(),
        department: "development-reform".to_owned(),
        region: None,
        roles: vec![Role::SystemAdmin],
    };
    let set = |days: u32| {
        let args = (town.platform.settings.clone(), Act::new(actor.clone(), town.world.clock.now()), days);
        town.platform.db.write(args, |tx, (settings, act, days)| {
            let rules = Rules { deferral_closed_days: *days };
            Box::pin(async move { settings.set_rules(act, tx, &rules, "按市里规定").await })
        })
    };
    assert!(set(5_000).await.is_err(), "three years at most");
    assert!(set(365).await.is_err(), "nothing changes");
    let from = set(0).await.unwrap();
    town.platform.settings.refresh().await.unwrap();
    assert_eq!(later(&token).await.code(), "cases.deferral-closed", "it counts from tomorrow");
    town.world.travel_to(&format!("{from} 09:00"));
    let token = town.sign_in(&login).await;
    let open = later(&token).await;
    assert_eq!(open.status, StatusCode::CREATED, "{}", open.text);
    replayed(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administrator_sets_the_rules_of_handling() {
    let town = Town::founded().await;
    let admin = town.sign_in("sysadmin1").await;
    let wrong = by_form(&town, &admin, "/admin/rules", &[("deferral_closed_days", "很久"), ("reason", "试行")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    assert!(wrong.text.contains("很久") && wrong.text.contains("1095"), "{}", wrong.text);
    let right = by_form(&town, &admin, "/admin/rules", &[("deferral_closed_days", "180"), ("reason", "试行")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text);
    let page = town.page(&admin, "/admin/rules").await.text;
    assert!(page.contains("value=\"180\"") && page.contains("已有修改等待生效"), "{page}");
}
