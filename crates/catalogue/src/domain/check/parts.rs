//! Rules over materials, form fields and every expression.

use std::collections::BTreeSet;

use vocab::Vocabulary;

use crate::domain::format::Page;
use crate::domain::{Expr, Field, FieldType, Item, Material, Names, Origin, Procedure, Source};

/// Wording that leaves open what is demanded (兜底性表述).
const CATCH_ALL: [&str; 10] = [
    "其他材料",
    "其它材料",
    "其他相关",
    "其它相关",
    "相关证明",
    "相关材料",
    "有关材料",
    "有关证明",
    "其他证明",
    "其他文件",
];
/// Names of the form by which an item is applied for.
const FORM_NAMES: [&str; 4] = ["申请表", "申请书", "申报表", "申报书"];

pub(super) fn check(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    materials(item, page, vocab);
    for (at, field) in item.fields.iter().enumerate() {
        self::field(&format!("field[{at}]"), field, page);
    }
    expressions(item, page, vocab);
}

fn materials(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    let mut names = BTreeSet::new();
    for (at, material) in item.materials.iter().enumerate() {
        let path = format!("material[{at}]");
        let key = |key: &str| format!("{path}.{key}");
        if !names.insert(material.name.as_str()) {
            page.error(&key("name"), "duplicate-material", format!("材料“{}”重复", material.name));
        }
        if let Some(words) = CATCH_ALL.into_iter().find(|words| material.name.contains(words)) {
            let message = format!("“{words}”是兜底性表述，请写明具体是哪一份材料");
            page.error(&key("name"), "catch-all", message);
        }
        certificate_of(material, &key("certificate_type"), page, vocab);
        if material.deferrable && is_precondition(material) {
            page.error(&key("deferrable"), "not-deferrable", "申请表和申请人身份证件是受理的前提，不能容缺后补");
        }
        if material.deferrable && !material.required && page.sound(&[&key("required")]) {
            page.warning(&key("deferrable"), "deferrable-optional", "非必要材料无须写容缺后补");
        }
        if material.baseline
            && !material.required
            && material.note.is_none()
            && page.sound(&[&key("required"), &key("baseline")])
        {
            page.warning(
                &key("required"),
                "reduced-without-note",
                "改革前收取、现在不再收取的材料，请在 note 中说明原因",
            );
        }
        if material.copies == 0 && material.required && page.sound(&[&key("copies"), &key("required")]) {
            page.warning(&key("copies"), "no-copies", "必要材料的份数为0，请核对");
        }
    }
}

fn certificate_of(material: &Material, path: &str, page: &mut Page, vocab: &Vocabulary) {
    match material.certificate_type.as_deref() {
        Some(kind) if vocab.certificate_type(kind).is_none() => {
            page.error(path, "unknown-certificate-type", format!("证照类型“{kind}”不在证照类型表中"));
        }
        None if material.origin == Origin::Government => {
            if let Some(kind) = vocab.certificate_types().iter().find(|kind| kind.name == material.name) {
                let message = format!("“{}”可由电子证照代替，请写 certificate_type = \"{}\"", kind.name, kind.key);
                page.error(path, "certificate-not-reused", message);
            }
        }
        Some(_) | None => {}
    }
}

/// The application form and the applicant's own identity: never handed in later.
fn is_precondition(material: &Material) -> bool {
    matches!(material.key.as_str(), "id-card" | "application-form")
        || matches!(material.name.as_str(), "居民身份证" | "申请人身份证件" | "营业执照")
        || material.origin == Origin::Applicant && FORM_NAMES.iter().any(|name| material.name.ends_with(name))
}

fn field(path: &str, field: &Field, page: &mut Page) {
    let key = |key: &str| format!("{path}.{key}");
    if !page.sound(&[&key("type")]) {
        return;
    }
    let choice = matches!(field.field_type, FieldType::Choice | FieldType::Choices);
    if choice && field.options.len() < 2 && page.sound(&[&key("options")]) {
        page.error(&key("options"), "options-missing", "单选和多选至少应有两个选项");
    }
    if !choice && !field.options.is_empty() {
        page.error(&key("options"), "options-without-choice", "只有单选和多选才写选项");
    }
    let number = matches!(field.field_type, FieldType::Integer | FieldType::Decimal | FieldType::Money);
    let text =
        matches!(field.field_type, FieldType::Text | FieldType::Longtext | FieldType::Address | FieldType::PersonName);
    for (name, written, fits) in [
        ("min", field.min.is_some(), number),
        ("max", field.max.is_some(), number),
        ("min_length", field.min_length.is_some(), text),
        ("max_length", field.max_length.is_some(), text),
        ("pattern", field.pattern.is_some(), text),
    ] {
        if written && !fits {
            let message = format!("“{}”类型的字段不能写 {name}", field.field_type.label());
            page.error(&key(name), "bound-does-not-fit", message);
        }
    }
    if field.min.zip(field.max).is_some_and(|(min, max)| min > max) {
        page.error(&key("min"), "bounds-crossed", "最小值大于最大值，没有答案能符合");
    }
    if field.min_length.zip(field.max_length).is_some_and(|(min, max)| min > max) {
        page.error(&key("min_length"), "bounds-crossed", "最短长度大于最长长度，没有答案能符合");
    }
}

fn expressions(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    // Where a key or type had to be mended, expressions that use it would be blamed wrongly.
    let names_sound =
        page.section_sound("field", &["key", "type", "options"]) && page.section_sound("material", &["key"]);
    match Procedure::compile(item.clone(), 0) {
        Ok(procedure) => {
            let used: Vec<(String, Names)> =
                procedure.expressions().map(|(place, expr)| (place.to_string(), expr.names().clone())).collect();
            for (path, names) in used {
                certificates(&path, &names, page, vocab);
            }
            let sources: Vec<(String, Source)> =
                procedure.sources().map(|(place, source)| (place.to_string(), source.clone())).collect();
            for (path, source) in sources {
                prefill(&path, &source, page, vocab);
            }
        }
        Err(faults) => {
            for fault in faults {
                let hangs_on_names = matches!(
                    fault.code,
                    "expr-unknown-name" | "expr-wrong-type" | "expr-unknown-option" | "circular-when" | "duplicate-key"
                );
                if names_sound || !hangs_on_names {
                    page.error(&fault.place.to_string(), fault.code, fault.message);
                }
            }
            apart(item, page, vocab);
        }
    }
}

/// The rules over certificates in expressions and prefills when the item as a whole does not compile.
fn apart(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    let mut written: Vec<(String, &str)> = Vec::new();
    for (at, field) in item.fields.iter().enumerate() {
        written.extend(field.when.as_deref().map(|when| (format!("field[{at}].when"), when)));
        let certificate = field.prefill.as_deref().and_then(|text| text.strip_prefix("certificate."));
        if let Some((kind, member)) = certificate.and_then(|rest| rest.split_once('.')) {
            let source = Source::Certificate { kind: kind.to_owned(), member: member.to_owned() };
            prefill(&format!("field[{at}].prefill"), &source, page, vocab);
        }
    }
    for (at, material) in item.materials.iter().enumerate() {
        written.extend(material.when.as_deref().map(|when| (format!("material[{at}].when"), when)));
    }
    for (at, rule) in item.rules.iter().enumerate() {
        written.push((format!("rule[{at}].expr"), rule.expr.as_str()));
    }
    for (at, step) in item.steps.iter().enumerate() {
        written.extend(step.when.as_deref().map(|when| (format!("step[{at}].when"), when)));
        written.extend(step.auto.as_deref().map(|auto| (format!("step[{at}].auto"), auto)));
    }
    for (path, text) in written {
        if let Ok(expr) = Expr::compile(text) {
            certificates(&path, expr.names(), page, vocab);
        }
    }
}

fn certificates(path: &str, names: &Names, page: &mut Page, vocab: &Vocabulary) {
    for (key, members) in &names.certificates {
        let Some(kind) = vocab.certificate_type(key) else {
            page.error(path, "unknown-certificate-type", format!("证照类型“{key}”不在证照类型表中"));
            continue;
        };
        for member in members.iter().filter(|member| *member != "valid" && !kind.carries(member)) {
            let message = format!("“{}”没有数据项“{member}”，可用：valid、{}", kind.name, members_of(kind));
            page.error(path, "unknown-certificate-field", message);
        }
    }
}

fn prefill(path: &str, source: &Source, page: &mut Page, vocab: &Vocabulary) {
    let Source::Certificate { kind: key, member } = source else { return };
    let Some(kind) = vocab.certificate_type(key) else {
        page.error(path, "unknown-certificate-type", format!("证照类型“{key}”不在证照类型表中"));
        return;
    };
    if !kind.carries(member) {
        let message = format!("“{}”没有数据项“{member}”，可用：{}", kind.name, members_of(kind));
        page.error(path, "unknown-certificate-field", message);
    }
}

fn members_of(kind: &vocab::CertificateType) -> String {
    let common = vocab::CertificateType::COMMON.into_iter();
    common.chain(kind.fields.iter().map(String::as_str)).collect::<Vec<_>>().join("、")
}
