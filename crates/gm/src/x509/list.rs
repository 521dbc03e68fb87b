//! Revocation lists.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use der::{Decode, pem};
use kernel::Timestamp;

use super::{
    Certificate, CertificateError, Name, Serial,
    asn1::{
        AUTHORITY_KEY_ID, CRL_NUMBER, CRL_REASON, EXPIRED_ON_CRL, Entry, Enumerated, Extension, ListBody, Signed, Time,
        bytes_of, is_sm2_with_sm3,
    },
};
use crate::sm2::{PublicKey, Signature};

/// Label of a revocation list in PEM (RFC 7468, 6).
const LABEL: &str = "X509 CRL";

/// Why a certificate was revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reason {
    /// 未说明.
    #[default]
    Unspecified,
    /// 密钥泄露.
    KeyCompromise,
    /// 证书机构密钥泄露.
    AuthorityCompromise,
    /// 单位信息变更.
    AffiliationChanged,
    /// 证书已更换.
    Superseded,
    /// 停止使用.
    CessationOfOperation,
    /// 证书冻结.
    Hold,
    /// 授权已撤回.
    PrivilegeWithdrawn,
    /// 属性机构密钥泄露.
    AttributeAuthorityCompromise,
}

impl Reason {
    const ALL: [(u8, Self, &'static str); 9] = [
        (0, Self::Unspecified, "未说明"),
        (1, Self::KeyCompromise, "密钥泄露"),
        (2, Self::AuthorityCompromise, "证书机构密钥泄露"),
        (3, Self::AffiliationChanged, "单位信息变更"),
        (4, Self::Superseded, "证书已更换"),
        (5, Self::CessationOfOperation, "停止使用"),
        (6, Self::Hold, "证书冻结"),
        (9, Self::PrivilegeWithdrawn, "授权已撤回"),
        (10, Self::AttributeAuthorityCompromise, "属性机构密钥泄露"),
    ];

    /// The reason in Chinese.
    #[must_use]
    pub fn label(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, reason, _)| *reason == self).map_or("未说明", |(_, _, label)| label)
    }
    pub(super) fn number(self) -> u8 {
        Self::ALL.into_iter().find(|(_, reason, _)| *reason == self).map_or(0, |(number, _, _)| number)
    }
    fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|(other, _, _)| *other == number).map(|(_, reason, _)| reason)
    }
}

/// A revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// The certificate's number.
    pub serial: Serial,
    /// Since when, to the second.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// A list of the certificates that an authority revoked, signed with SM2 over SM3. Clones share the bytes.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    number: Option<Serial>,
    /// By serial number.
    entries: Vec<Revoked>,
    keeps_expired_since: Option<Timestamp>,
    /// Covers only a part of the certificates, or says things that are not known here.
    partial: bool,
    /// The key under which the signature was found good, so that a long list is not checked again and again.
    good_under: OnceLock<PublicKey>,
}

impl Crl {
    /// Most bytes of a list that is read: several hundred thousand entries.
    pub const MAX_LEN: usize = 32 << 20;

    /// Reads a list in DER.
    ///
    /// # Errors
    /// [`CertificateError::TooLarge`] past [`Crl::MAX_LEN`], [`CertificateError::Malformed`] when it is none or is not in
    /// strict DER, [`CertificateError::OtherAlgorithm`] when its signature is not SM2's.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > Self::MAX_LEN {
            return Err(CertificateError::TooLarge);
        }
        let malformed = CertificateError::Malformed;
        let whole = Signed::from_der(der).map_err(|_| malformed("list"))?;
        let body_bytes = bytes_of(&whole.body).ok_or(malformed("body"))?;
        let body = ListBody::from_der(&body_bytes).map_err(|_| malformed("body"))?;
        if body.algorithm != whole.algorithm {
            return Err(malformed("algorithm"));
        }
        if !is_sm2_with_sm3(&whole.algorithm) {
            return Err(CertificateError::OtherAlgorithm);
        }
        // Written as 1, read as the second version; the first has no extensions and is not used with SM2.
        if body.version != Some(1) {
            return Err(malformed("version"));
        }
        let time = |time: Time| time.at().ok_or(malformed("time"));
        let mut inner = Inner {
            signature: whole.signature.as_bytes().ok_or(malformed("signature"))?.to_vec(),
            issuer: Name::from_der(&bytes_of(&body.issuer).ok_or(malformed("issuer"))?)?,
            this_update: time(body.this_update)?,
            next_update: body.next_update.map(time).transpose()?,
            number: None,
            entries: Vec::new(),
            keeps_expired_since: None,
            partial: false,
            good_under: OnceLock::new(),
            der: der.to_vec(),
            body: Vec::new(),
        };
        for extension in body.extensions.as_deref().unwrap_or_default() {
            inner.take_in(extension)?;
        }
        for entry in body.entries.as_deref().unwrap_or_default() {
            inner.take_in_entry(entry)?;
        }
        inner.entries.sort_by(|a, b| a.serial.cmp(&b.serial));
        inner.body = body_bytes;
        Ok(Self(Arc::new(inner)))
    }
    /// Reads a list in PEM.
    ///
    /// # Errors
    /// As [`Crl::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        if text.len() > 2 * Self::MAX_LEN {
            return Err(CertificateError::TooLarge);
        }
        match pem::decode_vec(text.as_bytes()) {
            Ok((LABEL, der)) => Self::from_der(&der),
            _ => Err(CertificateError::Malformed("list")),
        }
    }
    /// Reads the content of a list's file, in DER or PEM.
    ///
    /// # Errors
    /// As [`Crl::from_der`].
    pub fn from_file(content: &[u8]) -> Result<Self, CertificateError> {
        match std::str::from_utf8(content) {
            Ok(text) if text.contains("-----BEGIN") => Self::from_pem(text),
            _ => Self::from_der(content),
        }
    }
    /// The list as it was read.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.0.der
    }
    /// The list in PEM.
    ///
    /// # Panics
    /// Never: what was read fits in memory twice.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a list has at most 32 MiB, and every such text has a PEM form")]
    pub fn to_pem(&self) -> String {
        pem::encode_string(LABEL, pem::LineEnding::LF, &self.0.der).expect("at most 32 MiB have a PEM form")
    }
    /// 颁发者.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }
    /// When the list was made.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.0.this_update
    }
    /// By when the next list comes; after it this one says nothing.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.0.next_update
    }
    /// The list's own number; later lists have higher ones.
    #[must_use]
    pub fn number(&self) -> Option<&Serial> {
        self.0.number.as_ref()
    }
    /// The revoked certificates, by serial number.
    #[must_use]
    pub fn entries(&self) -> &[Revoked] {
        &self.0.entries
    }
    /// The entry of that certificate, the earliest if there are several.
    #[must_use]
    pub fn find(&self, serial: &Serial) -> Option<&Revoked> {
        let start = self.0.entries.partition_point(|entry| entry.serial < *serial);
        self.0.entries[start..].iter().take_while(|entry| entry.serial == *serial).min_by_key(|entry| entry.at)
    }
    /// Whether the list covers a part of the certificates only, or says critical things that are not known here: what
    /// does not stand in it may still be revoked.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.0.partial
    }
    /// Whether `issuer`'s key signed this list. Names, validity and rights are not looked at.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Certificate) -> bool {
        if self.0.good_under.get() == Some(issuer.key()) {
            return true;
        }
        let good = Signature::from_der(&self.0.signature).is_ok_and(|s| issuer.key().verify(&self.0.body, &s));
        if good {
            // Should another thread have been first, it found the same key.
            self.0.good_under.get_or_init(|| *issuer.key());
        }
        good
    }
    /// Whether the list still holds what was revoked before `until`: authorities may drop the certificates that have
    /// expired, unless they say that they keep them (X.509, `expiredCertsOnCRL`).
    pub(super) fn keeps(&self, until: Timestamp) -> bool {
        self.0.this_update <= until || self.0.keeps_expired_since.is_some_and(|since| since <= until)
    }
}

impl Inner {
    fn take_in(&mut self, extension: &Extension<'_>) -> Result<(), CertificateError> {
        let malformed = |_| CertificateError::Malformed("extensions");
        let value = extension.value.as_bytes();
        match extension.id {
            CRL_NUMBER => {
                let number = der::asn1::UintRef::from_der(value).map_err(malformed)?;
                self.number = Some(Serial::of_foreign(number.as_bytes())?);
            }
            EXPIRED_ON_CRL => {
                let since = der::asn1::GeneralizedTime::from_der(value).map_err(malformed)?;
                self.keeps_expired_since = Time::Long(since).at();
            }
            AUTHORITY_KEY_ID => {}
            // Such as the distribution point of a part, or the mark of a list of differences.
            _ => self.partial |= extension.critical,
        }
        Ok(())
    }

    fn take_in_entry(&mut self, entry: &Entry<'_>) -> Result<(), CertificateError> {
        let malformed = || CertificateError::Malformed("entry");
        let mut reason = Reason::default();
        for extension in entry.extensions.as_deref().unwrap_or_default() {
            if extension.id == CRL_REASON {
                let number = Enumerated::from_der(extension.value.as_bytes()).map_err(|_| malformed())?.0;
                // `removeFromCRL` stands in lists of differences alone; other numbers are not given out.
                reason = Reason::of_number(number).ok_or_else(malformed)?;
            } else {
                self.partial |= extension.critical;
            }
        }
        let at = entry.at.at().ok_or_else(malformed)?;
        self.entries.push(Revoked { serial: Serial::of_foreign(entry.serial.as_bytes())?, at, reason });
        Ok(())
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.0.issuer)
            .field("number", &self.0.number)
            .field("this_update", &self.0.this_update)
            .field("entries", &self.0.entries.len())
            .finish_non_exhaustive()
    }
}
