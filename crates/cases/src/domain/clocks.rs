//! The clocks of a case (时限), computed from its facts and the city's calendar by pure functions, each able to explain
//! itself day by day.
//!
//! Law: 行政许可法 第三十二条 (acceptance within 5 working days), 第四十二条 (20 working days, one extension of 10),
//! 第四十四条 (certificate within 10 working days), 第四十五条 (what is not counted), 第八十二条 (working days); 民法典
//! 第二百零一条 (the first day is not counted).

use catalogue::domain::{DayUnit, ItemType, Procedure};
use kernel::{
    Date,
    calendar::{DayNote, WorkingCalendar},
    city_date, words,
};

use super::{
    case::{Case, Stage, StepState},
    tasks::step_key,
};

/// Working days the body has to decide on acceptance (第三十二条).
pub const ACCEPTANCE_DAYS: u32 = 5;
/// Working days from the decision to the delivered certificate (第四十四条).
pub const ISSUE_DAYS: u32 = 10;
/// Most working days by which the body's head extends the limit (第四十二条第一款).
pub const EXTENSION_DAYS: u32 = 10;
/// Most working days by which the government's head extends the limit of a joint item (第四十二条第二款).
pub const JOINT_EXTENSION_DAYS: u32 = 15;
/// Natural days the applicant has to correct; the law sets none, this is the platform's promise.
pub const CORRECTION_DAYS: u32 = 30;
/// Natural days after which an open correction is reminded of.
pub const REMINDER_DAYS: u32 = 20;
/// Working days to answer an intended refusal (第四十七条 names five days for asking a hearing).
pub const DEFENCE_DAYS: u32 = 5;
/// Working days in which a hearing that was asked for is held (第四十七条).
pub const HEARING_DAYS: u32 = 20;
/// Working days before the hearing in which time and place are told (第四十八条 names seven days).
pub const HEARING_NOTICE_DAYS: u32 = 7;
/// Working days in which a granting decision is open to the public (行政许可法 第四十条; 双公示 within seven working days).
pub const PUBLICITY_DAYS: u32 = 7;
/// Working days before the end of the licence to be renewed at which the light turns yellow.
pub const RENEWAL_ALARM_DAYS: u32 = 10;
/// Working days from closing to filing.
pub const ARCHIVE_DAYS: u32 = 30;

words!(
    /// Which clock.
    ClockKind {
        Acceptance = "acceptance" / "受理期限",
        Statutory = "statutory" / "法定办结期限",
        Promised = "promised" / "承诺办结期限",
        Step = "step" / "环节时限",
        Correction = "correction" / "补正期限",
        Deferred = "deferred" / "容缺补交期限",
        Special = "special" / "特别程序期限",
        Hearing = "hearing" / "听证组织期限",
        RenewalExpiry = "renewal_expiry" / "原证有效期",
        Issue = "issue" / "制证送达期限",
        Publicity = "publicity" / "决定公开期限",
        Archive = "archive" / "归档期限",
    }
);

words!(
    /// State of a clock.
    ClockState {
        Running = "running" / "计时中",
        Paused = "paused" / "暂停",
        Met = "met" / "按时",
        Missed = "missed" / "超期",
    }
);

words!(
    /// What a list shows beside a deadline (红黄灯).
    Light { Green = "green" / "正常", Yellow = "yellow" / "临期", Red = "red" / "超期" }
);

/// One clock of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Which.
    pub kind: ClockKind,
    /// Whose: the key of a task or a material, for step and deferred clocks.
    pub of: Option<String>,
    /// Name shown to people.
    pub name: String,
    /// The day of the event, itself not counted.
    pub start: Date,
    /// How many days it allows, extension included.
    pub limit: u32,
    /// What it counts.
    pub unit: DayUnit,
    /// Last lawful day.
    pub deadline: Date,
    /// The holiday calendar of some day is not published yet: no red light comes from this date.
    pub provisional: bool,
    /// Periods `(from, until]` that are not counted.
    pub pauses: Vec<(Date, Date)>,
    /// When it ended.
    pub ended: Option<Date>,
    /// State on the day it was computed for.
    pub state: ClockState,
    /// Days used so far, or until it ended.
    pub used: u32,
    /// First day of the yellow light, where a rule of its own sets it.
    pub alarm_on: Option<Date>,
}

impl Clock {
    /// Green, yellow (the last day, or a fifth of the limit left) or red (over), on `today`.
    #[must_use]
    pub fn light(&self, today: Date) -> Light {
        if self.ended.is_some() {
            return if self.state == ClockState::Missed { Light::Red } else { Light::Green };
        }
        if today > self.deadline {
            return if self.provisional { Light::Yellow } else { Light::Red };
        }
        if let Some(alarm) = self.alarm_on {
            return if today >= alarm { Light::Yellow } else { Light::Green };
        }
        let left = self.limit.saturating_sub(self.used);
        if self.state != ClockState::Paused && self.limit > 1 && left <= (self.limit / 5).max(1) {
            Light::Yellow
        } else {
            Light::Green
        }
    }

    /// The first day on which [`Clock::light`] turns yellow if nothing else happens; none when it goes from green to
    /// red at once, or has ended. `from`: the day for which this clock was computed.
    #[must_use]
    pub fn yellow_from(&self, calendar: &WorkingCalendar, from: Date) -> Option<Date> {
        if self.ended.is_some() {
            return None;
        }
        if self.alarm_on.is_some() {
            return self.alarm_on;
        }
        if self.limit > 1 {
            let used = self.limit - (self.limit / 5).max(1);
            let mut day = match self.unit {
                DayUnit::Working => calendar.deadline_excluding(self.start, used, &self.pauses).date,
                DayUnit::Calendar => add_days(self.start, used),
            };
            if self.state == ClockState::Paused {
                let over = self.pauses.iter().filter(|(a, b)| *a <= from && from <= *b).map(|(_, b)| add_days(*b, 1));
                day = day.max(over.max().unwrap_or(day));
            }
            if day <= self.deadline {
                return Some(day);
            }
        }
        self.provisional.then(|| add_days(self.deadline, 1))
    }

    /// Why this day: every day from the start to the deadline, counted or not and for what reason.
    #[must_use]
    pub fn explain(&self, calendar: &WorkingCalendar) -> Vec<DayNote> {
        match self.unit {
            DayUnit::Working => calendar.explain(self.start, self.limit, &self.pauses),
            DayUnit::Calendar => (1..=self.limit).map(|k| self.natural_day(k, calendar)).collect(),
        }
    }
}

impl Clock {
    /// What the `k`-th natural day means for this clock.
    fn natural_day(&self, k: u32, calendar: &WorkingCalendar) -> DayNote {
        let date = add_days(self.start, k);
        let reason = if self.kind != ClockKind::RenewalExpiry {
            "自然日".to_owned()
        } else if date == self.deadline {
            "原证有效期最后一天：届满前没有决定的，次日视为准予延续（行政许可法第五十条）".to_owned()
        } else if self.alarm_on.is_some_and(|alarm| date >= alarm) {
            format!("自然日，距有效期届满还有{}个工作日", calendar.used(date, self.deadline))
        } else {
            "自然日".to_owned()
        };
        DayNote { date, counted: Some(k), reason }
    }
}

/// The last day from which `n` working days are left until `deadline`: the day on which an alarm is due.
fn working_days_before(calendar: &WorkingCalendar, deadline: Date, n: u32) -> Date {
    let mut day = deadline;
    while calendar.used(day, deadline) < n {
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    day
}

/// `day` plus natural days.
#[must_use]
pub fn add_days(day: Date, days: u32) -> Date {
    day.checked_add(jiff::Span::new().days(i64::from(days))).unwrap_or(Date::MAX)
}

struct Facts<'a> {
    case: &'a Case,
    calendar: &'a WorkingCalendar,
    today: Date,
}

struct Draft {
    kind: ClockKind,
    of: Option<String>,
    name: String,
    start: Date,
    limit: u32,
    unit: DayUnit,
    pauses: Vec<(Date, Date)>,
    paused: bool,
    ended: Option<Date>,
}

impl Facts<'_> {
    fn clock(&self, draft: Draft) -> Clock {
        let Draft { kind, of, name, start, limit, unit, pauses, paused, ended } = draft;
        let (deadline, provisional) = match unit {
            DayUnit::Working => {
                let d = self.calendar.deadline_excluding(start, limit, &pauses);
                (d.date, d.provisional)
            }
            DayUnit::Calendar => (add_days(start, limit), false),
        };
        let until = ended.unwrap_or(self.today);
        let used = match unit {
            DayUnit::Working => self.calendar.used_excluding(start, until, &pauses),
            DayUnit::Calendar => u32::try_from(start.until(until).map_or(0, |span| span.get_days())).unwrap_or(0),
        };
        let state = match ended {
            Some(day) if day > deadline => ClockState::Missed,
            Some(_) => ClockState::Met,
            None if paused => ClockState::Paused,
            None if self.today > deadline && !provisional => ClockState::Missed,
            None => ClockState::Running,
        };
        let alarm_on = (kind == ClockKind::RenewalExpiry)
            .then(|| working_days_before(self.calendar, deadline, RENEWAL_ALARM_DAYS).max(start));
        Clock { kind, of, name, start, limit, unit, deadline, provisional, pauses, ended, state, used, alarm_on }
    }

    fn pauses(&self) -> Vec<(Date, Date)> {
        self.case.pauses(|from, days| self.calendar.deadline(from, days).date)
    }
}

/// Day on which acceptance must be decided: five working days after receipt or the last supplement.
#[must_use]
pub fn acceptance_deadline(case: &Case, calendar: &WorkingCalendar) -> (Date, bool) {
    let d = calendar.deadline(city_date(case.received_at), ACCEPTANCE_DAYS);
    (d.date, d.provisional)
}

/// All clocks of a case as of `today`, in the order in which they began.
#[must_use]
pub fn clocks(case: &Case, procedure: &Procedure, calendar: &WorkingCalendar, today: Date) -> Vec<Clock> {
    let facts = Facts { case, calendar, today };
    let mut clocks = Vec::new();
    let plain = |kind: ClockKind, start: Date, limit: u32, ended: Option<Date>| Draft {
        kind,
        of: None,
        name: kind.label().to_owned(),
        start,
        limit,
        unit: DayUnit::Working,
        pauses: Vec::new(),
        paused: false,
        ended,
    };

    let intake_ended = match &case.stage {
        Stage::Submitted | Stage::Received => None,
        Stage::ReturnedPre | Stage::Correction => case.corrections.last().map(|c| city_date(c.at)),
        stage => stage.acceptance().map(|a| city_date(a.at)).or_else(|| stage.ending().map(|e| city_date(e.at))),
    };
    clocks.push(facts.clock(plain(ClockKind::Acceptance, city_date(case.received_at), ACCEPTANCE_DAYS, intake_ended)));

    if let Some(round) = case.corrections.last().filter(|c| c.due != Date::MAX) {
        let ended = round.supplied.map(city_date).or_else(|| case.stage.ending().map(|e| city_date(e.at)));
        clocks.push(facts.clock(Draft {
            unit: DayUnit::Calendar,
            ..plain(ClockKind::Correction, city_date(round.at), CORRECTION_DAYS, ended)
        }));
    }

    if let Some(acceptance) = case.stage.acceptance() {
        let ended =
            case.stage.decision().map(|d| city_date(d.at)).or_else(|| case.stage.ending().map(|e| city_date(e.at)));
        let pauses = facts.pauses();
        let paused = case.open_specials().any(|s| s.stops_clock)
            && pauses.iter().any(|(from, to)| *from <= today && today <= *to);
        let more = case.extension.unwrap_or(0);
        for (kind, limit, unit) in [
            (ClockKind::Statutory, procedure.item.statutory_days + more, procedure.item.statutory_days_kind),
            (ClockKind::Promised, procedure.item.promised_days + more, DayUnit::Working),
        ] {
            clocks.push(facts.clock(Draft {
                unit,
                pauses: pauses.clone(),
                paused,
                ..plain(kind, acceptance.dated, limit, ended)
            }));
        }
    }

    if let Some(last) = case.renewed(procedure).and_then(|c| c.expires_on) {
        let start = case.application_day();
        let limit = u32::try_from(start.until(last).map_or(0, |span| span.get_days())).unwrap_or(0);
        let ended = case.stage.decision().map(|d| d.at).or_else(|| case.stage.ending().map(|e| e.at)).map(city_date);
        clocks.push(
            facts.clock(Draft { unit: DayUnit::Calendar, ..plain(ClockKind::RenewalExpiry, start, limit, ended) }),
        );
    }

    for (key, deferred) in &case.deferred {
        let ended = deferred.supplied.map(city_date).or_else(|| case.stage.ending().map(|e| city_date(e.at)));
        let start = case.stage.acceptance().map_or_else(|| city_date(case.submitted_at), |a| city_date(a.at));
        let limit = calendar.used(start, deferred.due);
        clocks.push(facts.clock(Draft { of: Some(key.clone()), ..plain(ClockKind::Deferred, start, limit, ended) }));
    }

    for special in &case.specials {
        clocks.push(facts.clock(Draft {
            of: special.step.map(step_key),
            name: special.kind.label().to_owned(),
            ..plain(ClockKind::Special, city_date(special.from), special.days, special.until.map(city_date))
        }));
    }

    if let Some(hearing) = &case.hearing {
        let ended = hearing.held.or_else(|| case.stage.decision().map(|d| d.at)).map(city_date);
        let ended = ended.or_else(|| case.stage.ending().map(|e| city_date(e.at)));
        clocks.push(facts.clock(plain(ClockKind::Hearing, city_date(hearing.requested), HEARING_DAYS, ended)));
    }

    for (index, state) in case.steps.iter().enumerate() {
        let (Some(step), StepState::Active { since }) = (procedure.item.steps.get(index), state) else { continue };
        let special_days = case.specials.iter().find(|s| s.step == Some(index)).map(|s| s.days);
        clocks.push(facts.clock(Draft {
            of: Some(step_key(index)),
            name: step.name.clone(),
            pauses: if special_days.is_some() { Vec::new() } else { facts.pauses() },
            ..plain(ClockKind::Step, city_date(*since), special_days.unwrap_or(step.days), None)
        }));
    }

    if let Some(decision) = case.stage.decision() {
        let ended = case.delivered.as_ref().map(|(at, _)| city_date(*at));
        clocks.push(facts.clock(plain(ClockKind::Issue, city_date(decision.at), ISSUE_DAYS, ended)));
    }
    if let Some(decision) = case.stage.decision().filter(|d| opens_to_the_public(procedure) && d.granted) {
        let ended = case.published.map(city_date);
        clocks.push(facts.clock(plain(ClockKind::Publicity, city_date(decision.at), PUBLICITY_DAYS, ended)));
    }
    if let Some(ending) = case.stage.ending() {
        let ended = matches!(case.stage, Stage::Archived(_)).then(|| city_date(ending.at));
        clocks.push(facts.clock(plain(ClockKind::Archive, city_date(ending.at), ARCHIVE_DAYS, ended)));
    }
    clocks
}

/// Whether decisions on this item are open to the public: those of licensing are (第四十条).
#[must_use]
pub fn opens_to_the_public(procedure: &Procedure) -> bool {
    procedure.item.item_type == ItemType::Licensing
}

/// The last lawful day on which a granting decision may be opened to the public; none when it is open already, or is no
/// such decision.
#[must_use]
pub fn last_day_to_open(case: &Case, procedure: &Procedure, calendar: &WorkingCalendar) -> Option<Date> {
    if !matches!(case.stage, Stage::Granted(..)) || case.published.is_some() || !opens_to_the_public(procedure) {
        return None;
    }
    case.stage.decision().map(|decision| calendar.deadline(city_date(decision.at), PUBLICITY_DAYS).date)
}

/// The day on which the platform itself has something to do, if nobody acts before: the next entry of the sweep's list.
#[must_use]
pub fn next_automatic_day(case: &Case, procedure: &Procedure, calendar: &WorkingCalendar) -> Option<Date> {
    let mut days = Vec::new();
    match &case.stage {
        Stage::Submitted | Stage::Received => days.push(add_days(acceptance_deadline(case, calendar).0, 1)),
        Stage::Correction => {
            if let Some(round) = case.open_correction() {
                days.push(if round.reminded {
                    add_days(round.due, 1)
                } else {
                    add_days(city_date(round.at), REMINDER_DAYS)
                });
            }
        }
        stage if stage.state().is_over() => {
            if let (false, Some(ending)) = (matches!(stage, Stage::Archived(_)), stage.ending()) {
                days.push(add_days(calendar.deadline(city_date(ending.at), ARCHIVE_DAYS).date, 0));
            }
        }
        _ => {}
    }
    days.extend(case.silence_renews_after(procedure).map(|last| add_days(last, 1)));
    days.extend(last_day_to_open(case, procedure, calendar));
    for special in case.open_specials() {
        if let Some(step) = special.step {
            let longest = procedure.item.steps.get(step).and_then(|s| s.max_days).unwrap_or(special.days);
            days.push(add_days(calendar.deadline(city_date(special.from), longest).date, 1));
        }
    }
    days.into_iter().min()
}
