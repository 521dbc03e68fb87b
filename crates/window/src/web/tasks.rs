//! Queues under filters.

use axum::extract::State;
use cases::{
    DeskCount, DeskFilter, DeskKey, DeskPlace, DeskScope,
    domain::{clocks::Light, tasks::TaskKind},
};
use db::Tx;
use kernel::{Act, Fault, city_date};
use serde::Deserialize;
use webkit::{Answer, Look, Markup, Problem, Query, cursor, query_string, ui::components::Tab};

use super::Window;
use crate::{
    pages::tasks::{Pick, TasksPage, tasks},
    showing::{TaskRow, sum},
};

/// Rows of a page.
pub(super) const PAGE: usize = 20;

/// The filters as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    scope: String,
    item: String,
    light: String,
    step: String,
    due: String,
    back: String,
    after: String,
    before: String,
    done: String,
}

const SCOPES: [(&str, DeskScope, &str); 3] = [
    ("mine", DeskScope::Mine, "我的任务"),
    ("waiting", DeskScope::Waiting, "可以认领"),
    ("department", DeskScope::Department, "全部门"),
];

fn wrong(pointer: &str) -> Problem {
    Problem::invalid("request.query", vec![Fault::new(pointer, "invalid", "没有这个筛选条件，请从页面上选择。")])
}

fn word<T: std::str::FromStr>(pointer: &str, text: &str) -> Answer<Option<T>> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| wrong(pointer)) }
}

impl Wanted {
    fn filter(&self) -> Answer<DeskFilter> {
        let scope = match self.scope.as_str() {
            "" => DeskScope::Mine,
            text => SCOPES.iter().find(|(w, ..)| *w == text).map(|(_, s, _)| *s).ok_or_else(|| wrong("/scope"))?,
        };
        if !matches!(self.due.as_str(), "" | "today") {
            return Err(wrong("/due"));
        }
        Ok(DeskFilter {
            scope,
            item: Some(self.item.clone()).filter(|i| !i.is_empty()),
            light: word::<Light>("/light", &self.light)?,
            kind: word::<TaskKind>("/step", &self.step)?,
            due_today: !self.due.is_empty(),
            came_back: !self.back.is_empty(),
        })
    }

    fn place(&self) -> Answer<DeskPlace> {
        Ok(if !self.before.is_empty() {
            DeskPlace::Before(cursor::read::<DeskKey>(&self.before)?)
        } else if !self.after.is_empty() {
            DeskPlace::After(cursor::read::<DeskKey>(&self.after)?)
        } else {
            DeskPlace::Start
        })
    }

    /// The address of this list with another place or filter.
    fn address(&self, change: &[(&str, &str)]) -> String {
        let mine = [
            ("scope", self.scope.as_str()),
            ("item", &self.item),
            ("light", &self.light),
            ("step", &self.step),
            ("due", &self.due),
            ("back", &self.back),
        ];
        let mut pairs: Vec<(&str, &str)> =
            mine.into_iter().filter(|(name, _)| !change.iter().any(|(other, _)| other == name)).collect();
        pairs.extend(change);
        format!("/desk/tasks{}", query_string(&pairs))
    }
}

pub(super) async fn list(State(window): State<Window>, look: Look, Query(wanted): Query<Wanted>) -> Answer<Markup> {
    let page = page(&window, &look.act, &wanted).await?;
    Ok(tasks(&page, look.frame("任务", Vec::new())))
}

async fn page(window: &Window, act: &Act, wanted: &Wanted) -> Answer<TasksPage> {
    let filter = wanted.filter()?;
    let place = wanted.place()?;
    let mut tx = window.cases.db.read().await?;
    let mut rows = window.cases.desk_tasks(act, &mut tx, &filter, &place, PAGE as i64 + 1).await?;
    let more = rows.len() > PAGE;
    let (previous, next) = match place {
        DeskPlace::Before(_) => {
            if more {
                rows.remove(0);
            }
            (more, !rows.is_empty())
        }
        DeskPlace::After(_) => (true, more),
        DeskPlace::Start => (false, more),
    };
    rows.truncate(PAGE);
    let previous = rows.first().filter(|_| previous).map(|t| cursor::write(&t.key));
    let next = rows.last().filter(|_| next).map(|t| cursor::write(&t.key));
    let today = city_date(act.at);
    let scope_word = SCOPES.iter().find(|(_, s, _)| *s == filter.scope).map_or("mine", |(w, ..)| *w);
    let (tabs, total) = tabs(window, act, &mut tx, wanted, &filter).await?;
    let everything = DeskFilter { scope: filter.scope, ..DeskFilter::default() };
    let counts = window.cases.desk_counts(act, &mut tx, &everything).await?;
    let colleagues = super::acting::colleagues(window, act, &mut tx).await?;
    Ok(TasksPage {
        scope: scope_word,
        tabs,
        total,
        items: items(&counts, &filter),
        lights: Light::ALL
            .iter()
            .map(|l| {
                let n = sum(&counts, |c| fits(c, &DeskFilter { light: None, ..filter.clone() }) && c.light == *l);
                Pick { value: l.as_str().to_owned(), label: format!("{}（{n}）", l.label()) }
            })
            .collect(),
        steps: TaskKind::ALL
            .iter()
            .filter_map(|k| {
                let n = sum(&counts, |c| fits(c, &DeskFilter { kind: None, ..filter.clone() }) && c.kind == Some(*k));
                (n > 0 || filter.kind == Some(*k))
                    .then(|| Pick { value: k.as_str().to_owned(), label: format!("{}（{n}）", k.label()) })
            })
            .collect(),
        item: wanted.item.clone(),
        light: wanted.light.clone(),
        step: wanted.step.clone(),
        due_today: filter.due_today,
        came_back: filter.came_back,
        filtered: filter != everything,
        all: format!("/desk/tasks?scope={scope_word}"),
        rows: rows.iter().map(|t| TaskRow::of(t, act.account(), today, window.region(&t.region))).collect(),
        previous: previous.map(|p| wanted.address(&[("scope", scope_word), ("before", &p)])),
        next: next.map(|n| wanted.address(&[("scope", scope_word), ("after", &n)])),
        here: wanted.address(&[("scope", scope_word), ("after", &wanted.after), ("before", &wanted.before)]),
        done: wanted.done == "1",
        colleagues,
    })
}

/// Whether a filter lets the counted entries through.
fn fits(c: &DeskCount, filter: &DeskFilter) -> bool {
    filter.item.as_ref().is_none_or(|i| *i == c.item)
        && filter.light.is_none_or(|l| l == c.light)
        && filter.kind.is_none_or(|k| Some(k) == c.kind)
        && (!filter.due_today || c.due_today)
        && (!filter.came_back || c.came_back)
}

fn items(counts: &[DeskCount], filter: &DeskFilter) -> Vec<Pick> {
    let others = DeskFilter { item: None, ..filter.clone() };
    let mut items: Vec<(String, String, u64)> = Vec::new();
    for c in counts {
        let n = if fits(c, &others) { c.count } else { 0 };
        match items.iter_mut().find(|(slug, ..)| *slug == c.item) {
            Some((.., there)) => *there += n,
            None => items.push((c.item.clone(), c.item_name.clone(), n)),
        }
    }
    items
        .into_iter()
        .filter(|(slug, _, n)| *n > 0 || filter.item.as_ref() == Some(slug))
        .map(|(value, name, n)| Pick { value, label: format!("{name}（{n}）") })
        .collect()
}

/// One tab for each scope with how many entries the same filters leave there, and the number of the present one.
async fn tabs(
    window: &Window,
    act: &Act,
    tx: &mut Tx,
    wanted: &Wanted,
    filter: &DeskFilter,
) -> Answer<(Vec<Tab>, u64)> {
    let (mut tabs, mut total) = (Vec::new(), 0);
    for (word, scope, label) in SCOPES {
        let counts = window.cases.desk_counts(act, tx, &DeskFilter { scope, ..filter.clone() }).await?;
        let n = sum(&counts, |_| true);
        if scope == filter.scope {
            total = n;
        }
        tabs.push(Tab {
            label: label.to_owned(),
            href: wanted.address(&[("scope", word)]),
            count: usize::try_from(n).ok(),
            current: scope == filter.scope,
        });
    }
    Ok((tabs, total))
}
