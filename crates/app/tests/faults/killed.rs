//! Killed in the middle of the work, and stopped in good order.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;

use crate::{
    client::{Caller, Cast},
    program::Place,
};

/// Programs that hand in at one time.
const CLIENTS: usize = 6;
/// How often the process is killed.
const ROUNDS: usize = 3;
/// Requests answered in a round before it is killed.
const ANSWERED: usize = 25;

/// What programs were told: by key, the number of the case, or nothing when no answer came.
#[derive(Default)]
pub(crate) struct Ledger {
    submitted: Mutex<BTreeMap<String, Option<String>>>,
    accepted: Mutex<BTreeMap<String, Option<String>>>,
    answered: AtomicUsize,
}

impl Ledger {
    /// A key that was sent and not carried out as far as its sender knows.
    pub(crate) fn note(&self, key: String) {
        self.submitted.lock().unwrap().insert(key, None);
    }

    /// A key whose sender was told a number.
    pub(crate) fn note_told(&self, key: String, number: String) {
        self.submitted.lock().unwrap().insert(key, Some(number));
    }

    /// Numbers that somebody was told.
    pub(crate) fn told(&self) -> BTreeSet<String> {
        self.submitted.lock().unwrap().values().flatten().cloned().collect()
    }

    /// Hands in and accepts until the platform goes away or `enough` says so.
    pub(crate) async fn work(&self, caller: &Caller, cast: &Cast, name: &str, enough: impl Fn() -> bool) {
        for n in 0.. {
            if enough() {
                return;
            }
            let key = format!("{name}-{n}");
            self.submitted.lock().unwrap().insert(key.clone(), None);
            let Ok(reply) = caller.post(&cast.applicant, "/api/v1/cases", &cast.application, &key).await else {
                return;
            };
            assert_eq!(reply.status, 201, "{}", reply.text());
            let number = reply.json()["number"].as_str().unwrap().to_owned();
            self.submitted.lock().unwrap().insert(key, Some(number.clone()));
            self.answered.fetch_add(1, Ordering::SeqCst);

            self.accepted.lock().unwrap().insert(number.clone(), None);
            let path = format!("/api/v1/cases/{number}/commands");
            let Ok(reply) =
                caller.post(&cast.clerk, &path, &json!({"type": "accept"}), &format!("accept-{number}")).await
            else {
                return;
            };
            assert_eq!(reply.status, 200, "{}", reply.text());
            self.accepted.lock().unwrap().insert(number, Some(reply.text()));
            self.answered.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Hands in until `enough`, and comes back with the same key when it is told to, as a good program does.
    pub(crate) async fn insist(&self, caller: &Caller, cast: &Cast, name: &str, enough: impl Fn() -> bool) {
        for n in 0.. {
            let key = format!("{name}-{n}");
            self.note(key.clone());
            loop {
                if enough() {
                    return;
                }
                let reply = caller.post(&cast.applicant, "/api/v1/cases", &cast.application, &key).await.unwrap();
                if reply.status == 201 {
                    self.note_told(key, reply.json()["number"].as_str().unwrap().to_owned());
                    break;
                }
                assert_eq!(reply.status, 503, "{}", reply.text());
                assert!(
                    ["db.unavailable", "db.outcome-unknown"].contains(&reply.problem().as_str()),
                    "{}",
                    reply.text()
                );
            }
        }
    }

    /// Sends everything again, whether it was answered or not, and holds the answers against what is kept.
    pub(crate) async fn holds(&self, caller: &Caller, cast: &Cast) {
        let mut numbers = BTreeSet::new();
        let submitted = self.submitted.lock().unwrap().clone();
        for (key, told) in &submitted {
            let reply = caller.post(&cast.applicant, "/api/v1/cases", &cast.application, key).await.unwrap();
            assert_eq!(reply.status, 201, "{key}: {}", reply.text());
            let number = reply.json()["number"].as_str().unwrap().to_owned();
            if let Some(told) = told {
                assert_eq!(&number, told, "{key} was told another number before");
                assert_eq!(reply.headers["idempotency-replayed"], "true");
            }
            assert!(numbers.insert(number), "{key} shares its case with another key");
        }
        let listed = caller.numbers(&cast.applicant).await;
        assert_eq!(listed.len(), submitted.len(), "one case for each key");
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), numbers);
        let accepted = self.accepted.lock().unwrap().clone();
        for (number, told) in accepted {
            let path = format!("/api/v1/cases/{number}/commands");
            let key = format!("accept-{number}");
            let reply = caller.post(&cast.clerk, &path, &json!({"type": "accept"}), &key).await.unwrap();
            assert_eq!(reply.status, 200, "{number}: {}", reply.text());
            if let Some(told) = told {
                assert_eq!(reply.text(), told, "the repeated command gets the first answer");
            }
            let events = caller.get(&cast.applicant, &format!("/api/v1/cases/{number}/events")).await.json();
            let accepted = events["items"].as_array().unwrap().iter().filter(|e| e["event"] == "case.accepted").count();
            assert_eq!(accepted, 1, "{events}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_answered_before_a_kill_is_there_once() {
    let place = Place::new().await;
    let mut serving = place.serve();
    let cast = Caller::new(&serving.url).cast().await;
    let ledger = Arc::new(Ledger::default());
    for round in 0..ROUNDS {
        let caller = Caller::new(&serving.url);
        let mut clients = Vec::new();
        for client in 0..CLIENTS {
            let (ledger, caller, cast) = (Arc::clone(&ledger), caller.clone(), cast.clone());
            clients.push(tokio::spawn(async move {
                ledger.work(&caller, &cast, &format!("{round}-{client}"), || false).await;
            }));
        }
        while ledger.answered.load(Ordering::SeqCst) < (round + 1) * ANSWERED
            && !clients.iter().all(tokio::task::JoinHandle::is_finished)
        {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        serving.kill();
        for client in clients {
            client.await.unwrap();
        }
        serving = place.serve();
    }
    let caller = Caller::new(&serving.url);
    assert!(ledger.submitted.lock().unwrap().values().any(Option::is_none), "some were under way when it was killed");
    assert!(ledger.told().len() > 30);
    ledger.holds(&caller, &cast).await;
    // Beside the serving process, as an operator would look.
    place.is_sound();
    serving.stop();
    let once = place.run(&["work", "--once"]);
    assert_eq!(once.code, Some(0), "{}{}", once.out, once.err);
    place.is_sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_it_answers_what_it_has_taken() {
    let place = Place::new().await;
    let serving = place.serve();
    let caller = Caller::new(&serving.url);
    let cast = caller.cast().await;
    let ledger = Arc::new(Ledger::default());
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (ledger, caller, cast) = (Arc::clone(&ledger), caller.clone(), cast.clone());
        clients.push(tokio::spawn(async move {
            ledger.work(&caller, &cast, &format!("stop-{client}"), || false).await;
        }));
    }
    while ledger.answered.load(Ordering::SeqCst) < ANSWERED {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    serving.tell_to_stop();
    assert_eq!(serving.ended(), Some(0));
    for client in clients {
        client.await.unwrap();
    }
    let again = place.serve();
    ledger.holds(&Caller::new(&again.url), &cast).await;
    assert!(again.log().contains("jobs have stopped"), "{}", again.log());
    again.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_database_do_each_thing_once() {
    let place = Place::new().await;
    let (one, other) = (place.serve(), place.serve());
    let callers = [Caller::new(&one.url), Caller::new(&other.url)];
    let cast = callers[0].cast().await;
    let ledger = Arc::new(Ledger::default());
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (ledger, caller, cast) = (Arc::clone(&ledger), callers[client % 2].clone(), cast.clone());
        clients.push(tokio::spawn(async move {
            let enough = || ledger.answered.load(Ordering::SeqCst) >= ANSWERED;
            ledger.work(&caller, &cast, &format!("two-{client}"), enough).await;
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    ledger.holds(&callers[1], &cast).await;
    one.stop();
    other.stop();
    place.is_sound();
}
