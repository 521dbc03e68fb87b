use kernel::Failure;

use super::*;
use crate::{
    Signer,
    x509::{PathError, Usage},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn organisation(code: &str, name: &str) -> Organisation {
    Organisation { code: code.to_owned(), name: name.to_owned() }
}

fn plan() -> Plan {
    Plan {
        city: "筑城市".to_owned(),
        from: at("2026-01-01T00:00:00Z"),
        until: at("2035-12-31T23:59:59Z"),
        organisations: vec![organisation("B2", "筑城市公安局"), organisation("A1", "筑城市市场监督管理局")],
    }
}

fn made() -> (CityPki, Password) {
    let password = Password::random();
    (CityPki::make(&plan(), &password).unwrap(), password)
}

fn noon() -> Timestamp {
    at("2026-06-01T12:00:00Z")
}

#[test]
fn every_subject_says_that_it_is_a_demonstration() {
    let (pki, _) = made();
    let organisations = pki.codes().map(|code| pki.certificate_of(code).unwrap());
    for certificate in [pki.root(), pki.authority(), pki.seal_maker()].into_iter().chain(organisations) {
        let organisation = certificate.subject().organisation().unwrap();
        assert!(organisation.contains(MARK), "{organisation}");
    }
    assert_eq!(pki.root().subject().to_string(), "CN=筑城市政务服务演示根证书, O=筑城市演示专用, C=CN");
    assert_eq!(
        pki.certificate_of("A1").unwrap().subject().to_string(),
        "CN=筑城市市场监督管理局, serialNumber=A1, O=筑城市市场监督管理局（演示专用）, C=CN"
    );
    assert!(format!("{pki:?}").contains("演示根证书"));
}

#[test]
fn serial_numbers_are_given_and_keys_are_fresh() {
    let ((a, _), (b, _)) = (made(), made());
    let numbers = |pki: &CityPki| {
        let organisations = ["B2", "A1"].map(|code| pki.certificate_of(code).unwrap().clone());
        let three = [pki.root().clone(), pki.authority().clone(), pki.seal_maker().clone()];
        three.into_iter().chain(organisations).map(|c| number_of(c.serial())).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&a), [1, 2, 3, 101, 102]);
    assert_eq!(numbers(&b), numbers(&a));
    assert_ne!(a.root().key(), b.root().key());
    assert!(a.codes().eq(["A1", "B2"]));
}

#[test]
fn everybody_is_trusted_and_signs() {
    let (pki, password) = made();
    let trust = pki.trust().unwrap();
    for code in ["A1", "B2"] {
        let signer = pki.signer_of(code, password.as_str()).unwrap();
        assert!(trust.check(signer.certificate(), Usage::DigitalSignature, noon()).is_ok());
        assert!(signer.sign_checked(b"x").is_ok());
    }
    let maker = pki.seal_maker_signer(password.as_str()).unwrap();
    assert!(trust.check(maker.certificate(), Usage::DigitalSignature, noon()).is_ok());
    assert!(matches!(pki.signer_of("C3", password.as_str()), Err(PkiError::UnknownOrganisation(_))));
    assert_eq!(pki.signer_of("A1", "wrong").unwrap_err().code(), "sm2.wrong-password");
}

#[test]
fn a_validity_between_two_seconds_can_be_written() {
    let odd = Plan { from: at("2026-01-01T00:00:00.417Z"), until: at("2035-12-31T23:59:59.417Z"), ..plan() };
    let password = Password::random();
    let mut pki = CityPki::make(&odd, &password).unwrap();
    assert_eq!(pki.root().not_after(), at("2035-12-31T23:59:59Z"));
    pki.add(&organisation("C3", "筑城市教育局"), odd.from, odd.until, &password).unwrap();
    let beyond = at("2036-01-01T00:00:00Z");
    assert!(pki.add(&organisation("D4", "筑城市司法局"), odd.from, beyond, &password).is_err());
}

#[test]
fn one_more_organisation_gets_the_next_number() {
    let (mut pki, password) = made();
    let new = organisation("C3", "筑城市教育局");
    let certificate = pki.add(&new, noon(), plan().until, &password).unwrap().clone();
    assert_eq!(number_of(certificate.serial()), 103);
    assert!(pki.trust().unwrap().check(&certificate, Usage::DigitalSignature, noon()).is_ok());
    for bad in ["", "C3", "../root", "甲", &"x".repeat(65)] {
        let refused = pki.add(&organisation(bad, "某局"), noon(), plan().until, &password);
        assert!(matches!(refused, Err(PkiError::BadCode(_))), "{bad:?}: {refused:?}");
    }
    let refused = pki.add(&organisation("D4", &"长".repeat(65)), noon(), plan().until, &password);
    assert_eq!(refused.unwrap_err().code(), "x509.bad-name");
    let refused = pki.add(&organisation("D4", "某局"), noon(), at("2036-01-01T00:00:00Z"), &password);
    assert_eq!(refused.unwrap_err().code(), "x509.bad-validity");
    assert_eq!(pki.codes().count(), 3, "who was refused left nothing behind");
}

#[test]
fn revoked_is_revoked_from_that_instant_on() {
    let (mut pki, password) = made();
    let (password, next) = (password.as_str(), at("2026-07-01T00:00:00Z"));
    pki.revoke("A1", Reason::Superseded, noon(), next, password).unwrap();
    let check = |pki: &CityPki, code: &str, at| {
        pki.trust().unwrap().check(pki.certificate_of(code).unwrap(), Usage::DigitalSignature, at).map(drop)
    };
    assert!(matches!(check(&pki, "A1", noon()), Err(PathError::Revoked { reason: Reason::Superseded, .. })));
    assert!(check(&pki, "A1", at("2026-06-01T11:59:59Z")).is_ok());
    assert!(check(&pki, "B2", noon()).is_ok());
    let again = pki.revoke("A1", Reason::Hold, noon(), next, password).unwrap_err();
    assert!(matches!(again, PkiError::RevokedBefore(_)), "{again:?}");
    assert!(matches!(pki.revoke("C3", Reason::Hold, noon(), next, password), Err(PkiError::UnknownOrganisation(_))));
    // The list speaks up to July only, until it is renewed; what was revoked stays in it.
    let august = at("2026-08-01T00:00:00Z");
    assert!(check(&pki, "B2", august).unwrap_err().is_not_checkable());
    pki.renew_lists(at("2026-07-15T00:00:00Z"), at("2026-09-01T00:00:00Z"), password).unwrap();
    assert!(check(&pki, "B2", august).is_ok());
    assert!(matches!(check(&pki, "A1", august), Err(PathError::Revoked { .. })));
    assert_eq!(pki.lists().map(|list| number_of(list.number().unwrap())), [2, 3]);
    assert!(pki.renew_lists(august, august, "wrong").is_err());
    assert_eq!(pki.lists().map(|list| number_of(list.number().unwrap())), [2, 3], "nothing half renewed");
}

#[test]
fn it_is_kept_in_files_without_keys_in_clear() {
    let (pki, password) = made();
    let mut files = pki.to_files();
    assert_eq!(files.len(), 5 * 2 + 2);
    for (name, bytes) in &files {
        let text = std::str::from_utf8(bytes).unwrap();
        assert_eq!(name.ends_with(".key"), text.contains("ENCRYPTED PRIVATE KEY"), "{name}");
    }
    files.insert("notes.txt".to_owned(), vec![0xff]);
    let again = CityPki::from_files(&files).unwrap();
    assert_eq!(again.root(), pki.root());
    assert!(again.codes().eq(["A1", "B2"]));
    assert!(again.signer_of("B2", password.as_str()).is_ok());
    for name in files.keys().filter(|name| *name != "notes.txt") {
        let mut fewer = files.clone();
        fewer.remove(name);
        assert!(matches!(CityPki::from_files(&fewer), Err(PkiError::Damaged(n)) if n == *name), "{name}");
        let mut damaged = files.clone();
        damaged.insert(name.clone(), vec![0xff, 0xfe]);
        assert!(matches!(CityPki::from_files(&damaged), Err(PkiError::Damaged(n)) if n == *name), "{name}");
    }
}

#[test]
fn it_is_kept_in_a_private_folder() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("pki");
    assert!(CityPki::open(&dir).unwrap().is_none(), "no folder yet");
    let (mut pki, password) = made();
    pki.save(&dir).unwrap();
    pki.revoke("A1", Reason::Hold, noon(), plan().until, password.as_str()).unwrap();
    pki.save(&dir).unwrap();
    let again = CityPki::open(&dir).unwrap().unwrap();
    assert_eq!(again.root(), pki.root());
    assert_eq!(again.lists()[1].entries().len(), 1, "lists are replaced");
    assert!(again.signer_of("B2", password.as_str()).is_ok());
    for entry in std::fs::read_dir(&dir).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    // Another demonstration does not overwrite this one.
    assert!(matches!(made().0.save(&dir), Err(PkiError::Damaged(_))));
    assert_eq!(CityPki::open(&dir).unwrap().unwrap().root(), pki.root());
    let key = dir.join("root.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(CityPki::open(&dir).unwrap_err().code(), "keys.exposed");
}

#[test]
fn a_folder_that_is_none_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    assert!(CityPki::open(dir.path()).unwrap().is_none(), "an empty folder");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(CityPki::open(&file).unwrap_err().code(), "keys.unavailable");
    assert_eq!(made().0.save(&file.join("pki")).unwrap_err().code(), "keys.unavailable");
}

#[test]
fn every_refusal_has_a_code_and_advice() {
    for error in [
        PkiError::UnknownOrganisation("x".to_owned()),
        PkiError::BadCode("x".to_owned()),
        PkiError::RevokedBefore("x".to_owned()),
        PkiError::Damaged("x".to_owned()),
        crate::SignerError::WrongKey.into(),
        crate::x509::CertificateError::BadSerial.into(),
        crate::KeyError::Malformed.into(),
    ] {
        assert!(error.code().contains('.') && error.advice().ends_with('。'), "{error:?}");
        assert!(!matches!(error.kind(), kernel::Kind::Unauthenticated), "{error:?}");
    }
}
