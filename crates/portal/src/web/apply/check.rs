//! The last look, and handing in.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use cases::{Application, CaseError, domain::event::Handed};
use catalogue::domain::{CaseKind, Delivery, Outcome, Provided};
use db::Tx;
use kernel::{Act, Channel, FileId, city_date, show_date};
use webkit::{Answer, Fields, Look, Path, once_page};

use super::{
    Applying,
    course::{CHECK, Course, DELIVERY, MATERIALS},
    delivery,
    materials::missing_text,
};
use crate::{
    apply::{answers, channel::channel, questions, saying},
    pages::apply::check::{Answer as Shown, Answers, CheckPage, check},
};

/// What was ticked on the page.
#[derive(Debug, Clone, Copy, Default)]
struct Ticked {
    declare: bool,
    by_person: bool,
    consent: bool,
}

/// The way back to this page, behind the path of a step.
const BACK: &str = "?back=check";

async fn page(
    applying: &Applying,
    course: &Course,
    act: &Act,
    tx: &mut Tx,
    ticked: Ticked,
) -> Result<CheckPage, CaseError> {
    let missing = missing(applying, course);
    let mut groups = answers_of(applying, course);
    groups.extend(materials_of(applying, course));
    groups.extend(delivery_of(applying, course));
    let subject = act.subject().ok_or(CaseError::NotFound)?;
    let (procedure, assessment) = (&course.found.procedure, &course.found.assessment);
    let asked = applying.cases.consent_asked(tx, subject, procedure, assessment).await?;
    let own = assessment.materials.iter().filter(|view| view.asked).filter_map(|view| match &view.provided {
        Some(Provided::Certificate(id)) => Some(id.clone()),
        _ => None,
    });
    let own = own.filter(|id| asked.iter().all(|held| held.id.to_string() != *id)).filter_map(|id| {
        let held = course.found.certificates.iter().find(|held| held.id == id)?;
        Some(applying.certificate(&held.certificate_type))
    });
    Ok(CheckPage {
        own: own.collect(),
        uses: asked
            .iter()
            .map(|held| (applying.certificate(&held.certificate_type), applying.department(&held.department)))
            .collect(),
        department: applying.department(&course.item().department),
        consent_text: identity::CONSENT_TEXT.to_owned(),
        consented: ticked.consent,
        materials: format!("{}{BACK}", course.path(MATERIALS)),
        around: course.around(CHECK, false),
        action: course.path(CHECK),
        version: course.kept.version.to_string(),
        applicant: course.found.applicant.name.clone(),
        changed: false,
        groups,
        missing,
        broken: broken(course),
        by_person: ticked.by_person,
        declared: ticked.declare,
        declaration: saying::declaration(course.item()).to_owned(),
        next: next(applying, course, act),
    })
}

/// The answers page by page, as they will be handed in.
fn answers_of(applying: &Applying, course: &Course) -> Vec<Answers> {
    let item = course.item();
    let assessment = &course.found.assessment;
    let mut groups = Vec::new();
    for group in &course.groups {
        let faults = questions::faults(item, group, assessment, &course.kept.draft.form);
        let fields = group.fields.iter().filter_map(|at| item.fields.get(*at));
        let rows = fields.filter(|field| questions::is_visible(item, assessment, &field.key)).map(|field| {
            // What is left open must not be shown as if it had been answered.
            let given = course.kept.draft.form.contains_key(&field.key);
            let value = assessment.form.get(&field.key).filter(|_| given);
            let fault = faults.iter().find(|(key, _)| *key == field.key).map(|(_, text)| text.clone());
            Shown {
                name: field.label.clone(),
                value: value.map(|value| answers::said(field, value, &applying.cases.vocabulary)).unwrap_or_default(),
                wrong: fault.is_some(),
                note: fault.unwrap_or_default(),
                change: format!("{}{BACK}#{}", course.path(&group.key), field.key),
            }
        });
        let rows: Vec<Shown> = rows.collect();
        if !rows.is_empty() {
            groups.push(Answers { title: group.title.clone(), rows });
        }
    }
    groups
}

fn materials_of(applying: &Applying, course: &Course) -> Option<Answers> {
    let assessment = &course.found.assessment;
    let asked = assessment.materials.iter().zip(&course.item().materials).filter(|(view, _)| view.asked);
    let rows: Vec<Shown> = asked
        .map(|(view, material)| {
            let value = match (&view.provided, course.kept.draft.materials.get(&view.key).map(Handed::files)) {
                (Some(Provided::File), Some(files)) => format!("已上传 {} 个文件", files.len()),
                (Some(Provided::Certificate(_)), _) => {
                    let kind = material.certificate_type.as_deref().unwrap_or_default();
                    format!("✓ 用电子证照“{}”代替", applying.certificate(kind))
                }
                (Some(Provided::Deferred), _) => "受理后补交（容缺受理）".to_owned(),
                _ => String::new(),
            };
            Shown {
                name: material.name.clone(),
                note: if view.missing { missing_text(course, &view.key, view.deferrable) } else { String::new() },
                wrong: view.missing,
                value,
                change: format!("{}{BACK}#m-{}", course.path(MATERIALS), view.key),
            }
        })
        .collect();
    (!rows.is_empty()).then(|| Answers { title: "材料".to_owned(), rows })
}

fn delivery_of(applying: &Applying, course: &Course) -> Option<Answers> {
    let way = delivery::way(course);
    let receiving = delivery::receiving(course);
    let wrong = delivery::faults(applying, course);
    let asks = course.asks_delivery();
    // Where the form asks about it, its answers stand among the form's.
    let change = |id: &str| format!("{}{BACK}#{id}", course.path(DELIVERY));
    let row = |name: &str, id: &str, value: String| {
        let note = wrong.iter().find(|(on, _)| on == id).map(|(_, text)| text.clone());
        Shown {
            name: name.to_owned(),
            value,
            wrong: note.is_some(),
            note: note.unwrap_or_default(),
            change: change(id),
        }
    };
    let mut rows = Vec::new();
    if asks {
        rows.push(row("领取方式", "way", way.map_or("", |way| saying::way(way).1).to_owned()));
    }
    if way == Some(Delivery::Post) && asks {
        rows.push(row("收件人", "recipient", receiving.recipient.unwrap_or_default()));
        rows.push(row("收件地址", "address", receiving.address.unwrap_or_default()));
    }
    if way == Some(Delivery::Pickup) {
        let hall = delivery::hall_name(applying, course.item(), receiving.hall.as_deref());
        let place = row("领取地点", "hall", hall);
        rows.push(if asks { place } else { Shown { change: String::new(), ..place } });
    }
    if asks {
        rows.push(row("联系电话", "phone", receiving.phone.unwrap_or_default()));
    }
    if rows.is_empty() {
        return None;
    }
    Some(Answers { title: "领取".to_owned(), rows })
}

/// What is still missing or wrong, and where it is mended.
fn missing(applying: &Applying, course: &Course) -> Vec<(String, String)> {
    let mut missing = Vec::new();
    for group in &course.groups {
        let faults = questions::faults(course.item(), group, &course.found.assessment, &course.kept.draft.form);
        missing
            .extend(faults.into_iter().map(|(key, text)| (text, format!("{}{BACK}#{key}", course.path(&group.key)))));
    }
    for view in course.found.assessment.materials.iter().filter(|view| view.missing) {
        let href = format!("{}{BACK}#m-{}", course.path(MATERIALS), view.key);
        missing.push((missing_text(course, &view.key, view.deferrable), href));
    }
    let of_materials = course.found.assessment.faults.iter().filter(|fault| fault.pointer.starts_with("/materials/"));
    missing.extend(of_materials.map(|fault| (fault.detail.clone(), format!("{}{BACK}", course.path(MATERIALS)))));
    let wrong = delivery::faults(applying, course).into_iter();
    missing.extend(wrong.map(|(id, text)| (text, format!("{}{BACK}#{id}", course.path(DELIVERY)))));
    missing
}

/// Rules that do not hold, and those that nobody can tell yet.
fn broken(course: &Course) -> Vec<String> {
    let rules = course.found.assessment.rules.iter();
    rules
        .filter_map(|rule| match &rule.outcome {
            Outcome::Holds => None,
            Outcome::Fails => Some(rule.message.clone()),
            Outcome::Undecided(reason) => Some(format!("{}（{reason}）", rule.message)),
        })
        .collect()
}

/// What follows after handing in.
fn next(applying: &Applying, course: &Course, act: &Act) -> String {
    let item = course.item();
    let department = applying.department(&item.department);
    match item.case_kind {
        CaseKind::Instant => format!("提交后由{department}办理；条件都符合的，系统当场办结。"),
        CaseKind::Committed => {
            let due = applying.cases.calendar(act.at).deadline(city_date(act.at), item.promised_days);
            format!("提交后由{department}在 5 个工作日内决定是否受理；今天受理的，最迟 {} 办结。", show_date(due.date))
        }
    }
}

fn placed(course: &Course, page: &CheckPage, look: &Look) -> webkit::Markup {
    check(page, look.frame(format!("核对并提交 - {}", course.item().name), Vec::new()))
}

pub(super) async fn show(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let course = Course::open(&applying, &look.act, &mut tx, &slug, id).await?;
    let page = page(&applying, &course, &look.act, &mut tx, Ticked::default()).await?;
    Ok(placed(&course, &page, &look).into_response())
}

/// Hands the application in, once. What can be mended is shown first; a form that was already carried out leads to its
/// receipt again.
pub(super) async fn submit(
    State(applying): State<Applying>,
    look: Look,
    headers: HeaderMap,
    Path((slug, id)): Path<(String, FileId)>,
    fields: Fields,
) -> Answer<Response> {
    let is = |name: &str| fields.one(name) == "yes";
    let ticked = Ticked { declare: is("declare"), by_person: is("by_person"), consent: is("consent") };
    let mut tx = applying.cases.db.read().await?;
    let opened = Course::open(&applying, &look.act, &mut tx, &slug, id).await;
    match opened {
        Ok(course) => {
            let mut page = page(&applying, &course, &look.act, &mut tx, ticked).await?;
            if fields.one("version") != page.version {
                page.changed = true;
                return Ok((StatusCode::CONFLICT, placed(&course, &page, &look)).into_response());
            }
            if !ticked.declare {
                page.around.errors.push(("declare".to_owned(), "请确认所填内容和材料真实".to_owned()));
            }
            if !page.uses.is_empty() && !ticked.consent {
                let text = "要使用这些电子证照，请在这里打勾表示同意；不同意的，请到材料一步改为自己上传";
                page.around.errors.push(("consent".to_owned(), text.to_owned()));
            }
            if !page.broken.is_empty() && !ticked.by_person {
                let text = "要由工作人员核对的，请在这里打勾；或者先修改填写的内容";
                page.around.errors.push(("by_person".to_owned(), text.to_owned()));
            }
            if !page.around.errors.is_empty() || !page.missing.is_empty() {
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, placed(&course, &page, &look)).into_response());
            }
        }
        // Handed in already, perhaps by this very form: what was kept of it knows.
        Err(CaseError::NotFound) => {}
        Err(other) => return Err(other.into()),
    }
    drop(tx);
    let path = format!("/apply/{slug}/{id}/{CHECK}");
    let version = fields.one("version").parse().unwrap_or_default();
    let handing = Handing { applying: applying.clone(), act: look.act.clone(), slug, id, version, ticked, headers };
    let done =
        once_page(&applying.cases.db, &look.act, &fields, &path, handing, |tx, handing| Box::pin(hand_in(tx, handing)))
            .await;
    done.map_err(|problem| {
        if problem.code() == "cases.draft-gone" {
            problem.leading_to("/my/cases", "查看我的办件")
        } else {
            problem
        }
    })
}

/// What is handed in.
#[derive(Debug, Clone)]
struct Handing {
    applying: Applying,
    act: Act,
    slug: String,
    id: FileId,
    version: i64,
    ticked: Ticked,
    headers: HeaderMap,
}

async fn hand_in(tx: &mut Tx, handing: &Handing) -> Result<String, CaseError> {
    let Handing { applying, act, slug, id, version, ticked, headers } = handing;
    let course = match Course::open(applying, act, tx, slug, *id).await {
        // Nobody else's draft is told apart from one that was handed in.
        Err(CaseError::NotFound) => return Err(CaseError::draft_gone()),
        other => other?,
    };
    if course.kept.version != *version {
        return Err(CaseError::Precondition { present: course.kept.version });
    }
    let case = applying.cases.submit(act, tx, &application(&course, headers, *ticked)).await?;
    Ok(format!("/my/cases/{}/receipt", case.number))
}

/// The application as the page showed it.
fn application(course: &Course, headers: &HeaderMap, ticked: Ticked) -> Application {
    let item = course.item();
    let asked = |key: &str| course.found.assessment.materials.iter().any(|view| view.asked && view.key == key);
    let materials = course.kept.draft.materials.iter().filter(|(key, _)| asked(key));
    let channel = channel(headers, item);
    Application {
        item: course.slug.clone(),
        channel: if item.channels.contains(&channel) { channel } else { Channel::Web },
        form: course.found.assessment.form.clone(),
        materials: materials.map(|(key, handed)| (key.clone(), handed.clone())).collect(),
        delivery: delivery::way(course),
        receiving: delivery::receiving(course),
        by_person: ticked.by_person && !broken(course).is_empty(),
        draft: Some(course.kept.id),
        applicant: None,
        consent: ticked.consent.then(|| identity::CONSENT_TEXT_VERSION.to_owned()),
    }
}
