//! What the names of an expression stand for.

use std::collections::{BTreeMap, BTreeSet};

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use jiff::civil::{Date, date};

use super::ENV;
use crate::domain::{ApplicantFacts, CertificateFacts};

/// The value of one answer, by the type of its field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    /// bool
    Bool(bool),
    /// integer and money (fen)
    Int(i64),
    /// decimal
    Double(f64),
    /// every written type, and choice
    Text(String),
    /// choices
    Texts(Vec<String>),
    /// date
    Day(Date),
}

/// One field of the form as expressions see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// What `form.x` reads; none = undecided.
    pub(crate) value: Option<Given>,
    /// Whether the applicant gave it: what `has(form.x)` reads.
    pub(crate) answered: bool,
    /// Whether the question is certainly not asked.
    pub(crate) hidden: bool,
}

/// Everything an expression can see.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    form: BTreeMap<&'a str, Slot>,
    applicant: &'a ApplicantFacts,
    certificates: BTreeMap<&'a str, &'a CertificateFacts>,
    provided: BTreeSet<&'a str>,
    today: Date,
    /// `materials_complete`, once known.
    pub(crate) materials_complete: Option<bool>,
    /// `rules_ok`, once known.
    pub(crate) rules_ok: Option<bool>,
}

impl<'a> Scope<'a> {
    /// A scope with an empty form. Of several certificates of one type the best stands for all: valid before not
    /// valid, then the one that lasts longest, then the latest issued.
    pub(crate) fn new(applicant: &'a ApplicantFacts, certificates: &'a [CertificateFacts], today: Date) -> Self {
        let mut best: BTreeMap<&str, &CertificateFacts> = BTreeMap::new();
        for certificate in certificates {
            best.entry(&certificate.certificate_type)
                .and_modify(|held| {
                    if worth(certificate) > worth(held) {
                        *held = certificate;
                    }
                })
                .or_insert(certificate);
        }
        Self {
            form: BTreeMap::new(),
            applicant,
            certificates: best,
            provided: BTreeSet::new(),
            today,
            materials_complete: None,
            rules_ok: None,
        }
    }

    /// Sets one field.
    pub(crate) fn set(&mut self, key: &'a str, slot: Slot) {
        self.form.insert(key, slot);
    }

    /// One field.
    pub(crate) fn slot(&self, key: &str) -> Option<&Slot> {
        self.form.get(key)
    }

    /// Marks a material as handed in.
    pub(crate) fn provide(&mut self, material: &'a str) {
        self.provided.insert(material);
    }

    /// The best certificate of a type.
    pub(crate) fn certificate(&self, kind: &str) -> Option<&'a CertificateFacts> {
        self.certificates.get(kind).copied()
    }

    /// The certificate of `kind` if it is valid.
    pub(crate) fn valid(&self, kind: &str) -> Option<&'a CertificateFacts> {
        self.certificate(kind).filter(|certificate| certificate.valid)
    }

    /// Whether `certificates[kind].member` reads as null.
    pub(crate) fn is_null(&self, kind: &str, member: &str) -> bool {
        member != "valid" && self.certificate_member(kind, member).is_none()
    }

    fn certificate_member(&self, kind: &str, member: &str) -> Option<CowVal<'_, '_>> {
        let certificate = self.certificate(kind)?;
        match member {
            "number" => Some(text(&certificate.number)),
            "issued_on" => day(certificate.issued_on),
            "expires_on" => certificate.expires_on.and_then(day),
            _ => {
                let value = certificate.data.get(member)?;
                if is_date_member(member) { value.parse().ok().and_then(day) } else { Some(text(value)) }
            }
        }
    }

    fn applicant_member(&self, member: &str) -> Option<CowVal<'_, '_>> {
        match member {
            "kind" => Some(CowVal::owned(CelString::from(self.applicant.kind.as_str()))),
            "age" => self.applicant.age.map(|age| CowVal::owned(CelInt::from(age))),
            "sex" => self.applicant.sex.as_deref().map(text),
            "region" => self.applicant.region.as_deref().map(text),
            _ => None,
        }
    }

    fn lookup(&self, name: &str) -> Option<CowVal<'_, '_>> {
        if let Some(key) = name.strip_prefix("form.") {
            return self.slot(key)?.value.as_ref().and_then(value);
        }
        if let Some(member) = name.strip_prefix("applicant.") {
            return self.applicant_member(member);
        }
        if let Some(rest) = name.strip_prefix("certificates.") {
            let (kind, member) = rest.split_once('.')?;
            if member == "valid" {
                return Some(truth(self.valid(kind).is_some()));
            }
            return Some(self.certificate_member(kind, member).unwrap_or_else(|| CowVal::owned(CelNull)));
        }
        if let Some(key) = name.strip_prefix("materials.").and_then(|rest| rest.strip_suffix(".provided")) {
            return Some(truth(self.provided.contains(key)));
        }
        match name {
            "today" => day(self.today),
            "materials_complete" => self.materials_complete.map(truth),
            "rules_ok" => self.rules_ok.map(truth),
            _ => None,
        }
    }

    fn has(&self, name: &str) -> bool {
        if let Some(key) = name.strip_prefix("form.") {
            return self.slot(key).is_some_and(|slot| slot.answered);
        }
        if let Some((kind, member)) = name.strip_prefix("certificates.").and_then(|rest| rest.split_once('.')) {
            return self.certificate(kind).is_some() && !self.is_null(kind, member);
        }
        self.lookup(name).is_some()
    }
}

impl VariableResolver for Scope<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        match variable.strip_prefix("has ") {
            Some(name) => Some(truth(self.has(name))),
            None => self.lookup(variable),
        }
    }
}

/// Order of preference among certificates of one type.
fn worth(certificate: &CertificateFacts) -> (bool, Date, Date) {
    (certificate.valid, certificate.expires_on.unwrap_or(Date::MAX), certificate.issued_on)
}

/// Whether data of a certificate under this key is a day.
fn is_date_member(member: &str) -> bool {
    member.ends_with("_on") || member.ends_with("_date")
}

fn truth<'b>(truth: bool) -> CowVal<'b, 'b> {
    CowVal::owned(CelBool::from(truth))
}

fn text(text: &str) -> CowVal<'_, '_> {
    CowVal::owned(CelString::from(text))
}

/// Midnight UTC of a day. CEL knows the years 1 to 9999; other years have no value.
fn day<'b>(day: Date) -> Option<CowVal<'b, 'b>> {
    let days = date(1970, 1, 1).until(day).ok()?.get_days();
    let args = vec![CowVal::owned(CelInt::from(i64::from(days) * 86_400))];
    let make = ENV.find_overload("timestamp", &args)?;
    Some(CowVal::Owned(make(args).ok()?.into_owned()))
}

fn value(given: &Given) -> Option<CowVal<'_, '_>> {
    Some(match given {
        Given::Bool(value) => truth(*value),
        Given::Int(value) => CowVal::owned(CelInt::from(*value)),
        Given::Double(value) => CowVal::owned(CelDouble::from(*value)),
        Given::Text(value) => text(value),
        Given::Day(value) => return day(*value),
        Given::Texts(values) => {
            let boxed = values.iter().map(|value| Box::new(CelString::from(value.as_str())) as Box<dyn Val + '_>);
            CowVal::owned(CelList::from(boxed.collect::<Vec<_>>()))
        }
    })
}
