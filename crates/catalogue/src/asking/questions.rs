//! From fields and answers to the questions of a page.

use serde_json::{Map, Value};
use vocab::Vocabulary;

use super::{
    answers::{self, ELSEWHERE},
    controls::{Kind, Question},
    plan::{Group, simple_condition},
    words::{self, Reader},
};
use crate::domain::{Assessment, Field, FieldType, Item, Prefill};

/// Choices of at most this many answers all stand there; longer ones fold.
const MOST_RADIOS: usize = 8;

/// The fields that a page shows: those asked now, and those it may ask at once by another answer of the page.
#[must_use]
pub fn on_page<'a>(item: &'a Item, group: &Group, assessment: &Assessment) -> Vec<&'a Field> {
    let shown = |at: usize| {
        let field = item.fields.get(at)?;
        let visible = assessment.fields.get(at).is_some_and(|view| view.visible);
        (visible || follows(item, group, field).is_some()).then_some(field)
    };
    let mut shown: Vec<&Field> = group.fields.iter().filter_map(|at| shown(*at)).collect();
    // A question can only follow one that stands there.
    loop {
        let keys: Vec<&str> = shown.iter().map(|field| field.key.as_str()).collect();
        let stays = |field: &&Field| {
            is_visible(item, assessment, &field.key)
                || follows(item, group, field).is_some_and(|(name, _)| keys.contains(&name.as_str()))
        };
        let kept: Vec<&Field> = shown.iter().copied().filter(stays).collect();
        if kept.len() == shown.len() {
            return kept;
        }
        shown = kept;
    }
}

/// Whether a field is asked now.
#[must_use]
pub fn is_visible(item: &Item, assessment: &Assessment, key: &str) -> bool {
    let at = item.fields.iter().position(|field| field.key == key);
    at.and_then(|at| assessment.fields.get(at)).is_some_and(|view| view.visible)
}

/// Name and value of the answer on the same page that makes the question appear.
fn follows(item: &Item, group: &Group, field: &Field) -> Option<(String, String)> {
    let (at, value) = simple_condition(item, field.when.as_deref()?)?;
    group.fields.contains(&at).then(|| item.fields.get(at).map(|on| (on.key.clone(), value)))?
}

/// What is known of a field.
#[must_use]
pub fn known<'a>(item: &Item, assessment: &'a Assessment, key: &str) -> Option<&'a Prefill> {
    let at = item.fields.iter().position(|field| field.key == key)?;
    assessment.fields.get(at)?.prefill.as_ref()
}

/// Everything the questions of a page are made of.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// The item.
    pub item: &'a Item,
    /// The fields of the page.
    pub group: &'a Group,
    /// How the answers stand.
    pub assessment: &'a Assessment,
    /// Answers to show.
    pub form: &'a Map<String, Value>,
    /// The page was kept before: what is empty was left empty.
    pub opened: bool,
    /// What is wrong, by field.
    pub errors: &'a [(String, String)],
    /// Answers kept by another window, where they differ.
    pub others: Option<&'a Map<String, Value>>,
    /// Names of regions.
    pub vocabulary: &'a Vocabulary,
    /// Who reads the page.
    pub reader: Reader,
}

impl Making<'_> {
    /// The questions in order.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        on_page(self.item, self.group, self.assessment).into_iter().map(|field| self.question(field)).collect()
    }

    fn question(&self, field: &Field) -> Question {
        let given = self.form.get(&field.key);
        let prefill = known(self.item, self.assessment, &field.key);
        let offered = prefill.filter(|_| given.is_none() && !self.opened);
        let value = given.or(offered.map(|prefill| &prefill.value));
        // An answer that is still the known one says where it comes from.
        let from = prefill.filter(|prefill| value == Some(&prefill.value));
        let when = follows(self.item, self.group, field);
        let when_said = when.as_ref().and(field.when.as_deref()).map(|source| words::when(self.item, source));
        let (label, unit) = match field.field_type {
            FieldType::Money => {
                let (name, unit) = answers::unit(&field.label).unwrap_or((&field.label, "元"));
                (name, if unit == "万元" { "元" } else { unit })
            }
            FieldType::Integer | FieldType::Decimal | FieldType::Text => {
                answers::unit(&field.label).unwrap_or((&field.label, ""))
            }
            _ => (field.label.as_str(), ""),
        };
        let other = self.others.and_then(|others| {
            let (mine, theirs) = (given, others.get(&field.key));
            (mine != theirs)
                .then(|| theirs.map(|value| answers::said(field, value, self.vocabulary)).unwrap_or_default())
        });
        Question {
            name: field.key.clone(),
            label: label.to_owned(),
            unit: unit.to_owned(),
            hint: hint(field, from.is_none()),
            origin: from.map(|known| words::origin(known, self.reader)).unwrap_or_default(),
            error: self
                .errors
                .iter()
                .find(|(key, _)| *key == field.key)
                .map(|(_, text)| text.clone())
                .unwrap_or_default(),
            optional: !field.required,
            kind: kind(field),
            values: answers::shown(field, value),
            options: self.options(field),
            when_said: when_said.map(|said| format!("{said}填写。")).unwrap_or_default(),
            when,
            other,
        }
    }

    fn options(&self, field: &Field) -> Vec<(String, String)> {
        let same = |text: &str| (text.to_owned(), text.to_owned());
        match field.field_type {
            FieldType::Bool => vec![same("是"), same("否")],
            FieldType::Choice | FieldType::Choices => field.options.iter().map(|option| same(option)).collect(),
            FieldType::Region => {
                let regions = self.vocabulary.regions().into_iter().map(|region| (region.code, region.name));
                regions.chain([(ELSEWHERE.to_owned(), "贵阳市以外".to_owned())]).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn kind(field: &Field) -> Kind {
    match field.field_type {
        FieldType::Text => Kind::Text,
        FieldType::PersonName => Kind::Name,
        FieldType::Phone => Kind::Phone,
        FieldType::Email => Kind::Email,
        FieldType::Address => Kind::Address,
        FieldType::Integer => Kind::Whole,
        FieldType::Decimal | FieldType::Money => Kind::Decimal,
        FieldType::IdNumber | FieldType::Uscc => Kind::Code,
        FieldType::Longtext => Kind::Long,
        FieldType::Date => Kind::Day,
        FieldType::Bool => Kind::Radios,
        FieldType::Choice if field.options.len() <= MOST_RADIOS => Kind::Radios,
        FieldType::Choice => Kind::List,
        FieldType::Choices => Kind::Checks,
        FieldType::Region => Kind::Region,
    }
}

/// Help of the item, and what the type asks of what is typed, where something is still `open`.
fn hint(field: &Field, open: bool) -> String {
    let mut parts: Vec<String> = field.help.iter().map(|help| help.trim_end_matches('。').to_owned()).collect();
    if !open {
        return if parts.is_empty() { String::new() } else { format!("{}。", parts.join("；")) };
    }
    match field.field_type {
        FieldType::Choices => parts.push("可以选多项".to_owned()),
        FieldType::IdNumber => parts.push("18 位，末位可能是 X".to_owned()),
        FieldType::Uscc => parts.push("18 位数字和大写字母".to_owned()),
        _ => {}
    }
    if let (Some(least), Some(most)) = (field.min, field.max)
        && matches!(field.field_type, FieldType::Integer | FieldType::Decimal)
    {
        parts.push(format!("{least} 到 {most}"));
    }
    if parts.is_empty() { String::new() } else { format!("{}。", parts.join("；")) }
}

/// What is wrong on a page: the item's own check of its visible fields, and yes-or-no questions left open.
#[must_use]
pub fn faults(item: &Item, group: &Group, assessment: &Assessment, form: &Map<String, Value>) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for field in group.fields.iter().filter_map(|at| item.fields.get(*at)) {
        if !is_visible(item, assessment, &field.key) {
            continue;
        }
        let pointer = format!("/form/{}", field.key);
        if let Some(fault) = assessment.faults.iter().find(|fault| fault.pointer == pointer) {
            wrong.push((field.key.clone(), fault.detail.clone()));
        } else if field.field_type == FieldType::Bool && field.required && !form.contains_key(&field.key) {
            wrong.push((field.key.clone(), format!("请回答“{}”", field.label)));
        }
    }
    wrong
}
