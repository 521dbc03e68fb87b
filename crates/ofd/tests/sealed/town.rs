//! A town's certificates, made anew for each run: one member for each thing that can be wrong with a certificate.

use gm::sm2::SecretKey;
use gm::x509::{
    Attribute, Certificate, Crl, Draft, ListDraft, Name, Reason, Revoked, Role, Serial, Trust, issue, issue_list,
    self_sign,
};
use gm::{Signer, SoftSigner};
use jiff::Timestamp;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The instant as of which everything is checked.
pub(crate) fn today() -> Timestamp {
    at("2026-06-01T00:00:00Z")
}

const FROM: &str = "2025-01-01T00:00:00Z";
const UNTIL: &str = "2035-12-31T23:59:59Z";

/// Everybody who makes seals or signs.
pub(crate) struct Town {
    root: SoftSigner,
    authority: SoftSigner,
    abandoned: Certificate,
    lists: [Crl; 2],
    early_lists: [Crl; 2],
    /// The maker of seals.
    pub(crate) maker: SoftSigner,
    /// A maker whose certificate was revoked before the seal was made.
    pub(crate) maker_gone: SoftSigner,
    /// A maker whose certificate was revoked after it.
    pub(crate) maker_leaving: SoftSigner,
    /// The signer whom seals permit.
    pub(crate) signer: SoftSigner,
    /// That signer's key.
    pub(crate) key: SecretKey,
    /// The same key with another certificate.
    pub(crate) renewed: SoftSigner,
    /// Another signer.
    pub(crate) other: SoftSigner,
    /// Revoked before signing.
    pub(crate) gone: SoftSigner,
    /// Revoked after signing.
    pub(crate) leaving: SoftSigner,
    /// Valid up to a day before signing.
    pub(crate) expired: SoftSigner,
    /// Valid from a day after signing.
    pub(crate) early: SoftSigner,
    /// May issue certificates, and so may not sign.
    pub(crate) issuing: SoftSigner,
    /// Below an authority that was revoked.
    pub(crate) orphan: SoftSigner,
    /// Below another root.
    pub(crate) stranger: SoftSigner,
    /// Below an authority that calls itself as the town's does.
    pub(crate) impostor: SoftSigner,
}

fn draft(serial: u64, common: &str, role: Role, (from, until): (&str, &str)) -> Draft {
    let parts = [(Attribute::Country, "CN"), (Attribute::Organisation, "演示专用"), (Attribute::CommonName, common)];
    Draft { serial: Serial::from(serial), subject: Name::new(&parts).unwrap(), from: at(from), until: at(until), role }
}

fn root_of(serial: u64, common: &str) -> SoftSigner {
    let key = SecretKey::generate();
    let role = Role::Authority { path_len: Some(1) };
    SoftSigner::new(self_sign(&key, &draft(serial, common, role, (FROM, UNTIL))).unwrap(), key).unwrap()
}

fn below(issuer: &SoftSigner, draft: &Draft) -> SoftSigner {
    let key = SecretKey::generate();
    SoftSigner::new(issue(issuer, draft, key.public_key()).unwrap(), key).unwrap()
}

fn list(issuer: &SoftSigner, (made, next): (&str, &str), revoked: &[(&SoftSigner, &str)]) -> Crl {
    let entry = |(whose, since): &(&SoftSigner, &str)| Revoked {
        serial: whose.certificate().serial().clone(),
        at: at(since),
        reason: Reason::KeyCompromise,
    };
    let entries = revoked.iter().map(entry).collect();
    issue_list(issuer, &ListDraft { number: 1, at: at(made), next: at(next), entries }).unwrap()
}

impl Town {
    pub(crate) fn new() -> Self {
        let all = (FROM, UNTIL);
        let authority = Role::Authority { path_len: Some(0) };
        let root = root_of(1, "筑城市演示根证书");
        let issuing_authority = below(&root, &draft(2, "筑城市演示签发机构", authority, all));
        let abandoned = below(&root, &draft(3, "筑城市演示旧签发机构", authority, all));
        let member = |serial, name| below(&issuing_authority, &draft(serial, name, Role::Signer, all));
        let during = |serial, name, span| below(&issuing_authority, &draft(serial, name, Role::Signer, span));
        let bytes = gm::random::<32>();
        let key = || SecretKey::from_bytes(&bytes).unwrap();
        let holder = |serial| {
            let draft = draft(serial, "筑城市市场监督管理局", Role::Signer, all);
            SoftSigner::new(issue(&issuing_authority, &draft, key().public_key()).unwrap(), key()).unwrap()
        };
        let foreign = root_of(1, "别处的根证书");
        let namesake = {
            let alike = below(&root_of(1, "筑城市演示根证书"), &draft(2, "筑城市演示签发机构", authority, all));
            below(&alike, &draft(101, "筑城市市场监督管理局", Role::Signer, all))
        };
        let (maker_gone, maker_leaving) = (member(12, "旧制章者"), member(13, "将换的制章者"));
        let (gone, leaving) = (member(104, "已吊销者"), member(105, "后吊销者"));
        let now = ("2026-05-15T00:00:00Z", "2035-12-31T00:00:00Z");
        let before = ("2025-02-01T00:00:00Z", "2025-12-01T00:00:00Z");
        let revoked = [
            (&maker_gone, "2025-12-15T00:00:00Z"),
            (&maker_leaving, "2026-04-01T00:00:00Z"),
            (&gone, "2026-02-01T00:00:00Z"),
            (&leaving, "2026-05-01T00:00:00Z"),
        ];
        Self {
            lists: [list(&root, now, &[(&abandoned, "2025-11-01T00:00:00Z")]), list(&issuing_authority, now, &revoked)],
            early_lists: [list(&root, before, &[]), list(&issuing_authority, before, &[])],
            maker: member(11, "制章者"),
            signer: holder(101),
            key: key(),
            renewed: holder(102),
            other: member(103, "筑城市交通运输局"),
            expired: during(106, "过期者", (FROM, "2026-03-01T00:00:00Z")),
            early: during(107, "未生效者", ("2026-03-03T00:00:00Z", UNTIL)),
            issuing: below(&root, &draft(4, "兼签发者", authority, all)),
            orphan: below(&abandoned, &draft(101, "旧机构所签者", Role::Signer, all)),
            stranger: below(&foreign, &draft(101, "别处的签章人", Role::Signer, all)),
            impostor: namesake,
            abandoned: abandoned.certificate().clone(),
            root,
            authority: issuing_authority,
            maker_gone,
            maker_leaving,
            gone,
            leaving,
        }
    }

    /// The revocation lists of today.
    pub(crate) fn lists(&self) -> &[Crl] {
        &self.lists
    }

    /// What a file of trust of this name holds: `city`, everything; `no-lists`, no lists; `stale`, lists that ended before
    /// the seals were made; `none`, nothing.
    pub(crate) fn trust_file(&self, name: &str) -> String {
        let certificates = [self.root.certificate(), self.authority.certificate(), &self.abandoned];
        let certificates: String = certificates.iter().map(|certificate| certificate.to_pem()).collect();
        let lists = |lists: &[Crl]| lists.iter().map(Crl::to_pem).collect::<String>();
        match name {
            "none" => String::new(),
            "no-lists" => certificates,
            "stale" => certificates + &lists(&self.early_lists),
            _ => certificates + &lists(&self.lists),
        }
    }
}

/// Whom a file of trust makes trusted.
pub(crate) fn trust_of(file: &str) -> Trust {
    let mut trust = Trust::new();
    if !file.is_empty() {
        trust.add_file(file.as_bytes()).unwrap();
    }
    trust
}
