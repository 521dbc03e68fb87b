//! Files that are taken, used, handed out and swept.

use blobs::{BlobError, MediaType, State, SweepReport, headers};
use db::DbError;
use kernel::{Failure as _, Kind};

use super::made::{Files, a_docx, a_jpeg, a_pdf, a_png, a_webp, an_ofd, an_xlsx, person};

#[tokio::test]
async fn every_accepted_kind_is_stored_under_its_digest_and_read_back() {
    let files = Files::new().await;
    for (name, bytes, kind) in [
        ("租赁合同.pdf", a_pdf(), MediaType::Pdf),
        ("营业执照.ofd", an_ofd(&[]), MediaType::Ofd),
        ("照片.JPG", a_jpeg(), MediaType::Jpeg),
        ("照片.png", a_png(), MediaType::Png),
        ("照片.webp", a_webp(), MediaType::Webp),
        ("章程.docx", a_docx(&[]), MediaType::Docx),
        ("名册.xlsx", an_xlsx(), MediaType::Xlsx),
    ] {
        let stored = files.put(name, &bytes).await.unwrap();
        assert_eq!((stored.media_type, stored.size, stored.name.as_str()), (kind, bytes.len() as u64, name));
        assert_eq!(stored.sm3, gm::digest_hex(&bytes));
        let (meta, read) = files.blobs.read(stored.id).await.unwrap();
        assert_eq!(read, bytes);
        assert_eq!((meta.name.as_str(), meta.state), (name, State::Stored));
    }
    assert!(files.on_disk().iter().all(|path| path.starts_with("files/2026/03/02/")), "{:?}", files.on_disk());
}

#[tokio::test]
async fn a_large_file_goes_through_in_parts() {
    let files = Files::new().await;
    let mut bytes = a_pdf();
    let filler = format!("2 0 obj << /Length 3000000 >>\nstream\n{}\nendstream endobj\n", "x".repeat(3_000_000));
    let at = bytes.len() - 7;
    bytes.splice(at..at, filler.into_bytes());
    let stored = files.put("大文件.pdf", &bytes).await.unwrap();
    assert_eq!(files.blobs.read(stored.id).await.unwrap().1, bytes);
}

#[tokio::test]
async fn only_the_uploader_in_the_same_name_is_the_uploader() {
    let files = Files::new().await;
    let stored = files.put("a.pdf", &a_pdf()).await.unwrap();
    let meta = files.blobs.open(stored.id).await.unwrap().meta;
    assert!(meta.uploaded_by(&files.act));
    assert!(!meta.uploaded_by(&person(&files.world)));
    let made = files.blobs.put_bytes(&files.act, "受理通知书.pdf", a_pdf().into()).await.unwrap();
    let made = files.blobs.open(made.id).await.unwrap().meta;
    assert!(!made.uploaded_by(&files.act), "what the platform made belongs to no login");
    assert!(!made.uploaded_by(&kernel::Act::system(files.act.at)));
}

#[tokio::test]
async fn a_download_is_an_attachment_that_cannot_run() {
    let files = Files::new().await;
    let stored = files.put("租赁合同.pdf", &a_pdf()).await.unwrap();
    let content = files.blobs.open(stored.id).await.unwrap();
    let headers = headers(&content.meta);
    let of = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str()).unwrap();
    assert_eq!(of("content-type"), "application/pdf");
    assert_eq!(of("content-length"), a_pdf().len().to_string());
    assert!(of("content-disposition").starts_with("attachment; filename=\"file.pdf\"; filename*=UTF-8''%E7%A7%9F"));
    assert_eq!(of("x-content-type-options"), "nosniff");
    assert_eq!(of("content-security-policy"), "default-src 'none'; sandbox");
    assert!(headers.iter().all(|(_, value)| value.is_ascii()));
}

#[tokio::test]
async fn the_name_is_not_readable_in_the_database() {
    let files = Files::new().await;
    files.put("王小敏的离婚证.pdf", &a_pdf()).await.unwrap();
    if files.world.db.engine() == db::Engine::Sqlite {
        let dump: Vec<u8> = ["world.db", "world.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(files.world.folder().join(name)).unwrap_or_default())
            .collect();
        assert!(!dump.windows(9).any(|w| w == "王小敏".as_bytes()));
    }
}

#[tokio::test]
async fn an_unused_file_is_swept_after_ninety_days_and_a_used_one_stays() {
    let files = Files::new().await;
    let unused = files.put("a.pdf", &a_pdf()).await.unwrap().id;
    let used = files.put("b.png", &a_png()).await.unwrap().id;
    let (blobs, act) = (files.blobs.clone(), files.act.clone());
    let meta = files
        .world
        .db
        .write((blobs, act, used), |tx, (blobs, act, id)| Box::pin(blobs.attach(act, tx, *id)))
        .await
        .unwrap();
    assert_eq!((meta.state, meta.name.as_str()), (State::Used, "b.png"));

    files.world.travel_to("2026-05-30 00:00");
    assert_eq!(files.blobs.sweep().await.unwrap(), SweepReport::default());
    files.world.travel_to("2026-06-01 00:00");
    assert_eq!(files.blobs.sweep().await.unwrap(), SweepReport { unused: 1, ..SweepReport::default() });
    assert!(matches!(files.blobs.open(unused).await, Err(BlobError::NotFound(_))));
    assert_eq!(files.blobs.read(used).await.unwrap().1, a_png());
    assert_eq!(files.on_disk(), [format!("files/2026/03/02/{used}")]);
    assert_eq!(files.blobs.sweep().await.unwrap(), SweepReport::default());
}

#[tokio::test]
async fn a_swept_or_unknown_file_cannot_be_used() {
    let files = Files::new().await;
    let id = files.put("a.pdf", &a_pdf()).await.unwrap().id;
    files.world.travel_to("2026-07-01 00:00");
    files.blobs.sweep().await.unwrap();
    for id in [id, kernel::FileId::from(12345)] {
        let tried = files
            .world
            .db
            .write((files.blobs.clone(), files.act.clone(), id), |tx, (blobs, act, id)| {
                Box::pin(blobs.attach(act, tx, *id))
            })
            .await;
        assert!(matches!(&tried, Err(error) if error.kind() == Kind::NotFound), "{tried:?}");
    }
}

#[tokio::test]
async fn a_use_that_is_rolled_back_leaves_the_file_unused() {
    let files = Files::new().await;
    let id = files.put("a.pdf", &a_pdf()).await.unwrap().id;
    let tried: Result<(), BlobError> = files
        .world
        .db
        .write((files.blobs.clone(), files.act.clone(), id), |tx, (blobs, act, id)| {
            Box::pin(async {
                blobs.attach(act, tx, *id).await?;
                Err(DbError::Unavailable("something else went wrong".to_owned()).into())
            })
        })
        .await;
    assert!(tried.is_err());
    assert_eq!(files.blobs.open(id).await.unwrap().meta.state, State::Stored);
}

#[tokio::test]
async fn the_tables_stay_distributable_and_the_statements_are_understood() {
    let files = Files::new().await;
    assert_eq!(db::check_homes(&files.world.db, &[blobs::SCHEMA]).await.unwrap(), Vec::<String>::new());
    assert_eq!(db::prepare_all(&files.world.db, &[blobs::SCHEMA]).await.unwrap(), Vec::<String>::new());
}
