//! SM3 (GB/T 32905—2016) in the shapes the records need: one digest, a stream, a keyed digest, a chain.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sm3::{Digest, Sm3};
use subtle::ConstantTimeEq;

/// The head of a chain that holds no record yet: 32 zero bytes.
pub const START: [u8; 32] = [0; 32];

/// The SM3 digest of `bytes`.
#[must_use]
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    Sm3::digest(bytes).into()
}

/// The SM3 digest of `bytes` as 64 lower-case hexadecimal characters.
#[must_use]
pub fn digest_hex(bytes: &[u8]) -> String {
    ::hex::encode(sm3(bytes))
}

/// `bytes` as lower-case hexadecimal characters.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    ::hex::encode(bytes)
}

/// SM3 over a stream, for files that are never held in memory at once.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sm3);

impl Hasher {
    /// A digest of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    /// The digest of everything taken in.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
    /// The digest of everything taken in, as 64 hexadecimal characters.
    #[must_use]
    pub fn finish_hex(self) -> String {
        ::hex::encode(self.finish())
    }
}

/// The keyed digest HMAC-SM3. A key of any length is lawful input.
#[must_use]
#[expect(clippy::expect_used, reason = "HMAC takes a key of every length, so the constructor cannot refuse")]
pub fn hmac_sm3(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of every length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether two secrets are the same, in a time that does not depend on where they differ.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no random numbers: nothing secret may be made then.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without random numbers no secret may be made; stopping is the only safe answer"
)]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    bytes
}

/// A new secret of 32 random bytes, written in 43 characters that may stand in a URL or a header.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What is stored of a [`token`]: its SM3 digest in hexadecimal. The token itself has 256 random bits, so that no salt
/// and no slow hash is needed.
#[must_use]
pub fn token_digest(token: &str) -> String {
    digest_hex(token.as_bytes())
}

/// The next link of a chain: SM3 over the link before it followed by the record.
#[must_use]
pub fn chain(prev: &[u8; 32], record: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::new();
    hasher.update(prev);
    hasher.update(record);
    hasher.finish()
}

/// A chain of records under way: each link commits to everything before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    head: [u8; 32],
}

impl Default for Chain {
    fn default() -> Self {
        Self::start()
    }
}

impl Chain {
    /// A chain without records.
    #[must_use]
    pub const fn start() -> Self {
        Self { head: START }
    }
    /// Goes on after a known head.
    #[must_use]
    pub const fn from_head(head: [u8; 32]) -> Self {
        Self { head }
    }
    /// Goes on after a head that was stored as 64 hexadecimal characters; none when the text is not such a head.
    #[must_use]
    pub fn from_hex(head: &str) -> Option<Self> {
        let mut bytes = START;
        ::hex::decode_to_slice(head, &mut bytes).ok()?;
        Some(Self { head: bytes })
    }
    /// The link of the last record.
    #[must_use]
    pub const fn head(&self) -> &[u8; 32] {
        &self.head
    }
    /// The link of the last record, as it is stored.
    #[must_use]
    pub fn head_hex(&self) -> String {
        ::hex::encode(self.head)
    }
    /// Takes in the next record and gives its link.
    pub fn push(&mut self, record: &[u8]) -> [u8; 32] {
        self.head = chain(&self.head, record);
        self.head
    }
}

/// One text for one JSON value: members sorted by name, no white space. What is chained or signed is always this text,
/// so that neither the order of members nor a library's map type can break a chain.
#[must_use]
pub fn canonical(value: &serde_json::Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &serde_json::Value, out: &mut String) {
    use serde_json::Value;
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            out.push('{');
            for (i, name) in names.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                write_canonical(&members[name], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../data/test-vectors/gm_vectors.json")).unwrap()
    }

    #[test]
    fn sm3_gives_the_published_digests() {
        let vectors = vectors();
        let list = vectors["sm3"].as_array().unwrap();
        assert!(list.len() >= 4);
        for vector in list {
            let message = ::hex::decode(vector["msg_hex"].as_str().unwrap()).unwrap();
            assert_eq!(digest_hex(&message), vector["digest"].as_str().unwrap(), "{}", vector["source"]);
            let mut stream = Hasher::new();
            message.chunks(7).for_each(|part| stream.update(part));
            assert_eq!(stream.finish_hex(), vector["digest"].as_str().unwrap());
        }
    }

    #[test]
    fn hmac_sm3_gives_the_known_digests() {
        for vector in vectors()["hmac_sm3"].as_array().unwrap() {
            let key = ::hex::decode(vector["key"].as_str().unwrap()).unwrap();
            let message = vector["message"].as_str().unwrap();
            assert_eq!(hex(&hmac_sm3(&key, message.as_bytes())), vector["digest"].as_str().unwrap(), "{message}");
        }
    }

    #[test]
    fn a_chain_gives_the_known_links() {
        let mut chain = Chain::start();
        for link in vectors()["chain"].as_array().unwrap() {
            chain.push(link["record"].as_str().unwrap().as_bytes());
            assert_eq!(chain.head_hex(), link["head"].as_str().unwrap());
        }
        assert_eq!(Chain::from_hex(&chain.head_hex()), Some(chain));
        assert_eq!(Chain::from_hex("00"), None);
        assert_eq!(Chain::default().head(), &START);
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"abcd"));
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (token(), token());
        assert_ne!(a, b);
        assert_eq!(a.len(), 43);
        assert!(a.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_'));
        assert_eq!(token_digest("abc"), digest_hex(b"abc"));
    }

    #[test]
    fn canonical_text_is_sorted_and_tight() {
        let value = json!({"b": [1, {"z": null, "a": "引\"号"}], "a": true});
        assert_eq!(canonical(&value), r#"{"a":true,"b":[1,{"a":"引\"号","z":null}]}"#);
    }

    proptest! {
        #[test]
        fn canonical_text_says_the_same_value(pairs in proptest::collection::btree_map(".*", any::<i64>(), 0..8)) {
            let value = serde_json::to_value(&pairs).unwrap();
            let read: Value = serde_json::from_str(&canonical(&value)).unwrap();
            prop_assert_eq!(read, value);
        }

        #[test]
        fn a_changed_record_changes_every_later_link(a in ".{1,20}", b in ".{1,20}", c in ".{0,20}") {
            prop_assume!(a != b);
            let (mut left, mut right) = (Chain::start(), Chain::start());
            prop_assert_ne!(left.push(a.as_bytes()), right.push(b.as_bytes()));
            prop_assert_ne!(left.push(c.as_bytes()), right.push(c.as_bytes()));
        }
    }
}
