//! One case (办件), folded from its events.

use std::collections::BTreeMap;

use catalogue::domain::{CertificateFacts, Delivery, Facts, ItemType, Procedure, SpecialKind};
use certificates::Evidence;
use kernel::{AccountId, Channel, Date, SubjectId, Timestamp, city_date, words};

use super::avoidance::Challenge;
use super::clocks::add_days;
use super::documents::DocumentKind;
use super::event::{
    By, ClosingResult, Defect, DeliveryProof, Event, Handed, NonAcceptanceGround, Occasion, Private,
    ProducedCertificate, Proposal, Recommendation, Recorded, TerminationCause,
};
use super::voice::{Complaint, Rating, RatingAspect, Remark, Said};

kernel::typed_id!(
    /// One case (办件).
    CaseId
);

words!(
    /// State of a case, as every list, page and exchange names it.
    State {
        Submitted = "submitted" / "已提交",
        ReturnedPre = "returned_pre" / "预审退回",
        Received = "received" / "已收件",
        Correction = "correction" / "待补正",
        NotAccepted = "not_accepted" / "不予受理",
        Accepted = "accepted" / "已受理",
        InReview = "in_review" / "审查中",
        Special = "special" / "特别程序中",
        Granted = "granted" / "已准予",
        Refused = "refused" / "不予准予",
        Closed = "closed" / "已办结",
        Withdrawn = "withdrawn" / "已撤回",
        Terminated = "terminated" / "已终止",
        Archived = "archived" / "已归档",
    }
);

impl State {
    /// Nothing follows but filing (and rating).
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::NotAccepted | Self::Closed | Self::Withdrawn | Self::Terminated | Self::Archived)
    }
    /// A decision, or an end without one, has been reached: nothing can be withdrawn or decided any more.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        self.is_over() || matches!(self, Self::Granted | Self::Refused)
    }
}

/// The acceptance (受理): from here the statutory and promised clocks run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// When it was recorded.
    pub at: Timestamp,
    /// Day from which the limits count.
    pub dated: Date,
    /// Silence for the acceptance period.
    pub deemed: bool,
    /// By the platform itself.
    pub automated: bool,
}

/// The decision (决定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Granted or refused.
    pub granted: bool,
    /// Reasons.
    pub reasons: String,
    /// By rule.
    pub automated: bool,
    /// By the silence of the body until the licence ended.
    pub deemed: bool,
    /// Who.
    pub by: By,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// Closing result.
    pub result: Option<ClosingResult>,
}

/// Where a case stands. Each stage carries exactly the facts known by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Entered the platform; nobody has looked yet.
    Submitted,
    /// Sent back at first look, with the whole list.
    ReturnedPre,
    /// Complete at first look, or handed in at a counter.
    Received,
    /// Waiting for the applicant.
    Correction,
    /// Not taken.
    NotAccepted(Ending),
    /// Accepted; nobody has taken it up.
    Accepted(Acceptance),
    /// Under review.
    InReview(Acceptance),
    /// A special procedure is under way.
    Special(Acceptance),
    /// Granted; certificate and delivery follow.
    Granted(Acceptance, Decision),
    /// Refused; delivery follows.
    Refused(Acceptance, Decision),
    /// Closed after a decision.
    Closed(Acceptance, Decision, Ending),
    /// Withdrawn, before or after acceptance.
    Withdrawn(Option<Acceptance>, Ending),
    /// Terminated, before or after acceptance.
    Terminated(Option<Acceptance>, Ending),
    /// Filed: what it was before.
    Archived(Box<Stage>),
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub const fn state(&self) -> State {
        match self {
            Self::Submitted => State::Submitted,
            Self::ReturnedPre => State::ReturnedPre,
            Self::Received => State::Received,
            Self::Correction => State::Correction,
            Self::NotAccepted(_) => State::NotAccepted,
            Self::Accepted(_) => State::Accepted,
            Self::InReview(_) => State::InReview,
            Self::Special(_) => State::Special,
            Self::Granted(..) => State::Granted,
            Self::Refused(..) => State::Refused,
            Self::Closed(..) => State::Closed,
            Self::Withdrawn(..) => State::Withdrawn,
            Self::Terminated(..) => State::Terminated,
            Self::Archived(_) => State::Archived,
        }
    }
    /// The acceptance, once there is one.
    #[must_use]
    pub fn acceptance(&self) -> Option<&Acceptance> {
        match self {
            Self::Accepted(a) | Self::InReview(a) | Self::Special(a) => Some(a),
            Self::Granted(a, _) | Self::Refused(a, _) | Self::Closed(a, ..) => Some(a),
            Self::Withdrawn(a, _) | Self::Terminated(a, _) => a.as_ref(),
            Self::Archived(before) => before.acceptance(),
            Self::Submitted | Self::ReturnedPre | Self::Received | Self::Correction | Self::NotAccepted(_) => None,
        }
    }
    /// The decision, once there is one.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Granted(_, d) | Self::Refused(_, d) | Self::Closed(_, d, _) => Some(d),
            Self::Archived(before) => before.decision(),
            _ => None,
        }
    }
    /// The end, once there is one.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        match self {
            Self::NotAccepted(e) | Self::Closed(_, _, e) | Self::Withdrawn(_, e) | Self::Terminated(_, e) => Some(e),
            Self::Archived(before) => before.ending(),
            _ => None,
        }
    }
}

/// Where one step of the process stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// Under way.
    Active {
        /// Since when.
        since: Timestamp,
    },
    /// Done.
    Done {
        /// Begun.
        since: Timestamp,
        /// Finished.
        at: Timestamp,
        /// By whom.
        by: By,
        /// What was recommended.
        recommend: Option<Recommendation>,
        /// In words.
        opinion: Option<String>,
    },
    /// Does not apply to this case.
    Skipped {
        /// Since when.
        at: Timestamp,
        /// Why, in Chinese.
        why: String,
    },
}

impl StepState {
    /// Done or skipped.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Skipped { .. })
    }
    /// Under way.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Active { .. })
    }
}

/// One special procedure of this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialProcedure {
    /// The planned step; none when ordered for this case.
    pub step: Option<usize>,
    /// Which.
    pub kind: SpecialKind,
    /// Begun (date on the notice).
    pub from: Timestamp,
    /// Planned length, working days.
    pub days: u32,
    /// Whether the limits stand still.
    pub stops_clock: bool,
    /// When its result arrived, or the longest duration was over.
    pub until: Option<Timestamp>,
}

/// One round of correction (补正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// When the notice was given.
    pub at: Timestamp,
    /// What was wrong.
    pub defects: Vec<Defect>,
    /// Last day to supply.
    pub due: Date,
    /// The applicant was reminded.
    pub reminded: bool,
    /// When it was supplied.
    pub supplied: Option<Timestamp>,
}

/// A material that may follow (容缺).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    /// Last day.
    pub due: Date,
    /// When it was handed in.
    pub supplied: Option<Timestamp>,
}

/// A proposal waiting for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What.
    pub proposal: Proposal,
    /// By whom.
    pub by: By,
    /// When.
    pub at: Timestamp,
}

/// The intended refusal and the applicant's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntendedRefusal {
    /// When the applicant was told.
    pub at: Timestamp,
    /// Last day to answer.
    pub due: Date,
    /// Reasons told.
    pub reasons: String,
    /// Basis told.
    pub basis: String,
    /// Statement and defence.
    pub defence: Option<String>,
}

/// The hearing that the applicant asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// When it was asked for.
    pub requested: Timestamp,
    /// Last day to hold it.
    pub until: Date,
    /// Its day, once arranged.
    pub day: Option<Date>,
    /// Who presides, once arranged.
    pub chair: Option<String>,
    /// When its minutes were signed.
    pub held: Option<Timestamp>,
}

/// Payment of the fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Fen.
    pub amount_cents: i64,
    /// Number of the receipt, once paid.
    pub receipt: Option<String>,
}

/// Who holds a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The login.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// Since when.
    pub at: Timestamp,
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its key.
    pub id: CaseId,
    /// Events so far: the optimistic lock.
    pub seq: i64,
    /// Its public number (办件编号).
    pub number: String,
    /// Item applied for.
    pub item: String,
    /// Version of the item, kept for the whole case.
    pub version: i64,
    /// In whose name.
    pub subject: SubjectId,
    /// The applicant's name.
    pub applicant: String,
    /// District that handles it; none when the city does.
    pub region: Option<String>,
    /// How it came in.
    pub channel: Channel,
    /// How the result shall be delivered.
    pub delivery: Delivery,
    /// A person shall judge it although the rules say no.
    pub by_person: bool,
    /// Answers, identity and certificates; sealed at rest.
    pub private: Private,
    /// Materials as they now stand.
    pub materials: BTreeMap<String, Handed>,
    /// Who handed the application in.
    pub submitted_by: By,
    /// When the application entered the platform.
    pub submitted_at: Timestamp,
    /// When the acceptance clock began last: submission, or the last supplement.
    pub received_at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
    /// The steps of the process.
    pub steps: Vec<StepState>,
    /// Special procedures.
    pub specials: Vec<SpecialProcedure>,
    /// Correction rounds, oldest first.
    pub corrections: Vec<Correction>,
    /// Materials that may follow.
    pub deferred: BTreeMap<String, Deferred>,
    /// A proposal waiting for a second person.
    pub pending: Option<Pending>,
    /// The intended refusal.
    pub intended_refusal: Option<IntendedRefusal>,
    /// The hearing, when the applicant asked for one.
    pub hearing: Option<Hearing>,
    /// Who stays away from the case: login and name.
    pub avoided: BTreeMap<AccountId, String>,
    /// The applicant asks that somebody stay away and waits for the answer.
    pub challenge: Option<Challenge>,
    /// How often the applicant has asked that.
    pub challenges: usize,
    /// The government's head was asked for an extension: its office has seen the case since.
    pub before_government: bool,
    /// Working days added by the one extension.
    pub extension: Option<u32>,
    /// The fee fixed for this case, fen.
    pub assessed_cents: Option<i64>,
    /// Payments by step.
    pub payments: BTreeMap<usize, Payment>,
    /// Number of the granting decision.
    pub decision_number: Option<String>,
    /// When the granting decision was opened to the public.
    pub published: Option<Timestamp>,
    /// Whether a produce step has run, and what came out.
    pub produced: Option<Option<ProducedCertificate>>,
    /// Proof of delivery.
    pub delivered: Option<(Timestamp, DeliveryProof)>,
    /// Who holds which task.
    pub claims: BTreeMap<String, Claim>,
    /// Rating.
    pub rating: Option<Rating>,
    /// The follow-up rating.
    pub follow_up: Option<Rating>,
    /// Messages between applicant and office, oldest first.
    pub talk: Vec<Said>,
    /// Complaints, oldest first.
    pub complaints: Vec<Complaint>,
    /// What the library said of the certificates that stand in for materials, by material, oldest first.
    pub evidence: BTreeMap<String, Vec<(Occasion, Evidence)>>,
    /// Why it was not accepted.
    pub non_acceptance: Option<(NonAcceptanceGround, String, Option<String>)>,
    /// Why it was terminated or withdrawn.
    pub end_reason: Option<(Option<TerminationCause>, String)>,
}

/// An entry that cannot stand where it stands: the history is damaged or from another case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} ({event}) cannot follow a case that is {state}")]
pub struct ImpossibleHistory {
    /// Place in the history.
    pub seq: i64,
    /// The entry's kind.
    pub event: &'static str,
    /// State before it.
    pub state: State,
}

impl Case {
    /// Folds a whole history. `None` for an empty one.
    ///
    /// # Errors
    /// When an entry cannot follow the ones before it.
    pub fn fold(id: CaseId, history: impl IntoIterator<Item = Recorded>) -> Result<Option<Self>, ImpossibleHistory> {
        let mut case = None;
        for entry in history {
            match &mut case {
                None => case = Some(Self::open(id, entry)?),
                Some(case) => case.apply(&entry)?,
            }
        }
        Ok(case)
    }

    /// The case that the first entry opens.
    ///
    /// # Errors
    /// When the entry is not a submission with number 1.
    pub fn open(id: CaseId, entry: Recorded) -> Result<Self, ImpossibleHistory> {
        let Recorded { seq: 1, at, by, event } = entry else {
            return Err(ImpossibleHistory { seq: entry.seq, event: entry.event.label(), state: State::Submitted });
        };
        let Event::Submitted {
            number,
            item,
            version,
            subject,
            applicant,
            region,
            channel,
            delivery,
            materials,
            by_person,
            steps,
            private,
        } = event
        else {
            return Err(ImpossibleHistory { seq: 1, event: event.label(), state: State::Submitted });
        };
        Ok(Self {
            id,
            seq: 1,
            number,
            item,
            version,
            subject,
            applicant,
            region,
            channel,
            delivery,
            by_person,
            private,
            materials,
            submitted_by: by,
            submitted_at: at,
            received_at: at,
            stage: Stage::Submitted,
            steps: vec![StepState::Waiting; steps.len()],
            specials: Vec::new(),
            corrections: Vec::new(),
            deferred: BTreeMap::new(),
            pending: None,
            intended_refusal: None,
            hearing: None,
            before_government: false,
            avoided: BTreeMap::new(),
            challenge: None,
            challenges: 0,
            extension: None,
            assessed_cents: None,
            payments: BTreeMap::new(),
            decision_number: None,
            published: None,
            produced: None,
            delivered: None,
            claims: BTreeMap::new(),
            rating: None,
            follow_up: None,
            talk: Vec::new(),
            complaints: Vec::new(),
            evidence: BTreeMap::new(),
            non_acceptance: None,
            end_reason: None,
        })
    }

    /// The word for where it stands.
    #[must_use]
    pub const fn state(&self) -> State {
        self.stage.state()
    }

    /// The day the application counts as made: what `today` means to its rules.
    #[must_use]
    pub fn application_day(&self) -> Date {
        city_date(self.submitted_at)
    }

    /// What rules and expressions may see.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            form: self.private.form.clone(),
            applicant: self.private.applicant.clone(),
            certificates: self.private.certificates.clone(),
            materials: self.materials.iter().map(|(key, handed)| (key.clone(), handed.provided())).collect(),
            today: self.application_day(),
        }
    }

    /// Certificates that stand in for materials.
    #[must_use]
    pub fn certificates(&self) -> &[CertificateFacts] {
        &self.private.certificates
    }

    /// Days that the limits leave out: `(from, until]` of every procedure that stops the clock; an open one ends at
    /// the latest after its planned length, which `last_day` computes.
    #[must_use]
    pub fn pauses(&self, last_day: impl Fn(Date, u32) -> Date) -> Vec<(Date, Date)> {
        self.specials
            .iter()
            .filter(|s| s.stops_clock)
            .map(|s| {
                let from = city_date(s.from);
                let planned = last_day(from, s.days);
                (from, s.until.map_or(planned, |until| city_date(until).min(planned)))
            })
            .collect()
    }

    /// The certificate that this case renews: the one handed in, else the one of that type that lasts longest. None when
    /// the item renews nothing, or none was in force on the day of the application.
    #[must_use]
    pub fn renewed(&self, procedure: &Procedure) -> Option<&CertificateFacts> {
        let kind = &procedure.item.renewal.as_ref()?.certificate_type;
        let day = self.application_day();
        let handed =
            |id: &str| self.materials.values().any(|h| matches!(h, Handed::Certificate(handed) if handed == id));
        let in_force =
            |c: &&CertificateFacts| c.certificate_type == *kind && c.expires_on.is_some_and(|last| last >= day);
        self.private.certificates.iter().filter(in_force).max_by_key(|c| (handed(&c.id), c.expires_on))
    }

    /// The last day of the licence to be renewed, after which silence grants the renewal; none when the law does not say
    /// so: no licence, applied for too late, or the office waits for the applicant (行政许可法 第五十条).
    #[must_use]
    pub fn silence_renews_after(&self, procedure: &Procedure) -> Option<Date> {
        let renewal = procedure.item.renewal.as_ref()?;
        let last = self.renewed(procedure)?.expires_on?;
        let running = matches!(self.stage, Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_));
        let in_time = add_days(self.application_day(), renewal.apply_before_days) <= last;
        let unpaid = self.payments.values().any(|p| p.receipt.is_none());
        let owed = self.deferred.values().any(|d| d.supplied.is_none());
        let lawful = procedure.item.item_type == ItemType::Licensing;
        (lawful && running && in_time && !unpaid && !owed).then_some(last)
    }

    /// The place of this case in the order of acceptance, milliseconds: the instant of acceptance, or of receipt when silence
    /// accepted (行政许可法 第三十二条、第五十七条).
    #[must_use]
    pub fn accepted_order(&self) -> Option<i64> {
        let acceptance = self.stage.acceptance()?;
        Some(if acceptance.deemed { self.received_at } else { acceptance.at }.as_millisecond())
    }

    /// The open correction round.
    #[must_use]
    pub fn open_correction(&self) -> Option<&Correction> {
        self.corrections.last().filter(|c| c.supplied.is_none())
    }

    /// A reviewer recommended refusal, or the applicant was told that refusal is intended.
    #[must_use]
    pub fn refusal_recommended(&self) -> bool {
        self.intended_refusal.is_some()
            || self.steps.iter().any(|s| matches!(s, StepState::Done { recommend: Some(Recommendation::Refuse), .. }))
    }

    /// Special procedures under way.
    pub fn open_specials(&self) -> impl Iterator<Item = &SpecialProcedure> {
        self.specials.iter().filter(|s| s.until.is_none())
    }

    fn close_steps(&mut self, at: Timestamp, why: &str) {
        for step in &mut self.steps {
            if !step.is_over() {
                *step = StepState::Skipped { at, why: why.to_owned() };
            }
        }
        for special in &mut self.specials {
            special.until.get_or_insert(at);
        }
        self.pending = None;
        self.challenge = None;
        self.claims.clear();
    }

    /// Applies one more entry.
    ///
    /// # Errors
    /// When the entry cannot follow: the case is unchanged then.
    pub fn apply(&mut self, entry: &Recorded) -> Result<(), ImpossibleHistory> {
        let impossible = ImpossibleHistory { seq: entry.seq, event: entry.event.label(), state: self.state() };
        if entry.seq != self.seq + 1 {
            return Err(impossible);
        }
        self.apply_intake(entry)
            .or_else(|()| self.apply_process(entry))
            .or_else(|()| self.apply_end(entry))
            .or_else(|()| self.apply_voice(entry))
            .map_err(|()| impossible)?;
        self.seq = entry.seq;
        Ok(())
    }

    fn apply_intake(&mut self, entry: &Recorded) -> Result<(), ()> {
        let at = entry.at;
        match (&entry.event, &self.stage) {
            (Event::Received, Stage::Submitted) => self.stage = Stage::Received,
            (Event::PreReviewReturned { defects }, Stage::Submitted) => {
                self.corrections.push(Correction {
                    at,
                    defects: defects.clone(),
                    due: Date::MAX,
                    reminded: false,
                    supplied: None,
                });
                self.claims.clear();
                self.stage = Stage::ReturnedPre;
            }
            (Event::CorrectionAsked { defects, due, .. }, Stage::Received | Stage::Submitted) => {
                self.corrections.push(Correction {
                    at,
                    defects: defects.clone(),
                    due: *due,
                    reminded: false,
                    supplied: None,
                });
                self.claims.clear();
                self.pending = None;
                self.stage = Stage::Correction;
            }
            (Event::CorrectionReminded, Stage::Correction) => {
                self.corrections.last_mut().ok_or(())?.reminded = true;
            }
            (Event::Supplemented { materials, private }, Stage::Correction | Stage::ReturnedPre) => {
                self.corrections.last_mut().ok_or(())?.supplied = Some(at);
                self.materials.extend(materials.clone());
                self.private = private.clone();
                self.received_at = at;
                self.stage = Stage::Received;
            }
            (Event::PaperTaken { materials }, Stage::Submitted | Stage::Received) => {
                self.materials.extend(materials.clone());
            }
            (Event::Accepted { dated, deemed, deferred }, Stage::Received | Stage::Submitted | Stage::Correction) => {
                self.stage = Stage::Accepted(Acceptance {
                    at,
                    dated: *dated,
                    deemed: *deemed,
                    automated: entry.by.is_system() && !deemed,
                });
                self.deferred =
                    deferred.iter().map(|(key, due)| (key.clone(), Deferred { due: *due, supplied: None })).collect();
                self.pending = None;
                self.claims.clear();
            }
            (Event::NotAccepted { ground, reason, competent_body }, Stage::Received | Stage::Submitted) => {
                self.non_acceptance = Some((*ground, reason.clone(), competent_body.clone()));
                self.close_steps(at, "不予受理");
                self.stage = Stage::NotAccepted(Ending { at, result: Some(ClosingResult::NotAccepted) });
            }
            _ => return Err(()),
        }
        Ok(())
    }

    fn apply_process(&mut self, entry: &Recorded) -> Result<(), ()> {
        let at = entry.at;
        let over = self.state().is_over();
        match &entry.event {
            _ if over => return Err(()),
            Event::Proposed { proposal } if self.pending.is_none() => {
                self.before_government |= matches!(proposal, Proposal::Extension { .. });
                self.pending = Some(Pending { proposal: proposal.clone(), by: entry.by.clone(), at });
            }
            Event::ProposalDismissed { .. } if self.pending.is_some() => self.pending = None,
            Event::TaskClaimed { task, account, name } => {
                self.claims.insert(task.clone(), Claim { account: *account, name: name.clone(), at });
            }
            Event::TaskReleased { task } => {
                self.claims.remove(task).ok_or(())?;
            }
            Event::StepStarted { step } => match self.steps.get_mut(*step).ok_or(())? {
                state @ StepState::Waiting => *state = StepState::Active { since: at },
                _ => return Err(()),
            },
            Event::StepSkipped { step, why } => match self.steps.get_mut(*step).ok_or(())? {
                state @ (StepState::Waiting | StepState::Active { .. }) => {
                    *state = StepState::Skipped { at, why: why.clone() };
                }
                _ => return Err(()),
            },
            Event::StepCompleted { step, opinion, recommend } => {
                let StepState::Active { since } = *self.steps.get(*step).ok_or(())? else { return Err(()) };
                self.steps[*step] = StepState::Done {
                    since,
                    at,
                    by: entry.by.clone(),
                    recommend: *recommend,
                    opinion: opinion.clone(),
                };
                self.claims.remove(&super::tasks::step_key(*step));
            }
            Event::TakenUp => match &self.stage {
                Stage::Accepted(a) => self.stage = Stage::InReview(a.clone()),
                _ => return Err(()),
            },
            Event::SpecialBegun { step, kind, days, stops_clock, .. } => {
                let next = match &self.stage {
                    Stage::Accepted(a) | Stage::InReview(a) | Stage::Special(a) => Some(Stage::Special(a.clone())),
                    Stage::Granted(..) => None,
                    _ => return Err(()),
                };
                if let Some(next) = next {
                    self.stage = next;
                }
                self.specials.push(SpecialProcedure {
                    step: *step,
                    kind: *kind,
                    from: at,
                    days: *days,
                    stops_clock: *stops_clock,
                    until: None,
                });
                if step.is_none() {
                    self.pending = None;
                }
            }
            Event::SpecialEnded { step, .. } => {
                let open = self.specials.iter_mut().find(|s| s.until.is_none() && s.step == *step).ok_or(())?;
                open.until = Some(at);
                if let Stage::Special(a) = &self.stage
                    && self.specials.iter().all(|s| s.until.is_some())
                {
                    self.stage = Stage::InReview(a.clone());
                }
            }
            Event::Extended { days, .. } if self.extension.is_none() => {
                self.extension = Some(*days);
                if self.pending.as_ref().is_some_and(|p| matches!(p.proposal, Proposal::Extension { .. })) {
                    self.pending = None;
                }
            }
            Event::FeeAssessed { amount_cents, .. } => self.assessed_cents = Some(*amount_cents),
            Event::PaymentAsked { step, amount_cents } => {
                self.payments.insert(*step, Payment { amount_cents: *amount_cents, receipt: None });
            }
            Event::Paid { step, receipt, .. } => {
                self.payments.get_mut(step).ok_or(())?.receipt = Some(receipt.clone());
            }
            Event::RefusalIntended { reasons, basis, due } if self.intended_refusal.is_none() => {
                self.intended_refusal = Some(IntendedRefusal {
                    at,
                    due: *due,
                    reasons: reasons.clone(),
                    basis: basis.clone(),
                    defence: None,
                });
            }
            Event::DefenceStated { .. } => {
                self.intended_refusal.as_mut().ok_or(())?.defence = entry.event.defence().map(str::to_owned);
            }
            Event::HearingRequested { until } if self.hearing.is_none() && self.intended_refusal.is_some() => {
                self.hearing = Some(Hearing { requested: at, until: *until, day: None, chair: None, held: None });
            }
            Event::HearingArranged { day, chair, .. } => {
                let hearing = self.hearing.as_mut().filter(|h| h.day.is_none()).ok_or(())?;
                (hearing.day, hearing.chair) = (Some(*day), Some(chair.clone()));
            }
            Event::HearingHeld { .. } => {
                self.hearing.as_mut().filter(|h| h.day.is_some() && h.held.is_none()).ok_or(())?.held = Some(at);
            }
            Event::Recused { account, name, .. } => self.stand_aside(*account, name, at),
            Event::AvoidanceAsked { part, private } if self.challenge.is_none() => {
                self.challenge = Some(Challenge { at, part: *part, reason: private.text.clone() });
                self.challenges += 1;
            }
            Event::AvoidanceDecided { account, name, chair, .. } if self.challenge.is_some() => {
                self.challenge = None;
                self.claims.remove(super::tasks::AVOIDANCE);
                if let Some(account) = account {
                    self.stand_aside(*account, name.as_deref().unwrap_or_default(), at);
                }
                if let (Some(chair), Some(hearing)) = (chair, &mut self.hearing) {
                    hearing.chair = Some(chair.clone());
                }
            }
            Event::DeferredSupplied { materials } => {
                for (key, handed) in materials {
                    self.deferred.get_mut(key).ok_or(())?.supplied = Some(at);
                    self.materials.insert(key.clone(), handed.clone());
                }
            }
            _ => return Err(()),
        }
        Ok(())
    }

    fn apply_end(&mut self, entry: &Recorded) -> Result<(), ()> {
        let at = entry.at;
        match (&entry.event, self.stage.clone()) {
            (
                Event::Decided { step, granted, reasons, automated, deemed, .. },
                Stage::Accepted(a) | Stage::InReview(a) | Stage::Special(a),
            ) => {
                let decision = Decision {
                    at,
                    granted: *granted,
                    reasons: reasons.clone(),
                    automated: *automated,
                    deemed: *deemed,
                    by: entry.by.clone(),
                };
                if let Some(step) = step {
                    let StepState::Active { since } = *self.steps.get(*step).ok_or(())? else { return Err(()) };
                    self.steps[*step] =
                        StepState::Done { since, at, by: entry.by.clone(), recommend: None, opinion: None };
                }
                self.claims.clear();
                self.pending = None;
                self.challenge = None;
                if *granted {
                    self.stage = Stage::Granted(a, decision);
                } else {
                    self.close_steps(at, "已作出不予准予决定");
                    self.stage = Stage::Refused(a, decision);
                }
            }
            (Event::CertificateProduced { step, certificate }, Stage::Granted(..)) if self.produced.is_none() => {
                if let Some(step) = step {
                    let StepState::Active { since } = *self.steps.get(*step).ok_or(())? else { return Err(()) };
                    self.steps[*step] =
                        StepState::Done { since, at, by: entry.by.clone(), recommend: None, opinion: None };
                    self.claims.remove(&super::tasks::step_key(*step));
                }
                self.produced = Some(certificate.clone());
            }
            (Event::Delivered { proof }, Stage::Granted(..) | Stage::Refused(..)) if self.delivered.is_none() => {
                self.delivered = Some((at, proof.clone()));
                self.claims.remove(super::tasks::DELIVER);
            }
            (Event::Closed { result }, Stage::Granted(a, d) | Stage::Refused(a, d)) if self.delivered.is_some() => {
                self.close_steps(at, "已办结");
                self.stage = Stage::Closed(a, d, Ending { at, result: Some(*result) });
            }
            (Event::Withdrawn { reason }, stage) if !stage.state().is_decided() => {
                self.close_steps(at, "申请人撤回");
                self.end_reason = Some((None, reason.clone().unwrap_or_default()));
                self.stage = Stage::Withdrawn(stage.acceptance().cloned(), Ending { at, result: None });
            }
            (Event::Terminated { cause, reason }, stage) if !stage.state().is_decided() => {
                self.close_steps(at, "终止办理");
                let result = match cause {
                    TerminationCause::NotCorrected => Some(ClosingResult::Returned),
                    TerminationCause::EnteredWrongly => Some(ClosingResult::Voided),
                    _ => None,
                };
                self.end_reason = Some((Some(*cause), reason.clone()));
                self.stage = Stage::Terminated(stage.acceptance().cloned(), Ending { at, result });
            }
            (Event::Archived, stage) if stage.state().is_over() && stage.state() != State::Archived => {
                self.stage = Stage::Archived(Box::new(stage));
            }
            (Event::Published, Stage::Granted(..)) if self.published.is_none() => self.published = Some(at),
            (Event::DocumentIssued { document, number, .. }, _) => {
                if matches!(document, DocumentKind::GrantDecision | DocumentKind::DeemedRenewal) {
                    self.decision_number = Some(number.clone());
                }
            }
            (Event::CertificatesChecked { occasion, private, .. }, _) => {
                for (material, evidence) in &private.materials {
                    self.evidence.entry(material.clone()).or_default().push((*occasion, evidence.clone()));
                }
            }
            _ => return Err(()),
        }
        Ok(())
    }

    fn apply_voice(&mut self, entry: &Recorded) -> Result<(), ()> {
        let at = entry.at;
        let rating = |score: &u8, aspects: &[RatingAspect], private: &Option<Remark>| Rating {
            score: *score,
            aspects: aspects.to_vec(),
            comment: private.as_ref().map(|p| p.text.clone()),
            at,
        };
        match &entry.event {
            Event::Rated { score, aspects, private } if self.state().is_over() && self.rating.is_none() => {
                self.rating = Some(rating(score, aspects, private));
            }
            Event::FollowedUp { score, aspects, private } if self.rating.is_some() && self.follow_up.is_none() => {
                self.follow_up = Some(rating(score, aspects, private));
            }
            Event::Said { side, files, private } => self.talk.push(Said {
                seq: entry.seq,
                at,
                side: *side,
                name: entry.by.name.clone(),
                department: entry.by.department.clone(),
                text: private.text.clone(),
                files: files.clone(),
            }),
            Event::Complained { number, kind, take_up_by, answer_by, private } => self.complaints.push(Complaint {
                number: number.clone(),
                at,
                kind: *kind,
                text: private.text.clone(),
                take_up_by: *take_up_by,
                answer_by: *answer_by,
            }),
            _ => return Err(()),
        }
        Ok(())
    }
}
