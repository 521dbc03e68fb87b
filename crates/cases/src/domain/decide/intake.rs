//! Intake: pre-review, the one-time notice, supplements, acceptance, and turning away with four eyes.

use super::*;

impl Decider<'_> {
    pub(super) fn pass_pre_review(&self) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted) {
            return Err(self.not_now("预审"));
        }
        Ok(vec![Event::Received])
    }

    pub(super) fn return_pre_review(&self, defects: &[Defect]) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted) {
            return Err(self.not_now("预审退回"));
        }
        if self.setting.procedure.item.online_depth > 2 {
            return Err(Rejection::conflict(
                "cases.no-pre-review",
                "网上可受理的事项没有预审退回：材料有问题的，请出具补正材料一次性告知书。",
            ));
        }
        self.check_defects(defects)?;
        Ok(vec![Event::PreReviewReturned { defects: defects.to_vec() }])
    }

    /// A demand may only name published materials or the form's own fields (行政许可法 第三十条、第三十一条).
    pub(super) fn check_defects(&self, defects: &[Defect]) -> Result<(), Rejection> {
        let item = &self.setting.procedure.item;
        let mut faults = Vec::new();
        if defects.is_empty() {
            faults.push(Fault::new("/defects", "cases.no-defect", "请至少列出一项需要补正的内容。"));
        }
        for (i, defect) in defects.iter().enumerate() {
            let known = match defect.target.strip_prefix("form.") {
                Some(field) => item.fields.iter().any(|f| f.key == field),
                None => item.materials.iter().any(|m| m.key == defect.target),
            };
            if !known {
                faults.push(Fault::new(
                    format!("/defects/{i}/target"),
                    "cases.unpublished-demand",
                    "只能要求办事指南公布的材料或申请表中的内容，不得另加。",
                ));
            }
            for (place, words) in [("problem", &defect.problem), ("requirement", &defect.requirement)] {
                if words.trim().is_empty() {
                    faults.push(Fault::new(
                        format!("/defects/{i}/{place}"),
                        "cases.text-missing",
                        "请写明问题和应当怎样补正。",
                    ));
                }
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Rejection::invalid("cases.defects-invalid", "补正内容填写不完整，请逐项改正。", faults))
        }
    }

    pub(super) fn ask_correction(&self, defects: &[Defect]) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted | Stage::Received) {
            return Err(self.not_now("要求补正"));
        }
        self.check_defects(defects)?;
        let told: Vec<&str> =
            self.case.corrections.iter().flat_map(|c| c.defects.iter().map(|d| d.target.as_str())).collect();
        let second = !told.is_empty();
        if second && let Some(new) = defects.iter().find(|d| !told.contains(&d.target.as_str())) {
            return Err(Rejection::one(
                "cases.told-once",
                "/defects",
                format!(
                    "补正内容应当一次性告知：“{}”在上次告知时已可发现，不得再次提出；材料已按告知补齐的应当受理。",
                    self.target_name(&new.target)
                ),
            ));
        }
        let due = add_days(city_date(self.setting.now), CORRECTION_DAYS);
        Ok(vec![Event::CorrectionAsked { defects: defects.to_vec(), due, second }])
    }

    pub(super) fn target_name(&self, target: &str) -> String {
        let item = &self.setting.procedure.item;
        match target.strip_prefix("form.") {
            Some(field) => item.fields.iter().find(|f| f.key == field).map(|f| f.label.clone()),
            None => item.materials.iter().find(|m| m.key == target).map(|m| m.name.clone()),
        }
        .unwrap_or_else(|| target.to_owned())
    }

    pub(super) fn supplement(
        &self,
        form: &serde_json::Map<String, serde_json::Value>,
        materials: &BTreeMap<String, Handed>,
    ) -> Decision {
        self.applicant_or_window()?;
        let (Stage::Correction | Stage::ReturnedPre, Some(round)) = (&self.case.stage, self.case.open_correction())
        else {
            return Err(self.not_now("补正"));
        };
        let mut faults: Vec<Fault> = round
            .defects
            .iter()
            .filter(|d| match d.target.strip_prefix("form.") {
                Some(field) => !form.contains_key(field),
                None => materials.get(&d.target).is_none_or(|handed| *handed == Handed::Deferred),
            })
            .map(|d| {
                let pointer = match d.target.strip_prefix("form.") {
                    Some(field) => format!("/form/{field}"),
                    None => format!("/materials/{}", d.target),
                };
                Fault::new(
                    pointer,
                    "cases.still-missing",
                    format!("“{}”还没有补正：{}", self.target_name(&d.target), d.requirement),
                )
            })
            .collect();
        let mut private: Private = self.case.private.clone();
        private.form.extend(form.clone());
        let mut facts = self.case.facts();
        facts.form.clone_from(&private.form);
        facts.materials.extend(materials.iter().map(|(k, h)| (k.clone(), h.provided())));
        let assessment = self.setting.procedure.assess(&facts);
        faults.extend(
            assessment.faults.iter().filter(|f| form.keys().any(|key| f.pointer == format!("/form/{key}"))).cloned(),
        );
        faults.extend(
            materials
                .keys()
                .filter(|key| !self.setting.procedure.item.materials.iter().any(|m| m.key == **key))
                .map(|key| Fault::new(format!("/materials/{key}"), "cases.unknown-material", "事项没有这项材料。")),
        );
        if !faults.is_empty() {
            return Err(Rejection::invalid("cases.supplement-incomplete", "还有内容没有按告知书补正。", faults));
        }
        private.form = assessment.form;
        Ok(vec![Event::Supplemented { materials: materials.clone(), private }])
    }

    pub(super) fn take_paper(&self, materials: &[String]) -> Decision {
        self.hold(tasks::INTAKE)?;
        let known = &self.setting.procedure.item.materials;
        let faults: Vec<Fault> = materials
            .iter()
            .enumerate()
            .filter(|(_, key)| !known.iter().any(|m| m.key == **key))
            .map(|(i, _)| Fault::new(format!("/materials/{i}"), "cases.unknown-material", "事项没有这项材料。"))
            .collect();
        if materials.is_empty() || !faults.is_empty() {
            return Err(Rejection::invalid("cases.paper-invalid", "请选择收到的材料，只能选事项公布的材料。", faults));
        }
        Ok(vec![Event::PaperTaken { materials: materials.iter().map(|k| (k.clone(), Handed::Paper)).collect() }])
    }

    pub(super) fn accept(&self, deferred_days: Option<u32>) -> Decision {
        self.hold(tasks::INTAKE)?;
        if !matches!(self.case.stage, Stage::Submitted | Stage::Received) {
            return Err(self.not_now("受理"));
        }
        let missing: Vec<Fault> = self
            .assessment()
            .materials
            .iter()
            .filter(|m| m.missing)
            .map(|m| {
                Fault::new(
                    format!("/materials/{}", m.key),
                    "cases.material-missing",
                    format!("缺少“{}”", self.target_name(&m.key)),
                )
            })
            .collect();
        if !missing.is_empty() {
            return Err(Rejection::invalid(
                "cases.materials-missing",
                "材料不齐，不能受理：请出具补正材料一次性告知书，或在窗口收取纸质材料后受理。",
                missing,
            ));
        }
        if let (Some(_), Some(bad)) = (deferred_days, &self.setting.around.bad_credit) {
            return Err(Rejection::conflict(
                "cases.deferral-closed",
                format!("{}请出具补正材料一次性告知书。", bad.words()),
            ));
        }
        let deferred: Vec<&String> =
            self.case.materials.iter().filter(|(_, h)| **h == Handed::Deferred).map(|(k, _)| k).collect();
        let today = city_date(self.setting.now);
        let due = match (deferred_days, deferred.is_empty()) {
            (None, false) => {
                return Err(Rejection::conflict("cases.deferred-present", "申请人选择了容缺材料，请使用“容缺受理”。"));
            }
            (Some(_), true) => {
                return Err(Rejection::conflict("cases.nothing-deferred", "没有容缺材料，请直接受理。"));
            }
            (Some(days), false) if days == 0 || days > 30 => {
                return Err(Rejection::one("cases.days", "/days", "容缺补交期限应为1至30个工作日。"));
            }
            (Some(days), false) => self.setting.calendar.deadline(today, days).date,
            (None, true) => today,
        };
        let mut events = if matches!(self.case.stage, Stage::Submitted) { vec![Event::Received] } else { Vec::new() };
        events.extend(accepted(
            self.setting.procedure,
            Event::Accepted {
                dated: today,
                deemed: false,
                deferred: deferred.into_iter().map(|k| (k.clone(), due)).collect(),
            },
        ));
        Ok(events)
    }

    pub(super) fn propose(&self, proposal: Proposal) -> Decision {
        if self.case.pending.is_some() {
            return Err(Rejection::conflict("cases.already-proposed", "已有一项提请等待审批，请先等它有结果。"));
        }
        Ok(vec![Event::Proposed { proposal }])
    }

    pub(super) fn pending_for_second_person(&self) -> Result<&Pending, Rejection> {
        let pending = self.case.pending.as_ref().ok_or_else(|| self.not_now("审批提请"))?;
        if matches!(pending.proposal, Proposal::Extension { .. }) {
            self.unbiased()?;
            if !self.staff(Role::Approver, tasks::GOVERNMENT) {
                return Err(Rejection::forbidden(
                    "cases.government-only",
                    "统一办理、联合办理的事项，延长期限须由本级人民政府负责人批准（行政许可法第四十二条第二款）。",
                ));
            }
        } else {
            self.approver()?;
        }
        if pending.by.account == self.account() {
            return Err(Rejection::forbidden("cases.four-eyes", "提请人不能自己审批，请由另一名审批人员办理。"));
        }
        Ok(pending)
    }

    pub(super) fn confirm(&self) -> Decision {
        let pending = self.pending_for_second_person()?;
        Ok(match &pending.proposal {
            Proposal::NonAcceptance { ground, reason, competent_body } => vec![Event::NotAccepted {
                ground: *ground,
                reason: reason.clone(),
                competent_body: competent_body.clone(),
            }],
            Proposal::Special { kind, days, basis } => vec![Event::SpecialBegun {
                step: None,
                kind: *kind,
                days: *days,
                stops_clock: kind.stops_the_statutory_clock(),
                basis: basis.clone(),
            }],
            Proposal::Extension { days, reason } => {
                self.may_extend(*days)?;
                vec![Event::Extended { days: *days, reason: reason.clone() }]
            }
            Proposal::Void { reason } => {
                vec![Event::Terminated { cause: TerminationCause::EnteredWrongly, reason: reason.clone() }]
            }
        })
    }
}
