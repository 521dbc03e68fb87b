//! What programs are shown.

use std::collections::BTreeMap;

use kernel::{Date, rfc3339, show_date};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Certificate, CertificateUse, Certificates, Change, Proposal, Report, domain::validity::RESIDENT_ID};

/// 电子证照。
#[derive(Serialize, ToSchema)]
pub(super) struct CertificateView {
    /// 编号，申请时作为材料引用。
    id: String,
    /// 证照类型。
    certificate_type: String,
    /// 证照类型名称。
    type_name: String,
    /// 证照名称。
    name: String,
    /// 证照编号；公民身份号码已遮盖。
    number: String,
    /// 电子证照标识（GB/T 36904）。
    identifier: String,
    /// 版本，从 1 开始，每次换发加 1。
    version: i64,
    /// 持证人。
    holder_name: String,
    /// 发证部门。
    department: String,
    /// 发证部门名称。
    department_name: String,
    /// 颁发日期。
    issued_on: String,
    /// 有效期最后一天；长期有效为空。
    expires_on: Option<String>,
    /// 有效期的说明。
    validity: String,
    /// 状态：`effective`、`expired`、`suspended`、`superseded`、`annulled`、`cancelled`、`revoked`、`withdrawn`。
    status: &'static str,
    /// 状态的说明。
    status_label: &'static str,
    /// 现在能否使用。
    valid: bool,
    /// 由哪个办件产生。
    case_number: Option<String>,
    /// 其他内容。
    data: BTreeMap<String, String>,
}

/// 一次用证记录。
#[derive(Serialize, ToSchema)]
pub(super) struct UseView {
    /// 使用时间。
    at: String,
    /// 谁使用：`holder` 本人申请时使用，`staff` 工作人员使用，`system` 平台按规则使用，`stranger` 查验人。
    used_by: String,
    /// 做了什么：`used` 代替材料、`looked` 查看、`shown` 出示、`refused` 未予采用。
    kind: &'static str,
    /// 依据：`duty` 法定职责、`consent` 本人授权、`own` 本人出示。
    ground: Option<&'static str>,
    /// 未予采用的理由代码。
    outcome: Option<String>,
    /// 使用的部门（工作人员使用时）。
    department: Option<String>,
    /// 使用的部门名称。
    department_name: Option<String>,
    /// 用于哪个办件。
    case_number: String,
    /// 用途。
    purpose: String,
}

impl Certificates {
    pub(super) fn view(&self, c: Certificate, today: Date) -> CertificateView {
        let status = c.status_on(today);
        let number = if c.certificate_type == RESIDENT_ID { kernel::masking::id_number(&c.number) } else { c.number };
        CertificateView {
            id: c.id.to_string(),
            type_name: self
                .vocabulary()
                .certificate_type(&c.certificate_type)
                .map_or_else(|| c.name.clone(), |t| t.name.clone()),
            certificate_type: c.certificate_type,
            name: c.name,
            number,
            identifier: c.identifier,
            version: c.version,
            holder_name: c.holder_name,
            department_name: self.department_name(&c.department),
            department: c.department,
            issued_on: c.issued_on.to_string(),
            expires_on: c.expires_on.map(|day| day.to_string()),
            validity: c.expires_on.map_or_else(|| "长期有效".to_owned(), |day| format!("有效期至{}", show_date(day))),
            status: status.as_str(),
            status_label: status.label(),
            valid: status == crate::Status::Effective,
            case_number: c.case_number,
            data: c.data,
        }
    }

    pub(super) fn use_view(&self, used: CertificateUse) -> UseView {
        UseView {
            at: rfc3339(used.at),
            used_by: used.used_by,
            kind: used.kind.as_str(),
            ground: used.ground.map(crate::UseGround::as_str),
            outcome: used.outcome,
            department_name: used.department.as_deref().map(|key| self.department_name(key)),
            department: used.department,
            case_number: used.case_number,
            purpose: used.purpose,
        }
    }

    pub(super) fn department_name(&self, key: &str) -> String {
        self.vocabulary().department(key).map_or_else(|| key.to_owned(), |department| department.name.clone())
    }
}

/// 证照历史中的一项。
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeView {
    /// 发生了什么：`issued`、`imported`、`changed`、`renewed`、`replaced`、`superseded`、`suspended`、`restored`、
    /// `cancelled`、`annulled`、`revoked`、`withdrawn`。
    kind: &'static str,
    /// 说明。
    label: &'static str,
    /// 记入时间。
    at: String,
    /// 自哪天起生效；撤销的为颁发之日。
    effective_from: String,
    /// 暂扣的截止日期。
    effective_to: Option<String>,
    /// 部门。
    department: Option<String>,
    /// 依据的条文。
    article: Option<&'static str>,
    /// 决定书文号。
    document: Option<String>,
    /// 理由。
    reason: Option<String>,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            kind: change.kind.as_str(),
            label: change.kind.label(),
            at: rfc3339(change.at),
            effective_from: change.effective_from.to_string(),
            effective_to: change.effective_to.map(|day| day.to_string()),
            article: change.ground_of_law().map(|ground| ground.article),
            department: change.department,
            document: change.document,
            reason: change.reason,
        }
    }
}

/// 一项待复核的提请。
#[derive(Serialize, ToSchema)]
pub(super) struct ProposalView {
    /// 编号。
    pub(super) id: String,
    /// 持证人编号。
    holder: String,
    /// 证照编号（id）。
    certificate: String,
    /// 做什么：`suspend`、`cancel`、`annul`、`revoke`、`withdraw`。
    kind: &'static str,
    /// 依据的代码。
    ground: String,
    /// 依据的条文。
    article: Option<&'static str>,
    /// 决定书文号。
    document: Option<String>,
    /// 理由。
    reason: String,
    /// 暂扣的起止日期。
    from: Option<String>,
    /// 截止日期。
    to: Option<String>,
    /// 提请时间。
    proposed_at: String,
    /// 提请人。
    proposed_by: String,
}

impl From<Proposal> for ProposalView {
    fn from(p: Proposal) -> Self {
        Self {
            id: p.id.to_string(),
            holder: p.holder.to_string(),
            certificate: p.certificate.to_string(),
            kind: p.order.kind.as_str(),
            article: p.order.kind.ground(&p.order.ground).map(|ground| ground.article),
            ground: p.order.ground,
            document: p.order.document,
            reason: p.order.reason,
            from: p.order.from.map(|day| day.to_string()),
            to: p.order.to.map(|day| day.to_string()),
            proposed_at: rfc3339(p.proposed_at),
            proposed_by: p.proposed_name,
        }
    }
}

/// 一项纠错申请。
#[derive(Serialize, ToSchema)]
pub(super) struct ReportView {
    /// 编号。
    id: String,
    /// 持证人编号。
    holder: String,
    /// 证照编号（id）。
    certificate: String,
    /// 提交时间。
    at: String,
    /// 答复的最后一天。
    due: String,
    /// 持证人写的情况。
    words: String,
    /// 状态：`open`、`corrected`、`refused`。
    state: &'static str,
    /// 答复。
    answer: Option<String>,
    /// 答复时间。
    answered_at: Option<String>,
}

impl From<Report> for ReportView {
    fn from(r: Report) -> Self {
        Self {
            id: r.id.to_string(),
            holder: r.holder.to_string(),
            certificate: r.certificate.to_string(),
            at: rfc3339(r.at),
            due: r.due.to_string(),
            words: r.words,
            state: r.state.as_str(),
            answer: r.answer,
            answered_at: r.answered_at.map(rfc3339),
        }
    }
}
