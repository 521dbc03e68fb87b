//! Typed ids: a 63-bit number, ordered by time, made by the application and written as 13 characters.

use std::sync::Mutex;

use jiff::Timestamp;

/// Bits of an id below the millisecond: 10 for the node, 12 for the sequence within the millisecond.
const NODE_BITS: u32 = 10;
const SEQUENCE_BITS: u32 = 12;
/// 2019-01-01T00:00:00Z: ids count milliseconds from here and last until 2088.
const EPOCH_MS: i64 = 1_546_300_800_000;
/// Crockford's base 32: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a written id.
const WRITTEN: usize = 13;

struct Source {
    node: i64,
    ms: i64,
    sequence: i64,
}

static SOURCE: Mutex<Source> = Mutex::new(Source { node: 0, ms: 0, sequence: 0 });

/// Sets the node number (0–1023) that this process writes into its ids. Two processes on one database must not share
/// one; the `db` kit leases it when it opens a database.
pub fn use_node(node: u16) {
    let mut source = SOURCE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    source.node = i64::from(node) & ((1 << NODE_BITS) - 1);
}

/// The next id: larger than every id this process made before, and near `now` when the clock did not jump.
pub fn next_id(now: Timestamp) -> i64 {
    let now = (now.as_millisecond() - EPOCH_MS).max(0);
    let mut source = SOURCE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if now > source.ms {
        source.ms = now;
        source.sequence = 0;
    } else {
        source.sequence += 1;
        if source.sequence >> SEQUENCE_BITS != 0 {
            source.ms += 1;
            source.sequence = 0;
        }
    }
    (source.ms << (NODE_BITS + SEQUENCE_BITS)) | (source.node << SEQUENCE_BITS) | source.sequence
}

/// Writes an id as 13 characters of Crockford's base 32, so that text order is time order.
#[doc(hidden)]
pub fn write_id(id: i64, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let mut text = [b'0'; WRITTEN];
    let mut rest = id.cast_unsigned();
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    f.write_str(std::str::from_utf8(&text).map_err(|_| std::fmt::Error)?)
}

/// Reads what [`write_id`] wrote.
#[doc(hidden)]
pub fn read_id(text: &str) -> Result<i64, ParseIdError> {
    if text.len() != WRITTEN {
        return Err(ParseIdError);
    }
    let mut id: u128 = 0;
    for c in text.bytes() {
        let digit = ALPHABET.iter().position(|a| *a == c).ok_or(ParseIdError)?;
        id = (id << 5) | digit as u128;
    }
    i64::try_from(id).map_err(|_| ParseIdError)
}

/// The text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 13 characters of 0-9 and a-z without i, l, o, u are expected")]
pub struct ParseIdError;

/// Declares a typed id: `typed_id!(/** Number of one case (办件). */ CaseId);`
///
/// The id is a `BIGINT` in the database (`get`, `From<i64>`) and 13 characters in text, URLs and JSON.
#[macro_export]
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// A new id, ordered by time.
            #[must_use]
            pub fn fresh(now: $crate::Timestamp) -> Self {
                Self($crate::next_id(now))
            }
            /// The number as the database holds it.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }
        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::ids_private::write_id(self.0, f)
            }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::ParseIdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::ids_private::read_id(text).map(Self)
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}

typed_id!(
    /// A person or an enterprise (主体): everything the platform knows of somebody hangs on it ("一号").
    SubjectId
);
typed_id!(
    /// A login (账户) of a person, an enterprise's agent, or a member of staff.
    AccountId
);
typed_id!(
    /// An uploaded or made file (文件).
    FileId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_stands_or_goes_back() {
        let now = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
        let ids: Vec<i64> = (0..10_000).map(|_| next_id(now)).collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]));
        let earlier = Timestamp::from_millisecond(1_600_000_000_000).unwrap();
        assert!(next_id(earlier) > ids[9_999]);
    }

    #[test]
    fn an_id_is_read_back_and_sorts_as_text() {
        let now = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
        let (a, b) = (SubjectId::fresh(now), SubjectId::fresh(now));
        assert_eq!(a.to_string().parse(), Ok(a));
        assert!(a.to_string() < b.to_string());
        assert_eq!("not-an-id".parse::<SubjectId>(), Err(ParseIdError));
        assert_eq!("zzzzzzzzzzzzz".parse::<SubjectId>(), Err(ParseIdError), "more than 63 bits");
        assert_eq!(serde_json::to_string(&a).unwrap(), format!("\"{a}\""));
    }
}
