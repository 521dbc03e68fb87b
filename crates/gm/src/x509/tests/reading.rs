//! What a certificate says, and what is none.

use super::*;

#[test]
fn a_certificate_says_what_was_put_into_it() {
    let three = three();
    let certificate = three.signer.certificate();
    let again = Certificate::from_pem(&certificate.to_pem()).unwrap();
    assert_eq!(again, *certificate);
    assert_eq!(Certificate::from_file(certificate.to_pem().as_bytes()).unwrap(), again);
    assert_eq!(Certificate::from_file(certificate.to_der()).unwrap(), again);
    assert_eq!(again.subject().to_string(), "CN=统一受理中心, O=演示专用, C=CN");
    assert_eq!(again.subject().common_name(), Some("统一受理中心"));
    assert_eq!(again.subject().organisation(), Some("演示专用"));
    assert_eq!(again.subject().get(Attribute::Locality), None);
    assert_eq!(again.issuer(), three.authority.certificate().subject());
    assert_eq!(again.serial().to_string(), "03");
    assert_eq!(again.not_before(), at("2026-01-01T00:00:00Z"));
    assert_eq!(again.not_after(), at("2030-12-31T23:59:59Z"));
    assert!(!again.is_authority() && !again.is_self_issued());
    assert!(again.is_for(Usage::DigitalSignature) && again.is_for(Usage::NonRepudiation));
    assert!(!again.is_for(Usage::CertificateSigning));
    assert_eq!(again.authority_key_id(), three.authority.certificate().subject_key_id());
    assert_eq!(again.subject_key_id().unwrap().len(), 20);
    assert_eq!(again.fingerprint(), crate::sm3(again.to_der()));
    assert_eq!(again.unknown_critical(), None);
    assert!(again.is_signed_by(three.authority.certificate()));
    assert!(!again.is_signed_by(three.root.certificate()));
    assert!(three.root.certificate().is_self_issued());
    assert!(format!("{again:?}").contains("统一受理中心"));
}

#[test]
fn years_after_2049_are_written_out() {
    let long = Draft { until: at("2050-01-01T00:00:00Z"), ..draft(1, "根", AUTHORITY) };
    assert_eq!(root_of(&long).certificate().not_after(), at("2050-01-01T00:00:00Z"));
    let negative = Draft { from: at("1969-12-31T23:59:59Z"), ..draft(1, "根", AUTHORITY) };
    assert!(matches!(self_sign(&SecretKey::generate(), &negative), Err(CertificateError::BadValidity)));
    let backwards = Draft { until: at("2025-01-01T00:00:00Z"), ..draft(1, "根", AUTHORITY) };
    assert!(matches!(self_sign(&SecretKey::generate(), &backwards), Err(CertificateError::BadValidity)));
}

#[test]
fn what_is_critical_and_unknown_makes_unfit() {
    let Three { authority, signer, trust, .. } = three();
    // Basic constraints are critical: their identifier turned into one that nobody knows.
    let der = forged(&authority, signer.certificate().to_der(), "0603551d130101ff", "0603551d630101ff");
    let certificate = Certificate::from_der(&der).unwrap();
    assert_eq!(certificate.unknown_critical(), Some("2.5.29.99"));
    let error = trust.check(&certificate, Usage::DigitalSignature, noon()).unwrap_err();
    assert!(matches!(&error, PathError::UnknownExtension { extension, .. } if extension == "2.5.29.99"), "{error:?}");
}

#[test]
fn malformed_certificates_are_named() {
    let Three { authority, signer, .. } = three();
    let good = signer.certificate().to_der();
    let refused = |der: &[u8]| match Certificate::from_der(der).unwrap_err() {
        CertificateError::Malformed(part) => part,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(b""), "certificate");
    assert_eq!(refused(&[good, b"\0"].concat()), "certificate", "something after it");
    assert_eq!(refused(&forged(&authority, good, "a003020102", "a003020101")), "version", "extensions in version 2");
    assert_eq!(refused(&forged(&authority, good, "a003020102", "a003020103")), "version");
    assert_eq!(refused(&forged(&authority, good, "0603551d13", "0603551d0f")), "extensions", "twice the same");
    assert_eq!(refused(&forged(&authority, good, "04023000", "04023100")), "extensions", "no sequence inside");
    assert_eq!(refused(&forged(&authority, good, "0c0c", "0c0d")), "name", "lengths that do not fit");
    let utf8 = hex::encode("演示专用");
    let bad_utf8 = format!("ff{}", &utf8[2..]);
    assert_eq!(refused(&forged(&authority, good, &utf8, &bad_utf8)), "name");
    let time = hex::encode("260101000000Z");
    assert_eq!(refused(&forged(&authority, good, &time, &hex::encode("261301000000Z"))), "body", "month 13");
    // The algorithm inside is not the algorithm outside.
    let body = changed_body(good, "06082a811ccf55018375", "06082a811ccf55018374");
    let whole = asn1::signed(&body, &authority.sign(&body).unwrap()).unwrap();
    assert_eq!(refused(&whole), "algorithm");
    for text in ["", "-----BEGIN CERTIFICATE-----\n", &signer.certificate().to_pem().replace("CERTIFICATE", "X509 CRL")]
    {
        assert!(matches!(Certificate::from_pem(text), Err(CertificateError::Malformed("certificate"))), "{text}");
    }
}

#[test]
fn too_many_bytes_are_not_read() {
    let large = vec![0x30; Certificate::MAX_LEN + 1];
    assert!(matches!(Certificate::from_der(&large), Err(CertificateError::TooLarge)));
    let text = " ".repeat(2 * Certificate::MAX_LEN + 1);
    assert!(matches!(Certificate::from_pem(&text), Err(CertificateError::TooLarge)));
    assert!(matches!(Crl::from_der(&vec![0x30; Crl::MAX_LEN + 1]), Err(CertificateError::TooLarge)));
    assert!(matches!(Crl::from_pem(&" ".repeat(2 * Crl::MAX_LEN + 1)), Err(CertificateError::TooLarge)));
}

#[test]
fn keys_of_other_curves_are_told() {
    let Three { authority, signer, .. } = three();
    let other = forged(&authority, signer.certificate().to_der(), "06082a811ccf5501822d", "06082a811ccf5501822c");
    assert!(matches!(Certificate::from_der(&other), Err(CertificateError::OtherAlgorithm)));
    let key = hex::encode(signer.certificate().key().to_sec1());
    let off = forged(&authority, signer.certificate().to_der(), &key, &format!("04{}", "11".repeat(64)));
    assert!(matches!(Certificate::from_der(&off), Err(CertificateError::Malformed("key"))));
}

#[test]
fn names_that_mislead_are_not_made() {
    for (attribute, value) in [
        (Attribute::CommonName, ""),
        (Attribute::CommonName, " 前后空白"),
        (Attribute::CommonName, "换\n行"),
        (Attribute::CommonName, "反\u{202e}向"),
        (Attribute::Organisation, &"长".repeat(65)),
        (Attribute::Country, "cn"),
        (Attribute::Country, "CHN"),
        (Attribute::SerialNumber, "号码"),
    ] {
        let refused = Name::new(&[(attribute, value)]);
        assert!(matches!(refused, Err(CertificateError::BadName(_))), "{value:?}");
    }
    assert!(matches!(Name::new(&[]), Err(CertificateError::BadName(_))));
    assert!(matches!(Name::new(&[(Attribute::CommonName, "x"); 33]), Err(CertificateError::BadName(_))));
    assert!(Name::new(&[(Attribute::Organisation, &"长".repeat(64))]).is_ok());
}

#[test]
fn foreign_names_are_shown_without_harm() {
    // C as UTF8String, O as BMPString, CN with a mark that turns the writing round, and an attribute nobody knows.
    let part = |id: &str, tag: &str, value: &[u8]| {
        let value = format!("{tag}{:02x}{}", value.len(), hex::encode(value));
        let both = format!("{id}{value}");
        let sequence = format!("30{:02x}{both}", both.len() / 2);
        format!("31{:02x}{sequence}", sequence.len() / 2)
    };
    let ucs2: Vec<u8> = "贵阳".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let parts = [
        part("0603550406", "0c", b"CN"),
        part("060355040a", "1e", &ucs2),
        part("0603550403", "0c", "a\u{202e}b,c=d".as_bytes()),
        part("0603550464", "04", &[1, 2]),
        part("0603550407", "14", &[0xe9]),
        part("0603550408", "16", b"x"),
    ]
    .concat();
    let der = hex::decode(format!("30{:02x}{parts}", parts.len() / 2)).unwrap();
    let name = Name::from_der(&der).unwrap();
    assert_eq!(name.to_string(), "ST=x, L=é, 2.5.4.100=#04020102, CN=a\u{fffd}b\\,c\\=d, O=贵阳, C=CN");
    assert_eq!(format!("{name:?}"), format!("Name({name})"));
    for bad in [
        part("0603550403", "13", "甲".as_bytes()), // PrintableString that is not ASCII
        part("0603550403", "1e", &[0x4e]),         // half a character
        part("0603550403", "0c", &[0xff]),         // not UTF-8
    ] {
        let der = hex::decode(format!("30{:02x}{bad}", bad.len() / 2)).unwrap();
        assert!(matches!(Name::from_der(&der), Err(CertificateError::Malformed("name"))), "{bad}");
    }
}

#[test]
fn serial_numbers_have_limits() {
    assert_eq!(Serial::new(&[0, 0, 7]).unwrap(), Serial::from(7));
    assert_eq!(Serial::new(&[0]).unwrap(), Serial::from(0));
    assert!(matches!(Serial::new(&[]), Err(CertificateError::BadSerial)));
    assert!(Serial::new(&[0x7f; 20]).is_ok());
    assert!(matches!(Serial::new(&[0x80; 20]), Err(CertificateError::BadSerial)), "one byte more where it is written");
    assert!(matches!(Serial::new(&[1; 21]), Err(CertificateError::BadSerial)));
    assert_ne!(Serial::random(), Serial::random());
    assert_eq!(Serial::random().as_bytes().len(), 16);
    assert_eq!(format!("{:?}", Serial::from(0x1_00ff)), "Serial(0100FF)");
    assert!(matches!(Serial::of_foreign(&[1; 22]), Err(CertificateError::Malformed(_))));
}

#[test]
fn a_certificate_does_not_outlast_its_issuer() {
    let root = root();
    let key = SecretKey::generate();
    for (from, until) in [
        (at("2025-12-31T23:59:59Z"), at("2027-01-01T00:00:00Z")),
        (at("2026-01-01T00:00:00Z"), at("2031-01-01T00:00:00Z")),
    ] {
        let refused = issue(&root, &Draft { from, until, ..draft(2, "甲", Role::Signer) }, key.public_key());
        assert!(matches!(refused, Err(CertificateError::BadValidity)), "{refused:?}");
    }
}
