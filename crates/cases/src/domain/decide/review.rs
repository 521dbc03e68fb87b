//! Review: tasks, opinions, special procedures, the extension, fees.

use catalogue::domain::SpecialKind;

use super::*;
use crate::domain::clocks::{EXTENSION_DAYS, JOINT_EXTENSION_DAYS};

impl Decider<'_> {
    pub(super) fn claim(&self, key: &str) -> Decision {
        let task = self.hold(key)?;
        if self.case.claims.contains_key(key) {
            return Ok(Vec::new());
        }
        let Some(account) = self.account() else { return Err(self.not_now("认领")) };
        let name = match self.actor {
            Actor::Staff { name, .. } => name.clone(),
            _ => String::new(),
        };
        let mut events = vec![Event::TaskClaimed { task: key.to_owned(), account, name }];
        if task.step.is_some() && matches!(task.role, Role::Reviewer | Role::Approver) {
            events.extend(self.take_up());
        }
        Ok(events)
    }

    pub(super) fn complete(&self, step: &str, opinion: &str, recommend: Recommendation) -> Decision {
        let (index, _) = self.active_step(step, StepKind::Review)?;
        text("/opinion", opinion)?;
        let mut events = self.take_up();
        events.push(Event::StepCompleted {
            step: index,
            opinion: Some(opinion.to_owned()),
            recommend: Some(recommend),
        });
        Ok(events)
    }

    pub(super) fn begin_special(&self, step: &str, days: u32) -> Decision {
        let (index, step) = self.active_step(step, StepKind::Special)?;
        if self.case.specials.iter().any(|s| s.step == Some(index)) {
            return Err(self.not_now("再次开始这个程序"));
        }
        let longest = step.max_days.unwrap_or(step.days).max(1);
        if days == 0 || days > longest {
            return Err(Rejection::one("cases.days", "/days", format!("这个程序所需时间应为1至{longest}个工作日。")));
        }
        if step.special_kind == Some(SpecialKind::Publication) && days < longest && !self.setting.demo {
            return Err(Rejection::one(
                "cases.publication-short",
                "/days",
                format!("公示期为{longest}个工作日，不能缩短。"),
            ));
        }
        Ok(vec![special_begun(self.setting.procedure, index, step, days)])
    }

    pub(super) fn end_special(&self, step: Option<&str>, result: &str) -> Decision {
        text("/result", result)?;
        let index = match step {
            Some(key) => {
                self.unbiased()?;
                let (index, step) = self.step_by_key(key)?;
                if !self.staff(human_role(step), step_department(self.setting.procedure, step)) {
                    return Err(Rejection::forbidden("cases.not-your-task", "由办理这个程序的人员登记结果。"));
                }
                Some(index)
            }
            None => {
                self.reviewing()?;
                None
            }
        };
        if index.is_none() && self.case.hearing.as_ref().is_some_and(|h| h.day.is_some() && h.held.is_none()) {
            return Err(Rejection::conflict("cases.hearing-open", "听证以登记听证笔录结束，请使用“登记听证笔录”。"));
        }
        let Some(open) = self.case.open_specials().find(|s| s.step == index) else {
            return Err(self.not_now("结束这个程序"));
        };
        let mut result = result.to_owned();
        if open.kind == SpecialKind::Publication {
            // What is published for a number of days is published for all of them; objections come in until the last.
            let last = self.setting.calendar.deadline(city_date(open.from), open.days).date;
            if city_date(self.setting.now) <= last {
                if !self.setting.demo {
                    return Err(Rejection::conflict(
                        "cases.publication-running",
                        format!("公示到{}为止，期满后自动结束，不能提前。", kernel::show_date(last)),
                    ));
                }
                result.push_str("（演示环境：公示期未满，提前结束）");
            }
        }
        let mut events = vec![Event::SpecialEnded { step: index, result: result.clone(), expired: false }];
        if let Some(step) = index {
            events.push(Event::StepCompleted { step, opinion: Some(result), recommend: None });
        }
        Ok(events)
    }

    /// The body's head extends the limit of its own items; for a joint one he asks the head of the government.
    pub(super) fn extend(&self, days: u32, reason: &str) -> Decision {
        self.approver()?;
        text("/reason", reason)?;
        self.may_extend(days)?;
        if self.setting.procedure.item.joint {
            return self.propose(Proposal::Extension { days, reason: reason.to_owned() });
        }
        Ok(vec![Event::Extended { days, reason: reason.to_owned() }])
    }

    /// Whether the limit can still be extended by so many working days: once, before its last day.
    pub(super) fn may_extend(&self, days: u32) -> Result<(), Rejection> {
        let Some(acceptance) = self.case.stage.acceptance().filter(|_| !self.case.state().is_decided()) else {
            return Err(self.not_now("延长期限"));
        };
        if self.case.extension.is_some() {
            return Err(Rejection::conflict("cases.extended-once", "办理期限只能延长一次（行政许可法第四十二条）。"));
        }
        let item = &self.setting.procedure.item;
        let most = if item.joint { JOINT_EXTENSION_DAYS } else { EXTENSION_DAYS };
        if days == 0 || days > most {
            return Err(Rejection::one(
                "cases.days",
                "/days",
                format!("最多延长{most}个工作日（行政许可法第四十二条）。"),
            ));
        }
        let pauses = self.case.pauses(|from, n| self.setting.calendar.deadline(from, n).date);
        let today = city_date(self.setting.now);
        let deadline = match item.statutory_days_kind {
            catalogue::domain::DayUnit::Working => {
                self.setting.calendar.deadline_excluding(acceptance.dated, item.statutory_days, &pauses).date
            }
            catalogue::domain::DayUnit::Calendar => add_days(acceptance.dated, item.statutory_days),
        };
        if today > deadline {
            return Err(Rejection::conflict("cases.too-late-to-extend", "法定期限已过，不能再延长，请尽快作出决定。"));
        }
        Ok(())
    }

    pub(super) fn assess_fee(&self, amount_cents: i64, basis: &str) -> Decision {
        text("/basis", basis)?;
        let active = self.active_pay_step().ok_or_else(|| self.not_now("核定费用"))?;
        self.hold(&step_key(active))?;
        if !self.setting.procedure.item.fees.iter().any(|f| f.assessed) {
            return Err(Rejection::conflict("cases.fixed-fee", "本事项的费用是固定的，不需要核定。"));
        }
        if !(0..=100_000_000_000).contains(&amount_cents) {
            return Err(Rejection::one("cases.amount", "/amount_cents", "金额应为不小于零的整数（单位：分）。"));
        }
        if self.case.payments.contains_key(&active) {
            return Err(self.not_now("再次核定费用"));
        }
        Ok(vec![Event::FeeAssessed { amount_cents, basis: basis.to_owned() }])
    }

    pub(super) fn active_pay_step(&self) -> Option<usize> {
        self.setting
            .procedure
            .item
            .steps
            .iter()
            .enumerate()
            .find(|(i, s)| s.kind == StepKind::Pay && self.case.steps.get(*i).is_some_and(StepState::is_active))
            .map(|(i, _)| i)
    }

    pub(super) fn record_payment(&self, step: &str, receipt: &str) -> Decision {
        let (index, _) = self.active_step(step, StepKind::Pay)?;
        text("/receipt", receipt)?;
        let Some(payment) = self.case.payments.get(&index) else {
            return Err(Rejection::conflict("cases.fee-open", "费用还没有核定，请先核定费用。"));
        };
        Ok(vec![
            Event::Paid { step: index, amount_cents: payment.amount_cents, receipt: receipt.to_owned() },
            Event::StepCompleted { step: index, opinion: None, recommend: None },
        ])
    }
}
