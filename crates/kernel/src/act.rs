//! Who acts, as what, at which instant. Made once at the edge and handed down first, so that rights, audit and time need
//! no globals.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, SubjectId};

/// The text is none of the words of this list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of the known words")]
pub struct ParseWordError(pub String);

/// Declares an enumeration whose values are words: `as_str`, `FromStr`, `Display`, serde and a Chinese `label`.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal / $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $(#[doc = $label] $(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All values, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word of data, URLs and the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// What people read.
            #[must_use]
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),+ } }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::ParseWordError;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err($crate::ParseWordError(word.to_owned())) }
            }
        }
    };
}

words!(
    /// What somebody may do on the platform. A member of staff can hold several.
    Role {
        Citizen = "citizen" / "个人",
        Enterprise = "enterprise" / "企业经办人",
        Window = "window" / "窗口人员",
        Reviewer = "reviewer" / "审查人员",
        Approver = "approver" / "审批人员",
        CertificateClerk = "certificate-clerk" / "制证人员",
        CatalogueEditor = "catalogue-editor" / "事项编辑",
        LegalReviewer = "legal-reviewer" / "法制审核",
        HallManager = "hall-manager" / "大厅管理",
        Supervisor = "supervisor" / "督查人员",
        Analyst = "analyst" / "分析人员",
        Integrator = "integrator" / "接口管理",
        SystemAdmin = "sysadmin" / "系统管理员",
        SecurityAdmin = "secadmin" / "安全管理员",
        Auditor = "auditor" / "审计管理员",
    }
);

words!(
    /// The two kinds of applicant of the catalogue's `audience`.
    SubjectKind {
        Person = "person" / "个人",
        Enterprise = "enterprise" / "企业",
    }
);

words!(
    /// How an application came in (办理渠道).
    Channel {
        Web = "web" / "电脑端",
        Mobile = "mobile" / "移动端",
        Window = "window" / "窗口",
        SelfService = "self-service" / "自助终端",
    }
);

/// Who stands behind an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Actor {
    /// Nobody signed in.
    Stranger,
    /// A natural person for himself.
    Person {
        /// The login.
        account: AccountId,
        /// The person.
        subject: SubjectId,
        /// As shown to staff.
        name: String,
    },
    /// A person in the name of an enterprise (经办人).
    Agent {
        /// The login.
        account: AccountId,
        /// The enterprise in whose name.
        subject: SubjectId,
        /// The person who acts, where a person stands behind the login.
        person: Option<SubjectId>,
        /// The enterprise's name.
        name: String,
    },
    /// A member of staff (工作人员) in one post.
    Staff {
        /// The login.
        account: AccountId,
        /// As shown in the case's history.
        name: String,
        /// Key of the department.
        department: String,
        /// District code (GB/T 2260), or none for the city's own bodies.
        region: Option<String>,
        /// What the post may do.
        roles: Vec<Role>,
    },
    /// The platform itself: rules, deadlines, jobs.
    System,
}

/// One act: who, at which instant, over which way, and why where a reason is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// When. Everything written by this act bears this instant.
    pub at: Timestamp,
    /// Name of the person who switched from himself to an enterprise in his own session, and can switch back; none for
    /// everybody else.
    pub on_behalf: Option<String>,
    /// When the session behind it ends if nothing more is done in it; none for programs, strangers and the platform.
    pub session_ends: Option<Timestamp>,
    /// The reason given for seeing or doing something that needs one.
    pub reason: Option<String>,
    /// Where the request came from, for the audit trail.
    pub address: Option<String>,
    /// Number of the request, for logs and error pages.
    pub request: String,
}

impl Act {
    /// An act of `actor` at `at`, with nothing known of the request.
    #[must_use]
    pub fn new(actor: Actor, at: Timestamp) -> Self {
        Self { actor, at, on_behalf: None, session_ends: None, reason: None, address: None, request: String::new() }
    }
    /// The platform acts by itself.
    #[must_use]
    pub fn system(at: Timestamp) -> Self {
        Self::new(Actor::System, at)
    }
    /// The login, if somebody is signed in.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match &self.actor {
            Actor::Person { account, .. } | Actor::Agent { account, .. } | Actor::Staff { account, .. } => {
                Some(*account)
            }
            Actor::Stranger | Actor::System => None,
        }
    }
    /// The person or enterprise in whose name this is done; none for staff and strangers.
    #[must_use]
    pub fn subject(&self) -> Option<SubjectId> {
        match &self.actor {
            Actor::Person { subject, .. } | Actor::Agent { subject, .. } => Some(*subject),
            _ => None,
        }
    }
    /// The staff member's department.
    #[must_use]
    pub fn department(&self) -> Option<&str> {
        match &self.actor {
            Actor::Staff { department, .. } => Some(department),
            _ => None,
        }
    }
    /// Whether this actor holds `role`.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        match &self.actor {
            Actor::Person { .. } => role == Role::Citizen,
            Actor::Agent { .. } => role == Role::Enterprise,
            Actor::Staff { roles, .. } => roles.contains(&role),
            Actor::Stranger | Actor::System => false,
        }
    }
    /// Name for the case's history: 系统 for the platform.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.actor {
            Actor::Person { name, .. } | Actor::Agent { name, .. } | Actor::Staff { name, .. } => name,
            Actor::System => "系统",
            Actor::Stranger => "访客",
        }
    }
}
