//! Issuing, re-issuing, ending.

use certificates::{CertificateError, Status};
use kernel::{Failure as _, Kind, identifiers::CertificateIdentifier};

use super::library::{FIRM, Library, WANG};

#[tokio::test]
async fn a_licence_gets_number_identifier_and_validity() {
    let lib = Library::new().await;
    let new =
        lib.a_new(lib.firm, "food-operation-licence", &[("operation_site", "解放路9号"), ("operation_items", "茶叶")]);
    let one = lib.issue(new).await.unwrap();
    assert_eq!(one.number, "5201-035-2026-000001");
    assert_eq!(one.expires_on.unwrap().to_string(), "2031-03-01");
    assert_eq!((one.version, one.holder_name.as_str()), (1, "贵阳青山茶业有限公司"));
    let parsed = CertificateIdentifier::parse(&one.identifier).unwrap();
    assert!(parsed.as_str().contains(".11520100MB1B00029G.2026035000001.001."), "{parsed:?}");

    let held = lib.held(lib.firm).await;
    assert_eq!(held, std::slice::from_ref(&one));
    assert_eq!(held[0].data["operation_site"], "解放路9号");

    let mut tx = lib.world.db.read().await.unwrap();
    let found = lib.certificates.find_by_number(&mut tx, "food-operation-licence", &one.number).await.unwrap();
    assert_eq!(found, Some(one));
    assert_eq!(
        lib.certificates.find_by_number(&mut tx, "hygiene-licence", "5201-035-2026-000001").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn numbers_count_by_type_and_year() {
    let lib = Library::new().await;
    let site = |n: &'static str| lib.a_new(lib.firm, "hygiene-licence", &[("site", n)]);
    let first = lib.issue(site("a")).await.unwrap().number;
    let second = lib.issue(site("b")).await.unwrap().number;
    lib.world.travel_to("2027-01-04 09:00");
    let next_year = lib.issue(site("c")).await.unwrap().number;
    let tail = |number: &str| number[9..].to_owned();
    assert_eq!([tail(&first), tail(&second), tail(&next_year)], ["2026-000001", "2026-000002", "2027-000001"]);
    assert_eq!(lib.held(lib.firm).await.len(), 3, "three sites, three licences");
}

#[tokio::test]
async fn an_identity_card_bears_the_citizens_number_and_ends_by_age() {
    let lib = Library::new().await;
    let card = lib.issue(lib.a_new(lib.wang, "resident-id", &[])).await.unwrap();
    assert_eq!((card.number.as_str(), card.expires_on.unwrap().to_string()), (WANG, "2046-03-02".to_owned()));
    assert!(!card.identifier.contains(WANG), "the identifier is public");
    let licence = lib.issue(lib.a_new(lib.firm, "business-licence", &[])).await.unwrap();
    assert_eq!((licence.number.as_str(), licence.expires_on), (FIRM, None));
    let refused = lib.issue(lib.a_new(lib.firm, "resident-id", &[])).await.unwrap_err();
    assert!(matches!(refused, CertificateError::BirthDateUnknown), "an enterprise has no age");
}

#[tokio::test]
async fn a_re_issue_is_a_new_version_and_ends_the_old() {
    let lib = Library::new().await;
    let new = |items: &'static str| {
        lib.a_new(lib.firm, "food-operation-licence", &[("operation_site", "解放路9号"), ("operation_items", items)])
    };
    let old = lib.issue(new("茶叶")).await.unwrap();
    lib.world.travel_to("2026-06-01 10:00");
    let next = lib.issue(new("茶叶、糕点")).await.unwrap();
    assert_eq!((next.version, &next.number), (2, &old.number));
    assert_ne!(next.identifier, old.identifier);
    assert!(next.identifier.contains(".002."));
    assert_eq!(lib.held(lib.firm).await, std::slice::from_ref(&next));
    let mut tx = lib.world.db.read().await.unwrap();
    let ended = lib.certificates.find(&mut tx, lib.firm, old.id).await.unwrap();
    assert_eq!((ended.decided, ended.ended_at), (Status::Superseded, Some(lib.world.clock.now())));
    let found = lib.certificates.find_by_number(&mut tx, "food-operation-licence", &old.number).await.unwrap();
    assert_eq!(found.unwrap().id, next.id);
    let topics: Vec<String> = lib.told(lib.firm).await.into_iter().map(|(topic, _)| topic).collect();
    assert_eq!(topics, ["certificate.issued", "certificate.ended", "certificate.issued"]);
}

#[tokio::test]
async fn one_case_issues_once_however_often_it_asks() {
    let lib = Library::new().await;
    let mut new = lib.a_new(lib.firm, "hygiene-licence", &[("site", "a")]);
    new.case_number = Some("520100202603020000011".to_owned());
    let one = lib.issue(new.clone()).await.unwrap();
    assert_eq!(lib.issue(new).await.unwrap(), one);
    assert_eq!(lib.held(lib.firm).await.len(), 1);
    assert_eq!(lib.told(lib.firm).await.len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_the_vocabulary_is_not_issued() {
    let lib = Library::new().await;
    let told = lib.issue(lib.a_new(lib.firm, "hygiene-licence", &[("secret", "x")])).await.unwrap_err();
    assert_eq!((told.kind(), told.faults()[0].pointer.as_str()), (Kind::Invalid, "/data/secret"));
    let told = lib.issue(lib.a_new(lib.firm, "no-such-type", &[])).await.unwrap_err();
    assert!(matches!(told, CertificateError::UnknownType(_)));
    let mut new = lib.a_new(lib.firm, "hygiene-licence", &[]);
    new.department = "no-such-body".to_owned();
    assert!(matches!(lib.issue(new).await, Err(CertificateError::UnknownDepartment(_))));
    let told = lib.issue(lib.a_new(kernel::SubjectId::from(999), "passport", &[])).await.unwrap_err();
    assert!(matches!(told, CertificateError::Holder(_)));
}

#[tokio::test]
async fn nothing_personal_is_readable_in_the_database_or_in_facts() {
    let lib = Library::new().await;
    lib.issue(lib.a_new(lib.wang, "marriage-certificate", &[("spouse_name", "李建国")])).await.unwrap();
    lib.issue(lib.a_new(lib.wang, "resident-id", &[("address", "贵阳市云岩区中华北路1号")])).await.unwrap();
    for (_, body) in lib.told(lib.wang).await {
        let body = body.to_string();
        assert!(!body.contains("李建国") && !body.contains(WANG) && !body.contains("王小敏"), "{body}");
    }
    if lib.world.db.engine() == db::Engine::Sqlite {
        let dump: Vec<u8> = ["world.db", "world.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(lib.world.folder().join(name)).unwrap_or_default())
            .collect();
        for secret in ["李建国", WANG, "中华北路"] {
            assert!(!dump.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
        }
    }
}

#[tokio::test]
async fn the_tables_stay_distributable_and_the_statements_are_understood() {
    let lib = Library::new().await;
    let schemas =
        [audit::SCHEMA, blobs::SCHEMA, settings::SCHEMA, identity::SCHEMA, seals::SCHEMA, certificates::SCHEMA];
    assert_eq!(db::check_homes(&lib.world.db, &schemas).await.unwrap(), Vec::<String>::new());
    assert_eq!(db::prepare_all(&lib.world.db, &[certificates::SCHEMA]).await.unwrap(), Vec::<String>::new());
}
