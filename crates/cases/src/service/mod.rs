//! The steps people and the platform take with cases: each checks who may, loads, decides, writes.

mod access;
mod command;
mod counter;
mod desk;
mod drafts;
mod evidence;
mod law;
mod open;
mod read;
mod recompute;
mod relations;
mod replay;
mod settle;
mod submit;
mod sweep;
mod verdicts;
mod voice;

use std::sync::Arc;

use blobs::Blobs;
use catalogue::{
    Catalogue,
    domain::{ApplicantFacts, Procedure},
};
use certificates::Certificates;
use db::Db;
use gm::Keys;
use identity::{Identity, Subject};
use kernel::{Clock, Date, Timestamp, calendar::WorkingCalendar, city_date};
use settings::{NoticeTexts, Offices, Settings};
use vocab::Vocabulary;

use crate::domain::documents::Office;

pub use access::CaseLook;
pub use counter::TakenIn;
pub use desk::{
    CaseSearch, DESK_ROLES, DeskCount, DeskFilter, DeskKey, DeskPlace, DeskScope, DeskTask, FoundCase, Outlook,
};
pub use drafts::{DRAFT_DAYS, Draft, DraftProgress, KeptDraft};
pub use law::PlacesLeft;
pub use open::{OpenDecision, OpenFilter, OpenKey, Opening, Openings};
pub(crate) use read::CaseList;
pub use read::{CaseSight, ConfirmedDocument, QueueScope, RunningCase, Sight};
pub use relations::{DeclaredRelation, NewRelation};
pub use replay::{ChainFault, ReplayReport};
pub use submit::{Application, Assessed, Check, SubjectKey};
pub use verdicts::{GivenVerdict, Verdict};
pub use voice::{FileFacts, MyCase, MyCases, MyCounts, NoProgress, Progress, UnseenTalk};

/// What the case engine is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Keys for the private part of a history.
    pub keys: Keys,
    /// What the city sets by day: working days, words of notices, how departments are reached.
    pub settings: Settings,
    /// Items and procedures.
    pub catalogue: Catalogue,
    /// Persons, enterprises, staff.
    pub identity: Identity,
    /// The certificate library.
    pub certificates: Certificates,
    /// Files.
    pub blobs: Blobs,
    /// Departments and divisions.
    pub vocabulary: Vocabulary,
    /// Name of the government that hears reviews of its departments' acts.
    pub government: String,
    /// Of the demonstration city.
    pub demo: bool,
    /// Region of a case that the city handles itself, for its number.
    pub city_region: String,
}

/// The case engine. Cheap to clone.
#[derive(Clone)]
pub struct Cases(Arc<Parts>);

impl std::ops::Deref for Cases {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for Cases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cases")
    }
}

impl Cases {
    /// The engine over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

/// What counts on one day.
pub(crate) struct Day {
    pub(crate) calendar: Arc<WorkingCalendar>,
    notices: Arc<NoticeTexts>,
    offices: Arc<Offices>,
}

impl Day {
    /// What the composer of a document of this day looks up.
    pub(crate) fn office<'a>(&'a self, procedure: &'a Procedure, government: &'a str) -> Office<'a> {
        Office {
            procedure,
            calendar: &self.calendar,
            government,
            notices: &self.notices,
            reached: self.offices.get(&procedure.item.department),
        }
    }
}

impl Cases {
    /// What counts on the city's day of `at`.
    pub(crate) fn day(&self, at: Timestamp) -> Day {
        let (known, day) = (self.settings.current(), city_date(at));
        Day { calendar: known.calendar_on(day), notices: known.notices_on(day), offices: known.offices_on(day) }
    }

    /// The working days that count on the city's day of `at`.
    pub fn calendar(&self, at: Timestamp) -> Arc<WorkingCalendar> {
        self.settings.calendar_on(city_date(at))
    }
}

/// What rules and prefill may see of a subject on `day`.
pub(crate) fn applicant_facts(subject: &Subject, day: Date) -> ApplicantFacts {
    ApplicantFacts {
        kind: subject.kind,
        name: subject.name.clone(),
        id_number: subject.id_number().map(str::to_owned),
        uscc: subject.uscc().map(str::to_owned),
        age: subject.age_on(day),
        sex: subject.sex.map(|s| s.as_str().to_owned()),
        region: subject.region.clone(),
        phone: subject.phone.clone(),
        address: subject.address.clone(),
        legal_representative: subject.legal_representative.clone(),
    }
}
