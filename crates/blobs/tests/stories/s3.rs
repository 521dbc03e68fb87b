//! Files on an S3-compatible server of its own process: `TONGBAN_TEST_S3=http://127.0.0.1:PORT`, with `AWS_ACCESS_KEY_ID` and
//! `AWS_SECRET_ACCESS_KEY` that the server takes. `scripts/test.sh` starts one.

use blobs::{Blobs, State, Store};
use futures_util::TryStreamExt as _;
use kernel::{Failure as _, Kind};
use object_store::{ObjectStore as _, ObjectStoreExt as _, path::Path};
use testkit::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::made::{Files, a_docx, a_jpeg, a_pdf, a_png, an_ofd};

fn endpoint() -> String {
    std::env::var("TONGBAN_TEST_S3").expect("TONGBAN_TEST_S3 names a server; scripts/test.sh starts one")
}

/// A bucket of its own for each test.
async fn bucket() -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("tongban-{}-{next}", std::process::id());
    let host = endpoint().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut line = tokio::net::TcpStream::connect(&host).await.expect("the server answers");
    let request = format!("PUT /{name} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    name
}

/// A world whose files lie in a bucket, and the bucket.
async fn files() -> (Files, Store) {
    let store = Store::s3(&bucket().await, Some(&endpoint())).unwrap();
    (Files::over(World::new(&[blobs::SCHEMA]).await, store.clone()), store)
}

async fn names(store: &Store) -> Vec<String> {
    let found: Vec<_> = store.objects().list(None).try_collect().await.unwrap();
    let mut names: Vec<String> = found.into_iter().map(|o| o.location.to_string()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn files_are_kept_in_the_bucket_and_read_back() {
    let (files, store) = files().await;
    for (name, bytes) in [
        ("租赁合同.pdf", a_pdf()),
        ("营业执照.ofd", an_ofd(&[])),
        ("照片.jpg", a_jpeg()),
        ("照片.png", a_png()),
        ("章程.docx", a_docx(&[])),
    ] {
        let stored = files.put(name, &bytes).await.unwrap();
        let (meta, read) = files.blobs.read(stored.id).await.unwrap();
        assert_eq!((&read[..], meta.name.as_str(), meta.state), (&bytes[..], name, State::Stored));
    }
    let names = names(&store).await;
    assert_eq!(names.len(), 5);
    assert!(names.iter().all(|name| name.starts_with("files/2026/03/02/")), "{names:?}");
}

#[tokio::test]
async fn a_large_file_goes_through_in_parts_and_what_is_too_large_leaves_nothing() {
    let (files, store) = files().await;
    let mut bytes = a_pdf();
    let filler = format!("2 0 obj << /Length 15000000 >>\nstream\n{}\nendstream endobj\n", "x".repeat(15_000_000));
    let at = bytes.len() - 7;
    bytes.splice(at..at, filler.into_bytes());
    let stored = files.put("大文件.pdf", &bytes).await.unwrap();
    assert!(files.blobs.read(stored.id).await.unwrap().1[..] == bytes[..]);
    let told = files.put("太大.pdf", &vec![b'%'; (20 << 20) + 1]).await.unwrap_err();
    assert_eq!(told.kind(), Kind::TooLarge);
    assert_eq!(names(&store).await.len(), 1);
}

#[tokio::test]
async fn refused_files_are_quarantined_and_tampered_ones_not_handed_out() {
    let (files, store) = files().await;
    files.put("程序.pdf", b"MZ this is a program").await.unwrap_err();
    let kept = names(&store).await;
    assert!(kept.len() == 1 && kept[0].starts_with("quarantine/"), "{kept:?}");

    let stored = files.put("a.pdf", &a_pdf()).await.unwrap();
    let place = names(&store).await.into_iter().find(|name| name.starts_with("files/")).unwrap();
    store.objects().put(&Path::from(place), a_png().into()).await.unwrap();
    assert_eq!(files.blobs.read(stored.id).await.unwrap_err().code(), "blobs.tampered");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_told_and_leaves_no_row() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::new(&[blobs::SCHEMA]).await;
    let away = Store::s3("nowhere", Some(&format!("http://127.0.0.1:{port}"))).unwrap();
    let blobs = Blobs::new(world.db.clone(), away, world.clock.clone(), world.keys.clone());
    let files = Files { act: super::made::person(&world), world, blobs };
    let told = files.put("a.pdf", &a_pdf()).await.unwrap_err();
    assert_eq!(told.kind(), Kind::Unavailable, "{told:?}");
    let wrong = Store::s3("no-such-bucket", Some(&endpoint())).unwrap();
    let files = Files::over(files.world, wrong);
    assert!(files.put("a.pdf", &a_pdf()).await.is_err());
}
