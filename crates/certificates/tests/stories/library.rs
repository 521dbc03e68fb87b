//! A library with two holders.

use std::{collections::BTreeMap, sync::Arc};

use blobs::{Blobs, Store};
use certificates::{
    Certificate, CertificateError, CertificateId, Certificates, Evidence, NewCertificate, NewUse, Order, OrderKind,
    Ordered, UseGround,
};
use identity::{DocumentKind, Identity, NewEnterprise, NewPerson, VerifiedBy};
use kernel::{AccountId, Act, Actor, Date, Role, SubjectId, calendar::WorkingCalendar, city_date};
use seals::{DemoKeys, SealKeys, Seals};
use settings::Settings;
use testkit::World;
use vocab::Vocabulary;

pub(crate) const WANG: &str = "520102199003071017";
pub(crate) const FIRM: &str = "91520102MA6G0007X2";

pub(crate) struct Library {
    pub(crate) world: World,
    pub(crate) certificates: Certificates,
    pub(crate) wang: SubjectId,
    pub(crate) firm: SubjectId,
}

impl Library {
    pub(crate) async fn new() -> Self {
        let world = World::new(&[
            audit::SCHEMA,
            blobs::SCHEMA,
            settings::SCHEMA,
            identity::SCHEMA,
            seals::SCHEMA,
            certificates::SCHEMA,
        ])
        .await;
        let identity = Identity::new(world.db.clone(), world.clock.clone(), world.keys.clone());
        let act = Act::system(world.clock.now());
        let wang = NewPerson {
            name: "王小敏".to_owned(),
            document: DocumentKind::ResidentId,
            number: WANG.to_owned(),
            phone: None,
            address: None,
            birth_date: None,
            sex: None,
            region: None,
            level: 2,
            verified_by: VerifiedBy::Demo,
        };
        let wang =
            identity.in_write(&act, wang, |me, act, tx, new| Box::pin(me.register_person(act, tx, new))).await.unwrap();
        let firm = NewEnterprise {
            name: "贵阳青山茶业有限公司".to_owned(),
            uscc: FIRM.to_owned(),
            legal_representative: None,
            phone: None,
            address: None,
            region: None,
            level: 2,
            verified_by: VerifiedBy::Demo,
        };
        let firm = identity
            .in_write(&act, firm, |me, act, tx, new| Box::pin(me.register_enterprise(act, tx, new)))
            .await
            .unwrap();
        let days = include_str!("../../../../data/calendar/china_holidays_2015_2026.csv");
        let vocabulary = Vocabulary::guiyang();
        let settings = Settings::new(world.db.clone(), vocabulary.clone(), WorkingCalendar::parse(days).unwrap());
        let certificates =
            Certificates::new(world.db.clone(), world.clock.clone(), world.keys.clone(), vocabulary, settings);
        Self { world, certificates, wang, firm }
    }

    /// The same library with a demonstration's seals and a folder of files; the second has neither keys nor seals.
    pub(crate) fn with_press(&self) -> (Certificates, Seals, Certificates) {
        let world = &self.world;
        // Clocks hardly ever stand at a whole second, and certificates tell no fractions.
        assert!(world.clock.set(world.clock.now() + jiff::SignedDuration::from_millis(417)));
        let keys = DemoKeys::new(world.folder().join("seals"), world.keys.clone(), world.clock.clone());
        let days = include_str!("../../../../data/calendar/china_holidays_2015_2026.csv");
        let settings = Settings::new(world.db.clone(), Vocabulary::guiyang(), WorkingCalendar::parse(days).unwrap());
        let over = |keys: Option<Arc<dyn SealKeys>>| {
            Seals::new(world.db.clone(), world.clock.clone(), Vocabulary::guiyang(), settings.clone(), keys)
        };
        let store = Store::folder(&world.folder().join("files")).unwrap();
        let blobs = Blobs::new(world.db.clone(), store, world.clock.clone(), world.keys.clone());
        let seals = over(Some(Arc::new(keys)));
        let at = "https://zwfw.example/";
        (
            self.certificates.clone().with_press(seals.clone(), blobs.clone(), at),
            seals,
            self.certificates.clone().with_press(over(None), blobs, at),
        )
    }

    pub(crate) fn today(&self) -> Date {
        city_date(self.world.clock.now())
    }

    pub(crate) fn system(&self) -> Act {
        Act::system(self.world.clock.now())
    }

    pub(crate) fn as_wang(&self) -> Act {
        let actor = Actor::Person { account: AccountId::from(71), subject: self.wang, name: "王小敏".to_owned() };
        Act::new(actor, self.world.clock.now())
    }

    pub(crate) fn clerk(&self, department: &str, role: Role) -> Act {
        self.colleague(72, department, role)
    }

    pub(crate) fn colleague(&self, account: i64, department: &str, role: Role) -> Act {
        let actor = Actor::Staff {
            account: AccountId::from(account),
            name: "赵一鸣".to_owned(),
            department: department.to_owned(),
            region: None,
            roles: vec![role],
        };
        Act::new(actor, self.world.clock.now())
    }

    /// A new certificate issued today by market regulation, without a case.
    pub(crate) fn a_new(&self, holder: SubjectId, kind: &str, data: &[(&str, &str)]) -> NewCertificate {
        NewCertificate {
            holder,
            certificate_type: kind.to_owned(),
            name: "证照".to_owned(),
            data: data.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>(),
            issued_on: self.today(),
            case_number: None,
            department: "market-regulation".to_owned(),
        }
    }

    pub(crate) async fn issue(&self, new: NewCertificate) -> Result<Certificate, CertificateError> {
        let args = (self.certificates.clone(), self.system(), new);
        self.world.db.write(args, |tx, (c, act, new)| Box::pin(c.issue(act, tx, new))).await
    }

    pub(crate) async fn use_for(&self, act: Act, id: CertificateId) -> Result<Evidence, CertificateError> {
        let args = (self.certificates.clone(), act, self.wang, id);
        self.world
            .db
            .write(args, |tx, (c, act, holder, id)| {
                Box::pin(async move {
                    let new = NewUse {
                        holder: *holder,
                        certificate: *id,
                        case_number: "520100202603020000011",
                        item: "hygiene-licence-new",
                        purpose: "身份证明",
                        ground: UseGround::Consent,
                        consent: None,
                    };
                    c.use_for(act, tx, &new).await
                })
            })
            .await
    }

    pub(crate) async fn order(
        &self,
        act: Act,
        holder: SubjectId,
        id: CertificateId,
        order: Order,
    ) -> Result<Ordered, CertificateError> {
        let args = (self.certificates.clone(), act, holder, id, order);
        self.world
            .db
            .write(args, |tx, (c, act, holder, id, order)| Box::pin(c.order(act, tx, *holder, *id, order)))
            .await
    }

    /// An order of the platform itself, done at once.
    pub(crate) async fn ended(&self, holder: SubjectId, id: CertificateId, kind: OrderKind) -> Certificate {
        match self.order(self.system(), holder, id, an_order(kind)).await.unwrap() {
            Ordered::Done(done) => *done,
            Ordered::Waiting(_) => panic!("the platform waits for nobody"),
        }
    }

    pub(crate) async fn held(&self, holder: SubjectId) -> Vec<Certificate> {
        let mut tx = self.world.db.read().await.unwrap();
        self.certificates.held(&mut tx, holder, self.today()).await.unwrap()
    }

    /// Topics waiting in the outbox for this holder.
    pub(crate) async fn told(&self, holder: SubjectId) -> Vec<(String, serde_json::Value)> {
        let mut tx = self.world.db.read().await.unwrap();
        let bucket = holder.get().rem_euclid(db::BUCKETS);
        let facts = db::outbox::waiting(&mut tx, bucket, self.world.clock.now(), 100, i64::MAX).await.unwrap();
        facts.into_iter().map(|fact| (fact.topic, serde_json::from_str(&fact.body).unwrap())).collect()
    }
}

/// An order on its first ground.
pub(crate) fn an_order(kind: OrderKind) -> Order {
    Order {
        kind,
        ground: kind.grounds()[0].key.to_owned(),
        document: Some("筑市监罚〔2026〕1号".to_owned()),
        reason: "经核查属实".to_owned(),
        from: None,
        to: None,
    }
}
