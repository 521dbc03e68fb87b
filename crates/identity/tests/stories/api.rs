use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use kernel::Role;
use serde_json::{Value, json};
use tower::ServiceExt;
use webkit::{Site, SiteConfig};

use crate::world::{PASSWORD, PHONE, Town, WANG};

struct Api {
    router: Router,
}

impl Api {
    fn new(town: &Town) -> Self {
        let routes = identity::routes(town.identity.clone());
        let site = Site::new(routes, Arc::new(town.identity.clone()), town.world.clock.clone(), SiteConfig::default());
        Self { router: site.unwrap() }
    }

    async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path).header(header::USER_AGENT, "story/1");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() })
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, Some(token), None).await
    }

    async fn post(&self, path: &str, token: Option<&str>, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, token, Some(body)).await
    }

    async fn sign_in(&self, username: &str) -> String {
        let (status, body) =
            self.post("/api/v1/sessions", None, json!({"username": username, "password": PASSWORD})).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_program_signs_in_looks_at_itself_and_signs_out() {
    let town = Town::new().await;
    town.citizen().await;
    let api = Api::new(&town);
    let (status, body) =
        api.post("/api/v1/sessions", None, json!({"username": "citizen1", "password": PASSWORD})).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(body["expires_at"], "2026-03-02T17:00:00+08:00");
    assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
    let token = body["token"].as_str().unwrap();

    let (status, me) = api.get("/api/v1/me", token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(me["kind"], "person");
    assert_eq!(me["name"], "王小敏");
    assert_eq!(me["roles"], json!(["citizen"]));
    assert_eq!(me["subject"]["number"], "520102********1017");
    assert_eq!(me["subject"]["phone"], "138****3210");
    assert_eq!(me["subject"]["verified_by_label"], "未经权威核验");
    assert!(!me.to_string().contains(WANG) && !me.to_string().contains(PHONE));

    let (status, list) = api.get("/api/v1/sessions", token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["agent"], "story/1");
    assert_eq!(list["items"][0]["idle_seconds"], 1800);
    assert_eq!(list["next"], Value::Null);
    assert!(!list.to_string().contains(token));

    let (status, _) = api.call(Method::DELETE, "/api/v1/sessions", Some(token), None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, problem) = api.get("/api/v1/me", token).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{problem}");
}

#[tokio::test]
async fn a_refused_sign_in_is_a_problem_and_the_same_one() {
    let town = Town::new().await;
    town.citizen().await;
    let api = Api::new(&town);
    let mut told = Vec::new();
    for username in ["citizen1", "citizen9"] {
        let (status, mut problem) =
            api.post("/api/v1/sessions", None, json!({"username": username, "password": "Wrong9-shan.Lv"})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(problem["code"], "identity.wrong-credentials");
        problem.as_object_mut().unwrap().remove("instance");
        told.push(problem);
    }
    assert_eq!(told[0], told[1]);
    for _ in 0..4 {
        api.post("/api/v1/sessions", None, json!({"username": "citizen1", "password": "x"})).await;
    }
    let (status, problem) =
        api.post("/api/v1/sessions", None, json!({"username": "citizen1", "password": PASSWORD})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("identity.locked")));
    for body in [
        json!({"username": "citizen1"}),
        json!({"username": 1, "password": "x"}),
        json!({"username": "a", "password": "b", "role": "sysadmin"}),
    ] {
        let (status, problem) = api.post("/api/v1/sessions", None, body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    }
}

#[tokio::test]
async fn sessions_and_tokens_of_others_are_not_there() {
    let town = Town::new().await;
    town.citizen().await;
    let li = town.person("李敏", crate::world::LI, None).await.unwrap();
    town.open("citizen2", identity::Holder::Person(li)).await.unwrap();
    let api = Api::new(&town);
    let (wang, li) = (api.sign_in("citizen1").await, api.sign_in("citizen2").await);
    let (status, token) = api.post("/api/v1/tokens", Some(&wang), json!({"label": "家里的程序"})).await;
    assert_eq!(status, StatusCode::CREATED, "{token}");
    let program = token["token"].as_str().unwrap();
    let path = format!("/api/v1/tokens/{}", token["id"].as_str().unwrap());
    let (status, _) = api.call(Method::DELETE, &path, Some(&li), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, problem) = api.post("/api/v1/tokens", Some(program), json!({})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("identity.not-allowed")));
    let (_, list) = api.get("/api/v1/tokens", program).await;
    assert_eq!(list["items"][0]["label"], "家里的程序");
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let (status, _) = api.call(Method::DELETE, &path, Some(&wang), None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(api.get("/api/v1/me", program).await.0, StatusCode::UNAUTHORIZED);

    let (_, list) = api.get("/api/v1/sessions", &wang).await;
    let path = format!("/api/v1/sessions/{}", list["items"][0]["id"].as_str().unwrap());
    assert_eq!(api.call(Method::DELETE, &path, Some(&li), None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(api.call(Method::DELETE, "/api/v1/sessions/nonsense", Some(&li), None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(api.call(Method::DELETE, &path, Some(&wang), None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(api.get("/api/v1/me", &wang).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_list_of_sessions_is_read_page_by_page() {
    let town = Town::new().await;
    town.citizen().await;
    let api = Api::new(&town);
    let mut token = String::new();
    for _ in 0..3 {
        token = api.sign_in("citizen1").await;
    }
    let (_, first) = api.get("/api/v1/sessions?limit=2", &token).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let (_, second) =
        api.get(&format!("/api/v1/sessions?limit=2&after={}", first["next"].as_str().unwrap()), &token).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["next"], Value::Null);
    assert_eq!(api.get("/api/v1/sessions?after=forged", &token).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_password_is_changed_through_the_interface() {
    let town = Town::new().await;
    town.citizen().await;
    let api = Api::new(&town);
    let token = api.sign_in("citizen1").await;
    let change = |token: String, old: &str, new: &str| {
        let body = json!({"old": old, "password": new});
        let api = &api;
        async move { api.call(Method::PUT, "/api/v1/me/password", Some(&token), Some(body)).await }
    };
    let (status, problem) = change(token.clone(), PASSWORD, "citizen1").await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/password")));
    assert_eq!(change(token.clone(), "Wrong9-shan.Lv", "Lv9-water.Hong").await.0, StatusCode::UNAUTHORIZED);
    let (status, changed) = change(token.clone(), PASSWORD, "Lv9-water.Hong").await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(api.get("/api/v1/me", &token).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(api.get("/api/v1/me", changed["token"].as_str().unwrap()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn staff_are_added_by_one_administrator_and_get_rights_from_another() {
    let town = Town::new().await;
    town.citizen().await;
    town.staff("sysadmin1", &[Role::SystemAdmin]).await.unwrap();
    town.staff("secadmin1", &[Role::SecurityAdmin]).await.unwrap();
    let api = Api::new(&town);
    let (citizen, system, security) =
        (api.sign_in("citizen1").await, api.sign_in("sysadmin1").await, api.sign_in("secadmin1").await);
    let new = json!({
        "username": "reviewer1", "password": PASSWORD, "name": "钱二", "department": "market-regulation", "post": "审查岗", "roles": ["reviewer"],
    });
    assert_eq!(api.post("/api/v1/staff", Some(&citizen), new.clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(api.post("/api/v1/staff", None, new.clone()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(api.post("/api/v1/staff", Some(&security), new.clone()).await.0, StatusCode::FORBIDDEN);
    let (status, added) = api.post("/api/v1/staff", Some(&system), new.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{added}");
    let (status, problem) = api.post("/api/v1/staff", Some(&system), new.clone()).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("identity.username-taken")));
    let (status, problem) = api
        .post(
            "/api/v1/staff",
            Some(&system),
            json!({"username": "x", "password": "short", "name": "x", "department": "d", "post": "p"}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");

    let id = added["id"].as_str().unwrap();
    let (status, list) = api.get("/api/v1/staff?department=market-regulation", &security).await;
    assert_eq!(status, StatusCode::OK);
    let staff = list["items"].as_array().unwrap().iter().find(|staff| staff["id"] == id).unwrap();
    assert_eq!((&staff["roles"], &staff["requested_roles"]), (&json!([]), &json!(["reviewer"])));
    assert_eq!(api.get("/api/v1/staff", &citizen).await.0, StatusCode::FORBIDDEN);

    let grant = format!("/api/v1/staff/{id}/grant");
    assert_eq!(api.call(Method::POST, &grant, Some(&system), None).await.0, StatusCode::FORBIDDEN);
    let (status, granted) = api.call(Method::POST, &grant, Some(&security), None).await;
    assert_eq!((status, &granted["roles"]), (StatusCode::OK, &json!(["reviewer"])));
    assert_eq!(api.call(Method::POST, &grant, Some(&security), None).await.0, StatusCode::CONFLICT);
    let (_, me) = api.get("/api/v1/me", &api.sign_in("reviewer1").await).await;
    assert_eq!(
        (&me["roles"], &me["department"], &me["post"]),
        (&json!(["reviewer"]), &json!("market-regulation"), &json!("审查岗"))
    );

    let request = format!("/api/v1/staff/{id}/requested-roles");
    let both = json!({"roles": ["sysadmin", "secadmin"]});
    assert_eq!(api.call(Method::PUT, &request, Some(&system), Some(both)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        api.call(Method::PUT, &request, Some(&system), Some(json!({"roles": ["approver"]}))).await.0,
        StatusCode::NO_CONTENT
    );

    let path = format!("/api/v1/staff/{id}");
    assert_eq!(api.call(Method::DELETE, &path, Some(&security), None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(api.call(Method::DELETE, &path, Some(&system), None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(api.call(Method::DELETE, &path, Some(&system), None).await.0, StatusCode::NOT_FOUND);
    let (status, _) = api.post("/api/v1/sessions", None, json!({"username": "reviewer1", "password": PASSWORD})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (_, me) = api.get("/api/v1/me", &citizen).await;
    let citizen_account = format!("/api/v1/staff/{}", me["account"].as_str().unwrap());
    assert_eq!(
        api.call(Method::DELETE, &citizen_account, Some(&system), None).await.0,
        StatusCode::NOT_FOUND,
        "no staff"
    );
}

#[tokio::test]
async fn every_route_says_who_may_call_it() {
    let town = Town::new().await;
    let routes = identity::routes(town.identity.clone());
    insta::assert_snapshot!(routes.matrix());
    let api = Api::new(&town);
    for route in routes.list().iter().filter(|route| route.access != webkit::Access::Public) {
        let path = route.path.replace("{id}", "0000000000001");
        let (status, problem) = api.call(route.method.clone(), &path, None, Some(json!({}))).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{} {path}: {problem}", route.method);
    }
}

#[tokio::test]
async fn a_person_acts_for_an_enterprise_over_the_interface() {
    let town = Town::new().await;
    let firm = town.firm().await;
    let (wang, _) = town.citizen().await;
    let mandate = identity::Mandate {
        enterprise: firm,
        person: wang,
        role: identity::MandateRole::LegalRepresentative,
        since: "2026-01-05".parse().unwrap(),
        until: None,
    };
    town.identity
        .in_write(&town.system(), mandate, |me, act, tx, m| Box::pin(me.add_mandate(act, tx, m)))
        .await
        .unwrap();
    let api = Api::new(&town);
    let token = api.sign_in("citizen1").await;
    let (status, list) = api.get("/api/v1/me/enterprises", &token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(list["items"][0]["id"], firm.to_string());
    assert_eq!(list["items"][0]["roles"], json!(["legal_representative"]));
    let act_for = async |id: &str| api.post("/api/v1/sessions/acting", Some(&token), json!({"enterprise": id})).await;
    for id in ["x", "0x0aaaaaaaaaa", &wang.to_string()] {
        assert_eq!(act_for(id).await.0, StatusCode::NOT_FOUND, "{id}");
    }
    assert_eq!(act_for(&firm.to_string()).await.0, StatusCode::NO_CONTENT);
    let (_, me) = api.get("/api/v1/me", &token).await;
    assert_eq!(me["acting"]["name"], "贵阳青山茶业有限公司");
    assert_eq!(me["roles"], json!(["enterprise"]));
    assert_eq!(me["subject"]["id"], wang.to_string(), "the account stays the person's own");
    let (status, _) = api.call(Method::DELETE, "/api/v1/sessions/acting", Some(&token), None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, me) = api.get("/api/v1/me", &token).await;
    assert_eq!((&me["acting"], &me["roles"]), (&Value::Null, &json!(["citizen"])));
}
