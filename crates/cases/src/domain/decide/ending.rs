//! Decision, certificate, delivery, and the other ends.

use super::*;
use crate::domain::voice::Remark;

impl Decider<'_> {
    pub(super) fn intend_refusal(&self, reasons: &str, basis: &str) -> Decision {
        self.reviewing()?;
        text("/reasons", reasons)?;
        text("/basis", basis)?;
        if self.case.intended_refusal.is_some() {
            return Err(self.not_now("再次告知"));
        }
        let due = self.setting.calendar.deadline(city_date(self.setting.now), DEFENCE_DAYS).date;
        let mut events = self.take_up();
        events.push(Event::RefusalIntended { reasons: reasons.to_owned(), basis: basis.to_owned(), due });
        Ok(events)
    }

    pub(super) fn state_defence(&self, words: &str) -> Decision {
        self.applicant_only()?;
        text("/text", words)?;
        match &self.case.intended_refusal {
            Some(intended) if intended.defence.is_none() && !self.case.state().is_decided() => {
                Ok(vec![Event::DefenceStated { text: String::new(), private: Some(Remark { text: words.to_owned() }) }])
            }
            _ => Err(self.not_now("陈述申辩")),
        }
    }

    /// The open decision: the active decide step, or the decision that a process without one still needs.
    pub(super) fn open_decision(&self) -> Result<Option<usize>, Rejection> {
        let active = self
            .setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Decide && self.case.steps.get(*i).is_some_and(StepState::is_active));
        if let Some((index, _)) = active {
            self.hold(&step_key(index))?;
            return Ok(Some(index));
        }
        self.hold(tasks::DECIDE)?;
        Ok(None)
    }

    /// Who decides has not reviewed (行政许可法 第三十四条; 一窗 separation of duties).
    pub(super) fn separate_from_review(&self) -> Result<(), Rejection> {
        let me = self.account();
        let reviewed = self.case.steps.iter().zip(&self.setting.procedure.item.steps).any(|(state, step)| {
            matches!(state, StepState::Done { by, .. } if step.kind == StepKind::Review && by.account.is_some() && by.account == me)
        });
        if reviewed {
            Err(Rejection::forbidden("cases.separation", "审查和决定应由不同的人办理，请由另一名审批人员决定。"))
        } else {
            Ok(())
        }
    }

    pub(super) fn others_in_group_done(&self, index: Option<usize>) -> Result<(), Rejection> {
        let items = &self.setting.procedure.item.steps;
        let group = index.and_then(|i| items.get(i)).and_then(|s| s.parallel.as_deref());
        let waiting = items.iter().enumerate().find(|(i, s)| {
            Some(*i) != index
                && group.is_some()
                && s.parallel.as_deref() == group
                && !self.case.steps.get(*i).is_some_and(StepState::is_over)
        });
        match waiting {
            Some((_, step)) => Err(Rejection::conflict(
                "cases.joint-open",
                format!("并联环节“{}”还没有完成，不能作出决定。", step.name),
            )),
            None if self.case.open_specials().next().is_some() => {
                Err(Rejection::conflict("cases.special-open", "特别程序还没有结束，不能作出决定。"))
            }
            None => Ok(()),
        }
    }

    pub(super) fn grant(&self, opinion: Option<&str>) -> Decision {
        let step = self.open_decision()?;
        self.separate_from_review()?;
        self.nobody_challenged()?;
        self.others_in_group_done(step)?;
        self.number_left()?;
        let open: Vec<Fault> = self
            .case
            .deferred
            .iter()
            .filter(|(_, d)| d.supplied.is_none())
            .map(|(key, _)| {
                Fault::new(
                    format!("/materials/{key}"),
                    "cases.deferred-open",
                    format!("容缺材料“{}”还没有补交", self.target_name(key)),
                )
            })
            .collect();
        if !open.is_empty() {
            return Err(Rejection {
                kind: Kind::Conflict,
                code: "cases.deferred-open",
                advice: "容缺材料补齐前不能准予。".to_owned(),
                faults: open,
            });
        }
        let mut events = self.take_up();
        events.push(Event::Decided {
            step,
            granted: true,
            reasons: opinion.unwrap_or("经审查，符合法定条件和标准。").to_owned(),
            basis: basis_of(self.setting.procedure),
            automated: false,
            deemed: false,
        });
        Ok(events)
    }

    /// A limited number is granted in the order of acceptance, and not beyond it (第五十七条).
    fn number_left(&self) -> Result<(), Rejection> {
        let Some(quota) = &self.setting.around.quota else { return Ok(()) };
        if quota.left() == 0 {
            return Err(Rejection::conflict(
                "cases.limit-used",
                format!("数量限制{}个已经用完，不能准予（行政许可法第五十七条）。", quota.limit),
            ));
        }
        if quota.ahead >= quota.left() {
            return Err(Rejection::conflict(
                "cases.limit-order",
                format!(
                    "还剩{}个，有{}件受理在先、尚未决定，应当按受理的先后顺序决定（行政许可法第五十七条）。",
                    quota.left(),
                    quota.ahead
                ),
            ));
        }
        Ok(())
    }

    pub(super) fn refuse(&self, reasons: &str, basis: &str) -> Decision {
        let step = self.open_decision()?;
        self.approver()?;
        self.separate_from_review()?;
        self.nobody_challenged()?;
        self.others_in_group_done(step)?;
        text("/reasons", reasons)?;
        text("/basis", basis)?;
        let today = city_date(self.setting.now);
        match &self.case.intended_refusal {
            Some(told) if told.defence.is_some() || today > told.due => {}
            Some(told) => {
                return Err(Rejection::conflict(
                    "cases.defence-open",
                    format!("申请人可在{}前陈述申辩，期满或收到陈述后才能决定。", kernel::show_date(told.due)),
                ));
            }
            None => {
                return Err(Rejection::conflict(
                    "cases.not-heard",
                    "作出不予准予决定前，应先告知申请人理由和依据，听取陈述申辩（行政许可法第三十六条）。",
                ));
            }
        }
        if let Some(hearing) = self.case.hearing.as_ref().filter(|h| h.held.is_none()) {
            return Err(Rejection::conflict(
                "cases.hearing-open",
                format!(
                    "申请人要求听证，应在{}前举行；登记听证笔录后，根据笔录作出决定（行政许可法第四十八条）。",
                    kernel::show_date(hearing.until)
                ),
            ));
        }
        let mut events = self.take_up();
        events.push(Event::Decided {
            step,
            granted: false,
            reasons: reasons.to_owned(),
            basis: basis.to_owned(),
            automated: false,
            deemed: false,
        });
        Ok(events)
    }

    pub(super) fn produce(&self) -> Decision {
        let index = self
            .setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Issue && self.case.steps.get(*i).is_some_and(StepState::is_active))
            .map(|(i, _)| i)
            .ok_or_else(|| self.not_now("制证"))?;
        self.hold(&step_key(index))?;
        if !matches!(self.case.stage, Stage::Granted(..)) {
            return Err(self.not_now("制证"));
        }
        Ok(vec![Event::CertificateProduced { step: Some(index), certificate: None }])
    }

    pub(super) fn deliver(&self, proof: &DeliveryProof) -> Decision {
        text("/proof/taken_by", &proof.taken_by)?;
        let active = self
            .setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Deliver && self.case.steps.get(*i).is_some_and(StepState::is_active))
            .map(|(i, _)| i);
        match active {
            Some(index) => self.hold(&step_key(index))?,
            None => self.hold(tasks::DELIVER)?,
        };
        if !matches!(self.case.stage, Stage::Granted(..) | Stage::Refused(..)) {
            return Err(self.not_now("送达"));
        }
        let mut events = vec![Event::Delivered { proof: proof.clone() }];
        events.extend(active.map(|step| Event::StepCompleted { step, opinion: None, recommend: None }));
        Ok(events)
    }

    pub(super) fn supply_deferred(&self, materials: &BTreeMap<String, Handed>) -> Decision {
        self.applicant_or_window()?;
        if self.case.state().is_decided() || self.case.deferred.is_empty() {
            return Err(self.not_now("补交容缺材料"));
        }
        let mut faults: Vec<Fault> = materials
            .iter()
            .filter(|(key, handed)| {
                **handed == Handed::Deferred || self.case.deferred.get(*key).is_none_or(|d| d.supplied.is_some())
            })
            .map(|(key, _)| {
                Fault::new(format!("/materials/{key}"), "cases.not-deferred", "这项材料不在待补交的容缺材料中。")
            })
            .collect();
        if materials.is_empty() {
            faults.push(Fault::new("/materials", "cases.materials-missing", "请提供要补交的材料。"));
        }
        if faults.is_empty() {
            Ok(vec![Event::DeferredSupplied { materials: materials.clone() }])
        } else {
            Err(Rejection::invalid("cases.deferred-invalid", "补交的材料有误。", faults))
        }
    }

    pub(super) fn withdraw(&self, reason: Option<&str>) -> Decision {
        self.applicant_only()?;
        if self.case.state().is_decided() {
            return Err(self.not_now("撤回"));
        }
        Ok(vec![Event::Withdrawn { reason: reason.map(str::to_owned) }])
    }

    pub(super) fn terminate(&self, cause: TerminationCause, reason: &str) -> Decision {
        self.approver()?;
        text("/reason", reason)?;
        if self.case.state().is_decided() {
            return Err(self.not_now("终止"));
        }
        if cause == TerminationCause::EnteredWrongly {
            return Err(Rejection::conflict(
                "cases.void-by-two",
                "录入错误的作废需两人办理：请先“提请作废”，由另一名审批人员同意。",
            ));
        }
        let today = city_date(self.setting.now);
        if cause == TerminationCause::DeferredNotSupplied
            && !self.case.deferred.values().any(|d| d.supplied.is_none() && today > d.due)
        {
            return Err(Rejection::conflict("cases.deferred-not-over", "容缺补交期限未过或材料已补齐，不能以此终止。"));
        }
        if cause == TerminationCause::NotCorrected
            && !self.case.open_correction().is_some_and(|c| c.reminded && today > c.due)
        {
            return Err(Rejection::conflict("cases.correction-not-over", "补正期限未过，不能退件。"));
        }
        Ok(vec![Event::Terminated { cause, reason: reason.to_owned() }])
    }

    pub(super) fn archive(&self) -> Decision {
        let department = &self.setting.procedure.item.department;
        if !(self.staff(Role::Window, department) || self.staff(Role::CertificateClerk, department)) {
            return Err(Rejection::forbidden("cases.archive-staff", "由本部门窗口或制证人员归档。"));
        }
        if !self.case.state().is_over() || self.case.state() == State::Archived {
            return Err(self.not_now("归档"));
        }
        Ok(vec![Event::Archived])
    }
}
