//! Courses of a case as law and promise have them.

use std::collections::BTreeMap;

use cases::domain::{
    case::State,
    command::Command,
    event::{Defect, DeliveryProof, Event, Handed, NonAcceptanceGround, Recommendation, TerminationCause},
};
use catalogue::domain::{Delivery, SpecialKind, StepKind};
use kernel::{Kind, Role};

use crate::stage::{Play, applicant, procedure, staff};

/// Licensing, accepted by a clerk, one on-site review, an approver's decision, a certificate.
const FOOD: &str = "food-operation-licence-new";

fn defect(target: &str) -> Defect {
    Defect {
        target: target.to_owned(),
        problem: "看不清".to_owned(),
        requirement: "请重新提供清晰的图".to_owned(),
        basis: None,
        certificate_refusal: None,
    }
}

fn in_review() -> Play {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&play.window(), Command::PassPreReview {}).unwrap();
    play.command(&play.window(), Command::Accept {}).unwrap();
    assert_eq!(play.case.state(), State::Accepted);
    play.command(&play.reviewer(), Command::Claim { task: "step:1".to_owned() }).unwrap();
    assert_eq!(play.case.state(), State::InReview);
    play
}

fn reviewed(recommend: Recommendation) -> Play {
    let mut play = in_review();
    let step = play.procedure.item.steps[1].key.clone();
    play.command(&play.reviewer(), Command::Complete { step, opinion: "现场符合要求".to_owned(), recommend }).unwrap();
    play
}

#[test]
fn an_application_goes_from_submission_to_rating() {
    let mut play = reviewed(Recommendation::Grant);
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    assert_eq!(play.case.state(), State::Granted);
    play.command(&play.clerk(), Command::Produce {}).unwrap();
    assert_eq!(play.case.state(), State::Closed, "electronic delivery follows by itself: {:?}", play.kinds());
    play.command(&applicant(), Command::Rate { score: 1, aspects: Vec::new(), comment: Some("太慢".to_owned()) })
        .unwrap();
    assert_eq!(play.case.rating.as_ref().map(|r| r.score), Some(1), "a rating can be low");
    let again = play.command(&applicant(), Command::Rate { score: 5, aspects: Vec::new(), comment: None }).unwrap_err();
    assert_eq!(again.code, "cases.rated");
}

#[test]
fn who_reviewed_does_not_decide() {
    let mut play = in_review();
    let both = staff(12, play.department(), &[Role::Reviewer, Role::Approver]);
    let step = play.procedure.item.steps[1].key.clone();
    play.command(&both, Command::Complete { step, opinion: "好".to_owned(), recommend: Recommendation::Grant })
        .unwrap();
    let refused = play.command(&both, Command::Grant { opinion: None }).unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Forbidden, "cases.separation"));
}

#[test]
fn a_task_belongs_to_its_department_and_to_whoever_holds_it() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    let stranger = staff(99, "tax", &[Role::Window]);
    assert_eq!(play.command(&stranger, Command::Accept {}).unwrap_err().code, "cases.not-your-task");
    play.command(&play.window(), Command::Claim { task: "intake".to_owned() }).unwrap();
    let colleague = staff(21, play.department(), &[Role::Window]);
    assert_eq!(play.command(&colleague, Command::PassPreReview {}).unwrap_err().code, "cases.claimed");
    play.command(
        &play.window(),
        Command::HandOver { task: "intake".to_owned(), to: kernel::AccountId::from(21), name: "同事".to_owned() },
    )
    .unwrap();
    play.command(&colleague, Command::PassPreReview {}).unwrap();
}

#[test]
fn the_one_time_notice_is_given_once() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    let unpublished = Command::AskCorrection { defects: vec![defect("a-note-from-mother")] };
    assert_eq!(play.command(&play.window(), unpublished).unwrap_err().faults[0].code, "cases.unpublished-demand");
    play.command(&play.window(), Command::AskCorrection { defects: vec![defect("layout")] }).unwrap();
    assert_eq!(play.case.state(), State::Correction);
    let empty = Command::Supplement { form: serde_json::Map::new(), materials: BTreeMap::new() };
    assert_eq!(play.command(&applicant(), empty).unwrap_err().faults[0].pointer, "/materials/layout");
    let materials = BTreeMap::from([("layout".to_owned(), Handed::File(kernel::FileId::from(5)))]);
    play.command(&applicant(), Command::Supplement { form: serde_json::Map::new(), materials }).unwrap();
    assert_eq!(play.case.state(), State::Received);
    let other = Command::AskCorrection { defects: vec![defect("rules-list")] };
    assert_eq!(play.command(&play.window(), other).unwrap_err().code, "cases.told-once");
    play.command(&play.window(), Command::Accept {}).unwrap();
}

#[test]
fn an_open_correction_is_reminded_of_and_then_returned() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&play.window(), Command::AskCorrection { defects: vec![defect("layout")] }).unwrap();
    play.travel("2026-03-21 09:00");
    assert!(!play.kinds().contains(&"case.correction-reminded"));
    play.travel("2026-03-22 09:00");
    assert!(play.kinds().contains(&"case.correction-reminded"));
    play.travel("2026-04-01 23:59");
    assert_eq!(play.case.state(), State::Correction, "the last day belongs to the applicant");
    play.travel("2026-04-02 00:00");
    assert_eq!(play.case.state(), State::Terminated);
}

/// Worked example of the handbook: submitted on a Friday before the holiday, nothing said for five working days.
#[test]
fn silence_for_five_working_days_is_acceptance_dated_to_receipt() {
    let mut play = Play::new(FOOD, "2026-02-13 16:00", true);
    play.travel("2026-02-27 23:59");
    assert_eq!(play.case.state(), State::Submitted);
    play.travel("2026-02-28 00:00");
    assert_eq!(play.case.state(), State::Accepted);
    let acceptance = play.case.stage.acceptance().unwrap();
    assert!(acceptance.deemed);
    assert_eq!(acceptance.dated, "2026-02-13".parse().unwrap());
    let late = play.command(&play.window(), Command::AskCorrection { defects: vec![defect("layout")] }).unwrap_err();
    assert_eq!(late.kind, Kind::Conflict);
}

#[test]
fn silence_about_what_is_no_licence_only_raises_the_light() {
    let slug = crate::stage::PROCEDURES
        .iter()
        .find(|p| p.item.item_type != catalogue::domain::ItemType::Licensing)
        .map(|p| p.item.slug.clone())
        .unwrap();
    let mut play = Play::new(&slug, "2026-02-13 16:00", true);
    play.travel("2026-03-20 09:00");
    assert_eq!(play.case.state(), State::Submitted);
}

#[test]
fn a_refusal_needs_a_hearing_of_the_applicant_and_an_approver() {
    let mut play = reviewed(Recommendation::Refuse);
    let refuse = || Command::Refuse { reasons: "距污染源过近".to_owned(), basis: "办法第十条".to_owned() };
    assert_eq!(play.command(&play.approver(), refuse()).unwrap_err().code, "cases.not-heard");
    play.command(
        &play.reviewer(),
        Command::IntendRefusal { reasons: "距污染源过近".to_owned(), basis: "办法第十条".to_owned() },
    )
    .unwrap();
    assert_eq!(play.command(&play.approver(), refuse()).unwrap_err().code, "cases.defence-open");
    play.command(&applicant(), Command::StateDefence { text: "已经重新选址".to_owned() }).unwrap();
    assert_eq!(play.command(&play.reviewer(), refuse()).unwrap_err().kind, Kind::Forbidden);
    play.command(&play.approver(), refuse()).unwrap();
    assert_eq!(play.case.state(), State::Closed, "{:?}", play.kinds());
    assert!(!play.case.stage.decision().unwrap().granted);
}

#[test]
fn without_an_answer_the_refusal_waits_for_the_whole_period() {
    let mut play = reviewed(Recommendation::Refuse);
    play.command(&play.reviewer(), Command::IntendRefusal { reasons: "理由".to_owned(), basis: "依据".to_owned() })
        .unwrap();
    let refuse = || Command::Refuse { reasons: "理由".to_owned(), basis: "依据".to_owned() };
    play.travel("2026-03-09 23:00");
    assert_eq!(play.command(&play.approver(), refuse()).unwrap_err().code, "cases.defence-open");
    play.travel("2026-03-10 00:01");
    play.command(&play.approver(), refuse()).unwrap();
}

#[test]
fn turning_an_application_away_takes_two_people() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    let both = staff(30, play.department(), &[Role::Window, Role::Approver]);
    play.command(
        &both,
        Command::ProposeNonAcceptance {
            ground: NonAcceptanceGround::NotCompetent,
            reason: "属于区级职权".to_owned(),
            competent_body: Some("南明区市场监督管理局".to_owned()),
        },
    )
    .unwrap();
    assert_eq!(play.command(&both, Command::Confirm {}).unwrap_err().code, "cases.four-eyes");
    play.command(&play.approver(), Command::Confirm {}).unwrap();
    assert_eq!(play.case.state(), State::NotAccepted);
}

#[test]
fn a_special_procedure_ordered_for_one_case_stops_the_clock_and_takes_two_people() {
    let mut play = in_review();
    let propose = |kind| Command::ProposeSpecial { kind, days: 10, basis: "食品安全法第八十七条".to_owned() };
    play.command(&play.reviewer(), propose(SpecialKind::Testing)).unwrap();
    play.command(&play.approver(), Command::Confirm {}).unwrap();
    assert_eq!(play.case.state(), State::Special);
    let early = play.command(&play.approver(), Command::Grant { opinion: None });
    assert!(early.is_err(), "no decision while it runs");
    play.travel("2026-03-06 09:00");
    play.command(&play.reviewer(), Command::EndSpecial { step: None, result: "合格".to_owned() }).unwrap();
    assert_eq!(play.case.state(), State::InReview);
}

#[test]
fn the_limit_is_extended_once_and_in_time() {
    let mut play = in_review();
    let extend = |days| Command::Extend { days, reason: "案情复杂".to_owned() };
    assert_eq!(play.command(&play.approver(), extend(11)).unwrap_err().code, "cases.days");
    assert_eq!(play.command(&play.reviewer(), extend(5)).unwrap_err().kind, Kind::Forbidden);
    play.command(&play.approver(), extend(10)).unwrap();
    assert_eq!(play.command(&play.approver(), extend(5)).unwrap_err().code, "cases.extended-once");
    let mut late = in_review();
    late.travel("2026-03-30 09:00");
    assert_eq!(late.command(&late.approver(), extend(5)).unwrap_err().code, "cases.too-late-to-extend");
}

#[test]
fn a_joint_item_is_extended_by_fifteen_days_with_leave_of_the_government() {
    let joint = crate::stage::changed(FOOD, |item| item.joint = true);
    let mut play = Play::with(joint, crate::stage::at("2026-03-02 09:00"), true, kernel::Channel::Web, BTreeMap::new());
    play.command(&play.window(), Command::Accept {}).unwrap();
    let extend = |days| Command::Extend { days, reason: "需会同消防救援机构研究".to_owned() };
    assert_eq!(play.command(&play.approver(), extend(16)).unwrap_err().code, "cases.days");
    assert_eq!(play.command(&play.approver(), extend(0)).unwrap_err().code, "cases.days");
    play.command(&play.approver(), extend(15)).unwrap();
    assert_eq!(play.case.extension, None, "the body's head alone does not extend it");
    let task = cases::domain::tasks::tasks(&play.case, joint).into_iter().find(|t| t.key == "confirm").unwrap();
    assert_eq!((task.department.as_str(), task.role), ("government", Role::Approver));
    let colleague = staff(23, play.department(), &[Role::Approver]);
    assert_eq!(play.command(&colleague, Command::Confirm {}).unwrap_err().code, "cases.government-only");
    let clerk = staff(31, "government", &[Role::Window]);
    assert_eq!(play.command(&clerk, Command::Confirm {}).unwrap_err().code, "cases.government-only");
    let head = staff(32, "government", &[Role::Approver]);
    play.command(&head, Command::Dismiss { reason: "理由不充分".to_owned() }).unwrap();
    play.command(&play.approver(), extend(15)).unwrap();
    play.command(&head, Command::Confirm {}).unwrap();
    assert_eq!((play.case.extension, play.case.pending.is_some()), (Some(15), false));
    assert_eq!(play.command(&play.approver(), extend(5)).unwrap_err().code, "cases.extended-once");

    let mut late = Play::with(joint, crate::stage::at("2026-03-02 09:00"), true, kernel::Channel::Web, BTreeMap::new());
    late.command(&late.window(), Command::Accept {}).unwrap();
    late.command(&late.approver(), extend(15)).unwrap();
    late.travel("2026-04-30 09:00");
    assert_eq!(late.command(&head, Command::Confirm {}).unwrap_err().code, "cases.too-late-to-extend");
}

#[test]
fn a_promise_not_kept_closes_deferral_and_says_so() {
    use cases::domain::decide::{Around, BadCause, BadCredit};
    let deferred = procedure(FOOD).item.materials.iter().find(|m| m.deferrable).unwrap().key.clone();
    let materials = BTreeMap::from([(deferred, Handed::Deferred)]);
    let mut play =
        Play::with(procedure(FOOD), crate::stage::at("2026-03-02 09:00"), true, kernel::Channel::Web, materials);
    let bad = BadCredit {
        number: "520100202601050000012".to_owned(),
        cause: BadCause::NotSupplied,
        on: "2026-01-20".parse().unwrap(),
        until: "2027-01-19".parse().unwrap(),
    };
    play.around = Around { bad_credit: Some(bad), ..Around::default() };
    let refused = play.command(&play.window(), Command::AcceptDeferred { days: 5 }).unwrap_err();
    assert_eq!(refused.code, "cases.deferral-closed");
    for word in ["520100202601050000012", "容缺材料逾期没有补交", "2027年1月20日前不能容缺受理"] {
        assert!(refused.advice.contains(word), "{word} in {}", refused.advice);
    }
    play.around = Around::default();
    play.command(&play.window(), Command::AcceptDeferred { days: 5 }).unwrap();
}

#[test]
fn what_was_deferred_must_come_before_the_grant() {
    let deferred = procedure(FOOD).item.materials.iter().find(|m| m.deferrable).unwrap().key.clone();
    let materials = BTreeMap::from([(deferred.clone(), Handed::Deferred)]);
    let mut play =
        Play::with(procedure(FOOD), crate::stage::at("2026-03-02 09:00"), true, kernel::Channel::Web, materials);
    assert_eq!(play.command(&play.window(), Command::Accept {}).unwrap_err().code, "cases.deferred-present");
    play.command(&play.window(), Command::AcceptDeferred { days: 10 }).unwrap();
    let step = play.procedure.item.steps[1].key.clone();
    let complete = Command::Complete { step, opinion: "好".to_owned(), recommend: Recommendation::Grant };
    play.command(&play.reviewer(), complete).unwrap();
    let early = play.command(&play.approver(), Command::Grant { opinion: None }).unwrap_err();
    assert_eq!(early.code, "cases.deferred-open");
    let files = BTreeMap::from([(deferred, Handed::File(kernel::FileId::from(9)))]);
    play.command(&applicant(), Command::SupplyDeferred { materials: files }).unwrap();
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
}

#[test]
fn an_applicant_may_withdraw_until_the_decision_and_nobody_else_may() {
    let mut play = in_review();
    assert_eq!(play.command(&play.window(), Command::Withdraw { reason: None }).unwrap_err().kind, Kind::Forbidden);
    play.command(&applicant(), Command::Withdraw { reason: Some("改主意了".to_owned()) }).unwrap();
    assert_eq!(play.case.state(), State::Withdrawn);
    let mut done = reviewed(Recommendation::Grant);
    done.command(&done.approver(), Command::Grant { opinion: None }).unwrap();
    assert_eq!(done.command(&applicant(), Command::Withdraw { reason: None }).unwrap_err().code, "cases.not-now");
}

#[test]
fn a_case_is_terminated_with_a_cause_by_an_approver() {
    let mut play = in_review();
    let cause = |cause| Command::Terminate { cause, reason: "申请人已注销".to_owned() };
    assert_eq!(
        play.command(&play.approver(), cause(TerminationCause::DeferredNotSupplied)).unwrap_err().code,
        "cases.deferred-not-over"
    );
    assert_eq!(
        play.command(&play.approver(), cause(TerminationCause::NotCorrected)).unwrap_err().code,
        "cases.correction-not-over"
    );
    play.command(&play.approver(), cause(TerminationCause::ApplicantGone)).unwrap();
    assert_eq!(play.case.state(), State::Terminated);
}

#[test]
fn a_closed_case_is_filed_after_thirty_working_days_and_never_moves_again() {
    let mut play = reviewed(Recommendation::Grant);
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    play.command(&play.clerk(), Command::Produce {}).unwrap();
    play.travel("2026-04-13 09:00");
    assert_eq!(play.case.state(), State::Closed);
    play.travel("2026-04-14 09:00");
    assert_eq!(play.case.state(), State::Archived);
    let before = play.case.seq;
    for command in [
        Command::Accept {},
        Command::Grant { opinion: None },
        Command::Withdraw { reason: None },
        Command::Deliver {
            proof: DeliveryProof { way: Delivery::Pickup, taken_by: "本人".to_owned(), relation: None, proof: None },
        },
    ] {
        assert!(play.command(&play.approver(), command).is_err());
    }
    assert_eq!(play.case.seq, before);
}

/// Every item of the city comes to its end when each person does their part.
#[test]
fn every_process_of_the_city_finishes() {
    for procedure in crate::stage::PROCEDURES.iter() {
        let mut play =
            Play::with(procedure, crate::stage::at("2026-03-02 09:00"), true, kernel::Channel::Web, BTreeMap::new());
        play.demo = true;
        for round in 0..60 {
            if play.case.state().is_over() {
                break;
            }
            assert!(round < 59, "{} stands still at {:?}", procedure.item.slug, play.case.state());
            let Some(task) = cases::domain::tasks::tasks(&play.case, procedure).into_iter().next() else {
                panic!("{}: nobody has anything to do at {:?}", procedure.item.slug, play.kinds())
            };
            let person = staff(100 + round, &task.department, &[task.role, Role::Approver]);
            let step = task.step.map(|i| &procedure.item.steps[i]);
            let command = match (task.key.as_str(), step.map(|s| s.kind)) {
                ("intake", _) => Command::Accept {},
                ("deliver", _) | (_, Some(StepKind::Deliver)) => Command::Deliver {
                    proof: DeliveryProof {
                        way: Delivery::Pickup,
                        taken_by: "本人".to_owned(),
                        relation: None,
                        proof: None,
                    },
                },
                (_, Some(StepKind::Review)) => Command::Complete {
                    step: step.unwrap().key.clone(),
                    opinion: "符合".to_owned(),
                    recommend: Recommendation::Grant,
                },
                (_, Some(StepKind::Special)) => {
                    let key = step.unwrap().key.clone();
                    if play.case.specials.iter().any(|s| s.step == task.step) {
                        Command::EndSpecial { step: Some(key), result: "合格".to_owned() }
                    } else {
                        Command::BeginSpecial { step: key, days: 1 }
                    }
                }
                (_, Some(StepKind::Pay)) => {
                    if play.case.payments.contains_key(&task.step.unwrap()) {
                        Command::RecordPayment { step: step.unwrap().key.clone(), receipt: "52010000001".to_owned() }
                    } else {
                        Command::AssessFee { amount_cents: 12_300, basis: "收费目录".to_owned() }
                    }
                }
                (_, Some(StepKind::Issue)) => Command::Produce {},
                _ => Command::Grant { opinion: None },
            };
            if let Err(e) = play.command(&person, command.clone()) {
                panic!("{}: {command:?}: {e:?} at {:?}", procedure.item.slug, play.kinds());
            }
        }
    }
}

#[test]
fn a_publication_lasts_its_days_and_ends_by_itself() {
    let mut play = Play::new("minimum-living-allowance", "2026-03-02 09:00", true);
    let step = play.procedure.item.steps.iter().position(|s| s.special_kind == Some(SpecialKind::Publication)).unwrap();
    play.command(&play.window(), Command::Accept {}).unwrap();
    let key = |index: usize| play.procedure.item.steps[index].key.clone();
    let (publication, longest) = (key(step), play.procedure.item.steps[step].max_days.unwrap());
    // Everything before it.
    for index in 0..step {
        let (kind, name) = (play.procedure.item.steps[index].kind, play.procedure.item.steps[index].key.clone());
        let role = cases::domain::tasks::human_role(&play.procedure.item.steps[index]);
        let who = staff(40 + i64::try_from(index).unwrap(), play.department(), &[role]);
        match kind {
            StepKind::Review => play
                .command(
                    &who,
                    Command::Complete { step: name, opinion: "好".to_owned(), recommend: Recommendation::Grant },
                )
                .unwrap(),
            StepKind::Special => {
                play.command(&who, Command::BeginSpecial { step: name.clone(), days: 1 }).unwrap();
                play.command(&who, Command::EndSpecial { step: Some(name), result: "好".to_owned() }).unwrap();
            }
            _ => {}
        }
    }
    let role = cases::domain::tasks::human_role(&play.procedure.item.steps[step]);
    let who = staff(60, play.department(), &[role]);
    let begin = |days| Command::BeginSpecial { step: publication.clone(), days };
    let end = || Command::EndSpecial { step: Some(publication.clone()), result: "无异议".to_owned() };
    if longest > 1 {
        assert_eq!(play.command(&who, begin(1)).unwrap_err().code, "cases.publication-short");
    }
    play.command(&who, begin(longest)).unwrap();
    let last = crate::stage::CALENDAR.deadline("2026-03-02".parse().unwrap(), longest).date;
    play.travel(&format!("{last} 23:59"));
    assert_eq!(play.command(&who, end()).unwrap_err().code, "cases.publication-running", "objections may still come");
    let (case, history) = (play.case.clone(), play.history.clone());
    let mut demo = Play { demo: true, case, history, around: play.around.clone(), ..play };
    demo.command(&who, end()).unwrap();
    assert!(
        demo.history
            .iter()
            .any(|e| matches!(&e.event, Event::SpecialEnded { result, .. } if result.contains("演示环境")))
    );
    play.travel(&format!("{} 00:00", last.tomorrow().unwrap()));
    assert!(
        play.history.iter().any(|e| matches!(e.event, Event::SpecialEnded { expired: true, .. })),
        "{:?}",
        play.kinds()
    );
}

fn refusal_intended() -> Play {
    let mut play = reviewed(Recommendation::Refuse);
    play.command(&play.reviewer(), Command::IntendRefusal { reasons: "理由".to_owned(), basis: "依据".to_owned() })
        .unwrap();
    play
}

fn arrange(day: &str, chair: &str) -> Command {
    Command::ArrangeHearing {
        day: day.parse().unwrap(),
        time: "9:30".to_owned(),
        place: "政务服务大厅三楼".to_owned(),
        chair: chair.to_owned(),
    }
}

/// Example of the handbook: told on 2 March, asked for by 9 March; asked on 6 March, held by 3 April.
#[test]
fn a_hearing_is_asked_for_in_time_arranged_held_and_decides() {
    let refuse = || Command::Refuse { reasons: "理由".to_owned(), basis: "依据".to_owned() };
    let mut late = refusal_intended();
    late.travel("2026-03-10 09:00");
    assert_eq!(late.command(&applicant(), Command::RequestHearing {}).unwrap_err().code, "cases.hearing-too-late");

    let mut play = refusal_intended();
    play.travel("2026-03-06 15:00");
    assert_eq!(play.command(&play.reviewer(), Command::RequestHearing {}).unwrap_err().kind, Kind::Forbidden);
    play.command(&applicant(), Command::RequestHearing {}).unwrap();
    assert_eq!(play.case.hearing.as_ref().unwrap().until, "2026-04-03".parse().unwrap());
    assert_eq!(play.command(&applicant(), Command::RequestHearing {}).unwrap_err().code, "cases.not-now");
    let waiting = cases::domain::tasks::tasks(&play.case, play.procedure);
    assert!(waiting.iter().any(|t| t.key == "hearing"), "somebody has to arrange it: {waiting:?}");
    play.travel("2026-03-10 09:00");
    assert_eq!(play.command(&play.approver(), refuse()).unwrap_err().code, "cases.hearing-open", "the defence is over");

    for (day, chair, code) in [
        ("2026-03-18", "陈主持", "cases.hearing-day"),
        ("2026-04-07", "陈主持", "cases.hearing-day"),
        ("2026-03-19", "工作人员12", "cases.hearing-chair"),
    ] {
        assert_eq!(play.command(&play.approver(), arrange(day, chair)).unwrap_err().code, code, "{day} {chair}");
    }
    play.command(&play.approver(), arrange("2026-03-19", "陈主持")).unwrap();
    assert_eq!(play.case.state(), State::Special, "art. 45: the days until then are not counted");
    let record = |signed: &[&str]| Command::RecordHearing {
        record: "双方陈述一致。".to_owned(),
        signed_by: signed.iter().map(|s| (*s).to_owned()).collect(),
    };
    assert_eq!(play.command(&play.approver(), record(&["王小敏"])).unwrap_err().code, "cases.hearing-to-come");
    play.travel("2026-03-19 12:00");
    let other = Command::EndSpecial { step: None, result: "完".to_owned() };
    assert_eq!(play.command(&play.approver(), other).unwrap_err().code, "cases.hearing-open");
    assert_eq!(play.command(&play.approver(), record(&[])).unwrap_err().code, "cases.hearing-unsigned");
    play.command(&play.approver(), record(&["王小敏", "陈主持"])).unwrap();
    assert_eq!(play.case.state(), State::InReview);
    let pauses = play.case.pauses(|from, days| crate::stage::CALENDAR.deadline(from, days).date);
    assert_eq!(pauses, [("2026-03-10".parse().unwrap(), "2026-03-19".parse().unwrap())]);
    play.command(&play.approver(), refuse()).unwrap();
    assert!(!play.case.stage.decision().unwrap().granted);
    assert!(!cases::domain::tasks::tasks(&play.case, play.procedure).iter().any(|t| t.key == "hearing"));
}

#[test]
fn what_is_no_licence_has_no_hearing() {
    let procedure = crate::stage::PROCEDURES.iter().find(|p| {
        p.item.item_type != catalogue::domain::ItemType::Licensing
            && p.item.steps.iter().any(|s| s.kind == StepKind::Decide && s.department.is_none())
    });
    let mut play = Play::new(&procedure.unwrap().item.slug, "2026-03-02 09:00", true);
    play.command(&play.window(), Command::Accept {}).unwrap();
    let both = staff(50, play.department(), &[Role::Reviewer, Role::Approver]);
    play.command(&both, Command::IntendRefusal { reasons: "理由".to_owned(), basis: "依据".to_owned() }).unwrap();
    assert_eq!(play.command(&applicant(), Command::RequestHearing {}).unwrap_err().code, "cases.no-hearing");
}

#[test]
fn what_was_entered_wrongly_is_voided_by_two_people() {
    let mut play = in_review();
    let alone = Command::Terminate { cause: TerminationCause::EnteredWrongly, reason: "录错了人".to_owned() };
    assert_eq!(play.command(&play.approver(), alone).unwrap_err().code, "cases.void-by-two");
    let propose = || Command::ProposeVoid { reason: "录错了人".to_owned() };
    let stranger = staff(70, "tax", &[Role::Window]);
    assert_eq!(play.command(&stranger, propose()).unwrap_err().code, "cases.void-staff");
    assert_eq!(play.command(&applicant(), propose()).unwrap_err().kind, Kind::Forbidden);
    let both = staff(71, play.department(), &[Role::Window, Role::Approver]);
    play.command(&both, propose()).unwrap();
    assert_eq!(play.command(&both, Command::Confirm {}).unwrap_err().code, "cases.four-eyes");
    play.command(&play.approver(), Command::Confirm {}).unwrap();
    assert_eq!(play.case.state(), State::Terminated);
    let ending = play.case.stage.ending().unwrap();
    assert_eq!(ending.result, Some(cases::domain::event::ClosingResult::Voided));
    let mut decided = reviewed(Recommendation::Grant);
    decided.command(&decided.approver(), Command::Grant { opinion: None }).unwrap();
    assert_eq!(decided.command(&decided.window(), propose()).unwrap_err().code, "cases.not-now");
}
