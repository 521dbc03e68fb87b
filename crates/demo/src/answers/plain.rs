//! Plain answers: the first one that a field takes, and the others that are worth trying.

use std::collections::BTreeSet;

use catalogue::domain::{Field, FieldType};
use jiff::{Span, civil::Date};
use serde_json::{Number, Value};

use super::{Candidate, pattern};
use crate::city::people;

/// Most alternatives tried for one field.
const MOST: usize = 48;

/// What alternatives are made of: the words and numbers of the rules, and the other answers they are compared with.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// Numbers written in the rules.
    pub(super) numbers: Vec<f64>,
    /// Durations written in the rules, days.
    pub(super) days: Vec<i64>,
    /// Texts written in the rules.
    pub(super) texts: Vec<String>,
    /// Answers of the other fields.
    pub(super) others: Vec<Value>,
}

impl Hints {
    /// Reads the literals of one expression.
    pub(super) fn read(&mut self, expression: &str) {
        let mut chars = expression.char_indices().peekable();
        let mut before = ' ';
        while let Some((start, c)) = chars.next() {
            if c == '"' || c == '\'' {
                let text: String = chars.by_ref().map(|(_, c)| c).take_while(|d| *d != c).collect();
                match text.strip_suffix('d').and_then(|days| days.parse().ok()) {
                    Some(days) => self.days.push(days),
                    None => self.texts.push(text),
                }
            } else if c.is_ascii_digit() && !(before.is_alphanumeric() || before == '_') {
                let mut end = start + 1;
                while let Some((at, _)) = chars.next_if(|(_, c)| c.is_ascii_digit() || *c == '.') {
                    end = at + 1;
                }
                self.numbers.extend(expression.get(start..end).and_then(|digits| digits.parse::<f64>().ok()));
            }
            before = c;
        }
    }
}

/// The plain answer of a field; none for questions that may stay open.
pub(super) fn first(field: &Field, candidate: &Candidate, today: Date) -> Option<Value> {
    match field.field_type {
        FieldType::Bool => None,
        FieldType::Choice => field.options.first().map(|option| Value::from(option.as_str())),
        FieldType::Choices => field.options.first().map(|option| Value::from(vec![option.as_str()])),
        FieldType::Integer => Some(number(field, within(field, 1.0))),
        FieldType::Decimal => Some(number(field, within(field, 10.0))),
        FieldType::Money => Some(number(field, within(field, 1_000_000.0))),
        FieldType::Date => shifted(today, -30).map(|day| Value::from(day.to_string())),
        _ => written(field, candidate).into_iter().next(),
    }
}

/// Other answers that may satisfy a rule, the likelier ones first. `None` leaves the field open.
pub(super) fn others(field: &Field, candidate: &Candidate, today: Date, hints: &Hints) -> Vec<Option<Value>> {
    let mut values: Vec<Option<Value>> = match field.field_type {
        FieldType::Bool => vec![Some(Value::Bool(true)), Some(Value::Bool(false))],
        FieldType::Choice => field.options.iter().map(|option| Some(Value::from(option.as_str()))).collect(),
        FieldType::Choices => {
            let single = field.options.iter().map(|option| Some(Value::from(vec![option.as_str()])));
            let all = Some(Value::from(field.options.clone()));
            single.chain([all]).collect()
        }
        FieldType::Integer | FieldType::Decimal | FieldType::Money => numbers(field, hints),
        FieldType::Date => days(today, hints),
        _ => {
            let same_type = hints.others.iter().filter_map(Value::as_str).map(str::to_owned);
            let texts = written(field, candidate).into_iter().filter_map(|v| v.as_str().map(str::to_owned));
            texts.chain(same_type).chain(hints.texts.iter().cloned()).map(|t| Some(Value::from(t))).collect()
        }
    };
    if !field.required {
        values.push(None);
    }
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.as_ref().map(Value::to_string)));
    values.truncate(MOST);
    values
}

/// The nearest number the field takes.
fn within(field: &Field, wanted: f64) -> f64 {
    let least = field.min.unwrap_or(f64::NEG_INFINITY);
    wanted.min(field.max.unwrap_or(f64::INFINITY)).max(least)
}

fn number(field: &Field, value: f64) -> Value {
    if field.field_type == FieldType::Decimal {
        return Number::from_f64(value).map_or(Value::Null, Value::Number);
    }
    #[expect(clippy::cast_possible_truncation, reason = "numbers of forms and rules are far smaller than 2^53")]
    let whole = value.ceil() as i64;
    Value::from(whole)
}

fn numbers(field: &Field, hints: &Hints) -> Vec<Option<Value>> {
    let mut found: Vec<f64> = Vec::new();
    for literal in &hints.numbers {
        found.extend([*literal, literal + 1.0, literal - 1.0, literal * 2.0]);
    }
    found.extend(hints.others.iter().filter_map(Value::as_f64).flat_map(|n| [n, n + 1.0, n - 1.0]));
    found.extend([0.0, 1.0, 2.0, 10.0, 100.0, 10_000.0]);
    found.extend([field.min, field.max].into_iter().flatten());
    let fits = |n: &f64| field.min.is_none_or(|least| *n >= least) && field.max.is_none_or(|most| *n <= most);
    found.into_iter().filter(|n| fits(n)).map(|n| Some(number(field, n))).collect()
}

fn days(today: Date, hints: &Hints) -> Vec<Option<Value>> {
    let others = hints.others.iter().filter_map(|value| value.as_str()?.parse::<Date>().ok());
    let anchors: Vec<Date> = std::iter::once(today).chain(others).collect();
    let mut offsets: Vec<i64> = vec![0, 1, -1, 7, 30, -365];
    for days in &hints.days {
        offsets.extend([*days, -days, days - 1, 1 - days, days + 1, -days - 1, days + 30, -days - 30]);
    }
    let mut found = Vec::new();
    for offset in offsets {
        for anchor in &anchors {
            found.extend(shifted(*anchor, offset).map(|day| Some(Value::from(day.to_string()))));
        }
    }
    found
}

fn shifted(day: Date, by: i64) -> Option<Date> {
    day.checked_add(Span::new().try_days(by).ok()?).ok()
}

/// Texts of the type the field asks for.
fn written(field: &Field, candidate: &Candidate) -> Vec<Value> {
    let me = &candidate.facts;
    let citizens = people::citizens();
    let neighbours = || citizens.iter().filter(|c| me.id_number.as_deref() != Some(c.id_number.as_str()));
    let own = |value: &Option<String>| value.clone().into_iter();
    let texts: Vec<String> = match field.field_type {
        FieldType::Phone => own(&me.phone).chain(["13700000001".to_owned(), "0851-81234567".to_owned()]).collect(),
        FieldType::Email => vec!["demo@example.com".to_owned()],
        FieldType::IdNumber => {
            let others = neighbours().take(4).map(|c| c.id_number.as_str().to_owned());
            others.chain(own(&me.id_number)).collect()
        }
        FieldType::Uscc => {
            let others = people::enterprises().into_iter().map(|e| e.uscc.as_str().to_owned());
            others.filter(|code| me.uscc.as_ref() != Some(code)).take(3).chain(own(&me.uscc)).collect()
        }
        FieldType::Address => own(&me.address).chain(["贵州省贵阳市观山湖区林城东路演示号".to_owned()]).collect(),
        FieldType::Region => own(&me.region).chain(["520115".to_owned(), "520102".to_owned()]).collect(),
        FieldType::PersonName => neighbours().take(3).map(|c| c.name.to_owned()).collect(),
        _ => match field.pattern.as_deref().and_then(pattern::example) {
            Some(text) => vec![text],
            None => vec![sized(field, &format!("演示{}", field.label))],
        },
    };
    texts.into_iter().map(Value::from).collect()
}

/// The text cut or filled up to the lengths the field takes.
fn sized(field: &Field, text: &str) -> String {
    let most = usize::try_from(field.max_length.unwrap_or(200)).unwrap_or(200);
    let least = usize::try_from(field.min_length.unwrap_or(0)).unwrap_or(0);
    let mut text: String = text.chars().take(most).collect();
    let missing = least.saturating_sub(text.chars().count());
    text.extend("演示内容".chars().cycle().take(missing));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_literals_of_a_rule_are_read() {
        let mut hints = Hints::default();
        hints.read("form.kind2 != '甲' || form.until <= today + duration('730d') && form.size >= 4.5");
        assert_eq!(hints.texts, ["甲"]);
        assert_eq!(hints.days, [730]);
        assert_eq!(hints.numbers, [4.5]);
    }
}
