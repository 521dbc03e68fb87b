//! From the application to the end of a seal.

use kernel::{Failure as _, Kind, Role};
use seals::{DemoKeys, PutOn, SealError, SealKeys as _, SealState, SealStep};

use super::city::{City, over};

#[tokio::test]
async fn a_seal_is_asked_for_approved_by_a_second_person_made_and_put_to_use() {
    let city = City::new().await;
    let asked = city.apply(&city.keeper(), city.new_seal()).await.unwrap();
    assert_eq!((asked.decided, asked.number.as_str(), asked.fingerprint()), (SealState::Applied, "", None));
    let early = city.step(&city.security(), asked.id, SealStep::Make).await.unwrap_err();
    assert!(matches!(early, SealError::NotOpen(SealState::Applied, SealStep::Make)), "{early}");
    city.step(&city.approver(), asked.id, SealStep::Approve).await.unwrap();
    let made = city.step(&city.security(), asked.id, SealStep::Make).await.unwrap();
    assert_eq!((made.decided, made.number.as_str()), (SealState::Made, "52010000000001"));
    let active = city.step(&city.keeper(), asked.id, SealStep::Activate).await.unwrap();
    let now = city.world.clock.now();
    assert!(active.may_be_put_on(PutOn::Decision, now) && !active.may_be_put_on(PutOn::Certificate, now));

    let kept = city.find(asked.id).await;
    let structure = ofd::seal::Seal::from_der(&kept.structure).unwrap();
    assert_eq!(structure.info.name, "贵阳市卫生健康局行政审批专用章（演示专用）");
    assert_eq!(structure.info.id, kept.number);
    assert_eq!(ofd::seal::Permitted::Certificates(vec![kept.signer.clone()]), structure.info.permitted);
    assert_eq!(ofd::check_seal(&structure, &city.keys.trust().unwrap(), now), []);

    let mut tx = city.world.db.read().await.unwrap();
    let history = city.seals.history(&mut tx, asked.id).await.unwrap();
    let steps: Vec<&str> = history.iter().map(|event| event.step.as_str()).collect();
    assert_eq!(steps, ["apply", "approve", "make", "activate"]);
    assert_eq!(history[1].actor, "审批人员2");
    let register = city.seals.register(&mut tx, None, 10, now).await.unwrap();
    assert_eq!(register.iter().map(|seal| seal.id).collect::<Vec<_>>(), [asked.id]);
}

#[tokio::test]
async fn nobody_approves_what_he_asked_for_nor_works_on_another_bodys_seal() {
    let city = City::new().await;
    let both = |account| {
        let mut act = city.staff(account, "health", Role::Approver);
        let kernel::Actor::Staff { roles, .. } = &mut act.actor else { unreachable!("staff") };
        roles.push(Role::CertificateClerk);
        act
    };
    let asked = city.apply(&both(7), city.new_seal()).await.unwrap();
    let own = city.step(&both(7), asked.id, SealStep::Approve).await.unwrap_err();
    assert!(matches!(own, SealError::SecondPerson), "{own}");
    assert!(own.advice().contains("另一位"), "{}", own.advice());
    for (act, step) in [
        (city.staff(8, "education", Role::Approver), SealStep::Approve),
        (city.keeper(), SealStep::Approve),
        (city.staff(9, "health", Role::Window), SealStep::Revoke),
        (city.approver(), SealStep::Make),
    ] {
        let refused = city.step(&act, asked.id, step).await.unwrap_err();
        assert!(matches!(refused, SealError::NotAllowed(_)), "{step}: {refused}");
        assert_eq!(refused.kind(), Kind::Forbidden);
    }
    let stranger = city.apply(&city.staff(8, "education", Role::CertificateClerk), city.new_seal()).await.unwrap_err();
    assert!(matches!(stranger, SealError::NotAllowed(SealStep::Apply)), "{stranger}");
    let silent = city.seals.carry_out(&city.approver(), asked.id, SealStep::Approve, "  ").await.unwrap_err();
    assert_eq!((silent.code(), silent.faults()[0].pointer.as_str()), ("seals.reason-needed", "/reason"));
    let refused = city.step(&city.approver(), asked.id, SealStep::Refuse).await.unwrap();
    assert_eq!(refused.decided, SealState::Refused);
    let unknown = city.step(&city.approver(), 404.into(), SealStep::Approve).await.unwrap_err();
    assert_eq!((unknown.kind(), unknown.code()), (Kind::NotFound, "seals.not-found"));
}

#[tokio::test]
async fn a_suspended_seal_rests_and_a_renewed_one_ends_when_its_follower_is_put_to_use() {
    let city = City::new().await;
    let first = city.active().await;
    city.step(&city.keeper(), first.id, SealStep::Suspend).await.unwrap();
    let what = PutOn::Decision;
    let none = city.seals.seal_for("education", PutOn::Decision).await.unwrap();
    assert_eq!(none.department, "education", "a demonstration founds what is missing");
    let own = {
        let mut tx = city.world.db.read().await.unwrap();
        city.seals.for_use(&mut tx, "health", what, city.world.clock.now()).await.unwrap_err()
    };
    assert_eq!((own.code(), own.kind()), ("seals.no-seal", Kind::Conflict));
    city.step(&city.approver(), first.id, SealStep::Restore).await.unwrap();

    city.world.travel_to("2029-03-02 09:00");
    let next = city.step(&city.keeper(), first.id, SealStep::Renew).await.unwrap();
    assert_eq!(
        (next.renews, next.decided, next.name.as_str()),
        (Some(first.id), SealState::Applied, "贵阳市卫生健康局")
    );
    city.step(&city.approver(), next.id, SealStep::Approve).await.unwrap();
    let next = city.step(&city.security(), next.id, SealStep::Make).await.unwrap();
    assert_eq!(city.find(first.id).await.decided, SealState::Active, "until the other is put to use");
    city.step(&city.keeper(), next.id, SealStep::Activate).await.unwrap();
    assert_eq!(city.find(first.id).await.decided, SealState::Renewed);
    let kept = city.find(next.id).await;
    assert_ne!((&kept.number, &kept.signer), (&first.number, &city.find(first.id).await.signer));

    city.step(&city.security(), next.id, SealStep::Revoke).await.unwrap();
    let again = city.step(&city.security(), next.id, SealStep::Revoke).await.unwrap_err();
    assert!(matches!(again, SealError::NotOpen(SealState::Revoked, SealStep::Revoke)), "{again}");
}

#[tokio::test]
async fn a_seal_ends_with_its_time() {
    let city = City::new().await;
    let seal = city.active().await;
    city.world.travel_to("2031-03-05 09:00");
    let now = city.world.clock.now();
    assert_eq!(city.find(seal.id).await.state_at(now), SealState::Expired);
    let mut tx = city.world.db.read().await.unwrap();
    assert_eq!(city.seals.register(&mut tx, None, 10, now).await.unwrap(), []);
}

#[tokio::test]
async fn words_that_cannot_be_drawn_leave_the_seal_approved() {
    let city = City::new().await;
    let mut new = city.new_seal();
    new.name = "贵阳\u{1F600}局".into();
    let asked = city.apply(&city.keeper(), new).await.unwrap();
    city.step(&city.approver(), asked.id, SealStep::Approve).await.unwrap();
    let refused = city.step(&city.security(), asked.id, SealStep::Make).await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("seals.picture", Kind::Invalid));
    assert_eq!(city.find(asked.id).await.decided, SealState::Approved);
    let mut wrong = city.new_seal();
    (wrong.name, wrong.reason) = (String::new(), String::new());
    let faults = city.apply(&city.keeper(), wrong).await.unwrap_err().faults();
    assert_eq!(faults.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/name", "/reason"]);
    let mut nowhere = city.new_seal();
    nowhere.department = "nowhere".into();
    let refused = city.apply(&city.keeper(), nowhere).await.unwrap_err();
    assert_eq!(refused.code(), "seals.unknown-department");
}

#[tokio::test]
async fn without_keys_no_seal_is_made_and_nobody_is_trusted() {
    let city = City::new().await;
    let bare = over(&city.world, None);
    let asked = city.apply(&city.keeper(), city.new_seal()).await.unwrap();
    city.step(&city.approver(), asked.id, SealStep::Approve).await.unwrap();
    let refused = bare.carry_out(&city.security(), asked.id, SealStep::Make, "制作").await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("seals.no-keys", Kind::Conflict));
    assert!(refused.advice().contains("尚未接入"), "{}", refused.advice());
    let missing = bare.seal_for("health", PutOn::Decision).await.unwrap_err();
    assert_eq!(missing.code(), "seals.no-seal", "nothing is founded where nothing is a demonstration");
    assert_eq!(bare.trusted_pem().await.unwrap_err().code(), "seals.no-keys");
}

#[tokio::test]
async fn keys_outlive_the_process_and_need_the_platforms_own() {
    let city = City::new().await;
    let seal = city.find(city.active().await.id).await;
    let folder = city.folder.path().join("seals");
    let again = DemoKeys::new(folder.clone(), city.world.keys.clone(), city.world.clock.clone());
    assert_eq!(again.signer(&seal.number).unwrap().certificate().to_der(), seal.signer);
    assert_eq!(again.to_pem().unwrap(), city.keys.to_pem().unwrap());
    assert!(again.signer("52010099999999").is_err());
    let others = gm::Keys::for_tests();
    assert!(DemoKeys::new(folder, others, city.world.clock.clone()).trust().is_err(), "the password stays closed");
    // A seal that another process has made since is found too.
    let one = city.apply(&city.keeper(), city.new_seal()).await.unwrap();
    city.step(&city.approver(), one.id, SealStep::Approve).await.unwrap();
    let made = city.step(&city.security(), one.id, SealStep::Make).await.unwrap();
    again.signer(&made.number).unwrap();
}

#[tokio::test]
async fn the_tables_stay_distributable_and_the_statements_are_understood() {
    let city = City::new().await;
    let schemas = [audit::SCHEMA, settings::SCHEMA, seals::SCHEMA];
    assert_eq!(db::check_homes(&city.world.db, &schemas).await.unwrap(), Vec::<String>::new());
    assert_eq!(db::prepare_all(&city.world.db, &[seals::SCHEMA]).await.unwrap(), Vec::<String>::new());
}
