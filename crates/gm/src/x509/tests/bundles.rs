use super::*;

#[test]
fn a_file_may_hold_roots_authorities_and_lists_in_any_order() {
    let three = three();
    let (root, authority) = (three.root.certificate(), three.authority.certificate());
    let lists = [list_of(&three.root, Vec::new()), list_of(&three.authority, Vec::new())];
    let parts =
        [lists[1].to_pem(), authority.to_pem(), "a line of somebody's\n".to_owned(), root.to_pem(), lists[0].to_pem()];
    let mut trust = Trust::new();
    let added = trust.add_file(parts.concat().as_bytes()).unwrap();
    assert_eq!(added, Added { roots: 1, authorities: 1, lists: 2 });
    trust.check(three.signer.certificate(), Usage::DigitalSignature, noon()).unwrap();
    let with_returns = parts.concat().replace('\n', "\r\n");
    assert_eq!(Trust::new().add_file(with_returns.as_bytes()).unwrap(), added);
}

#[test]
fn one_certificate_or_list_may_come_in_der() {
    let three = three();
    let list = list_of(&three.root, Vec::new());
    let mut trust = Trust::new();
    assert_eq!(trust.add_file(three.root.certificate().to_der()).unwrap().roots, 1);
    assert_eq!(trust.add_file(three.authority.certificate().to_der()).unwrap().authorities, 1);
    assert_eq!(trust.add_file(list.to_der()).unwrap().lists, 1);
    assert_eq!(trust.roots().len(), 1);
}

#[test]
fn a_file_with_anything_else_gives_nothing() {
    let three = three();
    let root = three.root.certificate().to_pem();
    let refused = |content: &[u8]| {
        let mut trust = Trust::new();
        let error = trust.add_file(content).unwrap_err();
        assert!(trust.roots().is_empty(), "nothing is taken");
        error
    };
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for content in ["", "text", "-----BEGIN CERTIFICATE-----\nAAAA", &format!("{root}{key}"), &root[..root.len() / 2]] {
        assert!(matches!(refused(content.as_bytes()), CertificateError::Malformed(_)), "{content}");
    }
    let signer = format!("{root}{}", three.signer.certificate().to_pem());
    assert!(matches!(refused(signer.as_bytes()), CertificateError::NotAnAuthority(_)));
    assert!(matches!(refused(&vec![b' '; Trust::MAX_FILE + 1]), CertificateError::TooLarge));
}
