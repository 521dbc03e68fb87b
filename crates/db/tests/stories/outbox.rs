use std::sync::{Arc, Mutex};

use db::{Db, DbError, lease, outbox};
use kernel::Timestamp;
use testkit::{World, at};

async fn tell(db: &Db, home: i64, word: &str, now: Timestamp) {
    let told: Result<(), DbError> = db
        .write((home, word.to_owned(), now), |tx, (home, word, now)| {
            Box::pin(async move { tx.tell(*home, "test.told", &serde_json::json!({ "word": word }), *now).await })
        })
        .await;
    told.unwrap();
}

/// One worker's round over every bucket it can lease.
async fn work(db: &Db, owner: &str, now: Timestamp, seen: &Mutex<Vec<(i64, i64)>>) {
    let until = Timestamp::from_millisecond(now.as_millisecond() + 60_000).unwrap();
    for bucket in 0..db::BUCKETS {
        let name = format!("test:{bucket}");
        let mine: Result<bool, DbError> = db
            .write((name.clone(), owner.to_owned()), move |tx, (name, owner)| {
                Box::pin(async move { lease::take(tx, name, owner, until, now).await })
            })
            .await;
        if !mine.unwrap() {
            continue;
        }
        let facts = outbox::waiting(&mut db.read().await.unwrap(), bucket, now, 100, i64::MAX).await.unwrap();
        for fact in facts {
            let first: Result<bool, DbError> = db
                .write((fact.home, fact.id), |tx, (home, id)| {
                    Box::pin(async move {
                        let first = outbox::deliver_once(tx, *home, *id, "listener").await?;
                        outbox::finish(tx, *home, *id).await?;
                        Ok(first)
                    })
                })
                .await;
            if first.unwrap() {
                seen.lock().unwrap().push((fact.home, fact.id));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_take_every_fact_once_and_in_order() {
    let w = World::new(&[]).await;
    let now = w.clock.now();
    for i in 0..60 {
        tell(&w.db, i % 10, "x", now).await;
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut workers = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let (db, seen) = (w.db.clone(), Arc::clone(&seen));
        workers.push(tokio::spawn(async move { work(&db, name, now, &seen).await }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 60);
    for home in 0..10 {
        let ids: Vec<i64> = seen.iter().filter(|(h, _)| *h == home).map(|(_, id)| *id).collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]), "facts of one home come in order");
    }
    let lag = outbox::lag(&mut w.db.read().await.unwrap(), 5).await.unwrap();
    assert_eq!((lag.waiting, lag.stuck), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_put_off_comes_again_later_with_its_reason() {
    let w = World::new(&[]).await;
    let now = w.clock.now();
    tell(&w.db, 5, "later", now).await;
    let fact = outbox::waiting(&mut w.db.read().await.unwrap(), 5, now, 10, i64::MAX).await.unwrap().remove(0);
    let later = at("2026-03-02 10:00");
    let put_off: Result<(), DbError> =
        w.db.write((fact.home, fact.id), move |tx, (home, id)| {
            Box::pin(async move { outbox::postpone(tx, *home, *id, later, "no answer").await })
        })
        .await;
    put_off.unwrap();
    assert!(outbox::waiting(&mut w.db.read().await.unwrap(), 5, now, 10, i64::MAX).await.unwrap().is_empty());
    let again = outbox::waiting(&mut w.db.read().await.unwrap(), 5, later, 10, i64::MAX).await.unwrap();
    assert_eq!((again[0].tries, again[0].last_error.as_deref()), (1, Some("no answer")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_held_by_one_until_it_is_over_or_given_up() {
    let w = World::new(&[]).await;
    let (nine, ten) = (at("2026-03-02 09:00"), at("2026-03-02 10:00"));
    let take = |owner: &'static str, now: Timestamp, until: Timestamp| {
        let db = w.db.clone();
        async move {
            let taken: Result<bool, DbError> = db
                .write((), move |tx, ()| Box::pin(async move { lease::take(tx, "sweep", owner, until, now).await }))
                .await;
            taken.unwrap()
        }
    };
    assert!(take("a", nine, ten).await);
    assert!(!take("b", nine, ten).await);
    assert!(take("a", nine, ten).await, "its holder renews it");
    assert!(take("b", at("2026-03-02 10:01"), at("2026-03-02 11:00")).await, "it was over");
    let given: Result<(), DbError> =
        w.db.write((), |tx, ()| Box::pin(async { lease::give_up(tx, "sweep", "b").await })).await;
    given.unwrap();
    assert!(take("c", at("2026-03-02 10:02"), at("2026-03-02 11:00")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_is_kept() {
    let w = World::new(&[]).await;
    let now = w.clock.now();
    let account = kernel::AccountId::from(7);
    let kept = db::idempotency::Kept { digest: "d".to_owned(), status: 201, body: "{}".to_owned() };
    for (round, taken) in [(0, false), (1, true)] {
        let result: Result<(), DbError> =
            w.db.write(kept.clone(), move |tx, kept| {
                Box::pin(async move { db::idempotency::keep(tx, account, "k", kept, now).await })
            })
            .await;
        assert_eq!(matches!(result, Err(DbError::Taken(_))), taken, "round {round}");
    }
    let mut tx = w.db.read().await.unwrap();
    assert_eq!(db::idempotency::find(&mut tx, account, "k").await.unwrap(), Some(kept));
    assert_eq!(db::idempotency::find(&mut tx, kernel::AccountId::from(8), "k").await.unwrap(), None);
    drop(tx);
    let swept: Result<u64, DbError> =
        w.db.write((), |tx, ()| Box::pin(async { db::idempotency::sweep(tx, at("2026-03-03 00:00")).await })).await;
    assert_eq!(swept.unwrap(), 1);
}
