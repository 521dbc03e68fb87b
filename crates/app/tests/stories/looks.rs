//! Who looked at what, and why: every look at somebody's case is recorded with its reason.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::town::Town;

const SLUG: &str = "food-operation-licence-new";
const DEPARTMENT: &str = "market-regulation";

impl Town {
    /// Kind and reason of what a login looked at, oldest first.
    async fn looks(&self, login: &str) -> Vec<(String, String)> {
        let mut tx = self.world.db.read().await.unwrap();
        let account = self.platform.identity.find_account(&mut tx, login).await.unwrap().unwrap();
        let records = audit::records_of(&mut tx, account, 0, 1000).await.unwrap();
        let looks = records.into_iter().filter(|r| r.act == "cases.seen" || r.act == "files.downloaded");
        looks.map(|r| (r.act, r.reason.unwrap_or_default())).collect()
    }

    async fn last_look(&self, login: &str) -> (String, String) {
        self.looks(login).await.pop().unwrap()
    }
}

fn seen(reason: &str) -> (String, String) {
    ("cases.seen".to_owned(), reason.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_look_is_recorded_with_its_reason() {
    let town = Town::founded().await;
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let path = format!("/api/v1/cases/{}", case["number"].as_str().unwrap());
    let file = body["materials"].as_object().unwrap().values().find_map(|m| m["file"].as_str()).unwrap();
    let file = format!("/api/v1/files/{file}");

    for part in ["", "/events", "/documents"] {
        assert_eq!(town.get(&token, &format!("{path}{part}")).await.status, StatusCode::OK);
        assert_eq!(town.last_look(&login).await, seen("本企业的办件"), "{part}");
    }
    assert_eq!(town.get(&token, &file).await.status, StatusCode::OK);
    assert_eq!(town.last_look(&login).await, ("files.downloaded".to_owned(), "本人上传的文件".to_owned()));

    let window = town.staff("window", DEPARTMENT);
    let clerk = town.sign_in(&window).await;
    assert_eq!(town.get(&clerk, &path).await.status, StatusCode::OK);
    assert_eq!(town.last_look(&window).await, seen("办理本部门待办任务"));
    town.post(&clerk, &format!("{path}/commands"), json!({"type": "claim", "task": "intake"})).await;
    assert_eq!(town.get(&clerk, &file).await.status, StatusCode::OK);
    assert_eq!(town.last_look(&window).await, ("files.downloaded".to_owned(), "办理本人认领的任务".to_owned()));

    let many = town.looks("supervisor1").await.len();
    let supervisor = town.sign_in("supervisor1").await;
    assert_eq!(town.get(&supervisor, &path).await.status, StatusCode::OK);
    assert_eq!(town.last_look("supervisor1").await, seen("监督检查"));
    assert_eq!(town.get(&supervisor, &file).await.status, StatusCode::NOT_FOUND, "supervision sees no papers");
    assert_eq!(town.looks("supervisor1").await.len(), many + 1, "what was not shown was not seen");

    let whole = audit::verify(&town.world.db).await.unwrap();
    assert!(whole.is_whole(), "{whole:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_in_whose_department_nothing_waits_say_why_they_look() {
    let town = Town::founded().await;
    let (_, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let path = format!("/api/v1/cases/{}", case["number"].as_str().unwrap());
    let file = body["materials"].as_object().unwrap().values().find_map(|m| m["file"].as_str()).unwrap();
    let login = town.staff("clerk", DEPARTMENT);
    let clerk = town.sign_in(&login).await;
    assert_eq!(town.get(&clerk, &path).await.status, StatusCode::OK, "it waits in the department");
    let before = town.looks(&login).await;
    let gone = town.post(&token, &format!("{path}/commands"), json!({"type": "withdraw"})).await;
    assert_eq!(gone.json()["state"], "withdrawn", "{}", gone.text);
    let paths = [path.clone(), format!("{path}/events"), format!("{path}/documents"), format!("/api/v1/files/{file}")];
    for path in &paths {
        let refused = town.get(&clerk, path).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "cases.reason-needed"), "{path}");
    }
    assert_eq!(town.looks(&login).await, before);
    assert_eq!(town.get(&clerk, &format!("{path}/clocks")).await.status, StatusCode::OK, "days are no personal data");

    let reason = webkit::url_encode("答复申请人来电");
    for path in &paths {
        let given = [("x-access-reason", reason.as_str())];
        let shown = town.call_with(&clerk, Method::GET, path, None, &given).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        assert_eq!(town.last_look(&login).await.1, "答复申请人来电");
    }
    for wrong in ["", "x", "%E6%A0", "%00%00"] {
        let given = [("x-access-reason", wrong)];
        let reply = town.call_with(&clerk, Method::GET, &path, None, &given).await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "request.reason"));
    }
    // A reason opens nothing that is not the department's.
    let other = town.sign_in(&town.staff("window", "health")).await;
    let given = [("x-access-reason", reason.as_str())];
    let hidden = town.call_with(&other, Method::GET, &path, None, &given).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_document_asks_for_the_reason_and_goes_on() {
    let town = Town::founded().await;
    let (_, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let documents = town.get(&token, &format!("/api/v1/cases/{}/documents", case["number"].as_str().unwrap())).await;
    let page = documents.json()["items"][0]["page"].as_str().unwrap().to_owned();
    let commands = format!("/api/v1/cases/{}/commands", case["number"].as_str().unwrap());
    town.post(&token, &commands, json!({"type": "withdraw"})).await;
    let login = town.staff("clerk", DEPARTMENT);
    let clerk = town.sign_in(&login).await;
    let cookie = format!("tongban={clerk}");
    let open = |path: String| {
        let (town, cookie) = (&town, cookie.clone());
        async move { town.call_with("", Method::GET, &path, None, &[("cookie", cookie.as_str())]).await }
    };
    let asked = open(page.clone()).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    assert!(asked.text.contains("查看理由") && !asked.text.contains("收字第"), "{}", asked.text);
    let short = open(format!("{page}?reason=x")).await;
    assert!(short.text.contains("请用2至200个字说明理由") && !short.text.contains("收字第"));
    assert_eq!(town.looks(&login).await, []);
    let shown = open(format!("{page}?reason={}", webkit::url_encode("复核已办结的办件"))).await;
    assert!(shown.text.contains("收字第"), "{}", shown.text);
    assert_eq!(town.last_look(&login).await, seen("复核已办结的办件"));
}

/// One line of the list of who looked, as its reader sees it: time, office, what, why.
fn lines(page: &str) -> Vec<Vec<String>> {
    let body = page.split("<tbody>").nth(1).unwrap_or_default().split("</tbody>").next().unwrap();
    let text = |cell: &str| {
        let inner = cell.split_once('>').unwrap().1.split("</t").next().unwrap();
        let mut plain = String::new();
        let mut within = false;
        for c in inner.chars() {
            match c {
                '<' => within = true,
                '>' => within = false,
                c if !within => plain.push(c),
                _ => {}
            }
        }
        plain
    };
    body.split("<tr").skip(1).map(|row| row.replace("<th", "<td").split("<td").skip(1).map(text).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_it_is_about_reads_which_office_looked_at_what_when_and_why() {
    let town = Town::founded().await;
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap();
    let path = format!("/api/v1/cases/{number}");
    let file = body["materials"].as_object().unwrap().values().find_map(|m| m["file"].as_str()).unwrap();
    let page = "/my/account/access";
    let before = lines(&town.page(&token, page).await.text);
    assert_eq!(town.page(&token, &format!("/my/cases/{number}")).await.status, StatusCode::OK);
    assert_eq!(town.get(&token, &format!("/api/v1/files/{file}")).await.status, StatusCode::OK);
    assert_eq!(lines(&town.page(&token, page).await.text), before, "what one looks at oneself is not listed");

    let department = town.platform.vocabulary.department(DEPARTMENT).unwrap().name.clone();
    let supervision = town.platform.vocabulary.department("supervision").unwrap().name.clone();
    let item = case["item_name"].as_str().unwrap();
    let window = town.sign_in(&town.staff("window", DEPARTMENT)).await;
    let supervisor = town.sign_in("supervisor1").await;
    let mut expected = Vec::new();
    for (at, who, looked, by, what, why) in [
        ("09:01", &window, path.clone(), &department, "申请内容", "办理本部门待办任务"),
        ("09:02", &window, format!("/api/v1/files/{file}"), &department, "材料文件", "办理本部门待办任务"),
        ("09:03", &window, format!("{path}/documents"), &department, "文书", "办理本部门待办任务"),
        ("09:04", &window, format!("{path}/messages"), &department, "留言", "办理本部门待办任务"),
        ("09:05", &supervisor, path.clone(), &supervision, "申请内容", "监督检查"),
    ] {
        town.world.travel_to(&format!("2026-03-02 {at}"));
        assert_eq!(town.get(who, &looked).await.status, StatusCode::OK, "{looked}");
        let time = kernel::show_time(town.world.clock.now());
        expected.push(vec![time, by.clone(), format!("“{item}”的{what}"), why.to_owned()]);
    }
    // After the end a reason is given, and read by whom it is about as it was given.
    town.post(&token, &format!("{path}/commands"), json!({"type": "withdraw"})).await;
    town.world.travel_to("2026-03-02 09:06");
    let reason = webkit::url_encode("答复申请人来电");
    let given = [("x-access-reason", reason.as_str())];
    let events = format!("{path}/events");
    assert_eq!(town.call_with(&window, Method::GET, &events, None, &given).await.status, StatusCode::OK);
    let time = kernel::show_time(town.world.clock.now());
    expected.push(vec![time, department.clone(), format!("“{item}”的办理经过"), "答复申请人来电".to_owned()]);

    // A certificate of the same holder, looked at by its issuing body.
    let held = town.get(&token, "/api/v1/certificates").await.json();
    let shown = |c: &&serde_json::Value| !c["number"].as_str().unwrap().contains('*');
    let one = held["items"].as_array().unwrap().iter().find(shown).unwrap();
    let (kind, name) = (one["certificate_type"].as_str().unwrap(), one["number"].as_str().unwrap());
    let mut tx = town.world.db.read().await.unwrap();
    let found = town.platform.certificates.find_by_number(&mut tx, kind, name).await.unwrap().unwrap();
    drop(tx);
    let issuer = town.sign_in(&town.staff("clerk", &found.department)).await;
    town.world.travel_to("2026-03-02 09:07");
    let why = webkit::url_encode("核实证照");
    let desk = format!("/desk/certificates/{}/{}?reason={why}", found.holder, found.id);
    assert_eq!(town.page(&issuer, &desk).await.status, StatusCode::OK);
    let by = town.platform.vocabulary.department(&found.department).unwrap().name.clone();
    let time = kernel::show_time(town.world.clock.now());
    expected.push(vec![time, by, format!("电子证照“{}”", found.name), "查看：核实证照".to_owned()]);

    expected.reverse();
    let page_now = town.page(&token, page).await.text;
    let read = lines(&page_now);
    assert_eq!(read[..expected.len()], expected, "{page_now}");
    assert_eq!(read[expected.len()..], before);
    assert!(page_now.contains(&format!("href=\"/my/cases/{number}\"")));
    // Names of whoever looked are not told, and nobody else reads it.
    let clerk = town.get(&window, "/api/v1/me").await.json()["name"].as_str().map(str::to_owned);
    assert!(clerk.is_none_or(|name| !page_now.contains(&name)));
    let other = town.sign_in(if login == "citizen5" { "citizen6" } else { "citizen5" }).await;
    assert!(!town.page(&other, page).await.text.contains("答复申请人来电"));
}
