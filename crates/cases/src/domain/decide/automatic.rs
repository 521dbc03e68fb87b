//! What the platform does by itself: it accepts, grants and closes by rule, and never refuses.

use super::*;

/// The laws the item names, for decisions and notices.
#[must_use]
pub fn basis_of(procedure: &Procedure) -> String {
    procedure.item.legal_basis.iter().map(|b| format!("{}{}", b.law, b.article)).collect::<Vec<_>>().join("；")
}

fn accept_step(procedure: &Procedure) -> Option<usize> {
    procedure.item.steps.iter().position(|s| s.kind == StepKind::Accept)
}

/// The acceptance together with its step of the process.
pub(super) fn accepted(procedure: &Procedure, acceptance: Event) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(step) = accept_step(procedure) {
        events.push(Event::StepStarted { step });
        events.push(Event::StepCompleted { step, opinion: None, recommend: None });
    }
    events.push(acceptance);
    events
}

pub(super) fn special_begun(procedure: &Procedure, index: usize, step: &Step, days: u32) -> Event {
    let kind = step.special_kind.unwrap_or(catalogue::domain::SpecialKind::Other);
    let lawful = procedure.item.item_type != ItemType::Licensing || kind.stops_the_statutory_clock();
    Event::SpecialBegun {
        step: Some(index),
        kind,
        days,
        stops_clock: step.stops_clock && lawful,
        basis: basis_of(procedure),
    }
}

/// Since when a decision is due that no step of the process makes: reviews are over, the rest only produces and
/// delivers, and a reviewer recommends refusal, so that neither rule nor reviewer may close the matter.
#[must_use]
pub fn undecided_at_the_end(case: &Case, procedure: &Procedure) -> Option<Timestamp> {
    if !needs_own_decision(case, procedure) || !case.refusal_recommended() {
        return None;
    }
    case.steps
        .iter()
        .filter_map(|s| if let StepState::Done { at, .. } = s { Some(*at) } else { None })
        .max()
        .or_else(|| case.stage.acceptance().map(|a| a.at))
}

/// Nothing but producing and delivering is left and nobody has decided.
fn needs_own_decision(case: &Case, procedure: &Procedure) -> bool {
    matches!(case.stage, Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_))
        && case.open_specials().next().is_none()
        && procedure.item.steps.iter().zip(&case.steps).all(|(step, state)| {
            state.is_over()
                || (matches!(state, StepState::Waiting) && matches!(step.kind, StepKind::Issue | StepKind::Deliver))
        })
}

/// What the platform does next by itself, if anything: one entry or several that belong together. It never refuses,
/// never asks for a correction and never turns an application away.
#[must_use]
pub fn next(case: &Case, setting: &Setting<'_>) -> Vec<(By, Event)> {
    let system = |events: Vec<Event>| events.into_iter().map(|e| (By::system(), e)).collect::<Vec<_>>();
    let today = city_date(setting.now);
    match &case.stage {
        Stage::Submitted | Stage::Received => system(next_at_intake(case, setting)),
        Stage::Correction => {
            let Some(round) = case.open_correction() else { return Vec::new() };
            if round.reminded && today > round.due {
                system(vec![Event::Terminated {
                    cause: TerminationCause::NotCorrected,
                    reason: "告知的补正期限已过，提醒后仍未补正；可以重新申请。".to_owned(),
                }])
            } else if !round.reminded && today >= add_days(city_date(round.at), REMINDER_DAYS) {
                system(vec![Event::CorrectionReminded])
            } else {
                Vec::new()
            }
        }
        Stage::Accepted(_) | Stage::InReview(_) | Stage::Special(_) | Stage::Granted(..) => {
            next_in_process(case, setting)
        }
        Stage::Refused(..) if case.delivered.is_some() => {
            system(vec![Event::Closed { result: ClosingResult::Refused }])
        }
        Stage::Refused(..) if case.channel != Channel::Window => system(vec![delivered_to_space()]),
        stage if stage.state().is_over() && !matches!(stage, Stage::Archived(_)) => match stage.ending() {
            Some(end)
                if today >= setting.calendar.deadline(city_date(end.at), crate::domain::clocks::ARCHIVE_DAYS).date =>
            {
                system(vec![Event::Archived])
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn delivered_to_space() -> Event {
    Event::Delivered {
        proof: DeliveryProof {
            way: Delivery::Electronic,
            taken_by: "申请人专属空间".to_owned(),
            relation: None,
            proof: None,
        },
    }
}

fn next_at_intake(case: &Case, setting: &Setting<'_>) -> Vec<Event> {
    let procedure = setting.procedure;
    let (deadline, provisional) = acceptance_deadline(case, setting.calendar);
    let silent = city_date(setting.now) > deadline && !provisional;
    if silent && procedure.item.item_type == ItemType::Licensing {
        // Silence for five working days is acceptance as of the day of receipt (第三十二条第二款).
        let mut events = if matches!(case.stage, Stage::Submitted) { vec![Event::Received] } else { Vec::new() };
        events.extend(accepted(
            procedure,
            Event::Accepted { dated: city_date(case.received_at), deemed: true, deferred: BTreeMap::new() },
        ));
        return events;
    }
    if matches!(case.stage, Stage::Submitted) && case.channel == Channel::Window {
        return vec![Event::Received];
    }
    if case.by_person || case.pending.is_some() {
        return Vec::new();
    }
    let assessment = procedure.assess(&case.facts());
    let complete =
        assessment.faults.is_empty() && !assessment.materials.iter().any(|m| m.missing) && assessment.rules_ok;
    if matches!(case.stage, Stage::Submitted) {
        return if complete { vec![Event::Received] } else { Vec::new() };
    }
    let auto = accept_step(procedure).is_some_and(|step| procedure.step_auto(step, &case.facts()));
    let claimed = case.claims.contains_key(tasks::INTAKE);
    if complete && auto && assessment.materials_complete && !claimed {
        accepted(procedure, Event::Accepted { dated: city_date(setting.now), deemed: false, deferred: BTreeMap::new() })
    } else {
        Vec::new()
    }
}

/// Silence until the licence to be renewed has ended: what was still to be looked at falls away, and the renewal is
/// deemed granted (第五十条第二款).
fn deemed_renewal(case: &Case, procedure: &Procedure, last: kernel::Date) -> Vec<Event> {
    let why = format!("原证有效期至{}届满，届满前没有作出决定", kernel::show_date(last));
    let mut events: Vec<Event> = case
        .open_specials()
        .map(|s| Event::SpecialEnded { step: s.step, result: format!("{why}，程序结束。"), expired: true })
        .collect();
    for (index, (step, state)) in procedure.item.steps.iter().zip(&case.steps).enumerate() {
        if !state.is_over() && matches!(step.kind, StepKind::Review | StepKind::Special | StepKind::Decide) {
            events.push(Event::StepSkipped { step: index, why: why.clone() });
        }
    }
    events.push(Event::Decided {
        step: None,
        granted: true,
        reasons: format!("{why}，依法视为准予延续。"),
        basis: "《中华人民共和国行政许可法》第五十条第二款".to_owned(),
        automated: true,
        deemed: true,
    });
    events
}

fn next_in_process(case: &Case, setting: &Setting<'_>) -> Vec<(By, Event)> {
    let procedure = setting.procedure;
    if let Some(last) = case.silence_renews_after(procedure)
        && city_date(setting.now) > last
    {
        return deemed_renewal(case, procedure, last).into_iter().map(|e| (By::system(), e)).collect();
    }
    // What was granted is opened once it is known what came out, and on the last lawful day whether it is or not.
    if let Some(last) = last_day_to_open(case, procedure, setting.calendar)
        && (case.produced.is_some()
            || procedure.item.result.kind != ResultKind::Certificate
            || city_date(setting.now) >= last)
    {
        return vec![(By::system(), Event::Published)];
    }
    let facts = case.facts();
    let mut group: Option<&Option<String>> = None;
    for (index, step) in procedure.item.steps.iter().enumerate() {
        let Some(state) = case.steps.get(index) else { break };
        if state.is_over() {
            continue;
        }
        // Only the first unfinished step is at work, and its neighbours of the same parallel group.
        match group {
            None => group = Some(&step.parallel),
            Some(first) if first.is_some() && *first == step.parallel => {}
            Some(_) => return Vec::new(),
        }
        let system = |event: Event| vec![(By::system(), event)];
        match state {
            StepState::Waiting => {
                if !procedure.step_applies(index, &facts) {
                    let why = format!("不符合该环节的适用条件：{}", step.when.as_deref().unwrap_or_default());
                    return system(Event::StepSkipped { step: index, why });
                }
                match step.kind {
                    StepKind::Issue | StepKind::Deliver if case.stage.decision().is_none() => {
                        return own_decision(case, setting);
                    }
                    StepKind::Decide if case.stage.decision().is_some() => {
                        return system(Event::StepSkipped { step: index, why: "已经作出决定".to_owned() });
                    }
                    StepKind::Pay if procedure.item.fees.is_empty() => {
                        return system(Event::StepSkipped { step: index, why: "本事项不收费".to_owned() });
                    }
                    _ => return system(Event::StepStarted { step: index }),
                }
            }
            StepState::Active { .. } => {
                let events = next_of_step(case, setting, index, step);
                if !events.is_empty() {
                    return events.into_iter().map(|e| (By::system(), e)).collect();
                }
            }
            StepState::Done { .. } | StepState::Skipped { .. } => {}
        }
    }
    if group.is_some() {
        return Vec::new();
    }
    if case.stage.decision().is_none() {
        return own_decision(case, setting);
    }
    let system = |event: Event| vec![(By::system(), event)];
    if case.produced.is_none() && procedure.item.result.kind == ResultKind::Certificate {
        return system(Event::CertificateProduced { step: None, certificate: None });
    }
    if case.delivered.is_some() {
        system(Event::Closed { result: ClosingResult::Granted })
    } else if case.delivery == Delivery::Electronic || procedure.item.result.kind == ResultKind::None {
        system(delivered_to_space())
    } else {
        Vec::new()
    }
}

/// A machine grants of a limited number only what nobody accepted before could claim.
fn number_allows(setting: &Setting<'_>) -> bool {
    setting.around.quota.is_none_or(|quota| quota.ahead < quota.left())
}

/// The decision of a process that has no decide step: made by whoever reviewed last, or by rule when no person did.
/// A recommendation to refuse leaves it to an approver.
fn own_decision(case: &Case, setting: &Setting<'_>) -> Vec<(By, Event)> {
    let procedure = setting.procedure;
    if case.refusal_recommended()
        || case.challenge.is_some()
        || !number_allows(setting)
        || !needs_own_decision(case, procedure)
    {
        return Vec::new();
    }
    let open = case.deferred.values().any(|d| d.supplied.is_none());
    if open {
        return Vec::new();
    }
    let reviewer = case
        .steps
        .iter()
        .zip(&procedure.item.steps)
        .filter_map(|(state, step)| match state {
            StepState::Done { by, at, .. } if step.kind == StepKind::Review && !by.is_system() => Some((at, by)),
            _ => None,
        })
        .max_by_key(|(at, _)| **at)
        .map(|(_, by)| by.clone());
    let acceptor = case
        .steps
        .iter()
        .filter_map(|s| if let StepState::Done { by, .. } = s { Some(by) } else { None })
        .find(|by| !by.is_system() && by.account.is_none_or(|account| !case.avoided.contains_key(&account)));
    let automated = reviewer.is_none() && acceptor.is_none();
    let by = reviewer.or_else(|| acceptor.cloned()).unwrap_or_else(By::system);
    let event = Event::Decided {
        step: None,
        granted: true,
        reasons: if automated {
            format!("经系统按事项第{}版规则核验，符合法定条件和标准。", procedure.version)
        } else {
            "经审查，符合法定条件和标准。".to_owned()
        },
        basis: basis_of(procedure),
        automated,
        deemed: false,
    };
    vec![(by, event)]
}

/// What the platform does for one step under way.
fn next_of_step(case: &Case, setting: &Setting<'_>, index: usize, step: &Step) -> Vec<Event> {
    let procedure = setting.procedure;
    let auto = || !case.by_person && procedure.step_auto(index, &case.facts());
    let take_up = || if matches!(case.stage, Stage::Accepted(_)) { vec![Event::TakenUp] } else { Vec::new() };
    let claimed = case.claims.contains_key(&step_key(index));
    match step.kind {
        StepKind::Accept => vec![Event::StepCompleted { step: index, opinion: None, recommend: None }],
        StepKind::Review if !claimed && auto() && !case.refusal_recommended() => {
            let mut events = take_up();
            events.push(Event::StepCompleted {
                step: index,
                opinion: Some(format!("系统按规则核验通过：{}", step.auto.as_deref().unwrap_or_default())),
                recommend: Some(Recommendation::Grant),
            });
            events
        }
        StepKind::Special => next_of_special(case, setting, index, step),
        StepKind::Pay => {
            let fixed: Option<i64> = procedure.item.fees.iter().map(|f| f.amount_cents).sum();
            match case.payments.get(&index) {
                None => match case.assessed_cents.or(fixed) {
                    Some(0) => vec![Event::StepSkipped { step: index, why: "经核定无需缴费".to_owned() }],
                    Some(amount_cents) => vec![Event::PaymentAsked { step: index, amount_cents }],
                    None => Vec::new(),
                },
                Some(_) => Vec::new(),
            }
        }
        StepKind::Decide
            if !claimed
                && case.challenge.is_none()
                && number_allows(setting)
                && auto()
                && !case.refusal_recommended()
                && group_over(case, procedure, index) =>
        {
            let mut events = take_up();
            events.push(Event::Decided {
                step: Some(index),
                granted: true,
                reasons: format!("经系统按事项第{}版规则核验，符合法定条件和标准。", procedure.version),
                basis: basis_of(procedure),
                automated: true,
                deemed: false,
            });
            events
        }
        StepKind::Issue if case.produced.is_some() => {
            vec![Event::StepCompleted { step: index, opinion: None, recommend: None }]
        }
        StepKind::Issue if !claimed && matches!(case.stage, Stage::Granted(..)) => {
            if procedure.item.result.kind == ResultKind::None && step.role == StepRole::System || auto() {
                vec![Event::CertificateProduced { step: Some(index), certificate: None }]
            } else {
                Vec::new()
            }
        }
        StepKind::Deliver if case.delivered.is_none() && (case.delivery == Delivery::Electronic || auto()) => {
            vec![delivered_to_space(), Event::StepCompleted { step: index, opinion: None, recommend: None }]
        }
        StepKind::Deliver if case.delivered.is_some() => {
            vec![Event::StepCompleted { step: index, opinion: None, recommend: None }]
        }
        _ => Vec::new(),
    }
}

fn group_over(case: &Case, procedure: &Procedure, index: usize) -> bool {
    let group = procedure.item.steps.get(index).and_then(|s| s.parallel.as_deref());
    case.open_specials().next().is_none()
        && procedure.item.steps.iter().zip(&case.steps).enumerate().all(|(i, (step, state))| {
            i == index || group.is_none() || step.parallel.as_deref() != group || state.is_over()
        })
}

fn next_of_special(case: &Case, setting: &Setting<'_>, index: usize, step: &Step) -> Vec<Event> {
    let today = city_date(setting.now);
    let longest = step.max_days.unwrap_or(step.days).max(1);
    match case.specials.iter().find(|s| s.step == Some(index)) {
        None if step.role == StepRole::System => {
            vec![special_begun(setting.procedure, index, step, longest)]
        }
        None => Vec::new(),
        Some(special) if special.until.is_none() => {
            if today > setting.calendar.deadline(city_date(special.from), longest).date {
                vec![
                    Event::SpecialEnded {
                        step: Some(index),
                        result: "已满最长期限，程序结束。".to_owned(),
                        expired: true,
                    },
                    Event::StepCompleted { step: index, opinion: None, recommend: None },
                ]
            } else {
                Vec::new()
            }
        }
        Some(_) => vec![Event::StepCompleted { step: index, opinion: None, recommend: None }],
    }
}

/// A process that would go on forever by itself: a fault of the item, not of the applicant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The platform's own entry could not be applied.
    #[error(transparent)]
    Impossible(#[from] crate::domain::case::ImpossibleHistory),
    /// More automatic entries than any process has.
    #[error("the process of {0} does not come to rest")]
    Endless(String),
}

/// Appends `first` to the case and then whatever the platform does by itself, until somebody has to act.
///
/// Returns the entries appended, in order; `case` stands after the last of them.
///
/// # Errors
/// When an entry cannot be applied (a fault of the engine or the item).
pub fn run(case: &mut Case, setting: &Setting<'_>, first: Vec<(By, Event)>) -> Result<Vec<Recorded>, RunError> {
    let mut appended = Vec::new();
    let mut turn = first;
    for _ in 0..500 {
        for (by, event) in turn {
            let entry = Recorded { seq: case.seq + 1, at: setting.now, by, event };
            case.apply(&entry)?;
            appended.push(entry);
        }
        turn = next(case, setting);
        if turn.is_empty() {
            return Ok(appended);
        }
    }
    Err(RunError::Endless(case.item.clone()))
}
