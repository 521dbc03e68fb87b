//! What programs read of seals.

use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Seal, SealEvent, SealUse, Seals};

/// 登记的印章。
#[derive(Serialize, ToSchema)]
pub(super) struct RegisteredView {
    /// 印章编号，14 位。
    number: String,
    /// 单位。
    department: String,
    /// 印章名称。
    name: String,
    /// 印章种类。
    kind: String,
    /// 有效期起。
    #[schema(value_type = Option<String>)]
    valid_from: Option<Timestamp>,
    /// 有效期止。
    #[schema(value_type = Option<String>)]
    valid_to: Option<Timestamp>,
    /// 印章结构的 SM3 指纹，16 进制。
    fingerprint: Option<String>,
}

/// 印章。
#[derive(Serialize, ToSchema)]
pub(super) struct SealView {
    /// 印章的 id。
    id: String,
    /// 印章编号，制作以前没有。
    number: String,
    /// 单位的键。
    department: String,
    /// 单位全称。
    department_name: String,
    /// 章面文字。
    name: String,
    /// 章面用途。
    line: String,
    /// 种类：`body`、`approval`、`certificate`。
    kind: &'static str,
    /// 可用于：`decision`、`notice`、`certificate`、`document`。
    put_on: Vec<&'static str>,
    /// 每日用印数，超过则提示督查；0 表示不设。
    daily_quota: i64,
    /// 状态。
    state: &'static str,
    /// 状态的名称。
    state_name: &'static str,
    /// 有效期起。
    #[schema(value_type = Option<String>)]
    valid_from: Option<Timestamp>,
    /// 有效期止。
    #[schema(value_type = Option<String>)]
    valid_to: Option<Timestamp>,
    /// 印章结构的 SM3 指纹。
    fingerprint: Option<String>,
    /// 用印次数。
    uses: i64,
    /// 换掉的印章的 id。
    renews: Option<String>,
}

/// 印章经历的一步。
#[derive(Serialize, ToSchema)]
pub(super) struct EventView {
    /// 序号。
    seq: i64,
    /// 时间。
    #[schema(value_type = String)]
    at: Timestamp,
    /// 哪一步。
    step: &'static str,
    /// 名称。
    step_name: &'static str,
    /// 经办人。
    actor: String,
    /// 理由。
    reason: String,
}

/// 一次用印。
#[derive(Serialize, ToSchema)]
pub(super) struct UseView {
    /// 印章的 id。
    seal: String,
    /// 序号。
    seq: i64,
    /// 时间。
    #[schema(value_type = String)]
    at: Timestamp,
    /// 用印人。
    actor: String,
    /// 复核人。
    confirmed_by: Option<String>,
    /// 用于什么。
    put_on: &'static str,
    /// 办件编号。
    case_number: Option<String>,
    /// 文件的标识或编号。
    document: String,
    /// 文件的 SM3。
    digest: String,
    /// 理由。
    reason: String,
    /// 异常：`off-hours`、`over-quota`。
    unusual: Vec<&'static str>,
    /// 链接值。
    chain: String,
}

impl Seals {
    fn department_name(&self, key: &str) -> String {
        self.vocabulary().department(key).map_or_else(|| key.to_owned(), |found| found.name.clone())
    }

    pub(super) fn registered(&self, seal: &Seal) -> RegisteredView {
        RegisteredView {
            number: seal.number.clone(),
            department: self.department_name(&seal.department),
            name: seal.full_name(),
            kind: seal.kind.label().to_owned(),
            valid_from: seal.valid.map(|(from, _)| from),
            valid_to: seal.valid.map(|(_, to)| to),
            fingerprint: seal.fingerprint(),
        }
    }

    pub(super) fn view(&self, seal: &Seal, at: Timestamp) -> SealView {
        let state = seal.state_at(at);
        SealView {
            id: seal.id.to_string(),
            number: seal.number.clone(),
            department: seal.department.clone(),
            department_name: self.department_name(&seal.department),
            name: seal.name.clone(),
            line: seal.line.clone(),
            kind: seal.kind.as_str(),
            put_on: seal.put_on.iter().map(|what| what.as_str()).collect(),
            daily_quota: seal.daily_quota,
            state: state.as_str(),
            state_name: state.label(),
            valid_from: seal.valid.map(|(from, _)| from),
            valid_to: seal.valid.map(|(_, to)| to),
            fingerprint: seal.fingerprint(),
            uses: seal.uses,
            renews: seal.renews.map(|earlier| earlier.to_string()),
        }
    }
}

impl From<SealEvent> for EventView {
    fn from(event: SealEvent) -> Self {
        Self {
            seq: event.seq,
            at: event.at,
            step: event.step.as_str(),
            step_name: event.step.label(),
            actor: event.actor,
            reason: event.reason,
        }
    }
}

impl From<SealUse> for UseView {
    fn from(used: SealUse) -> Self {
        Self {
            seal: used.seal.to_string(),
            seq: used.seq,
            at: used.at,
            actor: used.actor,
            confirmed_by: used.of.confirmed_by,
            put_on: used.of.put_on.as_str(),
            case_number: used.of.case_number,
            document: used.of.document,
            digest: used.of.digest,
            reason: used.of.reason,
            unusual: used.unusual.iter().map(|what| what.as_str()).collect(),
            chain: used.chain,
        }
    }
}
