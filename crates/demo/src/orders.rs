//! Applications in bulk: who hands in what next, and what becomes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use cases::{
    Application, CaseError, Cases,
    domain::{
        case::{Case, State},
        command::Command,
        event::Handed,
    },
};
use catalogue::domain::{CertificateFacts, Facts, Procedure, Provided};
use db::{DbError, Tx};
use identity::DocumentKind;
use jiff::{SignedDuration, civil::Date};
use kernel::{Act, Actor, Channel, FileId, Role, SubjectId, SubjectKind, Timestamp, city_date, city_midnight};

use crate::{
    answers::{Answers, Candidate, find},
    city::{people, staff},
    walk::sheet,
};

/// Applicants of one item.
const ROUNDS: usize = 4;
/// Seconds of a working day, from nine to five.
const WORKING_SECONDS: i64 = 8 * 3600;

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

/// What becomes of a case once it is handed in, unless a rule has decided it on the spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing: it waits for somebody.
    Left,
    /// A clerk accepts it.
    Accepted,
    /// The applicant takes it back.
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
#[derive(Debug, Clone)]
pub struct Order {
    entry: Entry,
    /// Who applies.
    pub applicant: Actor,
    /// Who accepts.
    pub clerk: Actor,
    /// When it happens.
    pub at: Timestamp,
    /// What is handed in.
    pub application: Application,
    /// What becomes of it.
    pub fate: Fate,
}

/// Place of the item in the catalogue, and which of its applicants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry(usize, usize);

impl Order {
    /// What was applied for, to be [`Orders::forget`]-ed when the engine turns it away.
    #[must_use]
    pub const fn entry(&self) -> Entry {
        self.entry
    }

    /// Hands it in. `None`: the engine turned it away, and nothing was written.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn submit(&self, cases: &Cases, tx: &mut Tx) -> Result<Option<Case>, CaseError> {
        let act = Act::new(self.applicant.clone(), self.at);
        // A rejection comes before anything is written.
        match cases.submit(&act, tx, &self.application).await {
            Ok(case) => Ok(Some(case)),
            Err(CaseError::Rejected(why)) => {
                tracing::debug!(item = self.application.item, %why, "left out of the made cases");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What comes after the handing in: who does it, and the command. `None`: nothing.
    #[must_use]
    pub fn follow(&self, case: &Case) -> Option<(Act, Command)> {
        let state = case.state();
        match self.fate {
            _ if state.is_decided() => None,
            Fate::Accepted if matches!(state, State::Submitted | State::Received) => {
                Some((Act::new(self.clerk.clone(), self.at), Command::Accept {}))
            }
            Fate::Withdrawn => Some((Act::new(self.applicant.clone(), self.at), Command::Withdraw { reason: None })),
            Fate::Left | Fate::Accepted => None,
        }
    }
}

/// What is applied for next. It goes round all items, and in each round applicants are others.
pub struct Orders {
    applicants: Vec<Applicant>,
    clerks: BTreeMap<String, Actor>,
    procedures: Vec<Arc<Procedure>>,
    day: Date,
    candidates: Vec<Candidate>,
    /// Answers found on an earlier day serve as long as they still satisfy the item.
    answers: BTreeMap<Entry, Answers>,
    /// Answers that were held against the item on this day.
    held: BTreeSet<Entry>,
    /// What cannot be applied for on this day.
    closed: BTreeSet<Entry>,
    /// Orders made so far.
    number: usize,
    /// Where the round stands.
    turn: usize,
}

impl std::fmt::Debug for Orders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orders").field("day", &self.day).field("number", &self.number).finish_non_exhaustive()
    }
}

impl Orders {
    /// Orders on today's day. Each applicant of the city uploads one file, which all his cases share.
    ///
    /// # Errors
    /// When the city has not been founded, or the platform fails.
    pub async fn new(cases: &Cases) -> Result<Self, SeedError> {
        let mut orders = Self::from(cases, 0).await?;
        orders.turn_to(cases, city_date(cases.clock.now())).await?;
        Ok(orders)
    }

    /// The same behind `made` orders of before, on no day yet.
    pub(crate) async fn from(cases: &Cases, made: usize) -> Result<Self, SeedError> {
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
            held: BTreeSet::new(),
            closed: BTreeSet::new(),
            number: made,
            turn: made,
        })
    }

    /// Goes on to another day.
    ///
    /// # Errors
    /// When the applicants' certificates cannot be read.
    pub async fn turn_to(&mut self, cases: &Cases, day: Date) -> Result<(), SeedError> {
        let mut tx = cases.db.read().await?;
        self.candidates = candidates(cases, &mut tx, &self.applicants, day).await?;
        self.day = day;
        self.held.clear();
        self.closed.clear();
        Ok(())
    }

    /// What the engine turned away is not tried again on this day: rules may have changed their mind because of a
    /// certificate that came out meanwhile.
    pub fn forget(&mut self, refused: impl IntoIterator<Item = Entry>) {
        for entry in refused {
            self.answers.remove(&entry);
            self.closed.insert(entry);
        }
    }

    /// The next `count` orders.
    ///
    /// # Errors
    /// [`SeedError::NoItem`] when nothing can be applied for on this day.
    pub fn next(&mut self, count: usize) -> Result<Vec<Order>, SeedError> {
        let mut orders = Vec::new();
        while orders.len() < count {
            if self.closed.len() >= self.procedures.len() * ROUNDS {
                return Err(SeedError::NoItem(self.day));
            }
            let items = self.procedures.len();
            let entry = Entry(self.turn % items, self.turn / items % ROUNDS);
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
        if !self.held.contains(&entry) {
            if !self.answers.get(&entry).is_some_and(|answers| self.satisfies(&procedure, answers)) {
                let found = self.find(&procedure, entry)?;
                self.answers.insert(entry, found);
            }
            self.held.insert(entry);
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
    fn find(&self, procedure: &Procedure, Entry(item, round): Entry) -> Option<Answers> {
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
        consent: Some(identity::CONSENT_TEXT_VERSION.to_owned()),
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
