//! Errors that holders report.

use std::collections::BTreeMap;

use certificates::{CertificateError, CertificateId, Report, ReportId, ReportState};
use kernel::{Act, Failure as _, Kind, Role};

use super::library::Library;

const BODY: &str = "market-regulation";

async fn report(lib: &Library, act: Act, id: CertificateId, words: &'static str) -> Result<Report, CertificateError> {
    let args = (lib.certificates.clone(), act, id);
    lib.world.db.write(args, move |tx, (c, act, id)| Box::pin(c.report_error(act, tx, *id, words))).await
}

async fn answer(
    lib: &Library,
    act: Act,
    id: ReportId,
    data: &[(&str, &str)],
    words: &'static str,
) -> Result<Report, CertificateError> {
    let data: BTreeMap<String, String> = data.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let args = (lib.certificates.clone(), act, lib.wang, id, data);
    lib.world
        .db
        .write(args, move |tx, (c, act, holder, id, data)| {
            Box::pin(c.answer_report(act, tx, *holder, *id, data, words))
        })
        .await
}

#[tokio::test]
async fn a_reported_error_is_mended_by_a_new_version() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "marriage-certificate", &[("spouse_name", "李建圆")])).await.unwrap();
    let made = report(&lib, lib.as_wang(), card.id, "配偶姓名应当是李建国").await.unwrap();
    assert_eq!(made.due.to_string(), "2026-03-09", "five working days");
    let clerk = || lib.clerk(BODY, Role::CertificateClerk);
    let mut tx = lib.world.db.read().await.unwrap();
    let waiting = lib.certificates.open_reports(&clerk(), &mut tx, None, 10).await.unwrap();
    assert_eq!(waiting, std::slice::from_ref(&made));
    let beyond = lib.certificates.open_reports(&clerk(), &mut tx, Some((made.due, made.id)), 10).await.unwrap();
    assert_eq!(beyond, []);
    let other = lib.clerk("health", Role::Approver);
    assert_eq!(lib.certificates.open_reports(&other, &mut tx, None, 10).await.unwrap(), []);
    drop(tx);
    assert!(matches!(answer(&lib, other, made.id, &[], "核实无误").await, Err(CertificateError::NoReport)));

    let done = answer(&lib, clerk(), made.id, &[("spouse_name", "李建国")], "已按档案更正").await.unwrap();
    assert_eq!((done.state, done.answer.as_deref()), (ReportState::Corrected, Some("已按档案更正")));
    let held = lib.held(lib.wang).await;
    assert_eq!((held.len(), held[0].data["spouse_name"].as_str(), held[0].version), (1, "李建国", 2));
    assert_eq!(done.corrected_by, Some(held[0].id));
    assert!(matches!(answer(&lib, clerk(), made.id, &[], "核实无误").await, Err(CertificateError::NoReport)));
    let mut tx = lib.world.db.read().await.unwrap();
    assert_eq!(lib.certificates.reports_of(&mut tx, lib.wang, card.id).await.unwrap(), [done]);
}

#[tokio::test]
async fn what_is_right_stays_and_the_holder_is_told_why() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    let made = report(&lib, lib.as_wang(), card.id, "有效期不对").await.unwrap();
    let twice = report(&lib, lib.as_wang(), card.id, "有效期还是不对").await.unwrap_err();
    assert!(matches!(twice, CertificateError::ReportThere) && twice.kind() == Kind::Conflict);
    let silent = answer(&lib, lib.clerk(BODY, Role::Approver), made.id, &[], "嗯").await.unwrap_err();
    assert_eq!(silent.kind(), Kind::Invalid);
    let done =
        answer(&lib, lib.clerk(BODY, Role::Approver), made.id, &[], "与档案一致，有效期按年龄计算").await.unwrap();
    assert_eq!((done.state, done.corrected_by), (ReportState::Refused, None));
    assert!(report(&lib, lib.as_wang(), card.id, "请再核实一次").await.is_ok(), "one after the other");
}

#[tokio::test]
async fn only_the_holder_reports_and_in_words() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    let firms = lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("site", "a")])).await.unwrap();
    assert!(matches!(report(&lib, lib.as_wang(), firms.id, "不对不对").await, Err(CertificateError::NotFound(_))));
    let clerk = lib.clerk(BODY, Role::CertificateClerk);
    assert!(matches!(report(&lib, clerk, card.id, "不对不对").await, Err(CertificateError::NotAllowed)));
    assert_eq!(report(&lib, lib.as_wang(), card.id, "  ").await.unwrap_err().faults()[0].pointer, "/words");
    assert!(matches!(
        answer(&lib, lib.as_wang(), ReportId::from(1), &[], "核实无误").await,
        Err(CertificateError::NotAllowed)
    ));
}
