//! What a check of a sealed document says, for people and for programs.

use kernel::Timestamp;
use ofd::{Layer, Report};
use serde::Serialize;
use utoipa::ToSchema;

/// 核验的一层。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedLayer {
    /// 机器可读的名称，例如 `digests`。
    pub layer: String,
    /// 名称。
    pub name: String,
    /// `good` 通过，`failed` 未通过，`not_checkable` 无法核验（不等于通过）。
    pub state: String,
}

/// 核验发现的一个问题或者一个提示。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedFinding {
    /// 机器可读的代码，例如 `ofd.file_changed`。
    pub code: String,
    /// 属于哪一层。
    pub layer: String,
    /// 给人看的话。
    pub sentence: String,
}

/// 一个签章。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedSignature {
    /// 印章名称；读不出来的没有。
    pub seal: Option<String>,
    /// 印章编号。
    pub number: Option<String>,
    /// 签章时间；读不出来的没有。
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
}

/// 核验的结果。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Checked {
    /// 每一层都通过才是 `true`。
    pub valid: bool,
    /// 总的结论：`good`、`failed`、`not_checkable`。
    pub verdict: String,
    /// 各层。
    pub layers: Vec<CheckedLayer>,
    /// 签章，按先后。
    pub signatures: Vec<CheckedSignature>,
    /// 问题和提示。
    pub findings: Vec<CheckedFinding>,
}

impl From<&Report> for Checked {
    fn from(report: &Report) -> Self {
        Self {
            valid: report.is_valid(),
            verdict: report.verdict().code().to_owned(),
            layers: Layer::ALL
                .into_iter()
                .map(|layer| CheckedLayer {
                    layer: layer.code().to_owned(),
                    name: layer.name().to_owned(),
                    state: report.state(layer).code().to_owned(),
                })
                .collect(),
            signatures: report
                .signatures
                .iter()
                .map(|signature| {
                    let (seal, number) = signature.seal.clone().unzip();
                    CheckedSignature { seal, number, at: signature.time }
                })
                .collect(),
            findings: report
                .all_findings()
                .map(|finding| CheckedFinding {
                    code: finding.code.code().to_owned(),
                    layer: finding.code.layer().code().to_owned(),
                    sentence: finding.sentence(),
                })
                .collect(),
        }
    }
}
