//! What can go wrong with feedback.

use db::DbError;
use gm::KeyError;
use kernel::{Failure, Fault, Kind};

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ConsultationError {
    /// What was typed is wrong.
    #[error("feedback is not complete")]
    Invalid(Vec<Fault>),
    /// Too much from one address within an hour.
    #[error("too much feedback from one address")]
    TooMany,
    /// There is none with this number.
    #[error("no feedback {0}")]
    NotFound(String),
    /// It was answered before.
    #[error("feedback {0} was answered before")]
    Answered(String),
    /// Sealed words cannot be opened.
    #[error("sealed words cannot be opened")]
    Keys(#[from] KeyError),
    /// The database failed.
    #[error("feedback storage failed")]
    Db(#[from] DbError),
    /// A row holds what it cannot hold.
    #[error("a row of feedback is damaged: {0}")]
    Damaged(&'static str),
}

impl Failure for ConsultationError {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::TooMany | Self::Answered(_) => Kind::Conflict,
            Self::NotFound(_) => Kind::NotFound,
            Self::Keys(_) | Self::Damaged(_) => Kind::Internal,
            Self::Db(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "consultation.invalid",
            Self::TooMany => "consultation.too-many",
            Self::NotFound(_) => "consultation.not-found",
            Self::Answered(_) => "consultation.answered",
            Self::Keys(_) | Self::Damaged(_) => "consultation.internal",
            Self::Db(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::Invalid(faults) => faults.first().map(|f| f.detail.clone()).unwrap_or_default(),
            Self::TooMany => "这个地址一小时内提交得太多，请稍后再试；急事请拨打 12345。".to_owned(),
            Self::NotFound(_) => "没有这个编号，请核对回执。".to_owned(),
            Self::Answered(_) => "这条意见已经答复过，请刷新查看。".to_owned(),
            Self::Keys(_) | Self::Damaged(_) => "系统出现故障，工作人员会尽快处理。请稍后再试。".to_owned(),
            Self::Db(error) => error.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            _ => Vec::new(),
        }
    }
}
