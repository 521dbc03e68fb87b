//! Whose certificates a server outside may show: the machine's own authorities, or those of one file.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::SetupError;

/// Certificates of authorities in a PEM file, in DER.
///
/// # Errors
/// [`SetupError::Authorities`] when the file cannot be read, is no PEM, or holds no certificate.
pub(crate) fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let refused = |why: String| SetupError::Authorities { file: file.to_owned(), why };
    let bytes = std::fs::read(file).map_err(|error| refused(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.map_err(|error| refused(error.to_string()))?;
    if found.is_empty() { Err(refused("there is no certificate in it".to_owned())) } else { Ok(found) }
}

/// TLS 1.2 and 1.3 that trusts the authorities of `file`, else those of this machine.
///
/// # Errors
/// As [`authorities`], and when one of them is no certificate.
pub(crate) fn client(file: Option<&Path>) -> Result<Arc<ClientConfig>, SetupError> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in authorities(file)? {
                roots
                    .add(certificate)
                    .map_err(|error| SetupError::Authorities { file: file.to_owned(), why: error.to_string() })?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// What is wrong with the other side's TLS, when it is that: in words for the operator, without addresses.
pub(crate) fn complaint(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(worded(tls));
        }
        // An I/O error keeps what it wraps to itself: its source is already the inner error's.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Some(worded(tls));
        }
        next = error.source();
    }
    None
}

fn worded(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            // An authority of the same name and another key.
            Bad::UnknownIssuer | Bad::BadSignature => {
                "the server's certificate comes from no authority that is trusted here".to_owned()
            }
            Bad::Expired | Bad::ExpiredContext { .. } => "the server's certificate has expired".to_owned(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => "the server's certificate is not valid yet".to_owned(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "the server's certificate is for another name".to_owned()
            }
            other => format!("the server's certificate is not good: {other}"),
        },
        other => format!("TLS failed: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let away = client(Some(&folder.path().join("none.pem"))).unwrap_err();
        assert!(away.to_string().contains("none.pem"), "{away}");
        for (content, said) in [
            ("", "no certificate"),
            ("-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n", "bad.pem"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "bad.pem"),
        ] {
            let file = folder.path().join("bad.pem");
            std::fs::write(&file, content).unwrap();
            let error = client(Some(&file)).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
        assert!(client(None).is_ok());
    }

    #[test]
    fn every_fault_of_a_certificate_has_its_words() {
        use rustls::{CertificateError as Bad, Error};
        let said = |error: Error| complaint(&std::io::Error::new(std::io::ErrorKind::InvalidData, error)).unwrap();
        assert!(said(Error::InvalidCertificate(Bad::UnknownIssuer)).contains("no authority"));
        assert!(said(Error::InvalidCertificate(Bad::Expired)).contains("expired"));
        assert!(said(Error::InvalidCertificate(Bad::NotValidYet)).contains("not valid yet"));
        assert!(said(Error::InvalidCertificate(Bad::NotValidForName)).contains("another name"));
        assert!(said(Error::InvalidCertificate(Bad::Revoked)).contains("not good"));
        assert!(said(Error::HandshakeNotComplete).contains("TLS failed"));
        assert_eq!(complaint(&std::io::Error::from(std::io::ErrorKind::ConnectionRefused)), None);
    }
}
