//! Random hands on random items: no impossible state, no clock that runs backwards, no refusal by machine.

use std::collections::BTreeMap;

use cases::domain::{
    avoidance::{Part, Related, Relation},
    case::{Case, CaseId, State},
    clocks::{ClockKind, Light, add_days, clocks},
    command::Command,
    decide::{Around, Quota},
    event::{Defect, DeliveryProof, Event, Handed, NonAcceptanceGround, Recommendation, TerminationCause},
    tasks::tasks,
};
use catalogue::domain::{Delivery, SpecialKind};
use kernel::{Actor, Channel, Role, Timestamp, city_date};
use proptest::prelude::*;

use crate::stage::{CALENDAR, PROCEDURES, Play, applicant, at, staff};

/// A command to be aimed at whatever case is at hand.
#[derive(Debug, Clone)]
enum Hand {
    Aim(u8, u8),
    Wait(u16),
    /// The platform's records come to say something else around the case.
    Around(bool),
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![6 => (any::<u8>(), any::<u8>()).prop_map(|(c, w)| Hand::Aim(c, w)), 1 => (0_u16..900).prop_map(Hand::Wait), 1 => any::<bool>().prop_map(Hand::Around)]
}

fn command(play: &Play, choice: u8) -> Command {
    let item = &play.procedure.item;
    let task = tasks(&play.case, play.procedure).into_iter().next();
    let key = task.as_ref().map_or("intake".to_owned(), |t| t.key.clone());
    let step = task
        .and_then(|t| t.step)
        .or(Some(usize::from(choice) % item.steps.len()))
        .map(|i| item.steps[i].key.clone())
        .unwrap_or_default();
    let target = item.materials.first().map_or("form.phone".to_owned(), |m| m.key.clone());
    let words = "理由".to_owned();
    let defects = vec![Defect {
        target: target.clone(),
        problem: words.clone(),
        requirement: words.clone(),
        basis: None,
        certificate_refusal: None,
    }];
    let materials = BTreeMap::from([(target, Handed::Paper)]);
    match choice % 32 {
        0 => Command::PassPreReview {},
        1 => Command::ReturnPreReview { defects },
        2 => Command::AskCorrection { defects },
        3 => Command::Supplement { form: serde_json::Map::new(), materials },
        4 | 5 => Command::Accept {},
        6 => Command::AcceptDeferred { days: 5 },
        7 => Command::ProposeNonAcceptance {
            ground: NonAcceptanceGround::NotCompetent,
            reason: words,
            competent_body: None,
        },
        8 => Command::ProposeSpecial { kind: SpecialKind::Testing, days: 3, basis: words },
        9 => Command::Confirm {},
        10 => Command::Dismiss { reason: words },
        11 => Command::Claim { task: key },
        12 => Command::Release { task: key },
        13..=15 => Command::Complete { step, opinion: words, recommend: Recommendation::Grant },
        16 => Command::Complete { step, opinion: words, recommend: Recommendation::Refuse },
        17 => Command::BeginSpecial { step, days: 1 },
        18 => Command::EndSpecial { step: Some(step), result: words },
        19 => Command::EndSpecial { step: None, result: words },
        20 => Command::Extend { days: 5, reason: words },
        21 => Command::RecordPayment { step, receipt: words },
        22 => Command::IntendRefusal { reasons: words.clone(), basis: words },
        23 => Command::StateDefence { text: words },
        24 | 25 => Command::Grant { opinion: None },
        26 => Command::Refuse { reasons: words.clone(), basis: words },
        27 => Command::Produce {},
        28 => Command::Deliver {
            proof: DeliveryProof { way: Delivery::Pickup, taken_by: words, relation: None, proof: None },
        },
        29 => match choice / 32 {
            0 => Command::Withdraw { reason: None },
            1 => Command::Terminate { cause: TerminationCause::LawChanged, reason: words },
            2 => Command::Rate { score: 3, aspects: Vec::new(), comment: None },
            3 => Command::AssessFee { amount_cents: 100, basis: words },
            4 => Command::RequestHearing {},
            5 => Command::ArrangeHearing {
                day: CALENDAR.deadline(city_date(play.now), 8).date,
                time: words.clone(),
                place: words.clone(),
                chair: words,
            },
            6 => Command::RecordHearing { record: words.clone(), signed_by: vec![words] },
            7 => Command::ProposeVoid { reason: words },
            _ => Command::SupplyDeferred { materials },
        },
        30 => match choice / 32 {
            0 | 1 => Command::Recuse { relation: Relation::Kin, reason: words },
            2 => Command::AskAvoidance { part: Part::Approver, reason: words },
            3 => Command::AskAvoidance { part: Part::Reviewer, reason: words },
            4 => Command::AskAvoidance { part: Part::Chair, reason: words },
            5 => Command::DecideAvoidance {
                upheld: false,
                account: None,
                name: String::new(),
                chair: None,
                reason: words,
            },
            _ => Command::DecideAvoidance {
                upheld: true,
                account: Some(kernel::AccountId::from(51)),
                name: words.clone(),
                chair: Some("刘主持".to_owned()),
                reason: words,
            },
        },
        _ => Command::Claim { task: "avoidance".to_owned() },
    }
}

fn person(play: &Play, choice: u8) -> Actor {
    let all = [Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk];
    let department =
        tasks(&play.case, play.procedure).into_iter().next().map_or(play.department().to_owned(), |t| t.department);
    match choice % 6 {
        0 => applicant(),
        1 => staff(50, &department, &all[..1]),
        2 => staff(51, &department, &all[1..2]),
        3 => staff(52, &department, &all[2..3]),
        4 => staff(53, &department, &all),
        _ => staff(54, "archives", &all),
    }
}

/// The table of transitions (handbook §2): where a case may go from where it stands, within one entry.
fn lawful(from: State, to: State) -> bool {
    use State::*;
    from == to
        || matches!(
            (from, to),
            (Submitted, Received | ReturnedPre | Correction | Accepted | NotAccepted | Withdrawn | Terminated)
                | (ReturnedPre, Received | Withdrawn | Terminated)
                | (Received, Correction | Accepted | NotAccepted | Withdrawn | Terminated)
                | (Correction, Received | Accepted | Withdrawn | Terminated)
                | (Accepted, InReview | Special | Granted | Refused | Withdrawn | Terminated)
                | (InReview, Special | Granted | Refused | Withdrawn | Terminated)
                | (Special, InReview | Granted | Refused | Withdrawn | Terminated)
                | (Granted | Refused, Closed)
                | (NotAccepted | Closed | Withdrawn | Terminated, Archived)
        )
}

/// Replays the history entry by entry and holds each step to the table.
fn check_history(play: &Play) -> Result<(), TestCaseError> {
    let mut entries = play.history.iter().cloned();
    let mut case = Case::open(CaseId::from(7), entries.next().unwrap()).unwrap();
    for entry in entries {
        let before = case.state();
        case.apply(&entry).unwrap();
        prop_assert!(lawful(before, case.state()), "{before} to {} by {:?}", case.state(), entry.event);
        if entry.by.is_system() {
            let adverse = matches!(
                entry.event,
                Event::Decided { granted: false, .. }
                    | Event::NotAccepted { .. }
                    | Event::CorrectionAsked { .. }
                    | Event::PreReviewReturned { .. }
                    | Event::RefusalIntended { .. }
            );
            prop_assert!(!adverse, "the machine refused: {:?}", entry.event);
        }
        if before.is_over() {
            prop_assert!(
                matches!(entry.event, Event::Archived | Event::Rated { .. } | Event::DocumentIssued { .. }),
                "a case that was over moved: {:?}",
                entry.event
            );
        }
    }
    prop_assert_eq!(&case, &play.case, "the replay equals the state");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn random_hands_never_break_a_case(
        item in 0_usize..125,
        by_person in any::<bool>(),
        channel in prop_oneof![Just(Channel::Web), Just(Channel::Window)],
        hands in prop::collection::vec(hand(), 1..60),
    ) {
        let procedure = &PROCEDURES[item % PROCEDURES.len()];
        let mut play = Play::with(procedure, at("2026-03-02 09:00"), by_person, channel, BTreeMap::new());
        let mut used: BTreeMap<ClockKind, u32> = BTreeMap::new();
        for hand in hands {
            match hand {
                Hand::Aim(choice, who) => {
                    let (actor, command) = (person(&play, who), command(&play, choice));
                    let (waits, avoided) = (play.case.challenge.is_some(), play.case.avoided.clone());
                    let before = play.case.seq;
                    let done = play.command(&actor, command).is_ok();
                    let new = |wanted: fn(&Event) -> bool| play.history.iter().any(|e| e.seq > before && wanted(&e.event));
                    let decided = new(|e| matches!(e, Event::Decided { .. }))
                        && !new(|e| matches!(e, Event::AvoidanceDecided { .. }));
                    let granted = new(|e| matches!(e, Event::Decided { granted: true, deemed: false, .. }));
                    let used_up = play.around.quota.is_some_and(|q| q.left() == 0);
                    prop_assert!(!(used_up && granted), "granted beyond the limit");
                    prop_assert!(!(waits && decided), "decided while the applicant waits for an answer");
                    if let (true, Actor::Staff { account, .. }) = (done, &actor) {
                        let part = play.history.iter().any(|e| e.seq > before
                            && e.by.account == Some(*account)
                            && matches!(e.event, Event::StepCompleted { .. } | Event::Decided { .. } | Event::TaskClaimed { .. }));
                        prop_assert!(!(part && avoided.contains_key(account)), "who stays away had a part");
                        prop_assert!(!(part && play.around.related.is_some()), "who is close had a part");
                    }
                }
                Hand::Around(close) => {
                    let related = close.then_some(Related { relation: Relation::Spouse, agent: false });
                    let quota = Some(Quota { limit: 2, taken: u32::from(close) * 2, ahead: 0 }).filter(|_| item % 2 == 0);
                    play.around = Around { related, quota, ..Around::default() };
                }
                Hand::Wait(hours) => {
                    let later = play.now.as_millisecond() + i64::from(hours) * 3_600_000;
                    play.now = Timestamp::from_millisecond(later).unwrap();
                    let _refused = play.command(&applicant(), Command::Claim { task: String::new() });
                }
            }
            for clock in clocks(&play.case, procedure, &CALENDAR, city_date(play.now)) {
                prop_assert!(clock.deadline >= clock.start);
                if matches!(clock.kind, ClockKind::Statutory | ClockKind::Promised) {
                    let before = used.insert(clock.kind, clock.used).unwrap_or(0);
                    prop_assert!(clock.used >= before, "{:?} ran backwards: {} after {before}", clock.kind, clock.used);
                }
            }
        }
        check_history(&play)?;
        check_lights(&play)?;
    }
}

/// What queues compute from two days is what each clock shows on every day to come.
fn check_lights(play: &Play) -> Result<(), TestCaseError> {
    let today = city_date(play.now);
    let now = clocks(&play.case, play.procedure, &CALENDAR, today);
    for later in 0..70 {
        let day = add_days(today, later);
        for (clock, then) in now.iter().zip(clocks(&play.case, play.procedure, &CALENDAR, day)) {
            if clock.ended.is_some() {
                continue;
            }
            let told = if day > clock.deadline && !clock.provisional {
                Light::Red
            } else if clock.yellow_from(&CALENDAR, today).is_some_and(|yellow| yellow <= day) {
                Light::Yellow
            } else {
                Light::Green
            };
            prop_assert_eq!(told, then.light(day), "{:?} on {}, told on {}", clock, day, today);
        }
    }
    Ok(())
}
