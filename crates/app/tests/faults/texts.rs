//! Short messages from the platform's process to the process of the gateway.

use http_body_util::Full;
use hyper::{Method, Request};
use serde_json::{Value, json};

use crate::{
    client::Caller,
    program::{Place, Serving},
};

const SECRET: &str = "a secret between the two of us";

async fn kept(gateway: &Serving) -> Vec<Value> {
    Caller::new(&gateway.url).get("", "/simulator/messages").await.json()["messages"].as_array().unwrap().clone()
}

async fn ask_for_a_code(platform: &Serving, login: &str) {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}/sign-in/code", platform.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::from(format!("name={login}&next=/")))
        .unwrap();
    let reply = Caller::new(&platform.url).send(request).await.unwrap();
    assert_eq!(reply.status, 303, "{}", reply.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_goes_over_the_gateway_and_the_operator_is_told_what_is_used() {
    let place = Place::new().await;
    let file = place.beside("gateway.jsonl");
    let gateway = place.simulate(&["sms", "--app", "city", "--secret", SECRET, "--keep", file.to_str().unwrap()]);
    let settings = [
        ("TONGBAN_SMS", gateway.url.as_str()),
        ("TONGBAN_SMS_APP", "city"),
        ("TONGBAN_SMS_SECRET", SECRET),
        ("TONGBAN_SMS_SIGN", "某市政务"),
    ];
    let platform = place.serve_with(&settings);
    ask_for_a_code(&platform, "citizen1").await;
    let message = loop {
        if let Some(message) = kept(&gateway).await.pop() {
            break message;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    assert!(message["text"].as_str().unwrap().contains("验证码"), "{message}");
    assert_eq!(message["sign"], "某市政务");
    let line = std::fs::read_to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), message);
    assert!(!place.data().join("messages/sms.jsonl").exists(), "nothing goes by the stand-in");

    // What the gateway refuses is in the log, without the number and the code.
    let refusal = json!({"status": 503, "code": "BUSY"}).to_string();
    let request = Request::builder()
        .method(Method::PUT)
        .uri(format!("{}/simulator/behaviour", gateway.url))
        .header("content-type", "application/json")
        .body(Full::from(refusal))
        .unwrap();
    assert_eq!(Caller::new(&gateway.url).send(request).await.unwrap().status, 204);
    ask_for_a_code(&platform, "citizen2").await;
    while !platform.log().contains("503 BUSY") {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(!platform.log().contains(message["phone"].as_str().unwrap()));
    assert_eq!(kept(&gateway).await.len(), 1);
    platform.stop();

    let said = place.run(&["doctor"]);
    assert!(said.err.contains("warn  sms: no gateway is named"), "{}", said.err);
    let said = place.run(&["doctor", "--sms", &gateway.url, "--sms-app", "city", "--sms-secret", SECRET]);
    assert!(said.code == Some(0) && said.out.contains("ok    sms: over http://127.0.0.1"), "{}{}", said.out, said.err);
    assert!(!said.err.contains("warn  sms"), "{}", said.err);
    for (wrong, why) in [("http://sms.example.org", "https only"), ("sms.example.org", "must begin with https")] {
        let said = place.run(&["doctor", "--sms", wrong, "--sms-app", "city", "--sms-secret", SECRET]);
        assert!(said.code == Some(1) && said.err.contains(why), "{}", said.err);
    }
    let said = place.run(&["doctor", "--sms", &gateway.url]);
    assert_eq!(said.code, Some(2), "an account is needed: {}", said.err);
    let said = place.run(&["simulate", "sms", "--secret", SECRET, "--listen", "0.0.0.0:0"]);
    assert!(said.code == Some(1) && said.err.contains("127.0.0.1"), "{}", said.err);
}
