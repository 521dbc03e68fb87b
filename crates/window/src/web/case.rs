//! The page of a case: everything that clerk, reviewer, approver and supervisor need, in one place.

mod looking;

use axum::extract::State;
use cases::{
    CaseSight, Sight,
    domain::{
        clocks::{Clock, ClockKind},
        course::{self, Course, Doer},
        event::{Event, Recorded},
        lawful::{Move, Standing},
        voice::Side,
    },
};
use kernel::{Date, calendar::WorkingCalendar, city_date, masking, show_date, show_time};
use serde::Deserialize;
use webkit::{
    Answer, Look, Markup, Path, Query,
    ui::components::{Mark, TimelineEntry},
    url_encode,
};

use super::{Window, acting::why};
use crate::{
    pages::case::{
        Action, CasePage, ClockBox, Closed, DayLine, Done, HistoryLine, PaperLink, TalkLine, TaskBox, case_page,
    },
    showing::{deadline, short_date},
};

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    /// The move that was just done.
    done: String,
    /// Shows numbers of people whole; recorded.
    reveal: String,
    /// Why somebody looks, where nothing of the case waits for his department.
    reason: String,
}

/// What could not be kept, with what was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Slips {
    /// A verdict.
    pub(super) verdict: Option<Slip>,
    /// A message and what is wrong with it.
    pub(super) talk: Option<(String, String)>,
}

/// A verdict that could not be kept, with what was typed.
#[derive(Debug, Clone)]
pub(super) struct Slip {
    pub(super) target: String,
    pub(super) problem: String,
    pub(super) requirement: String,
    pub(super) error: String,
}

pub(super) async fn show(
    State(window): State<Window>,
    look: Look,
    Path(number): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Markup> {
    page(&window, &look, &number, &wanted, Slips::default()).await
}

/// The page, after a reading was recorded.
pub(super) async fn page(window: &Window, look: &Look, number: &str, wanted: &Wanted, slips: Slips) -> Answer<Markup> {
    let act = &look.act;
    let (reveal, today) = (wanted.reveal == "1", city_date(act.at));
    let mut tx = window.cases.db.read().await?;
    let (seen, history) = window.cases.history(act, &mut tx, number).await?;
    let number = seen.case.number.clone();
    let office = seen.sight == Sight::Office;
    let title = format!("{} · {number}", seen.procedure.item.name);
    let part = if reveal { "case with whole numbers" } else { "case" };
    drop(tx);
    if !window.look(act, &seen, &history, part, &wanted.reason).await? {
        let crumbs = vec![webkit::Crumb::link("工作台", "/desk"), webkit::Crumb::here(number)];
        return Ok(crate::pages::why::why(&seen.procedure.item.name, &wanted.reason, look.frame(title, crumbs)));
    }
    let mut tx = window.cases.db.read().await?;
    let (_, documents) = window.cases.documents(act, &mut tx, &number).await?;
    let told = window.cases.course_of(&mut tx, &seen, today).await?;
    let (_, talk) = window.cases.talk(act, &mut tx, &number).await?;
    let standings = if office { window.cases.lawful(act, &mut tx, &number).await? } else { Vec::new() };
    let sides = if office {
        let verdicts = window.cases.verdicts(act, &mut tx, &number).await?;
        let ask = looking::Asked { mask: !reveal, reason: &wanted.reason, slip: slips.verdict.as_ref() };
        Some(looking::sides(window, &mut tx, &seen, &history, &verdicts, &ask).await?)
    } else {
        None
    };
    let done = match wanted.done.as_str() {
        "" => None,
        "verdict" => Some(Done { label: "已记下核对意见".to_owned(), next: None, quiet: true }),
        "talk" => Some(Done { label: "已发给申请人".to_owned(), next: None, quiet: true }),
        word => {
            let label = word.parse::<Move>().map_or("办理", Move::label);
            let next = window.next_task(act, &mut tx, &number).await?;
            let next = next.map(|t| (format!("{}：{}", t.name, t.item_name), format!("/desk/cases/{}", t.number)));
            Some(Done { label: format!("已完成：{label}"), next, quiet: false })
        }
    };
    drop(tx);
    if office && talk.iter().any(|s| s.side == Side::Applicant) {
        let args = (window.cases.clone(), act.clone(), number.clone());
        window.cases.db.write(args, |tx, (cases, act, number)| Box::pin(cases.mark_talk_seen(act, tx, number))).await?;
    }
    let with_reason = match wanted.reason.as_str() {
        "" => String::new(),
        reason => format!("?reason={}", url_encode(reason)),
    };
    let case = &seen.case;
    let item = &seen.procedure.item;
    let (open, shut): (Vec<&Standing>, Vec<&Standing>) = standings.iter().partition(|s| s.is_open());
    let main = main_clock(&seen);
    let calendar = window.cases.settings.calendar_on(today);
    let page = CasePage {
        number: number.clone(),
        item: item.name.clone(),
        applicant: if office { case.applicant.clone() } else { masking::name(&case.applicant) },
        state: case.state().label(),
        deadline: main.map(|c| deadline(Some(c.deadline), c.light(today), c.provisional, today)),
        facts: facts(window, &seen),
        done,
        office,
        reveal,
        tasks: seen
            .tasks
            .iter()
            .map(|t| TaskBox {
                name: t.name.clone(),
                who: format!("{} · {}", window.department(&t.department), t.role.label()),
                holder: case.claims.get(&t.key).map(|c| c.name.clone()),
                mine: case.claims.get(&t.key).is_some_and(|c| Some(c.account) == act.account()),
                since: show_time(t.since),
            })
            .collect(),
        actions: open.iter().map(|s| action(&number, s, case.seq)).collect(),
        closed: shut.iter().filter(|s| !s.is_for_others()).map(|s| closed(s)).collect(),
        others: shut.iter().filter(|s| s.is_for_others()).map(|s| closed(s)).collect(),
        alerts: alerts(&seen),
        sides,
        meaning: told.meaning.clone(),
        course: course(window, &told, office),
        talk: talk
            .iter()
            .map(|s| TalkLine {
                mine: s.side == Side::Office,
                who: match s.side {
                    Side::Office => s.name.clone(),
                    Side::Applicant => "申请人".to_owned(),
                },
                at: show_time(s.at),
                text: if office { s.text.clone() } else { "（督查人员不看内容）".to_owned() },
                files: s.files.iter().map(|f| format!("/desk/cases/{number}/files/{f}{with_reason}")).collect(),
            })
            .collect(),
        said: slips.talk.clone(),
        clocks: seen.clocks.iter().map(|c| clock_box(c, today, &calendar)).collect(),
        papers: documents
            .iter()
            .map(|d| PaperLink {
                title: d.document.title.clone(),
                number: d.document.number.clone(),
                at: show_time(d.at),
                href: format!("/desk/cases/{number}/documents/{}{with_reason}", d.id),
                intact: d.intact,
            })
            .collect(),
        history: history.iter().rev().map(|e| history_line(window, &seen, e)).collect(),
    };
    Ok(case_page(&page, look.frame(title, Vec::new())))
}

/// The clock that matters now: the one behind the case's own deadline.
fn main_clock(seen: &CaseSight) -> Option<&Clock> {
    let open = |kind: ClockKind| seen.clocks.iter().find(|c| c.kind == kind && c.ended.is_none());
    open(ClockKind::Promised)
        .or_else(|| open(ClockKind::Issue))
        .or_else(|| open(ClockKind::Correction))
        .or_else(|| open(ClockKind::Acceptance))
}

fn facts(window: &Window, seen: &CaseSight) -> Vec<(&'static str, String)> {
    let (case, item) = (&seen.case, &seen.procedure.item);
    let mut facts = vec![
        ("承办部门", window.department(&item.department)),
        ("提交", show_time(case.submitted_at)),
        ("渠道", case.channel.label().to_owned()),
        ("送达", case.delivery.label().to_owned()),
    ];
    if let Some(region) = &case.region {
        facts.push(("区县", window.region(region)));
    }
    facts
}

/// Moves that need nothing typed and nothing looked at first.
const fn at_once(step: Move) -> bool {
    matches!(step, Move::Claim | Move::Release)
}

fn shortcut(step: Move) -> Option<&'static str> {
    Some(match step {
        Move::Claim => "c",
        Move::Accept => "a",
        Move::AskCorrection => "b",
        Move::Complete => "s",
        Move::Grant => "y",
        Move::Produce => "m",
        Move::Deliver => "d",
        _ => return None,
    })
}

fn action(number: &str, standing: &Standing, seq: i64) -> Action {
    let of = standing.of.as_ref().map(|of| format!("?of={}", url_encode(of))).unwrap_or_default();
    Action {
        label: standing.step.label(),
        name: standing.name.clone(),
        href: format!("/desk/cases/{number}/do/{}{of}", standing.step),
        at_once: at_once(standing.step),
        seen: seq,
        shortcut: shortcut(standing.step),
        main: matches!(
            standing.step,
            Move::Accept
                | Move::AcceptDeferred
                | Move::Complete
                | Move::Grant
                | Move::Produce
                | Move::Deliver
                | Move::Confirm
        ),
    }
}

fn closed(standing: &Standing) -> Closed {
    Closed {
        label: match &standing.name {
            Some(name) => format!("{}：{name}", standing.step.label()),
            None => standing.step.label().to_owned(),
        },
        why: standing.closed.as_ref().map(why).unwrap_or_default(),
    }
}

/// What must not be overlooked, as title and text.
fn alerts(seen: &CaseSight) -> Vec<(String, String)> {
    let case = &seen.case;
    let mut alerts = Vec::new();
    if let Some(pending) = &case.pending {
        let what = match &pending.proposal {
            cases::domain::event::Proposal::NonAcceptance { reason, .. } => format!("不予受理，理由：{reason}"),
            cases::domain::event::Proposal::Special { kind, days, basis } => {
                format!("{}（{days}个工作日），依据：{basis}", kind.label())
            }
            cases::domain::event::Proposal::Extension { days, reason } => {
                format!("本级人民政府批准延长办理期限{days}个工作日，理由：{reason}")
            }
            cases::domain::event::Proposal::Void { reason } => format!("作废，理由：{reason}"),
        };
        let by = match &pending.proposal {
            cases::domain::event::Proposal::Extension { .. } => "本级人民政府",
            _ => "另一名审批人员",
        };
        let text = format!("{}提请{what}。须由{by}同意或退回。", pending.by.name);
        alerts.push(("有一项提请等待审批".to_owned(), text));
    }
    if let Some(asked) = &case.challenge {
        let why = if seen.sight == Sight::Office { format!("，理由：{}", asked.reason) } else { String::new() };
        alerts.push((
            "申请人申请回避".to_owned(),
            format!("申请{}回避{why}。由其他审批人员决定；决定以前不能准予或者不予准予。", asked.part.label()),
        ));
    }
    if !case.avoided.is_empty() {
        let names: Vec<&str> = case.avoided.values().map(String::as_str).collect();
        alerts.push(("有人员回避".to_owned(), format!("{}已经回避，不再办理本件。", names.join("、"))));
    }
    if let (Some(told), false) = (&case.intended_refusal, case.state().is_decided()) {
        let text = match &told.defence {
            Some(defence) if seen.sight == Sight::Office => format!("申请人已陈述申辩：{defence}"),
            Some(_) => "申请人已陈述申辩。".to_owned(),
            None => format!("申请人可在{}前陈述申辩，期满或收到陈述后才能作出不予准予决定。", show_date(told.due)),
        };
        alerts.push(("已告知拟不予准予".to_owned(), text));
    }
    let open: Vec<String> = case
        .deferred
        .iter()
        .filter(|(_, d)| d.supplied.is_none())
        .map(|(key, d)| format!("{}（{}前）", crate::asking::target_name(&seen.procedure, key), show_date(d.due)))
        .collect();
    if !open.is_empty() && !case.state().is_decided() {
        alerts.push(("容缺材料还没有补齐".to_owned(), format!("{}。补齐前不能准予。", open.join("、"))));
    }
    if let Some(round) = case.open_correction().filter(|_| !case.state().is_decided()) {
        let until =
            if round.due == Date::MAX { String::new() } else { format!("，期限到{}", show_date(round.due)) };
        alerts.push((
            "等申请人补正".to_owned(),
            format!(
                "已于{}告知{}项{until}。这段时间不计入办理期限。",
                show_date(city_date(round.at)),
                round.defects.len()
            ),
        ));
    }
    if case.by_person && case.stage.acceptance().is_none() {
        alerts.push((
            "申请人要求人工核对".to_owned(),
            "申请人请工作人员判断是否符合条件，系统不会自动办理。请对照下面的规则核验逐条核对。".to_owned(),
        ));
    }
    alerts
}

/// The one time line, as all readers see it.
fn course(window: &Window, told: &Course, office: bool) -> Vec<TimelineEntry> {
    told.entries
        .iter()
        .map(|e| TimelineEntry {
            title: e.title.clone(),
            at: match (e.at, e.by_day) {
                (Some(at), _) => show_time(at),
                (None, Some(day)) => format!("最晚{}", show_date(day)),
                (None, None) => String::new(),
            },
            by: match &e.doer {
                Doer::Applicant => "申请人".to_owned(),
                Doer::Platform => "系统".to_owned(),
                Doer::Office { department, name } => {
                    let department = department.as_ref().map(|d| window.department(d)).unwrap_or_default();
                    [department, name.clone()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ")
                }
            },
            body: if e.text.is_empty() || !office {
                Markup::default()
            } else {
                maud::html! { @for line in &e.text { p { (line) } } }
            },
            mark: match e.mark {
                course::Mark::Done => Mark::Done,
                course::Mark::Now => Mark::Now,
                course::Mark::Coming => Mark::Coming,
                course::Mark::Trouble => Mark::Trouble,
            },
        })
        .collect()
}

fn clock_box(clock: &Clock, today: Date, calendar: &WorkingCalendar) -> ClockBox {
    ClockBox {
        name: clock.name.clone(),
        deadline: deadline_of(clock, today),
        state: clock.state.label(),
        used: format!("已用 {} / {} {}", clock.used, clock.limit, clock.unit.label().trim_start_matches('个')),
        start: show_date(clock.start),
        ended: clock.ended.map(show_date),
        pauses: clock
            .pauses
            .iter()
            .map(|(from, to)| format!("{}之后到{}", short_date(*from, today), short_date(*to, today)))
            .collect(),
        days: clock
            .explain(calendar)
            .into_iter()
            .map(|d| DayLine { date: show_date(d.date), counted: d.counted, reason: d.reason })
            .collect(),
        last: show_date(clock.deadline),
        provisional: clock.provisional,
    }
}

/// The light of a clock: one that has ended says how it ended.
fn deadline_of(clock: &Clock, today: Date) -> Markup {
    use webkit::ui::components::light;
    match clock.ended {
        Some(_) => light(crate::showing::lamp(clock.light(today)), clock.state.label()),
        None => deadline(Some(clock.deadline), clock.light(today), clock.provisional, today),
    }
}

/// One line of the history, with what was said.
fn history_line(window: &Window, seen: &CaseSight, entry: &Recorded) -> HistoryLine {
    let office = seen.sight == Sight::Office;
    let step = |index: usize| seen.procedure.item.steps.get(index).map_or("", |s| s.name.as_str()).to_owned();
    let words = match &entry.event {
        Event::StepStarted { step: i } => step(*i),
        Event::StepSkipped { step: i, why } => format!("{}：{why}", step(*i)),
        Event::StepCompleted { step: i, opinion, .. } => match opinion.as_ref().filter(|_| office) {
            Some(opinion) => format!("{}：{opinion}", step(*i)),
            None => step(*i),
        },
        Event::TaskClaimed { name, .. } if *name != entry.by.name => format!("交给{name}"),
        Event::CorrectionAsked { defects, .. } | Event::PreReviewReturned { defects } if office => defects
            .iter()
            .map(|d| crate::asking::target_name(&seen.procedure, &d.target))
            .collect::<Vec<_>>()
            .join("、"),
        Event::Supplemented { materials, .. }
        | Event::PaperTaken { materials }
        | Event::DeferredSupplied { materials }
            if office =>
        {
            materials.keys().map(|k| crate::asking::target_name(&seen.procedure, k)).collect::<Vec<_>>().join("、")
        }
        Event::ProposalDismissed { reason } | Event::Extended { reason, .. } | Event::Terminated { reason, .. } => {
            reason.clone()
        }
        Event::RefusalIntended { reasons, .. } | Event::Decided { reasons, .. } if office => reasons.clone(),
        Event::DefenceStated { .. } if office => entry.event.defence().unwrap_or_default().to_owned(),
        Event::AvoidanceAsked { part, private } if office => format!("{}：{}", part.label(), private.text),
        Event::AvoidanceDecided { name, chair, private, .. } if office => {
            let who = name.as_ref().or(chair.as_ref()).map(|n| format!("{n}：")).unwrap_or_default();
            format!("{who}{}", private.text)
        }
        Event::HearingHeld { .. } if office => {
            entry.event.minutes().map_or(String::new(), |(record, _)| record.to_owned())
        }
        Event::SpecialBegun { kind, days, .. } => format!("{}，{days}个工作日", kind.label()),
        Event::SpecialEnded { result, .. } if office => result.clone(),
        Event::DocumentIssued { document, number, .. } => format!("《{}》{number}", document.label()),
        _ => String::new(),
    };
    HistoryLine {
        at: show_time(entry.at),
        by: match &entry.by.department {
            Some(department) => format!("{} · {}", entry.by.name, window.department(department)),
            None if !office && entry.by.kind != "system" => masking::name(&entry.by.name),
            None => entry.by.name.clone(),
        },
        label: entry.event.label(),
        words,
    }
}
