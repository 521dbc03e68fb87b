//! The founding of the city.

use demo::city::{self, found, people};
use identity::DocumentKind;
use kernel::{Act, Actor, Role, city_date};

use crate::town::{PASSWORD, Town};

async fn counts(town: &Town) -> (usize, usize, usize) {
    let mut tx = town.world.db.read().await.unwrap();
    let staff = town.parts.identity.staff(&mut tx, None, None, 10_000).await.unwrap().len();
    let (mut subjects, mut certificates) = (0, 0);
    for (kind, number) in numbers() {
        let Some(subject) = town.parts.identity.find_by_key(&mut tx, kind, &number).await.unwrap() else { continue };
        subjects += 1;
        certificates += town.parts.certificates.all(&mut tx, subject, None, 1_000).await.unwrap().len();
    }
    (staff, subjects, certificates)
}

fn numbers() -> Vec<(DocumentKind, String)> {
    let citizens = people::citizens().into_iter().map(|c| (DocumentKind::ResidentId, c.id_number.as_str().to_owned()));
    let enterprises = people::enterprises().into_iter().map(|e| (DocumentKind::Uscc, e.uscc.as_str().to_owned()));
    citizens.chain(enterprises).collect()
}

#[tokio::test]
async fn a_second_start_changes_nothing() {
    let town = Town::empty().await;
    let first = found(&town.parts, PASSWORD).await.unwrap();
    assert_eq!(first.opened, first.citizens.len() + first.enterprises.len() + first.staff.len());
    let before = counts(&town).await;
    assert_eq!((before.0, before.1), (first.staff.len(), 20));
    town.world.travel_to("2026-09-01 09:00");
    let second = found(&town.parts, PASSWORD).await.unwrap();
    assert_eq!((second.opened, second.password_changed), (0, false));
    assert_eq!(counts(&town).await, before);
}

#[tokio::test]
async fn the_password_given_at_the_last_start_is_the_one_that_lets_in() {
    let town = Town::empty().await;
    let identity = &town.parts.identity;
    found(&town.parts, PASSWORD).await.unwrap();
    let held = identity.sign_in("citizen1", PASSWORD, None, None).await.unwrap();
    let before = counts(&town).await;
    let again = found(&town.parts, "Another-2026").await.unwrap();
    assert_eq!((again.opened, again.password_changed), (0, true));
    assert_eq!(counts(&town).await, before);
    for login in ["citizen1", "citizen12", "enterprise8", "window1", "approver41", "sysadmin1", "auditor1"] {
        assert!(identity.sign_in(login, PASSWORD, None, None).await.is_err(), "{login}: the old one is void");
        identity.sign_in(login, "Another-2026", None, None).await.unwrap_or_else(|e| panic!("{login}: {e}"));
    }
    let now = town.world.clock.now();
    assert!(identity.act_of(&held.token, now, None).await.unwrap().is_none(), "who was signed in no longer is");
}

#[tokio::test]
async fn a_start_that_was_broken_off_is_completed() {
    let town = Town::empty().await;
    found(&town.parts, PASSWORD).await.unwrap();
    let before = counts(&town).await;
    // Somebody made the same city by hand as far as one citizen: the rest is added around what is there.
    let half = Town::empty().await;
    let new = identity::NewPerson {
        name: people::citizens()[0].name.to_owned(),
        document: DocumentKind::ResidentId,
        number: people::citizens()[0].id_number.as_str().to_owned(),
        phone: None,
        address: None,
        birth_date: None,
        sex: None,
        region: None,
        level: 0,
        verified_by: identity::VerifiedBy::Nobody,
    };
    let act = Act::system(half.world.clock.now());
    let registered = half
        .parts
        .identity
        .in_write(&act, new, |identity, act, tx, new| Box::pin(identity.register_person(act, tx, new)))
        .await;
    registered.unwrap();
    found(&half.parts, PASSWORD).await.unwrap();
    assert_eq!(counts(&half).await, before);
}

#[tokio::test]
async fn everybody_signs_in_with_the_one_password_and_holds_the_planned_papers() {
    let town = Town::empty().await;
    found(&town.parts, PASSWORD).await.unwrap();
    let identity = &town.parts.identity;
    let stranger = Act::new(Actor::Stranger, town.world.clock.now());
    for login in ["citizen1", "citizen3", "enterprise1", "enterprise8", "window1", "approver41", "auditor1"] {
        let session = identity.sign_in_on(&stranger, login, PASSWORD, None).await;
        assert!(session.is_ok(), "{login}: {session:?}");
    }
    assert!(identity.sign_in_on(&stranger, "citizen2", "wrong", None).await.is_err());
    let today = city_date(town.world.clock.now());
    let plans = (0..12).map(|place| city::papers::of_citizen(place, today));
    let plans = plans.chain((0..8).map(|place| city::papers::of_enterprise(place, today)));
    let mut tx = town.world.db.read().await.unwrap();
    for ((kind, number), plan) in numbers().into_iter().zip(plans) {
        let subject = identity.find_by_key(&mut tx, kind, &number).await.unwrap().unwrap();
        let held = town.parts.certificates.held(&mut tx, subject, today).await.unwrap();
        assert_eq!(held.len(), plan.len(), "{number}");
        assert!(held.iter().all(|c| c.valid_on(today)), "{number}: {held:?}");
    }
}

#[tokio::test]
async fn each_department_has_one_of_each_kind_of_staff() {
    let town = Town::empty().await;
    found(&town.parts, PASSWORD).await.unwrap();
    let mut tx = town.world.db.read().await.unwrap();
    for department in town.parts.vocabulary.departments() {
        let staff = town.parts.identity.staff(&mut tx, Some(&department.key), None, 100).await.unwrap();
        for role in [Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk] {
            let count = staff.iter().filter(|s| s.roles == [role]).count();
            assert_eq!(count, 1, "{role} of {}", department.key);
        }
    }
}
