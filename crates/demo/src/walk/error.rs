//! Why a walk did not come to its end.

use serde_json::Value;

use super::api::ApiError;
use crate::answers::NoAnswers;

/// Why a walk did not come to its end.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WalkError {
    /// There was no answer.
    #[error("{at}: {source}")]
    Api {
        /// What was tried.
        at: String,
        /// Why.
        #[source]
        source: ApiError,
    },
    /// Somebody could not sign in.
    #[error("{account} cannot sign in (status {status}): {problem}")]
    SignIn {
        /// Login.
        account: String,
        /// HTTP status.
        status: u16,
        /// The problem document.
        problem: Value,
    },
    /// The platform refused something.
    #[error("{at} as {account}: status {status}: {problem}")]
    Refused {
        /// Item and step.
        at: String,
        /// Who asked.
        account: String,
        /// HTTP status.
        status: u16,
        /// The problem document.
        problem: Value,
    },
    /// An answer lacks what it should have.
    #[error("{at}: the answer has no {missing}")]
    Answer {
        /// What was asked.
        at: String,
        /// What it lacks.
        missing: &'static str,
    },
    /// The item as published cannot be used.
    #[error("{item} cannot be compiled: {reason}")]
    Item {
        /// Slug.
        item: String,
        /// Why.
        reason: String,
    },
    /// Nobody can apply.
    #[error(transparent)]
    NoAnswers(#[from] NoAnswers),
    /// Nothing is left to do, and the case is not over; or too much was done.
    #[error("{item}: the case {number} stays {state}: {why}")]
    Stuck {
        /// Slug.
        item: String,
        /// Number of the case.
        number: String,
        /// Where it stands.
        state: String,
        /// Open tasks, or how many steps were taken.
        why: String,
    },
    /// Nobody has this post.
    #[error("{item}: no account is {role} of {department}")]
    NoStaff {
        /// Slug.
        item: String,
        /// Role.
        role: String,
        /// Department.
        department: String,
    },
    /// No item of the catalogue fits a sample.
    #[error("no item of the catalogue can show {0}")]
    NoItem(&'static str),
}

impl WalkError {
    /// Somebody else, or somebody later, may be allowed what this one was not.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::Refused { status: 403 | 409, .. })
    }
}
