//! One draft with what the item says about it now: which pages there are, which of them are done.

use axum::{extract::State, response::Response};
use cases::{Assessed, CaseError, Check, Draft, KeptDraft};
use catalogue::domain::{Item, MaterialView, Provided};
use db::Tx;
use kernel::{Act, FileId, show_time};
use serde_json::{Map, Value};
use webkit::{Answer, Look, Path, see_other};

use super::Applying;
use crate::{
    apply::{
        plan::{self, FormWay, Group},
        questions,
    },
    pages::apply::Around,
};

/// Words of the steps that are no page of questions.
pub(super) const MATERIALS: &str = "materials";
pub(super) const DELIVERY: &str = "delivery";
pub(super) const CHECK: &str = "check";

/// A draft on its way.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) slug: String,
    pub(super) kept: KeptDraft,
    pub(super) found: Assessed,
    pub(super) groups: Vec<Group>,
}

/// The answers that the item knows: a newer version may have dropped a question.
pub(super) fn known_form(item: &Item, draft: &Draft) -> Map<String, Value> {
    let known = |key: &str| item.fields.iter().any(|field| field.key == key);
    draft.form.iter().filter(|(key, _)| known(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

impl Course {
    /// Opens one of the caller's drafts.
    ///
    /// # Errors
    /// Not found when it is not the caller's or of another item; not offered while the item takes no applications.
    pub(super) async fn open(
        applying: &Applying,
        act: &Act,
        tx: &mut Tx,
        slug: &str,
        id: FileId,
    ) -> Result<Self, CaseError> {
        let kept = applying.cases.draft(act, tx, id).await?;
        if kept.draft.item != slug {
            return Err(CaseError::NotFound);
        }
        Self::of(applying, act, tx, kept).await
    }

    /// The course of a draft that was read.
    pub(super) async fn of(applying: &Applying, act: &Act, tx: &mut Tx, kept: KeptDraft) -> Result<Self, CaseError> {
        let procedure = applying.cases.catalogue.procedure(tx, &kept.draft.item, None).await?;
        let item = &procedure.item;
        let materials = kept.draft.materials.iter();
        let materials = materials.filter(|(key, _)| item.materials.iter().any(|material| material.key == **key));
        let asked = Check {
            form: known_form(item, &kept.draft),
            materials: materials.map(|(key, handed)| (key.clone(), handed.clone())).collect(),
            applicant: None,
        };
        let found = applying.cases.check(act, tx, &kept.draft.item, &asked).await?;
        Ok(Self { slug: kept.draft.item.clone(), groups: plan::groups(&found.procedure.item), found, kept })
    }

    pub(super) fn item(&self) -> &Item {
        &self.found.procedure.item
    }

    /// Path of a step.
    pub(super) fn path(&self, step: &str) -> String {
        format!("/apply/{}/{}/{step}", self.slug, self.kept.id)
    }

    /// Word and name of each step that this application has.
    pub(super) fn steps(&self) -> Vec<(String, String)> {
        let (item, assessment) = (self.item(), &self.found.assessment);
        let asks = |group: &&Group| !questions::on_page(item, group, assessment).is_empty();
        let pages = self.groups.iter().filter(asks).map(|group| (group.key.clone(), group.title.clone()));
        let mut steps: Vec<(String, String)> = pages.collect();
        if assessment.materials.iter().any(wants_hands) {
            steps.push((MATERIALS.to_owned(), "上传材料".to_owned()));
        }
        if self.asks_delivery() {
            steps.push((DELIVERY.to_owned(), "领取方式".to_owned()));
        }
        steps.push((CHECK.to_owned(), "核对并提交".to_owned()));
        steps
    }

    /// Whether there is something to choose about delivery that the form does not ask.
    pub(super) fn asks_delivery(&self) -> bool {
        let item = self.item();
        !plan::nothing_to_choose(item) && plan::form_way(item, &known_form(item, &self.kept.draft)) == FormWay::NotAsked
    }

    /// Path of the step after `step`, or of the check when the applicant came from there.
    pub(super) fn after(&self, step: &str, back_to_check: bool) -> String {
        if back_to_check {
            return self.path(CHECK);
        }
        let steps = self.steps();
        let place = steps.iter().position(|(key, _)| key == step);
        let next = place.and_then(|place| steps.get(place + 1)).map_or(CHECK, |(key, _)| key);
        self.path(next)
    }

    /// The first step that is not done.
    pub(super) fn first_open(&self) -> String {
        let open = |step: &(String, String)| match step.0.as_str() {
            CHECK => true,
            MATERIALS => self.found.assessment.materials.iter().any(|material| material.missing),
            DELIVERY => !self.kept.draft.progress.done.contains(DELIVERY),
            key => {
                !self.kept.draft.progress.done.contains(key)
                    || self.groups.iter().find(|group| group.key == key).is_some_and(|group| {
                        !questions::faults(self.item(), group, &self.found.assessment, &self.kept.draft.form).is_empty()
                    })
            }
        };
        self.steps().into_iter().find(open).map_or_else(|| CHECK.to_owned(), |(key, _)| key)
    }

    /// What stands around the step `step`.
    pub(super) fn around(&self, step: &str, back_to_check: bool) -> Around {
        let steps = self.steps();
        let current = steps.iter().position(|(key, _)| key == step).unwrap_or(steps.len().saturating_sub(1));
        let back = match current.checked_sub(1).and_then(|place| steps.get(place)) {
            _ if back_to_check => self.path(CHECK),
            Some((key, _)) => self.path(key),
            None => format!("/apply/{}", self.slug),
        };
        Around {
            item: self.item().name.clone(),
            guide: format!("/items/{}", self.slug),
            steps: steps.into_iter().map(|(_, name)| name).collect(),
            current,
            back,
            kept: show_time(self.kept.changed_at),
            errors: Vec::new(),
        }
    }
}

/// A material for which the applicant has something to do or has done something.
fn wants_hands(view: &MaterialView) -> bool {
    view.asked && !matches!(view.provided, Some(Provided::Certificate(_)))
}

/// Leads to where the draft stands.
pub(super) async fn resume(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let course = Course::open(&applying, &look.act, &mut tx, &slug, id).await?;
    Ok(see_other(&course.path(&course.first_open())))
}
