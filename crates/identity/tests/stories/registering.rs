use identity::{DocumentKind, Holder, IdentityError, NewPerson, Sex, VerifiedBy};
use kernel::{Act, Actor, Failure, Role, SubjectKind};

use crate::world::{FIRM, LI, PHONE, Town, WANG};

#[tokio::test]
async fn a_person_is_found_by_the_number_in_every_spelling() {
    let town = Town::new().await;
    let wang = town.person("王小敏", " 52010219900307101７ ", Some("+86 138-0000-3210")).await.unwrap();
    let mut tx = town.world.db.read().await.unwrap();
    for spelling in [WANG, "52010219900307101７", " 520102199003071017"] {
        assert_eq!(
            town.identity.find_by_key(&mut tx, DocumentKind::ResidentId, spelling).await.unwrap(),
            Some(wang),
            "{spelling}"
        );
    }
    for other in [LI, "", "520102199003071016"] {
        assert_eq!(town.identity.find_by_key(&mut tx, DocumentKind::ResidentId, other).await.unwrap(), None, "{other}");
    }
    assert_eq!(
        town.identity.find_by_key(&mut tx, DocumentKind::Passport, WANG).await.unwrap(),
        None,
        "another kind of document"
    );
    let subject = town.identity.subject(&mut tx, wang).await.unwrap();
    assert_eq!((subject.kind, subject.name.as_str(), subject.id_number()), (SubjectKind::Person, "王小敏", Some(WANG)));
    assert_eq!(subject.birth_date, Some("1990-03-07".parse().unwrap()));
    assert_eq!(subject.sex, Some(Sex::Male));
    assert_eq!(subject.phone.as_deref(), Some(PHONE));
    assert_eq!(subject.address.as_deref(), Some("贵阳市观山湖区林城西路88号"));
    assert_eq!((subject.level, subject.verified_by), (2, VerifiedBy::Demo));
    assert_eq!(subject.uscc(), None);
}

#[tokio::test]
async fn one_number_is_one_subject() {
    let town = Town::new().await;
    let wang = town.person("王小敏", WANG, None).await.unwrap();
    let again = town.person("王小敏改名", WANG, None).await.unwrap_err();
    assert!(matches!(again, IdentityError::AlreadyRegistered(subject) if subject == wang), "{again:?}");
}

#[tokio::test]
async fn two_people_share_a_phone() {
    let town = Town::new().await;
    let wang = town.person("王小敏", WANG, Some(PHONE)).await.unwrap();
    let li = town.person("李敏", LI, Some(PHONE)).await.unwrap();
    assert_ne!(wang, li);
    let mut tx = town.world.db.read().await.unwrap();
    for subject in [wang, li] {
        assert_eq!(town.identity.subject(&mut tx, subject).await.unwrap().phone.as_deref(), Some(PHONE));
    }
}

#[tokio::test]
async fn an_enterprise_is_found_by_its_code() {
    let town = Town::new().await;
    let firm = town.firm().await;
    let mut tx = town.world.db.read().await.unwrap();
    assert_eq!(town.identity.find_by_key(&mut tx, DocumentKind::Uscc, "91520102ma6g0007x2").await.unwrap(), Some(firm));
    let subject = town.identity.subject(&mut tx, firm).await.unwrap();
    assert_eq!((subject.kind, subject.uscc(), subject.id_number()), (SubjectKind::Enterprise, Some(FIRM), None));
    assert_eq!(subject.legal_representative.as_deref(), Some("王小敏"));
    assert_eq!((subject.birth_date, subject.sex), (None, None));
}

#[tokio::test]
async fn people_without_a_citizen_number_are_registered_too() {
    let town = Town::new().await;
    let new = NewPerson {
        name: "Anna\u{00A0} Schmidt".to_owned(),
        document: DocumentKind::Passport,
        number: "c01x00t47".to_owned(),
        phone: None,
        address: None,
        birth_date: Some("1988-05-01".parse().unwrap()),
        sex: Some(Sex::Female),
        region: None,
        level: 1,
        verified_by: VerifiedBy::Nobody,
    };
    let anna = town.register(new).await.unwrap();
    let mut tx = town.world.db.read().await.unwrap();
    let subject = town.identity.subject(&mut tx, anna).await.unwrap();
    assert_eq!((subject.name.as_str(), subject.number.as_str()), ("Anna Schmidt", "C01X00T47"));
    assert_eq!(subject.age_on("2026-03-02".parse().unwrap()), Some(37));
    assert_eq!(subject.id_number(), None);
}

#[tokio::test]
async fn every_fault_of_the_input_is_told_at_once() {
    let town = Town::new().await;
    let new = NewPerson {
        name: "  ".to_owned(),
        document: DocumentKind::ResidentId,
        number: "520102199003071016".to_owned(),
        phone: Some("12345".to_owned()),
        address: Some("一\0二".to_owned()),
        birth_date: None,
        sex: None,
        region: Some("贵阳".to_owned()),
        level: 5,
        verified_by: VerifiedBy::Nobody,
    };
    let error = town.register(new).await.unwrap_err();
    let pointers: Vec<String> = error.faults().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/number", "/phone", "/name", "/address", "/region", "/level"]);
}

#[tokio::test]
async fn only_the_platform_and_the_counter_register() {
    let town = Town::new().await;
    let new = || NewPerson {
        name: "李敏".to_owned(),
        document: DocumentKind::ResidentId,
        number: LI.to_owned(),
        phone: None,
        address: None,
        birth_date: None,
        sex: None,
        region: None,
        level: 3,
        verified_by: VerifiedBy::Counter,
    };
    let by = |role: Option<Role>| {
        let actor = role.map_or(Actor::Stranger, |role| Actor::Staff {
            account: 9_000_000.into(),
            name: "赵一鸣".into(),
            department: "market-regulation".into(),
            region: None,
            roles: vec![role],
        });
        Act::new(actor, town.now())
    };
    for role in [None, Some(Role::Reviewer), Some(Role::SystemAdmin)] {
        let tried = town
            .identity
            .in_write(&by(role), new(), |me, act, tx, new| Box::pin(me.register_person(act, tx, new)))
            .await;
        assert!(matches!(tried, Err(IdentityError::NotAllowed)), "{tried:?}");
    }
    let clerk = by(Some(Role::Window));
    town.identity.in_write(&clerk, new(), |me, act, tx, new| Box::pin(me.register_person(act, tx, new))).await.unwrap();
    assert_eq!(town.trail(9_000_000.into()).await, ["identity.person_registered"]);
}

#[tokio::test]
async fn seeing_somebody_needs_a_reason_and_is_recorded() {
    let town = Town::new().await;
    let (wang, account) = town.citizen().await;
    let token = town.sign_in("citizen1", crate::world::PASSWORD).await.unwrap();
    let own = town.act(&token).await;
    let see = |act: Act| {
        let identity = town.identity.clone();
        async move { identity.in_write(&act, wang, |me, act, tx, wang| Box::pin(me.see_subject(act, tx, *wang))).await }
    };
    assert_eq!(see(own.clone()).await.unwrap().id_number(), Some(WANG));
    assert_eq!(town.trail(account).await, ["identity.sign_in"], "one's own data are nobody else's business");

    let clerk = town.staff("window1", &[Role::Window]).await.unwrap();
    let token = town.sign_in("window1", crate::world::PASSWORD).await.unwrap();
    let act = town.act(&token).await;
    assert!(matches!(see(act.clone()).await, Err(IdentityError::NotAllowed)), "no reason");
    assert!(matches!(see(Act { reason: Some(" ".into()), ..act.clone() }).await, Err(IdentityError::NotAllowed)));
    see(Act { reason: Some("核对申请人".into()), ..act }).await.unwrap();
    assert_eq!(town.trail(clerk).await, ["identity.sign_in", "identity.subject_seen"]);
    let looked = town.identity.who_looked(&own, 10).await.unwrap();
    assert_eq!(looked.len(), 1, "{looked:?}");
    assert_eq!((looked[0].department.as_str(), looked[0].reason.as_str()), ("market-regulation", "核对申请人"));
    let of_clerk = town.act(&token).await;
    assert!(matches!(town.identity.who_looked(&of_clerk, 10).await, Err(IdentityError::NotAllowed)));

    let stranger = Act { reason: Some("好奇".into()), ..Act::new(Actor::Stranger, town.now()) };
    assert!(matches!(see(stranger).await, Err(IdentityError::NotAllowed)));
}

#[tokio::test]
async fn a_username_is_taken_once_and_belongs_to_the_right_kind() {
    let town = Town::new().await;
    let (wang, account) = town.citizen().await;
    assert!(matches!(town.open(" CITIZEN1 ", Holder::Person(wang)).await, Err(IdentityError::UsernameTaken)));
    assert!(matches!(town.open("13800003210", Holder::Person(wang)).await, Err(IdentityError::Invalid(_))));
    assert!(matches!(town.open("citizen2", Holder::Person(1.into())).await, Err(IdentityError::NoSubject(_))));
    let firm = town.firm().await;
    assert!(matches!(town.open("citizen2", Holder::Person(firm)).await, Err(IdentityError::NoMandate)));
    let mut tx = town.world.db.read().await.unwrap();
    assert_eq!(town.identity.find_account(&mut tx, "Citizen1").await.unwrap(), Some(account));
    assert_eq!(town.identity.account(&mut tx, account).await.unwrap().subject, Some(wang));
    assert!(matches!(town.identity.account(&mut tx, 1.into()).await, Err(IdentityError::NoAccount(_))));
}
