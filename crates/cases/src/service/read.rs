//! Seeing cases: who may see what, lists, queues, documents, files.

use catalogue::domain::Procedure;
use db::Tx;
use kernel::{Act, Actor, Date, FileId, Role, Timestamp, city_date};

use super::{Cases, settle::Loaded};
use crate::{
    domain::{
        case::{Case, State},
        clocks::{Clock, clocks},
        documents::Document,
        event::{Event, Recorded},
        tasks::{GOVERNMENT, Task, step_department, tasks},
    },
    error::CaseError,
    store::{self, CaseRow, Filter, KeptDocument, PersonCaseRow, TaskRow},
};

/// What somebody may see of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The applicant, or who acts for the applicant's enterprise.
    Own,
    /// Staff of a department with a part in it.
    Office,
    /// Supervision: the course, without the form.
    Course,
}

/// A case with everything a page or an answer shows.
pub struct CaseSight {
    /// The case.
    pub case: Case,
    /// The version of the item it was filed under.
    pub procedure: std::sync::Arc<Procedure>,
    /// How much of it the caller may see.
    pub sight: Sight,
    /// Who has to do something now.
    pub tasks: Vec<Task>,
    /// Its clocks today.
    pub clocks: Vec<Clock>,
}

/// Lines of a list of cases.
pub(crate) enum CaseList {
    /// A person's own.
    Own(Vec<PersonCaseRow>),
    /// For staff.
    Office(Vec<CaseRow>),
}

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueScope {
    /// What the caller holds.
    Mine,
    /// What waits in the caller's department.
    Department,
}

/// A case of the caller's that is still under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningCase {
    /// Public number.
    pub number: String,
    /// State.
    pub state: State,
    /// When it entered the platform.
    pub submitted_at: Timestamp,
    /// Day by which the office promised or has to act next.
    pub due: Option<Date>,
}

/// What the public confirmation page says of a document.
#[derive(Debug, Clone)]
pub struct ConfirmedDocument {
    /// The document; the applicant's name is masked.
    pub document: Document,
    /// Name of the issuing body.
    pub department: String,
    /// SM3 of the kept text.
    pub digest: String,
    /// The kept text still has this digest.
    pub intact: bool,
    /// Where the case stands now.
    pub state: State,
}

/// Whether staff of this role have a part in cases.
const fn works_on_cases(role: &Role) -> bool {
    matches!(role, Role::Window | Role::Reviewer | Role::Approver | Role::CertificateClerk)
}

/// What is asked for, when it lies within `own`: nothing asked for is all of the own. None: it lies beyond.
fn within(asked: Option<String>, own: &str) -> Option<Option<String>> {
    match asked {
        Some(asked) if asked != own => None,
        _ => Some(Some(own.to_owned())),
    }
}

impl Cases {
    /// How much of a case `act` may see; none for other people's.
    pub(crate) fn sight(&self, act: &Act, case: &Case, procedure: &Procedure) -> Option<Sight> {
        match &act.actor {
            Actor::System => Some(Sight::Office),
            Actor::Person { subject, .. } | Actor::Agent { subject, .. } => {
                (*subject == case.subject).then_some(Sight::Own)
            }
            Actor::Staff { department, region, roles, .. } => {
                let item = &procedure.item;
                let part = item.department == *department
                    || item.steps.iter().any(|s| step_department(procedure, s) == department)
                    || (case.before_government && department == GOVERNMENT);
                let near = region.is_none() || *region == case.region;
                let works = roles.iter().any(works_on_cases);
                if part && near && works {
                    Some(Sight::Office)
                } else if near && roles.contains(&Role::Supervisor) {
                    Some(Sight::Course)
                } else {
                    None
                }
            }
            Actor::Stranger => None,
        }
    }

    /// One case with its clocks and tasks.
    ///
    /// # Errors
    /// Not found when there is none, or it is not for the caller's eyes.
    pub async fn see(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<CaseSight, CaseError> {
        let Loaded { case, .. } = self.load_for(act, tx, number).await?;
        self.sighted(act, tx, case).await
    }

    /// What an answer to a change shows.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn sighted(&self, act: &Act, tx: &mut Tx, case: Case) -> Result<CaseSight, CaseError> {
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let sight = self.sight(act, &case, &procedure).ok_or(CaseError::NotFound)?;
        let tasks = tasks(&case, &procedure);
        let clocks = clocks(&case, &procedure, &self.calendar(act.at), city_date(act.at));
        Ok(CaseSight { case, procedure, sight, tasks, clocks })
    }

    /// The history of a case.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn history(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<(CaseSight, Vec<Recorded>), CaseError> {
        let seen = self.see(act, tx, number).await?;
        let entries = store::entries(tx, &self.keys, seen.case.id).await?;
        // Ratings and complaints are not for the office they are about (国办发〔2019〕51号).
        let kept = |event: &Event| {
            seen.sight != Sight::Office
                || !matches!(event, Event::Rated { .. } | Event::FollowedUp { .. } | Event::Complained { .. })
        };
        let entries = entries.into_iter().map(|s| s.entry).filter(|e| kept(&e.event)).collect();
        Ok((seen, entries))
    }

    /// The caller's cases; for staff those of the own department and district, and for supervision those of every
    /// department, newest first.
    ///
    /// # Errors
    /// Not permitted for other departments and districts than the own, and for staff who have no part in cases.
    pub(crate) async fn list(&self, act: &Act, tx: &mut Tx, filter: &Filter) -> Result<CaseList, CaseError> {
        match &act.actor {
            Actor::Person { subject, .. } | Actor::Agent { subject, .. } => {
                Ok(CaseList::Own(store::cases_of_subject(tx, *subject, filter).await?))
            }
            Actor::Staff { department, region, roles, .. } => {
                let mut filter = filter.clone();
                if !roles.contains(&Role::Supervisor) {
                    if !roles.iter().any(works_on_cases) {
                        return Err(CaseError::NoList);
                    }
                    filter.department = within(filter.department, department).ok_or(CaseError::OtherDepartment)?;
                }
                if let Some(region) = region {
                    filter.region = within(filter.region, region).ok_or(CaseError::OtherRegion)?;
                }
                let mut rows = store::cases_for_staff(tx, &filter).await?;
                // Supervision sees the course of cases, and of a person what a public page would show.
                let works = roles.iter().any(works_on_cases);
                for row in rows.iter_mut().filter(|row| !works || row.department != *department) {
                    row.applicant = kernel::masking::name(&row.applicant);
                }
                Ok(CaseList::Office(rows))
            }
            Actor::Stranger | Actor::System => Ok(CaseList::Own(Vec::new())),
        }
    }

    /// The caller's cases of one item that are not over, newest first: who applies again is told of them.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn running_of_item(&self, act: &Act, tx: &mut Tx, item: &str) -> Result<Vec<RunningCase>, CaseError> {
        let Some(subject) = act.subject() else { return Ok(Vec::new()) };
        let filter = Filter { item: Some(item.to_owned()), limit: 50, ..Filter::default() };
        let rows = store::cases_of_subject(tx, subject, &filter).await?;
        Ok(rows
            .into_iter()
            .filter(|row| !row.state.is_over())
            .map(|row| RunningCase {
                number: row.number,
                state: row.state,
                submitted_at: row.submitted_at,
                due: row.due,
            })
            .collect())
    }

    /// A queue by deadline. Strangers to an office have none.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub(crate) async fn queue(
        &self,
        act: &Act,
        tx: &mut Tx,
        scope: QueueScope,
        after: Option<(Date, i64, String)>,
        limit: i64,
    ) -> Result<Vec<TaskRow>, CaseError> {
        let Actor::Staff { account, department, region, .. } = &act.actor else { return Ok(Vec::new()) };
        let account = matches!(scope, QueueScope::Mine).then_some(*account);
        store::tasks_of(tx, department, region.as_deref(), account, after, limit).await
    }

    /// Documents of a case, oldest first.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn documents(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
    ) -> Result<(CaseSight, Vec<KeptDocument>), CaseError> {
        let seen = self.see(act, tx, number).await?;
        let kept = store::documents(tx, &self.keys, seen.case.id).await?;
        Ok((seen, kept))
    }

    /// One document with its case.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn document(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
        document: FileId,
    ) -> Result<(CaseSight, KeptDocument), CaseError> {
        let seen = self.see(act, tx, number).await?;
        let kept = store::document(tx, &self.keys, seen.case.id, document.get()).await?.ok_or(CaseError::NotFound)?;
        Ok((seen, kept))
    }

    /// What the public confirmation page says of the document with this code. `None`: no such document.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm(&self, tx: &mut Tx, code: &str) -> Result<Option<ConfirmedDocument>, CaseError> {
        let Ok(id) = code.parse::<FileId>() else { return Ok(None) };
        let Some(case) = store::case_of_document(tx, id.get()).await? else { return Ok(None) };
        let Some(kept) = store::document(tx, &self.keys, case, id.get()).await? else { return Ok(None) };
        let loaded = self.load(tx, case).await?;
        let mut document = kept.document;
        if loaded.case.private.applicant.kind == kernel::SubjectKind::Person {
            document.applicant = kernel::masking::name(&document.applicant);
        }
        // What was said between the office and the applicant is not the public's business.
        document.lines.retain(|l| {
            !matches!(
                l.label.as_str(),
                "申请人陈述申辩" | "签收" | "与申请人关系" | "凭据" | "笔录" | "签字人" | "当事人" | "承诺人"
            )
        });
        document.defects.clear();
        document.clerk = None;
        let department = self
            .vocabulary
            .department(&document.department)
            .map_or_else(|| document.department.clone(), |d| d.name.clone());
        Ok(Some(ConfirmedDocument {
            document,
            department,
            digest: kept.digest,
            intact: kept.intact,
            state: loaded.case.state(),
        }))
    }
}
