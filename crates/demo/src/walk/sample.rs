//! The ways a case can take beside the straight one, each shown once.

use catalogue::domain::{Procedure, StepKind, StepRole};
use kernel::Role;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Walk, WalkError, drive::Course};

kernel::words!(
    /// A way beside the straight one.
    Sample {
        Correction = "correction" / "一次性告知补正",
        NonAcceptance = "non-acceptance" / "不予受理",
        DeferredAcceptance = "deferred-acceptance" / "容缺受理",
        OrderedSpecial = "ordered-special" / "依职权启动特别程序",
        Extension = "extension" / "延长期限",
        Refusal = "refusal" / "不予准予",
        Withdrawal = "withdrawal" / "撤回",
        Termination = "termination" / "终止",
    }
);

/// How one way went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleReport {
    /// Which way.
    pub sample: Sample,
    /// On which item.
    pub slug: String,
    /// Number of the case.
    pub number: String,
    /// State at the end.
    pub state: String,
    /// Closing result, where there is one.
    pub result: Option<String>,
}

/// People accept, review and decide, whatever the answers are.
fn is_plain(procedure: &Procedure) -> bool {
    let steps = &procedure.item.steps;
    let by_hand =
        |kind, role| steps.iter().any(|s| s.kind == kind && s.role == role && s.auto.is_none() && s.when.is_none());
    by_hand(StepKind::Accept, StepRole::Window)
        && by_hand(StepKind::Review, StepRole::Reviewer)
        && by_hand(StepKind::Decide, StepRole::Approver)
        && procedure.item.online_depth >= 3
}

impl Walk {
    /// Shows every way, one after the other.
    ///
    /// # Errors
    /// The first thing that went wrong, with item and step.
    pub async fn walk_sample(&self) -> Result<Vec<SampleReport>, WalkError> {
        let mut reports = Vec::new();
        for sample in Sample::ALL {
            reports.push(self.walk_way(*sample).await?);
        }
        Ok(reports)
    }

    /// Shows one way.
    ///
    /// # Errors
    /// With item, step and what the platform answered.
    pub async fn walk_way(&self, sample: Sample) -> Result<SampleReport, WalkError> {
        let (mut course, named) = self.begin(sample).await?;
        match sample {
            Sample::Correction => self.correction(&mut course, &named).await?,
            Sample::NonAcceptance => self.non_acceptance(&mut course).await?,
            Sample::DeferredAcceptance => self.deferred_acceptance(&mut course, &named).await?,
            Sample::OrderedSpecial => self.ordered_special(&mut course).await?,
            Sample::Extension => self.extension(&mut course).await?,
            Sample::Refusal => self.refusal(&mut course).await?,
            Sample::Withdrawal => {
                self.accept(&mut course).await?;
                let withdraw = json!({"type": "withdraw", "reason": "计划有变，不再申请。"});
                self.applicant(&mut course, withdraw).await?;
            }
            Sample::Termination => {
                self.accept(&mut course).await?;
                let reason = "同一申请正在办理中。";
                let terminate = json!({"type": "terminate", "cause": "duplicate", "reason": reason});
                self.office(&mut course, Role::Approver, terminate).await?;
            }
        }
        let seen = self.see(&mut course).await?;
        let result = seen.get("result").and_then(Value::as_str).map(str::to_owned);
        let (slug, number) = (course.slug().to_owned(), course.number.clone());
        Ok(SampleReport { sample, slug, number, state: course.state, result })
    }

    /// Hands in an application for the first item that can show the way. Also answers the material it is about.
    async fn begin(&self, sample: Sample) -> Result<(Course, String), WalkError> {
        for slug in self.slugs().await? {
            let procedure = self.procedure(&slug).await?;
            if !is_plain(&procedure) {
                continue;
            }
            let (_, answers) = self.answers(&procedure).await?;
            let deferrable = |key: &&String| procedure.item.materials.iter().any(|m| m.key == **key && m.deferrable);
            let material = match sample {
                Sample::Correction => answers.materials.first(),
                Sample::DeferredAcceptance => answers.materials.iter().find(deferrable),
                _ => return Ok((self.submit(procedure, &[]).await?, String::new())),
            };
            let Some(material) = material.cloned() else { continue };
            let deferred = if sample == Sample::DeferredAcceptance { vec![material.as_str()] } else { Vec::new() };
            return Ok((self.submit(procedure, &deferred).await?, material));
        }
        Err(WalkError::NoItem(sample.as_str()))
    }

    /// Moves on until the case is accepted.
    async fn accept(&self, course: &mut Course) -> Result<(), WalkError> {
        while matches!(course.state.as_str(), "submitted" | "received") {
            self.advance(course).await?;
            self.see(course).await?;
        }
        Ok(())
    }

    async fn correction(&self, course: &mut Course, material: &str) -> Result<(), WalkError> {
        let defect = json!({
            "target": material, "problem": "扫描件不清晰，无法辨认。", "requirement": "请上传清晰、完整的扫描件。",
        });
        self.office(course, Role::Window, json!({"type": "ask-correction", "defects": [defect]})).await?;
        let file = self.upload(course.slug(), &course.applicant, material).await?;
        let supplement = json!({"type": "supplement", "materials": {material: {"file": file}}});
        self.applicant(course, supplement).await?;
        self.drive(course).await
    }

    async fn non_acceptance(&self, course: &mut Course) -> Result<(), WalkError> {
        let proposal = json!({
            "type": "propose-non-acceptance", "ground": "not-competent", "reason": "申请事项不属于本机关职权范围。",
            "competent_body": "市政务服务中心",
        });
        self.office(course, Role::Window, proposal).await?;
        self.office(course, Role::Approver, json!({"type": "confirm"})).await?;
        Ok(())
    }

    async fn deferred_acceptance(&self, course: &mut Course, material: &str) -> Result<(), WalkError> {
        self.accept(course).await?;
        let file = self.upload(course.slug(), &course.applicant, material).await?;
        let supply = json!({"type": "supply-deferred", "materials": {material: {"file": file}}});
        self.applicant(course, supply).await?;
        self.drive(course).await
    }

    async fn ordered_special(&self, course: &mut Course) -> Result<(), WalkError> {
        self.accept(course).await?;
        let basis = "《中华人民共和国行政许可法》第四十五条";
        let proposal = json!({"type": "propose-special", "kind": "expert-review", "days": 10, "basis": basis});
        self.office(course, Role::Reviewer, proposal).await?;
        self.office(course, Role::Approver, json!({"type": "confirm"})).await?;
        self.drive(course).await
    }

    async fn extension(&self, course: &mut Course) -> Result<(), WalkError> {
        self.accept(course).await?;
        let extend = json!({"type": "extend", "days": 5, "reason": "案情复杂，需进一步核实。"});
        self.office(course, Role::Approver, extend).await?;
        self.drive(course).await
    }

    async fn refusal(&self, course: &mut Course) -> Result<(), WalkError> {
        self.accept(course).await?;
        let (reasons, basis) = ("申请材料反映的情况不符合办理条件。", "办事指南列明的设定依据");
        let intend = json!({"type": "intend-refusal", "reasons": reasons, "basis": basis});
        self.office(course, Role::Reviewer, intend).await?;
        self.applicant(course, json!({"type": "state-defence", "text": "请再次核实，我认为符合条件。"})).await?;
        course.refusing = true;
        self.drive(course).await
    }
}
