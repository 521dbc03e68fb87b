//! Sealed documents: made once, handed to the holder, checked by anybody.

use certificates::{CertificateFile, Certificates, FileState, OrderKind, Status};
use kernel::{Failure as _, Kind, SubjectId};
use seals::SealStep;
use serde_json::Value;

use super::{api::fetch, library::Library};

async fn file(
    lib: &Library,
    library: &Certificates,
    holder: SubjectId,
    id: certificates::CertificateId,
) -> CertificateFile {
    let mut tx = lib.world.db.read().await.unwrap();
    library.document(&mut tx, holder, id).await.unwrap().unwrap()
}

/// Path behind the code on the page, as a reader of it finds it.
fn check_path(lib: &Library, identifier: &str) -> String {
    let mut code = lib.world.keys.blind("certificate-check", identifier);
    code.truncate(12);
    format!("/api/v1/certificates/check/{identifier}/{code}")
}

#[tokio::test]
async fn an_issued_certificate_gets_a_sealed_document_once() {
    let lib = Library::new().await;
    let (library, seals, _) = lib.with_press();
    let one =
        lib.issue(lib.a_new(lib.firm, "food-operation-licence", &[("operation_site", "解放路9号")])).await.unwrap();
    assert_eq!(file(&lib, &library, lib.firm, one.id).await.state, FileState::Waiting);
    let early = library.open_document(lib.firm, one.id).await.err().unwrap();
    assert_eq!((early.code(), early.kind()), ("certificates.no-document", Kind::Conflict));

    assert!(library.seal_document(lib.firm, one.id).await.unwrap());
    let made = file(&lib, &library, lib.firm, one.id).await;
    assert_eq!((made.state, made.waits_for), (FileState::Sealed, None));
    assert!(!library.seal_document(lib.firm, one.id).await.unwrap(), "a fact that comes again makes nothing");
    assert_eq!(file(&lib, &library, lib.firm, one.id).await.digest, made.digest);

    let (status, bytes) = fetch(&lib, &library, "firm", &format!("/api/v1/certificates/{}/file", one.id)).await;
    assert_eq!((status, Some(gm::digest_hex(&bytes))), (200, made.digest));
    let report = seals.check(bytes.clone(), lib.world.clock.now()).await.unwrap();
    assert!(report.is_valid(), "{:?}", report.codes());
    let name = &report.signatures[0].seal.as_ref().unwrap().0;
    assert_eq!(name, "贵阳市市场监督管理局电子证照专用章（演示专用）");
    let reading = ofd::read(&bytes, &ofd::Limits::default()).unwrap();
    let text: String = reading.pages[0].pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert!(text.contains("解放路9号") && text.contains("演示专用"), "{text}");

    // The use stands in the seal's chain, on the certificate's identifier and the file's digest.
    let mut tx = lib.world.db.read().await.unwrap();
    let seal = seals.register(&mut tx, None, 10, lib.world.clock.now()).await.unwrap().remove(0);
    let uses = seals.uses(&mut tx, seal.id, None, 10).await.unwrap();
    assert_eq!((uses.len(), &uses[0].of.document, &uses[0].of.digest), (1, &one.identifier, &gm::digest_hex(&bytes)));
    assert_eq!(seals.check_chain(&mut tx, seal.id).await.unwrap().broken_at, None);
    drop(tx);

    let (status, pdf) = fetch(&lib, &library, "firm", &format!("/api/v1/certificates/{}/pdf", one.id)).await;
    assert!(status == 200 && pdf.starts_with(b"%PDF"), "{status}");
    for path in ["file", "pdf"] {
        let (status, body) = fetch(&lib, &library, "wang", &format!("/api/v1/certificates/{}/{path}", one.id)).await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, body["code"].as_str()), (404, Some("certificates.not-found")), "{path}");
    }
}

#[tokio::test]
async fn the_round_makes_what_waits_and_leaves_what_ended() {
    let lib = Library::new().await;
    let (library, ..) = lib.with_press();
    let site = |n: &'static str| lib.a_new(lib.firm, "hygiene-licence", &[("site", n)]);
    let (kept, ended) = (lib.issue(site("a")).await.unwrap(), lib.issue(site("b")).await.unwrap());
    lib.ended(lib.firm, ended.id, OrderKind::Annul).await;
    assert_eq!(library.seal_waiting().await.unwrap(), 0, "fresh ones are left to their fact");
    lib.world.travel_to("2026-03-02 10:00");
    assert_eq!(library.seal_waiting().await.unwrap(), 1);
    assert_eq!(file(&lib, &library, lib.firm, kept.id).await.state, FileState::Sealed);
    assert_eq!(file(&lib, &library, lib.firm, ended.id).await.state, FileState::Dropped);
    assert_eq!(library.seal_waiting().await.unwrap(), 0);
}

#[tokio::test]
async fn a_document_waits_for_a_seal_and_for_data_that_can_be_drawn() {
    let lib = Library::new().await;
    let (library, seals, bare) = lib.with_press();
    let one = lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("site", "a")])).await.unwrap();
    assert!(!bare.seal_document(lib.firm, one.id).await.unwrap());
    assert_eq!(file(&lib, &library, lib.firm, one.id).await.waits_for.as_deref(), Some("seals.no-seal"));
    lib.world.travel_to("2026-03-02 09:10");
    assert_eq!(library.seal_waiting().await.unwrap(), 0, "it is tried again later");
    lib.world.travel_to("2026-03-02 09:40");
    assert_eq!(library.seal_waiting().await.unwrap(), 1);

    let strange = lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("site", "\u{1F600}")])).await.unwrap();
    assert!(!library.seal_document(lib.firm, strange.id).await.unwrap());
    assert_eq!(file(&lib, &library, lib.firm, strange.id).await.waits_for.as_deref(), Some("certificates.layout"));
    let refused = library.reading_copy(lib.firm, strange.id).await.unwrap_err();
    assert!(refused.advice().contains("证照本身有效"), "{}", refused.advice());

    // One whose sealed fields were changed behind the platform's back holds back no other.
    let (bad, good) = (
        lib.issue(lib.a_new(lib.wang, "passport", &[])).await.unwrap(),
        lib.issue(lib.a_new(lib.wang, "hk-macao-permit", &[])).await.unwrap(),
    );
    lib.world.tamper(&format!("UPDATE certificate_record SET data = 'v1.AAAA' WHERE id = {}", bad.id.get())).await;
    lib.world.travel_to("2026-03-02 09:50");
    assert_eq!(library.seal_waiting().await.unwrap(), 1);
    assert_eq!(file(&lib, &library, lib.wang, bad.id).await.waits_for.as_deref(), Some("certificates.sealed"));
    assert_eq!(file(&lib, &library, lib.wang, good.id).await.state, FileState::Sealed);

    // A suspended seal makes nothing; where nothing is a demonstration nobody founds another.
    let seal = seals.seal_for("market-regulation", seals::PutOn::Certificate).await.unwrap();
    let security = lib.colleague(80, "data-bureau", kernel::Role::SecurityAdmin);
    seals.carry_out(&security, seal.id, SealStep::Suspend, "核查用印").await.unwrap();
    let late = lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("site", "c")])).await.unwrap();
    assert!(!bare.seal_document(lib.firm, late.id).await.unwrap());
}

#[tokio::test]
async fn without_a_press_nothing_is_made_and_the_holder_is_told() {
    let lib = Library::new().await;
    let one = lib.issue(lib.a_new(lib.wang, "passport", &[])).await.unwrap();
    assert!(!lib.certificates.seal_document(lib.wang, one.id).await.unwrap());
    assert_eq!(lib.certificates.seal_waiting().await.unwrap(), 0);
    for path in ["file", "pdf"] {
        let (status, body) =
            fetch(&lib, &lib.certificates, "wang", &format!("/api/v1/certificates/{}/{path}", one.id)).await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, body["code"].as_str()), (409, Some("certificates.no-press")), "{body}");
    }
}

#[tokio::test]
async fn a_stranger_with_the_code_sees_how_a_certificate_stands_and_little_more() {
    let lib = Library::new().await;
    let (library, ..) = lib.with_press();
    let one = lib.issue(lib.a_new(lib.wang, "resident-id", &[("address", "中华北路1号")])).await.unwrap();
    library.seal_document(lib.wang, one.id).await.unwrap();
    let path = check_path(&lib, &one.identifier);
    let (status, body) = fetch(&lib, &library, "", &path).await;
    let text = String::from_utf8(body).unwrap();
    let seen: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, seen["valid"].as_bool(), seen["status"].as_str()),
        (200, Some(true), Some("effective")),
        "{text}"
    );
    assert_eq!(seen["digest"].as_str().map(str::len), Some(64));
    for private in ["王小敏", super::library::WANG, "中华北路"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
    lib.ended(lib.wang, one.id, OrderKind::Cancel).await;
    let (_, body) = fetch(&lib, &library, "", &path).await;
    let seen: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((seen["valid"].as_bool(), seen["status"].as_str()), (Some(false), Some(Status::Cancelled.as_str())));

    let wrong = format!("/api/v1/certificates/check/{}/000000000000", one.identifier);
    let stranger = check_path(&lib, "1.2.156.3005.2.none");
    for path in [wrong.as_str(), &stranger, &path[..path.len() - 1]] {
        let (status, body) = fetch(&lib, &library, "", path).await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, body["code"].as_str()), (404, Some("certificates.unknown")), "{path}");
    }
}
