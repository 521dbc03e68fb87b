//! A file of a draft, to look at before it is handed in.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use cases::CaseError;
use kernel::FileId;
use webkit::{Answer, Look, Path};

use super::Applying;

/// Pictures and PDF are shown by the browser, other kinds are saved. Nothing in them may run: they were examined when they
/// came, and the policy lets a page of ours do nothing here.
pub(super) async fn show(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id, file)): Path<(String, FileId, FileId)>,
) -> Answer<Response> {
    let cases = &applying.cases;
    let mut tx = cases.db.read().await?;
    let kept = cases.draft(&look.act, &mut tx, id).await?;
    let handed = kept.draft.materials.values().any(|handed| handed.files().contains(&file));
    if kept.draft.item != slug || !handed {
        return Err(CaseError::NotFound.into());
    }
    drop(tx);
    cases.record_download(&look.act, file).await?;
    let content = cases.blobs.open(file).await?;
    let kind = content.meta.media_type.as_str();
    let viewed = kind.starts_with("image/") || kind == "application/pdf";
    let headers = blobs::headers(&content.meta);
    let mut response = Body::from_stream(content.stream).into_response();
    for (name, value) in headers {
        let value = match name {
            "content-disposition" if viewed => value.replacen("attachment", "inline", 1),
            // Browsers show no PDF in a sandbox.
            "content-security-policy" if kind == "application/pdf" => {
                "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'".to_owned()
            }
            _ => value,
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}
