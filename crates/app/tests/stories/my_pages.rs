//! What an applicant sees and does after handing in, through the pages.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::town::{Reply, Town};

const SLUG: &str = "food-operation-licence-new";

/// A case that waits for the office: login of the applicant, token, number.
async fn waiting(town: &Town) -> (String, String, String) {
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    (login, token, case["number"].as_str().unwrap().to_owned())
}

fn once(page: &str) -> String {
    let after = page.split("name=\"once\" value=\"").nth(1).expect("a form that is done once");
    after.split('"').next().unwrap().to_owned()
}

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    reply.headers[header::LOCATION].to_str().unwrap().to_owned()
}

fn holds(page: &Reply, words: &[&str]) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for word in words {
        assert!(page.text.contains(word), "the page does not say {word}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn my_case_says_who_has_it_by_when_and_why_and_is_mine_alone() {
    let town = Town::founded().await;
    let (login, token, number) = waiting(&town).await;
    let path = format!("/my/cases/{number}");
    let page = town.page(&token, &path).await;
    let code = town.platform.cases.query_code(&number);
    holds(
        &page,
        &["已提交", "现在不需要您做什么", "市场监督管理局", "受理期限", "为什么是这一天", "第几天", "撤回申请", &code],
    );
    holds(&page, &["收件凭证", "/confirm/", "提交申请", "我提交的内容"]);

    for own in ["/my", "/my/cases", "/my/cases?show=open"] {
        holds(&town.page(&token, own).await, &[&number]);
    }
    assert!(!town.page(&token, "/my/cases?show=over").await.text.contains(&number));

    let other = town.sign_in(if login == "enterprise1" { "enterprise2" } else { "enterprise1" }).await;
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    for act in ["", "/messages", "/withdraw", "/rate", "/complain", "/answer", "/pay"] {
        let path = format!("{path}{act}");
        assert_eq!(town.page(&other, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(town.page(&clerk, &path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert!(location(&town.page("", &path).await).starts_with("/sign-in?next="), "{path}");
    }
    assert!(!town.page(&other, "/my/cases").await.text.contains(&number));
    for act in ["withdraw", "rate", "complain", "answer", "answer/save"] {
        let sent = town.send_form(&other, &format!("{path}/{act}"), &[("kind", "delay"), ("text", "？")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{act}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_rating_and_complaining_are_done_once_and_bad_is_as_easy_as_good() {
    let town = Town::founded().await;
    let (_, token, number) = waiting(&town).await;
    let path = format!("/my/cases/{number}");
    let asked = town.page(&token, &format!("{path}/withdraw")).await;
    holds(&asked, &["要撤回这个申请吗", "不需要理由"]);
    let key = once(&asked.text);
    let withdraw = [("once", key.as_str()), ("reason", "")];
    let done = location(&town.send_form(&token, &format!("{path}/withdraw"), &withdraw).await);
    assert_eq!(done, format!("{path}?done=withdrawn"));
    let again = location(&town.send_form(&token, &format!("{path}/withdraw"), &withdraw).await);
    assert_eq!(again, done, "a second tap leads to the same place");
    holds(&town.page(&token, &done).await, &["申请已经撤回", "已撤回", "评价这次服务", "撤回申请确认书"]);
    // Nothing is left to be withdrawn: the page leads back.
    assert_eq!(location(&town.page(&token, &format!("{path}/withdraw")).await), path);

    let rate = town.page(&token, &format!("{path}/rate")).await;
    holds(&rate, &["非常满意", "非常不满意"]);
    assert!(!rate.text.contains("checked"), "no level is chosen before");
    let none = town.send_form(&token, &format!("{path}/rate"), &[("comment", "等得太久")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("请改正下面") && none.text.contains("等得太久"), "what was typed stays");
    let key = once(&rate.text);
    let bad =
        [("once", key.as_str()), ("score", "1"), ("aspects", "speed"), ("aspects", "guide"), ("comment", "等得太久")];
    let rated = location(&town.send_form(&token, &format!("{path}/rate"), &bad).await);
    holds(&town.page(&token, &rated).await, &["谢谢您的评价", "您的评价：非常不满意：等得太久", "追加评价"]);
    holds(&town.page(&token, &format!("{path}/rate")).await, &["第一次评价", "非常不满意"]);
    let more = location(&town.send_form(&token, &format!("{path}/rate"), &[("score", "4")]).await);
    holds(&town.page(&token, &more).await, &["您的追加评价：满意"]);
    assert_eq!(location(&town.page(&token, &format!("{path}/rate")).await), path);

    let unsaid = town.send_form(&token, &format!("{path}/complain"), &[("text", "没有人联系我")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text.contains("请选择投诉什么") && unsaid.text.contains("没有人联系我"));
    let complaint = [("kind", "delay"), ("text", "没有人联系我")];
    let told = location(&town.send_form(&token, &format!("{path}/complain"), &complaint).await);
    holds(&town.page(&token, &told).await, &["投诉编号", "TS", "告诉您是否受理"]);
    let unknown = town.page(&token, &format!("{path}/complaints/TS2026999999")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

fn multipart(path: &str, token: &str, texts: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Request<Body> {
    let mark = "story-boundary";
    let mut body = Vec::new();
    for (name, text) in texts {
        let part = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"合同.pdf\"\r\nContent-Type: application/pdf"
        );
        body.extend_from_slice(format!("--{mark}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{mark}--\r\n").as_bytes());
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::COOKIE, format!("tongban={token}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={mark}"))
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_and_answered_in_the_case() {
    let town = Town::founded().await;
    let (_, token, number) = waiting(&town).await;
    let path = format!("/my/cases/{number}/messages");
    let empty = town.send(multipart(&path, &token, &[("text", "  ")], None)).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("请写明内容"), "{}", empty.text);
    let odd = town.send(multipart(&path, &token, &[("text", "看附件")], Some(("files", b"MZ not a document")))).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.text.contains("没有收下") && odd.text.contains("看附件"), "{}", odd.text);

    let sheet = demo::walk::sheet("合同");
    let sent = location(
        &town.send(multipart(&path, &token, &[("text", "合同是复印件，可以吗？")], Some(("files", &sheet)))).await,
    );
    let page = town.page(&token, &sent).await;
    holds(&page, &["留言已发出", "合同是复印件，可以吗？", "附件：合同.pdf"]);
    let file = page.text.split("/files/").nth(1).and_then(|t| t.split('"').next()).unwrap().to_owned();
    let file = format!("/my/cases/{number}/files/{file}");
    assert_eq!(town.page(&token, &file).await.status, StatusCode::OK);
    let stranger = town.sign_in("citizen5").await;
    assert_eq!(town.page(&stranger, &file).await.status, StatusCode::NOT_FOUND);

    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let answer = json!({"type": "say", "text": "可以，请写“与原件一致”。"});
    let said = town.post(&clerk, &format!("/api/v1/cases/{number}/commands"), answer).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    let mine = format!("/my/cases/{number}");
    holds(&town.page(&token, &mine).await, &["1 条未看", "与原件一致"]);
    holds(&town.page(&token, "/my/cases").await, &["1 条新留言"]);
    holds(&town.page(&token, &path).await, &["市场监督管理局", "与原件一致"]);
    assert!(!town.page(&token, &mine).await.text.contains("条未看"), "what was looked at is not new");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_help_and_the_accessibility_statement_need_no_account() {
    let town = Town::founded().await;
    let (_, token, number) = waiting(&town).await;
    holds(&town.page("", &format!("/progress?number={number}")).await, &["不需要登录", &number]);
    let code = town.platform.cases.query_code(&number);
    let found = town.send_form("", "/progress", &[("number", &number), ("code", &code)]).await;
    holds(&found, &["已提交", "市场监督管理局", "为什么是这一天"]);
    let applicant = town.get(&token, &format!("/api/v1/cases/{number}")).await.json()["applicant"].clone();
    assert!(!found.text.contains(applicant.as_str().unwrap()), "progress names nobody");
    let wrong = town.send_form("", "/progress", &[("number", &number), ("code", "AAAA-AAAA")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("对不上") && wrong.text.contains("AAAA-AAAA"));
    let nothing = town.send_form("", "/progress", &[]).await;
    assert!(nothing.text.contains("请输入办件编号") && nothing.text.contains("请输入查询码"));
    holds(&town.page("", "/help").await, &["怎么知道交上了", "12345"]);
    holds(&town.page("", "/accessibility").await, &["GB/T 37668", "还没有做到的"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn my_certificates_say_what_they_are_and_who_used_them() {
    let town = Town::founded().await;
    let citizen = town.sign_in("citizen1").await;
    let list = town.page(&citizen, "/my/certificates").await;
    holds(&list, &["我的电子证照", "居民身份证"]);
    let id = list.text.split("/my/certificates/").nth(1).and_then(|t| t.split('"').next()).unwrap().to_owned();
    let path = format!("/my/certificates/{id}");
    holds(&town.page(&citizen, &path).await, &["持有人", "电子证照标识", "谁在什么时候用过"]);
    let other = town.sign_in("citizen2").await;
    assert_eq!(town.page(&other, &path).await.status, StatusCode::NOT_FOUND);
}

/// Lets the window ask for the correction of one material and one answer; answers with their keys.
async fn asked_to_correct(town: &Town, token: &str, number: &str) -> (String, String, String) {
    let seen = town.get(token, &format!("/api/v1/cases/{number}")).await.json();
    let material = seen["materials"].as_object().unwrap().keys().next().unwrap().clone();
    let (field, value) = seen["form"]
        .as_object()
        .unwrap()
        .iter()
        .find_map(|(key, value)| Some((key.clone(), value.as_str().filter(|v| v.chars().count() > 3)?.to_owned())))
        .unwrap();
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    let defect = |target: String, problem: &str| json!({"target": target, "problem": problem, "requirement": "请按实际情况重新提供"});
    let mut demanded = defect(material.clone(), "扫描件看不清");
    let ask = |demanded: &Value| json!({"type": "ask-correction", "defects": [demanded, defect(format!("form.{field}"), "和证照不一致")]});
    let path = format!("/api/v1/cases/{number}/commands");
    if seen["materials"][&material]["certificate"].is_string() {
        let refused = town.post(&clerk, &path, ask(&demanded)).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a valid certificate is not refused without reason"
        );
        assert_eq!(refused.json()["errors"][0]["pointer"], "/defects/0/certificate_refusal");
        demanded["certificate_refusal"] = json!("data-differ");
    }
    let asked = town.post(&clerk, &path, ask(&demanded)).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    (material, field, value)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_made_in_place_kept_part_by_part_and_sent_once() {
    let town = Town::founded().await;
    let (login, token, number) = waiting(&town).await;
    let (material, field, value) = asked_to_correct(&town, &token, &number).await;
    let mine = format!("/my/cases/{number}");
    holds(&town.page(&token, &mine).await, &["需要您做的", "去补正", "补正期限", "等待申请人补正"]);
    for own in ["/", "/my", "/my/cases?show=asked"] {
        holds(&town.page(&token, own).await, &["补正材料，最晚", "等您办", &number]);
    }
    let path = format!("{mine}/correct");
    let page = town.page(&token, &path).await;
    holds(&page, &["扫描件看不清", "和证照不一致", "请按实际情况重新提供", "原来填的", &value, "补正期限"]);

    // Only the file first: kept, not sent.
    let (name, answer) = (format!("m.{material}"), format!("form.{field}"));
    let sheet = demo::walk::sheet("新的");
    let fields = [("go", "save"), (answer.as_str(), value.as_str())];
    let kept = location(&town.send(multipart(&path, &token, &fields, Some((&name, &sheet)))).await);
    assert_eq!(kept, format!("{path}?done=kept"));
    let page = town.page(&token, &kept).await;
    holds(&page, &["还没有提交", "合同.pdf", "去掉"]);
    assert_eq!(town.get(&token, &format!("/api/v1/cases/{number}")).await.json()["state"], "correction");

    // Sent without the answer: refused beside the field, the file is still there.
    let lacking = town.send(multipart(&path, &token, &[("go", "send"), (&answer, "")], None)).await;
    assert_eq!(lacking.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", lacking.text);
    assert!(lacking.text.contains("请改正下面 1 处") && lacking.text.contains("合同.pdf"), "{}", lacking.text);

    let key = once(&page.text);
    let fields = [("once", key.as_str()), ("go", "send"), (answer.as_str(), value.as_str())];
    let sent = location(&town.send(multipart(&path, &token, &fields, None)).await);
    assert_eq!(sent, format!("{mine}?done=corrected"));
    holds(&town.page(&token, &sent).await, &["补正已经提交", "补正材料"]);
    assert_ne!(town.get(&token, &format!("/api/v1/cases/{number}")).await.json()["state"], "correction");
    // Nothing is asked any more: the page leads back, a second sending as well.
    assert_eq!(location(&town.page(&token, &path).await), mine);
    assert_eq!(location(&town.send(multipart(&path, &token, &fields, None)).await), mine);

    let other = town.sign_in(if login == "enterprise1" { "enterprise2" } else { "enterprise1" }).await;
    assert_eq!(town.page(&other, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.send(multipart(&path, &other, &fields, None)).await.status, StatusCode::NOT_FOUND);
    let report = town.platform.cases.replay().await.unwrap();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_have_a_page_of_their_own() {
    let town = Town::founded().await;
    let citizen = town.sign_in("citizen1").await;
    holds(&town.page(&citizen, "/my/messages").await, &["消息", "重要消息同时发短信"]);
    let clerk = town.sign_in(&town.staff("window", "market-regulation")).await;
    assert_eq!(town.page(&clerk, "/my/messages").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_may_say_something_and_those_who_answer_see_it() {
    let town = Town::founded().await;
    holds(&town.page("", "/feedback?about=accessibility").await, &["不用登录", "checked"]);
    let empty = town.send_form("", "/feedback", &[("about", "驾照")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        empty.text.contains("请选择是哪一类") && empty.text.contains("请写下您要说的") && empty.text.contains("驾照")
    );
    let form = town.page("", "/feedback").await;
    let key = once(&form.text);
    let words = [
        ("once", key.as_str()),
        ("kind", "question"),
        ("about", "驾照"),
        ("text", "<b>换证</b>在哪里办？"),
        ("contact", "13800003210"),
    ];
    let told = location(&town.send_form("", "/feedback", &words).await);
    assert_eq!(location(&town.send_form("", "/feedback", &words).await), told, "sent twice, kept once");
    let receipt = town.page("", &told).await;
    holds(&receipt, &["已经收到", "YJ", "待答复"]);
    assert!(!receipt.text.contains("换证") && !receipt.text.contains("13800003210"), "the receipt repeats nothing");
    assert_eq!(town.page("", "/feedback/YJ2026999999").await.status, StatusCode::NOT_FOUND);

    let citizen = town.sign_in("citizen1").await;
    assert_eq!(town.page(&citizen, "/desk/feedback").await.status, StatusCode::FORBIDDEN);
    let supervisor = town.sign_in("supervisor1").await;
    let list = town.page(&supervisor, "/desk/feedback").await;
    holds(&list, &["&lt;b&gt;换证", "13800003210", "关于：驾照"]);
    let number = told.trim_start_matches("/feedback/");
    let path = format!("/desk/feedback/{number}");
    let field = format!("text-{number}");
    assert_eq!(town.send_form(&supervisor, &path, &[(&field, " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = location(&town.send_form(&supervisor, &path, &[(&field, "已电话答复。")]).await);
    holds(&town.page(&supervisor, &done).await, &["答复已经记下"]);
    holds(&town.page(&supervisor, "/desk/feedback?state=answered").await, &["已电话答复。", number]);
    holds(&town.page("", &told).await, &["已答复"]);
    assert_eq!(town.send_form(&supervisor, &path, &[(&field, "再答复。")]).await.status, StatusCode::CONFLICT);
    assert_eq!(town.send_form(&citizen, &path, &[(&field, "？")]).await.status, StatusCode::FORBIDDEN);
}
