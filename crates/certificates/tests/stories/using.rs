//! Certificates in place of paper.

use certificates::{CertificateError, CertificateId, Status};
use kernel::{Failure as _, Kind, Role};

use super::library::Library;

#[tokio::test]
async fn each_use_is_recorded_for_the_holder_and_in_the_trail() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    lib.use_for(lib.as_wang(), card.id).await.unwrap();
    lib.world.travel_to("2026-03-03 09:00");
    lib.use_for(lib.clerk("market-regulation", Role::Window), card.id).await.unwrap();
    let mut tx = lib.world.db.read().await.unwrap();
    let uses = lib.certificates.uses(&mut tx, lib.wang, card.id, None, 10).await.unwrap();
    assert_eq!(
        uses.iter().map(|u| (u.used_by.as_str(), u.department.as_deref())).collect::<Vec<_>>(),
        [("staff", Some("market-regulation")), ("holder", None)]
    );
    assert_eq!((uses[0].case_number.as_str(), uses[0].purpose.as_str()), ("520100202603020000011", "身份证明"));
    let trail = audit::records_of(&mut tx, kernel::AccountId::from(72), 0, 10).await.unwrap();
    assert_eq!(trail.iter().map(|r| r.act.as_str()).collect::<Vec<_>>(), ["certificates.used"]);
    let older = lib.certificates.uses(&mut tx, lib.wang, card.id, Some(uses[0].id), 10).await.unwrap();
    assert_eq!(older, uses[1..]);
}

#[tokio::test]
async fn an_expired_certificate_is_held_but_not_usable() {
    let lib = Library::new().await;
    let proof = lib.issue(lib.a_new(lib.wang, "health-check-proof", &[])).await.unwrap();
    assert_eq!(proof.expires_on.unwrap().to_string(), "2027-03-01");
    lib.world.travel_to("2027-03-01 23:59");
    assert!(lib.use_for(lib.as_wang(), proof.id).await.is_ok(), "valid on its last day");
    lib.world.travel_to("2027-03-02 00:00");
    let told = lib.use_for(lib.as_wang(), proof.id).await.unwrap_err();
    assert!(matches!(told, CertificateError::NotUsable { status: Status::Expired, .. }));
    assert_eq!(told.kind(), Kind::Conflict);
    assert!(told.advice().contains("已过有效期"));
    let held = lib.held(lib.wang).await;
    assert_eq!((held.len(), held[0].valid_on(lib.today())), (1, false));
    let mut tx = lib.world.db.read().await.unwrap();
    assert_eq!(lib.certificates.uses(&mut tx, lib.wang, proof.id, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn somebody_elses_certificate_is_not_there() {
    let lib = Library::new().await;
    let firms = lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("site", "a")])).await.unwrap();
    for id in [firms.id, CertificateId::from(5)] {
        let told = lib.use_for(lib.as_wang(), id).await.unwrap_err();
        assert!(matches!(told, CertificateError::NotFound(_)) && told.kind() == Kind::NotFound);
        let mut tx = lib.world.db.read().await.unwrap();
        assert!(matches!(lib.certificates.find(&mut tx, lib.wang, id).await, Err(CertificateError::NotFound(_))));
        let uses = lib.certificates.uses(&mut tx, lib.wang, id, None, 10).await;
        assert!(matches!(uses, Err(CertificateError::NotFound(_))));
    }
}

db::statements! {
    SWAP = "UPDATE certificate_record SET data = (SELECT o.data FROM certificate_record o WHERE o.subject_id = $1 AND o.id = $3) \
        WHERE subject_id = $1 AND id = $2";
}

#[tokio::test]
async fn data_moved_from_another_certificate_are_noticed() {
    let lib = Library::new().await;
    let one = lib.issue(lib.a_new(lib.wang, "passport", &[("passport_number", "E1")])).await.unwrap();
    let other = lib.issue(lib.a_new(lib.wang, "hk-macao-permit", &[("permit_number", "C2")])).await.unwrap();
    let args = (lib.wang.get(), one.id.get(), other.id.get());
    let changed: Result<u64, db::DbError> = lib
        .world
        .db
        .write(args, |tx, (a, b, c)| Box::pin(async move { tx.exec(SWAP, db::args![a, b, c]).await }))
        .await;
    assert_eq!(changed.unwrap(), 1);
    let told = lib.use_for(lib.as_wang(), one.id).await.unwrap_err();
    assert!(matches!(told, CertificateError::Sealed(..)), "{told:?}");
}
