//! Which materials are asked for, and what stands in for them.

use kernel::Fault;

use super::{Facts, MaterialView, Provided, explain, pointer, shown};
use crate::domain::expr::Scope;
use crate::domain::{CertificateFacts, Expr, Material, Procedure};

/// How each material of the item was handed in, and what is wrong with the list of materials.
pub(super) fn provided(procedure: &Procedure, facts: &Facts, scope: &Scope<'_>) -> (Vec<Option<Provided>>, Vec<Fault>) {
    let mut faults = Vec::new();
    let provided = procedure.item.materials.iter().map(|material| one(material, facts, scope, &mut faults)).collect();
    for key in facts.materials.keys() {
        if !procedure.item.materials.iter().any(|material| material.key == *key) {
            let detail = format!("本事项不需要名为“{}”的材料，请删去", shown(key));
            faults.push(Fault::new(pointer("materials", key), "unknown", detail));
        }
    }
    (provided, faults)
}

fn one(material: &Material, facts: &Facts, scope: &Scope<'_>, faults: &mut Vec<Fault>) -> Option<Provided> {
    let held = replacement(material, scope);
    let by_held = || held.map(|certificate| Provided::Certificate(certificate.id.clone()));
    let mut fault =
        |code: &str, detail: String| faults.push(Fault::new(pointer("materials", &material.key), code, detail));
    match facts.materials.get(&material.key) {
        None => by_held(),
        Some(Provided::Certificate(id)) => {
            let usable = |certificate: &&CertificateFacts| {
                certificate.id == *id
                    && certificate.valid
                    && material.certificate_type.as_ref() == Some(&certificate.certificate_type)
            };
            if facts.certificates.iter().any(|certificate| usable(&certificate)) {
                return Some(Provided::Certificate(id.clone()));
            }
            if held.is_none() {
                let detail = format!("所选电子证照不能代替“{}”，请选择有效的对应证照，或上传材料", material.name);
                fault("certificate-unusable", detail);
            }
            by_held()
        }
        Some(Provided::Deferred) => {
            if let Some(held) = by_held() {
                return Some(held);
            }
            if !material.deferrable {
                fault("not-deferrable", format!("“{}”不能容缺后补，请随申请一并提交", material.name));
                return None;
            }
            Some(Provided::Deferred)
        }
        Some(other) => Some(other.clone()),
    }
}

/// The valid certificate that replaces a material.
fn replacement<'a>(material: &Material, scope: &Scope<'a>) -> Option<&'a CertificateFacts> {
    material.certificate_type.as_deref().and_then(|kind| scope.valid(kind))
}

/// Every material as it stands.
pub(super) fn views(procedure: &Procedure, provided: &[Option<Provided>], scope: &Scope<'_>) -> Vec<MaterialView> {
    let item = &procedure.item;
    let materials = item.materials.iter().zip(&procedure.materials).zip(provided);
    let view = |((material, when), provided): ((&Material, &Option<Expr>), &Option<Provided>)| {
        let condition = when.as_ref().map(|when| (when, when.eval_bool(scope)));
        let asked = material.required && condition.as_ref().is_none_or(|(_, verdict)| *verdict == Ok(true));
        let replaced_by = replacement(material, scope);
        MaterialView {
            key: material.key.clone(),
            asked,
            why: explain::why(procedure, material, condition, replaced_by.is_some()),
            provided: provided.clone(),
            replaced_by: replaced_by.cloned(),
            missing: asked && provided.is_none(),
            deferrable: material.deferrable,
        }
    };
    materials.map(view).collect()
}
