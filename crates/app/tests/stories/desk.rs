//! The desk: clerks, reviewers, approvers and certificate clerks do their work by page forms alone.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::town::{Reply, Town};

/// Licensing with a visit on site.
const FOOD: &str = "food-operation-licence-new";
const DEPARTMENT: &str = "market-regulation";

/// Somebody with a browser.
pub(crate) struct Desk<'a> {
    town: &'a Town,
    token: String,
}

impl<'a> Desk<'a> {
    pub(crate) async fn of(town: &'a Town, username: &str) -> Self {
        Self { town, token: town.sign_in(username).await }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.town.page(&self.token, path).await
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.town.send_form(&self.token, path, fields).await
    }

    /// Opens the case and follows the link or button of `step`; answers the address of its form.
    pub(crate) async fn way_to(&self, number: &str, step: &str) -> String {
        let page = self.get(&format!("/desk/cases/{number}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let start = format!("/desk/cases/{number}/do/{step}");
        let at = page.text.find(&format!("\"{start}")).unwrap_or_else(|| panic!("no way to {step}: {}", page.text));
        let rest = &page.text[at + 1..];
        rest[..rest.find('"').unwrap()].replace("&amp;", "&")
    }

    /// Does a step by its form; answers what came back.
    pub(crate) async fn act(&self, number: &str, step: &str, fields: &[(&str, &str)]) -> Reply {
        let path = self.way_to(number, step).await;
        let form = self.get(&path).await;
        let mut all = hidden(&form.text);
        all.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.send(&path, &all).await
    }

    pub(crate) async fn done(&self, number: &str, step: &str, fields: &[(&str, &str)]) {
        let reply = self.act(number, step, fields).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{step}: {}", reply.text);
        let page = self.get(reply.headers[header::LOCATION].to_str().unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("已完成："), "{}", page.text);
    }
}

/// The hidden fields of the first form of a move.
fn hidden(page: &str) -> Vec<(String, String)> {
    ["once", "seen"]
        .iter()
        .filter_map(|name| {
            let mark = format!("name=\"{name}\" value=\"");
            let at = page.find(&mark)? + mark.len();
            Some(((*name).to_owned(), page[at..at + page[at..].find('"')?].to_owned()))
        })
        .collect()
}

/// An application that waits for people: its number.
async fn filed(town: &Town) -> (String, String) {
    let (_, token, mut body) = town.application(FOOD).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    (case["number"].as_str().unwrap().to_owned(), token)
}

async fn state(town: &Town, token: &str, number: &str) -> String {
    town.get(token, &format!("/api/v1/cases/{number}")).await.json()["state"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_from_desk_to_desk_by_forms() {
    let town = Town::founded().await;
    let (number, token) = filed(&town).await;
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    let bench = window.get("/desk").await;
    assert!(bench.text.contains(&number), "it waits in the department's queue: {}", bench.text);
    window.done(&number, "claim", &[]).await;
    let mine = window.get("/desk/tasks?scope=mine").await;
    assert!(mine.text.contains(&number));
    window.done(&number, "accept", &[]).await;
    assert_eq!(state(&town, &token, &number).await, "accepted");

    let reviewer = Desk::of(&town, &town.staff("reviewer", DEPARTMENT)).await;
    let page = reviewer.get(&format!("/desk/cases/{number}")).await;
    assert!(
        page.text.contains("由其他人做的") && page.text.contains("由本部门审批人员办理"),
        "why others: {}",
        page.text
    );
    let empty = reviewer.act(&number, "complete", &[("recommend", "grant"), ("opinion", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("href=\"#opinion\""), "led to the field: {}", empty.text);
    let unchosen = reviewer.act(&number, "complete", &[("opinion", "现场与图纸一致")]).await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unchosen.text.contains("现场与图纸一致") && unchosen.text.contains("请选择其中一项"));
    reviewer.done(&number, "complete", &[("recommend", "grant"), ("opinion", "现场与图纸一致")]).await;

    let approver = Desk::of(&town, &town.staff("approver", DEPARTMENT)).await;
    let form = approver.get(&approver.way_to(&number, "grant").await).await;
    assert!(form.text.contains("现场与图纸一致"), "the opinion is offered: {}", form.text);
    approver.done(&number, "grant", &[("opinion", "准予")]).await;
    if state(&town, &token, &number).await == "granted" {
        let clerk = Desk::of(&town, &town.staff("clerk", DEPARTMENT)).await;
        clerk.done(&number, "produce", &[]).await;
    }
    assert_eq!(state(&town, &token, &number).await, "closed");
    let page = approver.get(&format!("/desk/cases/{number}")).await;
    assert!(page.text.contains("没有您可以办的操作"), "{}", page.text);
    for paper in page.text.split("href=\"").filter_map(|p| p.split('"').next()).filter(|p| p.contains("/documents/")) {
        let paper = approver.get(paper).await;
        assert_eq!(paper.status, StatusCode::OK);
        assert!(paper.text.contains("data-print"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_composed_from_verdicts_and_told_once() {
    let town = Town::founded().await;
    let (number, token) = filed(&town).await;
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    let verdicts = format!("/desk/cases/{number}/verdicts");
    let slip = window.send(&verdicts, &[("target", "layout"), ("verdict", "wrong"), ("problem", "")]).await;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", slip.text);
    assert!(slip.text.contains("请写明问题"));
    let wrong = [
        ("target", "layout"),
        ("verdict", "wrong"),
        ("problem", "没有标明备餐区"),
        ("requirement", "请在图上标明备餐区后重新上传"),
    ];
    assert_eq!(window.send(&verdicts, &wrong).await.status, StatusCode::SEE_OTHER);
    let fits = window.send(&verdicts, &[("target", "rules-list"), ("verdict", "fits")]).await;
    assert_eq!(fits.status, StatusCode::SEE_OTHER);
    let page = window.get(&format!("/desk/cases/{number}")).await;
    assert!(page.text.contains("没有标明备餐区") && page.text.contains("✓ 符合"), "{}", page.text);
    let applicant = town.get(&token, &format!("/api/v1/cases/{number}")).await;
    assert!(!applicant.text.contains("备餐区"), "notes are the office's own");

    let form = window.get(&window.way_to(&number, "ask-correction").await).await;
    assert!(form.text.contains("没有标明备餐区"), "the verdict fills the notice: {}", form.text);
    let none = window.act(&number, "ask-correction", &[("go", "preview")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("请至少列出一项"));
    let missing = [("want", "layout"), ("problem.layout", "没有标明备餐区"), ("requirement.layout", "")];
    let refused = window.act(&number, "ask-correction", &missing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("href=\"#requirement.layout\""), "{}", refused.text);
    let notice = [
        ("want", "layout"),
        ("problem.layout", "没有标明备餐区"),
        ("requirement.layout", "请在图上标明备餐区后重新上传"),
    ];
    let mut preview = notice.to_vec();
    preview.push(("go", "preview"));
    let shown = window.act(&number, "ask-correction", &preview).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("补正材料一次性告知书") && shown.text.contains("经营场所布局"), "{}", shown.text);
    assert_eq!(state(&town, &token, &number).await, "submitted", "a preview changes nothing");
    let mut send = notice.to_vec();
    send.push(("go", "send"));
    window.done(&number, "ask-correction", &send).await;
    assert_eq!(state(&town, &token, &number).await, "correction");

    let commands = format!("/api/v1/cases/{number}/commands");
    let file = town.file(&token).await;
    let supplied = json!({"type": "supplement", "materials": {"layout": {"file": file}}});
    assert_eq!(town.post(&token, &commands, supplied).await.status, StatusCode::OK);
    let page = window.get(&format!("/desk/cases/{number}")).await;
    assert!(page.text.contains("已换新，请重看") && page.text.contains("新交"), "{}", page.text);
    let back = window.get("/desk/tasks?scope=department&back=1").await;
    assert!(back.text.contains(&number), "it came back");
    let other = [("want", "rules-list"), ("problem.rules-list", "缺一项"), ("requirement.rules-list", "补上")];
    let second = window.act(&number, "ask-correction", &other).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(second.text.contains("一次性告知"), "{}", second.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_hears_the_applicant_first() {
    let town = Town::founded().await;
    let (number, token) = filed(&town).await;
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    window.done(&number, "accept", &[]).await;
    let reviewer = Desk::of(&town, &town.staff("reviewer", DEPARTMENT)).await;
    reviewer.done(&number, "complete", &[("recommend", "refuse"), ("opinion", "距污染源不足二十五米")]).await;
    let approver = Desk::of(&town, &town.staff("approver", DEPARTMENT)).await;
    let page = approver.get(&format!("/desk/cases/{number}")).await;
    assert!(page.text.contains("听取陈述申辩"), "refusing is closed and says why: {}", page.text);
    let early = approver
        .send(&format!("/desk/cases/{number}/do/refuse"), &[("reasons", "不符合"), ("basis", "第三十三条")])
        .await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
    assert!(early.text.contains("不符合") && early.text.contains("听取陈述申辩"), "what was typed stays");
    let told = [("reasons", "距污染源不足二十五米"), ("basis", "《食品安全法》第三十三条"), ("go", "send")];
    approver.done(&number, "intend-refusal", &told).await;
    let commands = format!("/api/v1/cases/{number}/commands");
    let defence = json!({"type": "state-defence", "text": "污染源已经搬走"});
    assert_eq!(town.post(&token, &commands, defence).await.status, StatusCode::OK);
    let form = approver.get(&approver.way_to(&number, "refuse").await).await;
    assert!(form.text.contains("污染源已经搬走"), "the defence stands beside the decision: {}", form.text);
    approver.done(&number, "refuse", &[("reasons", "复测仍不足"), ("basis", "第三十三条"), ("go", "send")]).await;
    let state = state(&town, &token, &number).await;
    assert!(state == "refused" || state == "closed", "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clerks_at_once_and_the_second_keeps_his_words() {
    let town = Town::founded().await;
    let (number, _) = filed(&town).await;
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    let path = window.way_to(&number, "propose-non-acceptance").await;
    let old = hidden(&window.get(&path).await.text);
    window.done(&number, "claim", &[]).await;
    let mut fields: Vec<(&str, &str)> = old.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("ground", "not-competent"), ("reason", "应向县局申请")]);
    let late = window.send(&path, &fields).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
    assert!(late.text.contains("认领任务") && late.text.contains("应向县局申请"), "told and kept: {}", late.text);
    let again = hidden(&late.text);
    let mut fields: Vec<(&str, &str)> = again.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("ground", "not-competent"), ("reason", "应向县局申请")]);
    let first = window.send(&path, &fields).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let twice = window.send(&path, &fields).await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER, "sent twice, done once: {}", twice.text);
    let approver = Desk::of(&town, &town.staff("approver", DEPARTMENT)).await;
    let form = approver.get(&approver.way_to(&number, "confirm").await).await;
    assert!(form.text.contains("应向县局申请") && form.text.contains("不予受理通知书"), "{}", form.text);
    let empty = approver.act(&number, "dismiss", &[("reason", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    approver.done(&number, "confirm", &[]).await;
    let late = window.get(&format!("/desk/cases/{number}/do/accept")).await;
    assert!(late.text.contains("现在不能办理"), "{}", late.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_departments_see_nothing_and_supervision_sees_the_course() {
    let town = Town::founded().await;
    let (number, token) = filed(&town).await;
    let home = format!("/desk/cases/{number}");
    let other = Desk::of(&town, &town.staff("window", "tax")).await;
    for path in [home.clone(), format!("{home}/do/accept"), format!("{home}/files/0x0aaaaaaaaaa")] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(other.send(&format!("{home}/do/accept"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.send(&format!("{home}/verdicts"), &[("target", "layout")]).await.status, StatusCode::NOT_FOUND);
    let citizen = Desk::of(&town, "citizen1").await;
    assert_eq!(citizen.get("/desk").await.status, StatusCode::FORBIDDEN);

    let supervisor = Desk::of(&town, "supervisor1").await;
    let seen = supervisor.get(&home).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(!seen.text.contains("id=\"materials\"") && !seen.text.contains("我现在可以做什么"), "{}", seen.text);
    assert!(seen.text.contains("id=\"clocks\"") && seen.text.contains("id=\"history\""));
    assert_eq!(supervisor.get(&format!("{home}/do/accept")).await.status, StatusCode::FORBIDDEN);
    let verdict = supervisor.send(&format!("{home}/verdicts"), &[("target", "layout"), ("verdict", "fits")]).await;
    assert_eq!(verdict.status, StatusCode::UNPROCESSABLE_ENTITY, "refused in words: {}", verdict.text);

    let case = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    let file = case["materials"].as_object().unwrap().values().find_map(|m| m["file"].as_str()).map(str::to_owned);
    if let Some(file) = file {
        let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
        let shown = window.get(&format!("{home}/files/{file}")).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
        assert!(shown.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
        assert_eq!(supervisor.get(&format!("{home}/files/{file}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_by_number_name_and_identity_and_leaves_a_trace() {
    let town = Town::founded().await;
    let (number, token) = filed(&town).await;
    let case = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    let name = case["applicant"].as_str().unwrap().to_owned();
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    assert!(window.get(&format!("/desk/cases?number={number}")).await.text.contains(&format!("/desk/cases/{number}")));
    assert!(window.get(&format!("/desk/cases?item={FOOD}&state=submitted")).await.text.contains(&number));
    assert!(!window.get("/desk/cases?state=closed").await.text.contains(&number));
    assert_eq!(window.get("/desk/cases?from=2026-13-01").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(window.get("/desk/cases?state=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unreasoned = window.send("/desk/cases", &[("name", &name)]).await;
    assert_eq!(unreasoned.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unreasoned.text.contains("href=\"#reason\""), "{}", unreasoned.text);
    let short = window.send("/desk/cases", &[("name", "王"), ("reason", "来电查询")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let part: String = name.chars().take(2).collect();
    let found = window.send("/desk/cases", &[("name", &part), ("reason", "申请人到窗口查询")]).await;
    assert!(found.text.contains(&number), "{}", found.text);
    let wild = window.send("/desk/cases", &[("name", "%%"), ("reason", "申请人到窗口查询")]).await;
    assert!(!wild.text.contains(&number), "a wildcard is a character");
    let by_address = window.get(&format!("/desk/cases?name={}&reason=x", webkit::url_encode(&name))).await;
    assert!(!by_address.text.contains(&format!("/desk/cases/{number}")), "names do not stand in addresses");

    let people = demo::city::people::applicants(kernel::city_date(town.world.clock.now()));
    let facts = people.into_iter().map(|(_, f)| f).find(|f| f.name == name).unwrap();
    let identity = facts.uscc.or(facts.id_number).unwrap();
    let found =
        window.send("/desk/cases", &[("identity", &identity.to_lowercase()), ("reason", "申请人到窗口查询")]).await;
    assert!(found.text.contains(&number), "{}", found.text);
    let nobody = window.send("/desk/cases", &[("identity", "91520102MA6G0007X9"), ("reason", "核对")]).await;
    assert!(nobody.text.contains("没有找到"));
    let other = Desk::of(&town, &town.staff("window", "tax")).await;
    let hidden = other.send("/desk/cases", &[("identity", &identity), ("reason", "核对")]).await;
    assert!(!hidden.text.contains(&number), "another department's case");
    assert!(
        !other
            .get(&format!("/desk/cases?number={number}"))
            .await
            .text
            .contains(&format!("href=\"/desk/cases/{number}"))
    );
    let supervisor = Desk::of(&town, "supervisor1").await;
    assert!(supervisor.get("/desk/cases?state=submitted").await.text.contains(&number));
    let by_name = supervisor.send("/desk/cases", &[("name", &name), ("reason", "督查")]).await;
    assert_eq!(by_name.status, StatusCode::UNPROCESSABLE_ENTITY);

    let account = town.get(&town.sign_in(&town.staff("window", DEPARTMENT)).await, "/api/v1/me").await.json();
    let mut tx = town.world.db.read().await.unwrap();
    let records =
        audit::records_of(&mut tx, account["account"].as_str().unwrap().parse().unwrap(), 0, 200).await.unwrap();
    let searches: Vec<_> = records.iter().filter(|r| r.act == "cases.searched").collect();
    assert!(searches.len() >= 3 && searches.iter().all(|r| r.reason.is_some()), "{searches:?}");
    assert!(searches.iter().all(|r| !r.detail.contains(&name) && !r.detail.contains(&identity)));
    assert!(records.iter().any(|r| r.act == "cases.seen") || records.len() > searches.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_the_lists_and_pages_lead_both_ways() {
    let town = Town::founded().await;
    let mut numbers = Vec::new();
    for _ in 0..25 {
        numbers.push(filed(&town).await.0);
    }
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    for number in &numbers[..3] {
        window.done(number, "claim", &[]).await;
    }
    let me = town.platform.identity.list_staff(Some(DEPARTMENT), None, 10).await.unwrap();
    let me = me.into_iter().find(|s| s.username == town.staff("window", DEPARTMENT)).unwrap();
    let actor = kernel::Actor::Staff {
        account: me.account,
        name: me.name,
        department: me.department,
        region: me.region,
        roles: me.roles,
    };
    let act = kernel::Act::new(actor, town.world.clock.now());
    let mut tx = town.world.db.read().await.unwrap();
    let engine = &town.platform.cases;
    for scope in [cases::DeskScope::Mine, cases::DeskScope::Waiting, cases::DeskScope::Department] {
        let everything = cases::DeskFilter { scope, ..cases::DeskFilter::default() };
        for count in engine.desk_counts(&act, &mut tx, &everything).await.unwrap() {
            let filter = cases::DeskFilter {
                scope,
                item: Some(count.item.clone()),
                light: Some(count.light),
                kind: count.kind,
                due_today: count.due_today,
                came_back: count.came_back,
            };
            let listed = engine.desk_tasks(&act, &mut tx, &filter, &cases::DeskPlace::Start, 1000).await.unwrap();
            let listed: Vec<_> = listed.into_iter().filter(|t| t.came_back == count.came_back).collect();
            assert_eq!(listed.len() as u64, count.count, "{count:?}");
            assert!(listed.iter().all(|t| t.light == count.light));
        }
    }
    let bench = window.get("/desk").await.text;
    let tile = |label: &str| {
        let at = bench.find(&format!("<span class=\"tile-label\">{label}")).unwrap();
        let before = &bench[..at];
        let start = before.rfind("tile-number\">").unwrap() + "tile-number\">".len();
        before[start..].split('<').next().unwrap().parse::<usize>().unwrap()
    };
    assert_eq!((tile("我的任务"), tile("可以认领")), (3, 22));

    let rows = |text: &str| text.matches("name=\"row\"").count();
    let link = |text: &str, rel: &str| {
        let at = text.find(&format!("rel=\"{rel}\" href=\""))? + format!("rel=\"{rel}\" href=\"").len();
        Some(text[at..].split('"').next()?.replace("&amp;", "&"))
    };
    let first = window.get("/desk/tasks?scope=department").await.text;
    assert_eq!(rows(&first), 20);
    assert!(link(&first, "prev").is_none());
    let second = window.get(&link(&first, "next").unwrap()).await.text;
    assert_eq!(rows(&second), 5);
    assert!(link(&second, "next").is_none());
    let back = window.get(&link(&second, "prev").unwrap()).await.text;
    assert_eq!(rows(&back), 20);
    assert!(link(&back, "prev").is_none(), "the first page again");
    assert_eq!(window.get("/desk/tasks?light=purple").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(window.get("/desk/tasks?after=forged").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let red = window.get("/desk/tasks?scope=department&light=red").await.text;
    assert!(red.contains("没有符合条件的任务"), "{red}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_action_is_looked_at_first_and_one_conflict_stops_nobody() {
    let town = Town::founded().await;
    let (a, _) = filed(&town).await;
    let (b, _) = filed(&town).await;
    let (c, token) = filed(&town).await;
    let window = Desk::of(&town, &town.staff("window", DEPARTMENT)).await;
    let none = window.send("/desk/tasks/preview", &[("action", "accept")]).await;
    assert!(none.text.contains("还没有选择任务"));
    let odd = window.send("/desk/tasks/preview", &[("action", "hand-over"), ("row", &format!("{a}~intake"))]).await;
    assert!(odd.text.contains("请选择转交给哪位同事"), "{}", odd.text);
    let row = |n: &str| format!("{n}~intake");
    let unknown = "520100202603020000999~intake".to_owned();
    let rows = [row(&a), row(&b), row(&c), unknown];
    let mut fields = vec![("action", "accept")];
    fields.extend(rows.iter().map(|r| ("row", r.as_str())));
    let preview = window.send("/desk/tasks/preview", &fields).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(preview.text.contains("确认受理（3 件）") && preview.text.contains("受理通知书"), "{}", preview.text);
    assert!(preview.text.contains("没有找到"), "the fourth is not there");
    let chosen: Vec<String> = preview
        .text
        .split("name=\"row\" value=\"")
        .skip(1)
        .filter_map(|p| p.split('"').next().map(str::to_owned))
        .collect();
    assert_eq!(chosen.len(), 3);
    // Meanwhile the applicant of one withdraws.
    let commands = format!("/api/v1/cases/{c}/commands");
    assert_eq!(town.post(&token, &commands, json!({"type": "withdraw"})).await.status, StatusCode::OK);
    let mut fields = vec![("action", "accept")];
    fields.extend(chosen.iter().map(|r| ("row", r.as_str())));
    let report = window.send("/desk/tasks/bulk", &fields).await;
    assert!(report.text.contains("已办 2 件，未办 1 件"), "{}", report.text);
    let twice = window.send("/desk/tasks/bulk", &fields).await;
    assert!(twice.text.contains("已办 0 件，未办 3 件"), "sent twice, done once: {}", twice.text);
    let replay = town.platform.cases.replay().await.unwrap();
    assert_eq!(replay.differences, Vec::<String>::new());
    assert_eq!(town.platform.cases.rewrite_desk().await.unwrap(), 3);
    assert_eq!(town.platform.cases.replay().await.unwrap().differences, Vec::<String>::new());
}
