//! What the applicant and the office say to each other in a case (留言), how the service is rated (好差评), and complaints
//! (投诉).
//!
//! Words of people are sealed at rest; the office never learns from the case who rated or complained (国办发〔2019〕51号).

use kernel::{Date, FileId, Timestamp, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Natural days after the end of a case in which both sides may still write. The platform's promise.
pub const TALK_DAYS: u32 = 30;
/// Longest message, characters.
pub const TALK_CHARS: usize = 500;
/// Most files of one message.
pub const TALK_FILES: usize = 5;
/// Most messages of one side before the other has answered.
pub const TALK_IN_A_ROW: usize = 10;
/// Natural days after the end in which a case can be rated, and again after the first rating for the follow-up.
pub const RATING_DAYS: u32 = 30;
/// Longest remark with a rating, characters.
pub const REMARK_CHARS: usize = 500;
/// Working days in which the supervising body decides whether it takes a complaint up.
pub const COMPLAINT_TAKE_UP_DAYS: u32 = 5;
/// Working days in which a complaint is answered.
pub const COMPLAINT_ANSWER_DAYS: u32 = 15;
/// Working days in which somebody who rated badly is called (差评回访).
pub const BAD_RATING_CONTACT_DAYS: u32 = 1;
/// Working days in which what a bad rating is about is put right (差评整改).
pub const BAD_RATING_MEND_DAYS: u32 = 15;
/// Most complaints about one case.
pub const COMPLAINTS: usize = 5;

words!(
    /// Who wrote a message.
    Side { Applicant = "applicant" / "申请人", Office = "office" / "办理机关" }
);

words!(
    /// What a rating is about, each fitting praise and blame alike.
    #[derive(ToSchema)]
    RatingAspect {
        Speed = "speed" / "办理速度",
        Attitude = "attitude" / "服务态度",
        Guide = "guide" / "办事指南",
        Materials = "materials" / "材料要求",
        Convenience = "convenience" / "方便程度",
        Platform = "platform" / "网站使用",
    }
);

words!(
    /// What a complaint is about.
    #[derive(ToSchema)]
    ComplaintKind {
        Delay = "delay" / "拖延、超过期限",
        Demands = "demands" / "多要材料、多次要求补正",
        Refusal = "refusal" / "推诿、不说明理由",
        Fees = "fees" / "多收费、乱收费",
        Attitude = "attitude" / "服务态度",
        Other = "other" / "其他",
    }
);

/// Words of a person, kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// As typed.
    pub text: String,
}

/// One message in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its entry.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Which side wrote it.
    pub side: Side,
    /// Name of the writer.
    pub name: String,
    /// Key of the writer's department.
    pub department: Option<String>,
    /// The words.
    pub text: String,
    /// Files with it.
    pub files: Vec<FileId>,
}

/// The applicant's rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// Stars: 1 very dissatisfied … 5 very satisfied.
    pub score: u8,
    /// What it is about.
    pub aspects: Vec<RatingAspect>,
    /// In words.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its number.
    pub number: String,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub kind: ComplaintKind,
    /// In words.
    pub text: String,
    /// Last day to decide whether it is taken up.
    pub take_up_by: Date,
    /// Last day to answer.
    pub answer_by: Date,
}

/// The five levels as people read them, best first: stars and words.
pub const LEVELS: [(u8, &str); 5] = [(5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")];

/// The words of a level; empty when there is no such level.
#[must_use]
pub fn level(score: u8) -> &'static str {
    LEVELS.iter().find(|(stars, _)| *stars == score).map_or("", |(_, words)| words)
}

/// The code of a level in GB/T 39046—2020 table A.8, which counts the other way: 1 very satisfied … 5 very dissatisfied.
#[must_use]
pub const fn national_code(score: u8) -> u8 {
    6_u8.saturating_sub(score)
}

/// Whether a rating is a bad one (差评).
#[must_use]
pub const fn is_bad(score: u8) -> bool {
    score <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_national_code_counts_the_other_way() {
        assert_eq!(LEVELS.map(|(score, _)| national_code(score)), [1, 2, 3, 4, 5]);
        assert_eq!((level(5), level(1), level(0)), ("非常满意", "非常不满意", ""));
        assert_eq!(LEVELS.map(|(score, _)| is_bad(score)), [false, false, false, true, true]);
    }
}
