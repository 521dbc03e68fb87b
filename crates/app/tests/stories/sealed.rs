//! Certificates that cases issue, as sealed documents: made by the jobs, checked by the validator and by openssl, shown to
//! holders and strangers.

use std::{collections::BTreeSet, process::Command};

use axum::http::StatusCode;
use ofd::{Limits, seal::SealedValue};
use serde_json::Value;

use crate::{
    apply_walk::walker,
    town::{PASSWORD, Town},
};

/// What somebody holds, by id.
async fn held(town: &Town, token: &str) -> Vec<Value> {
    let list = town.get(token, "/api/v1/certificates?limit=100").await.json();
    list["items"].as_array().unwrap().clone()
}

/// Whether openssl accepts the signature over a sealed file under the certificate in it.
fn openssl_accepts(ofd: &[u8]) -> bool {
    let reading = ofd::read(ofd, &Limits::default()).unwrap();
    let value = reading.file(&reading.signatures[0].value).unwrap();
    let sealed = SealedValue::from_der(value).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let certificate = gm::x509::Certificate::from_der(&sealed.signer).unwrap();
    std::fs::write(at("signer.crt"), certificate.to_pem()).unwrap();
    std::fs::write(at("signed"), &sealed.signed).unwrap();
    std::fs::write(at("value"), &sealed.signature).unwrap();
    let key = Command::new("openssl")
        .args(["x509", "-pubkey", "-noout", "-in", &at("signer.crt"), "-out", &at("signer.pub")])
        .output()
        .expect("openssl runs");
    assert!(key.status.success(), "{}", String::from_utf8_lossy(&key.stderr));
    let checked = Command::new("openssl")
        .args(["pkeyutl", "-verify", "-pubin", "-inkey", &at("signer.pub"), "-in", &at("signed"), "-rawin"])
        .args(["-digest", "sm3", "-sigfile", &at("value"), "-pkeyopt", "distid:1234567812345678"])
        .output()
        .expect("openssl runs");
    checked.status.success()
}

#[tokio::test]
async fn every_item_that_yields_a_certificate_yields_a_sealed_document() {
    let town = Town::founded().await;
    let issuing: BTreeSet<String> = {
        let mut tx = town.platform.db.read().await.unwrap();
        let shown = town.platform.catalogue.shown(&mut tx).await.unwrap();
        let yields = |item: &&catalogue::domain::Item| item.result.certificate_type.is_some();
        shown.items.iter().map(|(item, _)| item.as_ref()).filter(yields).map(|item| item.slug.clone()).collect()
    };
    assert!(issuing.len() > 20, "{issuing:?}");
    let walk = walker(&town);
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    for slug in &issuing {
        let item = walk.walk_item(slug).await.unwrap_or_else(|error| panic!("{error}"));
        // Before a later item issues the next version of the same certificate.
        while jobs.run_once().await.unwrap().delivered > 0 {}
        let token = town.sign_in(&item.applicant).await;
        let of_case = |line: &&Value| line["case_number"].as_str() == Some(&item.number);
        let lines = held(&town, &token).await;
        let line = lines.iter().find(of_case).unwrap_or_else(|| panic!("{slug} yielded nothing"));
        let path = format!("/api/v1/certificates/{}/file", line["id"].as_str().unwrap());
        let (status, ofd) = town.bytes(&token, &path).await;
        assert_eq!(status, StatusCode::OK, "{slug}: {}", String::from_utf8_lossy(&ofd));
        let report = town.platform.seals.check(ofd.clone(), town.world.clock.now()).await.unwrap();
        assert!(report.is_valid(), "{slug}: {:?}", report.codes());
        assert!(openssl_accepts(&ofd), "{slug}");
        assert!(ofd.len() <= 60 * 1024, "{slug}: {} bytes", ofd.len());
    }
    assert_eq!(jobs.dead_letters().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_holder_fetches_his_document_and_a_stranger_checks_it() {
    let town = Town::founded().await;
    let made = walker(&town).walk_item("driving-licence-renewal").await.unwrap();
    let token = town.sign_in(&made.applicant).await;
    let of_case = |line: &&Value| line["case_number"].as_str() == Some(&made.number);
    let line = held(&town, &token).await.iter().find(of_case).unwrap().clone();
    let page = format!("/my/certificates/{}", line["id"].as_str().unwrap());
    let before = town.page(&token, &page).await.text;
    assert!(before.contains("正在制作并加盖电子印章"), "{before}");
    let jobs = app::listeners::jobs(&town.platform).unwrap();
    jobs.run_once().await.unwrap();

    let shown = town.page(&token, &page).await.text;
    assert!(shown.contains("下载 OFD 文件") && shown.contains("下载 PDF"), "{shown}");
    let check = format!("/c/{}", shown.split_once("href=\"/c/").unwrap().1.split_once('"').unwrap().0);
    let seen = town.get("", &check).await;
    assert!(
        seen.text.contains("现行有效") && !seen.text.contains(line["holder_name"].as_str().unwrap()),
        "{}",
        seen.text
    );
    let unknown = town.get("", &format!("{}0", &check[..check.len() - 1])).await;
    let other = town.get("", &format!("{}1", &check[..check.len() - 1])).await;
    assert!([unknown.status, other.status].contains(&StatusCode::NOT_FOUND));

    // Anybody checks the file on the page.
    let (_, ofd) = town.bytes(&token, &format!("{page}/file")).await;
    let asked = town.get("", "/verify").await;
    assert!(asked.text.contains("不用登录"), "{}", asked.text);
    let good = town.post_file("/verify", Some(&ofd)).await;
    assert!(
        good.text.contains("文件完整，印章真实有效") && good.text.contains("电子证照专用章（演示专用）"),
        "{}",
        good.text
    );
    let mut broken = ofd.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    let bad = town.post_file("/verify", Some(&broken)).await;
    assert!(bad.text.contains("核验没有通过"), "{}", bad.text);
    let none = town.post_file("/verify", None).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("请选择要核验的 OFD 文件"), "{}", none.text);
    let register = town.get("", "/seals").await;
    assert!(register.text.contains("电子证照专用章") && register.text.contains("52010000000001"), "{}", register.text);
    let (status, pdf) = town.bytes(&token, &format!("{page}/pdf")).await;
    assert!(status == StatusCode::OK && pdf.starts_with(b"%PDF"));
}

#[tokio::test]
async fn the_commands_certificate_is_checked_without_the_city() {
    let town = Town::founded().await;
    let (walk, jobs) = (walker(&town), app::listeners::jobs(&town.platform).unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let working = tokio::spawn(async move {
        jobs.run(async {
            stopped.await.ok();
        })
        .await;
    });
    let made = walk.certificate().await.unwrap();
    stop.send(()).unwrap();
    working.await.unwrap();
    let mut trust = gm::x509::Trust::new();
    trust.add_file(&made.root).unwrap();
    let report = ofd::validate(&made.ofd, &trust, town.world.clock.now());
    assert!(report.is_valid(), "{:?}", report.codes());
    assert!(made.identifier.starts_with("1.2.156.3005.2."));
    let alone = demo::walk::Walk::over(std::sync::Arc::new(demo::walk::api::InProcess(town.site.clone())), "wrong");
    assert!(alone.certificate().await.is_err(), "{PASSWORD} is asked for");
}

#[tokio::test]
async fn a_seal_goes_its_way_over_the_desk() {
    let town = Town::founded().await;
    let keeper = town.sign_in(&town.staff("clerk", "health")).await;
    let approver = town.sign_in(&town.staff("approver", "health")).await;
    let (security, supervisor) = (town.sign_in("secadmin1").await, town.sign_in("supervisor1").await);
    let asked = |name: &'static str| {
        [
            ("kind", "approval"),
            ("name", name),
            ("line", "行政审批专用章"),
            ("put_on", "decision"),
            ("reason", "新设窗口"),
        ]
    };
    let wrong = town.send_form(&keeper, "/desk/seals", &asked("")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("请填写单位全称") && wrong.text.contains("新设窗口"), "{}", wrong.text);
    let made = town.send_form(&keeper, "/desk/seals", &asked("贵阳市卫生健康局")).await;
    let place = made.headers["location"].to_str().unwrap().to_owned();
    let place = place.split_once('?').unwrap().0;
    let steps = format!("{place}/steps");
    let silent = town.send_form(&approver, &steps, &[("step", "approve"), ("reason", "")]).await;
    assert!(silent.text.contains("请写明理由"), "{}", silent.text);
    let early = town.send_form(&security, &steps, &[("step", "make"), ("reason", "制作")]).await;
    assert!(early.status == StatusCode::CONFLICT && early.text.contains("不能制作"), "{}", early.text);
    for (who, step) in [(&approver, "approve"), (&security, "make"), (&keeper, "activate")] {
        let done = town.send_form(who, &steps, &[("step", step), ("reason", "按制度办理")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {}", done.text);
    }
    let shown = town.page(&supervisor, place).await.text;
    assert!(shown.contains("使用中") && shown.contains("的用印链完整") && !shown.contains(&steps), "{shown}");
    let (status, picture) = town.bytes(&keeper, &format!("{place}/picture")).await;
    assert!(status == StatusCode::OK && picture.starts_with(b"\x89PNG"));
    let list = town.page(&supervisor, "/desk/seals").await.text;
    assert!(list.contains("贵阳市卫生健康局行政审批专用章") && list.contains("异常用印"), "{list}");
    let other = town.sign_in(&town.staff("clerk", "education")).await;
    assert_eq!(town.page(&other, place).await.status, StatusCode::NOT_FOUND);
    let unknown = town.send_form(&keeper, &steps, &[("step", "burn"), ("reason", "x")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
