//! Certificates in place of paper.

use certificates::{CertificateError, CertificateId, NewUse, RefusalReason, Status, UseGround, UseKind};
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
    assert_eq!((uses[0].kind, uses[0].ground), (UseKind::Used, Some(UseGround::Consent)));
    assert_eq!(
        (uses[0].certificate_type.as_str(), uses[0].item.as_deref()),
        ("resident-id", Some("hygiene-licence-new"))
    );
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

#[tokio::test]
async fn what_was_relied_on_is_kept_as_it_was() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[("sex", "男")])).await.unwrap();
    let kept = lib.use_for(lib.as_wang(), card.id).await.unwrap();
    assert_eq!((kept.identifier.as_str(), kept.version, kept.status), (card.identifier.as_str(), 1, Status::Effective));
    assert_eq!((kept.digest.clone(), kept.at, kept.valid()), (card.digest(), lib.world.clock.now(), true));
    lib.world.travel_to("2026-03-04 09:00");
    lib.ended(lib.wang, card.id, certificates::OrderKind::Annul).await;
    let mut tx = lib.world.db.read().await.unwrap();
    let again = lib.certificates.examine(&lib.system(), &mut tx, lib.wang, &kept).await.unwrap();
    assert_eq!((again.status, again.valid(), &again.digest), (Status::Annulled, false, &kept.digest));
    let cases = lib.certificates.relied_on(&mut tx, lib.wang, card.id).await.unwrap();
    assert_eq!(cases, ["520100202603020000011"]);
}

#[tokio::test]
async fn a_refusal_is_recorded_with_its_reason_and_relies_on_nothing() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    let args = (lib.certificates.clone(), lib.clerk("health", Role::Window), lib.wang, card.id);
    let done: Result<(), CertificateError> = lib
        .world
        .db
        .write(args, |tx, (c, act, holder, id)| {
            Box::pin(async move {
                let new = NewUse {
                    holder: *holder,
                    certificate: *id,
                    case_number: "520100202603020000012",
                    item: "hygiene-licence-new",
                    purpose: "id-card",
                    ground: UseGround::Consent,
                    consent: None,
                };
                c.record_refusal(act, tx, &new, RefusalReason::DataDiffer).await
            })
        })
        .await;
    done.unwrap();
    let mut tx = lib.world.db.read().await.unwrap();
    let uses = lib.certificates.uses(&mut tx, lib.wang, card.id, None, 10).await.unwrap();
    assert_eq!((uses[0].kind, uses[0].outcome.as_deref()), (UseKind::Refused, Some("data-differ")));
    assert_eq!(lib.certificates.relied_on(&mut tx, lib.wang, card.id).await.unwrap(), Vec::<String>::new());
}
