//! An item made ready to be applied for: every condition and pattern compiled, fields in the order they depend on each
//! other, steps grouped. Immutable, so that one copy serves every request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regex::Regex;

use super::expr::{Known, Scope, compile_pattern, with_deep_stack};
use super::{Expr, ExprError, Facts, Item, Step, StepKind};

/// A part of an item that is compiled, so that a checker can point at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// `material`, `field`, `rule` or `step`.
    pub section: &'static str,
    /// Position in that section, from 0.
    pub index: usize,
    /// `when`, `auto`, `expr`, `pattern`, `prefill` or `key`.
    pub key: &'static str,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}[{}].{}", self.section, self.index, self.key)
    }
}

/// Why an item cannot be made ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {code}: {message}")]
pub struct CompileFault {
    /// Where.
    pub place: Place,
    /// Stable word for programs.
    pub code: &'static str,
    /// What is wrong and what would be right, in Chinese.
    pub message: String,
}

/// Where an answer can be taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A member of the applicant's account, such as `phone`.
    Applicant(String),
    /// A member of a certificate the applicant holds.
    Certificate {
        /// Certificate type.
        kind: String,
        /// `number`, `issued_on`, `expires_on` or a key of its data.
        member: String,
    },
}

/// Members of the applicant that can fill a field.
const FILLS: [&str; 7] = ["name", "id_number", "uscc", "phone", "address", "region", "legal_representative"];

impl Source {
    /// Reads `applicant.<member>` or `certificate.<type>.<member>`.
    fn parse(text: &str) -> Option<Self> {
        if let Some(member) = text.strip_prefix("applicant.") {
            return FILLS.contains(&member).then(|| Self::Applicant(member.to_owned()));
        }
        let (kind, member) = text.strip_prefix("certificate.")?.split_once('.')?;
        let plain = |text: &str| !text.is_empty() && !text.contains('.');
        (plain(kind) && plain(member)).then(|| Self::Certificate { kind: kind.to_owned(), member: member.to_owned() })
    }
}

/// Steps that run at the same time: one step, or neighbours with the same `parallel`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepGroup {
    /// Name of the group (并联审批); none for a step by itself.
    pub parallel: Option<String>,
    /// Positions in `item.steps`, in order.
    pub steps: std::ops::Range<usize>,
}

/// What is compiled of one field.
#[derive(Debug)]
pub(crate) struct FieldParts {
    pub(crate) when: Option<Expr>,
    pub(crate) pattern: Option<Regex>,
    pub(crate) source: Option<Source>,
}

/// What is compiled of one step.
#[derive(Debug)]
struct StepParts {
    when: Option<Expr>,
    auto: Option<Expr>,
}

/// One version of an item, compiled.
#[derive(Debug)]
pub struct Procedure {
    /// The item as published.
    pub item: Arc<Item>,
    /// Its version.
    pub version: i64,
    pub(crate) fields: Vec<FieldParts>,
    /// Positions of the fields, each after those its `when` reads.
    pub(crate) order: Vec<usize>,
    pub(crate) by_key: BTreeMap<String, usize>,
    /// `when` of each material.
    pub(crate) materials: Vec<Option<Expr>>,
    pub(crate) rules: Vec<Expr>,
    steps: Vec<StepParts>,
    groups: Vec<StepGroup>,
    /// Names of certificate types, for sentences.
    pub(crate) certificate_names: BTreeMap<String, String>,
}

impl Procedure {
    /// Compiles `item`.
    ///
    /// # Errors
    /// Every expression, pattern and prefill that cannot work, and keys that occur twice.
    pub fn compile(item: Item, version: i64) -> Result<Self, Vec<CompileFault>> {
        let mut compiler = Compiler { faults: Vec::new() };
        let parts = with_deep_stack(|| compiler.parts(&item));
        match parts {
            Ok(_) if !compiler.faults.is_empty() => Err(compiler.faults),
            Ok(parts) => Ok(Self {
                groups: groups(&item.steps),
                by_key: item.fields.iter().enumerate().map(|(at, field)| (field.key.clone(), at)).collect(),
                item: Arc::new(item),
                version,
                fields: parts.fields,
                order: parts.order,
                materials: parts.materials,
                rules: parts.rules,
                steps: parts.steps,
                certificate_names: BTreeMap::new(),
            }),
            Err(error) => Err(vec![fault(Place { section: "rule", index: 0, key: "expr" }, &error)]),
        }
    }

    /// With the names of certificate types, for sentences such as 来自营业执照; without them a type is called as the
    /// item's materials call it.
    #[must_use]
    pub fn with_certificate_names(mut self, names: impl IntoIterator<Item = (String, String)>) -> Self {
        self.certificate_names = names.into_iter().collect();
        self
    }

    /// The steps in the order of the process, those side by side together.
    #[must_use]
    pub fn steps(&self) -> &[StepGroup] {
        &self.groups
    }

    /// Working days of the longest path through the steps. Special steps are not counted: they have limits of their own
    /// (行政许可法 第四十五条 for those that stop the clock).
    #[must_use]
    pub fn total_step_days(&self) -> u32 {
        let days =
            |at: usize| self.item.steps.get(at).filter(|step| step.kind != StepKind::Special).map_or(0, |s| s.days);
        let longest = self.groups.iter().map(|group| group.steps.clone().map(days).max().unwrap_or(0));
        longest.fold(0, u32::saturating_add)
    }

    /// Whether the step at position `step` is part of this case (`when`). A condition without a verdict means that it
    /// is: nobody's review is skipped because something is unknown.
    #[must_use]
    pub fn step_applies(&self, step: usize, facts: &Facts) -> bool {
        match self.steps.get(step).and_then(|step| step.when.as_ref()) {
            Some(when) => when.eval_bool(&self.settle(facts).scope).unwrap_or(true),
            None => true,
        }
    }

    /// Whether the platform completes the step at position `step` by itself (`auto`, 秒批). Without a condition, or
    /// without a verdict, a person does.
    #[must_use]
    pub fn step_auto(&self, step: usize, facts: &Facts) -> bool {
        match self.steps.get(step).and_then(|step| step.auto.as_ref()) {
            Some(auto) => auto.eval_bool(&self.settle(facts).scope).unwrap_or(false),
            None => false,
        }
    }

    /// Every compiled expression with its place, for checkers that know the vocabularies.
    pub fn expressions(&self) -> impl Iterator<Item = (Place, &Expr)> {
        let place = |section, index, key| move |expr| (Place { section, index, key }, expr);
        let fields = self.fields.iter().enumerate();
        let materials = self.materials.iter().enumerate();
        let rules = self.rules.iter().enumerate();
        let steps = self.steps.iter().enumerate();
        materials
            .filter_map(move |(at, when)| when.as_ref().map(place("material", at, "when")))
            .chain(fields.filter_map(move |(at, field)| field.when.as_ref().map(place("field", at, "when"))))
            .chain(rules.map(move |(at, rule)| place("rule", at, "expr")(rule)))
            .chain(steps.flat_map(move |(at, step)| {
                let when = step.when.as_ref().map(place("step", at, "when"));
                when.into_iter().chain(step.auto.as_ref().map(place("step", at, "auto")))
            }))
    }

    /// Every field that is filled from somewhere, with its place.
    pub fn sources(&self) -> impl Iterator<Item = (Place, &Source)> {
        self.fields.iter().enumerate().filter_map(|(index, field)| {
            field.source.as_ref().map(|source| (Place { section: "field", index, key: "prefill" }, source))
        })
    }

    /// The verdict of the rule at position `rule`.
    pub(crate) fn rule(&self, rule: usize, scope: &Scope<'_>) -> Result<bool, ExprError> {
        self.rules.get(rule).map_or(Ok(true), |rule| rule.eval_bool(scope))
    }
}

/// One fault of an expression.
fn fault(place: Place, error: &ExprError) -> CompileFault {
    CompileFault { place, code: error.code(), message: error.advice() }
}

/// Neighbours with the same `parallel` together.
fn groups(steps: &[Step]) -> Vec<StepGroup> {
    let mut groups: Vec<StepGroup> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match groups.last_mut() {
            Some(last) if step.parallel.is_some() && last.parallel == step.parallel => last.steps.end = at + 1,
            _ => groups.push(StepGroup { parallel: step.parallel.clone(), steps: at..at + 1 }),
        }
    }
    groups
}

#[derive(Default)]
struct Parts {
    fields: Vec<FieldParts>,
    order: Vec<usize>,
    materials: Vec<Option<Expr>>,
    rules: Vec<Expr>,
    steps: Vec<StepParts>,
}

struct Compiler {
    faults: Vec<CompileFault>,
}

impl Compiler {
    fn parts(&mut self, item: &Item) -> Parts {
        let early = Known::of(item, false);
        let late = Known::of(item, true);
        self.unique("field", item.fields.iter().map(|field| field.key.as_str()));
        self.unique("material", item.materials.iter().map(|material| material.key.as_str()));
        self.unique("step", item.steps.iter().map(|step| step.key.as_str()));
        let mut parts = Parts::default();
        for (index, field) in item.fields.iter().enumerate() {
            let place = |key| Place { section: "field", index, key };
            parts.fields.push(FieldParts {
                when: self.optional(place("when"), field.when.as_deref(), &early),
                pattern: field.pattern.as_deref().and_then(|pattern| self.pattern(place("pattern"), pattern)),
                source: field.prefill.as_deref().and_then(|prefill| self.source(place("prefill"), prefill)),
            });
        }
        for (index, material) in item.materials.iter().enumerate() {
            let place = Place { section: "material", index, key: "when" };
            parts.materials.push(self.optional(place, material.when.as_deref(), &early));
        }
        for (index, rule) in item.rules.iter().enumerate() {
            let place = Place { section: "rule", index, key: "expr" };
            parts.rules.extend(self.optional(place, Some(&rule.expr), &early));
        }
        for (index, step) in item.steps.iter().enumerate() {
            let place = |key| Place { section: "step", index, key };
            parts.steps.push(StepParts {
                when: self.optional(place("when"), step.when.as_deref(), &early),
                auto: self.optional(place("auto"), step.auto.as_deref(), &late),
            });
        }
        parts.order = self.order(item, &parts.fields);
        parts
    }

    fn optional(&mut self, place: Place, source: Option<&str>, known: &Known<'_>) -> Option<Expr> {
        let compiled = Expr::compile_here(source?).and_then(|expr| expr.check(known).map(|()| expr));
        compiled.map_err(|error| self.faults.push(fault(place, &error))).ok()
    }

    fn pattern(&mut self, place: Place, pattern: &str) -> Option<Regex> {
        let compiled = compile_pattern(pattern);
        if compiled.is_none() {
            let error = ExprError::BadPattern(pattern.chars().take(80).collect());
            self.faults.push(CompileFault { place, code: "bad-pattern", message: error.advice() });
        }
        compiled
    }

    fn source(&mut self, place: Place, text: &str) -> Option<Source> {
        let source = Source::parse(text);
        if source.is_none() {
            let shown: String = text.chars().take(80).collect();
            let message = format!(
                "预填来源“{shown}”写法不对，应为 applicant.成员（{}）或 certificate.证照类型.成员",
                FILLS.join("、")
            );
            self.faults.push(CompileFault { place, code: "bad-prefill", message });
        }
        source
    }

    fn unique<'a>(&mut self, section: &'static str, keys: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (index, key) in keys.enumerate() {
            if !seen.insert(key) {
                let message = format!("键“{key}”重复，请改用不同的键");
                self.faults.push(CompileFault {
                    place: Place { section, index, key: "key" },
                    code: "duplicate-key",
                    message,
                });
            }
        }
    }

    /// The fields so that each comes after those its `when` reads; a circle is a fault.
    fn order(&mut self, item: &Item, fields: &[FieldParts]) -> Vec<usize> {
        let by_key: BTreeMap<&str, usize> =
            item.fields.iter().enumerate().map(|(at, f)| (f.key.as_str(), at)).collect();
        let needs = |at: usize| {
            let names = fields.get(at).and_then(|field| field.when.as_ref()).map(Expr::names);
            names.into_iter().flat_map(|names| names.form.iter().filter_map(|key| by_key.get(key.as_str()).copied()))
        };
        let mut order = Vec::with_capacity(fields.len());
        let mut placed = vec![false; fields.len()];
        loop {
            let before = order.len();
            for at in 0..fields.len() {
                if !placed[at] && needs(at).all(|needed| placed[needed]) {
                    placed[at] = true;
                    order.push(at);
                }
            }
            if order.len() == fields.len() {
                return order;
            }
            if order.len() == before {
                break;
            }
        }
        for (index, field) in item.fields.iter().enumerate().filter(|(at, _)| !placed[*at]) {
            let message = format!("字段“{}”的显示条件直接或间接地依赖它自己，请改为只依赖其他字段", field.label);
            let place = Place { section: "field", index, key: "when" };
            self.faults.push(CompileFault { place, code: "circular-when", message });
        }
        order
    }
}

#[cfg(test)]
mod tests;
