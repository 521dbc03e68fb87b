use identity::{Holder, IdentityError, Mandate, MandateRole};
use kernel::{Actor, Failure, Kind, Role};

use crate::world::{PASSWORD, Town};

#[tokio::test]
async fn a_citizen_signs_in_and_out() {
    let town = Town::new().await;
    let (wang, account) = town.citizen().await;
    let new = town.identity.sign_in(" Citizen1", PASSWORD, Some("192.0.2.7"), Some("story/1")).await.unwrap();
    assert_eq!(new.account.account, account);
    assert_eq!(new.expires_at.as_millisecond() - town.now().as_millisecond(), 8 * 3_600_000);
    let act = town.act(&new.token).await;
    assert_eq!(act.actor, Actor::Person { account, subject: wang, name: "王小敏".into() });
    assert_eq!(act.address.as_deref(), Some("192.0.2.7"));
    town.identity.sign_out(&act, &new.token).await.unwrap();
    assert_eq!(town.who(&new.token).await, None);
    town.identity.sign_out(&act, &new.token).await.unwrap();
    assert_eq!(town.trail(account).await, ["identity.sign_in", "identity.sign_out"]);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let town = Town::new().await;
    let (_, account) = town.citizen().await;
    let told = |error: IdentityError| (error.kind(), error.code(), error.advice(), error.faults(), error.to_string());
    let wrong = told(town.sign_in("citizen1", "Wrong9-shan.Lv").await.unwrap_err());
    let unknown = told(town.sign_in("citizen9", "Wrong9-shan.Lv").await.unwrap_err());
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.0, Kind::Unauthenticated);
    let strange = told(town.sign_in("王小敏\u{0}", &"x".repeat(100_000)).await.unwrap_err());
    assert_eq!(strange, unknown);
    town.identity
        .in_write(&town.system(), account, |me, act, tx, account| Box::pin(me.close_account(act, tx, *account)))
        .await
        .unwrap();
    let closed = told(town.sign_in("citizen1", PASSWORD).await.unwrap_err());
    assert_eq!(closed, unknown);
}

#[tokio::test]
async fn five_failures_lock_the_name_for_fifteen_minutes() {
    let town = Town::new().await;
    town.citizen().await;
    // Each from another address, so that only the name is counted.
    for n in 1..=5 {
        let error = town.sign_in_from("citizen1", "Wrong9-shan.Lv", &format!("192.0.2.{n}")).await.unwrap_err();
        assert!(matches!(error, IdentityError::WrongCredentials), "{error:?}");
    }
    let error = town.sign_in_from("citizen1", PASSWORD, "192.0.2.99").await.unwrap_err();
    assert!(matches!(error, IdentityError::Locked { minutes: 15 }), "{error:?}");
    assert_eq!(error.kind(), Kind::TooMany);
    assert!(error.advice().contains("15 分钟"));
    town.wait_ms(15 * 60_000 - 1);
    assert!(matches!(town.sign_in("citizen1", PASSWORD).await, Err(IdentityError::Locked { minutes: 1 })));
    town.wait_ms(1);
    town.sign_in("citizen1", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_unknown_name_locks_like_a_known_one() {
    let town = Town::new().await;
    for n in 1..=5 {
        assert!(matches!(
            town.sign_in_from("nobody1", "x", &format!("192.0.2.{n}")).await,
            Err(IdentityError::WrongCredentials)
        ));
    }
    assert!(matches!(town.sign_in_from("nobody1", "x", "192.0.2.9").await, Err(IdentityError::Locked { .. })));
}

#[tokio::test]
async fn five_failures_lock_the_address_for_all_names() {
    let town = Town::new().await;
    town.citizen().await;
    for n in 1..=5 {
        assert!(matches!(town.sign_in(&format!("guess{n}"), "x").await, Err(IdentityError::WrongCredentials)));
    }
    assert!(matches!(town.sign_in("citizen1", PASSWORD).await, Err(IdentityError::Locked { .. })));
    town.sign_in_from("citizen1", PASSWORD, "192.0.2.8").await.unwrap();
    town.wait_minutes(15);
    town.sign_in("citizen1", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_machine_itself_is_never_locked_out_as_an_address() {
    let town = Town::new().await;
    town.citizen().await;
    for n in 1..=6 {
        assert!(matches!(
            town.sign_in_from(&format!("guess{n}"), "x", "127.0.0.1").await,
            Err(IdentityError::WrongCredentials)
        ));
    }
    town.sign_in_from("citizen1", PASSWORD, "127.0.0.1").await.unwrap();
}

#[tokio::test]
async fn success_forgives_the_failures_before() {
    let town = Town::new().await;
    town.citizen().await;
    for round in 0..3 {
        for n in 1..=4 {
            let address = format!("198.51.100.{}", round * 10 + n);
            assert!(matches!(town.sign_in_from("citizen1", "x", &address).await, Err(IdentityError::WrongCredentials)));
        }
        town.sign_in_from("citizen1", PASSWORD, "192.0.2.200").await.unwrap();
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_are_all_counted() {
    let town = Town::new().await;
    town.citizen().await;
    let tries = (0..12).map(|n| {
        let identity = town.identity.clone();
        tokio::spawn(async move {
            identity.sign_in("citizen1", "Wrong9-shan.Lv", Some(&format!("192.0.2.{n}")), None).await.map(|_| ())
        })
    });
    let mut wrong = 0;
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Err(IdentityError::WrongCredentials) => wrong += 1,
            Err(IdentityError::Locked { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wrong, 5);
    assert!(matches!(town.sign_in_from("citizen1", PASSWORD, "192.0.2.99").await, Err(IdentityError::Locked { .. })));
}

#[tokio::test]
async fn every_try_stands_in_the_trail() {
    let town = Town::new().await;
    town.citizen().await;
    for n in 1..=5 {
        town.sign_in_from("citizen1", "x", &format!("192.0.2.{n}")).await.unwrap_err();
    }
    town.sign_in_from("citizen1", PASSWORD, "192.0.2.6").await.unwrap_err();
    town.sign_in("13800003210", "x").await.unwrap_err();
    let records = crate::secrets::all_rows(&town, &crate::secrets::AUDIT).await;
    let count = |act: &str| records.iter().filter(|row| row.contains(act)).count();
    assert_eq!(count("identity.sign_in_failed"), 6);
    assert_eq!(count("identity.locked"), 1);
    assert_eq!(count("identity.sign_in_refused"), 1);
    assert!(records.iter().all(|row| !row.contains("13800003210")), "what was typed as a name is not written down");
    assert!(audit::verify(&town.world.db).await.unwrap().is_whole());
}

#[tokio::test]
async fn an_enterprise_signs_in_with_and_without_a_person() {
    let town = Town::new().await;
    let firm = town.firm().await;
    let account = town.open("enterprise1", Holder::Enterprise { enterprise: firm, person: None }).await.unwrap();
    let token = town.sign_in("enterprise1", PASSWORD).await.unwrap();
    let name = "贵阳青山茶业有限公司".to_owned();
    assert_eq!(town.who(&token).await, Some(Actor::Agent { account, subject: firm, person: None, name: name.clone() }));
    assert!(town.act(&token).await.is(Role::Enterprise));

    let (wang, _) = town.citizen().await;
    let holder = Holder::Enterprise { enterprise: firm, person: Some(wang) };
    assert!(matches!(town.open("enterprise2", holder).await, Err(IdentityError::NoMandate)), "without a mandate");
    let mandate = Mandate {
        enterprise: firm,
        person: wang,
        role: MandateRole::HandlingAgent,
        since: "2026-03-02".parse().unwrap(),
        until: Some("2026-03-03".parse().unwrap()),
    };
    town.identity
        .in_write(&town.system(), mandate, |me, act, tx, m| Box::pin(me.add_mandate(act, tx, m)))
        .await
        .unwrap();
    let account = town.open("enterprise2", holder).await.unwrap();
    let token = town.sign_in("enterprise2", PASSWORD).await.unwrap();
    assert_eq!(town.who(&token).await, Some(Actor::Agent { account, subject: firm, person: Some(wang), name }));

    // The mandate's last day is 3 March; at midnight the session that rests on it is over.
    town.wait_minutes(24 * 60);
    let token = town.sign_in("enterprise2", PASSWORD).await.unwrap();
    assert!(town.who(&token).await.is_some());
    town.wait_minutes(14 * 60 + 59);
    let token = town.sign_in("enterprise2", PASSWORD).await.unwrap();
    town.wait_minutes(1);
    assert_eq!(town.who(&token).await, None);
    assert!(matches!(town.sign_in("enterprise2", PASSWORD).await, Err(IdentityError::NoMandate)));
}
