//! Uses of certificates (用证), and what is kept of one as evidence.

use identity::ConsentId;
use kernel::{SubjectId, Timestamp, city_date};
use serde::{Deserialize, Serialize};

use crate::{Certificate, CertificateId, Status};

kernel::words!(
    /// What was done with a certificate.
    UseKind {
        Used = "used" / "代替材料",
        Looked = "looked" / "查看",
        Shown = "shown" / "出示",
        Refused = "refused" / "未予采用",
    }
);

kernel::words!(
    /// On what a use rests. What a body needs for a case under the law rests on its duty and needs no consent, but is told
    /// and recorded (个人信息保护法 第十三条第一款第三项、第三十五条); everything else rests on an act of the holder's.
    UseGround {
        Duty = "duty" / "法定职责",
        Consent = "consent" / "本人授权",
        Own = "own" / "本人出示",
    }
);

kernel::words!(
    /// Why a valid certificate was not taken in place of paper. There is no other reason (国务院令第716号 第七条: 能够通过共享获得的，不得要求重复提供).
    RefusalReason {
        NotThisThing = "not-this-thing" / "证照不是关于本次申请的对象",
        DataDiffer = "data-differ" / "证照内容与申请内容不一致，需要核实",
        DataMissing = "data-missing" / "证照缺少办理所必需的内容",
        DoubtReported = "doubt-reported" / "发证机关已通报该证照存疑",
        OriginalByLaw = "original-by-law" / "法律、行政法规规定必须收取原件",
        Unreadable = "unreadable" / "系统故障，暂时无法读取",
    }
);

/// A use that is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewUse<'a> {
    /// The holder.
    pub holder: SubjectId,
    /// Which certificate.
    pub certificate: CertificateId,
    /// The case.
    pub case_number: &'a str,
    /// Slug of its item.
    pub item: &'a str,
    /// The material it stands in for, or words.
    pub purpose: &'a str,
    /// On what the use rests.
    pub ground: UseGround,
    /// The consent, where it rests on one.
    pub consent: Option<ConsentId>,
}

/// One use of a certificate, as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateUse {
    /// Its place among the uses, ordered by time.
    pub id: i64,
    /// Which certificate.
    pub certificate: CertificateId,
    /// When.
    pub at: Timestamp,
    /// `holder`, `staff`, `system` or `stranger`.
    pub used_by: String,
    /// Key of the department of a member of staff.
    pub department: Option<String>,
    /// The case for which it was used; empty when there was none.
    pub case_number: String,
    /// For what.
    pub purpose: String,
    /// What was done.
    pub kind: UseKind,
    /// On what it rests; none of uses from before grounds were kept.
    pub ground: Option<UseGround>,
    /// The consent, where it rests on one.
    pub consent: Option<ConsentId>,
    /// Key of the type.
    pub certificate_type: String,
    /// Slug of the item.
    pub item: Option<String>,
    /// Word of the [`RefusalReason`] of a refusal.
    pub outcome: Option<String>,
}

/// What is kept in a case of a certificate that stood in for a material: what it was and how it stood. A later change of
/// the certificate changes nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Id in the library.
    pub certificate: CertificateId,
    /// Key of the type.
    pub certificate_type: String,
    /// Electronic certificate identifier (GB/T 36904—2018).
    pub identifier: String,
    /// Version.
    pub version: i64,
    /// SM3 of the record ([`Certificate::digest`]).
    pub digest: String,
    /// How it stood.
    pub status: Status,
    /// When that was asked.
    pub at: Timestamp,
    /// On what the use rests.
    pub ground: UseGround,
    /// The consent, where it rests on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentId>,
}

impl Evidence {
    /// What is kept of `certificate`, asked at `at`.
    #[must_use]
    pub fn of(certificate: &Certificate, at: Timestamp, ground: UseGround, consent: Option<ConsentId>) -> Self {
        Self {
            certificate: certificate.id,
            certificate_type: certificate.certificate_type.clone(),
            identifier: certificate.identifier.clone(),
            version: certificate.version,
            digest: certificate.digest(),
            status: certificate.status_on(city_date(at)),
            at,
            ground,
            consent,
        }
    }

    /// Whether it could be used then.
    #[must_use]
    pub fn valid(&self) -> bool {
        self.status == Status::Effective
    }
}
