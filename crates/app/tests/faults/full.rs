//! No room on the disk. A limit on the size of files stands for it: it needs no rights of an administrator, and the writes
//! fail in the same places.

use crate::{
    client::{Caller, FOOD},
    killed::Ledger,
    program::Place,
};

/// Bytes that each file may still grow by beyond the size of the database: room for some cases in its log of writes.
const ROOM: u64 = 1 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_it_says_so_goes_on_reading_and_takes_up_writing_when_there_is_room() {
    let place = Place::embedded();
    // Founded where there is room, and stopped, with everything in the database's one file.
    let roomy = place.serve();
    let cast = Caller::new(&roomy.url).cast().await;
    roomy.stop();
    let database = place.data().join("tongban.db");
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    rusqlite::Connection::open(&database).unwrap().query_row(checkpoint, [], |_| Ok(())).unwrap();
    let size = std::fs::metadata(&database).unwrap().len();
    let serving = place.serve_with_files_up_to((size + ROOM) / 512);
    let caller = Caller::new(&serving.url);

    let ledger = Ledger::default();
    let mut taken = Vec::new();
    let refused = loop {
        let key = format!("full-{}", taken.len());
        let reply = caller.post(&cast.applicant, "/api/v1/cases", &cast.application, &key).await.unwrap();
        if reply.status != 201 {
            ledger.note(key);
            break reply;
        }
        taken.push(reply.json()["number"].as_str().unwrap().to_owned());
        ledger.note_told(key, taken.last().unwrap().clone());
        assert!(taken.len() < 2000, "the limit is never reached");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(["db.unwritable", "db.full"].contains(&refused.problem().as_str()), "{}", refused.text());
    assert!(refused.headers.contains_key("retry-after"));
    let large = demo::walk::sheet(&"large ".repeat(usize::try_from(size + ROOM).unwrap() / 6 + 1));
    let upload = caller.upload(&cast.applicant, &large).await.unwrap();
    assert_eq!((upload.status, upload.problem().as_str()), (503, "blobs.full"), "{}", upload.text());

    // Reading goes on, and shows what was confirmed and nothing else.
    let mut listed = caller.numbers(&cast.applicant).await;
    listed.sort();
    taken.sort();
    assert_eq!(listed, taken);
    for path in ["/readyz", "/", &format!("/api/v1/items/{FOOD}")] {
        assert_eq!(caller.get("", path).await.status, 200, "{path}");
    }
    let unfinished = std::fs::read_dir(place.data().join("files/incoming")).map_or(0, Iterator::count);
    assert_eq!(unfinished, 0, "an upload that broke off leaves nothing");

    // Room again, without a restart.
    serving.lift_limit();
    ledger.holds(&caller, &cast).await;
    let stored = caller.upload(&cast.applicant, &large).await.unwrap();
    assert_eq!(stored.status, 201, "{}", stored.text());
    let id = stored.json()["id"].as_str().unwrap().to_owned();
    let got = caller.get(&cast.applicant, &format!("/api/v1/files/{id}")).await;
    assert_eq!((got.status, got.bytes.len()), (200, large.len()));
    place.is_sound();
    serving.stop();
    place.is_sound();
}
