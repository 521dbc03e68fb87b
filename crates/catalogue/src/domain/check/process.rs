//! Rules over the steps: a process that can finish, within the promise, with a clock that stops only where law allows.

use vocab::Vocabulary;

use crate::domain::format::Page;
use crate::domain::{Item, ItemType, Step, StepKind};

pub(super) fn check(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    for (at, step) in item.steps.iter().enumerate() {
        if let Some(department) = &step.department
            && vocab.department(department).is_none()
        {
            let message = format!("部门“{department}”不在部门表中");
            page.error(&format!("step[{at}].department"), "unknown-department", message);
        }
        special(item, at, step, page);
    }
    if page.section_sound("step", &["kind", "parallel"]) && page.sound(&["step"]) {
        order(item, page);
        groups(item, page);
        if page.section_sound("step", &["days", "max_days", "stops_clock", "special_kind"])
            && page.sound(&["promised_days", "type"])
        {
            promise(item, page);
        }
    }
}

fn special(item: &Item, at: usize, step: &Step, page: &mut Page) {
    let key = |key: &str| format!("step[{at}].{key}");
    if !page.sound(&[&key("kind")]) {
        return;
    }
    if step.kind != StepKind::Special {
        for (name, written) in [
            ("special_kind", step.special_kind.is_some()),
            ("max_days", step.max_days.is_some()),
            ("stops_clock", step.stops_clock),
        ] {
            if written {
                page.error(&key(name), "only-for-special", format!("只有特别程序（kind = \"special\"）才写 {name}"));
            }
        }
        return;
    }
    match step.special_kind {
        None if page.sound(&[&key("special_kind")]) => {
            page.error(
                &key("special_kind"),
                "special-kind-missing",
                "特别程序应写明 special_kind，如 hearing、expert-review、publication、site-visit",
            );
        }
        Some(kind)
            if step.stops_clock
                && item.item_type == ItemType::Licensing
                && !kind.stops_the_statutory_clock()
                && page.sound(&["type", &key("stops_clock")]) =>
        {
            let message = format!(
                "行政许可的“{}”不得停止计算办理期限：可以扣除的只有听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审（行政许可法第四十五条）",
                kind.label()
            );
            page.error(&key("stops_clock"), "unlawful-stop", message);
        }
        _ => {}
    }
    if step.max_days.is_none() && page.sound(&[&key("max_days")]) {
        page.error(&key("max_days"), "max-days-missing", "特别程序应写明最长天数 max_days");
    }
    if step.days > 0 && page.sound(&[&key("days")]) {
        page.error(&key("days"), "days-on-special", "特别程序的时间写在 max_days，days 应为0");
    }
}

/// A process begins with acceptance and comes to a decision before anything is made or handed over.
fn order(item: &Item, page: &mut Page) {
    let steps = &item.steps;
    let path = |at: usize| format!("step[{at}].kind");
    let positions = |kind| steps.iter().enumerate().filter(move |(_, step)| step.kind == kind).map(|(at, _)| at);
    let Some(first) = steps.first() else {
        page.error("step", "process-empty", "流程没有环节，办件无法办结");
        return;
    };
    let accepts: Vec<usize> = positions(StepKind::Accept).collect();
    if accepts.is_empty() {
        page.error("step", "process-without-accept", "流程没有受理环节，办件无法开始");
    } else if first.kind != StepKind::Accept {
        page.error(&path(0), "accept-not-first", "第一个环节应为受理");
    }
    for at in accepts.iter().skip(1) {
        page.error(&path(*at), "accept-twice", "受理只能有一个环节");
    }
    if let Some(at) = accepts.first().filter(|at| steps[**at].when.is_some()) {
        page.error(&format!("step[{at}].when"), "accept-conditional", "受理环节不能有条件，否则办件可能无法开始");
    }
    let decides: Vec<usize> = positions(StepKind::Decide).collect();
    for at in decides.iter().skip(1) {
        page.error(&path(*at), "decide-twice", "决定只能有一个环节");
    }
    if let Some(at) = decides.first().filter(|at| steps[**at].when.is_some()) {
        page.warning(
            &format!("step[{at}].when"),
            "decide-conditional",
            "决定环节带有条件：条件不成立时由最后一个审查环节的人员作出决定",
        );
    }
    // Nothing is made or delivered before the decision, and without a step for it the decision falls after the last
    // review: work left behind an issue or delivery would then never be reached.
    let produces = |step: &Step| matches!(step.kind, StepKind::Issue | StepKind::Deliver);
    let decided =
        decides.first().copied().unwrap_or_else(|| steps.iter().rposition(|step| !produces(step)).unwrap_or(0));
    for (at, step) in steps.iter().enumerate().take(decided).filter(|(_, step)| produces(step)) {
        let message = format!("“{}”排在决定之前，流程到这里无法继续，请移到决定之后", step.name);
        page.error(&path(at), "produce-before-decide", message);
    }
}

/// A parallel group is one run of neighbours, and neither accepts nor hands over inside it. It may decide: the decision
/// waits for its neighbours.
fn groups(item: &Item, page: &mut Page) {
    let mut closed: Vec<&str> = Vec::new();
    let mut open: Option<&str> = None;
    for (at, step) in item.steps.iter().enumerate() {
        let group = step.parallel.as_deref();
        if group != open {
            closed.extend(open);
            open = group;
            if let Some(name) = group.filter(|name| closed.contains(name)) {
                let message = format!("并联组“{name}”被别的环节隔开，同组环节应连续排列");
                page.error(&format!("step[{at}].parallel"), "parallel-split", message);
            }
        }
        let alone = matches!(step.kind, StepKind::Accept | StepKind::Issue | StepKind::Deliver);
        if group.is_some() && alone {
            let message = format!("“{}”环节不能与其他环节并联", step.kind.label());
            page.error(&format!("step[{at}].parallel"), "parallel-kind", message);
        }
    }
    for (at, step) in item.steps.iter().enumerate() {
        let neighbours = item.steps.iter().filter(|other| step.parallel.is_some() && other.parallel == step.parallel);
        if step.parallel.is_some() && neighbours.count() == 1 {
            page.warning(&format!("step[{at}].parallel"), "parallel-alone", "并联组只有一个环节，可以去掉 parallel");
        }
    }
}

/// Working days of the longest path. A special procedure counts with its longest time when the clock runs on during
/// it, unless it comes after the decision, which ends the promise.
pub(super) fn longest_path(item: &Item) -> u32 {
    let decided = item.steps.iter().position(|step| step.kind == StepKind::Decide).unwrap_or(item.steps.len());
    let days = |at: usize, step: &Step| match step.kind {
        StepKind::Special if step.stops_clock || at > decided => 0,
        StepKind::Special => step.max_days.unwrap_or(0),
        _ => step.days,
    };
    let mut total = 0_u32;
    let mut at = 0;
    while let Some(step) = item.steps.get(at) {
        let group = item.steps[at..]
            .iter()
            .take_while(|other| step.parallel.is_some() && other.parallel == step.parallel)
            .count()
            .max(1);
        let longest = (at..at + group).filter_map(|at| item.steps.get(at).map(|step| days(at, step))).max();
        total = total.saturating_add(longest.unwrap_or(0));
        at += group;
    }
    total
}

fn promise(item: &Item, page: &mut Page) {
    let longest = longest_path(item);
    if longest > item.promised_days {
        let message = format!(
            "各环节最长需{longest}个工作日，超过承诺的{}个工作日：请缩短环节时间或调整承诺时限",
            item.promised_days
        );
        page.error("promised_days", "steps-over-promise", message);
    }
}
