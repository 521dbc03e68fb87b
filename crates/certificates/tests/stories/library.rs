//! A library with two holders.

use std::collections::BTreeMap;

use certificates::{Certificate, CertificateError, CertificateId, Certificates, NewCertificate};
use identity::{DocumentKind, Identity, NewEnterprise, NewPerson, VerifiedBy};
use kernel::{AccountId, Act, Actor, Date, Role, SubjectId, city_date};
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
        let world = World::new(&[audit::SCHEMA, identity::SCHEMA, certificates::SCHEMA]).await;
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
        let certificates =
            Certificates::new(world.db.clone(), world.clock.clone(), world.keys.clone(), Vocabulary::guiyang());
        Self { world, certificates, wang, firm }
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
        let actor = Actor::Staff {
            account: AccountId::from(72),
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

    pub(crate) async fn use_for(&self, act: Act, id: CertificateId) -> Result<Certificate, CertificateError> {
        let args = (self.certificates.clone(), act, self.wang, id);
        self.world
            .db
            .write(args, |tx, (c, act, holder, id)| {
                Box::pin(c.use_for(act, tx, *holder, *id, "520100202603020000011", "身份证明"))
            })
            .await
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
