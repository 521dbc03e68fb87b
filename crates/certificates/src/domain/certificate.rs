//! Certificates as they are issued and read.

use std::collections::BTreeMap;

use kernel::{Date, Fault, SubjectId, Timestamp};
use vocab::CertificateType;

kernel::typed_id!(
    /// One version of a certificate (证照).
    CertificateId
);

kernel::words!(
    /// How a certificate stands. Expiry and suspension are computed from the day, the rest is decided.
    Status {
        Effective = "effective" / "有效",
        Expired = "expired" / "已过有效期",
        Suspended = "suspended" / "暂扣中",
        Superseded = "superseded" / "已换发新证",
        Annulled = "annulled" / "已被撤销",
        Cancelled = "cancelled" / "已注销",
        Revoked = "revoked" / "已被吊销",
        Withdrawn = "withdrawn" / "已被撤回",
    }
);

/// A certificate that is to be issued.
#[derive(Debug, Clone)]
pub struct NewCertificate {
    /// To whom.
    pub holder: SubjectId,
    /// Key of the type in the vocabulary.
    pub certificate_type: String,
    /// Name of the certificate as shown.
    pub name: String,
    /// Further data by field of the type.
    pub data: BTreeMap<String, String>,
    /// Day of issue.
    pub issued_on: Date,
    /// Number of the case it comes out of. One case issues one certificate of a type, however often it asks.
    pub case_number: Option<String>,
    /// Key of the issuing department.
    pub department: String,
}

/// A certificate with its sealed fields opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// To whom it was issued.
    pub holder: SubjectId,
    /// Holder's name on the day of issue.
    pub holder_name: String,
    /// Key of the type in the vocabulary.
    pub certificate_type: String,
    /// Name as shown.
    pub name: String,
    /// Number in full.
    pub number: String,
    /// From 1; +1 with each re-issue.
    pub version: i64,
    /// Electronic certificate identifier (GB/T 36904—2018).
    pub identifier: String,
    /// Further data by field.
    pub data: BTreeMap<String, String>,
    /// Key of the issuing department.
    pub department: String,
    /// Number of the case it came out of.
    pub case_number: Option<String>,
    /// Day of issue.
    pub issued_on: Date,
    /// Last valid day; none = no expiry (长期).
    pub expires_on: Option<Date>,
    /// What was decided about it; [`Certificate::status_on`] knows expiry too.
    pub decided: Status,
    /// When it ceased to be effective.
    pub ended_at: Option<Timestamp>,
    /// First and last day of a suspension; without a last day until it is lifted.
    pub suspended: Option<(Date, Option<Date>)>,
    /// Serial part of the identifier.
    pub(crate) serial: String,
}

impl std::fmt::Debug for Certificate {
    /// Without personal data, so that no log can hold any.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate")
            .field("id", &self.id)
            .field("certificate_type", &self.certificate_type)
            .field("version", &self.version)
            .field("decided", &self.decided)
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// How it stands on `day`: it is valid on its last day, and expired from the next; suspended on the first and on the
    /// last day of a suspension, and effective again from the next.
    #[must_use]
    pub fn status_on(&self, day: Date) -> Status {
        let suspended = |(from, to): (Date, Option<Date>)| from <= day && to.is_none_or(|to| day <= to);
        match self.decided {
            Status::Effective if self.expires_on.is_some_and(|last| last < day) => Status::Expired,
            Status::Effective if self.suspended.is_some_and(suspended) => Status::Suspended,
            decided => decided,
        }
    }

    /// SM3 of the record as it was issued, hexadecimal: identifier, number, holder, validity, issuer and data in the
    /// canonical form of [`gm::canonical`]. It says later what was there when somebody relied on it; how the certificate
    /// stands is no part of it.
    #[must_use]
    pub fn digest(&self) -> String {
        let record = serde_json::json!({
            "identifier": self.identifier, "certificate_type": self.certificate_type, "name": self.name,
            "number": self.number, "version": self.version, "holder_name": self.holder_name,
            "department": self.department, "issued_on": self.issued_on, "expires_on": self.expires_on, "data": self.data,
        });
        gm::digest_hex(gm::canonical(&record).as_bytes())
    }
    /// Whether it can be used on `day`.
    #[must_use]
    pub fn valid_on(&self, day: Date) -> bool {
        self.status_on(day) == Status::Effective
    }
}

/// Fields that say which thing a certificate is about. A holder has one effective certificate of a type per thing; types
/// without such a field he holds once.
const THING: &[&str] = &[
    "buildings",
    "location",
    "major",
    "operation_site",
    "period",
    "plate_number",
    "production_site",
    "project",
    "qualification",
    "school",
    "site",
    "source",
    "unit_number",
    "vin",
];

/// Whether a new certificate of this type with `new` data takes the place of one with `old` data.
pub(crate) fn replaces(kind: &CertificateType, new: &BTreeMap<String, String>, old: &BTreeMap<String, String>) -> bool {
    kind.fields.iter().filter(|field| THING.contains(&field.as_str())).all(|field| new.get(field) == old.get(field))
}

/// What is wrong with the data of a certificate of this type.
pub(crate) fn check(kind: &CertificateType, new: &NewCertificate) -> Vec<Fault> {
    let mut faults = Vec::new();
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        faults.push(Fault::new("/name", "name", "证照名称不能为空，也不能超过 100 个字。"));
    }
    for (field, value) in &new.data {
        if !kind.fields.contains(field) {
            faults.push(Fault::new(format!("/data/{field}"), "unknown", format!("{}没有这项内容。", kind.name)));
        } else if value.chars().count() > 2000 {
            faults.push(Fault::new(format!("/data/{field}"), "too-long", "内容不能超过 2000 个字。"));
        }
    }
    faults
}

#[cfg(test)]
pub(crate) mod tests {
    use kernel::SubjectKind;

    use super::*;

    fn kind(fields: &[&str]) -> CertificateType {
        CertificateType {
            key: "k".into(),
            name: "证".into(),
            holder: SubjectKind::Enterprise,
            issuer: "health".into(),
            validity_years: 4,
            fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        }
    }

    fn data(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    pub(crate) fn licence() -> Certificate {
        Certificate {
            id: CertificateId::from(9),
            holder: SubjectId::from(1),
            holder_name: "贵阳青山茶业有限公司".into(),
            certificate_type: "hygiene-licence".into(),
            name: "卫生许可证".into(),
            number: "5201-040-2026-000001".into(),
            version: 1,
            identifier: "1.2.156.3005.2.x".into(),
            data: data(&[("site", "解放路9号")]),
            department: "health".into(),
            case_number: None,
            issued_on: "2026-03-02".parse().unwrap(),
            expires_on: "2030-03-01".parse().ok(),
            decided: Status::Effective,
            ended_at: None,
            suspended: None,
            serial: "2026040000001".into(),
        }
    }

    #[test]
    fn a_suspension_holds_from_its_first_to_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let mut one = licence();
        one.suspended = Some((day("2026-04-01"), Some(day("2026-04-30"))));
        for (on, status) in [
            ("2026-03-31", Status::Effective),
            ("2026-04-01", Status::Suspended),
            ("2026-04-30", Status::Suspended),
            ("2026-05-01", Status::Effective),
            ("2030-03-02", Status::Expired),
        ] {
            assert_eq!(one.status_on(day(on)), status, "{on}");
        }
        one.suspended = Some((day("2026-04-01"), None));
        assert_eq!(one.status_on(day("2029-01-01")), Status::Suspended);
        one.decided = Status::Annulled;
        assert_eq!(one.status_on(day("2026-04-10")), Status::Annulled);
    }

    #[test]
    fn the_digest_is_of_what_was_issued_and_not_of_how_it_stands() {
        let one = licence();
        let mut later = licence();
        (later.decided, later.suspended) = (Status::Annulled, Some((one.issued_on, None)));
        assert_eq!(one.digest(), later.digest());
        let mut other = licence();
        other.data.insert("site".into(), "解放路8号".into());
        assert_ne!(one.digest(), other.digest());
        assert_eq!(one.digest().len(), 64);
    }

    #[test]
    fn a_licence_of_another_site_is_another_licence() {
        let licence = kind(&["site", "scope"]);
        let here = data(&[("site", "a"), ("scope", "x")]);
        assert!(replaces(&licence, &data(&[("site", "a"), ("scope", "y")]), &here));
        assert!(!replaces(&licence, &data(&[("site", "b"), ("scope", "x")]), &here));
        assert!(replaces(&kind(&["sex"]), &data(&[("sex", "女")]), &data(&[])), "a personal certificate is held once");
    }

    #[test]
    fn data_that_the_type_does_not_carry_are_named() {
        let new = NewCertificate {
            holder: SubjectId::from(1),
            certificate_type: "k".into(),
            name: " ".into(),
            data: data(&[("site", "a"), ("secret", "x")]),
            issued_on: kernel::Date::constant(2026, 3, 2),
            case_number: None,
            department: "health".into(),
        };
        let faults = check(&kind(&["site"]), &new);
        assert_eq!(faults.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/name", "/data/secret"]);
    }
}
