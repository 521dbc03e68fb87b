//! Roots, authorities and revocation lists from the files in which they are handed on.

use super::{Certificate, CertificateError, Crl, Trust};

/// How many of each a file gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Roots: certificates that were signed with their own key.
    pub roots: usize,
    /// Authorities below a root.
    pub authorities: usize,
    /// Revocation lists.
    pub lists: usize,
}

impl Trust {
    /// Most bytes of a file with certificates and lists.
    pub const MAX_FILE: usize = 4 * Crl::MAX_LEN;

    /// Takes everything of a file whose owner is trusted: one certificate or list in DER, or any number of both in PEM, in any
    /// order. A certificate that names itself as issuer becomes a root; any other must be an authority's and helps to find
    /// the way to a root. Nothing is taken when one of them cannot be read.
    ///
    /// # Errors
    /// [`CertificateError::TooLarge`] past [`Trust::MAX_FILE`], [`CertificateError::Malformed`] when it holds nothing or
    /// something else, [`CertificateError::NotAnAuthority`] for a certificate that may not issue others, and as
    /// [`Certificate::from_der`] and [`Crl::from_der`].
    pub fn add_file(&mut self, content: &[u8]) -> Result<Added, CertificateError> {
        if content.len() > Self::MAX_FILE {
            return Err(CertificateError::TooLarge);
        }
        let mut next = self.clone();
        let mut added = Added::default();
        match std::str::from_utf8(content) {
            Ok(text) if text.contains(BEGIN) => {
                for block in blocks(text) {
                    next.add_block(block?, &mut added)?;
                }
            }
            _ => match Certificate::from_der(content) {
                Ok(certificate) => next.add_certificate(certificate, &mut added)?,
                Err(error) => match Crl::from_der(content) {
                    Ok(list) => {
                        next.add_list(list);
                        added.lists += 1;
                    }
                    Err(CertificateError::Malformed(_)) => return Err(error),
                    Err(other) => return Err(other),
                },
            },
        }
        *self = next;
        Ok(added)
    }

    fn add_block(&mut self, block: &str, added: &mut Added) -> Result<(), CertificateError> {
        if block.starts_with("-----BEGIN X509 CRL-----") {
            self.add_list(Crl::from_pem(block)?);
            added.lists += 1;
            return Ok(());
        }
        // Anything else that is no certificate is refused there: a key in such a file is nobody's intention.
        self.add_certificate(Certificate::from_pem(block)?, added)
    }

    fn add_certificate(&mut self, certificate: Certificate, added: &mut Added) -> Result<(), CertificateError> {
        if certificate.is_self_issued() {
            self.add_root(certificate)?;
            added.roots += 1;
        } else if certificate.is_authority() {
            self.add_authority(certificate);
            added.authorities += 1;
        } else {
            return Err(CertificateError::NotAnAuthority("only authorities can be trusted"));
        }
        Ok(())
    }
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "\n-----END ";

/// The blocks of a PEM text with their first and last lines; text around them is passed over.
fn blocks(text: &str) -> impl Iterator<Item = Result<&str, CertificateError>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let block = &rest[rest.find(BEGIN)?..];
        let end = block.find(END).and_then(|end| {
            let closing = end + END.len();
            Some(closing + block[closing..].find("-----")? + 5)
        });
        rest = end.map_or("", |end| &block[end..]);
        Some(end.map(|end| &block[..end]).ok_or(CertificateError::Malformed("PEM")))
    })
}
