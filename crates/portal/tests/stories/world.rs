//! A small city hall: two items, one life event, one document, one citizen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use identity::{
    CodeSender, DocumentKind, Holder, Identity, NewAccount, NewPerson, PortError, Ports, Simulator, VerifiedBy,
};
use kernel::{Act, Timestamp};
use portal::{Confirmed, Documents, Portal, Shelf, Shelves};
use testkit::World;
use tower::ServiceExt;
use vocab::Vocabulary;
use webkit::{Answer, BoxFuture, Routes, Site, SiteConfig};

pub(crate) const PASSWORD: &str = "Qing7-shan.Lv";

struct OneShelf(Arc<Shelf>);

impl Shelves for OneShelf {
    fn shelf(&self) -> BoxFuture<'_, Answer<Arc<Shelf>>> {
        Box::pin(async { Ok(Arc::clone(&self.0)) })
    }
}

struct OneDocument;

impl Documents for OneDocument {
    fn confirm<'a>(&'a self, code: &'a str) -> BoxFuture<'a, Answer<Option<Confirmed>>> {
        let known = (code == "k7m2").then(|| Confirmed {
            title: "受理通知书".to_owned(),
            in_force: true,
            ended: String::new(),
            facts: vec![("申请人".to_owned(), "王*敏".to_owned())],
        });
        Box::pin(async { Ok(known) })
    }
}

fn item(slug: &str, name: &str, alias: &str, department: &str, theme: &str) -> serde_json::Value {
    serde_json::json!({
        "slug": slug, "name": name, "aliases": [alias], "type": "public-service", "department": department, "level": "city",
        "audience": ["person"], "themes": [theme], "case_kind": "instant", "statutory_days": 5, "promised_days": 1, "online_depth": 4,
        "visits": 0, "channels": ["web", "window"], "high_frequency": true, "one_visit": true, "cross_region": "city",
        "summary": format!("{name}，一句话说明。"), "conditions": ["在本市居住"],
        "legal_basis": [{"law": "《某某条例》", "article": "第一条"}], "fees": [], "windows": ["综合受理"],
        "result": {"kind": "none"},
        "material": [{"key": "id-card", "name": "居民身份证", "origin": "government", "form": "original", "copies": 1, "required": true, "baseline": true, "certificate_type": "resident-id"}],
        "step": [{"key": "accept", "name": "受理", "kind": "accept", "role": "window", "days": 0, "auto": "materials_complete"}],
        "faq": [{"question": "要带原件吗？", "answer": "不用。"}]
    })
}

fn shelf() -> Shelf {
    let items = [
        item("driving-licence-renewal", "机动车驾驶证期满换证", "驾照到期换证", "traffic-police", "driving"),
        item("newborn-registration", "新生儿落户", "孩子上户口", "public-security", "birth"),
    ];
    let items = items.map(|item| (Arc::new(serde_json::from_value(item).unwrap()), 3));
    let bundle = serde_json::json!({
        "slug": "newborn", "name": "孩子出生了", "audience": ["person"], "themes": ["birth"], "summary": "一次办齐。",
        "items": ["newborn-registration"], "stage": [{"items": ["newborn-registration"]}], "question": [], "shared": []
    });
    Shelf::new(items.to_vec(), vec![Arc::new(serde_json::from_value(bundle).unwrap())], &Vocabulary::guiyang())
}

/// Phones of the city, each with what came in.
#[derive(Clone, Default)]
pub(crate) struct Phones(Arc<Mutex<Vec<(String, String)>>>);

impl CodeSender for Phones {
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        _reference: &'a str,
        _at: Timestamp,
    ) -> BoxFuture<'a, Result<(), PortError>> {
        Box::pin(async move {
            self.0.lock().unwrap().push((phone.to_owned(), text.to_owned()));
            Ok(())
        })
    }
}

impl Phones {
    /// What came in so far. Messages leave beside the answer: everything that was begun is let run first.
    pub(crate) async fn all(&self) -> Vec<(String, String)> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        self.0.lock().unwrap().clone()
    }

    /// The code that came last to a phone.
    pub(crate) async fn code(&self, phone: &str) -> String {
        let all = self.all().await;
        let last = all.iter().rev().find(|(to, _)| to == phone).map(|(_, text)| text.clone()).unwrap_or_default();
        last.split_once("验证码 ").map(|(_, rest)| rest.chars().take(6).collect()).unwrap_or_default()
    }
}

pub(crate) struct Hall {
    pub(crate) world: World,
    pub(crate) identity: Identity,
    site: Router,
}

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    /// The session cookie that was set, as the browser sends it back.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }
}

pub(crate) fn routes(identity: Identity) -> Routes {
    portal::routes(Portal::new(identity, Arc::new(OneShelf(Arc::new(shelf()))), Arc::new(OneDocument)))
}

impl Hall {
    pub(crate) async fn new() -> Self {
        Self::over(Ports::default(), true).await
    }

    /// With phones to which codes come.
    pub(crate) async fn with_phones(demo: bool) -> (Self, Phones) {
        let phones = Phones::default();
        let mut ports = Ports { codes: Some(Arc::new(phones.clone())), show_messages: demo, ..Ports::default() };
        if demo {
            ports.register = Some(Arc::new(Simulator));
        }
        (Self::over(ports, demo).await, phones)
    }

    async fn over(ports: Ports, demo: bool) -> Self {
        let world = World::new(&[audit::SCHEMA, identity::SCHEMA]).await;
        let identity = Identity::new(world.db.clone(), world.clock.clone(), world.keys.clone()).with_ports(ports);
        let site = Site::new(
            routes(identity.clone()).merge(crate::resuming::note()),
            Arc::new(identity.clone()),
            world.clock.clone(),
            SiteConfig { demo, ..SiteConfig::default() },
        );
        Self { world, identity, site: site.unwrap() }
    }

    /// Moves the clock on.
    pub(crate) fn wait_minutes(&self, minutes: i64) {
        let later = self.world.clock.now().as_millisecond() + minutes * 60_000;
        assert!(self.world.clock.set(Timestamp::from_millisecond(later).unwrap()));
    }

    /// Registers 王小敏 with the login `citizen1`.
    pub(crate) async fn with_citizen(self) -> Self {
        let identity = Identity::new(self.world.db.clone(), self.world.clock.clone(), self.world.keys.clone());
        let act = Act::system(self.world.clock.now());
        let person = NewPerson {
            name: "王小敏".to_owned(),
            document: DocumentKind::ResidentId,
            number: "520102199003071017".to_owned(),
            phone: None,
            address: None,
            birth_date: None,
            sex: None,
            region: None,
            level: 2,
            verified_by: VerifiedBy::Demo,
        };
        let subject = identity
            .in_write(&act, person, |me, act, tx, new| Box::pin(me.register_person(act, tx, new)))
            .await
            .unwrap();
        let password = identity.hash_unchecked(PASSWORD).await.unwrap();
        let account = NewAccount { username: "citizen1".to_owned(), password, holder: Holder::Person(subject) };
        identity.in_write(&act, account, |me, act, tx, new| Box::pin(me.open_account(act, tx, new))).await.unwrap();
        self
    }

    async fn ask(&self, request: Request<Body>) -> Answered {
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answered { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(crate) async fn look(&self, path: &str, cookie: &str) -> Answered {
        self.ask(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, cookie: &str, form: &str) -> Answered {
        let request = Request::post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}
