//! Why a certificate could not be issued, found or used.

use db::DbError;
use gm::KeyError;
use identity::IdentityError;
use kernel::{Failure, Fault, Kind};

use crate::{CertificateId, Status};

/// Why a step was not taken. No text holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// There is no such certificate of this holder.
    #[error("no certificate {0} of this holder")]
    NotFound(CertificateId),
    /// The vocabulary has no such type.
    #[error("no certificate type {0:?}")]
    UnknownType(String),
    /// The vocabulary has no such department.
    #[error("no department {0:?}")]
    UnknownDepartment(String),
    /// The data do not fit the type.
    #[error("data do not fit the type in {} places", .0.len())]
    Invalid(Vec<Fault>),
    /// The validity of an identity card goes by age, and the day of birth is not known.
    #[error("validity goes by age, and the day of birth is not known")]
    BirthDateUnknown,
    /// It cannot be used on this day.
    #[error("certificate {id} is {status}")]
    NotUsable {
        /// Which.
        id: CertificateId,
        /// How it stands.
        status: Status,
    },
    /// Only the platform and the bodies that issue certificates may do this.
    #[error("not permitted")]
    NotAllowed,
    /// Somebody else changed it meanwhile.
    #[error("certificate {0} was changed by someone else meanwhile")]
    Stale(CertificateId),
    /// Whoever looks at somebody else's certificate says why.
    #[error("a reason is needed")]
    ReasonNeeded,
    /// It is not suspended, so there is nothing to restore.
    #[error("it is not suspended")]
    NotSuspended,
    /// A proposal about it waits for a second person already.
    #[error("a proposal waits already")]
    Waiting,
    /// Who proposed does not confirm.
    #[error("who proposed does not confirm")]
    SamePerson,
    /// No such proposal waits in this department.
    #[error("no such proposal waits")]
    NoProposal,
    /// The holder has reported an error already, and it waits.
    #[error("a report waits already")]
    ReportThere,
    /// No such report waits in this department.
    #[error("no such report waits")]
    NoReport,
    /// Another holder has a certificate of this type with this number.
    #[error("the number is taken by another holder")]
    NumberTaken,
    /// Documents are not made here.
    #[error("documents are not made here")]
    NoPress,
    /// Its sealed document is not made yet.
    #[error("the sealed document is not made yet")]
    NoDocument,
    /// Its page cannot be laid out.
    #[error("the page cannot be laid out")]
    Layout(#[from] ofd::layout::LayoutError),
    /// Its document cannot be written.
    #[error("the document cannot be written")]
    Write(#[from] ofd::WriteError),
    /// Work on another thread broke off.
    #[error("the work broke off")]
    Broken(#[source] tokio::task::JoinError),
    /// Seals cannot be used.
    #[error("the seal could not be put on it")]
    Seal(#[from] seals::SealError),
    /// The store of files fails.
    #[error("the file could not be kept or read")]
    Blob(#[from] blobs::BlobError),
    /// A sealed field cannot be opened.
    #[error("a sealed field of certificate {0} cannot be opened")]
    Sealed(CertificateId, #[source] KeyError),
    /// The holder could not be read.
    #[error("the holder could not be read")]
    Holder(#[from] IdentityError),
    /// The database failed.
    #[error("certificate storage failed")]
    Db(#[from] DbError),
}

impl Failure for CertificateError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound(_) | Self::NoProposal | Self::NoReport => Kind::NotFound,
            Self::Invalid(_) => Kind::Invalid,
            Self::NotUsable { .. }
            | Self::NumberTaken
            | Self::BirthDateUnknown
            | Self::NotSuspended
            | Self::Waiting
            | Self::NoPress
            | Self::NoDocument
            | Self::ReportThere => Kind::Conflict,
            Self::NotAllowed | Self::ReasonNeeded | Self::SamePerson => Kind::Forbidden,
            Self::Stale(_) => Kind::Stale,
            Self::UnknownType(_)
            | Self::UnknownDepartment(_)
            | Self::Sealed(..)
            | Self::Layout(_)
            | Self::Write(_)
            | Self::Broken(_) => Kind::Internal,
            Self::Seal(error) => error.kind(),
            Self::Blob(error) => error.kind(),
            Self::Holder(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "certificates.not-found",
            Self::UnknownType(_) => "certificates.unknown-type",
            Self::UnknownDepartment(_) => "certificates.unknown-department",
            Self::Invalid(_) => "certificates.invalid",
            Self::BirthDateUnknown => "certificates.birth-date-unknown",
            Self::NotUsable { .. } => "certificates.not-usable",
            Self::NotAllowed => "certificates.not-allowed",
            Self::Stale(_) => "certificates.stale",
            Self::NumberTaken => "certificates.number-taken",
            Self::ReasonNeeded => "certificates.reason-needed",
            Self::NotSuspended => "certificates.not-suspended",
            Self::Waiting => "certificates.proposal-waiting",
            Self::SamePerson => "certificates.same-person",
            Self::NoProposal => "certificates.no-proposal",
            Self::ReportThere => "certificates.report-there",
            Self::NoReport => "certificates.no-report",
            Self::NoPress => "certificates.no-press",
            Self::NoDocument => "certificates.no-document",
            Self::Layout(_) => "certificates.layout",
            Self::Write(_) | Self::Broken(_) => "certificates.write",
            Self::Seal(error) => error.code(),
            Self::Blob(error) => error.code(),
            Self::Sealed(..) => "certificates.sealed",
            Self::Holder(error) => error.code(),
            Self::Db(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::NotFound(_) => "名下没有这个电子证照，请刷新后重新选择。".to_owned(),
            Self::UnknownType(_) | Self::UnknownDepartment(_) => {
                "事项的证照类型或者发证部门设置有误，请联系平台管理员核对事项目录。".to_owned()
            }
            Self::Invalid(_) => "证照内容与证照类型不符，请按提示修改。".to_owned(),
            Self::BirthDateUnknown => "有效期按年龄计算，但没有持证人的出生日期，请先补充登记信息。".to_owned(),
            Self::NotUsable { status, .. } => {
                format!("这个电子证照{}，不能使用。请改为上传材料，或者先换领新证。", status.label())
            }
            Self::NotAllowed => "您的岗位不能办理这一步，请联系发证部门。".to_owned(),
            Self::Stale(_) => "证照刚刚有了变化，请刷新后再办理。".to_owned(),
            Self::ReasonNeeded => "查看他人的证照须写明原因，原因会记入审计并告知持证人。".to_owned(),
            Self::NotSuspended => "这个证照没有在暂扣，不用恢复。".to_owned(),
            Self::Waiting => "这个证照已有一项提请在等待复核，请先办结。".to_owned(),
            Self::SamePerson => "提请人不能自己复核，请由本部门另一位同事复核。".to_owned(),
            Self::NoProposal => "没有找到待复核的提请，它可能已经办结，请刷新。".to_owned(),
            Self::ReportThere => "您已经提交过纠错申请，发证机关正在核实，请等待答复。".to_owned(),
            Self::NoReport => "没有找到待答复的纠错申请，它可能已经办结，请刷新。".to_owned(),
            Self::NumberTaken => "这个证照编号已经属于其他持证人，请核对持证人信息。".to_owned(),
            Self::NoPress => "本平台没有启用电子证照制证，请联系发证部门领取。".to_owned(),
            Self::NoDocument => "证照文件正在制作，通常一分钟内完成，请稍后再来下载。".to_owned(),
            Self::Layout(_) | Self::Write(_) | Self::Broken(_) => {
                "证照文件暂时不能制作，发证部门会尽快处理；证照本身有效，可以照常使用。".to_owned()
            }
            Self::Seal(error) => error.advice(),
            Self::Blob(error) => error.advice(),
            Self::Sealed(..) => "证照内容暂时不能读取，请联系平台管理员核查。".to_owned(),
            Self::Holder(error) => error.advice(),
            Self::Db(error) => error.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::Holder(error) => error.faults(),
            _ => Vec::new(),
        }
    }
}
