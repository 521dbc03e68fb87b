//! A small town with an office.

use std::sync::LazyLock;

use identity::{
    DocumentKind, Holder, Identity, IdentityError, NewAccount, NewEnterprise, NewPerson, NewStaff, Phc, VerifiedBy,
};
use kernel::{AccountId, Act, Actor, Role, SubjectId, Timestamp};
use testkit::World;

pub(crate) const PASSWORD: &str = "Qing7-shan.Lv";
pub(crate) const WANG: &str = "520102199003071017";
pub(crate) const LI: &str = "520103198511120024";
pub(crate) const FIRM: &str = "91520102MA6G0007X2";
pub(crate) const PHONE: &str = "13800003210";

/// One hash for all logins of all tests: hashing is slow on purpose.
static HASH: LazyLock<Phc> = LazyLock::new(|| {
    let text = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(&[]).await;
            let identity = Identity::new(world.db.clone(), world.clock.clone(), world.keys.clone());
            identity.hash_unchecked(PASSWORD).await.unwrap()
        })
    });
    text.join().unwrap()
});

pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) identity: Identity,
}

impl Town {
    pub(crate) async fn new() -> Self {
        let world = World::new(&[audit::SCHEMA, identity::SCHEMA]).await;
        let identity = Identity::new(world.db.clone(), world.clock.clone(), world.keys.clone());
        Self { world, identity }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    pub(crate) fn system(&self) -> Act {
        Act::system(self.now())
    }

    /// Moves the clock on.
    pub(crate) fn wait_ms(&self, ms: i64) {
        let later = Timestamp::from_millisecond(self.now().as_millisecond() + ms).unwrap();
        assert!(self.world.clock.set(later));
    }

    pub(crate) fn wait_minutes(&self, minutes: i64) {
        self.wait_ms(minutes * 60_000);
    }

    pub(crate) async fn person(
        &self,
        name: &str,
        number: &str,
        phone: Option<&str>,
    ) -> Result<SubjectId, IdentityError> {
        let new = NewPerson {
            name: name.to_owned(),
            document: DocumentKind::ResidentId,
            number: number.to_owned(),
            phone: phone.map(str::to_owned),
            address: Some("贵阳市观山湖区林城西路88号".to_owned()),
            birth_date: None,
            sex: None,
            region: Some("520115".to_owned()),
            level: 2,
            verified_by: VerifiedBy::Demo,
        };
        self.register(new).await
    }

    pub(crate) async fn register(&self, new: NewPerson) -> Result<SubjectId, IdentityError> {
        self.identity.in_write(&self.system(), new, |me, act, tx, new| Box::pin(me.register_person(act, tx, new))).await
    }

    pub(crate) async fn firm(&self) -> SubjectId {
        let new = NewEnterprise {
            name: "贵阳青山茶业有限公司".to_owned(),
            uscc: FIRM.to_owned(),
            legal_representative: Some("王小敏".to_owned()),
            phone: Some("13900001234".to_owned()),
            address: Some("贵阳市南明区解放路9号".to_owned()),
            region: Some("520102".to_owned()),
            level: 2,
            verified_by: VerifiedBy::Demo,
        };
        self.identity
            .in_write(&self.system(), new, |me, act, tx, new| Box::pin(me.register_enterprise(act, tx, new)))
            .await
            .unwrap()
    }

    pub(crate) async fn open(&self, username: &str, holder: Holder) -> Result<AccountId, IdentityError> {
        let new = NewAccount { username: username.to_owned(), password: HASH.clone(), holder };
        self.identity.in_write(&self.system(), new, |me, act, tx, new| Box::pin(me.open_account(act, tx, new))).await
    }

    /// Wang Xiaomin with the login `citizen1`.
    pub(crate) async fn citizen(&self) -> (SubjectId, AccountId) {
        let wang = self.person("王小敏", WANG, Some(PHONE)).await.unwrap();
        (wang, self.open("citizen1", Holder::Person(wang)).await.unwrap())
    }

    pub(crate) fn new_staff(&self, username: &str, roles: &[Role]) -> NewStaff {
        NewStaff {
            username: username.to_owned(),
            password: HASH.clone(),
            name: "赵一鸣".to_owned(),
            department: "market-regulation".to_owned(),
            region: None,
            post: "综合窗口".to_owned(),
            roles: roles.to_vec(),
        }
    }

    pub(crate) async fn staff(&self, username: &str, roles: &[Role]) -> Result<AccountId, IdentityError> {
        self.staff_by(&self.system(), self.new_staff(username, roles)).await
    }

    pub(crate) async fn staff_by(&self, act: &Act, new: NewStaff) -> Result<AccountId, IdentityError> {
        self.identity.in_write(act, new, |me, act, tx, new| Box::pin(me.add_staff(act, tx, new))).await
    }

    /// Signs in from a street address; gives the token.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Result<String, IdentityError> {
        self.sign_in_from(username, password, "192.0.2.7").await
    }

    pub(crate) async fn sign_in_from(
        &self,
        username: &str,
        password: &str,
        address: &str,
    ) -> Result<String, IdentityError> {
        Ok(self.identity.sign_in(username, password, Some(address), Some("story/1")).await?.token)
    }

    /// Who stands behind a token now.
    pub(crate) async fn who(&self, token: &str) -> Option<Actor> {
        self.identity.act_of(token, self.now(), Some("192.0.2.7")).await.unwrap().map(|act| act.actor)
    }

    pub(crate) async fn act(&self, token: &str) -> Act {
        self.identity.act_of(token, self.now(), Some("192.0.2.7")).await.unwrap().expect("the session holds")
    }

    /// Kinds of events on the chain of a login.
    pub(crate) async fn trail(&self, account: AccountId) -> Vec<String> {
        let mut tx = self.world.db.read().await.unwrap();
        audit::records_of(&mut tx, account, 0, 100).await.unwrap().into_iter().map(|record| record.act).collect()
    }
}
