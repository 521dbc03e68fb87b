//! Lists by key: a page says where the next one begins, so that rows coming and going do not shift it.

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};

use crate::{Answer, Problem};

/// Entries of a page when the caller does not say.
const DEFAULT_LIMIT: u32 = 20;
/// Most entries of one page.
const MAX_LIMIT: u32 = 100;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries, in the order of the list.
    pub items: Vec<T>,
    /// Pass it as `after` to read on; none on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a page from `rows`, which were read with [`Paging::limit_and_one`] so that one row too many shows there is
    /// more; `key` gives the sort key of the last row shown.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, paging: &Paging, key: impl Fn(&T) -> K) -> Self {
        let limit = paging.limit() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|last| cursor::write(&key(last))) } else { None };
        Self { items: rows, next }
    }

    /// The same page of other things.
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next: self.next }
    }
}

/// Which page of a list: fields of the query, alone or flattened into a list's own query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// 上一页返回的 `next`；不填则从头开始。
    #[serde(default)]
    pub after: Option<String>,
    /// 每页条数，1 至 100，默认 20。
    #[serde(default, deserialize_with = "number_or_text")]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
}

impl Paging {
    /// Entries wanted: 20 unless said, 1 to 100.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }

    /// One more than wanted, so that the reader sees whether there is a next page.
    #[must_use]
    pub fn limit_and_one(&self) -> i64 {
        i64::from(self.limit()) + 1
    }

    /// Where to begin: none for the first page. Errors: 422 at `/after` when the cursor is not one of ours.
    pub fn start<K: de::DeserializeOwned>(&self) -> Answer<Option<K>> {
        self.after.as_deref().filter(|text| !text.is_empty()).map(cursor::read).transpose()
    }
}

/// A number that may come as text: a query flattened into a struct hands over text only.
fn number_or_text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u32),
        Text(String),
    }
    match Option::<Either>::deserialize(d)? {
        None => Ok(None),
        Some(Either::Number(number)) => Ok(Some(number)),
        Some(Either::Text(text)) if text.is_empty() => Ok(None),
        Some(Either::Text(text)) => text.parse().map(Some).map_err(de::Error::custom),
    }
}

/// Opaque cursors: the sort key of the last entry shown.
pub mod cursor {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::{Answer, Problem, Serialize, de};

    /// Longest cursor worth reading, characters.
    const MAX_CHARS: usize = 1000;

    /// Writes a sort key, such as `&(created_ms, id)`.
    #[must_use]
    pub fn write<K: Serialize>(key: &K) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    /// Reads what [`fn@write`] wrote. Errors: 422 at `/after`.
    pub fn read<K: de::DeserializeOwned>(text: &str) -> Answer<K> {
        let wrong = || {
            let fault = kernel::Fault::new("/after", "cursor", "请使用上一页返回的 next，不要自行填写。");
            Problem::invalid("request.cursor", vec![fault])
        };
        if text.len() > MAX_CHARS {
            return Err(wrong());
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        serde_json::from_slice(&bytes).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_a_forged_one_refused() {
        let written = cursor::write(&(12_i64, "a"));
        assert_eq!(cursor::read::<(i64, String)>(&written).unwrap(), (12, "a".to_owned()));
        for forged in ["x", "", "!!!!", "WzFd"] {
            assert_eq!(cursor::read::<(i64, String)>(forged).unwrap_err().status().as_u16(), 422, "{forged}");
        }
    }

    #[test]
    fn a_page_points_on_only_when_there_is_more() {
        let paging = Paging { after: None, limit: Some(2) };
        let page = Page::cut(vec![1, 2, 3], &paging, |n| *n);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(cursor::read::<i32>(&page.next.unwrap()).unwrap(), 2);
        assert_eq!(Page::cut(vec![1, 2], &paging, |n| *n).next, None);
    }

    #[test]
    fn the_limit_stays_within_bounds() {
        let limit = |limit| Paging { after: None, limit }.limit();
        assert_eq!((limit(None), limit(Some(0)), limit(Some(1000))), (20, 1, 100));
    }
}
