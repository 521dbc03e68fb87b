//! What the office found when it looked at each material: working notes that become history in a notice or an opinion.

use std::collections::BTreeMap;

use db::Tx;
use kernel::{Act, Timestamp};

use super::{Cases, Sight};
use crate::{
    domain::{
        case::Case,
        decide::Rejection,
        event::{Event, Recorded},
    },
    error::CaseError,
    store::{self, VerdictRow},
};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// 符合.
    Fits,
    /// 不符合.
    Wrong {
        /// What is wrong.
        problem: String,
        /// What would be right, and how to supply it.
        requirement: String,
    },
}

/// A verdict with who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenVerdict {
    /// What was found.
    pub verdict: Verdict,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The material was handed in anew since: it has to be looked at again.
    pub outdated: bool,
}

/// Longest problem or requirement, characters.
const WORDS_MAX: usize = 500;

impl Cases {
    /// Verdicts on the materials of a case, by target. Only for the office.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn verdicts(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
    ) -> Result<BTreeMap<String, GivenVerdict>, CaseError> {
        let seen = self.see(act, tx, number).await?;
        if seen.sight != Sight::Office {
            return Ok(BTreeMap::new());
        }
        let rows = store::verdicts_of(tx, &self.keys, seen.case.id).await?;
        if rows.is_empty() {
            return Ok(BTreeMap::new());
        }
        let history: Vec<Recorded> =
            store::entries(tx, &self.keys, seen.case.id).await?.into_iter().map(|s| s.entry).collect();
        Ok(rows
            .into_iter()
            .map(|row| {
                let outdated = history.iter().any(|e| e.seq > row.seq && brings(&e.event, &row.target));
                (row.target, GivenVerdict { verdict: row.verdict, by: row.name, at: row.at, outdated })
            })
            .collect())
    }

    /// Keeps a verdict on one target, or takes it back with `None`; the one before is replaced.
    ///
    /// # Errors
    /// Not found for other people's cases, forbidden for whoever only supervises, refused on a case that is decided, for
    /// what the item does not publish, and when a word is missing.
    pub async fn give_verdict(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
        target: &str,
        verdict: Option<Verdict>,
    ) -> Result<(), CaseError> {
        let seen = self.see(act, tx, number).await?;
        if seen.sight != Sight::Office {
            return Err(Rejection::forbidden("cases.office-only", "只有承办部门的工作人员可以记录核对意见。").into());
        }
        if seen.case.state().is_decided() {
            return Err(Rejection::conflict("cases.not-now", "办件已有结果，不再记录核对意见。").into());
        }
        if !known(&seen.case, &seen.procedure, target) {
            return Err(Rejection::one("cases.unknown-material", "/target", "事项没有这项材料。").into());
        }
        let Some(verdict) = verdict else {
            store::drop_verdict(tx, seen.case.id, target).await?;
            return Ok(());
        };
        if let Verdict::Wrong { problem, requirement } = &verdict {
            let faults: Vec<kernel::Fault> = [("problem", problem), ("requirement", requirement)]
                .into_iter()
                .filter_map(|(place, words)| {
                    let length = words.trim().chars().count();
                    let advice = match length {
                        0 => "请写明问题和应当怎样补正。",
                        _ if length > WORDS_MAX => "内容过长，请控制在500字以内。",
                        _ => return None,
                    };
                    Some(kernel::Fault::new(format!("/{place}"), "cases.text-missing", advice))
                })
                .collect();
            if !faults.is_empty() {
                return Err(Rejection::invalid("cases.verdict-invalid", "核对意见填写不完整。", faults).into());
            }
        }
        let Some(account) = act.account() else { return Err(CaseError::NotFound) };
        let row = VerdictRow {
            target: target.to_owned(),
            verdict,
            seq: seen.case.seq,
            account,
            name: act.name().to_owned(),
            at: act.at,
        };
        store::keep_verdict(tx, &self.keys, seen.case.id, &row).await
    }
}

fn known(case: &Case, procedure: &catalogue::domain::Procedure, target: &str) -> bool {
    match target.strip_prefix("form.") {
        Some(field) => procedure.item.fields.iter().any(|f| f.key == field),
        None => procedure.item.materials.iter().any(|m| m.key == target) || case.materials.contains_key(target),
    }
}

/// Whether an entry brought `target` in anew.
fn brings(event: &Event, target: &str) -> bool {
    match event {
        Event::Supplemented { materials, .. } => target.starts_with("form.") || materials.contains_key(target),
        Event::PaperTaken { materials } | Event::DeferredSupplied { materials } => materials.contains_key(target),
        _ => false,
    }
}
