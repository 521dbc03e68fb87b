//! Fields in the order they depend on each other, then materials, then rules: the one pass behind every verdict.

use std::collections::BTreeMap;

use kernel::Fault;
use serde_json::{Map, Value};

use super::reading::{self, Reading};
use super::{Facts, MaterialView, Provided, Verdict, explain, materials, pointer, shown};
use crate::domain::expr::{Given, Scope, Slot};
use crate::domain::{Expr, ExprError, Field, FieldType, Procedure};

/// Everything found out about one application.
pub(crate) struct Settled<'a> {
    pub(crate) scope: Scope<'a>,
    pub(super) form: Map<String, Value>,
    /// By position of the field.
    pub(super) visible: Vec<bool>,
    pub(super) faults: Vec<Fault>,
    pub(super) materials: Vec<MaterialView>,
    pub(super) rules: Vec<Verdict>,
}

/// Whether a question is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Showing {
    Visible,
    Hidden,
    /// Its condition has no verdict yet: not asked for now.
    Unclear,
}

impl Procedure {
    /// The pass over one application.
    pub(crate) fn settle<'a>(&'a self, facts: &'a Facts) -> Settled<'a> {
        let mut scope = Scope::new(&facts.applicant, &facts.certificates, facts.today);
        let (provided, material_faults) = materials::provided(self, facts, &scope);
        for (material, provided) in self.item.materials.iter().zip(&provided) {
            if provided.as_ref().is_some_and(Provided::is_here) {
                scope.provide(&material.key);
            }
        }
        let mut settled = Settled {
            scope,
            form: Map::new(),
            visible: vec![false; self.fields.len()],
            faults: Vec::new(),
            materials: Vec::new(),
            rules: Vec::new(),
        };
        let mut field_faults = BTreeMap::new();
        for &at in &self.order {
            let Some((field, parts)) = self.item.fields.get(at).zip(self.fields.get(at)) else { continue };
            let showing = showing(parts.when.as_ref(), &settled.scope);
            let given = facts.form.get(&field.key).filter(|_| showing == Showing::Visible);
            let reading =
                given.map_or(Reading::Absent, |value| reading::read(field, parts.pattern.as_ref(), value, facts.today));
            let (kept, fault) = kept(field, showing, given, &reading);
            if let Some(kept) = kept {
                settled.form.insert(field.key.clone(), kept);
            }
            if let Some((code, detail)) = fault {
                field_faults.insert(at, Fault::new(pointer("form", &field.key), code, detail));
            }
            if let Some(visible) = settled.visible.get_mut(at) {
                *visible = showing == Showing::Visible;
            }
            settled.scope.set(&field.key, slot(field, showing, reading));
        }
        settled.faults.extend(field_faults.into_values());
        settled.faults.extend(self.unknown_answers(&facts.form));
        settled.faults.extend(material_faults);
        settled.materials = materials::views(self, &provided, &settled.scope);
        settled.rules = (0..self.rules.len()).map(|rule| self.ask(rule, &settled.scope)).collect();
        let complete = |view: &MaterialView| !view.asked || view.provided.as_ref().is_some_and(Provided::is_here);
        settled.scope.materials_complete = Some(settled.materials.iter().all(complete));
        settled.scope.rules_ok = Some(settled.rules.iter().all(|rule| *rule == Ok(true)));
        settled
    }

    /// The verdict of one rule. A rule does not apply, and so holds, when it is about hidden questions alone, or hangs
    /// on the value of one.
    fn ask(&self, rule: usize, scope: &Scope<'_>) -> Verdict {
        let hidden = |key: &str| scope.slot(key).is_some_and(|slot| slot.hidden);
        let names = self.rules.get(rule).map(Expr::names);
        let moot = names.is_some_and(|names| {
            let others = names.certificates.is_empty() && names.materials.is_empty() && names.applicant.is_empty();
            others && !names.form.is_empty() && names.form.iter().all(|key| hidden(key))
        });
        if moot {
            return Ok(true);
        }
        match self.rule(rule, scope) {
            Err(ExprError::Missing(names))
                if names.iter().all(|name| name.strip_prefix("form.").is_some_and(hidden)) =>
            {
                Ok(true)
            }
            verdict => verdict,
        }
    }

    fn unknown_answers(&self, form: &Map<String, Value>) -> Vec<Fault> {
        let unknown = form.keys().filter(|key| !self.by_key.contains_key(*key));
        let fault = |key: &String| {
            let detail = format!("表单中没有“{}”这一项，请删去", shown(key));
            Fault::new(pointer("form", key), "unknown", detail)
        };
        unknown.map(fault).collect()
    }
}

fn showing(when: Option<&Expr>, scope: &Scope<'_>) -> Showing {
    match when.map_or(Ok(true), |when| when.eval_bool(scope)) {
        Ok(true) => Showing::Visible,
        Ok(false) => Showing::Hidden,
        Err(_) => Showing::Unclear,
    }
}

/// What stays in the form, and what is wrong with it.
fn kept(
    field: &Field,
    showing: Showing,
    given: Option<&Value>,
    reading: &Reading,
) -> (Option<Value>, Option<(&'static str, String)>) {
    match reading {
        _ if showing != Showing::Visible => (None, None),
        Reading::Valid(value, _) => (Some(value.clone()), None),
        Reading::Faulty(code, detail) => (given.cloned(), Some((code, detail.clone()))),
        Reading::Absent if field.field_type == FieldType::Bool => (Some(Value::Bool(false)), None),
        Reading::Absent if field.required => (None, Some(("required", explain::please_answer(field)))),
        Reading::Absent => (None, None),
    }
}

/// The field as expressions see it; see the table of [`expr`](crate::domain::expr).
fn slot(field: &Field, showing: Showing, reading: Reading) -> Slot {
    let hidden = showing == Showing::Hidden;
    let value = match reading {
        Reading::Valid(_, given) => return Slot { value: Some(given), answered: true, hidden },
        Reading::Faulty(..) => None,
        Reading::Absent if showing == Showing::Unclear => None,
        Reading::Absent => match field.field_type {
            FieldType::Bool => Some(Given::Bool(false)),
            FieldType::Choices => Some(Given::Texts(Vec::new())),
            FieldType::Integer | FieldType::Decimal | FieldType::Money | FieldType::Date => None,
            _ if field.required && !hidden => None,
            _ => Some(Given::Text(String::new())),
        },
    };
    Slot { value, answered: false, hidden }
}
