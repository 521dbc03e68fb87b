//! A post office with one applicant.

use std::{path::PathBuf, sync::Arc};

use identity::{DocumentKind, Identity, NewPerson, VerifiedBy};
use jobs::Jobs;
use kernel::{AccountId, Act, Actor, Clock, SubjectId};
use messages::{Message, Messages, Ports, Preferences, SmsFile};
use serde_json::{Value, json};
use testkit::World;

pub(crate) const NUMBER: &str = "520100202603020000011";
pub(crate) const PHONE: &str = "13800003210";

pub(crate) struct Post {
    pub(crate) world: World,
    pub(crate) messages: Messages,
    pub(crate) jobs: Jobs,
    pub(crate) wang: SubjectId,
}

impl Post {
    /// With the SMS file and no mail.
    pub(crate) async fn new() -> Self {
        Self::with(|file| Ports { mail: None, sms: Some(Arc::new(SmsFile::new(file))) }).await
    }

    pub(crate) async fn with(ports: impl Fn(PathBuf) -> Ports) -> Self {
        Self::beside(async |file, _| ports(file)).await
    }

    /// With ports that share the clock of the office.
    pub(crate) async fn beside(ports: impl AsyncFn(PathBuf, Clock) -> Ports) -> Self {
        let world = World::new(&[audit::SCHEMA, identity::SCHEMA, messages::SCHEMA]).await;
        let identity = Identity::new(world.db.clone(), world.clock.clone(), world.keys.clone());
        let act = Act::system(world.clock.now());
        let wang = NewPerson {
            name: "王小敏".to_owned(),
            document: DocumentKind::ResidentId,
            number: "520102199003071017".to_owned(),
            phone: Some(PHONE.to_owned()),
            address: None,
            birth_date: None,
            sex: None,
            region: None,
            level: 2,
            verified_by: VerifiedBy::Demo,
        };
        let wang =
            identity.in_write(&act, wang, |me, act, tx, new| Box::pin(me.register_person(act, tx, new))).await.unwrap();
        let ports = ports(world.folder().join("messages/sms.jsonl"), world.clock.clone()).await;
        let messages = Messages::new(world.db.clone(), world.clock.clone(), world.keys.clone(), identity, ports);
        let jobs = messages.listen(Jobs::new(world.db.clone(), world.clock.clone()));
        Self { world, messages, jobs, wang }
    }

    pub(crate) fn as_wang(&self) -> Act {
        let actor = Actor::Person { account: AccountId::from(71), subject: self.wang, name: "王小敏".to_owned() };
        Act::new(actor, self.world.clock.now())
    }

    /// Tells what a case would tell.
    pub(crate) async fn tell(&self, topic: &'static str) {
        let body = json!({
            "case_id": "0000000000001", "number": NUMBER, "item": "food-operation-licence", "item_name": "食品经营许可",
            "department": "market-regulation", "subject_id": self.wang, "seq": 1, "event": topic,
            "at": kernel::rfc3339(self.world.clock.now()), "state": "accepted",
        });
        self.tell_body(topic, body).await;
    }

    pub(crate) async fn tell_body(&self, topic: &'static str, body: Value) {
        let told: Result<(), db::DbError> = self
            .world
            .db
            .write((topic, body, self.world.clock.now()), |tx, (topic, body, now)| {
                Box::pin(async move { tx.tell(1, topic, body, *now).await })
            })
            .await;
        told.unwrap();
    }

    /// Delivers facts and sends what they lead to.
    pub(crate) async fn work(&self) -> messages::SendReport {
        self.jobs.run_once().await.unwrap();
        self.messages.send_due().await.unwrap()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.world.clock.set(self.world.clock.now() + std::time::Duration::from_secs(seconds.unsigned_abs()));
    }

    pub(crate) async fn inbox(&self) -> Vec<Message> {
        let mut tx = self.world.db.read().await.unwrap();
        self.messages.list(&mut tx, self.wang, None, 100).await.unwrap()
    }

    pub(crate) async fn deliveries(&self) -> Vec<(String, i64)> {
        let mut tx = self.world.db.read().await.unwrap();
        self.messages.deliveries(&mut tx).await.unwrap()
    }

    pub(crate) async fn prefer(&self, email: Option<&str>, sms: bool) {
        let wanted = Preferences { email: email.map(str::to_owned), sms };
        let args = (self.messages.clone(), self.as_wang(), self.wang, wanted);
        self.world
            .db
            .write(args, |tx, (me, act, subject, wanted)| Box::pin(me.set_preferences(act, tx, *subject, wanted)))
            .await
            .unwrap();
    }

    /// Lines of the SMS file.
    pub(crate) fn texts(&self) -> Vec<Value> {
        let file = std::fs::read_to_string(self.world.folder().join("messages/sms.jsonl")).unwrap_or_default();
        file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
