//! Facts reach their listeners, whatever happens on the way.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use db::DbError;
use jobs::{DEAD_AFTER_TRIES, Done, Jobs};
use kernel::Timestamp;
use serde_json::{Value, json};
use testkit::World;

type Heard = Arc<Mutex<Vec<String>>>;

async fn tell(world: &World, home: i64, topic: &'static str, body: Value) {
    let now = world.clock.now();
    world
        .db
        .write((home, topic, body, now), |tx, (home, topic, body, now)| {
            Box::pin(async { tx.tell(*home, topic, body, *now).await })
        })
        .await
        .map_err(|e: DbError| e)
        .unwrap();
}

fn note(heard: &Heard, text: impl Into<String>) {
    heard.lock().unwrap().push(text.into());
}

fn noted(heard: &Heard) -> Vec<String> {
    heard.lock().unwrap().clone()
}

fn listening(world: &World, heard: &Heard) -> Jobs {
    let heard = Arc::clone(heard);
    Jobs::new(world.db.clone(), world.clock.clone()).listen("ear", &["case.*"], move |d| {
        let heard = Arc::clone(&heard);
        async move {
            note(&heard, format!("{} {}", d.fact.topic, d.body::<Value>()?["n"]));
            Ok(())
        }
    })
}

fn advance(world: &World, by: Duration) {
    world.clock.set(world.clock.now() + by);
}

#[tokio::test]
async fn facts_of_one_home_are_heard_in_order_and_once() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let jobs = listening(&w, &heard);
    for n in 0..120 {
        tell(&w, 7, "case.accepted", json!({ "n": n })).await;
    }
    tell(&w, 7, "item.published", json!({})).await;
    let done = jobs.run_once().await.unwrap();
    assert_eq!(done, Done { delivered: 121, ..Done::default() });
    assert_eq!(noted(&heard), (0..120).map(|n| format!("case.accepted {n}")).collect::<Vec<_>>());
    assert_eq!(jobs.run_once().await.unwrap(), Done::default());
    assert_eq!(jobs.lag().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_failing_listener_is_asked_again_and_the_other_is_not() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let (failing, other) = (Arc::clone(&heard), Arc::clone(&heard));
    let jobs = Jobs::new(w.db.clone(), w.clock.clone())
        .listen("sore", &["case.closed"], move |_| {
            let heard = Arc::clone(&failing);
            async move {
                note(&heard, "sore");
                if noted(&heard).iter().filter(|n| *n == "sore").count() < 3 { Err("not yet".into()) } else { Ok(()) }
            }
        })
        .listen("well", &["case.closed"], move |_| {
            let heard = Arc::clone(&other);
            async move {
                note(&heard, "well");
                Ok(())
            }
        });
    tell(&w, 1, "case.closed", json!({})).await;
    assert_eq!(jobs.run_once().await.unwrap(), Done { failed: 1, ..Done::default() });
    assert_eq!(jobs.run_once().await.unwrap(), Done::default(), "it waits");
    advance(&w, Duration::from_secs(10));
    assert_eq!(jobs.run_once().await.unwrap(), Done { failed: 1, ..Done::default() });
    advance(&w, Duration::from_secs(10));
    assert_eq!(jobs.run_once().await.unwrap(), Done::default(), "the wait has doubled");
    advance(&w, Duration::from_secs(10));
    assert_eq!(jobs.run_once().await.unwrap(), Done { delivered: 1, ..Done::default() });
    assert_eq!(noted(&heard), ["sore", "well", "sore", "sore"]);
}

#[tokio::test]
async fn a_panic_is_a_failure_and_other_facts_go_on() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let ear = Arc::clone(&heard);
    let jobs = Jobs::new(w.db.clone(), w.clock.clone()).listen("ear", &["case.closed"], move |d| {
        let ear = Arc::clone(&ear);
        async move {
            assert!(d.fact.home != 1, "home one is a trap");
            note(&ear, "heard");
            Ok(())
        }
    });
    tell(&w, 1, "case.closed", json!({})).await;
    tell(&w, 2, "case.closed", json!({})).await;
    assert_eq!(jobs.run_once().await.unwrap(), Done { failed: 1, delivered: 1, ..Done::default() });
    assert_eq!(noted(&heard), ["heard"]);
}

#[tokio::test]
async fn what_fails_too_often_is_a_dead_letter_until_somebody_helps() {
    let w = World::new(&[]).await;
    let broken = Arc::new(Mutex::new(true));
    let state = Arc::clone(&broken);
    let jobs = Jobs::new(w.db.clone(), w.clock.clone()).listen("fine", &["case.closed"], |_| async { Ok(()) }).listen(
        "post",
        &["case.closed"],
        move |_| {
            let broken = *state.lock().unwrap();
            async move { if broken { Err("no connection".into()) } else { Ok(()) } }
        },
    );
    tell(&w, 1, "case.closed", json!({})).await;
    for _ in 0..DEAD_AFTER_TRIES {
        assert_eq!(jobs.dead_letters().await.unwrap(), []);
        assert_eq!(jobs.run_once().await.unwrap().failed, 1);
        advance(&w, Duration::from_secs(3600 * 4));
    }
    let dead = jobs.dead_letters().await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].fact.last_error.as_deref(), Some("post: no connection"));
    assert_eq!(dead[0].delivered_to, ["fine"]);
    assert_eq!(jobs.lag().await.unwrap().stuck, 1);
    *broken.lock().unwrap() = false;
    assert_eq!(jobs.retry_dead_letters().await.unwrap(), 1);
    assert_eq!(jobs.run_once().await.unwrap().delivered, 1);
    assert_eq!(jobs.dead_letters().await.unwrap(), []);
}

#[tokio::test]
async fn a_fact_takes_effect_once_although_its_handler_runs_twice() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let (db, ear) = (w.db.clone(), Arc::clone(&heard));
    let jobs = Jobs::new(w.db.clone(), w.clock.clone()).listen("ear", &["case.closed"], move |d| {
        let (db, ear) = (db.clone(), Arc::clone(&ear));
        async move {
            for _ in 0..2 {
                let first = db.write(d.clone(), |tx, d| Box::pin(d.first(tx))).await?;
                note(&ear, if first { "first" } else { "again" });
            }
            Ok(())
        }
    });
    tell(&w, 1, "case.closed", json!({})).await;
    assert_eq!(jobs.run_once().await.unwrap().delivered, 1);
    assert_eq!(noted(&heard), ["first", "again"]);
}

#[tokio::test]
async fn several_workers_share_the_facts_without_doubling_any() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    for home in 0..200 {
        tell(&w, home, "case.accepted", json!({ "n": home })).await;
    }
    let workers: Vec<Jobs> = (0..4).map(|_| listening(&w, &heard)).collect();
    let rounds = workers.iter().map(|jobs| {
        let jobs = jobs.clone();
        tokio::spawn(async move { jobs.run_once().await.unwrap().delivered })
    });
    let rounds: Vec<_> = rounds.collect();
    for round in rounds {
        round.await.unwrap();
    }
    // A worker that met a held bucket left it to its holder.
    while workers[0].lag().await.unwrap().waiting > 0 {
        workers[0].run_once().await.unwrap();
    }
    let mut all = noted(&heard);
    all.sort();
    let mut expected: Vec<String> = (0..200).map(|n| format!("case.accepted {n}")).collect();
    expected.sort();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_stalled_worker_loses_its_bucket_to_another() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let jobs = listening(&w, &heard);
    tell(&w, 5, "case.accepted", json!({ "n": 1 })).await;
    let (now, until) = (w.clock.now(), w.clock.now() + Duration::from_secs(60));
    w.db.write((now, until), |tx, (now, until)| Box::pin(db::lease::take(tx, "outbox:5", "another", *until, *now)))
        .await
        .unwrap();
    assert_eq!(jobs.run_once().await.unwrap(), Done::default());
    advance(&w, Duration::from_secs(61));
    assert_eq!(jobs.run_once().await.unwrap().delivered, 1);
}

#[tokio::test]
async fn a_schedule_runs_once_in_its_time_on_one_of_all_workers() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let worker = || {
        let heard = Arc::clone(&heard);
        Jobs::new(w.db.clone(), w.clock.clone()).every("sweep", Duration::from_secs(3600), move || {
            let heard = Arc::clone(&heard);
            async move {
                note(&heard, "swept");
                if noted(&heard).len() == 2 { Err("this time not".into()) } else { Ok(()) }
            }
        })
    };
    let (one, two) = (worker(), worker());
    assert_eq!(one.run_once().await.unwrap().scheduled, 1);
    assert_eq!(one.run_once().await.unwrap(), Done::default());
    assert_eq!(two.run_once().await.unwrap(), Done::default());
    advance(&w, Duration::from_secs(3600));
    assert_eq!(two.run_once().await.unwrap(), Done { schedule_failed: 1, ..Done::default() });
    assert_eq!(one.run_once().await.unwrap(), Done::default());
    advance(&w, Duration::from_secs(60));
    assert_eq!(one.run_once().await.unwrap().scheduled, 1, "a failure is tried again after a minute");
    assert_eq!(noted(&heard).len(), 3);
}

#[tokio::test]
async fn a_running_worker_hears_at_once_and_stops_when_told() {
    let w = World::new(&[]).await;
    let (heard_one, mut hears) = tokio::sync::mpsc::unbounded_channel::<Timestamp>();
    let jobs = Jobs::new(w.db.clone(), w.clock.clone()).listen("ear", &["case.closed"], move |d| {
        let heard_one = heard_one.clone();
        async move { Ok(heard_one.send(d.at)?) }
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (running, hint) = (jobs.clone(), jobs.hint());
    let worker = tokio::spawn(async move {
        running
            .run(async {
                let _told = stopped.await;
            })
            .await;
    });
    tell(&w, 1, "case.closed", json!({})).await;
    hint.wake();
    assert_eq!(hears.recv().await, Some(w.clock.now()));
    stop.send(()).unwrap();
    worker.await.unwrap();
    tell(&w, 1, "case.closed", json!({})).await;
    hint.wake();
    assert_eq!(jobs.lag().await.unwrap().waiting, 1, "nobody works any more");
}

#[tokio::test]
async fn what_failed_is_not_overtaken_by_later_facts_of_its_home_until_it_is_a_dead_letter() {
    let w = World::new(&[]).await;
    let heard = Heard::default();
    let (ear, broken) = (Arc::clone(&heard), Arc::new(Mutex::new(true)));
    let state = Arc::clone(&broken);
    let jobs = Jobs::new(w.db.clone(), w.clock.clone()).listen("ear", &["case.*"], move |d| {
        let (ear, broken) = (Arc::clone(&ear), *state.lock().unwrap());
        async move {
            if broken && d.fact.topic == "case.received" {
                return Err("not yet".into());
            }
            note(&ear, format!("{} {}", d.fact.home, d.fact.topic));
            Ok(())
        }
    });
    // Homes 1 and 65 share a bucket.
    tell(&w, 1, "case.received", json!({})).await;
    tell(&w, 1, "case.accepted", json!({})).await;
    tell(&w, 65, "case.accepted", json!({})).await;
    assert_eq!(jobs.run_once().await.unwrap(), Done { delivered: 1, failed: 1, ..Done::default() });
    tell(&w, 1, "case.granted", json!({})).await;
    assert_eq!(jobs.run_once().await.unwrap(), Done::default(), "told later, it waits behind the first as well");
    assert_eq!(noted(&heard), ["65 case.accepted"], "nobody else is held up");
    *broken.lock().unwrap() = false;
    advance(&w, Duration::from_secs(10));
    assert_eq!(jobs.run_once().await.unwrap(), Done { delivered: 3, ..Done::default() });
    assert_eq!(noted(&heard)[1..], ["1 case.received", "1 case.accepted", "1 case.granted"]);

    *broken.lock().unwrap() = true;
    tell(&w, 2, "case.received", json!({})).await;
    tell(&w, 2, "case.accepted", json!({})).await;
    for _ in 1..DEAD_AFTER_TRIES {
        assert_eq!(jobs.run_once().await.unwrap(), Done { failed: 1, ..Done::default() });
        advance(&w, Duration::from_secs(3600 * 4));
    }
    assert_eq!(jobs.run_once().await.unwrap(), Done { delivered: 1, failed: 1, ..Done::default() });
    assert_eq!(noted(&heard).last().unwrap(), "2 case.accepted", "a dead letter holds back nobody");
    assert_eq!(jobs.dead_letters().await.unwrap().len(), 1);
}
