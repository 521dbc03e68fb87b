//! What can go wrong with a setting.

use kernel::{Failure, Fault, Kind, calendar::CalendarError};

/// Why something was not set.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Only a system administrator sets it.
    #[error("only a system administrator may set this")]
    NotAllowed,
    /// A reason must be given.
    #[error("no reason was given")]
    NoReason,
    /// What was typed cannot stand.
    #[error("{} things are wrong", .0.len())]
    Invalid(Vec<Fault>),
    /// The calendar cannot be read or changes the past.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// Nothing would change.
    #[error("nothing would change")]
    Same,
    /// Somebody else set the same meanwhile.
    #[error("version {0} was set by somebody else meanwhile")]
    Stale(i64),
    /// There is no such department.
    #[error("no department {0:?}")]
    NoDepartment(String),
    /// A kept version cannot be read.
    #[error("version {version} of {topic} cannot be read: {reason}")]
    Corrupt {
        /// Of what.
        topic: &'static str,
        /// Which.
        version: i64,
        /// Why.
        reason: String,
    },
    /// The database.
    #[error("the settings could not be stored")]
    Db(#[from] db::DbError),
}

impl Failure for SettingsError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAllowed => Kind::Forbidden,
            Self::NoReason | Self::Invalid(_) | Self::Same => Kind::Invalid,
            Self::NoDepartment(_) => Kind::NotFound,
            Self::Calendar(e) => e.kind(),
            Self::Stale(_) => Kind::Conflict,
            Self::Corrupt { .. } => Kind::Internal,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "settings.not-allowed",
            Self::NoReason => "settings.no-reason",
            Self::Invalid(_) => "settings.invalid",
            Self::Calendar(e) => e.code(),
            Self::Same => "settings.same",
            Self::Stale(_) => "settings.stale",
            Self::NoDepartment(_) => "settings.no-department",
            Self::Corrupt { .. } => "settings.internal",
            Self::Db(e) => e.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::NotAllowed => "只有系统管理员可以修改城市设置。".to_owned(),
            Self::NoReason => "请写明修改的理由或者依据，例如文件名称和文号。".to_owned(),
            Self::Invalid(_) => "有内容需要改正，请按提示修改后再保存。".to_owned(),
            Self::Calendar(e) => e.advice(),
            Self::Same => "内容与现在的一样，没有需要保存的修改。".to_owned(),
            Self::Stale(_) => "刚刚有人修改了同一项设置，请核对新内容后再保存。".to_owned(),
            Self::NoDepartment(_) => "没有这个部门。".to_owned(),
            Self::Corrupt { .. } => "系统出现故障，设置没有改变，请联系运维人员。".to_owned(),
            Self::Db(e) => e.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::NoReason => vec![Fault::new("/reason", "settings.no-reason", self.advice())],
            Self::Calendar(e) => e.faults(),
            _ => Vec::new(),
        }
    }
}
