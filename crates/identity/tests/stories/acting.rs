//! A person acts for an enterprise in his own session.

use std::sync::Arc;

use identity::{
    BusinessRegister, DocumentKind, EnterpriseClaim, Holder, IdentityError, Mandate, MandateRole, PortError, Ports,
    Simulator, Verdict, VerifiedBy,
};
use kernel::{Act, Actor, Failure, Role, SubjectId};
use webkit::BoxFuture;

use crate::world::{FIRM, LI, PASSWORD, Town, WANG};

const OTHER_FIRM: &str = "91330106MA2CE71F65";

struct Scene {
    town: Town,
    firm: SubjectId,
    wang: SubjectId,
    li: SubjectId,
    /// Tokens of the legal representative and of somebody without a mandate.
    of_wang: String,
    of_li: String,
}

async fn scene() -> Scene {
    let town = Town::new().await;
    let firm = town.firm().await;
    let (wang, _) = town.citizen().await;
    let li = town.person("李敏", LI, None).await.unwrap();
    town.open("citizen2", Holder::Person(li)).await.unwrap();
    let mandate = Mandate {
        enterprise: firm,
        person: wang,
        role: MandateRole::LegalRepresentative,
        since: "2026-01-05".parse().unwrap(),
        until: None,
    };
    town.identity
        .in_write(&town.system(), mandate, |me, act, tx, m| Box::pin(me.add_mandate(act, tx, m)))
        .await
        .unwrap();
    let of_wang = town.sign_in("citizen1", PASSWORD).await.unwrap();
    let of_li = town.sign_in("citizen2", PASSWORD).await.unwrap();
    Scene { town, firm, wang, li, of_wang, of_li }
}

#[tokio::test]
async fn the_legal_representative_acts_for_his_enterprise_and_goes_back() {
    let Scene { town, firm, wang, of_wang, .. } = scene().await;
    let me = town.act(&of_wang).await;
    let own = town.identity.represented(&me).await.unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].enterprise, own[0].uscc.as_str(), own[0].manages()), (firm, FIRM, true));
    town.identity.act_for(&me, &of_wang, Some(firm)).await.unwrap();
    let acting = town.act(&of_wang).await;
    let account = me.account().unwrap();
    let name = "贵阳青山茶业有限公司".to_owned();
    assert_eq!(acting.actor, Actor::Agent { account, subject: firm, person: Some(wang), name });
    assert_eq!(acting.on_behalf.as_deref(), Some("王小敏"));
    assert!(acting.is(Role::Enterprise) && !acting.is(Role::Citizen));
    // Another session of his is not touched, and what he may act for stays the same.
    let elsewhere = town.sign_in("citizen1", PASSWORD).await.unwrap();
    assert!(town.act(&elsewhere).await.is(Role::Citizen));
    assert_eq!(town.identity.represented(&acting).await.unwrap(), own);
    town.identity.act_for(&acting, &of_wang, None).await.unwrap();
    let back = town.act(&of_wang).await;
    assert!(back.is(Role::Citizen) && back.on_behalf.is_none());
    let trail = town.trail(account).await;
    assert!(trail.contains(&"identity.acting_began".into()) && trail.contains(&"identity.acting_ended".into()));
}

#[tokio::test]
async fn an_enterprise_of_others_is_not_there() {
    let Scene { town, firm, of_wang, of_li, .. } = scene().await;
    let li = town.act(&of_li).await;
    assert!(town.identity.represented(&li).await.unwrap().is_empty());
    for enterprise in [firm, SubjectId::from(1)] {
        let error = town.identity.act_for(&li, &of_li, Some(enterprise)).await.unwrap_err();
        assert_eq!((error.code(), error.kind()), ("identity.no-subject", kernel::Kind::NotFound));
        assert!(matches!(town.identity.agents(&li, enterprise).await, Err(IdentityError::NoSubject(_))));
    }
    let stolen = town.identity.act_for(&li, &of_wang, Some(firm)).await;
    assert!(matches!(stolen, Err(IdentityError::NotAllowed)), "somebody else's session: {stolen:?}");
    let wang = town.act(&of_wang).await;
    let program = town.identity.make_token(&wang, &of_wang, None, None).await.unwrap();
    let by_program = town.identity.act_for(&wang, &program.token, Some(firm)).await;
    assert!(matches!(by_program, Err(IdentityError::NotAllowed)), "{by_program:?}");
    assert!(town.act(&of_li).await.is(Role::Citizen));
}

#[tokio::test]
async fn an_agent_is_named_acts_and_is_stopped_at_once() {
    let Scene { town, firm, li, of_wang, of_li, .. } = scene().await;
    let wang = town.act(&of_wang).await;
    let day = |text: &str| Some(text.parse().unwrap());
    let name = async |name: &str, number: &str, until| town.identity.name_agent(&wang, firm, name, number, until).await;
    for (who, number, until, pointer) in [
        ("李大敏", LI, day("2026-12-31"), "/number"),
        ("李敏", WANG, day("2026-12-31"), "/number"),
        ("李敏", "x", day("2026-12-31"), "/number"),
        ("李敏", LI, None, "/until"),
        ("李敏", LI, day("2026-03-01"), "/until"),
        ("李敏", LI, day("2027-03-03"), "/until"),
    ] {
        let error = name(who, number, until).await.unwrap_err();
        assert_eq!(error.faults()[0].pointer, pointer, "{who} {number}");
    }
    name("李敏", LI, day("2026-03-03")).await.unwrap();
    assert!(matches!(name("李敏", LI, day("2026-12-31")).await, Err(IdentityError::MandateThere)));
    assert_eq!(town.identity.agents(&wang, firm).await.unwrap().len(), 2);

    let me = town.act(&of_li).await;
    town.identity.act_for(&me, &of_li, Some(firm)).await.unwrap();
    let acting = town.act(&of_li).await;
    assert_eq!(acting.subject(), Some(firm));
    assert!(
        matches!(town.identity.agents(&acting, firm).await, Err(IdentityError::NoSubject(_))),
        "agents name nobody"
    );
    town.identity.dismiss_agent(&wang, firm, li).await.unwrap();
    assert_eq!(town.who(&of_li).await, None, "not on as himself: what was begun for the firm must not become his own");
    assert!(matches!(town.identity.dismiss_agent(&wang, firm, li).await, Err(IdentityError::NoMandate)));
}

#[tokio::test]
async fn a_mandate_that_runs_out_ends_the_session_in_the_middle_of_a_form() {
    let Scene { town, firm, of_wang, .. } = scene().await;
    let wang = town.act(&of_wang).await;
    town.identity.name_agent(&wang, firm, "李敏", LI, Some("2026-03-02".parse().unwrap())).await.unwrap();
    town.wait_minutes(14 * 60 + 59);
    let token = town.sign_in("citizen2", PASSWORD).await.unwrap();
    town.identity.act_for(&town.act(&token).await, &token, Some(firm)).await.unwrap();
    assert!(town.who(&token).await.is_some());
    town.wait_minutes(1);
    assert_eq!(town.who(&token).await, None);
}

struct Registry(Verdict);

impl BusinessRegister for Registry {
    fn check<'a>(&'a self, claim: &'a EnterpriseClaim) -> BoxFuture<'a, Result<Verdict, PortError>> {
        assert!(claim.representative.document == DocumentKind::ResidentId && !format!("{claim:?}").contains("王小敏"));
        Box::pin(async { Ok(self.0) })
    }
}

struct Silent;

impl BusinessRegister for Silent {
    fn check<'a>(&'a self, _claim: &'a EnterpriseClaim) -> BoxFuture<'a, Result<Verdict, PortError>> {
        Box::pin(async { Err(PortError("no answer".to_owned())) })
    }
}

fn joined(town: &Town, register: impl BusinessRegister) -> identity::Identity {
    town.identity.clone().with_ports(Ports { register: Some(Arc::new(register)), ..Ports::default() })
}

#[tokio::test]
async fn a_legal_representative_registers_his_enterprise() {
    let town = Town::new().await;
    town.citizen().await;
    let token = town.sign_in("citizen1", PASSWORD).await.unwrap();
    let me = town.act(&token).await;
    let none = town.identity.register_own_enterprise(&me, OTHER_FIRM, "杭州湖山茶业有限公司").await;
    assert!(matches!(none, Err(IdentityError::NoRegister)), "{none:?}");
    let silent = joined(&town, Silent).register_own_enterprise(&me, OTHER_FIRM, "杭州湖山茶业有限公司").await;
    assert!(matches!(silent, Err(IdentityError::NoRegister)), "{silent:?}");
    let refused = joined(&town, Registry(Verdict::NotConfirmed));
    let refused = refused.register_own_enterprise(&me, OTHER_FIRM, "杭州湖山茶业有限公司").await;
    assert!(matches!(refused, Err(IdentityError::NotConfirmed)), "{refused:?}");

    let identity = joined(&town, Simulator);
    let wrong = identity.register_own_enterprise(&me, "91330106MA2CE71F66", " ").await.unwrap_err();
    let pointers: Vec<String> = wrong.faults().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/uscc", "/name"]);
    let firm = identity.register_own_enterprise(&me, OTHER_FIRM, "杭州湖山茶业有限公司").await.unwrap();
    let subject = identity.subject(&mut town.world.db.read().await.unwrap(), firm).await.unwrap();
    assert_eq!((subject.level, subject.verified_by), (2, VerifiedBy::Demo));
    assert_eq!(subject.legal_representative.as_deref(), Some("王小敏"));
    identity.act_for(&me, &token, Some(firm)).await.unwrap();
    let acting = town.act(&token).await;
    assert_eq!(acting.subject(), Some(firm));
    let nested = identity.register_own_enterprise(&acting, FIRM, "贵阳青山茶业有限公司").await;
    assert!(matches!(nested, Err(IdentityError::NotAllowed)), "{nested:?}");
    let again = identity.register_own_enterprise(&me, OTHER_FIRM, "杭州湖山茶业有限公司").await;
    assert!(matches!(again, Err(IdentityError::MandateThere)), "{again:?}");
}

#[tokio::test]
async fn a_simulator_hands_nobody_an_enterprise_that_is_there() {
    let town = Town::new().await;
    let firm = town.firm().await;
    town.citizen().await;
    let me = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    let name = "贵阳青山茶业有限公司";
    let simulated = joined(&town, Simulator).register_own_enterprise(&me, FIRM, name).await;
    assert!(matches!(simulated, Err(IdentityError::NotConfirmed)), "{simulated:?}");
    let confirmed = joined(&town, Registry(Verdict::Confirmed(VerifiedBy::Authority)));
    assert_eq!(confirmed.register_own_enterprise(&me, FIRM, name).await.unwrap(), firm);
    assert_eq!(town.identity.represented(&me).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_enterprise_is_not_registered_below_the_real_name_level() {
    let town = Town::new().await;
    let new = identity::NewPerson {
        name: "李敏".to_owned(),
        document: DocumentKind::ResidentId,
        number: LI.to_owned(),
        phone: None,
        address: None,
        birth_date: None,
        sex: None,
        region: None,
        level: 1,
        verified_by: VerifiedBy::Nobody,
    };
    let li = town.register(new).await.unwrap();
    town.open("citizen2", Holder::Person(li)).await.unwrap();
    let me: Act = town.act(&town.sign_in("citizen2", PASSWORD).await.unwrap()).await;
    let low = joined(&town, Simulator).register_own_enterprise(&me, OTHER_FIRM, "杭州湖山茶业有限公司").await;
    assert!(matches!(low, Err(IdentityError::LevelTooLow)), "{low:?}");
}
