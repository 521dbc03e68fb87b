//! The clock tables of the handbook, on the engine.

use cases::domain::{
    clocks::{ClockKind, ClockState, Light, clocks},
    command::Command,
};
use catalogue::domain::SpecialKind;
use kernel::{Date, city_date};

use crate::stage::{CALENDAR, Play};

/// Food licence: 10 working days by law, 5 promised.
fn accepted(time: &str) -> Play {
    let mut play = Play::new("food-operation-licence-new", time, true);
    play.command(&play.window(), Command::Accept {}).unwrap();
    play
}

fn deadline(play: &Play, kind: ClockKind) -> Date {
    let all = clocks(&play.case, play.procedure, &CALENDAR, city_date(play.now));
    all.iter().find(|c| c.kind == kind).unwrap().deadline
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn the_statutory_and_promised_clocks_start_from_acceptance() {
    let play = accepted("2026-03-02 09:00");
    assert_eq!(deadline(&play, ClockKind::Statutory), day("2026-03-16"));
    assert_eq!(deadline(&play, ClockKind::Promised), day("2026-03-09"));
    assert_eq!(deadline(&play, ClockKind::Acceptance), day("2026-03-09"));
}

#[test]
fn an_application_on_a_holiday_bears_its_real_date() {
    let play = Play::new("food-operation-licence-new", "2026-05-02 22:00", true);
    assert_eq!(deadline(&play, ClockKind::Acceptance), day("2026-05-11"), "not 12 May");
}

#[test]
fn midnight_belongs_to_the_next_day() {
    let before = accepted("2026-12-31 23:59");
    let after = accepted("2026-03-02 00:00");
    assert_eq!(before.case.stage.acceptance().unwrap().dated, day("2026-12-31"));
    assert_eq!(after.case.stage.acceptance().unwrap().dated, day("2026-03-02"));
    let all = clocks(&before.case, before.procedure, &CALENDAR, day("2027-02-20"));
    let statutory = all.iter().find(|c| c.kind == ClockKind::Statutory).unwrap();
    assert!(statutory.provisional, "2027 is not published");
    assert_ne!(statutory.light(day("2027-02-20")), Light::Red, "no red light from a provisional day");
}

#[test]
fn a_special_procedure_moves_both_deadlines_and_ends_at_its_planned_length() {
    let mut play = accepted("2026-03-02 09:00");
    play.travel("2026-03-03 09:00");
    let propose = Command::ProposeSpecial { kind: SpecialKind::ExpertReview, days: 4, basis: "法".to_owned() };
    play.command(&play.reviewer(), propose).unwrap();
    play.command(&play.approver(), Command::Confirm {}).unwrap();
    assert_eq!(deadline(&play, ClockKind::Statutory), day("2026-03-20"), "four working days later");
    assert_eq!(deadline(&play, ClockKind::Promised), day("2026-03-13"));
    let paused = clocks(&play.case, play.procedure, &CALENDAR, day("2026-03-05"));
    assert_eq!(paused.iter().find(|c| c.kind == ClockKind::Statutory).unwrap().state, ClockState::Paused);
    play.travel("2026-03-04 09:00");
    play.command(&play.reviewer(), Command::EndSpecial { step: None, result: "通过".to_owned() }).unwrap();
    assert_eq!(deadline(&play, ClockKind::Statutory), day("2026-03-17"), "only the day it took");
}

#[test]
fn a_site_visit_does_not_stop_a_licensing_clock() {
    let mut play = accepted("2026-03-02 09:00");
    let before = deadline(&play, ClockKind::Statutory);
    let propose = Command::ProposeSpecial { kind: SpecialKind::SiteVisit, days: 4, basis: "法".to_owned() };
    play.command(&play.reviewer(), propose).unwrap();
    play.command(&play.approver(), Command::Confirm {}).unwrap();
    assert_eq!(deadline(&play, ClockKind::Statutory), before);
}

#[test]
fn an_extension_moves_both_deadlines_by_its_days() {
    let mut play = accepted("2026-03-02 09:00");
    play.command(&play.approver(), Command::Extend { days: 10, reason: "复杂".to_owned() }).unwrap();
    assert_eq!(deadline(&play, ClockKind::Statutory), day("2026-03-30"));
    assert_eq!(deadline(&play, ClockKind::Promised), day("2026-03-23"));
}

#[test]
fn the_explanation_of_a_clock_ends_at_its_deadline_and_counts_to_its_limit() {
    let play = accepted("2026-04-30 09:00");
    for clock in clocks(&play.case, play.procedure, &CALENDAR, city_date(play.now)) {
        let notes = clock.explain(&CALENDAR);
        if clock.limit == 0 {
            continue;
        }
        let last = notes.last().unwrap();
        assert_eq!((last.date, last.counted), (clock.deadline, Some(clock.limit)), "{:?}", clock.kind);
        assert!(notes.iter().any(|n| n.reason.contains("劳动节")), "{:?} says why 1 May is left out", clock.kind);
    }
}

#[test]
fn lights_turn_yellow_before_and_red_after_the_deadline() {
    let play = accepted("2026-03-02 09:00");
    let light = |today: &str| {
        let all = clocks(&play.case, play.procedure, &CALENDAR, day(today));
        all.iter().find(|c| c.kind == ClockKind::Promised).unwrap().light(day(today))
    };
    assert_eq!(light("2026-03-03"), Light::Green);
    assert_eq!(light("2026-03-06"), Light::Yellow);
    assert_eq!(light("2026-03-09"), Light::Yellow);
    assert_eq!(light("2026-03-10"), Light::Red);
}

/// Examples of the handbook (第四十四条): ten working days from the decision, over both holidays.
#[test]
fn the_issue_clock_runs_ten_working_days_from_the_decision() {
    for (accepted_on, decided_on, last) in
        [("2026-04-28 09:00", "2026-04-29 16:00", "2026-05-15"), ("2026-09-29 09:00", "2026-09-30 16:00", "2026-10-20")]
    {
        let mut play = accepted(accepted_on);
        play.travel(decided_on);
        let step = play.procedure.item.steps[1].key.clone();
        let complete = Command::Complete {
            step,
            opinion: "符合要求".to_owned(),
            recommend: cases::domain::event::Recommendation::Grant,
        };
        play.command(&play.reviewer(), complete).unwrap();
        play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
        assert_eq!(deadline(&play, ClockKind::Issue), day(last), "decided {decided_on}");
    }
}

/// Asked for on 6 March, a hearing is held by 3 April (第四十七条).
#[test]
fn the_hearing_clock_runs_twenty_working_days_from_the_request() {
    let mut play = accepted("2026-03-02 09:00");
    let told = Command::IntendRefusal { reasons: "理由".to_owned(), basis: "依据".to_owned() };
    play.command(&play.reviewer(), told).unwrap();
    play.travel("2026-03-06 09:00");
    play.command(&crate::stage::applicant(), Command::RequestHearing {}).unwrap();
    assert_eq!(deadline(&play, ClockKind::Hearing), day("2026-04-03"));
}
