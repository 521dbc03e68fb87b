//! What the engine's tests play with: the city's real items, its calendar, applicants and staff.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use cases::domain::{
    case::{Case, CaseId},
    command::Command,
    decide::{Around, Rejection, Setting, decide, run},
    event::{By, Event, Handed, Private, Recorded},
};
use catalogue::domain::{ApplicantFacts, CertificateFacts, Delivery, Item, Procedure};
use kernel::{AccountId, Actor, Channel, Role, SubjectId, SubjectKind, Timestamp, calendar::WorkingCalendar};
use serde_json::{Map, Value};

pub(crate) static CALENDAR: LazyLock<WorkingCalendar> = LazyLock::new(|| {
    WorkingCalendar::parse(include_str!("../../../../data/calendar/china_holidays_2015_2026.csv"))
        .expect("the calendar")
});

fn files() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/catalogue");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("the catalogue")
        .flat_map(|d| std::fs::read_dir(d.expect("a folder").path()).expect("a folder"))
        .map(|f| f.expect("a file").path())
        .collect();
    files.sort();
    files
}

fn compiled(file: &Path) -> Procedure {
    let item: Item = toml::from_str(&std::fs::read_to_string(file).expect("a file")).expect("an item");
    Procedure::compile(item, 1).expect("a sound item")
}

/// Every item of the city, compiled.
pub(crate) static PROCEDURES: LazyLock<Vec<Procedure>> =
    LazyLock::new(|| files().iter().map(|f| compiled(f)).collect());

/// One item of the city, compiled once for each call: tests ask for one.
pub(crate) fn procedure(slug: &str) -> &'static Procedure {
    let file = files().into_iter().find(|f| f.file_stem().is_some_and(|s| s == slug)).expect("an item of the city");
    Box::leak(Box::new(compiled(&file)))
}

/// One item of the city changed for a test, compiled.
pub(crate) fn changed(slug: &str, change: impl FnOnce(&mut Item)) -> &'static Procedure {
    let mut item = (*procedure(slug).item).clone();
    change(&mut item);
    Box::leak(Box::new(Procedure::compile(item, 1).expect("a sound item")))
}

pub(crate) fn at(city_time: &str) -> Timestamp {
    format!("{}:00+08:00", city_time.replace(' ', "T")).parse().expect("a time")
}

pub(crate) fn applicant() -> Actor {
    Actor::Person { account: AccountId::from(1), subject: SubjectId::from(1), name: "王小敏".to_owned() }
}

pub(crate) fn staff(account: i64, department: &str, roles: &[Role]) -> Actor {
    Actor::Staff {
        account: AccountId::from(account),
        name: format!("工作人员{account}"),
        department: department.to_owned(),
        region: None,
        roles: roles.to_vec(),
    }
}

/// A case at play.
pub(crate) struct Play {
    pub(crate) procedure: &'static Procedure,
    pub(crate) case: Case,
    pub(crate) history: Vec<Recorded>,
    pub(crate) now: Timestamp,
    /// Publications may be ended before their last day.
    pub(crate) demo: bool,
    /// What the platform's records say around the case.
    pub(crate) around: Around,
}

impl Play {
    /// Hands an application in for `slug` at `time`; `by_person` keeps the rules from completing anything.
    pub(crate) fn new(slug: &str, time: &str, by_person: bool) -> Self {
        Self::with(procedure(slug), at(time), by_person, Channel::Web, BTreeMap::new())
    }

    pub(crate) fn with(
        procedure: &'static Procedure,
        now: Timestamp,
        by_person: bool,
        channel: Channel,
        materials: BTreeMap<String, Handed>,
    ) -> Self {
        Self::holding(procedure, now, by_person, channel, materials, Vec::new())
    }

    /// The same, by somebody who holds these certificates.
    pub(crate) fn holding(
        procedure: &'static Procedure,
        now: Timestamp,
        by_person: bool,
        channel: Channel,
        materials: BTreeMap<String, Handed>,
        certificates: Vec<CertificateFacts>,
    ) -> Self {
        let item = &procedure.item;
        let mut all: BTreeMap<String, Handed> = item.materials.iter().map(|m| (m.key.clone(), Handed::Paper)).collect();
        all.extend(materials);
        let opened = Recorded {
            seq: 1,
            at: now,
            by: By::of(&applicant()),
            event: Event::Submitted {
                number: "520100202603020000011".to_owned(),
                item: item.slug.clone(),
                version: 1,
                subject: SubjectId::from(1),
                applicant: "王小敏".to_owned(),
                region: None,
                channel,
                delivery: item.result.delivery.first().copied().unwrap_or(Delivery::Electronic),
                materials: all,
                by_person,
                steps: item.steps.iter().map(|s| s.key.clone()).collect(),
                private: Private {
                    form: Map::<String, Value>::new(),
                    applicant: facts(),
                    certificates,
                    receiving: cases::domain::event::Receiving::default(),
                },
            },
        };
        let case = Case::open(CaseId::from(7), opened.clone()).expect("a case opens");
        let mut play = Self { procedure, case, history: vec![opened], now, demo: false, around: Around::default() };
        play.settle(Vec::new());
        play
    }

    pub(crate) fn setting(&self) -> Setting<'static> {
        Setting {
            procedure: self.procedure,
            calendar: &CALENDAR,
            now: self.now,
            demo: self.demo,
            around: self.around.clone(),
        }
    }

    fn settle(&mut self, events: Vec<(By, Event)>) {
        let setting = self.setting();
        let entries = run(&mut self.case, &setting, events).expect("the engine comes to rest");
        self.history.extend(entries);
    }

    /// One command; what time brought about comes first.
    pub(crate) fn command(&mut self, actor: &Actor, command: Command) -> Result<(), Rejection> {
        self.settle(Vec::new());
        let events = decide(&self.case, &self.setting(), actor, &command)?;
        let by = By::of(actor);
        self.settle(events.into_iter().map(|e| (by.clone(), e)).collect());
        Ok(())
    }

    /// Lets the city's clocks show `time` and the platform do what is due.
    pub(crate) fn travel(&mut self, time: &str) {
        self.now = at(time);
        self.settle(Vec::new());
    }

    /// Kinds of all entries, in order.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.history.iter().map(|e| e.event.topic()).collect()
    }

    pub(crate) fn department(&self) -> &'static str {
        &self.procedure.item.department
    }

    pub(crate) fn window(&self) -> Actor {
        staff(11, self.department(), &[Role::Window])
    }
    pub(crate) fn reviewer(&self) -> Actor {
        staff(12, self.department(), &[Role::Reviewer])
    }
    pub(crate) fn approver(&self) -> Actor {
        staff(13, self.department(), &[Role::Approver])
    }
    pub(crate) fn clerk(&self) -> Actor {
        staff(14, self.department(), &[Role::CertificateClerk])
    }
}

fn facts() -> ApplicantFacts {
    ApplicantFacts {
        kind: SubjectKind::Person,
        name: "王小敏".to_owned(),
        id_number: Some("520102199003071017".to_owned()),
        uscc: None,
        age: Some(35),
        sex: Some("male".to_owned()),
        region: Some("520102".to_owned()),
        phone: Some("13800003210".to_owned()),
        address: Some("贵阳市南明区中华南路1号".to_owned()),
        legal_representative: None,
    }
}
