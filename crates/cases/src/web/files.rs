//! Files: handed in piece by piece, handed out as attachments.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use kernel::FileId;
use serde::Serialize;
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Multipart, Path, Problem};

use crate::Cases;

/// A file taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FileView {
    /// Id.
    id: String,
    /// SM3 of its bytes.
    sm3: String,
    /// Bytes.
    size: u64,
    /// What it really is.
    media_type: &'static str,
    /// Its name as given.
    name: String,
}

/// 上传文件（multipart，字段名 file，不超过20MB；PDF、OFD、JPEG、PNG、WebP、DOCX、XLSX）
#[utoipa::path(post, path = "/api/v1/files", tag = "文件",
    responses((status = 201, body = FileView), (status = 413), (status = 415), (status = 422)))]
pub(super) async fn upload_file(State(cases): State<Cases>, By(act): By, mut parts: Multipart) -> Answer<Response> {
    while let Some(mut part) = parts.next().await? {
        if part.name() != "file" {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let declared = part.content_type().map(str::to_owned);
        let mut upload = cases.blobs.begin(&act, &name, declared.as_deref(), blobs::LIMIT_BYTES).await?;
        loop {
            match part.chunk().await {
                Ok(Some(piece)) => upload.write(piece).await?,
                Ok(None) => break,
                Err(problem) => {
                    upload.abort().await;
                    return Err(problem);
                }
            }
        }
        let stored = upload.finish().await?;
        let view = FileView {
            id: stored.id.to_string(),
            sm3: stored.sm3,
            size: stored.size,
            media_type: stored.media_type.as_str(),
            name: stored.name,
        };
        return Ok((StatusCode::CREATED, Json(view)).into_response());
    }
    Err(Problem::invalid(
        "files.missing",
        vec![kernel::Fault::new("/file", "required", "请在名为 file 的字段中上传文件。")],
    ))
}

/// 下载文件：本人上传的，或随本部门办件提交的
#[utoipa::path(get, path = "/api/v1/files/{id}", tag = "文件",
    params(("id" = String, Path, description = "文件编号"),
        ("X-Access-Reason" = Option<String>, Header, description = "查看理由：UTF-8，百分号编码，2至200字；本部门没有待办任务时必填")),
    responses((status = 200, description = "文件内容"), (status = 403), (status = 404)))]
pub(super) async fn download_file(State(cases): State<Cases>, By(act): By, Path(id): Path<FileId>) -> Answer<Response> {
    cases.record_download(&act, id).await?;
    let content = cases.blobs.open(id).await?;
    let headers = blobs::headers(&content.meta);
    let mut response = Body::from_stream(content.stream).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}
