//! The demonstration city is founded, once.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use certificates::Certificates;
use demo::city::{Parts, found, people};
use identity::{DocumentKind, Identity};
use kernel::city_date;
use testkit::World;
use vocab::Vocabulary;

async fn parts(world: &World) -> Parts {
    let identity = Identity::new(world.db.clone(), world.clock.clone(), world.keys.clone());
    let vocabulary = Vocabulary::guiyang();
    let certificates = Certificates::new(world.db.clone(), world.clock.clone(), world.keys.clone(), vocabulary.clone());
    Parts { db: world.db.clone(), clock: world.clock.clone(), identity, certificates, vocabulary }
}

async fn world() -> World {
    World::new(&[audit::SCHEMA, identity::SCHEMA, certificates::SCHEMA]).await
}

#[tokio::test]
async fn a_second_start_changes_nothing() {
    let world = world().await;
    let parts = parts(&world).await;
    let first = found(&parts, "Demo-2026!").await.unwrap();
    let everybody = first.citizens.len() + first.enterprises.len() + first.staff.len();
    assert_eq!(first.opened, everybody);
    let counted = |table: &'static str| {
        let db = world.db.clone();
        async move { count(&db, table).await }
    };
    let before = (counted("identity_account").await, counted("certificate_record").await);
    assert_eq!(before.0, i64::try_from(everybody).unwrap());
    world.travel_to("2026-09-01 09:00");
    let second = found(&parts, "another password").await.unwrap();
    assert_eq!(second.opened, 0);
    assert_eq!((counted("identity_account").await, counted("certificate_record").await), before);
}

async fn count(db: &db::Db, table: &str) -> i64 {
    db::statements! {
        /// For this test.
        ACCOUNTS = "SELECT count(*) AS n FROM identity_account";
        /// For this test.
        CERTIFICATES = "SELECT count(*) AS n FROM certificate_record";
    }
    let _all = STATEMENTS;
    let sql = if table == "identity_account" { ACCOUNTS } else { CERTIFICATES };
    let mut tx = db.read().await.unwrap();
    tx.row(sql, db::args![]).await.unwrap().unwrap().get("n").unwrap()
}

#[tokio::test]
async fn everybody_signs_in_with_the_one_password_and_holds_the_planned_papers() {
    let world = world().await;
    let parts = parts(&world).await;
    found(&parts, "Demo-2026!").await.unwrap();
    let stranger = kernel::Act::new(kernel::Actor::Stranger, world.clock.now());
    for login in ["citizen1", "citizen3", "enterprise1", "enterprise8", "window1", "approver41", "auditor1"] {
        let session = parts.identity.sign_in_on(&stranger, login, "Demo-2026!", None).await;
        assert!(session.is_ok(), "{login}: {session:?}");
    }
    assert!(parts.identity.sign_in_on(&stranger, "citizen2", "wrong", None).await.is_err());
    let today = city_date(world.clock.now());
    let mut tx = world.db.read().await.unwrap();
    for (place, citizen) in people::citizens().iter().enumerate() {
        let number = citizen.id_number.as_str();
        let subject = parts.identity.find_by_key(&mut tx, DocumentKind::ResidentId, number).await.unwrap().unwrap();
        let held = parts.certificates.held(&mut tx, subject, today).await.unwrap();
        assert_eq!(held.len(), demo::city::papers::of_citizen(place, today).len(), "{}", citizen.username);
        assert!(held.iter().all(|c| c.valid_on(today)), "{}: {held:?}", citizen.username);
    }
    for (place, enterprise) in people::enterprises().iter().enumerate() {
        let code = enterprise.uscc.as_str();
        let subject = parts.identity.find_by_key(&mut tx, DocumentKind::Uscc, code).await.unwrap().unwrap();
        let held = parts.certificates.held(&mut tx, subject, today).await.unwrap();
        assert_eq!(held.len(), demo::city::papers::of_enterprise(place, today).len(), "{}", enterprise.username);
        assert!(held.iter().all(|c| c.valid_on(today)), "{}: {held:?}", enterprise.username);
    }
}
