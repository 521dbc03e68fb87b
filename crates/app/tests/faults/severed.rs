//! The database is away for a while, and answers that are lost on the way.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    client::{Caller, Cast},
    killed::Ledger,
    program::{Place, Serving},
    wire::Wire,
};

/// A platform whose database can be taken away: a server behind a wire, or the file that somebody else holds.
struct Severed {
    place: Place,
    wire: Option<Wire>,
}

impl Severed {
    async fn new() -> Self {
        let place = Place::new().await;
        let Some(database) = &place.database else { return Self { place, wire: None } };
        let wire = Wire::to(database.server_address()).await;
        let url = database.url_by(&wire.address);
        Self { place: place.reached_at(url), wire: Some(wire) }
    }

    /// Keeps the database away while `f` runs.
    async fn without<T>(&self, f: impl Future<Output = T>) -> T {
        if let Some(wire) = &self.wire {
            wire.cut();
            let done = f.await;
            wire.mend();
            return done;
        }
        let held = rusqlite::Connection::open(self.place.data().join("tongban.db")).unwrap();
        held.execute_batch("PRAGMA busy_timeout=60000; BEGIN IMMEDIATE").unwrap();
        let done = f.await;
        held.execute_batch("ROLLBACK").unwrap();
        done
    }

    /// Starts the platform without background work, whose transactions are not to be taken for a request's.
    async fn serve(&self) -> (Serving, Caller, Cast) {
        self.place.serve().stop();
        let serving = self.place.serve_as(&["serve", "--without-work"]);
        let caller = Caller::new(&serving.url);
        let cast = caller.cast().await;
        (serving, caller, cast)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_requests_are_told_to_come_back_and_then_it_goes_on() {
    let severed = Severed::new().await;
    let (serving, caller, cast) = severed.serve().await;
    let ledger = Ledger::default();
    let submit = |key: &'static str| caller.post(&cast.applicant, "/api/v1/cases", &cast.application, key);
    let before = submit("before").await.unwrap();
    ledger.note_told("before".to_owned(), before.json()["number"].as_str().unwrap().to_owned());
    severed
        .without(async {
            for key in ["away-1", "away-2"] {
                let reply = submit(key).await.unwrap();
                assert_eq!((reply.status, reply.problem().as_str()), (503, "db.unavailable"), "{}", reply.text());
                assert!(reply.headers.contains_key("retry-after"));
                ledger.note(key.to_owned());
            }
            if severed.wire.is_some() {
                assert_eq!(caller.get("", "/readyz").await.status, 503);
                let page = caller.get("", "/").await;
                assert_ne!(page.status, 500, "{}", page.text());
            }
            assert_eq!(caller.get("", "/healthz").await.status, 200, "it is alive all the same");
        })
        .await;
    assert_eq!(caller.get("", "/readyz").await.status, 200, "without a restart");
    assert_eq!(caller.numbers(&cast.applicant).await.len(), 1, "nothing was done meanwhile");
    ledger.holds(&caller, &cast).await;
    serving.stop();
    severed.place.is_sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_break_under_load_lose_and_double_nothing() {
    let severed = Severed::new().await;
    let serving = severed.place.serve();
    let caller = Caller::new(&serving.url);
    let cast = caller.cast().await;
    let ledger = Arc::new(Ledger::default());
    let enough = Arc::new(AtomicBool::new(false));
    let mut clients = Vec::new();
    for client in 0..4 {
        let (ledger, caller, cast, enough) = (Arc::clone(&ledger), caller.clone(), cast.clone(), Arc::clone(&enough));
        clients.push(tokio::spawn(async move {
            ledger.insist(&caller, &cast, &format!("load-{client}"), || enough.load(Ordering::SeqCst)).await;
        }));
    }
    for round in 1..=8 {
        while ledger.told().len() < round * 4 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        match (&severed.wire, &severed.place.database) {
            (Some(wire), Some(_)) if round % 2 == 0 => {
                wire.cut();
                wire.mend();
            }
            (_, Some(database)) => database.end_connections().await,
            // Nothing can break between a process and its own file: another process holds it for a moment.
            (_, None) => severed.without(tokio::time::sleep(std::time::Duration::from_millis(50))).await,
        }
    }
    enough.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    ledger.holds(&caller, &cast).await;
    serving.stop();
    severed.place.is_sound();
}

/// The answer to COMMIT is lost on a server, that of the platform itself on the embedded database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_an_answer_is_lost_the_same_key_finds_what_was_done() {
    let severed = Severed::new().await;
    let (serving, caller, cast) = severed.serve().await;
    let ledger = Ledger::default();
    let submit = |caller: &Caller, key: &'static str| {
        let (caller, cast) = (caller.clone(), cast.clone());
        async move { caller.post(&cast.applicant, "/api/v1/cases", &cast.application, key).await }
    };
    if let Some(wire) = &severed.wire {
        wire.lose("key-found", "COMMIT\0", false);
        let found = submit(&caller, "key-found").await.unwrap();
        assert!(wire.has_lost());
        assert_eq!(found.status, 201, "the kept answer is looked up: {}", found.text());
        assert_eq!(found.headers["idempotency-replayed"], "true");
        ledger.note_told("key-found".to_owned(), found.json()["number"].as_str().unwrap().to_owned());

        wire.lose("key-unknown", "COMMIT\0", true);
        let unknown = submit(&caller, "key-unknown").await.unwrap();
        assert!(wire.has_lost());
        assert_eq!((unknown.status, unknown.problem().as_str()), (503, "db.outcome-unknown"), "{}", unknown.text());
        assert!(unknown.text().contains("可能已经执行"), "{}", unknown.text());
        ledger.note("key-unknown".to_owned());
        wire.mend();
        assert_eq!(caller.numbers(&cast.applicant).await.len(), 2, "it had been done");
    } else {
        let wire = Wire::to(serving.url.trim_start_matches("http://").to_owned()).await;
        wire.lose("key-lost", "\r\n\r\n", false);
        let by_wire = Caller::new(&format!("http://{}", wire.address));
        assert!(submit(&by_wire, "key-lost").await.is_err());
        assert!(wire.has_lost());
        ledger.note("key-lost".to_owned());
        assert_eq!(caller.numbers(&cast.applicant).await.len(), 1, "it had been done");
    }
    ledger.holds(&caller, &cast).await;
    serving.stop();
    severed.place.is_sound();
}
