//! Pages of questions: shown, kept while typing, kept and checked when sent.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{CaseError, Draft, KeptDraft};
use catalogue::{CatalogueError, asking::words::Reader, domain::Field};
use db::Tx;
use kernel::{Act, Failure, FileId, show_time};
use serde::Deserialize;
use serde_json::{Map, Value};
use webkit::{Answer, Fields, Look, Path, Problem, Query, see_other};

use super::{
    Applying,
    course::{Course, DELIVERY},
    delivery,
};
use crate::{
    apply::{
        answers::{laid_over, state_of},
        plan::{self, Group},
        questions::{self, Making},
    },
    pages::apply::form::{FormPage, form},
};

/// How often a page is kept anew when somebody else was faster.
const TRIES: usize = 4;
/// Longest name of an opened page.
const WRITER_CHARS: usize = 64;

/// How the visitor came.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Onward {
    /// `check`: from the last page, and back to it.
    pub(super) back: String,
    /// Questions came up.
    pub(super) more: String,
}

impl Onward {
    pub(super) fn to_check(&self) -> bool {
        self.back == "check"
    }

    /// The query that keeps the way back.
    pub(super) fn query(&self) -> &'static str {
        if self.to_check() { "?back=check" } else { "" }
    }
}

/// What was sent, and where to.
#[derive(Debug, Clone)]
struct Posted {
    applying: Applying,
    act: Act,
    slug: String,
    id: FileId,
    step: String,
    fields: Fields,
    /// Kept while typing: nothing is checked.
    typing: bool,
}

/// What became of it.
#[derive(Debug)]
enum Outcome {
    /// Another window changed the same page: nothing is kept.
    Conflict { course: Box<Course>, typed: Map<String, Value> },
    /// Kept. What is wrong, and whether questions came up that the page did not show.
    Kept { course: Box<Course>, errors: Vec<(String, String)>, more: bool },
    /// Kept without a check: while typing, or because the item takes no applications now.
    Typed,
}

/// A page about to be shown.
struct Showing<'a> {
    course: &'a Course,
    group: &'a Group,
    onward: &'a Onward,
    form: &'a Map<String, Value>,
    others: Option<&'a Map<String, Value>>,
    errors: Vec<(String, String)>,
    writer: String,
    more: bool,
}

fn place(applying: &Applying, look: &Look, showing: Showing<'_>) -> webkit::Markup {
    let Showing { course, group, onward, form: answers, others, errors, writer, more } = showing;
    let item = course.item();
    let progress = &course.kept.draft.progress;
    let making = Making {
        item,
        group,
        assessment: &course.found.assessment,
        form: answers,
        opened: progress.done.contains(&group.key) || progress.writers.contains_key(&group.key),
        errors: &errors,
        others,
        vocabulary: &applying.cases.vocabulary,
        reader: Reader::Applicant,
    };
    let questions = making.questions();
    let asked = questions::on_page(item, group, &course.found.assessment);
    let mut around = course.around(&group.key, onward.to_check());
    around.errors.clone_from(&errors);
    let page = FormPage {
        title: group.title.clone(),
        action: format!("{}{}", course.path(&group.key), onward.query()),
        autosave: course.path("save"),
        step: group.key.clone(),
        writer,
        seen: state_of(&course.kept.draft.form, &asked),
        known: questions.iter().any(|question| !question.origin.is_empty()),
        more,
        conflict: others.map(|_| show_time(course.kept.changed_at)),
        questions,
        go: if onward.to_check() { "保存并返回核对" } else { "保存并继续" }.to_owned(),
        around,
    };
    let title = format!("{} - {}", group.title, item.name);
    form(&page, look.frame(title, Vec::new()))
}

pub(super) async fn show(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id, step)): Path<(String, FileId, String)>,
    Query(onward): Query<Onward>,
) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let course = Course::open(&applying, &look.act, &mut tx, &slug, id).await?;
    let group = course.groups.iter().find(|group| group.key == step).ok_or_else(Problem::not_found)?;
    let showing = Showing {
        course: &course,
        group,
        onward: &onward,
        form: &course.kept.draft.form,
        others: None,
        // Questions that just came up are not wrong yet.
        errors: Vec::new(),
        writer: gm::token(),
        more: !onward.more.is_empty(),
    };
    Ok(place(&applying, &look, showing).into_response())
}

pub(super) async fn receive(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id, step)): Path<(String, FileId, String)>,
    Query(onward): Query<Onward>,
    fields: Fields,
) -> Answer<Response> {
    let act = look.act.clone();
    let posted = Posted { applying: applying.clone(), act, slug, id, step, fields, typing: false };
    let writer = writer(&posted.fields).unwrap_or_else(gm::token);
    match keep(&posted).await {
        Ok(Outcome::Kept { course, errors, more: false }) if errors.is_empty() => {
            Ok(see_other(&course.after(&posted.step, onward.to_check())))
        }
        Ok(Outcome::Kept { course, errors, more: true }) if errors.is_empty() => {
            let sign = if onward.to_check() { '&' } else { '?' };
            Ok(see_other(&format!("{}{}{sign}more=yes", course.path(&posted.step), onward.query())))
        }
        Ok(Outcome::Kept { course, errors, more }) => {
            let group = course.groups.iter().find(|group| group.key == posted.step).ok_or_else(Problem::not_found)?;
            let answers = &course.kept.draft.form;
            let showing =
                Showing { course: &course, group, onward: &onward, form: answers, others: None, errors, writer, more };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, place(&applying, &look, showing)).into_response())
        }
        Ok(Outcome::Conflict { course, typed }) => {
            let group = course.groups.iter().find(|group| group.key == posted.step).ok_or_else(Problem::not_found)?;
            let others = course.kept.draft.form.clone();
            let showing = Showing {
                course: &course,
                group,
                onward: &onward,
                form: &typed,
                others: Some(&others),
                errors: Vec::new(),
                writer,
                more: false,
            };
            Ok((StatusCode::CONFLICT, place(&applying, &look, showing)).into_response())
        }
        Ok(Outcome::Typed) => {
            let detail = "这个事项现在暂停办理，还不能提交。您填写的内容已经保存在“我的草稿”里，恢复办理后可以接着填。";
            Err(Problem::new(StatusCode::CONFLICT, "catalogue.not-offered", detail))
        }
        Err(error) if error.code() == "cases.draft-too-long" => too_long(&posted, &look, &onward, writer).await,
        Err(error) => Err(error.into()),
    }
}

/// What is typed does not fit into a draft: it stays on the page, and the longest answer is named.
async fn too_long(posted: &Posted, look: &Look, onward: &Onward, writer: String) -> Answer<Response> {
    let mut tx = posted.applying.cases.db.read().await?;
    let course = Course::open(&posted.applying, &look.act, &mut tx, &posted.slug, posted.id).await?;
    let group = course.groups.iter().find(|group| group.key == posted.step).ok_or_else(Problem::not_found)?;
    let asked = asked(course.item(), group, &posted.fields);
    let typed = laid_over(&course.kept.draft.form, &asked, &posted.fields);
    let length = |field: &&&Field| typed.get(&field.key).map_or(0, |value| value.to_string().len());
    let longest = asked.iter().max_by_key(length);
    let errors = longest.map(|field| (field.key.clone(), format!("“{}”太长，保存不下，请精简", field.label)));
    let showing = Showing {
        course: &course,
        group,
        onward,
        form: &typed,
        others: None,
        errors: errors.into_iter().collect(),
        writer,
        more: false,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, place(&posted.applying, look, showing)).into_response())
}

/// What is typed so far. Answers nothing but whether it is kept.
pub(super) async fn save(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
    fields: Fields,
) -> Answer<Response> {
    let step = fields.one("step").to_owned();
    if step == DELIVERY {
        return delivery::save(&applying, &look, &slug, id, &fields).await;
    }
    let act = look.act.clone();
    let posted = Posted { applying, act, slug, id, step, fields, typing: true };
    match keep(&posted).await? {
        Outcome::Conflict { .. } => {
            let detail =
                "这一页刚在别的窗口或者设备上改过，正在填的还没有保存。请点“保存并继续”，两边的内容都会显示出来。";
            Err(Problem::new(StatusCode::CONFLICT, "portal.changed-elsewhere", detail))
        }
        Outcome::Kept { .. } | Outcome::Typed => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// The name of the opened page that writes, where it is one.
pub(super) fn writer(fields: &Fields) -> Option<String> {
    let writer = fields.one("writer");
    let sane = !writer.is_empty() && writer.len() <= WRITER_CHARS && writer.bytes().all(|b| b.is_ascii_graphic());
    sane.then(|| writer.to_owned())
}

/// The fields of a group that the page asked.
fn asked<'a>(item: &'a catalogue::domain::Item, group: &Group, fields: &Fields) -> Vec<&'a Field> {
    let of_group = group.fields.iter().filter_map(|at| item.fields.get(*at));
    of_group.filter(|field| fields.all("asked").any(|key| key == field.key)).collect()
}

/// Keeps a page, and once more where another window was faster meanwhile.
async fn keep(posted: &Posted) -> Result<Outcome, CaseError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let kept = posted.applying.cases.db.write(posted.clone(), |tx, posted| Box::pin(keep_in(tx, posted))).await;
        match kept {
            Err(CaseError::Precondition { .. }) if tries > 0 => {}
            other => return other,
        }
    }
}

async fn keep_in(tx: &mut Tx, posted: &Posted) -> Result<Outcome, CaseError> {
    let Posted { applying, act, slug, id, step, fields, typing } = posted;
    let cases = &applying.cases;
    let kept = cases.draft(act, tx, *id).await?;
    if kept.draft.item != *slug {
        return Err(CaseError::NotFound);
    }
    // What is typed is kept also while the item takes no applications.
    let standing = cases.catalogue.standing(tx, slug).await?;
    let item = &standing.procedure.item;
    let groups = plan::groups(item);
    let group = groups.iter().find(|group| group.key == *step).ok_or(CaseError::NotFound)?;
    let asked = asked(item, group, fields);
    let typed = laid_over(&kept.draft.form, &asked, fields);
    let (before, after) = (state_of(&kept.draft.form, &asked), state_of(&typed, &asked));
    let writer = writer(fields);
    let seen = fields.one("seen");
    let same = writer.is_some() && kept.draft.progress.writers.get(step) == writer.as_ref();
    if !seen.is_empty() && seen != before && before != after && !same {
        let course = Box::new(Course::of(applying, act, tx, kept).await?);
        return Ok(Outcome::Conflict { course, typed });
    }
    let mut draft = Draft { form: typed, ..kept.draft.clone() };
    if let Some(writer) = writer {
        draft.progress.writers.insert(step.clone(), writer);
    }
    if *typing {
        let changed = draft != kept.draft;
        if changed {
            cases.keep_draft_at(act, tx, *id, &draft, kept.version).await?;
        }
        return Ok(Outcome::Typed);
    }
    let now = KeptDraft { draft: draft.clone(), ..kept.clone() };
    let course = match Course::of(applying, act, tx, now).await {
        Ok(course) => course,
        Err(CaseError::Catalogue(CatalogueError::NotOffered { slug, state })) => {
            cases.keep_draft_at(act, tx, *id, &draft, kept.version).await?;
            tracing::debug!(slug, state, "an answer was kept although the item takes no applications");
            return Ok(Outcome::Typed);
        }
        Err(other) => return Err(other),
    };
    let assessment = &course.found.assessment;
    let errors = questions::faults(item, group, assessment, &draft.form);
    let unasked = |at: &usize| {
        let field = item.fields.get(*at);
        field.is_some_and(|field| {
            questions::is_visible(item, assessment, &field.key) && !asked.iter().any(|one| one.key == field.key)
        })
    };
    let more = group.fields.iter().any(unasked);
    // What just came up is asked before it counts as left out.
    let errors: Vec<(String, String)> =
        errors.into_iter().filter(|(key, _)| asked.iter().any(|field| field.key == *key)).collect();
    if errors.is_empty() && !more {
        draft.progress.done.insert(step.clone());
    } else {
        draft.progress.done.remove(step);
    }
    let changed = draft != kept.draft;
    if changed {
        cases.keep_draft_at(act, tx, *id, &draft, kept.version).await?;
    }
    let kept = KeptDraft { version: kept.version + i64::from(changed), changed_at: act.at, draft, ..kept };
    Ok(Outcome::Kept { course: Box::new(Course { kept, ..course }), errors, more })
}
