//! Ways to a root, and everything that can be wrong on them.

use kernel::Failure;

use super::*;

#[test]
fn a_way_is_found_and_told() {
    let Three { root, authority, signer, trust } = three();
    let path = trust.check(signer.certificate(), Usage::DigitalSignature, noon()).unwrap();
    let subjects: Vec<_> = path.certificates().iter().filter_map(|c| c.subject().common_name()).collect();
    assert_eq!(subjects, ["统一受理中心", "签发机构", "根"]);
    assert_eq!(path.root(), Some(root.certificate()));
    assert_eq!(path.revoked_later(), None);
    assert!(trust.check(authority.certificate(), Usage::CertificateSigning, noon()).is_ok());
    assert!(trust.check(root.certificate(), Usage::CertificateSigning, noon()).is_ok());
    assert_eq!(trust.roots(), [root.certificate().clone()]);
}

#[test]
fn a_stranger_leads_to_no_root() {
    let (ours, other) = (three(), three());
    let stranger = below(&root_of(&draft(1, "别的根", AUTHORITY)), &draft(7, "外来者", Role::Signer));
    let error = ours.trust.check(stranger.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::UnknownRoot { issuer, .. } if issuer.contains("别的根")), "{error:?}");
    // The same names but other keys: told apart by their key identifiers.
    let error = ours.trust.check(other.signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::UnknownRoot { .. }), "{error:?}");
    assert!(matches!(
        Trust::new().check(ours.signer.certificate(), Usage::DigitalSignature, noon()),
        Err(PathError::UnknownRoot { .. })
    ));
}

#[test]
fn a_missing_authority_is_no_way() {
    let three = three();
    let trust = trust_in(&three.root, &[], &[]);
    let error = trust.check(three.signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::UnknownRoot { .. }), "{error:?}");
}

#[test]
fn a_changed_certificate_is_a_bad_signature() {
    let three = three();
    let der = three.signer.certificate().to_der();
    let changed =
        hex::decode(hex::encode(der).replace(&hex::encode("统一受理中心"), &hex::encode("统一受理中止"))).unwrap();
    let changed = Certificate::from_der(&changed).unwrap();
    let error = three.trust.check(&changed, Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::BadSignature { subject, .. } if subject.contains("中止")), "{error:?}");
}

#[test]
fn validity_counts_to_the_second() {
    let Three { signer, trust, .. } = three();
    let check = |text: &str| trust.check(signer.certificate(), Usage::DigitalSignature, at(text));
    let error = check("2025-12-31T23:59:59.999Z").unwrap_err();
    assert!(matches!(error, PathError::NotYetValid { from, .. } if from == at("2026-01-01T00:00:00Z")), "{error:?}");
    assert!(check("2026-01-01T00:00:00Z").is_ok(), "lists speak of what came before them, too");
    let error = check("2030-12-31T23:59:59.999Z").unwrap_err();
    assert!(error.is_not_checkable(), "still valid, but no list is that new: {error:?}");
    let error = check("2031-01-01T00:00:00Z").unwrap_err();
    assert!(matches!(error, PathError::Expired { until, .. } if until == at("2030-12-31T23:59:59Z")), "{error:?}");
}

#[test]
fn an_expired_authority_ends_the_way() {
    let root = root();
    let short = Draft { until: at("2026-03-01T00:00:00Z"), ..draft(2, "签发机构", AUTHORITY) };
    let authority = below(&root, &short);
    let signer = below(&authority, &Draft { until: short.until, ..draft(3, "统一受理中心", Role::Signer) });
    let trust = trust_in(&root, &[&authority], &[]);
    let error = trust.check(signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::Expired { .. }), "{error:?}");
}

#[test]
fn a_certificate_is_good_for_what_it_states_alone() {
    let Three { signer, authority, trust, .. } = three();
    let error = trust.check(signer.certificate(), Usage::KeyEncipherment, noon()).unwrap_err();
    assert_eq!(error.code(), "x509.wrong-usage");
    let error = trust.check(authority.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::WrongUsage { needed: Usage::DigitalSignature, .. }), "{error:?}");
}

#[test]
fn a_root_must_be_one() {
    let Three { authority, signer, root, mut trust } = three();
    for certificate in [authority.certificate(), signer.certificate()] {
        let refused = trust.add_root(certificate.clone());
        assert!(matches!(refused, Err(CertificateError::NotAnAuthority(_))), "{refused:?}");
    }
    assert!(trust.add_root(root.certificate().clone()).is_ok(), "a second time");
    assert_eq!(trust.roots().len(), 1);
    let key = SecretKey::generate();
    assert!(matches!(self_sign(&key, &draft(1, "根", Role::Signer)), Err(CertificateError::NotAnAuthority(_))));
}

#[test]
fn every_refusal_has_a_code_and_advice() {
    let subject = || "CN=甲".to_owned();
    for error in [
        PathError::UnknownRoot { subject: subject(), issuer: subject() },
        PathError::BadSignature { subject: subject(), issuer: subject() },
        PathError::NotYetValid { subject: subject(), from: noon() },
        PathError::Expired { subject: subject(), until: noon() },
        PathError::NotAnAuthority { subject: subject() },
        PathError::WrongUsage { subject: subject(), needed: Usage::DigitalSignature },
        PathError::UnknownExtension { subject: subject(), extension: "1.2.3".to_owned() },
        PathError::Revoked { subject: subject(), at: noon(), reason: Reason::KeyCompromise },
        PathError::NotCheckable { subject: subject(), gap: Gap::Missing },
    ] {
        assert!(error.code().starts_with("x509."), "{error:?}");
        assert!(error.advice().contains("CN=甲") && error.advice().ends_with('。'), "{}", error.advice());
        assert_eq!(error.kind() == kernel::Kind::Unavailable, error.is_not_checkable());
    }
    for error in [
        CertificateError::TooLarge,
        CertificateError::Malformed("x"),
        CertificateError::OtherAlgorithm,
        CertificateError::BadName("x"),
        CertificateError::BadSerial,
        CertificateError::BadValidity,
        CertificateError::NotAnAuthority("x"),
    ] {
        assert!(error.code().starts_with("x509."), "{error:?}");
        assert!(error.advice().contains('请') || error.advice().contains("请"), "{}", error.advice());
    }
    let labels = [
        Usage::DigitalSignature,
        Usage::NonRepudiation,
        Usage::KeyEncipherment,
        Usage::DataEncipherment,
        Usage::KeyAgreement,
        Usage::CertificateSigning,
        Usage::ListSigning,
    ];
    assert!(labels.iter().all(|usage| !usage.label().is_empty()));
    assert!(!KeyUsage::default().has(Usage::DigitalSignature));
}

#[test]
fn who_is_no_authority_issues_nothing() {
    let three = three();
    let key = SecretKey::generate();
    let refused = issue(&three.signer, &draft(9, "冒名", Role::Signer), key.public_key());
    assert!(matches!(refused, Err(CertificateError::NotAnAuthority(_))), "{refused:?}");
    let issued = below_anyway(&three.signer, &draft(9, "冒名", Role::Signer));
    let trust = trust_in(&three.root, &[&three.authority, &three.signer], &[]);
    let error = trust.check(issued.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::NotAnAuthority { subject } if subject.contains("统一受理中心")), "{error:?}");
}

#[test]
fn of_two_ways_the_good_one_is_found() {
    // The authority's key has a second certificate, in which it is no authority.
    let mut three = three();
    let (certificate, key) = (three.authority.certificate().clone(), three.authority.certificate().key());
    let demoted = issue(&three.root, &draft(5, "签发机构", Role::Signer), key).unwrap();
    let mut only = trust_in(&three.root, &[], &[]);
    only.add_authority(demoted.clone());
    let error = only.check(three.signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::NotAnAuthority { subject } if subject.contains("签发机构")), "{error:?}");
    only.add_authority(certificate);
    three.trust.add_authority(demoted);
    let error = only.check(three.signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(error.is_not_checkable(), "the way that came furthest is told: {error:?}");
    assert!(three.trust.check(three.signer.certificate(), Usage::DigitalSignature, noon()).is_ok());
}

#[test]
fn an_authority_for_lists_alone_issues_nothing() {
    let root = root();
    // 02 in place of 06 in its key usage.
    let key = SecretKey::generate();
    let good = issue(&root, &draft(2, "签发机构", AUTHORITY), key.public_key()).unwrap();
    let der = forged(&root, good.to_der(), "0603551d0f0101ff040403020106", "0603551d0f0101ff040403020102");
    let only_lists = SoftSigner::new(Certificate::from_der(&der).unwrap(), key).unwrap();
    let refused = issue(&only_lists, &draft(9, "甲", Role::Signer), good.key());
    assert!(matches!(refused, Err(CertificateError::NotAnAuthority(_))), "{refused:?}");
    let issued = below_anyway(&only_lists, &draft(9, "甲", Role::Signer));
    let trust = trust_in(&root, &[&only_lists], &[]);
    let error = trust.check(issued.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::WrongUsage { needed: Usage::CertificateSigning, .. }), "{error:?}");
}

#[test]
fn too_many_authorities_are_refused() {
    let root = root_of(&draft(1, "根", Role::Authority { path_len: Some(0) }));
    let refused = issue(&root, &draft(2, "签发机构", AUTHORITY), SecretKey::generate().public_key());
    assert!(matches!(refused, Err(CertificateError::NotAnAuthority(_))), "{refused:?}");
    let authority = below_anyway(&root, &draft(2, "签发机构", AUTHORITY));
    let signer = below(&authority, &draft(3, "统一受理中心", Role::Signer));
    let trust = trust_in(&root, &[&authority], &[]);
    let error = trust.check(signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::NotAnAuthority { subject } if subject.contains("根")), "{error:?}");
}

#[test]
fn a_way_without_end_is_given_up() {
    // A chain of nine authorities: longer than anybody needs.
    let root = root();
    let mut chain = vec![below(&root, &draft(2, "机构二", AUTHORITY))];
    for number in 3..11 {
        chain.push(below(&chain[chain.len() - 1], &draft(number, &format!("机构{number}"), AUTHORITY)));
    }
    let signer = below(&chain[chain.len() - 1], &draft(20, "甲", Role::Signer));
    let trust = trust_in(&root, &chain.iter().collect::<Vec<_>>(), &[]);
    let error = trust.check(signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::UnknownRoot { .. }), "{error:?}");
}

#[test]
fn somebody_with_too_many_issuers_is_given_up() {
    // Seventy authorities of one name that claim the key identifier which the certificate names; none of them signed it.
    let name = named("签发机构");
    let issuer = root_of(&Draft { subject: name.clone(), ..draft(2, "x", AUTHORITY) });
    let certificate = below(&issuer, &draft(3, "甲", Role::Signer)).certificate().clone();
    let id = |certificate: &Certificate| hex::encode(certificate.subject_key_id().unwrap());
    let mut trust = trust_in(&root(), &[], &[]);
    for number in 0..70 {
        let claims = root_of(&Draft { subject: name.clone(), ..draft(number, "x", AUTHORITY) });
        let own = claims.certificate();
        let der = forged(&claims, own.to_der(), &id(own), &id(issuer.certificate()));
        trust.add_authority(Certificate::from_der(&der).unwrap());
    }
    let error = trust.check(&certificate, Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(error, PathError::BadSignature { .. }), "{error:?}");
    // The true one stands behind the seventy: it is not looked at any more.
    trust.add_authority(issuer.certificate().clone());
    assert!(trust.check(&certificate, Usage::DigitalSignature, noon()).is_err());
}
