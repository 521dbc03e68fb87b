//! The entries of each list.

use kernel::{SubjectKind, words};
use serde::{Deserialize, Serialize};

words!(
    /// Level of an administrative division (行政区划).
    DivisionLevel {
        City = "city" / "市",
        County = "county" / "区（市、县）",
        Township = "township" / "乡镇（街道）",
        Village = "village" / "村（社区）",
    }
);
words!(
    /// What kind of body a department is.
    DepartmentKind {
        Department = "department" / "政府部门",
        Institution = "institution" / "事业单位",
        Enterprise = "enterprise" / "公用企业",
        Vertical = "vertical" / "垂直管理部门",
    }
);

/// An administrative division (行政区划), by its statistical code of twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Division {
    /// Twelve digits: 2 province, 2 city, 2 county, 3 township, 3 village.
    pub code: String,
    /// Level.
    pub level: DivisionLevel,
    /// Name.
    pub name: String,
    /// Twelve digits of the division above.
    pub parent_code: String,
}

impl Division {
    /// The code without the zeros that only pad it: 4, 6, 9 or 12 digits. Districts are known by six (GB/T 2260).
    #[must_use]
    pub fn short_code(&self) -> &str {
        let digits = match self.level {
            DivisionLevel::City => 4,
            DivisionLevel::County => 6,
            DivisionLevel::Township => 9,
            DivisionLevel::Village => 12,
        };
        self.code.get(..digits).unwrap_or(&self.code)
    }
}

/// A development zone (开发区): a management area over parts of districts, with halls of its own but without a code in
/// GB/T 2260.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Stable key, such as `high-tech-zone`.
    pub key: String,
    /// Six digits in the range 17x; internal, never exported as a region.
    pub code: String,
    /// Name.
    pub name: String,
    /// Short name.
    pub short: String,
}

/// A body that owns service items or staff (部门).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Stable key.
    pub key: String,
    /// Name as shown to people.
    pub name: String,
    /// Short name for staff.
    pub short: String,
    /// What kind of body.
    pub kind: DepartmentKind,
    /// Key of the body it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// How people look for services: an event in their life or business (主题).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// For whom.
    pub audience: SubjectKind,
}

/// A kind of certificate (证照类型) that the certificate library can hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateType {
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Whom it is issued to.
    pub holder: SubjectKind,
    /// Key of the department that issues it.
    pub issuer: String,
    /// Years it is valid; 0 = no expiry.
    pub validity_years: u32,
    /// Keys of the data it carries beside holder and number.
    pub fields: Vec<String>,
}

impl CertificateType {
    /// Members every certificate has beside its own `fields`.
    pub const COMMON: [&str; 3] = ["number", "issued_on", "expires_on"];

    /// Whether a certificate of this type carries `member`: one of its fields or of [`Self::COMMON`].
    #[must_use]
    pub fn carries(&self, member: &str) -> bool {
        Self::COMMON.contains(&member) || self.fields.iter().any(|field| field == member)
    }
}
