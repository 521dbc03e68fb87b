//! Revocation lists.

use kernel::Failure;

use super::*;

fn entry(serial: u64, since: &str, reason: Reason) -> Revoked {
    Revoked { serial: Serial::from(serial), at: at(since), reason }
}

#[test]
fn a_list_says_what_was_put_into_it() {
    let three = three();
    let entries = vec![
        entry(9, "2026-04-01T00:00:00Z", Reason::KeyCompromise),
        entry(3, "2026-03-01T00:00:00Z", Reason::Unspecified),
        entry(3, "2026-02-01T00:00:00Z", Reason::Hold),
    ];
    let list = list_of(&three.authority, entries.clone());
    let again = Crl::from_pem(&list.to_pem()).unwrap();
    assert_eq!(again.to_der(), list.to_der());
    assert_eq!(Crl::from_file(list.to_pem().as_bytes()).unwrap().to_der(), list.to_der());
    assert_eq!(Crl::from_file(list.to_der()).unwrap().to_der(), list.to_der());
    assert_eq!(again.issuer(), three.authority.certificate().subject());
    assert_eq!(again.this_update(), at("2026-05-01T00:00:00Z"));
    assert_eq!(again.next_update(), Some(at("2026-07-01T00:00:00Z")));
    assert_eq!(again.number(), Some(&Serial::from(1)));
    assert_eq!(again.entries().len(), 3);
    assert_eq!(again.find(&Serial::from(9)), Some(&entries[0]));
    assert_eq!(again.find(&Serial::from(3)), Some(&entries[2]), "the earliest of two");
    assert_eq!(again.find(&Serial::from(4)), None);
    assert!(!again.is_partial());
    assert!(again.is_signed_by(three.authority.certificate()));
    assert!(again.is_signed_by(three.authority.certificate()), "from memory");
    assert!(!again.is_signed_by(three.root.certificate()));
    assert!(format!("{again:?}").contains("签发机构"));
}

#[test]
fn revoked_before_counts_and_revoked_later_is_told() {
    let three = three();
    let revoked = entry(3, "2026-06-01T12:00:00Z", Reason::Superseded);
    let lists = [list_of(&three.root, Vec::new()), list_of(&three.authority, vec![revoked.clone()])];
    let trust = three.with_lists(&lists);
    let check = |text: &str| trust.check(three.signer.certificate(), Usage::DigitalSignature, at(text));
    assert_eq!(check("2026-06-01T11:59:59Z").unwrap().revoked_later(), Some(&revoked));
    let error = check("2026-06-01T12:00:00Z").unwrap_err();
    let PathError::Revoked { at: since, reason, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*since, *reason), (revoked.at, Reason::Superseded));
    assert!(error.advice().contains("证书已更换"), "{}", error.advice());
}

#[test]
fn a_revoked_authority_takes_its_certificates_along() {
    let three = three();
    let revoked = entry(2, "2026-02-01T00:00:00Z", Reason::AuthorityCompromise);
    let lists = [list_of(&three.root, vec![revoked]), list_of(&three.authority, Vec::new())];
    let error =
        three.with_lists(&lists).check(three.signer.certificate(), Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::Revoked { subject, .. } if subject.contains("签发机构")), "{error:?}");
}

fn gap_of(three: &Three, lists: &[Crl], when: Timestamp) -> Gap {
    let error = three.with_lists(lists).check(three.signer.certificate(), Usage::DigitalSignature, when).unwrap_err();
    let PathError::NotCheckable { gap, .. } = error else { panic!("{error:?}") };
    assert!(error.is_not_checkable());
    gap
}

#[test]
fn without_a_list_nobody_can_say() {
    let three = three();
    let of_root = list_of(&three.root, Vec::new());
    assert_eq!(gap_of(&three, &[], noon()), Gap::Missing);
    assert_eq!(gap_of(&three, std::slice::from_ref(&of_root), noon()), Gap::Missing);
    // A list that somebody else made under the authority's name.
    let name = three.authority.certificate().subject().clone();
    let impostor = root_of(&Draft { subject: name, ..draft(2, "x", AUTHORITY) });
    assert_eq!(gap_of(&three, &[of_root, list_of(&impostor, Vec::new())], noon()), Gap::Missing);
}

#[test]
fn a_stale_list_says_nothing_but_what_it_knew() {
    let three = three();
    let lists = [list_of(&three.root, Vec::new()), list_of(&three.authority, Vec::new())];
    let late = at("2026-07-01T00:00:01Z");
    assert_eq!(gap_of(&three, &lists, late), Gap::Stale(at("2026-07-01T00:00:00Z")));
    // Who was revoked in it stays revoked.
    let revoked = list_of(&three.authority, vec![entry(3, "2026-03-01T00:00:00Z", Reason::KeyCompromise)]);
    let (from, next) = (at("2026-06-30T00:00:00Z"), at("2026-08-01T00:00:00Z"));
    let fresh = issue_list(&three.root, &ListDraft { number: 2, at: from, next, entries: Vec::new() }).unwrap();
    let error = three
        .with_lists(&[fresh.clone(), lists[0].clone(), revoked])
        .check(three.signer.certificate(), Usage::DigitalSignature, late)
        .unwrap_err();
    assert!(matches!(error, PathError::Revoked { .. }), "{error:?}");
    // The newest list counts, wherever it stands.
    let newer = issue_list(&three.authority, &ListDraft { number: 2, at: from, next, entries: Vec::new() }).unwrap();
    for lists in [[newer.clone(), lists[1].clone(), fresh.clone()], [lists[1].clone(), newer.clone(), fresh.clone()]] {
        assert!(three.with_lists(&lists).check(three.signer.certificate(), Usage::DigitalSignature, late).is_ok());
    }
}

#[test]
fn a_list_that_may_have_dropped_the_expired_says_nothing_of_them() {
    let three = three();
    let (made, next) = (at("2032-01-01T00:00:00Z"), at("2032-02-01T00:00:00Z"));
    let lists = [&three.root, &three.authority]
        .map(|s| issue_list(s, &ListDraft { number: 9, at: made, next, entries: Vec::new() }).unwrap());
    // Ours say that nothing is dropped.
    let trust = three.with_lists(&lists);
    assert!(trust.check(three.signer.certificate(), Usage::DigitalSignature, noon()).is_ok());
    // The same lists without that word: its identifier turned into one that nobody knows.
    let silent = [(&three.root, &lists[0]), (&three.authority, &lists[1])]
        .map(|(signer, list)| changed(signer, list, "0603551d3c", "0603551d63"));
    assert_eq!(gap_of(&three, &silent, noon()), Gap::Dropped);
}

/// The list with `from` replaced by `to` in its body, signed again.
fn changed(signer: &SoftSigner, list: &Crl, from: &str, to: &str) -> Crl {
    Crl::from_der(&forged(signer, list.to_der(), from, to)).unwrap()
}

#[test]
fn a_list_of_a_part_says_nothing_of_the_rest() {
    let three = three();
    let list = list_of(&three.authority, vec![entry(9, "2026-03-01T00:00:00Z", Reason::KeyCompromise)]);
    let unknown = changed(&three.authority, &list, "0603551d15", "0603551d63");
    assert!(!unknown.is_partial(), "unknown, but not critical");
    // The list's number turned into the mark of a list of differences; the reason into the issuer of an entry of others.
    let of_differences = ("300a0603551d140403020101", "300a0603551d1b0101ff0400");
    let of_others = ("300a0603551d1504030a0101", "300a0603551d1d0101ff0400");
    for (from, to) in [of_differences, of_others] {
        let list = changed(&three.authority, &list, from, to);
        assert!(list.is_partial());
        assert_eq!(gap_of(&three, &[list_of(&three.root, Vec::new()), list], noon()), Gap::Missing);
    }
}

#[test]
fn malformed_lists_are_named() {
    let three = three();
    let signer = &three.authority;
    let list = list_of(signer, vec![entry(9, "2026-03-01T00:00:00Z", Reason::KeyCompromise)]);
    let refused = |der: &[u8]| match Crl::from_der(der).unwrap_err() {
        CertificateError::Malformed(part) => part,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(b""), "list");
    assert_eq!(refused(&[list.to_der(), b"\0"].concat()), "list");
    assert_eq!(refused(&forged(signer, list.to_der(), "020101300a", "020100300a")), "version");
    assert_eq!(refused(&forged(signer, list.to_der(), "06082a811ccf55018375", "06082a811ccf55018374")), "algorithm");
    assert_eq!(refused(&forged(signer, list.to_der(), "0a0101", "0a0107")), "entry", "an unknown reason");
    assert_eq!(refused(&forged(signer, list.to_der(), "0a0101", "020101")), "entry", "no enumeration");
    assert_eq!(refused(&forged(signer, list.to_der(), "0403020101", "0403040101")), "extensions", "no number");
    for text in ["", "-----BEGIN X509 CRL-----\n", &list.to_pem().replace("X509 CRL", "CERTIFICATE")] {
        assert!(matches!(Crl::from_pem(text), Err(CertificateError::Malformed("list"))), "{text}");
    }
    let draft =
        ListDraft { number: 1, at: at("2026-05-02T00:00:00Z"), next: at("2026-05-01T00:00:00Z"), entries: Vec::new() };
    assert!(matches!(issue_list(signer, &draft), Err(CertificateError::BadValidity)));
    assert!(matches!(issue_list(&three.signer, &draft), Err(CertificateError::NotAnAuthority(_))));
}

#[test]
fn every_reason_has_its_number_and_name() {
    let three = three();
    let all = [
        Reason::Unspecified,
        Reason::KeyCompromise,
        Reason::AuthorityCompromise,
        Reason::AffiliationChanged,
        Reason::Superseded,
        Reason::CessationOfOperation,
        Reason::Hold,
        Reason::PrivilegeWithdrawn,
        Reason::AttributeAuthorityCompromise,
    ];
    let entries: Vec<_> = (1_u64..).zip(all).map(|(n, reason)| entry(n, "2026-03-01T00:00:00Z", reason)).collect();
    let list = list_of(&three.authority, entries.clone());
    assert_eq!(list.entries(), entries);
    assert!(all.iter().all(|reason| !reason.label().is_empty()));
}
