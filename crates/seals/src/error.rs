//! What can go wrong with seals.

use db::DbError;
use kernel::{Failure, Fault, Kind};
use ofd::seal::StampError;

use crate::{KeysError, PutOn, SealId, SealState, SealStep};

/// What people read when nothing they do helps.
const BROKEN: &str = "系统出现故障，工作人员会尽快处理。请稍后再试。";

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// An application is wrong.
    #[error("the application for a seal is not right")]
    Invalid(Vec<Fault>),
    /// There is no such seal, or it is another body's.
    #[error("no seal {0}")]
    NotFound(SealId),
    /// The role does not allow it.
    #[error("not allowed to take the step {0}")]
    NotAllowed(SealStep),
    /// Who applied does not approve.
    #[error("a second person is needed")]
    SecondPerson,
    /// The step is not open in this state.
    #[error("a seal that is {0} cannot take the step {1}")]
    NotOpen(SealState, SealStep),
    /// A step without a reason.
    #[error("a reason is needed")]
    ReasonNeeded,
    /// The body has no seal that may be put on this.
    #[error("{0} has no seal for {1}")]
    NoSeal(String, PutOn),
    /// The seal was changed meanwhile.
    #[error("seal {0} was changed meanwhile")]
    Stale(SealId),
    /// There is no such department.
    #[error("no department {0}")]
    UnknownDepartment(String),
    /// No keys of seals are configured: seals can be neither made nor put on anything here.
    #[error("no keys of seals are configured")]
    NoKeys,
    /// A key or a certificate cannot be opened or made.
    #[error("keys of seals cannot be used")]
    Keys(#[from] KeysError),
    /// The seal's picture cannot be drawn from its words.
    #[error("the seal cannot be drawn")]
    Picture(#[from] ofd::seal::picture::PictureError),
    /// The document cannot take the seal.
    #[error("the document cannot be sealed")]
    Unstampable(#[from] ofd::seal::StampError),
    /// Work on another thread broke off.
    #[error("the work broke off")]
    Broken(#[source] tokio::task::JoinError),
    /// A row holds what it cannot hold.
    #[error("a row of seals is damaged: {0}")]
    Damaged(&'static str),
    /// The database failed.
    #[error("storage of seals failed")]
    Db(#[from] DbError),
}

impl Failure for SealError {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) | Self::ReasonNeeded | Self::UnknownDepartment(_) => Kind::Invalid,
            Self::NotFound(_) => Kind::NotFound,
            Self::NotAllowed(_) | Self::SecondPerson => Kind::Forbidden,
            Self::NotOpen(..) | Self::NoSeal(..) | Self::Stale(_) | Self::NoKeys => Kind::Conflict,
            Self::Picture(_) => Kind::Invalid,
            Self::Unstampable(error) => match error {
                StampError::Unreadable(_) | StampError::Nowhere | StampError::Closed => Kind::Invalid,
                StampError::Refused(_) => Kind::Conflict,
                StampError::Signer(_) => Kind::Unavailable,
                StampError::Write(_) => Kind::Internal,
            },
            Self::Keys(error) => error.kind(),
            Self::Damaged(_) | Self::Broken(_) => Kind::Internal,
            Self::Db(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "seals.invalid",
            Self::NotFound(_) => "seals.not-found",
            Self::NotAllowed(_) => "seals.not-allowed",
            Self::SecondPerson => "seals.second-person",
            Self::NotOpen(..) => "seals.not-open",
            Self::ReasonNeeded => "seals.reason-needed",
            Self::NoSeal(..) => "seals.no-seal",
            Self::Stale(_) => "seals.stale",
            Self::UnknownDepartment(_) => "seals.unknown-department",
            Self::NoKeys => "seals.no-keys",
            Self::Picture(_) => "seals.picture",
            Self::Unstampable(_) => "seals.unstampable",
            Self::Keys(_) => "seals.keys",
            Self::Damaged(_) | Self::Broken(_) => "seals.internal",
            Self::Db(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::Invalid(faults) => faults.first().map(|f| f.detail.clone()).unwrap_or_default(),
            Self::NotFound(_) => "没有这枚印章。".to_owned(),
            Self::NotAllowed(step) => format!("您的岗位不能办理印章{}，请由有权限的人员办理。", step.label()),
            Self::SecondPerson => "申请人不能批准自己的申请，请由本单位另一位审批人员办理。".to_owned(),
            Self::NotOpen(state, step) => format!("印章目前是“{}”，不能{}。", state.label(), step.label()),
            Self::ReasonNeeded => "请写明理由，最多 200 个字。".to_owned(),
            Self::NoSeal(_, what) => format!("本单位没有可用于{}的印章，请先申请或者启用。", what.label()),
            Self::Stale(_) => "这枚印章刚刚被别人改动，请刷新后再办理。".to_owned(),
            Self::UnknownDepartment(_) => "没有这个部门。".to_owned(),
            Self::NoKeys => "本平台尚未接入制章与签章的密码设备，不能制章或用印；请联系安全管理员。".to_owned(),
            Self::Picture(_) => "章面文字太长或含有字库没有的字，请核对单位全称和用途。".to_owned(),
            Self::Unstampable(error) => match error {
                StampError::Unreadable(finding) => format!("文件不能用印：{}", finding.sentence()),
                StampError::Nowhere => "印章没有落在文件的任何页面上，请核对页码和位置。".to_owned(),
                StampError::Closed => "文件已锁定，不能再加盖印章。".to_owned(),
                StampError::Refused(findings) => {
                    let why: String = findings.iter().map(ofd::Finding::sentence).collect();
                    format!("印章现在不能使用：{why}")
                }
                StampError::Signer(_) => "签章密码设备暂时不能使用，请稍后再试。".to_owned(),
                StampError::Write(_) => BROKEN.to_owned(),
            },
            Self::Keys(error) => error.advice(),
            Self::Damaged(_) | Self::Broken(_) => BROKEN.to_owned(),
            Self::Db(error) => error.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::ReasonNeeded => vec![Fault::new("/reason", "required", self.advice())],
            _ => Vec::new(),
        }
    }
}
