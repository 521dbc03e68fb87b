//! The steps people and the platform take with cases: each checks who may, loads, decides, writes.

mod access;
mod command;
mod drafts;
mod read;
mod replay;
mod settle;
mod submit;
mod sweep;
mod voice;

use std::sync::Arc;

use blobs::Blobs;
use catalogue::{Catalogue, domain::ApplicantFacts};
use certificates::Certificates;
use db::Db;
use gm::Keys;
use identity::{Identity, Subject};
use kernel::{Clock, Date, calendar::WorkingCalendar};
use vocab::Vocabulary;

pub use drafts::{Draft, KeptDraft};
pub(crate) use read::CaseList;
pub use read::{CaseSight, ConfirmedDocument, QueueScope, Sight};
pub use replay::{ChainFault, ReplayReport};
pub use submit::{Application, Check, SubjectKey};
pub use voice::{FileFacts, MyCase, MyCases, MyCounts, NoProgress, Progress, UnseenTalk};

/// What the case engine is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Keys for the private part of a history.
    pub keys: Keys,
    /// The city's working days.
    pub calendar: WorkingCalendar,
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
