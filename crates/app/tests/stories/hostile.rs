//! Hands that mean no good: broken bodies, other people's things on every route, requests played again.

use std::path::Path;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;
use webkit::Access;

use crate::town::{Reply, Town};

const SLUG: &str = "food-operation-licence-new";

fn files_below(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|e| if e.path().is_dir() { files_below(&e.path()) } else { 1 }).sum()
}

impl Town {
    async fn raw(&self, token: &str, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_leaves_nothing_behind() {
    let town = Town::founded().await;
    let token = town.sign_in("citizen1").await;
    let sheet = demo::walk::sheet("材料");
    let part = |head: &str, bytes: &[u8], end: &str| {
        let mut body = format!("--b\r\n{head}\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(end.as_bytes());
        body
    };
    const FILE: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"";
    let good = "multipart/form-data; boundary=b";
    let long_name = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{}\"", "a".repeat(100_000));
    let broken: Vec<(&str, &str, Vec<u8>)> = vec![
        ("no boundary", "multipart/form-data", part(FILE, &sheet, "\r\n--b--\r\n")),
        ("another boundary", "multipart/form-data; boundary=other", part(FILE, &sheet, "\r\n--b--\r\n")),
        ("no multipart", "application/json", b"{}".to_vec()),
        ("empty", good, Vec::new()),
        ("no part", good, b"--b--\r\n".to_vec()),
        ("cut off in the file", good, part(FILE, &sheet[..sheet.len() / 2], "")),
        ("cut off in the head", good, b"--b\r\nContent-Dispo".to_vec()),
        ("no disposition", good, part("Content-Type: application/pdf", &sheet, "\r\n--b--\r\n")),
        ("another field", good, part("Content-Disposition: form-data; name=\"other\"", &sheet, "\r\n--b--\r\n")),
        ("a head that is none", good, part("\0\0\0: \u{1}", &sheet, "\r\n--b--\r\n")),
        ("a head without end", good, part(&long_name, &sheet, "\r\n--b--\r\n")),
        ("nothing in the file", good, part(FILE, b"", "\r\n--b--\r\n")),
        ("a program", good, part(FILE, b"\x7fELF\x02\x01\x01 program", "\r\n--b--\r\n")),
    ];
    for (what, kind, body) in broken {
        let reply = town.raw(&token, Method::POST, "/api/v1/files", kind, body).await;
        assert!(reply.status.is_client_error(), "{what}: {} {}", reply.status, reply.text);
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json", "{what}");
        assert!(!reply.code().is_empty(), "{what}");
    }
    let big = part(FILE, &[b"%PDF-1.7\n".to_vec(), vec![b' '; 20 << 20]].concat(), "\r\n--b--\r\n");
    let reply = town.raw(&token, Method::POST, "/api/v1/files", good, big).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", reply.text);

    let kept = |town: &Town| files_below(&town.platform.config.files());
    town.platform.blobs.sweep().await.unwrap();
    let quarantined = kept(&town);
    assert!(quarantined <= 2, "only what came whole and was refused is held for a while: {quarantined}");
    town.file(&token).await;
    assert_eq!(kept(&town), quarantined + 1, "a good one is kept as ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_are_refused_on_every_route_that_takes_one() {
    let town = Town::founded().await;
    let citizen = town.sign_in("citizen1").await;
    let clerk = town.sign_in("window1").await;
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\xff\xfe".to_vec(),
        b"{\"item\": \"\xc3\x28\"}".to_vec(),
        b"{\"a\": \"\\ud800\"}".to_vec(),
        b"{\"username\": \"a\\u0000b\", \"password\": \"a\\u0000b\"}".to_vec(),
        b"{\"item\": 1e999}".to_vec(),
        b"{\"item\": \"a\", \"item\": \"b\"}".to_vec(),
        format!("{{\"form\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes(),
        format!("{{\"item\": \"{SLUG}\", \"form\": {}{}}}", "{\"a\":".repeat(200), "}".repeat(200)).into_bytes(),
        format!("{{\"type\": \"{}\"}}", "x".repeat(1 << 20)).into_bytes(),
    ];
    let routes = app::site::routes(&town.platform).unwrap();
    let mut tried = 0;
    for route in routes.list().iter().filter(|r| r.is_api() && r.method != Method::GET && r.method != Method::DELETE) {
        let path = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "0x0aaaaaaaaaa" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        for token in [&citizen, &clerk] {
            for body in &bodies {
                let reply = town.raw(token, route.method.clone(), &path, "application/json", body.clone()).await;
                assert!(!reply.status.is_server_error(), "{} {path}: {} {}", route.method, reply.status, reply.text);
                // A change that takes no body does not look at one.
                if reply.status.is_client_error() {
                    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried}");
    assert_eq!(town.get(&citizen, "/api/v1/cases").await.json()["items"], json!([]), "nothing was kept");
    assert_eq!(town.get("", "/readyz").await.status, StatusCode::OK);
}

/// Everything that one applicant has, on every route that takes an id, in the hands of everybody else.
#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_ids_open_nothing_on_any_route() {
    let town = Town::founded().await;
    let (login, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let number = case["number"].as_str().unwrap().to_owned();
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    jobs.run_once().await.unwrap();
    let draft = "0x0aaaaaaaaaa";
    let kept = town.call(&token, Method::PUT, &format!("/api/v1/drafts/{draft}"), Some(json!({"item": SLUG}))).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    let first = |reply: Reply| reply.json()["items"][0]["id"].as_str().map(str::to_owned);
    let mut ids: Vec<String> = vec![number.clone(), draft.to_owned()];
    for list in ["/api/v1/sessions", "/api/v1/messages", "/api/v1/certificates"] {
        ids.push(first(town.get(&token, list).await).unwrap_or_else(|| panic!("{list} is empty")));
    }
    ids.extend(first(town.get(&token, &format!("/api/v1/cases/{number}/documents")).await));
    ids.extend(body["materials"].as_object().unwrap().values().find_map(|m| m["file"].as_str()).map(str::to_owned));
    assert_eq!(ids.len(), 7, "{ids:?}");

    let other = if login == "enterprise1" { "enterprise2" } else { "enterprise1" };
    let routes = app::site::routes(&town.platform).unwrap();
    let mut tried = 0;
    for stranger in [other, "citizen5", "window2", "auditor1", "sysadmin1", "secadmin1"] {
        let theirs = town.sign_in(stranger).await;
        let reads = routes.list().iter().filter(|r| r.path.contains('{') && r.access != Access::Public);
        for route in reads.filter(|r| r.is_api()) {
            let places = route.path.split('/').filter(|part| part.starts_with('{')).count();
            for id in &ids {
                // A draft is the writer's own under whatever id he chooses.
                if route.path.contains("/drafts/") && route.method == Method::PUT {
                    continue;
                }
                let path = route
                    .path
                    .split('/')
                    .map(|part| if part.starts_with('{') { id.as_str() } else { part })
                    .collect::<Vec<_>>()
                    .join("/");
                let sends = route.method != Method::GET && route.method != Method::DELETE;
                let body = sends.then(|| json!({"type": "withdraw"}));
                let reply = town.call(&theirs, route.method.clone(), &path, body).await;
                assert!(
                    matches!(
                        reply.status,
                        StatusCode::NOT_FOUND
                            | StatusCode::FORBIDDEN
                            | StatusCode::UNPROCESSABLE_ENTITY
                            | StatusCode::BAD_REQUEST
                    ),
                    "{stranger} {} {path}: {} {}",
                    route.method,
                    reply.status,
                    reply.text
                );
                assert!(!reply.text.contains("食品") || places == 0, "{stranger} {path}: {}", reply.text);
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
    let still = town.get(&token, &format!("/api/v1/cases/{number}")).await.json();
    assert_eq!((&still["seq"], &still["state"]), (&case["seq"], &case["state"]), "nothing happened to it");
    assert_eq!(town.get(&token, "/api/v1/me").await.status, StatusCode::OK, "nor to the session");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_played_again_does_nothing_a_second_time() {
    let town = Town::founded().await;
    let (_, token, mut body) = town.application(SLUG).await;
    body["by_person"] = json!(true);
    let case = town.submit(&token, &body).await;
    let commands = format!("/api/v1/cases/{}/commands", case["number"].as_str().unwrap());
    let key = [("idempotency-key", "played-again")];
    let withdraw = Some(json!({"type": "withdraw", "reason": "改主意了"}));
    let first = town.call_with(&token, Method::POST, &commands, withdraw.clone(), &key).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let again = town.call_with(&token, Method::POST, &commands, withdraw.clone(), &key).await;
    assert_eq!((again.status, again.json()["seq"].clone()), (StatusCode::OK, first.json()["seq"].clone()));
    let bare = town.call(&token, Method::POST, &commands, withdraw.clone()).await;
    assert_eq!(bare.status, StatusCode::CONFLICT, "without the key the state refuses it");
    // Somebody else's key is somebody else's.
    let other = town.sign_in("enterprise5").await;
    let stolen = town.call_with(&other, Method::POST, &commands, withdraw, &key).await;
    assert!(stolen.status == StatusCode::NOT_FOUND || other == token, "{}", stolen.text);
    // A token is worth nothing once its session has ended.
    assert!(town.call(&token, Method::DELETE, "/api/v1/sessions", None).await.status.is_success());
    for (method, path) in [(Method::GET, "/api/v1/me"), (Method::POST, commands.as_str())] {
        let reply = town.call(&token, method.clone(), path, (method == Method::POST).then(|| json!({}))).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
