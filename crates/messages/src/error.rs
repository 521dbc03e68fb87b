//! What can go wrong with messages.

use db::DbError;
use gm::KeyError;
use identity::IdentityError;
use kernel::{Failure, Fault, Kind};

use crate::MessageId;

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// There is no such message for this subject.
    #[error("no message {0}")]
    NotFound(MessageId),
    /// What looks like no e-mail address.
    #[error("not an e-mail address")]
    Email,
    /// The e-mail address cannot be opened.
    #[error("a sealed address cannot be opened")]
    Keys(#[from] KeyError),
    /// The addressee could not be read.
    #[error("the addressee could not be read")]
    Addressee(#[from] IdentityError),
    /// The database failed.
    #[error("message storage failed")]
    Db(#[from] DbError),
}

impl Failure for MessageError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound(_) => Kind::NotFound,
            Self::Email => Kind::Invalid,
            Self::Keys(_) => Kind::Internal,
            Self::Addressee(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "messages.not-found",
            Self::Email => "messages.email",
            Self::Keys(_) => "messages.sealed",
            Self::Addressee(error) => error.code(),
            Self::Db(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::NotFound(_) => "没有这条消息，请刷新后再看。".to_owned(),
            Self::Email => "请填写正确的电子邮箱。".to_owned(),
            Self::Keys(_) => "通知方式暂时不能读取，请重新填写电子邮箱。".to_owned(),
            Self::Addressee(error) => error.advice(),
            Self::Db(error) => error.advice(),
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Email => vec![Fault::new("/email", "email", "请填写正确的电子邮箱，例如 wang@example.org。")],
            _ => Vec::new(),
        }
    }
}
