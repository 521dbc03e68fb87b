//! Limited numbers, renewals by silence, decisions open to the public.

use std::collections::BTreeMap;

use cases::domain::{
    case::State,
    clocks::{Clock, ClockKind, Light, clocks},
    command::Command,
    decide::{Around, Quota},
    documents::{DocumentKind, called_for},
    event::{Event, Handed, Recommendation},
};
use catalogue::domain::{CertificateFacts, ItemType, Procedure, Renewal, StepKind};
use kernel::{Channel, Date, city_date};

use crate::stage::{CALENDAR, Play, applicant, at, changed};

/// Licensing, accepted by a clerk, one on-site review, an approver's decision, a certificate.
const FOOD: &str = "food-operation-licence-new";
const TYPE: &str = "food-operation-licence";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn reviewed(mut play: Play) -> Play {
    play.command(&play.window(), Command::Accept {}).unwrap();
    let step = play.procedure.item.steps[1].key.clone();
    let opinion = "现场符合要求".to_owned();
    play.command(&play.reviewer(), Command::Complete { step, opinion, recommend: Recommendation::Grant }).unwrap();
    play
}

// ---- a limited number (行政许可法 第五十七条)

#[test]
fn the_order_of_acceptance_decides_over_a_limited_number() {
    let mut play = reviewed(Play::new(FOOD, "2026-03-02 09:00", true));
    for (limit, taken, ahead, code) in [
        (3, 3, 0, "cases.limit-used"),
        (3, 9, 0, "cases.limit-used"),
        (3, 2, 1, "cases.limit-order"),
        (3, 0, 3, "cases.limit-order"),
    ] {
        play.around = Around { quota: Some(Quota { limit, taken, ahead }), ..Around::default() };
        let refused = play.command(&play.approver(), Command::Grant { opinion: None }).unwrap_err();
        assert_eq!(refused.code, code, "{taken} of {limit} granted, {ahead} ahead");
        assert!(refused.advice.contains("第五十七条"), "{}", refused.advice);
    }
    play.around = Around { quota: Some(Quota { limit: 3, taken: 1, ahead: 1 }), ..Around::default() };
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    assert_eq!(play.case.state(), State::Granted);
}

#[test]
fn a_machine_grants_nothing_beyond_the_number_or_out_of_turn() {
    let by_rule = changed(FOOD, |item| {
        for step in item.steps.iter_mut().filter(|s| matches!(s.kind, StepKind::Review | StepKind::Decide)) {
            step.auto = Some("true".to_owned());
        }
    });
    let mut play = Play::with(by_rule, at("2026-03-02 09:00"), true, Channel::Web, BTreeMap::new());
    play.command(&play.window(), Command::Accept {}).unwrap();
    play.case.by_person = false;
    for quota in [Quota { limit: 1, taken: 1, ahead: 0 }, Quota { limit: 2, taken: 1, ahead: 1 }] {
        play.around = Around { quota: Some(quota), ..Around::default() };
        play.travel("2026-03-02 10:00");
        assert!(play.case.steps[1].is_over() && play.case.stage.decision().is_none(), "{quota:?}");
    }
    play.around = Around { quota: Some(Quota { limit: 2, taken: 1, ahead: 0 }), ..Around::default() };
    play.travel("2026-03-02 11:00");
    assert!(play.case.stage.decision().is_some_and(|d| d.automated));
}

#[test]
fn the_order_is_that_of_receipt_where_silence_accepted() {
    let mut silent = Play::new(FOOD, "2026-02-13 16:00", true);
    silent.travel("2026-03-02 09:00");
    assert_eq!(silent.case.accepted_order(), Some(at("2026-02-13 16:00").as_millisecond()));
    let accepted = reviewed(Play::new(FOOD, "2026-03-02 09:00", true));
    assert_eq!(accepted.case.accepted_order(), Some(at("2026-03-02 09:00").as_millisecond()));
    assert_eq!(Play::new(FOOD, "2026-03-02 09:00", true).case.accepted_order(), None);
}

// ---- renewal by silence (行政许可法 第五十条)

fn renewing(apply_before_days: u32) -> &'static Procedure {
    changed(FOOD, |item| item.renewal = Some(Renewal { certificate_type: TYPE.to_owned(), apply_before_days }))
}

fn licence(id: &str, expires_on: &str) -> CertificateFacts {
    CertificateFacts {
        id: id.to_owned(),
        certificate_type: TYPE.to_owned(),
        number: "JY15201020000012".to_owned(),
        issued_on: day("2021-04-11"),
        expires_on: Some(day(expires_on)),
        valid: true,
        data: BTreeMap::new(),
    }
}

fn renewal(procedure: &'static Procedure, expires_on: &str) -> Play {
    let held = vec![licence("held", expires_on)];
    Play::holding(procedure, at("2026-03-02 09:00"), true, Channel::Web, BTreeMap::new(), held)
}

fn clock(play: &Play, today: &str) -> Option<Clock> {
    let all = clocks(&play.case, play.procedure, &CALENDAR, day(today));
    all.into_iter().find(|c| c.kind == ClockKind::RenewalExpiry)
}

#[test]
fn silence_until_the_last_day_renews_a_licence() {
    let mut play = renewal(renewing(30), "2026-04-10");
    play.command(&play.window(), Command::Accept {}).unwrap();
    play.command(&play.reviewer(), Command::Claim { task: "step:1".to_owned() }).unwrap();
    play.travel("2026-04-10 23:59");
    assert!(play.case.stage.decision().is_none(), "its last day is the body's");
    assert_eq!(
        cases::domain::clocks::next_automatic_day(&play.case, play.procedure, &CALENDAR),
        Some(day("2026-04-11"))
    );
    play.travel("2026-04-11 00:00");
    let decision = play.case.stage.decision().unwrap();
    assert!(decision.granted && decision.deemed, "{:?}", play.kinds());
    let entry = play.history.iter().find(|e| e.event.topic() == "case.decided").unwrap();
    assert!(entry.by.is_system());
    assert_eq!(called_for(&entry.event), [DocumentKind::DeemedRenewal]);
    assert_eq!(entry.event.label(), "视为准予延续");
    assert!(play.case.steps[1].is_over(), "nothing is left to review");
    play.command(&play.clerk(), Command::Produce {}).unwrap();
    assert_eq!(play.case.state(), State::Closed, "certificate and delivery follow: {:?}", play.kinds());
}

#[test]
fn silence_renews_only_what_was_applied_for_in_time_and_only_licences() {
    let end = "2026-05-20 09:00";
    let undecided = |mut play: Play, why: &str| {
        play.command(&play.window(), Command::Accept {}).unwrap();
        play.travel(end);
        assert!(play.case.stage.decision().is_none(), "{why}");
    };
    undecided(renewal(renewing(30), "2026-03-31"), "29 days before the end");
    undecided(renewal(renewing(30), "2026-03-01"), "a licence that had ended");
    let service = changed(FOOD, |item| {
        item.item_type = ItemType::PublicService;
        item.renewal = Some(Renewal { certificate_type: TYPE.to_owned(), apply_before_days: 30 });
    });
    undecided(renewal(service, "2026-04-10"), "no licence");
    undecided(Play::new(FOOD, "2026-03-02 09:00", true), "an item that renews nothing");

    let mut in_time = renewal(renewing(30), "2026-04-01");
    in_time.command(&in_time.window(), Command::Accept {}).unwrap();
    in_time.travel(end);
    assert!(in_time.case.stage.decision().is_some_and(|d| d.deemed), "30 days before the end");
}

#[test]
fn silence_renews_nothing_while_the_office_waits_for_the_applicant() {
    let procedure = renewing(30);
    let deferred = procedure.item.materials.iter().find(|m| m.deferrable).unwrap().key.clone();
    let held = vec![licence("held", "2026-04-10")];
    let handed = BTreeMap::from([(deferred.clone(), Handed::Deferred)]);
    let mut play = Play::holding(procedure, at("2026-03-02 09:00"), true, Channel::Web, handed, held);
    play.command(&play.window(), Command::AcceptDeferred { days: 30 }).unwrap();
    play.travel("2026-04-11 09:00");
    assert!(play.case.stage.decision().is_none(), "deferred material is owed");
    let files = BTreeMap::from([(deferred, Handed::File(kernel::FileId::from(9)))]);
    play.command(&applicant(), Command::SupplyDeferred { materials: files }).unwrap();
    assert!(play.case.stage.decision().is_some_and(|d| d.deemed), "once it is there, the law takes its course");
}

#[test]
fn a_special_procedure_does_not_hold_up_the_law() {
    let mut play = renewal(renewing(30), "2026-04-10");
    play.command(&play.window(), Command::Accept {}).unwrap();
    let kind = catalogue::domain::SpecialKind::Testing;
    let propose = Command::ProposeSpecial { kind, days: 60, basis: "食品安全法第八十七条".to_owned() };
    play.command(&play.reviewer(), propose).unwrap();
    play.command(&play.approver(), Command::Confirm {}).unwrap();
    play.travel("2026-04-11 09:00");
    assert!(play.case.stage.decision().is_some_and(|d| d.deemed));
    assert_eq!(play.case.open_specials().count(), 0);
}

#[test]
fn the_clock_of_a_renewal_turns_yellow_ten_working_days_before_and_says_why() {
    let mut play = renewal(renewing(30), "2026-04-10");
    play.command(&play.window(), Command::Accept {}).unwrap();
    let clock = clock(&play, "2026-03-02").unwrap();
    assert_eq!((clock.start, clock.deadline, clock.limit), (day("2026-03-02"), day("2026-04-10"), 39));
    // 10 April back: 9, 8, 7, 3, 2, 1 April, 31, 30, 27 March make nine between; 4 to 6 April are Qingming.
    assert_eq!(clock.alarm_on, Some(day("2026-03-26")));
    assert_eq!(CALENDAR.used(day("2026-03-26"), day("2026-04-10")), 10);
    assert_eq!(CALENDAR.used(day("2026-03-27"), day("2026-04-10")), 9);
    for (today, light) in [
        ("2026-03-25", Light::Green),
        ("2026-03-26", Light::Yellow),
        ("2026-04-10", Light::Yellow),
        ("2026-04-11", Light::Red),
    ] {
        assert_eq!(clock.light(day(today)), light, "{today}");
    }
    let days = clock.explain(&CALENDAR);
    assert_eq!((days.len(), days[0].date), (39, day("2026-03-03")));
    let last = days.last().unwrap();
    assert!(last.date == day("2026-04-10") && last.reason.contains("视为准予延续（行政许可法第五十条）"), "{last:?}");
    let alarm = days.iter().find(|d| d.date == day("2026-03-26")).unwrap();
    assert!(alarm.reason.contains("还有10个工作日"), "{alarm:?}");
    let quiet = days.iter().find(|d| d.date == day("2026-03-20")).unwrap();
    assert_eq!(quiet.reason, "自然日");
    assert!(clock_none(), "an item that renews nothing has no such clock");
}

fn clock_none() -> bool {
    clock(&Play::new(FOOD, "2026-03-02 09:00", true), "2026-03-02").is_none()
}

#[test]
fn the_licence_handed_in_is_the_one_renewed() {
    let procedure = renewing(30);
    let held = vec![licence("other", "2027-01-01"), licence("meant", "2026-05-01"), licence("old", "2026-01-01")];
    let key = procedure.item.materials[0].key.clone();
    let handed = BTreeMap::from([(key, Handed::Certificate("meant".to_owned()))]);
    let play = Play::holding(procedure, at("2026-03-02 09:00"), true, Channel::Web, handed, held.clone());
    assert_eq!(play.case.renewed(procedure).map(|c| c.id.as_str()), Some("meant"));
    let play = Play::holding(procedure, at("2026-03-02 09:00"), true, Channel::Web, BTreeMap::new(), held);
    assert_eq!(play.case.renewed(procedure).map(|c| c.id.as_str()), Some("other"), "else the one that lasts longest");
}

// ---- open to the public (行政许可法 第四十条)

#[test]
fn a_licence_granted_is_open_to_the_public_within_seven_working_days() {
    let mut play = reviewed(Play::new(FOOD, "2026-03-02 09:00", true));
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    let publicity = |play: &Play, today: &str| {
        let all = clocks(&play.case, play.procedure, &CALENDAR, day(today));
        all.into_iter().find(|c| c.kind == ClockKind::Publicity)
    };
    let running = publicity(&play, "2026-03-02").unwrap();
    assert_eq!((running.deadline, running.ended), (day("2026-03-11"), None), "the certificate is not made yet");
    assert_eq!(running.light(day("2026-03-12")), Light::Red);
    play.travel("2026-03-12 09:00");
    play.command(&play.clerk(), Command::Produce {}).unwrap();
    let late = publicity(&play, "2026-03-12").unwrap();
    assert_eq!((late.ended, late.light(city_date(play.now))), (Some(day("2026-03-12")), Light::Red), "late stays late");
    assert_eq!(play.kinds().iter().filter(|k| **k == "case.published").count(), 1);
}

#[test]
fn only_licences_that_were_granted_are_opened() {
    let service = changed(FOOD, |item| item.item_type = ItemType::Confirmation);
    let mut play = reviewed(Play::with(service, at("2026-03-02 09:00"), true, Channel::Web, BTreeMap::new()));
    play.command(&play.approver(), Command::Grant { opinion: None }).unwrap();
    play.command(&play.clerk(), Command::Produce {}).unwrap();
    assert!(!play.kinds().contains(&"case.published") && play.case.published.is_none());
    assert!(clocks(&play.case, service, &CALENDAR, day("2026-03-02")).iter().all(|c| c.kind != ClockKind::Publicity));
}

/// Decisions from before the law was held are read as they stand.
#[test]
fn decisions_of_old_are_read_and_written_as_they_stand() {
    let kept = serde_json::json!({
        "type": "decided", "step": 2, "granted": true, "reasons": "经审查", "basis": "法", "automated": false
    });
    let event: Event = serde_json::from_value(kept.clone()).unwrap();
    assert!(matches!(event, Event::Decided { deemed: false, .. }));
    assert_eq!(serde_json::to_value(&event).unwrap(), kept);
}
