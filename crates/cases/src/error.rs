//! What can go wrong with a case.

use kernel::{Failure, Fault, Kind};

use crate::domain::{
    case::{CaseId, ImpossibleHistory},
    decide::{Rejection, RunError},
};

/// Why a step with a case failed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Not there, or not for the caller's eyes.
    #[error("no such case, document, draft or file")]
    NotFound,
    /// Staff look at their own department's cases only.
    #[error("a list of another department")]
    OtherDepartment,
    /// Staff of a district look at its cases only.
    #[error("a list of another district")]
    OtherRegion,
    /// Staff who have no part in cases, such as administrators.
    #[error("no part in cases")]
    NoList,
    /// Staff in whose department nothing waits in a case say why they look at it.
    #[error("a reason must be given for this look")]
    ReasonNeeded,
    /// Law, process, rights or input do not allow it.
    #[error("refused: {0}")]
    Rejected(#[from] Rejection),
    /// Somebody else changed the case meanwhile.
    #[error("the case was changed by someone else meanwhile")]
    Stale {
        /// What happened, in Chinese.
        meanwhile: String,
    },
    /// The caller's version is not the present one (`If-Match`).
    #[error("the caller's version is not the present one")]
    Precondition {
        /// The present version.
        present: i64,
    },
    /// Stored text that cannot be read.
    #[error("{what} cannot be read: {reason}")]
    Corrupt {
        /// Table and column.
        what: String,
        /// Why.
        reason: String,
    },
    /// A history that cannot be, or a process that does not come to rest.
    #[error(transparent)]
    Engine(#[from] RunError),
    /// The database.
    #[error("case storage failed")]
    Db(#[from] db::DbError),
    /// The catalogue.
    #[error(transparent)]
    Catalogue(#[from] catalogue::CatalogueError),
    /// Persons and enterprises.
    #[error(transparent)]
    Identity(#[from] identity::IdentityError),
    /// The certificate library.
    #[error(transparent)]
    Certificate(#[from] certificates::CertificateError),
    /// What the city has set.
    #[error(transparent)]
    Settings(#[from] settings::SettingsError),
    /// Files.
    #[error(transparent)]
    Blob(#[from] blobs::BlobError),
    /// Keys.
    #[error("a sealed text could not be sealed or opened")]
    Key(#[from] gm::KeyError),
}

impl From<ImpossibleHistory> for CaseError {
    fn from(error: ImpossibleHistory) -> Self {
        Self::Engine(error.into())
    }
}

impl CaseError {
    /// Somebody hands a draft in that is not there: it was handed in before, or removed.
    #[must_use]
    pub fn draft_gone() -> Self {
        let advice = "这份草稿已经提交或者删除，没有重复提交。请到“我的办件”中查看。".to_owned();
        Rejection { kind: Kind::Conflict, code: "cases.draft-gone", advice, faults: Vec::new() }.into()
    }
    pub(crate) fn corrupt(what: &str, reason: &dyn std::fmt::Display) -> Self {
        Self::Corrupt { what: what.to_owned(), reason: reason.to_string() }
    }
    pub(crate) fn damaged(id: CaseId, seq: i64) -> Self {
        Self::Corrupt { what: "case_event".to_owned(), reason: format!("case {id}, entry {seq}") }
    }
}

impl Failure for CaseError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::OtherDepartment | Self::OtherRegion | Self::NoList | Self::ReasonNeeded => Kind::Forbidden,
            Self::Rejected(r) => r.kind,
            Self::Stale { .. } => Kind::Conflict,
            Self::Precondition { .. } => Kind::Stale,
            Self::Corrupt { .. } | Self::Engine(_) | Self::Key(_) => Kind::Internal,
            Self::Db(e) => e.kind(),
            Self::Catalogue(e) => e.kind(),
            Self::Identity(e) => e.kind(),
            Self::Certificate(e) => e.kind(),
            Self::Settings(e) => e.kind(),
            Self::Blob(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "cases.not-found",
            Self::OtherDepartment => "cases.other-department",
            Self::OtherRegion => "cases.other-region",
            Self::NoList => "cases.no-part",
            Self::ReasonNeeded => "cases.reason-needed",
            Self::Rejected(r) => r.code,
            Self::Stale { .. } => "cases.stale",
            Self::Precondition { .. } => "cases.precondition",
            Self::Corrupt { .. } | Self::Engine(_) | Self::Key(_) => "cases.internal",
            Self::Db(e) => e.code(),
            Self::Catalogue(e) => e.code(),
            Self::Identity(e) => e.code(),
            Self::Certificate(e) => e.code(),
            Self::Settings(e) => e.code(),
            Self::Blob(e) => e.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::NotFound => "没有找到，或者您无权查看。请核对编号，或从“我的办件”进入。".to_owned(),
            Self::OtherDepartment => "只能查看本部门的办件，请去掉部门条件后再查。".to_owned(),
            Self::OtherRegion => "只能查看本区（市、县）的办件，请去掉区划条件后再查。".to_owned(),
            Self::NoList => "您的岗位不办理办件，不能查看办件列表。".to_owned(),
            Self::ReasonNeeded => {
                "这个办件现在没有等本部门办理的任务。确需查看的，请说明查看理由（接口用 X-Access-Reason），查看会被记录。".to_owned()
            }
            Self::Rejected(r) => r.advice.clone(),
            Self::Stale { meanwhile } => {
                format!("这个办件刚刚有了变化（{meanwhile}），您的操作没有执行。请刷新后再办理。")
            }
            Self::Precondition { .. } => "您看到的不是最新内容，请刷新后再办理。".to_owned(),
            Self::Corrupt { .. } | Self::Engine(_) | Self::Key(_) => {
                "系统出现故障，操作没有执行，工作人员会尽快处理。请稍后再试。".to_owned()
            }
            Self::Db(e) => e.advice(),
            Self::Catalogue(e) => e.advice(),
            Self::Identity(e) => e.advice(),
            Self::Certificate(e) => e.advice(),
            Self::Settings(e) => e.advice(),
            Self::Blob(e) => e.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Rejected(r) => r.faults.clone(),
            Self::Catalogue(e) => e.faults(),
            Self::Blob(e) => e.faults(),
            _ => Vec::new(),
        }
    }
}
