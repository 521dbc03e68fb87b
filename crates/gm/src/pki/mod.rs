//! A small city's certificates for demonstration and tests: a root, one issuing authority below it, the maker of seals
//! (制章者), one signer for each organisation, and their revocation lists.
//!
//! Not for production: there, a licensed certificate authority (电子签名法 第十六条) issues, and this crate only checks. So
//! that nobody takes one for the other, every subject says 演示.

mod error;
mod files;

use std::collections::BTreeMap;

use kernel::Timestamp;
use zeroize::Zeroizing;

pub use error::PkiError;

use crate::{
    SoftSigner,
    sm2::{Password, SecretKey},
    x509::{
        Attribute, Certificate, Crl, Draft, ListDraft, Name, Reason, Revoked, Role, Serial, Trust, issue, issue_list,
        self_sign,
    },
};

/// The mark that every subject of a demonstration bears.
pub const MARK: &str = "演示专用";

/// What a demonstration's certificates are made from.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The city, such as 筑城市: it stands in the names of the authorities.
    pub city: String,
    /// The first instant at which the certificates are valid, and the lists are made.
    pub from: Timestamp,
    /// The last instant at which the certificates are valid; the first lists speak up to it.
    pub until: Timestamp,
    /// Who gets a signer's certificate.
    pub organisations: Vec<Organisation>,
}

/// An organisation that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// How it is called in files and calls: letters, digits and `-`, at most 64; its unified social credit code serves.
    pub code: String,
    /// Its name, at most 56 characters.
    pub name: String,
}

/// One member: a certificate and its key, encrypted.
#[derive(Clone)]
struct Member {
    certificate: Certificate,
    key: Zeroizing<String>,
}

impl Member {
    fn signer(&self, password: &str) -> Result<SoftSigner, PkiError> {
        Ok(SoftSigner::open(self.certificate.to_der(), &self.key, password)?)
    }
}

/// The certificates, encrypted keys and revocation lists of a demonstration. No key lies in clear in it.
#[derive(Clone)]
pub struct CityPki {
    root: Member,
    authority: Member,
    maker: Member,
    organisations: BTreeMap<String, Member>,
    root_list: Crl,
    list: Crl,
}

impl CityPki {
    /// Makes everything anew, with keys from the operating system's random numbers. Serial numbers count up: 1 the root, 2
    /// the authority, 3 the maker of seals, 101 and on the organisations in their order.
    ///
    /// # Errors
    /// [`PkiError::BadCode`] for a code that cannot be a file's name or stands twice; otherwise when a name or the validity
    /// cannot stand in a certificate.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn make(plan: &Plan, password: &Password) -> Result<Self, PkiError> {
        let draft = |serial: u64, subject: Name, role| Draft {
            serial: Serial::from(serial),
            subject,
            from: plan.from,
            until: plan.until,
            role,
        };
        let city = |what: &str| subject(&format!("{}{what}", plan.city), &format!("{}{MARK}", plan.city), None);

        let root_key = SecretKey::generate();
        let root_draft = draft(1, city("政务服务演示根证书")?, Role::Authority { path_len: Some(1) });
        let root = self_sign(&root_key, &root_draft)?;
        let member = |certificate, key: &SecretKey| Member { certificate, key: key.to_encrypted_pem(password) };
        let root_member = member(root.clone(), &root_key);
        let root_signer = SoftSigner::new(root, root_key)?;

        let key = SecretKey::generate();
        let authority_draft = draft(2, city("政务服务演示签发机构")?, Role::Authority { path_len: Some(0) });
        let authority = issue(&root_signer, &authority_draft, key.public_key())?;
        let authority_member = member(authority.clone(), &key);
        let authority_signer = SoftSigner::new(authority, key)?;

        let key = SecretKey::generate();
        let maker = issue(&authority_signer, &draft(3, city("电子印章演示制章者")?, Role::Signer), key.public_key())?;
        let maker = member(maker, &key);

        let first = |issuer: &SoftSigner| {
            issue_list(issuer, &ListDraft { number: 1, at: plan.from, next: plan.until, entries: Vec::new() })
        };
        let mut pki = Self {
            root: root_member,
            authority: authority_member,
            maker,
            organisations: BTreeMap::new(),
            root_list: first(&root_signer)?,
            list: first(&authority_signer)?,
        };
        for organisation in &plan.organisations {
            pki.enrol(&authority_signer, organisation, plan.from, plan.until, password)?;
        }
        Ok(pki)
    }

    /// Gives one more organisation a certificate. `password` opens the authority's key and closes the new one.
    ///
    /// # Errors
    /// As [`CityPki::make`], and when the password does not open the authority's key.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn add(
        &mut self,
        organisation: &Organisation,
        from: Timestamp,
        until: Timestamp,
        password: &Password,
    ) -> Result<&Certificate, PkiError> {
        let issuer = self.authority.signer(password.as_str())?;
        self.enrol(&issuer, organisation, from, until, password)?;
        self.certificate_of(&organisation.code)
    }

    fn enrol(
        &mut self,
        issuer: &SoftSigner,
        organisation: &Organisation,
        from: Timestamp,
        until: Timestamp,
        password: &Password,
    ) -> Result<(), PkiError> {
        let Organisation { code, name } = organisation;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if code.is_empty() || code.len() > 64 || !code.bytes().all(plain) || self.organisations.contains_key(code) {
            return Err(PkiError::BadCode(code.clone()));
        }
        let taken = self.organisations.values().map(|m| number_of(m.certificate.serial())).max().unwrap_or(100);
        let key = SecretKey::generate();
        let draft = Draft {
            serial: Serial::from(taken + 1),
            subject: subject(name, &format!("{name}（{MARK}）"), Some(code))?,
            from,
            until,
            role: Role::Signer,
        };
        let certificate = issue(issuer, &draft, key.public_key())?;
        let member = Member { certificate, key: key.to_encrypted_pem(password) };
        self.organisations.insert(code.clone(), member);
        Ok(())
    }

    /// The root's certificate.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.root.certificate
    }
    /// The issuing authority's certificate.
    #[must_use]
    pub fn authority(&self) -> &Certificate {
        &self.authority.certificate
    }
    /// The certificate of the maker of seals.
    #[must_use]
    pub fn seal_maker(&self) -> &Certificate {
        &self.maker.certificate
    }
    /// The codes of the organisations, in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.organisations.keys().map(String::as_str)
    }
    /// An organisation's certificate.
    ///
    /// # Errors
    /// [`PkiError::UnknownOrganisation`].
    pub fn certificate_of(&self, code: &str) -> Result<&Certificate, PkiError> {
        self.member(code).map(|member| &member.certificate)
    }
    /// An organisation's signer.
    ///
    /// # Errors
    /// [`PkiError::UnknownOrganisation`], and when the password does not open its key.
    pub fn signer_of(&self, code: &str, password: &str) -> Result<SoftSigner, PkiError> {
        self.member(code)?.signer(password)
    }
    /// The maker of seals as a signer.
    ///
    /// # Errors
    /// When the password does not open its key.
    pub fn seal_maker_signer(&self, password: &str) -> Result<SoftSigner, PkiError> {
        self.maker.signer(password)
    }
    /// The revocation lists: the root's, and the authority's.
    #[must_use]
    pub fn lists(&self) -> [&Crl; 2] {
        [&self.root_list, &self.list]
    }
    /// Whom to trust where these certificates count.
    ///
    /// # Errors
    /// When the root is no root; what was made here is one.
    pub fn trust(&self) -> Result<Trust, PkiError> {
        let mut trust = Trust::new();
        trust.add_root(self.root.certificate.clone())?;
        trust.add_authority(self.authority.certificate.clone());
        self.lists().into_iter().for_each(|list| trust.add_list(list.clone()));
        Ok(trust)
    }

    /// Makes new lists, with everything that was revoked before. They are made at `at` and speak up to `next`.
    ///
    /// # Errors
    /// When `next` lies before `at`, or the password does not open the keys.
    pub fn renew_lists(&mut self, at: Timestamp, next: Timestamp, password: &str) -> Result<(), PkiError> {
        let entries = self.root_list.entries().to_vec();
        let root_list = next_list(&self.root_list, &self.root, entries, (at, next), password)?;
        let entries = self.list.entries().to_vec();
        self.list = next_list(&self.list, &self.authority, entries, (at, next), password)?;
        self.root_list = root_list;
        Ok(())
    }
    /// Revokes an organisation's certificate from the instant `at` on, and makes the authority's next list, which speaks up to
    /// `next`. A certificate that is revoked stays so: a second time is refused.
    ///
    /// # Errors
    /// [`PkiError::UnknownOrganisation`], [`PkiError::RevokedBefore`], and as [`CityPki::renew_lists`].
    pub fn revoke(
        &mut self,
        code: &str,
        reason: Reason,
        at: Timestamp,
        next: Timestamp,
        password: &str,
    ) -> Result<(), PkiError> {
        let serial = self.certificate_of(code)?.serial().clone();
        if self.list.find(&serial).is_some() {
            return Err(PkiError::RevokedBefore(code.to_owned()));
        }
        let mut entries = self.list.entries().to_vec();
        entries.push(Revoked { serial, at, reason });
        self.list = next_list(&self.list, &self.authority, entries, (at, next), password)?;
        Ok(())
    }

    fn member(&self, code: &str) -> Result<&Member, PkiError> {
        self.organisations.get(code).ok_or_else(|| PkiError::UnknownOrganisation(code.to_owned()))
    }
}

impl std::fmt::Debug for CityPki {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CityPki")
            .field("root", &self.root.certificate)
            .field("organisations", &self.organisations.len())
            .finish_non_exhaustive()
    }
}

fn subject(common: &str, organisation: &str, code: Option<&str>) -> Result<Name, PkiError> {
    let mut parts = vec![(Attribute::Country, "CN"), (Attribute::Organisation, organisation)];
    parts.extend(code.map(|code| (Attribute::SerialNumber, code)));
    parts.push((Attribute::CommonName, common));
    Ok(Name::new(&parts)?)
}

fn number_of(serial: &Serial) -> u64 {
    serial.as_bytes().iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte))
}

fn next_list(
    last: &Crl,
    issuer: &Member,
    entries: Vec<Revoked>,
    (at, next): (Timestamp, Timestamp),
    password: &str,
) -> Result<Crl, PkiError> {
    let number = last.number().map_or(0, number_of) + 1;
    Ok(issue_list(&issuer.signer(password)?, &ListDraft { number, at, next, entries })?)
}

#[cfg(test)]
mod tests;
