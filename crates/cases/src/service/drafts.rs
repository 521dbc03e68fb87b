//! Applications begun and not handed in: kept sealed, found again on any device.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::domain::Delivery;
use db::Tx;
use jiff::SignedDuration;
use kernel::{Act, FileId, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Cases;
use crate::{
    domain::{
        decide::Rejection,
        event::{Handed, Receiving},
    },
    error::CaseError,
    store,
};

/// Natural days after which a draft that nobody changed is removed, with its files (个人信息保护法 第十九条: kept no longer
/// than needed).
pub const DRAFT_DAYS: i64 = 90;

/// What is kept of an application begun. Nothing is checked: a draft may be wrong and incomplete, and an answer stays as
/// it was typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Slug of the item.
    pub item: String,
    /// Answers so far.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Value>,
    /// Materials so far.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub materials: BTreeMap<String, Handed>,
    /// How the result shall be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub delivery: Option<Delivery>,
    /// Where the applicant is reached and where the result goes.
    #[serde(default, skip_serializing_if = "Receiving::is_empty")]
    pub receiving: Receiving,
    /// How far the applicant has come.
    #[serde(default, skip_serializing_if = "DraftProgress::is_empty")]
    pub progress: DraftProgress,
}

/// How far an applicant has come with a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraftProgress {
    /// Pages that were filled in and went through.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub done: BTreeSet<String>,
    /// Which opened page wrote each page last, so that a second window is told from the same one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub writers: BTreeMap<String, String>,
}

impl DraftProgress {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A draft with where it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDraft {
    /// Its id.
    pub id: FileId,
    /// Name of the item.
    pub item_name: String,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
    /// The draft.
    pub draft: Draft,
}

/// Longest draft, bytes of JSON.
const LIMIT_BYTES: usize = 256 * 1024;
/// Drafts removed by one statement.
const AT_ONCE: i64 = 200;

fn kept(row: store::DraftRow) -> Result<KeptDraft, CaseError> {
    Ok(KeptDraft {
        id: row.id.into(),
        item_name: row.item_name,
        changed_at: row.changed_at,
        version: row.version,
        draft: serde_json::from_str(&row.content).map_err(|e| CaseError::corrupt("case_draft.sealed", &e))?,
    })
}

fn written(draft: &Draft) -> Result<String, CaseError> {
    let content = serde_json::to_string(draft).map_err(|e| CaseError::corrupt("draft", &e))?;
    if content.len() > LIMIT_BYTES {
        return Err(Rejection::invalid("cases.draft-too-long", "草稿内容过长，请精简后保存。", Vec::new()).into());
    }
    Ok(content)
}

fn conflict(code: &'static str, advice: &str) -> CaseError {
    Rejection { kind: kernel::Kind::Conflict, code, advice: advice.to_owned(), faults: Vec::new() }.into()
}

/// The files of a draft.
fn files(draft: &Draft) -> BTreeSet<FileId> {
    draft.materials.values().flat_map(Handed::files).copied().collect()
}

impl Cases {
    fn owner(act: &Act) -> Result<SubjectId, CaseError> {
        act.subject().ok_or_else(|| {
            Rejection {
                kind: kernel::Kind::Forbidden,
                code: "cases.applicant-only",
                advice: "草稿由申请人自己保存。".to_owned(),
                faults: Vec::new(),
            }
            .into()
        })
    }

    /// Begins a draft and answers its version, 1.
    ///
    /// # Errors
    /// When the item is not offered, the draft is too long, or the id is taken.
    pub async fn begin_draft(&self, act: &Act, tx: &mut Tx, id: FileId, draft: &Draft) -> Result<i64, CaseError> {
        let subject = Self::owner(act)?;
        let procedure = self.catalogue.procedure(tx, &draft.item, None).await?;
        let item = (draft.item.as_str(), procedure.item.name.as_str());
        if !store::new_draft(tx, &self.keys, subject, id.get(), item, &written(draft)?, act.at).await? {
            return Err(conflict("cases.draft-taken", "这个编号的草稿已经存在，请换一个编号。"));
        }
        self.hold_files(act, tx, &BTreeSet::new(), &files(draft)).await?;
        Ok(1)
    }

    /// Keeps a draft under an id that its writer chose; answers its version. Whatever stood there is replaced.
    ///
    /// # Errors
    /// When the item is unknown, the draft too long, or one of another item stands there.
    pub async fn keep_draft(&self, act: &Act, tx: &mut Tx, id: FileId, draft: &Draft) -> Result<i64, CaseError> {
        let subject = Self::owner(act)?;
        let procedure = self.catalogue.procedure(tx, &draft.item, None).await?;
        let before = store::draft(tx, &self.keys, subject, id.get()).await?.map(kept).transpose()?;
        let item = (draft.item.as_str(), procedure.item.name.as_str());
        let version = store::keep_draft(tx, &self.keys, subject, id.get(), item, &written(draft)?, act.at).await?;
        let Some(version) = version else {
            return Err(conflict("cases.draft-of-another-item", "这个草稿属于另一个事项，请新建草稿。"));
        };
        let before = before.map(|kept| files(&kept.draft)).unwrap_or_default();
        self.hold_files(act, tx, &before, &files(draft)).await?;
        Ok(version)
    }

    /// Changes the draft of version `seen`; answers its new version. A draft may be changed while its item takes no new
    /// applications: nothing typed is lost.
    ///
    /// # Errors
    /// Not found when it is not the caller's; [`CaseError::Precondition`] when another version stands, which was written
    /// in another window or on another device; when it is too long or of another item.
    pub async fn keep_draft_at(
        &self,
        act: &Act,
        tx: &mut Tx,
        id: FileId,
        draft: &Draft,
        seen: i64,
    ) -> Result<i64, CaseError> {
        let subject = Self::owner(act)?;
        let before = self.draft(act, tx, id).await?;
        if before.draft.item != draft.item {
            return Err(conflict("cases.draft-of-another-item", "这个草稿属于另一个事项，请新建草稿。"));
        }
        if before.version != seen {
            return Err(CaseError::Precondition { present: before.version });
        }
        let version = store::change_draft(tx, &self.keys, subject, id.get(), seen, &written(draft)?, act.at).await?;
        let version = version.ok_or(CaseError::Precondition { present: before.version + 1 })?;
        self.hold_files(act, tx, &files(&before.draft), &files(draft)).await?;
        Ok(version)
    }

    /// Files that came into a draft are kept as long as it; those that left it are given up, unless a case has them.
    async fn hold_files(
        &self,
        act: &Act,
        tx: &mut Tx,
        before: &BTreeSet<FileId>,
        after: &BTreeSet<FileId>,
    ) -> Result<(), CaseError> {
        for (file, came) in
            after.difference(before).map(|f| (*f, true)).chain(before.difference(after).map(|f| (*f, false)))
        {
            let meta = match self.blobs.meta(tx, file).await {
                Ok(meta) => meta,
                // A draft may be wrong: what is not there shows when it is handed in.
                Err(blobs::BlobError::NotFound(_)) => continue,
                Err(other) => return Err(other.into()),
            };
            if !(meta.uploaded_by(act) || meta.uploaded_for(act)) {
                continue;
            }
            if came {
                self.blobs.attach(act, tx, file).await?;
            } else if store::cases_of_file(tx, file).await?.is_empty() {
                self.blobs.release(tx, file).await?;
            }
        }
        Ok(())
    }

    /// One of the caller's drafts.
    ///
    /// # Errors
    /// Not found when it is not the caller's.
    pub async fn draft(&self, act: &Act, tx: &mut Tx, id: FileId) -> Result<KeptDraft, CaseError> {
        let subject = Self::owner(act)?;
        kept(store::draft(tx, &self.keys, subject, id.get()).await?.ok_or(CaseError::NotFound)?)
    }

    /// The caller's drafts, newest first.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub async fn drafts(&self, act: &Act, tx: &mut Tx) -> Result<Vec<KeptDraft>, CaseError> {
        let subject = Self::owner(act)?;
        store::drafts(tx, &self.keys, subject).await?.into_iter().map(kept).collect()
    }

    /// Removes one of the caller's drafts, and gives up its files.
    ///
    /// # Errors
    /// Not found when it is not the caller's.
    pub async fn drop_draft(&self, act: &Act, tx: &mut Tx, id: FileId) -> Result<(), CaseError> {
        let subject = Self::owner(act)?;
        let before = self.draft(act, tx, id).await?;
        if !store::drop_draft(tx, subject, id.get()).await? {
            return Err(CaseError::NotFound);
        }
        self.hold_files(act, tx, &files(&before.draft), &BTreeSet::new()).await
    }

    /// Removes the drafts that nobody has changed for [`DRAFT_DAYS`]; answers how many. May run at any time, and on
    /// several processes at once.
    ///
    /// # Errors
    /// When the database fails or a draft cannot be opened.
    pub async fn sweep_drafts(&self, now: Timestamp) -> Result<u64, CaseError> {
        let than = now.checked_sub(SignedDuration::from_hours(DRAFT_DAYS * 24)).unwrap_or(Timestamp::MIN);
        let mut removed = 0;
        loop {
            let stale = store::stale_drafts(&mut *self.db.read().await?, &self.keys, than, AT_ONCE).await?;
            if stale.is_empty() {
                return Ok(removed);
            }
            for (subject, row) in stale {
                let (id, version) = (row.id, row.version);
                let files: Vec<FileId> = files(&kept(row)?.draft).into_iter().collect();
                let ours = self
                    .db
                    .write((self.clone(), files), move |tx, (cases, files)| {
                        Box::pin(cases.give_up(tx, subject, (id, version), files))
                    })
                    .await?;
                removed += u64::from(ours);
            }
        }
    }

    /// `false`: the draft was changed or removed meanwhile.
    async fn give_up(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        (id, version): (i64, i64),
        files: &[FileId],
    ) -> Result<bool, CaseError> {
        if !store::drop_stale_draft(tx, subject, id, version).await? {
            return Ok(false);
        }
        for file in files {
            let owned = match self.blobs.meta(tx, *file).await {
                Ok(meta) => meta.subject == Some(subject),
                Err(blobs::BlobError::NotFound(_)) => false,
                Err(other) => return Err(other.into()),
            };
            if owned && store::cases_of_file(tx, *file).await?.is_empty() {
                self.blobs.release(tx, *file).await?;
            }
        }
        Ok(true)
    }
}
