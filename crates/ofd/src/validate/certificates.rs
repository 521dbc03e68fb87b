//! Certificates of makers and signers: fit to sign, valid, trusted, not revoked, permitted.

use gm::x509::{Certificate, PathError, Trust, Usage};
use jiff::Timestamp;

use crate::finding::{Code, Finding};
use crate::seal::{Permitted, SM3_OID, Seal};

/// Whose certificate it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Maker,
    Signer,
}

impl Owner {
    fn pick(self, maker: Code, signer: Code) -> Finding {
        // Names in certificates may be those of persons, so a finding does not carry them.
        match self {
            Self::Maker => Finding::new(maker, ""),
            Self::Signer => Finding::new(signer, ""),
        }
    }
}

/// Everything about a certificate at the instant of its use.
pub(super) fn check_certificate(certificate: &Certificate, owner: Owner, trust: &Trust, at: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let unfit = owner.pick(Code::MakerCertificate, Code::SignerCertificate);
    let not_valid = owner.pick(Code::MakerNotValid, Code::SignerNotValid);
    if certificate.is_authority() || !certificate.is_for(Usage::DigitalSignature) {
        findings.push(unfit.clone());
    }
    // Instants are told to the second.
    let second = Timestamp::from_second(at.as_second()).unwrap_or(at);
    if second < certificate.not_before() || second > certificate.not_after() {
        findings.push(not_valid.clone());
    }
    let mut add = |finding: Finding| {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    match trust.check(certificate, Usage::DigitalSignature, at) {
        Ok(path) => {
            if path.revoked_later().is_some() {
                add(Finding::new(Code::RevokedLater, ""));
            }
        }
        Err(PathError::Revoked { .. }) => add(owner.pick(Code::MakerRevoked, Code::SignerRevoked)),
        Err(PathError::NotCheckable { .. }) => add(Finding::new(Code::NoRevocationData, "")),
        Err(error) => {
            // The way was not gone to its end, so revocation was not looked up.
            add(Finding::new(Code::NoRevocationData, ""));
            match error {
                _ if trust.roots().is_empty() => add(owner.pick(Code::NoRoots, Code::NoSignerRoots)),
                PathError::NotYetValid { .. } | PathError::Expired { .. } => add(not_valid),
                PathError::WrongUsage { .. } => add(unfit),
                _ => add(owner.pick(Code::MakerUntrusted, Code::SignerUntrusted)),
            }
        }
    }
    findings
}

/// Whether the seal permits the certificate `signer` (DER), byte for byte or by its SM3 digest.
pub(super) fn permitted(signer: &[u8], seal: &Seal, findings: &mut Vec<Finding>) -> bool {
    match &seal.info.permitted {
        Permitted::Certificates(list) => list.iter().any(|certificate| certificate == signer),
        Permitted::Digests(list) => {
            if list.iter().any(|(method, _)| method != SM3_OID && method != "SM3") {
                findings.push(Finding::new(Code::BadList, &seal.info.id));
            }
            list.iter().any(|(_, digest)| digest.as_slice() == gm::sm3(signer))
        }
    }
}

/// A signer before signing at `at`: certificate and right to the seal.
pub(crate) fn check_signer(certificate: &Certificate, seal: &Seal, trust: &Trust, at: Timestamp) -> Vec<Finding> {
    let mut findings = check_certificate(certificate, Owner::Signer, trust, at);
    if !permitted(certificate.to_der(), seal, &mut findings) {
        findings.push(Finding::new(Code::SignerNotPermitted, &seal.info.id));
    }
    findings
}
