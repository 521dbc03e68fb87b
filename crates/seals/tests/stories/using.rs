//! Seals on documents, the record of uses, the check of what was sealed.

use kernel::{Failure as _, Kind};
use ofd::{Code, State};
use seals::{NewUse, PutOn, Seal, SealError, SealStep, SealUse, Unusual};

use super::city::{City, document, over};

fn a_use(document: &str, digest: &str) -> NewUse {
    NewUse {
        put_on: PutOn::Decision,
        case_number: Some("520100202603020000011".into()),
        document: document.into(),
        digest: digest.into(),
        confirmed_by: None,
        reason: "决定书用印".into(),
    }
}

async fn used(city: &City, seal: &Seal, of: NewUse) -> Result<SealUse, SealError> {
    let args = (city.seals.clone(), city.approver(), seal.clone(), of);
    city.world
        .db
        .write(args, |tx, (seals, act, seal, of)| {
            Box::pin(async move { seals.record_use(act, tx, seal, of.clone()).await })
        })
        .await
}

#[tokio::test]
async fn a_sealed_document_is_found_good_and_a_changed_one_is_not() {
    let city = City::new().await;
    let seal = city.find(city.active().await.id).await;
    let now = city.world.clock.now();
    let place = (Some(1), (145.0, 230.0));
    let stamped = city.seals.stamp(seal.clone(), PutOn::Decision, document(), place, now).await.unwrap();
    assert_eq!(stamped.digest, gm::digest_hex(&stamped.bytes));
    let report = city.seals.check(stamped.bytes.clone(), now).await.unwrap();
    assert!(report.is_valid(), "{:?}", report.codes());
    let (name, number) = report.signatures[0].seal.clone().unwrap();
    assert_eq!((name.as_str(), number), ("贵阳市卫生健康局行政审批专用章（演示专用）", seal.number.clone()));

    let nobody = over(&city.world, None).check(stamped.bytes.clone(), now).await.unwrap();
    assert_eq!(nobody.verdict(), State::NotCheckable, "{:?}", nobody.codes());
    assert!(nobody.codes().contains(&Code::NoRoots));
    let bare = city.seals.check(document(), now).await.unwrap();
    assert!(bare.codes().contains(&Code::NoSignature) && !bare.is_valid());
    let mut broken = stamped.bytes;
    broken.truncate(broken.len() / 2);
    assert!(!city.seals.check(broken, now).await.unwrap().is_valid());

    let other = city.seals.stamp(seal.clone(), PutOn::Certificate, document(), place, now).await.unwrap_err();
    assert!(matches!(other, SealError::NoSeal(_, PutOn::Certificate)), "{other}");
    for (bytes, place, code) in [
        (document(), (Some(2), (145.0, 230.0)), "seals.invalid"),
        (document(), (Some(0), (145.0, 230.0)), "seals.invalid"),
        (document(), (None, (900.0, 900.0)), "seals.unstampable"),
        (b"x".to_vec(), (None, (1.0, 1.0)), "seals.unstampable"),
    ] {
        let refused = city.seals.stamp(seal.clone(), PutOn::Decision, bytes, place, now).await.unwrap_err();
        assert_eq!((refused.code(), refused.kind()), (code, Kind::Invalid), "{refused}");
    }
}

#[tokio::test]
async fn uses_are_chained_and_a_changed_one_is_found() {
    let city = City::new().await;
    let seal = city.find(city.active().await.id).await;
    for n in 1..=3 {
        let made = used(&city, &seal, a_use(&format!("准予〔2026〕{n}号"), "ab")).await.unwrap();
        assert_eq!(made.seq, n);
        // At ten in the morning of a working day; the third is beyond the quota of two.
        let expected: &[Unusual] = if n == 3 { &[Unusual::OverQuota] } else { &[] };
        assert_eq!(made.unusual, expected);
    }
    city.world.travel_to("2026-03-07 22:00");
    let night = used(&city, &seal, a_use("准予〔2026〕4号", "cd")).await.unwrap();
    assert_eq!(night.unusual, [Unusual::OffHours]);

    let mut tx = city.world.db.read().await.unwrap();
    let whole = city.seals.check_chain(&mut tx, seal.id).await.unwrap();
    assert_eq!((whole.uses, whole.broken_at), (4, None));
    for count in [1, 3, 50] {
        let newest = city.seals.check_newest(&mut tx, seal.id, count).await.unwrap();
        assert_eq!((newest.uses, newest.broken_at), (4, None), "{count}");
    }
    let unusual = city.seals.unusual(&mut tx, None, 10).await.unwrap();
    assert_eq!(unusual.iter().map(|used| used.seq).collect::<Vec<_>>(), [4, 3]);
    let page = city.seals.uses(&mut tx, seal.id, Some(4), 2).await.unwrap();
    assert_eq!(page.iter().map(|used| used.seq).collect::<Vec<_>>(), [3, 2]);
    drop(tx);

    for (change, broken_at) in [
        ("UPDATE seal_use SET document = 'x' WHERE seq = 2", 2),
        ("DELETE FROM seal_use WHERE seq = 4", 2),
        ("UPDATE seal_use SET document = '准予〔2026〕2号' WHERE seq = 2", 4),
    ] {
        city.world.tamper(change).await;
        let mut tx = city.world.db.read().await.unwrap();
        let found = city.seals.check_chain(&mut tx, seal.id).await.unwrap();
        assert_eq!(found.broken_at, Some(broken_at), "{change}");
        let newest = city.seals.check_newest(&mut tx, seal.id, 50).await.unwrap();
        assert!(newest.broken_at.is_some(), "{change}");
        drop(tx);
        let (seals, broken) = city.seals.verify_chains().await.unwrap();
        assert_eq!((seals, broken), (1, vec![(seal.id.to_string(), broken_at)]), "{change}");
    }
}

#[tokio::test]
async fn a_seal_that_was_suspended_since_it_was_looked_up_is_refused() {
    let city = City::new().await;
    let seal = city.find(city.active().await.id).await;
    city.step(&city.keeper(), seal.id, SealStep::Suspend).await.unwrap();
    let refused = used(&city, &seal, a_use("准予〔2026〕1号", "ab")).await.unwrap_err();
    assert!(matches!(refused, SealError::NoSeal(..)), "{refused}");
    assert_eq!(city.find(seal.id).await.uses, 0);
}

#[tokio::test]
async fn a_seal_that_was_never_used_has_a_whole_chain() {
    let city = City::new().await;
    let seal = city.active().await;
    let mut tx = city.world.db.read().await.unwrap();
    let newest = city.seals.check_newest(&mut tx, seal.id, 50).await.unwrap();
    assert_eq!((newest.uses, newest.broken_at), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_need_a_seal_at_once_found_one() {
    let city = City::new().await;
    let need = || {
        let seals = city.seals.clone();
        tokio::spawn(async move { seals.seal_for("education", PutOn::Certificate).await.unwrap().id })
    };
    let (one, two) = (need(), need());
    assert_eq!(one.await.unwrap(), two.await.unwrap());
}
