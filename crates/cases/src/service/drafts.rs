//! Applications begun and not handed in: kept sealed, found again on any device.

use std::collections::BTreeMap;

use db::Tx;
use kernel::{Act, FileId, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Cases;
use crate::{
    domain::{decide::Rejection, event::Handed},
    error::CaseError,
    store,
};

/// What is kept of an application begun. Nothing is checked: a draft may be wrong and incomplete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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

fn kept(row: store::DraftRow) -> Result<KeptDraft, CaseError> {
    Ok(KeptDraft {
        id: row.id.into(),
        item_name: row.item_name,
        changed_at: row.changed_at,
        version: row.version,
        draft: serde_json::from_str(&row.content).map_err(|e| CaseError::corrupt("case_draft.sealed", &e))?,
    })
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

    /// Keeps a draft under `id`, new or changed; answers its version.
    ///
    /// # Errors
    /// When there is no such item, the draft is too long, or `id` is a draft of another item.
    pub async fn keep_draft(&self, act: &Act, tx: &mut Tx, id: FileId, draft: &Draft) -> Result<i64, CaseError> {
        let subject = Self::owner(act)?;
        let procedure = self.catalogue.procedure(tx, &draft.item, None).await?;
        let content = serde_json::to_string(draft).map_err(|e| CaseError::corrupt("draft", &e))?;
        if content.len() > LIMIT_BYTES {
            return Err(Rejection::invalid("cases.draft-too-long", "草稿内容过长，请精简后保存。", Vec::new()).into());
        }
        let item = (draft.item.as_str(), procedure.item.name.as_str());
        let version = store::keep_draft(tx, &self.keys, subject, id.get(), item, &content, act.at).await?;
        version.ok_or_else(|| {
            Rejection {
                kind: kernel::Kind::Conflict,
                code: "cases.draft-of-another-item",
                advice: "这个草稿属于另一个事项，请新建草稿。".to_owned(),
                faults: Vec::new(),
            }
            .into()
        })
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

    /// Removes one of the caller's drafts.
    ///
    /// # Errors
    /// Not found when it is not the caller's.
    pub async fn drop_draft(&self, act: &Act, tx: &mut Tx, id: FileId) -> Result<(), CaseError> {
        let subject = Self::owner(act)?;
        if store::drop_draft(tx, subject, id.get()).await? { Ok(()) } else { Err(CaseError::NotFound) }
    }
}
