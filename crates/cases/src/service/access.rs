//! Why somebody looks at a case: every look at personal data is recorded with its reason (个人信息保护法 第五十一条;
//! GB/T 22239—2019 8.1.4.3).

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, FileId, Timestamp};
use serde_json::{Value, json};

use super::{CaseSight, Cases, Sight};
use crate::{
    domain::{case::Case, tasks::Task},
    error::CaseError,
    service::MyCases,
    store,
};

/// Looks at a case in the trail.
const SEEN: &str = "cases.seen";
/// Cases of a person, the newest, whose looks are listed.
const CASES_LISTED: i64 = 20;

/// One look of an office at a case, as its applicant reads it (个人信息保护法 第四十五条): the body, never the name of whoever
/// looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLook {
    /// When.
    pub at: Timestamp,
    /// Key of the department of whoever looked; none for supervision and other bodies of the city itself.
    pub department: Option<String>,
    /// Number of the case.
    pub number: String,
    /// Name of its item.
    pub item: String,
    /// What was looked at, in words.
    pub part: &'static str,
    /// Why, as it was given or as it followed from the task.
    pub reason: String,
}

const fn part_in_words(part: &str) -> &'static str {
    match part.as_bytes() {
        b"file" => "材料文件",
        b"document" | b"documents" => "文书",
        b"messages" => "留言",
        b"course" | b"events" => "办理经过",
        b"receipt" => "回执",
        _ => "申请内容",
    }
}

/// Why `act` may look at this case without giving a reason: what is the looker's own, or waits for the looker's department,
/// needs none beyond that. None: a reason must be given.
fn by_relation(act: &Act, sight: Sight, case: &Case, tasks: &[Task]) -> Option<&'static str> {
    match (sight, &act.actor) {
        (Sight::Own, Actor::Agent { .. }) => Some("本企业的办件"),
        (Sight::Own, _) => Some("本人的办件"),
        (Sight::Course, _) => Some("监督检查"),
        (Sight::Office, Actor::Staff { account, department, .. }) => {
            if case.claims.values().any(|claim| claim.account == *account) {
                Some("办理本人认领的任务")
            } else if tasks.iter().any(|t| t.department == *department) {
                Some("办理本部门待办任务")
            } else {
                None
            }
        }
        (Sight::Office, _) => Some("系统办理"),
    }
}

fn reason_of(act: &Act, sight: Sight, case: &Case, tasks: &[Task]) -> Result<String, CaseError> {
    match &act.reason {
        Some(reason) => Ok(reason.clone()),
        None => by_relation(act, sight, case, tasks).map(str::to_owned).ok_or(CaseError::ReasonNeeded),
    }
}

impl Cases {
    /// Records that `act` looks at `part` of a case, with the reason given or the one that follows from the relation: own
    /// case, task held, task waiting in the department, supervision. What cannot be recorded is not to be shown.
    ///
    /// # Errors
    /// [`CaseError::ReasonNeeded`] for staff in whose department nothing waits in the case and who gave no reason; when the trail
    /// cannot be written.
    pub async fn record_look(&self, act: &Act, seen: &CaseSight, part: &'static str) -> Result<(), CaseError> {
        let reason = reason_of(act, seen.sight, &seen.case, &seen.tasks)?;
        let kept = self.keep_look(act, SEEN, format!("case:{}", seen.case.number), reason, Some(part)).await;
        match kept {
            // Nobody is kept from what is his own because a disk is full.
            Err(error) if seen.sight == Sight::Own => {
                tracing::warn!(case = seen.case.number, %error, "an applicant's look at the own case was not recorded");
                Ok(())
            }
            other => other,
        }
    }

    /// Records that `act` takes a file: uploaded by the taker, or handed in with a case whose form the taker may see.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] for other people's files; as [`Cases::record_look`].
    pub async fn record_download(&self, act: &Act, file: FileId) -> Result<(), CaseError> {
        let (reason, case) = {
            let mut tx = self.db.read().await?;
            self.reason_for_file(act, &mut tx, file).await?
        };
        if let Some(number) = case {
            // Whose case it is reads there who looked: a file is a part of it.
            self.keep_look(act, SEEN, format!("case:{number}"), reason.clone(), Some("file")).await?;
        }
        self.keep_look(act, "files.downloaded", format!("file:{file}"), reason, None).await
    }

    /// Why, and of which case where the file is not the taker's own.
    async fn reason_for_file(
        &self,
        act: &Act,
        tx: &mut Tx,
        file: FileId,
    ) -> Result<(String, Option<String>), CaseError> {
        match self.blobs.meta(tx, file).await {
            Ok(meta) if meta.uploaded_by(act) || meta.uploaded_for(act) => {
                return Ok((act.reason.clone().unwrap_or_else(|| "本人上传的文件".to_owned()), None));
            }
            Ok(_) => {}
            Err(blobs::BlobError::NotFound(_)) => return Err(CaseError::NotFound),
            Err(other) => return Err(other.into()),
        }
        let mut refused = CaseError::NotFound;
        for case in store::cases_of_file(tx, file).await? {
            let case = self.load(tx, case).await?.case;
            let Ok(seen) = self.sighted(act, tx, case).await else { continue };
            if seen.sight == Sight::Course {
                continue;
            }
            match reason_of(act, seen.sight, &seen.case, &seen.tasks) {
                Ok(reason) => return Ok((reason, Some(seen.case.number))),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Looks of offices at the caller's newest cases and their files, the newest first.
    ///
    /// # Errors
    /// When the trail cannot be read.
    pub async fn who_looked(&self, act: &Act, tx: &mut Tx, limit: i64) -> Result<Vec<CaseLook>, CaseError> {
        let mut looks = Vec::new();
        for case in self.my_cases(act, tx, MyCases::All, None, CASES_LISTED).await? {
            let object = format!("case:{}", case.number);
            for record in audit::records_about(tx, &object, SEEN, limit).await? {
                let actor: Value = serde_json::from_str(&record.actor).unwrap_or_default();
                if actor["kind"] != "staff" {
                    continue;
                }
                let detail: Value = serde_json::from_str(&record.detail).unwrap_or_default();
                looks.push(CaseLook {
                    at: record.at,
                    department: actor["department"].as_str().map(str::to_owned),
                    number: case.number.clone(),
                    item: case.item_name.clone(),
                    part: part_in_words(detail["part"].as_str().unwrap_or_default()),
                    reason: record.reason.unwrap_or_default(),
                });
            }
        }
        looks.sort_by_key(|look| std::cmp::Reverse(look.at));
        looks.truncate(usize::try_from(limit).unwrap_or_default());
        Ok(looks)
    }

    async fn keep_look(
        &self,
        act: &Act,
        event: &'static str,
        object: String,
        reason: String,
        part: Option<&'static str>,
    ) -> Result<(), CaseError> {
        self.db
            .write((act.clone(), object, reason), move |tx, (act, object, reason)| {
                Box::pin(async move {
                    let entry = Entry { reason: Some(reason), ..Entry::new(event, object) };
                    let detail = part.map_or_else(|| json!({}), |part| json!({ "part": part }));
                    audit::record(act, tx, entry.with(detail)).await
                })
            })
            .await?;
        Ok(())
    }
}
