//! The key port: where wrapped keys lie and who wraps them. The master key never leaves its store, so that a certified
//! cryptographic module can stand behind the same trait.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Mutex,
};

use zeroize::Zeroizing;

use crate::{cipher::Algorithm, digest::random, keys::KeyError};

/// The port through which keys are kept. What is stored is always wrapped; wrapping is the store's own business, so
/// that the master key can live in a module that never gives it away.
pub trait KeyStore: Send + Sync + 'static {
    /// Names of the wrapped keys that are kept, in no particular order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn names(&self) -> Result<Vec<String>, KeyError>;
    /// The wrapped key of that name.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeyError>;
    /// Keeps a wrapped key for good. `false` when a key of that name is kept already: it stays as it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn keep(&self, name: &str, wrapped: &[u8]) -> Result<bool, KeyError>;
    /// Wraps a key with the master key, bound to its name.
    ///
    /// # Errors
    /// When the master key cannot be used.
    fn wrap(&self, name: &str, key: &[u8]) -> Result<Vec<u8>, KeyError>;
    /// Unwraps what [`KeyStore::wrap`] gave for the same name.
    ///
    /// # Errors
    /// When the master key cannot be used, or is not the one that wrapped this.
    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError>;
}

/// Name of the master key's file.
const MASTER: &str = "master.key";
/// How names of wrapped keys end on disk.
const ENDING: &str = ".wrapped";

/// Keys as files of one folder, readable by their owner alone: for development and small sites. The master key lies
/// beside the keys it wraps, so that whoever may read the folder may read everything.
pub struct FileStore {
    dir: PathBuf,
    algorithm: Algorithm,
    master: Zeroizing<Vec<u8>>,
}

impl FileStore {
    /// Opens the folder, and makes it with a new master key when it holds no keys yet.
    ///
    /// # Errors
    /// When the folder cannot be read or made, when a key file may be read by others, or when keys are there but the
    /// master key is not.
    pub fn open_or_create(dir: &Path, algorithm: Algorithm) -> Result<Self, KeyError> {
        make_private(dir)?;
        let path = dir.join(MASTER);
        if let Some(text) = read_private(&path)? {
            return Self::of_text(dir, &path, &text);
        }
        if wrapped_names(dir)?.next().is_some() {
            return Err(KeyError::NoMaster(dir.to_owned()));
        }
        let key = algorithm.fresh_key();
        let text = Zeroizing::new(format!("{} {}\n", algorithm.as_str(), hex::encode(&*key)));
        write_once(dir, MASTER, text.as_bytes())?;
        // Another process may have been first: what lies there now counts.
        let text = read_private(&path)?.ok_or_else(|| KeyError::NoMaster(dir.to_owned()))?;
        Self::of_text(dir, &path, &text)
    }

    fn of_text(dir: &Path, path: &Path, text: &[u8]) -> Result<Self, KeyError> {
        let damaged = || KeyError::Damaged(path.display().to_string());
        let text = std::str::from_utf8(text).map_err(|_| damaged())?;
        let (word, key) = text.trim_end().split_once(' ').ok_or_else(damaged)?;
        let algorithm = Algorithm::of_word(word).ok_or_else(damaged)?;
        let master = Zeroizing::new(hex::decode(key).map_err(|_| damaged())?);
        if master.len() != algorithm.key_len() {
            return Err(damaged());
        }
        Ok(Self { dir: dir.to_owned(), algorithm, master })
    }
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl KeyStore for FileStore {
    fn names(&self) -> Result<Vec<String>, KeyError> {
        Ok(wrapped_names(&self.dir)?.collect())
    }
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeyError> {
        let path = self.dir.join(format!("{name}{ENDING}"));
        Ok(read_private(&path)?.map(|bytes| bytes.to_vec()))
    }
    fn keep(&self, name: &str, wrapped: &[u8]) -> Result<bool, KeyError> {
        write_once(&self.dir, &format!("{name}{ENDING}"), wrapped)
    }
    fn wrap(&self, name: &str, key: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.algorithm.seal(&self.master, name.as_bytes(), key).ok_or_else(|| KeyError::Damaged(MASTER.to_owned()))
    }
    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.algorithm
            .open(&self.master, name.as_bytes(), wrapped)
            .ok_or_else(|| KeyError::Damaged(self.dir.join(format!("{name}{ENDING}")).display().to_string()))
    }
}

fn wrapped_names(dir: &Path) -> Result<impl Iterator<Item = String>, KeyError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| KeyError::io(dir, e))? {
        let entry = entry.map_err(|e| KeyError::io(dir, e))?;
        if let Some(name) = entry.file_name().to_str().and_then(|name| name.strip_suffix(ENDING)) {
            names.push(name.to_owned());
        }
    }
    Ok(names.into_iter())
}

/// Makes a folder that its owner alone may enter, unless it is there.
pub(crate) fn make_private(dir: &Path) -> Result<(), KeyError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| KeyError::io(dir, e))
}

/// Reads a file that only its owner may read.
pub(crate) fn read_private(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
    match fs::metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(KeyError::io(path, e)),
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => return Err(KeyError::Exposed(path.to_owned())),
        Ok(_) => {}
    }
    fs::read(path).map(|bytes| Some(Zeroizing::new(bytes))).map_err(|e| KeyError::io(path, e))
}

/// Writes a file in one step and for good, readable by its owner alone. `false` when it is there already.
pub(crate) fn write_once(dir: &Path, name: &str, bytes: &[u8]) -> Result<bool, KeyError> {
    write_through(dir, name, bytes, |draft, path| match fs::hard_link(draft, path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    })
}

/// Writes a file in one step, readable by its owner alone, over the one that may be there.
pub(crate) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), KeyError> {
    write_through(dir, name, bytes, |draft, path| fs::rename(draft, path))
}

/// Writes a draft and puts it in its place by `settle`.
fn write_through<T>(
    dir: &Path,
    name: &str,
    bytes: &[u8],
    settle: impl FnOnce(&Path, &Path) -> std::io::Result<T>,
) -> Result<T, KeyError> {
    let path = dir.join(name);
    let draft = dir.join(format!(".{name}.{}", hex::encode(random::<8>())));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        settle(&draft, &path)
    })();
    // The draft is only ours; when it cannot be removed it does no harm but to tidiness.
    drop(fs::remove_file(&draft));
    let settled = written.map_err(|e| KeyError::io(&path, e))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|e| KeyError::io(dir, e))?;
    Ok(settled)
}

/// Keys in memory alone: for tests.
pub struct MemoryStore {
    master: Zeroizing<Vec<u8>>,
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl MemoryStore {
    /// A store under the given SM4 master key of 16 bytes.
    #[must_use]
    pub fn new(master: [u8; 16]) -> Self {
        Self { master: Zeroizing::new(master.to_vec()), kept: Mutex::default() }
    }
    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl KeyStore for MemoryStore {
    fn names(&self) -> Result<Vec<String>, KeyError> {
        Ok(self.kept().keys().cloned().collect())
    }
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeyError> {
        Ok(self.kept().get(name).cloned())
    }
    fn keep(&self, name: &str, wrapped: &[u8]) -> Result<bool, KeyError> {
        let mut kept = self.kept();
        if kept.contains_key(name) {
            return Ok(false);
        }
        kept.insert(name.to_owned(), wrapped.to_vec());
        Ok(true)
    }
    fn wrap(&self, name: &str, key: &[u8]) -> Result<Vec<u8>, KeyError> {
        Algorithm::Sm4Gcm
            .seal(&self.master, name.as_bytes(), key)
            .ok_or_else(|| KeyError::Damaged("master key in memory".to_owned()))
    }
    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        Algorithm::Sm4Gcm.open(&self.master, name.as_bytes(), wrapped).ok_or_else(|| KeyError::Damaged(name.to_owned()))
    }
}
