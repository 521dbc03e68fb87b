//! Uploads, piece by piece.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, multipart},
    http::StatusCode,
};

use crate::{Answer, Problem};

/// The parts of a `multipart/form-data` body, in the order they come.
#[derive(Debug)]
pub struct Multipart(multipart::Multipart);

/// One part of an upload.
#[derive(Debug)]
pub struct Part<'a>(multipart::Field<'a>);

impl Multipart {
    /// The next part; none at the end. The part before must be done with.
    pub async fn next(&mut self) -> Answer<Option<Part<'_>>> {
        match self.0.next_field().await {
            Ok(field) => Ok(field.map(Part)),
            Err(error) => Err(problem(&error)),
        }
    }
}

impl Part<'_> {
    /// Name of the form's field.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name().unwrap_or_default()
    }

    /// Name of the file as the caller gives it: text to show, never a path to write to.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.0.file_name()
    }

    /// The kind of file the caller says it is; what it really is shows in its content.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type()
    }

    /// The next piece; none at the end.
    pub async fn chunk(&mut self) -> Answer<Option<Bytes>> {
        self.0.chunk().await.map_err(|error| problem(&error))
    }

    /// A short text of at most `max_bytes`. Errors: 413 past it, 400 when it is not UTF-8.
    pub async fn text(mut self, max_bytes: usize) -> Answer<String> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.chunk().await? {
            if bytes.len() + piece.len() > max_bytes {
                return Err(Problem::too_large());
            }
            bytes.extend_from_slice(&piece);
        }
        String::from_utf8(bytes).map_err(|_| Problem::bad_request("request.multipart", "表单中的文字不是 UTF-8 编码。"))
    }
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        multipart::Multipart::from_request(request, state)
            .await
            .map(Self)
            .map_err(|_| Problem::unsupported("请以 multipart/form-data 方式上传文件。"))
    }
}

fn problem(error: &multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::too_large()
    } else {
        Problem::bad_request("request.multipart", "上传的内容不完整或者格式不对，请重新上传。")
    }
}
