//! Nothing typed is ever lost: a form that was sent after the session had ended travels through the sign-in in hidden
//! fields of the page. Nothing of it is kept on the server, and passwords are never carried.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use maud::{Markup, html};

use crate::{Answer, Fields, Multipart, Problem, here_or};

/// Hidden fields of the sign-in page that carry the form.
const PATH: &str = "resume-path";
const BODY: &str = "resume-body";
const FILES: &str = "resume-files";
/// Most that is carried, bytes of the encoded form. Encoded once more it still fits the sign-in's body.
const CARRIED_MAX_BYTES: usize = 384 << 10;
/// Most that is read of an upload to find its texts among the files.
const UPLOAD_READ_MAX_BYTES: usize = 8 << 20;
/// Longest text of one field of an upload.
const TEXT_MAX_BYTES: usize = 64 << 10;

/// A form on its way through the sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    path: String,
    fields: Fields,
    files: bool,
}

impl Carried {
    /// The form to be sent to `path` again, without its passwords.
    pub(crate) fn of(path: &str, fields: &Fields) -> Self {
        Self { path: path.to_owned(), fields: without_passwords(fields.pairs()), files: false }
    }

    /// The form that somebody posted whose session has ended; none when it is too long to be carried.
    pub(crate) async fn posted(request: Request) -> Option<Self> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let path = here_or(&path, "/").to_owned();
        if kind_is(request.headers(), "multipart/form-data") {
            let fields = texts_of_upload(request).await?;
            return Some(Self { path, fields, files: true });
        }
        let bytes = to_bytes(request.into_body(), CARRIED_MAX_BYTES).await.ok()?;
        Some(Self::of(&path, &Fields::read(&bytes)))
    }

    /// The form that a sign-in page carried along; none where there is none or it leads to another site.
    pub(crate) fn found_in(fields: &Fields) -> Option<Self> {
        let path = here_or(fields.one(PATH), "");
        if path.is_empty() {
            return None;
        }
        let body = Fields::read(fields.one(BODY).as_bytes());
        Some(Self { files: fields.has(FILES), ..Self::of(path, &body) })
    }

    /// Where the person came from: the page that bears the form, `here` having been the sign-in page.
    pub(crate) fn back<'a>(&'a self, here: &'a str) -> &'a str {
        if here.starts_with("/sign-in") || here == self.path { "/" } else { here }
    }

    /// Files were chosen in the form; they do not travel and must be chosen again.
    pub(crate) fn had_files(&self) -> bool {
        self.files
    }

    /// Hidden fields for a sign-in form, so that the form goes on after signing in.
    #[must_use]
    pub fn hidden_fields(&self) -> Markup {
        html! {
            input type="hidden" name=(PATH) value=(self.path);
            input type="hidden" name=(BODY) value=(self.fields.encode());
            @if self.files { input type="hidden" name=(FILES) value="yes"; }
        }
    }

    /// The same form, to be sent to the same place with one button.
    pub(crate) fn form(&self, label: &str) -> Markup {
        html! {
            form method="post" action=(self.path) enctype=[self.files.then_some("multipart/form-data")] data-once {
                @for (name, value) in self.fields.pairs() {
                    // A line break at the beginning of a value survives in an attribute.
                    input type="hidden" name=(name) value=(value);
                }
                button.button type="submit" { (label) }
            }
        }
    }
}

fn secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("password") || name.contains("secret")
}

fn without_passwords(pairs: &[(String, String)]) -> Fields {
    Fields::of(pairs.iter().filter(|(name, _)| !secret(name)).cloned().collect())
}

/// What a person typed, for a page that could not do it: no keys, no passwords, nothing the page itself put there.
pub(crate) fn typed_texts(fields: &Fields) -> Vec<&str> {
    let own =
        |name: &str| secret(name) || name == crate::ui::forms::ONCE || name == "next" || name.starts_with("resume-");
    let worth = |value: &str| value.chars().count() >= 12 || !value.is_ascii();
    let pairs = fields.pairs().iter();
    pairs.filter(|(name, value)| !own(name) && worth(value.trim())).map(|(_, value)| value.as_str()).collect()
}

/// Whether the form may be sent again as it is.
pub(crate) fn complete(fields: &Fields) -> bool {
    !fields.pairs().is_empty() && !fields.pairs().iter().any(|(name, _)| secret(name))
}

pub(crate) fn kind_is(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

/// Takes the body of a page's form whole and puts it back.
///
/// # Errors
/// 413 past the route's limit, 400 when it breaks off.
pub(crate) async fn read_form(request: Request) -> Answer<(Request, Fields)> {
    let (parts, body) = request.into_parts();
    let bytes = match Bytes::from_request(Request::new(body), &()).await {
        Ok(bytes) => bytes,
        Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => return Err(Problem::too_large()),
        Err(_) => return Err(Problem::bad_request("request.body", "提交的内容没有传完，请重试。")),
    };
    let fields = Fields::read(&bytes);
    Ok((Request::from_parts(parts, Body::from(bytes)), fields))
}

/// The texts of an upload, its files left out. What stands behind more file bytes than are read here is not found.
async fn texts_of_upload(request: Request) -> Option<Fields> {
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let (mut pairs, mut carried, mut skipped) = (Vec::new(), 0, 0);
    while let Ok(Some(mut part)) = parts.next().await {
        if part.file_name().is_some() {
            while let Ok(Some(piece)) = part.chunk().await {
                skipped += piece.len();
                if skipped > UPLOAD_READ_MAX_BYTES {
                    return Some(without_passwords(&pairs));
                }
            }
            continue;
        }
        let name = part.name().to_owned();
        let text = part.text(TEXT_MAX_BYTES).await.ok()?;
        carried += name.len() + text.len();
        if carried > CARRIED_MAX_BYTES / 3 {
            return None;
        }
        pairs.push((name, text));
    }
    Some(without_passwords(&pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Fields {
        Fields::read(body.as_bytes())
    }

    #[test]
    fn a_form_comes_back_as_it_was_sent_but_for_passwords() {
        let carried =
            Carried::of("/my/cases/G1?tab=talk", &fields("text=%0A%E8%BA%AB%3Cb%3E&x=1&x=2&new-Password=geheim"));
        let page = carried.hidden_fields().into_string();
        assert!(!page.contains("geheim") && !page.contains("<b>"), "{page}");
        let sent = Fields::of(vec![(PATH.into(), carried.path.clone()), (BODY.into(), carried.fields.encode())]);
        assert_eq!(Carried::found_in(&sent), Some(carried.clone()));
        let form = carried.form("继续提交").into_string();
        assert!(
            form.contains("action=\"/my/cases/G1?tab=talk\"") && form.contains("value=\"\n身&lt;b&gt;\""),
            "{form}"
        );
        assert_eq!(form.matches("name=\"x\"").count(), 2, "{form}");
    }

    #[test]
    fn nothing_is_carried_to_another_site() {
        for path in ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:alert(1)"] {
            let sent = Fields::of(vec![(PATH.into(), path.into()), (BODY.into(), "a=b".into())]);
            assert_eq!(Carried::found_in(&sent), None, "{path}");
        }
    }

    #[test]
    fn keys_and_passwords_are_no_text_that_somebody_typed() {
        let sent =
            fields("once=aaaaaaaaaaaaaaaaaaaaaaaa&password=aaaaaaaaaaaaaaa&next=%2Faaaaaaaaaaaaaaaa&why=%E5%A5%BD&n=1");
        assert_eq!(typed_texts(&sent), ["好"]);
        assert!(!complete(&sent) && complete(&fields("a=1")) && !complete(&fields("")));
    }
}
