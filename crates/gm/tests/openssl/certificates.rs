//! Certificates and revocation lists.

use gm::{
    Signer, SoftSigner,
    pki::{CityPki, Organisation, Plan},
    sm2::{Password, SecretKey},
    x509::{Certificate, CertificateError, Crl, Gap, PathError, Reason, Serial, Trust, Usage},
};
use kernel::Timestamp;

use crate::program::{Openssl, beside};

const DISTID: &str = "distid:1234567812345678";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-06-01T12:00:00Z")
}

/// A city's certificates, laid out as files for `openssl`.
fn city(openssl: &Openssl) -> (CityPki, Password) {
    let plan = Plan {
        city: "筑城市".to_owned(),
        from: at("2026-01-01T00:00:00Z"),
        until: at("2035-12-31T23:59:59Z"),
        organisations: vec![Organisation { code: "A".to_owned(), name: "筑城市政务服务中心".to_owned() }],
    };
    let password = Password::random();
    let pki = CityPki::make(&plan, &password).unwrap();
    pki.to_files().into_iter().for_each(|(name, bytes)| openssl.write(&name, bytes));
    (pki, password)
}

#[test]
fn openssl_follows_our_certificates_up_to_the_root() {
    let openssl = Openssl::new();
    city(&openssl);
    // The program hands the identifier to the first certificate alone, so the way is followed one step at a time.
    let verify = |options: &str, issuer: &str, certificate: &str| {
        openssl.run(&format!(
            "verify -x509_strict -partial_chain -trusted {issuer} -attime 1780315200 {options} {certificate}"
        ))
    };
    for (issuer, certificate) in [
        ("root.crt", "root.crt"),
        ("root.crt", "authority.crt"),
        ("authority.crt", "seal-maker.crt"),
        ("authority.crt", "org-A.crt"),
    ] {
        let answer = verify(&format!("-vfyopt {DISTID}"), issuer, certificate);
        assert!(answer.ok, "{certificate}: {} {}", answer.out, answer.err);
    }
    assert!(!verify("", "authority.crt", "org-A.crt").ok, "under another identifier");
    assert!(!verify(&format!("-vfyopt {DISTID}"), "root.crt", "org-A.crt").ok, "not issued by the root");
    let shown = openssl.must("x509 -in org-A.crt -noout -text -nameopt utf8,sep_comma_plus");
    for part in [
        "CN=筑城市政务服务中心",
        "O=筑城市政务服务中心（演示专用）",
        "CA:FALSE",
        "Digital Signature, Non Repudiation",
        "SM2-with-SM3",
        "X509v3 Authority Key Identifier",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let shown = openssl.must("x509 -in authority.crt -noout -text");
    for part in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn openssl_reads_and_checks_our_revocation_list() {
    let openssl = Openssl::new();
    let (mut pki, password) = city(&openssl);
    let next = at("2026-12-31T00:00:00Z");
    pki.revoke("A", Reason::KeyCompromise, noon(), next, password.as_str()).unwrap();
    openssl.write("list.crl", pki.lists()[1].to_der());
    let shown = openssl.must("crl -inform DER -in list.crl -noout -text");
    for part in [
        "Version 2 (0x1)",
        "SM2-with-SM3",
        "Last Update: Jun  1 12:00:00 2026 GMT",
        "Next Update: Dec 31 00:00:00 2026 GMT",
        "Serial Number: 65",
        "Key Compromise",
        "X509v3 CRL Number: \n                2",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    // The program's own check of lists takes no identifier, so body and signature are laid before it one by one.
    let parts = openssl.must("asn1parse -inform DER -in list.crl");
    let value = parts.lines().last().unwrap().trim();
    assert!(value.contains("BIT STRING"), "{parts}");
    let place = value.split(':').next().unwrap();
    openssl.must("asn1parse -inform DER -in list.crl -strparse 4 -noout -out body");
    openssl.must(&format!("asn1parse -inform DER -in list.crl -strparse {place} -noout -out signature"));
    openssl.must("x509 -in authority.crt -pubkey -noout -out authority.pub");
    openssl.must(&format!(
        "pkeyutl -verify -rawin -digest sm3 -pubin -inkey authority.pub -in body -sigfile signature -pkeyopt {DISTID}"
    ));
}

/// What `openssl ca` and `openssl x509` want to be told.
const SETTINGS: &str = "
[ca]
default_ca = ours
[ours]
database = index
crlnumber = number
default_md = sm3
default_crl_days = 30
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid,issuer:always
[list]
authorityKeyIdentifier = keyid
";

/// A root, a signer and a revocation list that `openssl` made; the signer is revoked when told so.
fn theirs(openssl: &Openssl, revoked: bool) -> (Certificate, Certificate, Crl) {
    openssl.write("settings", SETTINGS);
    openssl.write("index", "");
    openssl.write("number", "01\n");
    openssl.must("genpkey -algorithm SM2 -out root.key");
    openssl.must("genpkey -algorithm SM2 -out signer.key");
    openssl.must(&format!(
        "req -x509 -new -key root.key -sm3 -sigopt {DISTID} -days 3650 -utf8 -subj /C=CN/O=别家/CN=别家的根 \
         -config settings -extensions root -out root.crt"
    ));
    openssl.must(&format!(
        "req -new -key signer.key -sm3 -sigopt {DISTID} -utf8 -subj /C=CN/O=别家/CN=某局 -config settings -out signer.csr"
    ));
    openssl.must(&format!(
        "x509 -req -in signer.csr -vfyopt {DISTID} -CA root.crt -CAkey root.key -sm3 -sigopt {DISTID} -days 365 \
         -set_serial 0x1234 -extfile settings -extensions signer -out signer.crt"
    ));
    if revoked {
        openssl.must("ca -config settings -cert root.crt -keyfile root.key -revoke signer.crt -crl_reason superseded");
    }
    openssl.must(&format!(
        "ca -config settings -gencrl -cert root.crt -keyfile root.key -sigopt {DISTID} -crlexts list -out list.crl"
    ));
    let certificate = |name: &str| Certificate::from_file(&openssl.read(name)).unwrap();
    (certificate("root.crt"), certificate("signer.crt"), Crl::from_pem(&openssl.text("list.crl")).unwrap())
}

#[test]
fn we_follow_openssls_certificates_and_lists() {
    for revoked in [false, true] {
        let openssl = Openssl::new();
        let (root, signer, list) = theirs(&openssl, revoked);
        assert_eq!(signer.subject().to_string(), "CN=某局, O=别家, C=CN");
        assert_eq!(*signer.serial(), Serial::from(0x1234));
        let mut trust = Trust::new();
        trust.add_root(root.clone()).unwrap();
        // The program made everything just now; a moment later all of it holds.
        let now = list.this_update();
        let error = trust.check(&signer, Usage::DigitalSignature, now).unwrap_err();
        assert!(matches!(error, PathError::NotCheckable { gap: Gap::Missing, .. }), "{error:?}");
        trust.add_list(list.clone());
        let checked = trust.check(&signer, Usage::DigitalSignature, now);
        if revoked {
            let error = checked.unwrap_err();
            assert!(matches!(error, PathError::Revoked { reason: Reason::Superseded, .. }), "{error:?}");
        } else {
            assert_eq!(checked.unwrap().certificates(), [signer.clone(), root.clone()]);
        }
        assert!(list.is_signed_by(&root) && !list.is_signed_by(&signer));
        assert_eq!(list.number(), Some(&Serial::from(1)));
    }
}

#[test]
fn openssls_signature_without_the_identifier_is_a_bad_one() {
    let openssl = Openssl::new();
    openssl.write("settings", SETTINGS);
    openssl.must("genpkey -algorithm SM2 -out root.key");
    openssl
        .must("req -x509 -new -key root.key -sm3 -days 9 -subj /CN=x -config settings -extensions root -out root.crt");
    let root = Certificate::from_file(&openssl.read("root.crt")).unwrap();
    assert!(!root.is_signed_by(&root));
    assert!(matches!(Trust::new().add_root(root), Err(CertificateError::NotAnAuthority(_))));
}

#[test]
fn certificates_and_lists_of_other_algorithms_are_told() {
    let openssl = Openssl::new();
    openssl.write("settings", SETTINGS);
    openssl.write("index", "");
    openssl.write("number", "01\n");
    for algorithm in ["RSA -pkeyopt rsa_keygen_bits:2048", "EC -pkeyopt ec_paramgen_curve:P-256", "ED25519"] {
        openssl.must(&format!("genpkey -algorithm {algorithm} -out root.key"));
        openssl
            .must("req -x509 -new -key root.key -days 9 -subj /CN=x -config settings -extensions root -out root.crt");
        let read = Certificate::from_file(&openssl.read("root.crt"));
        assert!(matches!(read, Err(CertificateError::OtherAlgorithm)), "{algorithm}: {read:?}");
    }
    openssl.must("ca -config settings -gencrl -cert root.crt -keyfile root.key -md null -out list.crl");
    let read = Crl::from_file(&openssl.read("list.crl"));
    assert!(matches!(read, Err(CertificateError::OtherAlgorithm | CertificateError::Malformed("version"))), "{read:?}");
}

#[test]
fn a_signer_from_openssls_files_signs_for_openssl() {
    let openssl = Openssl::new();
    let (_, signer, _) = theirs(&openssl, false);
    openssl.must("pkcs8 -topk8 -in signer.key -out encrypted.key -passout pass:correct-horse");
    let soft = SoftSigner::open(&openssl.read("signer.crt"), &openssl.text("encrypted.key"), "correct-horse").unwrap();
    let message = "统一受理通知书".as_bytes();
    openssl.write("message", message);
    openssl.write("signature", soft.sign_checked(message).unwrap().to_der());
    openssl.must("x509 -in signer.crt -pubkey -noout -out signer.pub");
    openssl.must(&format!(
        "pkeyutl -verify -rawin -digest sm3 -pubin -inkey signer.pub -in message -sigfile signature -pkeyopt {DISTID}"
    ));
    assert_eq!(*soft.certificate(), signer);
    assert!(SoftSigner::new(signer, SecretKey::generate()).is_err());
}

#[test]
fn the_certificates_of_the_data_folder_hold() {
    let Some(vectors) = beside("sm2_certificates.json") else { return };
    let root = Certificate::from_pem(vectors["root"].as_str().unwrap()).unwrap();
    let mut trust = Trust::new();
    trust.add_root(root.clone()).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let certificate = Certificate::from_pem(case["pem"].as_str().unwrap()).unwrap();
        assert_eq!(certificate.is_signed_by(&root), case["valid"].as_bool().unwrap(), "{}", case["why"]);
        let error = trust.check(&certificate, Usage::DigitalSignature, at("2027-01-01T00:00:00Z")).unwrap_err();
        assert!(matches!(error, PathError::NotCheckable { gap: Gap::Missing, .. }), "{error:?}");
    }
}
