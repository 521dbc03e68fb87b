//! The list of a one-time notice, made from the published materials and the verdicts.

use std::collections::BTreeMap;

use cases::{CaseSight, GivenVerdict, Verdict, domain::event::Handed};
use catalogue::domain::{Field, Material, MaterialForm};
use webkit::Fields;

/// One line that a notice may bear.
#[derive(Debug, Clone)]
pub(crate) struct DefectRow {
    /// Key of a material, or `form.<field>`.
    pub(crate) target: String,
    pub(crate) name: String,
    /// It goes on the notice.
    pub(crate) want: bool,
    pub(crate) problem: String,
    pub(crate) requirement: String,
    /// Why it is offered: 未提交, 核对意见 …; empty for the rest.
    pub(crate) mark: &'static str,
    /// An answer of the form and no material.
    pub(crate) of_form: bool,
    /// A certificate stands in for it: a valid one is refused with a reason.
    pub(crate) by_certificate: bool,
    /// The reason that was chosen.
    pub(crate) refusal: String,
}

/// What a material should be, in a sentence.
pub(crate) fn requirement_of(material: &Material) -> String {
    let form = match material.form {
        MaterialForm::Electronic => "清晰完整的电子件".to_owned(),
        form => format!("{}{}份", form.label(), material.copies.max(1)),
    };
    let note = material.note.as_deref().filter(|n| !n.is_empty()).map(|n| format!("（{n}）")).unwrap_or_default();
    format!("请提供“{}”的{form}{note}，在“我的办件”中上传，或交到窗口。", material.name)
}

fn requirement_of_field(field: &Field) -> String {
    let help = field.help.as_deref().map(|h| format!("（{h}）")).unwrap_or_default();
    format!("请在“我的办件”中更正“{}”{help}。", field.label)
}

/// Every published material that this case asks for, then the form's fields; what was found missing or wrong is chosen
/// beforehand.
pub(crate) fn defect_rows(
    seen: &CaseSight,
    verdicts: &BTreeMap<String, GivenVerdict>,
    typed: Option<&Fields>,
) -> Vec<DefectRow> {
    let (case, item) = (&seen.case, &seen.procedure.item);
    let assessment = seen.procedure.assess(&case.facts());
    let mut rows = Vec::new();
    for material in &item.materials {
        let Some(view) = assessment.materials.iter().find(|v| v.key == material.key) else { continue };
        if !view.asked && !case.materials.contains_key(&material.key) {
            continue;
        }
        let row = DefectRow {
            target: material.key.clone(),
            name: material.name.clone(),
            want: view.missing,
            problem: if view.missing { "未提交".to_owned() } else { String::new() },
            requirement: requirement_of(material),
            mark: if view.missing { "未提交" } else { "" },
            of_form: false,
            by_certificate: matches!(case.materials.get(&material.key), Some(Handed::Certificate(_))),
            refusal: String::new(),
        };
        rows.push(under(row, verdicts, typed));
    }
    for field in &item.fields {
        let visible = assessment.fields.iter().any(|v| v.key == field.key && v.visible);
        if !visible {
            continue;
        }
        let fault = assessment.faults.iter().find(|f| f.pointer == format!("/form/{}", field.key));
        let row = DefectRow {
            target: format!("form.{}", field.key),
            name: field.label.clone(),
            want: fault.is_some(),
            problem: fault.map(|f| f.detail.clone()).unwrap_or_default(),
            requirement: requirement_of_field(field),
            mark: if fault.is_some() { "填写有误" } else { "" },
            of_form: true,
            by_certificate: false,
            refusal: String::new(),
        };
        rows.push(under(row, verdicts, typed));
    }
    rows
}

/// The row under the verdict on it, and under what was typed.
fn under(mut row: DefectRow, verdicts: &BTreeMap<String, GivenVerdict>, typed: Option<&Fields>) -> DefectRow {
    if let Some(GivenVerdict { verdict: Verdict::Wrong { problem, requirement }, outdated: false, .. }) =
        verdicts.get(&row.target)
    {
        row.want = true;
        row.problem.clone_from(problem);
        row.requirement.clone_from(requirement);
        row.mark = "核对不符合";
    }
    if let Some(typed) = typed {
        row.want = typed.all("want").any(|t| t == row.target);
        typed.one(&format!("problem.{}", row.target)).clone_into(&mut row.problem);
        typed.one(&format!("requirement.{}", row.target)).clone_into(&mut row.requirement);
        typed.one(&format!("certificate_refusal.{}", row.target)).clone_into(&mut row.refusal);
    }
    row
}
