//! Cases in bulk, for measuring: made by the case engine itself, spread over a year, all items and all applicants.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use cases::{
    Application, CaseError, Cases,
    domain::{case::State, command::Command, event::Handed},
};
use catalogue::domain::{CertificateFacts, Facts, Procedure, Provided};
use db::{DbError, Tx};
use identity::DocumentKind;
use jiff::{SignedDuration, Span, civil::Date};
use kernel::{Act, Actor, Channel, FileId, Role, SubjectId, SubjectKind, Timestamp, city_date, city_midnight};

use crate::{
    answers::{Answers, Candidate, find},
    city::{people, staff},
    walk::sheet,
};

/// Days of a year on which cases are made, evenly apart.
const DAYS: usize = 24;
/// Natural days from one to the next.
const APART: i64 = 15;
/// Cases in one transaction.
const BATCH: usize = 25;
/// Applicants of one item.
const ROUNDS: usize = 4;
/// Seconds of a working day, from nine to five.
const WORKING_SECONDS: i64 = 8 * 3600;

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeedReport {
    /// Cases handed in.
    pub made: usize,
    /// Of these, accepted by a member of staff.
    pub accepted: usize,
    /// Of these, withdrawn.
    pub withdrawn: usize,
    /// Of these, closed by rule on the spot.
    pub closed: usize,
}

/// Why no more cases could be made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Somebody of the demonstration city is not there.
    #[error("{0} is not there: the demonstration city has not been founded here")]
    NotFounded(String),
    /// No item takes an application.
    #[error("no item takes an application on {0}: import the catalogue first")]
    NoItem(Date),
    /// The case engine.
    #[error("a case could not be made")]
    Case(#[from] CaseError),
    /// Anything else of the platform.
    #[error("{what} failed")]
    Platform {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database.
    #[error("the cases could not be written")]
    Db(#[from] DbError),
}

fn failed<E: std::error::Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> SeedError {
    move |source| SeedError::Platform { what, source: Box::new(source) }
}

/// An applicant of the city, ready to act.
struct Applicant {
    account: String,
    subject: SubjectId,
    actor: Actor,
    file: FileId,
}

/// What becomes of a case once it is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Left,
    Accepted,
    Withdrawn,
}

impl Fate {
    /// Of ten cases six are accepted, three are left where they are, one is withdrawn.
    const fn of(number: usize) -> Self {
        match number % 10 {
            0..6 => Self::Accepted,
            6..9 => Self::Left,
            _ => Self::Withdrawn,
        }
    }
}

/// One case to be made.
#[derive(Clone)]
struct Order {
    entry: Entry,
    applicant: Actor,
    clerk: Actor,
    at: Timestamp,
    application: Application,
    fate: Fate,
}

/// Place of the item in the catalogue, and which of its applicants.
type Entry = (usize, usize);

/// Makes `count` cases over the year before now, and tells `progress` how many there are after each batch.
///
/// # Errors
/// When the city has not been founded, no item can be applied for, or the platform fails. What was made before stays.
pub async fn seed(cases: &Cases, count: usize, mut progress: impl FnMut(usize)) -> Result<SeedReport, SeedError> {
    let mut plan = Plan::new(cases).await?;
    let today = city_date(cases.clock.now());
    let mut report = SeedReport::default();
    for place in 0..DAYS {
        let quota = (count * (place + 1) / DAYS).saturating_sub(report.made);
        if quota == 0 {
            continue;
        }
        let back = APART * i64::try_from(DAYS - place).unwrap_or(1);
        plan.turn_to(cases, today.saturating_sub(Span::new().days(back))).await?;
        let mut made = 0;
        while made < quota {
            let batch = plan.orders(BATCH.min(quota - made))?;
            let args = (cases.clone(), batch);
            let (done, refused) =
                cases.db.write(args, |tx, (cases, batch)| Box::pin(hand_in(cases, tx, batch))).await?;
            plan.forget(refused);
            made += done.made;
            report.add(done);
            progress(report.made);
        }
    }
    Ok(report)
}

impl SeedReport {
    const fn add(&mut self, more: Self) {
        self.made += more.made;
        self.accepted += more.accepted;
        self.withdrawn += more.withdrawn;
        self.closed += more.closed;
    }
}

/// What is applied for next. It goes round all items, and in each round applicants are others.
struct Plan {
    applicants: Vec<Applicant>,
    clerks: BTreeMap<String, Actor>,
    procedures: Vec<Arc<Procedure>>,
    day: Date,
    candidates: Vec<Candidate>,
    /// Answers found on an earlier day serve as long as they still satisfy the item.
    answers: BTreeMap<Entry, Answers>,
    /// What cannot be applied for on this day.
    closed: BTreeSet<Entry>,
    /// Orders made so far.
    number: usize,
    /// Where the round stands.
    turn: usize,
}

impl Plan {
    async fn new(cases: &Cases) -> Result<Self, SeedError> {
        let applicants = applicants(cases).await?;
        let clerks = clerks(cases).await?;
        let mut tx = cases.db.read().await?;
        let shown = cases.catalogue.shown(&mut tx).await.map_err(failed("reading the catalogue"))?;
        let mut procedures = Vec::new();
        for (item, _) in &shown.items {
            let procedure = cases.catalogue.procedure(&mut tx, &item.slug, None).await;
            procedures.push(procedure.map_err(failed("reading the catalogue"))?);
        }
        Ok(Self {
            applicants,
            clerks,
            procedures,
            day: Date::MIN,
            candidates: Vec::new(),
            answers: BTreeMap::new(),
            closed: BTreeSet::new(),
            number: 0,
            turn: 0,
        })
    }

    async fn turn_to(&mut self, cases: &Cases, day: Date) -> Result<(), SeedError> {
        let mut tx = cases.db.read().await?;
        self.candidates = candidates(cases, &mut tx, &self.applicants, day).await?;
        self.day = day;
        self.closed.clear();
        Ok(())
    }

    /// What the engine turned away is not tried again on this day: rules may have changed their mind because of a
    /// certificate that came out meanwhile.
    fn forget(&mut self, refused: Vec<Entry>) {
        for entry in refused {
            self.answers.remove(&entry);
            self.closed.insert(entry);
        }
    }

    fn orders(&mut self, count: usize) -> Result<Vec<Order>, SeedError> {
        let mut orders = Vec::new();
        while orders.len() < count {
            if self.closed.len() >= self.procedures.len() * ROUNDS {
                return Err(SeedError::NoItem(self.day));
            }
            let items = self.procedures.len();
            let entry = (self.turn % items, self.turn / items % ROUNDS);
            self.turn += 1;
            if self.closed.contains(&entry) {
                continue;
            }
            match self.order(entry) {
                Some(order) => orders.push(order),
                None => {
                    self.closed.insert(entry);
                }
            }
        }
        Ok(orders)
    }

    fn order(&mut self, entry: Entry) -> Option<Order> {
        let procedure = Arc::clone(self.procedures.get(entry.0)?);
        let item = &procedure.item;
        let channel = *item.channels.iter().find(|channel| **channel != Channel::Window)?;
        let clerk = self.clerks.get(&item.department)?.clone();
        if !self.answers.get(&entry).is_some_and(|answers| self.satisfies(&procedure, answers)) {
            let found = self.find(&procedure, entry)?;
            self.answers.insert(entry, found);
        }
        let answers = self.answers.get(&entry)?;
        let applicant = self.applicants.get(answers.applicant)?;
        let number = self.number;
        self.number += 1;
        let second = i64::try_from(number).unwrap_or(0) % WORKING_SECONDS;
        Some(Order {
            entry,
            applicant: applicant.actor.clone(),
            clerk,
            at: city_midnight(self.day) + SignedDuration::from_secs(9 * 3600 + second),
            application: application(&item.slug, channel, answers, applicant.file),
            // The rounds are shifted against each other, so that an item's cases do not all end alike.
            fate: Fate::of(number + number / self.procedures.len().max(1)),
        })
    }

    /// Whether answers found on an earlier day can be handed in today.
    fn satisfies(&self, procedure: &Procedure, answers: &Answers) -> bool {
        let Some(candidate) = self.candidates.get(answers.applicant) else { return false };
        let assessment = procedure.assess(&Facts {
            form: answers.form.clone(),
            applicant: candidate.facts.clone(),
            certificates: candidate.certificates.clone(),
            materials: answers.materials.iter().map(|key| (key.clone(), Provided::File)).collect(),
            today: self.day,
        });
        assessment.can_submit() && assessment.rules_ok
    }

    /// In the first round the one the item is made for applies, then whoever can, each time beginning with another.
    fn find(&self, procedure: &Procedure, (item, round): Entry) -> Option<Answers> {
        if round == 0 {
            return find(procedure, &self.candidates, self.day).ok();
        }
        let count = self.candidates.len();
        (0..count).map(|step| (item + round * 5 + step) % count).find_map(|place| {
            let alone = self.candidates.get(place..=place)?;
            let answers = find(procedure, alone, self.day).ok()?;
            Some(Answers { applicant: place, ..answers })
        })
    }
}

/// Hands a batch in, within one transaction. Also answers the entries that the engine turned away.
async fn hand_in(cases: &Cases, tx: &mut Tx, batch: &[Order]) -> Result<(SeedReport, Vec<Entry>), SeedError> {
    let mut report = SeedReport::default();
    let mut refused = Vec::new();
    for order in batch {
        let applicant = Act::new(order.applicant.clone(), order.at);
        // A rejection comes before anything is written.
        let case = match cases.submit(&applicant, tx, &order.application).await {
            Ok(case) => case,
            Err(CaseError::Rejected(why)) => {
                tracing::debug!(item = order.application.item, %why, "left out of the made cases");
                refused.push(order.entry);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        report.made += 1;
        match (order.fate, case.state()) {
            (_, state) if state.is_decided() => report.closed += usize::from(state == State::Closed),
            (Fate::Accepted, State::Submitted | State::Received) => {
                let clerk = Act::new(order.clerk.clone(), order.at);
                cases.command(&clerk, tx, &case.number, &Command::Accept {}, None).await?;
                report.accepted += 1;
            }
            (Fate::Withdrawn, _) => {
                cases.command(&applicant, tx, &case.number, &Command::Withdraw { reason: None }, None).await?;
                report.withdrawn += 1;
            }
            _ => {}
        }
    }
    Ok((report, refused))
}

/// The applicants of the city, each with one uploaded file, which all their cases share.
async fn applicants(cases: &Cases) -> Result<Vec<Applicant>, SeedError> {
    let mut applicants = Vec::new();
    let now = cases.clock.now();
    for (account, facts) in people::applicants(city_date(now)) {
        let (kind, number) = match facts.kind {
            SubjectKind::Person => (DocumentKind::ResidentId, facts.id_number.unwrap_or_default()),
            SubjectKind::Enterprise => (DocumentKind::Uscc, facts.uscc.unwrap_or_default()),
        };
        let (login, subject) = {
            let mut tx = cases.db.read().await?;
            let login = cases.identity.find_account(&mut tx, &account).await.map_err(failed("finding an account"))?;
            let subject =
                cases.identity.find_by_key(&mut tx, kind, &number).await.map_err(failed("finding an applicant"))?;
            (login, subject)
        };
        let (Some(login), Some(subject)) = (login, subject) else { return Err(SeedError::NotFounded(account)) };
        let actor = match facts.kind {
            SubjectKind::Person => Actor::Person { account: login, subject, name: facts.name },
            SubjectKind::Enterprise => Actor::Agent { account: login, subject, person: None, name: facts.name },
        };
        let act = Act::new(actor.clone(), now);
        let bytes = Bytes::from(sheet(&format!("Made cases of {account}")));
        let upload = cases.blobs.begin(&act, "material.pdf", None, blobs::LIMIT_BYTES).await;
        let mut upload = upload.map_err(failed("uploading"))?;
        upload.write(bytes).await.map_err(failed("uploading"))?;
        let file = upload.finish().await.map_err(failed("uploading"))?.id;
        applicants.push(Applicant { account, subject, actor, file });
    }
    Ok(applicants)
}

/// The window clerk of each department.
async fn clerks(cases: &Cases) -> Result<BTreeMap<String, Actor>, SeedError> {
    let mut clerks = BTreeMap::new();
    let mut tx = cases.db.read().await?;
    for clerk in staff::staff(&cases.vocabulary).into_iter().filter(|clerk| clerk.role == Role::Window) {
        let login =
            cases.identity.find_account(&mut tx, &clerk.username).await.map_err(failed("finding an account"))?;
        let account = login.ok_or_else(|| SeedError::NotFounded(clerk.username.clone()))?;
        let (name, department) = (clerk.name, clerk.department.clone());
        let actor = Actor::Staff { account, name, department, region: None, roles: vec![Role::Window] };
        clerks.insert(clerk.department, actor);
    }
    Ok(clerks)
}

fn application(item: &str, channel: Channel, answers: &Answers, file: FileId) -> Application {
    Application {
        item: item.to_owned(),
        channel,
        form: answers.form.clone(),
        materials: answers.materials.iter().map(|key| (key.clone(), Handed::File(file))).collect(),
        delivery: None,
        receiving: cases::domain::event::Receiving::default(),
        by_person: false,
        draft: None,
        applicant: None,
    }
}

/// The applicants as rules see them on `day`.
async fn candidates(
    cases: &Cases,
    tx: &mut Tx,
    applicants: &[Applicant],
    day: Date,
) -> Result<Vec<Candidate>, SeedError> {
    let mut candidates = Vec::new();
    for ((_, facts), applicant) in people::applicants(day).into_iter().zip(applicants) {
        let held = cases.certificates.held(tx, applicant.subject, day).await;
        let certificates = held.map_err(failed("reading certificates"))?.into_iter().map(|held| CertificateFacts {
            id: held.id.to_string(),
            valid: held.valid_on(day),
            certificate_type: held.certificate_type,
            number: held.number,
            issued_on: held.issued_on,
            expires_on: held.expires_on,
            data: held.data,
        });
        let certificates = certificates.collect();
        candidates.push(Candidate { account: applicant.account.clone(), facts, certificates });
    }
    Ok(candidates)
}
