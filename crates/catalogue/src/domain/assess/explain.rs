//! The sentences people read about a verdict.

use super::Verdict;
use crate::domain::{Expr, ExprError, Field, FieldType, Material, Procedure};

/// What to do about a required answer that is not there.
pub(super) fn please_answer(field: &Field) -> String {
    match field.field_type {
        FieldType::Choice | FieldType::Date | FieldType::Region => format!("请选择“{}”", field.label),
        FieldType::Choices => format!("“{}”至少选择一项", field.label),
        _ => format!("请填写“{}”", field.label),
    }
}

/// Why a rule has no verdict, and what would give it one.
pub(super) fn undecided(procedure: &Procedure, error: &ExprError) -> String {
    match error {
        ExprError::Missing(names) => {
            let fields: Vec<String> = names.iter().filter_map(|name| field_label(procedure, name)).collect();
            if fields.is_empty() {
                let named: Vec<String> = names.iter().map(|name| label(procedure, name)).collect();
                format!("没有查到{}，由工作人员核对", named.join("、"))
            } else {
                format!("请先正确填写{}", fields.join("、"))
            }
        }
        _ => "暂时无法自动判断，由工作人员核对".to_owned(),
    }
}

/// Why a material is asked for, or not.
pub(super) fn why(
    procedure: &Procedure,
    material: &Material,
    condition: Option<(&Expr, Verdict)>,
    replaced: bool,
) -> String {
    if !material.required {
        return "不要求提交，可以自愿提供".to_owned();
    }
    let (because, verdict) = match &condition {
        None => (String::new(), Ok(true)),
        Some((when, verdict)) => (reasons(procedure, when), verdict.clone()),
    };
    match verdict {
        Ok(true) if replaced => "已有有效的电子证照，无需提交".to_owned(),
        Ok(true) if because.is_empty() => "办理本事项必须提交".to_owned(),
        Ok(true) => format!("根据{because}，需要提交"),
        Ok(false) => format!("根据{because}，不需要提交"),
        Err(_) => format!("{because}确定后，再看是否需要提交"),
    }
}

/// What a condition looks at, in the words of the form.
fn reasons(procedure: &Procedure, when: &Expr) -> String {
    let names = when.names();
    let mut parts: Vec<String> = names.form.iter().map(|key| label(procedure, &format!("form.{key}"))).collect();
    parts.extend(names.applicant.iter().map(|member| label(procedure, &format!("applicant.{member}"))));
    parts.extend(names.certificates.keys().map(|kind| certificate_label(procedure, kind)));
    parts.extend(names.materials.iter().map(|key| label(procedure, &format!("materials.{key}.provided"))));
    parts.join("、")
}

fn field_label(procedure: &Procedure, name: &str) -> Option<String> {
    let key = name.strip_prefix("form.")?;
    let field = procedure.item.fields.iter().find(|field| field.key == key)?;
    Some(format!("“{}”", field.label))
}

/// A name of an expression in the words of the form.
fn label(procedure: &Procedure, name: &str) -> String {
    if let Some(label) = field_label(procedure, name) {
        return label;
    }
    if let Some(rest) = name.strip_prefix("certificates.") {
        return certificate_label(procedure, rest.split('.').next().unwrap_or_default());
    }
    if let Some(key) = name.strip_prefix("materials.").and_then(|rest| rest.strip_suffix(".provided")) {
        let material = procedure.item.materials.iter().find(|material| material.key == key);
        return material.map_or_else(|| "所需材料".to_owned(), |material| format!("“{}”", material.name));
    }
    match name {
        "applicant.age" => "申请人年龄",
        "applicant.sex" => "申请人性别",
        "applicant.region" => "申请人所在区县",
        "applicant.kind" => "申请人类型",
        _ => "所需信息",
    }
    .to_owned()
}

/// The name of a certificate type, from the vocabulary or as this item writes it.
pub(super) fn certificate_label(procedure: &Procedure, kind: &str) -> String {
    if let Some(name) = procedure.certificate_names.get(kind) {
        return format!("“{name}”");
    }
    let item = &procedure.item;
    let material = item.materials.iter().find(|material| material.certificate_type.as_deref() == Some(kind));
    let result = item.result.name.as_deref().filter(|_| item.result.certificate_type.as_deref() == Some(kind));
    match material.map(|material| material.name.as_str()).or(result) {
        Some(name) => format!("“{name}”"),
        None => "电子证照".to_owned(),
    }
}
