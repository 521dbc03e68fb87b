//! One application held against its item: which questions are asked, which answers are wrong, which materials are still
//! wanted, which rules hold (智能预审).
//!
//! [`Procedure::assess`] is total: whatever JSON comes in, it answers, and it answers the same for what it has
//! normalised itself.

mod explain;
mod identify;
mod materials;
mod prefill;
mod reading;
mod settle;

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ApplicantFacts, CertificateFacts, ExprError, Procedure};

/// What is known when an application is assessed.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Answers by field key, as they came in.
    pub form: Map<String, Value>,
    /// Who applies.
    pub applicant: ApplicantFacts,
    /// Certificates the applicant holds.
    pub certificates: Vec<CertificateFacts>,
    /// What was handed in, by material key.
    pub materials: BTreeMap<String, Provided>,
    /// The day of the application in the city.
    pub today: Date,
}

/// How a material was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "certificate", rename_all = "kebab-case")]
pub enum Provided {
    /// Uploaded.
    File,
    /// Replaced by the certificate with this id.
    Certificate(String),
    /// To be handed in after acceptance (容缺后补).
    Deferred,
    /// Handed in on paper at the counter.
    Paper,
}

impl Provided {
    /// Whether it is there now.
    #[must_use]
    pub const fn is_here(&self) -> bool {
        !matches!(self, Self::Deferred)
    }
}

/// The verdict over one application.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// The answers of visible fields, normalised. An answer with a fault stays as it came in.
    pub form: Map<String, Value>,
    /// Every field, in the item's order.
    pub fields: Vec<FieldView>,
    /// What is wrong, with pointers `/form/<key>` and `/materials/<key>`. Materials that are merely missing are not
    /// faults: see [`MaterialView::missing`].
    pub faults: Vec<Fault>,
    /// Every material, in the item's order.
    pub materials: Vec<MaterialView>,
    /// Every rule, in the item's order.
    pub rules: Vec<RuleView>,
    /// No material that is asked for is missing or deferred.
    pub materials_complete: bool,
    /// Every rule holds.
    pub rules_ok: bool,
}

impl Assessment {
    /// Whether it may be handed in: no fault, nothing missing, no rule broken. Deferred materials do not hinder, and a
    /// rule without a verdict is left to the reviewer.
    #[must_use]
    pub fn can_submit(&self) -> bool {
        self.faults.is_empty()
            && !self.materials.iter().any(|material| material.missing)
            && !self.rules.iter().any(|rule| rule.outcome == Outcome::Fails)
    }
}

/// One field as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldView {
    /// Key.
    pub key: String,
    /// Whether it is asked.
    pub visible: bool,
    /// Whether it must be answered: required and visible. A yes-or-no question left out counts as no.
    pub required: bool,
    /// The answer the platform already knows.
    pub prefill: Option<Prefill>,
}

/// An answer the platform already knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prefill {
    /// The answer, valid and normalised.
    pub value: Value,
    /// Where it comes from, in Chinese.
    pub origin: String,
    /// Since when it is known so: the day of issue of the certificate it stands on; none for the account's own data.
    pub since: Option<Date>,
}

/// One material as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaterialView {
    /// Key.
    pub key: String,
    /// Whether it is asked for.
    pub asked: bool,
    /// Why it is asked for or not, in Chinese.
    pub why: String,
    /// How it was handed in, or the certificate that replaces it.
    pub provided: Option<Provided>,
    /// The valid certificate the applicant holds that replaces it.
    pub replaced_by: Option<CertificateFacts>,
    /// Asked for and neither handed in nor deferred.
    pub missing: bool,
    /// May be handed in after acceptance (容缺受理).
    pub deferrable: bool,
}

/// One rule as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleView {
    /// The condition as written.
    pub expr: String,
    /// Told when it does not hold.
    pub message: String,
    /// The verdict.
    pub outcome: Outcome,
}

/// The verdict of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "reason", rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds, or it is about questions that are not asked.
    Holds,
    /// It does not hold.
    Fails,
    /// Something it needs is unknown; why, in Chinese.
    Undecided(String),
}

impl Procedure {
    /// Assesses one application.
    #[must_use]
    pub fn assess(&self, facts: &Facts) -> Assessment {
        let settled = self.settle(facts);
        let fields = self.item.fields.iter().zip(&self.fields).zip(&settled.visible);
        let fields = fields.map(|((field, parts), &visible)| FieldView {
            key: field.key.clone(),
            visible,
            required: visible && field.required,
            prefill: visible.then(|| prefill::prefill(self, field, parts, &settled.scope, facts)).flatten(),
        });
        let rules = self.item.rules.iter().zip(&settled.rules).map(|(rule, verdict)| RuleView {
            expr: rule.expr.clone(),
            message: rule.message.clone(),
            outcome: match verdict {
                Ok(true) => Outcome::Holds,
                Ok(false) => Outcome::Fails,
                Err(error) => Outcome::Undecided(explain::undecided(self, error)),
            },
        });
        Assessment {
            fields: fields.collect(),
            rules: rules.collect(),
            materials_complete: settled.scope.materials_complete == Some(true),
            rules_ok: settled.scope.rules_ok == Some(true),
            form: settled.form,
            faults: settled.faults,
            materials: settled.materials,
        }
    }
}

/// A JSON pointer of two steps (RFC 6901).
fn pointer(part: &str, key: &str) -> String {
    format!("/{part}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Shortens what people sent before it is shown back to them.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    if text.chars().count() > 40 {
        short.push('…');
    }
    short
}

/// A verdict, or why there is none.
type Verdict = Result<bool, ExprError>;

#[cfg(test)]
mod tests;
