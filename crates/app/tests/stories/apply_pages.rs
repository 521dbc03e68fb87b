//! Applying through pages, as people do it and as they get it wrong.

use axum::http::{Method, StatusCode};
use kernel::Act;
use serde_json::json;

use crate::{
    apply_walk::{plan, walker},
    browser::{Browser, all, answer, form},
    town::{PASSWORD, Town},
};

/// Rules complete every step of it by themselves.
const ON_THE_SPOT: &str = "unemployment-registration";
/// Its form asks for an address when the licence is posted.
const INSTANT: &str = "driving-licence-renewal";
/// For enterprises; asks for files.
const FOOD: &str = "food-operation-licence-new";

/// One pixel.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196,
    137, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 248, 207, 192, 240, 31, 0, 5, 0, 1, 255, 137, 153, 61, 29, 0, 0, 0,
    0, 73, 69, 78, 68, 174, 66, 96, 130,
];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_what_an_item_asks_before_he_begins() {
    let town = Town::founded().await;
    let stranger = Browser::stranger(&town);
    let guide = stranger.open(&format!("/items/{INSTANT}")).await;
    assert!(guide.contains(&format!("href=\"/apply/{INSTANT}\"")), "the guide leads to applying");
    let page = stranger.open(&format!("/apply/{INSTANT}")).await;
    for said in
        ["登录后可以自动带出您已有的信息", "谁可以申请", "多久办好", "收费", "要跑几趟", "办好得到", "不用交纸质的"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("/sign-in?next=%2Fapply%2Fdriving-licence-renewal"), "{page}");
    let begin = stranger.post(&format!("/apply/{INSTANT}"), &[]).await;
    assert_eq!(begin.status, StatusCode::UNAUTHORIZED, "a stranger signs in first");
    assert!(begin.text.contains("name=\"username\""), "on the spot: {}", begin.text);
    assert_eq!(stranger.get("/apply/no-such-item").await.status, StatusCode::NOT_FOUND);

    let plan = plan(&town, &walker(&town), INSTANT).await;
    let citizen = Browser::of(&town, &plan.login).await;
    let page = citizen.open(&format!("/apply/{INSTANT}")).await;
    assert!(page.contains("项已经替您带出") && page.contains("用您的电子证照"), "{page}");
    let page = citizen.open(&format!("/apply/{FOOD}")).await;
    assert!(page.contains("最迟 20"), "a day is told: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_begin_here_is_told_why_and_where_to_go() {
    let town = Town::founded().await;
    let citizen = Browser::of(&town, "citizen1").await;
    let audience = citizen.open("/apply/drainage-permit").await;
    assert!(audience.contains("这个事项由企业申请") && audience.contains("/act-for"), "{audience}");
    assert!(!audience.contains("开始填写"));
    let forced = citizen.post("/apply/drainage-permit", &[]).await;
    assert_eq!(forced.location(), "/apply/drainage-permit", "and nothing begins");
    assert!(citizen.open("/my/drafts").await.contains("没有草稿"));

    let clerk = Browser::of(&town, "window1").await;
    assert!(clerk.open(&format!("/apply/{INSTANT}")).await.contains("工作人员账户不能申请"));
    let begun = clerk.post(&format!("/apply/{INSTANT}"), &[]).await;
    assert_eq!(begun.location(), format!("/apply/{INSTANT}"), "and nothing begins");

    let platform = &town.platform;
    let (act, catalogue) = (Act::system(town.world.clock.now()), platform.catalogue.clone());
    platform
        .db
        .write((act, catalogue), |tx, (act, catalogue)| Box::pin(catalogue.suspend(act, tx, INSTANT, true)))
        .await
        .unwrap();
    let suspended = Browser::stranger(&town).open(&format!("/apply/{INSTANT}")).await;
    assert!(suspended.contains("这个事项暂停办理") && suspended.contains("12345"), "{suspended}");
    assert!(!suspended.contains("登录后开始填写"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_item_goes_from_its_button_to_the_result() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), ON_THE_SPOT).await;
    let mut browser = Browser::of(&town, &plan.login).await;
    browser.agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36";
    let first = plan.begin(&browser).await;
    let page = browser.open(&first).await;
    assert!(page.contains("来自：") && page.contains("是否仍然正确？"), "known answers say where from: {page}");
    let (check, _) = plan.until_check(&browser, first).await;
    let page = browser.open(&check).await;
    assert!(page.contains("声明") && page.contains("修改"), "{page}");
    // Handing in without the declaration is refused beside the box.
    let (action, mut pairs) = form(&page, &check);
    let refused = browser.post(&action, &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("请确认所填内容和材料真实") && refused.text.contains("href=\"#declare\""));
    answer(&mut pairs, "declare", &["yes"]);
    answer(&mut pairs, "consent", &["yes"]);
    let receipt = browser.post(&action, &pairs).await.location();
    let page = browser.open(&receipt).await;
    assert!(page.contains("已提交，并且已经办结") && page.contains("已经办好"), "{page}");
    assert!(page.contains("我的证照") && page.contains("<svg"), "{page}");
    let number = receipt.split('/').nth(3).unwrap();
    let token = town.sign_in(&plan.login).await;
    let case = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    assert_eq!(case["channel"], "mobile", "a phone is a phone");
    // The code on the receipt confirms it to everybody.
    let confirm = page.split("扫码核对回执<br>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(Browser::stranger(&town).open(&confirm).await.contains("收件凭证"));
    // Nobody else sees the receipt.
    let other = Browser::of(&town, if plan.login == "citizen5" { "citizen6" } else { "citizen5" }).await;
    assert_eq!(other.get(&receipt).await.status, StatusCode::NOT_FOUND);
    assert!(browser.open("/my/drafts").await.contains("没有草稿"), "the draft is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_brings_its_questions_and_what_is_wrong_stays_as_typed() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), INSTANT).await;
    let browser = Browser::of(&town, &plan.login).await;
    let mut here = plan.begin(&browser).await;
    // On to the page that asks how the licence is fetched.
    loop {
        let page = browser.open(&here).await;
        let (action, mut pairs) = form(&page, &here);
        plan.fill(&mut pairs);
        if !all(&pairs, "asked").contains(&"delivery") {
            here = browser.post(&action, &pairs).await.location();
            continue;
        }
        assert!(page.contains("data-when=\"delivery=邮寄\""), "the page follows the answer where it can: {page}");
        answer(&mut pairs, "delivery", &["邮寄"]);
        answer(&mut pairs, "post_address", &[""]);
        let asked = browser.post(&action, &pairs).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.text);
        assert!(asked.text.contains("请填写“邮寄地址”") && asked.text.contains("href=\"#post_address\""));
        answer(&mut pairs, "delivery", &["到窗口自取"]);
        // What the other answer left there does no harm.
        answer(&mut pairs, "post_address", &["云岩区某路"]);
        let onward = browser.post(&action, &pairs).await;
        assert_eq!(onward.status, StatusCode::SEE_OTHER, "{}", onward.text);
        break;
    }
    // A wrong phone stays as typed, with the error on top and beside it.
    let first = here.rsplit_once('/').unwrap().0.to_owned() + "/1";
    let page = browser.open(&first).await;
    let (action, mut pairs) = form(&page, &first);
    assert!(all(&pairs, "asked").contains(&"phone"), "{pairs:?}");
    answer(&mut pairs, "phone", &["12<b>345"]);
    let wrong = browser.post(&action, &pairs).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("value=\"12&lt;b&gt;345\""), "{}", wrong.text);
    assert!(wrong.text.contains("href=\"#phone\"") && wrong.text.contains("id=\"phone-error\""), "{}", wrong.text);
    let (_, kept) = form(&browser.open(&first).await, &first);
    assert_eq!(all(&kept, "phone"), ["12<b>345"], "and it is kept");
    let check = here.rsplit_once('/').unwrap().0.to_owned() + "/check";
    let page = browser.open(&check).await;
    assert!(page.contains("还差这些才能提交") && page.contains("/1?back=check#phone"), "{page}");
    assert!(!page.contains("提交申请"), "and cannot be handed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_taken_one_by_one_and_a_refused_one_keeps_the_others() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), FOOD).await;
    let browser = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&browser).await;
    let path = first.rsplit_once('/').unwrap().0.to_owned();
    let materials = format!("{path}/materials");
    // All pages of questions first.
    let mut here = first;
    while !here.starts_with(&materials) {
        let page = browser.open(&here).await;
        let (action, mut pairs) = form(&page, &here);
        plan.fill(&mut pairs);
        here = browser.post(&action, &pairs).await.location();
    }
    let page = browser.open(&materials).await;
    assert!(page.contains("capture=\"environment\"") && page.contains("multiple"), "{page}");
    assert!(page.contains("用您的电子证照“"), "certificates stand in: {page}");
    let wanted: Vec<String> = plan.materials.iter().map(|key| format!("file_{key}")).collect();
    assert!(wanted.len() >= 2, "{wanted:?}");
    let sheet = demo::walk::sheet("第一页");
    let nothing = browser.upload(&materials, &[pair("end", "yes"), pair("go", "next")], &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("请上传“"), "{}", nothing.text);

    let stay = [pair("end", "yes"), pair("go", "stay")];
    let mixed = browser
        .upload(
            &materials,
            &stay,
            &[
                (&wanted[0], "第一页.pdf", "application/pdf", &sheet),
                (&wanted[0], "第二页.png", "image/png", PNG),
                (&wanted[0], "", "application/octet-stream", b""),
                (&wanted[1], "木马.pdf", "application/pdf", b"MZ\x90\x00 no document"),
                (&wanted[1], "空.pdf", "application/pdf", b""),
                (&wanted[1], "程序.exe", "application/octet-stream", b"MZ"),
            ],
        )
        .await;
    assert_eq!(mixed.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", mixed.text);
    for said in ["“木马.pdf”没有传上", "“空.pdf”没有传上", "“程序.exe”没有传上", "第一页.pdf", "第二页.png"]
    {
        assert!(mixed.text.contains(said), "{said}: {}", mixed.text);
    }
    assert!(mixed.text.contains(&format!("id=\"{}-error\"", wanted[1])), "beside the material: {}", mixed.text);
    let shown = mixed.text.split("class=\"apply-file\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = browser.get(&shown).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(file.headers["x-content-type-options"], "nosniff");

    // One is taken away again, then the rest comes and it goes on.
    let id = shown.rsplit('/').next().unwrap();
    let remove = [pair("end", "yes"), pair("remove", &format!("{}:{id}", plan.materials[0]))];
    let back = browser.upload(&materials, &remove, &[]).await.location();
    let page = browser.open(&back).await;
    assert!(!page.contains("第一页.pdf") && page.contains("第二页.png"), "{page}");
    assert_eq!(browser.get(&shown).await.status, StatusCode::NOT_FOUND, "and it is no longer part of the draft");
    let rest: Vec<_> =
        wanted.iter().map(|name| (name.as_str(), "材料.pdf", "application/pdf", sheet.as_slice())).collect();
    here = browser.upload(&materials, &[pair("end", "yes"), pair("go", "next")], &rest).await.location();
    let (check, _) = plan.until_check(&browser, here).await;
    assert!(browser.open(&check).await.contains("已上传 2 个文件"));
    let receipt = plan.hand_in(&browser, &check).await;
    let number = receipt.split('/').nth(3).unwrap();
    let token = town.sign_in(&plan.login).await;
    let case = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    let files = case["materials"][&plan.materials[0]]["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{case}");
    for file in files {
        let path = format!("/api/v1/files/{}", file.as_str().unwrap());
        let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
        assert_eq!(town.get(&clerk, &path).await.status, StatusCode::OK, "the office reads every page");
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_on_on_another_device_and_two_windows_lose_nothing() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), INSTANT).await;
    let phone = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&phone).await;
    let page = phone.open(&first).await;
    let (action, mut pairs) = form(&page, &first);
    answer(&mut pairs, "phone", &["1380"]);
    // While typing, what is not right yet is kept too.
    let save = first.rsplit_once('/').unwrap().0.to_owned() + "/save";
    assert_eq!(phone.post(&save, &pairs).await.status, StatusCode::NO_CONTENT);

    let desk = Browser::of(&town, &plan.login).await;
    let start = desk.open(&format!("/apply/{INSTANT}")).await;
    assert!(start.contains("您有没填完的草稿") && start.contains("继续填写草稿"), "{start}");
    let again = desk.post(&format!("/apply/{INSTANT}"), &[]).await.location();
    assert_eq!(again.split('/').nth(3), first.split('/').nth(3), "no second draft by accident");
    let drafts = desk.open("/my/drafts").await;
    assert!(drafts.contains("还差：") && drafts.contains("90 天不改动的草稿会自动删除"), "{drafts}");
    let page = desk.open(&first).await;
    let (_, mut theirs) = form(&page, &first);
    assert_eq!(all(&theirs, "phone"), ["1380"], "found again as typed");

    // The phone goes on typing in its own window: no conflict with itself.
    answer(&mut pairs, "phone", &["13800138000"]);
    assert_eq!(phone.post(&save, &pairs).await.status, StatusCode::NO_CONTENT);
    // The desk has the page of before open and changes the same answer.
    answer(&mut theirs, "phone", &["13911139111"]);
    assert_eq!(desk.post(&save, &theirs).await.status, StatusCode::CONFLICT, "not overwritten while typing");
    let both = desk.post(&action, &theirs).await;
    assert_eq!(both.status, StatusCode::CONFLICT);
    assert!(both.text.contains("这一页刚在别的窗口或者设备上改过"), "{}", both.text);
    assert!(
        both.text.contains("value=\"13911139111\"") && both.text.contains("<strong>13800138000</strong>"),
        "{}",
        both.text
    );
    let (action, mut decided) = form(&both.text, &first);
    plan.fill(&mut decided);
    answer(&mut decided, "phone", &["13911139111"]);
    let onward = desk.post(&action, &decided).await;
    assert_eq!(onward.status, StatusCode::SEE_OTHER, "once both were seen it goes on: {}", onward.text);

    // Removing it asks once more.
    let id = first.split('/').nth(3).unwrap();
    let ask = format!("/my/drafts/{id}/delete");
    let page = desk.open(&ask).await;
    assert!(page.contains("删除这份草稿？"), "{page}");
    let (action, pairs) = form(&page, &ask);
    assert_eq!(desk.post(&action, &pairs).await.location(), "/my/drafts?done=removed");
    assert_eq!(phone.get(&first).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_changed_in_two_windows_is_shown_and_nothing_is_lost() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), INSTANT).await;
    let one = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&one).await;
    plan.until_check(&one, first.clone()).await;
    let path = first.rsplit_once('/').unwrap().0.to_owned();
    let (page, save) = (format!("{path}/delivery"), format!("{path}/save"));
    let other = Browser::of(&town, &plan.login).await;
    let (action, mut mine) = form(&one.open(&page).await, &page);
    let (_, mut theirs) = form(&other.open(&page).await, &page);
    assert!(!all(&mine, "seen").is_empty() && all(&mine, "seen") == all(&theirs, "seen"));

    answer(&mut mine, "phone", &["13800138000"]);
    assert_eq!(one.post(&save, &mine).await.status, StatusCode::NO_CONTENT);
    answer(&mut mine, "phone", &["13800138001"]);
    assert_eq!(one.post(&save, &mine).await.status, StatusCode::NO_CONTENT, "a window is in nobody's way but its own");
    answer(&mut theirs, "phone", &["13911139111"]);
    let typing = other.post(&save, &theirs).await;
    assert_eq!(typing.status, StatusCode::CONFLICT, "{}", typing.text);
    let both = other.post(&action, &theirs).await;
    assert_eq!(both.status, StatusCode::CONFLICT);
    assert!(both.text.contains("这一页刚在别的窗口或者设备上改过"), "{}", both.text);
    assert!(both.text.contains("value=\"13911139111\"") && both.text.contains("<dd>13800138001</dd>"), "{}", both.text);
    let (_, kept) = form(&one.open(&page).await, &page);
    assert_eq!(all(&kept, "phone"), ["13800138001"], "not overwritten");

    let (action, decided) = form(&both.text, &page);
    assert_eq!(all(&decided, "phone"), ["13911139111"]);
    let onward = other.post(&action, &decided).await;
    assert_eq!(onward.status, StatusCode::SEE_OTHER, "once both were seen it goes on: {}", onward.text);
    let (_, kept) = form(&one.open(&page).await, &page);
    assert_eq!(all(&kept, "phone"), ["13911139111"]);
    // Who says the same as stands there disturbs nobody.
    answer(&mut mine, "phone", &["13911139111"]);
    assert_eq!(one.post(&action, &mine).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_on_receipt_and_papers_bear_the_public_address() {
    let town = Town::reached_at(Some("https://zwfw.example")).await;
    app::found(&town.platform, PASSWORD).await.unwrap();
    let plan = plan(&town, &walker(&town), ON_THE_SPOT).await;
    let browser = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&browser).await;
    let (check, _) = plan.until_check(&browser, first).await;
    let receipt = plan.hand_in(&browser, &check).await;
    let page = browser.open(&receipt).await;
    let confirm = page.split("扫码核对回执<br>").nth(1).unwrap().split('<').next().unwrap();
    let path = confirm.strip_prefix("https://zwfw.example").unwrap_or_else(|| panic!("{confirm}"));
    assert!(Browser::stranger(&town).open(path).await.contains("收件凭证"));
    let code = path.rsplit('/').next().unwrap();
    let number = receipt.split('/').nth(3).unwrap();
    let paper = browser.open(&format!("/cases/{number}/documents/{code}")).await;
    assert!(paper.contains(confirm), "the paper bears the same: {paper}");

    // The query code beside it is enough to follow the case without an account.
    let query = page.split("<dt>进度查询码</dt>").nth(1).unwrap();
    let query = query.split("class=\"mono\">").nth(1).unwrap().split('<').next().unwrap();
    let stranger = Browser::stranger(&town);
    let (action, mut pairs) = form(&stranger.open(&format!("/progress?number={number}")).await, "/progress");
    assert_eq!(all(&pairs, "number"), [number], "the link fills the number in");
    answer(&mut pairs, "code", &[query]);
    let shown = stranger.post(&action, &pairs).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.text.contains("已经办结") || shown.text.contains("已办结"), "{}", shown.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clicks_and_the_back_button_make_one_case() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), INSTANT).await;
    let browser = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&browser).await;
    let (check, _) = plan.until_check(&browser, first).await;
    let (action, mut pairs) = form(&browser.open(&check).await, &check);
    let (_, mut second_window) = form(&browser.open(&check).await, &check);
    for form in [&mut pairs, &mut second_window] {
        answer(form, "declare", &["yes"]);
        answer(form, "consent", &["yes"]);
        answer(form, "by_person", &["yes"]);
    }
    let (one, two) = tokio::join!(browser.post(&action, &pairs), browser.post(&action, &pairs));
    assert_eq!(one.location(), two.location(), "two clicks");
    assert_eq!(browser.post(&action, &pairs).await.location(), one.location(), "back and once more");
    let other = browser.post(&action, &second_window).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "another window: {}", other.text);
    assert!(other.text.contains("没有重复提交") && other.text.contains("/my/cases"), "{}", other.text);
    let token = town.sign_in(&plan.login).await;
    let listed = town.get(&token, "/api/v1/cases").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_elsewhere_is_shown_before_it_is_handed_in() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), INSTANT).await;
    let browser = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&browser).await;
    let (check, _) = plan.until_check(&browser, first.clone()).await;
    let (action, mut pairs) = form(&browser.open(&check).await, &check);
    answer(&mut pairs, "declare", &["yes"]);
    answer(&mut pairs, "consent", &["yes"]);
    let (change, mut changed) = form(&browser.open(&format!("{first}?back=check")).await, &first);
    answer(&mut changed, "phone", &["13911139111"]);
    assert_eq!(browser.post(&change, &changed).await.location(), check, "a change leads back");
    let told = browser.post(&action, &pairs).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text.contains("还没有提交，请再核对一遍") && told.text.contains("13911139111"), "{}", told.text);
    plan.hand_in(&browser, &check).await;
    // A case of the same item under way is named before another one begins.
    let start = browser.open(&format!("/apply/{INSTANT}")).await;
    let token = town.sign_in(&plan.login).await;
    let case = town.get(&token, "/api/v1/cases").await.json()["items"][0].clone();
    if case["state"] == "closed" {
        assert!(!start.contains("您已经有一件同样的申请在办理"));
    } else {
        assert!(start.contains("您已经有一件同样的申请在办理"), "{start}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_draft_is_not_there() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), INSTANT).await;
    let owner = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&owner).await;
    let draft = first.rsplit_once('/').unwrap().0.to_owned();
    let id = draft.rsplit('/').next().unwrap();
    let sheet = demo::walk::sheet("x");
    for login in [if plan.login == "citizen5" { "citizen6" } else { "citizen5" }, "enterprise1"] {
        let other = Browser::of(&town, login).await;
        for step in ["", "/1", "/materials", "/delivery", "/check", "/files/0x0aaaaaaaaaa"] {
            assert_eq!(other.get(&format!("{draft}{step}")).await.status, StatusCode::NOT_FOUND, "{login} {step}");
        }
        for step in ["/1", "/save", "/delivery"] {
            let reply = other.post(&format!("{draft}{step}"), &[pair("step", "1"), pair("asked", "phone")]).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{login} {step}");
        }
        let upload =
            other.upload(&format!("{draft}/materials"), &[], &[("file_x", "x.pdf", "application/pdf", &sheet)]).await;
        assert_eq!(upload.status, StatusCode::NOT_FOUND, "{login}");
        let submit = other
            .post(&format!("{draft}/check"), &[pair("declare", "yes"), pair("consent", "yes"), pair("version", "1")])
            .await;
        assert_eq!(submit.status, StatusCode::CONFLICT, "{login}: told like a draft that was handed in");
        assert_eq!(other.get(&format!("/my/drafts/{id}/delete")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&format!("/my/drafts/{id}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
        let listed = other.open("/my/drafts").await;
        assert!(!listed.contains(id), "{login}");
    }
    // Of another item it is not there either, and no page is invented.
    let elsewhere = first.replace(INSTANT, "driving-licence-replacement");
    assert_eq!(owner.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    assert_eq!(owner.get(&format!("{draft}/99")).await.status, StatusCode::NOT_FOUND);
    let token = town.sign_in(&plan.login).await;
    let kept = town.call(&token, Method::GET, &format!("/api/v1/drafts/{id}"), None).await;
    assert_eq!(kept.json()["version"], json!(1), "nobody changed it");
}
