//! Who stays away from a case (回避): whoever is the applicant, acts for him or stands close to him, by his own
//! declaration or because the applicant asks (公务员法 第七十六条、第七十七条; 行政许可法 第四十八条 for who presides over
//! a hearing).

use kernel::{AccountId, Timestamp, words};
use utoipa::ToSchema;

use super::{
    case::{Case, StepState},
    tasks::{INTAKE, step_key},
};

/// Most times the applicant may ask that somebody stay away from one case: while he waits for an answer nothing is
/// decided.
pub const MOST_CHALLENGES: usize = 3;

words!(
    /// How a member of staff stands to the applicant or to who acts for the applicant.
    #[derive(ToSchema)]
    Relation {
        Oneself = "oneself" / "本人",
        Spouse = "spouse" / "配偶",
        Kin = "kin" / "直系血亲、三代以内旁系血亲或者近姻亲",
        Interest = "interest" / "有利害关系",
        Other = "other" / "其他可能影响公正的关系",
    }
);

words!(
    /// Whom the applicant means, by what he does: names of staff are not the applicant's to know.
    #[derive(ToSchema)]
    Part {
        Intake = "intake" / "受理人员",
        Reviewer = "reviewer" / "审查人员",
        Approver = "approver" / "决定人员",
        Chair = "chair" / "听证主持人",
    }
);

/// The applicant asks that somebody stay away, and waits for the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// When.
    pub at: Timestamp,
    /// Whom.
    pub part: Part,
    /// Why, in the applicant's words.
    pub reason: String,
}

/// What somebody declared about himself once for all cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// How he stands to him.
    pub relation: Relation,
    /// To who acts for the applicant, not to the applicant himself.
    pub agent: bool,
}

impl Related {
    /// To whom, in words: `申请人本人` or `申请人的经办人……`.
    #[must_use]
    pub fn words(&self) -> String {
        let whom = if self.agent { "经办人" } else { "申请人" };
        match self.relation {
            Relation::Oneself => format!("您就是{whom}"),
            relation => format!("您登记过与{whom}的关系（{}）", relation.label()),
        }
    }
}

impl Case {
    /// Who has this part in the case now, or has reviewed it: account and name, each once.
    #[must_use]
    pub fn who_has(&self, part: Part) -> Vec<(AccountId, String)> {
        let claims = self.claims.iter().filter(|(key, _)| match part {
            Part::Intake => *key == INTAKE,
            Part::Reviewer | Part::Approver => *key != INTAKE,
            Part::Chair => false,
        });
        let mut found: Vec<(AccountId, String)> =
            claims.map(|(_, claim)| (claim.account, claim.name.clone())).collect();
        let reviews = self.steps.iter().filter_map(|state| match state {
            StepState::Done { by, recommend: Some(_), .. } if part == Part::Reviewer => {
                Some((by.account?, by.name.clone()))
            }
            _ => None,
        });
        found.extend(reviews);
        found.sort();
        found.dedup_by_key(|(account, _)| *account);
        found
    }

    /// Somebody stays away from now on: his tasks go back to the queue, and what he reviewed is reviewed anew.
    pub(super) fn stand_aside(&mut self, account: AccountId, name: &str, at: Timestamp) {
        self.avoided.insert(account, name.to_owned());
        self.claims.retain(|_, claim| claim.account != account);
        if self.state().is_decided() {
            return;
        }
        let reviewed = |state: &StepState| match state {
            StepState::Done { by, at, recommend: Some(_), .. } if by.account == Some(account) => Some(*at),
            _ => None,
        };
        let Some(first) = self.steps.iter().filter_map(reviewed).min() else { return };
        for (index, state) in self.steps.iter_mut().enumerate() {
            // What began behind the review waits for it again; its neighbours began before and go on.
            let behind = matches!(state, StepState::Active { since } if *since >= first)
                && !self.specials.iter().any(|s| s.step == Some(index));
            if reviewed(state).is_some() {
                *state = StepState::Active { since: at };
            } else if behind {
                *state = StepState::Waiting;
                self.claims.remove(&step_key(index));
            }
        }
    }
}
