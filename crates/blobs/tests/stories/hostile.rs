//! What must not get in.

use blobs::{BlobError, LIMIT_BYTES, Refusal, SweepReport};
use bytes::Bytes;
use kernel::{Failure as _, Kind};

use super::made::{Files, a_docx, a_jpeg, a_pdf, a_png, an_ofd};

#[tokio::test]
async fn disguised_files_are_quarantined() {
    let files = Files::new().await;
    let script_pdf = b"%PDF-1.7\n1 0 obj << /S /JavaScript /JS (x) >> endobj\n%%EOF\n".to_vec();
    let cases: Vec<(&str, Vec<u8>, &str, Kind)> = vec![
        ("a.pdf", b"MZ\x90\0 a program".to_vec(), "blobs.unrecognised", Kind::Unsupported),
        ("a.jpg", b"<html><script>alert(1)</script>".to_vec(), "blobs.unrecognised", Kind::Unsupported),
        ("a.pdf", a_png(), "blobs.mismatch", Kind::Unsupported),
        ("a.png", a_jpeg(), "blobs.mismatch", Kind::Unsupported),
        ("a.docx", an_ofd(&[]), "blobs.mismatch", Kind::Unsupported),
        ("a.pdf", script_pdf, "blobs.active-content", Kind::Invalid),
        ("a.docx", a_docx(&[("word/vbaProject.bin", b"x")]), "blobs.active-content", Kind::Invalid),
        ("a.ofd", an_ofd(&[("Doc_0/run.js", b"x")]), "blobs.active-content", Kind::Invalid),
        ("a.ofd", an_ofd(&[("../../x.xml", b"x")]), "blobs.active-content", Kind::Invalid),
        ("a.ofd", an_ofd(&[("big.png", &vec![0; 30_000_000])]), "blobs.unpacks-too-large", Kind::Invalid),
        ("a.png", a_png()[..40].to_vec(), "blobs.damaged", Kind::Invalid),
    ];
    let count = cases.len();
    for (name, bytes, code, kind) in cases {
        let refused = files.put(name, &bytes).await.unwrap_err();
        assert_eq!((refused.code(), refused.kind()), (code, kind), "{name} {refused}");
        assert!(refused.advice().ends_with('。'));
        assert_eq!(refused.faults()[0].pointer, "/file");
    }
    let kept = files.on_disk();
    assert!(kept.len() == count && kept.iter().all(|path| path.starts_with("quarantine/")), "{kept:?}");

    // Nobody reads them, and after their time they go.
    for path in &kept {
        let id = path.trim_start_matches("quarantine/").parse().unwrap();
        assert!(matches!(files.blobs.open(id).await, Err(BlobError::NotFound(_))));
    }
    files.world.travel_to("2026-04-02 00:00");
    assert_eq!(files.blobs.sweep().await.unwrap(), SweepReport { quarantined: count as u64, ..SweepReport::default() });
    assert_eq!(files.on_disk(), [""; 0]);
}

#[tokio::test]
async fn bad_names_are_refused_before_a_byte_is_stored() {
    let files = Files::new().await;
    for (name, refusal) in [
        ("../../etc/cron.d/a.pdf", Refusal::Name),
        ("a.exe", Refusal::Extension),
        ("照片.exe.pdf", Refusal::DoubleExtension),
    ] {
        let told = files.put(name, &a_pdf()).await;
        assert!(matches!(&told, Err(BlobError::Refused(r)) if *r == refusal), "{name}: {told:?}");
    }
    let told = files.blobs.begin(&files.act, "a.pdf", Some("text/html"), LIMIT_BYTES).await;
    told.expect("a type that names none of ours says nothing").abort().await;
    let told = files.blobs.begin(&files.act, "a.pdf", Some("image/png"), LIMIT_BYTES).await;
    assert!(matches!(told, Err(BlobError::Refused(Refusal::Mismatch { .. }))));
    assert_eq!(files.on_disk(), [""; 0]);
}

#[tokio::test]
async fn a_file_beyond_the_limit_leaves_nothing() {
    let files = Files::new().await;
    let piece = Bytes::from(vec![b'x'; 1024 * 1024]);
    let endless = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
    let told = files.blobs.put(&files.act, endless, "a.pdf", LIMIT_BYTES).await.unwrap_err();
    assert_eq!((told.kind(), told.code()), (Kind::TooLarge, "blobs.too-large"));
    assert_eq!(told.advice(), "文件超过 20 MB，请压缩或者拆分后再上传。");
    assert_eq!(files.on_disk(), [""; 0]);
    assert!(matches!(files.put("a.pdf", b"").await, Err(BlobError::Refused(Refusal::Empty))));
    assert_eq!(files.on_disk(), [""; 0]);
}

#[tokio::test]
async fn a_stream_that_breaks_off_leaves_nothing() {
    let files = Files::new().await;
    let pieces = vec![Ok(Bytes::from(a_pdf())), Err(std::io::Error::other("connection reset"))];
    let told = files.blobs.put(&files.act, futures_util::stream::iter(pieces), "a.pdf", LIMIT_BYTES).await;
    assert!(matches!(told, Err(BlobError::Broken(_))), "{told:?}");
    assert_eq!(files.on_disk(), [""; 0]);
}
