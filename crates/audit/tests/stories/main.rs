//! Stories of the audit trail, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use audit::{Broken, Damage, Entry, SCHEMA, record, records_of, verify};
use db::{Db, DbError, args};
use kernel::{AccountId, Act, Actor, Role, SubjectId, Timestamp};
use serde_json::json;
use testkit::World;

db::statements! {
    CHANGE = "UPDATE audit_record SET object = 'account:forged' WHERE chain = $1 AND seq = $2";
    DELETE = "DELETE FROM audit_record WHERE chain = $1 AND seq = $2";
    MOVE = "UPDATE audit_record SET seq = $3 WHERE chain = $1 AND seq = $2";
    COPY = "INSERT INTO audit_record (chain, seq, at, actor, act, object, reason, address, request, detail, prev, hash)
        SELECT chain, CAST($3 AS BIGINT), at, actor, act, object, reason, address, request, detail, prev, hash
        FROM audit_record WHERE chain = $1 AND seq = $2";
    FORGET_HEAD = "DELETE FROM audit_head WHERE chain = $1";
    CUT_HEAD = "UPDATE audit_head SET seq = $2, hash = (SELECT r.hash FROM audit_record r WHERE r.chain = $1 AND r.seq = $2)
        WHERE chain = $1";
    COUNT = "SELECT count(*) AS n FROM audit_record";
}

fn clerk(number: i64, at: Timestamp) -> Act {
    let actor = Actor::Staff {
        account: AccountId::from(number),
        name: "王敏".into(),
        department: "market-regulation".into(),
        region: None,
        roles: vec![Role::Window],
    };
    Act { reason: Some("办理业务".into()), address: Some("192.0.2.7".into()), ..Act::new(actor, at) }
}

async fn write(db: &Db, act: &Act, object: &str) -> Result<(), DbError> {
    db.write((act.clone(), object.to_owned()), |tx, (act, object)| {
        Box::pin(record(act, tx, Entry::new("cases.seen", object).with(json!({"fields": ["name", "phone"]}))))
    })
    .await
}

async fn tamper(db: &Db, sql: db::Sql, numbers: &[i64]) {
    let numbers = numbers.to_vec();
    db.write((sql, numbers), |tx, (sql, numbers)| {
        Box::pin(async move {
            let args: Vec<db::Arg<'_>> = numbers.iter().map(db::Arg::from).collect();
            assert_eq!(tx.exec(*sql, &args).await?, 1);
            Ok::<_, DbError>(())
        })
    })
    .await
    .unwrap();
}

const CLERK: i64 = 1_000_000;

/// A world in which a clerk looked at five cases and another one at two.
async fn world() -> World {
    let world = World::new(&[SCHEMA]).await;
    for n in 1..=5 {
        write(&world.db, &clerk(CLERK, world.clock.now()), &format!("case:{n}")).await.unwrap();
    }
    for n in 1..=2 {
        write(&world.db, &clerk(CLERK + 1, world.clock.now()), &format!("case:{n}")).await.unwrap();
    }
    assert!(verify(&world.db).await.unwrap().is_whole());
    world
}

async fn broken(world: &World) -> (i64, Damage) {
    let report = verify(&world.db).await.unwrap();
    let [Broken { chain, seq, damage }] = report.broken[..] else { panic!("{report:?}") };
    assert_eq!(chain, CLERK, "the other chain is whole");
    assert_eq!(report.chains, 2);
    (seq, damage)
}

#[tokio::test]
async fn a_record_tells_who_when_where_and_why_without_a_name() {
    let world = world().await;
    let mut tx = world.db.read().await.unwrap();
    let records = records_of(&mut tx, AccountId::from(CLERK), 0, 100).await.unwrap();
    assert_eq!(records.iter().map(|r| r.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let first = &records[0];
    assert_eq!((first.act.as_str(), first.object.as_str()), ("cases.seen", "case:1"));
    assert_eq!(first.at, world.clock.now());
    assert_eq!(first.reason.as_deref(), Some("办理业务"));
    assert_eq!(first.address.as_deref(), Some("192.0.2.7"));
    assert_eq!(first.detail, r#"{"fields":["name","phone"]}"#);
    assert!(first.actor.contains("market-regulation") && !first.actor.contains("王敏"), "{}", first.actor);
    assert_eq!(first.hash, records[1].prev);
    assert_eq!(records_of(&mut tx, AccountId::from(CLERK), 3, 1).await.unwrap()[0].seq, 4);
}

#[tokio::test]
async fn a_changed_record_is_named() {
    let world = world().await;
    tamper(&world.db, CHANGE, &[CLERK, 3]).await;
    assert_eq!(broken(&world).await, (3, Damage::Changed));
}

#[tokio::test]
async fn a_deleted_record_is_named() {
    let world = world().await;
    tamper(&world.db, DELETE, &[CLERK, 2]).await;
    assert_eq!(broken(&world).await, (2, Damage::Missing));
}

#[tokio::test]
async fn a_record_deleted_at_the_end_is_named() {
    let world = world().await;
    tamper(&world.db, DELETE, &[CLERK, 5]).await;
    assert_eq!(broken(&world).await, (5, Damage::Missing));
}

#[tokio::test]
async fn an_inserted_record_is_named() {
    let world = world().await;
    tamper(&world.db, COPY, &[CLERK, 5, 6]).await;
    assert_eq!(broken(&world).await, (6, Damage::Changed), "the copy does not fit its place");
}

#[tokio::test]
async fn records_that_changed_places_are_named() {
    let world = world().await;
    for (from, to) in [(2, 99), (3, 2), (99, 3)] {
        tamper(&world.db, MOVE, &[CLERK, from, to]).await;
    }
    assert_eq!(broken(&world).await, (2, Damage::Changed));
}

#[tokio::test]
async fn a_cut_end_or_a_lost_head_is_named() {
    let world = world().await;
    tamper(&world.db, CUT_HEAD, &[CLERK, 4]).await;
    assert_eq!(broken(&world).await, (5, Damage::Surplus));
    tamper(&world.db, FORGET_HEAD, &[CLERK]).await;
    assert_eq!(broken(&world).await, (1, Damage::Surplus));
}

#[tokio::test]
async fn a_whole_chain_cut_short_shows_in_the_digest_alone() {
    let world = world().await;
    let before = verify(&world.db).await.unwrap();
    tamper(&world.db, CUT_HEAD, &[CLERK, 4]).await;
    tamper(&world.db, DELETE, &[CLERK, 5]).await;
    let after = verify(&world.db).await.unwrap();
    assert!(after.is_whole());
    assert_ne!(before.digest, after.digest, "noted down elsewhere, the digest proves it");
}

#[tokio::test]
async fn an_act_that_fails_leaves_no_record() {
    let world = World::new(&[SCHEMA]).await;
    let tried: Result<(), DbError> = world
        .db
        .write(clerk(CLERK, world.clock.now()), |tx, act| {
            Box::pin(async move {
                record(act, tx, Entry::new("cases.moved", "case:1")).await?;
                Err(DbError::corrupt("case.state", "the act failed"))
            })
        })
        .await;
    assert!(tried.is_err());
    let report = verify(&world.db).await.unwrap();
    assert_eq!((report.chains, report.records), (0, 0));
}

#[tokio::test]
async fn an_act_that_cannot_be_recorded_fails() {
    // The trail's tables are not there: the act's own transaction must fail with it.
    let world = World::new(&[]).await;
    assert!(write(&world.db, &clerk(CLERK, world.clock.now()), "case:1").await.is_err());
}

#[tokio::test]
async fn many_at_once_make_one_chain_without_holes() {
    let world = World::new(&[SCHEMA]).await;
    let writes = (0..40).map(|n| {
        let (db, act) = (world.db.clone(), clerk(CLERK + n % 2, world.clock.now()));
        tokio::spawn(async move { write(&db, &act, &format!("case:{n}")).await })
    });
    for task in writes.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    let report = verify(&world.db).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!((report.chains, report.records), (2, 40));
}

#[tokio::test]
async fn acts_without_a_login_are_kept_on_few_chains() {
    let world = World::new(&[SCHEMA]).await;
    let at = world.clock.now();
    for n in 0..60 {
        let act = if n % 2 == 0 { Act::system(at) } else { Act::new(Actor::Stranger, at) };
        write(&world.db, &act, &format!("case:{n}")).await.unwrap();
    }
    let person =
        Actor::Person { account: AccountId::from(7_000_000), subject: SubjectId::from(8), name: "李敏".into() };
    write(&world.db, &Act::new(person, at), "case:1").await.unwrap();
    let report = verify(&world.db).await.unwrap();
    assert!(report.is_whole() && report.chains <= 17 && report.chains > 2, "{report:?}");
    assert_eq!(report.records, 61);
    let mut tx = world.db.read().await.unwrap();
    assert_eq!(tx.row(COUNT, args![]).await.unwrap().unwrap().get::<i64>("n").unwrap(), 61);
}

#[tokio::test]
async fn tables_and_statements_fit_the_database() {
    let world = World::new(&[SCHEMA]).await;
    assert_eq!(db::check_homes(&world.db, &[SCHEMA]).await.unwrap(), [""; 0]);
    assert_eq!(db::prepare_all(&world.db, &[SCHEMA]).await.unwrap(), [""; 0]);
}
