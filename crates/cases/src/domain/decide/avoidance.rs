//! Staying away from a case (回避): whoever has to, does; whom the applicant means, an approver decides about.

use super::*;
use crate::domain::{avoidance::MOST_CHALLENGES, voice::Remark};

impl Decider<'_> {
    /// Whoever stays away, or is known to stand close to the applicant, has no part in the case.
    pub(super) fn unbiased(&self) -> Result<(), Rejection> {
        let Actor::Staff { account, .. } = self.actor else { return Ok(()) };
        if self.case.avoided.contains_key(account) {
            return Err(Rejection::forbidden("cases.avoided", "您已经回避本件，由其他人员办理。"));
        }
        if let Some(related) = &self.setting.around.related {
            return Err(Rejection::forbidden(
                "cases.related",
                format!("{}，应当回避本件，由其他人员办理（公务员法第七十六条）。", related.words()),
            ));
        }
        Ok(())
    }

    /// Nothing is decided while the applicant waits to hear whether somebody stays away.
    pub(super) fn nobody_challenged(&self) -> Result<(), Rejection> {
        if self.case.challenge.is_some() {
            Err(Rejection::conflict("cases.avoidance-open", "申请人申请回避，请先决定回避申请，再作出决定。"))
        } else {
            Ok(())
        }
    }

    pub(super) fn recuse(&self, relation: Relation, reason: &str) -> Decision {
        let Actor::Staff { account, name, .. } = self.actor else {
            return Err(Rejection::forbidden("cases.staff-only", "由办理本件的工作人员申报回避。"));
        };
        if self.case.avoided.contains_key(account) {
            return Err(self.not_now("再次申报回避"));
        }
        if self.case.state().is_over() {
            return Err(self.not_now("申报回避"));
        }
        let procedure = self.setting.procedure;
        let works = |role: &Role| {
            self.staff(*role, &procedure.item.department)
                || procedure.item.steps.iter().any(|s| self.staff(*role, step_department(procedure, s)))
        };
        if ![Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk].iter().any(works) {
            return Err(Rejection::forbidden("cases.not-your-task", "您不参与办理本件，不需要申报回避。"));
        }
        text("/reason", reason)?;
        Ok(vec![Event::Recused {
            account: *account,
            name: name.clone(),
            relation,
            private: Remark { text: reason.to_owned() },
        }])
    }

    pub(super) fn ask_avoidance(&self, part: Part, reason: &str) -> Decision {
        self.applicant_only()?;
        if self.case.state().is_decided() || self.case.challenge.is_some() {
            return Err(self.not_now("申请回避"));
        }
        if self.case.challenges >= MOST_CHALLENGES {
            return Err(Rejection::conflict(
                "cases.avoidance-often",
                format!("一个办件最多申请回避{MOST_CHALLENGES}次，您可以投诉。"),
            ));
        }
        let arranged = self.case.hearing.as_ref().is_some_and(|h| h.day.is_some() && h.held.is_none());
        if part == Part::Chair && !arranged {
            return Err(Rejection::one("cases.no-chair", "/part", "还没有通知听证，没有主持人可以申请回避。"));
        }
        text("/reason", reason)?;
        Ok(vec![Event::AvoidanceAsked { part, private: Remark { text: reason.to_owned() } }])
    }

    pub(super) fn decide_avoidance(
        &self,
        upheld: bool,
        who: Option<(AccountId, &str)>,
        chair: Option<&str>,
        reason: &str,
    ) -> Decision {
        let Some(challenge) = &self.case.challenge else { return Err(self.not_now("决定回避申请")) };
        self.hold(tasks::AVOIDANCE)?;
        let me = self.account();
        let meant = self.case.who_has(challenge.part).iter().any(|(account, _)| Some(*account) == me);
        if meant || who.is_some_and(|(account, _)| Some(account) == me) {
            return Err(Rejection::forbidden(
                "cases.own-avoidance",
                "申请人申请您回避，由另一名审批人员决定；您也可以直接申报回避。",
            ));
        }
        text("/reason", reason)?;
        let private = Remark { text: reason.to_owned() };
        if !upheld {
            return Ok(vec![Event::AvoidanceDecided { upheld, account: None, name: None, chair: None, private }]);
        }
        if challenge.part == Part::Chair {
            let chair = chair.unwrap_or_default().trim();
            text("/chair", chair)?;
            self.may_preside(chair)?;
            if self.case.hearing.as_ref().and_then(|h| h.chair.as_deref()) == Some(chair) {
                return Err(Rejection::one("cases.same-chair", "/chair", "请改由另一个人主持听证。"));
            }
            let chair = Some(chair.to_owned());
            return Ok(vec![Event::AvoidanceDecided { upheld, account: None, name: None, chair, private }]);
        }
        let Some((account, name)) = who else {
            return Err(Rejection::one("cases.avoidance-who", "/account", "请选择由谁回避。"));
        };
        Ok(vec![Event::AvoidanceDecided {
            upheld,
            account: Some(account),
            name: Some(name.to_owned()),
            chair: None,
            private,
        }])
    }
}
