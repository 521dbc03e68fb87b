//! From a certificate up to a root that is trusted, at an instant.

use kernel::Timestamp;

use super::{Certificate, CertificateError, Crl, Reason, Revoked, Usage};

/// Most certificates from the first to the root.
const LONGEST: usize = 8;
/// Most signatures that are checked for one question: certificates made to have many issuers must not hold up anybody.
const MOST_CHECKS: usize = 64;

/// Whom to trust: roots, the authorities below them, and the revocation lists at hand.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    roots: Vec<Certificate>,
    authorities: Vec<Certificate>,
    lists: Vec<Crl>,
}

/// A way from a certificate to a root on which nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    certificates: Vec<Certificate>,
    revoked_later: Option<Revoked>,
}

impl Path {
    /// The certificates, the one in question first, the root last.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
    /// The root at the end.
    #[must_use]
    pub fn root(&self) -> Option<&Certificate> {
        self.certificates.last()
    }
    /// That the certificate in question, good at the instant, was revoked after it. To be told where the path is shown.
    #[must_use]
    pub fn revoked_later(&self) -> Option<&Revoked> {
        self.revoked_later.as_ref()
    }
}

/// Why nobody can say whether a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// There is no list of this issuer, or none that it signed, or only lists of a part.
    Missing,
    /// The newest list speaks up to this instant only.
    Stale(Timestamp),
    /// The lists were made after the certificate had expired, and may have dropped it.
    Dropped,
}

/// Why a certificate is not to be trusted. Subjects and issuers are fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No way leads to a root that is trusted.
    #[error("no way from {subject} to a trusted root; it names {issuer} as issuer")]
    UnknownRoot {
        /// The last certificate on the way.
        subject: String,
        /// Whom it names.
        issuer: String,
    },
    /// The issuer it names did not sign it.
    #[error("{subject} was not signed by {issuer}")]
    BadSignature {
        /// Which certificate.
        subject: String,
        /// Who is named as issuer.
        issuer: String,
    },
    /// The instant lies before its validity.
    #[error("{subject} is valid from {from} on only")]
    NotYetValid {
        /// Which certificate.
        subject: String,
        /// The first instant at which it is valid.
        from: Timestamp,
    },
    /// The instant lies after its validity.
    #[error("{subject} was valid up to {until}")]
    Expired {
        /// Which certificate.
        subject: String,
        /// The last instant at which it was valid.
        until: Timestamp,
    },
    /// It issued a certificate but may not: it is no authority, or there are more authorities below it than it may have.
    #[error("{subject} may not issue certificates")]
    NotAnAuthority {
        /// Which certificate.
        subject: String,
    },
    /// It does not state the use it is put to.
    #[error("{subject} is not for {needed:?}")]
    WrongUsage {
        /// Which certificate.
        subject: String,
        /// The use that is needed.
        needed: Usage,
    },
    /// It holds an extension that is marked critical and not known here.
    #[error("{subject} holds the unknown critical extension {extension}")]
    UnknownExtension {
        /// Which certificate.
        subject: String,
        /// The extension's object identifier.
        extension: String,
    },
    /// It was revoked by then.
    #[error("{subject} was revoked at {at}")]
    Revoked {
        /// Which certificate.
        subject: String,
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// Everything else is right, but nobody can say whether it was revoked by then. That is not the same as being good.
    #[error("nobody can say whether {subject} was revoked: {gap:?}")]
    NotCheckable {
        /// Which certificate.
        subject: String,
        /// What is missing.
        gap: Gap,
    },
}

impl PathError {
    /// Whether only the revocation could not be looked up: "not checkable" instead of "failed".
    #[must_use]
    pub const fn is_not_checkable(&self) -> bool {
        matches!(self, Self::NotCheckable { .. })
    }
    /// Of several ways that lead nowhere the one is told that came furthest.
    const fn progress(&self) -> u8 {
        match self {
            Self::UnknownRoot { .. } => 0,
            Self::BadSignature { .. } => 1,
            Self::NotCheckable { .. } => 3,
            _ => 2,
        }
    }
}

impl kernel::Failure for PathError {
    fn kind(&self) -> kernel::Kind {
        match self {
            Self::NotCheckable { .. } => kernel::Kind::Unavailable,
            _ => kernel::Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownRoot { .. } => "x509.unknown-root",
            Self::BadSignature { .. } => "x509.bad-signature",
            Self::NotYetValid { .. } => "x509.not-yet-valid",
            Self::Expired { .. } => "x509.expired",
            Self::NotAnAuthority { .. } => "x509.not-an-authority",
            Self::WrongUsage { .. } => "x509.wrong-usage",
            Self::UnknownExtension { .. } => "x509.unknown-extension",
            Self::Revoked { .. } => "x509.revoked",
            Self::NotCheckable { .. } => "x509.not-checkable",
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::UnknownRoot { issuer, .. } => {
                format!(
                    "证书的颁发机构（{issuer}）不在本平台的信任名单内，请换用受信任机构签发的证书，或联系系统管理员添加。"
                )
            }
            Self::BadSignature { subject, .. } => {
                format!("证书（{subject}）不是由其所称的颁发机构签发，不可采信，请向出具方核实。")
            }
            Self::NotYetValid { subject, from } => {
                format!("证书（{subject}）自{}起有效，当时尚未生效，请向出具方核实。", kernel::show_time(*from))
            }
            Self::Expired { subject, until } => {
                format!("证书（{subject}）有效期至{}，当时已过期，请换用有效证书。", kernel::show_time(*until))
            }
            Self::NotAnAuthority { subject } => {
                format!("证书（{subject}）无权签发其他证书，不可采信，请向出具方核实。")
            }
            Self::WrongUsage { subject, needed } => {
                format!("证书（{subject}）的密钥用途不含“{}”，请换用相应用途的证书。", needed.label())
            }
            Self::UnknownExtension { subject, extension } => {
                format!("证书（{subject}）含有无法识别的关键扩展（{extension}），不可采信，请联系系统管理员。")
            }
            Self::Revoked { subject, at, reason } => {
                let at = kernel::show_time(*at);
                format!("证书（{subject}）已于{at}被吊销（{}），请换用有效证书。", reason.label())
            }
            Self::NotCheckable { subject, .. } => {
                format!("无法核查证书（{subject}）是否已被吊销，暂不能认定有效，请系统管理员更新吊销列表后再验。")
            }
        }
    }
}

impl Trust {
    /// Nobody is trusted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Trusts a root.
    ///
    /// # Errors
    /// [`CertificateError::NotAnAuthority`] when it is no authority, or did not sign itself.
    pub fn add_root(&mut self, root: Certificate) -> Result<(), CertificateError> {
        if !root.is_authority() || !root.is_for(Usage::CertificateSigning) {
            return Err(CertificateError::NotAnAuthority("a root must be an authority"));
        }
        if !root.is_self_issued() || !root.is_signed_by(&root) {
            return Err(CertificateError::NotAnAuthority("a root must have signed itself"));
        }
        if !self.roots.contains(&root) {
            self.roots.push(root);
        }
        Ok(())
    }
    /// Knows an authority below a root. It is not trusted for that: a way must lead from it to a root.
    pub fn add_authority(&mut self, authority: Certificate) {
        if !self.authorities.contains(&authority) {
            self.authorities.push(authority);
        }
    }
    /// Knows a revocation list. Whether it counts is decided when it is needed.
    pub fn add_list(&mut self, list: Crl) {
        self.lists.push(list);
    }
    /// The roots that are trusted.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// Whether a certificate was good for `usage` at the instant `at`: a way leads to a trusted root; at that instant
    /// every certificate on it was valid, entitled to issue the one below it, and not revoked.
    ///
    /// # Errors
    /// The first thing that is wrong, of the way that came furthest: first whether a root is reached, then validity and
    /// rights, at last revocation.
    pub fn check(&self, certificate: &Certificate, usage: Usage, at: Timestamp) -> Result<Path, PathError> {
        let mut search = Search { trust: self, usage, at, checks: 0, worst: None };
        let mut way = vec![certificate.clone()];
        match search.climb(&mut way) {
            Some(path) => Ok(path),
            None => Err(search.worst.unwrap_or_else(|| unknown(certificate))),
        }
    }

    /// Whether `certificate`, which `issuer` issued, was revoked at the instant. The answer is an entry of later, if any.
    fn revocation(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: Timestamp,
    ) -> Result<Option<Revoked>, PathError> {
        let subject = || certificate.subject().to_string();
        let gap = |gap| PathError::NotCheckable { subject: subject(), gap };
        let lists = self.lists.iter().filter(|list| {
            list.issuer() == certificate.issuer()
                && !list.is_partial()
                && issuer.is_for(Usage::ListSigning)
                && list.is_signed_by(issuer)
        });
        let Some(newest) = lists.max_by_key(|list| list.this_update()) else { return Err(gap(Gap::Missing)) };
        let entry = newest.find(certificate.serial());
        if let Some(Revoked { at: revoked, reason, .. }) = entry.filter(|entry| entry.at <= at) {
            return Err(PathError::Revoked { subject: subject(), at: *revoked, reason: *reason });
        }
        let speaks_until = newest.next_update().unwrap_or(newest.this_update());
        if speaks_until < at {
            return Err(gap(Gap::Stale(speaks_until)));
        }
        if entry.is_none() && !newest.keeps(certificate.not_after()) {
            return Err(gap(Gap::Dropped));
        }
        Ok(entry.cloned())
    }
}

/// One question under way.
struct Search<'a> {
    trust: &'a Trust,
    usage: Usage,
    at: Timestamp,
    checks: usize,
    worst: Option<PathError>,
}

impl Search<'_> {
    /// Goes up from the last certificate of `way`. None when every way from there leads nowhere; why is then in `worst`.
    fn climb(&mut self, way: &mut Vec<Certificate>) -> Option<Path> {
        let trust = self.trust;
        let last = way.last()?.clone();
        if trust.roots.contains(&last) {
            match self.examine(way) {
                Ok(path) => return Some(path),
                Err(error) => {
                    self.failed(error);
                    return None;
                }
            }
        }
        if way.len() == LONGEST {
            self.failed(unknown(&last));
            return None;
        }
        let mut known = false;
        for issuer in trust.roots.iter().chain(&trust.authorities) {
            if way.contains(issuer) || !last.names_as_issuer(issuer) {
                continue;
            }
            known = true;
            self.checks += 1;
            if self.checks > MOST_CHECKS {
                self.failed(unknown(&last));
                return None;
            }
            if !last.is_signed_by(issuer) {
                let (subject, issuer) = (last.subject().to_string(), last.issuer().to_string());
                self.failed(PathError::BadSignature { subject, issuer });
                continue;
            }
            way.push(issuer.clone());
            let found = self.climb(way);
            way.pop();
            if found.is_some() {
                return found;
            }
        }
        if !known {
            self.failed(unknown(&last));
        }
        None
    }

    fn failed(&mut self, error: PathError) {
        if self.worst.as_ref().is_none_or(|worst| worst.progress() < error.progress()) {
            self.worst = Some(error);
        }
    }

    /// Looks at everything but the signatures of a way that reached a root.
    fn examine(&self, way: &[Certificate]) -> Result<Path, PathError> {
        let mut authorities_below = 0_usize;
        for (place, certificate) in way.iter().enumerate() {
            let subject = certificate.subject().to_string();
            if self.at < certificate.not_before() {
                return Err(PathError::NotYetValid { subject, from: certificate.not_before() });
            }
            if self.at >= after(certificate.not_after()) {
                return Err(PathError::Expired { subject, until: certificate.not_after() });
            }
            if let Some(extension) = certificate.unknown_critical() {
                return Err(PathError::UnknownExtension { subject, extension: extension.to_owned() });
            }
            if place == 0 {
                if !certificate.is_for(self.usage) {
                    return Err(PathError::WrongUsage { subject, needed: self.usage });
                }
                continue;
            }
            let room = certificate.path_len().map_or(usize::MAX, usize::from);
            if !certificate.is_authority() || authorities_below > room {
                return Err(PathError::NotAnAuthority { subject });
            }
            if !certificate.is_for(Usage::CertificateSigning) {
                return Err(PathError::WrongUsage { subject, needed: Usage::CertificateSigning });
            }
            // An authority's own renewal does not count (RFC 5280, 4.2.1.9).
            authorities_below += usize::from(!certificate.is_self_issued());
        }
        // Revocation comes last, so that "not checkable" means that nothing else is wrong; from the root down, since the
        // list of a revoked authority proves nothing.
        let mut revoked_later = None;
        for pair in way.windows(2).rev() {
            let [certificate, issuer] = pair else { continue };
            revoked_later = self.trust.revocation(certificate, issuer, self.at)?;
        }
        Ok(Path { certificates: way.to_vec(), revoked_later })
    }
}

/// The end of the last second: validity is written to the second, and its last second counts whole.
fn after(until: Timestamp) -> Timestamp {
    Timestamp::from_second(until.as_second().saturating_add(1)).unwrap_or(Timestamp::MAX)
}

fn unknown(certificate: &Certificate) -> PathError {
    PathError::UnknownRoot { subject: certificate.subject().to_string(), issuer: certificate.issuer().to_string() }
}
