use identity::{IdentityError, SessionId, SessionKind};
use kernel::{Failure, Role};

use crate::world::{PASSWORD, Town};

#[tokio::test]
async fn a_citizens_session_ends_after_half_an_hour_of_rest() {
    let town = Town::new().await;
    town.citizen().await;
    let token = town.sign_in("citizen1", PASSWORD).await.unwrap();
    for _ in 0..4 {
        town.wait_minutes(29);
        assert!(town.who(&token).await.is_some(), "each use keeps it alive");
    }
    town.wait_minutes(30);
    assert_eq!(town.who(&token).await, None);
}

#[tokio::test]
async fn a_staff_session_ends_after_a_quarter_of_an_hour_of_rest() {
    let town = Town::new().await;
    town.staff("window1", &[Role::Window]).await.unwrap();
    let token = town.sign_in("window1", PASSWORD).await.unwrap();
    town.wait_minutes(14);
    assert!(town.who(&token).await.is_some());
    town.wait_minutes(15);
    assert_eq!(town.who(&token).await, None);
}

#[tokio::test]
async fn a_busy_session_ends_after_eight_hours() {
    let town = Town::new().await;
    town.citizen().await;
    let token = town.sign_in("citizen1", PASSWORD).await.unwrap();
    for _ in 0..47 {
        town.wait_minutes(10);
        assert!(town.who(&token).await.is_some());
    }
    town.wait_ms(10 * 60_000 - 1);
    assert!(town.who(&token).await.is_some());
    town.wait_ms(1);
    assert_eq!(town.who(&token).await, None);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let town = Town::new().await;
    let (_, account) = town.citizen().await;
    let li = town.person("李敏", crate::world::LI, None).await.unwrap();
    town.open("citizen2", identity::Holder::Person(li)).await.unwrap();
    let (first, second) =
        (town.sign_in("citizen1", PASSWORD).await.unwrap(), town.sign_in("citizen1", PASSWORD).await.unwrap());
    let other = town.sign_in("citizen2", PASSWORD).await.unwrap();
    let list = town.identity.sessions(account, SessionKind::Session, None, 10).await.unwrap();
    assert_eq!(list.len(), 2);
    assert!(list[0].session > list[1].session, "the newest first");
    assert_eq!(list[0].address.as_deref(), Some("192.0.2.7"));
    assert_eq!(list[0].agent.as_deref(), Some("story/1"));
    let older: SessionId = list[1].session;
    let foreign = town.identity.end_session(&town.act(&other).await, older).await.unwrap_err();
    assert!(matches!(foreign, IdentityError::NoSession), "{foreign:?}");
    assert!(town.who(&first).await.is_some());
    town.identity.end_session(&town.act(&second).await, older).await.unwrap();
    assert_eq!(town.who(&first).await, None);
    assert!(town.who(&second).await.is_some());
    assert_eq!(town.identity.sessions(account, SessionKind::Session, None, 10).await.unwrap().len(), 1);
    let again = town.identity.end_session(&town.act(&second).await, older).await;
    assert!(matches!(again, Err(IdentityError::NoSession)), "{again:?}");
    town.wait_minutes(30);
    assert!(
        town.identity.sessions(account, SessionKind::Session, None, 10).await.unwrap().is_empty(),
        "at rest for too long"
    );
}

#[tokio::test]
async fn a_program_gets_a_token_that_rests_as_it_likes() {
    let town = Town::new().await;
    let (_, account) = town.citizen().await;
    let session = town.sign_in("citizen1", PASSWORD).await.unwrap();
    let act = town.act(&session).await;
    let token = town.identity.make_token(&act, &session, Some(" 家里的程序 "), Some("story/1")).await.unwrap();
    let list = town.identity.sessions(account, SessionKind::Api, None, 10).await.unwrap();
    assert_eq!((list.len(), list[0].label.as_deref(), list[0].idle_ms), (1, Some("家里的程序"), None));
    let from_token = town.identity.make_token(&act, &token.token, None, None).await;
    assert!(matches!(from_token, Err(IdentityError::NotAllowed)), "tokens do not renew each other");
    let long = "长".repeat(61);
    assert!(matches!(
        town.identity.make_token(&act, &session, Some(&long), None).await,
        Err(IdentityError::Invalid(_))
    ));
    town.wait_ms(8 * 3_600_000 - 1);
    assert_eq!(town.who(&session).await, None);
    assert!(town.who(&token.token).await.is_some());
    town.wait_ms(1);
    assert_eq!(town.who(&token.token).await, None);
    assert!(town.trail(account).await.contains(&"identity.token_made".to_owned()));
}

#[tokio::test]
async fn a_rotated_session_has_a_new_token_and_its_old_end() {
    let town = Town::new().await;
    town.citizen().await;
    let old = town.identity.sign_in("citizen1", PASSWORD, None, None).await.unwrap();
    town.wait_minutes(20);
    let new = town.identity.rotate_session(&old.token, town.now()).await.unwrap();
    assert_ne!(new.token, old.token);
    assert_ne!(new.session, old.session);
    assert_eq!(new.expires_at, old.expires_at);
    assert_eq!(town.who(&old.token).await, None);
    assert!(town.who(&new.token).await.is_some());
    assert!(matches!(town.identity.rotate_session(&old.token, town.now()).await, Err(IdentityError::NoSession)));
}

#[tokio::test]
async fn what_is_no_token_is_nobody() {
    let town = Town::new().await;
    town.citizen().await;
    for token in ["", "x", &gm::token()] {
        assert_eq!(town.who(token).await, None);
    }
}

#[tokio::test]
async fn a_closed_login_loses_its_sessions() {
    let town = Town::new().await;
    let (_, account) = town.citizen().await;
    let token = town.sign_in("citizen1", PASSWORD).await.unwrap();
    let system = town.system();
    let close = || {
        town.identity.in_write(&system, account, |me, act, tx, account| Box::pin(me.close_account(act, tx, *account)))
    };
    close().await.unwrap();
    assert_eq!(town.who(&token).await, None);
    assert!(matches!(close().await, Err(IdentityError::NoAccount(_))), "closed once");
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let town = Town::new().await;
    let (_, account) = town.citizen().await;
    let (here, there) =
        (town.sign_in("citizen1", PASSWORD).await.unwrap(), town.sign_in("citizen1", PASSWORD).await.unwrap());
    let act = town.act(&here).await;
    let program = town.identity.make_token(&act, &here, None, None).await.unwrap().token;
    let weak = town.identity.change_password(&act, &here, PASSWORD, "13800003210").await.unwrap_err();
    let codes: Vec<String> = weak.faults().into_iter().map(|fault| fault.code).collect();
    assert!(codes.contains(&"personal".to_owned()) && codes.contains(&"classes".to_owned()), "{codes:?}");
    let wrong = town.identity.change_password(&act, &here, "Wrong9-shan.Lv", "Lv9-water.Hong").await;
    assert!(matches!(wrong, Err(IdentityError::WrongCredentials)), "{wrong:?}");
    let new = town.identity.change_password(&act, &here, PASSWORD, "Lv9-water.Hong").await.unwrap();
    for token in [&here, &there, &program] {
        assert_eq!(town.who(token).await, None);
    }
    assert!(town.who(&new.token).await.is_some());
    assert!(matches!(town.sign_in("citizen1", PASSWORD).await, Err(IdentityError::WrongCredentials)));
    town.sign_in("citizen1", "Lv9-water.Hong").await.unwrap();
    assert!(town.trail(account).await.contains(&"identity.password_changed".to_owned()));
}

#[tokio::test]
async fn guessing_the_present_password_locks_too() {
    let town = Town::new().await;
    town.citizen().await;
    let token = town.sign_in_from("citizen1", PASSWORD, "127.0.0.1").await.unwrap();
    let mut act = town.act(&token).await;
    act.address = None;
    for _ in 0..5 {
        let wrong = town.identity.change_password(&act, &token, "Wrong9-shan.Lv", "Lv9-water.Hong").await;
        assert!(matches!(wrong, Err(IdentityError::WrongCredentials)), "{wrong:?}");
    }
    let locked = town.identity.change_password(&act, &token, PASSWORD, "Lv9-water.Hong").await;
    assert!(matches!(locked, Err(IdentityError::Locked { .. })), "{locked:?}");
}

#[tokio::test]
async fn the_night_forgets_what_has_ended() {
    let town = Town::new().await;
    town.citizen().await;
    let old = town.sign_in("citizen1", PASSWORD).await.unwrap();
    town.sign_in("citizen9", "x").await.unwrap_err();
    assert_eq!(town.identity.sweep().await.unwrap(), 0);
    town.wait_minutes(25 * 60);
    let new = town.sign_in("citizen1", PASSWORD).await.unwrap();
    assert_eq!(town.identity.sweep().await.unwrap(), 2, "the old session and the failures of the name");
    assert_eq!(town.who(&old).await, None);
    assert!(town.who(&new).await.is_some());
}
