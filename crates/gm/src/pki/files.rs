//! A demonstration's certificates as files: in the caller's own storage, or in a folder.

use std::{collections::BTreeMap, path::Path};

use zeroize::Zeroizing;

use super::{CityPki, Member, PkiError};
use crate::{
    KeyError, store,
    x509::{Certificate, Crl},
};

const CERTIFICATE: &str = ".crt";
const KEY: &str = ".key";
const LIST: &str = ".crl";
const ROOT: &str = "root";
const AUTHORITY: &str = "authority";
const MAKER: &str = "seal-maker";
/// How files of organisations begin; the code follows.
const ORGANISATION: &str = "org-";

impl CityPki {
    /// Everything as files by name, in PEM: certificates `.crt`, encrypted keys `.key`, revocation lists `.crl`. For callers
    /// with a storage of their own.
    #[must_use]
    pub fn to_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (name, member) in self.members() {
            files.insert(format!("{name}{CERTIFICATE}"), member.certificate.to_pem().into_bytes());
            files.insert(format!("{name}{KEY}"), member.key.as_bytes().to_vec());
        }
        files.insert(format!("{ROOT}{LIST}"), self.root_list.to_pem().into_bytes());
        files.insert(format!("{AUTHORITY}{LIST}"), self.list.to_pem().into_bytes());
        files
    }

    /// Reads what [`CityPki::to_files`] gave. Keys are opened when they are needed; names that are not ours are passed over.
    ///
    /// # Errors
    /// [`PkiError::Damaged`] with the file's name.
    pub fn from_files(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, PkiError> {
        let list = |name: &str| {
            let name = format!("{name}{LIST}");
            let bytes = files.get(&name).ok_or_else(|| PkiError::Damaged(name.clone()))?;
            Crl::from_file(bytes).map_err(|_| PkiError::Damaged(name))
        };
        let mut organisations = BTreeMap::new();
        for name in files.keys().filter(|name| name.starts_with(ORGANISATION)) {
            let member_name = name.strip_suffix(CERTIFICATE).or_else(|| name.strip_suffix(KEY));
            if let Some((code, name)) = member_name.and_then(|name| Some((name.strip_prefix(ORGANISATION)?, name))) {
                organisations.insert(code.to_owned(), member(files, name)?);
            }
        }
        Ok(Self {
            root: member(files, ROOT)?,
            authority: member(files, AUTHORITY)?,
            maker: member(files, MAKER)?,
            organisations,
            root_list: list(ROOT)?,
            list: list(AUTHORITY)?,
        })
    }

    /// Keeps everything in a folder that its owner alone may read. Certificates and keys that lie there already stay as they
    /// are; lists are replaced.
    ///
    /// # Errors
    /// [`PkiError::Store`] when the folder cannot be written, [`PkiError::Damaged`] when another certificate or the key of
    /// another certificate lies there.
    pub fn save(&self, dir: &Path) -> Result<(), PkiError> {
        store::make_private(dir)?;
        for (name, bytes) in self.to_files() {
            if name.ends_with(LIST) {
                store::replace(dir, &name, &bytes)?;
                continue;
            }
            // The key of a certificate is never written over: it exists only once.
            let lies = store::write_once(dir, &name, &bytes)?
                || store::read_private(&dir.join(&name))?.is_some_and(|kept| **kept == bytes);
            if !lies {
                return Err(PkiError::Damaged(name));
            }
        }
        Ok(())
    }

    /// Opens the folder that [`CityPki::save`] wrote; none when there is no root in it.
    ///
    /// # Errors
    /// [`PkiError::Store`] when the folder cannot be read or a file may be read by others, [`PkiError::Damaged`] with the name
    /// of a file that is missing or is not what it should be.
    pub fn open(dir: &Path) -> Result<Option<Self>, PkiError> {
        let mut files = BTreeMap::new();
        let entries = match std::fs::read_dir(dir) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            entries => entries.map_err(|e| KeyError::io(dir, e))?,
        };
        for entry in entries {
            let path = entry.map_err(|e| KeyError::io(dir, e))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if [CERTIFICATE, KEY, LIST].iter().any(|ending| name.ends_with(ending)) && !name.starts_with('.') {
                let bytes = store::read_private(&path)?.unwrap_or_default();
                files.insert(name.to_owned(), bytes.to_vec());
            }
        }
        if !files.contains_key(&format!("{ROOT}{CERTIFICATE}")) {
            return Ok(None);
        }
        Self::from_files(&files).map(Some)
    }

    fn members(&self) -> impl Iterator<Item = (String, &Member)> {
        let three = [(ROOT, &self.root), (AUTHORITY, &self.authority), (MAKER, &self.maker)];
        let organisations = self.organisations.iter().map(|(code, member)| (format!("{ORGANISATION}{code}"), member));
        three.into_iter().map(|(name, member)| (name.to_owned(), member)).chain(organisations)
    }
}

fn member(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<Member, PkiError> {
    let of = |ending: &str| {
        let name = format!("{name}{ending}");
        files.get(&name).map(|bytes| (bytes, name.clone())).ok_or(PkiError::Damaged(name))
    };
    let (certificate, certificate_name) = of(CERTIFICATE)?;
    let (key, key_name) = of(KEY)?;
    Ok(Member {
        certificate: Certificate::from_file(certificate).map_err(|_| PkiError::Damaged(certificate_name))?,
        key: Zeroizing::new(std::str::from_utf8(key).map_err(|_| PkiError::Damaged(key_name))?.to_owned()),
    })
}
