//! What holders say is wrong in a certificate (纠错): the issuing body answers within five working days.

use kernel::{Date, SubjectId, Timestamp};

use crate::CertificateId;

kernel::typed_id!(
    /// One report of an error.
    ReportId
);

kernel::words!(
    /// How a report stands.
    ReportState {
        Open = "open" / "待核实",
        Corrected = "corrected" / "已更正",
        Refused = "refused" / "核实无误",
    }
);

/// Working days in which the issuing body answers.
pub const REPORT_DAYS: u32 = 5;
/// Longest text of a report or an answer, characters.
pub(crate) const LONGEST: usize = 500;

/// A report of an error with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The holder, who made it.
    pub holder: SubjectId,
    /// About which certificate.
    pub certificate: CertificateId,
    /// Department that issued it and answers.
    pub department: String,
    /// When.
    pub at: Timestamp,
    /// Last day to answer.
    pub due: Date,
    /// What is wrong, in the holder's words.
    pub words: String,
    /// How it stands.
    pub state: ReportState,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// The answer in words.
    pub answer: Option<String>,
    /// The corrected version.
    pub corrected_by: Option<CertificateId>,
}
