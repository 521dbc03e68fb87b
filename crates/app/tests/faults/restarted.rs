//! The database's server itself is stopped under load and started again.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{client::Caller, killed::Ledger, program::Place, server::Server};

/// Programs that hand in at one time.
const CLIENTS: usize = 4;
/// Cases told in a round before the server is stopped.
const TOLD: usize = 12;

async fn moment() {
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_server_that_is_stopped_and_started_loses_and_doubles_nothing() {
    let server = Server::new();
    let place = Place::embedded().reached_at(server.url());
    let serving = place.serve();
    let caller = Caller::new(&serving.url);
    let cast = caller.cast().await;
    let ledger = Arc::new(Ledger::default());
    let enough = Arc::new(AtomicBool::new(false));
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (ledger, caller, cast, enough) = (Arc::clone(&ledger), caller.clone(), cast.clone(), Arc::clone(&enough));
        clients.push(tokio::spawn(async move {
            ledger.insist(&caller, &cast, &format!("server-{client}"), || enough.load(Ordering::SeqCst)).await;
        }));
    }
    for mode in ["immediate", "fast", "fast", "immediate"] {
        let before = ledger.told().len();
        while ledger.told().len() < before + TOLD {
            assert!(clients.iter().all(|client| !client.is_finished()), "a program gave up");
            moment().await;
        }
        assert_eq!(caller.get("", "/readyz").await.status, 200);
        server.stop(mode);
        let stopped = caller.get("", "/readyz").await;
        assert_eq!(stopped.status, 503, "{mode}: {}", stopped.text());
        assert_eq!(caller.get("", "/healthz").await.status, 200, "the process itself is well");
        let page = caller.get(&cast.applicant, "/api/v1/cases").await;
        assert_eq!((page.status, page.problem().as_str()), (503, "db.unavailable"), "{mode}: {}", page.text());
        let during = ledger.told().len();
        for _ in 0..20 {
            moment().await;
        }
        assert_eq!(ledger.told().len(), during, "nobody is told a number that is kept nowhere");
        server.start();
        while caller.get("", "/readyz").await.status != 200 {
            moment().await;
        }
    }
    let before = ledger.told().len();
    while ledger.told().len() < before + TOLD {
        moment().await;
    }
    enough.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    ledger.holds(&caller, &cast).await;
    serving.stop();
    place.is_sound();
}
