//! Who stays away from a case.

use cases::domain::{
    avoidance::{Part, Related, Relation},
    case::{State, StepState},
    command::Command,
    decide::Around,
    event::{Event, Recommendation},
    tasks::tasks,
};
use kernel::{AccountId, Kind, Role};

use crate::stage::{Play, applicant, staff};

/// Licensing, accepted by a clerk, one on-site review, an approver's decision, a certificate.
const FOOD: &str = "food-operation-licence-new";

fn accepted() -> Play {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&play.window(), Command::Accept {}).unwrap();
    play
}

/// A review by reviewer 12, or a colleague.
fn complete(play: &mut Play, who: i64, recommend: Recommendation) -> Result<(), cases::domain::decide::Rejection> {
    let who = staff(who, play.department(), &[Role::Reviewer]);
    let step = play.procedure.item.steps[1].key.clone();
    play.command(&who, Command::Complete { step, opinion: "现场符合要求".to_owned(), recommend })
}

fn recuse() -> Command {
    Command::Recuse { relation: Relation::Kin, reason: "申请人是我表弟".to_owned() }
}

fn ask(part: Part) -> Command {
    Command::AskAvoidance { part, reason: "审查人员是竞争对手的家属".to_owned() }
}

fn answer(upheld: bool, account: Option<i64>, chair: Option<&str>) -> Command {
    Command::DecideAvoidance {
        upheld,
        account: account.map(AccountId::from),
        name: "工作人员12".to_owned(),
        chair: chair.map(str::to_owned),
        reason: "经核实".to_owned(),
    }
}

#[test]
fn whoever_has_to_stay_away_says_so_and_never_gets_the_task_again() {
    let mut play = accepted();
    play.command(&play.reviewer(), Command::Claim { task: "step:1".to_owned() }).unwrap();
    let stranger = staff(99, "tax", &[Role::Reviewer]);
    assert_eq!(play.command(&stranger, recuse()).unwrap_err().code, "cases.not-your-task");
    assert_eq!(play.command(&applicant(), recuse()).unwrap_err().code, "cases.staff-only");
    let silent = Command::Recuse { relation: Relation::Kin, reason: " ".to_owned() };
    assert_eq!(play.command(&play.reviewer(), silent).unwrap_err().code, "cases.text-missing");
    play.command(&play.reviewer(), recuse()).unwrap();
    assert!(play.case.claims.is_empty(), "the task is back in the queue");
    assert!(tasks(&play.case, play.procedure).iter().any(|t| t.key == "step:1"));
    let entry = play.history.iter().find(|e| e.event.topic() == "case.recused").unwrap();
    assert!(matches!(&entry.event, Event::Recused { private, .. } if private.text.contains("表弟")));
    for command in [
        Command::Claim { task: "step:1".to_owned() },
        Command::IntendRefusal { reasons: "a".into(), basis: "b".into() },
    ] {
        let refused = play.command(&play.reviewer(), command).unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Forbidden, "cases.avoided"));
    }
    assert_eq!(complete(&mut play, 12, Recommendation::Grant).unwrap_err().code, "cases.avoided");
    assert_eq!(play.command(&play.reviewer(), recuse()).unwrap_err().code, "cases.not-now", "once is enough");
    let colleague = staff(22, play.department(), &[Role::Reviewer]);
    play.command(&colleague, Command::Claim { task: "step:1".to_owned() }).unwrap();
    let back =
        Command::HandOver { task: "step:1".to_owned(), to: AccountId::from(12), name: "工作人员12".to_owned() };
    assert_eq!(play.command(&colleague, back).unwrap_err().code, "cases.colleague-avoids");
    complete(&mut play, 22, Recommendation::Grant).unwrap();
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    assert_eq!(play.case.state(), State::Granted);
}

#[test]
fn whoever_is_known_to_be_close_may_not_take_the_case_up() {
    for (relation, agent) in [(Relation::Oneself, false), (Relation::Spouse, false), (Relation::Oneself, true)] {
        let mut play = accepted();
        play.around = Around { related: Some(Related { relation, agent }), ..Around::default() };
        let claim = play.command(&play.reviewer(), Command::Claim { task: "step:1".to_owned() }).unwrap_err();
        assert_eq!((claim.kind, claim.code), (Kind::Forbidden, "cases.related"), "{relation}");
        assert!(claim.advice.contains(if agent { "经办人" } else { "申请人" }), "{}", claim.advice);
        assert_eq!(complete(&mut play, 12, Recommendation::Grant).unwrap_err().code, "cases.related");
        play.command(&play.reviewer(), recuse()).unwrap();
        play.around = Around::default();
        let still = play.command(&play.reviewer(), Command::Claim { task: "step:1".to_owned() }).unwrap_err();
        assert_eq!(still.code, "cases.avoided");
    }
}

#[test]
fn what_was_reviewed_by_somebody_who_stays_away_is_reviewed_anew() {
    let mut play = accepted();
    complete(&mut play, 12, Recommendation::Grant).unwrap();
    assert!(play.case.steps[2].is_active(), "the decision is next");
    play.command(&play.reviewer(), recuse()).unwrap();
    assert!(play.case.steps[1].is_active(), "{:?}", play.case.steps);
    assert_eq!(play.case.steps[2], StepState::Waiting);
    assert_eq!(play.command(&play.approver(), Command::Grant { opinion: None }).unwrap_err().code, "cases.not-now");
    complete(&mut play, 22, Recommendation::Grant).unwrap();
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
}

#[test]
fn the_applicant_asks_and_nothing_is_decided_until_another_approver_has_answered() {
    let mut play = accepted();
    complete(&mut play, 12, Recommendation::Grant).unwrap();
    assert_eq!(play.command(&play.reviewer(), ask(Part::Reviewer)).unwrap_err().code, "cases.applicant-only");
    assert_eq!(play.command(&play.approver(), answer(true, Some(12), None)).unwrap_err().code, "cases.not-now");
    assert_eq!(play.command(&applicant(), ask(Part::Chair)).unwrap_err().code, "cases.no-chair");
    play.command(&applicant(), ask(Part::Reviewer)).unwrap();
    assert_eq!(play.command(&applicant(), ask(Part::Reviewer)).unwrap_err().code, "cases.not-now", "one at a time");
    let decided = play.command(&play.approver(), Command::Grant { opinion: None }).unwrap_err();
    assert_eq!(decided.code, "cases.avoidance-open");
    let task = tasks(&play.case, play.procedure).into_iter().find(|t| t.key == "avoidance").unwrap();
    assert_eq!(task.role, Role::Approver);

    let both = staff(12, play.department(), &[Role::Reviewer, Role::Approver]);
    assert_eq!(play.command(&both, answer(false, None, None)).unwrap_err().code, "cases.own-avoidance");
    assert_eq!(play.command(&play.approver(), answer(true, Some(13), None)).unwrap_err().code, "cases.own-avoidance");
    assert_eq!(play.command(&play.approver(), answer(true, None, None)).unwrap_err().code, "cases.avoidance-who");
    assert_eq!(play.command(&play.reviewer(), answer(false, None, None)).unwrap_err().kind, Kind::Forbidden);
    play.command(&play.approver(), answer(true, Some(12), None)).unwrap();
    assert!(play.case.avoided.contains_key(&AccountId::from(12)) && play.case.steps[1].is_active());

    complete(&mut play, 22, Recommendation::Grant).unwrap();
    for _ in 0..2 {
        play.command(&applicant(), ask(Part::Approver)).unwrap();
        play.command(&play.approver(), answer(false, None, None)).unwrap();
    }
    assert_eq!(play.command(&applicant(), ask(Part::Approver)).unwrap_err().code, "cases.avoidance-often");
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    assert_eq!(play.command(&applicant(), ask(Part::Approver)).unwrap_err().code, "cases.not-now", "decided");
}

#[test]
fn who_presides_over_a_hearing_can_be_challenged() {
    let mut play = accepted();
    complete(&mut play, 12, Recommendation::Refuse).unwrap();
    let told = Command::IntendRefusal { reasons: "理由".to_owned(), basis: "依据".to_owned() };
    play.command(&play.reviewer(), told).unwrap();
    play.command(&applicant(), Command::RequestHearing {}).unwrap();
    let arranged = Command::ArrangeHearing {
        day: "2026-03-16".parse().unwrap(),
        time: "9:30".to_owned(),
        place: "三楼".to_owned(),
        chair: "陈主持".to_owned(),
    };
    play.command(&play.approver(), arranged).unwrap();
    play.command(&applicant(), ask(Part::Chair)).unwrap();
    for (chair, code) in
        [("", "cases.text-missing"), ("工作人员12", "cases.hearing-chair"), ("陈主持", "cases.same-chair")]
    {
        assert_eq!(play.command(&play.approver(), answer(true, None, Some(chair))).unwrap_err().code, code, "{chair}");
    }
    play.command(&play.approver(), answer(true, None, Some("刘主持"))).unwrap();
    assert_eq!(play.case.hearing.as_ref().unwrap().chair.as_deref(), Some("刘主持"));
}

/// A machine decides nothing either while the applicant waits for an answer.
#[test]
fn rules_wait_as_well() {
    let mut play = accepted();
    play.command(&applicant(), ask(Part::Reviewer)).unwrap();
    complete(&mut play, 12, Recommendation::Grant).unwrap();
    assert!(play.case.stage.decision().is_none());
    play.travel("2026-04-20 09:00");
    assert!(play.case.stage.decision().is_none());
}
