//! Suspended, restored, changed, renewed, ended: who may, by how many, with which effect.

use std::collections::BTreeMap;

use certificates::{
    Certificate, CertificateError, CertificateId, ChangeKind, Order, OrderKind, Ordered, Proposal, ProposalId, Reissue,
    ReissueKind, Search, Status,
};
use kernel::{Act, Failure as _, Kind, Role, SubjectId};

use super::library::{FIRM, Library, an_order};

const BODY: &str = "market-regulation";

async fn licence(lib: &Library) -> Certificate {
    lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("site", "a")])).await.unwrap()
}

async fn waiting(lib: &Library, act: Act, id: CertificateId, order: Order) -> Proposal {
    match lib.order(act, lib.firm, id, order).await.unwrap() {
        Ordered::Waiting(proposal) => *proposal,
        Ordered::Done(_) => panic!("nobody ends a certificate alone"),
    }
}

async fn confirm(lib: &Library, act: Act, id: ProposalId) -> Result<Certificate, CertificateError> {
    let args = (lib.certificates.clone(), act, lib.firm, id);
    lib.world.db.write(args, |tx, (c, act, holder, id)| Box::pin(c.confirm(act, tx, *holder, *id))).await
}

async fn dismiss(lib: &Library, act: Act, id: ProposalId, reason: &'static str) -> Result<(), CertificateError> {
    let args = (lib.certificates.clone(), act, lib.firm, id);
    lib.world.db.write(args, move |tx, (c, act, holder, id)| Box::pin(c.dismiss(act, tx, *holder, *id, reason))).await
}

async fn reissue(lib: &Library, act: Act, id: CertificateId, asked: Reissue) -> Result<Certificate, CertificateError> {
    let args = (lib.certificates.clone(), act, lib.firm, id, asked);
    lib.world.db.write(args, |tx, (c, act, holder, id, asked)| Box::pin(c.reissue(act, tx, *holder, *id, asked))).await
}

async fn history(lib: &Library, holder: SubjectId, id: CertificateId) -> Vec<ChangeKind> {
    let mut tx = lib.world.db.read().await.unwrap();
    lib.certificates.history(&mut tx, holder, id).await.unwrap().into_iter().map(|change| change.kind).collect()
}

fn new_version(kind: ReissueKind, pairs: &[(&str, &str)]) -> Reissue {
    let data = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
    Reissue { kind, data, reason: "持证人申请".to_owned() }
}

#[tokio::test]
async fn two_people_of_the_issuing_body_annul_and_only_once() {
    let lib = Library::new().await;
    let one = licence(&lib).await;
    let annul = || an_order(OrderKind::Annul);
    for act in [lib.as_wang(), lib.clerk(BODY, Role::Window), lib.clerk(BODY, Role::Reviewer)] {
        let told = lib.order(act, lib.firm, one.id, annul()).await.unwrap_err();
        assert!(matches!(told, CertificateError::NotAllowed), "{told}");
    }
    let told = lib.order(lib.clerk("health", Role::Approver), lib.firm, one.id, annul()).await.unwrap_err();
    assert!(matches!(told, CertificateError::NotFound(_)), "of other bodies it is not told that they are there");

    let proposal = waiting(&lib, lib.clerk(BODY, Role::CertificateClerk), one.id, annul()).await;
    assert_eq!(lib.held(lib.firm).await[0].decided, Status::Effective, "nothing has happened yet");
    let again = lib.order(lib.clerk(BODY, Role::Approver), lib.firm, one.id, annul()).await.unwrap_err();
    assert!(matches!(again, CertificateError::Waiting));
    let alone = confirm(&lib, lib.clerk(BODY, Role::Approver), proposal.id).await.unwrap_err();
    assert!(matches!(alone, CertificateError::SamePerson) && alone.kind() == Kind::Forbidden);
    let other = confirm(&lib, lib.colleague(80, "health", Role::Approver), proposal.id).await.unwrap_err();
    assert!(matches!(other, CertificateError::NoProposal));

    lib.world.travel_to("2026-03-05 10:00");
    let ended = confirm(&lib, lib.colleague(81, BODY, Role::Approver), proposal.id).await.unwrap();
    assert_eq!(ended.decided, Status::Annulled);
    assert_eq!(lib.held(lib.firm).await, []);
    let (topic, body) = lib.told(lib.firm).await.pop().unwrap();
    assert_eq!((topic.as_str(), body["status"].as_str()), ("certificate.ended", Some("annulled")));
    let mut tx = lib.world.db.read().await.unwrap();
    let changes = lib.certificates.history(&mut tx, lib.firm, one.id).await.unwrap();
    let last = changes.last().unwrap();
    assert_eq!((last.kind, last.effective_from), (ChangeKind::Annulled, one.issued_on), "as if it had never been");
    assert_eq!((last.account.map(|a| a.get()), last.confirmed_by.map(|a| a.get())), (Some(72), Some(81)));
    assert_eq!(last.reason.as_deref(), Some("经核查属实"));
    assert_eq!(last.ground_of_law().unwrap().article, "行政许可法 第六十九条第一款第一项");
    drop(tx);
    let gone = confirm(&lib, lib.colleague(81, BODY, Role::Approver), proposal.id).await.unwrap_err();
    assert!(matches!(gone, CertificateError::NoProposal));
    let over = lib.order(lib.system(), lib.firm, one.id, an_order(OrderKind::Cancel)).await.unwrap_err();
    assert!(matches!(over, CertificateError::NotUsable { status: Status::Annulled, .. }));
}

#[tokio::test]
async fn a_proposal_can_be_turned_down_with_a_reason() {
    let lib = Library::new().await;
    let one = licence(&lib).await;
    let proposal = waiting(&lib, lib.clerk(BODY, Role::Approver), one.id, an_order(OrderKind::Revoke)).await;
    let second = lib.colleague(81, BODY, Role::CertificateClerk);
    let silent = dismiss(&lib, second.clone(), proposal.id, " ").await.unwrap_err();
    assert_eq!(silent.kind(), Kind::Invalid);
    dismiss(&lib, second.clone(), proposal.id, "处罚决定还在复议").await.unwrap();
    assert!(matches!(confirm(&lib, second.clone(), proposal.id).await, Err(CertificateError::NoProposal)));
    let mut tx = lib.world.db.read().await.unwrap();
    assert_eq!(lib.certificates.proposals(&second, &mut tx, None, 10).await.unwrap(), []);
    drop(tx);
    assert_eq!(lib.held(lib.firm).await.len(), 1);
    assert_eq!(history(&lib, lib.firm, one.id).await, [ChangeKind::Issued]);
}

#[tokio::test]
async fn a_suspension_begins_ends_and_can_be_lifted() {
    let lib = Library::new().await;
    let one = licence(&lib).await;
    let order =
        Order { from: "2026-03-10".parse().ok(), to: "2026-03-20".parse().ok(), ..an_order(OrderKind::Suspend) };
    let proposal = waiting(&lib, lib.clerk(BODY, Role::Approver), one.id, order.clone()).await;
    confirm(&lib, lib.colleague(81, BODY, Role::Approver), proposal.id).await.unwrap();
    let status = async || lib.held(lib.firm).await[0].status_on(lib.today());
    for (day, stands) in [
        ("2026-03-09 23:59", Status::Effective),
        ("2026-03-10 00:00", Status::Suspended),
        ("2026-03-20 12:00", Status::Suspended),
        ("2026-03-21 00:00", Status::Effective),
    ] {
        lib.world.travel_to(day);
        assert_eq!(status().await, stands, "{day}");
    }
    let nothing = lib.order(lib.clerk(BODY, Role::Approver), lib.firm, one.id, an_order(OrderKind::Restore)).await;
    assert!(matches!(nothing, Err(CertificateError::NotSuspended)));

    let open_end = Order { from: None, to: None, ..an_order(OrderKind::Suspend) };
    let second = waiting(&lib, lib.clerk(BODY, Role::Approver), one.id, open_end.clone()).await;
    confirm(&lib, lib.colleague(81, BODY, Role::Approver), second.id).await.unwrap();
    assert_eq!(status().await, Status::Suspended);
    let twice = lib.order(lib.clerk(BODY, Role::Approver), lib.firm, one.id, open_end).await;
    assert!(matches!(twice, Err(CertificateError::NotUsable { status: Status::Suspended, .. })));
    let restored = lib.order(lib.clerk(BODY, Role::Approver), lib.firm, one.id, an_order(OrderKind::Restore)).await;
    assert!(matches!(restored, Ok(Ordered::Done(_))), "in the holder's favour one is enough");
    assert_eq!(status().await, Status::Effective);
    assert_eq!(
        history(&lib, lib.firm, one.id).await,
        [ChangeKind::Issued, ChangeKind::Suspended, ChangeKind::Suspended, ChangeKind::Restored]
    );
    let topics: Vec<_> = lib.told(lib.firm).await.into_iter().map(|(topic, _)| topic).collect();
    assert_eq!(
        topics,
        ["certificate.issued", "certificate.suspended", "certificate.suspended", "certificate.restored"]
    );
}

#[tokio::test]
async fn a_late_confirmation_suspends_from_its_own_day() {
    let lib = Library::new().await;
    let one = licence(&lib).await;
    let order = Order { to: "2026-03-20".parse().ok(), ..an_order(OrderKind::Suspend) };
    let proposal = waiting(&lib, lib.clerk(BODY, Role::Approver), one.id, order).await;
    lib.world.travel_to("2026-03-12 09:00");
    let done = confirm(&lib, lib.colleague(81, BODY, Role::Approver), proposal.id).await.unwrap();
    assert_eq!(done.suspended.unwrap().0.to_string(), "2026-03-12", "nobody is suspended backwards");
}

#[tokio::test]
async fn a_change_makes_a_new_version_with_the_same_number_and_last_day() {
    let lib = Library::new().await;
    let old = licence(&lib).await;
    lib.world.travel_to("2026-06-01 10:00");
    let clerk = || lib.clerk(BODY, Role::CertificateClerk);
    let new =
        reissue(&lib, clerk(), old.id, new_version(ReissueKind::Changed, &[("site", " 解放路9号 ")])).await.unwrap();
    assert_eq!((new.version, &new.number, new.expires_on), (2, &old.number, old.expires_on));
    assert_eq!(new.data["site"], "解放路9号");
    assert_eq!(history(&lib, lib.firm, old.id).await, [ChangeKind::Issued, ChangeKind::Superseded]);
    assert_eq!(history(&lib, lib.firm, new.id).await, [ChangeKind::Changed]);
    let replaced = reissue(&lib, clerk(), new.id, new_version(ReissueKind::Replaced, &[])).await.unwrap();
    let renewed = reissue(&lib, clerk(), replaced.id, new_version(ReissueKind::Renewed, &[])).await.unwrap();
    assert_eq!((replaced.expires_on, renewed.version), (old.expires_on, 4));
    assert_eq!(renewed.expires_on.unwrap().to_string(), "2030-05-31", "a renewal begins a new period");
    let mut tx = lib.world.db.read().await.unwrap();
    let versions = lib.certificates.versions(&mut tx, lib.firm, old.id).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(versions.iter().filter(|v| v.decided == Status::Effective).count(), 1, "never two effective versions");
}

#[tokio::test]
async fn a_new_version_fits_its_kind() {
    let lib = Library::new().await;
    let one = licence(&lib).await;
    let clerk = || lib.clerk(BODY, Role::CertificateClerk);
    let pointer = async |asked: Reissue| {
        let told = reissue(&lib, clerk(), one.id, asked).await.unwrap_err();
        assert_eq!(told.kind(), Kind::Invalid);
        told.faults()[0].pointer.clone()
    };
    assert_eq!(pointer(new_version(ReissueKind::Changed, &[])).await, "/data");
    assert_eq!(pointer(new_version(ReissueKind::Replaced, &[("site", "b")])).await, "/data");
    assert_eq!(pointer(new_version(ReissueKind::Changed, &[("secret", "b")])).await, "/data/secret");
    assert_eq!(pointer(Reissue { reason: String::new(), ..new_version(ReissueKind::Replaced, &[]) }).await, "/reason");
    let asked = new_version(ReissueKind::Replaced, &[]);
    let told = reissue(&lib, lib.clerk("health", Role::Approver), one.id, asked.clone()).await.unwrap_err();
    assert!(matches!(told, CertificateError::NotFound(_)));
    assert!(matches!(reissue(&lib, lib.as_wang(), one.id, asked.clone()).await, Err(CertificateError::NotAllowed)));
    lib.world.travel_to("2030-03-05 10:00");
    let late = reissue(&lib, clerk(), one.id, asked).await.unwrap_err();
    assert!(matches!(late, CertificateError::NotUsable { status: Status::Expired, .. }));
    assert!(reissue(&lib, clerk(), one.id, new_version(ReissueKind::Renewed, &[])).await.is_ok());
}

async fn search(lib: &Library, act: Act, asked: Search) -> Result<Vec<Certificate>, CertificateError> {
    let args = (lib.certificates.clone(), act, asked);
    lib.world.db.write(args, |tx, (c, act, asked)| Box::pin(c.search(act, tx, asked))).await
}

#[tokio::test]
async fn a_clerk_finds_what_his_own_body_issued_and_says_why() {
    let lib = Library::new().await;
    let one = licence(&lib).await;
    let why = |act: Act| Act { reason: Some("核查举报".to_owned()), ..act };
    let clerk = || lib.clerk(BODY, Role::CertificateClerk);
    let by_number =
        Search { certificate_type: "hygiene-licence".into(), number: one.number.clone(), ..Search::default() };
    let by_holder = Search { holder: FIRM.into(), ..Search::default() };
    let by_identifier = Search { identifier: one.identifier.clone(), ..Search::default() };
    for asked in [by_number.clone(), by_holder.clone(), by_identifier] {
        assert_eq!(search(&lib, why(clerk()), asked.clone()).await.unwrap(), std::slice::from_ref(&one), "{asked:?}");
        let foreign = search(&lib, why(lib.clerk("health", Role::Approver)), asked.clone()).await.unwrap();
        assert_eq!(foreign, [], "other bodies find nothing: {asked:?}");
        assert!(matches!(search(&lib, clerk(), asked).await, Err(CertificateError::ReasonNeeded)));
    }
    let reviewer = search(&lib, why(lib.clerk(BODY, Role::Reviewer)), by_number.clone()).await;
    assert!(matches!(reviewer, Err(CertificateError::NotAllowed)));
    for wrong in [
        Search::default(),
        Search { certificate_type: String::new(), ..by_number },
        Search { holder: "52010219".into(), ..Search::default() },
    ] {
        assert_eq!(search(&lib, why(clerk()), wrong).await.unwrap_err().kind(), Kind::Invalid);
    }

    let look = async |act: Act| {
        let args = (lib.certificates.clone(), act, lib.firm, one.id);
        lib.world.db.write(args, |tx, (c, act, holder, id)| Box::pin(c.look(act, tx, *holder, *id))).await
    };
    assert!(matches!(look(clerk()).await, Err(CertificateError::ReasonNeeded)));
    let looked = look(why(clerk())).await.unwrap();
    assert_eq!((looked.certificate, looked.history.len(), looked.versions.len()), (one.clone(), 1, 1));
    let mut tx = lib.world.db.read().await.unwrap();
    let uses = lib.certificates.uses(&mut tx, lib.firm, one.id, None, 10).await.unwrap();
    assert_eq!((uses[0].kind.as_str(), uses[0].purpose.as_str()), ("looked", "核查举报"), "the holder sees it");
}
