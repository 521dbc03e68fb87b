//! The key ring: seals and opens fields under versioned data keys, makes blind indexes, rotates.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{
    cipher::Algorithm,
    digest::{hmac_sm3, random},
    store::{FileStore, KeyStore, MemoryStore},
};

/// Why a key or a sealed value cannot be used. No variant holds a key or a plain value.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key store cannot be read or written.
    #[error("the key store cannot be used at {path}")]
    Io {
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A key file may be read by others than its owner.
    #[error("others may read the key file {0}; set its mode to 0600")]
    Exposed(PathBuf),
    /// Wrapped keys are there, but the master key that opens them is not.
    #[error("{0} holds wrapped keys but no master key; put the master key back from its escrow")]
    NoMaster(PathBuf),
    /// A stored key is not what was written, or was wrapped by another master key.
    #[error("the key {0} is damaged or belongs to another master key")]
    Damaged(String),
    /// A value was sealed under a key version that is not kept.
    #[error("no data key of version {0}")]
    UnknownVersion(u32),
    /// A text is not a sealed value.
    #[error("not a sealed value")]
    Malformed,
    /// A sealed value was changed, or stands in another place than it was sealed for.
    #[error("a sealed value was changed or moved")]
    Tampered,
}

impl KeyError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl kernel::Failure for KeyError {
    fn kind(&self) -> kernel::Kind {
        match self {
            Self::Io { .. } => kernel::Kind::Unavailable,
            _ => kernel::Kind::Internal,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "keys.unavailable",
            Self::Exposed(_) => "keys.exposed",
            Self::NoMaster(_) => "keys.no-master",
            Self::Damaged(_) => "keys.damaged",
            Self::UnknownVersion(_) => "keys.unknown-version",
            Self::Malformed | Self::Tampered => "keys.tampered",
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::Io { .. } => "密钥暂时无法使用，请稍后再试；仍不行请联系系统管理员。",
            Self::Exposed(_) => "密钥文件可被他人读取，请系统管理员将其权限改为 0600 后重新启动。",
            Self::NoMaster(_) => "缺少主密钥，请系统管理员从备份中恢复主密钥后重新启动。",
            Self::Damaged(_) | Self::UnknownVersion(_) => "密钥缺失或已损坏，请系统管理员从备份中恢复密钥。",
            Self::Malformed | Self::Tampered => "数据校验未通过，已停止使用，请联系系统管理员核查。",
        }
        .to_owned()
    }
}

/// Name under which the root of the blind-index keys is kept.
const INDEX: &str = "index-1";
/// How names of data keys begin; the version follows.
const DATA: &str = "data-";

struct DataKey {
    algorithm: Algorithm,
    key: Zeroizing<Vec<u8>>,
}

#[derive(Default)]
struct Ring {
    data: BTreeMap<u32, Arc<DataKey>>,
}

/// The key ring of a process. Clones share it; a rotation in another process is noticed when its first value is read.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    store: Box<dyn KeyStore>,
    ring: RwLock<Ring>,
    index: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("version", &self.version()).finish_non_exhaustive()
    }
}

impl Keys {
    /// Opens the key folder, and makes it with new keys when there is none. SM4-GCM.
    ///
    /// # Errors
    /// When the folder cannot be used, is open to others, or lacks its master key.
    pub fn open_or_create(dir: &Path) -> Result<Self, KeyError> {
        Self::open_or_create_with(dir, Algorithm::default())
    }

    /// Opens the key folder; keys that must be made are of `algorithm`.
    ///
    /// # Errors
    /// When the folder cannot be used, is open to others, or lacks its master key.
    pub fn open_or_create_with(dir: &Path, algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::over(FileStore::open_or_create(dir, algorithm)?, algorithm)
    }

    /// A ring over any key store. The first data key and the index key are made when they are not there.
    ///
    /// # Errors
    /// When the store cannot be used or a kept key is damaged.
    pub fn over(store: impl KeyStore, algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::build(Box::new(store), algorithm, &Zeroizing::new(random::<32>()))
    }

    /// A ring in memory for tests: its blind indexes are always the same.
    ///
    /// # Panics
    /// Never: a store in memory refuses nothing.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a store in memory refuses nothing, and only tests call this")]
    pub fn for_tests() -> Self {
        let index = std::array::from_fn(|i| u8::try_from(i).unwrap_or(0));
        Self::build(Box::new(MemoryStore::new([7; 16])), Algorithm::default(), &index)
            .expect("a store in memory refuses nothing")
    }

    fn build(store: Box<dyn KeyStore>, algorithm: Algorithm, index: &[u8; 32]) -> Result<Self, KeyError> {
        if store.read(INDEX)?.is_none() {
            let wrapped = store.wrap(INDEX, index)?;
            store.keep(INDEX, &wrapped)?;
        }
        // Read back what is kept: another process may have been first.
        let wrapped = store.read(INDEX)?.ok_or_else(|| KeyError::Damaged(INDEX.to_owned()))?;
        let index = store.unwrap(INDEX, &wrapped)?;
        let keys = Self(Arc::new(Inner { store, ring: RwLock::default(), index }));
        keys.reload()?;
        if keys.version() == 0 {
            keys.add(1, algorithm)?;
        }
        Ok(keys)
    }

    /// The version under which new values are sealed.
    #[must_use]
    pub fn version(&self) -> u32 {
        let ring = self.0.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        ring.data.last_key_value().map_or(0, |(version, _)| *version)
    }

    /// The version under which a value was sealed; none when it is not a sealed value.
    #[must_use]
    pub fn version_of(sealed: &str) -> Option<u32> {
        split(sealed).map(|(version, _)| version).ok()
    }

    /// Encrypts a value for one place. `aad` names that place as `table.column:row`, so that a value moved to another
    /// row or column does not open there. The answer is `v<key version>.<base64url>`.
    ///
    /// # Panics
    /// When the operating system has no random numbers, or the value is longer than 64 GiB.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the ring holds a key of the right length from its construction on")]
    pub fn seal(&self, aad: &str, plain: &[u8]) -> String {
        let (version, key) = {
            let ring = self.0.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            let (version, key) = ring.data.last_key_value().expect("a ring is never empty");
            (*version, Arc::clone(key))
        };
        let sealed = key.algorithm.seal(&key.key, aad.as_bytes(), plain).expect("a key of the right length seals");
        format!("v{version}.{}", URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Decrypts a value in the place it was sealed for.
    ///
    /// # Errors
    /// [`KeyError::Tampered`] when the value was changed or moved; [`KeyError::UnknownVersion`] when its key is gone.
    pub fn open(&self, aad: &str, sealed: &str) -> Result<Vec<u8>, KeyError> {
        let (version, body) = split(sealed)?;
        let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| KeyError::Malformed)?;
        let key = self.data_key(version)?;
        let mut plain = key.algorithm.open(&key.key, aad.as_bytes(), &body).ok_or(KeyError::Tampered)?;
        Ok(std::mem::take(&mut *plain))
    }

    /// Decrypts a text in the place it was sealed for.
    ///
    /// # Errors
    /// As [`Keys::open`], and [`KeyError::Tampered`] when it is not UTF-8.
    pub fn open_text(&self, aad: &str, sealed: &str) -> Result<String, KeyError> {
        String::from_utf8(self.open(aad, sealed)?).map_err(|_| KeyError::Tampered)
    }

    /// The blind index of a value: equal values of one kind have equal indexes, and without the key neither the value
    /// nor a guess at it can be told from the index. Each kind has a key of its own.
    #[must_use]
    pub fn blind(&self, kind: &str, normalised: &str) -> String {
        let key = Zeroizing::new(hmac_sm3(&self.0.index, format!("blind-index:{kind}").as_bytes()));
        blind_with(&*key, kind, normalised)
    }

    /// Makes a new data key of the same algorithm: new values are sealed under it, old ones stay readable. Gives the
    /// new version.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub fn rotate(&self) -> Result<u32, KeyError> {
        self.reload()?;
        let version = self.version();
        let algorithm = self.data_key(version)?.algorithm;
        self.rotate_to(algorithm)
    }

    /// Makes a new data key of another algorithm.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub fn rotate_to(&self, algorithm: Algorithm) -> Result<u32, KeyError> {
        self.reload()?;
        self.add(self.version() + 1, algorithm)?;
        Ok(self.version())
    }

    /// Makes the data key of `version` unless somebody else did, and takes in what is kept.
    fn add(&self, version: u32, algorithm: Algorithm) -> Result<(), KeyError> {
        let name = format!("{DATA}{version}");
        let mut key = Zeroizing::new(format!("{} ", algorithm.as_str()).into_bytes());
        key.extend_from_slice(&algorithm.fresh_key());
        let wrapped = self.0.store.wrap(&name, &key)?;
        self.0.store.keep(&name, &wrapped)?;
        self.reload()
    }

    fn data_key(&self, version: u32) -> Result<Arc<DataKey>, KeyError> {
        if let Some(key) = self.known(version) {
            return Ok(key);
        }
        self.reload()?;
        self.known(version).ok_or(KeyError::UnknownVersion(version))
    }

    fn known(&self, version: u32) -> Option<Arc<DataKey>> {
        let ring = self.0.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        ring.data.get(&version).cloned()
    }

    fn reload(&self) -> Result<(), KeyError> {
        let store = &self.0.store;
        let mut data = BTreeMap::new();
        for name in store.names()? {
            let Some(version) = name.strip_prefix(DATA).and_then(|v| v.parse().ok()) else { continue };
            let Some(wrapped) = store.read(&name)? else { continue };
            let key = store.unwrap(&name, &wrapped)?;
            data.insert(version, Arc::new(read_key(&key).ok_or(KeyError::Damaged(name))?));
        }
        self.0.ring.write().unwrap_or_else(std::sync::PoisonError::into_inner).data = data;
        Ok(())
    }
}

/// Reads `<algorithm> <key bytes>`.
fn read_key(text: &[u8]) -> Option<DataKey> {
    let space = text.iter().position(|b| *b == b' ')?;
    let algorithm = Algorithm::of_word(std::str::from_utf8(&text[..space]).ok()?)?;
    let key = Zeroizing::new(text[space + 1..].to_vec());
    (key.len() == algorithm.key_len()).then_some(DataKey { algorithm, key })
}

/// Version and body of `v<version>.<body>`.
fn split(sealed: &str) -> Result<(u32, &str), KeyError> {
    let (version, body) = sealed.split_once('.').ok_or(KeyError::Malformed)?;
    let version = version.strip_prefix('v').and_then(|v| v.parse().ok()).ok_or(KeyError::Malformed)?;
    Ok((version, body))
}

/// HMAC-SM3 of `kind:value` under a given key, in hexadecimal: the shape of every blind index.
#[must_use]
pub fn blind_with(key: &[u8], kind: &str, normalised: &str) -> String {
    hex::encode(hmac_sm3(key, format!("{kind}:{normalised}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Failure;
    use proptest::prelude::*;
    use std::os::unix::fs::PermissionsExt;

    const PLACE: &str = "identity_subject.id_number:7";

    #[test]
    fn a_blind_index_has_the_known_value() {
        let key: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        assert_eq!(
            blind_with(&key, "CN-RIC", "520102199003071017"),
            "3f508535eb371142597c1292f5fca55cd4d5f57abb716499c1ab8d18b67f516c"
        );
    }

    #[test]
    fn each_kind_has_its_own_index_key() {
        let keys = Keys::for_tests();
        let index = keys.blind("phone", "13800003210");
        assert_eq!(index, keys.blind("phone", "13800003210"));
        assert_eq!(index, Keys::for_tests().blind("phone", "13800003210"), "tests always see the same index");
        assert_ne!(index, keys.blind("id-number", "13800003210"));
        assert_ne!(index, keys.blind("phone", "13800003211"));
        assert_eq!(index.len(), 64);
    }

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let keys = Keys::for_tests();
        let sealed = keys.seal(PLACE, "520102199003071017".as_bytes());
        assert!(sealed.starts_with("v1."));
        assert!(!sealed.contains("520102"));
        assert_ne!(sealed, keys.seal(PLACE, b"520102199003071017"), "a fresh nonce each time");
        assert_eq!(keys.open_text(PLACE, &sealed).unwrap(), "520102199003071017");
        assert!(matches!(keys.open("identity_subject.id_number:8", &sealed), Err(KeyError::Tampered)));
        assert_eq!(Keys::version_of(&sealed), Some(1));
    }

    #[test]
    fn what_is_no_sealed_value_is_refused() {
        let keys = Keys::for_tests();
        for text in ["", "v1", "1.AAAA", "vx.AAAA", "v1.!!!", "plain text."] {
            assert!(matches!(keys.open(PLACE, text), Err(KeyError::Malformed)), "{text}");
        }
        assert!(matches!(keys.open(PLACE, "v1.AAAA"), Err(KeyError::Tampered)), "too short for a nonce");
        assert!(matches!(keys.open(PLACE, "v9.AAAA"), Err(KeyError::UnknownVersion(9))));
        let latin = keys.seal(PLACE, &[0xff, 0xfe]);
        assert!(matches!(keys.open_text(PLACE, &latin), Err(KeyError::Tampered)));
    }

    #[test]
    fn old_values_stay_readable_after_rotation() {
        let keys = Keys::for_tests();
        let old = keys.seal(PLACE, b"old");
        assert_eq!(keys.rotate().unwrap(), 2);
        assert_eq!(keys.rotate_to(Algorithm::Aes256Gcm).unwrap(), 3);
        let new = keys.seal(PLACE, b"new");
        assert!(new.starts_with("v3."));
        assert_eq!(keys.open(PLACE, &old).unwrap(), b"old");
        assert_eq!(keys.open(PLACE, &new).unwrap(), b"new");
        let swapped = new.replacen("v3.", "v1.", 1);
        assert!(keys.open(PLACE, &swapped).is_err());
        assert_eq!(keys.rotate().unwrap(), 4, "rotation keeps the algorithm");
        assert_eq!(keys.open(PLACE, &keys.seal(PLACE, b"x")).unwrap(), b"x");
    }

    #[test]
    fn a_key_folder_is_private_and_opens_again() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("keys");
        let keys = Keys::open_or_create(&dir).unwrap();
        let (sealed, index) = (keys.seal(PLACE, b"kept"), keys.blind("phone", "1"));
        assert_eq!(std::fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
        let mut files = 0;
        for entry in std::fs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
            files += 1;
        }
        assert_eq!(files, 3, "master, index and first data key, and no drafts");
        let again = Keys::open_or_create(&dir).unwrap();
        assert_eq!(again.open(PLACE, &sealed).unwrap(), b"kept");
        assert_eq!(again.blind("phone", "1"), index);
        // A rotation in one process is noticed in the other.
        assert_eq!(again.rotate().unwrap(), 2);
        assert_eq!(keys.version(), 1);
        assert_eq!(keys.open(PLACE, &again.seal(PLACE, b"from the other")).unwrap(), b"from the other");
        assert_eq!(keys.version(), 2);
    }

    #[test]
    fn two_folders_do_not_read_each_other() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let a = Keys::open_or_create(a.path()).unwrap();
        let b = Keys::open_or_create_with(b.path(), Algorithm::Aes256Gcm).unwrap();
        assert!(matches!(b.open(PLACE, &a.seal(PLACE, b"x")), Err(KeyError::Tampered)));
        assert_ne!(a.blind("phone", "1"), b.blind("phone", "1"));
    }

    #[test]
    fn a_folder_open_to_others_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        let master = dir.path().join("master.key");
        std::fs::set_permissions(&master, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = Keys::open_or_create(dir.path()).unwrap_err();
        assert!(matches!(error, KeyError::Exposed(_)), "{error:?}");
        assert_eq!(error.code(), "keys.exposed");
    }

    #[test]
    fn a_lost_master_key_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        std::fs::remove_file(dir.path().join("master.key")).unwrap();
        assert!(matches!(Keys::open_or_create(dir.path()), Err(KeyError::NoMaster(_))));
    }

    #[test]
    fn a_damaged_key_is_named() {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        let path = dir.path().join("data-1.wrapped");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let error = Keys::open_or_create(dir.path()).unwrap_err();
        assert!(matches!(&error, KeyError::Damaged(name) if name.contains("data-1")), "{error:?}");
        std::fs::write(dir.path().join("master.key"), "sm4-gcm 00").unwrap();
        assert!(matches!(Keys::open_or_create(dir.path()), Err(KeyError::Damaged(_))));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Keys::open_or_create(&file.join("keys")).unwrap_err();
        assert!(matches!(error, KeyError::Io { .. }), "{error:?}");
        assert_eq!(error.kind(), kernel::Kind::Unavailable);
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_read_back(plain in proptest::collection::vec(any::<u8>(), 0..64), place in ".{0,20}") {
            let keys = Keys::for_tests();
            prop_assert_eq!(keys.open(&place, &keys.seal(&place, &plain)).unwrap(), plain);
        }

        #[test]
        fn a_flipped_bit_is_noticed(at in 0_usize..40, bit in 0_u8..8) {
            let keys = Keys::for_tests();
            let sealed = keys.seal(PLACE, b"thirteen char");
            let mut body = URL_SAFE_NO_PAD.decode(&sealed[3..]).unwrap();
            prop_assume!(at < body.len());
            body[at] ^= 1 << bit;
            let forged = format!("v1.{}", URL_SAFE_NO_PAD.encode(body));
            prop_assert!(keys.open(PLACE, &forged).is_err());
        }
    }
}
