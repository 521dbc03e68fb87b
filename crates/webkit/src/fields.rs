//! The fields of a page's form as they came: in their order, repeated names kept, nothing lost.

use axum::extract::{FromRequest, Request};
use form_urlencoded::Serializer;

use crate::{Answer, Problem, extract};

/// Fields of a page's form (`application/x-www-form-urlencoded`), for forms that are made from data and whose names are
/// therefore not known to the compiler. Bytes that are no UTF-8 become U+FFFD.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads an encoded body.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// These pairs, in this order.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value under `name`; empty when there is none.
    #[must_use]
    pub fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value under `name`, in the order of the form.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the form held `name`, be it empty.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All names and values, in the order of the form.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The fields as a body once more.
    #[must_use]
    pub fn encode(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let bytes = extract::form_bytes(request, state).await?;
        Ok(Self::read(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_are_kept() {
        let fields = Fields::read("b=2&a=%E8%BA%AB+%26&b=3&empty=&b=".as_bytes());
        assert_eq!((fields.one("b"), fields.one("a"), fields.one("none")), ("2", "身 &", ""));
        assert_eq!(fields.all("b").collect::<Vec<_>>(), ["2", "3", ""]);
        assert!(fields.has("empty") && !fields.has("none"));
        assert_eq!(Fields::read(fields.encode().as_bytes()), fields);
        assert_eq!(fields.pairs()[0], ("b".to_owned(), "2".to_owned()));
    }

    #[test]
    fn whatever_comes_can_be_read() {
        for body in [&b""[..], b"&&=&", b"%", b"%zz=%", b"a=\xff\xfe", b"=v"] {
            let fields = Fields::read(body);
            assert_eq!(Fields::read(fields.encode().as_bytes()), fields, "{body:?}");
        }
    }
}
