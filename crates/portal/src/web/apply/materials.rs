//! Materials: shown, taken in piece by piece, taken away, put off.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use blobs::{BlobError, FileMeta};
use cases::{
    CaseError, TakenPart,
    domain::event::{Handed, MOST_FILES},
};
use catalogue::domain::Provided;
use db::Tx;
use kernel::{Act, Failure, FileId, show_date};
use serde::Deserialize;
use webkit::{Answer, Look, Multipart, Path, Query, see_other};

use super::{
    Applying,
    course::{Course, MATERIALS},
    form::Onward,
};
use crate::{
    apply::saying,
    pages::apply::materials::{File, Material, MaterialsPage, field, materials},
};

/// Kinds of file that the browser offers: photos first, so that a phone turns its own formats into JPEG.
const ACCEPT: &str = "image/jpeg,image/png,image/webp,.pdf,.ofd,.docx,.xlsx";
/// Longest text part of the form.
const TEXT_BYTES: usize = 1024;
/// How often the draft is kept anew when another window was faster.
const TRIES: usize = 4;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
    back: String,
}

impl Done {
    fn onward(&self) -> Onward {
        Onward { back: self.back.clone(), ..Onward::default() }
    }
}

/// What came with one sending.
#[derive(Debug, Clone, Default)]
struct Came {
    /// Files taken in, by material, in their order.
    files: Vec<(String, FileId)>,
    /// Materials that are put off.
    deferred: BTreeSet<String>,
    /// Material and file to take away.
    remove: Option<(String, FileId)>,
    /// Go on to the next page.
    next: bool,
    /// The whole form came.
    whole: bool,
    /// What is wrong, by material.
    errors: Vec<(String, String)>,
    /// What is wrong with the whole of it.
    trouble: Option<String>,
}

pub(super) async fn show(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
    Query(done): Query<Done>,
) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let course = Course::open(&applying, &look.act, &mut tx, &slug, id).await?;
    let page = page(&applying, &mut tx, &course, &done.onward(), Vec::new()).await?;
    let page = MaterialsPage { uploaded: done.done == "uploaded", ..page };
    Ok(placed(&course, &page, &look).into_response())
}

fn placed(course: &Course, page: &MaterialsPage, look: &Look) -> webkit::Markup {
    materials(page, look.frame(format!("上传材料 - {}", course.item().name), Vec::new()))
}

pub(super) async fn receive(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
    Query(done): Query<Done>,
    parts: Multipart,
) -> Answer<Response> {
    let onward = done.onward();
    // Whose draft it is comes before the first byte.
    let course = Course::open(&applying, &look.act, &mut *applying.cases.db.read().await?, &slug, id).await?;
    let mut came = take_in(&applying, &look.act, &course, parts).await;
    keep(&applying, &look.act, id, &mut came).await?;
    let mut tx = applying.cases.db.read().await?;
    let course = Course::open(&applying, &look.act, &mut tx, &slug, id).await?;
    if came.next && came.trouble.is_none() {
        let missing = course.found.assessment.materials.iter().filter(|view| view.missing);
        let said = |key: &str| came.errors.iter().any(|(of, _)| of == key);
        let missing: Vec<(String, String)> = missing
            .filter(|view| !said(&view.key))
            .map(|view| (view.key.clone(), missing_text(&course, &view.key, view.deferrable)))
            .collect();
        came.errors.extend(missing);
    }
    if came.errors.is_empty() && came.trouble.is_none() {
        let here = course.path(MATERIALS);
        let sign = if onward.to_check() { '&' } else { '?' };
        return Ok(see_other(&match (came.next, came.files.is_empty()) {
            (true, _) => course.after(MATERIALS, onward.to_check()),
            (false, true) => format!("{here}{}", onward.query()),
            (false, false) => format!("{here}{}{sign}done=uploaded", onward.query()),
        }));
    }
    let page = page(&applying, &mut tx, &course, &onward, came.errors).await?;
    let page = MaterialsPage { trouble: came.trouble, ..page };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, placed(&course, &page, &look)).into_response())
}

/// Name of a material.
fn name_of(course: &Course, key: &str) -> String {
    let named = course.item().materials.iter().find(|material| material.key == key);
    named.map_or(key, |material| &material.name).to_owned()
}

/// What to do about a material that is not there.
pub(super) fn missing_text(course: &Course, key: &str, deferrable: bool) -> String {
    let name = name_of(course, key);
    if deferrable {
        format!("请上传“{name}”，或者选择受理后再补交")
    } else {
        format!("请上传“{name}”")
    }
}

/// Takes the parts in as they come. A file that is refused does not keep the others from being taken.
async fn take_in(applying: &Applying, act: &Act, course: &Course, mut parts: Multipart) -> Came {
    let mut came = Came::default();
    let taken = |material: &str| course.item().materials.iter().any(|one| one.key == material);
    loop {
        let part = match parts.next().await {
            Ok(Some(part)) => part,
            Ok(None) => return came,
            Err(problem) => {
                came.trouble = Some(broken(&problem));
                return came;
            }
        };
        let name = part.name().to_owned();
        let material = name.strip_prefix("file_").filter(|key| taken(key)).map(str::to_owned);
        let Some(material) = material else {
            match part.text(TEXT_BYTES).await {
                Ok(value) => came.note(&name, &value),
                Err(problem) => {
                    came.trouble = Some(broken(&problem));
                    return came;
                }
            }
            continue;
        };
        match cases::take_part(&applying.cases.blobs, act, part).await {
            TakenPart::Nothing => {}
            TakenPart::Stored(file) => came.files.push((material, file)),
            TakenPart::Refused { name, error } => came.refused(&material, &name, &error),
            TakenPart::Broken(problem) => {
                came.trouble = Some(broken(&problem));
                return came;
            }
        }
    }
}

/// The sending broke off or is larger than the route takes.
fn broken(problem: &webkit::Problem) -> String {
    if problem.status() == StatusCode::PAYLOAD_TOO_LARGE {
        "一次传的文件加起来超过 128 MB，后面的没有传上。请分几次上传；已经传上的都还在。".to_owned()
    } else {
        "上传中断了，后面的没有传上。请检查网络后再传；已经传上的都还在。".to_owned()
    }
}

impl Came {
    fn note(&mut self, name: &str, value: &str) {
        match name {
            "go" => self.next = value == "next",
            "end" => self.whole = true,
            "remove" => {
                self.remove = value.split_once(':').and_then(|(key, id)| Some((key.to_owned(), id.parse().ok()?)));
            }
            _ => {
                if let Some(key) = name.strip_prefix("defer_") {
                    self.deferred.insert(key.to_owned());
                }
            }
        }
    }

    fn refused(&mut self, material: &str, file: &str, error: &BlobError) {
        tracing::info!(code = error.code(), "a file of an application was refused");
        let short: String = file.chars().filter(|c| !c.is_control()).take(40).collect();
        self.errors.push((material.to_owned(), format!("“{short}”没有传上：{}", error.advice())));
    }
}

/// Writes what came into the draft, and once more where another window was faster meanwhile.
async fn keep(applying: &Applying, act: &Act, id: FileId, came: &mut Came) -> Result<(), CaseError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let args = (applying.clone(), act.clone(), came.clone());
        let kept = applying
            .cases
            .db
            .write(args, move |tx, (applying, act, came)| Box::pin(keep_in(tx, applying, act, id, came)))
            .await;
        match kept {
            Err(CaseError::Precondition { .. }) if tries > 0 => {}
            Ok(too_many) => {
                came.errors.extend(too_many);
                return Ok(());
            }
            Err(other) => return Err(other),
        }
    }
}

/// Answers the materials that got more files than they may have.
async fn keep_in(
    tx: &mut Tx,
    applying: &Applying,
    act: &Act,
    id: FileId,
    came: &Came,
) -> Result<Vec<(String, String)>, CaseError> {
    let kept = applying.cases.draft(act, tx, id).await?;
    let standing = applying.cases.catalogue.standing(tx, &kept.draft.item).await?;
    let mut draft = kept.draft.clone();
    let mut files: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
    for (key, handed) in &draft.materials {
        if !handed.files().is_empty() {
            files.insert(key.clone(), handed.files().to_vec());
        }
    }
    let mut too_many = Vec::new();
    for (key, file) in &came.files {
        let list = files.entry(key.clone()).or_default();
        if list.len() < MOST_FILES {
            list.push(*file);
        } else if too_many.iter().all(|(of, _)| of != key) {
            too_many.push((key.clone(), format!("一项材料最多 {MOST_FILES} 个文件，多出来的没有传上。")));
        }
    }
    if let Some((key, file)) = &came.remove
        && let Some(list) = files.get_mut(key)
    {
        list.retain(|one| one != file);
    }
    for material in &standing.procedure.item.materials {
        match Handed::of_files(files.remove(&material.key).unwrap_or_default()) {
            Some(handed) => {
                draft.materials.insert(material.key.clone(), handed);
            }
            None if came.whole && material.deferrable && came.deferred.contains(&material.key) => {
                draft.materials.insert(material.key.clone(), Handed::Deferred);
            }
            None if came.whole || draft.materials.get(&material.key).is_some_and(|had| !had.files().is_empty()) => {
                draft.materials.remove(&material.key);
            }
            None => {}
        }
    }
    if came.next {
        draft.progress.done.insert(MATERIALS.to_owned());
    }
    if draft != kept.draft {
        applying.cases.keep_draft_at(act, tx, id, &draft, kept.version).await?;
    }
    Ok(too_many)
}

async fn page(
    applying: &Applying,
    tx: &mut Tx,
    course: &Course,
    onward: &Onward,
    errors: Vec<(String, String)>,
) -> Result<MaterialsPage, CaseError> {
    let mut around = course.around(MATERIALS, onward.to_check());
    around.errors = errors.iter().map(|(key, text)| (field(key), text.clone())).collect();
    let mut page = MaterialsPage {
        action: format!("{}{}", course.path(MATERIALS), onward.query()),
        accept: ACCEPT.to_owned(),
        go: if onward.to_check() { "保存并返回核对" } else { "保存并继续" }.to_owned(),
        around,
        ..MaterialsPage::default()
    };
    for (view, material) in course.found.assessment.materials.iter().zip(&course.item().materials) {
        if !view.asked {
            continue;
        }
        let handed = course.kept.draft.materials.get(&view.key);
        let mut files = Vec::new();
        for file in handed.map(Handed::files).unwrap_or_default() {
            // A file that is gone is asked for again when the application is handed in.
            match applying.cases.blobs.meta(tx, *file).await {
                Ok(meta) => files.push(shown(course, &meta)),
                Err(BlobError::NotFound(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        page.materials.push(Material {
            key: view.key.clone(),
            name: material.name.clone(),
            why: view.why.clone(),
            form: saying::form(material.form, material.copies),
            note: material.note.clone().unwrap_or_default(),
            certificate: view.replaced_by.as_ref().map(|held| {
                let until =
                    held.expires_on.map_or("长期有效".to_owned(), |day| format!("有效期至 {}", show_date(day)));
                let number = kernel::masking::document_number(&held.number);
                (applying.certificate(&held.certificate_type), format!("证号 {number}，{until}"))
            }),
            files,
            deferring: view
                .deferrable
                .then(|| "受理时会告诉您补交的最后一天（最长 30 个工作日）。到期不补的，申请会被终止。".to_owned()),
            deferred: view.provided == Some(Provided::Deferred),
            errors: errors.iter().filter(|(key, _)| *key == view.key).map(|(_, text)| text.clone()).collect(),
        });
    }
    Ok(page)
}

fn shown(course: &Course, meta: &FileMeta) -> File {
    File {
        id: meta.id.to_string(),
        name: meta.name.clone(),
        size: saying::size(meta.size),
        href: course.path(&format!("files/{}", meta.id)),
        picture: meta.media_type.as_str().starts_with("image/"),
    }
}
