use proptest::prelude::*;

use super::*;
use crate::{Failure, Kind};

fn city() -> WorkingCalendar {
    WorkingCalendar::parse(include_str!("../../../../data/calendar/china_holidays_2015_2026.csv")).unwrap()
}

fn d(text: &str) -> Date {
    text.parse().unwrap()
}

fn with(lines: &str) -> Result<WorkingCalendar, CalendarError> {
    WorkingCalendar::parse(&format!("date,kind,name,in_lieu\n{lines}"))
}

/// A made-up notice for 2027: no notice for it is published yet.
fn next_year() -> WorkingCalendar {
    with("2027-01-01,holiday,元旦,0\n2027-10-01,holiday,国庆节,0\n2026-12-31,holiday,元旦,1\n2026-12-27,workday,元旦,0")
        .unwrap()
}

#[test]
fn deadlines_worked_out_by_hand() {
    let city = city();
    for (start, n, end) in [
        ("2019-04-26", 5, "2019-05-06"),
        ("2019-04-26", 20, "2019-05-27"),
        ("2019-04-27", 5, "2019-05-06"),
        ("2019-04-28", 5, "2019-05-07"),
        ("2019-01-31", 5, "2019-02-12"),
        ("2019-01-30", 20, "2019-03-04"),
        ("2019-06-03", 20, "2019-07-02"),
        ("2019-06-06", 10, "2019-06-21"),
        ("2019-09-26", 5, "2019-10-09"),
        ("2019-09-30", 1, "2019-10-08"),
        ("2019-12-20", 20, "2020-01-19"),
        ("2026-01-04", 5, "2026-01-09"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-03-02", 10, "2026-03-16"),
        ("2026-03-02", 20, "2026-03-30"),
        ("2026-03-02", 30, "2026-04-14"),
        ("2026-03-02", 45, "2026-05-08"),
        ("2026-03-02", 60, "2026-05-28"),
        ("2026-04-29", 20, "2026-05-29"),
        ("2026-04-30", 10, "2026-05-18"),
        ("2026-05-02", 5, "2026-05-11"),
        ("2026-05-02", 20, "2026-06-01"),
        ("2026-06-18", 1, "2026-06-22"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-24", 20, "2026-10-29"),
        ("2026-09-25", 10, "2026-10-15"),
        // Acceptance by silence dates back to the submission: the limit of 20 days runs from the 13th, not from the 27th.
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-02-27", 20, "2026-03-26"),
        // A hearing: asked for within 5 days of being told, held within 20 of being asked.
        ("2026-03-02", 5, "2026-03-09"),
        ("2026-03-06", 20, "2026-04-03"),
    ] {
        let deadline = city.deadline(d(start), n);
        assert_eq!(deadline, Deadline { date: d(end), provisional: false }, "{start} + {n}");
        assert_eq!(city.used(d(start), deadline.date), n, "{start} + {n}");
        assert_eq!(city.explain(d(start), n, &[]).last().map(|note| note.date), Some(d(end)), "{start} + {n}");
    }
    assert_eq!(city.deadline(d("2026-05-02"), 0), Deadline { date: d("2026-05-02"), provisional: false });
}

#[test]
fn the_days_of_2019_and_2026_are_those_published() {
    let city = city();
    let span = |from: &str, to: &str| {
        std::iter::successors(Some(d(from)), |day| step(*day)).take_while(|day| *day <= d(to)).collect::<Vec<_>>()
    };
    for (from, to) in [
        ("2019-01-01", "2019-01-01"),
        ("2019-02-04", "2019-02-10"),
        ("2019-04-05", "2019-04-07"),
        ("2019-05-01", "2019-05-04"),
        ("2019-06-07", "2019-06-09"),
        ("2019-09-13", "2019-09-15"),
        ("2019-10-01", "2019-10-07"),
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
    ] {
        for day in span(from, to) {
            assert!(!city.is_working(day), "{day}");
        }
    }
    for day in [
        "2019-02-02",
        "2019-02-03",
        "2019-04-28",
        "2019-05-05",
        "2019-09-29",
        "2019-10-12",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ] {
        assert!(city.is_working(d(day)), "{day}");
        assert!(matches!(city.day(d(day)), DayKind::MakeUpWorkday { .. }), "{day}");
    }
    assert_eq!(city.used(d("2018-12-31"), d("2019-12-31")), 250);
    assert_eq!(city.used(d("2025-12-31"), d("2026-12-31")), 248);
    assert_eq!(city.years().collect::<Vec<_>>(), (2015..=2026).collect::<Vec<_>>());
}

#[test]
fn a_year_without_data_goes_by_weekdays_and_is_provisional() {
    let city = city();
    assert!(!city.known(2027) && city.known(2026));
    let deadline = city.deadline(d("2026-12-10"), 20);
    assert_eq!(deadline, Deadline { date: d("2027-01-07"), provisional: true });
    assert_eq!(city.day(d("2027-01-01")), DayKind::Working, "a Friday");
    assert_eq!(city.day(d("2027-10-02")), DayKind::Weekend);
    let last = city.explain(d("2026-12-10"), 20, &[]).pop().unwrap();
    assert!(last.reason.contains("2027年放假安排尚未公布"), "{last:?}");
    let nothing = WorkingCalendar::default();
    assert_eq!(nothing.deadline(d("2026-03-06"), 1), Deadline { date: d("2026-03-09"), provisional: true });
}

#[test]
fn special_procedures_move_the_deadline_by_their_working_days() {
    let city = city();
    let accepted = d("2026-03-02");
    let review = (d("2026-03-09"), d("2026-03-20"));
    assert_eq!(city.used(review.0, review.1), 9);
    assert_eq!(city.working_days_in(review.0, review.1).count(), 9);
    assert_eq!(city.deadline_excluding(accepted, 20, &[review]).date, d("2026-04-13"));
    assert_eq!(city.deadline_excluding(accepted, 10, &[review]).date, d("2026-03-27"));
    assert_eq!(city.used(accepted, d("2026-03-09")), 5);
    assert_eq!(city.deadline(review.1, 15).date, d("2026-04-13"), "5 used, 15 left");
    let overlapping = [review, (d("2026-03-12"), d("2026-03-18"))];
    assert_eq!(city.deadline_excluding(accepted, 20, &overlapping).date, d("2026-04-13"), "the union is left out");
    let touching = [(d("2026-03-09"), d("2026-03-13")), (d("2026-03-13"), d("2026-03-20"))];
    assert_eq!(city.deadline_excluding(accepted, 20, &touching).date, d("2026-04-13"));
    assert_eq!(city.used_excluding(accepted, d("2026-03-18"), &[review]), 5);
    assert_eq!(city.used_excluding(accepted, d("2026-03-24"), &[review]), 7, "23rd and 24th");
}

#[test]
fn a_pause_without_end_gives_no_certain_day() {
    let city = city();
    let open = [(d("2026-03-09"), Date::MAX)];
    assert_eq!(city.deadline_excluding(d("2026-03-02"), 20, &open), Deadline { date: Date::MAX, provisional: true });
    assert_eq!(city.deadline_excluding(d("2026-03-02"), 5, &open).date, d("2026-03-09"), "over before it begins");
    assert_eq!(city.explain(d("2026-03-02"), 20, &open).len(), 4_000);
}

#[test]
fn natural_days_ignore_the_working_days() {
    let city = city();
    assert_eq!(city.calendar_deadline(d("2026-03-02"), 60), d("2026-05-01"), "a holiday, and stays one");
    assert_eq!(city.calendar_deadline(d("2026-03-02"), 0), d("2026-03-02"));
    assert_eq!(city.calendar_deadline(d("2026-03-02"), u32::MAX), Date::MAX);
    assert_eq!(city.next_working(d("2026-05-01")), d("2026-05-06"));
    assert_eq!(city.next_working(d("2026-05-08")), d("2026-05-09"), "a Saturday that is worked");
}

#[test]
fn the_explanation_names_every_day() {
    let city = city();
    let told = |notes: Vec<DayNote>| -> Vec<(String, Option<u32>, String)> {
        notes.into_iter().map(|note| (note.date.to_string(), note.counted, note.reason)).collect()
    };
    let line = |day: &str, counted, reason: &str| (day.to_owned(), counted, reason.to_owned());
    assert_eq!(
        told(city.explain(d("2026-04-30"), 4, &[(d("2026-05-06"), d("2026-05-07"))])),
        [
            line("2026-05-01", None, "劳动节放假"),
            line("2026-05-02", None, "劳动节放假"),
            line("2026-05-03", None, "劳动节放假"),
            line("2026-05-04", None, "劳动节放假"),
            line("2026-05-05", None, "劳动节放假（调休）"),
            line("2026-05-06", Some(1), "周三"),
            line("2026-05-07", None, "周四，计时暂停期间，不计入"),
            line("2026-05-08", Some(2), "周五"),
            line("2026-05-09", Some(3), "周六，劳动节调休上班"),
            line("2026-05-10", None, "周日"),
            line("2026-05-11", Some(4), "周一"),
        ]
    );
    assert!(city.explain(d("2026-04-30"), 0, &[]).is_empty());
}

#[test]
fn a_wrong_line_is_named() {
    for (lines, fault) in [
        ("2026-01-01,holiday,元旦", LineFault::Columns),
        ("2026-01-01,holiday,元旦,0,x", LineFault::Columns),
        ("2026-13-01,holiday,元旦,0", LineFault::Date),
        ("2026-02-29,holiday,元旦,0", LineFault::Date),
        ("2026-01-01T00:00,holiday,元旦,0", LineFault::Date),
        ("2026-01-01,feast,元旦,0", LineFault::Kind),
        ("2026-01-01,holiday,,0", LineFault::Name),
        ("2026-01-01,holiday,元旦,yes", LineFault::InLieu),
        ("2026-01-05,workday,元旦,0", LineFault::NoWeekend),
    ] {
        let error = with(lines).unwrap_err();
        assert_eq!(error, CalendarError::Line { line: 2, fault }, "{lines}");
        assert!(error.advice().contains("第2行"), "{}", error.advice());
        assert_eq!((error.kind(), error.faults().len()), (Kind::Invalid, 1));
    }
    let twice = with("2026-01-01,holiday,元旦,0\n\n2026-01-01,holiday,元旦,0");
    assert_eq!(twice, Err(CalendarError::Line { line: 4, fault: LineFault::Twice }));
    assert_eq!(with(""), Err(CalendarError::Empty));
    assert_eq!(WorkingCalendar::parse("2026-01-01,holiday,元旦,0"), Err(CalendarError::Heading));
    assert_eq!(WorkingCalendar::parse(""), Err(CalendarError::Heading));
    let spreadsheet = "\u{feff}date,kind,name,in_lieu\r\n2027-01-01,holiday,\"元旦\",0\r\n";
    assert_eq!(
        WorkingCalendar::parse(spreadsheet).unwrap().day(d("2027-01-01")),
        DayKind::Holiday { name: "元旦".into() }
    );
}

#[test]
fn a_calendar_is_written_as_it_is_read() {
    let city = city();
    assert_eq!(WorkingCalendar::parse(&city.to_csv()).as_ref(), Ok(&city));
}

#[test]
fn a_new_year_is_taken_over_and_settles_provisional_deadlines() {
    let mut city = city();
    let changed = city.amend(&next_year(), d("2026-11-20")).unwrap();
    assert_eq!(changed, [d("2026-12-27"), d("2026-12-31"), d("2027-01-01"), d("2027-10-01")]);
    assert!(city.known(2027));
    assert_eq!(city.deadline(d("2026-12-10"), 20), Deadline { date: d("2027-01-08"), provisional: false });
    assert!(!city.is_working(d("2026-10-01")), "the holidays of 2026 stay");
    assert_eq!(city.amend(&next_year(), d("2028-01-01")), Ok(vec![]), "the same again changes nothing");
}

#[test]
fn single_days_do_not_make_a_year_known() {
    let city = with("2027-01-01,holiday,元旦,0\n2027-01-02,holiday,元旦,0").unwrap();
    assert!(!city.known(2027));
    assert!(!city.is_working(d("2027-01-01")), "but they are taken as told");
}

#[test]
fn a_past_day_of_a_known_year_cannot_be_changed() {
    let mut city = city();
    let before = city.clone();
    let forged = with("2026-03-02,holiday,元旦,0").unwrap();
    let error = city.amend(&forged, d("2026-03-03")).unwrap_err();
    assert_eq!(error, CalendarError::Past(d("2026-03-02")));
    assert!(error.advice().contains("2026年3月2日"), "{}", error.advice());
    assert_eq!((error.kind(), error.code()), (Kind::Conflict, "calendar.past"));
    assert_eq!(city, before, "nothing is changed");
    // A whole year in which a past holiday is missing takes that holiday away.
    let shorter = with("2026-01-01,holiday,元旦,0\n2026-10-01,holiday,国庆节,0").unwrap();
    assert_eq!(city.amend(&shorter, d("2026-03-01")), Err(CalendarError::Past(d("2026-01-02"))));
    assert_eq!(city.amend(&forged, d("2026-03-02")), Ok(vec![d("2026-03-02")]), "today can still be changed");
    // A year that was not known may be learnt late.
    assert!(city.amend(&next_year(), d("2027-03-01")).is_err(), "it touches December 2026");
    let late = with("2027-01-01,holiday,元旦,0\n2027-10-01,holiday,国庆节,0").unwrap();
    assert!(city.amend(&late, d("2027-03-01")).is_ok());
}

fn any_day() -> impl Strategy<Value = Date> {
    (0_i32..4_380).prop_map(|offset| d("2015-01-01").checked_add(offset.days()).unwrap())
}

fn any_pauses() -> impl Strategy<Value = Vec<(Date, Date)>> {
    prop::collection::vec(
        (any_day(), 0_i32..60).prop_map(|(from, n)| (from, from.checked_add(n.days()).unwrap())),
        0..5,
    )
}

proptest! {
    #[test]
    fn a_deadline_never_falls_on_a_day_off_and_uses_exactly_its_days(start in any_day(), n in 1_u32..120) {
        let city = city();
        let end = city.deadline(start, n).date;
        prop_assert!(city.is_working(end));
        prop_assert_eq!(city.used(start, end), n);
    }

    #[test]
    fn deadlines_grow_with_the_days_and_with_the_start(start in any_day(), later in 0_i32..40, n in 0_u32..120, more in 1_u32..20) {
        let city = city();
        let end = city.deadline(start, n).date;
        prop_assert!(city.deadline(start, n + more).date > end);
        let later = start.checked_add(later.days()).unwrap();
        prop_assert!(city.deadline(later, n).date >= end);
    }

    #[test]
    fn pauses_only_prolong_and_their_days_are_never_used(start in any_day(), n in 1_u32..60, pauses in any_pauses()) {
        let city = city();
        let end = city.deadline_excluding(start, n, &pauses).date;
        prop_assert!(end >= city.deadline(start, n).date);
        prop_assert!(city.is_working(end));
        prop_assert!(!pauses.iter().any(|(from, until)| *from < end && end <= *until));
        prop_assert_eq!(city.used_excluding(start, end, &pauses), n);
        let mut doubled = pauses.clone();
        doubled.extend(&pauses);
        prop_assert_eq!(city.deadline_excluding(start, n, &doubled).date, end);
    }

    #[test]
    fn the_explanation_lists_every_day_once_and_ends_on_the_deadline(start in any_day(), n in 1_u32..60, pauses in any_pauses()) {
        let city = city();
        let notes = city.explain(start, n, &pauses);
        prop_assert_eq!(notes[0].date, step(start).unwrap());
        prop_assert!(notes.windows(2).all(|pair| step(pair[0].date) == Some(pair[1].date)));
        let counted: Vec<u32> = notes.iter().filter_map(|note| note.counted).collect();
        prop_assert_eq!(counted, (1..=n).collect::<Vec<_>>());
        prop_assert_eq!(notes.last().unwrap().date, city.deadline_excluding(start, n, &pauses).date);
    }
}
