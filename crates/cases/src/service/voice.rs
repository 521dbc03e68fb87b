//! The course of a case for pages, messages between applicant and office, and progress without an account.

use db::Tx;
use kernel::{Act, Actor, Date, Failure as _, FileId, Role, Timestamp, city_date};

use super::{CaseSight, Cases, Sight};
use crate::{
    domain::{
        case::State,
        course::{Course, OwnAct, Reader, course},
        voice::{Said, Side},
    },
    error::CaseError,
    store,
};

/// One line of "my matters", with what waits for the applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyCase {
    /// Key of the case.
    pub id: crate::domain::case::CaseId,
    /// Its number.
    pub number: String,
    /// Slug of the item.
    pub item: String,
    /// Name of the item.
    pub item_name: String,
    /// Key of the department.
    pub department: String,
    /// State.
    pub state: State,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// Day by which the office decides.
    pub due: Option<Date>,
    /// What the case waits for from the applicant.
    pub asked: Option<OwnAct>,
    /// Last day for it.
    pub asked_due: Option<Date>,
    /// Messages of the office not yet seen.
    pub unread: i64,
}

/// Which of one's own cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MyCases {
    /// All of them.
    #[default]
    All,
    /// Those that wait for the applicant.
    Asked,
    /// Not over.
    Open,
    /// Over.
    Over,
}

/// A case of the department with messages nobody in the office has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnseenTalk {
    /// Number of the case.
    pub number: String,
    /// Name of the item.
    pub item_name: String,
    /// Messages not seen.
    pub unseen: i64,
    /// When the case changed last.
    pub changed_at: Timestamp,
}

/// What the progress page says without an account: no personal data.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Number of the case.
    pub number: String,
    /// Name of the item.
    pub item: String,
    /// State.
    pub state: State,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// Where it has been, is, and goes; entries bear no words of people.
    pub course: Course,
    /// Something waits for the applicant.
    pub asked: Option<OwnAct>,
    /// The office's days, to say why a day is the one.
    pub today: Date,
}

/// Why progress is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoProgress {
    /// Number and code do not belong together.
    Unknown,
    /// Too many wrong ones from this address within the hour.
    TooMany,
}

/// Wrong codes from one address within an hour before the page closes to it.
const MISSES: i64 = 10;
/// Letters of a query code: none that look like another.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

impl Sight {
    /// For whose eyes the time line is.
    #[must_use]
    pub const fn reader(self) -> Reader {
        match self {
            Self::Own => Reader::Applicant,
            Self::Office => Reader::Office,
            Self::Course => Reader::Supervision,
        }
    }
}

impl Cases {
    /// A case with its course: what applicant, clerk, approver and supervisor pages show.
    ///
    /// # Errors
    /// Not found when there is none, or it is not for the caller's eyes.
    pub async fn course(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<(CaseSight, Course), CaseError> {
        let seen = self.see(act, tx, number).await?;
        let course = self.course_of(tx, &seen, city_date(act.at)).await?;
        Ok((seen, course))
    }

    /// The course of a case that was seen, on `today`.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn course_of(&self, tx: &mut Tx, seen: &CaseSight, today: Date) -> Result<Course, CaseError> {
        let history: Vec<_> =
            store::entries(tx, &self.keys, seen.case.id).await?.into_iter().map(|s| s.entry).collect();
        Ok(course(&seen.case, &seen.procedure, &self.calendar(self.clock.now()), &history, today, seen.sight.reader()))
    }

    /// Messages of a case, oldest first. Supervision sees that there are some, not what they say.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn talk(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<(CaseSight, Vec<Said>), CaseError> {
        let seen = self.see(act, tx, number).await?;
        let mut talk = seen.case.talk.clone();
        if seen.sight == Sight::Course {
            for said in &mut talk {
                said.text.clear();
                said.files.clear();
            }
        }
        Ok((seen, talk))
    }

    /// Notes that the caller's side has seen all messages of the other one.
    ///
    /// # Errors
    /// As [`Cases::see`].
    pub async fn mark_talk_seen(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<(), CaseError> {
        let seen = self.see(act, tx, number).await?;
        let by = |side: Side| seen.case.talk.iter().filter(|s| s.side == side).count();
        let case = &seen.case;
        match seen.sight {
            Sight::Own => {
                store::seen_by_applicant(tx, case.subject, case.id, by(Side::Office)).await?;
            }
            Sight::Office => store::seen_by_office(tx, case.id, by(Side::Applicant)).await?,
            Sight::Course => {}
        }
        Ok(())
    }

    /// Cases of the caller's department with messages of applicants that nobody in the office has seen, oldest change
    /// first, at most `limit`. Nobody outside an office has any.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn unseen_by_office(&self, act: &Act, tx: &mut Tx, limit: i64) -> Result<Vec<UnseenTalk>, CaseError> {
        let Some(department) = act.department() else { return Ok(Vec::new()) };
        let works = [Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk];
        if !works.into_iter().any(|role| act.is(role)) {
            return Ok(Vec::new());
        }
        let region = match &act.actor {
            Actor::Staff { region, .. } => region.clone(),
            _ => None,
        };
        store::unseen_by_office(tx, department, region.as_deref(), limit).await
    }

    /// The caller's own cases, newest first, `limit` behind `after` (instant and id of the last one shown).
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn my_cases(
        &self,
        act: &Act,
        tx: &mut Tx,
        which: MyCases,
        after: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<MyCase>, CaseError> {
        let Some(subject) = act.subject() else { return Ok(Vec::new()) };
        store::my_cases(tx, subject, which, after, limit).await
    }

    /// How many of the caller's cases are in each group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn my_counts(&self, act: &Act, tx: &mut Tx) -> Result<MyCounts, CaseError> {
        let Some(subject) = act.subject() else { return Ok(MyCounts::default()) };
        Ok(store::my_counts(tx, subject).await?)
    }

    /// Messages of the office in one of the caller's cases that the caller has not seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unread_of(&self, act: &Act, tx: &mut Tx, case: crate::domain::case::CaseId) -> Result<i64, CaseError> {
        match act.subject() {
            Some(subject) => Ok(store::unread_of(tx, subject, case).await?),
            None => Ok(0),
        }
    }

    /// The code by which anybody who holds a receipt of the case follows it without an account. Made from a key and the
    /// number, so that it need not be kept.
    #[must_use]
    pub fn query_code(&self, number: &str) -> String {
        let digest = gm::sm3(self.keys.blind("case.query-code", number).as_bytes());
        let code: String =
            digest.iter().take(8).map(|b| char::from(LETTERS[usize::from(*b) % LETTERS.len()])).collect();
        format!("{}-{}", &code[..4], &code[4..])
    }

    /// How a case stands, for whoever has its number and query code. The caller's address may be wrong ten times an hour.
    ///
    /// # Errors
    /// When the database fails. `Ok(Err(_))` says why nothing is shown.
    pub async fn progress(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
        code: &str,
    ) -> Result<Result<Progress, NoProgress>, CaseError> {
        let hour = act.at.as_second().div_euclid(3600);
        // Behind a proxy that hides addresses everybody comes from here: nobody is shut out for others.
        let who = act.address.as_deref().filter(|a| !matches!(*a, "127.0.0.1" | "::1"));
        let who = who.map(|address| self.keys.blind("case.progress-address", address));
        if let Some(who) = &who
            && store::misses(tx, who, hour).await? >= MISSES
        {
            return Ok(Err(NoProgress::TooMany));
        }
        let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
        let given: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let right: String = self.query_code(&number).chars().filter(char::is_ascii_alphanumeric).collect();
        let found = match store::case_of_number(tx, &number).await? {
            Some(id) if gm::equal(given.as_bytes(), right.as_bytes()) => Some(id),
            _ => None,
        };
        let Some(id) = found else {
            if let Some(who) = &who {
                store::miss(tx, who, hour).await?;
            }
            return Ok(Err(NoProgress::Unknown));
        };
        let case = self.load(tx, id).await?.case;
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let today = city_date(act.at);
        let history: Vec<_> = store::entries(tx, &self.keys, id).await?.into_iter().map(|s| s.entry).collect();
        let mut course = course(&case, &procedure, &self.calendar(self.clock.now()), &history, today, Reader::Office);
        for entry in &mut course.entries {
            // Words of people, receipts and numbers of certificates are not for whoever finds a piece of paper.
            entry.text.clear();
            entry.document = None;
        }
        let asked =
            crate::domain::course::open_to_applicant(&case, today).into_iter().map(|o| o.act).find(|a| a.is_asked());
        Ok(Ok(Progress {
            number: case.number.clone(),
            item: procedure.item.name.clone(),
            state: case.state(),
            submitted_at: case.submitted_at,
            course,
            asked,
            today,
        }))
    }

    /// Keeps what the applicant has typed of a correction or statement and not sent yet.
    ///
    /// # Errors
    /// Not found for other people's cases.
    pub async fn keep_supplement(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
        content: &serde_json::Value,
    ) -> Result<(), CaseError> {
        let case = self.own(act, tx, number).await?;
        store::keep_supplement(tx, &self.keys, case, &content.to_string(), act.at).await
    }

    /// What the applicant has typed of a correction and not sent yet.
    ///
    /// # Errors
    /// Not found for other people's cases.
    pub async fn kept_supplement(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
    ) -> Result<Option<serde_json::Value>, CaseError> {
        let case = self.own(act, tx, number).await?;
        let Some(kept) = store::kept_supplement(tx, &self.keys, case).await? else { return Ok(None) };
        serde_json::from_str(&kept).map(Some).map_err(|e| CaseError::corrupt("case_supplement_draft.sealed", &e))
    }

    /// Forgets it: sent, or no longer asked for.
    ///
    /// # Errors
    /// Not found for other people's cases.
    pub async fn drop_supplement(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<(), CaseError> {
        let case = self.own(act, tx, number).await?;
        Ok(store::drop_supplement(tx, case).await?)
    }

    async fn own(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<crate::domain::case::CaseId, CaseError> {
        let seen = self.see(act, tx, number).await?;
        if seen.sight == Sight::Own { Ok(seen.case.id) } else { Err(CaseError::NotFound) }
    }

    /// A file of a case for the caller's eyes: its name, kind and size. `None` when it is not there any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file_facts(&self, tx: &mut Tx, file: FileId) -> Result<Option<FileFacts>, CaseError> {
        match self.blobs.meta(tx, file).await {
            Ok(meta) => Ok(Some(FileFacts { name: meta.name, bytes: meta.size })),
            Err(error) if error.kind() == kernel::Kind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a page says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Name as it was uploaded.
    pub name: String,
    /// Size.
    pub bytes: u64,
}

/// How many of a person's cases are in each group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MyCounts {
    /// All.
    pub all: i64,
    /// Waiting for the applicant.
    pub asked: i64,
    /// Not over.
    pub open: i64,
    /// Messages of offices not seen.
    pub unread: i64,
}
