//! Filling in the pages of an application from answers that fit the item.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use browser::Person;
use catalogue::domain::{FieldType, Item};
use demo::walk::{Walk, api::InProcess};
use serde_json::{Map, Value};

use crate::town::{PASSWORD, Town};

/// Who can apply for an item, with which answers and which materials.
pub(crate) struct Plan {
    pub(crate) slug: String,
    pub(crate) login: String,
    pub(crate) item: Arc<Item>,
    pub(crate) answers: Map<String, Value>,
    /// Materials that are asked for and that no certificate replaces.
    pub(crate) materials: Vec<String>,
}

impl Plan {
    /// For somebody who holds no certificate: every material may be asked for.
    pub(crate) fn wanting_everything(mut self) -> Self {
        self.materials = self.item.materials.iter().filter(|m| m.when.is_none()).map(|m| m.key.clone()).collect();
        self
    }
}

/// Finds applicant and answers among the people of the city.
pub(crate) async fn plan(town: &Town, slug: &str) -> Plan {
    let day = kernel::city_date(town.world.clock.now());
    let walk = Walk::over(Arc::new(InProcess(town.router.clone())), PASSWORD).on(day);
    let (login, body) = walk.application(slug).await.unwrap();
    let mut tx = town.platform.db.read().await.unwrap();
    let procedure = town.platform.catalogue.procedure(&mut tx, slug, None).await.unwrap();
    Plan {
        slug: slug.to_owned(),
        login,
        item: Arc::clone(&procedure.item),
        answers: body["form"].as_object().unwrap().clone(),
        materials: body["materials"].as_object().unwrap().keys().cloned().collect(),
    }
}

/// What somebody types for an answer of the form.
fn typed(kind: FieldType, value: &Value) -> Vec<String> {
    match (kind, value) {
        (_, Value::Bool(truth)) => vec![if *truth { "是" } else { "否" }.to_owned()],
        (_, Value::Array(list)) => list.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
        (FieldType::Money, Value::Number(fen)) => {
            let fen = fen.as_i64().unwrap();
            vec![format!("{}.{:02}", fen / 100, fen % 100)]
        }
        (_, Value::String(text)) => vec![text.clone()],
        (_, other) => vec![other.to_string()],
    }
}

/// Fills in the page that is open. What stands there already is left as it is, as people do with what is known.
pub(crate) async fn fill_page(person: &Person, plan: &Plan) {
    let mut asked = Vec::new();
    for field in person.finds_all("main input[name=asked]").await.unwrap() {
        asked.push(field.value().await.unwrap().unwrap_or_default());
    }
    for key in asked {
        let field = plan.item.fields.iter().find(|field| field.key == key).unwrap();
        let values = match plan.answers.get(&key) {
            Some(value) => typed(field.field_type, value),
            None if field.field_type == FieldType::Bool => vec!["否".to_owned()],
            None => continue,
        };
        answer(person, &key, field.field_type, &values).await;
    }
}

async fn answer(person: &Person, key: &str, kind: FieldType, values: &[String]) {
    let controls = person.finds_all(&format!("main [name=\"{key}\"]")).await.unwrap();
    let Some(first) = controls.first() else { return };
    let Some(value) = values.first() else { return };
    let tag = first.tag_name().await.unwrap();
    let form = first.attr("type").await.unwrap().unwrap_or_default();
    match (tag.as_str(), form.as_str()) {
        // The page follows an earlier answer: this question is not asked.
        (_, "radio" | "checkbox") if !shown(person, key).await => {}
        ("select", _) => {
            let elsewhere =
                kind == FieldType::Region && (value.len() != 6 || value.bytes().any(|b| !b.is_ascii_digit()));
            if elsewhere {
                person.chooses(key, "other").await.unwrap();
                person.writes(&format!("{key}.other"), value).await.unwrap();
            } else if first.is_displayed().await.unwrap() {
                person.chooses(key, value).await.unwrap();
            }
        }
        (_, "radio" | "checkbox") => {
            for value in values {
                person.ticks(key, value).await.unwrap();
            }
        }
        _ => {
            let there = first.value().await.unwrap().unwrap_or_default();
            if there.trim().is_empty() && first.is_displayed().await.unwrap() {
                person.writes(key, value).await.unwrap();
            }
        }
    }
}

/// Whether a group of boxes can be seen: its boxes themselves are drawn by their labels.
async fn shown(person: &Person, key: &str) -> bool {
    let script = format!("const c = document.querySelector('main [name=\"{key}\"]'); return !!(c && c.offsetParent)");
    person.asks(&script).await.ok().and_then(|answer| answer.as_bool()).unwrap_or(true)
}
