//! Messages, ratings, complaints, and the one time line.

use cases::domain::{
    case::State,
    clocks::ClockKind,
    command::Command,
    course::{Course, Doer, Holder, Mark, OwnAct, Reader, course, open_to_applicant},
    event::{Defect, Event},
    voice::{ComplaintKind, RatingAspect, Side},
};
use kernel::{Kind, Role, city_date};

use crate::stage::{CALENDAR, Play, applicant, staff};

const FOOD: &str = "food-operation-licence-new";

fn say(text: &str) -> Command {
    Command::Say { text: text.to_owned(), files: Vec::new() }
}

fn rate(score: u8) -> Command {
    Command::Rate { score, aspects: vec![RatingAspect::Speed, RatingAspect::Speed], comment: Some(" 慢 ".to_owned()) }
}

fn follow_up(score: u8) -> Command {
    Command::FollowUpRating { score, aspects: Vec::new(), comment: None }
}

fn seen_by(play: &Play, reader: Reader) -> Course {
    course(&play.case, play.procedure, &CALENDAR, &play.history, city_date(play.now), reader)
}

fn acts(play: &Play) -> Vec<OwnAct> {
    open_to_applicant(&play.case, city_date(play.now)).into_iter().map(|o| o.act).collect()
}

fn withdrawn() -> Play {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&applicant(), Command::Withdraw { reason: None }).unwrap();
    assert_eq!(play.case.state(), State::Withdrawn);
    play
}

#[test]
fn both_sides_write_and_nobody_else() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&applicant(), say(" 需要带原件吗？ ")).unwrap();
    play.command(&play.reviewer(), say("不需要。")).unwrap();
    let talk: Vec<_> = play.case.talk.iter().map(|s| (s.side, s.text.as_str())).collect();
    assert_eq!(talk, [(Side::Applicant, "需要带原件吗？"), (Side::Office, "不需要。")]);
    let elsewhere = staff(99, "tax", &[Role::Window]);
    let supervisor = staff(98, play.department(), &[Role::Supervisor]);
    for stranger in [elsewhere, supervisor] {
        assert_eq!(play.command(&stranger, say("？")).unwrap_err().kind, Kind::Forbidden);
    }
    assert_eq!(play.command(&applicant(), say("  ")).unwrap_err().code, "cases.text-missing");
    assert_eq!(play.command(&applicant(), say(&"字".repeat(501))).unwrap_err().code, "cases.text-too-long");
    let files = (1..=6).map(kernel::FileId::from).collect();
    let many = Command::Say { text: "附件".to_owned(), files };
    assert_eq!(play.command(&applicant(), many).unwrap_err().code, "cases.talk-files");
}

#[test]
fn nobody_fills_the_case_with_messages_alone() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    for _ in 0..10 {
        play.command(&applicant(), say("还在吗？")).unwrap();
    }
    assert_eq!(play.command(&applicant(), say("还在吗？")).unwrap_err().code, "cases.talk-in-a-row");
    play.command(&play.window(), say("在的。")).unwrap();
    play.command(&applicant(), say("谢谢。")).unwrap();
}

#[test]
fn talk_rating_and_follow_up_close_thirty_days_after_the_end() {
    let mut play = withdrawn();
    play.travel("2026-04-01 23:00");
    play.command(&applicant(), say("请问材料还在吗？")).unwrap();
    play.travel("2026-04-02 00:10");
    assert_eq!(play.command(&applicant(), say("请问？")).unwrap_err().code, "cases.talk-closed");
    assert_eq!(play.command(&applicant(), rate(1)).unwrap_err().code, "cases.rating-over");
    assert_eq!(acts(&play), [OwnAct::Complain]);
}

#[test]
fn a_rating_stays_and_is_followed_up_once() {
    let mut play = withdrawn();
    assert_eq!(play.command(&applicant(), follow_up(5)).unwrap_err().code, "cases.not-rated");
    assert_eq!(play.command(&applicant(), rate(6)).unwrap_err().code, "cases.score");
    assert_eq!(play.command(&play.window(), rate(5)).unwrap_err().code, "cases.applicant-only");
    play.command(&applicant(), rate(1)).unwrap();
    play.command(&applicant(), follow_up(4)).unwrap();
    let first = play.case.rating.clone().unwrap();
    assert_eq!((first.score, first.aspects.len(), first.comment.as_deref()), (1, 1, Some("慢")));
    assert_eq!(play.case.follow_up.as_ref().map(|r| r.score), Some(4));
    assert_eq!(play.command(&applicant(), follow_up(5)).unwrap_err().code, "cases.followed-up");
    assert_eq!(play.command(&applicant(), rate(5)).unwrap_err().code, "cases.rated");
}

#[test]
fn a_complaint_says_by_when_it_is_answered() {
    let mut play = Play::new(FOOD, "2026-02-13 09:00", true);
    let complain = Command::Complain { kind: ComplaintKind::Delay, text: "一直没有消息。".to_owned() };
    assert_eq!(play.command(&play.window(), complain.clone()).unwrap_err().code, "cases.applicant-only");
    for _ in 0..5 {
        play.command(&applicant(), complain.clone()).unwrap();
    }
    let complaint = &play.case.complaints[0];
    // Five and fifteen working days over the Spring Festival.
    assert_eq!(
        (complaint.take_up_by.to_string(), complaint.answer_by.to_string()),
        ("2026-02-27".into(), "2026-03-12".into())
    );
    assert_eq!(play.command(&applicant(), complain).unwrap_err().code, "cases.complaints-many");
}

#[test]
fn the_office_does_not_learn_from_the_time_line_who_rated_or_complained() {
    let mut play = withdrawn();
    play.command(&applicant(), rate(1)).unwrap();
    play.command(&applicant(), Command::Complain { kind: ComplaintKind::Other, text: "。。。".to_owned() }).unwrap();
    let titles = |reader| seen_by(&play, reader).entries.into_iter().map(|e| e.title).collect::<Vec<_>>();
    for reader in [Reader::Applicant, Reader::Supervision] {
        assert!(titles(reader).iter().any(|t| t == "评价") && titles(reader).iter().any(|t| t == "投诉"));
    }
    assert!(!titles(Reader::Office).iter().any(|t| t == "评价" || t == "投诉"));
}

#[test]
fn all_readers_see_the_same_holder_and_the_same_day() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&play.window(), Command::PassPreReview {}).unwrap();
    play.command(&play.window(), Command::Accept {}).unwrap();
    play.command(&play.reviewer(), Command::Claim { task: "step:1".to_owned() }).unwrap();
    let seen = seen_by(&play, Reader::Applicant);
    for reader in [Reader::Office, Reader::Supervision] {
        let other = seen_by(&play, reader);
        assert_eq!((&other.holder, &other.next), (&seen.holder, &seen.next));
    }
    let Holder::Office { department, step, role, .. } = &seen.holder else { panic!("{:?}", seen.holder) };
    assert_eq!((department.as_str(), *role), (play.department(), Role::Reviewer));
    let next = seen.next.clone().unwrap();
    assert_eq!(next.kind, ClockKind::Promised);
    let now: Vec<_> = seen.entries.iter().filter(|e| e.mark == Mark::Now).collect();
    assert_eq!(now.len(), 1);
    assert_eq!((now[0].title.clone(), now[0].by_day), (format!("正在“{step}”"), Some(next.deadline)));
    assert_eq!(seen.entries.last().map(|e| (e.title.as_str(), e.mark)), Some(("办结", Mark::Coming)));
    assert!(seen.entries.iter().filter(|e| e.document.is_some()).count() == 0, "no documents without the service");
}

#[test]
fn a_correction_is_held_by_the_applicant_with_its_last_day() {
    let mut play = Play::new(FOOD, "2026-03-02 09:00", true);
    play.command(&play.window(), Command::PassPreReview {}).unwrap();
    let material = play.procedure.item.materials[0].clone();
    let defects = vec![Defect {
        target: material.key.clone(),
        problem: "看不清".to_owned(),
        requirement: "请重新拍照".to_owned(),
        basis: None,
        certificate_refusal: None,
    }];
    play.command(&play.window(), Command::AskCorrection { defects }).unwrap();
    let seen = seen_by(&play, Reader::Applicant);
    assert!(matches!(seen.holder, Holder::Applicant { act: OwnAct::Correct, .. }));
    assert_eq!(
        seen.next.as_ref().map(|c| (c.kind, c.deadline.to_string())),
        Some((ClockKind::Correction, "2026-04-01".into()))
    );
    let told = seen.entries.iter().find(|e| e.mark == Mark::Trouble).unwrap();
    assert!(told.text[0].contains(&material.name) && matches!(told.doer, Doer::Office { .. }), "{told:?}");
    let open = open_to_applicant(&play.case, city_date(play.now));
    assert_eq!(
        open.first().map(|o| (o.act, o.due.map(|d| d.to_string()))),
        Some((OwnAct::Correct, Some("2026-04-01".into())))
    );
    assert_eq!(open.iter().filter(|o| o.act.is_asked()).count(), 1);
}

#[test]
fn a_decided_case_can_no_longer_be_withdrawn_and_asks_for_a_rating_once_over() {
    let mut play = withdrawn();
    assert_eq!(acts(&play), [OwnAct::Rate, OwnAct::Write, OwnAct::Complain]);
    play.command(&applicant(), rate(3)).unwrap();
    assert_eq!(acts(&play), [OwnAct::FollowUp, OwnAct::Write, OwnAct::Complain]);
    assert!(matches!(seen_by(&play, Reader::Applicant).holder, Holder::Nobody { .. }));
    assert!(play.history.iter().any(|e| matches!(e.event, Event::Rated { score: 3, .. })));
}
