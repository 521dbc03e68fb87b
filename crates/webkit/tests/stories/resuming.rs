//! Nothing typed is ever lost: forms sent after the session had ended, and forms that met with a problem.

use axum::http::StatusCode;

use crate::{
    markup,
    world::{Answered, ask},
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const HERE: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn post(path: &str, cookie: &str, body: &str) -> Answered {
    let referer = ("referer", "http://tongban.test/write?draft=7");
    ask("POST", path, &[FORM, HERE, referer, ("cookie", cookie)], body.to_owned()).await
}

/// The hidden fields of the form with this action, as a browser sends them.
fn hidden(page: &str, action: &str) -> String {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\""))).unwrap_or_default();
    let form = form.split("</form>").next().unwrap_or_default();
    let unescape =
        |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let value = |input: &str, name: &str| {
        let rest = input.split(&format!(" {name}=\"")).nth(1)?;
        rest.split('"').next().map(unescape)
    };
    let inputs = form.split("<input").skip(1).filter(|input| input.contains("type=\"hidden\""));
    let pairs = inputs.filter_map(|input| {
        Some(format!("{}={}", webkit::url_encode(&value(input, "name")?), webkit::url_encode(&value(input, "value")?)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_form_sent_after_the_session_had_ended_goes_on_after_signing_in() {
    let typed = "why=%0A%E8%BA%AB%3Cb%3E%22%26%2B&way=a&way=b&empty=";
    let ended = post("/note?tab=1", "tongban=gone", typed).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.text.contains("填写的内容都还在") && !ended.text.contains("<b>"), "{}", ended.text);
    assert_eq!(ended.header("cache-control"), "no-store");
    markup::check("/note", &ended.text);

    let wrong = format!("{}&username=citizen&password=wrong", hidden(&ended.text, "/sign-in"));
    let refused = post("/sign-in", "", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let right = format!("{}&username=citizen&password=right", hidden(&refused.text, "/sign-in"));
    let resumed = post("/sign-in", "", &right).await;
    assert_eq!(resumed.status, StatusCode::OK, "{}", resumed.text);
    assert!(resumed.header("set-cookie").starts_with("tongban=citizen;"));
    assert_eq!(resumed.header("cache-control"), "no-store");
    assert!(resumed.text.contains("继续提交") && resumed.text.contains("张三"), "{}", resumed.text);
    markup::check("/sign-in", &resumed.text);

    let done = post("/note?tab=1", "tongban=citizen", &hidden(&resumed.text, "/note?tab=1")).await;
    assert_eq!((done.status, done.text.as_str()), (StatusCode::OK, typed));
}

#[tokio::test]
async fn who_signs_in_in_another_window_sends_from_the_same_page() {
    let ended = post("/note", "", "a=1").await;
    assert!(ended.text.contains("target=\"_blank\""));
    assert_eq!(post("/note", "tongban=citizen", &hidden(&ended.text, "/note")).await.text, "a=1");
}

#[tokio::test]
async fn passwords_are_never_carried() {
    let ended = post("/note", "", "password=geheim1&newPassword=geheim2&a=1").await;
    assert!(!ended.text.contains("geheim"), "{}", ended.text);
    let right = format!("{}&username=citizen&password=right", hidden(&ended.text, "/sign-in"));
    let resumed = post("/sign-in", "", &right).await;
    assert_eq!(hidden(&resumed.text, "/note"), "a=1");
}

#[tokio::test]
async fn an_upload_carries_its_texts_and_asks_for_the_files_again() {
    let body = "--x\r\ncontent-disposition: form-data; name=\"why\"\r\n\r\n因为\r\n--x\r\n\
        content-disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\ncontent-type: image/jpeg\r\n\r\nPIXELS\r\n--x\r\n\
        content-disposition: form-data; name=\"more\"\r\n\r\n2\r\n--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x"), HERE];
    let ended = ask("POST", "/send", &headers, body).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.text.contains("文件需要重新选择") && !ended.text.contains("PIXELS"), "{}", ended.text);
    let right = format!("{}&username=citizen&password=right", hidden(&ended.text, "/sign-in"));
    let resumed = post("/sign-in", "", &right).await;
    assert!(resumed.text.contains("enctype=\"multipart/form-data\"") && resumed.text.contains("文件需要重新选择"));
    assert_eq!(hidden(&resumed.text, "/send"), "why=%E5%9B%A0%E4%B8%BA&more=2");
}

#[tokio::test]
async fn what_is_too_long_to_be_carried_says_so() {
    let ended = post("/note", "", &format!("a={}", "x".repeat(500_000))).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.text.contains("内容太长") && !ended.text.contains("xxxxx"));
    assert!(ended.text.len() < 50_000, "{} bytes", ended.text.len());
}

#[tokio::test]
async fn nobody_is_made_to_send_a_form_to_another_site() {
    let entry = "resume-path=%2F%2Fevil.example%2Fa&resume-body=a%3D1&username=citizen&password=right&next=%2Fhello";
    let answer = post("/sign-in", "", entry).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/hello"));
}

#[tokio::test]
async fn a_conflict_leaves_what_was_typed_in_sight() {
    let answer =
        post("/fail/conflict", "", "once=kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk&why=%E5%9B%A0%E4%B8%BA%3Ci%3E").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("因为&lt;i&gt;") && answer.text.contains("刚才填写的内容"), "{}", answer.text);
    assert!(!answer.text.contains("kkkk") && !answer.text.contains("再提交一次"), "{}", answer.text);
    assert!(answer.text.contains("href=\"/write?draft=7\""), "the way back: {}", answer.text);
    markup::check("/fail/conflict", &answer.text);
}

#[tokio::test]
async fn what_failed_for_a_moment_is_sent_again_with_one_button() {
    for how in ["busy", "broken", "often"] {
        let path = format!("/fail/{how}");
        let answer = post(&path, "", "why=%E5%9B%A0%E4%B8%BA&n=1").await;
        assert!(answer.text.contains("再提交一次"), "{how}: {}", answer.text);
        assert_eq!(hidden(&answer.text, &path), "why=%E5%9B%A0%E4%B8%BA&n=1", "{how}");
        markup::check(&path, &answer.text);
        let secret = post(&path, "", "why=%E5%9B%A0%E4%B8%BA&password=geheim1").await;
        assert!(!secret.text.contains("再提交一次") && !secret.text.contains("geheim1"), "{how}");
    }
}

#[tokio::test]
async fn a_form_larger_than_allowed_is_413_with_a_way_back() {
    let answer = post("/fail/conflict", "", &"a=xxxxxxx&".repeat(200_000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    markup::check("/fail", &answer.text);
    assert!(answer.text.contains("内容过大") && answer.text.contains("/help"), "{}", answer.text);
}
