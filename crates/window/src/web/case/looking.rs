//! Form and materials side by side, with origins, verdicts and what a correction changed.

use std::collections::BTreeMap;

use cases::{
    CaseSight, GivenVerdict, Verdict,
    domain::event::{Event, Handed, Recorded},
};
use catalogue::domain::{CertificateFacts, Outcome};
use db::Tx;
use kernel::{show_date, show_time};
use serde_json::Value;
use webkit::Answer;

use super::Slip;
use crate::{
    asking::requirement_of,
    pages::case::{AnswerLine, FileBox, Judged, MaterialBox, RuleLine, Sides},
    showing::answer,
    web::Window,
};

/// How the sides are looked at.
pub(super) struct Asked<'a> {
    /// Numbers of people are shown in part.
    pub(super) mask: bool,
    /// Why somebody looks, to be handed on to the files.
    pub(super) reason: &'a str,
    pub(super) slip: Option<&'a Slip>,
}

/// Answers and materials as they were before the last correction.
struct Before<'a> {
    form: Option<&'a serde_json::Map<String, Value>>,
    materials: BTreeMap<&'a str, &'a Handed>,
    /// What the correction brought.
    brought: BTreeMap<&'a str, String>,
}

fn before(history: &[Recorded]) -> Before<'_> {
    let (mut form, mut now) = (None, None);
    let mut all: BTreeMap<&str, &Handed> = BTreeMap::new();
    let (mut materials, mut brought) = (BTreeMap::new(), BTreeMap::new());
    for entry in history {
        match &entry.event {
            Event::Submitted { private, materials: first, .. } => {
                now = Some(&private.form);
                all.extend(first.iter().map(|(k, h)| (k.as_str(), h)));
            }
            Event::Supplemented { private, materials: new, .. } => {
                form = now.replace(&private.form);
                materials.clone_from(&all);
                brought = new.keys().map(|k| (k.as_str(), show_time(entry.at))).collect();
                all.extend(new.iter().map(|(k, h)| (k.as_str(), h)));
            }
            Event::PaperTaken { materials: new } | Event::DeferredSupplied { materials: new } => {
                brought.extend(new.keys().map(|k| (k.as_str(), show_time(entry.at))));
                all.extend(new.iter().map(|(k, h)| (k.as_str(), h)));
            }
            _ => {}
        }
    }
    Before { form, materials, brought }
}

/// Both sides, for the eyes of the office.
pub(super) async fn sides(
    window: &Window,
    tx: &mut Tx,
    seen: &CaseSight,
    history: &[Recorded],
    verdicts: &BTreeMap<String, GivenVerdict>,
    asked: &Asked<'_>,
) -> Answer<Sides> {
    let Asked { mask, reason, slip } = *asked;
    let suffix = if reason.is_empty() { String::new() } else { format!("?reason={}", webkit::url_encode(reason)) };
    let (case, item) = (&seen.case, &seen.procedure.item);
    let assessment = seen.procedure.assess(&case.facts());
    let before = before(history);
    let region: &dyn Fn(&str) -> String = &|code| window.region(code);
    let mut answers = Vec::new();
    for field in &item.fields {
        let Some(value) = case.private.form.get(&field.key) else { continue };
        let view = assessment.fields.iter().find(|v| v.key == field.key);
        let prefill = view.and_then(|v| v.prefill.as_ref());
        let was = before.form.and_then(|form| match form.get(&field.key) {
            Some(old) if old != value => Some(answer(field, old, region, mask)),
            None => Some("（未填写）".to_owned()),
            Some(_) => None,
        });
        let target = format!("form.{}", field.key);
        answers.push(AnswerLine {
            label: field.label.clone(),
            value: answer(field, value, region, mask),
            origin: prefill.map(|p| {
                if p.value == *value {
                    p.origin.clone()
                } else {
                    format!("与{}不同：{}", p.origin.trim_start_matches("来自"), answer(field, &p.value, region, mask))
                }
            }),
            differs: prefill.is_some_and(|p| p.value != *value),
            was,
            fault: assessment
                .faults
                .iter()
                .find(|f| f.pointer == format!("/form/{}", field.key))
                .map(|f| f.detail.clone()),
            wrong: match verdicts.get(&target) {
                Some(GivenVerdict { verdict: Verdict::Wrong { problem, .. }, outdated: false, .. }) => {
                    Some(problem.clone())
                }
                _ => None,
            },
        });
    }
    let mut materials = Vec::new();
    for material in &item.materials {
        let view = assessment.materials.iter().find(|v| v.key == material.key);
        let handed = case.materials.get(&material.key);
        if handed.is_none() && view.is_none_or(|v| !v.asked) {
            continue;
        }
        let mut files = Vec::new();
        for id in handed.map(Handed::files).unwrap_or_default() {
            let href = format!("/desk/cases/{}/files/{id}{suffix}", case.number);
            files.push(file_box(window, tx, *id, href).await?);
        }
        let now = handed.map(Handed::files).unwrap_or_default();
        let previous = before
            .materials
            .get(material.key.as_str())
            .map_or(&[] as &[_], |h| h.files())
            .iter()
            .filter(|id| !now.contains(id))
            .map(|id| format!("/desk/cases/{}/files/{id}{suffix}", case.number))
            .collect();
        let given = verdicts.get(&material.key);
        let slip = slip.filter(|s| s.target == material.key);
        let (problem, requirement) = match (slip, given.map(|g| &g.verdict)) {
            (Some(slip), _) => (slip.problem.clone(), slip.requirement.clone()),
            (None, Some(Verdict::Wrong { problem, requirement })) => (problem.clone(), requirement.clone()),
            _ => (String::new(), requirement_of(material)),
        };
        materials.push(MaterialBox {
            key: material.key.clone(),
            name: material.name.clone(),
            how: match handed {
                Some(Handed::File(_) | Handed::Files(_)) => "附件",
                Some(Handed::Certificate(_)) => "电子证照",
                Some(Handed::Deferred) => "容缺后补",
                Some(Handed::Paper) => "纸质已收",
                None => "未提交",
            },
            missing: view.is_some_and(|v| v.missing),
            why: view.map(|v| v.why.clone()).unwrap_or_default(),
            note: material.note.clone().unwrap_or_default(),
            certificate: match handed {
                Some(Handed::Certificate(id)) => {
                    case.private.certificates.iter().find(|c| c.id == *id).map(|c| certificate(window, c))
                }
                _ => None,
            },
            files,
            new_since: before.brought.get(material.key.as_str()).cloned(),
            previous,
            judged: match given {
                Some(g) if g.outdated => Judged::Outdated(g.by.clone()),
                Some(GivenVerdict { verdict: Verdict::Fits, by, at, .. }) => {
                    Judged::Fits(format!("{by} {}", show_time(*at)))
                }
                Some(GivenVerdict { verdict: Verdict::Wrong { problem, .. }, by, .. }) => {
                    Judged::Wrong(format!("{problem}（{by}）"))
                }
                None => Judged::Unseen,
            },
            problem,
            requirement,
            slip: slip.map(|s| s.error.clone()),
        });
    }
    let rules = assessment
        .rules
        .iter()
        .map(|r| RuleLine {
            message: r.message.clone(),
            holds: match &r.outcome {
                Outcome::Holds => Some(true),
                Outcome::Fails => Some(false),
                _ => None,
            },
        })
        .collect();
    Ok(Sides { answers, materials, rules, judging: !case.state().is_decided() })
}

async fn file_box(window: &Window, tx: &mut Tx, id: kernel::FileId, href: String) -> Answer<FileBox> {
    let meta = window.cases.blobs.meta(tx, id).await?;
    let kind = meta.media_type.as_str();
    Ok(FileBox {
        href,
        name: meta.name.clone(),
        size: match meta.size {
            bytes if bytes < 1 << 20 => format!("{} KB", bytes.div_ceil(1024)),
            bytes => format!("{:.1} MB", bytes as f64 / f64::from(1 << 20)),
        },
        image: kind.starts_with("image/"),
        pdf: kind == "application/pdf",
    })
}

fn certificate(window: &Window, c: &CertificateFacts) -> Vec<(String, String)> {
    let name = window.cases.vocabulary.certificate_type(&c.certificate_type).map(|t| t.name.clone());
    let mut lines = vec![
        ("证照".to_owned(), name.unwrap_or_else(|| c.certificate_type.clone())),
        ("编号".to_owned(), kernel::masking::document_number(&c.number)),
        ("颁发".to_owned(), show_date(c.issued_on)),
        ("有效期".to_owned(), c.expires_on.map_or_else(|| "长期".to_owned(), |d| format!("至{}", show_date(d)))),
    ];
    if !c.valid {
        lines.push(("提示".to_owned(), "提交时已不在有效期内".to_owned()));
    }
    lines
}
