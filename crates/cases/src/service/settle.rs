//! Writing what was decided: certificates made, documents numbered, entries chained, read models and facts told, all in
//! the caller's transaction.

use catalogue::domain::{Procedure, ResultKind};
use certificates::NewCertificate;
use db::{Tx, counter};
use kernel::{Act, Date, FileId, city_date};
use serde::Serialize;
use serde_json::Value;

use super::Cases;
use crate::{
    domain::{
        case::Case,
        documents::{DocumentKind, called_for, compose, document_number},
        event::{By, Event, ProducedCertificate, Recorded},
    },
    error::CaseError,
    store::{self, Head, NewDocument, Projection},
};

/// The fact that others hear of one entry.
#[derive(Serialize)]
struct Fact<'a> {
    case_id: String,
    number: &'a str,
    item: &'a str,
    item_name: &'a str,
    department: &'a str,
    subject_id: String,
    seq: i64,
    event: &'static str,
    at: String,
    state: &'static str,
    /// Last day for what the applicant is asked to do by this or an earlier fact of the same act.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// Topics of all facts of the same act, in order, so that a listener can take them as one.
    together: &'a [&'static str],
    /// Which of them this is, from 0.
    place: usize,
    /// Stars of a rating, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u8>,
    /// Number and kind of a complaint, and by when it is taken up and answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    complaint: Option<ComplaintFact<'a>>,
}

/// What others hear of a complaint: not its words.
#[derive(Serialize)]
struct ComplaintFact<'a> {
    number: &'a str,
    kind: &'static str,
    take_up_by: Date,
    answer_by: Date,
}

/// A case as it was loaded: how it stood and the head of its chain.
pub(crate) struct Loaded {
    pub(crate) case: Case,
    pub(crate) head: Head,
}

/// What is about to be written behind `before`.
pub(super) struct Draft<'a> {
    pub(super) cases: &'a Cases,
    pub(super) act: &'a Act,
    pub(super) procedure: &'a Procedure,
    pub(super) case: Case,
    entries: Vec<Recorded>,
    documents: Vec<NewDocument>,
}

impl Cases {
    /// Writes `events` behind `before` (none for a new case, whose first event opens it) and answers the case as it then
    /// stands.
    pub(crate) async fn settle(
        &self,
        act: &Act,
        tx: &mut Tx,
        procedure: &Procedure,
        before: Option<&Loaded>,
        opened: Option<(Case, Recorded)>,
        events: Vec<(By, Event)>,
    ) -> Result<Case, CaseError> {
        let (case, first) = match (before, opened) {
            (Some(loaded), _) => (loaded.case.clone(), None),
            (None, Some((case, first))) => (case, Some(first)),
            (None, None) => return Err(CaseError::NotFound),
        };
        let mut draft = Draft { cases: self, act, procedure, case, entries: Vec::new(), documents: Vec::new() };
        let over_before = draft.case.state().is_over();
        if let Some(first) = first {
            draft.entries.push(first.clone());
            draft.issue_document(tx, &first).await?;
            let materials = draft.case.materials.clone();
            draft.use_certificates(tx, &materials).await?;
        }
        for (by, event) in events {
            draft.add(tx, by, event).await?;
        }
        let Draft { case, entries, documents, .. } = draft;
        if entries.is_empty() {
            return Ok(case);
        }
        let from = before.map_or(Head::START, |l| l.head);
        let (chained, head) = store::chain(from, &entries)?;
        let projection = Projection::of(&case, head, act.at, procedure, &self.calendar(act.at));
        let guard = before.map(|l| (&l.case, l.head.seq));
        if !store::project(tx, guard, &case, &projection, procedure).await? {
            // Somebody was faster: decided anew, the answer says what happened instead of that something did.
            tx.again();
            return Err(CaseError::Stale { meanwhile: "其他人刚刚办理了这个办件".to_owned() });
        }
        if !self.settle_law(tx, procedure, &case, &entries).await? {
            tx.again();
            return Err(CaseError::Stale {
                meanwhile: "其他人刚刚准予了同一事项的另一件申请".to_owned()
            });
        }
        if before.is_none() {
            store::open_number(tx, &case.number, case.id).await?;
        }
        store::append(tx, &self.keys, case.id, chained).await?;
        for document in &documents {
            store::keep_document(tx, &self.keys, case.id, document).await?;
        }
        if case.state().is_over() && !over_before {
            self.identity.close_consents(act, tx, case.subject, &case.number).await?;
        }
        self.tell(tx, procedure, &case, &entries).await?;
        Ok(case)
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        procedure: &Procedure,
        case: &Case,
        entries: &[Recorded],
    ) -> Result<(), CaseError> {
        let told: Vec<&Recorded> = entries.iter().filter(|e| of_interest(&e.event)).collect();
        let together: Vec<&'static str> = told.iter().map(|e| e.event.topic()).collect();
        let mut due = None;
        for (place, entry) in told.into_iter().enumerate() {
            due = last_day(case, &entry.event).or(due);
            let fact = Fact {
                case_id: case.id.to_string(),
                number: &case.number,
                item: &case.item,
                item_name: &procedure.item.name,
                department: &procedure.item.department,
                subject_id: case.subject.to_string(),
                seq: entry.seq,
                event: entry.event.topic(),
                at: kernel::rfc3339(entry.at),
                state: case.state().as_str(),
                due,
                together: &together,
                place,
                score: match &entry.event {
                    Event::Rated { score, .. } | Event::FollowedUp { score, .. } => Some(*score),
                    _ => None,
                },
                complaint: match &entry.event {
                    Event::Complained { number, kind, take_up_by, answer_by, .. } => Some(ComplaintFact {
                        number,
                        kind: kind.as_str(),
                        take_up_by: *take_up_by,
                        answer_by: *answer_by,
                    }),
                    _ => None,
                },
            };
            tx.tell(case.id.get(), entry.event.topic(), &fact, entry.at).await?;
        }
        Ok(())
    }
}

/// The last day for what an entry asks of the applicant.
fn last_day(case: &Case, event: &Event) -> Option<Date> {
    match event {
        Event::CorrectionAsked { due, .. } | Event::RefusalIntended { due, .. } => Some(*due),
        Event::HearingArranged { day, .. } => Some(*day),
        Event::CorrectionReminded => case.open_correction().map(|c| c.due),
        Event::Accepted { deferred, .. } => deferred.values().min().copied(),
        _ => None,
    }
}

/// Milestones are told one by one; work inside the office (claims, steps, documents) is read from the history.
const fn of_interest(event: &Event) -> bool {
    !matches!(
        event,
        Event::TaskClaimed { .. }
            | Event::TaskReleased { .. }
            | Event::StepStarted { .. }
            | Event::StepSkipped { .. }
            | Event::StepCompleted { .. }
            | Event::TakenUp
            | Event::DocumentIssued { .. }
            | Event::Proposed { .. }
            | Event::ProposalDismissed { .. }
            | Event::PaperTaken { .. }
            | Event::FeeAssessed { .. }
            | Event::Recused { .. }
            | Event::Published
            | Event::CertificatesChecked { .. }
    )
}

impl Draft<'_> {
    pub(super) fn push(&mut self, by: By, event: Event) -> Result<Recorded, CaseError> {
        let entry = Recorded { seq: self.case.seq + 1, at: self.act.at, by, event };
        self.case.apply(&entry)?;
        self.entries.push(entry.clone());
        Ok(entry)
    }

    async fn add(&mut self, tx: &mut Tx, by: By, event: Event) -> Result<(), CaseError> {
        let event = match event {
            Event::CertificateProduced { step, certificate: None } => {
                let certificate = self.produce(tx).await?;
                Event::CertificateProduced { step, certificate }
            }
            Event::Complained { number, kind, take_up_by, answer_by, private } if number.is_empty() => {
                let year = city_date(self.act.at).year();
                let sequence = counter::next(tx, &format!("complaint:{year}")).await?;
                let number = format!("TS{year}{sequence:06}");
                Event::Complained { number, kind, take_up_by, answer_by, private }
            }
            other => other,
        };
        let entry = self.push(by, event)?;
        self.issue_document(tx, &entry).await?;
        match &entry.event {
            Event::Supplemented { materials, .. } | Event::DeferredSupplied { materials } => {
                self.use_certificates(tx, materials).await
            }
            Event::Accepted { deemed, .. } => self.examine_certificates(tx, *deemed || entry.by.is_system()).await,
            _ => Ok(()),
        }
    }

    /// Issues the documents that an entry calls for, right behind it.
    async fn issue_document(&mut self, tx: &mut Tx, entry: &Recorded) -> Result<(), CaseError> {
        for kind in called_for(&entry.event) {
            self.issue(tx, entry, *kind).await?;
        }
        Ok(())
    }

    async fn issue(&mut self, tx: &mut Tx, entry: &Recorded, kind: DocumentKind) -> Result<(), CaseError> {
        let department = &self.procedure.item.department;
        let year = city_date(entry.at).year();
        let sequence = counter::next(tx, &format!("document:{department}:{year}:{}", kind.word())).await?;
        let place = self.cases.vocabulary.departments().iter().position(|d| d.key == *department).map_or(0, |i| i + 1);
        let number = document_number(kind, place, year, sequence);
        let day = self.cases.day(entry.at);
        let office = day.office(self.procedure, &self.cases.government);
        let document = compose(kind, &number, &self.case, entry, &office);
        let id = FileId::fresh(self.act.at);
        let issued = Event::DocumentIssued { document: kind, id: id.to_string(), number };
        self.push(By::system(), issued)?;
        self.documents.push(NewDocument { id: id.get(), seq: entry.seq, at: entry.at, document });
        Ok(())
    }

    /// The certificate that comes out, for items whose result the library holds. Its data are the answers of the same
    /// names.
    async fn produce(&mut self, tx: &mut Tx) -> Result<Option<ProducedCertificate>, CaseError> {
        let item = &self.procedure.item;
        let (ResultKind::Certificate, Some(certificate_type)) = (item.result.kind, &item.result.certificate_type)
        else {
            return Ok(None);
        };
        let fields =
            self.cases.vocabulary.certificate_type(certificate_type).map(|t| t.fields.clone()).unwrap_or_default();
        let form = &self.case.private.form;
        let data = fields
            .into_iter()
            .filter_map(|field| form.get(&field).and_then(words).map(|value| (field, value)))
            .collect();
        let made = self
            .cases
            .certificates
            .issue(
                self.act,
                tx,
                &NewCertificate {
                    holder: self.case.subject,
                    certificate_type: certificate_type.clone(),
                    name: item.result.name.clone().unwrap_or_else(|| item.name.clone()),
                    data,
                    issued_on: city_date(self.act.at),
                    case_number: Some(self.case.number.clone()),
                    department: item.department.clone(),
                },
            )
            .await?;
        Ok(Some(ProducedCertificate {
            id: made.id.to_string(),
            certificate_type: certificate_type.clone(),
            number: made.number,
            expires_on: made.expires_on,
        }))
    }
}

/// An answer as the words of a certificate.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(true) => Some("是".to_owned()),
        Value::Bool(false) => Some("否".to_owned()),
        Value::Array(items) => Some(items.iter().filter_map(words).collect::<Vec<_>>().join("、")),
        _ => None,
    }
}
