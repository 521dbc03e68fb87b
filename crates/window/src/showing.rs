//! From what the engine says to what pages show.

use cases::{DeskCount, DeskTask, domain::clocks::Light};
use kernel::{Date, show_date, show_time};
use maud::{Markup, html};
use webkit::ui::components::{self, light};

/// The light of a deadline as a page shows it.
pub(crate) const fn lamp(shown: Light) -> components::Light {
    match shown {
        Light::Green => components::Light::Green,
        Light::Yellow => components::Light::Yellow,
        Light::Red => components::Light::Red,
    }
}

/// A deadline with its light in words: `临期 · 12月3日`, `超期 2 天`.
pub(crate) fn deadline(due: Option<Date>, shown: Light, provisional: bool, today: Date) -> Markup {
    let Some(due) = due else { return light(components::Light::Grey, "不计时") };
    let days = today.until(due).map_or(0, |span| span.get_days());
    let text = match days {
        0 => "今天到期".to_owned(),
        d if d < 0 => format!("超期 {} 天", -d),
        d if d <= 3 => format!("{} · 还有 {d} 天", shown.label()),
        _ => shown.label().to_owned(),
    };
    html! {
        (light(lamp(shown), &text))
        span.due { (short_date(due, today)) @if provisional { "（暂定）" } }
    }
}

/// A day without the year when it is this year.
pub(crate) fn short_date(day: Date, today: Date) -> String {
    if day.year() == today.year() { format!("{}月{}日", day.month(), day.day()) } else { show_date(day) }
}

/// One row of a queue, ready to show.
#[derive(Debug, Clone)]
pub(crate) struct TaskRow {
    /// `number~task`: what a bulk action names it by.
    pub(crate) value: String,
    pub(crate) number: String,
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) item: String,
    pub(crate) applicant: String,
    pub(crate) region: String,
    pub(crate) deadline: Markup,
    pub(crate) since: String,
    pub(crate) came_back: bool,
    /// Who holds it; empty when nobody does.
    pub(crate) holder: String,
    pub(crate) mine: bool,
    pub(crate) role: &'static str,
}

impl TaskRow {
    pub(crate) fn of(task: &DeskTask, me: Option<kernel::AccountId>, today: Date, region: String) -> Self {
        Self {
            value: format!("{}~{}", task.number, task.task),
            number: task.number.clone(),
            href: format!("/desk/cases/{}", task.number),
            name: task.name.clone(),
            item: task.item_name.clone(),
            applicant: task.applicant.clone(),
            region,
            deadline: deadline(task.due, task.light, task.provisional, today),
            since: show_time(task.since),
            came_back: task.came_back,
            holder: task.holder.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
            mine: task.holder.as_ref().is_some_and(|(account, _)| Some(*account) == me),
            role: task.role.label(),
        }
    }
}

/// How many of the counted entries `fits` lets through.
pub(crate) fn sum(counts: &[DeskCount], fits: impl Fn(&DeskCount) -> bool) -> u64 {
    counts.iter().filter(|c| fits(c)).map(|c| c.count).sum()
}

/// An answer of a form in words. `mask`: numbers of people are shown in part.
pub(crate) fn answer(
    field: &catalogue::domain::Field,
    value: &serde_json::Value,
    region: &dyn Fn(&str) -> String,
    mask: bool,
) -> String {
    use catalogue::domain::FieldType;
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => (if *yes { "是" } else { "否" }).to_owned(),
        Value::Number(n) if field.field_type == FieldType::Money => format!("{n} 元"),
        Value::Number(n) => n.to_string(),
        Value::Array(all) => all.iter().map(|v| answer(field, v, region, mask)).collect::<Vec<_>>().join("、"),
        Value::Object(_) => value.to_string(),
        Value::String(text) => match field.field_type {
            FieldType::IdNumber if mask => kernel::masking::id_number(text),
            FieldType::Phone if mask => kernel::masking::phone(text),
            FieldType::Region => Some(region(text)).filter(|n| !n.is_empty()).unwrap_or_else(|| text.clone()),
            FieldType::Date => text.parse::<Date>().map_or_else(|_| text.clone(), show_date),
            _ => text.clone(),
        },
    }
}
