//! Correction and later materials by path: shown with what was kept, kept part by part, sent once.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{
    CaseError, CaseSight,
    domain::{
        case::Case,
        clocks::ClockKind,
        command::Command,
        documents::DocumentKind,
        event::{Defect, Handed},
    },
};
use catalogue::domain::{Field, FieldType, Item};
use db::Tx;
use kernel::{Act, FileId, city_date, show_date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use webkit::{Answer, Fields, Look, Multipart, Path, Problem, Query, once_page, see_other};

use super::{
    Mine,
    acts::can_be_mended,
    case::{names, own},
    talk::{Came, take_in},
};
use crate::{
    apply::answers,
    mine,
    pages::my::{
        acts::Of,
        correct::{CorrectPage, FieldDefect, Kind, MaterialDefect, Why, correct},
    },
};

/// Which of the two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Correct,
    Supply,
}

impl Page {
    const fn act(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Supply => "supply",
        }
    }
    const fn heading(self) -> &'static str {
        match self {
            Self::Correct => "补正",
            Self::Supply => "补交材料",
        }
    }
}

/// What was typed and taken in so far. Bound to one round: what was kept for another is of no use.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// `correct:2` or `supply:0`.
    round: String,
    form: Map<String, Value>,
    files: BTreeMap<String, Vec<FileId>>,
    /// Materials for which a certificate of the library stands in.
    certificates: BTreeMap<String, String>,
}

/// What is asked: fields and materials with why.
struct Asked {
    round: String,
    fields: Vec<Defect>,
    materials: Vec<Defect>,
}

fn asked(case: &Case, item: &Item, page: Page) -> Option<Asked> {
    match page {
        Page::Correct => {
            let round = case.open_correction()?;
            let (fields, materials) = round.defects.iter().cloned().partition(|d| d.target.starts_with("form."));
            Some(Asked { round: format!("correct:{}", case.corrections.len()), fields, materials })
        }
        Page::Supply => {
            let open: Vec<Defect> = case
                .deferred
                .iter()
                .filter(|(_, d)| d.supplied.is_none() && !case.state().is_decided())
                .map(|(key, d)| Defect {
                    target: key.clone(),
                    problem: String::new(),
                    requirement: format!("受理时允许后补，最晚{}交齐。{}", show_date(d.due), note(item, key)),
                    basis: None,
                    certificate_refusal: None,
                })
                .collect();
            (!open.is_empty()).then(|| Asked { round: "supply".to_owned(), fields: Vec::new(), materials: open })
        }
    }
}

fn note(item: &Item, key: &str) -> String {
    item.materials.iter().find(|m| m.key == key).and_then(|m| m.note.clone()).unwrap_or_default()
}

fn field<'a>(item: &'a Item, target: &str) -> Option<&'a Field> {
    let key = target.strip_prefix("form.")?;
    item.fields.iter().find(|f| f.key == key)
}

/// What was kept for this round.
async fn kept(mine: &Mine, act: &Act, tx: &mut Tx, number: &str, round: &str) -> Result<Kept, CaseError> {
    let kept = mine.cases.kept_supplement(act, tx, number).await?;
    let kept: Kept = kept.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
    Ok(if kept.round == round { kept } else { Kept { round: round.to_owned(), ..Kept::default() } })
}

fn kind(field: &Field, cases: &cases::Cases) -> Kind {
    let same = |text: &String| (text.clone(), text.clone());
    match field.field_type {
        FieldType::Longtext => Kind::Long,
        FieldType::Date => Kind::Day,
        FieldType::Integer | FieldType::Decimal | FieldType::Money => Kind::Number,
        FieldType::Phone => Kind::Phone,
        FieldType::IdNumber | FieldType::Uscc => Kind::Code,
        FieldType::Choice => Kind::One(field.options.iter().map(same).collect()),
        FieldType::Choices => Kind::Many(field.options.iter().map(same).collect()),
        FieldType::Bool => Kind::One(vec![("是".into(), "是".into()), ("否".into(), "否".into())]),
        FieldType::Region => Kind::One(cases.vocabulary.regions().into_iter().map(|r| (r.code, r.name)).collect()),
        FieldType::Text | FieldType::Email | FieldType::Address | FieldType::PersonName => Kind::Line,
    }
}

async fn made(
    mine: &Mine,
    look: &Look,
    tx: &mut Tx,
    seen: &CaseSight,
    page: Page,
    asked: &Asked,
    kept: &Kept,
) -> Answer<CorrectPage> {
    let cases = &mine.cases;
    let CaseSight { case, procedure, clocks, .. } = seen;
    let item = &procedure.item;
    let today = city_date(look.act.at);
    let number = case.number.clone();
    let mut wanted: Vec<FileId> = kept.files.values().flatten().copied().collect();
    for defect in &asked.materials {
        wanted.extend(case.materials.get(&defect.target).map(Handed::files).unwrap_or_default());
    }
    let files = names(mine, tx, wanted).await?;
    let held = match look.act.subject() {
        Some(subject) => mine.certificates.held(tx, subject, today).await?,
        None => Vec::new(),
    };
    let why =
        |d: &Defect| Why { problem: d.problem.clone(), requirement: d.requirement.clone(), basis: d.basis.clone() };
    let fields = asked
        .fields
        .iter()
        .filter_map(|d| {
            let field = field(item, &d.target)?;
            let given = case.private.form.get(&field.key);
            Some(FieldDefect {
                name: d.target.clone(),
                label: field.label.clone(),
                hint: field.help.clone(),
                kind: kind(field, cases),
                values: answers::shown(field, kept.form.get(&field.key).or(given)),
                before: given.map(|value| answers::said(field, value, &cases.vocabulary)).unwrap_or_default(),
                why: why(d),
            })
        })
        .collect();
    let materials = asked
        .materials
        .iter()
        .map(|d| {
            let material = item.materials.iter().find(|m| m.key == d.target);
            let certificate = material
                .and_then(|m| m.certificate_type.as_ref())
                .and_then(|wanted| held.iter().find(|c| c.certificate_type == *wanted && c.valid_on(today)));
            MaterialDefect {
                name: format!("m.{}", d.target),
                label: material.map_or_else(|| d.target.clone(), |m| m.name.clone()),
                why: why(d),
                before: case
                    .materials
                    .get(&d.target)
                    .map(|h| h.files().iter().map(|f| mine::file_link(&number, *f, &files)).collect())
                    .unwrap_or_default(),
                taken: kept
                    .files
                    .get(&d.target)
                    .into_iter()
                    .flatten()
                    .map(|f| {
                        let (name, href) = mine::file_link(&number, *f, &files);
                        (f.to_string(), name, href)
                    })
                    .collect(),
                certificate: certificate.map(|c| (c.name.clone(), kept.certificates.contains_key(&d.target))),
            }
        })
        .collect();
    let wanted = if page == Page::Correct { ClockKind::Correction } else { ClockKind::Deferred };
    let deadline = clocks.iter().filter(|c| c.kind == wanted && c.ended.is_none()).min_by_key(|c| c.deadline);
    let document = if page == Page::Correct { DocumentKind::CorrectionNotice } else { DocumentKind::DeferredNotice };
    let (_, documents) = cases.documents(&look.act, tx, &number).await?;
    let notice = documents.iter().rev().find(|k| k.document.kind == document);
    let lead = match page {
        Page::Correct => "下面是需要改的全部内容，别的都不用动。按要求补齐、一次提交，必须受理。",
        Page::Supply => "补齐以前不能作出准予决定，逾期不补的可能终止办理。",
    };
    Ok(CorrectPage {
        of: Of { number: number.clone(), item: item.name.clone() },
        act: page.act(),
        heading: page.heading().to_owned(),
        lead: lead.to_owned(),
        deadline: deadline.map(|clock| mine::deadline(cases, clock, today)),
        notice: notice.map(|k| format!("/cases/{number}/documents/{}", k.id)),
        fields,
        materials,
        errors: Vec::new(),
        kept: !kept.form.is_empty() || !kept.files.is_empty() || !kept.certificates.is_empty(),
        saved: false,
    })
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

pub(super) async fn show(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    Query(done): Query<Done>,
) -> Answer<Response> {
    open(&mine, &look, &number, Page::Correct, done.done == "kept").await
}

pub(super) async fn show_deferred(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    Query(done): Query<Done>,
) -> Answer<Response> {
    open(&mine, &look, &number, Page::Supply, done.done == "kept").await
}

async fn open(mine: &Mine, look: &Look, number: &str, page: Page, saved: bool) -> Answer<Response> {
    let mut tx = mine.cases.db.read().await?;
    let seen = own(mine, &look.act, &mut tx, number).await?;
    let Some(asked) = asked(&seen.case, &seen.procedure.item, page) else {
        return Ok(see_other(&format!("/my/cases/{number}")));
    };
    let kept = kept(mine, &look.act, &mut tx, number, &asked.round).await?;
    let made = made(mine, look, &mut tx, &seen, page, &asked, &kept).await?;
    let made = CorrectPage { saved, ..made };
    Ok(correct(&made, look.frame(page.heading(), Vec::new())).into_response())
}

pub(super) async fn receive(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    parts: Multipart,
) -> Answer<Response> {
    take(&mine, &look, &number, Page::Correct, parts).await
}

pub(super) async fn receive_deferred(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    parts: Multipart,
) -> Answer<Response> {
    take(&mine, &look, &number, Page::Supply, parts).await
}

/// Lays what came over what was kept: nothing typed or taken in is lost, whatever happens next.
fn laid_over(
    mut kept: Kept,
    asked: &Asked,
    seen: &CaseSight,
    held: &[::certificates::Certificate],
    came: &Came,
    today: kernel::Date,
) -> Kept {
    let item = &seen.procedure.item;
    // Fields of the form stand under `form.`, so that no key is mistaken for a button.
    let typed = came
        .fields
        .pairs()
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("form.")?.to_owned(), value.clone())));
    let fields = Fields::of(typed.collect());
    for defect in &asked.fields {
        let Some(field) = field(item, &defect.target) else { continue };
        match answers::typed(field, &fields) {
            Some(value) => kept.form.insert(field.key.clone(), value),
            None => kept.form.remove(&field.key),
        };
    }
    for defect in &asked.materials {
        let name = format!("m.{}", defect.target);
        let new = came.files.iter().filter(|(field, _)| *field == name).map(|(_, id)| *id);
        let files = kept.files.entry(defect.target.clone()).or_default();
        files.extend(new);
        let wanted = item.materials.iter().find(|m| m.key == defect.target).and_then(|m| m.certificate_type.clone());
        let certificate = wanted
            .and_then(|wanted| held.iter().find(|c| c.certificate_type == wanted && c.valid_on(today)))
            .filter(|_| came.fields.one(&format!("{name}.certificate")) == "yes");
        match certificate {
            Some(c) => kept.certificates.insert(defect.target.clone(), c.id.to_string()),
            None => kept.certificates.remove(&defect.target),
        };
    }
    if let Some((name, id)) = came.fields.one("go").strip_prefix("remove:").and_then(|rest| rest.rsplit_once(':'))
        && let Some(files) = kept.files.get_mut(name.trim_start_matches("m."))
    {
        files.retain(|file| file.to_string() != id);
    }
    kept.files.retain(|_, files| !files.is_empty());
    kept
}

#[derive(Clone)]
struct Job {
    mine: Mine,
    act: Act,
    number: String,
    command: Command,
    done: &'static str,
}

async fn take(mine: &Mine, look: &Look, number: &str, page: Page, parts: Multipart) -> Answer<Response> {
    let cases = &mine.cases;
    // Whose case it is comes before the first byte.
    let seen = own(mine, &look.act, &mut *cases.db.read().await?, number).await?;
    let Some(asked) = asked(&seen.case, &seen.procedure.item, page) else {
        return Ok(see_other(&format!("/my/cases/{number}")));
    };
    let came = take_in(mine, &look.act, parts).await?;
    let today = city_date(look.act.at);
    let kept = {
        let mut tx = cases.db.read().await?;
        let kept = kept(mine, &look.act, &mut tx, number, &asked.round).await?;
        let held = mine.certificates.held(&mut tx, seen.case.subject, today).await?;
        laid_over(kept, &asked, &seen, &held, &came, today)
    };
    let content = serde_json::to_value(&kept).map_err(|e| Problem::internal("portal.kept", e))?;
    let job = (mine.clone(), look.act.clone(), number.to_owned(), content, kept.clone());
    cases
        .db
        .write(job, |tx, (mine, act, number, content, kept)| {
            Box::pin(async move {
                // Files of a correction begun are not swept away before it is sent.
                for file in kept.files.values().flatten() {
                    mine.cases.blobs.attach(act, tx, *file).await?;
                }
                mine.cases.keep_supplement(act, tx, number, content).await
            })
        })
        .await?;
    let mut errors: Vec<(String, String)> = came.errors.clone();
    let here = format!("/my/cases/{number}/{}", page.act());
    if came.fields.one("go") != "send" && errors.is_empty() {
        return Ok(see_other(&format!("{here}?done=kept")));
    }
    if errors.is_empty() {
        let materials = handed(&kept);
        let command = match page {
            Page::Correct => Command::Supplement { form: kept.form.clone(), materials },
            Page::Supply => Command::SupplyDeferred { materials },
        };
        let done = if page == Page::Correct { "corrected" } else { "supplied" };
        let job = Job { mine: mine.clone(), act: look.act.clone(), number: number.to_owned(), command, done };
        let sent = once_page(&cases.db, &look.act, &came.fields, &here, job, |tx, job| {
            Box::pin(async move {
                own(&job.mine, &job.act, tx, &job.number).await?;
                job.mine.cases.command(&job.act, tx, &job.number, &job.command, None).await?;
                job.mine.cases.drop_supplement(&job.act, tx, &job.number).await?;
                Ok::<_, CaseError>(format!("/my/cases/{}?done={}", job.number, job.done))
            })
        })
        .await;
        match sent {
            Ok(response) => return Ok(response),
            Err(problem) if can_be_mended(&problem) => errors = at_controls(&problem, &asked),
            Err(problem) => return Err(problem),
        }
    }
    let mut tx = cases.db.read().await?;
    let made = made(mine, look, &mut tx, &seen, page, &asked, &kept).await?;
    let made = CorrectPage { errors, kept: false, ..made };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, correct(&made, look.frame(page.heading(), Vec::new()))).into_response())
}

/// What the command hands in.
fn handed(kept: &Kept) -> BTreeMap<String, Handed> {
    let mut materials: BTreeMap<String, Handed> =
        kept.certificates.iter().map(|(key, id)| (key.clone(), Handed::Certificate(id.clone()))).collect();
    for (key, files) in &kept.files {
        if let Some(handed) = Handed::of_files(files.clone()) {
            materials.entry(key.clone()).or_insert(handed);
        }
    }
    materials
}

/// What is wrong, at the controls of the page.
fn at_controls(problem: &Problem, asked: &Asked) -> Vec<(String, String)> {
    let first = asked.fields.first().map_or_else(
        || asked.materials.first().map(|d| format!("m.{}", d.target)).unwrap_or_default(),
        |d| d.target.clone(),
    );
    if problem.faults().is_empty() {
        return vec![(first, problem.detail().to_owned())];
    }
    let of = |pointer: &str| {
        if let Some(key) = pointer.strip_prefix("/form/") {
            format!("form.{key}")
        } else if let Some(key) = pointer.strip_prefix("/materials/") {
            format!("m.{key}")
        } else {
            first.clone()
        }
    };
    problem.faults().iter().map(|f| (of(&f.pointer), f.detail.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_for_another_round_is_told_by_its_name() {
        let kept = Kept { round: "correct:1".to_owned(), ..Kept::default() };
        let read: Kept = serde_json::from_value(serde_json::to_value(&kept).unwrap()).unwrap();
        assert_eq!(read, kept);
        let old: Kept = serde_json::from_value(serde_json::json!({ "defence": "x" })).unwrap();
        assert_ne!(old.round, kept.round, "a statement kept is no correction");
    }
}
