//! The search: fill in, assess, change what broken rules name, until nothing is broken.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::domain::{Assessment, Facts, Field, Names, Outcome, Procedure, Provided};
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    Candidate,
    plain::{self, Hints},
};

/// Changes made one after the other.
const ROUNDS: usize = 40;
/// Combinations tried when no single change helps.
const COMBINATIONS: usize = 3_000;

/// What satisfies an item.
pub(super) struct Found {
    pub(super) form: Map<String, Value>,
    /// Keys of materials that need a file.
    pub(super) files: Vec<String>,
    /// Questions the platform could have answered for the right applicant, and could not for this one.
    pub(super) unknown: usize,
}

/// Answers of `candidate` that satisfy `procedure`, or what was left.
pub(super) fn answers(procedure: &Procedure, candidate: &Candidate, today: Date) -> Result<Found, Vec<String>> {
    let mut search = Search::new(procedure, candidate, today);
    let mut now = search.settle(Draft::default());
    for _ in 0..ROUNDS {
        if now.broken() == 0 {
            let now = search.lighter(now);
            let unknown = now.unknown(procedure);
            return Ok(Found { form: now.assessment.form, files: now.draft.files.into_iter().collect(), unknown });
        }
        match search.better(&now) {
            Some(better) => now = better,
            None => break,
        }
    }
    Err(now.reasons())
}

/// What has been answered so far.
#[derive(Debug, Clone, Default)]
struct Draft {
    form: Map<String, Value>,
    files: BTreeSet<String>,
    /// Fields left open on purpose.
    open: BTreeSet<String>,
}

impl Draft {
    /// Tells drafts apart.
    fn mark(&self) -> String {
        format!("{:?}{:?}", self.form, self.files)
    }
}

/// A draft with its verdict.
struct Settled {
    draft: Draft,
    assessment: Assessment,
}

impl Settled {
    /// How much is in the way.
    fn broken(&self) -> usize {
        let rules = self.assessment.rules.iter().filter(|rule| rule.outcome != Outcome::Holds).count();
        let missing = self.assessment.materials.iter().filter(|material| material.missing).count();
        self.assessment.faults.len() + rules + missing
    }

    /// Questions with a source that had nothing for this applicant.
    fn unknown(&self, procedure: &Procedure) -> usize {
        let fields = procedure.item.fields.iter().zip(&self.assessment.fields);
        fields.filter(|(field, view)| view.visible && field.prefill.is_some() && view.prefill.is_none()).count()
    }

    fn broken_rules(&self) -> impl Iterator<Item = usize> {
        self.assessment.rules.iter().enumerate().filter(|(_, rule)| rule.outcome != Outcome::Holds).map(|(at, _)| at)
    }

    fn reasons(&self) -> Vec<String> {
        let rules = self.assessment.rules.iter().filter(|rule| rule.outcome != Outcome::Holds);
        let faults = self.assessment.faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code));
        faults.chain(rules.map(|rule| rule.expr.clone())).collect()
    }
}

/// One answer given otherwise, or one material handed in.
#[derive(Debug, Clone)]
enum Change {
    Answer(String, Option<Value>),
    File(String),
}

struct Search<'a> {
    procedure: &'a Procedure,
    candidate: &'a Candidate,
    facts: Facts,
    /// Names each rule uses, by place.
    rules: BTreeMap<usize, &'a Names>,
    /// Names the condition of each field uses, by key.
    conditions: BTreeMap<&'a str, &'a Names>,
    /// Drafts the search has stood at.
    been: BTreeSet<String>,
}

impl<'a> Search<'a> {
    fn new(procedure: &'a Procedure, candidate: &'a Candidate, today: Date) -> Self {
        let mut rules = BTreeMap::new();
        let mut conditions = BTreeMap::new();
        for (place, expr) in procedure.expressions() {
            match place.section {
                "rule" => {
                    rules.insert(place.index, expr.names());
                }
                "field" => {
                    if let Some(field) = procedure.item.fields.get(place.index) {
                        conditions.insert(field.key.as_str(), expr.names());
                    }
                }
                _ => {}
            }
        }
        let facts = Facts {
            form: Map::new(),
            applicant: candidate.facts.clone(),
            certificates: candidate.certificates.clone(),
            materials: BTreeMap::new(),
            today,
        };
        Self { procedure, candidate, facts, rules, conditions, been: BTreeSet::new() }
    }

    fn field(&self, key: &str) -> Option<&'a Field> {
        self.procedure.item.fields.iter().find(|field| field.key == key)
    }

    fn assess(&mut self, draft: &Draft) -> Assessment {
        self.facts.form.clone_from(&draft.form);
        self.facts.materials = draft.files.iter().map(|key| (key.clone(), Provided::File)).collect();
        self.procedure.assess(&self.facts)
    }

    /// Answers every question that is asked and hands in every material that is asked for, plainly, and judges.
    fn settle(&mut self, mut draft: Draft) -> Settled {
        // Each round can bring new questions into sight, at most one level of them.
        for _ in 0..=self.procedure.item.fields.len() {
            let assessment = self.assess(&draft);
            let before = (draft.form.len(), draft.files.len());
            for view in assessment.fields.iter().filter(|view| view.visible) {
                if draft.form.contains_key(&view.key) || draft.open.contains(&view.key) {
                    continue;
                }
                let known = view.prefill.as_ref().map(|prefill| prefill.value.clone());
                let plain = || {
                    let field = self.field(&view.key).filter(|_| view.required)?;
                    plain::first(field, self.candidate, self.facts.today)
                };
                if let Some(value) = known.or_else(plain) {
                    draft.form.insert(view.key.clone(), value);
                }
            }
            for view in assessment.materials.iter().filter(|view| view.missing) {
                draft.files.insert(view.key.clone());
            }
            if before == (draft.form.len(), draft.files.len()) {
                return Settled { draft, assessment };
            }
        }
        let assessment = self.assess(&draft);
        Settled { draft, assessment }
    }

    /// Without the files that only answers given on the way called for.
    fn lighter(&mut self, mut now: Settled) -> Settled {
        for key in now.draft.files.clone() {
            let mut draft = now.draft.clone();
            draft.files.remove(&key);
            let tried = self.settle(draft);
            if tried.broken() == 0 {
                now = tried;
            }
        }
        now
    }

    fn changed(&mut self, from: &Draft, changes: &[Change]) -> Settled {
        let mut draft = from.clone();
        for change in changes {
            match change {
                Change::Answer(key, Some(value)) => {
                    draft.form.insert(key.clone(), value.clone());
                    draft.open.remove(key);
                }
                Change::Answer(key, None) => {
                    draft.form.remove(key);
                    draft.open.insert(key.clone());
                }
                Change::File(key) => {
                    draft.files.insert(key.clone());
                }
            }
        }
        self.settle(draft)
    }

    /// The best single change; or else the first combination of changes that leaves less broken; or else the change
    /// that does the least harm and leads where the search has not been, because mending one rule can break another
    /// that then is mended in its turn.
    fn better(&mut self, now: &Settled) -> Option<Settled> {
        self.been.insert(now.draft.mark());
        let limit = now.broken();
        let mut best: Option<(usize, Settled)> = None;
        for change in self.changes(now).into_values().flatten() {
            let tried = self.changed(&now.draft, std::slice::from_ref(&change));
            let broken = tried.broken();
            if best.as_ref().is_none_or(|(least, _)| broken < *least) && !self.been.contains(&tried.draft.mark()) {
                best = Some((broken, tried));
                if broken == 0 {
                    break;
                }
            }
        }
        if best.as_ref().is_some_and(|(least, _)| *least < limit) {
            return best.map(|(_, better)| better);
        }
        let combined = now.broken_rules().find_map(|rule| self.combined(now, rule, limit));
        combined.or_else(|| best.map(|(_, least_harm)| least_harm))
    }

    /// Changes of all fields of one rule together.
    fn combined(&mut self, now: &Settled, rule: usize, limit: usize) -> Option<Settled> {
        let changes: Vec<Vec<Change>> = self.changes_for(now, &[rule]).into_values().collect();
        let most: usize = changes.iter().map(|c| c.len().min(12) + 1).product::<usize>().min(COMBINATIONS);
        for mut number in 0..most {
            // The number's digits, each in the base of one field, say which change of it is made; 0 is none.
            let mut chosen = Vec::new();
            for options in &changes {
                let base = options.len().min(12) + 1;
                let digit = number % base;
                number /= base;
                chosen.extend(digit.checked_sub(1).and_then(|at| options.get(at)).cloned());
            }
            if chosen.len() < 2 {
                continue;
            }
            let tried = self.changed(&now.draft, &chosen);
            if tried.broken() < limit {
                return Some(tried);
            }
        }
        None
    }

    /// What could be changed, by what it changes.
    fn changes(&self, now: &Settled) -> BTreeMap<String, Vec<Change>> {
        let rules: Vec<usize> = now.broken_rules().collect();
        let mut changes = self.changes_for(now, &rules);
        for fault in &now.assessment.faults {
            if let Some(field) = fault.pointer.strip_prefix("/form/").and_then(|key| self.field(key)) {
                let hints = Hints::default();
                changes.entry(format!("form.{}", field.key)).or_insert_with(|| self.answers_of(field, &hints));
            }
        }
        changes
    }

    fn changes_for(&self, now: &Settled, rules: &[usize]) -> BTreeMap<String, Vec<Change>> {
        let mut fields = BTreeSet::new();
        let mut changes = BTreeMap::new();
        let mut hints = Hints::default();
        for rule in rules {
            let Some(names) = self.rules.get(rule) else { continue };
            fields.extend(names.form.iter().map(String::as_str));
            for key in names.materials.iter().filter(|key| !now.draft.files.contains(*key)) {
                changes.insert(format!("materials.{key}"), vec![Change::File(key.clone())]);
            }
            hints.read(&self.procedure.item.rules.get(*rule).map(|rule| rule.expr.clone()).unwrap_or_default());
        }
        // A question that is not asked comes into sight by the answers its condition reads.
        let hidden: Vec<&str> = fields.iter().copied().filter(|key| !now.assessment.form.contains_key(*key)).collect();
        for key in hidden {
            let names = self.conditions.get(key);
            fields.extend(names.into_iter().flat_map(|names| names.form.iter().map(String::as_str)));
        }
        for key in fields {
            let Some(field) = self.field(key) else { continue };
            let mut hints = Hints {
                numbers: hints.numbers.clone(),
                days: hints.days.clone(),
                texts: hints.texts.clone(),
                others: Vec::new(),
            };
            for rule in rules {
                let names = self.rules.get(rule).filter(|names| names.form.contains(key));
                let others = names.into_iter().flat_map(|names| &names.form).filter(|other| *other != key);
                hints.others.extend(others.filter_map(|other| now.assessment.form.get(other).cloned()));
            }
            changes.insert(format!("form.{key}"), self.answers_of(field, &hints));
        }
        changes
    }

    fn answers_of(&self, field: &Field, hints: &Hints) -> Vec<Change> {
        let values = plain::others(field, self.candidate, self.facts.today, hints);
        values.into_iter().map(|value| Change::Answer(field.key.clone(), value)).collect()
    }
}
