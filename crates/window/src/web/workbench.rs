//! The workbench.

use axum::extract::State;
use cases::{DeskFilter, DeskPlace, DeskScope, domain::clocks::Light, domain::tasks::TaskKind};
use kernel::{Actor, city_date, show_date};
use webkit::{Answer, Look, Markup};

use super::Window;
use crate::{
    pages::workbench::{Count, Part, WorkbenchPage, workbench},
    showing::{TaskRow, sum},
};

/// Entries of each part.
const SHOWN: i64 = 8;

pub(super) async fn show(State(window): State<Window>, look: Look) -> Answer<Markup> {
    let act = &look.act;
    let today = city_date(act.at);
    let mut tx = window.cases.db.read().await?;
    let base = |scope| DeskFilter { scope, ..DeskFilter::default() };
    let mine = window.cases.desk_counts(act, &mut tx, &base(DeskScope::Mine)).await?;
    let waiting = window.cases.desk_counts(act, &mut tx, &base(DeskScope::Waiting)).await?;
    let all = window.cases.desk_counts(act, &mut tx, &base(DeskScope::Department)).await?;
    let mut parts = Vec::new();
    for (title, scope, query, came_back, due_today, about) in [
        ("我的任务", DeskScope::Mine, "scope=mine", false, false, "您已认领、正在办理的，按期限从近到远。"),
        ("可以认领", DeskScope::Waiting, "scope=waiting", false, false, "您的岗位可以办、还没有人认领的。"),
        ("今天到期", DeskScope::Department, "scope=department&due=today", false, true, "本部门今天必须办出的。"),
        (
            "申请人已回复",
            DeskScope::Department,
            "scope=department&back=1",
            true,
            false,
            "补正已交、容缺已补或已陈述申辩，等您接着办。",
        ),
    ] {
        let filter = DeskFilter { came_back, due_today, ..base(scope) };
        let tasks = window.cases.desk_tasks(act, &mut tx, &filter, &DeskPlace::Start, SHOWN).await?;
        let counts = match scope {
            DeskScope::Mine => &mine,
            DeskScope::Waiting => &waiting,
            DeskScope::Department => &all,
        };
        parts.push(Part {
            title: title.to_owned(),
            about: about.to_owned(),
            href: format!("/desk/tasks?{query}"),
            count: sum(counts, |c| (!came_back || c.came_back) && (!due_today || c.due_today)),
            rows: tasks.iter().map(|t| TaskRow::of(t, act.account(), today, window.region(&t.region))).collect(),
        });
    }
    let count = |label: &str, number: u64, query: String| Count {
        label: label.to_owned(),
        count: number,
        href: format!("/desk/tasks?scope=department&{query}"),
    };
    let lights =
        Light::ALL.iter().rev().map(|l| count(l.label(), sum(&all, |c| c.light == *l), format!("light={l}"))).collect();
    let kinds = TaskKind::ALL
        .iter()
        .map(|k| count(k.label(), sum(&all, |c| c.kind == Some(*k)), format!("step={k}")))
        .filter(|c| c.count > 0)
        .collect();
    let mut items: Vec<Count> = Vec::new();
    for c in &all {
        match items.iter_mut().find(|i| i.label == c.item_name) {
            Some(there) => there.count += c.count,
            None => items.push(count(&c.item_name, c.count, format!("item={}", webkit::url_encode(&c.item)))),
        }
    }
    items.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let talk = window.cases.unseen_by_office(act, &mut tx, SHOWN).await?;
    let (department, roles) = match &act.actor {
        Actor::Staff { department, roles, .. } => {
            (window.department(department), roles.iter().map(|r| r.label()).collect::<Vec<_>>().join("、"))
        }
        _ => (String::new(), String::new()),
    };
    let page = WorkbenchPage {
        name: act.name().to_owned(),
        department,
        roles,
        today: show_date(today),
        works: cases::DESK_ROLES.iter().any(|r| act.is(*r)),
        lights,
        kinds,
        items,
        parts,
        talk: talk.into_iter().map(|t| (t.number, t.item_name, t.unseen)).collect(),
    };
    Ok(workbench(&page, look.frame("工作台", Vec::new())))
}
