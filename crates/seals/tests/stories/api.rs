//! What programs see over the interface.

use std::sync::Arc;

use axum::{body::Body, http::Request};
use http_body_util::BodyExt as _;
use kernel::{Act, Role, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use webkit::{Answer, Authenticator, BoxFuture, Site, SiteConfig};

use super::city::{City, document};

/// Tokens are names of people.
struct Door(Vec<(&'static str, Act)>);

impl Authenticator for Door {
    fn act<'a>(&'a self, token: &'a str, _: Timestamp, _: Option<&'a str>) -> BoxFuture<'a, Answer<Option<Act>>> {
        let act = self.0.iter().find(|(name, _)| *name == token).map(|(_, act)| act.clone());
        Box::pin(async move { Ok(act) })
    }
}

async fn call(city: &City, request: Request<Body>) -> (u16, axum::http::HeaderMap, Vec<u8>) {
    let door = Door(vec![
        ("keeper", city.keeper()),
        ("approver", city.approver()),
        ("security", city.security()),
        ("other", city.staff(9, "education", Role::CertificateClerk)),
        ("supervisor", city.staff(10, "data-bureau", Role::Supervisor)),
    ]);
    let routes = seals::routes(city.seals.clone());
    let site = Site::new(routes, Arc::new(door), city.world.clock.clone(), SiteConfig::default()).unwrap();
    let response = site.oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

async fn get(city: &City, token: &str, path: &str) -> (u16, Value) {
    let mut request = Request::get(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let (status, _, body) = call(city, request.body(Body::empty()).unwrap()).await;
    (status, serde_json::from_slice(&body).unwrap())
}

async fn post(city: &City, token: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let (status, _, body) = call(city, request).await;
    (status, serde_json::from_slice(&body).unwrap())
}

/// A form with a file and texts.
fn form(path: &str, token: Option<&str>, file: Option<&[u8]>, texts: &[(&str, &str)]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
    }
    if let Some(file) = file {
        body.extend_from_slice(
            b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.ofd\"\r\ncontent-type: application/ofd\r\n\r\n",
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let mut request = Request::post(path).header("content-type", "multipart/form-data; boundary=b");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn a_seal_goes_its_way_over_the_interface() {
    let city = City::new().await;
    let asked = json!({
        "kind": "body", "name": "贵阳市卫生健康局", "put_on": ["document"], "reason": "公文用印",
    });
    let (status, seal) = post(&city, "keeper", "/api/v1/desk/seals", &asked).await;
    assert_eq!((status, seal["state_name"].as_str()), (201, Some("待批准")), "{seal}");
    let path = format!("/api/v1/desk/seals/{}", seal["id"].as_str().unwrap());
    let (status, wrong) = post(
        &city,
        "keeper",
        "/api/v1/desk/seals",
        &json!({
            "kind": "approval", "name": "局", "put_on": [], "reason": "",
        }),
    )
    .await;
    assert_eq!((status, wrong["code"].as_str()), (422, Some("seals.invalid")), "{wrong}");

    let step = |step: &str| json!({ "step": step, "reason": "按制度办理" });
    for (who, what, code) in [
        ("keeper", "approve", Some("seals.not-allowed")),
        ("approver", "approve", None),
        ("approver", "apply", Some("seals.not-allowed")),
        ("security", "make", None),
        ("keeper", "activate", None),
        ("keeper", "activate", Some("seals.not-open")),
    ] {
        let (_, answer) = post(&city, who, &format!("{path}/steps"), &step(what)).await;
        assert_eq!(answer["code"].as_str(), code, "{who} {what}: {answer}");
    }
    let (status, whole) = get(&city, "supervisor", &path).await;
    assert_eq!((status, whole["history"].as_array().unwrap().len()), (200, 4), "{whole}");
    let (status, hidden) = get(&city, "other", &path).await;
    assert_eq!((status, hidden["code"].as_str()), (404, Some("seals.not-found")));
    let (_, own) = get(&city, "other", "/api/v1/desk/seals").await;
    assert_eq!(own["items"], json!([]));
    let (_, all) = get(&city, "security", "/api/v1/desk/seals").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);

    let (status, register) = get(&city, "", "/api/v1/seals").await;
    assert_eq!(status, 200, "{register}");
    let one = &register["items"][0];
    assert_eq!((one["number"].as_str(), one["fingerprint"].as_str().map(str::len)), (Some("52010000000001"), Some(64)));
    assert_eq!(one["fingerprint"], whole["seal"]["fingerprint"]);
}

#[tokio::test]
async fn a_departments_system_has_its_document_sealed_and_anybody_checks_it() {
    let city = City::new().await;
    let seal = city.active().await;
    let path = format!("/api/v1/seals/{}/signatures", seal.id);
    let texts = [("document", "筑卫健函〔2026〕3号"), ("reason", "部门公文用印")];
    let file = document();
    let (status, headers, sealed) = call(&city, form(&path, Some("keeper"), Some(&file), &texts)).await;
    assert_eq!((status, headers["x-seal-use"].to_str().unwrap()), (200, "1"), "{}", String::from_utf8_lossy(&sealed));
    let (status, uses) = get(&city, "keeper", &format!("/api/v1/desk/seals/{}/uses", seal.id)).await;
    assert_eq!((status, uses["uses"].as_i64(), uses["broken_at"].as_i64()), (200, Some(1), None), "{uses}");
    assert_eq!(uses["items"][0]["digest"].as_str(), Some(gm::digest_hex(&sealed).as_str()));
    let (_, unusual) = get(&city, "supervisor", "/api/v1/desk/seal-uses/unusual").await;
    assert_eq!(unusual, json!([]));

    let (status, _, report) = call(&city, form("/api/v1/seals/validations", None, Some(&sealed), &[])).await;
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!((status, report["valid"].as_bool()), (200, Some(true)), "{report}");
    assert_eq!(report["signatures"][0]["number"].as_str(), Some("52010000000001"));
    assert!(report["layers"].as_array().unwrap().iter().all(|layer| layer["state"] == "good"), "{report}");
    let (_, _, report) = call(&city, form("/api/v1/seals/validations", None, Some(b"no package"), &[])).await;
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(
        (report["verdict"].as_str(), report["findings"][0]["code"].as_str()),
        (Some("failed"), Some("ofd.not_a_package"))
    );
    let (status, _, missing) = call(&city, form("/api/v1/seals/validations", None, None, &[])).await;
    let missing: Value = serde_json::from_slice(&missing).unwrap();
    assert_eq!((status, missing["code"].as_str()), (422, Some("seals.missing")));

    // What is wrong is said at its field, and nothing is used.
    for (token, file, texts, status, code) in [
        ("keeper", Some(file.as_slice()), vec![("document", ""), ("reason", "x")], 422, "seals.invalid"),
        ("keeper", Some(&file), vec![("document", "1"), ("reason", "x"), ("page", "2")], 422, "seals.invalid"),
        ("keeper", Some(&file), vec![("document", "1"), ("reason", "x"), ("x", "-4")], 422, "seals.invalid"),
        ("keeper", Some(b"x"), vec![("document", "1"), ("reason", "x")], 422, "seals.unstampable"),
        ("keeper", None, vec![("document", "1"), ("reason", "x")], 422, "seals.missing"),
        ("other", Some(&file), vec![("document", "1"), ("reason", "x")], 404, "seals.not-found"),
    ] {
        let (got, _, answer) = call(&city, form(&path, Some(token), file, &texts)).await;
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!((got, answer["code"].as_str()), (status, Some(code)), "{answer}");
    }
    assert_eq!(city.find(seal.id).await.uses, 1);

    let request = Request::get("/api/v1/seals/trusted").body(Body::empty()).unwrap();
    let (status, _, pem) = call(&city, request).await;
    let pem = String::from_utf8(pem).unwrap();
    assert_eq!((status, pem.matches("BEGIN CERTIFICATE").count(), pem.matches("BEGIN X509 CRL").count()), (200, 2, 2));
}
