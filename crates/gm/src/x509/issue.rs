//! Issuing certificates and revocation lists.

use der::{
    Decode, Encode,
    asn1::{AnyRef, GeneralizedTime, OctetStringRef, UintRef},
};
use kernel::Timestamp;

use super::{
    Certificate, CertificateError, Crl, KeyUsage, Name, Revoked, Serial, Usage,
    asn1::{
        AUTHORITY_KEY_ID, AuthorityKeyId, BASIC_CONSTRAINTS, BasicConstraints, Body, CRL_NUMBER, CRL_REASON,
        EXPIRED_ON_CRL, Entry, Enumerated, KEY_USAGE, ListBody, Made, SUBJECT_KEY_ID, THIRD_VERSION, Time, Validity,
        signed, sm2_with_sm3,
    },
};
use crate::{
    Signer,
    sm2::{PublicKey, SecretKey, Signature},
};

/// What a new certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Issues certificates and revocation lists.
    Authority {
        /// How many authorities may stand below this one; none is no limit.
        path_len: Option<u8>,
    },
    /// Signs documents and seals: digital signature and non-repudiation.
    Signer,
}

impl Role {
    fn usage(self) -> KeyUsage {
        match self {
            Self::Authority { .. } => KeyUsage::of(&[Usage::CertificateSigning, Usage::ListSigning]),
            Self::Signer => KeyUsage::of(&[Usage::DigitalSignature, Usage::NonRepudiation]),
        }
    }
    fn constraints(self) -> BasicConstraints {
        match self {
            Self::Authority { path_len } => BasicConstraints { ca: true, path_len },
            Self::Signer => BasicConstraints { ca: false, path_len: None },
        }
    }
}

/// What a new certificate says.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its number, once per issuer.
    pub serial: Serial,
    /// Whose it is.
    pub subject: Name,
    /// The first instant at which it is valid; fractions of a second are dropped.
    pub from: Timestamp,
    /// The last instant at which it is valid; fractions of a second are dropped.
    pub until: Timestamp,
    /// What it is for.
    pub role: Role,
}

/// What a new revocation list says.
#[derive(Debug, Clone)]
pub struct ListDraft {
    /// Its number, higher than that of every list before it.
    pub number: u64,
    /// When it is made; fractions of a second are dropped.
    pub at: Timestamp,
    /// By when the next one comes.
    pub next: Timestamp,
    /// Everything that was ever revoked: lists made here keep certificates that have expired.
    pub entries: Vec<Revoked>,
}

/// Makes the certificate of a root: it is signed with its own key.
///
/// # Errors
/// [`CertificateError::NotAnAuthority`] when the draft is not an authority's, [`CertificateError::BadValidity`] when it
/// ends before it begins.
pub fn self_sign(key: &SecretKey, draft: &Draft) -> Result<Certificate, CertificateError> {
    if !matches!(draft.role, Role::Authority { .. }) {
        return Err(CertificateError::NotAnAuthority("a root must be an authority"));
    }
    let body = body(draft, key.public_key(), &draft.subject, &key_id(key.public_key()))?;
    whole(&body, &key.sign(&body))
}

/// Issues a certificate for `key`. That the key is the subject's, and that the subject is who the name says, has been
/// checked by the caller.
///
/// # Errors
/// [`CertificateError::NotAnAuthority`] when the issuer's certificate does not permit it, [`CertificateError::BadValidity`]
/// when the validity ends before it begins or outlasts the issuer's, and when the signer cannot sign.
pub fn issue(issuer: &dyn Signer, draft: &Draft, key: &PublicKey) -> Result<Certificate, CertificateError> {
    let authority = issuer.certificate();
    if !authority.is_authority() || !authority.is_for(Usage::CertificateSigning) {
        return Err(CertificateError::NotAnAuthority("its certificate is not for issuing certificates"));
    }
    if matches!(draft.role, Role::Authority { .. }) && authority.path_len() == Some(0) {
        return Err(CertificateError::NotAnAuthority("no authority may stand below it"));
    }
    // Certificates tell times to the second, so a fraction of the draft's last one does not outlast the issuer's.
    let second = |at: Timestamp| at.as_second();
    if second(draft.from) < second(authority.not_before()) || second(draft.until) > second(authority.not_after()) {
        return Err(CertificateError::BadValidity);
    }
    let own = key_id(authority.key());
    let body = body(draft, key, authority.subject(), authority.subject_key_id().unwrap_or(&own))?;
    whole(&body, &issuer.sign_checked(&body)?)
}

/// Issues a revocation list.
///
/// # Errors
/// [`CertificateError::NotAnAuthority`] when the issuer's certificate does not permit it, [`CertificateError::BadValidity`]
/// when the next list would come before this one, and when the signer cannot sign.
pub fn issue_list(issuer: &dyn Signer, draft: &ListDraft) -> Result<Crl, CertificateError> {
    let authority = issuer.certificate();
    if !authority.is_for(Usage::ListSigning) {
        return Err(CertificateError::NotAnAuthority("its certificate is not for issuing revocation lists"));
    }
    if draft.next < draft.at {
        return Err(CertificateError::BadValidity);
    }
    let own = key_id(authority.key());
    let body = list_body(draft, authority.subject(), authority.subject_key_id().unwrap_or(&own))?;
    let signature = issuer.sign_checked(&body)?;
    Crl::from_der(&signed(&body, &signature).ok_or(CertificateError::Malformed("list"))?)
}

fn whole(body: &[u8], signature: &Signature) -> Result<Certificate, CertificateError> {
    Certificate::from_der(&signed(body, signature).ok_or(CertificateError::Malformed("certificate"))?)
}

/// How a key is called in certificates: the first 20 bytes of SM3 over the point.
fn key_id(key: &PublicKey) -> Vec<u8> {
    crate::sm3(&key.to_sec1())[..20].to_vec()
}

/// The body of a certificate, to be signed. Whether the issuer may is not asked here.
pub(super) fn body(
    draft: &Draft,
    key: &PublicKey,
    issuer: &Name,
    issuer_key_id: &[u8],
) -> Result<Vec<u8>, CertificateError> {
    let time = |at| Time::of(at).ok_or(CertificateError::BadValidity);
    let validity = Validity { from: time(draft.from)?, until: time(draft.until)? };
    if draft.until < draft.from {
        return Err(CertificateError::BadValidity);
    }
    let key_der = key.to_spki_der();
    let mut byte = [0];
    let mut write = || {
        let authority =
            AuthorityKeyId { key: Some(OctetStringRef::new(issuer_key_id).ok()?), issuer: None, serial: None };
        let subject_id = key_id(key);
        let made = [
            Made::new(BASIC_CONSTRAINTS, true, &draft.role.constraints())?,
            Made::new(KEY_USAGE, true, &draft.role.usage().to_bits(&mut byte)?)?,
            Made::new(SUBJECT_KEY_ID, false, &OctetStringRef::new(&subject_id).ok()?)?,
            Made::new(AUTHORITY_KEY_ID, false, &authority)?,
        ];
        let body = Body {
            version: THIRD_VERSION,
            serial: UintRef::new(draft.serial.as_bytes()).ok()?,
            algorithm: sm2_with_sm3(),
            issuer: AnyRef::from_der(issuer.to_der()).ok()?,
            validity,
            subject: AnyRef::from_der(draft.subject.to_der()).ok()?,
            key: AnyRef::from_der(&key_der).ok()?,
            issuer_unique: None,
            subject_unique: None,
            extensions: Some(made.iter().map(Made::as_extension).collect::<Option<_>>()?),
        };
        body.to_der().ok()
    };
    write().ok_or(CertificateError::Malformed("body"))
}

fn list_body(draft: &ListDraft, issuer: &Name, issuer_key_id: &[u8]) -> Result<Vec<u8>, CertificateError> {
    let time = |at| Time::of(at).ok_or(CertificateError::BadValidity);
    let (this_update, next_update) = (time(draft.at)?, time(draft.next)?);
    let mut reasons = Vec::new();
    let mut times = Vec::new();
    for revoked in &draft.entries {
        times.push(time(revoked.at)?);
        reasons.push(match revoked.reason.number() {
            // "Unspecified" is said by saying nothing (RFC 5280, 5.3.1).
            0 => None,
            number => {
                Some(Made::new(CRL_REASON, false, &Enumerated(number)).ok_or(CertificateError::Malformed("entry"))?)
            }
        });
    }
    let write = || {
        let number = draft.number.to_be_bytes();
        let authority =
            AuthorityKeyId { key: Some(OctetStringRef::new(issuer_key_id).ok()?), issuer: None, serial: None };
        // From the beginning of time: nothing is ever dropped.
        let ever = GeneralizedTime::from_unix_duration(std::time::Duration::ZERO).ok()?;
        let made = [
            Made::new(AUTHORITY_KEY_ID, false, &authority)?,
            Made::new(CRL_NUMBER, false, &UintRef::new(&number).ok()?)?,
            Made::new(EXPIRED_ON_CRL, false, &ever)?,
        ];
        let mut entries = Vec::new();
        for ((revoked, at), reason) in draft.entries.iter().zip(&times).zip(&reasons) {
            let extensions = match reason {
                Some(reason) => Some(vec![reason.as_extension()?]),
                None => None,
            };
            entries.push(Entry { serial: UintRef::new(revoked.serial.as_bytes()).ok()?, at: *at, extensions });
        }
        let body = ListBody {
            version: Some(1),
            algorithm: sm2_with_sm3(),
            issuer: AnyRef::from_der(issuer.to_der()).ok()?,
            this_update,
            next_update: Some(next_update),
            // An empty list of entries is left out (RFC 5280, 5.1.2.6).
            entries: (!entries.is_empty()).then_some(entries),
            extensions: Some(made.iter().map(Made::as_extension).collect::<Option<_>>()?),
        };
        body.to_der().ok()
    };
    write().ok_or(CertificateError::Malformed("list"))
}
