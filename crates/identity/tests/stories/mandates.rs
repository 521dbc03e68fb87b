use identity::{Holder, IdentityError, Mandate, MandateRole};
use kernel::{Act, Date, SubjectId};

use crate::world::{LI, PASSWORD, Town};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn mandate(enterprise: SubjectId, person: SubjectId, role: MandateRole) -> Mandate {
    let until = (role != MandateRole::LegalRepresentative).then(|| day("2026-12-31"));
    Mandate { enterprise, person, role, since: day("2026-03-02"), until }
}

async fn add(town: &Town, act: &Act, mandate: &Mandate) -> Result<(), IdentityError> {
    town.identity
        .in_write(act, mandate.clone(), |me, act, tx, mandate| Box::pin(me.add_mandate(act, tx, mandate)))
        .await
}

async fn end(town: &Town, act: &Act, mandate: &Mandate) -> Result<(), IdentityError> {
    town.identity
        .in_write(act, mandate.clone(), |me, act, tx, mandate| Box::pin(me.end_mandate(act, tx, mandate)))
        .await
}

#[tokio::test]
async fn the_legal_representative_names_an_administrator_who_names_an_agent() {
    let town = Town::new().await;
    let firm = town.firm().await;
    let (wang, _) = town.citizen().await;
    let li = town.person("李敏", LI, None).await.unwrap();
    town.open("citizen2", Holder::Person(li)).await.unwrap();
    let zhao = town.person("赵一鸣", "520121200506156033", None).await.unwrap();
    let as_wang = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    let as_li = town.act(&town.sign_in("citizen2", PASSWORD).await.unwrap()).await;

    let himself = mandate(firm, wang, MandateRole::LegalRepresentative);
    assert!(matches!(add(&town, &as_wang, &himself).await, Err(IdentityError::NotAllowed)), "nobody names himself");
    add(&town, &town.system(), &himself).await.unwrap();
    assert!(matches!(add(&town, &town.system(), &himself).await, Err(IdentityError::MandateThere)));

    let administrator = mandate(firm, li, MandateRole::Administrator);
    let agent = mandate(firm, zhao, MandateRole::HandlingAgent);
    assert!(matches!(add(&town, &as_li, &agent).await, Err(IdentityError::NotAllowed)), "not yet an administrator");
    add(&town, &as_wang, &administrator).await.unwrap();
    add(&town, &as_li, &agent).await.unwrap();
    let second = mandate(firm, zhao, MandateRole::Administrator);
    assert!(
        matches!(add(&town, &as_li, &second).await, Err(IdentityError::NotAllowed)),
        "an administrator names agents alone"
    );

    let mut tx = town.world.db.read().await.unwrap();
    assert_eq!(town.identity.mandates(&mut tx, firm, day("2026-03-02")).await.unwrap().len(), 3);
    assert_eq!(town.identity.mandates(&mut tx, firm, day("2027-01-01")).await.unwrap(), [himself]);
    assert!(town.identity.represents(&mut tx, zhao, firm, day("2026-12-31")).await.unwrap());
    drop(tx);

    end(&town, &as_wang, &agent).await.unwrap();
    assert!(matches!(end(&town, &as_wang, &agent).await, Err(IdentityError::NoMandate)), "ended once");
    let mut tx = town.world.db.read().await.unwrap();
    assert!(!town.identity.represents(&mut tx, zhao, firm, day("2026-12-31")).await.unwrap());
}

#[tokio::test]
async fn an_ended_mandate_ends_the_session_that_rests_on_it() {
    let town = Town::new().await;
    let firm = town.firm().await;
    let (wang, _) = town.citizen().await;
    let agent = mandate(firm, wang, MandateRole::HandlingAgent);
    add(&town, &town.system(), &agent).await.unwrap();
    town.open("enterprise1", Holder::Enterprise { enterprise: firm, person: Some(wang) }).await.unwrap();
    let token = town.sign_in("enterprise1", PASSWORD).await.unwrap();
    assert!(town.who(&token).await.is_some());
    end(&town, &town.system(), &agent).await.unwrap();
    assert_eq!(town.who(&token).await, None);
}

#[tokio::test]
async fn a_mandate_joins_a_person_and_an_enterprise_for_a_lawful_time() {
    let town = Town::new().await;
    let firm = town.firm().await;
    let (wang, _) = town.citizen().await;
    let li = town.person("李敏", LI, None).await.unwrap();
    let system = town.system();
    assert!(matches!(
        add(&town, &system, &mandate(li, wang, MandateRole::HandlingAgent)).await,
        Err(IdentityError::NoMandate)
    ));
    assert!(matches!(
        add(&town, &system, &mandate(firm, firm, MandateRole::HandlingAgent)).await,
        Err(IdentityError::NoMandate)
    ));
    let nobody = SubjectId::from(1);
    assert!(matches!(
        add(&town, &system, &mandate(firm, nobody, MandateRole::HandlingAgent)).await,
        Err(IdentityError::NoSubject(_))
    ));
    assert!(matches!(
        add(&town, &system, &mandate(nobody, wang, MandateRole::HandlingAgent)).await,
        Err(IdentityError::NoSubject(_))
    ));
    let endless = Mandate { until: None, ..mandate(firm, wang, MandateRole::HandlingAgent) };
    assert!(matches!(add(&town, &system, &endless).await, Err(IdentityError::MandateDates)));
}
