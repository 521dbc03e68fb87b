//! What holders see over the interface.

use std::sync::Arc;

use axum::{body::Body, http::Request};
use certificates::Certificates;
use http_body_util::BodyExt as _;
use kernel::{Act, Role, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;
use webkit::{Answer, Authenticator, BoxFuture, Site, SiteConfig};

use super::library::Library;

/// Tokens are names of people.
struct Door {
    wang: Act,
    firm: Act,
    clerk: Act,
}

impl Authenticator for Door {
    fn act<'a>(&'a self, token: &'a str, _: Timestamp, _: Option<&'a str>) -> BoxFuture<'a, Answer<Option<Act>>> {
        let act = match token {
            "wang" => Some(self.wang.clone()),
            "firm" => Some(self.firm.clone()),
            "clerk" => Some(self.clerk.clone()),
            _ => None,
        };
        Box::pin(async move { Ok(act) })
    }
}

async fn get(lib: &Library, token: &str, path: &str) -> (u16, Value) {
    let (status, bytes) = fetch(lib, &lib.certificates, token, path).await;
    (status, serde_json::from_slice(&bytes).unwrap())
}

/// Status and body of an answer from the interface over `certificates`.
pub(crate) async fn fetch(lib: &Library, certificates: &Certificates, token: &str, path: &str) -> (u16, Vec<u8>) {
    let firm = kernel::Actor::Agent {
        account: kernel::AccountId::from(73),
        subject: lib.firm,
        person: Some(lib.wang),
        name: "贵阳青山茶业有限公司".to_owned(),
    };
    let door = Door {
        wang: lib.as_wang(),
        firm: Act::new(firm, lib.world.clock.now()),
        clerk: lib.clerk("market-regulation", Role::Window),
    };
    let routes = certificates::routes(certificates.clone());
    let site = Site::new(routes, Arc::new(door), lib.world.clock.clone(), SiteConfig::default()).unwrap();
    let mut request = Request::get(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = site.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn a_holder_lists_his_own_certificates_page_by_page() {
    let lib = Library::new().await;
    lib.issue(lib.a_new(lib.wang, "resident-id", &[("sex", "男")])).await.unwrap();
    lib.issue(lib.a_new(lib.wang, "passport", &[])).await.unwrap();
    lib.issue(lib.a_new(lib.firm, "business-licence", &[])).await.unwrap();
    let (status, first) = get(&lib, "wang", "/api/v1/certificates?limit=1").await;
    assert_eq!((status, first["items"].as_array().unwrap().len()), (200, 1));
    assert_eq!(first["items"][0]["certificate_type"], "passport");
    let next = first["next"].as_str().unwrap();
    let (_, second) = get(&lib, "wang", &format!("/api/v1/certificates?limit=1&after={next}")).await;
    let card = &second["items"][0];
    assert_eq!((card["number"].as_str(), card["type_name"].as_str()), (Some("520102********1017"), Some("居民身份证")));
    assert_eq!((card["valid"].as_bool(), card["validity"].as_str()), (Some(true), Some("有效期至2046年3月2日")));
    assert_eq!(card["data"]["sex"], "男");
    assert_eq!(second["next"], Value::Null);
    let (_, firms) = get(&lib, "firm", "/api/v1/certificates").await;
    assert_eq!(firms["items"][0]["validity"], "长期有效");
    assert_eq!(firms["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_holder_sees_who_used_a_certificate() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    lib.use_for(lib.clerk("health", Role::Window), card.id).await.unwrap();
    let (status, shown) = get(&lib, "wang", &format!("/api/v1/certificates/{}", card.id)).await;
    assert_eq!((status, shown["identifier"].as_str()), (200, Some(card.identifier.as_str())));
    let (status, uses) = get(&lib, "wang", &format!("/api/v1/certificates/{}/uses", card.id)).await;
    assert_eq!((status, uses["items"][0]["department_name"].as_str()), (200, Some("贵阳市卫生健康局")));
    assert_eq!(uses["items"][0]["case_number"], "520100202603020000011");
    assert!(!uses.to_string().contains("赵一鸣"), "the clerk's name stays inside");
}

#[tokio::test]
async fn others_do_not_see_it() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    for path in [format!("/api/v1/certificates/{}", card.id), format!("/api/v1/certificates/{}/uses", card.id)] {
        assert_eq!(get(&lib, "firm", &path).await.0, 404);
        assert_eq!(get(&lib, "clerk", &path).await.0, 403);
        assert_eq!(get(&lib, "nobody", &path).await.0, 401);
    }
    assert_eq!(get(&lib, "clerk", "/api/v1/certificates").await.0, 403);
    assert_eq!(get(&lib, "wang", "/api/v1/certificates/nonsense").await.0, 404);
    assert_eq!(get(&lib, "wang", "/api/v1/certificates?after=forged").await.0, 422);
}
