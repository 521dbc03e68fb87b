//! The signer's port.

use kernel::Failure;

use super::*;
use crate::{SignerError, sm2::Signature};

/// A module that answers with another key's signature, or not at all.
struct Faulty {
    certificate: Certificate,
    key: Option<SecretKey>,
}

impl Signer for Faulty {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
    fn sign(&self, message: &[u8]) -> Result<Signature, SignerError> {
        match &self.key {
            Some(key) => Ok(key.sign(message)),
            None => Err(SignerError::Unavailable("no answer".into())),
        }
    }
}

#[test]
fn a_module_with_another_key_is_noticed() {
    let certificate = root().certificate().clone();
    let wrong = Faulty { certificate: certificate.clone(), key: Some(SecretKey::generate()) };
    assert!(matches!(wrong.sign_checked(b"x"), Err(SignerError::WrongKey)));
    let refused = issue(&wrong, &draft(2, "甲", Role::Signer), SecretKey::generate().public_key());
    assert!(matches!(refused, Err(CertificateError::Signer(SignerError::WrongKey))), "{refused:?}");
    let silent: &dyn Signer = &Faulty { certificate, key: None };
    let refused = issue(silent, &draft(2, "甲", Role::Signer), SecretKey::generate().public_key()).unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("signer.unavailable", kernel::Kind::Unavailable));
}

#[test]
fn a_soft_signer_is_opened_from_its_two_files() {
    let key = SecretKey::generate();
    let certificate = self_sign(&key, &draft(1, "根", AUTHORITY)).unwrap();
    let password = crate::sm2::Password::random();
    let pem = key.to_encrypted_pem(&password);
    let signer = SoftSigner::open(certificate.to_pem().as_bytes(), &pem, password.as_str()).unwrap();
    assert!(certificate.key().verify(b"x", &signer.sign_checked(b"x").unwrap()));
    let wrong = SoftSigner::open(certificate.to_der(), &pem, "another").unwrap_err();
    assert_eq!(wrong.code(), "sm2.wrong-password");
    let other = SecretKey::generate().to_encrypted_pem(&password);
    let wrong = SoftSigner::open(certificate.to_der(), &other, password.as_str()).unwrap_err();
    assert_eq!(wrong.code(), "signer.wrong-key");
    let none = SoftSigner::open(b"", &pem, password.as_str()).unwrap_err();
    assert_eq!(none.code(), "x509.malformed");
    assert!(!format!("{signer:?}").contains("numbers"));
}

#[test]
fn every_refusal_has_a_code_and_advice() {
    for error in [
        SignerError::Unavailable("x".into()),
        SignerError::Refused("locked".to_owned()),
        SignerError::WrongKey,
        SignerError::Key(crate::sm2::Sm2Error::WrongPassword),
    ] {
        assert!(error.code().contains('.') && error.advice().ends_with('。'), "{error:?}");
        let error = CertificateError::from(error);
        assert!(error.code().contains('.') && error.advice().ends_with('。'), "{error:?}");
    }
}
