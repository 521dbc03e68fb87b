//! What can go wrong with the catalogue.

use kernel::{Failure, Fault, Kind};

use crate::domain::Violation;

/// Why a step with the catalogue failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// No such item, version or bundle.
    #[error("no service item, version or bundle {0}")]
    NotFound(String),
    /// The item is there but takes no applications now.
    #[error("service item {slug} is {state}")]
    NotOffered {
        /// The item.
        slug: String,
        /// `suspended` or `retired`.
        state: String,
    },
    /// The files break rules; nothing was imported.
    #[error("the catalogue has {} violations", .0.len())]
    Violations(Vec<Violation>),
    /// Stored content that does not read or compile any more.
    #[error("stored {what} cannot be used: {reason}")]
    Corrupt {
        /// Which.
        what: String,
        /// Why.
        reason: String,
    },
    /// The database.
    #[error("catalogue storage failed")]
    Db(#[from] db::DbError),
}

impl Failure for CatalogueError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound(_) => Kind::NotFound,
            Self::NotOffered { .. } => Kind::Conflict,
            Self::Violations(_) => Kind::Invalid,
            Self::Corrupt { .. } => Kind::Internal,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "catalogue.not-found",
            Self::NotOffered { .. } => "catalogue.not-offered",
            Self::Violations(_) => "catalogue.violations",
            Self::Corrupt { .. } => "catalogue.internal",
            Self::Db(e) => e.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::NotFound(_) => "没有找到这个事项，请从事项列表中选择。".to_owned(),
            Self::NotOffered { state, .. } if state == "suspended" => "这个事项暂停办理，请留意公告。".to_owned(),
            Self::NotOffered { .. } => "这个事项已经取消，请查找替代的事项。".to_owned(),
            Self::Violations(all) => format!("事项文件有{}处不符合要求，全部改正后再导入。", all.len()),
            Self::Corrupt { .. } => "系统出现故障，工作人员会尽快处理。请稍后再试。".to_owned(),
            Self::Db(e) => e.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Violations(all) => all
                .iter()
                .map(|v| Fault::new(format!("/{}", v.file), v.code, format!("第{}行 {}：{}", v.line, v.key, v.message)))
                .collect(),
            _ => Vec::new(),
        }
    }
}
