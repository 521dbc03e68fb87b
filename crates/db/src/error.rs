//! What can go wrong with the database.

use kernel::{Failure, Kind};

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Overloaded or not reachable: trying again later is right.
    #[error("the database cannot take this now: {0}")]
    Unavailable(String),
    /// The connection broke at COMMIT: whether it was written must be looked up.
    #[error("the outcome of a commit is unknown: {0}")]
    OutcomeUnknown(String),
    /// A unique key is taken already.
    #[error("a unique key is taken already")]
    Taken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No room on the disk.
    #[error("the disk is full")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk does not take what is written, for another reason than want of room: a quota, a limit on the size of
    /// files, a fault of the disk. Nothing was written.
    #[error("the disk cannot be written")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A text holds a NUL character, which no text column can keep.
    #[error("a text holds a NUL character")]
    Unstorable,
    /// Something else than the transaction was awaited inside a write.
    #[error("something else than the transaction was awaited inside a write")]
    AwaitedOutside,
    /// The code inside a write panicked; nothing was written.
    #[error("the code inside a write panicked: {0}")]
    Panicked(String),
    /// A stored value that cannot be what it should.
    #[error("{what} holds an impossible value: {reason}")]
    Corrupt {
        /// Column.
        what: String,
        /// Why.
        reason: String,
    },
    /// The schema cannot be brought up to date.
    #[error("migration: {0}")]
    Migration(String),
    /// Any other refusal of the engine.
    #[error("the database refused a statement")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The code inside a write answered `Ok` though one of its statements had been refused.
pub(crate) const SWALLOWED: &str = "a statement of the transaction was refused, and the transaction with it";

impl DbError {
    /// A stored value that cannot be what it should.
    pub fn corrupt(what: &str, reason: impl std::fmt::Display) -> Self {
        Self::Corrupt { what: what.to_owned(), reason: reason.to_string() }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error() {
            Some(e) if e.code == ErrorCode::DiskFull => Self::Full(Box::new(error)),
            Some(e)
                if matches!(
                    e.extended_code,
                    rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY | rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                ) =>
            {
                Self::Taken(Box::new(error))
            }
            Some(e) if matches!(e.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Unavailable(error.to_string())
            }
            Some(e) if matches!(e.code, ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                Self::Unwritable(Box::new(error))
            }
            _ => Self::Refused(Box::new(error)),
        }
    }
}

/// SQLSTATE of an error, empty when it is not the server's.
pub(crate) fn sqlstate(error: &tokio_postgres::Error) -> &str {
    error.code().map_or("", |c| c.code())
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let class = sqlstate(&error).to_owned();
        match class.as_str() {
            "23505" => Self::Taken(Box::new(error)),
            "53100" => Self::Full(Box::new(error)),
            // Lost against another; a standby that has not taken over yet.
            "40001" | "40P01" | "25006" => Self::Unavailable(error.to_string()),
            // The connection; the server's means; the server told to stop or the statement to end.
            c if ["08", "53", "57"].iter().any(|class| c.starts_with(class)) => Self::Unavailable(error.to_string()),
            c if c.starts_with("58") => Self::Unwritable(Box::new(error)),
            "" if error.is_closed() || std::error::Error::source(&error).is_some_and(|s| s.is::<std::io::Error>()) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Refused(Box::new(error)),
        }
    }
}

impl From<deadpool_postgres::PoolError> for DbError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl Failure for DbError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unavailable(_) | Self::OutcomeUnknown(_) | Self::Full(_) | Self::Unwritable(_) => Kind::Unavailable,
            Self::Taken(_) => Kind::Conflict,
            Self::Unstorable => Kind::Invalid,
            _ => Kind::Internal,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "db.unavailable",
            Self::OutcomeUnknown(_) => "db.outcome-unknown",
            Self::Taken(_) => "db.taken",
            Self::Full(_) => "db.full",
            Self::Unwritable(_) => "db.unwritable",
            Self::Unstorable => "db.unstorable",
            _ => "db.internal",
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::Unavailable(_) => "系统繁忙，操作没有执行，请稍后再试。".to_owned(),
            Self::OutcomeUnknown(_) => "连接中断，操作可能已经执行。请先刷新查看结果，再决定是否重试。".to_owned(),
            Self::Taken(_) => "已经存在，请刷新后再试。".to_owned(),
            Self::Full(_) => "系统存储空间不足，操作没有执行，请稍后再试；已提交的内容不受影响。".to_owned(),
            Self::Unwritable(_) => "系统暂时不能保存，操作没有执行，请稍后再试；已提交的内容不受影响。".to_owned(),
            Self::Unstorable => "内容中有不能保存的控制字符，请删除后重试。".to_owned(),
            _ => "系统出现故障，操作没有执行，工作人员会尽快处理。请稍后再试。".to_owned(),
        }
    }
}
