//! From a case to what its pages show.

use cases::{
    Cases,
    domain::{
        case::Case,
        clocks::{Clock, ClockKind, ClockState},
        course::{Course, CourseEntry, Doer, Holder, Mark, OwnAct},
        event::Handed,
        voice::{Said, Side},
    },
};
use catalogue::domain::DayUnit;
use kernel::{Date, show_date, show_time};
use maud::html;
use webkit::ui::components::{Mark as Shown, TimelineEntry};

use crate::pages::my::{Deadline, talk::TalkLine};

/// Name of a department.
pub(crate) fn department(cases: &Cases, key: &str) -> String {
    cases.vocabulary.department(key).map_or_else(|| key.to_owned(), |d| d.name.clone())
}

const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

fn day_and_weekday(day: Date) -> String {
    let place = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    format!("{}月{}日 {}", day.month(), day.day(), WEEKDAYS.get(place).copied().unwrap_or_default())
}

/// A clock with why its day is the one.
pub(crate) fn deadline(cases: &Cases, clock: &Clock, today: Date) -> Deadline {
    let unit = clock.unit.label();
    let left = match clock.state {
        ClockState::Paused => "暂停计时".to_owned(),
        ClockState::Met => "已按时完成".to_owned(),
        ClockState::Missed => "已超期".to_owned(),
        ClockState::Running if today == clock.deadline => "今天是最后一天".to_owned(),
        ClockState::Running => format!("还有 {} {unit}", clock.limit.saturating_sub(clock.used)),
    };
    let light = match clock.state {
        ClockState::Paused => "grey",
        _ => match clock.light(today) {
            cases::domain::clocks::Light::Green => "green",
            cases::domain::clocks::Light::Yellow => "yellow",
            cases::domain::clocks::Light::Red => "red",
        },
    };
    let days = clock
        .explain(&cases.calendar(cases.clock.now()))
        .into_iter()
        .map(|note| (day_and_weekday(note.date), note.counted.map_or_else(String::new, |k| k.to_string()), note.reason))
        .collect();
    let rule = match clock.unit {
        DayUnit::Working => "按工作日算：周末和节假日不算，调休上班的周末要算",
        DayUnit::Calendar => "按自然日算：每一天都算",
    };
    let paused = if clock.pauses.is_empty() { "" } else { "；特别程序的时间不算" };
    Deadline {
        name: clock.name.clone(),
        day: format!(
            "{} {}",
            show_date(clock.deadline),
            day_and_weekday(clock.deadline).split(' ').nth(1).unwrap_or("")
        ),
        left,
        light,
        begins: format!(
            "从{}起算，当天不算，从第二天数起，共 {} {unit}。{rule}{paused}。",
            show_date(clock.start),
            clock.limit
        ),
        days,
        provisional: clock.provisional,
    }
}

/// Who holds the case, as names and values.
pub(crate) fn holder(cases: &Cases, course: &Course) -> Vec<(&'static str, String)> {
    match &course.holder {
        Holder::Applicant { act, since } => {
            vec![("等谁", "申请人".to_owned()), ("等什么", act.label().to_owned()), ("从什么时候起", show_time(*since))]
        }
        Holder::Office { department: key, step, since, .. } => {
            vec![("办理部门", department(cases, key)), ("环节", step.clone()), ("从什么时候起", show_time(*since))]
        }
        Holder::Nobody { since } => vec![("结束时间", show_time(*since))],
    }
}

/// Why there is nothing to do now.
pub(crate) fn calm(cases: &Cases, course: &Course) -> String {
    match (&course.holder, &course.next) {
        (Holder::Office { department: key, step, .. }, Some(clock)) => format!(
            "{}正在办理“{step}”，最晚{}有结果。有进展会通知您，不用来电询问。",
            department(cases, key),
            show_date(clock.deadline)
        ),
        (Holder::Office { department: key, step, .. }, None) => {
            format!("{}正在办理“{step}”。有进展会通知您。", department(cases, key))
        }
        _ => course.meaning.clone(),
    }
}

fn entry(cases: &Cases, entry: &CourseEntry, last: bool, documents: &dyn Fn(&str) -> Option<String>) -> TimelineEntry {
    let by = match (&entry.doer, entry.mark) {
        (Doer::Applicant, _) => "申请人".to_owned(),
        (Doer::Office { department: Some(key), .. }, _) => department(cases, key),
        (Doer::Office { department: None, .. }, _) => "办理机关".to_owned(),
        (Doer::Platform, _) => "系统按规则办理".to_owned(),
    };
    let at = match (entry.at, entry.by_day, entry.mark) {
        (Some(at), Some(day), Mark::Now) => format!("{} 起，最晚 {}", show_time(at), show_date(day)),
        (Some(at), ..) => show_time(at),
        (None, Some(day), _) => format!("最晚 {}", show_date(day)),
        (None, None, _) => String::new(),
    };
    let link = entry.document.as_ref().and_then(|(kind, id, _)| Some((kind.label(), documents(id)?)));
    TimelineEntry {
        title: entry.title.clone(),
        at,
        by,
        body: html! {
            @for sentence in &entry.text { p { (sentence) } }
            @if let Some((title, href)) = link { p { a href=(href) { "《" (title) "》" } } }
        },
        mark: match entry.mark {
            Mark::Now => Shown::Now,
            Mark::Coming => Shown::Coming,
            Mark::Trouble if last => Shown::Trouble,
            Mark::Done | Mark::Trouble => Shown::Done,
        },
    }
}

/// The time line. `documents` gives the address of a document by its id, where the reader may see it.
pub(crate) fn timeline(
    cases: &Cases,
    course: &Course,
    documents: &dyn Fn(&str) -> Option<String>,
) -> Vec<TimelineEntry> {
    let last = course.entries.iter().rposition(|e| e.seq.is_some());
    course.entries.iter().enumerate().map(|(place, e)| entry(cases, e, Some(place) == last, documents)).collect()
}

/// Messages as the applicant sees them.
pub(crate) fn talk(cases: &Cases, number: &str, talk: &[Said], files: &[(kernel::FileId, String)]) -> Vec<TalkLine> {
    talk.iter()
        .map(|said| TalkLine {
            who: match (said.side, &said.department) {
                (Side::Applicant, _) => said.name.clone(),
                (Side::Office, Some(key)) => department(cases, key),
                (Side::Office, None) => "办理机关".to_owned(),
            },
            mine: said.side == Side::Applicant,
            at: show_time(said.at),
            text: said.text.clone(),
            files: said.files.iter().map(|file| file_link(number, *file, files)).collect(),
        })
        .collect()
}

/// Name and address of a file of a case.
pub(crate) fn file_link(number: &str, file: kernel::FileId, names: &[(kernel::FileId, String)]) -> (String, String) {
    let name = names.iter().find(|(id, _)| *id == file).map_or_else(|| "文件".to_owned(), |(_, name)| name.clone());
    (name, format!("/my/cases/{number}/files/{file}"))
}

/// How a material was handed in, in words.
pub(crate) fn how(cases: &Cases, case: &Case, handed: &Handed) -> String {
    match handed {
        Handed::Certificate(id) => {
            let found = case.certificates().iter().find(|c| c.id == *id);
            let name =
                found.and_then(|c| cases.vocabulary.certificate_type(&c.certificate_type)).map(|t| t.name.clone());
            format!("用您的电子证照代替{}", name.map(|n| format!("：{n}")).unwrap_or_default())
        }
        Handed::Deferred => "容缺，后补".to_owned(),
        Handed::Paper => "纸质材料，已在窗口收取".to_owned(),
        _ => "上传的文件".to_owned(),
    }
}

/// The sentence about what waits for the applicant in a list.
pub(crate) fn asked(act: OwnAct, due: Option<Date>) -> String {
    match due {
        Some(day) => format!("{}，最晚 {}", act.label(), show_date(day)),
        None => act.label().to_owned(),
    }
}

/// Other clocks worth a look: those that run or ran beside the next one.
pub(crate) fn limits(cases: &Cases, clocks: &[Clock], next: Option<&Clock>, today: Date) -> Vec<Deadline> {
    clocks
        .iter()
        .filter(|c| !matches!(c.kind, ClockKind::Archive | ClockKind::Step))
        .filter(|c| next.is_none_or(|n| n.kind != c.kind || n.of != c.of))
        .map(|c| deadline(cases, c, today))
        .collect()
}
