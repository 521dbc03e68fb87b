//! Files of a case, shown in the browser where their kind cannot run anything, handed out otherwise.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use blobs::MediaType;
use cases::{
    CaseError, CaseSight, Sight,
    domain::event::{Event, Recorded},
};
use kernel::FileId;
use serde::Deserialize;
use webkit::{Answer, Look, Path, Query, plain_reason};

use super::{Window, just_done};

/// Why somebody looks, where nothing of the case waits for his department.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Why {
    reason: String,
}

impl Why {
    /// The reason as typed.
    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}

/// What a browser may show by itself. None of these kinds runs code outside its own viewer; the policy forbids the rest.
const fn shown_inline(kind: MediaType) -> bool {
    matches!(kind, MediaType::Pdf | MediaType::Jpeg | MediaType::Png | MediaType::Webp)
}

/// Whether the file was handed in with this case, now or before a correction, or belongs to a message.
fn belongs(seen: &CaseSight, history: &[Recorded], file: FileId) -> bool {
    seen.case.talk.iter().any(|said| said.files.contains(&file))
        || history.iter().any(|entry| match &entry.event {
            Event::Submitted { materials, .. }
            | Event::Supplemented { materials, .. }
            | Event::DeferredSupplied { materials }
            | Event::PaperTaken { materials } => materials.values().any(|h| h.files().contains(&file)),
            _ => false,
        })
}

pub(super) async fn show(
    State(window): State<Window>,
    look: Look,
    Path((number, file)): Path<(String, FileId)>,
    Query(why): Query<Why>,
) -> Answer<Response> {
    let mut act = look.act.clone();
    let (seen, history) = window.cases.history(&act, &mut *window.cases.db.read().await?, &number).await?;
    if seen.sight != Sight::Office || !belongs(&seen, &history, file) {
        return Err(CaseError::NotFound.into());
    }
    act.reason = act.reason.take().or_else(|| plain_reason(&why.reason)).or_else(|| just_done(&act, &history));
    window.cases.record_download(&act, file).await?;
    let content = window.cases.blobs.open(file).await?;
    let inline = shown_inline(content.meta.media_type);
    let headers = blobs::headers(&content.meta);
    let mut response = Body::from_stream(content.stream).into_response();
    for (name, value) in headers {
        let value = match name {
            "content-disposition" if inline => value.replacen("attachment", "inline", 1),
            _ => value,
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}
