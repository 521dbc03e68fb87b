//! Bodies, queries and paths that are not as they should be.

use axum::{body::Body, http::StatusCode};

use crate::world::{ask, look, send_json};

#[tokio::test]
async fn a_body_that_is_not_json_is_400() {
    for body in ["", "{", "{\"item\":", "<xml/>", "{\"item\":\"a\",}"] {
        let answer = send_json("/api/v1/things", body).await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (StatusCode::BAD_REQUEST, Some("request.json")),
            "{body}"
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let answer = send_json("/api/v1/things", "{\n  oops").await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("第 2 行"), "{}", answer.text);
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_422_with_a_pointer() {
    let cases = [
        (r#"{"form":{"age":1}}"#, "/item", "required"),
        (r#"{"item":"a","form":{"age":"x"}}"#, "/form/age", "type"),
        (r#"{"item":"a","form":{"age":-1}}"#, "/form/age", "value"),
        (r#"{"item":"a","form":{}}"#, "/form/age", "required"),
        (r#"{"item":"a","form":{"age":1},"extra":1}"#, "/extra", "unknown"),
        (r#"[]"#, "", "value"),
    ];
    for (body, pointer, code) in cases {
        let answer = send_json("/api/v1/things", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", answer.text);
        let first = &answer.json()["errors"][0];
        assert_eq!((first["pointer"].as_str(), first["code"].as_str()), (Some(pointer), Some(code)), "{body}");
    }
    let right = send_json("/api/v1/things", r#"{"item":"a","form":{"age":1}}"#).await;
    assert_eq!(right.status, StatusCode::CREATED);
}

#[tokio::test]
async fn deep_nesting_is_refused_and_not_a_crash() {
    let body = format!("{{\"item\":{}", "[".repeat(200_000));
    assert_eq!(send_json("/api/v1/things", &body).await.status.as_u16() / 100, 4);
}

#[tokio::test]
async fn another_kind_of_body_is_415() {
    let headers = [("content-type", "text/plain"), ("authorization", "Bearer citizen")];
    let answer = ask("POST", "/api/v1/things", &headers, "{}").await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, Some("request.media-type"))
    );
}

#[tokio::test]
async fn too_much_is_413_whether_announced_or_not() {
    let big = format!("{{\"item\":\"{}\"}}", "a".repeat(2 << 20));
    let answer = send_json("/api/v1/things", &big).await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, Some("request.too-large"))
    );
    let headers = [("content-type", "application/json"), ("authorization", "Bearer citizen")];
    let pieces = futures_util::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 16])));
    let answer = ask("POST", "/api/v1/things", &headers, Body::from_stream(pieces)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn uploads_have_their_own_limit() {
    let part = |bytes: usize| {
        format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{}\r\n--x--\r\n",
            "a".repeat(bytes)
        )
    };
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    assert_eq!(ask("POST", "/api/v1/files", &headers, part(500)).await.text, "500");
    assert_eq!(ask("POST", "/api/v1/files", &headers, part(2000)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(part(2000))]);
    assert_eq!(
        ask("POST", "/api/v1/files", &headers, Body::from_stream(pieces)).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let broken = ask("POST", "/api/v1/files", &headers, "--x\r\nnonsense").await;
    assert_eq!((broken.status, broken.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("request.multipart")));
    let plain = ask("POST", "/api/v1/files", &[("content-type", "text/plain")], "a").await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_query_is_read_with_empty_fields_left_out() {
    let answer = look("/api/v1/things?q=%E8%BA%AB&limit=2&after=&theme=", &[]).await;
    assert_eq!(answer.json()["items"], serde_json::json!(["身0", "身1"]));
    assert!(answer.json()["next"].is_string());
    assert_eq!(look("/api/v1/things?limit=", &[]).await.json()["items"].as_array().unwrap().len(), 20);
    let answer = look("/api/v1/things?limit=many", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert_eq!(answer.json()["code"], "request.query");
}

#[tokio::test]
async fn a_path_that_cannot_be_an_id_is_404() {
    for id in ["1", "zzzzzzzzzzzzz", "%00", "..%2F..%2Fetc"] {
        let answer = look(&format!("/api/v1/things/{id}"), &[("authorization", "Bearer citizen")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn a_page_form_is_read_or_refused_with_a_page() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(ask("POST", "/enter", &form, "username=%E5%BC%A0").await.text, "张");
    let answer = ask("POST", "/enter", &form, "other=1").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.header("content-type").starts_with("text/html") && answer.text.contains("填写有误"),
        "{}",
        answer.text
    );
}
