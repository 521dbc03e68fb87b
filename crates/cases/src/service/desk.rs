//! The desk: queues under filters with counts that match them, search over cases, trying a command out.

use audit::Entry;
use db::Tx;
use identity::DocumentKind;
use kernel::{AccountId, Act, Actor, Date, Role, Timestamp, city_date, city_midnight};
use serde::{Deserialize, Serialize};

use super::Cases;
use crate::{
    domain::{
        case::{Case, CaseId, State},
        clocks::Light,
        command::Command,
        documents::{Document, called_for, compose},
        event::{Event, Recorded},
        lawful::{Standing, lawful},
        tasks::TaskKind,
    },
    error::CaseError,
    store::{self, QueueFilter, SearchFilter},
};

/// Roles that work on cases.
pub const DESK_ROLES: &[Role] = &[Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk];

/// Which entries of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeskScope {
    /// What the caller holds.
    Mine,
    /// What nobody holds and the caller may take.
    #[default]
    Waiting,
    /// Everything in the caller's department.
    Department,
}

/// Filters of a queue; empty ones filter nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskFilter {
    /// Whose.
    pub scope: DeskScope,
    /// Slug of an item.
    pub item: Option<String>,
    /// Light today.
    pub light: Option<Light>,
    /// Kind of work.
    pub kind: Option<TaskKind>,
    /// Due today.
    pub due_today: bool,
    /// The applicant did what the office waited for.
    pub came_back: bool,
}

/// Place of an entry in a queue: last day, case, task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskKey(pub Date, pub i64, pub String);

/// One entry of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTask {
    /// The case.
    pub id: CaseId,
    /// Key of the task.
    pub task: String,
    /// What is to be done.
    pub name: String,
    /// Kind of work; none on a row that an older version wrote.
    pub kind: Option<TaskKind>,
    /// Who may.
    pub role: Role,
    /// District, or empty.
    pub region: String,
    /// Public number of the case.
    pub number: String,
    /// Item.
    pub item: String,
    /// Name of the item.
    pub item_name: String,
    /// Applicant's name.
    pub applicant: String,
    /// Since when.
    pub since: Timestamp,
    /// Last day; none when nothing runs.
    pub due: Option<Date>,
    /// The day rests on a year whose holidays are not published.
    pub provisional: bool,
    /// Light today: the same that the clock shows.
    pub light: Light,
    /// The applicant did what the office waited for.
    pub came_back: bool,
    /// Who holds it.
    pub holder: Option<(AccountId, String)>,
    /// Its place in the queue.
    pub key: DeskKey,
}

/// A number of entries that share what queues are filtered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCount {
    /// Light today.
    pub light: Light,
    /// Item.
    pub item: String,
    /// Its name.
    pub item_name: String,
    /// Kind of work.
    pub kind: Option<TaskKind>,
    /// Due today.
    pub due_today: bool,
    /// The applicant did what the office waited for.
    pub came_back: bool,
    /// How many.
    pub count: u64,
}

/// From where a page of a queue is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeskPlace {
    /// From the beginning.
    #[default]
    Start,
    /// Behind this entry.
    After(DeskKey),
    /// Before this entry.
    Before(DeskKey),
}

/// What a search asks for; empty fields ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseSearch {
    /// Public number of a case, whole.
    pub number: String,
    /// Part of the applicant's name, at least two characters.
    pub name: String,
    /// The applicant's identity number or credit code, whole.
    pub identity: String,
    /// Slug of an item.
    pub item: String,
    /// State.
    pub state: Option<State>,
    /// First day of submission.
    pub from: Option<Date>,
    /// Last day of submission.
    pub to: Option<Date>,
}

impl CaseSearch {
    /// Looks for a person or enterprise: such a search needs a reason and is recorded.
    #[must_use]
    pub fn names_somebody(&self) -> bool {
        !self.name.is_empty() || !self.identity.is_empty()
    }
}

/// One line of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCase {
    /// The case.
    pub id: CaseId,
    /// Public number.
    pub number: String,
    /// Item.
    pub item: String,
    /// Name of the item.
    pub item_name: String,
    /// District, or empty.
    pub region: String,
    /// Applicant; masked for supervision.
    pub applicant: String,
    /// State.
    pub state: State,
    /// When it entered the platform.
    pub submitted_at: Timestamp,
    /// Day by which the office has to act next.
    pub due: Option<Date>,
}

/// What a command would bring about.
#[derive(Debug)]
pub struct Outlook {
    /// The case as it would then stand.
    pub case: Case,
    /// What would happen, in order: the command's own events and what follows by itself.
    pub events: Vec<Event>,
    /// Documents that would be issued, without their numbers.
    pub documents: Vec<Document>,
}

fn works_on_cases(roles: &[Role]) -> Vec<Role> {
    roles.iter().copied().filter(|r| DESK_ROLES.contains(r)).collect()
}

impl Cases {
    /// A page of the caller's queue by deadline. Whoever does not work on cases has none.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn desk_tasks(
        &self,
        act: &Act,
        tx: &mut Tx,
        filter: &DeskFilter,
        place: &DeskPlace,
        limit: i64,
    ) -> Result<Vec<DeskTask>, CaseError> {
        let Some(roles) = desk_roles(act) else { return Ok(Vec::new()) };
        let (after, before) = match place {
            DeskPlace::Start => (None, None),
            DeskPlace::After(key) => (Some(key), None),
            DeskPlace::Before(key) => (None, Some(key)),
        };
        store::desk_queue(tx, &queue_filter(act, filter, &roles), after, before, limit).await
    }

    /// How many entries [`Cases::desk_tasks`] shows under the same filter, by what they can be filtered by further.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn desk_counts(&self, act: &Act, tx: &mut Tx, filter: &DeskFilter) -> Result<Vec<DeskCount>, CaseError> {
        let Some(roles) = desk_roles(act) else { return Ok(Vec::new()) };
        store::desk_counts(tx, &queue_filter(act, filter, &roles)).await
    }

    /// Items of which the caller's department has cases: slug and name.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn desk_items(&self, act: &Act, tx: &mut Tx) -> Result<Vec<(String, String)>, CaseError> {
        match act.department() {
            Some(department) => store::search_items(tx, department).await,
            None => Ok(Vec::new()),
        }
    }

    /// Searches the cases that the caller may see, newest first. A search that names somebody needs the act's reason and
    /// is recorded with it (个人信息保护法 第五十一条); names and numbers themselves never enter the trail.
    ///
    /// # Errors
    /// Refused without a reason, and when supervision asks by name.
    pub async fn search(
        &self,
        act: &Act,
        tx: &mut Tx,
        asked: &CaseSearch,
        after: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<FoundCase>, CaseError> {
        let Actor::Staff { department, region, roles, .. } = &act.actor else { return Err(CaseError::NotFound) };
        let works = !works_on_cases(roles).is_empty();
        if !works && !roles.contains(&Role::Supervisor) {
            return Err(CaseError::NotFound);
        }
        if asked.names_somebody() {
            if !works {
                return Err(refused(
                    "cases.search-supervisor",
                    "/name",
                    "督查人员按编号、事项、状态和日期查找，不按申请人查找。",
                ));
            }
            if act.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
                return Err(refused("cases.search-reason", "/reason", "按申请人查找会被记录，请写明查找原因。"));
            }
            if !asked.name.is_empty() && asked.name.chars().count() < 2 {
                return Err(refused("cases.search-name", "/name", "请至少填写姓名或名称中的两个字。"));
            }
            let by = if asked.identity.is_empty() { "name" } else { "identity" };
            let entry = Entry::new("cases.searched", "case:search").with(serde_json::json!({ "by": by }));
            audit::record(act, tx, entry).await?;
        }
        if !asked.number.is_empty() {
            return self.search_by_number(act, tx, asked).await;
        }
        let subject = if asked.identity.is_empty() {
            None
        } else {
            let mut found = None;
            for kind in [DocumentKind::ResidentId, DocumentKind::Uscc] {
                found = match found {
                    None => self.identity.find_by_key(tx, kind, &asked.identity).await?,
                    some => some,
                };
            }
            match found {
                None => return Ok(Vec::new()),
                some => some,
            }
        };
        let filter = SearchFilter {
            region: region.as_deref().unwrap_or_default(),
            subject,
            name: &asked.name,
            item: &asked.item,
            state: asked.state.map_or("", State::as_str),
            from: asked.from.map_or(0, |d| city_midnight(d).as_millisecond()),
            until: asked.to.and_then(|d| d.tomorrow().ok()).map_or(i64::MAX, |d| city_midnight(d).as_millisecond()),
            after,
            limit,
        };
        if works {
            store::search(tx, department, &filter).await
        } else {
            let mut rows = store::search_all(tx, &filter).await?;
            for row in &mut rows {
                row.applicant = kernel::masking::name(&row.applicant);
            }
            Ok(rows)
        }
    }

    async fn search_by_number(&self, act: &Act, tx: &mut Tx, asked: &CaseSearch) -> Result<Vec<FoundCase>, CaseError> {
        let number: String = asked.number.chars().filter(char::is_ascii_digit).collect();
        let seen = match self.see(act, tx, &number).await {
            Ok(seen) => seen,
            Err(CaseError::NotFound) => return Ok(Vec::new()),
            Err(other) => return Err(other),
        };
        let case = &seen.case;
        let course = seen.sight == super::Sight::Course;
        Ok(vec![FoundCase {
            id: case.id,
            number: case.number.clone(),
            item: case.item.clone(),
            item_name: seen.procedure.item.name.clone(),
            region: case.region.clone().unwrap_or_default(),
            applicant: if course { kernel::masking::name(&case.applicant) } else { case.applicant.clone() },
            state: case.state(),
            submitted_at: case.submitted_at,
            due: None,
        }])
    }

    /// What the caller may do with this case now, and why not the rest: told by the decider itself.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn lawful(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<Vec<Standing>, CaseError> {
        let loaded = self.load_for(act, tx, number).await?;
        let procedure = self.catalogue.procedure(tx, &loaded.case.item, Some(loaded.case.version)).await?;
        let calendar = self.calendar(act.at);
        let around = self.around(act, tx, &loaded.case, &procedure).await?;
        let setting = crate::domain::decide::Setting {
            procedure: &procedure,
            calendar: &calendar,
            now: act.at,
            demo: self.demo,
            around,
        };
        let mut case = loaded.case;
        crate::domain::decide::run(&mut case, &setting, Vec::new())?;
        Ok(lawful(&case, &setting, &act.actor))
    }

    /// What a command would bring about, without carrying it out.
    ///
    /// # Errors
    /// As [`Cases::command`].
    pub async fn try_out(&self, act: &Act, tx: &mut Tx, number: &str, command: &Command) -> Result<Outlook, CaseError> {
        let plan = self.plan(act, tx, number, command, None).await?;
        let day = self.day(act.at);
        let office = day.office(&plan.procedure, &self.government);
        let (mut case, mut documents) = (plan.loaded.case, Vec::new());
        for (by, event) in &plan.events {
            let entry = Recorded { seq: case.seq + 1, at: act.at, by: by.clone(), event: event.clone() };
            case.apply(&entry)?;
            documents.extend(called_for(event).iter().map(|kind| compose(*kind, "", &case, &entry, &office)));
        }
        Ok(Outlook { case, events: plan.events.into_iter().map(|(_, event)| event).collect(), documents })
    }
}

fn refused(code: &'static str, pointer: &str, advice: &str) -> CaseError {
    crate::domain::decide::Rejection::invalid(code, advice, vec![kernel::Fault::new(pointer, code, advice)]).into()
}

fn desk_roles(act: &Act) -> Option<Vec<Role>> {
    match &act.actor {
        Actor::Staff { roles, .. } => Some(works_on_cases(roles)).filter(|r| !r.is_empty()),
        _ => None,
    }
}

fn queue_filter<'a>(act: &'a Act, filter: &'a DeskFilter, roles: &'a [Role]) -> QueueFilter<'a> {
    let region = match &act.actor {
        Actor::Staff { region, .. } => region.as_deref().unwrap_or_default(),
        _ => "",
    };
    let today = city_date(act.at);
    QueueFilter {
        department: act.department().unwrap_or_default(),
        region,
        holder: match filter.scope {
            DeskScope::Mine => act.account().map_or(0, AccountId::get),
            DeskScope::Waiting => 0,
            DeskScope::Department => -1,
        },
        roles: if filter.scope == DeskScope::Waiting { roles } else { &[] },
        came_back: filter.came_back,
        due: filter.due_today.then_some(today),
        item: filter.item.as_deref().unwrap_or_default(),
        kind: filter.kind.map_or("", TaskKind::as_str),
        today,
        light: filter.light.map_or("", Light::as_str),
    }
}
